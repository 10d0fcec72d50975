/** Extensions of CRLs (RFC 5280 section 5.2) that programs read and write. Those with a language of their own come from `buildExtensions`. */
import { integer as integerType, readTemplate, type Type } from '../der/template.ts';
import { bigintOf, integer } from '../der/index.ts';
import { issuingDistributionPointType, type IssuingDistributionPoint } from '../x509/distribution-points.ts';
import type { Extension } from '../x509/schema.ts';

/** The extensions of CRLs, dotted. */
export const CRL_OID = {
  issuerAltName: '2.5.29.18',
  crlNumber: '2.5.29.20',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  authorityKeyIdentifier: '2.5.29.35',
  freshestCrl: '2.5.29.46',
} as const;

/** Something with extensions; a `Crl` fits. */
interface Holder {
  extension(oid: string): Extension | undefined;
}

function read<T>(holder: Holder, oid: string, type: Type<T>, what: string): T | undefined {
  const extension = holder.extension(oid);
  return extension && readTemplate(type, extension.value, what).value;
}

/**
 * The number of a CRL; undefined where it has none.
 *
 * @throws TlskitError ERR_DER for an extension that cannot be read
 */
export function crlNumber(crl: Holder): bigint | undefined {
  const value = read(crl, CRL_OID.crlNumber, integerType(), 'cRLNumber');
  return value && bigintOf(value);
}

/** The number of the CRL that a delta CRL starts from; undefined for a CRL that is complete. Throws as `crlNumber`. */
export function baseCrlNumber(crl: Holder): bigint | undefined {
  const value = read(crl, CRL_OID.deltaCrlIndicator, integerType(), 'deltaCRLIndicator');
  return value && bigintOf(value);
}

/** What certificates a CRL is about; undefined for all of its issuer's. Throws as `crlNumber`. */
export const issuingDistributionPoint = (crl: Holder): IssuingDistributionPoint | undefined =>
  read(crl, CRL_OID.issuingDistributionPoint, issuingDistributionPointType, 'issuingDistributionPoint');

/** The extension that numbers a CRL (RFC 5280 section 5.2.3). */
export const crlNumberExtension = (number: bigint): Extension => ({
  oid: CRL_OID.crlNumber,
  critical: false,
  value: integer(number),
});

/** The extension that makes a CRL a delta CRL to the one with this number (RFC 5280 section 5.2.4: critical). */
export const deltaCrlIndicator = (base: bigint): Extension => ({
  oid: CRL_OID.deltaCrlIndicator,
  critical: true,
  value: integer(base),
});
