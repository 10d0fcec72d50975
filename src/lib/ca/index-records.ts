/** Records to entries of OpenSSL's index.txt, and back. */
import { timeFromMs } from '../x509/build.ts';
import { Certificate } from '../x509/certificate.ts';
import { serialHex } from '../x509/serial.ts';
import { entryName, type IndexEntry } from './index-file.ts';
import { recordOf, statusOf, type CertificateRecord, type Revocation } from './record.ts';
import { serialOctets } from './recorded.ts';
import { makeRevocation, REASON_NAMES, type RevocationCause } from './revocation.ts';

/** The entry of a record. What OpenSSL has no word for (privilegeWithdrawn, AACompromise) becomes a revocation without a reason. */
export function entryOfRecord(record: CertificateRecord, now: number): IndexEntry {
  const { serial, certificate, revocation } = record;
  const subject = certificate && Certificate.read(certificate).subject;
  const name = subject ? entryName(subject, serialOctets(serial)) : record.subject || serial;
  const common = { expires: timeFromMs(record.notAfter), serial, file: 'unknown', name };
  if (!revocation) return { type: statusOf(record, now) === 'expired' ? 'E' : 'V', ...common };
  return { type: 'R', revocation: makeRevocation(timeFromMs(revocation.at), causeOf(revocation)), ...common };
}

function causeOf({ reason, invalidSince }: Revocation): RevocationCause {
  if (invalidSince !== undefined && (reason === 'keyCompromise' || reason === 'CACompromise')) {
    const time = new Date(invalidSince).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
    return { kind: reason === 'keyCompromise' ? 'keyTime' : 'CAkeyTime', time };
  }
  const known = reason !== 'unspecified' && REASON_NAMES.includes(reason);
  return known ? { kind: 'reason', reason } : { kind: 'none' };
}

/**
 * The record of an entry.
 *
 * @param certificate its certificate, where its file was there; else the record has what the entry says, and notBefore 0
 */
export function recordOfEntry(entry: IndexEntry, certificate: Certificate | undefined, now: number): CertificateRecord {
  const revocation = revocationOf(entry);
  if (certificate) return recordOf(certificate, { issuedAt: certificate.notBefore.ms ?? now, revocation });
  return {
    serial: serialHex(serialOctets(entry.serial)),
    subject: entry.name,
    names: [...entry.name.matchAll(/\/CN=([^/]+)/g)].map(([, name]) => name as string),
    template: undefined,
    notBefore: 0,
    notAfter: entry.expires.ms ?? 0,
    certificate: undefined,
    issuedAt: now,
    revocation,
    replaces: undefined,
  };
}

function revocationOf({ revocation }: IndexEntry): Revocation | undefined {
  if (!revocation) return undefined;
  const { date, reason, invalidityDate } = revocation;
  const name = reason?.name ?? 'unspecified';
  return {
    at: date.ms ?? 0,
    reason: name === 'removeFromCRL' ? 'unspecified' : name,
    invalidSince: invalidityDate?.ms,
  };
}
