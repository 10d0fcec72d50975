/**
 * `tlskit/tls`: a drop-in for node:tls on our engine. The default export is one object whose values may be assigned, as those of Node's module
 * may; `require('tlskit/tls')` gives it too. docs/node-tls.md says what differs.
 */
import { connect } from './connect.ts';
import { getCiphers } from './context/ciphers.ts';
import { SecureContext, createSecureContext } from './context/secure-context.ts';
import { tls as base, type Module } from './module.ts';
import { convertALPNProtocols } from './peer/alpn.ts';
import { checkServerIdentity } from './peer/identity.ts';
import { getCACertificates, rootCertificates, setDefaultCACertificates } from './peer/roots.ts';
import { createSecurePair } from './secure-pair.ts';
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
  setDefaultCACertificates: typeof setDefaultCACertificates;
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
  setDefaultCACertificates,
});

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
  setDefaultCACertificates,
  createSecureContext,
  convertALPNProtocols,
  checkServerIdentity,
};
export default tls;
export { tls as 'module.exports' };
