/** What s_client and s_server print of connections, in OpenSSL 3.0's words. Pure functions from what is known to text. */
import { Name } from '../../lib/x509/name.ts';
import { PublicKey } from '../../lib/keys/model.ts';
import { describeKey } from '../../lib/keys/describe.ts';
import { GROUPS, type Group } from '../../lib/registry/tls-groups.ts';
import { SIGNATURE_SCHEMES } from '../../lib/registry/tls-signatures.ts';
import { SUITES } from '../../lib/registry/tls-suites.ts';
import { TLS13, VERSIONS } from '../../lib/registry/tls-versions.ts';
import { verifyCode } from '../../lib/registry/verify-errors.ts';
import { nameText, type NameOptions } from '../../lib/text/name.ts';
import { sessionFieldsText } from '../../lib/text/session.ts';
import { sslSessionId, type ConnectionInfo, type Session } from '../../lib/tls/index.ts';
import type { CertificateView } from '../../lib/verify/index.ts';

type Scheme = NonNullable<ConnectionInfo['peerScheme']>;
type Info = Readonly<ConnectionInfo>;

const upperHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** OpenSSL's name of a suite. */
export const suiteText = (info: Pick<Info, 'suite'>): string => info.suite?.openssl ?? info.suite?.name ?? '(NONE)';

/** The version that a suite's line names: the oldest one that has it, as SSL_CIPHER_get_version says. */
export function suiteVersion({ suite }: Pick<Info, 'suite'>): string {
  if (!suite) return '(NONE)';
  if (suite.first === TLS13) return 'TLSv1.3';
  const name = VERSIONS.row(suite.first)?.name ?? '';
  // suites with SHA-1 of RFC 3268 and older are all SSLv3's for OpenSSL; those of RFC 4492 TLS 1.0's
  return name === 'TLSv1' ? 'TLSv1.0' : name;
}

/** Whether a session was resumed, or what OpenSSL takes for one: a pre-shared key of TLS 1.3. */
export const isReused = ({ resumed, externalPsk, version }: Info): boolean =>
  resumed || (externalPsk !== undefined && version?.code === TLS13);

/** Bits of a certificate's key; 0 where it cannot be read. */
export function keyBits(view: CertificateView): number {
  try {
    const { type } = view.publicKey;
    if (type === 'ed25519') return 256;
    if (type === 'ed448') return 456;
    return describeKey(PublicKey.fromSpki(view.certificate.spki)).bits ?? 0;
  } catch {
    return 0;
  }
}

const HASHES: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA1',
  sha224: 'SHA224',
  sha256: 'SHA256',
  sha384: 'SHA384',
  sha512: 'SHA512',
  'md5-sha1': 'MD5-SHA1',
};

/** `ECDSA`, `RSA-PSS`: the kind of a signature. */
export function signatureType({ key, padding }: Scheme): string {
  if (key === 'rsa-pss' || padding === 'pss') return 'RSA-PSS';
  return { rsa: 'RSA', ec: 'ECDSA', dsa: 'DSA', ed25519: 'ed25519', ed448: 'ed448' }[key];
}

/** The hash of a signature; undefined for those that hash by themselves. */
export const signatureHash = ({ hash }: Scheme): string | undefined => hash && HASHES[hash];

/** `ECDSA+SHA256:RSA-PSS+SHA256:…` */
export function schemesText(codes: readonly number[]): string {
  return codes.map(schemeText).join(':');
}

function schemeText(code: number): string {
  const row = SIGNATURE_SCHEMES.row(code);
  if (code >= 0x0809 && code <= 0x080b && row) return row.name;
  if (!row || code >= 0x080c) return `0x${hex2(code & 0xff)}+0x${hex2(code >>> 8)}`;
  const hash = signatureHash(row);
  return signatureType(row) + (hash === undefined ? '' : `+${hash}`);
}

const hex2 = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

/**
 * The peer's signature algorithms, and those that both sides have.
 *
 * @param own what we verify, or on a server sign, by
 */
export function signatureAlgorithms(info: Info, own: ReadonlySet<number>, requested: '' | 'Requested '): string {
  const { peerSchemes, version } = info;
  if (peerSchemes.length === 0) return '';
  // what TLS 1.3 does not have; on a server OpenSSL thinks of DSA alone
  const usable = (code: number): boolean => {
    const row = SIGNATURE_SCHEMES.row(code);
    return version?.code !== TLS13 || (requested === '' ? row?.key !== 'dsa' : row?.tls13 !== 'none');
  };
  const shared = peerSchemes.filter((code) => own.has(code) && usable(code));
  const line = `${requested}Signature Algorithms: `;
  return `${line}${schemesText(peerSchemes)}\n` + (shared.length > 0 ? `Shared ${line}${schemesText(shared)}\n` : '');
}

/** How the peer signed. */
export function peerSignature({ peerScheme }: Info): string {
  if (!peerScheme) return '';
  const hash = signatureHash(peerScheme);
  return (hash ? `Peer signing digest: ${hash}\n` : '') + `Peer signature type: ${signatureType(peerScheme)}\n`;
}

const CERTIFICATE_TYPES: Readonly<Record<number, string>> = {
  1: 'RSA sign',
  2: 'DSA sign',
  3: 'RSA fixed DH',
  4: 'DSS fixed DH',
  64: 'ECDSA sign',
  65: 'RSA fixed ECDH',
  66: 'ECDSA fixed ECDH',
};

/** The types of keys that a server's request names. */
export function certificateTypes({ requestedTypes }: Info): string {
  if (requestedTypes.length === 0) return '';
  const names = requestedTypes.map((type) => CERTIFICATE_TYPES[type] ?? `UNKNOWN (${type}),`);
  return `Client Certificate Types: ${names.join(', ')}\n`;
}

/** Names of authorities, as a server sent them. */
export function authorityNames({ requestedAuthorities }: Info, options: NameOptions): string {
  if (requestedAuthorities.length === 0) return '---\nNo client certificate CA names sent\n';
  const names = requestedAuthorities.map((der) => `${authorityName(der, options)}\n`);
  return `---\nAcceptable client certificate CA names\n${names.join('')}`;
}

function authorityName(der: Uint8Array, options: NameOptions): string {
  try {
    return nameText(Name.read(Buffer.from(der)), options);
  } catch {
    return Buffer.from(der).toString('hex');
  }
}

/** The server's part of the key exchange. */
export function temporaryKey(info: Info): string {
  const { group, dhBits } = info;
  if (!group) return dhBits === undefined ? '' : `Server Temp Key: DH, ${dhBits} bits\n`;
  if (group.kind === 'hybrid') return `Negotiated TLS1.3 group: ${group.name}\n`;
  return `Server Temp Key: ${groupKey(group)}\n`;
}

function groupKey({ kind, node, secret }: Group): string {
  if (kind === 'x') return node === 'x25519' ? 'X25519, 253 bits' : 'X448, 448 bits';
  if (kind === 'ffdhe') return `DH, ${8 * secret} bits`;
  return `ECDH, ${node}, ${CURVE_BITS[node] ?? 8 * secret} bits`;
}

const CURVE_BITS: Readonly<Record<string, number>> = { secp521r1: 521, sect571r1: 570, sect571k1: 570, sect283r1: 282 };

const FORMATS = ['uncompressed', 'ansiX962_compressed_prime', 'ansiX962_compressed_char2'];

/** Point formats of the peer. */
export function pointFormats(formats: readonly number[] | undefined): string {
  if (!formats || formats.length === 0) return '';
  const names = formats.map((format) => FORMATS[format] ?? `unknown(${format})`);
  return `Supported Elliptic Curve Point Formats: ${names.join(':')}\n`;
}

/** Groups of a client, and those of them that we have; of TLS 1.3 none that is older. */
export function clientGroups({ peerGroups }: Info, own: readonly Group[] | undefined): string {
  if (peerGroups.length === 0) return '';
  const name = (code: number): string =>
    GROUPS.row(code)?.name ?? `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = `Supported groups: ${peerGroups.map(name).join(':')}\n`;
  if (!own) return line;
  const shared = peerGroups.filter((code) => own.some((group) => group.code === code));
  return `${line}Shared groups: ${shared.length > 0 ? shared.map(name).join(':') : 'NONE'}\n`;
}

/** `Verification: OK`, or the error. */
export function verificationText(code: number, peerName: string | undefined): string {
  if (code !== 0) return `Verification error: ${verifyCode(code).text}\n`;
  return `Verification: OK\n${peerName === undefined ? '' : `Verified peername: ${peerName}\n`}`;
}

export const verifyReturnCode = (code: number): string => `Verify return code: ${code} (${verifyCode(code).text})\n`;

/** Exported keying material. */
export function exportedText(label: string, length: number, material: Uint8Array | undefined): string {
  const value = material ? `    Keying material: ${upperHex(material)}\n` : '    Error\n';
  return `Keying material exporter:\n    Label: '${label}'\n    Length: ${length} bytes\n${value}`;
}

/** What the text of a session needs beside it. */
export interface SessionTextOptions {
  readonly verifyResult: number;
  /** A version for the session of a handshake that came to nothing. */
  readonly version?: string | undefined;
  readonly extendedMasterSecret?: boolean;
  readonly psk?: { readonly identity: string | undefined; readonly hint: string | undefined } | undefined;
}

/** The `SSL-Session:` block of a connection's session, or of a handshake without one. */
export function sessionText(session: Session | undefined, options: SessionTextOptions): string {
  const suite = session && SUITES.row(session.suite);
  const { psk, verifyResult } = options;
  const extended = session?.extendedMasterSecret ?? options.extendedMasterSecret ?? false;
  const none = Buffer.alloc(0);
  const { ticket = none, lifetime = 0 } = session ?? {};
  return sessionFieldsText({
    protocol: session ? (VERSIONS.row(session.version)?.name ?? 'unknown') : (options.version ?? 'TLSv1.2'),
    version: session?.version ?? 0,
    cipher: suite?.openssl ?? suite?.name ?? '0000',
    id: session ? sslSessionId(session) : none,
    context: session?.context ?? none,
    secret: session?.secret ?? none,
    pskIdentity: psk?.identity,
    pskHint: psk?.hint,
    lifetime: ticket.length > 0 ? lifetime : 0,
    ticket: ticket.length > 0 ? ticket : undefined,
    time: Math.floor((session?.created ?? Date.now()) / 1000),
    timeout: 7200,
    verifyResult,
    extendedMasterSecret: extended && session?.version !== TLS13,
    maxEarlyData: session?.maxEarlyData ?? 0,
  });
}
