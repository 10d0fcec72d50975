/** Certificates from files of any kind: PEM (with OpenSSL's trust settings), DER, PKCS#12. */
import { fail, named, TlskitError, within } from '../../lib/errors.ts';
import { isPkcs12, readPkcs12 } from '../../lib/pkcs12/index.ts';
import type { Secret } from '../../lib/secret.ts';
import { Certificate, readCertificates } from '../../lib/x509/certificate.ts';

/** A certificate with the names that its file gave it. */
export interface NamedCertificate {
  readonly certificate: Certificate;
  readonly friendlyName?: string | undefined;
  readonly localKeyId?: Uint8Array | undefined;
}

/**
 * All certificates of an input, at least one.
 *
 * @param source names the input in messages
 * @param passphrase asked for PKCS#12 that an empty password does not open
 * @throws TlskitError ERR_FORMAT, ERR_PEM, ERR_DER, ERR_PASSPHRASE
 */
export async function loadCertificates(
  bytes: Uint8Array,
  source: string,
  passphrase: () => Promise<Secret> | Secret,
): Promise<readonly NamedCertificate[]> {
  if (!isPkcs12(bytes)) return readCertificates(bytes, source).map(fromTrustSettings);
  try {
    return fromPkcs12(bytes, undefined);
  } catch (error) {
    if (!(error instanceof TlskitError) || error.code !== 'ERR_PASSPHRASE') throw named(source, error);
  }
  const password = await passphrase();
  return within(source, () => fromPkcs12(bytes, password));
}

function fromPkcs12(bytes: Uint8Array, password: Secret | undefined): readonly NamedCertificate[] {
  const { certificates } = readPkcs12(bytes, { password, allowMissingMac: true });
  if (certificates.length === 0) fail('ERR_FORMAT', 'a PKCS#12 file without certificates');
  return certificates.map(({ der, friendlyName, localKeyId }) => ({
    certificate: Certificate.read(der),
    friendlyName,
    localKeyId,
  }));
}

function fromTrustSettings(certificate: Certificate): NamedCertificate {
  const { trust } = certificate;
  return { certificate, friendlyName: trust?.alias?.toString('utf8'), localKeyId: trust?.keyId };
}
