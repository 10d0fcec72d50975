/** The status of certificates by OCSP responses (RFC 6960), where those that are there say it; as OpenSSL 3.6 has it. */
import type { CertificateView } from './certificate.ts';
import type { Verification } from './options.ts';

/**
 * Says what OCSP knows of a certificate: nothing where it is good, else the name of an error, `CERT_REVOKED`, `OCSP_CERT_UNKNOWN` or another
 * `OCSP_…` of the table. `ocspCheck` of lib/ocsp makes such a function of responses.
 */
export type StatusCheck = (certificate: CertificateView, issuer: CertificateView) => string | undefined;

/** Asks about the first certificate, or about all but those that sign themselves. */
export function checkStatuses({ chain, report, options, parent }: Verification): void {
  const { ocsp, ocspAll, crlCheck, crlCheckAll } = options;
  if (!ocsp || parent) return;
  for (const [depth, view] of chain.entries()) {
    if (depth > 0 && !ocspAll) return;
    const issuer = chain[depth + 1];
    // without an issuer nobody could answer for it, and that it is not there was an error already
    if (!issuer || view.traits.selfSigned) continue;
    const fault = ocsp(view, issuer);
    // where a CRL is looked up, too, it will know
    const left = fault === 'OCSP_NO_RESPONSE' && crlCheck && (depth === 0 || crlCheckAll);
    if (fault !== undefined && !left) report.error(fault, depth, view);
  }
}
