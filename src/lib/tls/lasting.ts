/**
 * Memory for octets that last as long as their connection: keys, secrets, randoms. In node:buffer's pool each of them would keep 8 KB of what a
 * handshake needs for a moment.
 */
import { Buffer } from 'node:buffer';

/** Octets of what several connections share; about fifteen find room. */
const SIZE = 8192;
let slab = Buffer.allocUnsafeSlow(SIZE);
let at = 0;

/** A copy that keeps little else in memory. */
export function lasting(octets: Uint8Array): Buffer {
  const { length } = octets;
  if (length > SIZE / 8) {
    const own = Buffer.allocUnsafeSlow(length);
    own.set(octets);
    return own;
  }
  if (at + length > SIZE) {
    slab = Buffer.allocUnsafeSlow(SIZE);
    at = 0;
  }
  slab.set(octets, at);
  at += length;
  return slab.subarray(at - length, at);
}
