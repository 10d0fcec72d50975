/** A server's connections: each becomes a TLSSocket, which is told when its handshake is done. */
import type { Socket } from 'node:net';
import type { TLSSocketOptions } from 'node:tls';
import { inside } from '../socket/stream-side.ts';
import { TLSSocket } from '../socket/tls-socket.ts';
import { connectionReset } from '../errors/connection.ts';
import type { ContextState } from '../context/state.ts';
import type { SniDone } from '../socket/options.ts';
import { socketDefaults } from './defaults.ts';
import type { TlsServer } from './server.ts';

type Connection = TLSSocket;

/** Sockets of which an error has been told already. */
const told = new WeakSet<Connection>();

const serverOf = (socket: Connection): TlsServer => socket.server as TlsServer;

export function connectionListener(this: TlsServer, raw: Socket): void {
  const own = socketDefaults(this);
  const options = {
    secureContext: this._sharedCreds,
    isServer: true,
    server: this,
    requestCert: this.requestCert,
    rejectUnauthorized: this.rejectUnauthorized,
    handshakeTimeout: own.handshakeTimeout,
    ALPNProtocols: this.ALPNProtocols,
    ALPNCallback: this.ALPNCallback,
    SNICallback: own.SNICallback ?? (this._contexts.length > 0 ? chooseContext : undefined),
    enableTrace: own.enableTrace,
    pauseOnConnect: (this as { pauseOnConnect?: boolean }).pauseOnConnect,
    pskCallback: own.pskCallback,
    pskIdentityHint: own.pskIdentityHint,
  };
  const socket: Connection = new TLSSocket(raw, options as unknown as TLSSocketOptions);
  socket.on('secure', secured);
  if (this.listenerCount('keylog') > 0) socket.on('keylog', tellKeys);
  socket.on('close', closed);
  socket.on('_tlsError', failed);
  socket.on('error', failed);
}

function secured(this: Connection): void {
  if (this._requestCert) {
    const error = inside(this)._handle?.verifyError();
    if (error) {
      this.authorizationError = error.code as unknown as Error;
      if (this._rejectUnauthorized) this.destroy();
    } else this.authorized = true;
  }
  if (this.destroyed || !this._releaseControl()) return;
  this.secureConnecting = false;
  serverOf(this).emit('secureConnection', this);
}

function failed(this: Connection, error: Error): void {
  if (this._controlReleased || told.has(this)) return;
  told.add(this);
  const server = serverOf(this);
  // programs from before Node 6 know the event by its old name
  const heard = server.emit('tlsClientError', error, this);
  if (!heard && server.listenerCount('clientError') > 0) server.emit('clientError', error, this);
}

function tellKeys(this: Connection, line: Buffer): void {
  serverOf(this).emit('keylog', line, this);
}

function closed(this: Connection, hadError: boolean): void {
  // an error was told already
  if (!hadError && !this._controlReleased) failed.call(this, connectionReset('socket hang up'));
}

/** The newest context of addContext whose name fits. */
function chooseContext(this: TLSSocket, servername: string, done: SniDone): void {
  const contexts: readonly [RegExp, ContextState][] = serverOf(this)._contexts;
  const found = contexts.findLast(([name]) => name.test(servername));
  done(null, found?.[1]);
}
