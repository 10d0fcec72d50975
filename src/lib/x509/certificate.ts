import { DerNode, bigintOf, checkDer, type Strictness } from '../der/index.ts';
import { readTemplate, type BitString } from '../der/template.ts';
import type { Name } from './name.ts';
import { readObjects } from './objects.ts';
import {
  certificateType,
  trustDataType,
  type AlgorithmIdentifier,
  type Extension,
  type Signed,
  type TbsCertificate,
  type TrustData,
} from './schema.ts';
import { SignedObject } from './signed.ts';
import type { Time } from './time.ts';

export type { AlgorithmIdentifier, Extension, TrustData } from './schema.ts';
export type { Time } from './time.ts';

/** A certificate (RFC 5280 section 4.1), read once. */
export class Certificate extends SignedObject<TbsCertificate> {
  /** Trust settings of OpenSSL's TRUSTED CERTIFICATE form. */
  readonly trust: TrustData | undefined;

  private constructor(signed: Signed<TbsCertificate>, trust: TrustData | undefined) {
    super(signed);
    this.trust = trust;
  }

  /**
   * Reads a certificate.
   *
   * @param options.strictness `ber` (default) accepts what OpenSSL's decoder accepts, and ignores octets after the certificate; `der`
   *   refuses every encoding that DER forbids, and left-over octets.
   * @throws TlskitError ERR_DER
   */
  static read(source: Uint8Array | DerNode, options: { strictness?: Strictness } = {}): Certificate {
    const bytes = source instanceof DerNode ? source.bytes : source;
    if (options.strictness === 'der') checkDer(bytes);
    return new Certificate(readTemplate(certificateType, bytes, 'certificate').value, undefined);
  }

  /** Reads a certificate and, where there are more octets, the trust settings that OpenSSL writes after it. */
  static readTrusted(bytes: Uint8Array): Certificate {
    const { value, length } = readTemplate(certificateType, bytes, 'certificate');
    if (length === bytes.length) return new Certificate(value, undefined);
    return new Certificate(value, readTemplate(trustDataType, bytes.subarray(length), 'trust settings').value);
  }

  /** The same certificate with other trust settings. */
  withTrust(trust: TrustData | undefined): Certificate {
    return new Certificate(this.signed, trust);
  }

  /** 1, 2 or 3; other numbers where the encoding has them. */
  get version(): number {
    return Number(this.versionField) + 1;
  }

  /** The version field's value: one less than the version, 0 where it is absent. */
  get versionField(): bigint {
    return bigintOf(this.signed.tbs.version ?? Buffer.alloc(1));
  }

  /** Content octets of the serial number: two's complement, big endian. */
  get serial(): Buffer {
    return this.signed.tbs.serial;
  }

  /** The algorithm as it stands inside; should be the same. */
  get tbsSignatureAlgorithm(): AlgorithmIdentifier {
    return this.signed.tbs.signature;
  }

  get issuer(): Name {
    return this.signed.tbs.issuer;
  }

  get notBefore(): Time {
    return this.signed.tbs.validity.notBefore;
  }

  get notAfter(): Time {
    return this.signed.tbs.validity.notAfter;
  }

  get issuerUniqueId(): BitString | undefined {
    return this.signed.tbs.issuerUniqueId;
  }

  get subjectUniqueId(): BitString | undefined {
    return this.signed.tbs.subjectUniqueId;
  }

  /** The extensions in order; empty where there are none. */
  get extensions(): readonly Extension[] {
    return this.signed.tbs.extensions ?? [];
  }

  /** The first extension of this type (dotted), if there is one. */
  extension(oid: string): Extension | undefined {
    return this.extensions.find((extension) => extension.oid === oid);
  }
}

const LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/**
 * All certificates of a file: of the PEM blocks those that are certificates, or the first element in DER. As in OpenSSL a block that
 * cannot be read is passed over when the file has others.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_FORMAT (no certificate), ERR_PEM, ERR_DER, ERR_LIMIT (more than 1000 blocks that cannot be read)
 */
export const readCertificates = (bytes: Uint8Array, source: string): Certificate[] =>
  readObjects(bytes, source, { what: 'certificate', labels: LABELS, der: Certificate.read, pem: fromPem });

function fromPem(der: Buffer): Certificate {
  try {
    return Certificate.readTrusted(der);
  } catch {
    return Certificate.read(der);
  }
}
