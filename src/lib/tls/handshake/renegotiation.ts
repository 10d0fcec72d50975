/** Renegotiation before TLS 1.3, and secure renegotiation's extension (RFC 5746). */
import { ALERT_LEVEL } from '../../registry/tls-alerts.ts';
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';
import { RENEGOTIATION_SCSV } from '../../registry/tls-suites.ts';
import type { Version } from '../../registry/tls-versions.ts';
import { RENEGOTIATION_REFUSED, type Connection, type PostHandler } from '../connection.ts';
import { fail } from '../failure.ts';
import type { RawMessage } from '../record/index.ts';
import { Transcript } from '../schedule/index.ts';
import { RENEGOTIATION_INFO, type ClientHello, type Extension } from '../wire/index.ts';
import { bodyOf } from './extensions.ts';
import { HELLO_REQUEST } from './kinds.ts';
import type { Script } from './script.ts';

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The handshake before this one (RFC 5746 section 3.1). */
export interface Renegotiation {
  readonly clientVerify: Uint8Array;
  readonly serverVerify: Uint8Array;
  readonly version: Version;
  readonly peerChain: readonly Uint8Array[];
}

/** Checks the renegotiation_info of a ServerHello (RFC 5746 sections 3.4 and 3.5). */
export function checkServerInfo(
  c: Connection,
  extensions: readonly Extension[],
  before: Renegotiation | undefined,
): void {
  const info = bodyOf(extensions, RENEGOTIATION_INFO);
  if (!before) {
    if (info && info.length > 0) fail('renegotiation_info_not_empty');
    if (!info && c.config.requireSecureRenegotiation) fail('missing_renegotiation_info');
    c.info.secureRenegotiation = info !== undefined;
    return;
  }
  if (!c.info.secureRenegotiation) {
    if (info) fail('renegotiation_info_wrong', 'none in the handshake before');
    return;
  }
  if (!info) return fail('renegotiation_info_lost');
  if (!same(info, Buffer.concat([before.clientVerify, before.serverVerify]))) fail('renegotiation_info_wrong');
}

/** Checks the renegotiation_info or SCSV of a ClientHello (RFC 5746 sections 3.6 and 3.7). */
export function checkClientInfo(c: Connection, hello: ClientHello, before: Renegotiation | undefined): void {
  const info = bodyOf(hello.extensions, RENEGOTIATION_INFO);
  const scsv = hello.suites.includes(RENEGOTIATION_SCSV);
  if (!before) {
    if (info && info.length > 0) fail('renegotiation_info_not_empty');
    c.info.secureRenegotiation = info !== undefined || scsv;
    if (!c.info.secureRenegotiation && c.config.requireSecureRenegotiation) fail('missing_renegotiation_info');
    return;
  }
  if (scsv) fail('scsv_on_renegotiation');
  if (!c.info.secureRenegotiation) {
    if (info) fail('renegotiation_info_wrong', 'none in the handshake before');
    return;
  }
  if (!info) return fail('renegotiation_info_lost');
  if (!same(info, before.clientVerify)) fail('renegotiation_info_wrong');
}

/** The handshake that is done, for the next one. */
function handshakeBefore(c: Connection): Renegotiation {
  const { ownFinished = EMPTY, peerFinished = EMPTY, version, peerChain } = c.info;
  if (!version) throw new RangeError('no handshake is done');
  const [clientVerify, serverVerify] =
    c.config.side === 'client' ? [ownFinished, peerFinished] : [peerFinished, ownFinished];
  return { clientVerify, serverVerify, version, peerChain };
}

const EMPTY = new Uint8Array(0);

/** A whole handshake, of either side. */
export type HandshakeScript = (c: Connection, before: Renegotiation, first?: RawMessage) => Script<void>;

/** A handshake after another. Our data wait until it is over; a peer that refuses leaves everything as it was. */
function* again(c: Connection, handshake: HandshakeScript, by: 'us' | 'peer', first?: RawMessage): Script<void> {
  const { clientRandom, serverRandom } = c.info;
  c.emit({ type: 'renegotiation', by, refused: false, pending: false });
  c.holdData(true);
  try {
    yield* handshake(c, handshakeBefore(c), first);
  } catch (error) {
    if (error !== RENEGOTIATION_REFUSED) throw error;
    c.info.clientRandom = clientRandom;
    c.info.serverRandom = serverRandom;
    c.emit({ type: 'renegotiation', by: 'us', refused: true, pending: false });
  }
  c.holdData(false);
}

/** Whether a peer may begin a renegotiation. `asked`: we invited it. */
function permits(c: Connection, asked: boolean): boolean {
  const { renegotiation, legacyRenegotiation, limits } = c.config;
  if (!c.info.secureRenegotiation && !legacyRenegotiation) return false;
  if (asked) return true;
  if (renegotiation === 'never' || renegotiation === 'explicit' || renegotiation === 'ignore') return false;
  if (renegotiation === 'once' && c.info.renegotiations > 0) return false;
  if (c.info.renegotiations >= limits.renegotiations)
    fail('renegotiation_too_many', `more than ${limits.renegotiations}`);
  return true;
}

function refuse(c: Connection): void {
  const pending = c.config.renegotiation === 'explicit';
  c.emit({ type: 'renegotiation', by: 'peer', refused: !pending, pending });
  if (c.config.renegotiation === 'ignore' || pending) return;
  c.sendAlert('no_renegotiation', ALERT_LEVEL.warning);
}

function checkSecure(c: Connection): void {
  if (!c.info.secureRenegotiation && !c.config.legacyRenegotiation) {
    throw new RangeError('the peer lacks secure renegotiation');
  }
}

/** What a client does with messages after a handshake before TLS 1.3. */
export function clientPost12(c: Connection, handshake: HandshakeScript): PostHandler {
  c.operations = {
    renegotiate() {
      checkSecure(c);
      c.run(again(c, handshake, 'us'));
    },
  };
  return (raw) => {
    if (raw.type !== HANDSHAKE_TYPE.helloRequest) c.unexpected(raw, 'hello_request');
    c.read(HELLO_REQUEST, raw, false);
    if (permits(c, false)) return again(c, handshake, 'peer');
    refuse(c);
    return undefined;
  };
}

/** What a server does with messages after a handshake before TLS 1.3. */
export function serverPost12(c: Connection, handshake: HandshakeScript): PostHandler {
  let asked = false;
  let pending: RawMessage | undefined;
  c.operations = {
    renegotiate() {
      checkSecure(c);
      const first = pending;
      pending = undefined;
      asked = !first;
      // a client that waits for an answer takes no HelloRequest
      if (first) c.run(again(c, handshake, 'peer', first));
      else c.sendValue(HELLO_REQUEST, {});
    },
    declineRenegotiation: () => (pending = undefined),
    renegotiationRefused() {
      if (asked) c.emit({ type: 'renegotiation', by: 'us', refused: true, pending: false });
      asked = false;
    },
  };
  return (raw) => {
    if (raw.type !== HANDSHAKE_TYPE.clientHello) c.unexpected(raw, 'client_hello');
    if (permits(c, asked)) {
      asked = false;
      return again(c, handshake, 'peer', raw);
    }
    if (c.config.renegotiation === 'explicit') pending = raw;
    refuse(c);
    return undefined;
  };
}

/** The end of a handshake before TLS 1.3. */
export function secured12(c: Connection, again: boolean, post: PostHandler): void {
  if (again) c.info.renegotiations += 1;
  c.post = post;
  c.secure = true;
  // another handshake begins with its own
  c.transcript = new Transcript();
  c.writable = true;
  c.readable = true;
  c.emit({ type: 'secure', renegotiations: c.info.renegotiations });
}
