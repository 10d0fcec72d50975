/** What a client offers: its ClientHello, the first one and the one after a HelloRetryRequest (RFC 8446 sections 4.1.2 and 4.1.4). */
import { createHash } from 'node:crypto';
import { encode } from '../../codec/index.ts';
import { GREASE, MAX_FRAGMENT_LENGTHS } from '../../registry/tls-codes.ts';
import type { Group } from '../../registry/tls-groups.ts';
import { FALLBACK_SCSV, SUITES, type CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12, TLS13, type Version } from '../../registry/tls-versions.ts';
import type { ClientConfig, ExternalPsk } from '../config.ts';
import type { Connection } from '../connection.ts';
import { offerShare, type Offer as ShareOffer } from '../kex/index.ts';
import { earlySecret, hashLength, type EarlySecret, type Tls13Hash } from '../schedule/index.ts';
import { isExpired, type Session } from '../session/session.ts';
import {
  PRE_SHARED_KEY,
  bindersLength,
  clientHello,
  extension,
  type ClientHello,
  type Extension,
  type OfferedPsks,
} from '../wire/index.ts';
import { helloExtensions, padded } from './hello-extensions.ts';
import { CLIENT_HELLO } from './kinds.ts';
import { MAX_TICKET } from './limits.ts';
import type { Renegotiation } from './renegotiation.ts';

/** A PSK of TLS 1.3 that is offered. */
export interface PskOffer {
  readonly identity: Uint8Array;
  readonly obfuscatedAge: number;
  readonly hash: Tls13Hash;
  readonly early: EarlySecret;
  /** The session that it resumes; undefined for a PSK from outside. */
  readonly session: Session | undefined;
}

/** What was offered. */
export interface Offer {
  readonly versions: readonly Version[];
  readonly suites: readonly CipherSuite[];
  readonly groups: readonly Group[];
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly shares: readonly ShareOffer[];
  readonly psks: readonly PskOffer[];
  /** The session before TLS 1.3 that is offered. */
  readonly session: Session | undefined;
  readonly earlyData: boolean;
  readonly cookie: Uint8Array | undefined;
  readonly renegotiation: Renegotiation | undefined;
  /** The hello as it went out, and the extensions in it. */
  hello: ClientHello;
  raw: Uint8Array;
  offered: ReadonlySet<number>;
}

const has = (version: Version, row: { readonly first: number; readonly last: number }): boolean =>
  version.code >= row.first && version.code <= row.last;

interface OfferedRows {
  readonly versions: readonly Version[];
  readonly suites: readonly CipherSuite[];
  readonly groups: readonly Group[];
}

/** The same for every first handshake of a configuration. */
const rows = new WeakMap<ClientConfig, OfferedRows>();

/** What of a configuration belongs to the versions of a handshake. */
function rowsFor(config: ClientConfig, renegotiation: Renegotiation | undefined): OfferedRows {
  const made = renegotiation ? undefined : rows.get(config);
  if (made) return made;
  const versions = renegotiation ? [renegotiation.version] : config.versions;
  const suites = config.suites.filter((suite) => versions.some((version) => has(version, suite)));
  const groups = config.groups.filter((group) => versions.some((version) => has(version, group)));
  if (!renegotiation) rows.set(config, { versions, suites, groups });
  return { versions, suites, groups };
}

/** Decides on what to offer. The hello is made and sent by `sendHello`. */
export function newOffer(c: Connection, renegotiation: Renegotiation | undefined): Offer {
  const config = c.config as ClientConfig;
  const { versions, suites, groups } = rowsFor(config, renegotiation);
  const tls13 = versions.some(({ code }) => code === TLS13);
  const session = renegotiation ? undefined : usableSession(c, versions, suites);
  const old = session && session.version < TLS13 ? session : undefined;
  const psks =
    tls13 && config.pskModes.length > 0 ? pskOffers(c, config, suites, session === old ? undefined : session) : [];
  const random = config.random(32);
  return {
    versions,
    suites,
    groups,
    random,
    sessionId: sessionId(config, old, tls13),
    shares: tls13 ? config.shares.map((group) => offerShare(group, config.replay ? config.random : undefined)) : [],
    psks,
    session: old,
    earlyData: mayBeEarly(c, psks[0], suites),
    cookie: undefined,
    renegotiation,
    hello: EMPTY_HELLO,
    raw: random,
    offered: new Set(),
  };
}

const EMPTY_HELLO: ClientHello = {
  version: TLS12,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(0),
  suites: [],
  compressions: [0],
  extensions: undefined,
};

/** A session's id, an id of the moment to see whether a ticket is taken (RFC 5077 section 3.4), or one for middleboxes. */
function sessionId(config: ClientConfig, session: Session | undefined, tls13: boolean): Uint8Array {
  if (session && session.id.length > 0 && session.ticket.length === 0) return session.id;
  if (session || (tls13 && config.middleboxCompatibility)) return config.random(32);
  return new Uint8Array(0);
}

function usableSession(
  c: Connection,
  versions: readonly Version[],
  suites: readonly CipherSuite[],
): Session | undefined {
  const { session, serverName = '' } = c.options;
  const config = c.config as ClientConfig;
  if (!session || session.serverName !== serverName || isExpired(session, config.now())) return undefined;
  if (session.ticket.length > MAX_TICKET) return undefined;
  if (!versions.some(({ code }) => code === session.version)) return undefined;
  if (session.version === TLS13) return session;
  if (!suites.some(({ code }) => code === session.suite)) return undefined;
  const length = MAX_FRAGMENT_LENGTHS.get(session.maxFragmentLength);
  if (length !== undefined && length !== config.maxFragmentLength) return undefined;
  if (config.extendedMasterSecret === 'off' && session.extendedMasterSecret) return undefined;
  if (config.extendedMasterSecret === 'require' && !session.extendedMasterSecret) return undefined;
  return session;
}

function pskOffers(
  c: Connection,
  config: ClientConfig,
  suites: readonly CipherSuite[],
  session: Session | undefined,
): readonly PskOffer[] {
  const hashes = new Set(suites.filter(({ first }) => first === TLS13).map(({ hash }) => hash));
  const offers: PskOffer[] = [];
  const suite = session && SUITES.row(session.suite);
  if (session && suite && hashes.has(suite.hash)) {
    const age = Math.max(0, c.config.now() - session.created);
    offers.push({
      identity: session.ticket,
      obfuscatedAge: (Math.floor(age) + session.ageAdd) % 2 ** 32,
      hash: suite.hash,
      early: earlySecret(suite.hash, session.secret),
      session,
    });
  }
  for (const psk of config.psks) {
    if (hashes.has(psk.hash ?? 'sha256')) offers.push(externalOffer(psk));
  }
  return offers;
}

function externalOffer({ identity, key, hash = 'sha256' }: ExternalPsk): PskOffer {
  return { identity, obfuscatedAge: 0, hash, early: earlySecret(hash, key), session: undefined };
}

/** Early data go with the first PSK, its suite and its protocol (RFC 8446 section 4.2.10). */
function mayBeEarly(c: Connection, first: PskOffer | undefined, suites: readonly CipherSuite[]): boolean {
  const session = first?.session;
  if (!c.options.earlyData || !session || session.maxEarlyData === 0) return false;
  if (!suites.some(({ code }) => code === session.suite)) return false;
  const { alpn } = c.config;
  return session.alpn.length === 0 || alpn.some((one) => Buffer.compare(one, session.alpn) === 0);
}

/** The offer after a HelloRetryRequest: one share of the group asked for, the cookie, PSKs of the suite's hash, no early data. */
export function retriedOffer(
  c: Connection,
  before: Offer,
  group: Group | undefined,
  cookie: Uint8Array | undefined,
  hash: Tls13Hash,
): Offer {
  const { config } = c;
  const shares = group ? [offerShare(group, config.replay ? config.random : undefined)] : before.shares;
  return { ...before, shares, cookie, psks: before.psks.filter((psk) => psk.hash === hash), earlyData: false };
}

/** Makes the hello of an offer, with binders, and sends it. */
export function sendHello(c: Connection, offer: Offer): void {
  const config = c.config as ClientConfig;
  const suites = offer.suites.map(({ code }) => code);
  if (config.grease && !offer.renegotiation) suites.unshift(GREASE[0] as number);
  if (config.fallback && !offer.renegotiation) suites.push(FALLBACK_SCSV);
  const newest = offer.versions[0] as Version;
  const bare: ClientHello = {
    version: Math.min(newest.code, TLS12),
    random: offer.random,
    sessionId: offer.sessionId,
    suites,
    compressions: [0],
    extensions: helloExtensions(c, offer),
  };
  const last = pskExtension(offer);
  const plain = config.helloPadding === undefined ? bare : padded(bare, last, config.helloPadding);
  const shaped = config.shapeHello?.(plain) ?? plain;
  const extensions = [...(shaped.extensions ?? []), ...last];
  const hello = { ...shaped, extensions: extensions.length > 0 ? extensions : undefined };
  offer.hello = hello;
  offer.offered = new Set(extensions.map(({ type }) => type));
  const encoded = encode(clientHello, hello);
  if (offer.psks.length > 0) fillBinders(c, offer, encoded);
  offer.raw = c.sendBody(CLIENT_HELLO, encoded);
  c.info.clientRandom = hello.random;
  c.maybeTls13 = newest.code === TLS13;
}

function pskExtension({ psks }: Offer): Extension[] {
  if (psks.length === 0) return [];
  return [extension(PRE_SHARED_KEY, placeholders(psks))];
}

const placeholders = (psks: readonly PskOffer[]): OfferedPsks => ({
  identities: psks.map(({ identity, obfuscatedAge }) => ({ identity, obfuscatedAge })),
  binders: psks.map(({ hash }) => new Uint8Array(hashLength(hash))),
});

/** Puts the binders over their place at the end of the hello (RFC 8446 section 4.2.11.2). */
function fillBinders(c: Connection, { psks }: Offer, body: Buffer): void {
  const length = bindersLength(placeholders(psks));
  const header = Buffer.from([CLIENT_HELLO.type, body.length >>> 16, (body.length >>> 8) & 0xff, body.length & 0xff]);
  const partial = Buffer.concat([header, body.subarray(0, body.length - length)]);
  let at = body.length - length + 2;
  for (const { hash, early, session } of psks) {
    const digest = c.info.retried ? c.transcript.digest(partial) : createHash(hash).update(partial).digest();
    const binder = early.binderKey(session ? 'resumption' : 'external').finished(digest);
    body.set(binder, at + 1);
    at += 1 + binder.length;
  }
}
