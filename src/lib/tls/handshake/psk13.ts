/** Which PSK of a ClientHello a TLS 1.3 server takes (RFC 8446 section 4.2.11), and whether it takes early data. */
import { createHash } from 'node:crypto';
import { EXTENSION } from '../../registry/tls-extensions.ts';
import { SUITES, type CipherSuite } from '../../registry/tls-suites.ts';
import { TLS13 } from '../../registry/tls-versions.ts';
import type { ExternalPsk, ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { earlySecret, hashLength, type EarlySecret, type Tls13Hash } from '../schedule/index.ts';
import { decodeSession, isExpired, type Session } from '../session/session.ts';
import {
  PRE_SHARED_KEY,
  PSK_KEY_EXCHANGE_MODES,
  bindersLength,
  type OfferedPsks,
  type PskIdentity,
} from '../wire/index.ts';
import { attempt, hook } from './certificates.ts';
import { bodyOf } from './extensions.ts';
import type { Seen } from './seen.ts';
import type { Script } from './script.ts';

/** A PSK that was taken. */
export interface TakenPsk {
  readonly index: number;
  readonly hash: Tls13Hash;
  readonly early: EarlySecret;
  readonly session: Session | undefined;
  /** Whether its ticket is to be replaced. */
  readonly renew: boolean;
  readonly identity: PskIdentity;
  readonly binder: Uint8Array;
  readonly suite: CipherSuite;
}

/** PSK modes that both sides have. */
export function sharedModes(config: ServerConfig, seen: Seen): { readonly dhe: boolean; readonly alone: boolean } {
  const modes = bodyOf(seen.extensions, PSK_KEY_EXCHANGE_MODES) ?? [];
  return {
    dhe: config.pskModes.includes('psk_dhe_ke') && modes.includes(1),
    alone: config.pskModes.includes('psk_ke') && modes.includes(0),
  };
}

/** The first PSK that serves; undefined for none. A binder of the one that is taken must verify. */
export function* takePsk(c: Connection, seen: Seen, suites: readonly CipherSuite[]): Script<TakenPsk | undefined> {
  const psks = bodyOf(seen.extensions, PRE_SHARED_KEY);
  if (!psks) return undefined;
  if (!seen.offered.has(EXTENSION.pskKeyExchangeModes)) fail('missing_psk_key_exchange_modes');
  if (psks.identities.length !== psks.binders.length) {
    fail('psk_binders_count', `${psks.binders.length} for ${psks.identities.length}`);
  }
  const config = c.config as ServerConfig;
  const modes = sharedModes(config, seen);
  if (!modes.dhe && !modes.alone) return undefined;
  for (const [index, identity] of psks.identities.slice(0, config.limits.psks).entries()) {
    const found = yield* lookUp(c, seen, identity);
    const hash = found && found.hash;
    const suite = hash && suiteFor(suites, found, hash);
    if (!suite) continue;
    const binder = psks.binders[index] as Uint8Array;
    const { session, renew } = found;
    const taken = { index, hash, early: earlySecret(hash, found.key), session, renew, identity, binder, suite };
    checkBinder(c, seen, psks, taken);
    return taken;
  }
  return undefined;
}

interface FoundPsk {
  readonly key: Uint8Array;
  readonly hash: Tls13Hash;
  readonly session: Session | undefined;
  readonly renew: boolean;
}

/** The suite of the session where it is offered, else the best one with the hash of the PSK. */
function suiteFor(suites: readonly CipherSuite[], { session }: FoundPsk, hash: Tls13Hash): CipherSuite | undefined {
  return suites.find(({ code }) => code === session?.suite) ?? suites.find((suite) => suite.hash === hash);
}

function* lookUp(c: Connection, seen: Seen, { identity }: PskIdentity): Script<FoundPsk | undefined> {
  const { ticketSealer, sessionContext, now, tickets, limits, clientAuth } = c.config as ServerConfig;
  if (identity.length > limits.pskIdentity) return undefined;
  const external = yield* externalPsk(c, identity);
  if (external) return { key: external.key, hash: external.hash ?? 'sha256', session: undefined, renew: false };
  if (!ticketSealer || !tickets) return undefined;
  const opened = yield* attempt(c, () => ticketSealer.open(identity));
  const session = opened && decodeSession(opened.state);
  const suite = session && SUITES.row(session.suite);
  if (!session || !suite || session.version !== TLS13 || isExpired(session, now())) return undefined;
  // no session of another name or of another application (RFC 8446 section 4.6.1)
  if (session.serverName !== (seen.serverName ?? '')) return undefined;
  if (Buffer.compare(session.context, sessionContext) !== 0) return undefined;
  // a session without a certificate is no way around one that is required
  if (clientAuth === 'require' && session.peerChain.length === 0) return undefined;
  return { key: session.secret, hash: suite.hash, session, renew: opened.renew };
}

/** A PSK from outside, by the list or the hook. */
export function* externalPsk(c: Connection, identity: Uint8Array): Script<ExternalPsk | undefined> {
  const { pskLookup, psks } = c.config as ServerConfig;
  const listed = psks.find((one) => Buffer.compare(one.identity, identity) === 0);
  if (listed || !pskLookup) return listed;
  return yield* hook(() => pskLookup(identity));
}

function checkBinder(c: Connection, seen: Seen, psks: OfferedPsks, psk: TakenPsk): void {
  if (psk.binder.length !== hashLength(psk.hash)) fail('psk_binder_length', `${psk.binder.length} octets`);
  const partial = seen.raw.subarray(0, seen.raw.length - bindersLength(psks));
  const digest = c.info.retried ? c.transcript.digest(partial) : createHash(psk.hash).update(partial).digest();
  if (!psk.early.binderKey(psk.session ? 'resumption' : 'external').verifies(digest, psk.binder)) {
    fail('psk_binder_wrong', `of PSK ${psk.index}`);
  }
}

/** Milliseconds by which a ticket's age, as the client sees it, may differ from ours (RFC 8446 section 8.3). */
const AGE_SKEW = 10_000;

/** Why early data are not taken; undefined when they are. */
export function* refusesEarly(
  c: Connection,
  psk: TakenPsk | undefined,
  protocol: Uint8Array | undefined,
): Script<string | undefined> {
  const { maxEarlyData, replayGuard, now } = c.config as ServerConfig;
  const session = psk?.session;
  if (maxEarlyData === 0) return 'early data are off';
  if (c.info.retried) return 'a HelloRetryRequest';
  if (!psk || !session) return 'no session was resumed';
  if (psk.index > 0) return 'not the first PSK';
  if (session.maxEarlyData === 0) return 'the ticket allows none';
  if (session.suite !== psk.suite.code) return 'another cipher suite';
  if (Buffer.compare(session.alpn, protocol ?? new Uint8Array(0)) !== 0) return 'another application protocol';
  const at = now();
  const age = (psk.identity.obfuscatedAge - session.ageAdd + 2 ** 32) % 2 ** 32;
  if (Math.abs(at - session.created - age) > AGE_SKEW) return 'the age of the ticket is wrong';
  if (!replayGuard) return 'nothing guards against replay';
  const fresh = yield* hook(() => replayGuard.fresh(psk.binder, at));
  return fresh ? undefined : 'they may have been sent before';
}
