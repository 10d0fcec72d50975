/** Certificates from files of any kind: PEM (with OpenSSL's trust settings), DER, PKCS#12. */
import { fail, within } from '../../lib/errors.ts';
import { readPkcs12 } from '../../lib/pkcs12/index.ts';
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
 * @param password for PKCS#12
 * @throws TlskitError ERR_FORMAT, ERR_PEM, ERR_DER, ERR_PASSPHRASE
 */
export function loadCertificates(
  bytes: Uint8Array,
  source: string,
  password: Secret | undefined,
): readonly NamedCertificate[] {
  if (!isPkcs12(bytes)) return readCertificates(bytes, source).map(fromTrustSettings);
  return within(source, () => {
    const { certificates } = readPkcs12(bytes, { password });
    if (certificates.length === 0) fail('ERR_FORMAT', 'a PKCS#12 file without certificates');
    return certificates.map(({ der, friendlyName, localKeyId }) => ({
      certificate: Certificate.read(der),
      friendlyName,
      localKeyId,
    }));
  });
}

/** DER or BER whose outer SEQUENCE begins with the version number 3, where a certificate has another SEQUENCE. */
function isPkcs12(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30 || bytes[1] === undefined) return false;
  const at = bytes[1] > 0x80 ? 2 + (bytes[1] & 0x7f) : 2;
  return bytes[at] === 2 && bytes[at + 1] === 1 && bytes[at + 2] === 3;
}

function fromTrustSettings(certificate: Certificate): NamedCertificate {
  const { trust } = certificate;
  return { certificate, friendlyName: trust?.alias?.toString('utf8'), localKeyId: trust?.keyId };
}
