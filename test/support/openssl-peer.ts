/** What openssl s_client and s_server have, and what of it the engine has too. */
import { GROUPS, type Group } from '../../src/lib/registry/tls-groups.ts';
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../../src/lib/registry/tls-signatures.ts';
import { SUITES, type CipherSuite } from '../../src/lib/registry/tls-suites.ts';
import { TLS10, TLS11, TLS12, TLS13, type VersionName } from '../../src/lib/registry/tls-versions.ts';
import { isSupported } from '../../src/lib/tls/index.ts';
import { openssl } from './peers.ts';
import type { Running, Workshop } from './processes.ts';
import { testIdentity, type KeyKind } from './tls-certificates.ts';

/** Every cipher, at every strength. */
export const ALL_CIPHERS = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
export const ALL_SUITES13 =
  'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256';

export const PSK_KEY = '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20';
export const PSK: { readonly identity: Buffer; readonly key: Buffer } = {
  identity: Buffer.from('Client_identity'),
  key: Buffer.from(PSK_KEY, 'hex'),
};

export const OLD_VERSIONS: readonly { readonly name: VersionName; readonly code: number; readonly flag: string }[] = [
  { name: 'TLSv1.2', code: TLS12, flag: '-tls1_2' },
  { name: 'TLSv1.1', code: TLS11, flag: '-tls1_1' },
  { name: 'TLSv1', code: TLS10, flag: '-tls1' },
];

/** Suites that both have, with the version. Without the peer it is empty: those tests are skipped. */
export function sharedSuites(): readonly (readonly [VersionName, string, CipherSuite])[] {
  const theirs = new Set(openssl(['ciphers', ALL_CIPHERS]).stdout.trim().split(':'));
  const shared = SUITES.rows.filter((suite) => isSupported(suite) && theirs.has(suite.openssl ?? ''));
  return [{ name: 'TLSv1.3', code: TLS13 } as const, ...OLD_VERSIONS].flatMap(({ name, code }) =>
    shared
      .filter(({ first, last }) => first <= code && last >= code)
      .map((suite) => [name, suite.openssl ?? '', suite] as const),
  );
}

/** The kind of certificate that a suite needs; undefined for none. */
export function kindFor({ authentication, keyExchange }: CipherSuite): KeyKind | undefined {
  if (keyExchange === 'rsa_psk' || authentication === 'rsa') return 'rsa';
  if (authentication === 'dss') return 'dsa';
  return authentication === 'ecdsa' || authentication === 'any' ? 'p256' : undefined;
}

/** openssl's names of groups of TLS 1.3 and, as it takes fewer, of TLS 1.2. */
const GROUP_NAMES: Readonly<Record<string, string>> = {
  x25519: 'X25519',
  x448: 'X448',
  secp256r1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
  ffdhe2048: 'ffdhe2048',
  ffdhe3072: 'ffdhe3072',
  ffdhe4096: 'ffdhe4096',
  ffdhe6144: 'ffdhe6144',
  ffdhe8192: 'ffdhe8192',
};

const rows = (names: readonly string[]): Group[] => GROUPS.rows.filter(({ name }) => names.includes(name));

export const groups13: readonly Group[] = rows(Object.keys(GROUP_NAMES));
export const groups12: readonly Group[] = GROUPS.rows.filter(
  ({ first, kind, name }) =>
    first < TLS13 && kind !== 'ffdhe' && kind !== 'hybrid' && !/^sec[pt]1[0-9]+|secp224k1|secp192k1/.test(name),
);
/** A group's name for -groups. */
export const groupName = ({ name, node }: Group): string => GROUP_NAMES[name] ?? node;

/** Signature schemes with a certificate of a kind that has one, where a version has them. */
export function schemes(version: 'TLSv1.3' | 'TLSv1.2'): readonly (readonly [string, KeyKind, SignatureScheme])[] {
  const kinds: Readonly<Record<string, readonly KeyKind[]>> = {
    rsa: ['rsa'],
    'rsa-pss': ['rsa-pss'],
    ec: ['p256', 'p384', 'p521'],
    dsa: ['dsa'],
    ed25519: ['ed25519'],
    ed448: ['ed448'],
  };
  const curves: Readonly<Record<string, string>> = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' };
  return SIGNATURE_SCHEMES.rows
    .filter((row) => (version === 'TLSv1.3' ? row.tls13 === 'all' : row.tls12) && !row.name.includes('brainpool'))
    .filter(({ hash }) => hash !== 'md5')
    .flatMap((row) =>
      (kinds[row.key] ?? [])
        .filter((kind) => version === 'TLSv1.2' || row.curve === undefined || curves[kind] === row.curve)
        .map((kind) => [row.name, kind, row] as const),
    );
}

/** A scheme as -sigalgs has it. */
export function sigalgName({ key, hash, name }: SignatureScheme): string {
  if (key === 'ec') return `ECDSA+${hash?.toUpperCase()}`;
  if (key === 'dsa') return `DSA+${hash?.toUpperCase()}`;
  return name.startsWith('rsa_pkcs1') ? `RSA+${hash?.toUpperCase()}` : name;
}

export const ALL_SIGALGS: string = [
  'ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512',
  'rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512:DSA+SHA256:DSA+SHA384:DSA+SHA512',
  'ECDSA+SHA224:RSA+SHA224:DSA+SHA224:ECDSA+SHA1:RSA+SHA1:DSA+SHA1',
].join(':');

/** Every scheme but MD5's, for the engine. */
export const ALL_SCHEMES: readonly string[] = SIGNATURE_SCHEMES.rows.flatMap(({ hash, name }) =>
  hash === 'md5' || name.includes('brainpool') ? [] : [name],
);

/** A server of the peer. */
export interface Served {
  readonly port: number;
  readonly process: Running;
}

/** Starts s_server with a certificate of this kind; more than one of the same is started once. */
export async function serve(
  workshop: Workshop,
  kind: KeyKind | undefined,
  args: readonly string[] = [],
  mode: readonly string[] = ['-rev'],
): Promise<Served> {
  const identity = kind && workshop.identity(kind, await testIdentity(kind));
  const process = workshop.start('openssl', [
    's_server',
    '-accept',
    '127.0.0.1:0',
    ...mode,
    ...(identity ? ['-cert', identity.cert, '-cert_chain', identity.cert, '-key', identity.key] : ['-nocert']),
    ...args,
  ]);
  await process.prints(/ACCEPT 127\.0\.0\.1:\d+\n/);
  return { port: Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(process.output)?.[1]), process };
}

/** What a server needs to speak everything. */
export const EVERYTHING: readonly string[] = Object.entries({
  cipher: ALL_CIPHERS,
  ciphersuites: ALL_SUITES13,
  sigalgs: ALL_SIGALGS,
  min_protocol: 'TLSv1',
  groups: [...new Set([...groups13, ...groups12])].map(groupName).join(':'),
  psk: PSK_KEY,
  psk_hint: 'hint',
}).flatMap(([name, value]) => [`-${name}`, value]);
