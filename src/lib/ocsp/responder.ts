/** A responder without its network: octets of a request in, octets of a response out (RFC 6960, RFC 5019). */
import { TlskitError } from '../errors.ts';
import type { Certificate, Extension } from '../x509/certificate.ts';
import { certIdOf, digestOfId, isIssuedBy } from './cert-id.ts';
import {
  corruptOcspSignature,
  createOcspResponse,
  ocspErrorResponse,
  type CertificateStatus,
  type SingleFields,
} from './create.ts';
import { MAX_NONCE } from './extensions.ts';
import { OcspRequest } from './request.ts';
import type { OcspResponse } from './response.ts';
import type { CertId } from './schema.ts';
import { signatureFor } from '../x509/sign.ts';
import { checkSigner, type OcspSigner } from './signer.ts';

/** What a responder knows of a certificate; `extensions` go into its answer. `omitted`: the response says nothing of it. */
export type KnownStatus =
  (CertificateStatus & { readonly extensions?: readonly Extension[] | undefined }) | { readonly status: 'omitted' };

/**
 * Looks up a certificate.
 *
 * @param serial content octets of its serial number; `serialHex` makes text of it
 * @param issuer which of the responder's CAs is meant
 * @returns undefined where the CA has issued no such certificate
 */
export type OcspLookup = (
  serial: Buffer,
  issuer: Certificate,
) => KnownStatus | undefined | Promise<KnownStatus | undefined>;

/** What a responder answers with. */
export interface OcspResponderOptions {
  /** The CAs that it answers for. */
  readonly issuers: readonly Certificate[];
  readonly lookup: OcspLookup;
  readonly signer: OcspSigner;
  /** Milliseconds from thisUpdate to nextUpdate; absent: there is no nextUpdate. */
  readonly validity?: number | undefined;
  /** The digest of the CertIDs in answers; absent: the request's own CertIDs. */
  readonly certIdDigest?: string | undefined;
  /** What to say of certificates of other CAs: each is `unknown` (default, as `openssl ocsp`), or the request is `unauthorized` (RFC 5019 section 2.2.3). */
  readonly foreign?: 'unknown' | 'unauthorized' | undefined;
  /** Most certificates in one request; default 1000. */
  readonly maxRequests?: number | undefined;
  /** Break the signatures, for tests. */
  readonly badSignature?: boolean | undefined;
  /** Is told what went wrong when the answer is `internalError`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** An answer, and what was asked where that could be read. */
export interface OcspAnswer {
  readonly response: OcspResponse;
  readonly request?: OcspRequest;
}

/** Answers a request at a time, in milliseconds since 1970. Never rejects: what goes wrong is a status of the response. */
export type OcspResponder = (request: Uint8Array, now: number) => Promise<OcspAnswer>;

const MAX_REQUESTS = 1000;

/**
 * Makes a responder. It answers every well-formed request, signed or not; a nonce is repeated.
 *
 * @throws TlskitError ERR_KEY_MISMATCH when the signer's key is not that of its certificate; ERR_KEY, ERR_USAGE when it cannot sign as it should
 * @example
 * const respond = ocspResponder({
 *   issuers: [ca],
 *   signer: { certificate: ca, key: caKey },
 *   validity: 24 * 3_600_000,
 *   lookup: (serial) => (revoked.has(serialHex(serial)) ? { status: 'revoked', time: when } : { status: 'good' }),
 * });
 * const { response } = await respond(octets, Date.now());
 */
export function ocspResponder(options: OcspResponderOptions): OcspResponder {
  const { signer, certIdDigest } = options;
  checkSigner(signer);
  signatureFor(signer.key, { digest: signer.digest, sigopts: signer.sigopts ?? [] });
  for (const issuer of options.issuers) certIdOf(Buffer.alloc(1), issuer, certIdDigest);
  return async (octets, now) => {
    let request: OcspRequest;
    try {
      request = OcspRequest.read(octets);
    } catch (error) {
      if (error instanceof TlskitError) return { response: ocspErrorResponse('malformedRequest') };
      throw error;
    }
    try {
      return { request, response: await answer(request, now, options) };
    } catch (error) {
      options.onError?.(error);
      return { request, response: ocspErrorResponse('internalError') };
    }
  };
}

async function answer(request: OcspRequest, now: number, options: OcspResponderOptions): Promise<OcspResponse> {
  const { requests, nonce, nonceExtension: repeated } = request;
  const { maxRequests = MAX_REQUESTS, signer } = options;
  const oddNonce = nonce !== undefined && (nonce.length === 0 || nonce.length > MAX_NONCE);
  if (requests.length === 0 || requests.length > maxRequests || oddNonce) return ocspErrorResponse('malformedRequest');
  // OpenSSL's answer to a digest that it does not have
  if (requests.some(({ id }) => !digestOfId(id))) return ocspErrorResponse('internalError');
  const responses: SingleFields[] = [];
  for (const { id } of requests) {
    const issuer = options.issuers.find((one) => isIssuedBy(id, one));
    if (!issuer && options.foreign === 'unauthorized') return ocspErrorResponse('unauthorized');
    const single = await singleAnswer(id, issuer, now, options);
    if (single) responses.push(single);
  }
  const extensions = repeated ? [repeated] : [];
  const response = createOcspResponse({ responses, producedAt: now, extensions }, signer);
  return options.badSignature ? corruptOcspSignature(response) : response;
}

async function singleAnswer(
  asked: CertId,
  issuer: Certificate | undefined,
  now: number,
  { lookup, validity, certIdDigest }: OcspResponderOptions,
): Promise<SingleFields | undefined> {
  const known = (issuer && (await lookup(asked.serial, issuer))) ?? ({ status: 'unknown' } as const);
  if (known.status === 'omitted') return undefined;
  const id = issuer && certIdDigest !== undefined ? certIdOf(asked.serial, issuer, certIdDigest) : asked;
  return { ...known, id, thisUpdate: now, nextUpdate: validity === undefined ? undefined : now + validity };
}
