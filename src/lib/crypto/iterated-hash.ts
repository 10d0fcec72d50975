/**
 * A digest applied to its own output many times, as the key derivations of PKCS#12 (RFC 7292 appendix B.2) and PBES1 need it. Files of today
 * ask for 600,000 rounds and more; a `node:crypto` hash object for each would take seconds, so SHA-1 and SHA-256 have loops of their own.
 */
import * as nodeCrypto from 'node:crypto';
import type { Digest } from './digests.ts';

/** Rounds below this are not worth the loop. */
const FEW = 64;

/**
 * `digest(digest(… digest(data)))`, `count` times.
 *
 * @param count at least 1
 */
export function iterateHash(digest: Digest, data: Uint8Array, count: number): Buffer {
  let value = nodeCrypto.createHash(digest.node).update(data).digest();
  if (count > FEW && digest.name === 'sha1') return loop(value, count - 1, sha1Round);
  if (count > FEW && digest.name === 'sha256') return loop(value, count - 1, sha256Round);
  const once = oneShot(digest.node);
  for (let i = 1; i < count; i += 1) value = once(value);
  return value;
}

/** `crypto.hash` (Node 20.12 and later) has half the cost of a hash object. */
function oneShot(name: string): (data: Buffer) => Buffer {
  if (typeof nodeCrypto.hash === 'function') return (data) => nodeCrypto.hash(name, data, 'buffer');
  return (data) => nodeCrypto.createHash(name).update(data).digest();
}

/** One digest over a block that already holds the message words and their padding; the state replaces the message. */
type Round = (block: Int32Array, schedule: Int32Array, words: number) => void;

function loop(first: Buffer, count: number, round: Round): Buffer {
  const words = first.length / 4;
  const block = new Int32Array(16);
  for (let i = 0; i < words; i += 1) block[i] = first.readInt32BE(4 * i);
  block[words] = 0x80000000 | 0; // FIPS 180-4 section 5.1.1: a one bit, zeros, the length in bits
  block[15] = first.length * 8;
  const schedule = new Int32Array(80);
  for (let i = 0; i < count; i += 1) round(block, schedule, words);
  const out = Buffer.alloc(first.length);
  for (let i = 0; i < words; i += 1) out.writeInt32BE(block[i] as number, 4 * i);
  return out;
}

/** FIPS 180-4 section 6.1.2, for one block. One loop for each of the four functions: a branch inside costs half as much again. */
function sha1Round(block: Int32Array, w: Int32Array): void {
  for (let t = 0; t < 16; t += 1) w[t] = block[t] as number;
  for (let t = 16; t < 80; t += 1) {
    const x = (w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number);
    w[t] = (x << 1) | (x >>> 31);
  }
  let [a, b, c, d, e] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  let t = 0;
  let next: number;
  for (; t < 20; t += 1) {
    next = (((a << 5) | (a >>> 27)) + ((d ^ (b & (c ^ d))) | 0) + e + (0x5a827999 | 0) + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 40; t += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b ^ c ^ d) | 0) + e + (0x6ed9eba1 | 0) + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 60; t += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c)) | 0) + e + (0x8f1bbcdc | 0) + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 80; t += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b ^ c ^ d) | 0) + e + (0xca62c1d6 | 0) + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  block[0] = (a + 0x67452301) | 0;
  block[1] = (b + 0xefcdab89) | 0;
  block[2] = (c + 0x98badcfe) | 0;
  block[3] = (d + 0x10325476) | 0;
  block[4] = (e + 0xc3d2e1f0) | 0;
}

// FIPS 180-4 section 4.2.2
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

const H256 = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** FIPS 180-4 section 6.2.2, for one block. */
function sha256Round(block: Int32Array, w: Int32Array): void {
  for (let t = 0; t < 16; t += 1) w[t] = block[t] as number;
  for (let t = 16; t < 64; t += 1) {
    const x = w[t - 15] as number;
    const y = w[t - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (s1 + (w[t - 7] as number) + s0 + (w[t - 16] as number)) | 0;
  }
  let [a, b, c, d, e, f, g, h] = H256 as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t += 1) {
    const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + S1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
    const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = S0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const state = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) block[i] = ((state[i] as number) + (H256[i] as number)) | 0;
}
