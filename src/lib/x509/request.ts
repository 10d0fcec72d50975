import { DerNode, TAG, bigintOf, pemBlocks, type PemBlock } from '../der/index.ts';
import { readTemplate } from '../der/template.ts';
import { fail, within } from '../errors.ts';
import { notHere, pemText } from './objects.ts';
import {
  extensionsType,
  requestType,
  type Extension,
  type RequestAttribute,
  type Signed,
  type TbsRequest,
} from './schema.ts';
import { SignedObject } from './signed.ts';

export type { RequestAttribute } from './schema.ts';

/** Attribute types that hold requested extensions: PKCS#9 extensionRequest, and Microsoft's. */
export const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
export const MS_EXTENSION_REQUEST = '1.3.6.1.4.1.311.2.1.14';

/** A certificate request (RFC 2986 section 4), read once. */
export class CertificateRequest extends SignedObject<TbsRequest> {
  #requested: readonly Extension[] | null | undefined;

  private constructor(signed: Signed<TbsRequest>) {
    super(signed);
  }

  /**
   * Reads a request as OpenSSL's decoder does; octets after it are ignored.
   *
   * @throws TlskitError ERR_DER
   */
  static read(source: Uint8Array | DerNode): CertificateRequest {
    const bytes = source instanceof DerNode ? source.bytes : source;
    return new CertificateRequest(readTemplate(requestType, bytes, 'request').value);
  }

  /** The version field's value; 0 stands for version 1, the only one there is. */
  get versionField(): bigint {
    return bigintOf(this.signed.tbs.version);
  }

  /** The attributes in order, requested extensions among them. */
  get attributes(): readonly RequestAttribute[] {
    return this.signed.tbs.attributes ?? [];
  }

  /** False where the field is left out, which RFC 2986 does not allow and some programs do. */
  get hasAttributesField(): boolean {
    return this.signed.tbs.attributes !== undefined;
  }

  /**
   * The requested extensions: of the extensionRequest attribute, else of Microsoft's; empty where there is no such attribute, undefined
   * where it does not parse.
   */
  get requestedExtensions(): readonly Extension[] | undefined {
    this.#requested ??= requestedExtensions(this.attributes) ?? null;
    return this.#requested ?? undefined;
  }

  /** The requested extensions; empty where there are none or they do not parse. */
  get extensions(): readonly Extension[] {
    return this.requestedExtensions ?? [];
  }

  /** The first requested extension of this type (dotted), if there is one. */
  extension(oid: string): Extension | undefined {
    return this.extensions.find((extension) => extension.oid === oid);
  }
}

function requestedExtensions(attributes: readonly RequestAttribute[]): readonly Extension[] | undefined {
  const attribute =
    attributes.find(({ oid }) => oid === EXTENSION_REQUEST) ??
    attributes.find(({ oid }) => oid === MS_EXTENSION_REQUEST);
  const value = attribute?.values[0];
  if (!value) return [];
  if (value.tag !== TAG.sequence) return undefined;
  try {
    return readTemplate(extensionsType, value.der, 'requested extensions').value;
  } catch {
    return undefined;
  }
}

const LABELS: ReadonlySet<string> = new Set(['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);

/**
 * The first certificate request of a file, PEM or DER.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_FORMAT (no request), ERR_PEM, ERR_DER
 */
export function readRequest(bytes: Uint8Array, source: string): CertificateRequest {
  return within(source, () => {
    if (bytes[0] === 0x30) return CertificateRequest.read(bytes);
    const text = pemText(bytes, 'no certificate request');
    const [decode] = pemBlocks(text, (label) => LABELS.has(label));
    if (!decode) throw notHere(text, 'no certificate request');
    return fromBlock(decode());
  });
}

function fromBlock({ der, headers, line }: PemBlock): CertificateRequest {
  if (headers.size > 0) fail('ERR_PEM', `the request of line ${line} has headers, which is not supported`, { line });
  return CertificateRequest.read(der);
}
