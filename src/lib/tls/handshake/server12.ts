/** A server's handshake of TLS 1.0 to 1.2 from the ClientHello on (RFC 5246 section 7.3, RFC 5077 section 3.1). */
import { encode, type AnySchema } from '../../codec/index.ts';
import { EXTENSION } from '../../registry/tls-extensions.ts';
import type { Group } from '../../registry/tls-groups.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12, VERSIONS } from '../../registry/tls-versions.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import { dhSide, namedDomain, offerShare, type DhDomain } from '../kex/index.ts';
import { profileOf } from '../profile.ts';
import type { Session } from '../session/session.ts';
import { encodeSession } from '../session/session.ts';
import {
  ALPN,
  EC_POINT_FORMATS,
  ENCRYPT_THEN_MAC,
  EXTENDED_MASTER_SECRET,
  MAX_FRAGMENT_LENGTH,
  RECORD_SIZE_LIMIT,
  RENEGOTIATION_INFO,
  SCT_LIST,
  SERVER_NAME_ANSWER,
  SERVER_PARAMETERS,
  SESSION_TICKET_ANSWER,
  STATUS_REQUEST_ANSWER,
  extension,
  signedParameters,
  signedParameters10,
  type Extension,
} from '../wire/index.ts';
import { attempt, judge, signature } from './certificates.ts';
import { clientFlight } from './client-flight12.ts';
import { isCertified, usesDh, usesEc, usesPsk } from './exchange12.ts';
import { bodyOf } from './extensions.ts';
import { Keys12 } from './keys12.ts';
import {
  CERTIFICATE_12,
  CERTIFICATE_REQUEST_10,
  CERTIFICATE_REQUEST_12,
  CERTIFICATE_STATUS,
  NEW_SESSION_TICKET_12,
  SERVER_HELLO_12,
  SERVER_HELLO_DONE,
  serverKeyExchangeKind,
} from './kinds.ts';
import { MAX_TICKET, applyFragmentLength, applySizeLimit } from './limits.ts';
import { checkClientInfo, type Renegotiation } from './renegotiation.ts';
import { findSession, type FoundSession } from './resume12.ts';
import type { Seen } from './seen.ts';
import type { Script } from './script.ts';
import { chooseSuite, type ChosenSuite } from './suite12.ts';
import type { Decided } from './server.ts';

/** What the ServerHello promises. */
interface Plan {
  readonly seen: Seen;
  readonly decided: Decided;
  readonly before: Renegotiation | undefined;
  readonly suite: CipherSuite;
  readonly ticket: boolean;
  readonly status: boolean;
}

/** Goes on after the ClientHello. */
export function* server12(
  c: Connection,
  seen: Seen,
  decided: Decided,
  before: Renegotiation | undefined,
): Script<void> {
  const config = c.config as ServerConfig;
  checkClientInfo(c, seen.hello, before);
  const formats = bodyOf(seen.extensions, EC_POINT_FORMATS);
  if (formats?.includes(0) === false) fail('point_format_no_uncompressed');
  c.info.extendedMasterSecret =
    config.extendedMasterSecret !== 'off' && bodyOf(seen.extensions, EXTENDED_MASTER_SECRET) !== undefined;
  if (config.extendedMasterSecret === 'require' && !c.info.extendedMasterSecret) fail('missing_extended_master_secret');
  c.transcript.add(seen.raw);
  const found = before ? undefined : yield* findSession(c, seen);
  if (found) yield* resumed(c, seen, decided, found);
  else yield* full(c, seen, decided, before);
}

/** Whether this client can have tickets. */
function wantsTicket(c: Connection, { offered }: Seen): boolean {
  const { ticketSealer, tickets } = c.config as ServerConfig;
  return tickets && ticketSealer !== undefined && offered.has(EXTENSION.sessionTicket);
}

/** The abbreviated handshake. */
function* resumed(c: Connection, seen: Seen, decided: Decided, { session, suite, renew }: FoundSession): Script<void> {
  c.info.resumed = true;
  c.info.peerChain = session.peerChain;
  if (session.peerChain.length > 0 && c.config.verifyResumed) yield* judge(c, true);
  const ticket = renew && wantsTicket(c, seen);
  c.info.sessionId = lasting(seen.hello.sessionId);
  sendHello(c, { seen, decided, before: undefined, suite, ticket, status: false });
  c.transcript.start(profileOf(seen.version.code).hash(suite));
  const keys = Keys12.resume(c, suite, session);
  if (ticket) yield* sendTicket(c, keys, session.created);
  keys.sendFinished();
  c.info.firstFinished = c.info.ownFinished;
  yield* keys.expectFinished();
}

/** The full handshake. */
function* full(c: Connection, seen: Seen, decided: Decided, before: Renegotiation | undefined): Script<void> {
  const config = c.config as ServerConfig;
  c.info.resumed = false;
  const chosen = chooseSuite(c, seen, decided.credentials);
  const { suite, credential } = chosen;
  const ticket = wantsTicket(c, seen);
  const status = credential?.ocsp !== undefined && seen.offered.has(EXTENSION.statusRequest);
  c.info.sessionId = !ticket && config.sessionStore ? config.random(32) : new Uint8Array(0);
  c.info.credential = credential;
  sendHello(c, { seen, decided, before, suite, ticket, status });
  const asks = config.clientAuth !== 'none' && isCertified(suite.authentication);
  c.transcript.start(profileOf(seen.version.code).hash(suite), asks);
  if (isCertified(suite.authentication)) c.send(CERTIFICATE_12, credential?.chain ?? []);
  if (status) c.send(CERTIFICATE_STATUS, { type: 1, body: credential.ocsp });
  const share = yield* sendParameters(c, chosen);
  if (asks) sendRequest(c, config);
  c.send(SERVER_HELLO_DONE, {});
  const keys = yield* clientFlight(c, seen, chosen, share, asks);
  yield* keys.expectFinished();
  c.info.firstFinished = c.info.peerFinished;
  if (ticket) yield* sendTicket(c, keys, undefined);
  keys.sendFinished();
  yield* store(c, keys);
}

function sendHello(c: Connection, plan: Plan): void {
  const { seen, suite } = plan;
  const random = Buffer.from(c.config.random(32));
  // a version below the best one is marked, so that nobody can force it unseen (RFC 8446 section 4.1.3)
  const best = c.config.versions[0]?.code ?? TLS12;
  const mark = best > seen.version.code && best >= TLS12 ? VERSIONS.row(seen.version.code)?.sentinel : undefined;
  if (mark !== undefined && !plan.before) random.set(Buffer.from(mark, 'hex'), 24);
  c.info.serverRandom = random;
  c.info.suite = suite;
  const extensions = helloExtensions(c, plan);
  c.send(SERVER_HELLO_12, {
    version: seen.version.code,
    random,
    sessionId: c.info.sessionId,
    suite: suite.code,
    compression: 0,
    extensions: extensions.length > 0 ? extensions : undefined,
  });
}

function helloExtensions(c: Connection, plan: Plan): Extension[] {
  const { seen, decided, before, suite, ticket, status } = plan;
  const { info, config } = c;
  const list: Extension[] = [];
  if (info.secureRenegotiation) {
    const verify = before ? Buffer.concat([before.clientVerify, before.serverVerify]) : new Uint8Array(0);
    list.push(extension(RENEGOTIATION_INFO, verify));
  }
  if (decided.acknowledgeName && !info.resumed) list.push(extension(SERVER_NAME_ANSWER, {}));
  if (usesEc(suite.keyExchange) && seen.offered.has(EXTENSION.ecPointFormats)) {
    list.push(extension(EC_POINT_FORMATS, [0]));
  }
  if (ticket) list.push(extension(SESSION_TICKET_ANSWER, {}));
  if (status) list.push(extension(STATUS_REQUEST_ANSWER, {}));
  const timestamps = info.resumed ? [] : (info.credential?.timestamps ?? []);
  if (timestamps.length > 0 && seen.offered.has(EXTENSION.signedCertificateTimestamp)) {
    list.push(extension(SCT_LIST, timestamps));
  }
  info.alpn = decided.protocol;
  if (decided.protocol) list.push(extension(ALPN, [decided.protocol]));
  const macFirst = info.encryptThenMac;
  info.encryptThenMac =
    config.encryptThenMac && suite.bulk.kind === 'cbc' && seen.offered.has(EXTENSION.encryptThenMac);
  if (macFirst && suite.bulk.kind === 'cbc' && !info.encryptThenMac) fail('encrypt_then_mac_lost');
  if (info.encryptThenMac) list.push(extension(ENCRYPT_THEN_MAC, {}));
  if (info.extendedMasterSecret) list.push(extension(EXTENDED_MASTER_SECRET, {}));
  return [...list, ...sizeExtensions(c, seen)];
}

function sizeExtensions(c: Connection, seen: Seen): Extension[] {
  const { recordSizeLimit } = c.config;
  const size = bodyOf(seen.extensions, RECORD_SIZE_LIMIT);
  const code = bodyOf(seen.extensions, MAX_FRAGMENT_LENGTH);
  if (size !== undefined && recordSizeLimit !== undefined) {
    applySizeLimit(c, size);
    return [extension(RECORD_SIZE_LIMIT, Math.min(recordSizeLimit, 2 ** 14))];
  }
  if (code === undefined) return [];
  applyFragmentLength(c, code);
  return [extension(MAX_FRAGMENT_LENGTH, code)];
}

/** What a server keeps of its part of the exchange. */
export interface ServerShare {
  /** The secret with the client's share. */
  finish(share: Uint8Array): Uint8Array;
}

/** ServerKeyExchange, where the suite has one. */
function* sendParameters(c: Connection, chosen: ChosenSuite): Script<ServerShare | undefined> {
  const { suite, credential, scheme } = chosen;
  const config = c.config as ServerConfig;
  const random = config.replay ? config.random : undefined;
  let share: ServerShare | undefined;
  let value: Readonly<Record<string, unknown>> = usesPsk(suite.keyExchange)
    ? { hint: config.pskHint ?? new Uint8Array(0) }
    : {};
  c.info.group = undefined;
  if (usesEc(suite.keyExchange)) {
    const side = offerShare(chosen.group as Group, random);
    share = side;
    c.info.group = chosen.group;
    value = { ...value, curve: { type: 3, body: (chosen.group as Group).code }, point: side.share };
  } else if (usesDh(suite.keyExchange)) {
    const domain = domainFor(config, chosen.group);
    const side = dhSide(domain, random);
    share = side;
    c.info.group = chosen.group;
    c.info.dhBits = 8 * domain.p.length;
    value = { ...value, p: domain.p, g: domain.g, ys: side.share };
  } else if (!usesPsk(suite.keyExchange) || config.pskHint === undefined) return undefined;
  const schema = SERVER_PARAMETERS[suite.keyExchange] as AnySchema;
  const parameters = encode(schema, value);
  const certified = isCertified(suite.authentication) && !usesPsk(suite.keyExchange);
  const proof = certified && credential && scheme ? yield* proofOf(c, chosen, parameters) : undefined;
  if (proof) c.sendBody(serverKeyExchangeKind(signedSchema(c, schema)), Buffer.concat([parameters, proof]));
  else c.sendBody(serverKeyExchangeKind(schema), parameters);
  return share;
}

/** Parameters with the signature behind them, as the version has it. */
function signedSchema(c: Connection, schema: AnySchema): AnySchema {
  const { fixedScheme } = profileOf(c.info.version?.code ?? 0);
  return fixedScheme ? signedParameters10(schema) : signedParameters(schema);
}

/** RFC 7919's group where the client named one, else the configured one, else 2048 bits. */
function domainFor(config: ServerConfig, group: Group | undefined): DhDomain {
  if (group) return namedDomain(group.node);
  return config.dhDomain ?? namedDomain('ffdhe2048');
}

/** Scheme, where the version says it, and signature over randoms and parameters. */
function* proofOf(c: Connection, { credential, scheme }: ChosenSuite, parameters: Uint8Array): Script<Buffer> {
  if (!credential || !scheme) return fail('signature_none_shared');
  const { clientRandom, serverRandom } = c.info;
  const covered = Buffer.concat([clientRandom, serverRandom, parameters]);
  const made = yield* signature(c, credential, scheme, covered);
  const length = Buffer.from([made.length >>> 8, made.length & 0xff]);
  const { code = 0 } = scheme;
  const named = profileOf(c.info.version?.code ?? 0).fixedScheme ? [] : [Buffer.from([code >>> 8, code & 0xff])];
  return Buffer.concat([...named, length, made]);
}

/** Certificate types for RSA, DSA and ECDSA keys (RFC 5246 section 7.4.4, RFC 8422 section 5.5). */
const CERTIFICATE_TYPES = [1, 2, 64];

function sendRequest(c: Connection, config: ServerConfig): void {
  const { authorities } = config;
  if (c.info.version?.code !== TLS12) {
    c.send(CERTIFICATE_REQUEST_10, { types: CERTIFICATE_TYPES, authorities });
    return;
  }
  const schemes = [...config.verifySchemes].flatMap(([code, scheme]) => (scheme.tls12 ? [code] : []));
  c.send(CERTIFICATE_REQUEST_12, { types: CERTIFICATE_TYPES, schemes, authorities });
}

/** NewSessionTicket; an empty one when the sealer has none to give (RFC 5077 section 3.3). */
function* sendTicket(c: Connection, keys: Keys12, created: number | undefined): Script<void> {
  const { ticketSealer, sessionLifetime } = c.config as ServerConfig;
  const session = keys.session(new Uint8Array(0), sessionLifetime);
  // a renewed ticket lives no longer than the session it renews
  const kept = created === undefined ? session : { ...session, created };
  const sealed =
    ticketSealer && (yield* attempt(c, () => ticketSealer.seal(encodeSession({ ...kept, id: new Uint8Array(0) }))));
  const ticket = sealed && sealed.length <= MAX_TICKET ? sealed : new Uint8Array(0);
  c.send(NEW_SESSION_TICKET_12, { lifetime: ticket.length > 0 ? sessionLifetime : 0, ticket });
  c.info.ticketLifetime = sessionLifetime;
  if (ticket.length > 0) c.emit({ type: 'session', session: { ...kept, ticket: lasting(ticket) } });
}

function* store(c: Connection, keys: Keys12): Script<void> {
  const { sessionStore, sessionLifetime } = c.config as ServerConfig;
  if (!sessionStore || c.info.sessionId.length === 0) return;
  const session: Session = keys.session(new Uint8Array(0), sessionLifetime);
  const kept = yield* attempt(c, () => {
    const done = sessionStore.set(c.info.sessionId, encodeSession(session));
    return done instanceof Object ? done.then(() => true) : true;
  });
  if (kept) c.emit({ type: 'session', session });
}
