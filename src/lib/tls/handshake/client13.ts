/** A client's handshake of TLS 1.3 from the ServerHello on (RFC 8446 section 2). */
import { GROUPS } from '../../registry/tls-groups.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import type { ClientConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import { tls13Opener, tls13Sealer } from '../record/index.ts';
import { earlySecret, hashLength, type MasterSecret, type TrafficSecret } from '../schedule/index.ts';
import {
  EARLY_DATA,
  KEY_SHARE_ANSWER,
  PRE_SHARED_KEY_ANSWER,
  SERVER_NAME_ANSWER,
  SUPPORTED_GROUPS,
  type CertificateRequest,
  type Extension,
  type ServerHello,
} from '../wire/index.ts';
import { takeAlpn, takeLimits } from './answers.ts';
import { certificateVerify, checkSigned, judge, leafKey, signedContent, takeEntries } from './certificates.ts';
import { clientCertificate, takeRequest } from './client-auth13.ts';
import { rejectEarly } from './early.ts';
import { bodyOf, checkAnswers } from './extensions.ts';
import { secured13 } from './keys13.ts';
import {
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  ENCRYPTED_EXTENSIONS,
  END_OF_EARLY_DATA,
  expect,
  expectFinished,
  finishedKind,
  next,
} from './kinds.ts';
import { innerLimit } from './limits.ts';
import type { Offer, PskOffer } from './offer.ts';
import { clientPost13 } from './post13.ts';
import type { Script } from './script.ts';

/** The keys of both directions while the handshake lasts. */
interface HandshakeKeys {
  readonly client: TrafficSecret;
  readonly server: TrafficSecret;
  readonly master: MasterSecret;
}

/** Goes on after the ServerHello. */
export function* client13(c: Connection, offer: Offer, hello: ServerHello, suite: CipherSuite): Script<void> {
  const psk = chosenPsk(offer, hello, suite);
  const keys = handshakeKeys(c, offer, hello, suite, psk);
  c.info.resumed = psk?.session !== undefined;
  c.info.externalPsk = psk && !psk.session ? psk.identity : undefined;
  c.protectIn(tls13Opener(suite.bulk, keys.server.keys(suite.bulk.key), innerLimit(c)));
  if (!offer.earlyData) startHandshakeKeys(c, suite, keys);

  const { extensions } = yield* expect(c, ENCRYPTED_EXTENSIONS);
  const early = encryptedExtensions(c, offer, extensions, psk, suite);
  if (offer.earlyData && !early) startHandshakeKeys(c, suite, keys);

  const request = psk ? yield* resumed(c, psk) : yield* serverCertificate(c, offer);
  const digest = c.transcript.digest();
  const length = hashLength(suite.hash);
  c.info.peerFinished = yield* expectFinished(c, length, (data) => keys.server.verifies(digest, data));
  c.info.firstFinished = c.info.peerFinished;
  c.incoming.refuseAcrossKeys();

  const application = c.transcript.digest();
  if (early) {
    c.earlyWritable = undefined;
    c.send(END_OF_EARLY_DATA, {});
    startHandshakeKeys(c, suite, keys);
  }
  if (request) yield* clientCertificate(c, request);
  c.info.ownFinished = lasting(keys.client.finished(c.transcript.digest()));
  c.send(finishedKind(length), c.info.ownFinished);
  secured13(c, suite, keys.master, application, clientPost13);
}

/** Our handshake keys begin, behind the change_cipher_spec for middleboxes where it has not gone out yet. */
function startHandshakeKeys(c: Connection, suite: CipherSuite, { client }: HandshakeKeys): void {
  const sent = c.info.retried || c.info.earlyData !== 'none';
  if (c.config.middleboxCompatibility && !sent) c.sendPlainChangeCipherSpec();
  c.protectOut(tls13Sealer(suite.bulk, client.keys(suite.bulk.key)), true);
}

/** The PSK that the server chose; undefined for none. */
function chosenPsk(offer: Offer, hello: ServerHello, suite: CipherSuite): PskOffer | undefined {
  const index = bodyOf(hello.extensions, PRE_SHARED_KEY_ANSWER);
  if (index === undefined) return undefined;
  const psk = offer.psks[index];
  if (!psk) return fail('psk_index_out_of_range', `${index} of ${offer.psks.length}`);
  if (psk.hash !== suite.hash) fail('suite_hash_not_of_psk', suite.name);
  return psk;
}

/** The shared secret; undefined for a PSK alone. */
function sharedSecret(c: Connection, offer: Offer, hello: ServerHello, psk: PskOffer | undefined): Buffer | undefined {
  const { pskModes } = c.config as ClientConfig;
  const answer = bodyOf(hello.extensions, KEY_SHARE_ANSWER);
  if (!answer) {
    if (!psk) fail('missing_key_share');
    if (!pskModes.includes('psk_ke')) fail('psk_mode_not_offered', 'psk_ke');
    return undefined;
  }
  if (psk && !pskModes.includes('psk_dhe_ke')) fail('psk_mode_not_offered', 'psk_dhe_ke');
  const group = GROUPS.row(answer.group);
  if (!group) return fail('group_unknown', `${answer.group}`);
  if (!offer.groups.includes(group)) fail('group_not_offered', group.name);
  const share = offer.shares.find((one) => one.group === group);
  if (!share) return fail(c.info.retried ? 'group_changed_after_retry' : 'share_of_other_group', group.name);
  c.info.group = group;
  return share.finish(answer.share);
}

function handshakeKeys(
  c: Connection,
  offer: Offer,
  hello: ServerHello,
  suite: CipherSuite,
  psk: PskOffer | undefined,
): HandshakeKeys {
  if (Buffer.compare(hello.sessionId, offer.hello.sessionId) !== 0) fail('hello_session_id_not_echoed');
  c.info.sessionId = lasting(hello.sessionId);
  const secret = (psk?.early ?? earlySecret(suite.hash)).handshake(sharedSecret(c, offer, hello, psk));
  const digest = c.transcript.digest();
  const keys = { client: secret.clientTraffic(digest), server: secret.serverTraffic(digest), master: secret.master() };
  c.keylog('CLIENT_HANDSHAKE_TRAFFIC_SECRET', keys.client.reveal());
  c.keylog('SERVER_HANDSHAKE_TRAFFIC_SECRET', keys.server.reveal());
  return keys;
}

/** Takes EncryptedExtensions. Returns whether early data were accepted. */
function encryptedExtensions(
  c: Connection,
  offer: Offer,
  extensions: readonly Extension[],
  psk: PskOffer | undefined,
  suite: CipherSuite,
): boolean {
  checkAnswers(extensions, 'EE', offer.offered);
  c.info.peerExtensions = extensions.map(({ type }) => type);
  c.info.serverNameAcknowledged = bodyOf(extensions, SERVER_NAME_ANSWER) !== undefined;
  c.info.peerGroups = bodyOf(extensions, SUPPORTED_GROUPS) ?? [];
  takeAlpn(c, extensions);
  takeLimits(c, extensions);
  const accepted = bodyOf(extensions, EARLY_DATA) !== undefined;
  if (!offer.earlyData) return false;
  if (!accepted) {
    rejectEarly(c, psk ? 'the server declined' : 'the session was not resumed');
    return false;
  }
  checkEarly(c, offer, psk, suite);
  c.info.earlyData = 'accepted';
  c.emit({ type: 'early_data', accepted: true, why: undefined });
  return true;
}

/** RFC 8446 section 4.2.10: the first PSK, its suite, its protocol. */
function checkEarly(c: Connection, offer: Offer, psk: PskOffer | undefined, suite: CipherSuite): void {
  const session = psk?.session;
  if (!psk || psk !== offer.psks[0] || !session) return fail('early_data_not_first_psk');
  if (session.suite !== suite.code) fail('early_data_suite_changed', suite.name);
  const { alpn } = c.info;
  if (!alpn && session.alpn.length > 0) fail('early_data_alpn_missing');
  if (alpn && Buffer.compare(alpn, session.alpn) !== 0) fail('early_data_alpn_changed');
}

/** A handshake with a PSK has no certificates (RFC 8446 section 4.3.2); those of the session count on. */
function* resumed(c: Connection, psk: PskOffer): Script<undefined> {
  c.info.peerChain = psk.session?.peerChain ?? [];
  if (psk.session && c.config.verifyResumed) yield* judge(c, true);
  return undefined;
}

/** CertificateRequest, where there is one, Certificate and CertificateVerify of the server. */
function* serverCertificate(c: Connection, offer: Offer): Script<CertificateRequest | undefined> {
  let raw = yield* next(c);
  let request: CertificateRequest | undefined;
  if (raw.type === CERTIFICATE_REQUEST.type) {
    request = takeRequest(c, raw);
    if (request.context.length > 0) fail('certificate_context_not_empty');
    raw = yield* next(c);
  }
  if (raw.type !== CERTIFICATE.type) c.unexpected(raw, 'certificate');
  const message = c.read(CERTIFICATE, raw);
  if (message.context.length > 0) fail('certificate_context_not_empty');
  if (message.entries.length === 0) fail('certificate_empty');
  takeEntries(c, message, offer.offered);
  const key = leafKey(c, c.info.peerChain);
  const digest = c.transcript.digest();
  const signed = yield* certificateVerify(c);
  checkSigned(c, signed, key, signedContent('server', digest), 'signature_wrong');
  yield* judge(c);
  return request;
}
