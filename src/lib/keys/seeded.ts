/** Keys that follow from a source of octets, so that a seed makes the same key everywhere. For test fixtures. */
import { checkPrime } from 'node:crypto';
import { promisify } from 'node:util';
import { gcd } from '../crypto/modular.ts';
import { randomBelow, type RandomSource } from '../crypto/random.ts';
import { primesBelow } from '../dh/sieve.ts';
import { fail } from '../errors.ts';
import { curveByName } from '../registry/curves.ts';
import { postQuantum } from '../registry/post-quantum.ts';
import { unsigned } from './components.ts';
import { namedGroup } from './ec-group.ts';
import type { KeyGenParams } from './generate.ts';
import { PrivateKey } from './model.ts';
import { keyFromSeed } from './post-quantum.ts';
import { ecPoint } from './public-of.ts';
import { rsaFromPrimes } from './rsa.ts';

const RAW_LENGTH = { ed25519: 32, ed448: 57, x25519: 32, x448: 56 } as const;

/**
 * The key of these parameters that follows from `source`. Primes of RSA are tested off the main thread: searches for several keys at once take as
 * many cores.
 *
 * @throws TlskitError ERR_USAGE for parameters that make no key, ERR_UNSUPPORTED for types that are not made from a seed
 * @example
 * seededKey({ type: 'rsa', bits: 2048 }, seededRandom('ci', 'key of server'));
 */
export async function seededKey(params: KeyGenParams, source: RandomSource): Promise<PrivateKey> {
  if (params.type in RAW_LENGTH) {
    const type = params.type as keyof typeof RAW_LENGTH;
    return PrivateKey.fromComponents(type, { kind: 'raw', private: source(RAW_LENGTH[type]) });
  }
  const set = postQuantum(params.type);
  if (set) return keyFromSeed(set, source(set.seedLength));
  if (params.type === 'rsa' || params.type === 'rsa-pss') return seededRsa(params, source);
  if (params.type === 'ec' && typeof params.curve === 'string' && params.encoding !== 'explicit')
    return seededEc(params.curve, source);
  return fail(
    'ERR_UNSUPPORTED',
    `keys of type ${params.type} are not made from a seed: leave the seed out or take RSA, EC, Ed25519 or ML-DSA`,
  );
}

function seededEc(name: string, source: RandomSource): PrivateKey {
  const curve = curveByName(name) ?? fail('ERR_USAGE', `there is no curve "${name}"`);
  const group = namedGroup(curve);
  const secret = { kind: 'ec', group, d: randomBelow(group.domain.n, source) } as const;
  return PrivateKey.fromComponents('ec', { ...secret, point: ecPoint(secret) });
}

type RsaParams = Extract<KeyGenParams, { type: 'rsa' | 'rsa-pss' }>;

/** RFC 8017 section 3 with the two primes of FIPS 186-5's size: both highest bits set, so that the modulus has all its bits. */
async function seededRsa(
  { type, bits = 2048, exponent = 65537n, primes = 2, pss }: RsaParams,
  source: RandomSource,
): Promise<PrivateKey> {
  if (primes !== 2) fail('ERR_UNSUPPORTED', 'an RSA key of more than two primes is not made from a seed');
  if (!Number.isInteger(bits) || bits < 512 || bits > 16384)
    fail('ERR_USAGE', `an RSA key from a seed has 512 to 16384 bits, not ${bits}`);
  for (;;) {
    const p = await seededPrime(Math.ceil(bits / 2), exponent, source);
    const q = await seededPrime(Math.floor(bits / 2), exponent, source);
    const key = p === q ? undefined : rsaFromPrimes([p, q], exponent);
    if (key?.n.toString(2).length !== bits) continue;
    return PrivateKey.fromComponents(type, type === 'rsa-pss' && pss ? { ...key, pss } : key);
  }
}

const isPrime = promisify(checkPrime) as (candidate: bigint) => Promise<boolean>;

/** Odd primes below 2000: they rule out five candidates of six before anything costly is done. */
const SMALL = [...primesBelow(2000).subarray(1)];
/** Steps from one start; then a new start is taken. */
const STEPS = 20_000;

/** The first prime from a start that the source gives. */
async function seededPrime(bits: number, exponent: bigint, source: RandomSource): Promise<bigint> {
  for (;;) {
    const octets = source(Math.ceil(bits / 8));
    const cut = unsigned(octets) & ((1n << BigInt(bits)) - 1n);
    const start = cut | (3n << BigInt(bits - 2)) | 1n;
    const rests = SMALL.map((prime) => Number(start % BigInt(prime)));
    for (let step = 0; step < STEPS; step += 2) {
      if (SMALL.some((prime, i) => ((rests[i] as number) + step) % prime === 0)) continue;
      const candidate = start + BigInt(step);
      if (candidate.toString(2).length > bits) break;
      if (gcd(candidate - 1n, exponent) === 1n && (await isPrime(candidate))) return candidate;
    }
  }
}
