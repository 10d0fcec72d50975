/** Programs that run while a test talks to them: servers on ports of their own, clients that are typed to. Each ends with its test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodePem } from '../../src/lib/der/index.ts';
import { issueFor, type KeyKind, type TestIdentity } from './tls-certificates.ts';

const RUN = resolve('bin/run.js');

/** How long anything may take that a test waits for, in milliseconds. */
const PATIENCE = 60_000;

export const TLSKIT: readonly string[] = [process.env['TLSKIT_TEST_NODE'] ?? process.execPath, RUN];
export const OPENSSL: readonly string[] = ['openssl'];

/** A program under way. */
export class Program {
  readonly child: ChildProcess;
  stdout: Buffer = Buffer.alloc(0);
  stderr = '';
  status: number | null = null;
  readonly ended: Promise<number | null>;
  #wake: () => void = () => undefined;

  constructor(program: readonly string[], args: readonly string[], cwd: string) {
    const [command = '', ...first] = program;
    this.child = spawn(command, [...first, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin?.on('error', () => undefined);
    this.child.stdout?.on('data', (bytes: Buffer) => {
      this.stdout = Buffer.concat([this.stdout, bytes]);
      this.#wake();
    });
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.stderr += bytes.toString('latin1');
      this.#wake();
    });
    this.ended = new Promise((done) => {
      this.child.on('close', (code) => {
        this.status = code;
        this.#wake();
        done(code);
      });
    });
    onTestFinished(async () => {
      this.stop();
      await this.ended;
    });
  }

  get text(): string {
    return this.stdout.toString('latin1');
  }

  type(text: string | Uint8Array): this {
    this.child.stdin?.write(text);
    return this;
  }

  /** Ends its input. */
  end(): this {
    this.child.stdin?.end();
    return this;
  }

  stop(): void {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
  }

  /** Waits until `what` holds, or fails with what the program said. */
  async until(what: (program: this) => boolean, say = 'what was waited for'): Promise<this> {
    for (const end = Date.now() + PATIENCE; !what(this);) {
      if (Date.now() > end || this.status !== null) {
        if (what(this)) break;
        throw new Error(
          `never came: ${say}\n--- stdout\n${this.text.slice(-3000)}\n--- stderr\n${this.stderr.slice(-3000)}`,
        );
      }
      await new Promise<void>((done) => {
        this.#wake = done;
        setTimeout(done, 100);
      });
    }
    return this;
  }

  /** Waits for a text on standard output. */
  sees(want: RegExp): Promise<this> {
    return this.until((program) => want.test(program.text), `${want}`);
  }

  /** Waits for its end. */
  async finish(): Promise<this> {
    await this.until((program) => program.status !== null, 'its end');
    return this;
  }
}

/** Starts our server on a free port. */
export async function ourServer(cwd: string, args: readonly string[]): Promise<{ server: Program; port: number }> {
  const server = new Program(TLSKIT, ['s_server', '-accept', '127.0.0.1:0', ...args], cwd);
  await server.sees(/^ACCEPT .*:\d+$/m);
  return { server, port: Number(/^ACCEPT .*:(\d+)$/m.exec(server.text)?.[1]) };
}

/** Starts OpenSSL's server on a free port. */
export async function opensslServer(cwd: string, args: readonly string[]): Promise<{ server: Program; port: number }> {
  const server = new Program(OPENSSL, ['s_server', '-4', '-accept', '127.0.0.1:0', ...args], cwd);
  await server.sees(/^ACCEPT .*:\d+$/m);
  return { server, port: Number(/^ACCEPT .*:(\d+)$/m.exec(server.text)?.[1]) };
}

/** A client of either program, with everything that it needs to connect to a port. */
export const client = (program: readonly string[], cwd: string, port: number, args: readonly string[]): Program =>
  new Program(program, ['s_client', '-connect', `127.0.0.1:${port}`, ...args], cwd);

/**
 * A folder with a small PKI for a test file: ca.pem, and for each name a certificate of that CA with its key. It goes when `remove` is called.
 */
export async function makePki(
  identities: Readonly<Record<string, KeyKind>>,
): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-tls-'));
  const ca = await issueFor({
    kind: 'p256',
    name: 'Test CA',
    extensions: [
      ['basicConstraints', 'critical,CA:true'],
      ['keyUsage', 'critical,keyCertSign,cRLSign'],
    ],
  });
  const put = (name: string, { der, key }: TestIdentity): void => {
    writeFileSync(join(folder, `${name}.pem`), encodePem('CERTIFICATE', der));
    writeFileSync(join(folder, `${name}.key`), encodePem('PRIVATE KEY', key.pkcs8), { mode: 0o600 });
  };
  put('ca', ca);
  for (const [name, kind] of Object.entries(identities)) {
    put(
      name,
      await issueFor({
        kind,
        name,
        extensions: [
          ['basicConstraints', 'CA:false'],
          ['subjectAltName', 'DNS:localhost,IP:127.0.0.1'],
        ],
        issuer: ca,
      }),
    );
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A report without what differs from run to run: ids, secrets, times, ticket bytes, and counts of octets. */
export function steady(text: string): string[] {
  return text
    .replace(/^( {4}(?:Session-ID|Master-Key|Resumption PSK): )[0-9A-F]+$/gm, '$1X')
    .replace(/^( {4}Start Time: )\d+$/gm, '$1N')
    .replace(/^( {4}Keying material: )[0-9A-F]+$/gm, '$1X')
    .replace(/has read \d+ bytes and written \d+ bytes/g, 'has read N bytes and written N bytes')
    .replace(/^ {4}[0-9a-f]{4} - .*\n/gm, '')
    .split('\n');
}
