/**
 * Password-based encryption: PBES1 and PBES2 (RFC 8018), scrypt (RFC 7914), and PKCS#12's schemes and key derivation (RFC 7292 appendix B).
 * Encodings are OpenSSL 3.0's. Parameters that would take more than a few seconds or 200 MB are refused before any work is done.
 */
import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { integer, nul, octetString, oid, seq } from '../der/writer.ts';
import { TAG, type DerNode } from '../der/reader.ts';
import { fail } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { cipherByOid, type KeyCipher } from './ciphers.ts';
import type { Digest } from './digests.ts';
import { iterateHash } from './iterated-hash.ts';
import { rc4 } from './legacy/rc4.ts';
import { fixedSchemeByOid, prfByOid, prfOfDigest, type FixedScheme, type Prf } from './pbe-schemes.ts';
import { randomOctets } from './random.ts';
import { decryptWith, encryptWith } from './run-cipher.ts';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/** OpenSSL's defaults. */
export const PBE_DEFAULTS = { iterations: 2048, saltLength: 8, prf: 'sha256', N: 16384, r: 8, p: 1 } as const;

/** Blocks of SHA-256 that a PBKDF2 may compute: {@link pbkdf2Rounds}. */
const MAX_PBKDF2_ROUNDS = 5_000_000;
/** The same for PBKDF1 and PKCS#12's derivation, whose rounds go through JavaScript one by one: {@link hashRounds}. */
const MAX_HASH_ROUNDS = 2_000_000;
/** Time of a block in HMAC, where it is not three times that of SHA-1 and SHA-256. */
const HMAC_WEIGHT: Readonly<Record<string, number>> = {
  sha1: 1,
  sha224: 1,
  sha256: 1,
  sha384: 2,
  sha512: 2,
  'sha512-224': 2,
  'sha512-256': 2,
};
/** Octets of salt that cost as much as an iteration does. */
const SALT_PER_ROUND = 128;
/** scrypt: N·r·p, which time follows, and N·r, of which memory is 128 octets each. */
const MAX_SCRYPT_TIME = 3 << 20;
const MAX_SCRYPT_MEMORY = 3 << 19;

/** How to encrypt. Absent numbers are OpenSSL's defaults; salt and IV are random unless given. */
export type PbeScheme =
  | {
      readonly kind: 'pbes2';
      readonly cipher: KeyCipher;
      /** The PRF's digest, default `sha256`. */
      readonly prf?: string;
      readonly iterations?: number;
      readonly salt?: Uint8Array;
      /** Octets of a random salt: 8, or 16 where OpenSSL uses that (PKCS#12). */
      readonly saltLength?: number;
      readonly iv?: Uint8Array;
    }
  | {
      readonly kind: 'scrypt';
      readonly cipher: KeyCipher;
      readonly N?: number;
      readonly r?: number;
      readonly p?: number;
      readonly salt?: Uint8Array;
      readonly saltLength?: number;
      readonly iv?: Uint8Array;
    }
  | {
      readonly kind: 'fixed';
      readonly scheme: FixedScheme;
      readonly iterations?: number;
      readonly salt?: Uint8Array;
      readonly saltLength?: number;
    };

/**
 * Encrypts under a passphrase.
 *
 * @param passphrase undefined: no passphrase at all, which in PKCS#12's derivation differs from an empty one
 * @returns the AlgorithmIdentifier's DER and the encrypted octets
 */
export function encryptPbe(
  plain: Uint8Array,
  passphrase: Secret | undefined,
  scheme: PbeScheme,
): { algorithm: Buffer; encrypted: Buffer } {
  const salt = Buffer.from(scheme.salt ?? randomOctets(scheme.saltLength ?? PBE_DEFAULTS.saltLength));
  if (scheme.kind === 'fixed') {
    const iterations = scheme.iterations ?? PBE_DEFAULTS.iterations;
    const algorithm = seq(oid(scheme.scheme.oid), seq(octetString(salt), integer(iterations)));
    const { key, iv } = fixedKey(scheme.scheme, passphrase, salt, iterations);
    const { cipher } = scheme.scheme;
    return { algorithm, encrypted: cipher ? encryptWith(cipher, key, iv, plain) : rc4(key, plain) };
  }
  const { cipher } = scheme;
  const id =
    cipher.oid ??
    fail('ERR_UNSUPPORTED', `the cipher ${cipher.name} has no object identifier, which PBES2 needs; use -aes256`);
  const iv = Buffer.from(scheme.iv ?? randomOctets(cipher.ivLength));
  // OpenSSL writes the key's length only for RC2, whose keys have no fixed one
  const keyLength = cipher.rc2Bits === undefined ? undefined : cipher.keyLength;
  const kdf: Kdf =
    scheme.kind === 'scrypt'
      ? { salt, N: PBE_DEFAULTS.N, r: PBE_DEFAULTS.r, p: PBE_DEFAULTS.p, ...scryptOf(scheme) }
      : {
          salt,
          iterations: scheme.iterations ?? PBE_DEFAULTS.iterations,
          prf: prfOfDigest(scheme.prf ?? PBE_DEFAULTS.prf),
        };
  const key = derive(kdf, passphrase, cipher.keyLength);
  const parameters =
    cipher.rc2Bits === undefined ? octetString(iv) : seq(integer(rc2Version(cipher.rc2Bits)), octetString(iv));
  const algorithm = seq(oid(PBES2), seq(encodeKdf(kdf, keyLength), seq(oid(id), parameters)));
  return { algorithm, encrypted: encryptWith(cipher, key, iv, plain) };
}

const scryptOf = ({ N, r, p }: { N?: number; r?: number; p?: number }): { N?: number; r?: number; p?: number } => ({
  ...(N === undefined ? {} : { N }),
  ...(r === undefined ? {} : { r }),
  ...(p === undefined ? {} : { p }),
});

/**
 * Decrypts what stands under an AlgorithmIdentifier of PBES1, PBES2 or PKCS#12.
 *
 * @param passphrase undefined: no passphrase at all
 * @throws TlskitError ERR_PASSPHRASE when the padding is wrong, ERR_UNSUPPORTED for an unknown scheme, ERR_LIMIT for excessive
 *   parameters, ERR_DER
 */
export function decryptPbe(algorithm: DerNode, encrypted: Uint8Array, passphrase: Secret | undefined): Buffer {
  const [id, parameters] = algorithm.sequence('encryption algorithm');
  const name = id?.oid('encryption algorithm') ?? '';
  if (!parameters) return fail('ERR_DER', 'encryption algorithm: the parameters are missing');
  const plain =
    name === PBES2
      ? decryptPbes2(parameters, encrypted, passphrase)
      : decryptFixed(name, parameters, encrypted, passphrase);
  return plain ?? fail('ERR_PASSPHRASE', 'wrong passphrase, or damaged data');
}

function decryptFixed(
  name: string,
  parameters: DerNode,
  encrypted: Uint8Array,
  passphrase: Secret | undefined,
): Buffer | undefined {
  const scheme = fixedSchemeByOid(name);
  if (!scheme) return fail('ERR_UNSUPPORTED', `the encryption scheme ${name} is not supported`);
  const [salt, count] = parameters.sequence('encryption parameters');
  if (!salt || !count) return fail('ERR_DER', 'encryption parameters: salt or iteration count is missing');
  const { key, iv } = fixedKey(scheme, passphrase, salt.octets('salt'), iterationsOf(count));
  return scheme.cipher ? decryptWith(scheme.cipher, key, iv, encrypted) : rc4(key, encrypted);
}

function iterationsOf(node: DerNode): number {
  const count = node.integer('iteration count');
  if (count < 1n) return fail('ERR_FORMAT', `an iteration count of ${count} makes no sense`);
  return count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);
}

/** Work of PBKDF2, in blocks of SHA-256's HMAC: about 0.3 microseconds each. */
export function pbkdf2Rounds(digest: Digest, iterations: number, length: number, saltLength = 0): number {
  return (iterations + saltLength / SALT_PER_ROUND) * Math.ceil(length / digest.size) * (HMAC_WEIGHT[digest.name] ?? 3);
}

/** Work of PBKDF1 and PKCS#12's derivation, in hashes of SHA-256: about a microsecond each. */
export function hashRounds(digest: Digest, iterations: number, length: number): number {
  return iterations * Math.ceil(length / digest.size) * (digest.name.startsWith('sha3-') ? 2 : 1);
}

/** Refuses derivations that take too long. */
function limit(rounds: number, iterations: number, most: number): void {
  if (rounds > most) {
    fail('ERR_LIMIT', `the key derivation asks for ${iterations} iterations, and that is more than tlskit computes`);
  }
}

const octetsOf = (passphrase: Secret | undefined): Buffer => passphrase?.reveal() ?? Buffer.alloc(0);

function fixedKey(
  scheme: FixedScheme,
  passphrase: Secret | undefined,
  salt: Uint8Array,
  iterations: number,
): { key: Buffer; iv: Buffer } {
  const { digest, keyLength, cipher } = scheme;
  const ivLength = cipher?.ivLength ?? 0;
  if (scheme.kdf === 'pbkdf1') {
    // RFC 8018 section 6.1.1: PBKDF1's first octets are the key, those after it the IV
    limit(hashRounds(digest, iterations, digest.size), iterations, MAX_HASH_ROUNDS);
    const both = iterateHash(digest, Buffer.concat([octetsOf(passphrase), salt]), iterations);
    return { key: both.subarray(0, keyLength), iv: both.subarray(keyLength, keyLength + ivLength) };
  }
  const bmp = bmpPassword(passphrase);
  const key = pkcs12Kdf(digest, 1, bmp, salt, iterations, keyLength);
  return { key, iv: ivLength > 0 ? pkcs12Kdf(digest, 2, bmp, salt, iterations, ivLength) : Buffer.alloc(0) };
}

/**
 * A passphrase as PKCS#12's derivation wants it (RFC 7292 appendix B.1): UTF-16 big endian with a terminating zero. Octets that are not UTF-8
 * count as Latin-1, as in OpenSSL. No passphrase at all is no octets.
 */
export function bmpPassword(passphrase: Secret | undefined): Buffer {
  if (!passphrase) return Buffer.alloc(0);
  const octets = passphrase.reveal();
  const utf8 = octets.toString('utf8');
  const text = Buffer.from(utf8, 'utf8').equals(octets) ? utf8 : octets.toString('latin1');
  return Buffer.from(`${text}\0`, 'utf16le').swap16();
}

/**
 * PKCS#12's key derivation (RFC 7292 appendix B.2).
 *
 * @param id 1 for a key, 2 for an IV, 3 for a MAC key
 * @param passwordBmp see {@link bmpPassword}
 * @param length octets wanted
 * @throws TlskitError ERR_LIMIT
 */
export function pkcs12Kdf(
  digest: Digest,
  id: 1 | 2 | 3,
  passwordBmp: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Buffer {
  limit(hashRounds(digest, iterations, length), iterations, MAX_HASH_ROUNDS);
  const v = BLOCK_SIZE[digest.name] ?? 64;
  const filled = (octets: Uint8Array): Buffer => {
    const size = v * Math.ceil(octets.length / v);
    return Buffer.alloc(size, octets.length > 0 ? octets : undefined);
  };
  const input = Buffer.concat([filled(salt), filled(passwordBmp)]);
  const diversifier = Buffer.alloc(v, id);
  const out: Buffer[] = [];
  for (let made = 0; made < length; made += digest.size) {
    const a = iterateHash(digest, Buffer.concat([diversifier, input]), iterations);
    out.push(a);
    const b = Buffer.alloc(v, a);
    for (let at = 0; at < input.length; at += v) addBlock(input.subarray(at, at + v), b);
  }
  return Buffer.concat(out).subarray(0, length);
}

/** Octets that a digest takes at once, where that is not 64. */
const BLOCK_SIZE: Readonly<Record<string, number>> = {
  sha384: 128,
  sha512: 128,
  'sha512-224': 128,
  'sha512-256': 128,
  'sha3-224': 144,
  'sha3-256': 136,
  'sha3-384': 104,
  'sha3-512': 72,
  blake2b512: 128,
  shake128: 168,
  shake256: 136,
};

/** block := (block + b + 1) mod 2^(8v) */
function addBlock(block: Buffer, b: Buffer): void {
  let carry = 1;
  for (let i = block.length - 1; i >= 0; i -= 1) {
    const sum = (block[i] as number) + (b[i] as number) + carry;
    block[i] = sum & 0xff;
    carry = sum >> 8;
  }
}

interface Pbkdf2 {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly prf: Prf;
}
interface Scrypt {
  readonly salt: Buffer;
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
export type Kdf = Pbkdf2 | Scrypt;

/**
 * The key that PBKDF2 or scrypt gives.
 *
 * @param length octets wanted
 * @throws TlskitError ERR_LIMIT for more work than a few seconds of it, ERR_FORMAT
 */
export function derive(kdf: Kdf, passphrase: Secret | undefined, length: number): Buffer {
  const secret = octetsOf(passphrase);
  if ('prf' in kdf) {
    const { digest } = kdf.prf;
    limit(pbkdf2Rounds(digest, kdf.iterations, length, kdf.salt.length), kdf.iterations, MAX_PBKDF2_ROUNDS);
    return pbkdf2Sync(secret, kdf.salt, kdf.iterations, length, digest.node);
  }
  const { salt, N, r, p } = kdf;
  if (N < 2 || r < 1 || p < 1 || !Number.isInteger(Math.log2(N)))
    fail('ERR_FORMAT', 'scrypt parameters that make no sense');
  if (N * r * p > MAX_SCRYPT_TIME || N * r > MAX_SCRYPT_MEMORY) {
    fail('ERR_LIMIT', `scrypt with N=${N}, r=${r}, p=${p} needs more time or memory than tlskit gives it`);
  }
  return scryptSync(secret, salt, length, { N, r, p, maxmem: 128 * r * (N + p + 2) + 4096 });
}

function encodeKdf(kdf: Kdf, keyLength: number | undefined): Buffer {
  const length = keyLength === undefined ? [] : [integer(keyLength)];
  if (!('prf' in kdf)) {
    return seq(oid(SCRYPT), seq(octetString(kdf.salt), integer(kdf.N), integer(kdf.r), integer(kdf.p), ...length));
  }
  // hmacWithSHA1 is PBKDF2's default and left out
  const prf = kdf.prf.digest.name === 'sha1' ? [] : [seq(oid(kdf.prf.oid), nul())];
  return seq(oid(PBKDF2), seq(octetString(kdf.salt), integer(kdf.iterations), ...length, ...prf));
}

function decryptPbes2(parameters: DerNode, encrypted: Uint8Array, passphrase: Secret | undefined): Buffer | undefined {
  const [kdfNode, schemeNode] = parameters.sequence('PBES2 parameters');
  const [id, cipherParameters] = schemeNode?.sequence('PBES2 encryption scheme') ?? [];
  if (!kdfNode || !id || !cipherParameters) return fail('ERR_DER', 'PBES2 parameters: elements are missing');
  const name = id.oid('PBES2 encryption scheme');
  const known = cipherByOid(name) ?? fail('ERR_UNSUPPORTED', `PBES2 with the cipher ${name} is not supported`);
  const { kdf, keyLength } = readKdf(kdfNode);
  const { cipher, iv } = readCipherParameters(known, cipherParameters, keyLength);
  if (keyLength !== undefined && keyLength !== cipher.keyLength) {
    fail('ERR_FORMAT', `PBES2 derives a key of ${keyLength} octets, and ${cipher.name} needs ${cipher.keyLength}`);
  }
  if (iv.length !== cipher.ivLength)
    fail('ERR_FORMAT', `PBES2 has an IV of ${iv.length} octets, and ${cipher.name} needs ${cipher.ivLength}`);
  return decryptWith(cipher, derive(kdf, passphrase, cipher.keyLength), iv, encrypted);
}

/** RC2 says its effective bits by a version (RFC 8018 appendix B.2.3), and its key has the length that the derivation says. */
function readCipherParameters(
  cipher: KeyCipher,
  node: DerNode,
  keyLength: number | undefined,
): { cipher: KeyCipher; iv: Buffer } {
  if (cipher.rc2Bits === undefined) return { cipher, iv: node.octets('PBES2 IV') };
  const items = node.sequence('RC2 parameters');
  const iv = items.at(-1)?.octets('RC2 IV') ?? Buffer.alloc(0);
  const version = items.length > 1 ? (items[0] as DerNode).smallInteger('RC2 version') : undefined;
  const rc2Bits = version === undefined ? 32 : (RC2_VERSIONS.find(([, v]) => v === version)?.[0] ?? version);
  if (rc2Bits < 1 || rc2Bits > 1024) fail('ERR_FORMAT', `RC2 with ${rc2Bits} effective bits does not exist`);
  const length = keyLength ?? Math.ceil(rc2Bits / 8);
  if (length < 1 || length > 128) fail('ERR_FORMAT', `RC2 with a key of ${length} octets does not exist`);
  return { cipher: { ...cipher, rc2Bits, keyLength: length }, iv };
}

/** RFC 8018 appendix B.2.3: effective bits and the number that stands for them; from 256 on a number stands for itself. */
const RC2_VERSIONS = [
  [40, 160],
  [64, 120],
  [128, 58],
] as const;

const rc2Version = (bits: number): number => RC2_VERSIONS.find(([b]) => b === bits)?.[1] ?? bits;

/** Reads the AlgorithmIdentifier of PBKDF2 or scrypt. Throws ERR_DER, ERR_FORMAT, ERR_UNSUPPORTED. */
export function readKdf(node: DerNode): { kdf: Kdf; keyLength: number | undefined } {
  const [id, parameters] = node.sequence('key derivation');
  const name = id?.oid('key derivation') ?? '';
  if (name !== PBKDF2 && name !== SCRYPT) fail('ERR_UNSUPPORTED', `the key derivation ${name} is not supported`);
  const [saltNode, ...rest] = parameters?.sequence('key derivation parameters') ?? [];
  if (!saltNode) return fail('ERR_DER', 'key derivation: the parameters are missing');
  const salt = saltNode.octets('salt');
  const integers = rest.filter((item) => item.is(TAG.integer));
  if (name === PBKDF2) {
    const [count, length] = integers;
    if (!count) return fail('ERR_DER', 'PBKDF2: the iteration count is missing');
    return {
      kdf: { salt, iterations: iterationsOf(count), prf: readPrf(rest) },
      keyLength: length?.smallInteger('key length'),
    };
  }
  const [N, r, p, length] = integers.map((item) => item.integer('scrypt parameter'));
  if (N === undefined || r === undefined || p === undefined) return fail('ERR_DER', 'scrypt: parameters are missing');
  return {
    kdf: { salt, N: Number(N), r: Number(r), p: Number(p) },
    keyLength: length === undefined ? undefined : Number(length),
  };
}

function readPrf(items: readonly DerNode[]): Prf {
  const algorithm = items.find((item) => item.constructed && !item.is(TAG.integer));
  if (!algorithm) return prfOfDigest('sha1');
  const name = algorithm.sequence('PBKDF2 PRF')[0]?.oid('PBKDF2 PRF') ?? '';
  return prfByOid(name) ?? fail('ERR_UNSUPPORTED', `PBKDF2 with the PRF ${name} is not supported`);
}

/**
 * The key derivation of traditional PEM encryption and `openssl enc`: EVP_BytesToKey with MD5 and one round.
 *
 * @param salt 8 octets
 */
export function bytesToKey(passphrase: Secret, salt: Uint8Array, length: number): Buffer {
  let last = Buffer.alloc(0);
  let out = Buffer.alloc(0);
  while (out.length < length) {
    last = createHash('md5').update(last).update(passphrase.reveal()).update(salt).digest();
    out = Buffer.concat([out, last]);
  }
  return out.subarray(0, length);
}
