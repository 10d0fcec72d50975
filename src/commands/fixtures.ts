import type { CommandSpec } from '../cli/spec.ts';
import generate from './fixtures/generate.ts';

const command: CommandSpec = {
  ...generate,
  summary: 'Make or refresh test certificates from one file (the same as fixtures generate)',
  description: `${generate.description}\nThe others: "fixtures init" writes a file to begin with, "check" says whether the set is up to date, "watch" keeps it so, "list" shows it, "clean" removes it, "explain" says what the named cases are.`,
};
export default command;
