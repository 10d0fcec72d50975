/** The ASN.1 structure SSL_SESSION of OpenSSL 3.0 (ssl/ssl_asn1.c), part by part. */
import { CLASS, explicit, integer, octetString, readDer, seq, type DerNode } from '../../der/index.ts';
import { fail } from '../../errors.ts';

/** What the structure holds. Times are in seconds; a part that is absent is undefined, or 0 where OpenSSL does not tell the two apart. */
export interface SslSessionParts {
  /** The version by its number: 0x0304 for TLS 1.3. */
  readonly version: number;
  readonly suite: number;
  readonly id: Buffer;
  /** The master secret, or the resumption PSK of TLS 1.3. */
  readonly secret: Buffer;
  readonly time: number;
  readonly timeout: number;
  /** The peer's certificate in DER. */
  readonly peer: Buffer | undefined;
  /** The session id context of a server. */
  readonly context: Buffer;
  readonly verifyResult: number;
  readonly serverName: Buffer | undefined;
  readonly pskHint: Buffer | undefined;
  readonly pskIdentity: Buffer | undefined;
  readonly lifetime: number;
  readonly ticket: Buffer | undefined;
  readonly compression: number;
  readonly srpUser: Buffer | undefined;
  readonly flags: number;
  readonly ageAdd: number;
  readonly maxEarlyData: number;
  readonly alpn: Buffer | undefined;
  readonly maxFragmentLength: number;
  readonly applicationData: Buffer | undefined;
  readonly group: number;
}

/** The PEM label. */
export const SSL_SESSION_LABEL = 'SSL SESSION PARAMETERS';
/** The flag of an extended master secret. */
export const EXTENDED_MASTER_SECRET = 1;

const FORMAT = 1;
const MAX_ID = 32;
/** TLS13_MAX_RESUMPTION_PSK_LENGTH. */
const MAX_SECRET = 256;

const numbers = [
  ['time', 1],
  ['timeout', 2],
  ['verifyResult', 5],
  ['lifetime', 9],
  ['flags', 13],
  ['ageAdd', 14],
  ['maxEarlyData', 15],
  ['maxFragmentLength', 17],
  ['group', 19],
] as const;
const strings = [
  ['context', 4],
  ['serverName', 6],
  ['pskHint', 7],
  ['pskIdentity', 8],
  ['ticket', 10],
  ['srpUser', 12],
  ['alpn', 16],
  ['applicationData', 18],
] as const;
const PEER = 3;
const COMPRESSION = 11;
/** Parts that OpenSSL holds as C strings. */
const TEXTS: ReadonlySet<string> = new Set(['serverName', 'pskHint', 'pskIdentity', 'srpUser']);

/**
 * Reads the structure.
 *
 * @throws TlskitError ERR_DER, ERR_FORMAT
 */
export function readSslSessionParts(der: Uint8Array): SslSessionParts {
  const items = readDer(der, 'ber').sequence('SSL session');
  const [format, version, suite, id, secret, ...rest] = items;
  if (!format || !version || !suite || !id || !secret) return fail('ERR_FORMAT', 'an SSL session with parts missing');
  if (format.integer('format') !== BigInt(FORMAT)) fail('ERR_FORMAT', 'an SSL session of an unknown format');
  const code = suite.octets('cipher suite');
  if (code.length !== 2) fail('ERR_FORMAT', 'an SSL session whose cipher suite is none of TLS');
  const parts = new Map(rest.flatMap((item) => (item.cls === CLASS.context ? [[item.number, item]] : [])));
  const only = (tag: number): DerNode | undefined => parts.get(tag)?.only('part of an SSL session');
  const text = (octets: Buffer | undefined): Buffer | undefined => {
    const end = octets?.indexOf(0) ?? -1;
    return end < 0 ? octets : octets?.subarray(0, end);
  };
  const named = [
    ...numbers.map(([name, tag]) => [name, Number(only(tag)?.integer(name) ?? 0n)] as const),
    ...strings.map(([name, tag]) => [name, only(tag)?.octets(name)] as const),
  ].map(([name, value]) => [name, Buffer.isBuffer(value) && TEXTS.has(name) ? text(value) : value] as const);
  const values = Object.fromEntries(named) as unknown as Omit<
    SslSessionParts,
    'version' | 'suite' | 'id' | 'secret' | 'peer' | 'compression'
  >;
  return {
    ...values,
    version: Number(version.integer('version')),
    suite: code.readUInt16BE(),
    id: limited(id.octets('session id'), MAX_ID, 'session id'),
    secret: limited(secret.octets('secret'), MAX_SECRET, 'secret'),
    context: limited(values.context ?? Buffer.alloc(0), MAX_ID, 'context'),
    peer: only(PEER)?.bytes,
    compression: only(COMPRESSION)?.octets('compression')[0] ?? 0,
  };
}

function limited(octets: Buffer, most: number, what: string): Buffer {
  if (octets.length <= most) return octets;
  return fail('ERR_FORMAT', `an SSL session whose ${what} has ${octets.length} octets, not up to ${most}`);
}

/** Writes the structure: parts that are absent or 0 are left out, but the context and the group, as OpenSSL has it. */
export function writeSslSessionParts(parts: SslSessionParts): Buffer {
  const { version, suite, id, secret, peer, compression } = parts;
  const tagged = new Map<number, Buffer>();
  for (const [name, tag] of numbers) if (parts[name] !== 0 || name === 'group') tagged.set(tag, integer(parts[name]));
  for (const [name, tag] of strings) {
    const value = parts[name];
    if (value) tagged.set(tag, octetString(value));
  }
  if (peer) tagged.set(PEER, peer);
  if (compression !== 0) tagged.set(COMPRESSION, octetString(Buffer.from([compression])));
  const order = [...tagged.keys()].sort((a, b) => a - b);
  return seq(
    integer(FORMAT),
    integer(version),
    octetString(Buffer.from([suite >>> 8, suite & 0xff])),
    octetString(id),
    octetString(secret),
    ...order.map((tag) => explicit(tag, tagged.get(tag) as Buffer)),
  );
}
