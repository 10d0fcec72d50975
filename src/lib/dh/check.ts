/** Is this a good Diffie-Hellman group? The rules of OpenSSL's `dhparam -check`. */
import { bitLength, MAX_TESTED_BITS, primeBeyondTest } from '../crypto/primality.ts';
import { fail } from '../errors.ts';
import { dhGroupOf } from '../registry/dh-groups.ts';
import type { DhParameters } from './parameters.ts';
import { modPow } from '../crypto/modular.ts';
import { isPrime as isPrimeInFull } from './primality.ts';
import { MAX_PRIME_BITS, MIN_PRIME_BITS } from './search.ts';

/** What can be wrong with parameters. */
export type DhDefect =
  | 'unsuitable-generator'
  | 'q-not-prime'
  | 'q-not-divisor'
  | 'wrong-j'
  | 'p-not-prime'
  | 'p-not-safe'
  | 'too-small'
  | 'too-large';

/** Each defect in words. */
export const DH_DEFECTS: Readonly<Record<DhDefect, string>> = {
  'unsuitable-generator': 'g does not generate the group it should',
  'q-not-prime': 'q is not a prime',
  'q-not-divisor': 'q does not divide p - 1',
  'wrong-j': 'j is not (p - 1) / q',
  'p-not-prime': 'p is not a prime',
  'p-not-safe': 'p is not a safe prime: (p - 1) / 2 is not a prime',
  'too-small': `p has fewer than ${MIN_PRIME_BITS} bits`,
  'too-large': `p has more than ${MAX_PRIME_BITS} bits`,
};

/**
 * The defects of the parameters, none for good ones. Named groups are good without a test; else p must be prime, and either q a prime that
 * divides p - 1 with g of order q, or, without q, p a safe prime. A p of more than 10000 bits is not tested further.
 *
 * @throws TlskitError ERR_LIMIT where a number of more than 4096 bits may be a prime: that takes from 10 seconds to minutes to tell
 */
export async function checkDhParameters(params: DhParameters): Promise<DhDefect[]> {
  if (dhGroupOf(params)) return [];
  const { p, g, q } = params;
  const bits = bitLength(p);
  if (bits > MAX_PRIME_BITS) return ['too-large'];
  const defects = new Set<DhDefect>();
  if (g < 2n || g >= p - 1n) defects.add('unsuitable-generator');
  if (q !== undefined) for (const defect of await checkSubgroup(params, q)) defects.add(defect);
  if (p < 2n || !(await isPrime(p))) defects.add('p-not-prime');
  else if (q === undefined && !(await isPrime((p - 1n) / 2n))) defects.add('p-not-safe');
  if (bits < MIN_PRIME_BITS) defects.add('too-small');
  return [...defects];
}

async function checkSubgroup({ p, g, j }: DhParameters, q: bigint): Promise<DhDefect[]> {
  if (q < 1n || q >= p) return ['q-not-divisor'];
  const defects: DhDefect[] = [];
  if (g < 2n || g >= p || modPow(g, q, p) !== 1n) defects.push('unsuitable-generator');
  if (!(await isPrime(q))) defects.push('q-not-prime');
  if ((p - 1n) % q !== 0n) defects.push('q-not-divisor');
  if (j !== undefined && j !== (p - 1n) / q) defects.push('wrong-j');
  return defects;
}

/** By OpenSSL's full test up to 4096 bits, above that as far as can be told in seconds. */
async function isPrime(n: bigint): Promise<boolean> {
  const bits = bitLength(n);
  if (bits <= MAX_TESTED_BITS) return isPrimeInFull(n);
  const why = `whether a number of ${bits} bits is a prime was not checked: that takes too long above ${MAX_TESTED_BITS} bits`;
  return primeBeyondTest(n) ?? fail('ERR_LIMIT', why);
}
