/** Octets that follow from a seed: what `random` is in handshakes that are played again. */
import { createCipheriv, createHash } from 'node:crypto';

/** A generator: the key stream of AES-256 in counter mode under the seed's hash. No secret comes of it that is one. */
export function seeded(seed: string): (length: number) => Buffer {
  const stream = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  return (length) => stream.update(Buffer.alloc(length));
}
