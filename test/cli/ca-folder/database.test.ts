import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../../../src/cli/ca-folder/postgres.ts';
import { openSqlite } from '../../../src/cli/ca-folder/sqlite.ts';
import { CaStore, type CertificateRecord } from '../../../src/lib/ca/index.ts';
import { TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { serialHex } from '../../../src/lib/x509/serial.ts';
import { hasPeer, openssl, type Finished } from '../../support/peers.ts';
import { describeWithPostgres, Postgres } from '../../support/postgres.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

/** `npm run test:ca` kills three times as often. */
const MORE = Number(process.env['CA_TIMES'] ?? 1);

interface Backend {
  /** Flags of `ca init`. */
  flags(): string[];
  env(): Record<string, string>;
  open(folder: string): Promise<CaStore>;
  /** Whether the database itself says that it is whole. */
  whole(folder: string): Promise<boolean>;
}

const names = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `h${from + i}.example.org\n`).join('');

const certificateIn = (path: string): Certificate => readCertificates(readFileSync(path), path)[0] as Certificate;

const certificatesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^[^.].*(?<!-key)\.pem$/.test(name))
        .map((name) => join(folder, name))
    : [];

function start(cwd: string, env: Record<string, string>, args: readonly string[], input?: string): ChildProcess {
  const node = process.env['TLSKIT_TEST_NODE'] ?? process.execPath;
  const child = spawn(node, [resolve('bin/run.js'), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input ?? '');
  return child;
}

function ended(child: ChildProcess): Promise<{ status: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done) => child.once('close', (status) => done({ status, stderr })));
}

function suite(backend: Backend, kills: number): void {
  const make = (cwd: string): Finished =>
    tlskit(['ca', 'init', '-name', 'Database CA', ...backend.flags()], { cwd, env: backend.env() });

  async function records(cwd: string): Promise<CertificateRecord[]> {
    const folder = join(cwd, 'tlskit-ca');
    const store = await backend.open(folder);
    try {
      const stored = await store.authority(certificateIn(join(folder, 'root.pem')));
      return await store.find(stored!.id);
    } finally {
      await store.close();
    }
  }

  /** Every file has its record, every serial number is there once, and every certificate verifies: by tlskit, and by one call of openssl. */
  async function checkAll(cwd: string, folders: readonly string[], count: number): Promise<void> {
    const files = folders.flatMap((folder) => certificatesIn(join(cwd, folder)));
    const found = await records(cwd);
    expect([files.length, found.length, new Set(found.map(({ serial }) => serial)).size]).toEqual([
      count,
      count,
      count,
    ]);
    const bySerial = new Map(found.map((record) => [record.serial, record]));
    const trusted = new TrustStore([certificateIn(join(cwd, 'tlskit-ca/root.pem'))]);
    const bad = files.filter((file) => {
      const certificate = certificateIn(file);
      const same = bySerial.get(serialHex(certificate.serial))?.certificate?.equals(certificate.der) === true;
      return !same || !verifyChain(certificate, { trusted, time: Date.now(), purpose: 'sslserver' }).ok;
    });
    expect(bad).toEqual([]);
    if (!hasPeer('openssl')) return;
    const { status, stdout } = openssl(['verify', '-CAfile', 'tlskit-ca/root.pem', '-purpose', 'sslserver', ...files], {
      cwd,
    });
    expect([status, stdout.split('\n').filter((line) => line.endsWith(': OK')).length]).toEqual([0, count]);
  }

  test('K4: 1,000 certificates from one process: all recorded, all verify', async () => {
    const cwd = scratch();
    expect(make(cwd).status).toBe(0);
    const { status, stderr } = tlskit(['ca', 'issue', '-batch', '-', '-outdir', 'out'], {
      cwd,
      env: backend.env(),
      input: names(0, 1000),
    });
    expect([status, stderr]).toEqual([0, '']);
    await checkAll(cwd, ['out'], 1000);
  }, 300_000);

  test('K4: 1,000 certificates from four processes at once: nothing is lost, and no serial number comes twice', async () => {
    const cwd = scratch();
    expect(make(cwd).status).toBe(0);
    const folders = ['a', 'b', 'c', 'd'];
    const children = folders.map((folder, i) =>
      start(cwd, backend.env(), ['ca', 'issue', '-batch', '-', '-outdir', folder], names(250 * i, 250)),
    );
    expect(await Promise.all(children.map(ended))).toEqual(folders.map(() => ({ status: 0, stderr: '' })));
    await checkAll(cwd, folders, 1000);
  }, 300_000);

  test('K4: CRLs of several processes have numbers of their own', async () => {
    const cwd = scratch();
    expect(make(cwd).status).toBe(0);
    const all = await Promise.all(
      [1, 2, 3, 4].map((i) => ended(start(cwd, backend.env(), ['ca', 'crl', '-outform', 'DER', '-out', `${i}.crl`]))),
    );
    expect(all).toEqual(all.map(() => ({ status: 0, stderr: '' })));
    const { readCrls, crlNumber } = await import('../../../src/lib/crl/index.ts');
    const numbers = [1, 2, 3, 4].map((i) =>
      Number(crlNumber(readCrls(readFileSync(join(cwd, `${i}.crl`)), 'crl')[0]!)),
    );
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  test(`K4: killed ${kills * MORE} times while it issues, the CA opens, and what was handed out is recorded`, async () => {
    const cwd = scratch();
    expect(make(cwd).status).toBe(0);
    let cut = 0;
    for (let i = 0; i < kills * MORE; i += 1) {
      const folder = join(cwd, `out${i}`);
      mkdirSync(folder);
      const child = start(cwd, backend.env(), ['ca', 'issue', '-batch', '-', '-outdir', `out${i}`], names(0, 400));
      const end = ended(child);
      const running = (): boolean => child.exitCode === null && child.signalCode === null;
      // from the first file on anything may be under way: a transaction, its commit, a rename
      while (running() && certificatesIn(folder).length === 0) await new Promise((done) => setTimeout(done, 2));
      await new Promise((done) => setTimeout(done, (i * 37) % 150));
      if (running()) cut += 1;
      child.kill('SIGKILL');
      await end;
      expect(await backend.whole(join(cwd, 'tlskit-ca'))).toBe(true);
    }
    expect(cut).toBeGreaterThan(kills / 2);
    const serials = new Set((await records(cwd)).map(({ serial }) => serial));
    const files = Array.from({ length: kills * MORE }, (_, i) => certificatesIn(join(cwd, `out${i}`))).flat();
    expect(files.filter((file) => !serials.has(serialHex(certificateIn(file).serial)))).toEqual([]);
    expect(tlskit(['ca', 'issue', 'after.example.org'], { cwd, env: backend.env() }).status).toBe(0);
    expect((await records(cwd)).length).toBe(serials.size + 1);
  }, 300_000);
}

describe('CA database: SQLite', () => {
  const file = (folder: string): string => join(folder, 'ca.db');
  suite(
    {
      flags: () => [],
      env: () => ({}),
      open: async (folder) => CaStore.open(await openSqlite(file(folder), false)),
      async whole(folder) {
        const database = await openSqlite(file(folder), false);
        const [row] = await database.query('PRAGMA integrity_check');
        await database.close();
        return row?.['integrity_check'] === 'ok';
      },
    },
    10,
  );

  test('K4: a new CA that is killed is there whole, or not at all', async () => {
    const cwd = scratch();
    let whole = 0;
    for (let i = 0; i < 6 * MORE; i += 1) {
      const child = start(cwd, {}, ['ca', 'init', '-ca', `ca${i}`]);
      const end = ended(child);
      await new Promise((done) => setTimeout(done, 60 + 25 * (i % 6)));
      child.kill('SIGKILL');
      await end;
      if (!existsSync(join(cwd, `ca${i}/ca.json`))) continue;
      whole += 1;
      expect(tlskit(['ca', 'issue', '-ca', `ca${i}`, '-out', `${i}.pem`, 'a.example'], { cwd }).stderr).toBe('');
    }
    expect(whole).toBeLessThan(6 * MORE + 1);
  });

  test('K4: who opens the database while another one writes to the file waits', async () => {
    const cwd = scratch();
    expect(tlskit(['ca', 'init'], { cwd }).status).toBe(0);
    const path = file(join(cwd, 'tlskit-ca'));
    const writer = await openSqlite(path, false);
    await writer.query('BEGIN EXCLUSIVE'); // as in the commit of a transaction, until the disk has it
    const opening = openSqlite(path, false).then((database) => CaStore.open(database));
    const first = await Promise.race([
      opening.then(() => 'open'),
      new Promise<string>((done) => setTimeout(() => done('waits'), 300)),
    ]);
    await writer.query('COMMIT');
    await writer.close();
    expect(first).toBe('waits');
    await (await opening).close();
  });

  test('K4: a writer that is killed in the middle of its writing leaves the database to those who wait', async () => {
    const cwd = scratch();
    expect(tlskit(['ca', 'init'], { cwd }).status).toBe(0);
    const path = file(join(cwd, 'tlskit-ca'));
    // a small cache: the file is half written before the commit, and its journal has to be rolled back by the next one
    const code = `const Database = process.getBuiltinModule('node:sqlite')?.DatabaseSync ?? require(${JSON.stringify(resolve('node_modules/libsql'))});
      const database = new Database(${JSON.stringify(path)});
      for (const sql of ['PRAGMA cache_size = 5', 'BEGIN EXCLUSIVE', "UPDATE ca_authorities SET crl_number = 77, settings = hex(zeroblob(300000))"])
        database.exec(sql);
      console.log('written');
      setInterval(() => database, 1000);`;
    const writer = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(writer.stdout, 'data');
    expect(statSync(path).size).toBeGreaterThan(300_000);
    const waiting = ['1', '2', '3'].map((name) => ended(start(cwd, {}, ['ca', 'crl', '-out', name])));
    await new Promise((done) => setTimeout(done, 500));
    writer.kill('SIGKILL');
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ status: 0, stderr: '' })));
    const database = await openSqlite(path, false);
    expect(await database.query('SELECT crl_number, length(settings) AS size FROM ca_authorities')).toEqual([
      { crl_number: 3, size: 2 },
    ]);
    await database.close();
  });

  test('a database of a newer version, or none, is refused in one line', async () => {
    const cwd = scratch();
    expect(tlskit(['ca', 'init'], { cwd }).status).toBe(0);
    const database = await openSqlite(join(cwd, 'tlskit-ca/ca.db'), false);
    await database.query('UPDATE ca_schema SET version = 99');
    await database.close();
    expect(tlskit(['ca', 'list'], { cwd }).stderr).toMatch(/version 99, made by a newer tlskit[^\n]*\n$/);
    writeFileSync(join(cwd, 'tlskit-ca/ca.db'), 'x'.repeat(5000));
    expect(tlskit(['ca', 'list'], { cwd }).stderr).toMatch(/ca\.db: it is no SQLite database[^\n]*\n$/);
  });
});

describeWithPostgres('CA database: PostgreSQL', () => {
  let server: Postgres;
  let count = 0;
  let database = '';
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server?.stop());

  /** A database for each CA. */
  async function fresh(): Promise<void> {
    const admin = await openPostgres(server.url({ password: true }));
    count += 1;
    database = `ca${count}`;
    await admin.query(`CREATE DATABASE ${database}`);
    await admin.close();
  }

  const open = (): ReturnType<typeof openPostgres> => openPostgres(server.url({ password: true, database }));

  describe('each in a database of its own', () => {
    suite(
      {
        flags: () => ['-db', server.url({ database: 'postgres' })],
        env: () => ({ PGPASSWORD: server.password }),
        open: async () => CaStore.open(await openPostgres(server.url({ password: true }))),
        whole: async () => {
          const one = await openPostgres(server.url({ password: true }));
          const [row] = await one.query('SELECT COUNT(*) AS lost FROM ca_certificates WHERE certificate IS NULL');
          await one.close();
          return row?.['lost'] === 0;
        },
      },
      4,
    );
  });

  test('K4: the password is kept nowhere and shown nowhere', async () => {
    await fresh();
    const cwd = scratch();
    const url = server.url({ password: true, database });
    const made = tlskit(['ca', 'init', '-db', url], { cwd });
    expect(made.status).toBe(0);
    const kept = readFileSync(join(cwd, 'tlskit-ca/ca.json'), 'utf8');
    const without = tlskit(['ca', 'list'], { cwd, env: { PGPASSWORD: 'wrong' } });
    const wrong = tlskit(['ca', 'list', '-db', url.replace('geheim', 'falsch')], { cwd });
    const nobody = tlskit(['ca', 'list', '-db', url.replace(/:\d+\//, ':1/')], { cwd });
    const absent = tlskit(['ca', 'list', '-db', url.replace(database, 'absent')], { cwd });
    for (const text of [made.stdout, kept, without.stderr, wrong.stderr, nobody.stderr, absent.stderr])
      expect(text).not.toMatch(/geheim|falsch|%C3%A9/);
    expect(without.stderr).toMatch(/the password is wrong[^\n]*\n$/);
    expect(wrong.stderr).toMatch(/the password is wrong[^\n]*\n$/);
    expect(nobody.stderr).toMatch(/nobody listens there\n$/);
    expect(absent.stderr).toMatch(/there is no such database[^\n]*\n$/);
    const pgpass = join(cwd, 'pgpass');
    writeFileSync(pgpass, `127.0.0.1:*:*:ca:${server.password.replaceAll(/[:\\]/g, '\\$&')}\n`, { mode: 0o600 });
    expect(tlskit(['ca', 'list', '-count'], { cwd, env: { PGPASSFILE: pgpass } })).toMatchObject({
      status: 0,
      stdout: '0\n',
    });
  });

  test('K4: several CAs share a database and keep apart', async () => {
    await fresh();
    const [one, two] = [scratch(), scratch()];
    const env = { PGPASSWORD: server.password };
    for (const cwd of [one, two])
      expect(tlskit(['ca', 'init', '-db', server.url({ database })], { cwd, env }).status).toBe(0);
    expect(tlskit(['ca', 'issue', 'a.example'], { cwd: one, env }).status).toBe(0);
    expect(tlskit(['ca', 'list', '-count'], { cwd: two, env }).stdout).toBe('0\n');
    expect(tlskit(['ca', 'revoke', 'a.example'], { cwd: two, env }).status).toBe(1);
    const shared = await open();
    const rows = await shared.query('SELECT COUNT(*) AS n FROM ca_authorities');
    await shared.close();
    expect(rows).toEqual([{ n: 2 }]);
  });
});

test('K4: of several that make a CA in one folder at once, one does', async () => {
  const cwd = scratch();
  const args = ['ca', 'init', '-yes', '-intermediate'];
  const results = await Promise.all([1, 2, 3, 4].map(() => ended(start(cwd, {}, args))));
  expect(results.map(({ status }) => String(status)).sort()).toEqual(['0', '1', '1', '1']);
  for (const { status, stderr } of results)
    if (status !== 0)
      expect(stderr).toMatch(/there is a CA in tlskit-ca already|is in the way: of a CA that was not finished/);
  expect(readdirSync(join(cwd, 'tlskit-ca')).filter((name) => name.includes('lock'))).toEqual([]);
  expect(tlskit(['ca', 'issue', 'a.example'], { cwd }).status).toBe(0);
});
