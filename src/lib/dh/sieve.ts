/** A sieve for safe primes: p and (p-1)/2 are freed of small factors together, over a window of candidates in arithmetic progression. */

/** The primes below `limit`, in order (sieve of Eratosthenes over the odd numbers). */
export function primesBelow(limit: number): Uint32Array {
  const half = Math.max(1, limit >>> 1); // index i stands for 2i + 1
  const composite = new Uint8Array(half);
  for (let i = 1, n = 3; n * n < limit; i += 1, n += 2) {
    if (composite[i] === 1) continue;
    for (let j = (n * n) >>> 1; j < half; j += n) composite[j] = 1;
  }
  let count = limit > 2 ? 1 : 0;
  for (let i = 1; i < half; i += 1) if (composite[i] === 0) count += 1;
  const primes = new Uint32Array(count);
  if (count > 0) primes[0] = 2;
  for (let i = 1, at = 1; i < half; i += 1) if (composite[i] === 0) primes[at++] = 2 * i + 1;
  return primes;
}

/** Bits of a limb. With primes below 2^24, `residue * 2^28 + limb` stays an exact double. */
const LIMB_BITS = 28;
const LIMB = 2 ** LIMB_BITS;

/** The largest bound for small primes that the arithmetic here allows. */
export const MAX_SIEVE_BOUND: number = 2 ** 24;

/** Primes worked on at a time, so that their residues stay in the first-level cache. */
const BLOCK = 1024;

/** A run of candidates: start, start + step, start + 2 step, … */
export interface Window {
  readonly start: bigint;
  /** Distance of two candidates. Its prime factors never divide p or (p-1)/2, by the choice of `start`. */
  readonly step: number;
  readonly count: number;
}

/**
 * The indexes i for which neither p = start + i*step nor (p-1)/2 has a factor among `primes`.
 *
 * @param primes odd primes and 2, each below `MAX_SIEVE_BOUND` and far below p
 */
export function sieveSafePrimes(window: Window, primes: Uint32Array): Uint32Array {
  const composite = new Uint8Array(window.count);
  const limbs = limbsOf(window.start);
  const residues = new Float64Array(BLOCK);
  const cofactors = cofactorsOf(window.step);
  for (let from = 0; from < primes.length; from += BLOCK) {
    const block = primes.subarray(from, from + BLOCK);
    residuesOf(limbs, block, residues);
    for (let i = 0; i < block.length; i += 1) {
      const r = block[i] as number;
      if (window.step % r === 0) continue;
      const inverse = ((cofactors[r % window.step] as number) * r + 1) / window.step;
      strike(composite, inverse, r, residues[i] as number);
    }
  }
  return survivors(composite);
}

/** The number as limbs of 28 bits, most significant first. */
function limbsOf(value: bigint): Float64Array {
  const digits = LIMB_BITS / 4;
  const hex = value.toString(16);
  const padded = hex.padStart(Math.ceil(hex.length / digits) * digits, '0');
  return Float64Array.from({ length: padded.length / digits }, (_, i) =>
    Number.parseInt(padded.slice(i * digits, (i + 1) * digits), 16),
  );
}

/** For each prime of the block the number's residue: Horner's rule limb by limb, the primes side by side so that no step waits for the last. */
function residuesOf(limbs: Float64Array, block: Uint32Array, residues: Float64Array): void {
  residues.fill(0);
  for (let l = 0; l < limbs.length; l += 1) {
    const limb = limbs[l] as number;
    for (let i = 0; i < block.length; i += 1) {
      residues[i] = modulo((residues[i] as number) * LIMB + limb, block[i] as number);
    }
  }
}

/** x mod r for whole 0 <= x < 2^53. The rounded quotient may be one too large, never too small; `%` on doubles takes ten times as long. */
function modulo(x: number, r: number): number {
  const rest = x - Math.floor(x / r) * r;
  return rest < 0 ? rest + r : rest;
}

/** For each r mod step the k with k*r = -1 (mod step), or 0: then (k*r + 1) / step is the inverse of step modulo r. */
function cofactorsOf(step: number): Uint32Array {
  const cofactors = new Uint32Array(step);
  for (let k = 1; k < step; k += 1) {
    for (let r = 1; r < step; r += 1) if ((k * r + 1) % step === 0) cofactors[r] = k;
  }
  return cofactors;
}

/** Strikes out the candidates for which r divides p or (p-1)/2, that is p = 0 or 1 (mod r). */
function strike(composite: Uint8Array, inverse: number, r: number, residue: number): void {
  const count = composite.length;
  for (let i = modulo((r - residue) * inverse, r); i < count; i += r) composite[i] = 1;
  for (let i = modulo((r + 1 - residue) * inverse, r); i < count; i += r) composite[i] = 1;
}

function survivors(composite: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < composite.length; i += 1) if (composite[i] === 0) count += 1;
  const out = new Uint32Array(count);
  for (let i = 0, at = 0; i < composite.length; i += 1) if (composite[i] === 0) out[at++] = i;
  return out;
}
