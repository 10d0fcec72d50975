/** s_server: listens, and carries data between clients and the terminal. Unlike OpenSSL's it serves many clients at once. */
import { rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TlskitError } from '../../lib/errors.ts';
import { networkReason } from '../tls/network.ts';
import { Input, Output, withCrlf } from '../tls/streams.ts';
import { openTrace } from '../tls/trace.ts';
import { ServerConnection, type Shared } from './connection.ts';
import type { ServerContext } from './flags.ts';
import { setUp, type ServerSetup } from './setup.ts';

/** Runs s_server until it is ended, or -naccept connections are over. */
export async function runServer(context: ServerContext): Promise<number> {
  if (context.json) throw new TlskitError('ERR_UNSUPPORTED', 's_server has no --json');
  // what makes certificates is loaded only where it is needed
  if (context.flags.fixtures !== undefined) return (await import('./fixtures.ts')).runFixtures(context);
  const setup = await setUp(context);
  context.flushNotes();
  return new Listener(context, setup).run();
}

/** Pieces of input in TLS records are no longer than this. */
const PIECE = 64 * 1024;

class Listener {
  readonly #context: ServerContext;
  readonly #setup: ServerSetup;
  readonly #server: Server;
  readonly #input = new Input();
  readonly #output: Output;
  readonly #shared: Shared;
  /** Clients in the order in which they came; the newest one gets what is typed. */
  readonly #clients = new Set<ServerConnection>();
  #left: number;
  #stopping = false;
  #ended: (code: number) => void = () => undefined;

  constructor(context: ServerContext, setup: ServerSetup) {
    const { flags } = context;
    this.#context = context;
    this.#setup = setup;
    this.#left = flags.naccept ?? Infinity;
    this.#output = new Output(
      () => {
        for (const client of this.#clients) client.driver.pause(false);
      },
      () => this.#stop(),
    );
    const silent = flags.quiet || flags.brief;
    const print = (text: string): void => {
      if (!silent) this.#output.write(text);
    };
    const say = (text: string): void => void process.stderr.write(text);
    this.#shared = {
      setup,
      flags,
      words: ['s_server', ...process.argv.slice(3)],
      numbers: { accepted: 0, finished: 0, renegotiated: 0, resumed: 0, notResumed: 0 },
      trace: openTrace(flags, 'server', { out: (text) => void this.#output.write(text), err: say }),
      print,
      say,
      data: (_client, bytes) => this.#output.write(bytes),
      drain: () => this.#flow(),
    };
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  async run(): Promise<number> {
    const { flags } = this.#context;
    const depth = flags.Verify ?? flags.verify;
    if (depth !== undefined && !flags.quiet) {
      this.#shared.say(`verify depth is ${depth}${flags.Verify === undefined ? '' : ', must return a certificate'}\n`);
    }
    for (const note of this.#setup.notes) this.#shared.print(note);
    await this.#listen();
    this.#shared.print(this.#acceptLine());
    this.#readInput();
    const code = await new Promise<number>((resolve) => {
      this.#ended = resolve;
    });
    this.#input.stop();
    return code;
  }

  #listen(): Promise<void> {
    const { address, path, family } = this.#setup;
    const { unlink } = this.#context.flags;
    if (path !== undefined && unlink && statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
    const host = address.host ?? (family === 4 ? '0.0.0.0' : family === 6 ? '::' : undefined);
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const where = path ?? `${address.host === undefined ? '' : `${address.host}:`}${address.port}`;
        reject(new TlskitError('ERR_CONNECT', `cannot listen on ${where}: ${networkReason(error)}`));
      });
      this.#server.listen(
        path === undefined
          ? { port: address.port, backlog: 1024, ...(host === undefined ? {} : { host }), ipv6Only: family === 6 }
          : { path, backlog: 1024 },
        () => {
          this.#server.removeAllListeners('error');
          // running out of descriptors must not end the clients that are there
          this.#server.on('error', (error: NodeJS.ErrnoException) =>
            this.#shared.say(`tlskit s_server: ${networkReason(error)}\n`),
          );
          resolve();
        },
      );
    });
  }

  /** With a port that was not known before, where to find it. */
  #acceptLine(): string {
    const { address, path } = this.#setup;
    if (path !== undefined || address.port !== 0) return 'ACCEPT\n';
    const bound = this.#server.address() as AddressInfo;
    // all addresses are told as one that a client can use
    const any = bound.address === '::' || bound.address === '0.0.0.0';
    const host = address.host === undefined || any ? '127.0.0.1' : bound.address;
    const shown = address.host === undefined && this.#setup.family === 6 ? '::1' : host;
    return `ACCEPT ${shown.includes(':') ? `[${shown}]` : shown}:${bound.port}\n`;
  }

  #accept(socket: Socket): void {
    if (this.#left <= 0) {
      socket.destroy();
      return;
    }
    this.#left -= 1;
    if (this.#left === 0) this.#server.close();
    const client = new ServerConnection(socket, this.#shared);
    this.#clients.add(client);
    void this.#gone(client);
  }

  async #gone(client: ServerConnection): Promise<void> {
    await client.done;
    this.#clients.delete(client);
    this.#flow();
    if (this.#clients.size === 0 && (this.#left === 0 || this.#stopping)) this.#ended(0);
  }

  /** The newest client that can be talked to. */
  get #newest(): ServerConnection | undefined {
    return [...this.#clients].findLast(({ engine }) => engine.writable);
  }

  /** Reads input when there is someone to send it to; from a terminal always, as there are commands to type. */
  #flow(): void {
    if (this.#setup.mode !== 'print') return;
    const client = this.#newest;
    this.#input.pause(client ? client.driver.congested : !process.stdin.isTTY);
  }

  /** Takes no more clients, and ends those that are there. */
  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#server.close();
    for (const client of this.#clients) client.close();
    if (this.#clients.size === 0) this.#ended(0);
  }

  #readInput(): void {
    const { mode } = this.#setup;
    if (mode !== 'print') return;
    this.#input.start({
      data: (bytes, lineStart) => this.#typed(bytes, lineStart),
      end: () => {
        if (this.#context.flags.no_ign_eof) this.#stop();
      },
    });
    this.#flow();
  }

  /** A piece of input: a command, or data for the newest client. */
  #typed(bytes: Buffer, lineStart: boolean): void {
    const { quiet, brief, crlf } = this.#context.flags;
    const client = this.#newest;
    const command = lineStart && !quiet && !brief ? String.fromCharCode(bytes[0] ?? 0) : '';
    if (command === 'Q') {
      this.#shared.print('DONE\n');
      this.#stop();
      return;
    }
    if (client && /[qrRkKcPS]/.test(command)) {
      this.#carryOut(client, command);
      const end = bytes.indexOf(0x0a);
      if (end >= 0 && end + 1 < bytes.length) this.#typed(bytes.subarray(end + 1), true);
      return;
    }
    if (!client) return;
    const data = crlf ? withCrlf(bytes) : bytes;
    for (let at = 0; at < data.length && client.engine.writable; at += PIECE) {
      client.driver.send(data.subarray(at, at + PIECE));
    }
    this.#flow();
  }

  #carryOut(client: ServerConnection, command: string): void {
    const { engine, driver } = client;
    try {
      if (command === 'q') {
        this.#shared.print('DONE\n');
        client.close();
      } else if (command === 'r' || command === 'R') engine.renegotiate();
      else if (command === 'k' || command === 'K') engine.updateKeys(command === 'K');
      else if (command === 'c') engine.requestCertificate();
      else if (command === 'P') driver.socket.write('Lets print some clear text\n');
      else this.#shared.print(`${this.#shared.numbers.accepted} server accepts (SSL_accept())\n`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#shared.say(`${error.message}\n`);
    }
    driver.pump();
  }
}
