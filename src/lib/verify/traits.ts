/** What the extensions of a certificate say to a verification, read once: OpenSSL's `ex_flags` and what stands beside them. */
import { CERTIFICATE_EXTENSION as EXTENSION } from '../registry/certificate-extensions.ts';
import { readDer, type DerNode } from '../der/index.ts';
import { readTemplate, type Type } from '../der/template.ts';
import { TlskitError } from '../errors.ts';
import { keyTypeByOid } from '../keys/types.ts';
import type { Certificate, Extension } from '../x509/certificate.ts';
import { generalNamesType } from '../x509/general-names.ts';
import { Name } from '../x509/name.ts';
import { readMarks, type Marks } from '../x509/purpose.ts';
import { signatureAlgorithm } from '../x509/sign.ts';
import { readCrlPoints, type CrlPoint } from './crl-points.ts';
import { nameKey } from './name-key.ts';
import { nameConstraintsType, readNameConstraints, type NameConstraints } from './subtrees.ts';

/** Extensions that may be critical. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.netscapeType,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.crlDistributionPoints,
  EXTENSION.extendedKeyUsage,
  EXTENSION.ocspNoCheck,
  EXTENSION.policyConstraints,
  EXTENSION.proxyInfo,
  EXTENSION.nameConstraints,
  EXTENSION.policyMappings,
  EXTENSION.inhibitAnyPolicy,
  EXTENSION.addressBlocks,
  EXTENSION.systemNumbers,
]);

/** Extensions that must stand once at most and be readable, or the certificate issues nothing and is issued by nobody. */
const WELL_FORMED: readonly string[] = [
  EXTENSION.netscapeType,
  EXTENSION.subjectKeyId,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.nameConstraints,
  EXTENSION.crlDistributionPoints,
  EXTENSION.authorityKeyId,
  EXTENSION.extendedKeyUsage,
  EXTENSION.proxyInfo,
  EXTENSION.addressBlocks,
  EXTENSION.systemNumbers,
];

/** An AuthorityKeyIdentifier (RFC 5280 section 4.2.1.1). */
export interface AuthorityKeyId {
  readonly keyId: Buffer | undefined;
  readonly serial: Buffer | undefined;
  /** The first directory name of the issuer's names, for comparisons. */
  readonly issuerKey: string | undefined;
}

/** What the extensions say. */
export interface Traits {
  /** What limits the key's use; undefined for a certificate with a broken extension. */
  readonly marks: Marks | undefined;
  /** Subject and issuer have the same name. */
  readonly selfIssued: boolean;
  /** The certificate looks like signed with its own key: names, key identifiers and algorithms fit. */
  readonly selfSigned: boolean;
  /** RFC 5280 section 4.2.1.9; undefined without a limit. */
  readonly pathLength: bigint | undefined;
  /** A proxy certificate (RFC 3820), with its limit of further ones. */
  readonly proxy: { readonly pathLength: bigint | undefined } | undefined;
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: AuthorityKeyId | undefined;
  /** There is a critical extension that nobody here knows. */
  readonly unknownCritical: boolean;
  /** The names of subjectAltName as elements. */
  readonly names: readonly DerNode[];
  readonly nameConstraints: NameConstraints | undefined;
  /** Where CRLs about the certificate come from: its distribution points. */
  readonly crlPoints: readonly CrlPoint[];
}

/** A certificate with the keys of its names. */
interface Named {
  readonly certificate: Certificate;
  readonly subjectKey: string;
  readonly issuerKey: string;
}

type Parts = Pick<
  Traits,
  'marks' | 'pathLength' | 'proxy' | 'subjectKeyId' | 'authorityKeyId' | 'names' | 'nameConstraints' | 'crlPoints'
>;

const BROKEN: Parts = {
  marks: undefined,
  pathLength: undefined,
  proxy: undefined,
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  names: [],
  nameConstraints: undefined,
  crlPoints: [],
};

/** Reads the extensions. Never throws for what they hold. */
export function readTraits(view: Named): Traits {
  const { certificate } = view;
  const parts = readParts(certificate);
  const selfIssued = view.subjectKey === view.issuerKey;
  const unknownCritical = certificate.extensions.some(({ oid, critical }) => critical && !UNDERSTOOD.has(oid));
  const selfSigned =
    selfIssued &&
    keyIdsFit(certificate, parts, parts.authorityKeyId) &&
    algorithmFits(certificate, certificate) === undefined;
  const marks = parts.marks && { ...parts.marks, selfIssued: selfSigned };
  return { ...parts, marks, selfIssued, selfSigned, unknownCritical };
}

function readParts(certificate: Certificate): Parts {
  const once = WELL_FORMED.every((oid) => certificate.extensions.filter((one) => one.oid === oid).length < 2);
  const marks = once ? readMarks(certificate) : undefined;
  // keyUsage without a bit is against RFC 5280 section 4.2.1.3
  if (!marks || marks.keyUsage === 0) return BROKEN;
  try {
    for (const [oid, type] of TYPES) checkType(certificate, oid, type);
    return {
      marks,
      pathLength: pathLength(certificate),
      proxy: proxyInfo(certificate),
      subjectKeyId: extensionNode(certificate, EXTENSION.subjectKeyId)?.octets('subjectKeyIdentifier'),
      authorityKeyId: authorityKeyId(certificate),
      names: extensionNode(certificate, EXTENSION.subjectAltName)?.sequence('subjectAltName') ?? [],
      nameConstraints: readNameConstraints(extensionNode(certificate, EXTENSION.nameConstraints)),
      crlPoints: readCrlPoints(certificate),
    };
  } catch (error) {
    if (error instanceof TlskitError) return BROKEN;
    throw error;
  }
}

/** The types of extensions that are read in part only: they must be whole for OpenSSL. */
const TYPES: readonly (readonly [oid: string, type: Type<unknown>])[] = [
  [EXTENSION.subjectAltName, generalNamesType],
  [EXTENSION.nameConstraints, nameConstraintsType],
];

function checkType(certificate: Certificate, oid: string, type: Type<unknown>): void {
  const extension = certificate.extension(oid);
  if (extension) readTemplate(type, extension.value, oid);
}

/** Something with extensions: a certificate, a CRL. */
interface ExtensionHolder {
  extension(oid: string): Extension | undefined;
}

function extensionNode(holder: ExtensionHolder, oid: string): DerNode | undefined {
  const extension = holder.extension(oid);
  return extension && readDer(extension.value, 'ber');
}

function pathLength(certificate: Certificate): bigint | undefined {
  const [first, second] = extensionNode(certificate, EXTENSION.basicConstraints)?.children ?? [];
  return (first?.number === 2 ? first : second)?.integer('pathLenConstraint');
}

function proxyInfo(certificate: Certificate): Traits['proxy'] {
  const [first] = extensionNode(certificate, EXTENSION.proxyInfo)?.sequence('proxyCertInfo') ?? [];
  if (!first) return undefined;
  return { pathLength: first.number === 2 ? first.integer('pCPathLenConstraint') : undefined };
}

/**
 * The authority key identifier of a certificate or a CRL.
 *
 * @throws TlskitError ERR_DER
 */
export function authorityKeyId(holder: ExtensionHolder): AuthorityKeyId | undefined {
  const parts = extensionNode(holder, EXTENSION.authorityKeyId)?.sequence('authorityKeyIdentifier');
  if (!parts) return undefined;
  const part = (number: number): DerNode | undefined => parts.find((node) => node.isContext(number));
  const directory = part(1)?.children.find((name) => name.isContext(4));
  return {
    keyId: part(0)?.content,
    serial: part(2)?.integerBytes('authorityCertSerialNumber', true),
    issuerKey: directory && nameKey(Name.read(directory.only('directoryName'))),
  };
}

/** Whether an authority key identifier (of a subject) does not speak against an issuer. */
export function keyIdsFit(
  issuer: Certificate,
  traits: Pick<Traits, 'subjectKeyId'>,
  wanted: AuthorityKeyId | undefined,
): boolean {
  if (!wanted) return true;
  const { keyId, serial, issuerKey } = wanted;
  if (keyId && traits.subjectKeyId && !keyId.equals(traits.subjectKeyId)) return false;
  if (serial && !serial.equals(issuer.serial)) return false;
  return issuerKey === undefined || issuerKey === nameKey(issuer.issuer);
}

/** The reason why an issuer's key cannot have made a subject's signature, by the algorithms' identifiers. */
export function algorithmFits(
  issuer: Certificate,
  subject: Certificate,
): 'UNSUPPORTED_SIGNATURE_ALGORITHM' | 'SIGNATURE_ALGORITHM_MISMATCH' | undefined {
  const family = signatureAlgorithm(subject.tbsSignatureAlgorithm.oid)?.family;
  if (family === undefined) return 'UNSUPPORTED_SIGNATURE_ALGORITHM';
  const type = keyTypeByOid(issuer.keyAlgorithm.oid)?.type;
  const fits = family === 'pss' ? type === 'rsa' || type === 'rsa-pss' : type === (family === 'sm2' ? 'ec' : family);
  return fits ? undefined : 'SIGNATURE_ALGORITHM_MISMATCH';
}
