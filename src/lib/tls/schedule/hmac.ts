/**
 * HMAC (RFC 2104) over node:crypto's hash of one call. A TLS 1.3 handshake makes some fifty HMACs of a few octets, and `createHmac` costs
 * three times what this does: it makes an object for each that the collector must follow into OpenSSL. A result as Latin-1 text spares the
 * ArrayBuffer that a Buffer of its own needs, which costs more than the hash.
 */
import { hash as digest } from 'node:crypto';
import type { Tls13Hash } from './tls13.ts';

/** Octets of a block and of the result. */
const SIZES: Readonly<Record<Tls13Hash, { readonly block: number; readonly result: number }>> = {
  sha256: { block: 64, result: 32 },
  sha384: { block: 128, result: 48 },
};

/** Octets of data that the scratch memory has room for: every HkdfLabel, and the hash of a transcript. */
const ROOM = 512;
const inner = Buffer.alloc(128 + ROOM);
const outer = Buffer.alloc(128 + 48);

/** The HMAC of data under a key. */
export function hmac(hash: Tls13Hash, key: Uint8Array, data: Uint8Array): Buffer {
  const { block, result } = SIZES[hash];
  const secret = key.length > block ? digest(hash, key, 'buffer') : key;
  const first = block + data.length <= inner.length ? inner : Buffer.alloc(block + data.length);
  const { length } = secret;
  for (let i = 0; i < length; i += 1) {
    const octet = secret[i] as number;
    first[i] = octet ^ 0x36;
    outer[i] = octet ^ 0x5c;
  }
  first.fill(0x36, length, block);
  outer.fill(0x5c, length, block);
  first.set(data, block);
  outer.write(digest(hash, first.subarray(0, block + data.length), 'binary'), block, 'latin1');
  return Buffer.from(digest(hash, outer.subarray(0, block + result), 'binary'), 'latin1');
}
