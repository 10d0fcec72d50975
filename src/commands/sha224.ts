import { digestCommand } from '../cli/dgst.ts';
import type { CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = digestCommand('sha224');
export default command;
