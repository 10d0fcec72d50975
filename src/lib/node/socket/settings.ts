/** What a socket is told before its handshake, and the engine's configuration that it becomes. */
import { TLS13 } from '../../registry/tls-versions.ts';
import type { TlsEngine } from '../../tls/index.ts';
import {
  acceptAny,
  type ClientConfig,
  type Credential,
  type ExternalPsk,
  type HelloAnswer,
  type HelloSeen,
  type ServerConfig,
  type Session,
  type SessionStore,
} from '../../tls/index.ts';
import type { ContextState } from '../context/state.ts';
import type { ServerIdentity } from './session-identity.ts';

type Maybe<T> = T | PromiseLike<T>;

/** What the hooks of Node's sockets ask, in the engine's terms. Those that are absent are not asked. */
export interface Hooks {
  /** SNICallback and OCSPRequest. */
  hello?(seen: HelloSeen): Maybe<HelloAnswer | undefined>;
  alpn?(offered: readonly Uint8Array[]): Uint8Array | 'reject' | undefined;
  psk?(identity: Uint8Array): ExternalPsk | undefined;
  pskForHint?(hint: Uint8Array | undefined): ExternalPsk | undefined;
  store?: SessionStore;
}

export interface Settings {
  readonly server: boolean;
  context: ContextState;
  requestCert: boolean;
  rejectUnauthorized: boolean;
  servername: string | undefined;
  session: Session | undefined;
  /** A client: which server it must be. */
  identity: () => ServerIdentity;
  alpn: readonly Uint8Array[];
  requestOcsp: boolean;
  keyLog: boolean;
  trace: boolean;
  pskHint: string | undefined;
  maxSendFragment: number | undefined;
  /** setKeyCert: in place of the context's. */
  credentials: readonly Credential[] | undefined;
  /** A server's sessions are told to its program. */
  tellSessions: boolean;
  readonly hooks: Hooks;
}

/** Sockets that connect() did not make. */
const NOBODY: ServerIdentity = { name: 'localhost', verified: true };

export function newSettings(server: boolean, context: ContextState): Settings {
  return {
    server,
    context,
    requestCert: !server,
    rejectUnauthorized: false,
    servername: undefined,
    session: undefined,
    identity: () => NOBODY,
    alpn: [],
    requestOcsp: false,
    keyLog: false,
    trace: false,
    pskHint: undefined,
    maxSendFragment: undefined,
    credentials: undefined,
    tellSessions: false,
    hooks: {},
  };
}

/** What the last connection with a base was told, and its configuration: most connections of a program are told the same. */
interface Made<C> {
  readonly alpn: readonly Uint8Array[];
  readonly key: number;
  readonly config: C;
}

const clients = new WeakMap<ClientConfig, Made<ClientConfig>>();
const servers = new WeakMap<ServerConfig, Made<ServerConfig>>();

/** What connections differ by, apart from protocols, in bits; undefined for one that asks for things of its own. */
function keyOf(settings: Settings): number | undefined {
  const { hooks, pskHint, maxSendFragment, credentials, keyLog, trace, requestOcsp, requestCert } = settings;
  if (hooks.hello || hooks.alpn || hooks.psk || hooks.pskForHint || hooks.store) return undefined;
  if (pskHint !== undefined || maxSendFragment !== undefined || credentials) return undefined;
  return [keyLog, trace, requestOcsp, requestCert, settings.rejectUnauthorized].reduce(
    (sum, one) => sum * 2 + Number(one),
    0,
  );
}

const sameNames = (some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean =>
  some.length === others.length && some.every((one, i) => Buffer.compare(one, others[i] as Uint8Array) === 0);

/** The configuration that was made for such a connection before, or a new one. */
function kept<C extends object>(known: WeakMap<C, Made<C>>, base: C, settings: Settings, make: () => C): C {
  const { alpn } = settings;
  const key = keyOf(settings);
  if (key === undefined) return make();
  let made = known.get(base);
  if (made?.key !== key || !sameNames(made.alpn, alpn)) known.set(base, (made = { alpn, key, config: make() }));
  return made.config;
}

/**
 * A client's configuration. Certificates are judged when the handshake is done, as Node does it, so that a program can go on with a peer that it
 * does not trust.
 */
export function clientConfigOf(settings: Settings): ClientConfig {
  const base = settings.context.clientBase();
  return kept(clients, base, settings, () => newClientConfig(settings, base));
}

function newClientConfig(settings: Settings, base: ClientConfig): ClientConfig {
  const { pskForHint } = settings.hooks;
  // TLS 1.3 has no hints: the key is asked for before the hello (RFC 8446 section 4.2.11)
  const psk = base.versions.some(({ code }) => code === TLS13) ? pskForHint?.(undefined) : undefined;
  return {
    ...base,
    // as OpenSSL: who has no key to share offers no suite for one
    suites: pskForHint ? base.suites : base.suites.filter(({ keyExchange }) => !keyExchange.endsWith('psk')),
    alpn: settings.alpn,
    credentials: settings.credentials ?? base.credentials,
    keyLog: settings.keyLog,
    requestOcsp: settings.requestOcsp,
    messageEvents: settings.trace,
    halfClose: true,
    verify: acceptAny,
    psks: psk ? [psk] : base.psks,
    pskForHint,
    maxSendFragment: settings.maxSendFragment ?? base.maxSendFragment,
  };
}

/** A server's configuration. */
export function serverConfigOf(settings: Settings): ServerConfig {
  const base = settings.context.serverBase();
  return kept(servers, base, settings, () => newServerConfig(settings, base));
}

function newServerConfig(settings: Settings, base: ServerConfig): ServerConfig {
  const { hello, alpn, psk, store } = settings.hooks;
  const auth = settings.rejectUnauthorized ? 'require' : 'request';
  return {
    ...base,
    alpn: settings.alpn,
    selectAlpn: alpn,
    credentials: settings.credentials ?? base.credentials,
    keyLog: settings.keyLog,
    messageEvents: settings.trace,
    halfClose: true,
    clientAuth: settings.requestCert ? auth : 'none',
    verify: acceptAny,
    onHello: hello,
    pskLookup: psk,
    pskHint: settings.pskHint === undefined ? undefined : Buffer.from(settings.pskHint),
    sessionStore: store,
    maxSendFragment: settings.maxSendFragment ?? base.maxSendFragment,
  };
}

/** Whether application data can go out now. */
export const canSend = (engine: TlsEngine): boolean => engine.writable && !(engine.secure && engine.busy);
