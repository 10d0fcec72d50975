/** Primality tests over node:crypto: a cheap one that composites fail, and the full one that settles it. */
import { checkPrime, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';

const check = promisify(checkPrime) as (n: bigint) => Promise<boolean>;

/** Above this size OpenSSL refuses RSA public exponents of more than 64 bits. */
const RSA_MAX_BITS = 3072;

/**
 * Whether n is prime, as OpenSSL decides it: 64 Miller-Rabin rounds with random bases up to 2048 bits, 128 above. A composite passes with
 * probability at most 4^-64 = 2^-128 (Rabin 1980), whoever chose it; for random candidates the bound of Damgard, Landrock and Pomerance
 * (1993) that FIPS 186-4 table C.1 builds on is far lower. Runs in the thread pool.
 */
export const isPrime = (n: bigint): Promise<boolean> => check(n);

/** A quick test: `false` means composite. `true` is no proof. */
export type QuickTest = (n: bigint) => Promise<boolean>;

/**
 * The quick test for numbers of this size.
 *
 * node:crypto's `checkPrime` has no cheap setting: OpenSSL 3 raises `checks` to its own 64 or 128 rounds, so every p that is prime without
 * (p-1)/2 being so would cost as much as all the composites before it. Encrypting with the RSA key (n, e = (n-1)/2) gives r^e mod n for a
 * random r: 1 or n-1 for every prime (Euler's criterion), and for n = 3 (mod 4), where all our p stand, that is just one Miller-Rabin round.
 * It runs in the thread pool like `checkPrime`. Where RSA will not do it (size, or an OpenSSL that refuses such keys), `checkPrime` is used.
 */
export async function quickTestFor(bits: number): Promise<QuickTest> {
  if (bits > RSA_MAX_BITS) return isPrime;
  const prime = 2n ** 521n - 1n;
  try {
    const works = (await eulerTest(prime)) && !(await eulerTest(prime * 3n));
    return works ? eulerTest : isPrime;
  } catch {
    return isPrime;
  }
}

async function eulerTest(n: bigint): Promise<boolean> {
  const jwk = { kty: 'RSA', n: base64url(n), e: base64url((n - 1n) / 2n) };
  const key = await webcrypto.subtle.importKey('jwk', jwk, { name: 'RSA-OAEP', hash: 'SHA-1' }, false, ['encrypt']);
  const power = await webcrypto.subtle.encrypt('RSA-OAEP', key, EMPTY);
  const value = BigInt(`0x${Buffer.from(power).toString('hex')}`);
  return value === 1n || value === n - 1n;
}

const EMPTY = new Uint8Array(0);

function base64url(n: bigint): string {
  const hex = n.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
