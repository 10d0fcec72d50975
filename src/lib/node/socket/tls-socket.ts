/**
 * TLSSocket: the face of node:tls's sockets on our engine. It is a net.Socket whose handle is ours (`handle.ts`), over a net.Socket of its own or
 * any Duplex. It is a function, as Node's own, so that programs which inherit by `TLSSocket.call(this, …)` work.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocketOptions } from 'node:tls';
import { asFunction } from '../as-function.ts';
import { SecureContext } from '../context/secure-context.ts';
import { nodeError, validateBoolean } from '../errors/node.ts';
import { tls } from '../module.ts';
import { nodes } from '../nodes.ts';
import { TlsHandle } from './handle.ts';
import { initialise } from './initialise.ts';
import { TlsMethods } from './methods.ts';
import type { OwnOptions } from './options.ts';
import { Owner } from './owner.ts';
import { StreamSide, type OnRead } from './stream-side.ts';
import { traceWanted } from './switches.ts';

/** A socket that speaks TLS. */
export interface TLSSocket extends TlsMethods {}

export interface TLSSocketConstructor extends Omit<typeof Socket, 'prototype'> {
  new (socket?: Duplex | null, options?: TLSSocketOptions): TLSSocket;
  readonly prototype: TLSSocket;
}

/** What a new socket begins with; property by property, as it costs a third of what Object.assign does. */
function begin(socket: TLSSocket, options: OwnOptions): void {
  socket._tlsOptions = options;
  socket._secureEstablished = false;
  socket._securePending = false;
  socket._newSessionPending = false;
  socket._controlReleased = false;
  socket.secureConnecting = true;
  socket._SNICallback = null;
  socket.servername = null;
  socket.alpnProtocol = null;
  socket.authorized = false;
  const more = socket as { authorizationError: unknown; encrypted: boolean };
  more.authorizationError = null;
  more.encrypted = true;
}

/** The handle, with the context of the options or one that is made of them. */
function handleFor(owner: TLSSocket, options: OwnOptions): TlsHandle {
  const context = options.secureContext ?? options.credentials ?? tls.createSecureContext(options);
  if (!(context instanceof SecureContext)) {
    throw nodeError('ERR_TLS_INVALID_CONTEXT', 'context must be a SecureContext', TypeError);
  }
  return new TlsHandle(new Owner(owner), context, Boolean(options.isServer));
}

function construct(this: TLSSocket, socket?: Duplex | null, given?: TLSSocketOptions): void {
  const options = { ...given } as OwnOptions;
  if (options.enableTrace !== undefined && options.enableTrace !== null) {
    validateBoolean(options.enableTrace, 'options.enableTrace');
  }
  if (options.ALPNProtocols) tls.convertALPNProtocols(options.ALPNProtocols, options as { ALPNProtocols?: Buffer });
  begin(this, options);
  const handle = handleFor(this, options);
  const made = {
    handle,
    allowHalfOpen: socket ? socket.allowHalfOpen : options.allowHalfOpen,
    pauseOnCreate: options.pauseOnConnect,
    manualStart: true,
    highWaterMark: options.highWaterMark,
    signal: options.signal,
  };
  (Socket as unknown as (this: Socket, options: object) => void).call(this, made);
  handle.memory = socket ? undefined : usableOnRead(options);
  this.ssl = handle;
  this.on('error', this._tlsError);
  const below = handle.attach(socket ?? undefined);
  initialise(this, handle, below, socket ?? undefined);
  if (options.enableTrace ?? traceWanted()) handle.trace();
}

/** `onread`, where it is what net.Socket takes for one. */
function usableOnRead({ onread }: OwnOptions): OnRead | undefined {
  if (!onread || typeof onread.callback !== 'function') return undefined;
  return onread.buffer instanceof Uint8Array || typeof onread.buffer === 'function' ? onread : undefined;
}

asFunction(construct, 'TLSSocket', TlsMethods, Socket);
// `instanceof` of node:tls, by which its http2 and others know what waits for a handshake, says yes to ours
Object.setPrototypeOf(StreamSide.prototype, nodes.TLSSocket.prototype);

/** See {@link TLSSocket}. */
export const TLSSocket: TLSSocketConstructor = construct as unknown as TLSSocketConstructor;
