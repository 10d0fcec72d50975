/** The application keys of TLS 1.3, and how they begin and change (RFC 8446 sections 7.2 and 7.3). */
import type { CipherSuite } from '../../registry/tls-suites.ts';
import type { Connection, PostHandler } from '../connection.ts';
import { fail } from '../failure.ts';
import { tls13Opener, tls13Sealer, type RawMessage } from '../record/index.ts';
import {
  Transcript,
  type Exporter,
  type MasterSecret,
  type ResumptionSecret,
  type TrafficSecret,
} from '../schedule/index.ts';
import { POST_HANDSHAKE_AUTH } from '../wire/index.ts';
import { KEY_UPDATE } from './kinds.ts';
import { innerLimit } from './limits.ts';

/** The application keys of a connection, and what changes them. */
export class Keys13 {
  readonly suite: CipherSuite;
  readonly #c: Connection;
  /** What tickets are made of; there once both Finished are. */
  resumption: ResumptionSecret | undefined;
  #own: TrafficSecret;
  #peer: TrafficSecret;
  /** NewSessionTickets that came. */
  tickets = 0;
  /** Contexts of CertificateRequests that came. */
  readonly contexts: Set<string> = new Set();

  /** `digest` is that of the transcript up to the server's Finished. */
  constructor(c: Connection, suite: CipherSuite, master: MasterSecret, digest: Buffer) {
    this.#c = c;
    this.suite = suite;
    const client = master.clientTraffic(digest);
    const server = master.serverTraffic(digest);
    const exporter: Exporter = master.exporter(digest);
    c.keylog('CLIENT_TRAFFIC_SECRET_0', client.reveal());
    c.keylog('SERVER_TRAFFIC_SECRET_0', server.reveal());
    c.keylog('EXPORTER_SECRET', exporter.reveal());
    c.exporter = exporter;
    [this.#own, this.#peer] = c.config.side === 'client' ? [client, server] : [server, client];
  }

  /** The Finished key's secret of our direction, for authentication after the handshake (RFC 8446 section 4.4.4). */
  get own(): TrafficSecret {
    return this.#own;
  }

  get peer(): TrafficSecret {
    return this.#peer;
  }

  /** Sends a KeyUpdate and goes on with new keys. */
  update(request: boolean): void {
    const c = this.#c;
    c.sendBody(KEY_UPDATE, Buffer.from([request ? 1 : 0]), false);
    this.#own = this.#own.next();
    c.protectOut(tls13Sealer(this.suite.bulk, this.#own.keys(this.suite.bulk.key)), true);
    c.emit({ type: 'key_update', direction: 'out', requested: request });
  }

  /** A KeyUpdate has come: new keys for what follows, and one of ours when it is asked for. */
  updated(raw: RawMessage): void {
    const c = this.#c;
    const requested = c.read(KEY_UPDATE, raw, false) === 1;
    c.quiet += 1;
    if (c.quiet > c.config.limits.keyUpdates) fail('key_updates_too_many', `more than ${c.config.limits.keyUpdates}`);
    this.#peer = this.#peer.next();
    c.protectIn(tls13Opener(this.suite.bulk, this.#peer.keys(this.suite.bulk.key), innerLimit(c)));
    c.emit({ type: 'key_update', direction: 'in', requested });
    // one answer is enough for requests that crossed (RFC 8446 section 4.6.3), and none is due once we have closed
    if (requested && c.writable) this.update(false);
  }
}

/** Application keys begin on both sides, after both Finished. `digest` is that of the transcript up to the server's Finished. */
export function secured13(
  c: Connection,
  suite: CipherSuite,
  master: MasterSecret,
  digest: Buffer,
  post: (c: Connection, keys: Keys13) => PostHandler,
): void {
  const keys = new Keys13(c, suite, master, digest);
  const { own, peer } = keys;
  c.protectOut(tls13Sealer(suite.bulk, own.keys(suite.bulk.key)), true);
  c.protectIn(tls13Opener(suite.bulk, peer.keys(suite.bulk.key), innerLimit(c)));
  finish13(c, keys, master, post);
}

/** What follows when the keys of both directions are those of the application. */
export function finish13(
  c: Connection,
  keys: Keys13,
  master: MasterSecret,
  post: (c: Connection, keys: Keys13) => PostHandler,
): void {
  keys.resumption = master.resumption(c.transcript.digest());
  c.renewKeys = () => keys.update(false);
  c.post = post(c, keys);
  // authentication after the handshake goes on with the transcript (RFC 8446 section 4.4.1); nothing else does
  if (!mayAuthenticateLater(c)) c.transcript = new Transcript();
  c.secure = true;
  c.writable = true;
  c.readable = true;
  c.emit({ type: 'secure', renegotiations: 0 });
}

function mayAuthenticateLater({ config, info }: Connection): boolean {
  return config.side === 'client' ? config.postHandshakeAuth : info.peerExtensions.includes(POST_HANDSHAKE_AUTH.code);
}
