/** ML-KEM and ML-DSA private keys: what a seed makes, and the forms that files have. */
import { keysFromSeed, publicOf, type PostQuantumKeys } from '../crypto/post-quantum.ts';
import { octetString } from '../der/writer.ts';
import { fail } from '../errors.ts';
import type { PostQuantumInfo } from '../registry/post-quantum.ts';
import type { PrivateComponents, SeededPrivate } from './components.ts';
import { keyTypeInfo, type KeyType } from './types.ts';

/** The forms by OpenSSL 3.5's names (`ml-dsa.output_formats`): the three of the RFCs, and those that older programs wrote. */
export const SEEDED_FORMS = ['seed-priv', 'priv-only', 'seed-only', 'oqskeypair', 'bare-seed', 'bare-priv'] as const;
export type SeededForm = (typeof SEEDED_FORMS)[number];

const expansions = new WeakMap<SeededPrivate, PostQuantumKeys>();

/**
 * Both encodings of a key, made from its seed where it has one.
 *
 * @throws TlskitError ERR_KEY where the seed makes another key than the one beside it (RFC 9881 section 8.2)
 */
export function expand(info: PostQuantumInfo, key: SeededPrivate): PostQuantumKeys {
  const known = expansions.get(key);
  if (known) return known;
  const { seed, expanded } = key;
  const made = seed ? keysFromSeed(info, seed) : undefined;
  if (made && expanded && !made.private.equals(expanded)) {
    return fail('ERR_KEY', `the ${info.label} private key is not the one that its seed makes`);
  }
  const keys = made ?? { private: expanded as Buffer, public: publicOf(info, expanded as Buffer) };
  expansions.set(key, keys);
  return keys;
}

/** A private key with all that is known of it: what a seed makes beside the seed. Other keys as they are. */
export function whole(type: KeyType, key: PrivateComponents): PrivateComponents {
  const info = keyTypeInfo(type).postQuantum;
  if (key.kind !== 'seeded' || !info || (key.seed && key.expanded) || !key.seed) return key;
  return { ...key, expanded: expand(info, key).private };
}

/**
 * A private key in the first form of a list that it can have; other keys as they are.
 *
 * @returns the numbers to write, or the octets inside of PKCS#8 in the older forms
 * @throws TlskitError ERR_UNSUPPORTED when no form will do: one that needs the seed of a key that is without
 */
export function inForm(
  type: KeyType,
  key: PrivateComponents,
  forms: readonly SeededForm[],
): PrivateComponents | Buffer {
  const info = keyTypeInfo(type).postQuantum;
  if (key.kind !== 'seeded' || !info) return key;
  const form = forms.find((one) => key.seed !== undefined || !one.includes('seed'));
  if (!form)
    return fail(
      'ERR_UNSUPPORTED',
      `the ${info.label} key was read without its seed, and cannot be written as ${forms.join(', ')}`,
    );
  const { seed } = key;
  if (form === 'seed-only' && seed) return { kind: 'seeded', seed };
  if (form === 'bare-seed' && seed) return seed;
  const keys = expand(info, key);
  if (form === 'bare-priv') return keys.private;
  if (form === 'oqskeypair') return octetString(Buffer.concat([keys.private, keys.public]));
  return { kind: 'seeded', ...(form === 'seed-priv' && seed ? { seed } : {}), expanded: keys.private };
}
