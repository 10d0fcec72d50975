/**
 * What can be said of a number's primality in bounded time. node:crypto's `checkPrime` stops early on a composite, but a prime takes OpenSSL's
 * 64 rounds of Miller and Rabin (128 above 2048 bits) whatever `checks` asks for: 2 seconds for 4096 bits, 6 for 6144, half a minute for 8192.
 */
import { checkPrimeSync } from 'node:crypto';
import { dhGroupByPrime } from '../registry/dh-groups.ts';

/** Up to this size a number is tested in full. */
export const MAX_TESTED_BITS = 4096;

/** Bits of a number that is not negative; 0 has none. By hexadecimal digits, since a string cannot hold as many binary ones. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const digits = value.toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits.charAt(0), 16)) + 28;
}

/**
 * Whether a number that is too large for the full test is a prime, or undefined where that stays open. The primes of the known
 * Diffie-Hellman groups are in a table, and so are the orders that go with them. A composite fails Fermat's test with base 2, which takes
 * 0.5 seconds for 8192 bits and 3 for 16384.
 */
export function primeBeyondTest(n: bigint): boolean | undefined {
  if ((n & 1n) === 0n) return n === 2n;
  if (dhGroupByPrime(n) ?? dhGroupByPrime(2n * n + 1n)) return true;
  let power = 1n;
  for (const bit of (n - 1n).toString(2)) power = ((power * power) << (bit === '1' ? 1n : 0n)) % n;
  return power === 1n ? undefined : false;
}

/** Whether a number is a prime: in full up to `MAX_TESTED_BITS`, above that as far as it can be told in time, else undefined. */
export function isPrime(value: bigint): boolean | undefined {
  if (value < 2n) return false;
  return bitLength(value) <= MAX_TESTED_BITS ? checkPrimeSync(value) : primeBeyondTest(value);
}
