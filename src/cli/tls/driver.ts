/**
 * Connects an engine with a socket: octets both ways, pauses where one side is slower than the other, and an end by which the peer hears the last
 * alert: our direction is closed first, then what still comes is thrown away for a while, then the socket goes. Nothing is queued without bound.
 */
import type { Duplex } from 'node:stream';
import type { TlsEngine, TlsEvent } from '../../lib/tls/index.ts';

/** A socket as far as it is used; net.Socket is one. */
export interface Transport extends Duplex {
  setNoDelay?(on?: boolean): unknown;
}

export interface DriverHandlers {
  /** Everything that the engine tells, in order. */
  event(event: TlsEvent): void;
  /** More can be sent: `congested` was true and is so no more. */
  drain?(): void;
  /** The transport failed, or a handler did. */
  error(error: NodeJS.ErrnoException): void;
  /** All is over. Called once. */
  closed(): void;
}

/**
 * Octets that may wait before nothing more is read from the network: for the network, so that what the engine answers does not pile up, and
 * in the engine for an asynchronous hook.
 */
const MAX_WAITING = 1 << 20;

/** Octets from which several pieces are not joined. */
const LARGE = 8192;

/** How long what still comes is thrown away at the end, in milliseconds since the last octet. */
const LINGER = 500;

/** How long a peer may take nothing at the end, in milliseconds. */
const STALLED = 60_000;

export class TlsDriver {
  readonly engine: TlsEngine;
  readonly socket: Transport;
  /** Octets that came and went. */
  received = 0;
  sent = 0;
  readonly #handlers: DriverHandlers;
  readonly #linger: number;
  #pumping = false;
  #paused = false;
  #stopped = false;
  #closing = false;
  #ending = false;
  #over = false;
  #blocked = false;
  #timer: NodeJS.Timeout | undefined;

  /** `make` gets the function that the engine must call when an asynchronous hook is done. */
  constructor(
    socket: Transport,
    make: (wake: () => void) => TlsEngine,
    handlers: DriverHandlers,
    options: { readonly linger?: number } = {},
  ) {
    this.socket = socket;
    this.#handlers = handlers;
    this.#linger = options.linger ?? LINGER;
    this.engine = make(() => this.pump());
    socket.setNoDelay?.(true);
    socket.on('data', (bytes: Buffer) => this.#data(bytes));
    socket.on('end', () => this.#end());
    socket.on('drain', () => this.#drained());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    socket.on('close', () => this.#gone());
  }

  /** Begins: a client's hello goes out. */
  start(): void {
    this.engine.start();
    this.pump();
  }

  /** Whether to wait with sending: the network is slower, or a renegotiation keeps data back. */
  get congested(): boolean {
    const busy = this.engine.secure && this.engine.busy;
    const congested = this.socket.writableNeedDrain || busy;
    if (congested) this.#blocked = true;
    return congested;
  }

  /** Sends application data. Returns false when it is time to wait for `drain`. */
  send(bytes: Uint8Array): boolean {
    this.engine.send(bytes);
    this.pump();
    return !this.congested;
  }

  /** Reads no more, or goes on: for consumers that are slower than the network. */
  pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.#flow();
  }

  /** Says close_notify, and ends. */
  close(): void {
    this.engine.close();
    this.#closing = true;
    this.pump();
  }

  /** Carries out and tells all that there is. Called after every call to the engine. */
  pump(): void {
    if (this.#pumping || this.#over) return;
    this.#pumping = true;
    try {
      for (;;) {
        this.#flush();
        const events = this.engine.events();
        if (events.length === 0 && !this.engine.waiting) break;
        for (const event of events) this.#handlers.event(event);
      }
    } catch (error) {
      // a file that cannot be written, say: the connection ends, and its owner hears why
      this.#handlers.error(error as Error);
      this.engine.abandon();
    } finally {
      this.#pumping = false;
    }
    if (this.engine.closed || this.#closing) this.finish();
    this.#flow();
    this.#unblock();
  }

  #flush(): void {
    const pieces = this.engine.take();
    if (pieces.length === 0 || this.#ending || this.socket.destroyed) return;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.sent += length;
    // small pieces go as one; of large ones a copy would cost more than a list of them
    if (pieces.length > 1 && length > LARGE) {
      this.socket.cork();
      for (const piece of pieces) this.socket.write(piece);
      this.socket.uncork();
    } else this.socket.write(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
  }

  #data(bytes: Buffer): void {
    if (this.#ending) {
      if (this.socket.writableFinished) this.#later();
      return;
    }
    this.received += bytes.length;
    this.engine.receive(bytes);
    this.pump();
  }

  #end(): void {
    if (!this.#ending) {
      this.engine.receiveEnd();
      this.pump();
    }
    this.finish();
    if (this.socket.writableFinished) this.socket.destroy();
    else this.socket.once('finish', () => this.socket.destroy());
  }

  #drained(): void {
    this.#flow();
    this.#unblock();
  }

  #unblock(): void {
    if (!this.#blocked || this.#over || this.#ending) return;
    if (this.socket.writableNeedDrain || (this.engine.secure && this.engine.busy)) return;
    this.#blocked = false;
    this.#handlers.drain?.();
  }

  /** Reads or does not read. At the end reading goes on: what comes is thrown away. */
  #flow(): void {
    const piling = this.socket.writableLength > MAX_WAITING || this.engine.unread > MAX_WAITING;
    const stop = !this.#ending && (this.#paused || piling);
    if (stop === this.#stopped) return;
    this.#stopped = stop;
    if (stop) this.socket.pause();
    else this.socket.resume();
  }

  /** Closes our direction and waits for the peer's, but not for long. */
  finish(): void {
    if (this.#ending || this.#over) return;
    this.#ending = true;
    this.#flow();
    if (this.socket.destroyed) return;
    // only when all has gone: a slow reader still gets everything
    this.socket.end(() => this.#later());
    this.#watch(this.socket.writableLength);
  }

  /** Gives a peer up that takes nothing of what there is for it. */
  #watch(before: number): void {
    if (before === 0) return;
    this.#timer = setTimeout(() => {
      const left = this.socket.writableLength;
      if (left === before) this.socket.destroy();
      else if (left > 0) this.#watch(left);
    }, STALLED);
  }

  #later(): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.socket.destroy(), this.#linger);
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#ending) return;
    this.#handlers.error(error);
    this.engine.abandon();
    this.pump();
  }

  #gone(): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    if (!this.#ending) {
      this.engine.receiveEnd();
      this.pump();
    }
    this.#over = true;
    this.#handlers.closed();
  }
}
