import { getDiffieHellman } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bitLength, primeBeyondTest } from '../../../src/lib/crypto/primality.ts';
import { checkDhParameters } from '../../../src/lib/dh/check.ts';
import { checkPublicKey } from '../../../src/lib/keys/check.ts';
import { PublicKey } from '../../../src/lib/keys/model.ts';
import { cpuSeconds } from '../../support/cpu.ts';

const group = (name: string): bigint => BigInt(`0x${getDiffieHellman(name).getPrime('hex')}`);
const big = group('modp18');
/** The largest known prime of its kind below 10000 bits: 2^9689 - 1, which is in no table of groups. */
const mersenne = 2n ** 9689n - 1n;

describe('primes of many bits', () => {
  it('bitLength', () => {
    for (const n of [0n, 1n, 2n, 3n, 7n, 8n, 255n, 256n, 2n ** 64n - 1n, 2n ** 64n, big])
      expect(bitLength(n)).toBe(n === 0n ? 0 : n.toString(2).length);
  });

  it('of known groups are known, composites are told, others stay open', () => {
    expect(primeBeyondTest(big)).toBe(true);
    expect(primeBeyondTest((big - 1n) / 2n)).toBe(true);
    expect(primeBeyondTest(big + 1n)).toBe(false);
    expect(primeBeyondTest(big + 2n)).toBe(false);
    expect(primeBeyondTest(mersenne)).toBeUndefined();
  });

  it('an RSA modulus of 8192 bits that is a prime takes no long time', async () => {
    const key = PublicKey.fromComponents('rsa', { kind: 'rsa', n: big, e: 65_537n });
    const other = PublicKey.fromComponents('rsa', { kind: 'rsa', n: mersenne, e: 65_537n });
    expect(
      await cpuSeconds(() => {
        expect(checkPublicKey(key)).toEqual(['invalid modulus']);
        expect(() => checkPublicKey(other)).toThrow('whether a number of 9689 bits is a prime was not checked');
      }),
    ).toBeLessThan(5);
  });

  it('DSA with primes of such sizes takes no long time', async () => {
    const key = PublicKey.fromComponents('dsa', { kind: 'dsa', p: mersenne, q: mersenne - 2n, g: 2n, y: 3n });
    expect(await cpuSeconds(() => expect(() => checkPublicKey(key)).toThrow('was not checked'))).toBeLessThan(5);
  });

  it('Diffie-Hellman parameters of 8192 and 10000 bits take no long time', async () => {
    const check = async (p: bigint, g: bigint): Promise<unknown> => checkDhParameters({ kind: 'dh', p, g });
    expect(await cpuSeconds(async () => expect(await check(big, 3n)).toEqual([]))).toBeLessThan(5);
    expect(await cpuSeconds(async () => expect(await check(big + 2n, 2n)).toEqual(['p-not-prime']))).toBeLessThan(5);
    expect(
      await cpuSeconds(() => expect(check(mersenne, 2n)).rejects.toThrow('a number of 9689 bits is a prime was not')),
    ).toBeLessThan(5);
  });
});
