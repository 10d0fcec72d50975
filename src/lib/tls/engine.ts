/**
 * The TLS engine: octets in; octets and events out. It does no I/O of its own. What comes from the transport goes into `receive`, what
 * `take` returns goes to it, and `events` tells in order what happened.
 *
 * @example
 * const engine = TlsEngine.client(clientConfig({ verify: acceptAny }), { serverName: 'example.com' });
 * engine.start();
 * socket.write(Buffer.concat(engine.take()));
 * socket.on('data', (bytes) => { engine.receive(bytes); for (const event of engine.events()) … });
 */
import { createHash } from 'node:crypto';
import { ALERT_LEVEL, type AlertName } from '../registry/tls-alerts.ts';
import { SIGNATURE_SCHEMES } from '../registry/tls-signatures.ts';
import { TLS13 } from '../registry/tls-versions.ts';
import { Certificate } from '../x509/certificate.ts';
import type { ClientConfig, ConnectionOptions, ServerConfig } from './config.ts';
import { Connection } from './connection.ts';
import type { TlsEvent } from './events.ts';
import { clientHandshake } from './handshake/client.ts';
import { serverHandshake } from './handshake/server.ts';
import type { ConnectionInfo } from './info.ts';
import { MAX_PLAINTEXT } from './record/limits.ts';
import type { Session } from './session/session.ts';

/** One side of a connection. */
export class TlsEngine {
  readonly #c: Connection;
  #started = false;
  #early: Uint8Array[] = [];

  private constructor(c: Connection) {
    this.#c = c;
  }

  /** A client. `start` sends its hello. */
  static client(config: ClientConfig, options: ConnectionOptions = {}): TlsEngine {
    return new TlsEngine(new Connection(config, options));
  }

  /** A server. */
  static server(config: ServerConfig, options: ConnectionOptions = {}): TlsEngine {
    return new TlsEngine(new Connection(config, options));
  }

  /** What was negotiated and what the peer showed; complete after the event `secure`. */
  get info(): Readonly<ConnectionInfo> {
    return this.#c.info;
  }

  get side(): 'client' | 'server' {
    return this.#c.config.side;
  }

  /** Begins the handshake. A client's hello is there to take. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    const c = this.#c;
    if (c.config.side === 'client') c.run(clientHandshake(c, undefined, this.#early));
    else c.run(serverHandshake(c));
  }

  /**
   * Octets from the transport, in pieces of any size. They must not change afterwards, unless `reused` says that their memory will be used
   * again: then what is still needed is copied. That suits sockets that read into one buffer (`onread` of net.Socket), which is quicker.
   */
  receive(bytes: Uint8Array, reused = false): void {
    this.start();
    this.#c.receive(bytes, reused);
  }

  /** The transport has ended. Without close_notify before it that is a failure (RFC 8446 section 6.1). */
  receiveEnd(): void {
    this.start();
    this.#c.receiveEnd();
  }

  /** Octets for the transport, in order; an empty list when there are none. */
  take(): Buffer[] {
    let taken: Buffer[] = [];
    this.#c.guard(() => {
      taken = this.#c.out.take();
    });
    return taken;
  }

  /** Whether `take` has something. */
  get waiting(): boolean {
    return this.#c.out.waiting;
  }

  /** What happened since the last call. */
  events(): TlsEvent[] {
    return this.#c.takeEvents();
  }

  /** Whether application data may be sent. */
  get writable(): boolean {
    return this.#c.writable;
  }

  /** Whether the first handshake is done. */
  get secure(): boolean {
    return this.#c.secure;
  }

  /** Whether a handshake, or something like it after the first one, is under way. */
  get busy(): boolean {
    return this.#c.busy;
  }

  /** Whether the connection is over. */
  get closed(): boolean {
    return this.#c.closed;
  }

  /**
   * Octets that were received and not looked at yet: the rest of a record, and all that comes while an asynchronous hook is at work. The
   * engine keeps them, however many there are: stop reading from the transport when there are too many, until `wake` is called.
   */
  get unread(): number {
    return this.#c.incoming.left;
  }

  /** Whether the peer has said that it will send no more. */
  get ended(): boolean {
    return this.#c.ended;
  }

  /**
   * Sends application data, in as many records as they need.
   *
   * @throws RangeError while none may be sent; see `writable`
   */
  send(bytes: Uint8Array): void {
    if (!this.#c.writable) throw new RangeError('application data cannot be sent now');
    this.#c.sendData(bytes);
  }

  /**
   * Sends early data (RFC 8446 section 4.2.10): before `start` or until the server has answered. Returns how many octets went, or will go:
   * when the event `early_data` says that they were rejected, it is for the application to send them again.
   */
  sendEarly(bytes: Uint8Array): number {
    if (!this.#started) {
      const most = this.#c.options.session?.maxEarlyData ?? 0;
      const queued = this.#early.reduce((sum, one) => sum + one.length, 0);
      const length = Math.min(bytes.length, Math.max(0, most - queued));
      if (length > 0) this.#early.push(bytes.subarray(0, length));
      return length;
    }
    return this.#c.sendEarly(bytes);
  }

  /** Says close_notify; nothing can be sent after it. What the peer still sends can be read. */
  close(): void {
    this.#c.guard(() => this.#c.close());
  }

  /** Ends without a word to the peer. */
  abandon(): void {
    this.#c.abandon();
  }

  /** Sends any alert. A fatal one ends the connection. */
  alert(name: AlertName, level: 'warning' | 'fatal' = 'fatal'): void {
    if (this.#c.closed) return;
    this.#c.guard(() => this.#c.sendAlert(name, ALERT_LEVEL[level]));
    if (name === 'no_renegotiation') this.#c.operations.declineRenegotiation?.();
    if (level === 'fatal') this.#c.abandon();
  }

  /** Gives up for a reason, with its alert. */
  fail(error: unknown): void {
    this.#c.fail(error);
  }

  /**
   * TLS 1.3: changes the keys of our direction; `request` asks the peer to change its own.
   *
   * @throws RangeError for other versions and before the handshake is done
   */
  updateKeys(request = false): void {
    const { updateKeys } = this.#c.operations;
    if (!updateKeys || !this.#c.writable) throw new RangeError('keys can be updated in TLS 1.3, after the handshake');
    this.#c.guard(() => updateKeys(request));
  }

  /**
   * Before TLS 1.3: another handshake on this connection. A server asks for one by HelloRequest.
   *
   * @throws RangeError for TLS 1.3, before the handshake is done, and with a peer without secure renegotiation
   */
  renegotiate(): void {
    const { renegotiate } = this.#c.operations;
    if (!renegotiate || !this.#c.writable)
      throw new RangeError('no renegotiation in TLS 1.3, nor before the handshake is done');
    renegotiate();
  }

  /**
   * TLS 1.3 servers: asks for a certificate after the handshake. The event `authentication` tells of the answer.
   *
   * @throws RangeError elsewhere, and for a client that did not offer it
   */
  requestCertificate(): void {
    const { requestCertificate } = this.#c.operations;
    if (!requestCertificate)
      throw new RangeError('post-handshake authentication is for TLS 1.3 servers, after the handshake');
    requestCertificate();
  }

  /** The most octets of content in a record from here on, 512 to 16384; never more than was negotiated. */
  limitFragments(octets: number): void {
    if (octets < 512 || octets > MAX_PLAINTEXT)
      throw new RangeError(`records of ${octets} octets; 512 to 16384 may be`);
    this.#c.out.limit = Math.min(octets, this.#c.info.sendLimit ?? MAX_PLAINTEXT);
  }

  /** Emits an event for each handshake message from here on, whatever `messageEvents` says. */
  tellMessages(): void {
    this.#c.messageEvents = true;
  }

  /** Emits key log lines from here on, whatever `keyLog` says. */
  tellKeys(): void {
    this.#c.keyLog = true;
  }

  /** TLS 1.3 servers: sends more tickets. Throws RangeError elsewhere. */
  sendTickets(count: number): void {
    const { newTickets } = this.#c.operations;
    if (!newTickets) throw new RangeError('tickets can be sent by TLS 1.3 servers, after the handshake');
    newTickets(count);
  }

  /**
   * Exported keying material (RFC 5705, RFC 8446 section 7.5). Before TLS 1.3 no context differs from an empty one.
   *
   * @throws RangeError before the keys are there
   */
  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): Buffer {
    const { exporter } = this.#c;
    if (!exporter) throw new RangeError('there are no keys yet');
    return exporter.export(label, context, length);
  }

  /** The same of early data's keys. Throws RangeError when there are none. */
  exportEarlyKeyingMaterial(length: number, label: string, context?: Uint8Array): Buffer {
    const { earlyExporter } = this.#c;
    if (!earlyExporter) throw new RangeError('there are no early data');
    return earlyExporter.export(label, context, length);
  }

  /**
   * A channel binding: `tls-unique` (RFC 5929 section 3; undefined in TLS 1.3), `tls-server-end-point` (section 4; undefined without a
   * certificate), `tls-exporter` (RFC 9266; undefined without
   * extended_master_secret).
   */
  channelBinding(type: 'tls-unique' | 'tls-server-end-point' | 'tls-exporter'): Buffer | undefined {
    const { info } = this.#c;
    if (type === 'tls-exporter') {
      // without the session hash both sides of a man in the middle have the same keys (RFC 9266 section 3)
      if (info.version?.code !== TLS13 && !info.extendedMasterSecret) return undefined;
      return this.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', new Uint8Array(0));
    }
    if (type === 'tls-unique') {
      return info.version?.code === TLS13 || !info.firstFinished ? undefined : Buffer.from(info.firstFinished);
    }
    const der = this.side === 'client' ? info.peerChain[0] : info.credential?.chain[0];
    return der && createHash(bindingHash(der)).update(der).digest();
  }

  /**
   * The session of the connection, for programs that show it; undefined before there is a master secret, and in TLS 1.3, whose sessions come
   * with tickets by the event `session`.
   */
  currentSession(): Session | undefined {
    return this.#c.session?.();
  }

  /** Schemes that both sides have, in our order, by name: what the peer may sign by. */
  sharedSchemes(): readonly string[] {
    const peer = new Set(this.#c.info.peerSchemes);
    return [...this.#c.config.verifySchemes.keys()]
      .filter((code) => peer.has(code))
      .map((code) => SIGNATURE_SCHEMES.get(code) ?? `${code}`);
  }

  /** Sends a record of any type and content, protected as others are: for tests of peers. */
  sendRecord(type: number, content: Uint8Array): void {
    this.#c.guard(() => this.#c.out.raw(type, content));
  }
}

/** The hash of a certificate's signature, SHA-256 for MD5, SHA-1 and for signatures without one (RFC 5929 section 4.1). */
function bindingHash(der: Uint8Array): string {
  const { oid } = Certificate.read(der).signatureAlgorithm;
  const known: Readonly<Record<string, string>> = {
    '1.2.840.113549.1.1.12': 'sha384',
    '1.2.840.113549.1.1.13': 'sha512',
    '1.2.840.113549.1.1.14': 'sha224',
    '1.2.840.10045.4.3.1': 'sha224',
    '1.2.840.10045.4.3.3': 'sha384',
    '1.2.840.10045.4.3.4': 'sha512',
  };
  return known[oid] ?? 'sha256';
}
