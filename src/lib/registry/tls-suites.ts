/** Cipher suites. Everything about a suite but its number, names and versions comes from the parts of its name, through small tables. */
import { BULK_CIPHERS, type BulkCipher } from './tls-ciphers.ts';
import { SUITE_TABLE } from './tls-suite-table.ts';
import { CodeTable, words, type CodeRow } from './tls-table.ts';
import { SSL30, TLS10, TLS11, TLS12, TLS13 } from './tls-versions.ts';

/** How the premaster secret comes about; `any` in TLS 1.3, where groups and PSKs decide. */
export type KeyExchange = 'any' | 'ecdhe' | 'dhe' | 'rsa' | 'psk' | 'dhe_psk' | 'ecdhe_psk' | 'rsa_psk' | 'srp';

/** How the server proves who it is: by a certificate with such a key, by the pre-shared key, or not. */
export type Authentication = 'any' | 'rsa' | 'ecdsa' | 'dss' | 'psk' | 'anon' | 'srp';

/** The hash of a record's MAC before AEADs. */
export type MacHash = 'md5' | 'sha1' | 'sha256' | 'sha384';

/** One cipher suite. */
export interface CipherSuite extends CodeRow {
  /** IANA's name, with `TLS_`. */
  readonly name: string;
  /** OpenSSL's name; undefined where it has none. */
  readonly openssl: string | undefined;
  /** First and last version that has it. */
  readonly first: number;
  readonly last: number;
  readonly keyExchange: KeyExchange;
  readonly authentication: Authentication;
  readonly bulk: BulkCipher;
  /** The MAC of records; undefined for AEADs. */
  readonly mac: MacHash | undefined;
  /** The hash of TLS 1.3's HKDF and TLS 1.2's PRF; before, the version has its own. */
  readonly hash: 'sha256' | 'sha384';
  /** Whether a loss of the long-term key leaves past connections secret. */
  readonly forwardSecret: boolean;
  /** Whether it is offered when nothing is said: see `preference`. */
  readonly recommended: boolean;
}

/** Signals that stand in a list of suites (RFC 5746 section 3.3, RFC 7507). */
export const RENEGOTIATION_SCSV = 0x00ff;
export const FALLBACK_SCSV = 0x5600;

const KEY_EXCHANGES: Readonly<Record<string, readonly [KeyExchange, Authentication]>> = {
  ECDHE_ECDSA: ['ecdhe', 'ecdsa'],
  ECDHE_RSA: ['ecdhe', 'rsa'],
  ECDH_anon: ['ecdhe', 'anon'],
  DHE_RSA: ['dhe', 'rsa'],
  DHE_DSS: ['dhe', 'dss'],
  DH_anon: ['dhe', 'anon'],
  RSA: ['rsa', 'rsa'],
  PSK: ['psk', 'psk'],
  DHE_PSK: ['dhe_psk', 'psk'],
  PSK_DHE: ['dhe_psk', 'psk'], // so RFC 6655 names its CCM_8 suites
  ECDHE_PSK: ['ecdhe_psk', 'psk'],
  RSA_PSK: ['rsa_psk', 'rsa'],
  SRP_SHA: ['srp', 'srp'],
  SRP_SHA_RSA: ['srp', 'rsa'],
  SRP_SHA_DSS: ['srp', 'dss'],
};

const MACS: Readonly<Record<string, MacHash>> = { MD5: 'md5', SHA: 'sha1', SHA256: 'sha256', SHA384: 'sha384' };

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  '13': [TLS13, TLS13],
  '12': [TLS12, TLS12],
  '10': [TLS10, TLS12],
  '30': [SSL30, TLS12],
  '30-11': [SSL30, TLS11],
};

const FORWARD_SECRET: ReadonlySet<KeyExchange> = new Set(['any', 'ecdhe', 'dhe', 'ecdhe_psk', 'dhe_psk']);

/** The bulk cipher and the hash at the end of a name: `AES_128_CBC_SHA`, `AES_128_CCM` (whose hash is SHA-256, RFC 6655 section 3). */
function cipherAndHash(text: string): { bulk: BulkCipher; hashName: string } {
  const whole = BULK_CIPHERS.get(text);
  if (whole) return { bulk: whole, hashName: 'SHA256' };
  const at = text.lastIndexOf('_');
  const bulk = BULK_CIPHERS.get(text.slice(0, at));
  if (!bulk) throw new RangeError(`no cipher for ${text}`);
  return { bulk, hashName: text.slice(at + 1) };
}

function suiteOf([code, short, openssl, versions]: readonly string[]): CipherSuite {
  const name = `TLS_${short}`;
  const [exchange, cipher] = (short as string).includes('_WITH_')
    ? ((short as string).split('_WITH_') as [string, string])
    : [undefined, short as string];
  const [keyExchange, authentication] =
    exchange === undefined ? (['any', 'any'] as const) : (KEY_EXCHANGES[exchange] ?? []);
  const [first, last] = RANGES[versions as string] ?? [];
  const { bulk, hashName } = cipherAndHash(cipher);
  const mac = MACS[hashName];
  if (!keyExchange || !authentication || !mac || first === undefined || last === undefined) {
    throw new RangeError(`no parts for ${name}`);
  }
  const forwardSecret = FORWARD_SECRET.has(keyExchange);
  return {
    code: Number.parseInt(code as string, 16),
    name,
    openssl: openssl === '-' ? undefined : openssl === '=' ? name : openssl,
    first,
    last,
    keyExchange,
    authentication,
    bulk,
    mac: bulk.kind === 'aead' ? undefined : mac,
    hash: mac === 'sha384' ? 'sha384' : 'sha256',
    forwardSecret,
    recommended: forwardSecret && CERTIFIED.has(authentication) && bulk.tag === 16 && !bulk.name.startsWith('ARIA'),
  };
}

const CERTIFIED: ReadonlySet<Authentication> = new Set(['any', 'ecdsa', 'rsa']);

/** All suites; those of OpenSSL 3.0 first and in its order, which is what its cipher strings sort by. */
export const SUITES: CodeTable<CipherSuite> = new CodeTable<CipherSuite>(
  () => words(SUITE_TABLE).map(suiteOf),
  (row) => (row.openssl === undefined ? [] : [row.openssl]),
);

// AES-128-GCM first: RFC 8446 section 9.1 demands it, it is the fastest one on every processor with AES instructions, and 2^128 is out of
// reach; AES-256-GCM for those who must; ChaCha20 where AES is slow, which the peer says by putting it first; CCM is half as fast as GCM.
const BULK_ORDER: readonly string[] =
  words(`AES_128_GCM AES_256_GCM CHACHA20_POLY1305 AES_128_CCM AES_256_CCM ARIA_128_GCM ARIA_256_GCM
  AES_128_CCM_8 AES_256_CCM_8 AES_128_CBC AES_256_CBC CAMELLIA_128_CBC CAMELLIA_256_CBC ARIA_128_CBC ARIA_256_CBC SEED_CBC IDEA_CBC
  3DES_EDE_CBC RC4_128 DES_CBC NULL`).flat();

// ECDSA costs a server a sixth of RSA; DSS is gone from every certificate; no authentication at all is last
const AUTHENTICATION_ORDER: readonly Authentication[] = ['any', 'ecdsa', 'rsa', 'psk', 'dss', 'srp', 'anon'];

// ECDHE costs a tenth of DHE and has no group of the server's making
const KEY_EXCHANGE_ORDER: readonly KeyExchange[] = [
  'any',
  'ecdhe',
  'ecdhe_psk',
  'dhe',
  'dhe_psk',
  'rsa',
  'rsa_psk',
  'psk',
  'srp',
];

/**
 * Compares two suites, the better one first. What an attacker gains decides before what it costs: authenticated before anonymous and
 * encrypted before NULL, the newer version, forward secrecy, AEAD before CBC (whose MAC-then-encrypt has had one padding oracle after the
 * other), long tags before short ones; then the cheaper key exchange, authentication and cipher; the longer MAC last.
 */
export function preference(a: CipherSuite, b: CipherSuite): number {
  const [left, right] = [rank(a), rank(b)];
  for (let i = 0; i < left.length; i += 1) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(suite: CipherSuite): readonly number[] {
  const { bulk } = suite;
  return [
    bulk.kind === 'null' ? 2 : suite.authentication === 'anon' ? 1 : 0,
    suite.last === TLS13 ? 0 : 1,
    suite.forwardSecret ? 0 : 1,
    bulk.kind === 'aead' ? 0 : 1,
    bulk.tag === 8 || bulk.block === 8 || bulk.kind === 'stream' ? 1 : 0,
    KEY_EXCHANGE_ORDER.indexOf(suite.keyExchange),
    AUTHENTICATION_ORDER.indexOf(suite.authentication),
    BULK_ORDER.indexOf(bulk.name),
    // nothing is known against HMAC with SHA-1, but policies forbid it; SHA-384 costs more than SHA-256 and gains nothing here
    suite.mac === 'md5' ? 3 : suite.mac === 'sha1' ? 2 : suite.mac === 'sha384' ? 1 : 0,
  ];
}

/** The suites to offer when nothing is said, best first: forward secret, AEAD with a full tag, with a certificate. */
export function recommendedSuites(): readonly CipherSuite[] {
  return SUITES.rows.filter((suite) => suite.recommended).toSorted(preference);
}
