/** A client's handshake of TLS 1.0 to 1.2 from the ServerHello on (RFC 5246 section 7.3, RFC 5077 section 3.1). */
import type { CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12 } from '../../registry/tls-versions.ts';
import type { CertificateWanted, ClientConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { schemeFor, type Credential } from '../credential.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import type { PeerKey } from '../peer-key.ts';
import { preferred } from '../preference.ts';
import { profileOf } from '../profile.ts';
import type { RawMessage } from '../record/index.ts';
import type { Session } from '../session/session.ts';
import type { SigningScheme } from '../signatures.ts';
import {
  EC_POINT_FORMATS,
  ENCRYPT_THEN_MAC,
  EXTENDED_MASTER_SECRET,
  SCT_LIST,
  SERVER_NAME_ANSWER,
  SESSION_TICKET_ANSWER,
  STATUS_REQUEST_ANSWER,
  certificateVerify10,
  type CertificateRequest12,
  type ServerHello,
} from '../wire/index.ts';
import { takeAlpn, takeLimits } from './answers.ts';
import { hook, judge, leafKey, signature } from './certificates.ts';
import { isCertified, keyServes, usesRsa } from './exchange12.ts';
import { clientExchange, readParameters, type ServerParameters } from './client-exchange12.ts';
import { bodyOf } from './extensions.ts';
import { Keys12 } from './keys12.ts';
import {
  CERTIFICATE_12,
  CERTIFICATE_REQUEST_10,
  CERTIFICATE_REQUEST_12,
  CERTIFICATE_STATUS,
  CERTIFICATE_VERIFY,
  NEW_SESSION_TICKET_12,
  SERVER_HELLO_DONE,
  certificateVerifyKind,
  expect,
  next,
} from './kinds.ts';
import type { Offer } from './offer.ts';
import { checkServerInfo } from './renegotiation.ts';
import type { Script } from './script.ts';
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';

/** What a ServerHello promised. */
interface Promised {
  readonly ticket: boolean;
  readonly status: boolean;
}

/** Goes on after the ServerHello. */
export function* client12(c: Connection, offer: Offer, hello: ServerHello, suite: CipherSuite): Script<void> {
  const promised = takeExtensions(c, offer, hello, suite);
  c.info.sessionId = lasting(hello.sessionId);
  const { session } = offer;
  const echoed = hello.sessionId.length > 0 && same(hello.sessionId, offer.hello.sessionId);
  // the id for middleboxes, or one of a session that was not ours to offer
  if (echoed && !session) fail('session_not_offered');
  const again = echoed ? session : undefined;
  c.transcript.start(profileOf(hello.version).hash(suite), !again);
  if (again) yield* resumed(c, again, suite, promised);
  else yield* full(c, offer, suite, promised);
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function takeExtensions(c: Connection, offer: Offer, hello: ServerHello, suite: CipherSuite): Promised {
  const extensions = hello.extensions ?? [];
  const { info, config } = c;
  info.peerExtensions = extensions.map(({ type }) => type);
  checkServerInfo(c, extensions, offer.renegotiation);
  info.extendedMasterSecret = bodyOf(extensions, EXTENDED_MASTER_SECRET) !== undefined;
  if (config.extendedMasterSecret === 'require' && !info.extendedMasterSecret) fail('missing_extended_master_secret');
  const before = info.encryptThenMac;
  info.encryptThenMac = bodyOf(extensions, ENCRYPT_THEN_MAC) !== undefined;
  if (info.encryptThenMac && suite.bulk.kind !== 'cbc') fail('encrypt_then_mac_without_cbc', suite.name);
  if (before && suite.bulk.kind === 'cbc' && !info.encryptThenMac) fail('encrypt_then_mac_lost');
  if (bodyOf(extensions, EC_POINT_FORMATS)?.includes(0) === false) fail('point_format_no_uncompressed');
  info.serverNameAcknowledged = bodyOf(extensions, SERVER_NAME_ANSWER) !== undefined;
  info.alpn = undefined;
  takeAlpn(c, extensions);
  takeLimits(c, extensions);
  info.timestamps = bodyOf(extensions, SCT_LIST) ?? [];
  return {
    ticket: bodyOf(extensions, SESSION_TICKET_ANSWER) !== undefined,
    status: bodyOf(extensions, STATUS_REQUEST_ANSWER) !== undefined,
  };
}

/** The abbreviated handshake. */
function* resumed(c: Connection, session: Session, suite: CipherSuite, promised: Promised): Script<void> {
  const { info } = c;
  if (info.version?.code !== session.version) fail('version_changed_on_resumption', info.version?.name);
  if (suite.code !== session.suite) fail('suite_changed_on_resumption', suite.name);
  if (info.extendedMasterSecret !== session.extendedMasterSecret) fail('master_secret_mode_changed');
  info.resumed = true;
  info.peerChain = session.peerChain;
  if (c.config.verifyResumed) yield* judge(c, true);
  const keys = Keys12.resume(c, suite, session);
  const ticket = promised.ticket ? yield* newTicket(c) : undefined;
  yield* keys.expectFinished();
  info.firstFinished = info.peerFinished;
  keys.sendFinished();
  if (ticket) c.emit({ type: 'session', session: keys.session(ticket.ticket, ticket.lifetime) });
  else if (session.ticket.length > 0) info.ticket = session.ticket;
}

function* newTicket(c: Connection): Script<{ lifetime: number; ticket: Uint8Array } | undefined> {
  c.missing = 'ticket_missing';
  const message = yield* expect(c, NEW_SESSION_TICKET_12);
  c.missing = undefined;
  // an empty ticket is none, though it was promised (RFC 5077 section 3.3)
  if (message.ticket.length === 0) return undefined;
  c.info.ticketLifetime = message.lifetime;
  c.info.ticket = message.ticket;
  return message;
}

/** What a server's flight holds. */
interface ServerFlight {
  readonly key: PeerKey | undefined;
  readonly parameters: ServerParameters;
  readonly request: CertificateRequest12 | undefined;
}

/** The full handshake. */
function* full(c: Connection, offer: Offer, suite: CipherSuite, promised: Promised): Script<void> {
  c.info.resumed = false;
  const { key, parameters, request } = yield* serverFlight(c, offer, suite, promised);
  const credential = request && (yield* sendCertificate(c, request));
  const premaster = yield* clientExchange(c, offer, suite, key, parameters);
  const keys = Keys12.of(c, suite, premaster);
  if (credential) yield* prove(c, credential.own, credential.scheme);
  c.transcript.forget();
  keys.sendFinished();
  c.info.firstFinished = c.info.ownFinished;
  const ticket = promised.ticket ? yield* newTicket(c) : undefined;
  yield* keys.expectFinished();
  if (ticket) c.emit({ type: 'session', session: keys.session(ticket.ticket, ticket.lifetime) });
  else if (c.info.sessionId.length > 0) c.emit({ type: 'session', session: keys.session(new Uint8Array(0), 0) });
}

/** Certificate, CertificateStatus, ServerKeyExchange, CertificateRequest, ServerHelloDone: which come depends on the suite. */
function* serverFlight(c: Connection, offer: Offer, suite: CipherSuite, promised: Promised): Script<ServerFlight> {
  const certified = isCertified(suite.authentication);
  const key = certified ? yield* serverCertificate(c, offer, suite) : undefined;
  let raw = yield* next(c);
  if (raw.type === CERTIFICATE_STATUS.type && certified) {
    if (!promised.status) fail('certificate_status_unexpected');
    const status = c.read(CERTIFICATE_STATUS, raw);
    c.info.ocsp = status.type === 1 ? status.body : undefined;
    raw = yield* next(c);
  }
  let parameters: ServerParameters = {};
  [parameters, raw] = yield* readParameters(c, offer, suite, key, raw);
  let request: CertificateRequest12 | undefined;
  if (raw.type === HANDSHAKE_TYPE.certificateRequest) {
    if (!certified) fail('certificate_request_anonymous');
    request = takeRequest(c, raw);
    raw = yield* next(c);
  }
  if (raw.type !== SERVER_HELLO_DONE.type) c.unexpected(raw, 'server_hello_done');
  c.read(SERVER_HELLO_DONE, raw);
  if (certified) yield* judge(c);
  return { key, parameters, request };
}

function* serverCertificate(c: Connection, { renegotiation }: Offer, suite: CipherSuite): Script<PeerKey> {
  const chain = yield* expect(c, CERTIFICATE_12);
  if (chain.length === 0) fail('certificate_empty');
  const key = leafKey(c, chain);
  if (!keyServes(suite.authentication, suite.keyExchange, key.traits.type)) {
    fail('certificate_key_wrong_type', `${key.traits.type} for ${suite.name}`);
  }
  if (usesRsa(suite.keyExchange) && !key.mayEncipher) fail('certificate_key_usage', 'no keyEncipherment');
  const before = renegotiation?.peerChain[0];
  if (before && !same(before, chain[0] as Uint8Array)) fail('certificate_changed_on_renegotiation');
  c.info.peerChain = chain;
  c.info.ocsp = undefined;
  c.info.issuerOcsp = [];
  return key;
}

function takeRequest(c: Connection, raw: RawMessage): CertificateRequest12 {
  const request =
    c.info.version?.code === TLS12
      ? c.read(CERTIFICATE_REQUEST_12, raw)
      : { ...c.read(CERTIFICATE_REQUEST_10, raw), schemes: [] };
  c.info.certificateRequested = true;
  c.info.peerSchemes = request.schemes;
  c.info.requestedAuthorities = request.authorities;
  c.info.requestedTypes = request.types;
  return request;
}

/** The certificate types that a key answers (RFC 5246 section 7.4.4, RFC 8422 section 5.5). */
const TYPES: Readonly<Record<string, number>> = { rsa: 1, 'rsa-pss': 1, dsa: 2, ec: 64, ed25519: 64, ed448: 64 };

interface OwnCredential {
  readonly own: Credential;
  readonly scheme: SigningScheme;
}

/** Sends our certificate, or an empty one. */
function* sendCertificate(c: Connection, request: CertificateRequest12): Script<OwnCredential | undefined> {
  const config = c.config as ClientConfig;
  const { selectCredential } = config;
  const wanted: CertificateWanted = request;
  const usable = (one: Credential): SigningScheme | undefined =>
    request.types.includes(TYPES[one.traits.type] ?? 0) ? ownScheme(c, one, request.schemes) : undefined;
  const schemes = c.info.version?.code === TLS12 ? request.schemes : undefined;
  const own = selectCredential
    ? yield* hook(() => selectCredential(wanted))
    : preferred(config.credentials, schemes, request.authorities).find((one) => usable(one) !== undefined);
  const scheme = own && usable(own);
  c.info.credential = scheme ? own : undefined;
  c.send(CERTIFICATE_12, scheme && own ? own.chain : []);
  return scheme && own ? { own, scheme } : undefined;
}

/** The scheme by which a credential signs: the version's own, or one that the peer verifies. */
export function ownScheme(c: Connection, own: Credential, schemes: readonly number[]): SigningScheme | undefined {
  const { fixedScheme } = profileOf(c.info.version?.code ?? 0);
  if (fixedScheme) return fixedScheme(own.traits.type);
  return schemeFor(own, schemes, c.config.signSchemes, ({ tls12 }) => tls12, false);
}

/** CertificateVerify: a signature over all messages so far (RFC 5246 section 7.4.8). */
function* prove(c: Connection, own: Credential, scheme: SigningScheme): Script<void> {
  const made = yield* signature(c, own, scheme, c.transcript.messages());
  if (profileOf(c.info.version?.code ?? 0).fixedScheme) c.send(certificateVerifyKind(certificateVerify10), made);
  else c.send(CERTIFICATE_VERIFY, { scheme: scheme.code ?? 0, signature: made });
}
