/** Readies a new socket: what its options ask of the handle, and what it hears of the stream below. */
import { Socket, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { validateFunction, validateString } from '../errors/node.ts';
import { alpnHook, helloHook, sessionStore } from '../server/hooks.ts';
import type { TlsHandle } from './handle.ts';
import { pskHooks } from './psk.ts';
import { inside } from './stream-side.ts';
import { logKeys, warnOfNpn } from './switches.ts';
import type { TLSSocket } from './tls-socket.ts';

export function initialise(socket: TLSSocket, handle: TlsHandle, below: Duplex, given: Duplex | undefined): void {
  const options = socket._tlsOptions;
  const { settings } = handle;
  socket.server = options.server as Server;
  socket._requestCert = Boolean(options.requestCert) || !options.isServer;
  socket._rejectUnauthorized = Boolean(options.rejectUnauthorized);
  handle.setVerifyMode(socket._requestCert, socket._rejectUnauthorized);
  socket.on('newListener', keysWanted);
  if (options.isServer) serverSide(socket, handle);
  else if (options.session) handle.setSession(options.session);
  logKeys(socket);
  if (options.NPNProtocols) warnOfNpn();
  if (options.ALPNProtocols) handle.setALPNProtocols(options.ALPNProtocols as Uint8Array);
  if (options.pskCallback) {
    validateFunction(options.pskCallback, 'pskCallback');
    Object.assign(settings.hooks, pskHooks(socket, options.pskCallback));
    if (options.pskIdentityHint) {
      validateString(options.pskIdentityHint, 'options.pskIdentityHint');
      settings.pskHint = options.pskIdentityHint;
    }
  }
  const { handshakeTimeout = 0 } = options;
  if (handshakeTimeout > 0) socket.setTimeout(handshakeTimeout, socket._handleTimeout);
  listen(socket, handle, below, given);
  process.nextTick(beginReading, socket);
}

function keysWanted(this: TLSSocket, event: string): void {
  const handle = inside(this)._handle;
  if (event === 'keylog') handle?.logKeys();
}

function serverSide(socket: TLSSocket, { settings }: TlsHandle): void {
  const options = socket._tlsOptions;
  const { server } = socket;
  if (options.ALPNCallback) {
    validateFunction(options.ALPNCallback, 'options.ALPNCallback');
    settings.hooks.alpn = alpnHook(socket, options.ALPNCallback);
  }
  const listeners = (event: string): number =>
    (server as { listenerCount?(event: string): number } | undefined)?.listenerCount?.(event) ?? 0;
  if (listeners('resumeSession') > 0 || listeners('newSession') > 0) {
    settings.tellSessions = true;
    settings.hooks.store = sessionStore(socket);
  }
  if (options.SNICallback) {
    validateFunction(options.SNICallback, 'options.SNICallback');
    socket._SNICallback = options.SNICallback;
  }
  if (socket._SNICallback || listeners('OCSPRequest') > 0) settings.hooks.hello = helloHook(socket);
}

/** Whether all that could not be sent is our word that we send no more. */
const isLate = ({ syscall }: NodeJS.ErrnoException, { shuttingDown }: TlsHandle): boolean =>
  shuttingDown && syscall === 'write';

function listen(socket: TLSSocket, handle: TlsHandle, below: Duplex, given: Duplex | undefined): void {
  socket.on('close', forgetLater);
  below.on('close', () => socket.destroy());
  if (!given) {
    inside(socket).connecting = true;
    below.on('error', (error: NodeJS.ErrnoException) => {
      if (!isLate(error, handle)) socket.destroy(error);
    });
    return;
  }
  below.on('error', (error: NodeJS.ErrnoException) => {
    // what the system says of a connection ends ours too; the rest is the affair of whoever gave us the stream
    if (isLate(error, handle)) return;
    if (error.syscall === 'read' || error.syscall === 'write') socket.destroy(error);
    else socket._emitTLSError(error);
  });
  if (!(given instanceof Socket)) return;
  inside(socket)._parent = given;
  inside(socket).connecting = given.connecting || !inside(given)._handle;
  given.once('connect', () => {
    inside(socket).connecting = false;
    socket.emit('connect');
  });
}

function forgetLater(this: TLSSocket): void {
  setImmediate(() => this._destroySSL());
}

/** Begins to read when whoever made the socket has had the time to listen to it. */
function beginReading(socket: TLSSocket): void {
  if (inside(socket)._handle) socket.read(0);
}
