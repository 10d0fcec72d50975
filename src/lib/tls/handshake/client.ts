/** A client's handshake up to the version: ClientHello, HelloRetryRequest, ServerHello; then client13.ts or client12.ts goes on. */
import { EXTENSION } from '../../registry/tls-extensions.ts';
import { GROUPS, type Group } from '../../registry/tls-groups.ts';
import { FALLBACK_SCSV, RENEGOTIATION_SCSV, SUITES, type CipherSuite } from '../../registry/tls-suites.ts';
import { SSL30, TLS11, TLS12, TLS13, VERSIONS, type Version } from '../../registry/tls-versions.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import { Transcript } from '../schedule/index.ts';
import {
  COOKIE,
  KEY_SHARE_RETRY,
  RETRY_RANDOM,
  SUPPORTED_VERSIONS_ANSWER,
  find,
  serverHelloPlace,
  type Extension,
  type ServerHello,
} from '../wire/index.ts';
import { client12 } from './client12.ts';
import { client13 } from './client13.ts';
import { rejectEarly, startEarlyData } from './early.ts';
import { bodyOf, checkAnswers } from './extensions.ts';
import { HELLO_RETRY_REQUEST, SERVER_HELLO, next } from './kinds.ts';
import { newOffer, retriedOffer, sendHello, type Offer } from './offer.ts';
import { clientPost12, secured12, type Renegotiation } from './renegotiation.ts';
import type { Script } from './script.ts';

/** A whole handshake. `early` are the early data to send with the first hello. */
export function* clientHandshake(
  c: Connection,
  renegotiation?: Renegotiation,
  early: readonly Uint8Array[] = [],
): Script<void> {
  c.transcript = new Transcript();
  let offer = newOffer(c, renegotiation);
  sendHello(c, offer);
  if (offer.earlyData) startEarlyData(c, offer, early);
  else if (early.length > 0) c.emit({ type: 'early_data', accepted: false, why: 'no session that allows them' });
  let answer = yield* serverAnswer(c);
  if (answer.place === 'HRR') {
    const retry = answer.hello;
    offer = answerRetry(c, offer, retry);
    answer = yield* serverAnswer(c, retry);
  }
  const { hello } = answer;
  const version = answer.place === 'SH12' ? olderVersion(offer, hello) : newerVersion(offer, hello);
  c.useVersion(version);
  if (version.code < TLS13 && !renegotiation) c.out.plain(version.code);
  // without the keys of early data, which such a server does not have: it is to read why
  if (version.code < TLS13 && offer.earlyData) fail('early_data_older_version', version.name);
  c.info.serverRandom = lasting(hello.random);
  checkAnswers(hello.extensions ?? [], answer.place, answersOf(offer, version));
  const suite = chosenSuite(offer, hello, version);
  c.info.suite = suite;
  if (version.code === TLS13) {
    yield* client13(c, offer, hello, suite);
    return;
  }
  yield* client12(c, offer, hello, suite);
  secured12(
    c,
    renegotiation !== undefined,
    clientPost12(c, (again, before) => clientHandshake(again, before)),
  );
}

interface ServerAnswer {
  readonly hello: ServerHello;
  readonly place: 'SH' | 'HRR' | 'SH12';
}

/** A ServerHello of any version, or a HelloRetryRequest; not after `retry`. */
function* serverAnswer(c: Connection, retry?: ServerHello): Script<ServerAnswer> {
  const raw = yield* next(c);
  if (raw.type !== SERVER_HELLO.type) c.unexpected(raw, 'server_hello');
  // version and random have fixed places: they say which of the three it is
  const isRetry = Buffer.compare(raw.body.subarray(2, 34), RETRY_RANDOM) === 0 && c.maybeTls13;
  const hello = c.read(isRetry ? HELLO_RETRY_REQUEST : SERVER_HELLO, raw, false);
  const place = isRetry ? 'HRR' : serverHelloPlace(hello);
  if (retry) {
    if (isRetry) fail('retry_second');
    if (place === 'SH12') fail('version_changed_after_retry');
    if (hello.suite !== retry.suite) fail('suite_changed_after_retry');
  }
  // the transcript must begin with the hash of the suite, and a retry replaces the first hello in it
  const suite = SUITES.row(hello.suite);
  if (place !== 'SH12' && suite?.first === TLS13) c.transcript.start(suite.hash);
  if (isRetry && suite?.first === TLS13) c.transcript.retry();
  c.transcript.add(raw.raw);
  return { hello, place };
}

/** What a ServerHello may answer: what was offered, and the SCSV's renegotiation_info (RFC 5746 section 3.3). */
function answersOf({ offered, hello }: Offer, version: Version): ReadonlySet<number> {
  const scsv = version.code < TLS13 && hello.suites.includes(RENEGOTIATION_SCSV);
  return scsv ? new Set([...offered, EXTENSION.renegotiationInfo]) : offered;
}

/** The version of a ServerHello with supported_versions, or of a HelloRetryRequest (RFC 8446 section 4.2.1). */
function newerVersion(offer: Offer, hello: ServerHello): Version {
  const code = bodyOf(hello.extensions, SUPPORTED_VERSIONS_ANSWER);
  if (!offer.offered.has(EXTENSION.supportedVersions)) fail('extension_unsolicited', 'supported_versions');
  if (code === undefined) return fail('hello_extensions_missing', 'supported_versions');
  const version = VERSIONS.row(code);
  if (hello.version <= SSL30) fail('version_legacy_ssl3');
  if (code < TLS13) fail('version_below_tls13_by_extension', version?.name);
  if (!version || !offer.versions.includes(version)) fail('version_not_offered', `0x${code.toString(16)}`);
  if (hello.version !== TLS12) fail('version_legacy_not_tls12', `0x${hello.version.toString(16).padStart(4, '0')}`);
  return version;
}

/** The version of a ServerHello that has nothing but its version field, and the mark of a downgrade (RFC 8446 section 4.1.3). */
function olderVersion(offer: Offer, hello: ServerHello): Version {
  const version = VERSIONS.row(hello.version);
  const text = `0x${hello.version.toString(16).padStart(4, '0')}`;
  if (!version || version.code === TLS13) return fail('version_unknown', text);
  if (offer.renegotiation && version !== offer.renegotiation.version) {
    fail('version_changed_on_renegotiation', version.name);
  }
  if (!offer.versions.includes(version)) {
    const newest = offer.versions[0] as Version;
    fail(version.code > newest.code ? 'version_not_offered' : 'version_too_old', version.name);
  }
  const tail = Buffer.from(hello.random.subarray(24)).toString('hex');
  const best = (offer.versions[0] as Version).code;
  const forced = VERSIONS.rows.some(({ sentinel }) => sentinel === tail);
  const of12 = tail === VERSIONS.row(TLS12)?.sentinel;
  if ((best === TLS13 && forced) || (best === TLS12 && version.code <= TLS11 && forced && !of12)) {
    fail('version_downgrade', version.name);
  }
  return version;
}

/** The suite of a ServerHello. */
function chosenSuite(offer: Offer, hello: ServerHello, version: Version): CipherSuite {
  if (hello.compression !== 0) fail('compression_not_offered', `${hello.compression}`);
  return suiteOf(offer, hello.suite, version);
}

function suiteOf(offer: Offer, code: number, version: Version): CipherSuite {
  if (code === RENEGOTIATION_SCSV || code === FALLBACK_SCSV) fail('scsv_chosen');
  const suite = SUITES.row(code);
  if (!suite) return fail('suite_unknown', `0x${code.toString(16).padStart(4, '0')}`);
  if (version.code < suite.first || version.code > suite.last) {
    fail('suite_of_other_version', `${suite.name} in ${version.name}`);
  }
  if (!offer.suites.includes(suite)) fail('suite_not_offered', suite.name);
  return suite;
}

/** Octets by which a second hello may grow, beside the cookie: the longest share, and headers. */
const SHARE_ROOM = 2048;

/** Answers a HelloRetryRequest with a second hello (RFC 8446 section 4.1.4). */
function answerRetry(c: Connection, offer: Offer, retry: ServerHello): Offer {
  const version = newerVersion(offer, retry);
  c.useVersion(version);
  const extensions = retry.extensions ?? [];
  checkAnswers(extensions, 'HRR', offer.offered);
  if (Buffer.compare(retry.sessionId, offer.hello.sessionId) !== 0) fail('hello_session_id_not_echoed');
  const suite = chosenSuite(offer, retry, version);
  const group = retryGroup(offer, extensions);
  const cookie = bodyOf(extensions, COOKIE);
  if (!group && !cookie) fail('retry_without_change');
  const room = 2 ** 16 - SHARE_ROOM - offer.raw.length;
  if (cookie && cookie.length > room) fail('cookie_too_long', `${cookie.length} octets, at most ${room}`);
  c.info.retried = true;
  if (offer.earlyData) rejectEarly(c);
  else if (c.config.middleboxCompatibility) c.sendPlainChangeCipherSpec();
  c.emit({ type: 'retry', group: group?.name });
  const second = retriedOffer(c, offer, group, cookie, suite.hash);
  c.out.plain(TLS12);
  sendHello(c, second);
  return second;
}

function retryGroup(offer: Offer, extensions: readonly Extension[]): Group | undefined {
  if (find(extensions, EXTENSION.keyShare) === undefined) return undefined;
  const code = bodyOf(extensions, KEY_SHARE_RETRY) as number;
  const group = GROUPS.row(code);
  if (!group) return fail('group_unknown', `${code}`);
  if (!offer.groups.includes(group)) fail('group_not_offered', group.name);
  if (group.last < TLS13) fail('group_of_other_version', group.name);
  if (offer.shares.some((share) => share.group === group)) fail('group_already_shared', group.name);
  return group;
}
