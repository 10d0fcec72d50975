/** The ways in which programs turn one password into octets. */
import { Secret } from '../secret.ts';

/** A password; undefined is "no password", which PKCS#12's key derivation tells from an empty one (RFC 7292 appendix B.1). */
export type Password = Secret | undefined;

/**
 * What may have been meant, in the order of trying: an empty password first as none at all, as OpenSSL does; one outside ASCII also as
 * programs before OpenSSL 1.1 took it, with each octet of the UTF-8 as a character of its own.
 */
export function passwordForms(password: Password): Password[] {
  if (password === undefined || password.length === 0) return [undefined, new Secret(Buffer.alloc(0))];
  const widened = widen(password);
  return widened ? [password, widened] : [password];
}

/**
 * For what PBES2 encrypts also the octets of Latin-1, as programs took them that know no UTF-8. (PKCS#12's own derivation makes no difference
 * between the two.)
 */
export function encryptionForms(password: Password): Password[] {
  const text = password?.text() ?? '';
  const latin1 = /[\x80-\xff]/.test(text) && !/[^\0-\xff]/.test(text);
  return [...passwordForms(password), ...(latin1 ? [new Secret(Buffer.from(text, 'latin1'))] : [])];
}

/** The form of a non-ASCII password in which old OpenSSL wrote PKCS#12 files, or undefined where there is no difference. */
export function widen(password: Secret): Secret | undefined {
  const octets = password.reveal();
  if (octets.every((octet) => octet < 0x80)) return undefined;
  return Secret.fromText(octets.toString('latin1'));
}
