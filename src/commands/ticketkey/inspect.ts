import { defineCommand, text, type CommandSpec } from '../../cli/spec.ts';
import { describeTicketKeys, ticketKeysText } from '../../lib/tickets/describe.ts';
import { readTicketKeys, TICKET_KEY_FORMATS, type TicketKeyFormat } from '../../lib/tickets/format.ts';
import { TICKET_KEY_SIZES, type TicketKeySize } from '../../lib/tickets/key.ts';
import { orderOf, type TicketKeyOrder } from '../../lib/tickets/rotate.ts';

const command: CommandSpec = defineCommand({
  summary: 'Show what is in a file of session ticket keys, never the secrets',
  description:
    'For each key the name, which every ticket carries in clear, and the SHA-256 of the whole key, by which two machines can be compared. ' +
    'Warns of keys that are not random and of names that occur twice.',
  examples: [{ say: 'Look at a file', line: 'ticketkey inspect ticket.key' }],
  args: [{ name: 'file', description: 'File of keys: raw, base64 or hex (default: standard input)' }],
  flags: {
    in: text('file', 'The same as the argument'),
    format: text('format', 'Format of the file (default: found out)', { values: TICKET_KEY_FORMATS }),
    size: text('bytes', 'Size of a key in a raw file', { values: TICKET_KEY_SIZES.map(String) }),
    order: text('order', 'Where the newest key stands: first, or last as HAProxy has it', {
      values: ['first', 'last'],
    }),
  },
  run(context) {
    const { flags } = context;
    const path = context.args[0] ?? flags.in;
    const source = context.inputName(path);
    const file = readTicketKeys(context.read(path), {
      source,
      format: flags.format as TicketKeyFormat | undefined,
      size: flags.size === undefined ? undefined : (Number(flags.size) as TicketKeySize),
    });
    const order = (flags.order as TicketKeyOrder | undefined) ?? orderOf(file.format);
    if (context.json) context.printJson(describeTicketKeys(file, order));
    else context.print(ticketKeysText(source, file, order));
  },
});
export default command;
