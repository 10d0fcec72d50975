/** Which session a server before TLS 1.3 resumes (RFC 5246 section 7.4.1.2, RFC 5077, RFC 7627 section 5.3, RFC 6066 section 3). */
import { EXTENSION } from '../../registry/tls-extensions.ts';
import { SUITES, type CipherSuite } from '../../registry/tls-suites.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { decodeSession, isExpired, type Session } from '../session/session.ts';
import { EXTENDED_MASTER_SECRET, MAX_FRAGMENT_LENGTH, SESSION_TICKET } from '../wire/index.ts';
import { attempt } from './certificates.ts';
import { bodyOf } from './extensions.ts';
import type { Seen } from './seen.ts';
import type { Script } from './script.ts';

export interface FoundSession {
  readonly session: Session;
  readonly suite: CipherSuite;
  /** Whether its ticket is to be replaced. */
  readonly renew: boolean;
}

/** The session of a hello, when it may be resumed. */
export function* findSession(c: Connection, seen: Seen): Script<FoundSession | undefined> {
  const config = c.config as ServerConfig;
  const { ticketSealer, sessionStore } = config;
  const ticket = bodyOf(seen.extensions, SESSION_TICKET);
  const { sessionId } = seen.hello;
  let state: Uint8Array | undefined;
  let renew = false;
  if (ticket && ticket.length > 0 && ticketSealer && config.tickets) {
    const opened = yield* attempt(c, () => ticketSealer.open(ticket));
    state = opened?.state;
    renew = opened?.renew ?? false;
  } else if (sessionId.length > 0 && sessionStore) {
    state = yield* attempt(c, () => sessionStore.get(sessionId));
  }
  const session = state && decodeSession(state);
  if (session && sessionStore && session.id.length > 0 && isExpired(session, config.now())) {
    yield* attempt(c, () => sessionStore.delete(session.id));
  }
  // a ticket may come without a session id; the client then tells by what follows (RFC 5077 section 3.4)
  return session && usable(config, seen, session, renew);
}

function usable(config: ServerConfig, seen: Seen, session: Session, renew: boolean): FoundSession | undefined {
  const suite = SUITES.row(session.suite);
  if (!suite || session.version !== seen.version.code || isExpired(session, config.now())) return undefined;
  if (session.serverName !== (seen.serverName ?? '')) return undefined;
  if (Buffer.compare(session.context, config.sessionContext) !== 0) return undefined;
  // a session without a certificate is no way around one that is required
  if (config.clientAuth === 'require' && session.peerChain.length === 0) return undefined;
  if (!config.suites.includes(suite)) return undefined;
  if (!seen.hello.suites.includes(suite.code)) fail('suite_lost_on_resumption', suite.name);
  const extended = bodyOf(seen.extensions, EXTENDED_MASTER_SECRET) !== undefined;
  if (session.extendedMasterSecret && !extended) fail('master_secret_mode_changed');
  if (!session.extendedMasterSecret && extended && config.extendedMasterSecret !== 'off') return undefined;
  // CBC without the protection that the session had is a session to begin anew
  if (session.encryptThenMac && !seen.offered.has(EXTENSION.encryptThenMac)) return undefined;
  // the length holds for the session as a whole (RFC 6066 section 4)
  if (session.maxFragmentLength !== fragmentLengthFor(config, seen)) return undefined;
  return { session, suite, renew };
}

/** The code of max_fragment_length that this hello comes to: record_size_limit takes its place where both sides have it. */
function fragmentLengthFor({ recordSizeLimit }: ServerConfig, { extensions, offered }: Seen): number {
  if (recordSizeLimit !== undefined && offered.has(EXTENSION.recordSizeLimit)) return 0;
  return bodyOf(extensions, MAX_FRAGMENT_LENGTH) ?? 0;
}
