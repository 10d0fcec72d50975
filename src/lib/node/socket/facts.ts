/** What a connection can be asked: the methods that Node's sockets pass on to their handle. */
import type { X509Certificate } from 'node:crypto';
import type {
  CipherNameAndProtocol,
  DetailedPeerCertificate,
  EphemeralKeyInfo,
  PeerCertificate,
  TLSSocket,
} from 'node:tls';
import { isArrayBufferView } from 'node:util/types';
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../../registry/tls-signatures.ts';
import { TLS10, TLS13, VERSIONS, type Version } from '../../registry/tls-versions.ts';
import { readSslSession, writeSslSession, type ConnectionInfo, type Session, type TlsEngine } from '../../tls/index.ts';
import { EPHEMERAL_GROUPS } from '../platform.ts';
import { peerCertificate, peerNames, x509 } from '../peer/certificate.ts';
import type { PeerNames } from '../peer/identity.ts';
import { judgePeer, verdictOf, verifyError, type Verdict } from '../peer/verdict.ts';
import { nodeError } from '../errors/node.ts';
import { NativeSide } from './native.ts';
import { withIdentity } from './session-identity.ts';
import type { Settings } from './settings.ts';

/** Octets as the types of this Node's release name them. */
export type Octets = ReturnType<TLSSocket['getFinished']>;

/** OpenSSL's, in seconds. */
const DEFAULT_LIFETIME = 7200;

export abstract class Facts extends NativeSide {
  abstract readonly settings: Settings;
  abstract engine: TlsEngine | undefined;
  /** The newest session that can be resumed. */
  protected lastSession: Session | undefined;
  #verdict: { readonly verdict: Verdict | undefined } | undefined;
  /** What was found when a session was made, by OpenSSL's number: a resumption does not look again. */
  #resumedResult = 0;

  protected get info(): Readonly<ConnectionInfo> | undefined {
    return this.engine?.info;
  }

  /** The name of this connection: on a server what the client asked for. */
  getServername(): string | false {
    const { server, servername } = this.settings;
    return (server ? this.info?.serverName : servername) ?? false;
  }

  setServername(name: string): void {
    this.settings.servername = name;
  }

  getALPNNegotiatedProtocol(): string | false {
    const alpn = this.info?.alpn;
    return alpn === undefined ? false : Buffer.from(alpn).toString('latin1');
  }

  getProtocol(): string | null {
    const { context, server } = this.settings;
    // before it is agreed on: the best that there may be, as OpenSSL says; and before the handshake, whatever may be
    const { info, engine } = this;
    const version = info?.version ?? (engine && best(server ? context.serverBase() : context.clientBase()));
    return version?.name ?? 'TLSv1.3';
  }

  getCipher(): CipherNameAndProtocol | undefined {
    const suite = this.info?.suite;
    if (!suite) return undefined;
    // the version that the suite is from, not that of the connection
    const version = suite.first === TLS10 ? 'TLSv1.0' : VERSIONS.row(suite.first)?.name;
    return { name: suite.openssl ?? suite.name, standardName: suite.name, version: version ?? 'unknown' };
  }

  getEphemeralKeyInfo(): EphemeralKeyInfo | object | null {
    if (this.settings.server) return null;
    const key = this.#ephemeralKey();
    return EPHEMERAL_GROUPS ? { type: undefined, name: undefined, size: undefined, ...key } : key;
  }

  #ephemeralKey(): object {
    const { suite, group, dhBits } = this.info ?? {};
    if (suite?.keyExchange === 'rsa' || suite?.keyExchange === 'psk') return {};
    if (dhBits !== undefined) return { type: 'DH', size: dhBits };
    if (!group) return {};
    const named = group.kind === 'x' || group.kind === 'ec' ? KEY_NAMES[group.node] : undefined;
    if (named) return { type: 'ECDH', ...named };
    return EPHEMERAL_GROUPS ? { type: 'TLSGroup', name: group.name } : {};
  }

  getFinished(): Octets {
    return octets(this.info?.ownFinished);
  }

  getPeerFinished(): Octets {
    return octets(this.info?.peerFinished);
  }

  getSharedSigalgs(): string[] {
    const { server } = this.settings;
    const { certificateRequested, peerSchemes } = this.info ?? {};
    if (!this.engine || (!server && !certificateRequested)) return [];
    const peer = new Set(peerSchemes);
    const own = server ? this.settings.context.serverBase() : this.settings.context.clientBase();
    const allowed = (row: SignatureScheme): boolean => row.key !== 'dsa' || this.info?.version?.code !== TLS13;
    return [...own.verifySchemes.keys()]
      .filter((code) => peer.has(code))
      .map((code) => SIGNATURE_SCHEMES.row(code))
      .filter((row) => row !== undefined && allowed(row))
      .map((row) => sigalgName(row as SignatureScheme));
  }

  isSessionReused(): boolean {
    return this.info?.resumed ?? false;
  }

  /** The session in OpenSSL's form, as Node's own sockets read and write it. */
  getSession(): Octets {
    const { resumed, version } = this.info ?? {};
    const given = resumed ? this.settings.session : undefined;
    const session = this.engine?.currentSession() ?? this.lastSession ?? given;
    if (session) return this.sessionBytes(session);
    return version?.code === TLS13 && this.engine?.secure ? this.sessionBytes(this.#withoutTicket()) : undefined;
  }

  /** TLS 1.3 before a ticket has come: a session that says with whom, and by which nothing can be resumed. */
  #withoutTicket(): Session {
    const { suite, peerChain = [], alpn } = this.info ?? {};
    const none = new Uint8Array(0);
    return {
      version: TLS13,
      suite: suite?.code ?? 0,
      secret: new Uint8Array(48),
      created: Date.now(),
      lifetime: DEFAULT_LIFETIME,
      ticket: none,
      id: none,
      ageAdd: 0,
      maxEarlyData: 0,
      serverName: this.settings.servername ?? '',
      alpn: alpn ?? none,
      extendedMasterSecret: true,
      encryptThenMac: false,
      maxFragmentLength: 0,
      peerChain,
      context: none,
    };
  }

  sessionBytes(session: Session): NonNullable<Octets> {
    const bytes = Buffer.from(writeSslSession({ session, verifyResult: this.#verifyResult() }));
    return this.settings.server ? bytes : withIdentity(bytes, this.settings.identity());
  }

  #verifyResult(): number {
    return this.verdict()?.result ?? 0;
  }

  /** @throws TypeError ERR_INVALID_ARG_TYPE for what is no octets; what is no session is none, as to OpenSSL */
  setSession(session: unknown): void {
    if (!isArrayBufferView(session)) throw nodeError('ERR_INVALID_ARG_TYPE', 'Session must be a buffer', TypeError);
    try {
      const read = readSslSession(Buffer.from(session.buffer, session.byteOffset, session.byteLength), 'session');
      // one of TLS 1.3 without its ticket is there to be looked at
      if (read.session.version === TLS13 && read.session.ticket.length === 0) return;
      this.settings.session = read.session;
      this.#resumedResult = read.verifyResult;
    } catch {
      // goes on without
    }
  }

  getTLSTicket(): Octets {
    if (this.settings.server) return undefined;
    const { ticket } = this.lastSession ?? (this.info?.resumed ? this.settings.session : undefined) ?? {};
    return octets(ticket);
  }

  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): NonNullable<Octets> {
    if (!this.engine) throw new RangeError('there are no keys yet');
    return Buffer.from(this.engine.exportKeyingMaterial(length, label, context));
  }

  /** The verdict on the peer's certificates; undefined when there is nothing against them. */
  verdict(): Verdict | undefined {
    this.#verdict ??= { verdict: this.#judge() };
    return this.#verdict.verdict;
  }

  #judge(): Verdict | undefined {
    const { info, settings } = this;
    if (!info) return undefined;
    const { peerChain, resumed, version, externalPsk, suite } = info;
    if (resumed && !settings.server) return verdictOf(this.#resumedResult);
    const byPsk = externalPsk !== undefined || suite?.authentication === 'psk';
    if (peerChain.length === 0 && (byPsk || (resumed && version?.code === TLS13))) return undefined;
    return judgePeer(peerChain, settings.context, settings.server ? 'sslclient' : 'sslserver');
  }

  /** After another handshake certificates are looked at again. */
  protected forgetVerdict(): void {
    this.#verdict = undefined;
  }

  verifyError(): (Error & { code: string }) | null {
    const verdict = this.verdict();
    return verdict ? verifyError(verdict) : null;
  }

  getPeerCertificate(detailed?: boolean): PeerCertificate | DetailedPeerCertificate | object {
    const chain = this.info?.peerChain ?? [];
    return peerCertificate(chain, this.settings.context, detailed === true);
  }

  /** The names of the peer's certificate alone. */
  peerNames(): PeerNames | undefined {
    return peerNames(this.info?.peerChain ?? []);
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    return x509(this.info?.peerChain ?? []);
  }

  get #ownChain(): readonly Uint8Array[] {
    const { context, credentials, server } = this.settings;
    const sent = server ? this.info?.credential : undefined;
    // what setKeyCert was given counts, though the handshake may be over
    const own = credentials && (!sent || !credentials.includes(sent)) ? credentials[0] : sent;
    return (own ?? context.credentials[0])?.chain ?? [];
  }

  getCertificate(): PeerCertificate | object {
    return peerCertificate(this.#ownChain.slice(0, 1), this.settings.context, false);
  }

  getX509Certificate(): X509Certificate | undefined {
    return x509(this.#ownChain.slice(0, 1));
  }
}

const octets = (bytes: Uint8Array | undefined): Octets =>
  bytes === undefined || bytes.length === 0 ? undefined : Buffer.from(bytes);

const best = ({ versions }: { readonly versions: readonly Version[] }): Version | undefined =>
  versions.toSorted((a, b) => b.code - a.code)[0];

/** Names and bits of the keys of curves, by node:crypto's name of the curve. */
const KEY_NAMES: Readonly<Record<string, { readonly name: string; readonly size: number }>> = {
  x25519: { name: 'X25519', size: 253 },
  x448: { name: 'X448', size: 448 },
  prime256v1: { name: 'prime256v1', size: 256 },
  secp384r1: { name: 'secp384r1', size: 384 },
  secp521r1: { name: 'secp521r1', size: 521 },
  secp224r1: { name: 'secp224r1', size: 224 },
  secp256k1: { name: 'secp256k1', size: 256 },
  brainpoolP256r1: { name: 'brainpoolP256r1', size: 256 },
  brainpoolP384r1: { name: 'brainpoolP384r1', size: 384 },
  brainpoolP512r1: { name: 'brainpoolP512r1', size: 512 },
};

const SIGNERS: Readonly<Record<SignatureScheme['key'], string>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA-PSS',
  ec: 'ECDSA',
  dsa: 'DSA',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
};

function sigalgName({ key, padding, hash }: SignatureScheme): string {
  const signer = key === 'rsa' && padding === 'pss' ? 'RSA-PSS' : SIGNERS[key];
  return `${signer}+${hash?.toUpperCase() ?? 'UNDEF'}`;
}
