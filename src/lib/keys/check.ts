/** Whether the numbers of a key fit each other, as OpenSSL's `-check` and `-pubcheck` ask. Every check returns reasons; none is a valid key. */
import { decodePoint, isOnCurve, multiplyPoint, type EcPoint } from '../crypto/ec-point.ts';
import { gcd, inverse, modPow } from '../crypto/modular.ts';
import { bitLength, isPrime as isPrimeNumber, MAX_TESTED_BITS } from '../crypto/primality.ts';
import { fail, TlskitError } from '../errors.ts';
import type { DhDomain, DhPublic, DsaPublic, EcPrivate, EcPublic, RsaPrivate, RsaPublic } from './components.ts';
import type { EcGroup } from './ec-group.ts';
import type { KeyParameters, PrivateKey, PublicKey } from './model.ts';
import { derivePublic, ecPoint } from './public-of.ts';

/** Numbers beyond this take too long to compute with; OpenSSL does not compute with larger ones either. */
const MAX_BITS = 16_384;
/** The same for DSA and Diffie-Hellman, where a check also raises to powers of such size. */
const MAX_DOMAIN_BITS = 10_000;
const MIN_DH_BITS = 512;
const MIN_RSA_BITS = 512;
/** As many as OpenSSL takes. */
const MAX_RSA_PRIMES = 5;

function withinLimit(value: bigint, most = MAX_BITS): void {
  const bits = bitLength(value);
  if (bits > most) fail('ERR_LIMIT', `a number of ${bits} bits is too large to check (the limit is ${most})`);
}

/**
 * Whether a number is a prime: by OpenSSL's full test up to 4096 bits, above that as far as can be told in time.
 *
 * @throws TlskitError ERR_LIMIT where it cannot be told
 */
function isPrime(value: bigint): boolean {
  if (value >= 2n) withinLimit(value);
  return (
    isPrimeNumber(value) ??
    fail(
      'ERR_LIMIT',
      `whether a number of ${bitLength(value)} bits is a prime was not checked: that takes too long above ${MAX_TESTED_BITS} bits`,
    )
  );
}

/** Runs checks that may find a number unusable before they can compare it. */
function collect(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    if (error instanceof TlskitError && error.code !== 'ERR_LIMIT') return [error.message];
    throw error;
  }
}

/**
 * The defects of a private key: of its numbers, of its public half, and of how the two fit.
 *
 * @returns reasons in OpenSSL's words where it has some (`n does not equal p q`); none: the key is valid
 * @throws TlskitError ERR_LIMIT for numbers beyond 16384 bits (10000 in DSA and Diffie-Hellman), and for primes beyond 4096 bits, which are
 *   not proved in time
 */
export function checkPrivateKey(key: PrivateKey): string[] {
  return collect(() => {
    const { components } = key;
    if (components.kind === 'rsa') return checkRsaPrivate(components);
    if (components.kind === 'ec') return checkEcPrivate(components);
    if (components.kind === 'raw' || components.kind === 'seeded') return checkRawPrivate(key);
    const reasons = checkPublicKey(key.publicKey);
    if (components.kind === 'dsa') {
      if (components.x < 1n || components.x >= components.q) reasons.push('private key out of range');
    } else reasons.push(...dhPrivateRange(components, components.x));
    const made = derivePublic(key.type, components);
    if ('y' in made && made.y !== (key.publicKey.components as DsaPublic).y) {
      reasons.push('the public key does not belong to the private key');
    }
    return reasons;
  });
}

function checkRawPrivate(key: PrivateKey): string[] {
  const made = derivePublic(key.type, key.components);
  const held = key.publicKey.components;
  const same = made.kind === 'raw' && held.kind === 'raw' && made.public.equals(held.public);
  return same ? [] : ['the public key does not belong to the private key'];
}

/** The defects of a public key. */
export function checkPublicKey(key: PublicKey): string[] {
  return collect(() => {
    const { components } = key;
    if (components.kind === 'rsa') return checkRsaPublic(components);
    if (components.kind === 'ec') return checkEcPublic(components);
    if (components.kind === 'dsa') return [...checkDsaDomain(components), ...dsaPublicRange(components)];
    return components.kind === 'dh' ? [...checkDhDomain(components), ...dhPublicRange(components)] : [];
  });
}

/** The defects of parameters. */
export function checkParameters(parameters: KeyParameters): string[] {
  return collect(() => {
    const { components } = parameters;
    if (components.kind === 'ec') return checkGroup(components.group);
    if (components.kind !== 'dsa') return checkDhDomain(components);
    // only parameters, not keys, have to be of a size of FIPS 186-4 section 4.2, which begins at 1024 and 160 bits
    const small = bitLength(components.p) < 1024 || bitLength(components.q) < 160;
    return [...(small ? ['bad ffc parameters'] : []), ...checkDsaDomain(components)];
  });
}

function checkRsaPrivate(key: RsaPrivate): string[] {
  const { n, e, d, p, q, dp, dq, qi, otherPrimes } = key;
  const multi = otherPrimes.length > 0;
  const primes = [p, q, ...otherPrimes.map((prime) => prime.r)];
  // the primes of a key together are as long as its modulus: longer ones would only cost time
  if (primes.length > MAX_RSA_PRIMES) fail('ERR_LIMIT', `an RSA key of ${primes.length} primes is not checked`);
  const product = primes.reduce((a, b) => a * b);
  for (const value of [n, e, d]) withinLimit(value);
  withinLimit(product, multi ? 2 * MAX_TESTED_BITS : MAX_BITS);
  const lambda = primes.reduce((l, r) => lcm(l, r - 1n), 1n);
  const tests: [boolean, string][] = [
    [e !== 1n && (e & 1n) === 1n, 'bad e value'],
    [isPrime(p), 'p not prime'],
    [isPrime(q), 'q not prime'],
    [otherPrimes.every(({ r }) => isPrime(r)), 'mp r not prime'],
    [product === n, multi ? 'n does not equal product of primes' : 'n does not equal p q'],
    [lambda > 0n && (d * e) % lambda === 1n % lambda, 'd e not congruent to 1'],
    [p > 1n && d % (p - 1n) === dp, 'dmp1 not congruent to d'],
    [q > 1n && d % (q - 1n) === dq, 'dmq1 not congruent to d'],
    [p > 0n && inverse(q, p) === qi, 'iqmp not inverse of q'],
    [otherPrimes.every((prime) => prime.r > 1n && d % (prime.r - 1n) === prime.d), 'mp exponent not congruent to d'],
    [coefficientsFit(p * q, otherPrimes), 'mp coefficient not inverse of r'],
  ];
  return tests.filter(([good]) => !good).map(([, reason]) => reason);
}

function coefficientsFit(start: bigint, primes: RsaPrivate['otherPrimes']): boolean {
  let product = start;
  return primes.every(({ r, t }) => {
    const fits = r > 1n && inverse(product, r) === t;
    product *= r;
    return fits;
  });
}

function lcm(a: bigint, b: bigint): bigint {
  const divisor = gcd(a, b);
  return divisor === 0n ? 0n : (a * b) / divisor;
}

/** NIST SP 800-56B section 6.4.2.2, with OpenSSL's range of exponents. */
function checkRsaPublic({ n, e }: RsaPublic): string[] {
  withinLimit(n);
  if ((n & 1n) === 0n || bitLength(n) < MIN_RSA_BITS) return ['invalid modulus'];
  if (e < 3n || (e & 1n) === 0n || bitLength(e) > 256) return ['pub exponent out of range'];
  for (let prime = 3n; prime < 752n; prime += 2n) if (n % prime === 0n) return ['invalid modulus'];
  return isPrime(n) ? ['invalid modulus'] : [];
}

function checkEcPublic({ group, point }: EcPublic): string[] {
  const reasons = checkGroup(group);
  if (reasons.length > 0) return reasons;
  const { domain } = group;
  const q = point && decodePoint(domain, point);
  if (!q) return ['point at infinity'];
  // with a cofactor of 1 every point of the curve has the group's order
  if (domain.h !== 1n && multiplyPoint(domain, q, domain.n)) return ['wrong order'];
  return [];
}

function checkEcPrivate(key: EcPrivate): string[] {
  const { group, d, point } = key;
  if (d < 1n || d >= group.domain.n) return ['invalid private key'];
  const made = ecPoint(key);
  const reasons = checkEcPublic({ kind: 'ec', group, point: point ?? made });
  if (reasons.length === 0 && point && !samePoint(decodePoint(group.domain, point), decodePoint(group.domain, made))) {
    reasons.push('invalid private key');
  }
  return reasons;
}

const samePoint = (a: EcPoint | undefined, b: EcPoint | undefined): boolean => a?.x === b?.x && a?.y === b?.y;

/** A curve's soundness; named ones, and explicit ones that are equal to a named one, need no check. */
function checkGroup({ domain, curve }: EcGroup): string[] {
  if (curve) return [];
  const { p, a, b, n, x, y, field } = domain;
  for (const value of [p, n]) withinLimit(value, MAX_TESTED_BITS);
  if (field === 'prime' && !isPrime(p)) return ['invalid field'];
  const singular = field === 'prime' ? (4n * a * a * a + 27n * b * b) % p === 0n : b === 0n;
  if (singular) return ['discriminant is zero'];
  if (!isOnCurve(domain, { x, y })) return ['point is not on curve'];
  if (!isPrime(n)) return ['invalid group order'];
  return multiplyPoint(domain, { x, y }, n) ? ['invalid group order'] : [];
}

function checkDsaDomain({ p, q, g }: Pick<DsaPublic, 'p' | 'q' | 'g'>): string[] {
  for (const value of [p, q]) withinLimit(value, MAX_DOMAIN_BITS);
  const reasons: string[] = [];
  if (!isPrime(q)) reasons.push('q not prime');
  if (!isPrime(p)) reasons.push('p not prime');
  if (q < 2n || (p - 1n) % q !== 0n) reasons.push('q does not divide p - 1');
  if (reasons.length > 0) return reasons;
  return g < 2n || g >= p || modPow(g, q, p) !== 1n ? ['invalid generator'] : [];
}

function dsaPublicRange({ p, q, y }: DsaPublic): string[] {
  if (y < 2n) return ['pubkey too small'];
  if (y > p - 2n) return ['pubkey too large'];
  return modPow(y, q, p) === 1n ? [] : ['pubkey invalid'];
}

function checkDhDomain({ p, q, g }: DhDomain): string[] {
  for (const value of [p, q ?? 0n]) withinLimit(value, MAX_DOMAIN_BITS);
  const reasons: string[] = [];
  if ((p & 1n) === 0n) reasons.push('p not prime');
  if (g < 2n || g > p - 2n) reasons.push('not suitable generator');
  if (bitLength(p) < MIN_DH_BITS) reasons.push('modulus too small');
  return reasons;
}

function dhPublicRange({ p, q, y }: DhPublic): string[] {
  if (y < 2n) return ['pubkey too small'];
  if (y > p - 2n) return ['pubkey too large'];
  return q === undefined || (q > 0n && modPow(y, q, p) === 1n) ? [] : ['pubkey invalid'];
}

function dhPrivateRange({ p, q }: DhDomain, x: bigint): string[] {
  return x >= 1n && x < (q ?? p - 1n) ? [] : ['private key out of range'];
}
