/** A server's handshake of TLS 1.3 from the ClientHello on (RFC 8446 section 2). */
import { createHash } from 'node:crypto';
import { EXTENSION } from '../../registry/tls-extensions.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12, TLS13 } from '../../registry/tls-versions.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import type { Credential } from '../credential.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import { answerShare, type Answer } from '../kex/index.ts';
import { tls13Opener, tls13Sealer, type RecordOpener } from '../record/index.ts';
import type { SigningScheme } from '../signatures.ts';
import { earlySecret, hashLength, type HandshakeSecret, type TrafficSecret } from '../schedule/index.ts';
import {
  ALPN,
  EARLY_DATA,
  KEY_SHARE_ANSWER,
  MAX_FRAGMENT_LENGTH,
  PRE_SHARED_KEY_ANSWER,
  RECORD_SIZE_LIMIT,
  SERVER_NAME_ANSWER,
  SUPPORTED_GROUPS,
  SUPPORTED_VERSIONS_ANSWER,
  extension,
  type Extension,
} from '../wire/index.ts';
import { entriesOf, judge, signature, signedContent } from './certificates.ts';
import { tls13Scheme } from './client-auth13.ts';
import { bodyOf } from './extensions.ts';
import { Keys13, finish13 } from './keys13.ts';
import {
  CERTIFICATE,
  CERTIFICATE_VERIFY,
  ENCRYPTED_EXTENSIONS,
  END_OF_EARLY_DATA,
  SERVER_HELLO,
  expectFinished,
  finishedKind,
  next,
} from './kinds.ts';
import { applyFragmentLength, applySizeLimit, checkOfferedSizes, innerLimit } from './limits.ts';
import { refusesEarly, sharedModes, takePsk, type TakenPsk } from './psk13.ts';
import type { Seen } from './seen.ts';
import type { Script } from './script.ts';
import { clientCertificate, sendRequest } from './server-auth13.ts';
import type { Decided } from './server.ts';
import { checkMandatory, chooseGroup, retry, sharesOf } from './shares.ts';
import { sendTickets, serverPost13 } from './server-post13.ts';
import { inOrder } from './suite12.ts';

/** A credential with the scheme that it signs by. */
interface Proof {
  readonly own: Credential;
  readonly scheme: SigningScheme;
}

/** What a hello came to. */
interface Chosen {
  readonly seen: Seen;
  readonly suite: CipherSuite;
  readonly psk: TakenPsk | undefined;
  /** What proves us where no PSK does. */
  readonly proof: Proof | undefined;
  readonly answer: Answer | undefined;
}

/** Goes on after the ClientHello. */
export function* server13(c: Connection, first: Seen, decided: Decided): Script<void> {
  const config = c.config as ServerConfig;
  const chosen = yield* choose(c, first, decided);
  const { seen, suite, psk } = chosen;
  const handshake = sendServerHello(c, chosen);
  const digest = c.transcript.digest();
  const client = handshake.clientTraffic(digest);
  const server = handshake.serverTraffic(digest);
  c.keylog('CLIENT_HANDSHAKE_TRAFFIC_SECRET', client.reveal());
  c.keylog('SERVER_HANDSHAKE_TRAFFIC_SECRET', server.reveal());
  c.protectOut(tls13Sealer(suite.bulk, server.keys(suite.bulk.key)), true);

  const early = yield* earlyData(c, chosen, decided);
  const earlyOpener = early && tls13Opener(suite.bulk, early.keys(suite.bulk.key), innerLimit(c));
  sendEncryptedExtensions(c, seen, decided, early !== undefined);
  const asks = config.clientAuth !== 'none' && !psk;
  if (asks) sendRequest(c, new Uint8Array(0));
  if (chosen.proof) yield* sendCertificate(c, seen, chosen.proof);
  else if (psk) yield* resumed(c, psk);
  c.info.ownFinished = lasting(server.finished(c.transcript.digest()));
  c.info.firstFinished = c.info.ownFinished;
  c.send(finishedKind(hashLength(suite.hash)), c.info.ownFinished);

  const master = handshake.master();
  const keys = new Keys13(c, suite, master, c.transcript.digest());
  c.protectOut(tls13Sealer(suite.bulk, keys.own.keys(suite.bulk.key)), true);
  c.writable = true;
  if (earlyOpener) yield* readEarlyData(c, chosen, earlyOpener, client);
  else startClientKeys(c, seen, suite, client);
  if (asks) yield* clientCertificate(c);
  yield* finish(c, suite, client);
  c.protectIn(tls13Opener(suite.bulk, keys.peer.keys(suite.bulk.key), innerLimit(c)));
  finish13(c, keys, master, serverPost13);
  const again = Math.max(config.ticketCountResumed, psk?.renew ? 1 : 0);
  yield* sendTickets(c, keys, c.info.resumed ? again : config.ticketCount);
}

function* finish(c: Connection, suite: CipherSuite, client: TrafficSecret): Script<void> {
  const before = c.transcript.digest();
  c.info.peerFinished = yield* expectFinished(c, hashLength(suite.hash), (data) => client.verifies(before, data));
}

/** Octets of a cookie that is there to make a retry, and for nothing else. */
const COOKIE_LENGTH = 32;

/** Suite, PSK and group; with a HelloRetryRequest where a share is missing. */
function* choose(c: Connection, first: Seen, decided: Decided): Script<Chosen> {
  const config = c.config as ServerConfig;
  const suites = sharedSuites(config, first);
  const [best] = suites;
  if (!best) return fail('suite_none_shared');
  let seen = first;
  if (seen.offered.has(EXTENSION.cookie)) fail('cookie_unasked');
  if (seen.offered.has(EXTENSION.earlyData) && !seen.offered.has(EXTENSION.preSharedKey))
    fail('early_data_without_psk');
  checkMandatory(seen, seen.offered.has(EXTENSION.preSharedKey));
  checkOfferedSizes(c, bodyOf(seen.extensions, RECORD_SIZE_LIMIT), bodyOf(seen.extensions, MAX_FRAGMENT_LENGTH));
  let psk = yield* takePsk(c, seen, suites);
  if (!psk) proofFor(c, seen, decided);
  let group = groupFor(c, seen, psk);
  const suite = psk?.suite ?? best;
  c.transcript.start(suite.hash);
  c.transcript.add(seen.raw);
  const asked = group && !group.share ? group.group : undefined;
  // a retry must ask for something (RFC 8446 section 4.1.4): where no group is missing, for a cookie
  const cookie = config.cookie?.() ?? (config.alwaysRetry && !asked ? config.random(COOKIE_LENGTH) : undefined);
  if (asked || cookie) {
    seen = yield* retry(c, seen, suite, asked, cookie);
    const fitting = suites.filter(({ hash }) => hash === suite.hash);
    psk = yield* takePsk(c, seen, fitting);
    group = groupFor(c, seen, psk);
    if (group && !group.share) fail('retry_shares_count', 'none of a common group');
    c.transcript.add(seen.raw);
  }
  const proof = psk ? undefined : proofFor(c, seen, decided);
  c.info.suite = suite;
  c.info.group = group?.group;
  const random = config.replay ? config.random : undefined;
  const answer = group && answerShare(group.group, group.share as Uint8Array, random);
  return { seen, suite, psk: psk && { ...psk, suite }, proof, answer };
}

function sharedSuites(config: ServerConfig, { hello }: Seen): readonly CipherSuite[] {
  const shared = config.suites.filter(({ code, first }) => first === TLS13 && hello.suites.includes(code));
  return inOrder(config, shared, hello.suites);
}

/** The group of the key exchange; undefined for a PSK alone. */
function groupFor(c: Connection, seen: Seen, psk: TakenPsk | undefined): ReturnType<typeof chooseGroup> {
  const modes = sharedModes(c.config as ServerConfig, seen);
  if (psk && !modes.dhe) return undefined;
  // psk_dhe_ke needs a share (RFC 8446 section 4.2.9)
  if (psk && !seen.offered.has(EXTENSION.keyShare)) return modes.alone ? undefined : fail('missing_key_share');
  const chosen = chooseGroup(c, seen, sharesOf(seen));
  if (chosen) return chosen;
  if (psk && modes.alone) return undefined;
  return fail('group_none_shared');
}

function sendServerHello(c: Connection, { seen, suite, psk, answer }: Chosen): HandshakeSecret {
  const config = c.config as ServerConfig;
  const extensions: Extension[] = [];
  if (answer) extensions.push(extension(KEY_SHARE_ANSWER, { group: c.info.group?.code ?? 0, share: answer.share }));
  if (psk) extensions.push(extension(PRE_SHARED_KEY_ANSWER, psk.index));
  extensions.push(extension(SUPPORTED_VERSIONS_ANSWER, TLS13));
  const random = config.random(32);
  c.info.serverRandom = random;
  c.info.sessionId = lasting(seen.hello.sessionId);
  c.send(SERVER_HELLO, {
    version: TLS12,
    random,
    sessionId: seen.hello.sessionId,
    suite: suite.code,
    compression: 0,
    extensions,
  });
  const compatible = config.middleboxCompatibility && seen.hello.sessionId.length > 0;
  if (compatible && !c.info.retried) c.sendPlainChangeCipherSpec();
  c.info.resumed = psk?.session !== undefined;
  c.info.externalPsk = psk && !psk.session ? psk.identity.identity : undefined;
  return (psk?.early ?? earlySecret(suite.hash)).handshake(answer?.secret);
}

/** Decides on early data: their secret when they are taken. */
function* earlyData(c: Connection, chosen: Chosen, decided: Decided): Script<TrafficSecret | undefined> {
  const { seen, psk } = chosen;
  if (!seen.offered.has(EXTENSION.earlyData)) return undefined;
  const why = yield* refusesEarly(c, psk, decided.protocol);
  c.info.earlyData = why === undefined ? 'accepted' : 'rejected';
  c.emit({ type: 'early_data', accepted: why === undefined, why });
  if (why !== undefined || !psk) return undefined;
  // the transcript up to here has the ServerHello: early data hang on the ClientHello alone
  const digest = createHash(psk.hash).update(seen.raw).digest();
  const secret = psk.early.clientTraffic(digest);
  const exporter = psk.early.exporter(digest);
  c.keylog('CLIENT_EARLY_TRAFFIC_SECRET', secret.reveal());
  c.keylog('EARLY_EXPORTER_SECRET', exporter.reveal());
  c.earlyExporter = exporter;
  return secret;
}

/** EncryptedExtensions. The sizes of records that it negotiates hold from here on. */
function sendEncryptedExtensions(c: Connection, seen: Seen, decided: Decided, early: boolean): void {
  const config = c.config as ServerConfig;
  const list: Extension[] = [];
  const size = bodyOf(seen.extensions, RECORD_SIZE_LIMIT);
  const code = bodyOf(seen.extensions, MAX_FRAGMENT_LENGTH);
  if (config.announceGroups)
    list.push(
      extension(
        SUPPORTED_GROUPS,
        config.groups.map((group) => group.code),
      ),
    );
  if (decided.acknowledgeName) list.push(extension(SERVER_NAME_ANSWER, {}));
  if (decided.protocol) list.push(extension(ALPN, [decided.protocol]));
  c.info.alpn = decided.protocol;
  const sizes = size !== undefined && config.recordSizeLimit !== undefined;
  if (sizes) list.push(extension(RECORD_SIZE_LIMIT, config.recordSizeLimit));
  else if (code !== undefined) list.push(extension(MAX_FRAGMENT_LENGTH, code));
  if (early) list.push(extension(EARLY_DATA, {}));
  if (sizes) applySizeLimit(c, size);
  else if (code !== undefined) applyFragmentLength(c, code);
  c.send(ENCRYPTED_EXTENSIONS, { extensions: list });
}

/** Certificate and CertificateVerify. */
function* sendCertificate(c: Connection, seen: Seen, { own, scheme }: Proof): Script<void> {
  c.info.credential = own;
  c.send(CERTIFICATE, { context: new Uint8Array(0), entries: entriesOf(own, seen.offered) });
  const content = signedContent('server', c.transcript.digest());
  c.send(CERTIFICATE_VERIFY, { scheme: scheme.code ?? 0, signature: yield* signature(c, own, scheme, content) });
}

/** The certificate for a client. Where there is none, it learns so in the place of a ServerHello. */
function proofFor(c: Connection, seen: Seen, { credentials }: Decided): Proof {
  checkMandatory(seen, false);
  const schemes = seen.schemes ?? fail('missing_signature_algorithms');
  if (credentials.length === 0) {
    const modes = sharedModes(c.config as ServerConfig, seen);
    if (seen.offered.has(EXTENSION.preSharedKey) && !modes.dhe && !modes.alone) fail('psk_mode_none_shared');
    fail('certificate_none_for_suite', 'there is no certificate');
  }
  const own = credentials.find((one) => tls13Scheme(c, one, schemes) !== undefined);
  const scheme = own && tls13Scheme(c, own, schemes);
  return own && scheme ? { own, scheme } : fail('signature_none_shared');
}

function* resumed(c: Connection, psk: TakenPsk): Script<void> {
  c.info.peerChain = psk.session?.peerChain ?? [];
  if (psk.session && psk.session.peerChain.length > 0 && c.config.verifyResumed) yield* judge(c, true);
}

/** Early data that were rejected come before what the handshake's keys open. */
function startClientKeys(c: Connection, seen: Seen, suite: CipherSuite, client: TrafficSecret): void {
  c.protectIn(tls13Opener(suite.bulk, client.keys(suite.bulk.key), innerLimit(c)));
  const { skippedEarlyData } = c.config.limits;
  if (seen.offered.has(EXTENSION.earlyData)) c.incoming.skipEarlyData(skippedEarlyData);
}

/** `opener` has no limit of this handshake's record_size_limit: the client does not know it yet. */
function* readEarlyData(
  c: Connection,
  { suite, psk }: Chosen,
  opener: RecordOpener,
  client: TrafficSecret,
): Script<void> {
  c.earlyBudget = psk?.session?.maxEarlyData ?? 0;
  c.protectIn(opener);
  const raw = yield* next(c);
  if (raw.type !== END_OF_EARLY_DATA.type) fail('end_of_early_data_missing');
  c.read(END_OF_EARLY_DATA, raw);
  c.earlyBudget = undefined;
  c.protectIn(tls13Opener(suite.bulk, client.keys(suite.bulk.key), innerLimit(c)));
}
