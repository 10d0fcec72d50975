/** Random octets of node:crypto, fetched many at a time: a handshake asks for few of them, often. */
import { randomFillSync } from 'node:crypto';

const SIZE = 8192;
let pool = Buffer.alloc(SIZE);
let at = SIZE;

/** `length` random octets, which are handed out once. */
export function pooledRandom(length: number): Uint8Array {
  if (length > SIZE / 8) return randomFillSync(Buffer.alloc(length));
  if (at + length > SIZE) {
    // a new pool: what was handed out are views of the old one
    pool = Buffer.alloc(SIZE);
    randomFillSync(pool);
    at = 0;
  }
  at += length;
  return pool.subarray(at - length, at);
}
