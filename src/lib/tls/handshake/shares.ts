/** The group and the share of a TLS 1.3 server, and the HelloRetryRequest where there is none (RFC 8446 sections 4.1.4 and 4.2.8). */
import { EXTENSION } from '../../registry/tls-extensions.ts';
import type { Group } from '../../registry/tls-groups.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12, TLS13 } from '../../registry/tls-versions.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import {
  COOKIE,
  KEY_SHARE,
  KEY_SHARE_RETRY,
  RETRY_RANDOM,
  SUPPORTED_VERSIONS_ANSWER,
  extension,
  find,
  type Extension,
  type KeyShareEntry,
} from '../wire/index.ts';
import { rejectEarly } from './early.ts';
import { bodyOf } from './extensions.ts';
import { CLIENT_HELLO, HELLO_RETRY_REQUEST, next } from './kinds.ts';
import { readHello, type Seen } from './seen.ts';
import type { Script } from './script.ts';

/** The shares of a hello, which must be of its groups, in their order, each once. */
export function sharesOf(seen: Seen): readonly KeyShareEntry[] {
  const shares = bodyOf(seen.extensions, KEY_SHARE) ?? [];
  const groups = seen.groups ?? [];
  let before = -1;
  for (const { group } of shares) {
    const at = groups.indexOf(group);
    if (at < 0) fail('share_not_in_groups', `group ${group}`);
    if (shares.filter((one) => one.group === group).length > 1) fail('share_duplicate', `group ${group}`);
    if (at < before) fail('share_order', `group ${group}`);
    before = at;
  }
  return shares;
}

/** What a hello without a PSK must hold, and what belongs together (RFC 8446 section 9.2). */
export function checkMandatory(seen: Seen, withPsk: boolean): void {
  const { offered, schemes } = seen;
  if (offered.has(EXTENSION.keyShare) && !seen.groups) fail('missing_supported_groups');
  if (seen.groups && !offered.has(EXTENSION.keyShare)) fail('missing_key_share');
  if (withPsk) return;
  if (!schemes) fail('missing_signature_algorithms');
  if (!seen.groups) fail('missing_supported_groups');
}

/** The group to use, and whether the client has sent a share of it. Undefined when there is none in common. */
export function chooseGroup(
  c: Connection,
  seen: Seen,
  shares: readonly KeyShareEntry[],
): { readonly group: Group; readonly share: Uint8Array | undefined } | undefined {
  const config = c.config as ServerConfig;
  const usable = config.groups.filter(({ code, last }) => last === TLS13 && seen.groups?.includes(code));
  const ordered = config.serverPreference
    ? usable
    : usable.toSorted((a, b) => (seen.groups?.indexOf(a.code) ?? 0) - (seen.groups?.indexOf(b.code) ?? 0));
  const [best] = ordered;
  if (!best) return undefined;
  const shareOf = (group: Group): Uint8Array | undefined => shares.find((one) => one.group === group.code)?.share;
  // a round trip buys nothing between classical groups; it does when the best one resists quantum computers
  const insist = config.insistOnGroup || best.kind === 'hybrid';
  const group = insist ? best : (ordered.find((one) => shareOf(one) !== undefined) ?? best);
  return { group, share: shareOf(group) };
}

/** Asks for another hello and reads it. */
export function* retry(
  c: Connection,
  seen: Seen,
  suite: CipherSuite,
  group: Group | undefined,
  cookie: Uint8Array | undefined,
): Script<Seen> {
  const config = c.config as ServerConfig;
  const extensions: Extension[] = [extension(SUPPORTED_VERSIONS_ANSWER, TLS13)];
  if (group) extensions.push(extension(KEY_SHARE_RETRY, group.code));
  if (cookie) extensions.push(extension(COOKIE, cookie));
  c.transcript.retry();
  c.info.retried = true;
  c.send(HELLO_RETRY_REQUEST, {
    version: TLS12,
    random: RETRY_RANDOM,
    sessionId: seen.hello.sessionId,
    suite: suite.code,
    compression: 0,
    extensions,
  });
  if (config.middleboxCompatibility && seen.hello.sessionId.length > 0) c.sendPlainChangeCipherSpec();
  c.emit({ type: 'retry', group: group?.name });
  if (seen.offered.has(EXTENSION.earlyData)) {
    c.incoming.skipEarlyData(config.limits.skippedEarlyData);
    rejectEarly(c);
  }
  const raw = yield* next(c);
  if (raw.type !== CLIENT_HELLO.type) c.unexpected(raw, 'client_hello');
  c.incoming.skipEarlyData(0);
  const second = readHello(c, raw);
  c.incoming.refuseAcrossKeys();
  checkSecond(seen, second, cookie);
  if (group) checkShare(second, group);
  else if (!sameBody(seen, second, EXTENSION.keyShare)) fail('retry_hello_changed', 'key_share');
  return second;
}

function sameBody(a: Seen, b: Seen, code: number): boolean {
  const [first, second] = [find(a.extensions, code), find(b.extensions, code)];
  return first && second ? Buffer.compare(first, second) === 0 : first === second;
}

/** Extensions that a second hello may change, add or leave out. */
const RETRY_MAY_CHANGE: ReadonlySet<number> = new Set([
  EXTENSION.keyShare,
  EXTENSION.earlyData,
  EXTENSION.cookie,
  EXTENSION.preSharedKey,
  EXTENSION.padding,
]);

/** What a second hello may change, and nothing else (RFC 8446 section 4.1.2). */
function checkSecond(first: Seen, second: Seen, cookie: Uint8Array | undefined): void {
  const [a, b] = [first.hello, second.hello];
  const same = (x: Uint8Array, y: Uint8Array): boolean => Buffer.compare(x, y) === 0;
  const sameList = (x: readonly number[], y: readonly number[]): boolean => x.join() === y.join();
  if (second.version !== first.version) fail('retry_hello_changed', 'supported_versions');
  if (a.version !== b.version) fail('retry_hello_changed', 'legacy_version');
  if (!same(a.random, b.random)) fail('retry_hello_changed', 'random');
  if (!same(a.sessionId, b.sessionId)) fail('retry_hello_changed', 'session id');
  if (!sameList(a.suites, b.suites)) fail('retry_hello_changed', 'cipher suites');
  if (!sameList(a.compressions, b.compressions)) fail('retry_hello_changed', 'compression methods');
  if (second.offered.has(EXTENSION.earlyData)) fail('retry_early_data');
  const answer = bodyOf(second.extensions, COOKIE);
  if (cookie && !answer) fail('cookie_missing');
  if (cookie && answer && !same(cookie, answer)) fail('cookie_wrong');
  if (!cookie && answer) fail('cookie_unasked');
  if (!first.offered.has(EXTENSION.preSharedKey) && second.offered.has(EXTENSION.preSharedKey)) {
    fail('psk_lost_after_retry');
  }
  checkSecondExtensions(first, second);
}

function checkSecondExtensions(first: Seen, second: Seen): void {
  const rest = ({ extensions }: Seen): readonly Extension[] =>
    extensions.filter(({ type }) => !RETRY_MAY_CHANGE.has(type));
  const [before, after] = [rest(first), rest(second)];
  const types = (list: readonly Extension[]): string => list.map(({ type }) => type).join();
  if (types(before) !== types(after)) {
    const sorted = (list: readonly Extension[]): string =>
      list
        .map(({ type }) => type)
        .sort((x, y) => x - y)
        .join();
    fail(sorted(before) === sorted(after) ? 'retry_hello_order' : 'retry_hello_changed', 'extensions');
  }
  const changed = before.find(({ data }, i) => Buffer.compare(data, (after[i] as Extension).data) !== 0);
  if (changed) fail('retry_hello_changed', `extension ${changed.type}`);
}

/** Exactly one share, of the group asked for. */
function checkShare(second: Seen, group: Group): void {
  const shares = sharesOf(second);
  const [share] = shares;
  if (!share) return fail('retry_shares_count', 'none');
  if (share.group !== group.code) fail('group_not_retried', `group ${share.group}, not ${group.name}`);
  if (shares.length > 1) fail('retry_shares_count', `${shares.length}`);
}
