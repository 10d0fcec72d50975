/** The password integrity of a PKCS#12 file: RFC 7292's MAC, and PBMAC1 (RFC 9579). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { digestByOid, type Digest } from '../crypto/digests.ts';
import { bmpPassword, derive, hashRounds, pbkdf2Rounds, pkcs12Kdf } from '../crypto/pbe.ts';
import { prfByOid, prfOfDigest, type Prf } from '../crypto/pbe-schemes.ts';
import { randomOctets } from '../crypto/random.ts';
import { integer, nul, octetString, oid, seq, TAG, type DerNode } from '../der/index.ts';
import { fail } from '../errors.ts';
import { OID, type MacData } from './model.ts';
import type { Password } from './password.ts';

/** PBMAC1's parameters (RFC 9579 section 4, RFC 8018 appendix A.5). */
export interface Pbmac1Info {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly keyLength: number;
  readonly prf: Prf;
  readonly mac: Prf;
}

/** A key of that many octets is enough for every HMAC. */
const MAX_KEY = 1024;

/**
 * Reads PBMAC1's parameters.
 *
 * @throws TlskitError ERR_FORMAT, ERR_UNSUPPORTED
 */
export function pbmac1Info(algorithm: DerNode): Pbmac1Info {
  const [kdf, scheme] = algorithm.sequence('PBMAC1')[1]?.sequence('PBMAC1 parameters') ?? [];
  const [kdfId, parameters] = kdf?.sequence('PBMAC1 key derivation') ?? [];
  const [salt, iterations, ...rest] = parameters?.sequence('PBKDF2 parameters') ?? [];
  const keyLength = rest.find((node) => node.is(TAG.integer) && !node.constructed);
  if (!salt || !iterations || !scheme || !keyLength) return fail('ERR_FORMAT', 'malformed PBMAC1 parameters');
  if (kdfId?.oid('PBMAC1') !== OID.pbkdf2)
    return fail('ERR_UNSUPPORTED', 'PBMAC1 with a key derivation other than PBKDF2');
  const length = keyLength.smallInteger('PBMAC1 key length');
  if (length < 1 || length > MAX_KEY) return fail('ERR_FORMAT', `PBMAC1 with a key of ${length} octets`);
  const prf = rest.find((node) => node.is(TAG.sequence) && node.constructed);
  return {
    salt: salt.octets('PBMAC1 salt'),
    iterations: iterations.smallInteger('PBMAC1 iterations'),
    keyLength: length,
    prf: prf ? hmacOf(prf) : prfOfDigest('sha1'),
    mac: hmacOf(scheme),
  };
}

function hmacOf(node: DerNode): Prf {
  const id = node.sequence('PBMAC1')[0]?.oid('PBMAC1') ?? '';
  return prfByOid(id) ?? fail('ERR_UNSUPPORTED', `PBMAC1 with the algorithm ${id} is not supported`);
}

/** Iterations that the MAC's key derivation asks for. */
export const macIterations = (mac: MacData): number =>
  mac.oid === OID.pbmac1 ? pbmac1Info(mac.algorithm).iterations : mac.iterations;

/** Work of the MAC's key derivation: hashes of PKCS#12's own, or blocks of PBKDF2. */
export function macRounds(mac: MacData): { kind: 'hash' | 'pbkdf2'; rounds: number } {
  if (mac.oid === OID.pbmac1) {
    const { prf, iterations, keyLength, salt } = pbmac1Info(mac.algorithm);
    return { kind: 'pbkdf2', rounds: pbkdf2Rounds(prf.digest, iterations, keyLength, salt.length) };
  }
  const digest = digestByOid(mac.oid);
  return { kind: 'hash', rounds: digest ? hashRounds(digest, mac.iterations, digest.size) : 0 };
}

/**
 * Whether the MAC is the one that this password gives.
 *
 * @throws TlskitError ERR_UNSUPPORTED for an unknown digest, ERR_LIMIT for excessive iterations, ERR_FORMAT
 */
export function macMatches(mac: MacData, content: Uint8Array, password: Password): boolean {
  const computed = mac.oid === OID.pbmac1 ? pbmac1(mac, content, password) : pkcs12Mac(mac, content, password);
  return computed.length === mac.digest.length && timingSafeEqual(computed, mac.digest);
}

function pkcs12Mac(mac: MacData, content: Uint8Array, password: Password): Buffer {
  const digest = digestByOid(mac.oid) ?? fail('ERR_UNSUPPORTED', `the MAC's digest ${mac.oid} is not supported`);
  if (mac.iterations < 1) fail('ERR_FORMAT', `a MAC with ${mac.iterations} iterations`);
  const key = pkcs12Kdf(digest, 3, bmpPassword(password), mac.salt, mac.iterations, digest.size);
  return hmac(digest, key, content);
}

function pbmac1(mac: MacData, content: Uint8Array, password: Password): Buffer {
  const { salt, iterations, keyLength, prf, mac: outer } = pbmac1Info(mac.algorithm);
  if (iterations < 1) fail('ERR_FORMAT', `PBMAC1 with ${iterations} iterations`);
  const key = derive({ salt, iterations, prf }, password, keyLength);
  return hmac(outer.digest, key, content);
}

/** HMAC; digests of no fixed length (SHAKE) and those that this Node lacks have none. */
function hmac(digest: Digest, key: Uint8Array, content: Uint8Array): Buffer {
  try {
    if (!digest.name.startsWith('shake')) return createHmac(digest.node, key).update(content).digest();
  } catch {
    // said below
  }
  return fail('ERR_UNSUPPORTED', `a MAC with ${digest.label} cannot be computed here`);
}

/** How to make a MAC. */
export interface MacScheme {
  readonly digest: Digest;
  readonly iterations: number;
  /** Octets of random salt; 8 as in OpenSSL. */
  readonly saltLength?: number;
  /** PBMAC1 with PBKDF2 over this digest's HMAC, instead of PKCS#12's own derivation. */
  readonly pbkdf2?: Digest;
}

/**
 * MacData over the AuthenticatedSafe's octets, in DER.
 *
 * @throws TlskitError ERR_UNSUPPORTED for a digest without an identifier, ERR_LIMIT
 */
export function makeMac(content: Uint8Array, password: Password, scheme: MacScheme): Buffer {
  const { digest, iterations, pbkdf2 } = scheme;
  const salt = randomOctets(scheme.saltLength ?? 8);
  if (pbkdf2) return makePbmac1(content, password, { digest, iterations, salt, prf: prfOfDigest(pbkdf2.name) });
  const id =
    digest.oid ?? fail('ERR_UNSUPPORTED', `the digest ${digest.name} has no object identifier; use -macalg sha256`);
  const key = pkcs12Kdf(digest, 3, bmpPassword(password), salt, iterations, digest.size);
  const value = hmac(digest, key, content);
  const info = seq(seq(oid(id), nul()), octetString(value));
  return seq(info, octetString(salt), ...(iterations === 1 ? [] : [integer(iterations)]));
}

function makePbmac1(
  content: Uint8Array,
  password: Password,
  { digest, iterations, salt, prf }: { digest: Digest; iterations: number; salt: Buffer; prf: Prf },
): Buffer {
  const mac = prfOfDigest(digest.name);
  const key = derive({ salt, iterations, prf }, password, digest.size);
  const value = hmac(digest, key, content);
  const algorithmOf = (scheme: Prf): Buffer => seq(oid(scheme.oid), nul());
  const kdf = seq(octetString(salt), integer(iterations), integer(digest.size), algorithmOf(prf));
  const algorithm = seq(oid(OID.pbmac1), seq(seq(oid(OID.pbkdf2), kdf), algorithmOf(mac)));
  // macSalt and iterations mean nothing here, and readers ignore them (RFC 9579 section 4)
  return seq(seq(algorithm, octetString(value)), octetString(salt), integer(iterations));
}
