/** node:tls's methods of TLSSocket, over its handle. Construction is in tls-socket.ts. */
import type { X509Certificate } from 'node:crypto';
import type { Server as NetServer } from 'node:net';
import type {
  CipherNameAndProtocol,
  DetailedPeerCertificate,
  EphemeralKeyInfo,
  PeerCertificate,
  SecureContextOptions,
} from 'node:tls';
import { createSecureContext, SecureContext } from '../context/secure-context.ts';
import {
  nodeError,
  validateBuffer,
  validateFunction,
  validateInt32,
  validateObject,
  validateString,
  validateUint32,
} from '../errors/node.ts';
import { renegotiationRefused } from '../errors/connection.ts';
import type { Octets } from './facts.ts';
import type { TlsHandle } from './handle.ts';
import type { OwnOptions } from './options.ts';
import { forIdentity } from './session-identity.ts';
import { StreamSide, inside } from './stream-side.ts';

/** Node answers null where there is no connection any more, whatever the type says. */
function ask<T>(socket: StreamSide, of: (handle: TlsHandle) => T): T {
  const { _handle: handle } = inside(socket);
  return handle ? of(handle) : (null as T);
}

export abstract class TlsMethods extends StreamSide {
  declare readonly encrypted: true;
  declare authorized: boolean;
  declare authorizationError: Error;
  /** A server's socket: its server. */
  declare server: NetServer;
  declare alpnProtocol: string | false | null;
  declare servername: string | false | null;
  declare secureConnecting: boolean;
  declare ssl: TlsHandle | null;
  declare _tlsOptions: OwnOptions;
  declare _secureEstablished: boolean;
  declare _securePending: boolean;
  declare _newSessionPending: boolean;
  declare _controlReleased: boolean;
  declare _SNICallback: OwnOptions['SNICallback'] | null;
  declare _requestCert: boolean;
  declare _rejectUnauthorized: boolean;

  /** What NPN chose: nothing, as the engine has ALPN alone so far. */
  get npnProtocol(): string | false | null {
    return this._secureEstablished ? false : null;
  }

  // ---- the life of a connection, under the names that Node's own modules use

  /** Begins the handshake; a client's, when it is connected. */
  _start(): void {
    if (inside(this).connecting) {
      this.once('connect', this._start);
      return;
    }
    const handle = inside(this)._handle;
    if (!handle) return;
    if (this._tlsOptions.requestOCSP) handle.settings.requestOcsp = true;
    handle.start();
  }

  /** The handshake is done. */
  _finishInit(): void {
    const handle = inside(this)._handle;
    if (!handle) return;
    this.alpnProtocol = handle.getALPNNegotiatedProtocol();
    this.servername ??= handle.getServername();
    this._secureEstablished = true;
    if ((this._tlsOptions.handshakeTimeout ?? 0) > 0) this.setTimeout(0, this._handleTimeout);
    this.emit('secure');
  }

  _handleTimeout(): void {
    this._emitTLSError(nodeError('ERR_TLS_HANDSHAKE_TIMEOUT', 'TLS handshake timeout'));
  }

  /** Tells an error, once the socket is the program's; before, its server or connect() hears of it alone. */
  _emitTLSError(error: Error): void {
    const told = this._tlsError(error);
    if (told) this.emit('error', told);
  }

  _tlsError(error: Error): Error | null {
    this.emit('_tlsError', error);
    return this._controlReleased ? error : null;
  }

  /** Hands the socket to the program. False when that was done before. */
  _releaseControl(): boolean {
    if (this._controlReleased) return false;
    this._controlReleased = true;
    this.removeListener('error', this._tlsError);
    return true;
  }

  _destroySSL(): void {
    const { ssl } = this;
    if (!ssl) return;
    ssl.destroySSL();
    this.ssl = null;
  }

  // ---- what programs call

  disableRenegotiation(): void {
    const handle = inside(this)._handle;
    if (handle) handle.handshakes.disabled = true;
  }

  renegotiate(
    options: { rejectUnauthorized?: boolean | undefined; requestCert?: boolean | undefined },
    callback?: (error: Error | null) => void,
  ): undefined | boolean {
    validateObject(options, 'options');
    if (callback !== undefined) validateFunction(callback, 'callback');
    const handle = inside(this)._handle;
    if (this.destroyed || !handle) return undefined;
    const { requestCert, rejectUnauthorized } = options as { requestCert: unknown; rejectUnauthorized: unknown };
    if (requestCert !== undefined) this._requestCert = Boolean(requestCert);
    if (rejectUnauthorized !== undefined) this._rejectUnauthorized = Boolean(rejectUnauthorized);
    handle.setVerifyMode(this._requestCert, this._rejectUnauthorized);
    try {
      handle.renegotiate();
    } catch (error) {
      const why = renegotiationRefused(error);
      if (callback) process.nextTick(callback, why);
      return false;
    }
    if (callback) this.once('secure', () => callback(null));
    return true;
  }

  exportKeyingMaterial(length: number, label: string, context?: Buffer): NonNullable<Octets> {
    validateUint32(length, 'length', true);
    validateString(label, 'label');
    if (context !== undefined) validateBuffer(context, 'context');
    const handle = inside(this)._handle;
    if (!this._secureEstablished || !handle) {
      throw nodeError('ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established');
    }
    return handle.exportKeyingMaterial(length, label, context);
  }

  setMaxSendFragment(size: number): boolean {
    validateInt32(size, 'size');
    return inside(this)._handle?.setMaxSendFragment(size) === 1;
  }

  /** A client's SNI, before its handshake. */
  setServername(name: string): void {
    validateString(name, 'name');
    if (this._tlsOptions.isServer) {
      throw nodeError('ERR_TLS_SNI_FROM_SERVER', 'Cannot issue SNI from a TLS server-side socket');
    }
    inside(this)._handle?.setServername(name);
  }

  setSession(session: Uint8Array | string): void {
    const octets: unknown = typeof session === 'string' ? Buffer.from(session, 'latin1') : session;
    if (octets === undefined) throw nodeError('ERR_MISSING_ARGS', 'Session argument is mandatory', TypeError);
    const handle = inside(this)._handle;
    const given = handle && forIdentity(octets, handle.settings.identity());
    if (given !== undefined) handle?.setSession(given);
  }

  /** Replaces the certificate of this connection: a SecureContext, or the options of one. */
  setKeyCert(context: SecureContext | SecureContextOptions): void {
    const secure = context instanceof SecureContext ? context : createSecureContext(context);
    inside(this)._handle?.setKeyCert(secure.context);
  }

  getPeerCertificate(detailed: true): DetailedPeerCertificate;
  getPeerCertificate(detailed?: false): PeerCertificate;
  getPeerCertificate(detailed?: boolean): PeerCertificate | DetailedPeerCertificate;
  getPeerCertificate(detailed?: boolean): PeerCertificate | DetailedPeerCertificate {
    return (inside(this)._handle?.getPeerCertificate(detailed) ?? null) as DetailedPeerCertificate;
  }

  getCertificate(): PeerCertificate | object | null {
    return inside(this)._handle?.getCertificate() ?? null;
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    return inside(this)._handle?.getPeerX509Certificate();
  }

  getX509Certificate(): X509Certificate | undefined {
    return inside(this)._handle?.getX509Certificate();
  }

  getCipher(): CipherNameAndProtocol {
    return ask(this, (handle) => handle.getCipher()) as CipherNameAndProtocol;
  }

  getEphemeralKeyInfo(): EphemeralKeyInfo | object | null {
    return ask(this, (handle) => handle.getEphemeralKeyInfo()) ?? null;
  }

  getFinished(): Octets {
    return ask(this, (handle) => handle.getFinished());
  }

  getPeerFinished(): Octets {
    return ask(this, (handle) => handle.getPeerFinished());
  }

  getProtocol(): string | null {
    return ask(this, (handle) => handle.getProtocol());
  }

  getSession(): Octets {
    return ask(this, (handle) => handle.getSession());
  }

  getSharedSigalgs(): string[] {
    return ask(this, (handle) => handle.getSharedSigalgs());
  }

  getTLSTicket(): Octets {
    return ask(this, (handle) => handle.getTLSTicket());
  }

  isSessionReused(): boolean {
    return ask(this, (handle) => handle.isSessionReused());
  }

  /** Writes what goes by to stderr. */
  enableTrace(): void {
    ask(this, (handle) => handle.trace());
  }
}
