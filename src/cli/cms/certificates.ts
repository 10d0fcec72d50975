/** The certificates and CRLs of a PKCS#7 or CMS object, as `pkcs7 -print_certs` prints them. */
import { enclosedIn, type Enclosed } from '../../lib/cms/signed.ts';
import type { ContentInfo } from '../../lib/cms/types.ts';
import { Crl } from '../../lib/crl/index.ts';
import { encodePem } from '../../lib/der/pem.ts';
import { shortName } from '../../lib/registry/oids.ts';
import { certificateText } from '../../lib/text/certificate.ts';
import { crlText } from '../../lib/text/crl.ts';
import { NAME_COMPAT, nameLine } from '../../lib/text/name.ts';
import { toOctets } from '../../lib/text/octets.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { certificateJson, type CertificateJson } from '../json/certificate.ts';

interface Shown {
  readonly text: boolean;
  readonly noout: boolean;
  readonly quiet: boolean;
}

/** Names or text, and PEM, of each. */
export function certificatesText({ certificates, crls }: Enclosed, shown: Shown): Buffer {
  const pem = (label: string, der: Buffer): string => (shown.noout ? '' : encodePem(label, der));
  const end = shown.quiet ? '' : '\n';
  const parts = [
    ...certificates.map((one) => `${head(one, shown)}${pem('CERTIFICATE', one.der)}${end}`),
    ...crls.map((der) => `${shown.quiet ? '' : crlText(Crl.read(der))}${pem('X509 CRL', der)}${end}`),
  ];
  return toOctets(parts.join(''));
}

function head(certificate: Certificate, { text, quiet }: Shown): string {
  if (text) return certificateText(certificate, { nameopt: NAME_COMPAT });
  if (quiet) return '';
  return nameLine('subject=', certificate.subject) + nameLine('issuer=', certificate.issuer);
}

/** The document of `pkcs7 --json`. */
export interface Pkcs7Json {
  readonly contentType: { readonly oid: string; readonly name: string };
  readonly certificates: readonly CertificateJson[];
  /** PEM. */
  readonly crls: readonly string[];
}

/** What a PKCS#7 or CMS object encloses. */
export function pkcs7Json(info: ContentInfo): Pkcs7Json {
  const { certificates, crls } = enclosedIn(info);
  return {
    contentType: { oid: info.contentType, name: shortName(info.contentType) },
    certificates: certificates.map((one) => certificateJson(one)),
    crls: crls.map((der) => encodePem('X509 CRL', der)),
  };
}
