/** Random numbers and primes as bigints. */
import { generatePrime, randomBytes } from 'node:crypto';

/** A uniformly random number in 1 … limit-1. */
export function randomBelow(limit: bigint): bigint {
  const bits = limit.toString(2).length;
  const octets = Math.ceil(bits / 8);
  const spare = BigInt(octets * 8 - bits);
  for (;;) {
    const value = BigInt(`0x${randomBytes(octets).toString('hex')}`) >> spare;
    if (value > 0n && value < limit) return value;
  }
}

/** A random prime whose two highest bits are set, so that products have full length. */
export function randomPrime(bits: number): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { bigint: true }, (error, prime) => (error ? reject(error) : resolve(prime)));
  });
}
