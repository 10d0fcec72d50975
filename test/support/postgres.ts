/** A PostgreSQL server of a test's own: Debian's package, on a temporary directory, as a user who is not root. It ends with the test file. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { notRun } from './peers.ts';

const DEBIAN = '/usr/lib/postgresql';
const PACKAGE = 'postgresql';
const PASSWORD = 'geheim/é:@';

/** The folder of the server's programs: Debian's newest, or where PATH has them. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Who runs the server when root runs the tests: it refuses to be root. */
function servingUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, uid, gid] = /^(?:postgres|nobody):[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** A server's certificate and key, and the authority for its clients, in PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A server that runs. */
export class Postgres {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly port: number;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
  }

  /** Makes a cluster and starts it: a second or two. With `tls` it takes TLS, too, and looks at certificates that `ca` issued. */
  static async start(options: { readonly tls?: Tls } = {}): Promise<Postgres> {
    const bin = programs();
    if (bin === undefined) throw new Error(`no PostgreSQL here (Debian: ${PACKAGE})`);
    const folder = mkdtempSync(join(tmpdir(), 'tlskit-postgres-'));
    const user = servingUser();
    if (user) chownSync(folder, user.uid, user.gid);
    chmodSync(folder, 0o700);
    const how = { cwd: folder, ...user, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
    const data = join(folder, 'data');
    const file = (name: string, content: string): string => {
      const path = join(folder, name);
      writeFileSync(path, content, { mode: 0o600 });
      if (user) chownSync(path, user.uid, user.gid);
      return path;
    };
    const secret = file('password', `${PASSWORD}\n`);
    const words = ['-D', data, '-U', 'ca', '--auth=scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8', '-N'];
    const made = spawnSync(join(bin, 'initdb'), words, { ...how, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    const port = await freePort();
    const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, max_connections: 60 };
    const { tls } = options;
    const secure = tls && {
      ssl: 'on',
      ssl_cert_file: file('server.pem', tls.cert),
      ssl_key_file: file('server.key', tls.key),
      ssl_ca_file: file('ca.pem', tls.ca),
    };
    const given = Object.entries({ ...settings, ...secure }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...given], {
      ...how,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(child);
    return new Postgres(child, folder, port);
  }

  /** Its URL; without a password unless that is wanted. */
  url(options: { readonly password?: boolean; readonly database?: string } = {}): string {
    const secret = options.password ? `:${encodeURIComponent(PASSWORD)}` : '';
    return `postgres://ca${secret}@127.0.0.1:${this.port}/${options.database ?? 'postgres'}`;
  }

  get password(): string {
    return PASSWORD;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once('close', () => {
        rmSync(this.#folder, { recursive: true, force: true });
        resolve();
      });
      this.#child.kill('SIGQUIT'); // immediate: nothing here is to be kept
    });
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`postgres ended: ${log}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A `describe` for tests that need a server; see describeWith. */
export function describeWithPostgres(name: string, body: () => void): void {
  if (programs() !== undefined && (process.getuid?.() !== 0 || servingUser())) {
    describe(name, body);
    return;
  }
  notRun(name, `PostgreSQL (Debian: ${PACKAGE})`);
}
