/** Traditional PEM encryption: `Proc-Type: 4,ENCRYPTED` and `DEK-Info` (RFC 1421 section 4.6.1), with OpenSSL's key derivation. */
import { encodePem, type PemBlock } from '../der/pem.ts';
import { fail } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { cipherByName, type KeyCipher } from './ciphers.ts';
import { bytesToKey } from './pbe.ts';
import { randomOctets } from './random.ts';
import { decryptWith, encryptWith } from './run-cipher.ts';

/** Octets of the IV that are the derivation's salt. */
const SALT = 8;

/** Whether a PEM block is encrypted in the traditional way. */
export const isEncryptedPem = (block: PemBlock): boolean => /ENCRYPTED/.test(block.headers.get('Proc-Type') ?? '');

/**
 * The plain DER of an encrypted block.
 *
 * @throws TlskitError ERR_PASSPHRASE when the padding is wrong, ERR_PEM for malformed headers, ERR_UNSUPPORTED for an unknown cipher
 */
export function decryptPem(block: PemBlock, passphrase: Secret): Buffer {
  const info = block.headers.get('DEK-Info') ?? '';
  const [name, ivText] = info.split(',').map((part) => part.trim()) as [string, string | undefined];
  if (info === '') fail('ERR_PEM', `the encrypted "${block.label}" block has no DEK-Info header`);
  const cipher = cipherByName(name) ?? fail('ERR_UNSUPPORTED', `PEM encryption with ${name} is not supported`);
  if (!ivText || ivText.length !== 2 * cipher.ivLength || !/^[0-9A-Fa-f]+$/.test(ivText) || cipher.ivLength < SALT) {
    fail('ERR_PEM', `the DEK-Info of the "${block.label}" block has no IV that fits ${cipher.pemName}`);
  }
  const iv = Buffer.from(ivText, 'hex');
  const key = bytesToKey(passphrase, iv.subarray(0, SALT), cipher.keyLength);
  return decryptWith(cipher, key, iv, block.der) ?? fail('ERR_PASSPHRASE', 'wrong passphrase, or damaged data');
}

/**
 * An encrypted PEM block.
 *
 * @param iv random unless given
 * @throws TlskitError ERR_UNSUPPORTED for a cipher without an IV
 */
export function encryptPem(
  label: string,
  der: Uint8Array,
  passphrase: Secret,
  cipher: KeyCipher,
  iv: Uint8Array = randomOctets(cipher.ivLength),
): string {
  if (cipher.ivLength < SALT) fail('ERR_UNSUPPORTED', `the cipher ${cipher.name} cannot encrypt PEM; use -aes256`);
  const key = bytesToKey(passphrase, iv.subarray(0, SALT), cipher.keyLength);
  return encodePem(label, encryptWith(cipher, key, iv, der), [
    ['Proc-Type', '4,ENCRYPTED'],
    ['DEK-Info', `${cipher.pemName},${Buffer.from(iv).toString('hex').toUpperCase()}`],
  ]);
}
