/** The structures of OCSP (RFC 6960 sections 4.1.1 and 4.2.1), read as leniently as OpenSSL reads them. */
import { TAG } from '../der/index.ts';
import {
  bitString,
  choice,
  enumerated,
  explicitly,
  implicitly,
  integer,
  mapped,
  nothing,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  string,
  withDer,
  type BitString,
  type Choice,
  type Type,
} from '../der/template.ts';
import { generalNameType, type GeneralName } from '../x509/general-names.ts';
import { nameType, type Name } from '../x509/name.ts';
import {
  algorithmType,
  certificateType,
  extensionsType,
  type AlgorithmIdentifier,
  type Extension,
} from '../x509/schema.ts';
import { timeOf, type Time } from '../x509/time.ts';

/** id-pkix-ocsp-basic, the only type of response there is. */
export const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';

/** A CertID: whom a question or an answer is about. */
export interface CertId {
  /** The digest of both hashes. */
  readonly algorithm: AlgorithmIdentifier;
  /** Hash of the issuer's name. */
  readonly nameHash: Buffer;
  /** Hash of the issuer's public key: the octets of its BIT STRING. */
  readonly keyHash: Buffer;
  /** Content octets of the serial number: two's complement, big endian. */
  readonly serial: Buffer;
  readonly der: Buffer;
}

const generalizedTime: Type<Time> = mapped(string(TAG.generalizedTime), ({ tag, value }) => timeOf(tag, value));

export const certIdType: Type<CertId> = withDer(
  sequence({ algorithm: algorithmType, nameHash: octetString(), keyHash: octetString(), serial: integer() }),
);

/** One question of a request. */
export interface SingleRequest {
  readonly id: CertId;
  readonly extensions: readonly Extension[] | undefined;
}

/** TBSRequest. */
export interface TbsRequest {
  readonly version: Buffer | undefined;
  readonly requestor: (GeneralName & { readonly der: Buffer }) | undefined;
  readonly requests: readonly SingleRequest[];
  readonly extensions: readonly Extension[] | undefined;
  readonly der: Buffer;
}

/** Embedded certificates, as they stood. */
const certificates: Type<readonly Buffer[]> = sequenceOf(mapped(certificateType, ({ der }) => der));

/** The signature of a request. */
export interface RequestSignature {
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: BitString;
  readonly certificates: readonly Buffer[] | undefined;
}

export interface RequestParts {
  readonly tbs: TbsRequest;
  readonly signature: RequestSignature | undefined;
  readonly der: Buffer;
}

export const requestType: Type<RequestParts> = withDer(
  sequence({
    tbs: withDer(
      sequence<Omit<TbsRequest, 'der'>>({
        version: optional(explicitly(0, integer())),
        requestor: optional(explicitly(1, withDer(generalNameType))),
        requests: sequenceOf(
          sequence<SingleRequest>({ id: certIdType, extensions: optional(explicitly(0, extensionsType)) }),
        ),
        extensions: optional(explicitly(2, extensionsType)),
      }),
    ),
    signature: optional(
      explicitly(
        0,
        sequence<RequestSignature>({
          algorithm: algorithmType,
          signature: bitString(),
          certificates: optional(explicitly(0, certificates)),
        }),
      ),
    ),
  }),
);

/** OCSPResponse: a status and, where that is `successful`, octets of some type. */
export interface ResponseParts {
  readonly status: Buffer;
  readonly body: { readonly type: string; readonly octets: Buffer } | undefined;
  readonly der: Buffer;
}

export const responseType: Type<ResponseParts> = withDer(
  sequence<Omit<ResponseParts, 'der'>>({
    status: enumerated(),
    body: optional(explicitly(0, sequence({ type: oid(), octets: octetString() }))),
  }),
);

/** Who answers: by name, or by the SHA-1 of the key. */
export type ResponderId = Choice<{ name: Name; key: Buffer }>;

const responderIdType: Type<ResponderId> = choice<{ name: Name; key: Buffer }>({
  name: explicitly(1, nameType),
  key: explicitly(2, octetString()),
});

/** When and why a certificate was revoked. */
export interface RevokedInfo {
  readonly time: Time;
  /** ENUMERATED content octets. */
  readonly reason: Buffer | undefined;
}

const statusType = choice<{ good: null; revoked: RevokedInfo; unknown: null }>({
  good: implicitly(0, nothing()),
  revoked: implicitly(
    1,
    sequence<RevokedInfo>({ time: generalizedTime, reason: optional(explicitly(0, enumerated())) }),
  ),
  unknown: implicitly(2, nothing()),
});

/** One answer of a response. */
export interface SingleParts {
  readonly id: CertId;
  readonly status: Choice<{ good: null; revoked: RevokedInfo; unknown: null }>;
  readonly thisUpdate: Time;
  readonly nextUpdate: Time | undefined;
  readonly extensions: readonly Extension[] | undefined;
}

/** ResponseData. */
export interface TbsResponse {
  readonly version: Buffer | undefined;
  readonly responder: ResponderId;
  readonly producedAt: Time;
  readonly responses: readonly SingleParts[];
  readonly extensions: readonly Extension[] | undefined;
  readonly der: Buffer;
}

export interface BasicParts {
  readonly tbs: TbsResponse;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: BitString;
  readonly certificates: readonly Buffer[] | undefined;
}

export const basicType: Type<BasicParts> = sequence<BasicParts>({
  tbs: withDer(
    sequence<Omit<TbsResponse, 'der'>>({
      version: optional(explicitly(0, integer())),
      responder: responderIdType,
      producedAt: generalizedTime,
      responses: sequenceOf(
        sequence<SingleParts>({
          id: certIdType,
          status: statusType,
          thisUpdate: generalizedTime,
          nextUpdate: optional(explicitly(0, generalizedTime)),
          extensions: optional(explicitly(1, extensionsType)),
        }),
      ),
      extensions: optional(explicitly(1, extensionsType)),
    }),
  ),
  algorithm: algorithmType,
  signature: bitString(),
  certificates: optional(explicitly(0, certificates)),
});
