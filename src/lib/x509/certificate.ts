import { DerNode, bigintOf, pemBlocks, pemDamage, readDer, type PemBlock, type Strictness } from '../der/index.ts';
import { readTemplate, type BitString } from '../der/template.ts';
import { TlskitError, fail, within } from '../errors.ts';
import type { Name } from './name.ts';
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
    if (options.strictness === 'der') checkTree(readDer(bytes, 'der'));
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

/** Walks a strict tree, so that every element's form is checked. */
function checkTree(node: DerNode): void {
  if (node.constructed) for (const child of node.children) checkTree(child);
}

const LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/** More broken blocks than any file holds by accident: each costs an error with its stack. */
const MAX_BROKEN = 1000;

/**
 * All certificates of a file: of the PEM blocks those that are certificates, or the first element in DER. As in OpenSSL a block that
 * cannot be read is passed over when the file has others.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_FORMAT (no certificate), ERR_PEM, ERR_DER, ERR_LIMIT (more than 1000 blocks that cannot be read)
 */
export function readCertificates(bytes: Uint8Array, source: string): Certificate[] {
  return within(source, () => {
    if (bytes[0] === 0x30) return [Certificate.read(bytes)];
    const text = pemText(bytes, 'no certificate');
    const blocks = pemBlocks(text, (label) => LABELS.has(label));
    const certificates: Certificate[] = [];
    let broken = 0;
    let first: TlskitError | undefined;
    for (const block of blocks) {
      try {
        certificates.push(fromBlock(block()));
      } catch (error) {
        if (!(error instanceof TlskitError)) throw error;
        first ??= error;
        broken += 1;
        if (broken > MAX_BROKEN) {
          fail('ERR_LIMIT', `more than ${MAX_BROKEN} blocks cannot be read, the first because: ${first.message}`);
        }
      }
    }
    if (certificates.length > 0) return certificates;
    throw first ?? notHere(text, 'no certificate');
  });
}

/**
 * The text of a file that should hold PEM.
 *
 * @throws TlskitError ERR_FORMAT when there is no PEM block; a large file of other content costs nothing
 */
export function pemText(bytes: Uint8Array, missing: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.includes('-----BEGIN ')) return buffer.toString('latin1');
  if (bytes.length === 0) fail('ERR_FORMAT', `${missing}: the file is empty`);
  return fail('ERR_FORMAT', `${missing}: ${pemDamage(bytes) ?? 'neither PEM nor DER'}`);
}

/** The error for PEM that holds something else. */
export function notHere(text: string, missing: string): TlskitError {
  const damage = pemDamage(Buffer.from(text.slice(0, 4096), 'latin1'));
  return new TlskitError('ERR_FORMAT', damage ? `${missing}: ${damage}` : `${missing}, but ${held(text)}`);
}

function fromBlock({ der, headers, line }: PemBlock): Certificate {
  if (headers.size > 0)
    fail('ERR_PEM', `the certificate of line ${line} has headers, which is not supported`, { line });
  try {
    return Certificate.readTrusted(der);
  } catch {
    return Certificate.read(der);
  }
}

/** The labels of the PEM blocks in a text, for messages. */
function held(text: string): string {
  const labels = [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,60})-----/gm)].map(([, label]) => label as string);
  const [first, ...others] = new Set(labels);
  if (first === undefined) return 'a PEM block without its end';
  const all = [first, ...others].slice(0, 3).map((label) => `"${label}"`);
  return `PEM of ${all.join(', ')}`;
}
