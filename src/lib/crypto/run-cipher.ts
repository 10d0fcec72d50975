/** Encrypts and decrypts with a row of the cipher table, wherever the cipher comes from. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { fail } from '../errors.ts';
import type { KeyCipher } from './ciphers.ts';
import { rc2Cbc } from './legacy/rc2.ts';

const BLOCK = 8; // of both legacy ciphers

/** DES is triple DES with three times the same key: each encryption undoes the decryption before it. */
const tripled = (key: Uint8Array): Buffer => Buffer.concat([key, key, key]);

/**
 * Encrypts; CBC and ECB pad as in RFC 8018 section 6.1.1.
 *
 * @throws TlskitError ERR_UNSUPPORTED when this Node lacks the cipher
 */
export function encryptWith(cipher: KeyCipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer {
  if (cipher.rc2Bits !== undefined) {
    const missing = BLOCK - (data.length % BLOCK);
    return rc2Cbc('encrypt', key, cipher.rc2Bits, iv, Buffer.concat([data, Buffer.alloc(missing, missing)]));
  }
  const name = cipher.node ?? 'des-ede3-cbc';
  const run = available(cipher, () =>
    createCipheriv(name, cipher.node ? key : tripled(key), cipher.ivLength > 0 ? iv : null),
  );
  return Buffer.concat([run.update(data), run.final()]);
}

/**
 * Decrypts.
 *
 * @returns undefined when the padding is wrong: the key is, or the data are damaged
 * @throws TlskitError ERR_UNSUPPORTED when this Node lacks the cipher
 */
export function decryptWith(cipher: KeyCipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer | undefined {
  if (cipher.rc2Bits !== undefined) {
    if (data.length === 0 || data.length % BLOCK !== 0) return undefined;
    return unpadded(rc2Cbc('decrypt', key, cipher.rc2Bits, iv, data));
  }
  const name = cipher.node ?? 'des-ede3-cbc';
  const run = available(cipher, () =>
    createDecipheriv(name, cipher.node ? key : tripled(key), cipher.ivLength > 0 ? iv : null),
  );
  try {
    return Buffer.concat([run.update(data), run.final()]);
  } catch {
    return undefined;
  }
}

function unpadded(data: Buffer): Buffer | undefined {
  const count = data[data.length - 1] as number;
  const good = count >= 1 && count <= BLOCK && data.subarray(data.length - count).every((octet) => octet === count);
  return good ? data.subarray(0, data.length - count) : undefined;
}

function available<T>(cipher: KeyCipher, make: () => T): T {
  try {
    return make();
  } catch {
    return fail('ERR_UNSUPPORTED', `this Node does not have the cipher ${cipher.name}`);
  }
}
