/** Cipher suites as node:tls has them: one string, of which words that begin with `TLS_` are suites of TLS 1.3 and the rest OpenSSL's language. */
import { isInOpenSsl, isOffered } from '../../registry/cipher-strength.ts';
import { DEFAULT_SUITES13, selectCiphers, type CipherSelection } from '../../registry/cipher-string.ts';
import { SUITES, type CipherSuite } from '../../registry/tls-suites.ts';
import { TLS13, SSL30 } from '../../registry/tls-versions.ts';
import { isSupported } from '../../tls/supported.ts';
import { TlskitError } from '../../errors.ts';
import { opensslError } from '../errors/openssl.ts';
import { Kept } from './kept.ts';
import { OPENSSL_32 } from '../platform.ts';

const noMatch = (): Error => opensslError('ssl', 185, 'no cipher match');

const lists = new Kept<CipherSelection>(64);

/**
 * The suites before TLS 1.3 that a cipher string chooses.
 *
 * @throws ERR_SSL_NO_CIPHER_MATCH where that is none, ERR_SSL_INVALID_COMMAND for what no cipher string may hold
 */
export function cipherList(text: string): CipherSelection {
  return lists.get(text, () => {
    const found = selected(text);
    if (found.suites.length === 0 && text !== '') throw noMatch();
    return { ...found, suites: found.suites.filter(isSupported) };
  });
}

/** Ciphers that OpenSSL is built without: they are there for whoever names them. */
const WEAK: readonly (readonly [bulk: string, word: RegExp])[] = [
  ['3DES_EDE_CBC', /3DES|DES-CBC3/],
  ['RC4_128', /RC4/],
  ['IDEA_CBC', /IDEA/],
  ['SEED_CBC', /SEED/],
  ['DES_CBC', /\bDES\b(?!-CBC3)/],
];

/** The suites that a text chooses among: OpenSSL's, also those that we lack, which are none then, and weak ones that it names. */
function choice(text: string): readonly CipherSuite[] {
  const named = new Set(WEAK.filter(([, word]) => word.test(text)).map(([bulk]) => bulk));
  return SUITES.rows.filter((suite) => isInOpenSsl(suite) || (named.has(suite.bulk.name) && isSupported(suite)));
}

function selected(text: string): CipherSelection {
  try {
    return selectCiphers(text, choice(text));
  } catch (error) {
    if (error instanceof TlskitError) throw opensslError('ssl', 280, 'invalid command');
    throw error;
  }
}

/** The suites that a list of IANA's names says: those of TLS 1.3. Throws ERR_SSL_NO_CIPHER_MATCH for names of none. */
export function cipherSuites(text: string): readonly CipherSuite[] {
  return named.get(text, () => namedSuites(text));
}

const named = new Kept<readonly CipherSuite[]>(64);

function namedSuites(text: string): readonly CipherSuite[] {
  const suites: CipherSuite[] = [];
  for (const name of text.split(':').filter((one) => one !== '')) {
    // OpenSSL passes over names that it does not know, and takes those of older suites, too
    const suite = SUITES.rows.find((one) => one.name === name && isInOpenSsl(one));
    if (suite && !suites.includes(suite)) suites.push(suite);
  }
  if (suites.length === 0) throw noMatch();
  return suites;
}

/** Those of TLS 1.3 where nothing is said. */
export const DEFAULT_SUITES: string = DEFAULT_SUITES13.join(':');

/** Whether a suite may be used at a security level. Versions have their own option. */
export function isStrong(suite: CipherSuite, securityLevel: number): boolean {
  if (securityLevel === 0) return true;
  // from 3.2 on a tag of eight octets is worth 64 bits
  if (OPENSSL_32 && suite.bulk.tag === 8) return false;
  const conditions = { securityLevel: Math.min(securityLevel, 5), min: SSL30, max: TLS13, psk: true, srp: false };
  return isOffered(suite, conditions);
}

let names: readonly string[] | undefined;

/**
 * The names of the suites that node:tls lists, in its spelling: in lower case, in alphabetical order. These are OpenSSL's DEFAULT, of what there
 * is here; others can be asked for by a cipher string.
 */
export function getCiphers(): string[] {
  names ??= listNames();
  return [...names];
}

function listNames(): string[] {
  const listed = [
    ...SUITES.rows.filter((one) => one.first === TLS13 && isInOpenSsl(one)),
    ...cipherList('DEFAULT').suites,
  ];
  return listed.map(({ name, openssl = name }) => openssl.toLowerCase()).toSorted();
}
