/** Other programs that run while a test talks to them. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestIdentity } from './tls-certificates.ts';

/** Milliseconds that anything here may take. */
const PATIENCE = 60_000;

/** A program under way. Its output is kept as Latin-1 text. */
export class Running {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<() => void>();
  readonly #line: string;
  stdout = '';
  stderr = '';
  exited = false;
  status: number | null = null;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#line = [program, ...args].join(' ');
    this.#child = spawn(program, args, { env: { ...process.env, ...env } });
    const look = (): void => this.#waiting.forEach((one) => one());
    this.#child.stdout.setEncoding('latin1').on('data', (text: string) => {
      this.stdout += text;
      look();
    });
    this.#child.stderr.setEncoding('latin1').on('data', (text: string) => {
      this.stderr += text;
      look();
    });
    // a program that has ended reads no more
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => {
      this.stderr += error.message;
    });
    this.#child.on('close', (status) => {
      this.exited = true;
      this.status = status;
      look();
    });
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  write(text: string): this {
    this.#child.stdin.write(text);
    return this;
  }

  endInput(): this {
    this.#child.stdin.end();
    return this;
  }

  /** Waits until something holds; that the program ends before is an error which shows its output. */
  until(what: string, holds: () => boolean, patience: number = PATIENCE): Promise<this> {
    return new Promise((resolve, reject) => {
      const done = (why?: string): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (why === undefined) resolve(this);
        else reject(new Error(`${why} ${what}: ${this.#line}\n${this.output}`));
      };
      const timer = setTimeout(() => done('waited in vain for'), patience);
      const look = (): void => {
        if (holds()) done();
        else if (this.exited) done(`ended with ${this.status} before`);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits for text in the output. */
  prints(text: string | RegExp): Promise<this> {
    return this.until(String(text), () =>
      typeof text === 'string' ? this.output.includes(text) : text.test(this.output),
    );
  }

  /** Waits until a port of this machine takes connections, for programs that do not say when they are ready. */
  async listensOn(port: number): Promise<this> {
    const end = Date.now() + PATIENCE;
    while (!(await takesConnections(port))) {
      if (this.exited || Date.now() > end) throw new Error(`nothing on port ${port}: ${this.#line}\n${this.output}`);
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
    return this;
  }

  ends(patience?: number): Promise<this> {
    return this.until('the end', () => this.exited, patience);
  }

  /** Ends the program. */
  async stop(): Promise<void> {
    if (this.exited) return;
    this.#child.kill('SIGKILL');
    await this.ends();
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => done(true)).on('error', () => done(false));
  });
}

/** A port that was free a moment ago, for programs that cannot choose one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Programs and files of a test file, and their end. */
export class Workshop {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'tlskit-interop-'));
  readonly #running: Running[] = [];
  readonly #closers: (() => void)[] = [];

  start(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Running {
    const running = new Running(program, args, env);
    this.#running.push(running);
    return running;
  }

  /** Something to close at the end. */
  keep<T extends { close(): void }>(one: T): T {
    this.#closers.push(() => one.close());
    return one;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  file(name: string, content: string | Uint8Array): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  /** An identity's chain and key as PEM files. */
  identity(name: string, { credential, keyObject }: TestIdentity): { cert: string; key: string } {
    return {
      cert: this.file(`${name}.pem`, credential.chain.map(pemOf).join('')),
      key: this.file(`${name}.key`, keyObject.export({ type: 'pkcs8', format: 'pem' })),
    };
  }

  async close(): Promise<void> {
    for (const close of this.#closers) close();
    await Promise.all(this.#running.map((one) => one.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A certificate in PEM. */
export function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
