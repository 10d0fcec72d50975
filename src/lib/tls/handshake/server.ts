/** A server's handshake up to the version: ClientHello and the hooks that look at it; then server13.ts or server12.ts goes on. */
import { ALERT_LEVEL, type AlertName } from '../../registry/tls-alerts.ts';
import type { Reason } from '../../registry/tls-reasons.ts';
import { TLS12, TLS13 } from '../../registry/tls-versions.ts';
import type { HelloSeen, ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import type { Credential } from '../credential.ts';
import { TlsFailure, fail } from '../failure.ts';
import { preferred } from '../preference.ts';
import type { RawMessage } from '../record/index.ts';
import { Transcript } from '../schedule/index.ts';
import { hook } from './certificates.ts';
import { CLIENT_HELLO, next } from './kinds.ts';
import { secured12, serverPost12, type Renegotiation } from './renegotiation.ts';
import { ownProtocol, readHello, type Seen } from './seen.ts';
import type { Script } from './script.ts';
import { server12 } from './server12.ts';
import { server13 } from './server13.ts';

/** What the hooks decided. */
export interface Decided {
  readonly credentials: readonly Credential[];
  readonly acknowledgeName: boolean;
  readonly protocol: Uint8Array | undefined;
}

/** A whole handshake. `first` is the hello that begins a renegotiation. */
export function* serverHandshake(c: Connection, renegotiation?: Renegotiation, first?: RawMessage): Script<void> {
  c.transcript = new Transcript();
  const raw = first ?? (yield* next(c));
  if (raw.type !== CLIENT_HELLO.type) c.unexpected(raw, 'client_hello');
  const seen = readHello(c, raw, renegotiation?.version);
  c.useVersion(seen.version);
  // the keys change behind the ServerHello or the HelloRetryRequest (RFC 8446 section 5.1)
  if (seen.version.code === TLS13) c.incoming.refuseAcrossKeys();
  if (!renegotiation) c.out.plain(Math.min(seen.version.code, TLS12));
  const decided = yield* decide(c, seen);
  if (seen.version.code === TLS13) {
    yield* server13(c, seen, decided);
    return;
  }
  yield* server12(c, seen, decided, renegotiation);
  secured12(c, renegotiation !== undefined, serverPost12(c, serverHandshake));
}

/** Asks the hooks about the server name, the credentials and the protocol. */
function* decide(c: Connection, seen: Seen): Script<Decided> {
  const config = c.config as ServerConfig;
  const { onHello } = config;
  const { hello, serverName, alpn, schemes = [], version } = seen;
  const said: HelloSeen = { hello, serverName, alpn, schemes, version };
  const answer = onHello && (yield* hook(() => onHello(said)));
  if (answer?.reject) {
    throw new TlsFailure(refusalOf(answer.reject, serverName), serverName, undefined, answer.reject);
  }
  // TLS 1.3 has no warnings: every alert of this kind ends the connection (RFC 8446 section 6.2)
  if (answer?.warnName && version.code < TLS13) c.sendAlert('unrecognized_name', ALERT_LEVEL.warning);
  const acknowledgeName = serverName !== undefined && (answer?.acknowledgeName ?? !answer?.warnName);
  c.info.serverNameAcknowledged = acknowledgeName;
  return {
    credentials: preferred(answer?.credentials ?? config.credentials, c.info.peerCertificateSchemes ?? seen.schemes),
    acknowledgeName,
    protocol: yield* protocolFor(config, seen),
  };
}

/** The reason of a hook that refuses: an alert that speaks of the name speaks of nothing else (RFC 6066 section 3, RFC 8446 section 9.2). */
function refusalOf(alert: AlertName, serverName: string | undefined): Reason {
  if (alert === 'unrecognized_name') return 'server_name_unrecognized';
  return alert === 'missing_extension' && serverName === undefined ? 'missing_server_name' : 'hook_refused';
}

function* protocolFor(config: ServerConfig, seen: Seen): Script<Uint8Array | undefined> {
  if (seen.alpn.length === 0) return undefined;
  const { selectAlpn } = config;
  if (!selectAlpn) return config.alpn.length > 0 ? ownProtocol(config, seen) : undefined;
  const chosen = yield* hook(() => selectAlpn(seen.alpn));
  if (chosen === 'reject') return fail('alpn_none_shared');
  if (chosen && !seen.alpn.some((one) => Buffer.compare(one, chosen) === 0)) {
    throw new TlsFailure('hook_failed', 'an application protocol that the client did not offer');
  }
  return chosen;
}
