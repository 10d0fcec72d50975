import { randomBytes } from 'node:crypto';
import { PROVIDER_FLAGS, RANDOM_FLAGS } from '../cli/flags/keys.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { encodeBase64 } from '../lib/enc/base64.ts';
import { fail } from '../lib/errors.ts';

/** More than this is refused: it would be made in memory. */
const MAX = 1 << 28;

const command: CommandSpec = defineCommand({
  summary: 'Random bytes',
  description: "Bytes from the system's random generator: raw, in hex or in base64.",
  examples: [
    { say: 'A token', line: 'rand -hex 32' },
    { say: 'A password', line: 'rand -base64 18' },
  ],
  args: [{ name: 'num', description: 'Number of bytes' }],
  flags: {
    out: text('file', 'Write to this file (default: standard output)'),
    hex: bool('In hex, on one line'),
    base64: bool('In base64'),
    ...PROVIDER_FLAGS,
    ...RANDOM_FLAGS,
  },
  run(context) {
    const [word] = context.args;
    if (word === undefined) fail('ERR_USAGE', 'say how many bytes: rand -hex 32');
    if (!/^(\d{1,12}|0[xX][0-9a-fA-F]{1,9})$/.test(word)) fail('ERR_USAGE', `Can't parse "${word}" as a number`);
    const count = Number(word);
    if (count < 1) fail('ERR_USAGE', 'the number of bytes is 1 or more');
    if (count > MAX) fail('ERR_LIMIT', `${count} bytes are more than the ${MAX} that are made at a time`);
    const bytes = randomBytes(count);
    const format = context.order.findLast((name) => name === 'hex' || name === 'base64');
    const text =
      format === 'hex' ? `${bytes.toString('hex')}\n` : format === 'base64' ? encodeBase64(bytes) : undefined;
    if (context.json) context.printJson({ bytes: count, hex: bytes.toString('hex') });
    else context.write(context.flags.out, text ?? bytes);
  },
});
export default command;
