/** The stream of a TLS socket: net.Socket's face with a TlsHandle below it. */
import { channel } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { nodeError } from '../errors/node.ts';
import type { TlsHandle } from './handle.ts';

export type Callback = (error?: Error | null) => void;

interface Chunk {
  readonly chunk: Uint8Array | string;
  readonly encoding: BufferEncoding;
}

/** What reads into memory of the program's (the option `onread`). */
export interface OnRead {
  readonly buffer: Uint8Array | (() => Uint8Array);
  callback(length: number, buffer: Uint8Array): boolean;
}

/** Events of the connection below that are told as if they were ours. */
const FORWARDED = [
  'lookup',
  'connectionAttempt',
  'connectionAttemptFailed',
  'connectionAttemptTimeout',
  'ready',
] as const;

const bytesOf = (chunk: Uint8Array | string, encoding: BufferEncoding): Uint8Array =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;

/** What of net.Socket is there in every Node and not declared. */
export interface SocketInside {
  _handle: TlsHandle | null;
  _hadError: boolean;
  _host: string | null;
  _closeAfterHandlingError: boolean;
  _parent: Socket | null;
  connecting: boolean;
  /** What was written before there was a connection: `bytesWritten` counts it. */
  _pendingData: Uint8Array | null;
  _unrefTimer(): void;
}

/** A net.Socket as far as its inside goes. */
export const inside = (socket: Socket): SocketInside => socket as unknown as SocketInside;

export abstract class StreamSide extends Socket {
  /** Connects the socket below. Takes all that net.Socket's method takes. */
  override connect(...args: unknown[]): this {
    const handle = inside(this)._handle;
    const below = handle?._parentWrap;
    if (!handle || !(below instanceof Socket)) throw nodeError('ERR_SOCKET_CLOSED', 'Socket is closed');
    const callback = args.at(-1);
    const given = typeof callback === 'function' ? args.slice(0, -1) : args;
    if (typeof callback === 'function') this.once('connect', callback as () => void);
    watch(this, below, handle);
    inside(this).connecting = true;
    announced(this, below, () => (below.connect as (...all: unknown[]) => Socket)(...given));
    inside(this)._unrefTimer();
    return this;
  }

  override _read(size: number): void {
    const { _handle: handle, connecting } = inside(this);
    if (connecting || !handle) this.once('connect', () => this._read(size));
    else if (!handle.reading) handle.readStart();
  }

  override _write(chunk: Uint8Array | string, encoding: BufferEncoding, done: Callback): void {
    send(this, [bytesOf(chunk, encoding)], done);
  }

  override _writev(chunks: Chunk[], done: Callback): void {
    send(
      this,
      chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)),
      done,
    );
  }

  override _final(done: Callback): void {
    if (inside(this).connecting) this.once('connect', () => this._final(done));
    else {
      const handle = inside(this)._handle;
      if (handle) handle.shutdown(done);
      else done();
    }
  }
}

/** Application data, from the handle to whoever reads. False when no more are wanted for now. */
export function deliver(socket: StreamSide, bytes: Uint8Array): boolean {
  inside(socket)._unrefTimer();
  const onread = inside(socket)._handle?.memory;
  if (!onread) return socket.push(bytes);
  let wanted = true;
  for (let at = 0; at < bytes.length;) {
    const buffer = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
    const piece = bytes.subarray(at, at + buffer.length);
    buffer.set(piece);
    at += piece.length;
    if (onread.callback(piece.length, buffer) === false) wanted = false;
  }
  return wanted;
}

/** The TLS socket above a connection. */
const ABOVE: unique symbol = Symbol('above');

type Below = Socket & { [ABOVE]?: StreamSide };

// one function an event for all sockets
const FORWARDS = FORWARDED.map((event) => {
  function forward(this: Below, ...args: unknown[]): void {
    this[ABOVE]?.emit(event, ...args);
  }
  return [event, forward] as const;
});

const clientSockets = channel('net.client.socket');

/** A newer Node tells subscribers of each socket that connects: of ours, as of its own TLS sockets, and not of what is below. */
function announced(socket: StreamSide, below: Socket, connect: () => void): void {
  if (!clientSockets.hasSubscribers) {
    connect();
    return;
  }
  const publish = clientSockets.publish.bind(clientSockets);
  clientSockets.publish = (message: unknown) =>
    publish((message as { socket?: unknown } | undefined)?.socket === below ? { socket } : message);
  try {
    connect();
  } finally {
    Reflect.deleteProperty(clientSockets, 'publish');
  }
}

/** Tells what happens while the socket below connects. */
function watch(socket: StreamSide, below: Below, handle: TlsHandle): void {
  below[ABOVE] = socket;
  for (const [event, forward] of FORWARDS) below.on(event, forward);
  below.once('lookup', () => {
    inside(socket)._host = inside(below)._host;
  });
  below.prependOnceListener('connect', () => {
    inside(socket).connecting = false;
    handle.readStart();
    inside(socket)._unrefTimer();
    socket.emit('connect');
  });
}

function send(socket: StreamSide, pieces: readonly Uint8Array[], done: Callback): void {
  const { connecting, _handle: handle } = inside(socket);
  if (connecting) {
    inside(socket)._pendingData = joined(pieces);
    afterConnect(socket, () => send(socket, pieces, done), done);
    return;
  }
  inside(socket)._pendingData = null;
  if (!handle) {
    done(nodeError('ERR_SOCKET_CLOSED', 'Socket is closed'));
    return;
  }
  inside(socket)._unrefTimer();
  handle.write(joined(pieces), done);
}

const joined = (pieces: readonly Uint8Array[]): Uint8Array =>
  pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);

function afterConnect(socket: StreamSide, go: () => void, done: Callback): void {
  const closed = (): void =>
    done(nodeError('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'Socket closed before the connection was established'));
  socket.once('connect', () => {
    socket.off('close', closed);
    go();
  });
  socket.once('close', closed);
}
