/** connect(): a client, in all of Node's call forms. */
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, EphemeralKeyInfo, PeerCertificate, TLSSocketOptions } from 'node:tls';
import { connectionReset } from './errors/connection.ts';
import { invalidArgType, invalidArgValue, nodeError } from './errors/node.ts';
import { ADDRESS_REFUSED } from './platform.ts';
import { tls } from './module.ts';
import * as identity from './peer/identity.ts';
import { forIdentity, type ServerIdentity } from './socket/session-identity.ts';
import { inside } from './socket/stream-side.ts';
import { TLSSocket } from './socket/tls-socket.ts';

type Options = Omit<ConnectionOptions, 'checkServerIdentity' | 'minDHSize' | 'socket'> & {
  socket?: (Duplex & { _host?: string | null }) | undefined;
  checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
  minDHSize: number;
  localAddress?: string;
  singleUse?: boolean;
  keepAlive?: boolean;
};

/** The options of a client's socket. */
const CONNECT: unique symbol = Symbol('connect options');

type Client = TLSSocket & { [CONNECT]: Options };

interface NormalizeArgs {
  _normalizeArgs(args: readonly unknown[]): [Record<string, unknown>, (() => void) | null];
}

/** Options of the arguments `[port,] [host,] [options,] [callback]`. An options object beside port and host has more to say than they. */
function readArguments(args: readonly unknown[]): [Record<string, unknown>, (() => void) | null] {
  const [options, callback] = (net as unknown as NormalizeArgs)._normalizeArgs(args);
  const more = [args[1], args[2]].find((one) => one !== null && typeof one === 'object');
  return [more ? Object.assign(options, more) : options, callback];
}

let warnedUnauthorized = false;

/** Whether NODE_TLS_REJECT_UNAUTHORIZED says that anything goes, with Node's warning at the first time. */
function allowsUnauthorized(): boolean {
  const allowed = process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0';
  if (allowed && !warnedUnauthorized) {
    warnedUnauthorized = true;
    process.emitWarning(
      "Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure by disabling certificate verification.",
    );
  }
  return allowed;
}

let warnedAddress = false;

function warnOfAddress(servername: string): void {
  if (net.isIP(servername) === 0) return;
  if (ADDRESS_REFUSED) {
    const why = 'Setting the TLS ServerName to an IP address is not permitted.';
    throw invalidArgValue('options.servername', servername, why);
  }
  if (warnedAddress) return;
  warnedAddress = true;
  process.emitWarning(
    'Setting the TLS ServerName to an IP address is not permitted by RFC 6066. This will be ignored in a future version.',
    'DeprecationWarning',
    'DEP0123',
  );
}

function check({ checkServerIdentity, minDHSize }: Options): void {
  if (typeof checkServerIdentity !== 'function') {
    throw invalidArgType('options.checkServerIdentity', 'function', checkServerIdentity);
  }
  if (typeof minDHSize !== 'number' || minDHSize <= 0) {
    const what = typeof minDHSize === 'number' ? 'positive number' : 'number';
    throw nodeError('ERR_ASSERTION', `options.minDHSize is not a ${what}: ${String(minDHSize)}`);
  }
}

const TAKEN = [
  'allowHalfOpen',
  'session',
  'ALPNProtocols',
  'NPNProtocols',
  'requestOCSP',
  'enableTrace',
  'pskCallback',
  'highWaterMark',
  'onread',
  'signal',
] as const;

function socketFor(options: Options): Client {
  const given = options as Record<string, unknown>;
  const taken = Object.fromEntries(TAKEN.map((name) => [name, given[name]]));
  const socket = new TLSSocket(options.socket, {
    ...taken,
    pipe: Boolean(given['path']),
    secureContext: options.secureContext ?? tls.createSecureContext(options),
    isServer: false,
    requestCert: true,
    rejectUnauthorized: options.rejectUnauthorized !== false,
  } as TLSSocketOptions);
  return Object.assign(socket, { [CONNECT]: options });
}

/**
 * Connects a client. `options.socket` may be any Duplex.
 *
 * @example
 * connect({ host: 'example.com', port: 443 }, () => …)
 */
export function connect(...args: unknown[]): TLSSocket {
  const [given, callback] = readArguments(args);
  const options = {
    rejectUnauthorized: !allowsUnauthorized(),
    ciphers: tls.DEFAULT_CIPHERS,
    checkServerIdentity: tls.checkServerIdentity,
    minDHSize: 1024,
    ...given,
  } as unknown as Options;
  if (!options.keepAlive) options.singleUse = true;
  check(options);
  if (options.servername) warnOfAddress(options.servername);
  const identified = (): ServerIdentity => ({
    name: identityOf(options),
    verified: options.rejectUnauthorized !== false,
  });
  options.session = forIdentity(options.session, identified()) as Buffer | undefined;
  const socket = socketFor(options);
  const handle = inside(socket)._handle;
  if (handle) handle.settings.identity = identified;
  options.rejectUnauthorized = options.rejectUnauthorized !== false;
  if (callback) socket.once('secureConnect', callback);
  if (!options.socket) {
    if (options.timeout) socket.setTimeout(options.timeout);
    socket.connect(options, socket._start);
  }
  socket._releaseControl();
  if (options.servername) socket.setServername(options.servername);
  if (options.socket) socket._start();
  socket.on('secure', secured);
  socket.prependListener('end', ended);
  return socket;
}

/** The handshake is done: is it the server that was meant? */
function secured(this: Client): void {
  const options = this[CONNECT];
  const key = this.getEphemeralKeyInfo() as EphemeralKeyInfo | null;
  if (key?.type === 'DH' && key.size < options.minDHSize) {
    this.emit('error', nodeError('ERR_TLS_DH_PARAM_SIZE', `DH parameter size ${key.size} is less than 2048`));
    this.destroy();
    return;
  }
  const error = inside(this)._handle?.verifyError() ?? identityError(this, options);
  if (error) {
    this.authorized = false;
    this.authorizationError = ((error as NodeJS.ErrnoException).code ?? error.message) as unknown as Error;
    if (options.rejectUnauthorized !== false) {
      this.destroy(error);
      return;
    }
  } else this.authorized = true;
  this.secureConnecting = false;
  this.emit('secureConnect');
  const session = inside(this)._handle?.verified();
  if (session) this.emit('session', session);
  this.removeListener('end', ended);
}

/** Who the server must be. */
const identityOf = ({ servername, host, socket: below }: Options): string =>
  servername || host || below?._host || 'localhost';

/** A session that is resumed was with the right server before. */
function identityError(socket: Client, options: Options): Error | undefined {
  const { checkServerIdentity } = options;
  if (socket.isSessionReused()) return undefined;
  const name = identityOf(options);
  // all that Node tells of a certificate is wanted by others, and for the error
  const names = checkServerIdentity === identity.checkServerIdentity ? inside(socket)._handle?.peerNames() : undefined;
  if (names && identity.mismatch(name, names) === undefined) return undefined;
  return checkServerIdentity(name, socket.getPeerCertificate(true));
}

/** The server has gone before the handshake was done. */
function ended(this: Client): void {
  const own = inside(this);
  if (own._hadError) return;
  own._hadError = true;
  const { path, host, port, localAddress } = this[CONNECT];
  const error = connectionReset('Client network socket disconnected before secure TLS connection was established');
  this.destroy(Object.assign(error, { path, host, port, localAddress }));
}
