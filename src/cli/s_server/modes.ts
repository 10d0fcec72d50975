/** What s_server does with the data of a client: a handler for each mode. */
import type { ReadStream } from 'node:fs';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import type { ServerConnection } from './connection.ts';
import { openFile, pathOf, plainAnswer, RequestHead } from './http.ts';
import { statusPage } from './report.ts';
import type { Mode } from './setup.ts';

export interface ModeHandler {
  /** The handshake is done and reported. */
  ready?(): void;
  data(bytes: Uint8Array): void;
  /** The client has answered a request for a certificate after the handshake. */
  authenticated?(): void;
  /** The client will send no more. Returns whether an answer is under way. */
  finish?(): boolean;
  /** More can be sent. */
  drain?(): void;
  /** The connection is gone. */
  end?(): void;
}

export function handlerFor(mode: Mode, connection: ServerConnection): ModeHandler {
  switch (mode) {
    case 'print':
      return new Printer(connection);
    case 'echo':
      return new Echo(connection);
    case 'reverse':
      return new Reverse(connection);
    default:
      return new Http(connection, mode);
  }
}

/** Prints everything. */
class Printer implements ModeHandler {
  readonly #connection: ServerConnection;

  constructor(connection: ServerConnection) {
    this.#connection = connection;
  }

  data(bytes: Uint8Array): void {
    const { driver, shared } = this.#connection;
    if (!shared.data(this.#connection, bytes)) driver.pause(true);
  }
}

/** Sends back, and reads no more while the client does not take it. Early data wait until there is something to answer with. */
abstract class Answering implements ModeHandler {
  protected readonly connection: ServerConnection;
  #waiting: Uint8Array[] = [];

  constructor(connection: ServerConnection) {
    this.connection = connection;
  }

  abstract data(bytes: Uint8Array): void;

  protected answer(bytes: Uint8Array): void {
    const { driver } = this.connection;
    if (!driver.engine.writable && !driver.engine.ended && !driver.engine.closed) {
      this.#waiting.push(bytes);
      return;
    }
    if (driver.engine.writable && !driver.send(bytes)) driver.pause(true);
  }

  ready(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) this.answer(bytes);
  }

  drain(): void {
    this.connection.driver.pause(false);
  }
}

/** Each record comes back as it came. */
class Echo extends Answering {
  data(bytes: Uint8Array): void {
    this.answer(bytes);
  }
}

/** Octets of a line that is turned round; longer ones are turned in pieces. */
const MAX_LINE = 16_384;

/** Each line comes back reversed. */
class Reverse extends Answering {
  #line = Buffer.alloc(0);

  data(bytes: Uint8Array): void {
    this.#line = Buffer.concat([this.#line, bytes]);
    for (;;) {
      const at = this.#line.indexOf(0x0a);
      if (at < 0 && this.#line.length <= MAX_LINE) return;
      const end = at < 0 ? MAX_LINE : at;
      const line = this.#line.subarray(0, end);
      this.#line = this.#line.subarray(at < 0 ? end : end + 1);
      this.#turn(line);
    }
  }

  #turn(line: Buffer): void {
    const text = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
    if (text.toString('latin1') === 'CLOSE') {
      this.connection.shared.say('CONNECTION CLOSED\n');
      this.connection.close();
      return;
    }
    this.answer(Buffer.concat([Buffer.from(text).reverse(), Buffer.from('\n')]));
  }
}

/** Answers one request. */
class Http implements ModeHandler {
  readonly #connection: ServerConnection;
  readonly #mode: Mode;
  readonly #head = new RequestHead();
  #request: string | undefined;
  #ready = false;
  #answered = false;
  /** The request that waits for the client's certificate. */
  #asked: string | undefined;
  #file: ReadStream | undefined;

  constructor(connection: ServerConnection, mode: Mode) {
    this.#connection = connection;
    this.#mode = mode;
  }

  data(bytes: Uint8Array): void {
    // what comes behind the blank line is the body of a request, and nobody's
    if (this.#request !== undefined) return;
    this.#request = this.#head.add(bytes);
    this.#answer();
  }

  ready(): void {
    this.#ready = true;
    this.#answer();
  }

  finish(): boolean {
    return this.#asked !== undefined || this.#file?.readableEnded === false;
  }

  drain(): void {
    this.#file?.resume();
  }

  end(): void {
    this.#file?.destroy();
  }

  #answer(): void {
    if (this.#request === undefined || !this.#ready || this.#answered) return;
    this.#answered = true;
    if (this.#head.tooLong) this.#finish(plainAnswer('431 Request Header Fields Too Large', 'the request is too long'));
    else this.#byPath(this.#request);
  }

  /** -pha_path and -keyupdate_path: what is to be done before the answer. */
  #byPath(request: string): void {
    const { shared, engine } = this.#connection;
    const { pha_path: secret, keyupdate_path: update } = shared.flags;
    const path = pathOf(request);
    if (path !== undefined && path === update && engine.info.version?.code === TLS13) engine.updateKeys(true);
    if (path === undefined || path !== secret) {
      this.#send(request);
      return;
    }
    try {
      engine.requestCertificate();
      this.#asked = request;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#finish(plainAnswer('403 Forbidden', `no certificate can be asked for: ${error.message}`));
    }
  }

  authenticated(): void {
    const request = this.#asked;
    this.#asked = undefined;
    if (request !== undefined) this.#send(request);
  }

  #send(request: string): void {
    if (this.#mode === 'page') this.#page();
    else this.#sendFile(request);
  }

  #page(): void {
    const { shared } = this.#connection;
    this.#finish(statusPage(this.#connection.report(), shared.words, shared.numbers));
  }

  #finish(text: string): void {
    const { engine } = this.#connection;
    if (engine.writable) this.#connection.driver.send(Buffer.from(text, 'utf8'));
    this.#connection.close();
  }

  #sendFile(request: string): void {
    const found = openFile(process.cwd(), request);
    if (typeof found === 'string') {
      this.#finish(found);
      return;
    }
    const { driver } = this.#connection;
    const { stream, type } = found;
    this.#file = stream;
    if (this.#mode === 'files') driver.send(Buffer.from(`HTTP/1.0 200 ok\r\nContent-type: ${type}\r\n\r\n`));
    stream.on('data', (bytes) => {
      if (!driver.engine.writable) stream.destroy();
      else if (!driver.send(bytes as Buffer)) stream.pause();
    });
    stream.on('end', () => this.#connection.close());
    stream.on('error', () => this.#connection.close());
  }
}
