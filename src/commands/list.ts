import type { Context } from '../cli/context.ts';
import { PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { bool, defineCommand, ignored, missing, type CommandSpec } from '../cli/spec.ts';
import { TOPICS } from '../cli/topics.ts';
import { allKeyCiphers } from '../lib/crypto/ciphers.ts';
import { allDigests, fetchedName } from '../lib/crypto/digests.ts';
import { fail } from '../lib/errors.ts';
import { keyTypes } from '../lib/keys/types.ts';
import { objects } from '../lib/registry/oids.ts';

const flags = {
  '1': bool('One column'),
  commands: bool('The commands', { aliases: ['standard-commands'] }),
  'digest-commands': bool('Digests with a command of their own'),
  'digest-algorithms': bool('Digests'),
  'cipher-commands': bool('Ciphers that "enc" takes by name'),
  'cipher-algorithms': bool('Ciphers'),
  'public-key-algorithms': bool('Types of keys'),
  'signature-algorithms': bool('Types of keys that sign'),
  objects: bool('Object identifiers and their names'),
  verbose: ignored(),
  select: missing('name'),
  options: missing('command'),
  'kdf-algorithms': missing(),
  'random-instances': missing(),
  'random-generators': missing(),
  'mac-algorithms': missing(),
  encoders: missing(),
  decoders: missing(),
  'key-managers': missing(),
  'key-exchange-algorithms': missing(),
  'kem-algorithms': missing(),
  'asymcipher-algorithms': missing(),
  'public-key-methods': missing(),
  'store-loaders': missing(),
  providers: missing(),
  engines: missing(),
  disabled: missing(),
  ...PROVIDER_FLAGS,
};

/** Digests that stand for commands. */
const DIGEST_COMMANDS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

type Listing = (columns: boolean) => string;

/** An algorithm in the form of OpenSSL's list of what its providers have. */
const provided = (rows: readonly (readonly (string | undefined)[])[]): string =>
  `Provided:\n${rows.map((row) => `  { ${[...new Set(row.filter(Boolean))].join(', ')} } @ default\n`).join('')}`;

const LISTINGS: Readonly<Record<string, Listing>> = {
  commands: (columns) => table(commandNames(), columns),
  'digest-commands': (columns) => table(DIGEST_COMMANDS, columns),
  'digest-algorithms': () => provided(allDigests().map((digest) => [digest.oid, fetchedName(digest), digest.label])),
  'cipher-commands': (columns) =>
    table(
      allKeyCiphers()
        .map(({ name }) => name)
        .sort(),
      columns,
    ),
  'cipher-algorithms': () => provided(allKeyCiphers().map(({ oid, name, pemName }) => [oid, pemName, name])),
  'public-key-algorithms': () => provided(keyTypes().map(({ oid, label }) => [oid, label])),
  'signature-algorithms': () =>
    provided(
      keyTypes()
        .filter(({ signs }) => signs)
        .map(({ oid, label }) => [oid, label]),
    ),
  objects: () =>
    objects()
      .map(({ oid, sn, ln }) => (sn === ln ? `${sn} = ${oid}\n` : `${sn} = ${ln}, ${oid}\n`))
      .join(''),
};

const command: CommandSpec = defineCommand({
  summary: 'What there is: commands, digests, ciphers, types of keys',
  description: 'Lists what tlskit has, in the forms in which "openssl list" lists what OpenSSL has.',
  examples: [
    { say: 'All commands', line: 'list -1 -commands' },
    { say: 'Is there SHA3-256?', line: 'list -digest-algorithms' },
  ],
  flags,
  run(context) {
    const wanted = wantedListings(context);
    if (context.json) return context.printJson(Object.fromEntries(wanted.map((name) => [name, words(name)])));
    for (const name of wanted) context.print(LISTINGS[name]?.(!context.flags['1']) ?? '');
  },
});
export default command;

function wantedListings(context: Context<typeof flags>): string[] {
  const wanted = context.order.filter((name) => Object.hasOwn(LISTINGS, name));
  if (wanted.length === 0) fail('ERR_USAGE', `say what to list: -${Object.keys(LISTINGS).join(', -')}`);
  return [...new Set(wanted)];
}

/** The first words of commands: those of the list of commands, and digests. */
function commandNames(): string[] {
  const named = TOPICS.flatMap(({ commands }) => commands.map((name) => name.split(' ')[0] as string));
  return [...new Set(named)].sort();
}

/** Columns of OpenSSL's width, which has room for its longest command, in lines of 79. */
function table(names: readonly string[], columns: boolean): string {
  if (!columns) return names.map((name) => `${name}\n`).join('');
  const width = Math.max(18, ...names.map(({ length }) => length + 2));
  const count = Math.floor(79 / width);
  const cells = names.map((name, i) => (i > 0 && i % count === 0 ? '\n' : '') + name.padEnd(width));
  return `${cells.join('')}\n\n`;
}

/** A listing as data. */
const words = (name: string): string[] =>
  (LISTINGS[name]?.(false) ?? '')
    .split('\n')
    .filter((line) => line !== '' && line !== 'Provided:')
    .map((line) => line.replace(/^ {2}\{ (.*) \} @ default$/, '$1'));
