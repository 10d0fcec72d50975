/** What a CA remembers of a certificate. */
import { fail } from '../errors.ts';
import { CRL_REASONS } from '../registry/crl-reasons.ts';
import { NAME_RFC2253, nameText } from '../text/name.ts';
import type { Certificate } from '../x509/certificate.ts';
import { serialHex } from '../x509/serial.ts';
import { namesOf } from './names.ts';
import type { TemplateName } from './templates.ts';

/** A reason of revocation (RFC 5280 section 5.3.1) as a certificate can have one: `removeFromCRL` belongs to delta CRLs alone. */
export type RevocationReason = string;

/**
 * The reason of a name, in any case and with or without hyphens.
 *
 * @throws TlskitError ERR_USAGE
 */
export function reasonByName(name: string): RevocationReason {
  const wanted = name.toLowerCase().replaceAll('-', '');
  const choices = CRL_REASONS.map((reason) => reason.name).filter((reason) => reason !== 'removeFromCRL');
  return (
    choices.find((reason) => reason.toLowerCase() === wanted) ??
    fail('ERR_USAGE', `"${name}" is no reason to revoke; there are ${choices.join(', ')}`)
  );
}

/** A revocation. Times are milliseconds since 1970, as everywhere here. */
export interface Revocation {
  readonly at: number;
  readonly reason: RevocationReason;
  /** When the key is thought to have been lost (RFC 5280 section 5.3.2), if anybody said so. */
  readonly invalidSince?: number | undefined;
}

/** A certificate as it is recorded. */
export interface CertificateRecord {
  /** Upper-case hexadecimal digits, an even number of them. */
  readonly serial: string;
  /** The subject as RFC 4514 writes it; empty where there is none. */
  readonly subject: string;
  /** The alternative names, or the commonName where there are none. */
  readonly names: readonly string[];
  /** How it was issued; undefined for one that was taken over from elsewhere. */
  readonly template: TemplateName | undefined;
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER; undefined where an imported index named a certificate whose file was not there. */
  readonly certificate: Buffer | undefined;
  readonly issuedAt: number;
  readonly revocation: Revocation | undefined;
  /** The serial number of the certificate that this one was to replace. */
  readonly replaces: string | undefined;
}

export type CertificateStatus = 'valid' | 'expired' | 'revoked' | 'held';

/** What a certificate is worth at a moment. A revoked one stays revoked when it expires. */
export function statusOf(record: CertificateRecord, now: number): CertificateStatus {
  if (record.revocation) return record.revocation.reason === 'certificateHold' ? 'held' : 'revoked';
  return record.notAfter < now ? 'expired' : 'valid';
}

const COMMON_NAME = '2.5.4.3';

/** The record of a certificate. */
export function recordOf(
  certificate: Certificate,
  more: Pick<CertificateRecord, 'issuedAt'> & Partial<Pick<CertificateRecord, 'template' | 'replaces' | 'revocation'>>,
): CertificateRecord {
  const { notBefore, notAfter, subject, serial, der } = certificate;
  if (notBefore.ms === undefined || notAfter.ms === undefined)
    fail('ERR_FORMAT', 'the times of the certificate cannot be read');
  const names = namesOf(certificate).map(({ value }) => value);
  const common = subject.attributes.filter(({ oid }) => oid === COMMON_NAME).map(({ value }) => value.toString('utf8'));
  return {
    serial: serialHex(serial),
    subject: nameText(subject, NAME_RFC2253),
    names: names.length > 0 ? names : common,
    template: more.template,
    notBefore: notBefore.ms,
    notAfter: notAfter.ms,
    certificate: der,
    issuedAt: more.issuedAt,
    revocation: more.revocation,
    replaces: more.replaces,
  };
}
