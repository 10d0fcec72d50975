import { PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { isInOpenSsl, isOffered, strengthBits } from '../lib/registry/cipher-strength.ts';
import { DEFAULT_SUITES13, selectCiphers, type CipherSelection } from '../lib/registry/cipher-string.ts';
import { SUITES, type CipherSuite } from '../lib/registry/tls-suites.ts';
import { SSL30, TLS10, TLS11, TLS12, TLS13, VERSIONS } from '../lib/registry/tls-versions.ts';
import { cipherDescription } from '../lib/text/cipher.ts';
import { isSupported } from '../lib/tls/supported.ts';

const VERSION_FLAGS = { ssl3: SSL30, tls1: TLS10, tls1_1: TLS11, tls1_2: TLS12, tls1_3: TLS13 } as const;
/** The security level that OpenSSL is built with where nothing is said. */
const LEVEL = 1;
/** The signals among the suites: OpenSSL has them in its table too. */
const SIGNALS = ['TLS_EMPTY_RENEGOTIATION_INFO_SCSV', 'TLS_FALLBACK_SCSV'];

const flags = {
  v: bool('One suite a line, with what it is made of'),
  V: bool('The same with its number'),
  stdname: bool("The same with IANA's name"),
  convert: text('name', "Only print OpenSSL's name for IANA's"),
  s: bool('Only the suites that a client would offer'),
  ssl3: bool('With -s: at SSLv3'),
  tls1: bool('With -s: at TLS 1.0'),
  tls1_1: bool('With -s: at TLS 1.1'),
  tls1_2: bool('With -s: at TLS 1.2'),
  tls1_3: bool('With -s: at TLS 1.3'),
  psk: bool('With -s: also suites that need a pre-shared key'),
  srp: bool('With -s: also suites that need SRP'),
  ciphersuites: text('list', 'The suites of TLS 1.3, colons between (default: the three that OpenSSL has)'),
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'What an OpenSSL cipher string means',
  description:
    'Lists the cipher suites that a cipher string (default: DEFAULT) chooses, in their order, as a default build of OpenSSL 3.0 has them. ' +
    "--json also says which of them tlskit's engine runs, and which words stand for no suite.",
  examples: [
    { say: 'What strong suites there are, in detail', line: "ciphers -v 'HIGH:!aNULL:@STRENGTH'" },
    { say: "IANA's names", line: 'ciphers -stdname ECDHE+AESGCM' },
    { say: 'What a client offers at TLS 1.2', line: 'ciphers -s -tls1_2' },
    { say: "OpenSSL's name of a suite", line: 'ciphers -convert TLS_RSA_WITH_AES_128_CBC_SHA' },
  ],
  args: [{ name: 'cipher', description: 'The cipher string' }],
  flags,
  run(context) {
    const { flags, args } = context;
    if (flags.convert !== undefined) return convert(context, flags.convert);
    const list = selected(args[0] ?? 'DEFAULT');
    const suites = [...tls13(flags.ciphersuites), ...list.suites];
    const offered = conditions(context, list);
    const shown = flags.s ? suites.filter((suite) => isOffered(suite, offered)) : suites;
    if (context.json) return context.printJson({ ciphers: shown.map(described), unknown: list.unknown });
    if (flags.v || flags.V || flags.stdname) for (const suite of shown) context.print(line(flags, suite));
    else context.print(`${shown.map(nameOf).join(':')}\n`);
  },
});
export default command;

const nameOf = ({ openssl, name }: CipherSuite): string => openssl ?? name;

function selected(cipher: string): CipherSelection {
  const list = selectCiphers(cipher, SUITES.rows.filter(isInOpenSsl));
  if (list.suites.length === 0)
    fail('ERR_USAGE', `Error in cipher list: no cipher match for "${cipher.slice(0, 200)}"`);
  return list;
}

/** OpenSSL takes any suite by its standard name here, and passes over what it does not know. */
function tls13(value: string | undefined): readonly CipherSuite[] {
  const words = (value?.split(':') ?? DEFAULT_SUITES13).map((word) => word.trim()).filter((word) => word !== '');
  const suites = words
    .map((word) => SUITES.rows.find(({ name }) => name === word))
    .filter((suite) => suite !== undefined);
  if (suites.length === 0 && value !== undefined && value !== '')
    fail('ERR_USAGE', `Error setting TLSv1.3 ciphersuites: no cipher match for "${value.slice(0, 200)}"`);
  return suites.filter(isInOpenSsl);
}

function conditions(context: Run, { securityLevel }: CipherSelection): Parameters<typeof isOffered>[1] {
  const { psk, srp } = context.flags;
  const version = context.order.findLast((name) => Object.hasOwn(VERSION_FLAGS, name)) as keyof typeof VERSION_FLAGS;
  const only = version === undefined ? undefined : VERSION_FLAGS[version];
  return { securityLevel: securityLevel ?? LEVEL, min: only ?? TLS10, max: only ?? TLS13, psk, srp };
}

function line(flags: Run['flags'], suite: CipherSuite): string {
  const octets = [suite.code >> 8, suite.code & 0xff].map((octet) => octet.toString(16).toUpperCase().padStart(2, '0'));
  const number = flags.V ? `          0x${octets[0]},0x${octets[1]} - ` : '';
  const name = flags.stdname ? `${suite.name.padEnd(45)} - ` : '';
  return `${number}${name}${cipherDescription(suite)}\n`;
}

function described(suite: CipherSuite): object {
  const { code, name, openssl, keyExchange, authentication, bulk, mac } = suite;
  const version = (number: number): string | undefined => VERSIONS.row(number)?.name;
  return {
    code: `0x${code.toString(16).toUpperCase().padStart(4, '0')}`,
    name,
    openssl: openssl ?? null,
    first: version(suite.first),
    last: version(suite.last),
    keyExchange,
    authentication,
    cipher: bulk.name,
    bits: strengthBits(suite),
    mac: mac ?? 'aead',
    forwardSecret: suite.forwardSecret,
    supported: isSupported(suite),
  };
}

function convert(context: Run, wanted: string): void {
  const suite = SUITES.rows.find(({ name, openssl, bulk }) => {
    const compiled = openssl !== undefined && !/^(3DES|RC4|DES)/.test(bulk.name);
    return compiled && name === wanted;
  });
  const found = suite ? nameOf(suite) : SIGNALS.find((name) => name === wanted);
  if (context.json) context.printJson({ name: wanted, openssl: found ?? null });
  else context.print(`OpenSSL cipher name: ${found ?? '(NONE)'}\n`);
}
