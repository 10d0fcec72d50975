/** s_client: connects, reports, and carries data between the terminal and the server. */
import { openTrace, type Trace } from '../tls/trace.ts';
import { writeSessionFile } from '../tls/session-file.ts';
import { Input, Output, withCrlf } from '../tls/streams.ts';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import type { Session } from '../../lib/tls/index.ts';
import { ClientConnection, openSocket } from './connection.ts';
import type { ClientContext } from './flags.ts';
import { connectionJson } from './json.ts';
import { connectionText, ocspText, summaryText, ticketText } from './report.ts';
import { setUp, type ClientSetup } from './setup.ts';

/** How often -reconnect connects again. */
const RECONNECTS = 5;

/** How long -reconnect waits for a ticket of TLS 1.3, in milliseconds: without it there is nothing to resume. */
const TICKET_WAIT = 500;

/** Pieces of input in TLS records are no longer than this, so that what is read is sent at once. */
const PIECE = 64 * 1024;

/** Runs s_client. Returns the exit code. */
export async function runClient(context: ClientContext): Promise<number> {
  const setup = await setUp(context);
  context.flushNotes();
  const client = new Client(context, setup);
  try {
    return await client.run();
  } finally {
    client.input.stop();
  }
}

class Client {
  readonly input = new Input();
  readonly #context: ClientContext;
  readonly #setup: ClientSetup;
  readonly #output: Output;
  readonly #trace: () => Trace;
  readonly #silent: boolean;
  /** Whether Q, R, K and k are commands, and the end of the input ends the connection. */
  readonly #endsWithInput: boolean;
  readonly #commands: boolean;
  #connection: ClientConnection | undefined;
  #dropped: ClientConnection | undefined;
  #full = true;
  #reconnects: number;

  constructor(context: ClientContext, setup: ClientSetup) {
    const { flags } = context;
    this.#context = context;
    this.#setup = setup;
    this.#silent = flags.quiet || flags.brief || flags.ladder || context.json;
    this.#endsWithInput = flags.no_ign_eof || !(flags.ign_eof || flags.quiet);
    this.#commands = this.#endsWithInput && !flags.nocommands;
    this.#reconnects = flags.reconnect ? RECONNECTS : 0;
    this.#output = new Output(
      () => this.#connection?.driver.pause(false),
      () => this.#connection?.driver.close(),
    );
    this.#trace = openTrace(flags, 'client', {
      out: (text) => void this.#output.write(text),
      err: (text) => void process.stderr.write(text),
    });
    if (flags.verify !== undefined && !this.#silent) this.#say(`verify depth is ${flags.verify}\n`);
  }

  async run(): Promise<number> {
    const stored = this.#setup.session;
    let resume = { session: stored?.session, verifyResult: stored?.verifyResult ?? 0 };
    for (;;) {
      const connection = await this.#connect(resume);
      if (connection.failure) throw connection.failure;
      if (this.#reconnects === 0) return 0;
      this.#reconnects -= 1;
      resume = { session: connection.session, verifyResult: connection.verifier.code };
    }
  }

  async #connect(resume: { session: Session | undefined; verifyResult: number }): Promise<ClientConnection> {
    const { flags, json } = this.#context;
    const socket = await openSocket(this.#setup.target);
    this.#print('CONNECTED(00000003)\n');
    const connection = new ClientConnection(
      socket,
      this.#setup,
      flags,
      this.#trace(),
      {
        secure: (renegotiations) => {
          if (renegotiations === 0) this.#secured();
        },
        data: (bytes) => this.#output.write(bytes),
        session: (session) => this.#gotSession(session),
        interrupted: () => this.#print('read R BLOCK\n'),
        drain: () => this.input.pause(false),
        say: (text) => this.#say(text),
      },
      resume,
    );
    this.#connection = connection;
    connection.driver.start();
    await connection.done;
    this.input.detach();
    this.#finished(connection);
    if (json && connection.engine.secure) this.#context.printJson(connectionJson(connection.report(), this.#setup));
    return connection;
  }

  /** Prints what -quiet and -brief leave out. */
  #print(text: string): void {
    if (!this.#silent) this.#output.write(text);
  }

  #say(text: string): void {
    if (!this.#context.json) process.stderr.write(text);
  }

  #secured(): void {
    const connection = this.#connection as ClientConnection;
    const { flags, json } = this.#context;
    const { engine } = connection;
    if (json) {
      connection.driver.close();
      return;
    }
    if (flags.status && !engine.info.resumed) this.#print(ocspText(engine.info.ocsp));
    if (flags.brief) this.#say(`CONNECTION ESTABLISHED\n${summaryText(connection.report())}`);
    this.#print(connectionText(connection.report(), this.#full));
    this.#full = false;
    if (this.#reconnects > 0) this.#dropLater(connection);
    else this.#readInput(connection);
  }

  /** -reconnect: at once, in TLS 1.3 with the first ticket, or without one after a while. */
  #dropLater(connection: ClientConnection): void {
    if (connection.engine.info.version?.code === TLS13) {
      setTimeout(() => this.#drop(connection), TICKET_WAIT).unref();
      return;
    }
    // the session of this handshake is told after it
    setImmediate(() => this.#drop(connection));
  }

  #drop(connection: ClientConnection): void {
    if (connection !== this.#connection || connection.engine.closed || this.#dropped === connection) return;
    this.#dropped = connection;
    this.#print('drop connection and then reconnect\n');
    connection.driver.close();
  }

  #gotSession(session: Session): void {
    const connection = this.#connection as ClientConnection;
    const verifyResult = connection.verifier.code;
    const { sess_out: path } = this.#context.flags;
    if (path !== undefined) writeSessionFile(path, { session, verifyResult });
    if (session.version !== TLS13) return;
    this.#print(`${ticketText(session, verifyResult)}read R BLOCK\n`);
    if (this.#reconnects > 0) setImmediate(() => this.#drop(connection));
  }

  #readInput(connection: ClientConnection): void {
    this.input.start({
      data: (bytes, lineStart) => this.#typed(connection, bytes, lineStart),
      end: () => {
        if (this.#endsWithInput) this.#quit(connection);
      },
    });
  }

  #quit(connection: ClientConnection): void {
    if (connection.engine.closed) return;
    if (!this.#context.flags.quiet) this.#say('DONE\n');
    connection.driver.close();
  }

  /** A piece of input: a command, or data for the server. */
  #typed(connection: ClientConnection, bytes: Buffer, lineStart: boolean): void {
    const command = this.#commands && lineStart ? COMMANDS[bytes[0] ?? 0] : undefined;
    if (!command) {
      this.#send(connection, bytes);
      return;
    }
    if (command === 'quit') {
      this.#quit(connection);
      return;
    }
    this.#carryOut(connection, command);
    const end = bytes.indexOf(0x0a);
    if (end >= 0 && end + 1 < bytes.length) this.#typed(connection, bytes.subarray(end + 1), true);
  }

  #carryOut(connection: ClientConnection, command: Exclude<Command, 'quit'>): void {
    const { engine, driver } = connection;
    this.#say(command === 'renegotiate' ? 'RENEGOTIATING\n' : 'KEYUPDATE\n');
    try {
      if (command === 'renegotiate') engine.renegotiate();
      else engine.updateKeys(command === 'update both keys');
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#say(`${error.message}\n`);
    }
    driver.pump();
    if (driver.congested) this.input.pause(true);
  }

  #send(connection: ClientConnection, bytes: Buffer): void {
    const { driver, engine } = connection;
    const data = this.#context.flags.crlf ? withCrlf(bytes) : bytes;
    for (let at = 0; at < data.length && engine.writable; at += PIECE) {
      if (!driver.send(data.subarray(at, at + PIECE))) this.input.pause(true);
    }
  }

  #finished(connection: ClientConnection): void {
    const { prexit } = this.#context.flags;
    const { engine } = connection;
    if (!engine.secure) this.#print(connectionText(connection.report(), this.#full));
    else if (connection.ended && connection.failure === undefined) this.#print('closed\n');
    if (prexit) this.#print(connectionText(connection.report(), true));
  }
}

type Command = 'quit' | 'renegotiate' | 'update both keys' | 'update our keys';

/** The first octet of a line that is a command. */
const COMMANDS: Readonly<Record<number, Command>> = {
  0x51: 'quit',
  0x52: 'renegotiate',
  0x4b: 'update both keys',
  0x6b: 'update our keys',
};
