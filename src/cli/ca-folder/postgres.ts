/** A database that several machines share: PostgreSQL, by the package pg. Passwords come from the URL, PGPASSWORD or .pgpass. */
import { fail, TlskitError } from '../../lib/errors.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from '../../lib/ca/sql.ts';

/** What is used of the package. */
interface Client {
  query(sql: string, values: readonly SqlValue[]): Promise<{ readonly rows: readonly SqlRow[] }>;
  release(error?: boolean): void;
}

interface Pool {
  connect(): Promise<Client>;
  query: Client['query'];
  on(event: 'error', listener: () => void): void;
  end(): Promise<void>;
}

interface Pg {
  readonly Pool: new (options: Readonly<Record<string, unknown>>) => Pool;
  readonly types: { getTypeParser(oid: number, format: string): unknown };
}

const INT8 = 20;
const CONNECT_MS = 15_000;
/** How long one transaction waits for another one. */
const LOCK_MS = 60_000;

/** Whether `--db` names a PostgreSQL database. */
export const isPostgresUrl = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text);

/** The URL without its password: what may be kept in a file and shown. */
export function withoutPassword(url: string): string {
  const parsed = parsedUrl(url);
  parsed.password = '';
  parsed.searchParams.delete('password');
  return parsed.toString();
}

function parsedUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    return fail('ERR_USAGE', 'the URL of the database should read postgres://user@host:port/name');
  }
}

/**
 * Connects.
 *
 * @throws TlskitError ERR_CONNECT, which never shows a password
 */
export async function openPostgres(url: string): Promise<SqlDatabase> {
  const shown = withoutPassword(url);
  const pg = await load();
  // a bigint is a number here: none of ours is larger than 2^53
  const getTypeParser = (oid: number, format: string): unknown =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'tlskit',
    lock_timeout: LOCK_MS,
    types: { getTypeParser },
  });
  pool.on('error', () => undefined); // an idle connection that breaks is replaced; one in use tells its query
  const database = new PostgresDatabase(pool, shown);
  try {
    await database.query('SELECT 1 AS one');
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

async function load(): Promise<Pg> {
  try {
    const name = 'pg';
    const loaded = (await import(name)) as { default: Pg };
    return loaded.default;
  } catch {
    return fail('ERR_UNSUPPORTED', 'PostgreSQL needs the package pg, which is not installed: npm install -g pg');
  }
}

/** `?` becomes `$1`, `$2`, …; no statement has a question mark in a string. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${(count += 1)}`);
}

class PostgresDatabase implements SqlDatabase {
  readonly dialect = 'postgres';
  readonly #pool: Pool;
  readonly #shown: string;

  constructor(pool: Pool, shown: string) {
    this.#pool = pool;
    this.#shown = shown;
  }

  query(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#naming(async () => (await this.#pool.query(numbered(sql), values)).rows);
  }

  async transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const client = await this.#naming(() => this.#pool.connect());
    const query: SqlSession['query'] = (sql, values = []) =>
      this.#naming(async () => (await client.query(numbered(sql), values)).rows);
    let broken = true;
    try {
      await query('BEGIN');
      const result = await work({ query });
      await query('COMMIT');
      broken = false;
      return result;
    } finally {
      // a connection that is thrown away takes its transaction with it
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #naming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TlskitError) throw error;
      throw new TlskitError('ERR_CONNECT', `the database ${this.#shown}: ${reasonOf(error)}`);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the host is not known',
  ETIMEDOUT: 'no answer',
  '28P01': 'the password is wrong; give it in PGPASSWORD, in .pgpass, or in the URL of --db',
  '28000': 'the server does not let this user in',
  '3D000': 'there is no such database; make it with createdb',
  '42501': 'the user may not do that there',
  '55P03': 'another process has been writing for a minute; try again',
};

/** One line without the connection's parameters: PostgreSQL's messages name users and databases at most. */
function reasonOf(error: unknown): string {
  const { code, message, errors } = error as { code?: string; message?: string; errors?: readonly unknown[] };
  const [first] = errors ?? []; // an AggregateError: one for each address that was tried
  if (first !== undefined) return reasonOf(first);
  const text = message ?? 'unknown error';
  if (/password must be a string|no password/i.test(text))
    return 'it wants a password; give it in PGPASSWORD, in .pgpass, or in the URL of --db';
  return REASONS[code ?? ''] ?? (text.split('\n')[0] as string);
}
