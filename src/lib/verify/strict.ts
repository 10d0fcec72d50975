/** What RFC 5280 asks of every certificate, as far as OpenSSL checks it with -x509_strict (X509_V_FLAG_X509_STRICT of X509_verify_cert). */
import { KU } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';
import type { Verification } from './options.ts';
import { CERTIFICATE_EXTENSION as EXTENSION } from '../registry/certificate-extensions.ts';

/** Checks one certificate of a chain; one that stands alone is exempt (RFC 6818 section 2). */
export function checkStrict({ chain, report }: Verification, depth: number, view: CertificateView): void {
  if (chain.length === 1) return;
  for (const fault of faults(view, depth + 1 === chain.length)) report.error(fault, depth, view);
}

function* faults(view: CertificateView, last: boolean): Generator<string> {
  const { traits, certificate } = view;
  const ca = traits.marks?.ca ?? false;
  const usage = traits.marks?.keyUsage;
  const critical = (oid: string): boolean => certificate.extension(oid)?.critical ?? false;
  // section 4.2.1.9
  if (traits.pathLength !== undefined) {
    if (!ca) yield 'PATHLEN_INVALID_FOR_NON_CA';
    if (((usage ?? 0) & KU.certSign) === 0) yield 'PATHLEN_WITHOUT_KU_KEY_CERT_SIGN';
  }
  if (ca && !critical(EXTENSION.basicConstraints)) yield 'CA_BCONS_NOT_CRITICAL';
  // section 4.2.1.3
  if (ca && usage === undefined) yield 'CA_CERT_MISSING_KEY_USAGE';
  if (!ca && ((usage ?? 0) & KU.certSign) !== 0) yield 'KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA';
  yield* nameFaults(view, ca || ((usage ?? 0) & KU.crlSign) !== 0);
  // section 4.1.1.2
  if (!certificate.signatureAlgorithm.der.equals(certificate.tbsSignatureAlgorithm.der)) {
    yield 'SIGNATURE_ALGORITHM_INCONSISTENCY';
  }
  if (traits.authorityKeyId && critical(EXTENSION.authorityKeyId)) yield 'AUTHORITY_KEY_IDENTIFIER_CRITICAL';
  if (traits.subjectKeyId && critical(EXTENSION.subjectKeyId)) yield 'SUBJECT_KEY_IDENTIFIER_CRITICAL';
  if (certificate.versionField < 2n) {
    if (certificate.extensions.length > 0) yield 'EXTENSIONS_REQUIRE_VERSION_3';
    return;
  }
  // sections 4.2.1.1 and 4.2.1.2; the last certificate is the trust anchor
  if (!last && !traits.authorityKeyId?.keyId) yield 'MISSING_AUTHORITY_KEY_IDENTIFIER';
  if (ca && !traits.subjectKeyId) yield 'MISSING_SUBJECT_KEY_IDENTIFIER';
}

/** Sections 4.1.2.4, 4.1.2.6 and 4.2.1.6. */
function* nameFaults({ traits, certificate }: CertificateView, issues: boolean): Generator<string> {
  const named = certificate.subject.attributes.length > 0;
  const alternative = certificate.extension(EXTENSION.subjectAltName);
  if (certificate.issuer.attributes.length === 0) yield 'ISSUER_NAME_EMPTY';
  if (!named && (issues || !alternative)) yield 'SUBJECT_NAME_EMPTY';
  if (!named && alternative && !alternative.critical) yield 'EMPTY_SUBJECT_SAN_NOT_CRITICAL';
  if (alternative && traits.marks && traits.names.length === 0) yield 'EMPTY_SUBJECT_ALT_NAME';
}
