import { DerNode, bigintOf, checkDer, type Strictness } from '../der/index.ts';
import { readTemplate } from '../der/template.ts';
import type { Name } from '../x509/name.ts';
import { readObjects } from '../x509/objects.ts';
import type { AlgorithmIdentifier, Extension, Signed } from '../x509/schema.ts';
import { SignedData } from '../x509/signed.ts';
import type { Time } from '../x509/time.ts';
import { RevokedCertificate } from './entry.ts';
import { crlType, type TbsCrl } from './schema.ts';

/** A certificate revocation list (RFC 5280 section 5.1), read once. */
export class Crl extends SignedData<TbsCrl> {
  #revoked: readonly RevokedCertificate[] | undefined;
  #bySerial: ReadonlyMap<string, readonly number[]> | undefined;

  private constructor(signed: Signed<TbsCrl>) {
    super(signed);
  }

  /**
   * Reads a CRL.
   *
   * @param options.strictness `ber` (default) accepts what OpenSSL's decoder accepts, and ignores octets after the CRL; `der` refuses every
   *   encoding that DER forbids, and left-over octets.
   * @throws TlskitError ERR_DER
   */
  static read(source: Uint8Array | DerNode, options: { strictness?: Strictness } = {}): Crl {
    const bytes = source instanceof DerNode ? source.bytes : source;
    if (options.strictness === 'der') checkDer(bytes);
    return new Crl(readTemplate(crlType, bytes, 'CRL').value);
  }

  /** 1 or 2; other numbers where the encoding has them. */
  get version(): number {
    return Number(this.versionField) + 1;
  }

  /** The version field's value: one less than the version, 0 where it is absent. */
  get versionField(): bigint {
    return bigintOf(this.signed.tbs.version ?? Buffer.alloc(1));
  }

  /** The algorithm as it stands inside; should be the same as `signatureAlgorithm`. */
  get tbsSignatureAlgorithm(): AlgorithmIdentifier {
    return this.signed.tbs.signature;
  }

  get issuer(): Name {
    return this.signed.tbs.issuer;
  }

  /** When the CRL was made; OpenSSL's "last update". */
  get thisUpdate(): Time {
    return this.signed.tbs.thisUpdate;
  }

  /** When the next one comes at the latest; RFC 5280 section 5.1.2.5 wants it, older CRLs may leave it out. */
  get nextUpdate(): Time | undefined {
    return this.signed.tbs.nextUpdate;
  }

  /** The entries in their order. */
  get revoked(): readonly RevokedCertificate[] {
    return (this.#revoked ??= (this.signed.tbs.revoked ?? []).map((entry) => new RevokedCertificate(entry)));
  }

  /** Places in `revoked` of the entries with this serial number (content octets); an index is made once, so that large CRLs are quick to ask. */
  placesOf(serial: Uint8Array): readonly number[] {
    this.#bySerial ??= placesBySerial(this.revoked);
    return this.#bySerial.get(Buffer.from(serial).toString('latin1')) ?? [];
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

function placesBySerial(entries: readonly RevokedCertificate[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [i, { serial }] of entries.entries()) {
    const key = serial.toString('latin1');
    const known = places.get(key);
    if (known) known.push(i);
    else places.set(key, [i]);
  }
  return places;
}

const LABELS: ReadonlySet<string> = new Set(['X509 CRL']);

/**
 * All CRLs of a file: of the PEM blocks those that are CRLs, or the first element in DER. As in OpenSSL a block that cannot be read is passed
 * over when the file has others.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_FORMAT (no CRL), ERR_PEM, ERR_DER, ERR_LIMIT (more than 1000 blocks that cannot be read)
 */
export const readCrls = (bytes: Uint8Array, source: string): Crl[] =>
  readObjects(bytes, source, { what: 'CRL', labels: LABELS, der: (der) => Crl.read(der) });
