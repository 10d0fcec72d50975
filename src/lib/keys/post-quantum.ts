/** ML-KEM, ML-DSA and SLH-DSA keys from their seeds, and signatures. */
import { keysFromSeed, signPure, verifyPure } from '../crypto/post-quantum.ts';
import { fail } from '../errors.ts';
import type { PostQuantumInfo } from '../registry/post-quantum.ts';
import { PrivateKey, PublicKey } from './model.ts';
import { expand } from './private-forms.ts';

/**
 * The key that a seed makes (d and z of ML-KEM, ξ of ML-DSA; SK.seed, SK.prf and PK.seed of SLH-DSA).
 *
 * @throws TlskitError ERR_USAGE for a seed of another length
 */
export function keyFromSeed(info: PostQuantumInfo, seed: Uint8Array): PrivateKey {
  const { type, family, label, seedLength } = info;
  if (seed.length !== seedLength)
    fail('ERR_USAGE', `the seed of an ${label} key has ${seedLength} octets, not ${seed.length}`);
  const keys = keysFromSeed(info, seed);
  const half = PublicKey.fromComponents(type, { kind: 'raw', public: keys.public });
  if (family === 'slh-dsa') return PrivateKey.fromComponents(type, { kind: 'raw', private: keys.private }, half);
  return PrivateKey.fromComponents(type, { kind: 'seeded', seed: Buffer.from(seed), expanded: keys.private }, half);
}

function setOf(key: PrivateKey | PublicKey): PostQuantumInfo {
  const { postQuantum, signs, label } = key.info;
  return postQuantum && signs ? postQuantum : fail('ERR_KEY', `a key of type ${label} makes no such signatures`);
}

/**
 * Signs data as it is (not a digest of it), with an empty context.
 *
 * @throws TlskitError ERR_KEY for a damaged key, ERR_UNSUPPORTED where neither Node nor @noble/post-quantum has the algorithm
 */
export function signPostQuantum(key: PrivateKey, data: Uint8Array): Buffer {
  const info = setOf(key);
  const { components } = key;
  if (components.kind === 'seeded') return signPure(info, expand(info, components).private, data);
  return components.kind === 'raw' ? signPure(info, components.private, data) : fail('ERR_KEY', 'no such key');
}

/** Whether such a signature is good. */
export function verifyPostQuantum(key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const info = setOf(key);
  const { components } = key;
  return components.kind === 'raw' && verifyPure(info, components.public, data, signature);
}
