import type { CertificateView } from './certificate.ts';
import { algorithmFits, keyIdsFit } from './traits.ts';

/**
 * Whether one certificate may have issued another, as far as names, key identifiers and algorithms tell (RFC 5280 section 6.1.3 a 4, sections
 * 4.2.1.1 and 4.2.1.2). Certificates with broken extensions issue nothing and are issued by nobody.
 */
export function mayHaveIssued(issuer: CertificateView, subject: CertificateView): boolean {
  if (issuer.subjectKey !== subject.issuerKey) return false;
  if (!issuer.traits.marks || !subject.traits.marks) return false;
  return (
    keyIdsFit(issuer.certificate, issuer.traits, subject.traits.authorityKeyId) &&
    algorithmFits(issuer.certificate, subject.certificate) === undefined &&
    issuer.hasKey
  );
}
