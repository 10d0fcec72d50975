/** RSA keys from primes: exponents beyond 32 bits and keys of more than two primes, which `node:crypto` does not make. */
import { gcd, inverse, modPow } from '../crypto/modular.ts';
import { randomPrime } from '../crypto/random.ts';
import { fail } from '../errors.ts';
import type { RsaPrivate } from './components.ts';

/** Primes that OpenSSL allows for a size of modulus, at most (RFC 8017 has no limit). */
export const maxPrimes = (bits: number): number => (bits < 1024 ? 2 : bits < 4096 ? 3 : bits < 8192 ? 4 : 5);

/**
 * All numbers of a key from its primes and public exponent (RFC 8017 section 3.2). As in OpenSSL, d is the inverse modulo
 * lcm(p-1, q-1, …), and p the larger of the first two.
 */
export function rsaFromPrimes(primes: readonly bigint[], e: bigint): RsaPrivate | undefined {
  const [first, second, ...more] = primes as [bigint, bigint, ...bigint[]];
  const [p, q] = first > second ? [first, second] : [second, first];
  const lambda = [p, q, ...more].reduce((l, r) => (l * (r - 1n)) / gcd(l, r - 1n), 1n);
  const d = inverse(e, lambda);
  const qi = inverse(q, p);
  if (d === undefined || qi === undefined) return undefined;
  let product = p * q;
  const otherPrimes = more.map((r) => {
    const t = inverse(product, r) ?? 0n;
    product *= r;
    return { r, d: d % (r - 1n), t };
  });
  const version = more.length > 0 ? 1 : 0;
  return { kind: 'rsa', version, n: product, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi, otherPrimes };
}

/**
 * The two primes of a modulus whose exponents are known (NIST SP 800-56B appendix C.1).
 *
 * @throws TlskitError ERR_KEY when the exponents do not belong to the modulus
 */
export function factorModulus(n: bigint, e: bigint, d: bigint): [bigint, bigint] {
  const bad = (): never => fail('ERR_KEY', 'the exponents of the RSA key do not belong to its modulus');
  let odd = e * d - 1n;
  if (n < 4n || odd <= 0n || (odd & 1n) === 1n) return bad();
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos += 1;
  for (let g = 2n; g < 100n; g += 1n) {
    let y = modPow(g, odd, n);
    for (let i = 0; i < twos; i += 1) {
      const square = (y * y) % n;
      if (square === 1n && y !== 1n && y !== n - 1n) {
        const p = gcd(y - 1n, n);
        return p > n / p ? [p, n / p] : [n / p, p];
      }
      y = square;
    }
  }
  return bad();
}

/** A new key of `count` primes, with a modulus of exactly `bits` bits. */
export async function makeRsa(bits: number, e: bigint, count: number): Promise<RsaPrivate> {
  for (;;) {
    const primes: bigint[] = [];
    for (let i = 0; i < count; i += 1) {
      // the first ones get the bit that is over
      const size = Math.floor(bits / count) + (i < bits % count ? 1 : 0);
      primes.push(await randomPrime(size));
    }
    const distinct = new Set(primes).size === count;
    const key = distinct ? rsaFromPrimes(primes, e) : undefined;
    if (key && key.n.toString(2).length === bits) return key;
  }
}
