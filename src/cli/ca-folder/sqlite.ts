/**
 * A database in a file: Node's own SQLite where this Node has it (22.13 and later), else the package libsql. Both keep the same files and take the
 * same locks. node-sqlite3-wasm would need no native code, but its lock is a directory that stays when a process is killed.
 */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fail, TlskitError } from '../../lib/errors.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from '../../lib/ca/sql.ts';

/** What both libraries have in common. */
interface Statement {
  /** libsql alone: whether there are rows to read. */
  readonly reader?: boolean;
  all(...values: SqlValue[]): Readonly<Record<string, unknown>>[];
  run(...values: SqlValue[]): unknown;
}

interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

type Opener = new (path: string) => Connection;

/** How long one connection waits for another one that writes. */
const PATIENCE_MS = 60_000;
/** How long SQLite itself waits, in which nothing else happens in this process: the other connection may be of the same. */
const BUSY_MS = 40;
/** What a connection starts with; setting `synchronous` reads the file. */
const PRAGMAS: readonly string[] = [
  `busy_timeout = ${BUSY_MS}`,
  'foreign_keys = ON',
  // a rollback journal, as shared memory for a write-ahead log does not work on every shared folder; and wait for the disk, its directory too
  'synchronous = EXTRA',
].map((setting) => `PRAGMA ${setting}`);

/** Node's module warns that it is experimental as soon as it is loaded; what we use of it has its tests on every Node. */
function nodeSqlite(): Opener | undefined {
  const { emitWarning } = process;
  try {
    process.emitWarning = () => undefined;
    const found: { DatabaseSync?: Opener } | undefined = process.getBuiltinModule('node:sqlite');
    return found?.DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function libsql(): Promise<Opener> {
  try {
    const name = 'libsql';
    const loaded = (await import(name)) as { default: Opener };
    return loaded.default;
  } catch {
    return fail(
      'ERR_UNSUPPORTED',
      'there is no SQLite: this Node has none (22.13 and later have), and the package libsql is not installed for this platform',
    );
  }
}

/**
 * Opens a database.
 *
 * @param create false: the file has to be there
 * @throws TlskitError ERR_IO, ERR_NOT_FOUND, ERR_UNSUPPORTED
 */
export async function openSqlite(path: string, create: boolean): Promise<SqlDatabase> {
  if (!create && !existsSync(path)) fail('ERR_NOT_FOUND', `there is no database ${path}`);
  const Database = nodeSqlite() ?? (await libsql());
  const connection = naming(path, () => new Database(path));
  try {
    for (const pragma of PRAGMAS) await patiently(path, () => connection.exec(pragma));
  } catch (error) {
    connection.close();
    throw error;
  }
  return new SqliteDatabase(path, connection);
}

/** Runs a statement, again and again while another connection has the database. Every statement that looks at the file may meet its lock. */
async function patiently<T>(path: string, statement: () => T): Promise<T> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    try {
      return statement();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw named(path, error);
    }
    await new Promise((done) => setTimeout(done, 2 + randomInt(15)));
  }
}

class SqliteDatabase implements SqlDatabase {
  readonly dialect = 'sqlite';
  readonly #path: string;
  readonly #connection: Connection;
  readonly #statements = new Map<string, Statement>();
  /** One connection can be in one transaction: whoever comes meanwhile waits for this. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, connection: Connection) {
    this.#path = path;
    this.#connection = connection;
  }

  query(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#inTurn(() => patiently(this.#path, () => this.#run(sql, values)));
  }

  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await patiently(this.#path, () => this.#connection.exec('BEGIN IMMEDIATE'));
      try {
        const result = await work({ query: (sql, values = []) => patiently(this.#path, () => this.#run(sql, values)) });
        await patiently(this.#path, () => this.#connection.exec('COMMIT'));
        return result;
      } catch (error) {
        this.#rollBack();
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => this.#connection.close());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Some errors have rolled back already. */
  #rollBack(): void {
    try {
      this.#connection.exec('ROLLBACK');
    } catch {
      // the first error is the one to tell
    }
  }

  #run(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    const statement = this.#statements.get(sql) ?? this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    if (statement.reader === false) {
      statement.run(...values);
      return [];
    }
    return statement.all(...values).map(plainRow);
  }
}

const plainRow = (row: Readonly<Record<string, unknown>>): SqlRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));

/** Octets are a Uint8Array from Node's module and an ArrayBuffer from libsql. */
function plainValue(value: unknown): SqlRow[string] {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? Buffer.from(value) : (value as SqlRow[string]);
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/locked|busy/i, 'another process has been writing to it for a minute; try again'],
  [/not a database|malformed|file is encrypted/i, 'it is no SQLite database, or a damaged one'],
  [/readonly|read-only/i, 'it cannot be written'],
  [/unable to open/i, 'it cannot be opened'],
  [/full/i, 'the disk is full'],
];

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isBusy = (error: unknown): boolean => /locked|busy/i.test(messageOf(error));

function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(path, error);
  }
}

/** An error of SQLite as one that names the database. */
function named(path: string, error: unknown): TlskitError {
  if (error instanceof TlskitError) return error;
  const message = messageOf(error);
  const reason = REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
  return new TlskitError('ERR_IO', `the database ${path}: ${reason}`, { cause: error });
}
