/** OCSP requests (RFC 6960 section 4.1): read, made, signed. */
import { bigintOf, checkDer, type Strictness } from '../der/index.ts';
import { bitString, explicit, seq } from '../der/writer.ts';
import { readTemplate } from '../der/template.ts';
import type { PrivateKey } from '../keys/model.ts';
import type { GeneralName } from '../x509/general-names.ts';
import { extensionElement } from '../x509/build.ts';
import { Certificate, type AlgorithmIdentifier, type Extension } from '../x509/certificate.ts';
import type { Name } from '../x509/name.ts';
import { signatureFor, type SigningOptions } from '../x509/sign.ts';
import { OCSP_EXTENSION, nonceExtension, readNonce } from './extensions.ts';
import { requestType, type CertId, type RequestParts, type SingleRequest } from './schema.ts';
import { checkSigner, type OcspSigner } from './signer.ts';

export type { SingleRequest } from './schema.ts';

/** A request, read once. */
export class OcspRequest {
  readonly #parts: RequestParts;
  #certificates: readonly Certificate[] | undefined;

  private constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /**
   * Reads a request.
   *
   * @param options.strictness `ber` (default) accepts what OpenSSL's decoder accepts, and ignores octets after the request; `der` refuses every
   *   encoding that DER forbids, and left-over octets
   * @throws TlskitError ERR_DER
   */
  static read(bytes: Uint8Array, options: { strictness?: Strictness } = {}): OcspRequest {
    if (options.strictness === 'der') checkDer(bytes);
    return new OcspRequest(readTemplate(requestType, bytes, 'OCSP request').value);
  }

  /** The request's octets. */
  get der(): Buffer {
    return this.#parts.der;
  }

  /** What a signature is over, as it stood. */
  get tbs(): Buffer {
    return this.#parts.tbs.der;
  }

  /** The version field: 0 is version 1. */
  get versionField(): bigint {
    return bigintOf(this.#parts.tbs.version ?? Buffer.alloc(1));
  }

  /** Who asks, where the request says it. */
  get requestor(): (GeneralName & { readonly der: Buffer }) | undefined {
    return this.#parts.tbs.requestor;
  }

  /** The certificates that are asked about, each with its extensions. */
  get requests(): readonly SingleRequest[] {
    return this.#parts.tbs.requests;
  }

  get extensions(): readonly Extension[] {
    return this.#parts.tbs.extensions ?? [];
  }

  /** The nonce, without the OCTET STRING around it. */
  get nonce(): Buffer | undefined {
    return readNonce(this.extensions);
  }

  /** The nonce's extension as it stood, which a response repeats. */
  get nonceExtension(): Extension | undefined {
    return this.extensions.find(({ oid }) => oid === OCSP_EXTENSION.nonce);
  }

  /** Undefined for a request that is not signed. */
  get signatureAlgorithm(): AlgorithmIdentifier | undefined {
    return this.#parts.signature?.algorithm;
  }

  get signature(): Buffer | undefined {
    return this.#parts.signature?.signature.bytes;
  }

  /** The certificates that came with the signature. */
  get certificates(): readonly Certificate[] {
    this.#certificates ??= (this.#parts.signature?.certificates ?? []).map((der) => Certificate.read(der));
    return this.#certificates;
  }
}

/** What a request says. */
export interface OcspRequestFields {
  /** The certificates to ask about: CertIDs, or with extensions of their own. */
  readonly requests: readonly (CertId | { readonly id: CertId; readonly extensions: readonly Extension[] })[];
  /** 1 to 128 octets; none unless given, as most responders answer from a store (RFC 5019 section 2.1.1). */
  readonly nonce?: Uint8Array | undefined;
  /** Further extensions, e.g. `acceptableResponses()`. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Who asks; a signed request has the signer's subject here. */
  readonly requestor?: Name | undefined;
}

/** Who signs a request. */
export type OcspRequestSigner = Omit<OcspSigner, 'byKey'>;

const DIRECTORY = 4;
const REQUESTOR = 1;

/**
 * Makes a request, and signs it where a signer is given.
 *
 * @throws TlskitError ERR_USAGE for a nonce of another length; ERR_KEY_MISMATCH, ERR_KEY about the signer
 * @example
 * const id = certIdOf(certificate.serial, issuer);
 * const request = buildOcspRequest({ requests: [id], nonce: randomBytes(32) });
 */
export function buildOcspRequest(fields: OcspRequestFields, signer?: OcspRequestSigner): OcspRequest {
  const requestor = signer?.certificate.subject ?? fields.requestor;
  const nonce = fields.nonce === undefined ? [] : [nonceExtension(fields.nonce)];
  const tbs = requestInfo({
    requestor: requestor && explicit(REQUESTOR, explicit(DIRECTORY, requestor.der)),
    requests: fields.requests.map((one) => ('id' in one ? one : { id: one, extensions: [] })),
    extensions: [...nonce, ...(fields.extensions ?? [])],
  });
  return OcspRequest.read(signer ? signedRequest(tbs, signer) : seq(tbs));
}

/** What stands in the content of a request. */
interface Content {
  readonly requestor: Buffer | undefined;
  readonly requests: readonly SingleRequest[];
  readonly extensions: readonly Extension[];
}

/** TBSRequest in DER. */
function requestInfo({ requestor, requests, extensions }: Content): Buffer {
  return seq(
    ...(requestor ? [requestor] : []),
    seq(...requests.map(({ id, extensions: own }) => seq(id.der, ...extensionList(0, own ?? [])))),
    ...extensionList(2, extensions),
  );
}

/** Extensions under an explicit tag; nothing where there are none. */
export const extensionList = (tag: number, extensions: readonly Extension[]): Buffer[] =>
  extensions.length === 0 ? [] : [explicit(tag, seq(...extensions.map(extensionElement)))];

function signedRequest(tbs: Buffer, signer: OcspRequestSigner): Buffer {
  checkSigner(signer);
  const { algorithm, signature } = signatureOver(tbs, signer.key, signer);
  const certificates = embedded(signer);
  return seq(tbs, explicit(0, seq(algorithm, signature, ...certificates)));
}

/** A signature with its algorithm, both as elements. */
export function signatureOver(
  tbs: Buffer,
  key: PrivateKey,
  { digest, sigopts = [] }: SigningOptions,
): { algorithm: Buffer; signature: Buffer } {
  const signer = signatureFor(key, { digest, sigopts });
  return { algorithm: signer.algorithm, signature: bitString(signer.sign(tbs)) };
}

/** The certificates that go along with a signature, under their tag. */
export function embedded({
  certificate,
  others = [],
  embed = true,
}: Pick<OcspSigner, 'certificate' | 'others' | 'embed'>): Buffer[] {
  return embed ? [explicit(0, seq(certificate.der, ...others.map(({ der }) => der)))] : [];
}

/**
 * A request with a nonce added at the end of its extensions, where it has none yet, and signed where a signer is given: what `openssl ocsp -reqin
 * … -nonce -signer …` makes. A signature that was there is dropped with the change.
 */
export function changeOcspRequest(
  request: OcspRequest,
  change: { readonly nonce?: Uint8Array | undefined },
  signer?: OcspRequestSigner,
): OcspRequest {
  if (change.nonce === undefined && !signer) return request;
  const { requests, extensions, requestor } = request;
  const asker = signer ? explicit(DIRECTORY, signer.certificate.subject.der) : requestor?.der;
  const kept = change.nonce === undefined ? extensions : extensions.filter(({ oid }) => oid !== OCSP_EXTENSION.nonce);
  const added = change.nonce === undefined ? [] : [nonceExtension(change.nonce)];
  const tbs = requestInfo({
    requestor: asker && explicit(REQUESTOR, asker),
    requests,
    extensions: [...kept, ...added],
  });
  return OcspRequest.read(signer ? signedRequest(tbs, signer) : seq(tbs));
}
