/** What a server is asked in a handshake: SNICallback, OCSPRequest, ALPNCallback, resumeSession and newSession. */
import type { Server } from 'node:net';
import { EXTENSION } from '../../registry/tls-extensions.ts';
import type { HelloAnswer, HelloSeen, SessionStore } from '../../tls/index.ts';
import { SecureContext } from '../context/secure-context.ts';
import { ContextState } from '../context/state.ts';
import { nodeError } from '../errors/node.ts';
import { newSession } from '../socket/owner.ts';
import type { OwnOptions } from '../socket/options.ts';
import { inside } from '../socket/stream-side.ts';
import type { TLSSocket } from '../socket/tls-socket.ts';
import type { TlsServer } from './server.ts';

type Maybe<T> = T | Promise<T>;

/**
 * Asks by a callback that may be called at once or later, and once only. An error ends the connection, and so do a second call and one after the
 * end; then nothing is answered any more, as nobody waits.
 */
function asked<T>(socket: TLSSocket, ask: (done: (error: unknown, value?: unknown) => void) => void): Maybe<T> {
  let now: { readonly value: T } | undefined;
  let later: ((value: T) => void) | undefined;
  let once = false;
  ask((error, value) => {
    if (once) socket.destroy(nodeError('ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
    else if (error) socket.destroy(error as Error);
    else if (!inside(socket)._handle) socket.destroy(nodeError('ERR_SOCKET_CLOSED', 'Socket is closed'));
    else if (later) later(value as T);
    else now = { value: value as T };
    once = true;
  });
  return now ? now.value : new Promise<T>((resolve) => (later = resolve));
}

const after = <T, R>(value: Maybe<T>, go: (value: T) => Maybe<R>): Maybe<R> =>
  value instanceof Promise ? value.then(go) : go(value);

/** SNICallback, then OCSPRequest: what comes of a ClientHello. */
export function helloHook(socket: TLSSocket): (seen: HelloSeen) => Maybe<HelloAnswer | undefined> {
  return (seen) => {
    const { serverName } = seen;
    const { _SNICallback: callback } = socket;
    if (!serverName || !callback) return ocsp(socket, seen, undefined);
    const chosen = asked<unknown>(socket, (done) => {
      try {
        callback.call(socket, serverName, done);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    return after(chosen, (context) => ocsp(socket, seen, contextOf(socket, context)));
  };
}

function contextOf(socket: TLSSocket, context: unknown): ContextState | undefined {
  // anything that is no object is none, to Node
  if (typeof context !== 'object' || !context) return undefined;
  const state = context instanceof SecureContext ? context.context : context;
  if (state instanceof ContextState) return state;
  socket.destroy(new TypeError('Invalid SNI context'));
  return undefined;
}

function ocsp(
  socket: TLSSocket,
  { hello }: HelloSeen,
  chosen: ContextState | undefined,
): Maybe<HelloAnswer | undefined> {
  const handle = inside(socket)._handle;
  if (!handle) return undefined;
  if (chosen) handle.settings.context = chosen;
  const server = socket.server as TlsServer | undefined;
  const context = chosen ?? server?._sharedCreds?.context;
  const wanted = hello.extensions?.some(({ type }) => type === EXTENSION.statusRequest) ?? false;
  const credentials = handle.settings.credentials ?? chosen?.credentials;
  if (!wanted || !server || !context || server.listenerCount('OCSPRequest') === 0)
    return credentials && { credentials };
  const response = asked<Uint8Array | null | undefined>(socket, (done) => {
    server.emit('OCSPRequest', context.getCertificate(), context.getIssuer(), done);
  });
  return after(response, (octets) => {
    const own = credentials ?? context.credentials;
    return octets ? { credentials: own.map((one) => ({ ...one, ocsp: octets })) } : credentials && { credentials };
  });
}

type AlpnCallback = NonNullable<OwnOptions['ALPNCallback']>;

export function alpnHook(
  socket: TLSSocket,
  callback: AlpnCallback,
): (offered: readonly Uint8Array[]) => Uint8Array | 'reject' {
  return (offered) => {
    const protocols = offered.map((one) => Buffer.from(one).toString('ascii'));
    const servername = inside(socket)._handle?.getServername() as string;
    try {
      const selected = callback.call(socket, { servername, protocols });
      if (selected === undefined) return 'reject';
      const found = offered[protocols.indexOf(selected)];
      if (found) return found;
      throw nodeError(
        'ERR_TLS_ALPN_CALLBACK_INVALID_RESULT',
        `ALPN callback returned a value (${selected}) that did not match any of the client's offered protocols (${protocols.join(', ')})`,
        TypeError,
      );
    } catch (error) {
      socket.destroy(error as Error);
      return 'reject';
    }
  };
}

/** Sessions that the program keeps (before TLS 1.3). */
export function sessionStore(socket: TLSSocket): SessionStore {
  return {
    get(id) {
      const server = socket.server as Server | undefined;
      const found = asked<Uint8Array | null | undefined>(socket, (done) => {
        if (!server?.emit('resumeSession', Buffer.from(id), done)) done(null);
      });
      return after(found, (session) => session ?? undefined);
    },
    set: (id, session) => new Promise<void>((kept) => newSession(socket, Buffer.from(id), Buffer.from(session), kept)),
    delete: () => undefined,
  };
}
