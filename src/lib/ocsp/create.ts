/** OCSP responses (RFC 6960 section 4.2): made and signed. */
import { createHash } from 'node:crypto';
import { bitString, contextPrimitive, enumerated, explicit, implicit, octetString, oid, seq } from '../der/writer.ts';
import type { Certificate, Extension } from '../x509/certificate.ts';
import { certIdOf } from './cert-id.ts';
import { generalizedTime, nonceExtension } from './extensions.ts';
import { embedded, extensionList, signatureOver } from './request.ts';
import { OcspResponse } from './response.ts';
import { BASIC_RESPONSE, type CertId } from './schema.ts';
import { checkSigner, type OcspSigner } from './signer.ts';
import { responseStatusCode, type ResponseStatus } from './status.ts';

/** What is known of a certificate. */
export type CertificateStatus =
  | { readonly status: 'good' | 'unknown' }
  | {
      readonly status: 'revoked';
      /** When, in milliseconds since 1970. */
      readonly time: number;
      /** CRLReason's number (RFC 5280 section 5.3.1); not said where it is absent. */
      readonly reason?: number | undefined;
    };

/** One answer. Times are in milliseconds since 1970, and cut to seconds. */
export type SingleFields = CertificateStatus & {
  /** Since when this is known to be right. */
  readonly thisUpdate: number;
  /** When there will be something newer; absent: at any time. */
  readonly nextUpdate?: number | undefined;
  readonly extensions?: readonly Extension[] | undefined;
} & (
    | { readonly id: CertId }
    /** The CertID is made with SHA-1, unless `digest` names another. */
    | { readonly certificate: Certificate; readonly issuer: Certificate; readonly digest?: string | undefined }
  );

/** What a response says. */
export interface OcspResponseFields {
  readonly responses: readonly SingleFields[];
  /** When the response is signed, in milliseconds since 1970. */
  readonly producedAt: number;
  /** The nonce of the request. */
  readonly nonce?: Uint8Array | undefined;
  /** Further extensions of the whole response. */
  readonly extensions?: readonly Extension[] | undefined;
}

const SHA1_OF = (octets: Uint8Array): Buffer => createHash('sha1').update(octets).digest();

/**
 * Makes and signs a response: for a responder, or to be stapled by a TLS server.
 *
 * @throws TlskitError ERR_KEY_MISMATCH when the key is not that of the certificate, ERR_KEY when it cannot sign so, ERR_USAGE for digests, options
 *   and times that cannot be
 * @example
 * const now = Date.now();
 * const response = createOcspResponse(
 *   { producedAt: now, responses: [{ certificate, issuer, status: 'good', thisUpdate: now, nextUpdate: now + 7 * 86_400_000 }] },
 *   { certificate: issuer, key: issuerKey },
 * );
 * response.der; // what `credential({ ocsp })` and `s_server -status_file` take
 */
export function createOcspResponse(fields: OcspResponseFields, signer: OcspSigner): OcspResponse {
  checkSigner(signer);
  const nonce = fields.nonce === undefined ? [] : [nonceExtension(fields.nonce)];
  const tbs = seq(
    responderId(signer),
    generalizedTime(fields.producedAt),
    seq(...fields.responses.map(singleResponse)),
    ...extensionList(1, [...nonce, ...(fields.extensions ?? [])]),
  );
  const { algorithm, signature } = signatureOver(tbs, signer.key, signer);
  return wrap(seq(tbs, algorithm, signature, ...embedded(signer)));
}

const wrap = (basic: Buffer): OcspResponse =>
  OcspResponse.read(seq(enumerated(0), explicit(0, seq(oid(BASIC_RESPONSE), octetString(basic)))));

function responderId({ certificate, byKey }: OcspSigner): Buffer {
  return byKey ? explicit(2, octetString(SHA1_OF(certificate.keyBits.bytes))) : explicit(1, certificate.subject.der);
}

function singleResponse(single: SingleFields): Buffer {
  const id = 'id' in single ? single.id : certIdOf(single.certificate.serial, single.issuer, single.digest);
  return seq(
    id.der,
    statusElement(single),
    generalizedTime(single.thisUpdate),
    ...(single.nextUpdate === undefined ? [] : [explicit(0, generalizedTime(single.nextUpdate))]),
    ...extensionList(1, single.extensions ?? []),
  );
}

function statusElement(status: CertificateStatus): Buffer {
  if (status.status !== 'revoked') return contextPrimitive(status.status === 'good' ? 0 : 2, Buffer.alloc(0));
  const reason = status.reason === undefined ? [] : [explicit(0, enumerated(status.reason))];
  return implicit(1, seq(generalizedTime(status.time), ...reason));
}

/** A response that answers nothing but says why: `tryLater`, `malformedRequest`, … (RFC 6960 section 2.3). Nobody signs it. */
export const ocspErrorResponse = (status: Exclude<ResponseStatus, 'successful'>): OcspResponse =>
  OcspResponse.read(seq(enumerated(responseStatusCode(status))));

/** The response with the last octet of its signature changed, as `-badsig` asks. */
export function corruptOcspSignature(response: OcspResponse): OcspResponse {
  const { tbs, signatureAlgorithm, signature, certificates } = response.basic;
  const broken = Buffer.from(signature);
  broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
  const along = certificates.length === 0 ? [] : [explicit(0, seq(...certificates.map(({ der }) => der)))];
  return wrap(seq(tbs, signatureAlgorithm.der, bitString(broken), ...along));
}
