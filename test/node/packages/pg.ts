/** pg on our sockets: PostgreSQL's upgrade of a stream that is under way. */
import type { TLSSocket } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { face } from '../../support/face.ts';
import { caPem, pems } from '../../support/identities.ts';
import { Postgres, describeWithPostgres } from '../../support/postgres.ts';

describeWithPostgres('[A11] pg', () => {
  let postgres: Postgres;
  let ca: string;
  beforeAll(async () => {
    ca = await caPem();
    postgres = await Postgres.start({ tls: { ...(await pems()), ca } });
  });
  afterAll(() => postgres.stop());

  async function connected<T>(ssl: object, use: (client: pg.Client, socket: TLSSocket) => Promise<T>): Promise<T> {
    const { port, password } = postgres;
    const client = new pg.Client({ host: 'localhost', port, user: 'ca', password, database: 'postgres', ssl });
    await client.connect();
    try {
      return await use(client, (client as unknown as { connection: { stream: TLSSocket } }).connection.stream);
    } finally {
      await client.end();
    }
  }
  const view = 'select version, cipher, client_dn from pg_stat_ssl where pid = pg_backend_pid()';

  it('speaks TLS 1.3 after the upgrade, as the server sees it', async () => {
    await connected({ ca }, async (client, socket) => {
      expect(socket).toBeInstanceOf(face.TLSSocket);
      expect(socket.authorized).toBe(true);
      const { rows } = await client.query(view);
      expect(rows).toEqual([{ version: 'TLSv1.3', cipher: socket.getCipher().name, client_dn: null }]);
    });
  });

  it('shows its certificate, and TLS 1.2 where that is the most', async () => {
    await connected({ ca, ...(await pems('rsa')), maxVersion: 'TLSv1.2' }, async (client) => {
      const { rows } = await client.query<{ version: string; client_dn: string }>(view);
      expect(rows).toMatchObject([{ version: 'TLSv1.2', client_dn: '/CN=test rsa' }]);
    });
  });

  it('takes many rows and sends large values', async () => {
    await connected({ ca }, async (client) => {
      const { rows } = await client.query<{ n: number }>(
        "select n, repeat('x', 100) as t from generate_series(1, 10000) n",
      );
      expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(50_005_000);
      const text = 'é'.repeat(1_000_000);
      const sent = await client.query<{ length: number; same: string }>('select length($1::text), $1::text as same', [
        text,
      ]);
      expect(sent.rows[0]?.length).toBe(1_000_000);
      expect(sent.rows[0]?.same === text).toBe(true);
    });
  });

  it('serves a pool of clients at once', async () => {
    const { port, password } = postgres;
    const pool = new pg.Pool({
      host: 'localhost',
      port,
      user: 'ca',
      password,
      database: 'postgres',
      ssl: { ca },
      max: 4,
    });
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => pool.query<{ n: number }>('select $1::int as n', [i])),
    );
    expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    await pool.end();
  });

  it('tells of a certificate that it does not trust', async () => {
    await expect(connected({ ca: [] }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
  });
});
