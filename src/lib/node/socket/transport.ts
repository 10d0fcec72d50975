/** What carries a TLS connection: a net.Socket or any Duplex, read and written for the engine. */
import { AsyncResource } from 'node:async_hooks';
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';

export interface TransportHandlers {
  /** Octets that came; `reused` ones stand in memory that is used again. */
  data(bytes: Uint8Array, reused: boolean): void;
  /** No more octets come. */
  end(): void;
  /** All that was to be sent has gone. */
  drained(): void;
}

/** Octets from which several pieces are not joined: a copy costs more than a longer list. */
const LARGE = 8192;

/** What net.Socket has beside its documented face, in every Node from 20 on. */
interface SocketInside {
  readonly _handle: { readonly reading?: boolean; readStop?(): number } | null;
  _read(size: number): void;
  _write(chunk: Uint8Array, encoding: string, done: Done): void;
  _writev(chunks: Chunk[], done: Done): void;
  push(chunk: unknown): boolean;
}

type Done = (error?: Error | null) => void;

interface Chunk {
  readonly chunk: Uint8Array;
  readonly encoding: string;
}

/** What all sockets of our own read into, one after the other: the engine is done with it, or has copied, when it returns. */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** The way to and from the peer. */
export class Transport {
  readonly stream: Duplex;
  readonly #handlers: TransportHandlers;
  #started = false;
  #paused = false;
  #ended = false;
  #queued = 0;

  constructor(stream: Duplex, handlers: TransportHandlers) {
    this.stream = stream;
    this.#handlers = handlers;
  }

  /** A transport over a socket of its own, which is still to be connected. It reads into memory that all of them share. */
  static connecting(handlers: TransportHandlers): Transport {
    const callback = (length: number, buffer: Uint8Array): boolean => {
      transport.#handlers.data(buffer.subarray(0, length), true);
      return !transport.#paused;
    };
    // the peer's end is the engine's affair: it must not end our direction
    const socket = new Socket({
      allowHalfOpen: true,
      onread: { buffer: READ_BUFFER, callback },
    } as SocketConstructorOpts);
    const transport = new Transport(socket, handlers);
    return transport;
  }

  /** Begins to read. What the stream has in its buffer comes first. */
  start(): void {
    if (this.#started || this.stream.destroyed) return;
    this.#started = true;
    const { stream } = this;
    this.#drain();
    if (isConnected(stream)) this.#takeOver(stream as unknown as SocketInside);
    else {
      stream.on('data', (bytes: Uint8Array | string) => this.#data(bytes));
      if (stream.readableEnded) this.#end();
      else stream.once('end', () => this.#end());
      stream.resume();
    }
  }

  #drain(): void {
    let chunk: unknown;
    while ((chunk = this.stream.read()) !== null) this.#data(chunk as Uint8Array);
  }

  /**
   * Node's own TLS sockets take the handle of the socket below, which then emits neither what is encrypted nor its end. The same is reached here by
   * what the handle calls: `push`. It also spares the buffer of a second stream.
   */
  #takeOver(socket: SocketInside): void {
    socket.push = (chunk) => {
      if (chunk === null) this.#end();
      else this.#data(chunk as Uint8Array);
      return !this.#paused;
    };
    if (!this.#paused) socket._read(0);
  }

  #data(bytes: Uint8Array | string): void {
    if (this.#ended) return;
    this.#handlers.data(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, false);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers.end();
  }

  /** Reads no more for the time being, or goes on. */
  pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    const { stream } = this;
    if (!this.#started || stream.destroyed) return;
    const inside = stream as unknown as SocketInside;
    if (Object.hasOwn(stream, 'push')) {
      // a handle that is told to stop does so at its next octets: `push` answers false then
      if (!paused) inside._read(0);
    } else if (paused) stream.pause();
    else stream.resume();
  }

  /**
   * Sends. `done` is called when the stream has taken it, with its error if it did not. A connection of the system is written to below the stream's
   * own buffer: as with Node's sockets, what the engine alone had to say and could not is then no end of the connection.
   */
  write(pieces: readonly Uint8Array[], done?: Done): void {
    const { stream } = this;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const together = pieces.length === 1 || length <= LARGE;
    const bytes = together ? joined(pieces) : undefined;
    if (!isConnected(stream) || stream.writableLength > 0 || (stream as Socket).connecting) {
      // a stream of others calls in a context of its own
      const bound = done && AsyncResource.bind(done);
      if (bytes) stream.write(bytes, bound);
      else writeAll(stream, pieces, bound);
      return;
    }
    this.#queued += length;
    let now = true;
    const after: Done = (error) => {
      this.#queued -= length;
      // what the system took at once is told a moment later, as Node does: a large write says that it wants to be waited for
      if (!now) done?.(error);
      else if (done) process.nextTick(done, error);
      if (this.#queued === 0) this.#handlers.drained();
    };
    const inside = stream as unknown as SocketInside;
    if (bytes) inside._write(bytes, 'buffer', after);
    else inside._writev(chunksOf(pieces), after);
    now = false;
  }

  /** Octets that the stream was given and has not sent. */
  get queued(): number {
    return this.#queued + this.stream.writableLength;
  }
}

const joined = (pieces: readonly Uint8Array[]): Uint8Array =>
  pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);

function writeAll(stream: Duplex, pieces: readonly Uint8Array[], done: Done | undefined): void {
  stream.cork();
  const last = pieces.length - 1;
  for (const [i, piece] of pieces.entries()) stream.write(piece, i === last ? done : undefined);
  stream.uncork();
}

/** Pieces as a stream's `_writev` takes them. */
function chunksOf(pieces: readonly Uint8Array[]): Chunk[] & { allBuffers: boolean } {
  const chunks = pieces.map((chunk) => ({ chunk, encoding: 'buffer' }));
  return Object.assign(chunks, { allBuffers: true });
}

/** Whether a stream is a net.Socket with a connection of the system below it. */
function isConnected(stream: Duplex): boolean {
  return stream instanceof Socket && (stream as unknown as SocketInside)._handle?.readStop !== undefined;
}
