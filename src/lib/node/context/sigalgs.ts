/** Signature algorithms as `sigalgs` names them: OpenSSL's lists of schemes and of pairs like `RSA+SHA256`. */
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../../registry/tls-signatures.ts';
import { Kept } from './kept.ts';
import { OPENSSL_35 } from './platform.ts';

const lists = new Kept<readonly number[]>(64);

/** The schemes of a list. Throws the error that Node has for lists that OpenSSL refuses. */
export function sigalgsOf(text: string): readonly number[] {
  return lists.get(text, () => readList(text));
}

// OpenSSL leaves no error behind, and this is what Node makes of none
const refused = (): Error => new Error('error:00000000:lib(0)::reason(0)');

function readList(text: string): readonly number[] {
  const codes: number[] = [];
  for (const word of text.split(':')) {
    const optional = OPENSSL_35 && word.startsWith('?');
    const scheme = schemeOf(optional ? word.slice(1) : word);
    if (!scheme && !optional) throw refused();
    // twice the same is an error before OpenSSL 3.3
    if (scheme && codes.includes(scheme.code) && !OPENSSL_35) throw refused();
    if (scheme && !codes.includes(scheme.code)) codes.push(scheme.code);
  }
  if (codes.length === 0) throw refused();
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
  const [kind = '', hash] = word.split('+');
  if (hash === undefined) return SIGNATURE_SCHEMES.rows.find(({ name }) => name === word);
  const digest = hash.toLowerCase().replace('-', '');
  const fits = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return fits && SIGNATURE_SCHEMES.rows.find((one) => fits(one) && one.hash === digest && one.tls12);
}

/** OpenSSL's own order where nothing is said, its brainpool and post-quantum schemes left out. */
const DEFAULT = `ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ed25519 ed448
  rsa_pss_pss_sha256 rsa_pss_pss_sha384 rsa_pss_pss_sha512 rsa_pss_rsae_sha256 rsa_pss_rsae_sha384 rsa_pss_rsae_sha512
  rsa_pkcs1_sha256 rsa_pkcs1_sha384 rsa_pkcs1_sha512 ecdsa_sha224 rsa_pkcs1_sha224 dsa_sha224 dsa_sha256 dsa_sha384 dsa_sha512`;
const AT_LEVEL_0 = 'ecdsa_sha1 rsa_pkcs1_sha1 dsa_sha1';

/** The schemes where nothing is said; those with SHA-1 at security level 0 alone. */
export function defaultSigalgs(securityLevel: number): readonly number[] {
  const names = securityLevel > 0 ? DEFAULT : `${DEFAULT} ${AT_LEVEL_0}`;
  return names.split(/\s+/).map((name) => (SIGNATURE_SCHEMES.named(name) as SignatureScheme).code);
}
