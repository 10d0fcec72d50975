/** What a socket does with what its handle tells. */
import type { Server } from 'node:net';
import { TLS13 } from '../../registry/tls-versions.ts';
import { sslSessionId, type Session } from '../../tls/index.ts';
import { nodeError } from '../errors/node.ts';
import type { HandleOwner } from './handle-owner.ts';
import { countHandshake } from './renegotiation.ts';
import { deliver, inside } from './stream-side.ts';
import type { TLSSocket } from './tls-socket.ts';

export class Owner implements HandleOwner {
  readonly #socket: TLSSocket;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  get parsed(): boolean {
    return Boolean((this.#socket as { parser?: unknown }).parser);
  }

  received(bytes: Uint8Array): boolean {
    return deliver(this.#socket, bytes);
  }

  ended(): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.readableEnded) return;
    // whoever waits for data must hear of the end without asking for more
    socket.push(null);
    socket.read(0);
  }

  handshakeStarted(): void {
    const socket = this.#socket;
    const handle = inside(socket)._handle;
    if (!handle?.settings.server) return;
    const wrong = countHandshake(handle.handshakes, Date.now());
    if (wrong === 'attack') {
      socket._emitTLSError(nodeError('ERR_TLS_SESSION_ATTACK', 'TLS session renegotiation attack detected'));
    } else if (wrong === 'disabled') {
      socket._emitTLSError(
        nodeError('ERR_TLS_RENEGOTIATION_DISABLED', 'TLS session renegotiation disabled for this socket'),
      );
    }
  }

  handshakeDone(): void {
    const socket = this.#socket;
    const handle = inside(socket)._handle;
    if (!handle) return;
    if (!socket._secureEstablished) countHandshake(handle.handshakes, Date.now());
    const info = handle.engine?.info;
    if (!handle.settings.server && handle.settings.requestOcsp && info && !info.resumed) {
      socket.emit('OCSPResponse', info.ocsp ? Buffer.from(info.ocsp) : null);
    }
    if (socket._newSessionPending) socket._securePending = true;
    else socket._finishInit();
  }

  sessionMade(session: Session): void {
    const socket = this.#socket;
    const handle = inside(socket)._handle;
    if (!handle) return;
    if (handle.settings.server) {
      // before TLS 1.3 a session with a ticket is nobody's to keep, and one without goes to the store
      if (session.version === TLS13 && handle.settings.tellSessions) {
        newSession(socket, sslSessionId(session), handle.sessionBytes(session), () => undefined);
      }
      return;
    }
    if (socket.listenerCount('session') === 0) return;
    const bytes = handle.sessionBytes(session);
    if (handle.isVerified) socket.emit('session', bytes);
    else handle.pendingSession = bytes;
  }

  keyLogged(line: string): void {
    this.#socket.emit('keylog', Buffer.from(`${line}\n`, 'latin1'));
  }

  failed(error: Error): void {
    const socket = this.#socket;
    const own = inside(socket);
    if (own._hadError) return;
    own._hadError = true;
    if (!socket._secureEstablished) {
      const { settings, engine } = own._handle ?? {};
      if (settings?.server) socket.servername ??= engine?.info.serverName ?? null;
      // the socket must still be usable by whoever hears of the error
      own._closeAfterHandlingError = true;
      socket.destroy(error);
    } else if (
      socket._tlsOptions.isServer &&
      socket._rejectUnauthorized &&
      /peer did not return a certificate/u.test(error.message)
    ) {
      socket.destroy();
    } else socket._emitTLSError(error);
  }
}

/** Tells a server of a session. `kept` is called when it has been kept; until then the connection is not told to be secure. */
export function newSession(socket: TLSSocket, id: Buffer, session: Buffer, kept: () => void): void {
  const server = socket.server as Server | undefined;
  if (!server) return;
  let once = false;
  const done = (): void => {
    if (once) return;
    once = true;
    kept();
    socket._newSessionPending = false;
    if (socket._securePending) socket._finishInit();
    socket._securePending = false;
  };
  socket._newSessionPending = true;
  if (!server.emit('newSession', id, session, done)) done();
}
