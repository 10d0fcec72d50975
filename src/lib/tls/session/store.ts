/** Stores of sessions by their ids, and the memory of early data that was seen. */

import { TLS13 } from '../../registry/tls-versions.ts';
import type { Config } from '../config.ts';
import type { TlsFailure } from '../failure.ts';
import type { ConnectionInfo } from '../info.ts';

/** Where a server keeps sessions by id (before TLS 1.3). The hooks may be asynchronous. */
export interface SessionStore {
  get(id: Uint8Array): Uint8Array | undefined | PromiseLike<Uint8Array | undefined>;
  set(id: Uint8Array, state: Uint8Array): void | PromiseLike<void>;
  delete(id: Uint8Array): void;
}

/**
 * Forgets the session of a connection that ended by a fatal alert, of ours or of the peer (RFC 5246 section 7.2.2): a server's, by its id. A
 * ticket is with the client, who has to forget it.
 */
export function forgetSession(
  config: Config,
  { version, sessionId }: ConnectionInfo,
  { alert, reason }: TlsFailure,
): void {
  if (config.side !== 'server' || !version || version.code === TLS13 || sessionId.length === 0) return;
  if (alert !== undefined || reason === 'peer_alert' || reason === 'peer_alert_unknown')
    config.sessionStore?.delete(sessionId);
}

const keyOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A store in memory: of the newest `limit` sessions. */
export function memoryStore(limit = 20_480): SessionStore {
  const sessions = new Map<string, Uint8Array>();
  return {
    get: (id) => sessions.get(keyOf(id)),
    set(id, state) {
      sessions.set(keyOf(id), state);
      for (const [oldest] of sessions) {
        if (sessions.size <= limit) break;
        sessions.delete(oldest);
      }
    },
    delete: (id) => void sessions.delete(keyOf(id)),
  };
}

/** Says whether early data were seen before (RFC 8446 section 8.2). */
export interface ReplayGuard {
  /**
   * True once for each binder inside of the window, false after that, and false when nothing can be said.
   *
   * @param binder the first PSK's binder, which is unique to the ClientHello
   * @param now milliseconds
   */
  fresh(binder: Uint8Array, now: number): boolean | PromiseLike<boolean>;
}

/**
 * A guard in memory. It remembers binders for `window` milliseconds: as long as a ClientHello may be late, which the engine checks by the
 * age of the ticket (RFC 8446 section 8.3). When it is full nothing is fresh, so that a flood makes early data fail and lets nothing through.
 */
export function replayGuard(window = 10_000, limit = 100_000): ReplayGuard {
  const seen = new Map<string, number>();
  return {
    fresh(binder, now) {
      for (const [key, at] of seen) {
        if (now - at <= 2 * window) break;
        seen.delete(key);
      }
      const key = keyOf(binder);
      if (seen.has(key) || seen.size >= limit) return false;
      seen.set(key, now);
      return true;
    },
  };
}
