/** Server: the face of node:tls's server on our engine. A function, as Node's own: `tls.Server()` without new and `tls.Server.call(this, …)` work. */
import { createHash } from 'node:crypto';
import { Server as NetServer } from 'node:net';
import type { SecureContextOptions, Server as NodeServer, TlsOptions } from 'node:tls';
import { deprecate } from 'node:util';
import { CONTEXT_NAMES } from '../platform.ts';
import { asFunction } from '../as-function.ts';
import { SecureContext } from '../context/secure-context.ts';
import type { ContextState } from '../context/state.ts';
import {
  invalidArgType,
  nodeError,
  validateBuffer,
  validateFunction,
  validateNumber,
  validateObject,
  validateString,
} from '../errors/node.ts';
import { tls } from '../module.ts';
import { nodes } from '../nodes.ts';
import type { OwnOptions } from '../socket/options.ts';
import type { TLSSocket } from '../socket/tls-socket.ts';
import { setSocketDefaults, type SocketDefaults } from './defaults.ts';
import { warnOfNpn } from '../socket/switches.ts';
import { connectionListener } from './listener.ts';

type Settable = SecureContextOptions & {
  clientCertEngine?: string | undefined;
  ticketKeys?: Buffer;
  allowPartialTrustChain?: boolean;
};

/** Options of a context that a server keeps as properties, undefined for those that are not there. */
const KEPT = [
  'pfx',
  'key',
  'passphrase',
  'cert',
  'clientCertEngine',
  'ca',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'crl',
  'ciphers',
  'dhparam',
] as const;
/** Those that are kept as they are, falsy values too. */
const KEPT_AS_IS = [
  'sigalgs',
  'ecdhCurve',
  'privateKeyIdentifier',
  'privateKeyEngine',
  'allowPartialTrustChain',
] as const;

/** Those that have defaults. */
const KEPT_OTHERWISE = [
  'secureOptions',
  'honorCipherOrder',
  'sessionIdContext',
  'ticketKeys',
  'sessionTimeout',
] as const;

/** JavaScript programs pass what is true to them. */
const truthy = (value: unknown, otherwise: boolean): boolean => (value === undefined ? otherwise : Boolean(value));

/** Sessions of one program are not resumed by another: unless told otherwise they carry a hash of its command line. */
const ownContext = (): string => createHash('sha1').update(process.argv.join(' ')).digest('hex').slice(0, 32);

/** The options of the server's context, from its properties: programs may have changed them. */
function contextOptions(server: object): SecureContextOptions {
  const own = server as Record<string, unknown>;
  const names = [...KEPT, ...KEPT_AS_IS, ...KEPT_OTHERWISE];
  return Object.fromEntries(names.map((name) => [name, own[name]]));
}

export abstract class ServerMethods extends NetServer {
  declare _contexts: [RegExp, ContextState][];
  declare _sharedCreds: SecureContext;
  declare requestCert: boolean;
  declare rejectUnauthorized: boolean;
  declare ALPNCallback: OwnOptions['ALPNCallback'];
  declare ALPNProtocols: Buffer | undefined;
  declare sessionTimeout: number | undefined;
  declare ticketKeys: Buffer | undefined;
  declare sessionIdContext: string | undefined;
  declare honorCipherOrder: boolean;
  declare secureOptions: number | undefined;

  /** Replaces certificates, keys and all else of the context for connections to come. */
  setSecureContext(options: SecureContextOptions): void {
    validateObject(options, 'options');
    const given = options as Settable;
    const own = this as unknown as Record<string, unknown>;
    for (const name of KEPT) own[name] = given[name] || undefined;
    for (const name of KEPT_AS_IS) own[name] = given[name];
    this.honorCipherOrder = truthy(given.honorCipherOrder, true);
    this.secureOptions = given.secureOptions || undefined;
    this.sessionIdContext = given.sessionIdContext || ownContext();
    if (given.sessionTimeout) this.sessionTimeout = given.sessionTimeout;
    if (given.ticketKeys) this.ticketKeys = given.ticketKeys;
    this._sharedCreds = tls.createSecureContext(contextOptions(this));
  }

  /** What workers of a cluster share. */
  _getServerData(): { ticketKeys: string } {
    return { ticketKeys: this.getTicketKeys().toString('hex') };
  }

  _setServerData(data: { ticketKeys: string }): void {
    this.setTicketKeys(Buffer.from(data.ticketKeys, 'hex'));
  }

  /** 48 octets. */
  getTicketKeys(): ReturnType<NodeServer['getTicketKeys']> {
    return Buffer.from(this._sharedCreds.context.getTicketKeys());
  }

  /** Throws unless there are 48 octets. */
  setTicketKeys(keys: Buffer): void {
    validateBuffer(keys);
    if (keys.byteLength !== 48) {
      throw nodeError('ERR_INTERNAL_ASSERTION', 'Session ticket keys must be a 48-byte buffer');
    }
    this._sharedCreds.context.setTicketKeys(keys);
  }

  /** The context for names that fit `servername`, in which `*` stands for one label. */
  addContext(servername: string, context: SecureContextOptions | SecureContext): void {
    if (!servername) {
      throw nodeError('ERR_TLS_REQUIRED_SERVER_NAME', '"servername" is required parameter for Server.addContext');
    }
    const pattern = servername.replaceAll(/([.^$+?\-\\[\]{}])/gu, String.raw`\$1`).replaceAll('*', '[^.]*');
    const secure = context instanceof SecureContext ? context : tls.createSecureContext(context);
    this._contexts.push([new RegExp(`^${pattern}$`, CONTEXT_NAMES), secure.context]);
  }

  /** @deprecated since Node 12 (DEP0122) */
  declare setOptions: (options: TlsOptions) => void;
}

export interface TlsServer extends ServerMethods {}

type Listener = (socket: TLSSocket) => void;

export interface ServerConstructor extends Omit<typeof NetServer, 'prototype'> {
  new (listener?: Listener): TlsServer;
  new (options: TlsOptions, listener?: Listener): TlsServer;
  readonly prototype: TlsServer;
}

function construct(this: unknown, given?: TlsOptions | Listener | null, heard?: Listener): TlsServer | undefined {
  if (!(this instanceof ServerMethods)) return new Server(given as TlsOptions, heard);
  const listener = typeof given === 'function' ? given : heard;
  if (given !== undefined && given !== null && typeof given !== 'object' && typeof given !== 'function') {
    throw invalidArgType('options', 'Object', given);
  }
  const options = (typeof given === 'function' ? {} : (given ?? {})) as TlsOptions & OwnOptions;
  readOptions(this, options);
  (NetServer as unknown as (this: NetServer, options: object, listener: unknown) => void).call(
    this,
    options,
    connectionListener,
  );
  if (listener) this.on('secureConnection', listener as () => void);
  setSocketDefaults(this, { enableTrace: options.enableTrace as boolean });
  return undefined;
}

function readOptions(server: ServerMethods, options: TlsOptions & OwnOptions): void {
  server._contexts = [];
  server.requestCert = options.requestCert === true;
  server.rejectUnauthorized = options.rejectUnauthorized !== false;
  server.ALPNCallback = options.ALPNCallback;
  if (server.ALPNCallback && options.ALPNProtocols) {
    throw nodeError(
      'ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS',
      'The ALPNCallback and ALPNProtocols TLS options are mutually exclusive',
      TypeError,
    );
  }
  if (options.sessionTimeout) server.sessionTimeout = options.sessionTimeout;
  if (options.ticketKeys) server.ticketKeys = options.ticketKeys;
  if (options.ALPNProtocols) tls.convertALPNProtocols(options.ALPNProtocols, server as { ALPNProtocols?: Buffer });
  server.setSecureContext(options);
  const handshakeTimeout = options.handshakeTimeout || 120_000;
  const { SNICallback, pskCallback, pskIdentityHint } = options as OwnOptions;
  validateNumber(handshakeTimeout, 'options.handshakeTimeout');
  if (SNICallback) validateFunction(SNICallback, 'options.SNICallback');
  if (pskCallback) validateFunction(pskCallback, 'options.pskCallback');
  if (pskIdentityHint) validateString(pskIdentityHint, 'options.pskIdentityHint');
  if (options.NPNProtocols) warnOfNpn();
  setSocketDefaults(server, { handshakeTimeout, SNICallback, pskCallback, pskIdentityHint } as SocketDefaults);
}

// the old name of what getConnections tells, without its callback
Object.defineProperty(ServerMethods.prototype, 'connections', {
  configurable: true,
  get(this: { _connections: number }) {
    return this._connections;
  },
});

asFunction(construct, 'Server', ServerMethods, NetServer);
// `instanceof` of node:tls, by which programs know servers of https, says yes to ours
Object.setPrototypeOf(ServerMethods.prototype, nodes.Server.prototype);

/** See {@link TlsServer}. */
export const Server: ServerConstructor = construct as unknown as ServerConstructor;

/** A server. `listener` hears of connections that are secure. */
export function createServer(options?: TlsOptions | Listener, listener?: Listener): TlsServer {
  return new Server(options as TlsOptions, listener);
}

ServerMethods.prototype.setOptions = deprecate(
  function setOptions(this: ServerMethods, options: TlsOptions): void {
    const given = options as Settable & TlsOptions & OwnOptions;
    this.requestCert = given.requestCert === true;
    this.rejectUnauthorized = given.rejectUnauthorized !== false;
    const own = this as unknown as Record<string, unknown>;
    for (const name of KEPT) if (given[name]) own[name] = given[name];
    for (const name of KEPT_AS_IS) if (given[name] !== undefined) own[name] = given[name];
    if (given.sessionTimeout) this.sessionTimeout = given.sessionTimeout;
    if (given.ticketKeys) this.ticketKeys = given.ticketKeys;
    this.honorCipherOrder = truthy(given.honorCipherOrder, true);
    if (given.secureOptions) this.secureOptions = given.secureOptions;
    if (given.ALPNProtocols) tls.convertALPNProtocols(given.ALPNProtocols, this as { ALPNProtocols?: Buffer });
    this.sessionIdContext = given.sessionIdContext || ownContext();
    if (given.pskCallback) setSocketDefaults(this, { pskCallback: given.pskCallback });
    if (given.pskIdentityHint) setSocketDefaults(this, { pskIdentityHint: given.pskIdentityHint });
  },
  'Server.prototype.setOptions() is deprecated',
  'DEP0122',
);
