import { existsSync, rmSync } from 'node:fs';
import type { Context } from '../../cli/context.ts';
import { defineCommand, int, text, type CommandSpec } from '../../cli/spec.ts';
import { fail } from '../../lib/errors.ts';
import { describeTicketKeys } from '../../lib/tickets/describe.ts';
import {
  readTicketKeys,
  TICKET_KEY_FORMATS,
  writeTicketKeys,
  type TicketKeyFile,
  type TicketKeyFormat,
} from '../../lib/tickets/format.ts';
import { TICKET_KEY_SIZES, type TicketKeySize } from '../../lib/tickets/key.ts';
import { HAPROXY_KEYS, orderOf, rotateTicketKeys, type TicketKeyOrder } from '../../lib/tickets/rotate.ts';

const flags = {
  keep: int('number', 'Keys after the rotation, the new one included (default 3)'),
  format: text('format', 'Format of the file (default: found out)', { values: TICKET_KEY_FORMATS }),
  size: text('bytes', 'Size of a key in a raw file', { values: TICKET_KEY_SIZES.map(String) }),
  order: text('order', 'Where the new key goes: first, or last as HAProxy wants it (default for base64)', {
    values: ['first', 'last'],
  }),
  layout: text('layout', 'One file, or file, file.1, file.2, … (default for a raw file of one key)', {
    values: ['one', 'numbered'],
  }),
};

const command: CommandSpec = defineCommand({
  summary: 'Bring a new session ticket key into a file and keep a few old ones',
  description:
    'The new key goes where the reader of the file expects the newest one; the oldest keys go. A raw file of one key, as nginx and Apache read ' +
    'it, becomes FILE.1, which becomes FILE.2 and so on: name all of them in nginx, newest first. Files are replaced in one step each and are private.',
  examples: [
    { say: 'A set for HAProxy', line: 'ticketkey rotate /etc/haproxy/ticket.keys -keep 3' },
    { say: 'nginx: ticket.key, ticket.key.1 and ticket.key.2', line: 'ticketkey rotate /etc/nginx/ticket.key -keep 3' },
  ],
  args: [{ name: 'file', description: 'File of keys' }],
  flags,
  run(context) {
    const { keep = 3 } = context.flags;
    const [path] = context.args;
    if (path === undefined) fail('ERR_USAGE', 'name the file: ticketkey rotate FILE -keep 3');
    if (keep < 1 || keep > 100) fail('ERR_USAGE', `the number of keys to keep is 1 to 100, not ${keep}`);
    const file = read(context, path);
    const order = (context.flags.order as TicketKeyOrder | undefined) ?? orderOf(file.format);
    const layout = context.flags.layout ?? (file.format === 'raw' && file.keys.length === 1 ? 'numbered' : 'one');
    if (layout === 'one') rotateInFile(context, { path, file, order, keep });
    else rotateFiles(context, { path, file, keep });
  },
});
export default command;

interface Job {
  readonly path: string;
  readonly file: TicketKeyFile;
  readonly keep: number;
}

function read(context: Context<typeof flags>, path: string): TicketKeyFile {
  const { format, size } = context.flags;
  return readTicketKeys(context.read(path), {
    source: path,
    format: format as TicketKeyFormat | undefined,
    size: size === undefined ? undefined : (Number(size) as TicketKeySize),
  });
}

function rotateInFile(context: Context<typeof flags>, job: Job & { order: TicketKeyOrder }): void {
  const { path, file, order } = job;
  const { keys, dropped } = rotateTicketKeys(file, job);
  context.write(path, writeTicketKeys(keys, file.format), { secret: true });
  if (order === 'last' && keys.length < HAPROXY_KEYS) {
    context.note(`${path} has ${keys.length} keys now; HAProxy wants at least ${HAPROXY_KEYS}\n`);
  }
  report(context, { ...file, keys }, { order, dropped: dropped.length, files: [path] });
}

/** FILE is the newest; the key of FILE.1 goes to FILE.2, that of FILE to FILE.1, a new one to FILE. */
function rotateFiles(context: Context<typeof flags>, { path, file, keep }: Job): void {
  if (file.keys.length !== 1) fail('ERR_USAGE', `${path} holds ${file.keys.length} keys; numbered files hold one each`);
  const place = (i: number): string => (i === 0 ? path : `${path}.${i}`);
  const old = [...file.keys];
  while (existsSync(place(old.length))) {
    const older = read(context, place(old.length));
    const [key] = older.keys;
    if (key === undefined || older.keys.length !== 1 || older.size !== file.size) {
      fail('ERR_FORMAT', `${place(old.length)}: there should be one key of ${file.size} bytes in it`);
    }
    old.push(key);
  }
  const { keys, dropped } = rotateTicketKeys({ keys: old, size: file.size }, { keep, order: 'first' });
  keys.forEach((key, i) => context.write(place(i), writeTicketKeys([key], file.format), { secret: true }));
  // files that fall out of the set may go only when the others are in place
  context.sink.commit();
  for (let i = keys.length; i < old.length; i += 1) rmSync(place(i), { force: true });
  const files = keys.map((_, i) => place(i));
  report(context, { ...file, keys }, { order: 'first', dropped: dropped.length, files });
}

function report(
  context: Context<typeof flags>,
  file: TicketKeyFile,
  done: { order: TicketKeyOrder; dropped: number; files: readonly string[] },
): void {
  const { order, dropped, files } = done;
  if (context.json) return context.printJson({ files, dropped, ...describeTicketKeys(file, order) });
  const added = (order === 'first' ? file.keys[0] : file.keys.at(-1))?.name.toString('hex');
  const kept = file.keys.length - 1;
  context.print(`New key ${added}; ${kept} kept, ${dropped} dropped: ${files.join(', ')}\n`);
}
