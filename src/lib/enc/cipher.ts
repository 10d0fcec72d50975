/** Encryption with a password or a key, as `openssl enc` does it. */
import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { KeyCipher } from '../crypto/ciphers.ts';
import type { Digest } from '../crypto/digests.ts';
import { decryptWith, encryptWith } from '../crypto/run-cipher.ts';
import { fail } from '../errors.ts';
import type { Secret } from '../secret.ts';

/** What stands before the data when a random salt was used: this and the 8 octets of salt. */
const MAGIC = Buffer.from('Salted__', 'latin1');
export const SALT_SIZE = 8;

/** Rounds of PBKDF2 that OpenSSL does by default, and what we do at most. */
export const DEFAULT_ITERATIONS = 10_000;
const MAX_ITERATIONS = 100_000_000;

/** How key and IV come from a password. */
export interface PasswordOptions {
  readonly password: Secret;
  readonly digest: Digest;
  /** PBKDF2 with this many rounds; absent: EVP_BytesToKey with one round, which is weak. */
  readonly iterations?: number | undefined;
  /** Absent: no salt. */
  readonly salt?: Uint8Array | undefined;
}

export interface KeyAndIv {
  readonly key: Buffer;
  readonly iv: Buffer;
}

/**
 * Key and IV of a password.
 *
 * @throws TlskitError ERR_USAGE, ERR_LIMIT for the number of rounds
 */
export function deriveKey(cipher: KeyCipher, options: PasswordOptions): KeyAndIv {
  const { password, digest, iterations, salt = Buffer.alloc(0) } = options;
  const length = cipher.keyLength + cipher.ivLength;
  if (iterations !== undefined && iterations < 1)
    fail('ERR_USAGE', `the number of iterations is 1 or more, not ${iterations}`);
  if (iterations !== undefined && iterations > MAX_ITERATIONS)
    fail('ERR_LIMIT', `more than ${MAX_ITERATIONS} iterations would take too long`);
  const bytes =
    iterations === undefined
      ? bytesToKey(digest, password, salt, length)
      : pbkdf2Sync(password.reveal(), salt, iterations, length, digest.node);
  return { key: bytes.subarray(0, cipher.keyLength), iv: bytes.subarray(cipher.keyLength, length) };
}

/** EVP_BytesToKey with one round. */
function bytesToKey(digest: Digest, password: Secret, salt: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let size = 0; size < length; size += digest.size) {
    const hash = createHash(digest.node).update(blocks.at(-1) ?? Buffer.alloc(0));
    blocks.push(hash.update(password.reveal()).update(salt).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** A random salt. */
export const randomSalt = (): Buffer => randomBytes(SALT_SIZE);

/** Data with the header that tells the salt. */
export const withSalt = (salt: Uint8Array, data: Uint8Array): Buffer => Buffer.concat([MAGIC, salt, data]);

/**
 * The salt and the data behind the header.
 *
 * @throws TlskitError ERR_FORMAT when there is no header
 */
export function splitSalt(data: Buffer): { salt: Buffer; data: Buffer } {
  const start = MAGIC.length + SALT_SIZE;
  if (data.length < start || !data.subarray(0, MAGIC.length).equals(MAGIC)) {
    fail(
      'ERR_FORMAT',
      'bad magic number: the input does not begin with "Salted__" and a salt (-nosalt, -S or -a may be needed)',
    );
  }
  return { salt: data.subarray(MAGIC.length, start), data: data.subarray(start) };
}

/**
 * Encrypts or decrypts.
 *
 * @param padded false for -nopad
 * @throws TlskitError ERR_PASSPHRASE when the padding is wrong after decryption, ERR_USAGE for data that are no whole blocks without padding
 */
export function runCipher(
  direction: 'encrypt' | 'decrypt',
  cipher: KeyCipher,
  key: KeyAndIv,
  data: Uint8Array,
  padded = true,
): Buffer {
  if (padded || cipher.node === undefined) {
    if (!padded) fail('ERR_UNSUPPORTED', `-nopad is not supported for ${cipher.name}`);
    if (direction === 'encrypt') return encryptWith(cipher, key.key, key.iv, data);
    return (
      decryptWith(cipher, key.key, key.iv, data) ??
      fail('ERR_PASSPHRASE', 'bad decrypt: the password, the key or the options are wrong, or the data are damaged')
    );
  }
  const iv = cipher.ivLength > 0 ? key.iv : null;
  const run =
    direction === 'encrypt' ? createCipheriv(cipher.node, key.key, iv) : createDecipheriv(cipher.node, key.key, iv);
  run.setAutoPadding(false);
  try {
    return Buffer.concat([run.update(data), run.final()]);
  } catch {
    return fail(
      'ERR_USAGE',
      `bad ${direction}: without padding the data must be whole blocks, and ${data.length} bytes are not`,
    );
  }
}
