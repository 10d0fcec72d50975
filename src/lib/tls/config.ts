/**
 * What a connection is to do. Options are names and numbers as people write them; `clientConfig` and `serverConfig` check them once and
 * turn them into rows of the tables, so that a configuration serves any number of connections.
 */
import type { AlertName } from '../registry/tls-alerts.ts';
import type { Group } from '../registry/tls-groups.ts';
import type { Reason } from '../registry/tls-reasons.ts';
import type { SignatureScheme } from '../registry/tls-signatures.ts';
import type { CipherSuite } from '../registry/tls-suites.ts';
import type { Version, VersionName } from '../registry/tls-versions.ts';
import type { Credential } from './credential.ts';
import type { DhDomain } from './kex/index.ts';
import { pooledRandom } from './random.ts';
import { between, resolveCommon, suiteRanks } from './resolve.ts';
import type { Session } from './session/session.ts';
import type { ReplayGuard, SessionStore } from './session/store.ts';
import type { TicketSealer } from './session/tickets.ts';
import type { ClientHello } from './wire/index.ts';

type Maybe<T> = T | PromiseLike<T>;

/** What a peer proved of itself, for a verdict. */
export interface PeerIdentity {
  /** DER, the end entity first, as the peer sent them. */
  readonly chain: readonly Uint8Array[];
  /** The stapled OCSP response, in DER. */
  readonly ocsp: Uint8Array | undefined;
  /** Those of the certificates after the first, in their order (TLS 1.3). */
  readonly issuerOcsp: readonly (Uint8Array | undefined)[];
  readonly timestamps: readonly Uint8Array[];
  /** The name that a client asked for. */
  readonly serverName: string | undefined;
  /** Whether the chain is that of a session that is resumed. */
  readonly resumed: boolean;
}

/** What a verdict may find wrong with a peer's certificates; each has its alert. */
export type RejectionReason = Extract<
  Reason,
  | `certificate_${'unknown_ca' | 'self_signed' | 'expired' | 'not_yet_valid' | 'revoked' | 'hostname' | 'purpose'}`
  | `certificate_${'signature_bad' | 'signature_weak' | 'status_bad' | 'status_required' | 'timestamps_bad' | 'rejected'}`
>;

/** A verdict that ends the connection. */
export interface Rejection {
  /** What is wrong; `certificate_rejected` when nothing is said. */
  readonly reason?: RejectionReason | undefined;
  /** The alert that the peer gets; that of the reason when nothing is said. */
  readonly alert?: AlertName | undefined;
  /** A few words for the failure's message. */
  readonly detail?: string | undefined;
}

/** Judges a peer. Nothing returned is acceptance. A throw fails the connection with internal_error. */
export type VerifyHook = (peer: PeerIdentity) => Maybe<Rejection | undefined | void>;

/** Accepts every peer: for tools that look at servers, never for programs that trust them. */
export const acceptAny: VerifyHook = () => undefined;

/** A handshake message on its way out, before the transcript sees it. For faults and experiments. */
export interface OutgoingMessage {
  readonly name: string;
  readonly type: number;
  /** Header and body. */
  readonly raw: Uint8Array;
}

/** Limits on what a peer may send. */
export interface Limits {
  /** Octets of a ClientHello. */
  readonly clientHello: number;
  /** Octets of a certificate message. */
  readonly certificate: number;
  /** Octets of any other handshake message. */
  readonly message: number;
  /** Certificates of a chain. */
  readonly chain: number;
  /** Empty records in a row. */
  readonly emptyRecords: number;
  /** Warning alerts before TLS 1.3, and user_canceled in TLS 1.3, without data between them. */
  readonly warnings: number;
  /** change_cipher_specs of a TLS 1.3 handshake. */
  readonly changeCipherSpecs: number;
  /** KeyUpdates without data between them. */
  readonly keyUpdates: number;
  /** NewSessionTickets of a connection. */
  readonly tickets: number;
  /** Renegotiations that the peer starts. */
  readonly renegotiations: number;
  /** Octets of a PSK identity, and PSKs of one hello that are looked at. */
  readonly pskIdentity: number;
  readonly psks: number;
  /** Bits of a Diffie-Hellman prime, and of an RSA key. */
  readonly dhMin: number;
  readonly dhMax: number;
  readonly rsaMin: number;
  /** Octets of rejected early data that a server skips. */
  readonly skippedEarlyData: number;
}

/** A PSK that both sides know from elsewhere. */
export interface ExternalPsk {
  readonly identity: Uint8Array;
  readonly key: Uint8Array;
  /** TLS 1.3: the hash that it goes with (RFC 8446 section 4.2.11); SHA-256 when nothing is said. */
  readonly hash?: 'sha256' | 'sha384' | undefined;
}

/** How renegotiation is met (before TLS 1.3). `explicit`: the application is told and decides by `engine.renegotiate()`. */
export type RenegotiationPolicy = 'never' | 'once' | 'freely' | 'ignore' | 'explicit';

/** Options of both sides. Lists are in order of preference; what is left out gets a default that is right for most. */
export interface CommonOptions {
  /** The versions that may be used, in any order, holes allowed. TLS 1.2 and 1.3 when nothing is said. */
  readonly versions?: readonly VersionName[] | undefined;
  /** Cipher suites by IANA's or OpenSSL's name, or by number. */
  readonly suites?: readonly (string | number)[] | undefined;
  readonly groups?: readonly (string | number)[] | undefined;
  /** Schemes that the peer may sign by. */
  readonly verifySchemes?: readonly (string | number)[] | undefined;
  /** Schemes that we sign by. */
  readonly signSchemes?: readonly (string | number)[] | undefined;
  /** Schemes of the signatures inside of certificates, where they differ (signature_algorithms_cert). */
  readonly certificateSchemes?: readonly (string | number)[] | undefined;
  /** Application protocols. */
  readonly alpn?: readonly (string | Uint8Array)[] | undefined;
  readonly credentials?: readonly Credential[] | undefined;
  readonly verify?: VerifyHook | undefined;
  /** Ask the verify hook again when a session is resumed. */
  readonly verifyResumed?: boolean | undefined;
  readonly psks?: readonly ExternalPsk[] | undefined;
  /** extended_master_secret (RFC 7627): `use` when nothing is said. */
  readonly extendedMasterSecret?: 'use' | 'require' | 'off' | undefined;
  /** encrypt_then_mac (RFC 7366); on when nothing is said. */
  readonly encryptThenMac?: boolean | undefined;
  /** TLS 1.2's session tickets, and on a server those of TLS 1.3; on when nothing is said. */
  readonly tickets?: boolean | undefined;
  readonly renegotiation?: RenegotiationPolicy | undefined;
  /** Refuse peers without RFC 5746; off when nothing is said, since without renegotiation nothing is lost. */
  readonly requireSecureRenegotiation?: boolean | undefined;
  /** Renegotiate with peers without RFC 5746 too, which lets an attacker put data in front (CVE-2009-3555); off when nothing is said. */
  readonly legacyRenegotiation?: boolean | undefined;
  /** record_size_limit (RFC 8449): the most octets that we want to receive in a record. */
  readonly recordSizeLimit?: number | undefined;
  /** The most octets of content that we put into a record. */
  readonly maxSendFragment?: number | undefined;
  /** TLS 1.3: octets of padding for a record of this content type and length. */
  readonly padding?: ((type: number, length: number) => number) | undefined;
  /** CBC of TLS 1.0: the first octet in a record of its own; on when nothing is said. */
  readonly splitRecords?: boolean | undefined;
  /** Middlebox compatibility (RFC 8446 appendix D.4); on when nothing is said. */
  readonly middleboxCompatibility?: boolean | undefined;
  /** PSK modes of TLS 1.3; `psk_dhe_ke` alone when nothing is said. */
  readonly pskModes?: readonly ('psk_dhe_ke' | 'psk_ke')[] | undefined;
  /**
   * Go on sending after the peer's close_notify; off when nothing is said: it is answered at once, before anyone can answer the data in front of it.
   * Before TLS 1.3 there are no two halves: whoever hears of the end has to close then (RFC 5246 section 7.2.1).
   */
  readonly halfClose?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Emit key log lines. */
  readonly keyLog?: boolean | undefined;
  /** Emit an event for each record. */
  readonly traceRecords?: boolean | undefined;
  /** Emit an event for each handshake message and change_cipher_spec; on when nothing is said. */
  readonly messageEvents?: boolean | undefined;
  /** Changes handshake messages on their way out, or drops them. Each piece of a list has a record of its own. */
  readonly tap?: ((message: OutgoingMessage) => Uint8Array | readonly Uint8Array[]) | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  readonly random?: ((length: number) => Uint8Array) | undefined;
  /** Whether key shares follow from `random` too, so that a handshake can be played again. */
  readonly replay?: boolean | undefined;
}

/** What a CertificateRequest asks for. */
export interface CertificateWanted {
  /** Schemes that the server verifies. */
  readonly schemes: readonly number[];
  /** DER names of authorities that it trusts; empty for any. */
  readonly authorities: readonly Uint8Array[];
  /** Before TLS 1.3: types of keys (RFC 5246 section 7.4.4). */
  readonly types: readonly number[];
}

export interface ClientOptions extends CommonOptions {
  /** Groups to send shares of; the first of `groups` when nothing is said. An empty list asks for a HelloRetryRequest. */
  readonly shares?: readonly (string | number)[] | undefined;
  /** Ask for a stapled OCSP response, and for certificate timestamps. */
  readonly requestOcsp?: boolean | undefined;
  readonly requestTimestamps?: boolean | undefined;
  /** max_fragment_length (RFC 6066): 512, 1024, 2048 or 4096. */
  readonly maxFragmentLength?: number | undefined;
  /** Offer post-handshake authentication. */
  readonly postHandshakeAuth?: boolean | undefined;
  /** TLS_FALLBACK_SCSV: this connection is a second try with a lower version. */
  readonly fallback?: boolean | undefined;
  /** Values that a server must ignore (RFC 8701). */
  readonly grease?: boolean | undefined;
  /** Announce NULL-length secure renegotiation by the extension; on when nothing is said. Off sends neither it nor the SCSV. */
  readonly secureRenegotiation?: boolean | undefined;
  /** Octets to pad the ClientHello to (RFC 7685). */
  readonly helloPadding?: number | undefined;
  /** Rewrites the ClientHello before it is encoded: order, additions, removals. PSK binders are computed after it. */
  readonly shapeHello?: ((hello: ClientHello) => ClientHello) | undefined;
  /** The credential for a CertificateRequest; the first of `credentials` that serves when nothing is said. */
  readonly selectCredential?: ((wanted: CertificateWanted) => Maybe<Credential | undefined>) | undefined;
  /** TLS 1.2: the PSK for a server's hint. */
  readonly pskForHint?: ((hint: Uint8Array | undefined) => Maybe<ExternalPsk | undefined>) | undefined;
}

/** What a server knows when it chooses. */
export interface HelloSeen {
  readonly hello: ClientHello;
  readonly serverName: string | undefined;
  readonly alpn: readonly Uint8Array[];
  readonly schemes: readonly number[];
  readonly version: Version;
}

/** What a ClientHello hook may change. */
export interface HelloAnswer {
  readonly credentials?: readonly Credential[] | undefined;
  /** Whether to acknowledge the server name; yes when nothing is said. */
  readonly acknowledgeName?: boolean | undefined;
  /** Refuse: the alert, or a warning unrecognized_name before going on. */
  readonly reject?: AlertName | undefined;
  readonly warnName?: boolean | undefined;
}

export interface ServerOptions extends CommonOptions {
  /** Our order of suites and groups counts, not the client's; on when nothing is said. */
  readonly serverPreference?: boolean | undefined;
  /** Sets of suites that are as good as each other: between them the client's order counts. Each set stands where its first suite does. */
  readonly equalSuites?: readonly (readonly (string | number)[])[] | undefined;
  readonly clientAuth?: 'none' | 'request' | 'require' | undefined;
  /** DER names for CertificateRequest. */
  readonly authorities?: readonly Uint8Array[] | undefined;
  /** Called for each first ClientHello, before anything is chosen: SNI and credentials. */
  readonly onHello?: ((seen: HelloSeen) => Maybe<HelloAnswer | undefined | void>) | undefined;
  /** Chooses the protocol: one of the list, undefined for none. Without it the first of `alpn` that the client has, else a fatal alert. */
  readonly selectAlpn?: ((offered: readonly Uint8Array[]) => Maybe<Uint8Array | 'reject' | undefined>) | undefined;
  /** The key of a PSK identity. */
  readonly pskLookup?: ((identity: Uint8Array) => Maybe<ExternalPsk | undefined>) | undefined;
  readonly pskHint?: Uint8Array | undefined;
  readonly ticketSealer?: TicketSealer | undefined;
  readonly sessionStore?: SessionStore | undefined;
  /** Tells sessions of one application from those of another. */
  readonly sessionContext?: Uint8Array | undefined;
  /** Seconds. */
  readonly sessionLifetime?: number | undefined;
  /** TLS 1.3 tickets after a full handshake, and after a resumption. */
  readonly ticketCount?: number | undefined;
  readonly ticketCountResumed?: number | undefined;
  /** The most octets of early data; 0 for none. */
  readonly maxEarlyData?: number | undefined;
  readonly replayGuard?: ReplayGuard | undefined;
  /** Octets of a HelloRetryRequest's cookie, which the client must return. */
  readonly cookie?: (() => Uint8Array) | undefined;
  /** Ask by a HelloRetryRequest for the best group in common where the client sent a share of another one; off when nothing is said. */
  readonly insistOnGroup?: boolean | undefined;
  /** Always send a HelloRetryRequest, for tests of clients. */
  readonly alwaysRetry?: boolean | undefined;
  /** The group of DHE with clients that name none (RFC 7919); ffdhe2048 when nothing is said. */
  readonly dhDomain?: DhDomain | undefined;
  /** Clients that name finite-field groups get one of them (RFC 7919), whatever `dhDomain` is; on when nothing is said. */
  readonly namedDh?: boolean | undefined;
  /** Groups to tell clients about in EncryptedExtensions; nothing when nothing is said. */
  readonly announceGroups?: boolean | undefined;
}

/** Options of one connection. */
export interface ConnectionOptions {
  /** Called when an asynchronous hook is done and there may be something to take. */
  readonly wake?: (() => void) | undefined;
  /** Clients: the server's name, for SNI, and the session to resume. */
  readonly serverName?: string | undefined;
  readonly session?: Session | undefined;
  /** Clients: send early data. They are queued by `engine.sendEarly` before `start`. */
  readonly earlyData?: boolean | undefined;
}

/** What options of both sides become. */
export interface CommonConfig {
  /** Newest first. */
  readonly versions: readonly Version[];
  readonly suites: readonly CipherSuite[];
  readonly groups: readonly Group[];
  readonly verifySchemes: ReadonlyMap<number, SignatureScheme>;
  readonly signSchemes: ReadonlyMap<number, SignatureScheme>;
  readonly certificateSchemes: readonly number[] | undefined;
  readonly alpn: readonly Uint8Array[];
  readonly credentials: readonly Credential[];
  readonly verify: VerifyHook | undefined;
  readonly verifyResumed: boolean;
  readonly psks: readonly ExternalPsk[];
  readonly extendedMasterSecret: 'use' | 'require' | 'off';
  readonly encryptThenMac: boolean;
  readonly tickets: boolean;
  readonly renegotiation: RenegotiationPolicy;
  readonly requireSecureRenegotiation: boolean;
  readonly legacyRenegotiation: boolean;
  readonly recordSizeLimit: number | undefined;
  readonly maxSendFragment: number;
  readonly padding: ((type: number, length: number) => number) | undefined;
  readonly splitRecords: boolean;
  readonly middleboxCompatibility: boolean;
  readonly pskModes: readonly ('psk_dhe_ke' | 'psk_ke')[];
  readonly halfClose: boolean;
  readonly limits: Limits;
  readonly keyLog: boolean;
  readonly traceRecords: boolean;
  readonly messageEvents: boolean;
  readonly tap: CommonOptions['tap'];
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array;
  readonly replay: boolean;
}

export interface ClientConfig extends CommonConfig {
  readonly side: 'client';
  readonly shares: readonly Group[];
  readonly requestOcsp: boolean;
  readonly requestTimestamps: boolean;
  readonly maxFragmentLength: number | undefined;
  readonly postHandshakeAuth: boolean;
  readonly fallback: boolean;
  readonly grease: boolean;
  readonly secureRenegotiation: boolean;
  readonly helloPadding: number | undefined;
  readonly shapeHello: ClientOptions['shapeHello'];
  readonly selectCredential: ClientOptions['selectCredential'];
  readonly pskForHint: ClientOptions['pskForHint'];
}

export interface ServerConfig extends CommonConfig {
  readonly side: 'server';
  readonly serverPreference: boolean;
  /** Places of suites in our order, by number: those that are as good as each other have the same. */
  readonly suiteRanks: ReadonlyMap<number, number>;
  readonly clientAuth: 'none' | 'request' | 'require';
  readonly authorities: readonly Uint8Array[];
  readonly onHello: ServerOptions['onHello'];
  readonly selectAlpn: ServerOptions['selectAlpn'];
  readonly pskLookup: ServerOptions['pskLookup'];
  readonly pskHint: Uint8Array | undefined;
  readonly ticketSealer: TicketSealer | undefined;
  readonly sessionStore: SessionStore | undefined;
  readonly sessionContext: Uint8Array;
  readonly sessionLifetime: number;
  readonly ticketCount: number;
  readonly ticketCountResumed: number;
  readonly maxEarlyData: number;
  readonly replayGuard: ReplayGuard | undefined;
  readonly cookie: (() => Uint8Array) | undefined;
  readonly insistOnGroup: boolean;
  readonly alwaysRetry: boolean;
  readonly dhDomain: DhDomain | undefined;
  readonly namedDh: boolean;
  readonly announceGroups: boolean;
}

export type Config = ClientConfig | ServerConfig;

const MAX_UINT32 = 2 ** 32 - 1;
/** More tickets than that are a slip of the pen. */
const MAX_TICKETS = 1000;

function fragmentLength(length: number | undefined): number | undefined {
  if (length !== undefined && ![512, 1024, 2048, 4096].includes(length)) {
    throw new RangeError(`a maxFragmentLength of ${length}; it can be 512, 1024, 2048 or 4096`);
  }
  return length;
}

/**
 * A client's configuration.
 *
 * @throws RangeError for a name that no table has, and without a verify hook
 */
export function clientConfig(options: ClientOptions): ClientConfig {
  const common = resolveCommon(options, pooledRandom);
  if (!options.verify) throw new RangeError('a client needs a verify hook; acceptAny accepts every server');
  const shares = options.shares?.map((one) => common.group(one)) ?? common.config.groups.slice(0, 1);
  for (const share of shares) {
    if (!common.config.groups.includes(share)) throw new RangeError(`a share of ${share.name}, which is not in groups`);
  }
  return {
    ...common.config,
    side: 'client',
    shares,
    requestOcsp: options.requestOcsp ?? false,
    requestTimestamps: options.requestTimestamps ?? false,
    maxFragmentLength: fragmentLength(options.maxFragmentLength),
    postHandshakeAuth: options.postHandshakeAuth ?? false,
    fallback: options.fallback ?? false,
    grease: options.grease ?? false,
    secureRenegotiation: options.secureRenegotiation ?? true,
    helloPadding: between('helloPadding', options.helloPadding, 1, 2 ** 16),
    shapeHello: options.shapeHello,
    selectCredential: options.selectCredential,
    pskForHint: options.pskForHint,
  };
}

/**
 * A server's configuration.
 *
 * @throws RangeError for a name that no table has, and where clients must authenticate without a verify hook
 */
export function serverConfig(options: ServerOptions): ServerConfig {
  const { config } = resolveCommon(options, pooledRandom);
  const clientAuth = options.clientAuth ?? 'none';
  if (clientAuth !== 'none' && !options.verify)
    throw new RangeError('a server that asks for certificates needs a verify hook');
  return {
    ...config,
    side: 'server',
    serverPreference: options.serverPreference ?? true,
    suiteRanks: suiteRanks(config.suites, options.equalSuites ?? []),
    clientAuth,
    authorities: options.authorities ?? [],
    onHello: options.onHello,
    selectAlpn: options.selectAlpn,
    pskLookup: options.pskLookup,
    pskHint: options.pskHint,
    ticketSealer: options.ticketSealer,
    sessionStore: options.sessionStore,
    sessionContext: options.sessionContext ?? new Uint8Array(0),
    sessionLifetime: between('sessionLifetime', options.sessionLifetime, 1, MAX_UINT32) ?? 7200,
    ticketCount: between('ticketCount', options.ticketCount, 0, MAX_TICKETS) ?? 2,
    ticketCountResumed: between('ticketCountResumed', options.ticketCountResumed, 0, MAX_TICKETS) ?? 1,
    maxEarlyData: between('maxEarlyData', options.maxEarlyData, 0, MAX_UINT32) ?? 0,
    replayGuard: options.replayGuard,
    cookie: options.cookie,
    insistOnGroup: options.insistOnGroup ?? false,
    alwaysRetry: options.alwaysRetry ?? false,
    dhDomain: options.dhDomain,
    namedDh: options.namedDh ?? true,
    announceGroups: options.announceGroups ?? false,
  };
}
