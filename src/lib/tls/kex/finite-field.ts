/** Finite-field Diffie-Hellman: the groups of RFC 7919, and before TLS 1.3 whatever a server sends (RFC 5246 section 7.4.3). */
import { createDiffieHellman, createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import { versions } from 'node:process';
import { bitString, integer, octetString, oid, readDer, seq, unsignedInteger } from '../../der/index.ts';
import { dhGroupByName, dhGroupByPrime } from '../../registry/dh-groups.ts';
import { fail } from '../failure.ts';
import { checkLength, symmetric, type Exchange, type Random } from './exchange.ts';

/** A prime and a generator, big-endian without leading zeros. */
export interface DhDomain {
  readonly p: Uint8Array;
  readonly g: Uint8Array;
}

/** One side of an exchange: its share, as long as the prime, and the secret with the other side's, as long as the prime too. */
export interface DhSide {
  readonly share: Buffer;
  finish(share: Uint8Array): Buffer;
}

/** Bits of a prime that we accept from a server when nothing else is said. */
export const DH_PRIME_BITS = { min: 1024, max: 8192 } as const;

const DH_KEY_AGREEMENT = '1.2.840.113549.1.3.1';

// An exponent of 512 bits for a prime that nobody knows: twice the 256 bits of security that the longest primes have
const UNKNOWN_EXPONENT = 64;

const withoutZeros = (bytes: Uint8Array): Buffer => {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1;
  return Buffer.from(bytes.subarray(from));
};

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);

const octetsOf = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
};

const leftPadded = (bytes: Uint8Array, length: number): Buffer =>
  Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);

/**
 * Refuses what a server may not send as its group: an even prime, one too short or too long, a generator outside of 2 to p - 2. Whether
 * the prime is one is not tested: that costs more than the whole handshake. What a server gains by lying about it (RFC 7627 section 1),
 * extended_master_secret takes away.
 */
export function checkDomain(
  { p, g }: DhDomain,
  bounds: { readonly min: number; readonly max: number } = DH_PRIME_BITS,
): void {
  const prime = withoutZeros(p);
  const bits = 8 * prime.length - Math.clz32(prime[0] ?? 0) + 24;
  if (bits < bounds.min) fail('dh_prime_too_small', `${bits} bits`);
  if (bits > bounds.max) fail('dh_prime_too_large', `${bits} bits`);
  if (((prime.at(-1) as number) & 1) === 0) fail('dh_prime_even');
  const generator = numberOf(g);
  if (generator < 2n || generator > numberOf(prime) - 2n) fail('dh_generator_bad');
}

/** The name of a domain that RFC 7919 names; undefined for others. */
export function dhGroupName({ p, g }: DhDomain): string | undefined {
  const named = dhGroupByPrime(withoutZeros(p));
  return named && named.g === numberOf(g) && named.name.startsWith('ffdhe') ? named.name : undefined;
}

/** The domain of a group of RFC 7919. Throws RangeError for a name that is none. */
export function namedDomain(name: string): DhDomain {
  const named = dhGroupByName(name);
  if (!named) throw new RangeError(`no prime for ${name}`);
  return { p: octetsOf(named.p), g: octetsOf(named.g) };
}

/** Makes a share. The domain must have passed `checkDomain`, or be our own. */
export function dhSide(domain: DhDomain, random?: Random): DhSide {
  const p = withoutZeros(domain.p);
  const g = withoutZeros(domain.g);
  const named = dhGroupByPrime(p);
  const known = named && named.g === numberOf(g) ? named : undefined;
  const exponent = known ? Math.ceil(known.privateBits / 8) : Math.min(UNKNOWN_EXPONENT, p.length - 1);
  const side = known && KNOWS_PRIMES ? classSide(p, g, exponent, random) : keySide(p, g, exponent, random);
  return {
    share: leftPadded(side.share, p.length),
    finish(share) {
      const y = numberOf(share);
      if (y < 2n || y > numberOf(p) - 2n) fail('share_out_of_range');
      return leftPadded(side.finish(withoutZeros(share)), p.length);
    },
  };
}

/*
 * Two ways to the same result, for two OpenSSLs. createDiffieHellman tests the prime: OpenSSL 3.0 (Node 20) knows the named ones and is
 * done in no time, later ones take a second for 2048 bits and 15 for 4096. Keys in DER are taken as they are; but 3.0 raises a share of a
 * named group to the group's order, which takes a quarter of a second for 8192 bits, and later ones do not.
 */
const KNOWS_PRIMES = versions.openssl.startsWith('3.0.');

function classSide(p: Buffer, g: Buffer, exponent: number, random: Random | undefined): DhSide {
  const dh = createDiffieHellman(p, g);
  if (random) dh.setPrivateKey(Buffer.from(random(exponent)));
  return { share: dh.generateKeys(), finish: (share) => dh.computeSecret(share) };
}

function keySide(p: Buffer, g: Buffer, exponent: number, random: Random = randomBytes): DhSide {
  const algorithm = seq(oid(DH_KEY_AGREEMENT), seq(unsignedInteger(p), unsignedInteger(g)));
  const x = random(exponent);
  const der = seq(integer(0), algorithm, octetString(unsignedInteger(x)));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    share: shareOf(spki),
    finish(share) {
      const key = seq(algorithm, bitString(unsignedInteger(share)));
      return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'der', type: 'spki' }) });
    },
  };
}

/** The public value in a SubjectPublicKeyInfo. */
function shareOf(spki: Buffer): Buffer {
  // SEQUENCE { algorithm, BIT STRING { INTEGER } }; the first octet of a BIT STRING counts unused bits
  const bits = readDer(spki).children[1]?.content ?? Buffer.alloc(1);
  return withoutZeros(readDer(bits.subarray(1)).content);
}

/** The premaster secret of TLS 1.2 and before drops leading zeros (RFC 5246 section 8.1.2); TLS 1.3 keeps them. */
export function dhPremaster(secret: Uint8Array): Buffer {
  return withoutZeros(secret);
}

/** The exchange of ffdhe2048 to ffdhe8192. */
export const finiteField: Exchange = symmetric((group, random) => {
  const side = dhSide(namedDomain(group.node), random);
  return {
    group,
    share: side.share,
    finish(share) {
      checkLength(group, share, group.clientShare);
      return side.finish(share);
    },
  };
});
