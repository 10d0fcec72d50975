/** Lists of names in options (-cipher, -ciphersuites, -groups, -sigalgs, -alpn) to what the engine takes. What is not understood is an error. */
import { fail, within } from '../../lib/errors.ts';
import { DEFAULT_SUITES13, selectCiphers } from '../../lib/registry/cipher-string.ts';
import { GROUPS } from '../../lib/registry/tls-groups.ts';
import { SIGNATURE_SCHEMES } from '../../lib/registry/tls-signatures.ts';
import { SUITES, type CipherSuite } from '../../lib/registry/tls-suites.ts';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import { isSupported } from '../../lib/tls/index.ts';

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
 * `-cipher`: OpenSSL's cipher strings. Words that stand for nothing are passed over, as OpenSSL does. What the engine has not is left out of
 * groups of suites; one that is named by itself is an error.
 *
 * @param psk whether there is a pre-shared key: without one, suites that need it are no use
 * @throws TlskitError ERR_USAGE where no suite remains, ERR_UNSUPPORTED for a suite that is named and that we do not have
 */
export function cipherList(value: string | undefined, psk: boolean): readonly CipherSuite[] {
  const given = value ?? 'DEFAULT';
  // IANA's names, which OpenSSL takes from 3.2 on
  const text = given.replaceAll(/\bTLS_\w+/g, (name) => SUITES.named(name)?.openssl ?? name);
  const { suites, unknown } = within('option -cipher', () => selectCiphers(text));
  const named = new Set(text.split(/[:;, ]+/));
  const absent = suites.filter((suite) => !isSupported(suite));
  const refused = absent.find(({ openssl = '' }) => named.has(openssl));
  if (refused)
    fail('ERR_UNSUPPORTED', `option -cipher: ${refused.openssl} is listed by "ciphers", but not supported here`);
  const able = suites.filter(isSupported);
  const chosen = able.filter((suite) => psk || !isPsk(suite) || named.has(suite.openssl as string));
  if (chosen.length > 0) return chosen;
  const said = `option -cipher: no cipher suite in "${given.slice(0, 200)}"`;
  if (able.length > 0) fail('ERR_USAGE', `${said} does without a pre-shared key (-psk)`);
  if (absent.length > 0)
    fail('ERR_UNSUPPORTED', `${said} that is supported here: ${absent[0]?.openssl} and the like are not`);
  if (unknown.some((word) => SUITES.named(word)?.first === TLS13))
    fail('ERR_USAGE', `${said}: suites of TLS 1.3 are named by -ciphersuites`);
  return fail('ERR_USAGE', said);
}

const isPsk = ({ keyExchange }: CipherSuite): boolean => keyExchange.includes('psk');

/** `-ciphersuites`: names of TLS 1.3, colons between. Unknown ones are passed over while there are others. */
export function cipherSuites(value: string | undefined): readonly CipherSuite[] {
  const words = value === undefined ? DEFAULT_SUITES13 : value.split(/[:, ]+/).filter((one) => one !== '');
  const suites = words.map((word) => SUITES.named(word)).filter((suite) => suite !== undefined);
  const other = suites.find(({ first }) => first !== TLS13);
  if (other) fail('ERR_USAGE', `option -ciphersuites: ${other.name} is not of TLS 1.3; -cipher takes ${other.openssl}`);
  if (suites.length === 0 && words.length > 0) {
    const known = SUITES.rows.filter(({ first }) => first === TLS13).map(({ name }) => name);
    fail('ERR_USAGE', `option -ciphersuites takes ${known.join(', ')}, not "${words.join(':').slice(0, 200)}"`);
  }
  for (const suite of suites)
    if (!isSupported(suite)) fail('ERR_UNSUPPORTED', `option -ciphersuites: ${suite.name} is not supported`);
  return suites;
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
