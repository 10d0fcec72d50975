/** Certificate revocation lists (RFC 5280 section 5): reading, making, signing. What they mean for a chain is `lib/verify`'s. */
export { Crl, readCrls } from './crl.ts';
export {
  entryExtensions,
  ENTRY_OID,
  revokedEntry,
  RevokedCertificate,
  type RevokedDetails,
  type RevokedFields,
} from './entry.ts';
export {
  baseCrlNumber,
  CRL_OID,
  crlNumber,
  crlNumberExtension,
  deltaCrlIndicator,
  issuingDistributionPoint,
} from './extensions.ts';
export { buildCrl, corruptCrlSignature, crlFieldsOf, crlPem, recodeCrl, sortRevoked, type CrlFields } from './build.ts';
export { deltaCrlFields } from './delta.ts';
export { crlSignedBy } from './signature.ts';
