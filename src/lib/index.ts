/**
 * tlskit as a library: keys, requests, certificates, PKCS#12, DH parameters and ticket keys, with OpenSSL's formats, languages and texts.
 * Errors are `TlskitError` with a stable `code`; passphrases are `Secret`.
 *
 * @example
 * import { generateKey, writePrivateKey } from 'tlskit';
 * const key = await generateKey({ type: 'ec', curve: 'prime256v1' });
 * writePrivateKey(key, { format: 'pkcs8', form: 'pem' }); // '-----BEGIN PRIVATE KEY-----\n…'
 */
export { TlskitError, type ErrorCode, type ErrorPlace } from './errors.ts';
export { Secret } from './secret.ts';

/** Strict DER, lenient BER, PEM. */
export * as der from './der/index.ts';
export type { BitString } from './der/template.ts';
export { generateAsn1 } from './der/generate.ts';
export { longName, objectByName, objectByOid, shortName, type ObjectName } from './registry/oids.ts';
export { curveByName, curves, type Curve } from './registry/curves.ts';

export { digestByName, type Digest } from './crypto/digests.ts';
export { cipherByName, type KeyCipher } from './crypto/ciphers.ts';
export { decryptPbe, encryptPbe, type PbeScheme } from './crypto/pbe.ts';
export { fixedSchemeByName, fixedSchemes, type FixedScheme } from './crypto/pbe-schemes.ts';

export {
  KeyParameters,
  PrivateKey,
  PublicKey,
  type KeyType,
  type KeyTypeInfo,
  type ParameterComponents,
} from './keys/model.ts';
export type {
  DhDomain,
  DhPrivate,
  DhPublic,
  DsaPrivate,
  DsaPublic,
  EcPrivate,
  EcPublic,
  PrivateComponents,
  PublicComponents,
  RawPrivate,
  RawPublic,
  SeededPrivate,
  RsaPrivate,
  RsaPublic,
} from './keys/components.ts';
export type { EcGroup } from './keys/ec-group.ts';
export type { PssRestrictions } from './keys/pss.ts';
export { generateKey, type KeyGenParams } from './keys/generate.ts';
export { generateParameters, type ParameterGenParams } from './keys/generate-parameters.ts';
export {
  readKeyParameters,
  readPrivateKey,
  readPublicKey,
  type InputForm,
  type ReadKeyOptions,
  type ReadPrivateKeyOptions,
} from './keys/read.ts';
export {
  writeParameters,
  writePrivateKey,
  writePublicKey,
  type KeyEncryption,
  type PrivateKeyOptions,
  type PublicKeyOptions,
} from './keys/write.ts';
export type { SeededForm } from './keys/private-forms.ts';
export { checkParameters, checkPrivateKey, checkPublicKey } from './keys/check.ts';

export {
  Config,
  loadConfig,
  parseConfig,
  type ConfigEntry,
  type ConfigOptions,
  type ConfigPlace,
} from './conf/index.ts';

export { Name, type Attribute, type Rdn } from './x509/name.ts';
export { nameFromSection, parseSubject, type NameBuildOptions, type SubjectOptions } from './x509/name-build.ts';
export {
  Certificate,
  readCertificates,
  type AlgorithmIdentifier,
  type Extension,
  type Time,
  type TrustData,
} from './x509/certificate.ts';
export { CertificateRequest, readRequest, type RequestAttribute } from './x509/request.ts';
export {
  buildCertificate,
  buildRequest,
  certificatePem,
  fieldsOf,
  parseTime,
  requestFieldsOf,
  requestPem,
  timeFromMs,
  validityFromNow,
  VERSION_1,
  VERSION_3,
  type AttributeFields,
  type CertificateFields,
  type RequestFields,
} from './x509/build.ts';
export { nextSerial, parseSerial, randomSerial, serialHex } from './x509/serial.ts';
export {
  buildExtension,
  buildExtensions,
  parseSanList,
  withKeyIds,
  type ExtensionContext,
  type ExtensionIssuer,
  type ExtensionSubject,
} from './x509/extensions/index.ts';
export { signData, verifyData, type DataSigningOptions } from './dgst/sign.ts';
export { signatureFor, verifySignature, type Signer, type SigningOptions } from './x509/sign.ts';
export { certificateSignedBy, requestSignedBy, requestSignedByItself } from './x509/verify-signed.ts';
export {
  baseCrlNumber,
  buildCrl,
  Crl,
  crlFieldsOf,
  crlNumber,
  crlNumberExtension,
  crlPem,
  crlSignedBy,
  deltaCrlFields,
  deltaCrlIndicator,
  entryExtensions,
  issuingDistributionPoint,
  readCrls,
  RevokedCertificate,
  revokedEntry,
  sortRevoked,
  type CrlFields,
  type RevokedDetails,
  type RevokedFields,
} from './crl/index.ts';
export type { DistributionPoint, IssuingDistributionPoint, PointName } from './x509/distribution-points.ts';
export type { GeneralName, GeneralNameValues, OtherName } from './x509/general-names.ts';
export { isSpkacSigned, makeSpkac, readSpkac, spkacBase64, spkacKey, spkacText, type Spkac } from './spkac/index.ts';

/** OpenSSL's index.txt. */
export {
  attributesText,
  CertificateIndex,
  entryName,
  parseAttributes,
  type EntryType,
  type IndexAttributes,
  type IndexEntry,
} from './ca/index-file.ts';
export { makeRevocation, readRevocation, type Revocation, type RevocationCause } from './ca/revocation.ts';
export { applyPolicy, type PolicyResult } from './ca/policy.ts';
export { crlReasonByCode, crlReasonByName, CRL_REASONS, type CrlReason } from './registry/crl-reasons.ts';
export { fingerprint, nameHash, nameHashOld } from './x509/hash.ts';
export { matchesEmail, matchesHost, matchesIp, parseIp } from './x509/checks.ts';

export {
  readPkcs12,
  writePkcs12,
  type BagAttribute,
  type CertificateEntry,
  type CertificateInput,
  type CrlEntry,
  type EntryNames,
  type Integrity,
  type KeyEntry,
  type KeyInput,
  type MacScheme,
  type Password,
  type Pkcs12Contents,
  type Pkcs12Input,
  type ReadOptions as ReadPkcs12Options,
  type SecretEntry,
} from './pkcs12/index.ts';
export { buildChain } from './pkcs12/chain.ts';

export {
  CertificateView,
  matchHostStrict,
  parsedCertificate,
  purposeByName,
  TrustStore,
  verifyChain,
  type CertificateSource,
  type PolicyOutcome,
  type Purpose,
  type StatusCheck,
  type SuiteB,
  type TrustLookup,
  type ValidPolicy,
  type VerifyError,
  type VerifyOptions,
  type VerifyResult,
  type VerifyStep,
} from './verify/index.ts';
export { verifyCode, verifyCodeByName, verifyCodes, type VerifyCode } from './registry/verify-errors.ts';

export {
  BasicOcspResponse,
  OCSP_EXTENSION,
  OcspRequest,
  OcspResponse,
  acceptableResponses,
  archiveCutoff,
  buildOcspRequest,
  certIdOf,
  createOcspResponse,
  crlReference,
  extendedRevoke,
  holdInstruction,
  invalidityDate,
  ocspCheck,
  ocspErrorResponse,
  ocspResponder,
  ocspTimeFaults,
  ocspVerdict,
  readAcceptableResponses,
  readArchiveCutoff,
  readCrlReference,
  readOcspRequest,
  readOcspResponse,
  sameCertId,
  serviceLocator,
  verifyOcspRequest,
  verifyOcspResponse,
  type CertId,
  type CertificateStatus,
  type CrlReference,
  type FreshnessOptions,
  type KnownStatus,
  type OcspAnswer,
  type OcspFault,
  type OcspLookup,
  type OcspRequestFields,
  type OcspRequestSigner,
  type OcspResponder,
  type OcspResponderOptions,
  type OcspResponseFields,
  type OcspSigner,
  type OcspTimeFault,
  type OcspVerdict,
  type OcspVerdictError,
  type OcspVerdictOptions,
  type OcspVerification,
  type OcspVerifyOptions,
  type ResponderId,
  type ResponseStatus,
  type SingleFields,
  type SingleResponse,
} from './ocsp/index.ts';

export { generateDhParameters, type GenerateOptions as GenerateDhOptions } from './dh/generate.ts';
export { namedDhParameters } from './dh/named.ts';
export { checkDhParameters, type DhDefect } from './dh/check.ts';
export {
  pemOfDhParameters,
  readDhParameters,
  type DhParameters,
  type ReadOptions as ReadDhOptions,
} from './dh/parameters.ts';

export { TicketKey, type TicketKeySize } from './tickets/key.ts';
export {
  readTicketKeys,
  writeTicketKeys,
  type ReadTicketKeyOptions,
  type TicketKeyFile,
  type TicketKeyFormat,
} from './tickets/format.ts';
export { describeTicketKeys, type TicketKeyFileDescription } from './tickets/describe.ts';
export { rotateTicketKeys, type Rotation, type TicketKeyOrder } from './tickets/rotate.ts';

export { certificateText, type CertificateTextOptions } from './text/certificate.ts';
export { ocspRequestText, ocspResponseText } from './text/ocsp.ts';
export { requestText, type RequestTextOptions } from './text/request.ts';
export { crlText } from './text/crl.ts';
export { nameText, parseNameOptions, type NameOptions } from './text/name.ts';
export { policiesText } from './text/policies.ts';
export { extensionsText, type UnknownExtensions } from './text/extensions/index.ts';
export { privateKeyText, publicKeyText } from './text/key.ts';
export { dhParametersText, ecParametersText } from './text/params.ts';

export { readCms, type CmsFile, type CmsForm } from './cms/read.ts';
export {
  enclosedIn,
  signedDataOf,
  verifySigners,
  type Enclosed,
  type SignerVerdict,
  type SkippedChecks,
} from './cms/signed.ts';
export { decryptCms, type CmsKeys } from './cms/decrypt.ts';
export type { ContentInfo, SignedData, SignerInfo } from './cms/types.ts';

export {
  inspectObjects,
  recognise,
  type Found,
  type Finding,
  type Inspection,
  type InspectOptions,
  type RecogniseOptions,
} from './inspect/index.ts';
export {
  lintCertificate,
  LINT_RULES,
  type LintFinding,
  type LintOptions,
  type LintProfile,
  type LintRule,
  type LintSeverity,
} from './lint/index.ts';
export { parseText as asn1Text, type ParseTextOptions as Asn1TextOptions } from './text/asn1.ts';

export { makeDemo, type DemoFile, type DemoGroup, type DemoOptions } from './demo/index.ts';

export {
  Authority,
  CaStore,
  createCA,
  issueCertificate,
  makeCrl,
  RecordedAuthority,
  statusOf as recordStatus,
  TEMPLATES as certificateTemplates,
  type CaOptions,
  type CaSettings,
  type CertificateOrder,
  type CertificateRecord,
  type CertifiedName,
  type CrlOptions,
  type Identity,
  type Issuer,
  type IssuerUrls,
  type KeyedOrder,
  type SignOptions,
  type SqlDatabase,
  type SqlRow,
  type SqlSession,
  type SqlValue,
  type Template,
  type TemplateName,
} from './ca/index.ts';
