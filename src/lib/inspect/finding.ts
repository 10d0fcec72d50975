/** What `inspect` can find odd: the table, and the options that decide. */
import type { CertificateView } from '../verify/certificate.ts';

export type Severity = 'error' | 'warning' | 'notice';

/** What {@link inspectObjects} can find: identifier, and what it means. */
export const FINDINGS = {
  expired: 'the end of validity has passed',
  'not-yet-valid': 'validity has not begun',
  'expires-soon': 'validity ends within 30 days',
  'weak-key': 'a key with less than 112 bits of security (RSA under 2048 bits)',
  'unusable-key': 'a public key that cannot be read',
  'weak-signature': 'a signature with MD5 or SHA-1, other than of a root on itself',
  'no-san': 'a server certificate without subjectAltName: programs take no commonName',
  'cn-not-in-san': 'a commonName that is not among the alternative names',
  'long-lived': 'a server certificate that is valid for more than 398 days',
  'name-mismatch': 'the certificate is not for the name that was asked for',
  'old-version': 'a certificate of version 1 or 2',
  'odd-serial': 'a serial number that is not positive, or longer than 20 octets',
  'unknown-critical': 'a critical extension that nobody here knows',
  'broken-extension': 'an extension that cannot be read or stands twice',
  'not-a-ca': 'issued another certificate and is no CA',
  'issuer-missing': "the issuer's certificate is neither there nor trusted",
  'signature-wrong': 'a signature that the key does not fit',
  duplicate: 'a certificate that stands there twice',
  order: 'certificates that do not follow their issuance, the end entity first',
  'root-included': 'a root that a server sends without need',
  untrusted: 'the chain does not end in a trusted root, or breaks a rule',
  'key-mismatch': 'a private key that belongs to none of the certificates and requests',
  revoked: 'a certificate that a CRL of the input revokes',
  'crl-expired': 'a CRL whose next update has passed',
  'response-expired': 'an OCSP response whose next update has passed',
  locked: 'something encrypted that was not opened',
  broken: 'something that was recognised and cannot be read',
} as const;

export type FindingId = keyof typeof FINDINGS;

/** One finding. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** The object's place in the list; undefined when it is about all. */
  readonly object: number | undefined;
  readonly text: string;
}

export interface InspectOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A host name or address that the first certificate should be for. */
  readonly host?: string | undefined;
  /** The objects are what a server sent. */
  readonly served?: boolean;
  /** They stand in a file as a server may read it: one PEM block after the other. */
  readonly pem?: boolean;
  /** Whether an issuer of this certificate is trusted. */
  readonly trusts?: (view: CertificateView) => boolean;
}

/** `3 days ago`, `today`. */
export function ago(now: number, then: number): string {
  const days = Math.floor((now - then) / 86_400_000);
  return days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
}
