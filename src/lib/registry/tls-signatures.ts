/** Signature schemes (RFC 8446 section 4.2.3; before TLS 1.3 the same numbers are a hash and a signature, RFC 5246 section 7.4.1.4.1). */
import { CodeTable, words, type CodeRow } from './tls-table.ts';

/** The type of key that signs, as in a certificate's SubjectPublicKeyInfo. */
export type SignatureKey = 'rsa' | 'rsa-pss' | 'ec' | 'dsa' | 'ed25519' | 'ed448';

/** One signature scheme. */
export interface SignatureScheme extends CodeRow {
  readonly key: SignatureKey;
  /** node:crypto's name of the hash; undefined for schemes that hash by themselves. */
  readonly hash: string | undefined;
  /** Padding of RSA. A salt of PSS is as long as the hash. */
  readonly padding: 'pkcs1' | 'pss' | undefined;
  /** The curve that TLS 1.3 binds the scheme to, by node:crypto's name; TLS 1.2 takes any. */
  readonly curve: string | undefined;
  /** Where TLS 1.3 has it: in CertificateVerify and certificates, in certificates only, or nowhere. */
  readonly tls13: 'all' | 'certificates' | 'none';
  /** Whether TLS 1.2 has it. */
  readonly tls12: boolean;
}

// code name key hash padding curve where-in-1.3 in-1.2
// The order is that of preference: ECDSA and EdDSA before RSA (a sixth of the server's time), PSS before PKCS#1, SHA-1 and SHA-224 last.
const ROWS = `
0x0403 ecdsa_secp256r1_sha256 ec sha256 - prime256v1 all yes
0x0503 ecdsa_secp384r1_sha384 ec sha384 - secp384r1 all yes
0x0603 ecdsa_secp521r1_sha512 ec sha512 - secp521r1 all yes
0x0807 ed25519 ed25519 - - - all yes
0x0808 ed448 ed448 - - - all yes
0x081a ecdsa_brainpoolP256r1tls13_sha256 ec sha256 - brainpoolP256r1 all no
0x081b ecdsa_brainpoolP384r1tls13_sha384 ec sha384 - brainpoolP384r1 all no
0x081c ecdsa_brainpoolP512r1tls13_sha512 ec sha512 - brainpoolP512r1 all no
0x0809 rsa_pss_pss_sha256 rsa-pss sha256 pss - all yes
0x080a rsa_pss_pss_sha384 rsa-pss sha384 pss - all yes
0x080b rsa_pss_pss_sha512 rsa-pss sha512 pss - all yes
0x0804 rsa_pss_rsae_sha256 rsa sha256 pss - all yes
0x0805 rsa_pss_rsae_sha384 rsa sha384 pss - all yes
0x0806 rsa_pss_rsae_sha512 rsa sha512 pss - all yes
0x0401 rsa_pkcs1_sha256 rsa sha256 pkcs1 - certificates yes
0x0501 rsa_pkcs1_sha384 rsa sha384 pkcs1 - certificates yes
0x0601 rsa_pkcs1_sha512 rsa sha512 pkcs1 - certificates yes
0x0303 ecdsa_sha224 ec sha224 - - none yes
0x0301 rsa_pkcs1_sha224 rsa sha224 pkcs1 - none yes
0x0402 dsa_sha256 dsa sha256 - - none yes
0x0502 dsa_sha384 dsa sha384 - - none yes
0x0602 dsa_sha512 dsa sha512 - - none yes
0x0302 dsa_sha224 dsa sha224 - - none yes
0x0203 ecdsa_sha1 ec sha1 - - certificates yes
0x0201 rsa_pkcs1_sha1 rsa sha1 pkcs1 - certificates yes
0x0202 dsa_sha1 dsa sha1 - - none yes
0x0101 rsa_pkcs1_md5 rsa md5 pkcs1 - none yes
`;

const given = (word: string | undefined): string | undefined => (word === '-' ? undefined : word);

/** All schemes, in order of preference. */
export const SIGNATURE_SCHEMES: CodeTable<SignatureScheme> = new CodeTable<SignatureScheme>(() =>
  words(ROWS).map(([code, name, key, hash, padding, curve, tls13, tls12]) => ({
    code: Number(code),
    name: name as string,
    key: key as SignatureKey,
    hash: given(hash),
    padding: given(padding) as 'pkcs1' | 'pss' | undefined,
    curve: given(curve),
    tls13: tls13 as 'all' | 'certificates' | 'none',
    tls12: tls12 === 'yes',
  })),
);
