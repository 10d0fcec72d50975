/**
 * Where everything outside of TLS takes its random octets from. `withRandom` puts a source of the caller's in their place, so that what is made
 * inside of it comes out the same again: salts, initialisation vectors, serial numbers, nonces of signatures.
 */
import { createCipheriv, generatePrime, hkdfSync, randomBytes } from 'node:crypto';

/** Gives that many octets, which nobody got before. */
export type RandomSource = (length: number) => Buffer;

let current: RandomSource | undefined;

/** Random octets: of the source that `withRandom` named, else of `node:crypto`. */
export const randomOctets: RandomSource = (length) => (current ? current(length) : randomBytes(length));

/** Whether a source of the caller's is in use: then signatures take their nonces from key and data (RFC 6979), too. */
export const isRepeatable = (): boolean => current !== undefined;

/**
 * Runs `run` with all random octets taken from `source`. `run` must be synchronous: what it goes on with later is not covered.
 *
 * @example
 * withRandom(seededRandom('ci', 'serial of server'), randomSerial); // the same every time
 */
export function withRandom<T>(source: RandomSource, run: () => T): T {
  const before = current;
  current = source;
  try {
    return run();
  } finally {
    current = before;
  }
}

/**
 * Octets that follow from a seed and a label alone: the AES-256-CTR key stream of a key by HKDF-SHA-256 (RFC 5869). Who knows the seed knows them:
 * they are for tests.
 */
export function seededRandom(seed: string, label: string): RandomSource {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(seed), 'tlskit seeded random', Buffer.from(label), 32));
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (length) => stream.update(Buffer.alloc(length));
}

/** A uniformly random number in 1 … limit-1. */
export function randomBelow(limit: bigint, source: RandomSource = randomOctets): bigint {
  const bits = limit.toString(2).length;
  const octets = Math.ceil(bits / 8);
  const spare = BigInt(octets * 8 - bits);
  for (;;) {
    const value = BigInt(`0x${source(octets).toString('hex')}`) >> spare;
    if (value > 0n && value < limit) return value;
  }
}

/** A random prime whose two highest bits are set, so that products have full length; `safe`: (p - 1) / 2 is a prime, too. Off the main thread. */
export function randomPrime(bits: number, safe = false): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { safe, bigint: true }, (error, prime) => (error ? reject(error) : resolve(prime)));
  });
}
