/** Signature algorithms as `sigalgs` names them: OpenSSL's lists of schemes and of pairs like `RSA+SHA256`. */
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../../registry/tls-signatures.ts';
import { opensslError } from '../errors/openssl.ts';
import { Kept } from './kept.ts';
import { unusable } from './material.ts';
import { OPENSSL_32, OPENSSL_35 } from '../platform.ts';

const lists = new Kept<readonly number[]>(64);

/** The schemes of a list. Throws the error that Node has for lists that OpenSSL refuses. */
export function sigalgsOf(text: string): readonly number[] {
  return lists.get(text, () => readList(text));
}

/** Schemes that OpenSSL 3.5 has and we do not. */
const ONLY_OPENSSL = /^\??mldsa(?:44|65|87)$/i;

/** ERR_R_PASSED_INVALID_ARGUMENT. */
const PASSED_INVALID_ARGUMENT = 0x8_0106;

// OpenSSL leaves no error behind, and this is what Node makes of none
const refused = (): Error => new Error('error:00000000:lib(0)::reason(0)');

function readList(text: string): readonly number[] {
  const codes: number[] = [];
  const words = text.split(':');
  for (const word of words) {
    const optional = OPENSSL_35 && (word.startsWith('?') || ONLY_OPENSSL.test(word));
    const scheme = schemeOf(optional ? word.replace(/^\?/, '') : word);
    if (!scheme && !optional) throw refused();
    // twice the same is an error before OpenSSL 3.3
    if (scheme && codes.includes(scheme.code) && !OPENSSL_35) throw refused();
    if (scheme && !codes.includes(scheme.code)) codes.push(scheme.code);
  }
  if (codes.length === 0 && words.some((word) => ONLY_OPENSSL.test(word))) throw unusable(`there is no ${text} here`);
  if (codes.length === 0) throw opensslError('ssl', PASSED_INVALID_ARGUMENT, 'passed invalid argument');
  return codes;
}

/** Kinds of signatures in pairs: the key, and the padding of RSA. */
const KINDS: Readonly<Record<string, (scheme: SignatureScheme) => boolean>> = {
  RSA: ({ key, padding }) => key === 'rsa' && padding === 'pkcs1',
  'RSA-PSS': ({ key, padding }) => key === 'rsa' && padding === 'pss',
  PSS: ({ key, padding }) => key === 'rsa' && padding === 'pss',
  DSA: ({ key }) => key === 'dsa',
  ECDSA: ({ key }) => key === 'ec',
};

function schemeOf(word: string): SignatureScheme | undefined {
  const [given = '', hash, more] = word.trim().split('+');
  if (more !== undefined) return undefined;
  const kind = OPENSSL_35 ? given.toUpperCase() : given;
  if (hash === undefined) {
    const wanted = OPENSSL_35 ? given.toLowerCase() : given;
    return SIGNATURE_SCHEMES.rows.find(({ name }) => (OPENSSL_35 ? name.toLowerCase() : name) === wanted);
  }
  const digest = hash.toLowerCase();
  const fits = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return (
    fits && SIGNATURE_SCHEMES.rows.find((one) => fits(one) && one.hash === digest && digest !== 'md5' && one.tls12)
  );
}

/** Those with brainpool curves came to OpenSSL's own list with 3.2. */
const BRAINPOOL =
  'ecdsa_brainpoolP256r1tls13_sha256 ecdsa_brainpoolP384r1tls13_sha384 ecdsa_brainpoolP512r1tls13_sha512';

/** OpenSSL's own order where nothing is said, its post-quantum schemes left out. */
const DEFAULT = `ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ed25519 ed448 ${OPENSSL_32 ? BRAINPOOL : ''}
  rsa_pss_pss_sha256 rsa_pss_pss_sha384 rsa_pss_pss_sha512 rsa_pss_rsae_sha256 rsa_pss_rsae_sha384 rsa_pss_rsae_sha512
  rsa_pkcs1_sha256 rsa_pkcs1_sha384 rsa_pkcs1_sha512 ecdsa_sha224 ecdsa_sha1 rsa_pkcs1_sha224 rsa_pkcs1_sha1
  dsa_sha224 dsa_sha1 dsa_sha256 dsa_sha384 dsa_sha512`;

let codes: readonly number[] | undefined;

/** The schemes where nothing is said, weak ones among them. */
export function defaultSigalgs(): readonly number[] {
  codes ??= DEFAULT.split(/\s+/).map((name) => (SIGNATURE_SCHEMES.named(name) as SignatureScheme).code);
  return codes;
}
