/** The flags of `pkcs12`, in both directions, and their parsed form. */
import type { Context } from '../context.ts';
import { bool, ignored, int, list, text, type Flag } from '../spec.ts';

type Text =
  | 'in'
  | 'out'
  | 'passin'
  | 'passout'
  | 'password'
  | 'inkey'
  | 'certfile'
  | 'passcerts'
  | 'untrusted'
  | 'CAfile'
  | 'CApath'
  | 'CAstore'
  | 'name'
  | 'CSP'
  | 'keypbe'
  | 'certpbe'
  | 'macalg'
  | 'pbmac1_pbkdf2_md'
  | 'jdktrust';
type Switch =
  | 'twopass'
  | 'nokeys'
  | 'nocerts'
  | 'noout'
  | 'legacy'
  | 'info'
  | 'nomacver'
  | 'clcerts'
  | 'cacerts'
  | 'nodes'
  | 'export'
  | 'chain'
  | 'no-CAfile'
  | 'no-CApath'
  | 'no-CAstore'
  | 'LMK'
  | 'keyex'
  | 'keysig'
  | 'descert'
  | 'noiter'
  | 'nomaciter'
  | 'nomac'
  | 'pbmac1_pbkdf2';
type Without = 'maciter' | 'engine' | 'rand' | 'writerand' | 'provider' | 'provider-path' | 'propquery';

export type Pkcs12Flags = Readonly<
  Record<Text, Flag<string | undefined>> &
    Record<Switch, Flag<boolean>> &
    Record<Without, Flag<string | boolean | undefined>> &
    Record<'caname', Flag<readonly string[]>> &
    Record<'iter' | 'macsaltlen', Flag<number | undefined>>
>;

export type Pkcs12Context = Context<Pkcs12Flags>;

const READ = { group: 'Reading a PKCS#12 file' };
const MAKE = { group: 'Making one (-export)' };
const CHAIN = { group: 'The chain (-export -chain)' };
const HOW = { group: 'How it is protected (-export)' };

/** Every flag of OpenSSL 3.0's `pkcs12`, and from later versions -pbmac1_pbkdf2, -macsaltlen and -jdktrust. */
export const PKCS12_FLAGS: Pkcs12Flags = {
  in: text('file', 'Read this file (default: standard input)'),
  out: text('file', 'Write to this file (default: standard output)'),
  passin: text('source', 'Password of the input: pass:, env:, file:, fd: or stdin'),
  passout: text('source', 'Password of the output: the new file with -export, else the private keys'),
  password: text('source', 'Password of the PKCS#12 file, in either direction'),
  twopass: bool('Ask for the passwords of MAC and encryption apart'),
  nokeys: bool('Leave out private keys'),
  nocerts: bool('Leave out certificates'),
  noout: bool('Write nothing, only check the file'),
  legacy: bool('Use the old algorithms: 3DES for keys, RC2-40 for certificates, SHA-1. Reading knows them anyway'),
  info: bool('Say on stderr how the file is made', READ),
  nomacver: bool('Do not check the MAC', READ),
  clcerts: bool('Only certificates that belong to a key', READ),
  cacerts: bool('Only certificates that belong to no key', READ),
  nodes: bool('Do not encrypt private keys (default: AES-256, with a pass phrase)', { ...READ, aliases: ['noenc'] }),
  export: bool('Make a PKCS#12 file instead of reading one', MAKE),
  inkey: text('file', 'The private key (default: the first one in -in)', MAKE),
  certfile: text('file', 'Further certificates to put in', MAKE),
  passcerts: text('source', 'Password of -certfile, and of -in where that is PKCS#12', MAKE),
  name: text('text', 'Friendly name of the key and its certificate', MAKE),
  caname: list('text', 'Friendly name of a further certificate; repeat it for the next ones', MAKE),
  jdktrust: text('usage', 'Mark the certificates as trusted for Java (anyExtendedKeyUsage); implies -nokeys', MAKE),
  CSP: text('name', 'Microsoft: cryptographic service provider that shall hold the key', MAKE),
  LMK: bool('Microsoft: the key belongs to the machine, not to the user', MAKE),
  keyex: bool('Microsoft: a key for exchanging keys', MAKE),
  keysig: bool('Microsoft: a key for signing only', MAKE),
  chain: bool('Add the chain up to a trusted root', CHAIN),
  untrusted: text('file', 'Certificates that may stand in the chain', CHAIN),
  CAfile: text('file', 'Trusted certificates (PEM)', CHAIN),
  CApath: text('folder', "Trusted certificates, named by hash as 'openssl rehash' does", CHAIN),
  CAstore: text('path', 'Trusted certificates in a file or a folder', CHAIN),
  'no-CAfile': bool("Do not trust the system's file of certificates", CHAIN),
  'no-CApath': bool("Do not trust the system's folder of certificates", CHAIN),
  'no-CAstore': bool("Do not trust the system's store of certificates", CHAIN),
  keypbe: text('algorithm', 'Encryption of the key: a cipher, PBE-SHA1-3DES, …, or NONE (default AES-256-CBC)', HOW),
  certpbe: text('algorithm', 'Encryption of the certificates, as -keypbe (default AES-256-CBC)', HOW),
  descert: bool('Encrypt the certificates with 3DES', HOW),
  macalg: text('digest', 'Digest of the MAC (default sha256)', HOW),
  iter: int('n', 'Iterations of encryption and MAC (default 2048)', HOW),
  noiter: bool('One iteration for the encryption', HOW),
  nomaciter: bool('One iteration for the MAC', HOW),
  nomac: bool('No MAC, and certificates in the clear', HOW),
  macsaltlen: int('n', "Octets of the MAC's salt (default 8)", HOW),
  pbmac1_pbkdf2: bool('Make the MAC with PBMAC1 (RFC 9579)', HOW),
  pbmac1_pbkdf2_md: text('digest', "Digest of PBMAC1's key derivation (default sha256)", HOW),
  maciter: ignored(),
  engine: ignored('id'),
  rand: ignored('file'),
  writerand: ignored('file'),
  provider: ignored('name'),
  'provider-path': ignored('path'),
  propquery: ignored('query'),
};
