import type { PublicKey } from '../keys/model.ts';
import { sameAlgorithm, signedBy } from '../x509/verify-signed.ts';
import type { Crl } from './crl.ts';

/**
 * Whether a key made a CRL's signature. False also where the algorithm inside is not the one outside (RFC 5280 section 5.1.1.2 wants them to be
 * the same).
 *
 * @param options as for `verifySignature`
 * @throws TlskitError as `verifySignature`, and ERR_SIGNATURE for a signature that is not whole octets, or not DER where it has to be
 */
export const crlSignedBy = (crl: Crl, key: PublicKey, options: readonly string[] = []): boolean =>
  sameAlgorithm(crl.signatureAlgorithm, crl.tbsSignatureAlgorithm) && signedBy(crl, key, options);
