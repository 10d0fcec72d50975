import { encCommand } from '../cli/enc.ts';
import type { CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = encCommand(false);
export default command;
