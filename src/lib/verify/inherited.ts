/** DSA keys without parameters of their own have those of their issuer's key (RFC 3279 section 2.3.2; RFC 5280 sections 6.1.4 d to f). */
import { bitString, encodeOid, element, CLASS, seq, TAG } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import { PublicKey } from '../keys/model.ts';
import type { CertificateView } from './certificate.ts';

/**
 * The key of a certificate of a chain with what it inherits from those above, undefined where it cannot be used.
 *
 * @param depth place in the chain, 0 is its first certificate
 */
export function workingKey(chain: readonly CertificateView[], depth: number): PublicKey | undefined {
  const view = chain[depth];
  if (!view) return undefined;
  if (!view.inheritsParameters) return view.usableKey && view.publicKey;
  const above = chain.slice(depth + 1).find((other) => !other.inheritsParameters);
  const { keyAlgorithm, keyBits } = view.certificate;
  const parameters = above?.certificate.keyAlgorithm;
  if (!parameters?.parameters || parameters.oid !== keyAlgorithm.oid) return undefined;
  const algorithm = seq(
    element(CLASS.universal, false, TAG.oid, encodeOid(keyAlgorithm.oid)),
    parameters.parameters.der,
  );
  try {
    const key = PublicKey.fromSpki(seq(algorithm, bitString(keyBits.bytes)));
    // the import is the test whether it can be used
    return key.keyObject && key;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}
