import { defineCommand, int, text, type CommandSpec } from '../../cli/spec.ts';
import { fail } from '../../lib/errors.ts';
import { describeTicketKeys } from '../../lib/tickets/describe.ts';
import { TICKET_KEY_FORMATS, writeTicketKeys, type TicketKeyFormat } from '../../lib/tickets/format.ts';
import { TICKET_KEY_SIZES, TicketKey } from '../../lib/tickets/key.ts';
import { orderOf } from '../../lib/tickets/rotate.ts';

const command: CommandSpec = defineCommand({
  summary: 'Make session ticket keys for nginx, Apache, HAProxy, Node, …',
  description:
    'A key is 48 random bytes (16 name, 16 HMAC, 16 AES) or 80 (16, 32, 32). Files and pipes get the raw bytes, as nginx, Apache and Node ' +
    'read them; a terminal gets base64. HAProxy reads base64, at least three keys. A file is private (mode 0600).',
  examples: [
    { say: 'For nginx (AES-256) or Apache (-size 48)', line: 'ticketkey generate -size 80 -out ticket.key' },
    { say: 'For HAProxy', line: 'ticketkey generate -size 80 -format base64 -count 3 -out ticket.keys' },
    { say: 'See one', line: 'ticketkey' },
  ],
  flags: {
    out: text('file', 'Write to this file (default: standard output)'),
    size: text('bytes', 'Size of a key (default 48)', { values: TICKET_KEY_SIZES.map(String) }),
    format: text('format', 'Format (default raw, on a terminal base64)', { values: TICKET_KEY_FORMATS }),
    count: int('number', 'Number of keys (default 1)'),
  },
  run(context) {
    const { out, size = '48', count = 1, format: wanted } = context.flags;
    if (count < 1 || count > 100) fail('ERR_USAGE', `the number of keys is 1 to 100, not ${count}`);
    const toStdout = out === undefined || out === '-';
    const toTerminal = toStdout && process.stdout.isTTY === true;
    const format = (wanted ?? (toTerminal ? 'base64' : 'raw')) as TicketKeyFormat;
    if (toTerminal && format === 'raw' && !context.json) {
      fail('ERR_USAGE', 'raw bytes would garble the terminal; name a file with -out, or use -format base64 or hex');
    }
    const keys = Array.from({ length: count }, () => TicketKey.generate(Number(size) === 80 ? 80 : 48));
    const file = { format, size: keys[0]?.size ?? 48, keys };
    const bytes = writeTicketKeys(keys, format);
    if (!toStdout) context.write(out, bytes, { secret: true });
    if (!context.json) {
      if (toStdout) context.write(undefined, bytes);
      return;
    }
    const { keys: described, ...head } = describeTicketKeys(file, orderOf(format));
    // without a file the document is the only place where the keys can go
    const values = keys.map((key) => (toStdout ? { value: key.secret.reveal().toString('base64') } : {}));
    context.printJson({
      ...head,
      out: toStdout ? null : out,
      keys: described.map((key, i) => ({ ...key, ...values[i] })),
    });
  },
});
export default command;
