/** The database of CAs: which certificates there are, what became of them, and the CRLs. One code for SQLite and PostgreSQL. */
import { createHash } from 'node:crypto';
import { fail } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { IssuerUrls } from './issue.ts';
import type { CertificateRecord, Revocation, RevocationReason } from './record.ts';
import { migrate } from './schema.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from './sql.ts';
import type { TemplateName } from './templates.ts';

/** What is kept for a CA and counts for everybody who issues from it. */
export interface CaSettings {
  readonly urls?: IssuerUrls | undefined;
  /** Days that end entities' certificates are good for, in place of the templates'. */
  readonly days?: number | undefined;
}

/** A CA that the database knows. */
export interface StoredAuthority {
  readonly id: number;
  readonly settings: CaSettings;
}

/** Which records are wanted; conditions add up. Times are milliseconds since 1970. */
export interface RecordFilter {
  readonly serial?: string | undefined;
  /** The first digits of the serial number, in upper case. */
  readonly serialStart?: string | undefined;
  /** A name or the subject, or a part of one, in any case. */
  readonly text?: string | undefined;
  readonly revoked?: boolean | undefined;
  /** notAfter at this moment or later; before it. */
  readonly endsFrom?: number | undefined;
  readonly endsBefore?: number | undefined;
  /** Leave the certificates themselves out. */
  readonly brief?: boolean | undefined;
}

/** A CRL that was made. */
export interface StoredCrl {
  readonly number: number;
  /** The number of the CRL that a delta CRL adds to. */
  readonly baseNumber: number | undefined;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly crl: Buffer;
}

/** Rows of one INSERT: databases limit the number of values. */
const ROWS = 100;

const COLUMNS = [
  'authority_id',
  'serial',
  'subject',
  'names',
  'template',
  'not_before',
  'not_after',
  'certificate',
  'issued_at',
  'revoked_at',
  'reason',
  'invalid_since',
  'replaces',
] as const;

/** SHA-256 of a certificate in hexadecimal digits: by it the database knows a CA. */
export const fingerprintOf = (certificate: Certificate): string =>
  createHash('sha256').update(certificate.der).digest('hex');

export class CaStore {
  readonly #database: SqlDatabase;

  private constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Takes a database, makes or changes its tables where that is needed, and closes it when it cannot be used. */
  static async open(database: SqlDatabase): Promise<CaStore> {
    try {
      await migrate(database);
    } catch (error) {
      await database.close();
      throw error;
    }
    return new CaStore(database);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** The CA with this certificate, if the database knows it. */
  async authority(certificate: Certificate): Promise<StoredAuthority | undefined> {
    const [row] = await this.#database.query('SELECT id, settings FROM ca_authorities WHERE fingerprint = ?', [
      fingerprintOf(certificate),
    ]);
    return row && { id: Number(row['id']), settings: JSON.parse(String(row['settings'])) as CaSettings };
  }

  /** Makes a CA known; one that is known already stays as it is. */
  async addAuthority(certificate: Certificate, settings: CaSettings, now: number): Promise<StoredAuthority> {
    await this.#database.query(
      `INSERT INTO ca_authorities (fingerprint, certificate, settings, crl_number, created_at) VALUES (?, ?, ?, 0, ?)
       ON CONFLICT (fingerprint) DO NOTHING`,
      [fingerprintOf(certificate), certificate.der, JSON.stringify(settings), seconds(now)],
    );
    return (await this.authority(certificate)) ?? fail('ERR_IO', 'the database has not kept the new CA');
  }

  /**
   * Records certificates: all of those whose serial numbers are free, which are on the disk when this returns.
   *
   * @returns the serial numbers that the CA has used before: their records were left out
   */
  async add(authority: number, records: readonly CertificateRecord[]): Promise<ReadonlySet<string>> {
    const taken = new Set(records.map(({ serial }) => serial));
    if (taken.size !== records.length) fail('ERR_USAGE', 'two certificates have one serial number');
    await this.#database.transaction(async (session) => {
      for (let at = 0; at < records.length; at += ROWS) {
        for (const serial of await insert(session, authority, records.slice(at, at + ROWS))) taken.delete(serial);
      }
    });
    return taken;
  }

  /** The records that a filter finds, oldest first. */
  async find(authority: number, filter: RecordFilter = {}): Promise<CertificateRecord[]> {
    const { where, values } = conditions(authority, filter);
    const columns = COLUMNS.filter((name) => !(filter.brief && name === 'certificate')).join(', ');
    const sql = `SELECT ${columns} FROM ca_certificates WHERE ${where} ORDER BY id`;
    return (await this.#database.query(sql, values)).map(recordFrom);
  }

  /** The record of a serial number. */
  async bySerial(authority: number, serial: string): Promise<CertificateRecord | undefined> {
    return (await this.find(authority, { serial }))[0];
  }

  /**
   * Revokes a certificate, unless it is revoked already; one on hold may be revoked for good.
   *
   * @returns whether this call has done it
   */
  async revoke(authority: number, serial: string, { at, reason, invalidSince }: Revocation): Promise<boolean> {
    const rows = await this.#database.query(
      `UPDATE ca_certificates SET revoked_at = ?, reason = ?, invalid_since = ?
       WHERE authority_id = ? AND serial = ? AND (revoked_at IS NULL OR reason = 'certificateHold') RETURNING id`,
      [seconds(at), reason, invalidSince === undefined ? null : seconds(invalidSince), authority, serial],
    );
    return rows.length > 0;
  }

  /** Takes a certificate off hold. Returns whether it was on hold. */
  async release(authority: number, serial: string): Promise<boolean> {
    const rows = await this.#database.query(
      `UPDATE ca_certificates SET revoked_at = NULL, reason = NULL, invalid_since = NULL
       WHERE authority_id = ? AND serial = ? AND reason = 'certificateHold' RETURNING id`,
      [authority, serial],
    );
    return rows.length > 0;
  }

  /**
   * Makes the next CRL: takes its number, calls `build` with what should be in it, and records the result, all or nothing.
   *
   * @param build gets the number and the revoked records that belong into it, and the last full CRL
   */
  async makeCrl(
    authority: number,
    build: (number: number, revoked: readonly CertificateRecord[], base: StoredCrl | undefined) => StoredCrl,
  ): Promise<StoredCrl> {
    return this.#database.transaction(async (session) => {
      const [row] = await session.query(
        'UPDATE ca_authorities SET crl_number = crl_number + 1 WHERE id = ? RETURNING crl_number',
        [authority],
      );
      const base = await lastCrl(session, authority);
      // RFC 5280 section 3.3: an entry stays until it was on one CRL beyond the end of its certificate
      const { where, values } = conditions(authority, { revoked: true, endsFrom: base?.thisUpdate, brief: true });
      const columns = COLUMNS.filter((name) => name !== 'certificate').join(', ');
      const sql = `SELECT ${columns} FROM ca_certificates WHERE ${where} ORDER BY revoked_at, id`;
      const revoked = (await session.query(sql, values)).map(recordFrom);
      const made = build(Number(row?.['crl_number']), revoked, base);
      await insertCrl(session, authority, made);
      return made;
    });
  }

  /** The number of the last CRL, 0 where there was none. */
  async crlNumber(authority: number): Promise<number> {
    const [row] = await this.#database.query('SELECT crl_number FROM ca_authorities WHERE id = ?', [authority]);
    return Number(row?.['crl_number'] ?? 0);
  }

  /** Goes on counting CRLs from here, where another program has made some; never back. */
  async raiseCrlNumber(authority: number, number: number): Promise<void> {
    await this.#database.query('UPDATE ca_authorities SET crl_number = ? WHERE id = ? AND crl_number < ?', [
      number,
      authority,
      number,
    ]);
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const milliseconds = (value: SqlRow[string]): number => Number(value) * 1000;

/** Inserts records; returns the serial numbers of those that went in. */
async function insert(
  session: SqlSession,
  authority: number,
  records: readonly CertificateRecord[],
): Promise<readonly string[]> {
  const one = `(${COLUMNS.map(() => '?').join(', ')})`;
  const rows = await session.query(
    `INSERT INTO ca_certificates (${COLUMNS.join(', ')}) VALUES ${records.map(() => one).join(', ')}
     ON CONFLICT (authority_id, serial) DO NOTHING RETURNING serial`,
    records.flatMap((record) => rowOf(authority, record)),
  );
  return rows.map((row) => String(row['serial']));
}

function rowOf(authority: number, record: CertificateRecord): SqlValue[] {
  const { revocation } = record;
  const since = revocation?.invalidSince;
  return [
    authority,
    record.serial,
    record.subject,
    JSON.stringify(record.names),
    record.template ?? null,
    seconds(record.notBefore),
    seconds(record.notAfter),
    record.certificate ?? null,
    seconds(record.issuedAt),
    revocation ? seconds(revocation.at) : null,
    revocation?.reason ?? null,
    since === undefined ? null : seconds(since),
    record.replaces ?? null,
  ];
}

function recordFrom(row: SqlRow): CertificateRecord {
  const { certificate } = row;
  return {
    serial: String(row['serial']),
    subject: String(row['subject']),
    names: JSON.parse(String(row['names'])) as string[],
    template: (row['template'] ?? undefined) as TemplateName | undefined,
    notBefore: milliseconds(row['not_before'] ?? null),
    notAfter: milliseconds(row['not_after'] ?? null),
    certificate: certificate instanceof Buffer ? certificate : undefined,
    issuedAt: milliseconds(row['issued_at'] ?? null),
    revocation: revocationFrom(row),
    replaces: (row['replaces'] ?? undefined) as string | undefined,
  };
}

function revocationFrom(row: SqlRow): Revocation | undefined {
  const { revoked_at: at, reason, invalid_since: since } = row;
  if (at === null || at === undefined) return undefined;
  return {
    at: milliseconds(at),
    reason: (reason ?? 'unspecified') as RevocationReason,
    invalidSince: since === null || since === undefined ? undefined : milliseconds(since),
  };
}

/** WHERE and its values. */
function conditions(authority: number, filter: RecordFilter): { where: string; values: SqlValue[] } {
  const { serial, serialStart, text, revoked, endsFrom, endsBefore } = filter;
  const where = ['authority_id = ?'];
  const values: SqlValue[] = [authority];
  const also = (sql: string, ...more: SqlValue[]): void => {
    where.push(sql);
    values.push(...more);
  };
  if (serial !== undefined) also('serial = ?', serial);
  if (serialStart !== undefined) also('serial LIKE ?', `${serialStart.replaceAll(/[^0-9A-F]/g, '')}%`);
  if (text !== undefined) {
    const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
    also("(LOWER(names) LIKE ? ESCAPE '\\' OR LOWER(subject) LIKE ? ESCAPE '\\')", pattern, pattern);
  }
  if (revoked !== undefined) also(revoked ? 'revoked_at IS NOT NULL' : 'revoked_at IS NULL');
  if (endsFrom !== undefined) also('not_after >= ?', seconds(endsFrom));
  if (endsBefore !== undefined) also('not_after < ?', seconds(endsBefore));
  return { where: where.join(' AND '), values };
}

/** The last CRL that is no delta CRL. */
async function lastCrl(session: SqlSession, authority: number): Promise<StoredCrl | undefined> {
  const [row] = await session.query(
    `SELECT number, base_number, this_update, next_update, crl FROM ca_crls
     WHERE authority_id = ? AND base_number IS NULL ORDER BY number DESC LIMIT 1`,
    [authority],
  );
  return (
    row && {
      number: Number(row['number']),
      baseNumber: undefined,
      thisUpdate: milliseconds(row['this_update'] ?? null),
      nextUpdate: milliseconds(row['next_update'] ?? null),
      crl: row['crl'] as Buffer,
    }
  );
}

async function insertCrl(session: SqlSession, authority: number, made: StoredCrl): Promise<void> {
  await session.query(
    `INSERT INTO ca_crls (authority_id, number, base_number, this_update, next_update, crl) VALUES (?, ?, ?, ?, ?, ?)`,
    [authority, made.number, made.baseNumber ?? null, seconds(made.thisUpdate), seconds(made.nextUpdate), made.crl],
  );
}
