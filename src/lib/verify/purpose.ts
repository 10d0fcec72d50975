/** What a chain is verified for, and the trust settings that go with it. */
import type { PurposeName } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';

/** A purpose as `-purpose` names it. */
export type Purpose =
  | 'sslclient'
  | 'sslserver'
  | 'nssslserver'
  | 'smimesign'
  | 'smimeencrypt'
  | 'crlsign'
  | 'any'
  | 'ocsphelper'
  | 'timestampsign';

/** A purpose: OpenSSL's long name, and the use that certificates with trust settings must be trusted for. */
export interface PurposeRow {
  readonly name: PurposeName;
  /** Dotted; `compat`: trust settings do not count. */
  readonly trust: string;
}

const PKIX = '1.3.6.1.5.5.7.3';
const ANY_USE = '2.5.29.37.0';

const ROWS: Readonly<Record<Purpose, PurposeRow>> = {
  sslclient: { name: 'SSL client', trust: `${PKIX}.2` },
  sslserver: { name: 'SSL server', trust: `${PKIX}.1` },
  nssslserver: { name: 'Netscape SSL server', trust: `${PKIX}.1` },
  smimesign: { name: 'S/MIME signing', trust: `${PKIX}.4` },
  smimeencrypt: { name: 'S/MIME encryption', trust: `${PKIX}.4` },
  crlsign: { name: 'CRL signing', trust: 'compat' },
  any: { name: 'Any Purpose', trust: ANY_USE },
  ocsphelper: { name: 'OCSP helper', trust: 'compat' },
  timestampsign: { name: 'Time Stamp signing', trust: `${PKIX}.8` },
};

/** The purpose with this name, as `-purpose` takes it. */
export const purposeByName = (name: string): Purpose | undefined =>
  Object.hasOwn(ROWS, name) ? (name as Purpose) : undefined;

/** The row of a purpose. */
export const purposeRow = (purpose: Purpose): PurposeRow => ROWS[purpose];

/** OpenSSL's X509_check_trust without the trust in self-signed certificates: what a certificate's own trust settings say, if anything. */
export function trustSetting(view: CertificateView, purpose: Purpose | undefined): 'trusted' | 'rejected' | undefined {
  const { trust, reject } = view.certificate.trust ?? {};
  const wanted = purpose === undefined ? ANY_USE : ROWS[purpose].trust;
  if (wanted === 'compat') return undefined;
  const fits = (use: string): boolean => use === wanted || use === ANY_USE;
  if (reject?.some(fits)) return 'rejected';
  if (trust === undefined) return undefined;
  // a list of uses that has not this one is a refusal
  return trust.some(fits) ? 'trusted' : 'rejected';
}
