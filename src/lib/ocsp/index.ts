/**
 * OCSP (RFC 6960, nonces of RFC 9654, the lightweight profile of RFC 5019): requests and responses read, made, signed and verified; the verdict on a
 * certificate; a responder without its network.
 */
export { certIdOf, identifies, isIssuedBy, sameCertId } from './cert-id.ts';
export { ocspCheck } from './check.ts';
export {
  corruptOcspSignature,
  createOcspResponse,
  ocspErrorResponse,
  type CertificateStatus,
  type OcspResponseFields,
  type SingleFields,
} from './create.ts';
export {
  OCSP_EXTENSION,
  acceptableResponses,
  archiveCutoff,
  crlReference,
  extendedRevoke,
  holdInstruction,
  invalidityDate,
  readAcceptableResponses,
  readArchiveCutoff,
  readCrlReference,
  serviceLocator,
  type CrlReference,
} from './extensions.ts';
export { ocspTimeFaults, type FreshnessOptions, type OcspTimeFault } from './freshness.ts';
export { readOcspRequest, readOcspResponse } from './read.ts';
export {
  OcspRequest,
  buildOcspRequest,
  changeOcspRequest,
  type OcspRequestFields,
  type OcspRequestSigner,
} from './request.ts';
export {
  ocspResponder,
  type KnownStatus,
  type OcspAnswer,
  type OcspLookup,
  type OcspResponder,
  type OcspResponderOptions,
} from './responder.ts';
export { BasicOcspResponse, OcspResponse, type SingleResponse } from './response.ts';
export type { CertId, ResponderId } from './schema.ts';
export type { OcspSigner } from './signer.ts';
export { revocationReason, type ResponseStatus } from './status.ts';
export { ocspVerdict, type OcspVerdict, type OcspVerdictError, type OcspVerdictOptions } from './verdict.ts';
export {
  verifyOcspRequest,
  verifyOcspResponse,
  type OcspFault,
  type OcspVerification,
  type OcspVerifyOptions,
} from './verify.ts';
