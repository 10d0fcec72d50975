/** Certificates and requests as data: the documents that `x509`, `req` and others print with --json (docs/json.md). */
import { createHash } from 'node:crypto';
import { encodePem } from '../../lib/der/pem.ts';
import { describeKey, type KeyDescription } from '../../lib/keys/describe.ts';
import { TlskitError } from '../../lib/errors.ts';
import { longName, shortName } from '../../lib/registry/oids.ts';
import { extensionsText } from '../../lib/text/extensions/index.ts';
import { NAME_RFC2253, nameText, parseNameOptions } from '../../lib/text/name.ts';
import type { AlgorithmIdentifier, Certificate, Extension, Time, TrustData } from '../../lib/x509/certificate.ts';
import { Name, type Attribute } from '../../lib/x509/name.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import { keyOf } from '../flags/certificates.ts';
import { serialHex } from '../../lib/x509/serial.ts';

/** A distinguished name: as RFC 4514 writes it, and its parts in their order in the encoding. */
export interface NameJson {
  readonly text: string;
  readonly attributes: readonly {
    readonly oid: string;
    readonly name: string;
    readonly value: string;
    /** The position of the relative name that the attribute belongs to: those with equal numbers were joined with `+`. */
    readonly rdn: number;
  }[];
}

/** Where a backslash escapes nothing but what RFC 4514 needs, a value is its text. */
const VALUE_ONLY = parseNameOptions('sep_comma_plus,utf8,nofname');

/** An attribute's value as text: what its string type says, `#` and hex where it is none. */
const attributeText = (attribute: Attribute): string => nameText(Name.of([[attribute]]), VALUE_ONLY);

/** The document of a name. */
export function nameJson(name: Name): NameJson {
  const attributes = name.rdns.flatMap((rdn, i) =>
    rdn.map((attribute) => ({
      oid: attribute.oid,
      name: shortName(attribute.oid),
      value: attributeText(attribute),
      rdn: i,
    })),
  );
  return { text: nameText(name, NAME_RFC2253), attributes };
}

/** An extension: its value in hex, and OpenSSL's text for it. */
export interface ExtensionJson {
  readonly oid: string;
  readonly name: string;
  readonly critical: boolean;
  readonly text: string;
  readonly value: string;
}

/** The document of an extension. */
export function extensionJson(extension: Extension): ExtensionJson {
  const { oid, critical, value } = extension;
  const text = (extensionsText({ extensions: [extension] }, [shortName(oid)]) ?? '').split('\n').slice(1);
  return {
    oid,
    name: shortName(oid),
    critical,
    text: text
      .map((line) => line.trim())
      .join('\n')
      .trim(),
    value: value.toString('hex'),
  };
}

/** An instant in ISO 8601, or null where the certificate holds something else. */
export const timeJson = ({ ms }: Time): string | null =>
  ms === undefined ? null : new Date(ms).toISOString().replace('.000Z', 'Z');

/** The document of an algorithm. */
export interface AlgorithmJson {
  readonly oid: string;
  readonly name: string;
}

export const algorithmJson = ({ oid }: AlgorithmIdentifier): AlgorithmJson => ({ oid, name: longName(oid) });

/** The public key, or null when it cannot be taken apart. */
function keyJson(holder: { readonly spki: Buffer }): Omit<KeyDescription, 'private'> | null {
  try {
    const { private: _own, ...rest } = describeKey(keyOf(holder));
    return rest;
  } catch (error) {
    if (error instanceof TlskitError) return null;
    throw error;
  }
}

/** A digest of an object's octets in hex. */
export const digest = (name: string, der: Buffer): string => createHash(name).update(der).digest('hex');

/** A certificate's document. */
export interface CertificateJson {
  readonly version: number;
  readonly serial: string;
  readonly subject: NameJson;
  readonly issuer: NameJson;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly publicKey: Omit<KeyDescription, 'private'> | null;
  readonly signatureAlgorithm: AlgorithmJson;
  readonly extensions: readonly ExtensionJson[];
  readonly fingerprints: { readonly sha1: string; readonly sha256: string };
  readonly trust?: {
    readonly trusted: readonly string[];
    readonly rejected: readonly string[];
    readonly alias?: string;
  };
  /** What -checkend, -checkhost, -checkemail and -checkip found. */
  readonly checks?: Readonly<Record<string, boolean>>;
  readonly pem: string;
}

/** The document of a certificate. */
export function certificateJson(
  certificate: Certificate,
  checks: Readonly<Record<string, boolean>> = {},
): CertificateJson {
  const { der, trust } = certificate;
  return {
    version: certificate.version,
    serial: serialHex(certificate.serial).toLowerCase(),
    subject: nameJson(certificate.subject),
    issuer: nameJson(certificate.issuer),
    notBefore: timeJson(certificate.notBefore),
    notAfter: timeJson(certificate.notAfter),
    publicKey: keyJson(certificate),
    signatureAlgorithm: algorithmJson(certificate.signatureAlgorithm),
    extensions: certificate.extensions.map(extensionJson),
    fingerprints: { sha1: digest('sha1', der), sha256: digest('sha256', der) },
    ...(trust ? { trust: trustJson(trust) } : {}),
    ...(Object.keys(checks).length > 0 ? { checks } : {}),
    pem: encodePem('CERTIFICATE', der),
  };
}

function trustJson({ trust, reject, alias }: TrustData): NonNullable<CertificateJson['trust']> {
  return {
    trusted: (trust ?? []).map(shortName),
    rejected: (reject ?? []).map(shortName),
    ...(alias ? { alias: alias.toString('utf8') } : {}),
  };
}

/** A request's document. */
export interface RequestJson {
  readonly subject: NameJson;
  readonly publicKey: Omit<KeyDescription, 'private'> | null;
  readonly attributes: readonly { readonly oid: string; readonly name: string; readonly values: readonly string[] }[];
  readonly extensions: readonly ExtensionJson[];
  readonly signatureAlgorithm: AlgorithmJson;
  /** What -verify found. */
  readonly verified?: boolean;
  readonly pem: string;
}

/** The document of a request. Values of attributes are DER in hex. */
export function requestJson(request: CertificateRequest, verified?: boolean): RequestJson {
  return {
    subject: nameJson(request.subject),
    publicKey: keyJson(request),
    attributes: request.attributes.map(({ oid, values }) => ({
      oid,
      name: shortName(oid),
      values: values.map(({ der }) => der.toString('hex')),
    })),
    extensions: request.extensions.map(extensionJson),
    signatureAlgorithm: algorithmJson(request.signatureAlgorithm),
    ...(verified === undefined ? {} : { verified }),
    pem: encodePem('CERTIFICATE REQUEST', request.der),
  };
}
