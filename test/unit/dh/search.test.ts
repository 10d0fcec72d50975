import { checkPrimeSync, getDiffieHellman } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isPrime, quickTestFor } from '../../../src/lib/dh/primality.ts';
import { findSafePrime, type SearchProgress } from '../../../src/lib/dh/search.ts';
import { primesBelow, sieveSafePrimes } from '../../../src/lib/dh/sieve.ts';

const KNOWN = getDiffieHellman('modp5').getPrime('hex');

describe('K6 sieve', () => {
  test('primesBelow', () => {
    expect([...primesBelow(2)]).toEqual([]);
    expect([...primesBelow(3)]).toEqual([2]);
    expect([...primesBelow(30)]).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    expect(primesBelow(1_000_000).length).toBe(78_498);
  });

  test.each([
    [24, 23],
    [12, 11],
    [60, 59],
  ])('leaves exactly the candidates without small factors, step %i', (step, remainder) => {
    const primes = primesBelow(3000);
    const random = BigInt(`0x${KNOWN.slice(0, 150)}`);
    const start = random - (random % BigInt(step)) + BigInt(remainder);
    const count = 3000;
    const left = new Set(sieveSafePrimes({ start, step, count }, primes));
    for (let i = 0; i < count; i += 1) {
      const p = start + BigInt(step) * BigInt(i);
      const clean = primes.every((r) => p % BigInt(r) !== 0n && ((p - 1n) / 2n) % BigInt(r) !== 0n);
      expect(left.has(i), `candidate ${i}`).toBe(clean);
    }
  });
});

describe('K6 quick test', () => {
  test.each([512, 1024, 4096])('for %i bits passes primes and stops composites', async (bits) => {
    const quick = await quickTestFor(bits);
    const p = BigInt(`0x${KNOWN}`);
    const q = (p - 1n) / 2n;
    expect(await quick.run(p)).toBe(true);
    expect(await quick.run(q)).toBe(true);
    expect(await quick.run(p + 2n)).toBe(false);
    expect(await isPrime(p * q)).toBe(false);
    expect(await quick.run(p * q)).toBe(false);
  });
});

describe('K6 search', () => {
  test.each([
    [512, 24, 23],
    [515, 12, 11],
    [576, 60, 59],
    [768, 24, 23],
  ])('%i bits, p = %i k + %i', async (bits, modulus, remainder) => {
    let last: SearchProgress | undefined;
    const p = await findSafePrime({ bits, congruence: { modulus, remainder }, onProgress: (at) => (last = at) });
    expect(p.toString(2).length).toBe(bits);
    expect(p % BigInt(modulus)).toBe(BigInt(remainder));
    expect(checkPrimeSync(p) && checkPrimeSync((p - 1n) / 2n)).toBe(true);
    expect(last?.tested).toBeGreaterThan(0);
    expect(last?.expected).toBeGreaterThan(100);
  });

  test('the expected number of tests is about the average', async () => {
    let [tested, expected] = [0, 0];
    for (let i = 0; i < 60; i += 1) {
      let last: SearchProgress | undefined;
      await findSafePrime({ bits: 512, congruence: { modulus: 24, remainder: 23 }, onProgress: (at) => (last = at) });
      tested += last!.tested;
      expected += last!.expected;
    }
    // the mean of 60 exponential numbers is within 0.5 to 1.7 but once in 10^5 times
    expect(tested / expected).toBeGreaterThan(0.5);
    expect(tested / expected).toBeLessThan(1.7);
  });

  test('stops on a signal', async () => {
    const signal = AbortSignal.timeout(30);
    await expect(findSafePrime({ bits: 8192, congruence: { modulus: 24, remainder: 23 }, signal })).rejects.toThrow(
      /aborted/i,
    );
  });

  test.each([
    [511, 24, 23],
    [10001, 24, 23],
    [512.5, 24, 23],
    [512, 24, 11 + 2],
    [512, 8, 7],
    [512, 60, 11],
  ])('refuses %d bits, p = %i k + %i', async (bits, modulus, remainder) => {
    await expect(findSafePrime({ bits, congruence: { modulus, remainder } })).rejects.toMatchObject({
      code: 'ERR_USAGE',
    });
  });
});
