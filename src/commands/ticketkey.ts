import type { CommandSpec } from '../cli/spec.ts';
import generate from './ticketkey/generate.ts';

const command: CommandSpec = {
  ...generate,
  summary: 'Make a session ticket key (the same as ticketkey generate)',
  description: `${generate.description}\nThe others: "ticketkey inspect" shows what is in a file, "ticketkey rotate" brings in a new key.`,
};
export default command;
