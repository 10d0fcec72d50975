/**
 * A digest applied to its own output many times, as the key derivations of PKCS#12 (RFC 7292 appendix B.2) and PBES1 need it. Files of today
 * ask for 600,000 rounds and more, so no hash object is made for each: `crypto.hash` has half the cost.
 */
import { hash } from 'node:crypto';
import type { Digest } from './digests.ts';

/**
 * `digest(digest(… digest(data)))`, `count` times; about a microsecond each.
 *
 * @param count at least 1
 */
export function iterateHash(digest: Digest, data: Uint8Array, count: number): Buffer {
  let value = hash(digest.node, data, 'buffer');
  for (let i = 1; i < count; i += 1) value = hash(digest.node, value, 'buffer');
  return value;
}
