/** What a certificate may be used for, by OpenSSL's rules: its extensions, and for old certificates what they stand for without any. */
import { CERTIFICATE_EXTENSION as OID } from '../registry/certificate-extensions.ts';
import { readDer, TAG } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import type { Certificate, Extension } from './certificate.ts';

/** A purpose that can be asked for, as `x509 -purpose` names it. */
export type PurposeName =
  | 'SSL client'
  | 'SSL server'
  | 'Netscape SSL server'
  | 'S/MIME signing'
  | 'S/MIME encryption'
  | 'CRL signing'
  | 'Any Purpose'
  | 'OCSP helper'
  | 'Time Stamp signing';

/** An answer: 0 no, 1 yes, others yes with a warning (2: tolerated S/MIME; 3: version 1 root; 4, 5: a CA by other marks; -1: broken extensions). */
export interface PurposeAnswer {
  readonly name: PurposeName;
  readonly leaf: number;
  readonly ca: number;
}

/** Bits of keyUsage as OpenSSL orders them: first octet low, decipherOnly above. */
export const KU = {
  signature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  agreement: 0x08,
  certSign: 0x04,
  crlSign: 0x02,
};
const KU_TLS = KU.signature | KU.keyEncipherment | KU.agreement;
/** Bits of nsCertType. */
const NS = { sslClient: 0x80, sslServer: 0x40, smime: 0x20, sslCa: 0x04, smimeCa: 0x02, anyCa: 0x07 };

const PKIX = '1.3.6.1.5.5.7.3';
const EKU = {
  server: `${PKIX}.1`,
  client: `${PKIX}.2`,
  email: `${PKIX}.4`,
  timeStamp: `${PKIX}.8`,
  netscapeSgc: '2.16.840.1.113730.4.1',
  microsoftSgc: '1.3.6.1.4.1.311.10.3.3',
};
/** The uses that OpenSSL keeps a bit for; it knows nothing of others. */
const KNOWN_USES: ReadonlySet<string> = new Set([
  ...Object.values(EKU),
  `${PKIX}.3`,
  `${PKIX}.9`,
  `${PKIX}.10`,
  '2.5.29.37.0',
]);

/** What the extensions that limit a key's use say. */
export interface Marks {
  readonly version1: boolean;
  readonly selfIssued: boolean;
  readonly basicConstraints: boolean;
  readonly ca: boolean;
  readonly keyUsage: number | undefined;
  readonly uses: ReadonlySet<string> | undefined;
  readonly usesCritical: boolean;
  readonly netscape: number | undefined;
}

/** The answers for all purposes, in OpenSSL's order. */
export function purposesOf(certificate: Certificate): PurposeAnswer[] {
  const marks = readMarks(certificate);
  return [...PURPOSES.keys()].map((name) => ({
    name,
    leaf: purposeAnswer(marks, name, false),
    ca: purposeAnswer(marks, name, true),
  }));
}

/** Whether a certificate may be used so, as the end of a chain or as a CA; for the numbers see `PurposeAnswer`. */
export const purposeAnswer = (marks: Marks | undefined, name: PurposeName, ca: boolean): number =>
  marks ? (PURPOSES.get(name) as Ask)(marks, ca) : -1;

/** Reads the extensions; undefined when one of them is broken. */
export function readMarks(certificate: Certificate): Marks | undefined {
  try {
    const basic = basicConstraints(certificate);
    const proxy = certificate.extension(OID.proxyInfo) !== undefined;
    const names = certificate.extension(OID.subjectAltName) ?? certificate.extension(OID.issuerAltName);
    if (proxy && (basic?.ca || names)) return undefined;
    const uses = certificate.extension(OID.extendedKeyUsage);
    return {
      version1: certificate.versionField === 0n,
      selfIssued: selfSigned(certificate),
      basicConstraints: basic !== undefined,
      ca: basic?.ca ?? false,
      keyUsage: bits(certificate.extension(OID.keyUsage)),
      uses: uses && extendedUses(uses),
      usesCritical: uses?.critical ?? false,
      netscape: bits(certificate.extension(OID.netscapeType)),
    };
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

function basicConstraints(certificate: Certificate): { ca: boolean } | undefined {
  const extension = certificate.extension(OID.basicConstraints);
  if (!extension) return undefined;
  const items = [...readDer(extension.value, 'ber').sequence('basicConstraints')];
  const ca = items[0]?.is(TAG.boolean) ? (items.shift()?.boolean('cA') ?? false) : false;
  const length = items[0]?.integer('pathLenConstraint');
  if (length !== undefined && length < 0n) throw new TlskitError('ERR_DER', 'a path length');
  return { ca };
}

function bits(extension: Extension | undefined): number | undefined {
  if (!extension) return undefined;
  const { bytes } = readDer(extension.value, 'ber').bitString('bits');
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}

function extendedUses(extension: Extension): ReadonlySet<string> {
  const uses = readDer(extension.value, 'ber').sequence('extendedKeyUsage');
  return new Set(uses.map((use) => use.oid('key purpose')).filter((use) => KNOWN_USES.has(use)));
}

/** Same subject and issuer, and an authority key identifier that does not point elsewhere. */
function selfSigned(certificate: Certificate): boolean {
  if (!certificate.subject.der.equals(certificate.issuer.der)) return false;
  const authority = certificate.extension(OID.authorityKeyId);
  if (!authority) return true;
  const subject = certificate.extension(OID.subjectKeyId);
  const keyId = readDer(authority.value, 'ber')
    .sequence('authorityKeyIdentifier')
    .find((item) => item.isContext(0));
  return !keyId || !subject || readDer(subject.value, 'ber').octets('subjectKeyIdentifier').equals(keyId.content);
}

/** Whether there is a keyUsage without any of these bits. */
export const refusesKey = (marks: Marks, usage: number): boolean =>
  marks.keyUsage !== undefined && (marks.keyUsage & usage) === 0;
const refusesUse = (marks: Marks, ...uses: readonly string[]): boolean =>
  marks.uses !== undefined && !uses.some((use) => marks.uses?.has(use));
const refusesNetscape = (marks: Marks, type: number): boolean =>
  marks.netscape !== undefined && (marks.netscape & type) === 0;

/** Whether this is a CA, and by what mark. */
export function caMark(marks: Marks): number {
  if (refusesKey(marks, KU.certSign)) return 0;
  if (marks.basicConstraints) return marks.ca ? 1 : 0;
  if (marks.version1 && marks.selfIssued) return 3;
  if (marks.keyUsage !== undefined) return 4;
  return marks.netscape !== undefined && (marks.netscape & NS.anyCa) !== 0 ? 5 : 0;
}

function caOfType(marks: Marks, netscape: number): number {
  const mark = caMark(marks);
  return mark !== 5 || ((marks.netscape ?? 0) & netscape) !== 0 ? mark : 0;
}

function sslClient(marks: Marks, ca: boolean): number {
  if (refusesUse(marks, EKU.client)) return 0;
  if (ca) return caOfType(marks, NS.sslCa) === 0 ? 0 : 1;
  return refusesKey(marks, KU.signature | KU.agreement) || refusesNetscape(marks, NS.sslClient) ? 0 : 1;
}

function sslServer(marks: Marks, ca: boolean): number {
  if (refusesUse(marks, EKU.server, EKU.netscapeSgc, EKU.microsoftSgc)) return 0;
  if (ca) return caOfType(marks, NS.sslCa) === 0 ? 0 : 1;
  return refusesNetscape(marks, NS.sslServer) || refusesKey(marks, KU_TLS) ? 0 : 1;
}

function smime(marks: Marks, ca: boolean, usage: number): number {
  if (refusesUse(marks, EKU.email)) return 0;
  if (ca) return caOfType(marks, NS.smimeCa);
  if (refusesKey(marks, usage)) return 0;
  if (marks.netscape === undefined || (marks.netscape & NS.smime) !== 0) return 1;
  return (marks.netscape & NS.sslClient) !== 0 ? 2 : 0;
}

/** RFC 3161 section 2.3: only time stamping, and critical; keyUsage for signatures only. */
function timeStamp(marks: Marks, ca: boolean): number {
  if (ca) return caMark(marks);
  const allowed = KU.signature | KU.nonRepudiation;
  if (marks.keyUsage !== undefined && ((marks.keyUsage & ~allowed) !== 0 || (marks.keyUsage & allowed) === 0)) return 0;
  return marks.uses?.size === 1 && marks.uses.has(EKU.timeStamp) && marks.usesCritical ? 1 : 0;
}

type Ask = (marks: Marks, ca: boolean) => number;

const PURPOSES: ReadonlyMap<PurposeName, Ask> = new Map<PurposeName, Ask>([
  ['SSL client', sslClient],
  ['SSL server', sslServer],
  [
    'Netscape SSL server',
    (marks, ca) => {
      const answer = sslServer(marks, ca);
      return answer === 0 || ca ? answer : refusesKey(marks, KU.keyEncipherment) ? 0 : answer;
    },
  ],
  ['S/MIME signing', (marks, ca) => smime(marks, ca, KU.signature | KU.nonRepudiation)],
  ['S/MIME encryption', (marks, ca) => smime(marks, ca, KU.keyEncipherment)],
  ['CRL signing', (marks, ca) => (ca ? caMark(marks) : refusesKey(marks, KU.crlSign) ? 0 : 1)],
  ['Any Purpose', () => 1],
  ['OCSP helper', (marks, ca) => (ca ? caMark(marks) : 1)],
  ['Time Stamp signing', timeStamp],
]);

/** OpenSSL's word for an answer. */
export const purposeWord = (answer: number): string =>
  answer === 1 ? 'Yes' : answer === 0 ? 'No' : `Yes (WARNING code=${answer})`;
