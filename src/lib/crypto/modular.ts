/** Arithmetic modulo a number, over bigints. Its time depends on the numbers: for public ones, and for keys of tests. */

/** a mod m, 0 or above. */
export const mod = (a: bigint, m: bigint): bigint => {
  const rest = a % m;
  return rest < 0n ? rest + m : rest;
};

/** Greatest common divisor. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The inverse of a modulo m by Euclid, or undefined when there is none. */
export function inverse(a: bigint, m: bigint): bigint | undefined {
  let [r0, r1] = [m, mod(a, m)];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  return r0 === 1n ? mod(t0, m) : undefined;
}

/** b^e mod m. */
export function modPow(b: bigint, e: bigint, m: bigint): bigint {
  let result = 1n % m;
  let base = mod(b, m);
  for (let k = e; k > 0n; k >>= 1n) {
    if (k & 1n) result = (result * base) % m;
    base = (base * base) % m;
  }
  return result;
}
