/**
 * Points of elliptic curves in affine coordinates, over prime and binary fields: enough to read and check keys on curves that `node:crypto`
 * cannot be asked about. Not constant-time; secret scalars go through `node:crypto` wherever it has the curve.
 */
import { fail } from '../errors.ts';
import type { CurveDomain } from '../registry/curves.ts';
import { inverse, mod, modPow } from './modular.ts';

/** A point with its coordinates as field elements; the point at infinity is `undefined`. */
export interface EcPoint {
  readonly x: bigint;
  readonly y: bigint;
}

/** How a point is written (SEC 1 section 2.3.3, X9.62 section 4.3.6). */
export type PointForm = 'compressed' | 'uncompressed' | 'hybrid';

interface Field {
  readonly add: (a: bigint, b: bigint) => bigint;
  readonly mul: (a: bigint, b: bigint) => bigint;
  readonly inv: (a: bigint) => bigint;
}

/** Bits of a non-negative number: 0 for 0, else the position of its highest one bit plus 1. */
export function bitLength(x: bigint): number {
  if (x <= 0n) return 0;
  const hex = x.toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0] as string, 16)) + 28;
}

/** a^-1 mod p for a prime p. */
const invert = (a: bigint, p: bigint): bigint =>
  inverse(a, p) ?? fail('ERR_KEY', 'the curve has a field that is none: an element without an inverse');

/** Reduction of polynomials over GF(2) modulo f of degree m. Sparse f, as all standard ones are, folds in few steps. */
function reducer(f: bigint, m: number): (a: bigint) => bigint {
  const exponents: bigint[] = [];
  for (let i = 0; i < m; i += 1) if ((f >> BigInt(i)) & 1n) exponents.push(BigInt(i));
  const degree = BigInt(m);
  const mask = (1n << degree) - 1n;
  return (a) => {
    let r = a;
    while (r > mask) {
      const high = r >> degree;
      r &= mask;
      for (const e of exponents) r ^= high << e;
    }
    return r;
  };
}

/** Multiplies polynomials over GF(2), four bits of `b` at a time. */
function multiply2(a: bigint, b: bigint): bigint {
  const table = [0n, a];
  for (let i = 2; i < 16; i += 1) {
    table.push(i & 1 ? (table[i - 1] as bigint) ^ a : (table[i >> 1] as bigint) << 1n);
  }
  let r = 0n;
  for (const digit of b.toString(16)) r = (r << 4n) ^ (table[Number.parseInt(digit, 16)] as bigint);
  return r;
}

function invert2(a: bigint, f: bigint): bigint {
  let [u, v, g1, g2] = [a, f, 1n, 0n];
  while (u > 1n) {
    let shift = bitLength(u) - bitLength(v);
    if (shift < 0) {
      [u, v, g1, g2] = [v, u, g2, g1];
      shift = -shift;
    }
    u ^= v << BigInt(shift);
    g1 ^= g2 << BigInt(shift);
  }
  if (u === 0n) fail('ERR_KEY', 'the curve has a field that is none: an element without an inverse');
  return g1;
}

function fieldOf(curve: CurveDomain): Field {
  const { p } = curve;
  if (curve.field === 'prime') {
    return { add: (a, b) => mod(a + b, p), mul: (a, b) => (a * b) % p, inv: (a) => invert(a, p) };
  }
  const reduce = reducer(p, bitLength(p) - 1);
  return {
    add: (a, b) => a ^ b,
    mul: (a, b) => reduce(multiply2(a, b)),
    inv: (a) => reduce(invert2(a, p)),
  };
}

/** Octets of a field element. */
export function fieldLength(curve: CurveDomain): number {
  return Math.ceil((curve.field === 'prime' ? bitLength(curve.p) : bitLength(curve.p) - 1) / 8);
}

/** Whether a point lies on the curve: y² = x³ + ax + b, or over a binary field y² + xy = x³ + ax² + b. */
export function isOnCurve(curve: CurveDomain, point: EcPoint): boolean {
  const { add, mul } = fieldOf(curve);
  const { x, y } = point;
  const x2 = mul(x, x);
  if (curve.field === 'prime') return mul(y, y) === add(add(mul(x2, x), mul(mod(curve.a, curve.p), x)), curve.b);
  return add(mul(y, y), mul(x, y)) === add(add(mul(x2, x), mul(curve.a, x2)), curve.b);
}

/**
 * Reads a point (SEC 1 section 2.3.4): compressed, uncompressed or hybrid.
 *
 * @returns undefined for the point at infinity
 * @throws TlskitError ERR_KEY when the octets are malformed or the point is not on the curve
 */
export function decodePoint(curve: CurveDomain, octets: Uint8Array): EcPoint | undefined {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const form = bytes[0];
  const size = fieldLength(curve);
  if (form === 0 && bytes.length === 1) return undefined;
  if (form === 2 || form === 3) {
    if (bytes.length !== 1 + size) return malformed(bytes.length);
    const x = fieldElement(curve, bytes.subarray(1));
    return { x, y: solve(curve, x, form === 3) };
  }
  if ((form !== 4 && form !== 6 && form !== 7) || bytes.length !== 1 + 2 * size) return malformed(bytes.length);
  const point = {
    x: fieldElement(curve, bytes.subarray(1, 1 + size)),
    y: fieldElement(curve, bytes.subarray(1 + size)),
  };
  if (form !== 4 && isOdd(curve, point) !== (form === 7))
    fail('ERR_KEY', 'the hybrid EC point has the wrong sign octet');
  if (!isOnCurve(curve, point)) fail('ERR_KEY', 'the EC point is not on its curve');
  return point;
}

function malformed(length: number): never {
  return fail('ERR_KEY', `the EC point (${length} octets) does not have a form that its curve allows`);
}

function fieldElement(curve: CurveDomain, octets: Buffer): bigint {
  const value = BigInt(`0x${octets.toString('hex') || '0'}`);
  const ok = curve.field === 'prime' ? value < curve.p : bitLength(value) < bitLength(curve.p);
  return ok ? value : fail('ERR_KEY', 'the EC point has a coordinate outside the field');
}

/** The bit that compressed form keeps: of y, or over a binary field of y/x (0 where x is 0). */
function isOdd(curve: CurveDomain, point: EcPoint): boolean {
  if (curve.field === 'prime') return (point.y & 1n) === 1n;
  if (point.x === 0n) return false;
  const { mul, inv } = fieldOf(curve);
  return (mul(point.y, inv(point.x)) & 1n) === 1n;
}

/** y for an x and a sign bit. */
function solve(curve: CurveDomain, x: bigint, odd: boolean): bigint {
  return curve.field === 'prime' ? solvePrime(curve, x, odd) : solveBinary(curve, x, odd);
}

const none = (): never => fail('ERR_KEY', 'the compressed EC point is not on its curve');

function solvePrime(curve: CurveDomain, x: bigint, odd: boolean): bigint {
  const { p } = curve;
  const y = squareRoot((((x * x) % p) * x + mod(curve.a, p) * x + curve.b) % p, p);
  if (y === undefined || (y === 0n && odd)) return none();
  return (y & 1n) === (odd ? 1n : 0n) ? y : p - y;
}

/** A square root modulo an odd prime (Tonelli and Shanks), or undefined. */
function squareRoot(a: bigint, p: bigint): bigint | undefined {
  const root = p % 4n === 3n ? modPow(a, (p + 1n) / 4n, p) : tonelli(a, p);
  return root !== undefined && (root * root) % p === a ? root : undefined;
}

function tonelli(a: bigint, p: bigint): bigint | undefined {
  if (a === 0n) return 0n;
  if (modPow(a, (p - 1n) / 2n, p) !== 1n) return undefined;
  let q = p - 1n;
  let s = 0;
  for (; (q & 1n) === 0n; q >>= 1n) s += 1;
  let z = 2n;
  // half of all numbers will do; the bound only matters where p is no prime
  while (modPow(z, (p - 1n) / 2n, p) !== p - 1n) if ((z += 1n) > 1000n) return undefined;
  let [m, c, t, r] = [s, modPow(z, q, p), modPow(a, q, p), modPow(a, (q + 1n) / 2n, p)];
  while (t !== 1n) {
    let i = 0;
    for (let u = t; u !== 1n; i += 1) {
      if (i === m) return undefined;
      u = (u * u) % p;
    }
    if (i === 0 || i >= m) return undefined;
    const b = modPow(c, 1n << BigInt(m - i - 1), p);
    [m, c] = [i, (b * b) % p];
    [t, r] = [(t * c) % p, (r * b) % p];
  }
  return r;
}

function solveBinary(curve: CurveDomain, x: bigint, odd: boolean): bigint {
  const { add, mul, inv } = fieldOf(curve);
  const m = bitLength(curve.p) - 1;
  if (x === 0n) {
    // y² = b, whose root is b^(2^(m-1))
    let y = curve.b;
    for (let i = 1; i < m; i += 1) y = mul(y, y);
    return odd ? none() : y;
  }
  const right = add(add(x, curve.a), mul(curve.b, inv(mul(x, x))));
  const z = solveQuadratic(right, m, mul);
  if (z === undefined || add(mul(z, z), z) !== right) return none();
  return mul(x, (z & 1n) === (odd ? 1n : 0n) ? z : z ^ 1n);
}

/** z with z² + z = c, where there is one: the half-trace for odd m (X9.62 annex D.1.6), else by linear algebra. */
function solveQuadratic(c: bigint, m: number, mul: Field['mul']): bigint | undefined {
  if (m % 2 === 0) return solveLinear(c, m, mul);
  let z = c;
  for (let i = 1; i <= (m - 1) / 2; i += 1) {
    z = mul(z, z);
    z = mul(z, z) ^ c;
  }
  return z;
}

/** z ↦ z² + z is linear over GF(2): eliminates with the images of 1, x, x², …, each kept with what it is the image of. */
function solveLinear(c: bigint, m: number, mul: Field['mul']): bigint | undefined {
  const pivots = new Map<number, { image: bigint; of: bigint }>();
  const reduce = (image: bigint, of: bigint): { image: bigint; of: bigint } => {
    let rest = { image, of };
    for (;;) {
      const pivot = pivots.get(bitLength(rest.image));
      if (rest.image === 0n || !pivot) return rest;
      rest = { image: rest.image ^ pivot.image, of: rest.of ^ pivot.of };
    }
  };
  for (let i = 0; i < m; i += 1) {
    const power = 1n << BigInt(i);
    const row = reduce(mul(power, power) ^ power, power);
    if (row.image !== 0n) pivots.set(bitLength(row.image), row);
  }
  const { image, of } = reduce(c, 0n);
  return image === 0n ? of : undefined;
}

/** A point's octets (SEC 1 section 2.3.3); infinity is one zero octet. */
export function encodePoint(curve: CurveDomain, point: EcPoint | undefined, form: PointForm): Buffer {
  if (!point) return Buffer.from([0]);
  const size = fieldLength(curve);
  const octets = (v: bigint): Buffer => Buffer.from(v.toString(16).padStart(2 * size, '0'), 'hex');
  const odd = form !== 'uncompressed' && isOdd(curve, point) ? 1 : 0;
  if (form === 'compressed') return Buffer.concat([Buffer.from([2 + odd]), octets(point.x)]);
  return Buffer.concat([Buffer.from([form === 'hybrid' ? 6 + odd : 4]), octets(point.x), octets(point.y)]);
}

function addPrime(curve: CurveDomain, f: Field, p: EcPoint, q: EcPoint): EcPoint | undefined {
  let slope: bigint;
  if (p.x !== q.x) slope = f.mul(f.add(p.y, -q.y), f.inv(f.add(p.x, -q.x)));
  else if (p.y !== q.y || p.y === 0n) return undefined;
  else slope = f.mul(f.add(3n * f.mul(p.x, p.x), curve.a), f.inv(f.add(p.y, p.y)));
  const x = f.add(f.mul(slope, slope), -p.x - q.x);
  return { x, y: f.add(f.mul(slope, f.add(p.x, -x)), -p.y) };
}

function multiplyPrime(curve: CurveDomain, point: EcPoint, scalar: bigint): EcPoint | undefined {
  const f = fieldOf(curve);
  let result: EcPoint | undefined;
  for (const bit of scalar.toString(2)) {
    if (result) result = addPrime(curve, f, result, result);
    if (bit === '1') result = result ? addPrime(curve, f, result, point) : point;
  }
  return result;
}

/** López and Dahab's coordinates, x = X/Z and y = Y/Z²: inversions in binary fields are too dear for one at each step. Z is 0 at infinity. */
interface Projective {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

const INFINITY: Projective = { x: 1n, y: 0n, z: 0n };

function doubleBinary(curve: CurveDomain, { mul }: Field, p: Projective): Projective {
  const [xx, zz, yy] = [mul(p.x, p.x), mul(p.z, p.z), mul(p.y, p.y)];
  const bzzzz = mul(curve.b, mul(zz, zz));
  const z = mul(xx, zz);
  const x = mul(xx, xx) ^ bzzzz;
  return { x, z, y: mul(bzzzz, z) ^ mul(x, mul(curve.a, z) ^ yy ^ bzzzz) };
}

function addBinary(curve: CurveDomain, f: Field, p: Projective, q: EcPoint): Projective {
  if (p.z === 0n) return { ...q, z: 1n };
  const { mul } = f;
  const zz = mul(p.z, p.z);
  const a = p.y ^ mul(q.y, zz);
  const b = p.x ^ mul(q.x, p.z);
  if (b === 0n) return a === 0n ? doubleBinary(curve, f, p) : INFINITY;
  const c = mul(p.z, b);
  const d = mul(mul(b, b), c ^ mul(curve.a, zz));
  const z = mul(c, c);
  const e = mul(a, c);
  const x = mul(a, a) ^ d ^ e;
  return { x, z, y: mul(e ^ z, x ^ mul(q.x, z)) ^ mul(q.x ^ q.y, mul(z, z)) };
}

function multiplyBinary(curve: CurveDomain, point: EcPoint, scalar: bigint): EcPoint | undefined {
  const f = fieldOf(curve);
  let result = INFINITY;
  for (const bit of scalar.toString(2)) {
    if (result.z !== 0n) result = doubleBinary(curve, f, result);
    if (bit === '1') result = addBinary(curve, f, result, point);
  }
  return affine(f, result);
}

function affine(f: Field, p: Projective): EcPoint | undefined {
  if (p.z === 0n) return undefined;
  const inverse = f.inv(p.z);
  return { x: f.mul(p.x, inverse), y: f.mul(p.y, f.mul(inverse, inverse)) };
}

/** The sum of two points. */
export function addPoint(curve: CurveDomain, p: EcPoint | undefined, q: EcPoint | undefined): EcPoint | undefined {
  if (!p || !q) return p ?? q;
  const f = fieldOf(curve);
  return curve.field === 'prime' ? addPrime(curve, f, p, q) : affine(f, addBinary(curve, f, { ...p, z: 1n }, q));
}

/** scalar · point, for a scalar of at most a few hundred bits more than the curve has. */
export function multiplyPoint(curve: CurveDomain, point: EcPoint, scalar: bigint): EcPoint | undefined {
  return curve.field === 'prime' ? multiplyPrime(curve, point, scalar) : multiplyBinary(curve, point, scalar);
}

/** scalar · G. */
export const multiplyBase = (curve: CurveDomain, scalar: bigint): EcPoint | undefined =>
  multiplyPoint(curve, { x: curve.x, y: curve.y }, scalar);
