/** The search for a safe prime. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fail } from '../errors.ts';
import { isPrime, quickTestFor, type QuickTest } from './primality.ts';
import { MAX_SIEVE_BOUND, primesBelow, sieveSafePrimes } from './sieve.ts';

/** p = remainder (mod modulus). */
export interface Congruence {
  readonly modulus: number;
  readonly remainder: number;
}

export interface SearchProgress {
  /** Candidates tested so far; those that the sieve struck out do not count. */
  readonly tested: number;
  /** How many such tests a search of this size takes on average. */
  readonly expected: number;
  /** Milliseconds since the search began. */
  readonly elapsed: number;
}

export interface SafePrimeOptions {
  /** Size of the prime; its top bit is set. */
  readonly bits: number;
  /**
   * Must allow safe primes: a multiple of 12 as modulus, with p = 11 (mod 12) and neither p nor (p-1)/2 divisible by a factor of the modulus.
   */
  readonly congruence: Congruence;
  /** Ends the search; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every test: thousands of times a second for small primes. */
  readonly onProgress?: ((progress: SearchProgress) => void) | undefined;
  /** Tests under way at a time. Default: two more than there are processors, so that the thread pool never waits. */
  readonly concurrency?: number | undefined;
}

/** Sizes that OpenSSL allows for Diffie-Hellman parameters. */
export const MIN_PRIME_BITS = 512;
export const MAX_PRIME_BITS = 10000;

/**
 * A random safe prime p (p and (p-1)/2 both prime) with p in the given residue class.
 *
 * Candidates are a window of the residue class from a random start on (Brandt and Damgard, "On generation of probable primes by incremental
 * search", 1992), sieved by small primes, tested in order, several at a time. A window that holds no safe prime is followed by a fresh random
 * one. Both numbers then pass OpenSSL's full test, see `isPrime`.
 *
 * @throws TlskitError ERR_USAGE for a size outside 512 to 10000 bits or an impossible congruence
 */
export async function findSafePrime(options: SafePrimeOptions): Promise<bigint> {
  checkOptions(options);
  const quick = await quickTestFor(options.bits);
  const search = new Search(options, quick);
  const lanes = quick.pooled ? (options.concurrency ?? availableParallelism() + 2) : 1;
  await Promise.all(Array.from({ length: lanes }, () => search.lane()));
  return search.found as bigint;
}

/**
 * Refuses sizes that OpenSSL would refuse.
 *
 * @throws TlskitError ERR_USAGE
 */
export function checkPrimeBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < MIN_PRIME_BITS || bits > MAX_PRIME_BITS) {
    fail('ERR_USAGE', `the size of the prime must be ${MIN_PRIME_BITS} to ${MAX_PRIME_BITS} bits, not ${bits}`);
  }
}

function checkOptions({ bits, congruence: { modulus, remainder } }: SafePrimeOptions): void {
  checkPrimeBits(bits);
  const divisible = [...primesBelow(modulus + 1)].some(
    (r) => r > 2 && modulus % r === 0 && (remainder % r === 0 || remainder % r === 1),
  );
  if (modulus % 12 !== 0 || remainder % 12 !== 11 || remainder >= modulus || divisible) {
    fail('ERR_USAGE', `there are no safe primes that are ${remainder} modulo ${modulus}`);
  }
}

class Search {
  found: bigint | undefined;
  readonly #options: SafePrimeOptions;
  readonly #quick: QuickTest;
  readonly #candidates: Candidates;
  readonly #began = performance.now();
  #tested = 0;

  constructor(options: SafePrimeOptions, quick: QuickTest) {
    this.#options = options;
    this.#quick = quick;
    this.#candidates = new Candidates(options.bits, options.congruence);
  }

  /** Tests candidates one after the other until some lane has found a safe prime. */
  async lane(): Promise<void> {
    while (this.found === undefined) {
      this.#options.signal?.throwIfAborted();
      const p = this.#candidates.next();
      const safe = await this.#isSafePrime(p);
      this.#tested += 1;
      if (safe) this.found ??= p;
      const { expected } = this.#candidates;
      this.#options.onProgress?.({ tested: this.#tested, expected, elapsed: performance.now() - this.#began });
    }
  }

  async #isSafePrime(p: bigint): Promise<boolean> {
    const q = (p - 1n) / 2n;
    if (!(await this.#quick.run(p)) || !(await this.#quick.run(q))) return false;
    const [first, second] = await Promise.all([isPrime(p), isPrime(q)]);
    return first && second;
  }
}

/** The candidates that the sieve leaves, from one random window after the other. */
class Candidates {
  readonly #bits: number;
  readonly #congruence: Congruence;
  readonly #primes: Uint32Array;
  /** Candidates that a safe prime is expected to take, before the sieve. */
  readonly #perPrime: number;
  readonly #count: number;
  #start = 0n;
  #left: Uint32Array = new Uint32Array(0);
  #at = 0;

  constructor(bits: number, congruence: Congruence) {
    this.#bits = bits;
    this.#congruence = congruence;
    this.#primes = primesBelow(sieveBound(bits));
    this.#perPrime = 1 / safePrimeDensity(bits, congruence.modulus);
    // four times the expected distance: two windows are needed once in fifty searches
    this.#count = 2 ** Math.ceil(Math.log2(4 * this.#perPrime));
  }

  /** Tests that a search is expected to take. */
  get expected(): number {
    return Math.round((this.#left.length * this.#perPrime) / this.#count);
  }

  next(): bigint {
    while (this.#at >= this.#left.length) this.#openWindow();
    const index = this.#left[this.#at] as number;
    this.#at += 1;
    return this.#start + BigInt(index) * BigInt(this.#congruence.modulus);
  }

  #openWindow(): void {
    const { modulus, remainder } = this.#congruence;
    const step = BigInt(modulus);
    const top = 1n << BigInt(this.#bits);
    do {
      const random = randomWithTopBit(this.#bits);
      this.#start = random - (random % step) + BigInt(remainder);
    } while (this.#start < top / 2n || this.#start + step * BigInt(this.#count) > top);
    this.#left = sieveSafePrimes({ start: this.#start, step: modulus, count: this.#count }, this.#primes);
    this.#at = 0;
  }
}

function randomWithTopBit(bits: number): bigint {
  const random = BigInt(`0x${randomBytes(Math.ceil(bits / 8)).toString('hex')}`);
  return BigInt.asUintN(bits - 1, random) | (1n << BigInt(bits - 1));
}

/**
 * Share of safe primes among the numbers of the residue class. Hardy and Littlewood's constant for Sophie Germain primes gives C2 / ln(p)^2
 * over all whole numbers (C2 = 0.6601…); they fall evenly into the classes that can hold them.
 */
function safePrimeDensity(bits: number, modulus: number): number {
  const ln = bits * Math.LN2;
  return ((0.6601618 / ln ** 2) * modulus) / possibleClasses(modulus);
}

/** Residue classes modulo `modulus` (a multiple of 12) that hold safe primes: p = 3 (mod 4) and p not 0 or 1 modulo any odd factor. */
function possibleClasses(modulus: number): number {
  const odd = [...primesBelow(modulus + 1)].filter((r) => r > 2 && modulus % r === 0);
  let count = 0;
  for (let c = 3; c < modulus; c += 4) if (odd.every((r) => c % r > 1)) count += 1;
  return count;
}

/** How far to sieve: about where a further small prime costs as much as the tests that it saves (measured, 512 to 4096 bits). */
function sieveBound(bits: number): number {
  return Math.min(MAX_SIEVE_BOUND, 2 ** Math.round(16 + 4 * Math.log2(bits / 512)));
}
