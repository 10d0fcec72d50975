/** The key exchanges of TLS 1.0 to 1.2: what both sides share, and RSA's premaster secret (RFC 5246 sections 7.4.3 and 7.4.7, RFC 4279). */
import { constants, publicEncrypt, type KeyObject } from 'node:crypto';
import type { KeyExchange } from '../../registry/tls-suites.ts';
import type { SignatureKey } from '../../registry/tls-signatures.ts';
import type { Authentication } from '../../registry/tls-suites.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { ask, type Script } from './script.ts';
import type { Credential } from '../credential.ts';

/** Key exchanges with a ServerKeyExchange that must come. */
export const hasParameters = (exchange: KeyExchange): boolean =>
  ['dhe', 'ecdhe', 'dhe_psk', 'ecdhe_psk'].includes(exchange);
export const usesPsk = (exchange: KeyExchange): boolean => exchange === 'psk' || exchange.endsWith('_psk');
export const usesRsa = (exchange: KeyExchange): boolean => exchange === 'rsa' || exchange === 'rsa_psk';
export const usesDh = (exchange: KeyExchange): boolean => exchange === 'dhe' || exchange === 'dhe_psk';
export const usesEc = (exchange: KeyExchange): boolean => exchange === 'ecdhe' || exchange === 'ecdhe_psk';

/** Whether the server shows a certificate. */
export const isCertified = (authentication: Authentication): boolean =>
  authentication === 'rsa' || authentication === 'ecdsa' || authentication === 'dss';

/** Whether a key serves a suite's authentication; EdDSA keys count as ECDSA (RFC 8422 section 5.10). */
export function keyServes(authentication: Authentication, exchange: KeyExchange, key: SignatureKey): boolean {
  if (usesRsa(exchange)) return key === 'rsa';
  if (authentication === 'rsa') return key === 'rsa' || key === 'rsa-pss';
  if (authentication === 'ecdsa') return key === 'ec' || key === 'ed25519' || key === 'ed448';
  return authentication === 'dss' && key === 'dsa';
}

const PREMASTER = 48;

/** A new premaster secret of RSA, and the same encrypted. `version` is that of the ClientHello. */
export function rsaPremaster(
  c: Connection,
  key: KeyObject,
  version: number,
): { readonly premaster: Buffer; readonly encrypted: Buffer } {
  const premaster = Buffer.concat([Buffer.from([version >>> 8, version & 0xff]), c.config.random(PREMASTER - 2)]);
  const encrypted = c.config.replay
    ? encryptedBy(key, constants.RSA_NO_PADDING, paddedBlock(key, premaster, c.config.random))
    : encryptedBy(key, constants.RSA_PKCS1_PADDING, premaster);
  return { premaster, encrypted };
}

/** RSA's public operation, which a modulus that is none (an even one, say) lets fail. */
function encryptedBy(key: KeyObject, padding: number, block: Buffer): Buffer {
  try {
    return publicEncrypt({ key, padding }, block);
  } catch (error) {
    return fail('certificate_key_unusable', error instanceof Error ? error.message : undefined);
  }
}

/** A block of type 2 (RFC 8017 section 7.2.1) whose padding follows from `random`, so that a handshake can be played again. */
function paddedBlock(key: KeyObject, premaster: Buffer, random: (length: number) => Uint8Array): Buffer {
  const length = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const padding = Buffer.from(random(length - 3 - premaster.length)).map((octet) => octet || 1);
  return Buffer.concat([Buffer.from([0, 2]), padding, Buffer.from([0]), premaster]);
}

/**
 * The premaster secret of a client. Whatever is wrong with it, the result is 48 random octets, in the same steps, so that a wrong padding
 * or version shows nowhere but in Finished (RFC 5246 section 7.4.7.1).
 */
export function* openPremaster(
  c: Connection,
  { signer }: Credential,
  encrypted: Uint8Array,
  version: number,
): Script<Uint8Array> {
  const random = c.config.random(PREMASTER);
  if (!signer.decrypt) return fail('certificate_none_for_suite', 'the key does not decrypt');
  const block = yield* decrypted(signer.decrypt.bind(signer), encrypted);
  return selectPremaster(block, random, version);
}

function* decrypted(
  decrypt: (encrypted: Uint8Array) => Uint8Array | PromiseLike<Uint8Array>,
  encrypted: Uint8Array,
): Script<Uint8Array> {
  try {
    return yield* ask(decrypt(encrypted));
  } catch {
    // a ciphertext that is no number below the modulus
    return new Uint8Array(PREMASTER + 11);
  }
}

/** The last 48 octets of a block 00 02 (non-zero octets) 00 premaster, or `random`; no branch depends on the octets. */
export function selectPremaster(block: Uint8Array, random: Uint8Array, version: number): Uint8Array {
  const at = block.length - PREMASTER;
  if (at < 11) return random;
  let bad = (block[0] as number) | ((block[1] as number) ^ 2) | (block[at - 1] as number);
  for (let i = 2; i < at - 1; i += 1) bad |= isZero(block[i] as number);
  bad |= ((block[at] as number) ^ (version >>> 8)) | ((block[at + 1] as number) ^ (version & 0xff));
  const mask = (bad | -bad) >> 31;
  const premaster = Buffer.alloc(PREMASTER);
  for (let i = 0; i < PREMASTER; i += 1) {
    premaster[i] = ((block[at + i] as number) & ~mask) | ((random[i] as number) & mask);
  }
  return premaster;
}

/** 1 for zero, 0 for other octets. */
const isZero = (octet: number): number => ((octet - 1) >>> 31) & 1;
