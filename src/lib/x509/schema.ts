import {
  any,
  bitString,
  boolean,
  explicitly,
  implicitly,
  integer,
  mapped,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  setOf,
  string,
  withDer,
  type AnyValue,
  type BitString,
  type Type,
} from '../der/template.ts';
import { TAG } from '../der/index.ts';
import { nameType, type Name } from './name.ts';
import { timeType, type Time } from './time.ts';

/** An AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: AnyValue | undefined;
  readonly der: Buffer;
}

/** A certificate extension (RFC 5280 section 4.2). */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The content of the OCTET STRING. */
  readonly value: Buffer;
}

/** An attribute of a request (RFC 2986 section 4.1), or of a directory entry. */
export interface RequestAttribute {
  readonly oid: string;
  readonly values: readonly AnyValue[];
}

/** A SubjectPublicKeyInfo as it stood. */
export interface SubjectPublicKeyInfo {
  readonly algorithm: AlgorithmIdentifier;
  readonly key: BitString;
  readonly der: Buffer;
}

export const algorithmType: Type<AlgorithmIdentifier> = mapped(
  withDer(sequence({ oid: oid(), parameters: optional(any()) })),
  ({ oid, parameters, der }) => ({ oid, parameters, der }),
);

export const spkiType: Type<SubjectPublicKeyInfo> = withDer(sequence({ algorithm: algorithmType, key: bitString() }));

export const extensionType: Type<Extension> = mapped(
  sequence({ oid: oid(), critical: optional(boolean()), value: octetString() }),
  ({ oid, critical, value }) => ({ oid, critical: (critical ?? 0) > 0, value }),
);

export const extensionsType: Type<readonly Extension[]> = sequenceOf(extensionType);

export const attributeType: Type<RequestAttribute> = sequence({ oid: oid(), values: setOf(any()) });

/** TBSCertificate (RFC 5280 section 4.1). */
export interface TbsCertificate {
  readonly version: Buffer | undefined;
  readonly serial: Buffer;
  readonly signature: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly validity: { readonly notBefore: Time; readonly notAfter: Time };
  readonly subject: Name;
  readonly spki: SubjectPublicKeyInfo;
  readonly issuerUniqueId: BitString | undefined;
  readonly subjectUniqueId: BitString | undefined;
  readonly extensions: readonly Extension[] | undefined;
  readonly der: Buffer;
}

/** What is signed, the algorithm, and the signature. */
export interface Signed<T> {
  readonly tbs: T;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: BitString;
  readonly der: Buffer;
}

/** The shape that certificates, requests and CRLs share. */
export const signedType = <T extends object>(tbs: Type<T>): Type<Signed<T>> =>
  withDer(
    sequence<Omit<Signed<T>, 'der'>>({
      tbs,
      algorithm: algorithmType,
      signature: bitString(),
    }),
  );

export const certificateType: Type<Signed<TbsCertificate>> = signedType(
  withDer(
    sequence({
      version: optional(explicitly(0, integer())),
      serial: integer(),
      signature: algorithmType,
      issuer: nameType,
      validity: sequence({ notBefore: timeType, notAfter: timeType }),
      subject: nameType,
      spki: spkiType,
      issuerUniqueId: optional(implicitly(1, bitString())),
      subjectUniqueId: optional(implicitly(2, bitString())),
      extensions: optional(explicitly(3, extensionsType)),
    }),
  ),
);

/** CertificationRequestInfo (RFC 2986 section 4.1). */
export interface TbsRequest {
  readonly version: Buffer;
  readonly subject: Name;
  readonly spki: SubjectPublicKeyInfo;
  readonly attributes: readonly RequestAttribute[] | undefined;
  readonly der: Buffer;
}

export const requestType: Type<Signed<TbsRequest>> = signedType(
  withDer(
    sequence({
      version: integer(),
      subject: nameType,
      spki: spkiType,
      attributes: optional(implicitly(0, setOf(attributeType))),
    }),
  ),
);

/** What OpenSSL's TRUSTED CERTIFICATE form has after the certificate. */
export interface TrustData {
  /** Purposes that the certificate is trusted for, and those that it is rejected for (dotted). */
  readonly trust: readonly string[] | undefined;
  readonly reject: readonly string[] | undefined;
  /** A friendly name, UTF-8. */
  readonly alias: Buffer | undefined;
  readonly keyId: Buffer | undefined;
}

export const trustDataType: Type<TrustData> = mapped(
  sequence({
    trust: optional(sequenceOf(oid())),
    reject: optional(implicitly(0, sequenceOf(oid()))),
    alias: optional(string(TAG.utf8String)),
    keyId: optional(octetString()),
    other: optional(implicitly(1, sequenceOf(algorithmType))),
  }),
  ({ trust, reject, alias, keyId }) => ({ trust, reject, alias: alias?.value, keyId }),
);
