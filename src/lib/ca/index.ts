/** CAs: in memory (`createCA`), and with a database that records what they issue. */
export { Authority, caName, createCA, type CaOptions, type Identity } from './authority.ts';
export { commonName, issueCertificate, type CertificateOrder, type Issuer, type IssuerUrls } from './issue.ts';
export { makeCrl, type CrlOptions } from './crl.ts';
export { parseName, parseNames, namesOf, type CertifiedName } from './names.ts';
export { type SignOptions } from './request.ts';
export { TEMPLATES, templateByName, type Template, type TemplateName } from './templates.ts';
export {
  reasonByName,
  recordOf,
  statusOf,
  type CertificateRecord,
  type CertificateStatus,
  type Revocation,
  type RevocationReason,
} from './record.ts';
export { CaStore, type CaSettings, type RecordFilter, type StoredAuthority, type StoredCrl } from './store.ts';
export {
  CaRecords,
  RecordedAuthority,
  renewalOrder,
  serialOctets,
  serialText,
  type Issued,
  type KeyedOrder,
} from './recorded.ts';
export type { SqlDatabase, SqlRow, SqlSession, SqlValue } from './sql.ts';
export { entryOfRecord, recordOfEntry } from './index-records.ts';
