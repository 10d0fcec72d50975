/** Certificates (RFC 5280 section 4.1) and requests (RFC 2986 section 4) from their fields. */
import { decodeTime, encodePem, encodeTime, TAG } from '../der/index.ts';
import {
  bitString,
  boolean,
  contextPrimitive,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  seq,
  setOf,
  universal,
} from '../der/writer.ts';
import type { BitString } from '../der/template.ts';
import { fail } from '../errors.ts';
import { Certificate, type Extension } from './certificate.ts';
import type { Name } from './name.ts';
import { CertificateRequest, EXTENSION_REQUEST, MS_EXTENSION_REQUEST, type RequestAttribute } from './request.ts';
import type { Signer } from './sign.ts';
import { timeOf, type Time } from './time.ts';

/** What a certificate says before it is signed. */
export interface CertificateFields {
  /** The version field: 0 for version 1, 2 for version 3. */
  readonly versionField: bigint;
  /** Content octets of the serial number: two's complement, big endian. */
  readonly serial: Buffer;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Time;
  readonly notAfter: Time;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer;
  readonly issuerUniqueId?: BitString | undefined;
  readonly subjectUniqueId?: BitString | undefined;
  readonly extensions: readonly Extension[];
}

/** The version field of a version 1 and a version 3 certificate. */
export const VERSION_1 = 0n;
export const VERSION_3 = 2n;

/** The fields of a certificate that is there already, to be changed and signed again. */
export function fieldsOf(certificate: Certificate): CertificateFields {
  const { versionField, serial, issuer, subject, notBefore, notAfter, spki, extensions } = certificate;
  const { issuerUniqueId, subjectUniqueId } = certificate;
  const validity = { notBefore, notAfter };
  return { versionField, serial, issuer, subject, ...validity, spki, issuerUniqueId, subjectUniqueId, extensions };
}

/**
 * Signs a certificate. What the fields say goes in as it is: extensions come from `buildExtensions`, and nobody checks that an issuer may issue.
 *
 * @throws TlskitError ERR_USAGE when the serial number is no DER integer; ERR_KEY when the key cannot make the signature
 * @example
 * const key = await generateKey({ type: 'ec', curve: 'prime256v1' });
 * const name = parseSubject('/CN=localhost');
 * const certificate = buildCertificate(
 *   {
 *     versionField: VERSION_3,
 *     serial: randomSerial(),
 *     issuer: name,
 *     subject: name,
 *     ...validityFromNow(90),
 *     spki: key.publicKey.spki,
 *     extensions: buildExtensions([['subjectAltName', 'DNS:localhost']]),
 *   },
 *   signatureFor(key),
 * );
 * certificatePem(certificate); // '-----BEGIN CERTIFICATE-----\n…'
 */
export function buildCertificate(fields: CertificateFields, signer: Signer): Certificate {
  checkSerial(fields.serial);
  return Certificate.read(signed(certificateInfo(fields, signer.algorithm), signer));
}

/** The content of an INTEGER has an octet at least, and no first octet that says nothing (X.690 section 8.3.2). */
export function checkSerial(serial: Uint8Array): void {
  const [first, second] = serial;
  const idle = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (first === undefined || idle) {
    fail('ERR_USAGE', 'the serial number is no DER integer; make it with randomSerial() or parseSerial(text)');
  }
}

/** TBSCertificate in DER. */
function certificateInfo(fields: CertificateFields, algorithm: Buffer): Buffer {
  const { versionField, issuerUniqueId, subjectUniqueId, extensions } = fields;
  return seq(
    ...(versionField === VERSION_1 ? [] : [explicit(0, integer(versionField))]),
    universal(TAG.integer, fields.serial),
    algorithm,
    fields.issuer.der,
    seq(timeElement(fields.notBefore), timeElement(fields.notAfter)),
    fields.subject.der,
    fields.spki,
    ...(issuerUniqueId ? [uniqueId(1, issuerUniqueId)] : []),
    ...(subjectUniqueId ? [uniqueId(2, subjectUniqueId)] : []),
    ...(extensions.length === 0 ? [] : [explicit(3, seq(...extensions.map(extensionElement)))]),
  );
}

/** A certificate whose content changes while the signature stays as it was: what `openssl x509 -in … -subj …` makes without a key. */
export function replaceFields(certificate: Certificate, fields: CertificateFields): Certificate {
  const tbs = certificateInfo(fields, certificate.tbsSignatureAlgorithm.der);
  const changed = seq(tbs, certificate.signatureAlgorithm.der, bitString(certificate.signature));
  return Certificate.read(changed).withTrust(certificate.trust);
}

/** The signed structure in DER: what is signed, the algorithm, the signature. */
export function signed(tbs: Buffer, signer: Signer): Buffer {
  return seq(tbs, signer.algorithm, bitString(signer.sign(tbs)));
}

/** A UTCTime or GeneralizedTime in DER. */
export const timeElement = ({ form, text }: Time): Buffer =>
  universal(form === 'utc' ? TAG.utcTime : TAG.generalizedTime, Buffer.from(text, 'latin1'));

const uniqueId = (number: number, { bytes, unused }: BitString): Buffer =>
  contextPrimitive(number, Buffer.concat([Buffer.from([unused]), bytes]));

/** An Extension in DER. */
export function extensionElement({ oid: id, critical, value }: Extension): Buffer {
  return seq(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** An attribute to put into a request. */
export interface AttributeFields {
  /** Dotted. */
  readonly oid: string;
  /** Complete elements. */
  readonly values: readonly Buffer[];
}

/** What a request says before it is signed. */
export interface RequestFields {
  readonly subject: Name;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer;
  /** Attributes besides the requested extensions. */
  readonly attributes: readonly AttributeFields[];
  /** The extensions to ask for; without any there is no attribute for them. */
  readonly extensions: readonly Extension[];
}

/** The fields of a request that is there already. */
export function requestFieldsOf(request: CertificateRequest): RequestFields {
  const { subject, spki, extensions } = request;
  const asks = new Set([EXTENSION_REQUEST, MS_EXTENSION_REQUEST]);
  const attributes = request.attributes.filter((attribute) => !asks.has(attribute.oid)).map(attributeFields);
  return { subject, spki, attributes, extensions };
}

const attributeFields = ({ oid: id, values }: RequestAttribute): AttributeFields => ({
  oid: id,
  values: values.map((value) => value.der),
});

/** CertificationRequestInfo in DER. */
export function requestInfo({ subject, spki, attributes, extensions }: RequestFields): Buffer {
  const wish = { oid: EXTENSION_REQUEST, values: [seq(...extensions.map(extensionElement))] };
  const all = extensions.length === 0 ? attributes : [...attributes, wish];
  const elements = all.map((attribute) => seq(oid(attribute.oid), setOf(...attribute.values)));
  return seq(integer(0), subject.der, spki, implicit(0, setOf(...elements)));
}

/**
 * Signs a request.
 *
 * @throws TlskitError ERR_KEY when the key cannot make the signature
 * @example
 * const request = buildRequest(
 *   {
 *     subject: parseSubject('/CN=www.example.org'),
 *     spki: key.publicKey.spki,
 *     attributes: [],
 *     extensions: buildExtensions([['subjectAltName', 'DNS:www.example.org']]),
 *   },
 *   signatureFor(key),
 * );
 * requestPem(request); // '-----BEGIN CERTIFICATE REQUEST-----\n…'
 */
export function buildRequest(fields: RequestFields, signer: Signer): CertificateRequest {
  return CertificateRequest.read(signed(requestInfo(fields), signer));
}

/** A certificate as PEM, without trust settings. */
export const certificatePem = (certificate: Certificate): string => encodePem('CERTIFICATE', certificate.der);

/** A request as PEM. */
export const requestPem = (request: CertificateRequest): string => encodePem('CERTIFICATE REQUEST', request.der);

/** A request whose content changes while the signature stays as it was, as `openssl req -in … -subj …` makes it. */
export function replaceRequestSubject(request: CertificateRequest, subject: Name): CertificateRequest {
  const tbs = requestInfo({ ...requestFieldsOf(request), subject });
  return CertificateRequest.read(seq(tbs, request.signatureAlgorithm.der, bitString(request.signature)));
}

/** The certificate with the last octet of its signature changed, as `-badsig` asks. */
export function corruptSignature(certificate: Certificate): Certificate {
  const bytes = Buffer.from(certificate.der);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
  return Certificate.read(bytes);
}

/** An instant as a certificate's time (RFC 5280 section 4.1.2.5: UTCTime up to 2049). `ms` counts from 1970 in UTC. */
export function timeFromMs(ms: number): Time {
  const { form, text } = encodeTime(ms);
  return timeOf(form === 'utc' ? TAG.utcTime : TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

const DAY = 86_400_000;

/**
 * Now and `days` later, in seconds that are the same for both.
 *
 * @throws TlskitError ERR_USAGE when the end is outside of the years that certificates can express
 */
export function validityFromNow(days: number, now: number = Date.now()): { notBefore: Time; notAfter: Time } {
  return { notBefore: timeFromMs(now), notAfter: timeFromMs(laterBy(now, days)) };
}

/** An instant `days` after `from`. */
export function laterBy(from: number, days: number): number {
  const ms = from + days * DAY;
  const year = new Date(ms).getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) {
    fail(
      'ERR_USAGE',
      `${days} days from now is outside of the years 0 to 9999, which is all that a certificate can say`,
    );
  }
  return ms;
}

/**
 * A time in OpenSSL's spelling: `YYMMDDHHMMSSZ`, `YYYYMMDDHHMMSSZ` or `today`.
 *
 * @throws TlskitError ERR_USAGE
 */
export function parseTime(text: string, what: string, now: number = Date.now()): Time {
  if (text === 'today') return timeFromMs(now);
  const form = text.length === 15 ? 'generalized' : 'utc';
  try {
    return timeFromMs(decodeTime(form, Buffer.from(text, 'latin1'), what).ms);
  } catch {
    return fail('ERR_USAGE', `${what} "${text}" should read YYMMDDHHMMSSZ, YYYYMMDDHHMMSSZ or today`);
  }
}
