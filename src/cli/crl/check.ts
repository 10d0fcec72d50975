/** The signature of a CRL, by the certificates that the command line trusts, and delta CRLs. */
import { buildCrl, crlSignedBy, deltaCrlFields, type Crl } from '../../lib/crl/index.ts';
import { fail, within } from '../../lib/errors.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { nameText } from '../../lib/text/name.ts';
import { signatureFor } from '../../lib/x509/sign.ts';
import { keyOf } from '../flags/certificates.ts';
import { openTrust, type TrustSources } from '../trust.ts';

/** True for a command line that asks for the signature, as naming certificates does. */
export const wantsCheck = (flags: TrustSources & { readonly verify: boolean }): boolean =>
  flags.verify || [flags.CAfile, flags.CApath, flags.CAstore].some((source) => source !== undefined);

/**
 * Whether the first trusted certificate with the issuer's name has the key that made the signature. As in OpenSSL that certificate is trusted as
 * it is, and nothing else of the CRL is looked at.
 *
 * @throws TlskitError ERR_NOT_FOUND without such a certificate; as `crlSignedBy` when the signature cannot be checked
 */
export function signatureFits(crl: Crl, source: string, trust: TrustSources): boolean {
  const [issuer] = openTrust(trust, 'each').named(crl.issuer);
  if (!issuer) {
    return fail(
      'ERR_NOT_FOUND',
      `Error getting CRL issuer certificate: none of the trusted certificates is for ${nameText(crl.issuer)}`,
    );
  }
  return within(source, () => crlSignedBy(crl, keyOf(issuer)));
}

/**
 * `-gendelta`: what `newer` has beyond `base`, signed with the issuer's key.
 *
 * @param digest as in OpenSSL SHA-1 when the command line names no other; keys that sign without a digest take none
 */
export function deltaCrl(base: Crl, newer: Crl, key: PrivateKey, digest: string): Crl {
  return within('-gendelta', () => {
    const fields = deltaCrlFields(base, newer);
    if (![base, newer].every((crl) => crlSignedBy(crl, key.publicKey)))
      fail('ERR_KEY_MISMATCH', 'the CRLs are not signed with the key of -key');
    return buildCrl(fields, signatureFor(key, { digest }));
  });
}
