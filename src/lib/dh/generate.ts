/** Making Diffie-Hellman parameters. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { readDer } from '../der/index.ts';
import { fail } from '../errors.ts';
import { DH_GROUPS, dhGroupByName } from '../registry/dh-groups.ts';
import type { DhParameters, DsaParameters } from './parameters.ts';
import { findSafePrime, MAX_PRIME_BITS, MIN_PRIME_BITS, type Congruence, type SafePrimeOptions } from './search.ts';

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

const generateKey = promisify(generateKeyPair) as (
  type: 'dsa',
  options: { modulusLength: number; divisorLength: number; publicKeyEncoding: object; privateKeyEncoding: object },
) => Promise<{ publicKey: Buffer }>;

/** Bits of q that OpenSSL's `dhparam -dsaparam` and `dsaparam` use for every size of p. */
const DIVISOR_BITS = 224;

/**
 * New DSA parameters (FIPS 186-4 appendix A), for `-dsaparam`: found much faster than a safe prime, and used through X9.42 parameters with
 * their q.
 *
 * @param bits size of p, 512 to 10000
 * @throws TlskitError ERR_USAGE
 */
export async function generateDsaParameters(bits: number): Promise<DsaParameters> {
  if (!Number.isInteger(bits) || bits < MIN_PRIME_BITS || bits > MAX_PRIME_BITS) {
    fail('ERR_USAGE', `the size of a DSA prime is ${MIN_PRIME_BITS} to ${MAX_PRIME_BITS} bits, not ${bits}`);
  }
  const { publicKey } = await generateKey('dsa', {
    modulusLength: bits,
    divisorLength: DIVISOR_BITS,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const algorithm = readDer(publicKey).children[0]?.children ?? [];
  const [p, q, g] = (algorithm[1]?.children ?? []).map((node) => node.integer('a DSA parameter'));
  if (p === undefined || q === undefined || g === undefined)
    fail('ERR_UNSUPPORTED', 'this Node makes no DSA parameters');
  return { p, q, g };
}

/**
 * The parameters of a named group (RFC 7919, RFC 3526: PKCS #3; RFC 5114: X9.42, where q cannot be told from p).
 *
 * @throws TlskitError ERR_USAGE for an unknown name
 */
export function namedDhParameters(name: string): DhParameters {
  const group = dhGroupByName(name);
  if (!group) fail('ERR_USAGE', `"${name}" is not a named group; there are ${DH_GROUPS.join(', ')}`);
  const { p, q, g } = group;
  return p === 2n * q + 1n ? { kind: 'dh', p, g } : { kind: 'dhx', p, g, q };
}
