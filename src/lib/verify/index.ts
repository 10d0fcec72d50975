/**
 * Verification of certificate chains (RFC 5280 section 6.1) as OpenSSL 3.0 does it. Synchronous; knows no clock and no files: the time is an
 * argument, and trusted certificates come from a {@link TrustStore}.
 */
export { parsedCertificate, CertificateView } from './certificate.ts';
export { TrustStore, type TrustLookup } from './trust-store.ts';
export { DEFAULT_DEPTH, type CertificateSource, type SuiteB, type VerifyOptions } from './options.ts';
export type { PolicyOutcome, ValidPolicy } from './policies.ts';
export { trustedIssuer } from './path.ts';
export { verifyChain, type VerifyResult } from './verify.ts';
export type { VerifyError, VerifyStep } from './report.ts';
export { purposeByName, type Purpose } from './purpose.ts';
export { matchHostStrict } from './rfc9525.ts';
export { matchEmail, matchHost, matchIp } from './identity.ts';
export { crlViewOf, CrlView, type CrlAnswer, type CrlScope, type CrlSource, type CrlTraits } from './crl-view.ts';
export type { StatusCheck } from './status.ts';
