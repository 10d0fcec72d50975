/** Signing and verifying by signature scheme (RFC 8446 section 4.2.3, RFC 5246 section 4.7). */
import { constants, sign, verify, type KeyObject } from 'node:crypto';
import { SIGNATURE_SCHEMES, type SignatureKey, type SignatureScheme } from '../registry/tls-signatures.ts';

/** A scheme, or the fixed pair of MD5 and SHA-1 by which RSA keys sign before TLS 1.2 (RFC 4346 section 7.4.3). */
export type SigningScheme = Pick<SignatureScheme, 'name' | 'key' | 'hash' | 'padding' | 'curve'> & {
  /** Its number; undefined for what is never negotiated. */
  readonly code?: number;
};

/** RSA's signatures before TLS 1.2. */
export const RSA_MD5_SHA1: SigningScheme = {
  name: 'rsa_pkcs1_md5_sha1',
  key: 'rsa',
  hash: 'md5-sha1',
  padding: 'pkcs1',
  curve: undefined,
};

/** What is to know of a key before it signs or verifies. */
export interface KeyTraits {
  readonly type: SignatureKey;
  /** The curve of an EC key, by node:crypto's name. */
  readonly curve: string | undefined;
  /** Bits of the modulus or of the curve's field; 0 where there is no choice. */
  readonly bits: number;
  /** The only hash that an RSA-PSS key with parameters signs with. */
  readonly pssHash: string | undefined;
}

const TYPES: ReadonlySet<string> = new Set<SignatureKey>(['rsa', 'rsa-pss', 'ec', 'dsa', 'ed25519', 'ed448']);

/** The traits of a key; undefined for a key that cannot sign. */
export function traitsOf(key: KeyObject): KeyTraits | undefined {
  const type = key.asymmetricKeyType as string | undefined;
  if (type === undefined || !TYPES.has(type)) return undefined;
  const details = key.asymmetricKeyDetails ?? {};
  return {
    type: type as SignatureKey,
    curve: details.namedCurve,
    bits: details.modulusLength ?? 0,
    pssHash: details.hashAlgorithm,
  };
}

/** Octets that PSS needs beside a hash and its salt: an RSA key that is shorter cannot sign by the scheme (RFC 8017 section 9.1.1). */
const PSS_OVERHEAD = 2;
const HASH_LENGTHS: Readonly<Record<string, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

/** Whether a key can sign by a scheme at all. `bound` holds ECDSA to the scheme's own curve, as TLS 1.3 does. */
export function fits(scheme: SigningScheme, key: KeyTraits, bound: boolean): boolean {
  if (scheme.key !== key.type) return false;
  if (bound && scheme.curve !== undefined && scheme.curve !== key.curve) return false;
  if (scheme.padding !== 'pss') return true;
  if (key.pssHash !== undefined && key.pssHash !== scheme.hash) return false;
  const hash = HASH_LENGTHS[scheme.hash ?? ''] ?? 0;
  return key.bits === 0 || Math.ceil((key.bits - 1) / 8) >= 2 * hash + PSS_OVERHEAD;
}

function optionsOf(scheme: SigningScheme, key: KeyObject): Parameters<typeof verify>[2] {
  if (scheme.padding !== 'pss') return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

/** Signs. Throws what node:crypto throws. */
export function signWith(scheme: SigningScheme, key: KeyObject, data: Uint8Array): Buffer {
  return sign(scheme.hash, data, optionsOf(scheme, key) as Parameters<typeof sign>[2]);
}

/** Whether a signature verifies; false also where node:crypto cannot say. */
export function verifiesWith(scheme: SigningScheme, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(scheme.hash, data, optionsOf(scheme, key), signature);
  } catch {
    return false;
  }
}

/** Schemes that are accepted and used when nothing is said: what RFC 8446 has, without SHA-1. */
export function recommendedSchemes(): readonly SignatureScheme[] {
  return SIGNATURE_SCHEMES.rows.filter(
    (row) => row.tls13 !== 'none' && row.hash !== 'sha1' && !row.curve?.startsWith('brainpool'),
  );
}
