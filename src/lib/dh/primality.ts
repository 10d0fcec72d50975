/** Primality tests over node:crypto: a cheap one that composites fail, and the full one that settles it. */
import { checkPrime, constants, createPublicKey, publicEncrypt, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';

const check = promisify(checkPrime) as (n: bigint) => Promise<boolean>;

/** Above this size OpenSSL refuses RSA public exponents of more than 64 bits. */
const RSA_MAX_BITS = 3072;

/** Below this size a test takes less time than handing it to the thread pool does. */
const POOL_MIN_BITS = 768;

/**
 * Whether n is prime, as OpenSSL decides it: 64 Miller-Rabin rounds with random bases up to 2048 bits, 128 above. A composite passes with
 * probability at most 4^-64 = 2^-128 (Rabin 1980), whoever chose it; for random candidates the bound of Damgard, Landrock and Pomerance
 * (1993) that FIPS 186-4 table C.1 builds on is far lower. Runs in the thread pool.
 */
export const isPrime = (n: bigint): Promise<boolean> => check(n);

/** A quick test for primality. */
export interface QuickTest {
  /** `false` means composite. `true` is no proof. */
  run(n: bigint): Promise<boolean> | boolean;
  /** Whether tests run in the thread pool, several at a time. */
  readonly pooled: boolean;
}

/**
 * The quick test for numbers of this size.
 *
 * node:crypto's `checkPrime` has no cheap setting: OpenSSL 3 raises `checks` to its own 64 or 128 rounds, so every p that is prime without
 * (p-1)/2 being so would cost as much as all the composites before it. RSA encryption with the key (n, e = (n-1)/2) gives r^e mod n: 1 or
 * n-1 for every prime n (Euler's criterion), and for n = 3 (mod 4), where all our p stand, that is just one Miller-Rabin round with base r.
 * Where RSA will not do it (size, or an OpenSSL that refuses such keys), `checkPrime` is used.
 */
export async function quickTestFor(bits: number): Promise<QuickTest> {
  const full: QuickTest = { run: isPrime, pooled: true };
  if (bits > RSA_MAX_BITS) return full;
  const euler: QuickTest =
    bits < POOL_MIN_BITS ? { run: eulerTest, pooled: false } : { run: eulerTestInPool, pooled: true };
  const prime = 2n ** 521n - 1n;
  try {
    return (await euler.run(prime)) && !(await euler.run(prime * 3n)) ? euler : full;
  } catch {
    return full;
  }
}

/** Euler's criterion with base 2. */
function eulerTest(n: bigint): boolean {
  const key = createPublicKey({ key: rsaKey(n), format: 'jwk' });
  const base = Buffer.alloc(Math.ceil(n.toString(16).length / 2));
  base[base.length - 1] = 2;
  return isOne(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, base), n);
}

/** Euler's criterion in the thread pool. The base is random: OAEP's padding of nothing. */
async function eulerTestInPool(n: bigint): Promise<boolean> {
  const { subtle } = webcrypto;
  const key = await subtle.importKey('jwk', rsaKey(n), { name: 'RSA-OAEP', hash: 'SHA-1' }, false, ['encrypt']);
  return isOne(Buffer.from(await subtle.encrypt('RSA-OAEP', key, EMPTY)), n);
}

const EMPTY = new Uint8Array(0);

/** Whether the power is 1 or -1 modulo n. */
function isOne(power: Buffer, n: bigint): boolean {
  const value = BigInt(`0x${power.toString('hex')}`);
  return value === 1n || value === n - 1n;
}

const rsaKey = (n: bigint): { kty: string; n: string; e: string } => ({
  kty: 'RSA',
  n: base64url(n),
  e: base64url((n - 1n) / 2n),
});

function base64url(n: bigint): string {
  const hex = n.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
