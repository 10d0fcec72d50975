/** What the store of a CA needs of a database: the smallest common face of SQLite and PostgreSQL. */

export type SqlValue = string | number | Uint8Array | null;

/** Text is a string, a number an exact integer, octets a Buffer; what is absent is null. */
export type SqlRow = Readonly<Record<string, string | number | Buffer | null>>;

/** Runs statements, one after another. `?` stands for a value. */
export interface SqlSession {
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
}

/** A database that is open. */
export interface SqlDatabase extends SqlSession {
  readonly dialect: 'sqlite' | 'postgres';
  /**
   * Runs `work` in a transaction that writes: what it has read stays so until it ends, and when it throws nothing of it has happened.
   * Transactions of one database, from whatever process, are in some order; one that has to wait, waits.
   */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
