/** OCSP responses (RFC 6960 section 4.2): read. */
import { bigintOf, checkDer, type Strictness } from '../der/index.ts';
import { readTemplate } from '../der/template.ts';
import { fail } from '../errors.ts';
import { Certificate, type AlgorithmIdentifier, type Extension, type Time } from '../x509/certificate.ts';
import { sameCertId } from './cert-id.ts';
import { readNonce } from './extensions.ts';
import {
  BASIC_RESPONSE,
  basicType,
  responseType,
  type BasicParts,
  type CertId,
  type ResponderId,
  type ResponseParts,
} from './schema.ts';
import { responseStatus, type ResponseStatus } from './status.ts';

export type { CertId, ResponderId } from './schema.ts';

/** What a response says of one certificate. */
export interface SingleResponse {
  readonly id: CertId;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** When a revoked certificate was revoked. */
  readonly revocationTime: Time | undefined;
  /** Why, as CRLReason has it (RFC 5280 section 5.3.1); undefined where the response does not say. */
  readonly reason: number | undefined;
  readonly thisUpdate: Time;
  readonly nextUpdate: Time | undefined;
  readonly extensions: readonly Extension[];
}

/** A BasicOCSPResponse: the answers, and who signed them. */
export class BasicOcspResponse {
  readonly #parts: BasicParts;
  #responses: readonly SingleResponse[] | undefined;
  #certificates: readonly Certificate[] | undefined;

  private constructor(parts: BasicParts) {
    this.#parts = parts;
  }

  /**
   * Reads the content of a successful response.
   *
   * @throws TlskitError ERR_DER
   */
  static read(bytes: Uint8Array, options: { strictness?: Strictness } = {}): BasicOcspResponse {
    if (options.strictness === 'der') checkDer(bytes);
    return new BasicOcspResponse(readTemplate(basicType, bytes, 'OCSP response').value);
  }

  /** What the signature is over, as it stood. */
  get tbs(): Buffer {
    return this.#parts.tbs.der;
  }

  /** The version field: 0 is version 1. */
  get versionField(): bigint {
    return bigintOf(this.#parts.tbs.version ?? Buffer.alloc(1));
  }

  /** Who answers: a name, or the SHA-1 of a key. */
  get responder(): ResponderId {
    return this.#parts.tbs.responder;
  }

  get producedAt(): Time {
    return this.#parts.tbs.producedAt;
  }

  get responses(): readonly SingleResponse[] {
    this.#responses ??= this.#parts.tbs.responses.map(({ id, status, thisUpdate, nextUpdate, extensions }) => {
      const revoked = status.kind === 'revoked' ? status.value : undefined;
      const reason = revoked?.reason && Number(bigintOf(revoked.reason));
      return {
        id,
        status: status.kind,
        revocationTime: revoked?.time,
        reason,
        thisUpdate,
        nextUpdate,
        extensions: extensions ?? [],
      };
    });
    return this.#responses;
  }

  get extensions(): readonly Extension[] {
    return this.#parts.tbs.extensions ?? [];
  }

  /** The nonce, without the OCTET STRING around it. */
  get nonce(): Buffer | undefined {
    return readNonce(this.extensions);
  }

  get signatureAlgorithm(): AlgorithmIdentifier {
    return this.#parts.algorithm;
  }

  get signature(): Buffer {
    return this.#parts.signature.bytes;
  }

  /** How many bits of the signature's last octet are unused: a good signature has none. */
  get signatureUnusedBits(): number {
    return this.#parts.signature.unused;
  }

  /** The certificates that came along. */
  get certificates(): readonly Certificate[] {
    this.#certificates ??= (this.#parts.certificates ?? []).map((der) => Certificate.read(der));
    return this.#certificates;
  }

  /** The first answer about a CertID, if there is one. */
  find(id: CertId): SingleResponse | undefined {
    return this.responses.find((single) => sameCertId(single.id, id));
  }
}

/** An OCSPResponse, read once. */
export class OcspResponse {
  readonly #parts: ResponseParts;
  readonly #strictness: Strictness;
  #basic: BasicOcspResponse | undefined;

  private constructor(parts: ResponseParts, strictness: Strictness) {
    this.#parts = parts;
    this.#strictness = strictness;
  }

  /**
   * Reads a response. What it holds inside is read when it is asked for.
   *
   * @param options.strictness `ber` (default) accepts what OpenSSL's decoder accepts, and ignores octets after the response; `der` refuses every
   *   encoding that DER forbids, and left-over octets
   * @throws TlskitError ERR_DER
   */
  static read(bytes: Uint8Array, options: { strictness?: Strictness } = {}): OcspResponse {
    const strictness = options.strictness ?? 'ber';
    if (strictness === 'der') checkDer(bytes);
    return new OcspResponse(readTemplate(responseType, bytes, 'OCSP response').value, strictness);
  }

  /** The response's octets. */
  get der(): Buffer {
    return this.#parts.der;
  }

  /** The status' number: 0 is success. Numbers above 2^53 lose their last digits. */
  get statusCode(): number {
    return Number(bigintOf(this.#parts.status));
  }

  /** The status' name; undefined for a number that has none. */
  get status(): ResponseStatus | undefined {
    return responseStatus(this.statusCode);
  }

  /** The type of what is inside, dotted; undefined where there is nothing. */
  get bodyType(): string | undefined {
    return this.#parts.body?.type;
  }

  /**
   * The answers.
   *
   * @throws TlskitError ERR_DER; ERR_FORMAT where there are none, or none of the basic type
   */
  get basic(): BasicOcspResponse {
    if (this.#basic) return this.#basic;
    const { body } = this.#parts;
    if (!body) return fail('ERR_FORMAT', `the OCSP response holds no answers: its status is ${this.statusText}`);
    if (body.type !== BASIC_RESPONSE) fail('ERR_FORMAT', `an OCSP response of the unknown type ${body.type}`);
    this.#basic = BasicOcspResponse.read(body.octets, { strictness: this.#strictness });
    return this.#basic;
  }

  /** The status for people: `tryLater (3)`. */
  get statusText(): string {
    return `${this.status ?? 'unknown'} (${this.statusCode})`;
  }
}
