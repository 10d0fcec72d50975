import { digestCommand } from '../cli/dgst.ts';
import type { CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = digestCommand('md5');
export default command;
