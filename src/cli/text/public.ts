/** Lines about public keys that `x509` and `req` print alike. */
import { encodePem } from '../../lib/der/pem.ts';
import { TlskitError } from '../../lib/errors.ts';
import { writePublicKey } from '../../lib/keys/write.ts';
import { keyOf } from '../flags/certificates.ts';

/** `Modulus=` with a number's hexadecimal digits, none of them a leading zero. */
export const numberLine = (value: bigint): string => `Modulus=${value.toString(16).toUpperCase()}\n`;

/** `Modulus=…` of an RSA key; for a key that has none, `none` stands there instead. */
export function modulusLine(holder: { readonly spki: Buffer }, none: string): string {
  const { components } = keyOf(holder);
  if (components.kind !== 'rsa') return `Modulus=${none}\n`;
  return numberLine(components.n);
}

/** The public key in PEM; a key of an algorithm that we do not know is written as it stands. */
export function publicKeyPem(holder: { readonly spki: Buffer }): string {
  try {
    return writePublicKey(keyOf(holder)).toString();
  } catch (error) {
    if (error instanceof TlskitError && error.code === 'ERR_UNSUPPORTED') return encodePem('PUBLIC KEY', holder.spki);
    throw error;
  }
}
