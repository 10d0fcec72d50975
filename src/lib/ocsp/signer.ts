/** Who signs OCSP messages. */
import { fail } from '../errors.ts';
import { PublicKey, type PrivateKey } from '../keys/model.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { SigningOptions } from '../x509/sign.ts';

/** A certificate with its key, and how a message is signed with them. */
export interface OcspSigner extends SigningOptions {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  /** Further certificates that go along. */
  readonly others?: readonly Certificate[] | undefined;
  /** Whether certificates go along at all; default true. */
  readonly embed?: boolean | undefined;
  /** Responses name their signer by the SHA-1 of its key in place of its subject. */
  readonly byKey?: boolean | undefined;
}

/**
 * @throws TlskitError ERR_KEY_MISMATCH when the key is not that of the certificate
 */
export function checkSigner({ certificate, key }: Pick<OcspSigner, 'certificate' | 'key'>): void {
  if (!PublicKey.fromSpki(certificate.spki).equals(key.publicKey))
    fail('ERR_KEY_MISMATCH', 'the key that should sign is not that of the signer certificate');
}
