/** Making Diffie-Hellman parameters. */
import { generatePrime } from 'node:crypto';
import { fail } from '../errors.ts';
import type { DhParameters, DsaParameters } from './parameters.ts';
import { modPow } from '../crypto/modular.ts';
import { checkPrimeBits, findSafePrime, type Congruence, type SafePrimeOptions } from './search.ts';

/** The size of prime that OpenSSL takes when none is given. */
export const DEFAULT_PRIME_BITS = 2048;

/**
 * For each generator the residue class that makes it a square, so that it generates the subgroup of prime order (p-1)/2 and not the whole
 * group, as OpenSSL chooses since 1.1.1: 2 is a square for p = 7 (mod 8), 3 for p = 11 (mod 12), 5 for p = 4 (mod 5).
 */
const CONGRUENCES: ReadonlyMap<number, Congruence> = new Map([
  [2, { modulus: 24, remainder: 23 }],
  [3, { modulus: 12, remainder: 11 }],
  [5, { modulus: 60, remainder: 59 }],
]);

export interface GenerateOptions extends Omit<SafePrimeOptions, 'congruence' | 'bits'> {
  /** Size of the prime, 512 to 10000 bits. */
  readonly bits: number;
  /** 2 (default), 3 or 5. */
  readonly generator?: number | undefined;
}

/**
 * New parameters with a random safe prime.
 *
 * @throws TlskitError ERR_USAGE for a size or generator that is not allowed
 */
export async function generateDhParameters(options: GenerateOptions): Promise<DhParameters> {
  const { generator = 2, ...search } = options;
  const congruence = CONGRUENCES.get(generator);
  if (!congruence) fail('ERR_USAGE', `the generator is 2, 3 or 5, not ${generator}`);
  return { kind: 'dh', p: await findSafePrime({ ...search, congruence }), g: BigInt(generator) };
}

/** Bits of q that OpenSSL's `dhparam -dsaparam` and `dsaparam` use for every size of p. */
const DIVISOR_BITS = 224;

/**
 * New DSA parameters, for `-dsaparam`: found much faster than a safe prime, and used through X9.42 parameters with their q. q is a random prime,
 * p a random prime with p = 1 (mod 2q), g = h^((p-1)/q) for the least h that gives no 1 (FIPS 186-4 appendix A.2.1). There is no seed by which
 * others could check how p and q were made.
 *
 * @param bits size of p, 512 to 10000; rounded up to a multiple of 64 as OpenSSL does
 * @throws TlskitError ERR_USAGE
 */
export async function generateDsaParameters(bits: number): Promise<DsaParameters> {
  checkPrimeBits(bits);
  const q = await randomPrime(DIVISOR_BITS, {});
  const p = await randomPrime(Math.ceil(bits / 64) * 64, { add: 2n * q, rem: 1n });
  let g = 1n;
  for (let h = 2n; g === 1n; h += 1n) g = modPow(h, (p - 1n) / q, p);
  return { p, q, g };
}

function randomPrime(bits: number, congruence: { add?: bigint; rem?: bigint }): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { ...congruence, bigint: true }, (error, prime) => (error ? reject(error) : resolve(prime)));
  });
}
