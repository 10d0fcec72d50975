/** Credentials: a certificate chain with what signs for it. */
import { constants, createPublicKey, privateDecrypt, type KeyObject } from 'node:crypto';
import type { SignatureScheme } from '../registry/tls-signatures.ts';
import { peerKey } from './peer-key.ts';
import { fits, signWith, type KeyTraits, type SigningScheme } from './signatures.ts';

/** What signs: a key of node:crypto, or something elsewhere that is asked for each signature. */
export interface Signer {
  /** The signature by a scheme over data that are not hashed yet. */
  sign(scheme: SigningScheme, data: Uint8Array): Uint8Array | PromiseLike<Uint8Array>;
  /**
   * RSA without padding removed: as many octets as the modulus has. For RSA key exchange, whose padding the engine removes in constant
   * shape; without it such suites are not chosen.
   */
  decrypt?(encrypted: Uint8Array): Uint8Array | PromiseLike<Uint8Array>;
}

/** A chain with its key. */
export interface Credential {
  /** DER, the end entity first. */
  readonly chain: readonly Uint8Array[];
  readonly signer: Signer;
  readonly traits: KeyTraits;
  /** An OCSP response in DER, to staple. */
  readonly ocsp: Uint8Array | undefined;
  /** Those of the certificates after the first, in their order; sent in TLS 1.3. */
  readonly issuerOcsp: readonly (Uint8Array | undefined)[];
  /** Signed certificate timestamps, each as it stands in a list. */
  readonly timestamps: readonly Uint8Array[];
}

export interface CredentialOptions {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyObject | Signer;
  readonly ocsp?: Uint8Array | undefined;
  readonly issuerOcsp?: readonly (Uint8Array | undefined)[] | undefined;
  readonly timestamps?: readonly Uint8Array[] | undefined;
}

function signerOf(key: KeyObject): Signer {
  const signer: Signer = { sign: (scheme, data) => signWith(scheme, key, data) };
  if (key.asymmetricKeyType !== 'rsa') return signer;
  return {
    ...signer,
    decrypt: (encrypted) => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted),
  };
}

/**
 * A credential. Make it once and use it for many connections.
 *
 * @throws RangeError without a certificate, TlsFailure `certificate_undecodable` or `certificate_key_unusable` for one that cannot serve
 */
export function credential({ chain, key, ocsp, issuerOcsp = [], timestamps = [] }: CredentialOptions): Credential {
  const [leaf] = chain;
  if (!leaf) throw new RangeError('a credential needs a certificate');
  const { traits, key: publicKey } = peerKey(leaf);
  const signer = 'sign' in key ? key : signerOf(key);
  if (!('sign' in key)) checkPair(key, publicKey);
  return { chain, signer, traits, ocsp, issuerOcsp, timestamps };
}

function checkPair(key: KeyObject, publicKey: KeyObject): void {
  if (key.type !== 'private') throw new RangeError('the key of a credential must be a private key');
  if (!createPublicKey(key).equals(publicKey)) {
    throw new RangeError('the key of a credential is not that of its certificate');
  }
}

/** The first scheme of `wanted` that a credential can sign by and that `own` has; undefined for none. */
export function schemeFor(
  { traits }: Credential,
  wanted: readonly number[],
  own: ReadonlyMap<number, SignatureScheme>,
  allowed: (scheme: SignatureScheme) => boolean,
  bound: boolean,
): SignatureScheme | undefined {
  // our own order decides, as the side that signs bears the cost
  for (const [code, scheme] of own) {
    if (wanted.includes(code) && allowed(scheme) && fits(scheme, traits, bound)) return scheme;
  }
  return undefined;
}
