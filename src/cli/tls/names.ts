/** Lists of names in options (-cipher, -ciphersuites, -groups, -sigalgs, -alpn) to what the engine takes. What is not understood is an error. */
import { fail } from '../../lib/errors.ts';
import { GROUPS } from '../../lib/registry/tls-groups.ts';
import { SIGNATURE_SCHEMES } from '../../lib/registry/tls-signatures.ts';
import { SUITES, type CipherSuite } from '../../lib/registry/tls-suites.ts';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import { isSupported } from '../../lib/tls/index.ts';

/** OpenSSL 3.0's suites of TLS 1.3 where nothing is said, in its order. */
const SUITES13 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

/** OpenSSL 3.0's DEFAULT before TLS 1.3, as far as certificates go, in its order. */
const DEFAULT12 =
  `ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305
  ECDHE-RSA-CHACHA20-POLY1305 DHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256
  DHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384 DHE-RSA-AES256-SHA256 ECDHE-ECDSA-AES128-SHA256
  ECDHE-RSA-AES128-SHA256 DHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA DHE-RSA-AES256-SHA
  ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA DHE-RSA-AES128-SHA AES256-GCM-SHA384 AES128-GCM-SHA256 AES256-SHA256 AES128-SHA256
  AES256-SHA AES128-SHA`.split(/\s+/);

/** The suites of DEFAULT with a pre-shared key; offered where there is one. */
const isPsk = ({ authentication, bulk }: CipherSuite): boolean =>
  authentication === 'psk' && /^(AES_\d+_(GCM|CBC)|CHACHA20_POLY1305)$/.test(bulk.name);

const old = (suite: CipherSuite): boolean => suite.last < TLS13 && suite.openssl !== undefined && isSupported(suite);

const defaults = (psk: boolean): readonly CipherSuite[] => [
  ...DEFAULT12.map((name) => SUITES.named(name)).filter((suite) => suite !== undefined),
  ...(psk ? SUITES.rows.filter((suite) => isPsk(suite) && old(suite)) : []),
];

/** The words of cipher strings that are understood; the whole language is for later. */
const WORDS: Readonly<Record<string, (psk: boolean) => readonly CipherSuite[]>> = {
  DEFAULT: defaults,
  ALL: () => SUITES.rows.filter((suite) => old(suite) && suite.bulk.kind !== 'null'),
  HIGH: () => SUITES.rows.filter((suite) => old(suite) && suite.bulk.kind !== 'null' && suite.bulk.block !== 8),
  PSK: () => SUITES.rows.filter((suite) => old(suite) && suite.authentication === 'psk' && suite.bulk.kind !== 'null'),
};

/** Words that take suites away: `!aNULL` and the like. */
const WITHOUT: Readonly<Record<string, (suite: CipherSuite) => boolean>> = {
  aNULL: (suite) => suite.authentication === 'anon',
  eNULL: (suite) => suite.bulk.kind === 'null',
  NULL: (suite) => suite.bulk.kind === 'null',
  PSK: (suite) => suite.keyExchange.includes('psk'),
  MD5: (suite) => suite.mac === 'md5',
  RC4: (suite) => suite.bulk.kind === 'stream',
  DSS: (suite) => suite.authentication === 'dss',
  aDSS: (suite) => suite.authentication === 'dss',
  kRSA: (suite) => suite.keyExchange === 'rsa',
};

/** OpenSSL's security level where nothing is said, and the bits that moduli have at each (SSL_CTX_set_security_level(3)). */
const LEVEL = 1;
const MODULUS_BITS = [512, 1024, 2048, 3072, 7680, 15_360] as const;

/**
 * The security level of a cipher string: the last `@SECLEVEL=n` of -cipher. It is the least strength of the peer's chain (-auth_level), and
 * sets what `moduli` says; protocols, suites and groups are chosen by their own options.
 *
 * @throws TlskitError ERR_USAGE for a level that does not exist
 */
export function securityLevel(cipher: string | undefined): number {
  const given = cipher?.match(/@SECLEVEL=[^:, ]*/g)?.at(-1);
  if (given === undefined) return LEVEL;
  const level = /^@SECLEVEL=([0-5])$/.exec(given)?.[1];
  return level === undefined ? fail('ERR_USAGE', `option -cipher: @SECLEVEL takes 0 to 5, not "${given}"`) : +level;
}

/** Bits of DH primes and RSA keys in handshakes at a level. That an RSA key is too small for a higher level is for the verification to say. */
export function moduli(cipher: string | undefined): { readonly dhMin: number; readonly rsaMin: number } {
  const dhMin = MODULUS_BITS[securityLevel(cipher)] as number;
  return { dhMin, rsaMin: Math.min(dhMin, MODULUS_BITS[LEVEL]) };
}

/**
 * `-cipher`: OpenSSL's names of suites, the words DEFAULT, ALL, HIGH and PSK, `!` before aNULL, eNULL, PSK, MD5, RC4, DSS and kRSA, and
 * `@SECLEVEL=n`.
 *
 * @throws TlskitError ERR_USAGE for a suite that nobody knows, ERR_UNSUPPORTED for the rest of OpenSSL's language
 */
export function cipherList(value: string | undefined, psk: boolean): readonly CipherSuite[] {
  let chosen: CipherSuite[] = [];
  for (const word of (value ?? 'DEFAULT').split(/[:, ]+/).filter((one) => one !== '')) {
    if (word.startsWith('@SECLEVEL=')) continue;
    if (word.startsWith('!') || word.startsWith('-')) {
      const without = WITHOUT[word.slice(1)] ?? notUnderstood(word);
      chosen = chosen.filter((suite) => !without(suite));
      continue;
    }
    const more = WORDS[word]?.(psk) ?? [namedSuite(word)];
    chosen.push(...more.filter((suite) => !chosen.includes(suite)));
  }
  if (chosen.length === 0) fail('ERR_USAGE', `option -cipher: no cipher suite in "${value}"`);
  return chosen;
}

function namedSuite(word: string): CipherSuite {
  const suite = SUITES.rows.find(({ openssl, name }) => openssl === word || name === word);
  if (!suite) return notUnderstood(word);
  if (suite.first === TLS13) fail('ERR_USAGE', `option -cipher: ${word} is of TLS 1.3: name it by -ciphersuites`);
  if (!isSupported(suite)) fail('ERR_UNSUPPORTED', `option -cipher: ${word} is not supported`);
  return suite;
}

function notUnderstood(word: string): never {
  return fail(
    'ERR_UNSUPPORTED',
    `option -cipher: "${word}" is not understood; names of suites, DEFAULT, ALL, HIGH, PSK, !aNULL and the like are`,
  );
}

/** `-ciphersuites`: names of TLS 1.3, colons between. */
export function cipherSuites(value: string | undefined): readonly CipherSuite[] {
  const words = value === undefined ? SUITES13 : value.split(/[:, ]+/).filter((one) => one !== '');
  return words.map((word) => {
    const suite = SUITES.named(word);
    if (!suite || suite.first !== TLS13) {
      const known = SUITES.rows.filter(({ first }) => first === TLS13).map(({ name }) => name);
      return fail('ERR_USAGE', `option -ciphersuites takes ${known.join(', ')}, not "${word}"`);
    }
    if (!isSupported(suite)) fail('ERR_UNSUPPORTED', `option -ciphersuites: ${suite.name} is not supported`);
    return suite;
  });
}

/** OpenSSL 3.0's groups where nothing is said. */
const DEFAULT_GROUPS =
  `x25519 secp256r1 x448 secp521r1 secp384r1 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192`.split(' ');

/** `-groups`: names, colons between; numbers for the engine. */
export function groupList(value: string | undefined): readonly number[] {
  const words = value === undefined ? DEFAULT_GROUPS : value.split(/[:, ]+/).filter((one) => one !== '');
  const rows = words.map((word) => {
    const row = GROUPS.named(word.replace(/^[*?]+/, ''));
    return (
      row ?? fail('ERR_USAGE', `option -groups: there is no group "${word}"; x25519, P-256, X25519MLKEM768 are some`)
    );
  });
  if (rows.length === 0) fail('ERR_USAGE', 'option -groups: no group');
  // one name of brainpool stands for both numbers: RFC 8734 gave TLS 1.3 its own
  return rows.flatMap(({ code, name }) => {
    const newer = GROUPS.named(`${name}tls13`);
    return newer ? [newer.code, code] : [code];
  });
}

/** Whether a list of groups has one with ML-KEM. */
export const wantsMlKem = (codes: readonly number[]): boolean =>
  codes.some((code) => GROUPS.row(code)?.kind === 'hybrid');

/** OpenSSL 3.0's signature algorithms where nothing is said. */
const DEFAULT_SCHEMES = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
  0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602,
];

const KEYS: Readonly<Record<string, readonly [key: string, padding: string | undefined]>> = {
  RSA: ['rsa', 'pkcs1'],
  'RSA-PSS': ['rsa', 'pss'],
  PSS: ['rsa', 'pss'],
  DSA: ['dsa', undefined],
  ECDSA: ['ec', undefined],
};

/** `-sigalgs`: `ECDSA+SHA256` or names as of RFC 8446, colons between. */
export function schemeList(flag: string, value: string | undefined): readonly number[] {
  if (value === undefined) return DEFAULT_SCHEMES.filter((code) => SIGNATURE_SCHEMES.row(code) !== undefined);
  return value
    .split(':')
    .filter((word) => word !== '')
    .map((word) => schemeOf(word) ?? fail('ERR_USAGE', `option -${flag}: there is no signature algorithm "${word}"`));
}

function schemeOf(word: string): number | undefined {
  const named = SIGNATURE_SCHEMES.named(word);
  if (named) return named.code;
  const [key = '', hash = ''] = word.split('+');
  const wanted = KEYS[key.toUpperCase()];
  if (!wanted) return undefined;
  return SIGNATURE_SCHEMES.rows.find(
    (row) =>
      row.key === wanted[0] &&
      row.padding === wanted[1] &&
      row.hash === hash.toLowerCase() &&
      (row.tls12 || row.tls13 !== 'none') &&
      row.code < 0x0810,
  )?.code;
}

/** `-alpn`: names, commas between. */
export function protocolList(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const names = value.split(',');
  for (const name of names) {
    const { length } = Buffer.from(name, 'utf8');
    if (length === 0 || length > 255)
      fail('ERR_USAGE', `option -alpn: names have 1 to 255 octets, commas between them`);
  }
  return names;
}
