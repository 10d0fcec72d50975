/**
 * `tlskit/tls`: a drop-in for node:tls on our engine. The default export is one object whose values may be assigned, as those of Node's module
 * may; `require('tlskit/tls')` gives it too. docs/node-tls.md says what differs.
 */
import type { SecureVersion } from 'node:tls';
import { connect } from './connect.ts';
import { getCiphers } from './context/ciphers.ts';
import { getCertificateCompressionAlgorithms } from './context/compression.ts';
import { SecureContext, createSecureContext } from './context/secure-context.ts';
import { tls as base, type Module } from './module.ts';
import { convertALPNProtocols } from './peer/alpn.ts';
import { checkServerIdentity } from './peer/identity.ts';
import { getCACertificates, rootCertificates, setDefaultCACertificates } from './peer/roots.ts';
import { SecurePair, createSecurePair } from './secure-pair.ts';
import { Server, createServer } from './server/server.ts';
import { TLSSocket } from './socket/tls-socket.ts';

/** The module. */
export interface Tls extends Module {
  SecureContext: typeof SecureContext;
  TLSSocket: typeof TLSSocket;
  Server: typeof Server;
  createServer: typeof createServer;
  connect: typeof connect;
  createSecurePair: typeof createSecurePair;
  getCiphers: typeof getCiphers;
  rootCertificates: typeof rootCertificates;
  getCACertificates: typeof getCACertificates;
  getCertificateCompressionAlgorithms: typeof getCertificateCompressionAlgorithms;
  setDefaultCACertificates: typeof setDefaultCACertificates;
  /** What sockets were called before Node 0.12. */
  CryptoStream: typeof TLSSocket;
  ClearTextStream: typeof TLSSocket;
  SecurePair: typeof SecurePair;
}

const tls: Tls = Object.assign(base, {
  SecureContext,
  TLSSocket,
  Server,
  createServer,
  connect,
  createSecurePair,
  getCiphers,
  rootCertificates,
  getCACertificates,
  getCertificateCompressionAlgorithms,
  setDefaultCACertificates,
  CryptoStream: TLSSocket,
  ClearTextStream: TLSSocket,
  SecurePair,
});
// the one value that nobody may assign
Object.defineProperty(tls, 'rootCertificates', { get: () => rootCertificates, enumerable: true, configurable: false });

export {
  SecureContext,
  TLSSocket,
  Server,
  createServer,
  connect,
  createSecurePair,
  getCiphers,
  rootCertificates,
  getCACertificates,
  getCertificateCompressionAlgorithms,
  setDefaultCACertificates,
  createSecureContext,
  convertALPNProtocols,
  checkServerIdentity,
};
/** As they were when the module was loaded: assign those of the default export. */
export const DEFAULT_CIPHERS: string = tls.DEFAULT_CIPHERS;
export const DEFAULT_ECDH_CURVE: string = tls.DEFAULT_ECDH_CURVE;
export const DEFAULT_MIN_VERSION: SecureVersion = tls.DEFAULT_MIN_VERSION;
export const DEFAULT_MAX_VERSION: SecureVersion = tls.DEFAULT_MAX_VERSION;
export const CLIENT_RENEG_LIMIT: number = tls.CLIENT_RENEG_LIMIT;
export const CLIENT_RENEG_WINDOW: number = tls.CLIENT_RENEG_WINDOW;
export default tls;
export { tls as 'module.exports' };
