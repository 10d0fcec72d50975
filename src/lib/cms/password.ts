/** Recipients with a password (RFC 3211): PBKDF2 gives the key-encryption key, and a block cipher used twice wraps the content key. */
import { createDecipheriv } from 'node:crypto';
import { cipherByOid, type KeyCipher } from '../crypto/ciphers.ts';
import { derive, readKdf } from '../crypto/pbe.ts';
import { readDer, seq } from '../der/index.ts';
import { oid } from '../der/writer.ts';
import { fail } from '../errors.ts';
import { longName } from '../registry/oids.ts';
import type { Secret } from '../secret.ts';
import type { PasswordRecipient } from './types.ts';

const PWRI_KEK = '1.2.840.113549.1.9.16.3.9';

/** The content key; undefined when the password is another one. */
export function passwordKey(recipient: PasswordRecipient, password: Secret): Buffer | undefined {
  const { keyDerivationAlgorithm, keyEncryptionAlgorithm, encryptedKey } = recipient;
  const { algorithm, parameter } = keyEncryptionAlgorithm;
  if (algorithm !== PWRI_KEK || !parameter)
    return fail('ERR_UNSUPPORTED', `key wrapping with ${longName(algorithm)} is not supported`);
  const [id, ivNode] = readDer(parameter.der, 'ber').sequence('key encryption');
  const cipher = cipherByOid(id?.oid('key encryption') ?? '');
  const iv = ivNode?.octets('IV');
  if (!cipher?.node || !iv) return fail('ERR_UNSUPPORTED', 'the cipher for the key is not supported');
  if (!keyDerivationAlgorithm?.parameter)
    return fail('ERR_FORMAT', 'a recipient with a password has no key derivation');
  const { kdf } = readKdf(readDer(seq(oid(keyDerivationAlgorithm.algorithm), keyDerivationAlgorithm.parameter.der)));
  return unwrap(cipher, derive(kdf, password, cipher.keyLength), iv, encryptedKey);
}

/** RFC 3211 section 2.3.2. */
function unwrap(cipher: KeyCipher, kek: Buffer, iv: Buffer, wrapped: Buffer): Buffer | undefined {
  const size = cipher.ivLength;
  if (size === 0 || wrapped.length < 2 * size || wrapped.length % size !== 0) return undefined;
  const open = (from: Buffer, data: Buffer): Buffer => {
    const run = createDecipheriv(cipher.node as string, kek, from).setAutoPadding(false);
    return Buffer.concat([run.update(data), run.final()]);
  };
  const [before, last] = [wrapped.subarray(-2 * size, -size), wrapped.subarray(-size)];
  const lastOpened = open(before, last);
  const once = Buffer.concat([open(lastOpened, wrapped.subarray(0, -size)), lastOpened]);
  const block = open(iv, once);
  const length = block[0] as number;
  const checked = [1, 2, 3].every((i) => ((block[i] as number) ^ (block[i + 3] as number)) === 0xff);
  return checked && length >= 3 && length <= block.length - 4 ? block.subarray(4, 4 + length) : undefined;
}
