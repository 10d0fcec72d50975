/** CRLs from their fields (RFC 5280 section 5.1). */
import { CLASS, TAG, bigintOf, encodePem } from '../der/index.ts';
import { bitString, element, explicit, integer, seq, universal } from '../der/writer.ts';
import { checkSerial, extensionElement, signed, timeElement } from '../x509/build.ts';
import type { Name } from '../x509/name.ts';
import type { Extension } from '../x509/schema.ts';
import type { Signer } from '../x509/sign.ts';
import type { Time } from '../x509/time.ts';
import { Crl } from './crl.ts';
import type { RevokedFields } from './entry.ts';

/** What a CRL says before it is signed. */
export interface CrlFields {
  /** The version field: 0 for version 1, which has no extensions, 1 for version 2. Left out: the version that the extensions need. */
  readonly versionField?: bigint;
  readonly issuer: Name;
  readonly thisUpdate: Time;
  readonly nextUpdate?: Time | undefined;
  /** The entries in the order in which they shall stand; see `sortRevoked`. */
  readonly revoked: readonly RevokedFields[];
  readonly extensions: readonly Extension[];
}

/** The version field of a version 2 CRL. */
const VERSION_2 = 1n;

/** The fields of a CRL that is there already, to be changed and signed again. */
export function crlFieldsOf({ versionField, issuer, thisUpdate, nextUpdate, revoked, extensions }: Crl): CrlFields {
  return { versionField, issuer, thisUpdate, nextUpdate, revoked, extensions };
}

/**
 * Signs a CRL. What the fields say goes in as it is; nobody checks that the issuer may sign CRLs.
 *
 * @throws TlskitError ERR_USAGE when a serial number is no DER integer; ERR_KEY when the key cannot make the signature
 * @example
 * const crl = buildCrl(
 *   {
 *     issuer: ca.subject,
 *     thisUpdate: timeFromMs(now),
 *     nextUpdate: timeFromMs(now + 30 * 86_400_000),
 *     revoked: [revokedEntry(certificate.serial, timeFromMs(now), { reason: 1 })],
 *     extensions: [...buildExtensions([['authorityKeyIdentifier', 'keyid']], { issuer: ca }), crlNumberExtension(1n)],
 *   },
 *   signatureFor(caKey),
 * );
 * crlPem(crl); // '-----BEGIN X509 CRL-----\n…'
 */
export function buildCrl(fields: CrlFields, signer: Signer): Crl {
  for (const { serial } of fields.revoked) checkSerial(serial);
  return Crl.read(signed(crlInfo(fields, signer.algorithm), signer));
}

/** TBSCertList in DER. */
function crlInfo(fields: CrlFields, algorithm: Buffer): Buffer {
  const { issuer, thisUpdate, nextUpdate, revoked, extensions } = fields;
  const extended = extensions.length > 0 || revoked.some((entry) => entry.extensions.length > 0);
  const { versionField = extended ? VERSION_2 : 0n } = fields;
  return seq(
    ...(versionField === 0n ? [] : [integer(versionField)]),
    algorithm,
    issuer.der,
    timeElement(thisUpdate),
    ...(nextUpdate ? [timeElement(nextUpdate)] : []),
    ...(revoked.length === 0 ? [] : [sequenceOf(revoked.map(entryElement))]),
    ...(extensions.length === 0 ? [] : [explicit(0, seq(...extensions.map(extensionElement)))]),
  );
}

/** A SEQUENCE of more elements than a call takes arguments. */
const sequenceOf = (elements: readonly Buffer[]): Buffer =>
  element(CLASS.universal, true, TAG.sequence, Buffer.concat(elements));

function entryElement({ serial, revocationDate, extensions }: RevokedFields): Buffer {
  return seq(
    universal(TAG.integer, serial),
    timeElement(revocationDate),
    ...(extensions.length === 0 ? [] : [seq(...extensions.map(extensionElement))]),
  );
}

/** The entries by serial number, as OpenSSL's `ca -gencrl` sorts them: shorter numbers first, a number's sign counts last. */
export function sortRevoked<T extends Pick<RevokedFields, 'serial'>>(entries: readonly T[]): T[] {
  const keyed = entries.map((entry) => {
    const value = bigintOf(entry.serial);
    return { entry, size: value < 0n ? -value : value, negative: value < 0n };
  });
  keyed.sort((a, b) => (a.size === b.size ? Number(a.negative) - Number(b.negative) : a.size < b.size ? -1 : 1));
  return keyed.map(({ entry }) => entry);
}

/** The CRL with DER around what is signed, which stays as it stood: what OpenSSL writes of one that came in BER. */
export function recodeCrl(crl: Crl): Crl {
  const { tbs, signatureAlgorithm, signature, signatureUnusedBits } = crl;
  const der = seq(tbs, signatureAlgorithm.der, bitString(signature, signatureUnusedBits));
  return der.equals(crl.der) ? crl : Crl.read(der);
}

/** A CRL as PEM. */
export const crlPem = (crl: Crl): string => encodePem('X509 CRL', crl.der);

/** The CRL with the last octet of its signature changed, as `-badsig` asks. */
export function corruptCrlSignature(crl: Crl): Crl {
  const bytes = Buffer.from(crl.der);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
  return Crl.read(bytes);
}
