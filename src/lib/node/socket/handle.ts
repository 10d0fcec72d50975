/**
 * The engine on a transport, in the place of what Node's sockets have as `_handle` and `ssl`: the methods of that object that node:net calls, and
 * those that programs are known to call, have Node's names. What happens is told to the socket through `HandleOwner`.
 */
import { AsyncResource } from 'node:async_hooks';
import { constants } from 'node:os';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLS13 } from '../../registry/tls-versions.ts';
import { TlsEngine, type TlsEvent, type TlsFailure } from '../../tls/index.ts';
import { ENDS, canceled } from '../errors/connection.ts';
import type { SecureContext } from '../context/secure-context.ts';
import type { ContextState } from '../context/state.ts';
import { traceText } from '../../tls/trace/text.ts';
import { noRenegotiation, nothingToSpeak, sslError } from '../errors/ssl.ts';
import { Facts } from './facts.ts';
import type { HandleOwner } from './handle-owner.ts';
import { newCount, type HandshakeCount } from './renegotiation.ts';
import { canSend, clientConfigOf, newSettings, serverConfigOf, type Settings } from './settings.ts';
import type { OnRead } from './stream-side.ts';
import { Transport } from './transport.ts';

type Done = (error?: Error | null) => void;

interface Pending {
  readonly bytes: Uint8Array;
  readonly done: Done;
}

/** Octets that may wait for the network or for a hook before nothing more is read. */
const MAX_WAITING = 1 << 20;

export class TlsHandle extends Facts {
  readonly settings: Settings;
  /** The object with what the context was made of; `singleUse` belongs to one connection. */
  _secureContext: SecureContext | undefined;
  /** The stream below, as Node names it. */
  _parentWrap: Duplex | null = null;
  bytesRead = 0;
  bytesWritten = 0;
  reading = false;
  engine: TlsEngine | undefined;
  /** Memory of the program's that is read into. */
  memory: OnRead | undefined;
  readonly handshakes: HandshakeCount = newCount();
  /** A client: whether the program was told that the connection is secure, and the session that came before. */
  isVerified = false;
  pendingSession: Buffer | undefined;
  readonly #owner: HandleOwner;
  /** Where callbacks are called: in the context of whoever made the connection, as with Node's own handles, whatever brought the octets. */
  readonly #context = new AsyncResource('TLSWRAP');
  #transport: Transport | undefined;
  #pending: Pending[] = [];
  #pumping = false;
  /** What is still to be told. */
  readonly #events: TlsEvent[] = [];
  #wantsData = true;
  #over = false;
  #stoppedForUs = false;
  #refused = false;
  #cutOff = false;
  #ended = false;
  #held = false;
  /** Our direction is closed, or about to be: what cannot be sent any more is no error. */
  shuttingDown = false;

  constructor(owner: HandleOwner, context: SecureContext, server: boolean) {
    super();
    this.#owner = owner;
    this._secureContext = context;
    this.settings = newSettings(server, context.context);
  }

  /** Gives the handle the stream that it is to use, or a socket of its own, which is still to be connected. */
  attach(stream: Duplex | undefined): Duplex {
    const handlers = {
      data: (bytes: Uint8Array, reused: boolean): void =>
        this.#context.runInAsyncScope(this.receive, this, bytes, reused),
      end: (): void => this.#context.runInAsyncScope(this.#transportEnd, this),
      drained: (): void => this.#flow(),
    };
    const transport = stream ? new Transport(stream, handlers) : Transport.connecting(handlers);
    this.#transport = transport;
    this._parentWrap = transport.stream;
    transport.stream.on('drain', () => this.#flow());
    return transport.stream;
  }

  /** Begins the handshake: a client's hello goes out. */
  start(): void {
    if (this.#over || !this.#transport) return;
    this.#engine()?.start();
    this.#pump();
  }

  /** Begins to read, which on a server begins the handshake. */
  readStart(): number {
    this.reading = true;
    this.#wantsData = true;
    if (this.#over || !this.#transport) return 0;
    // a server that cannot have one says so to a client that has said something
    if (this.settings.server) this.#made();
    this.#transport.start();
    this.#flow();
    return 0;
  }

  readStop(): number {
    this.reading = false;
    this.#wantsData = false;
    this.#flow();
    return 0;
  }

  /** Undefined where the context leaves nothing to speak: then the connection is over, and that has been told. */
  #engine(): TlsEngine | undefined {
    const engine = this.#made();
    if (engine instanceof TlsEngine) return engine;
    if (!this.#refused) {
      this.#refused = true;
      const { alert, error } = nothingToSpeak(engine, this.settings.server ? 'server' : 'client');
      if (alert) this.#transport?.write([alert]);
      this.#owner.failed(error);
    }
    return undefined;
  }

  #made(): TlsEngine | Error {
    try {
      return (this.engine ??= this.#newEngine());
    } catch (error) {
      return error as Error;
    }
  }

  #newEngine(): TlsEngine {
    const { settings } = this;
    const wake = (): void => this.#context.runInAsyncScope(this.#pump, this);
    const { servername, session } = settings;
    // OpenSSL keeps a name only if the server has acknowledged it; to keep sessions by name is the program's affair
    const named = session && { ...session, serverName: servername ?? '' };
    return settings.server
      ? TlsEngine.server(serverConfigOf(settings), { wake })
      : TlsEngine.client(clientConfigOf(settings), { wake, serverName: servername, session: named });
  }

  /** Octets of the transport: from it, or from a program that read them. */
  receive(bytes: Uint8Array, reused = false): void {
    if (this.#over) return;
    this.#engine()?.receive(bytes, reused);
    this.#pump();
  }

  #transportEnd(): void {
    if (this.#over) return;
    const engine = this.#engine();
    // as with Node's sockets: what is cut off is an end, and ours may go on sending
    this.#cutOff = true;
    if (engine && !engine.secure) {
      engine.receiveEnd();
      this.#pump();
    }
    this.#end();
  }

  #end(): void {
    if (this.#ended || this.#over) return;
    this.#ended = true;
    this.hand();
  }

  /** Sends application data, after the handshake if it is not done. `done` is called when the transport has them. */
  write(bytes: Uint8Array, done: Done): void {
    this.bytesWritten += bytes.length;
    const engine = this.#over ? undefined : this.#engine();
    if (!engine || engine.closed) {
      done(canceled());
      return;
    }
    engine.start();
    if (this.#pending.length > 0 || !canSend(engine)) {
      this.#pending.push({ bytes, done: AsyncResource.bind(done) });
      this.#pump();
      return;
    }
    this.#send(engine, bytes, done);
    this.#pump();
  }

  #send(engine: TlsEngine, bytes: Uint8Array, done: Done): void {
    engine.send(bytes);
    if (!this.#flush(done)) process.nextTick(done);
  }

  /** Gives the transport what there is. */
  #flush(done?: Done): boolean {
    this.#held = false;
    const pieces = this.engine?.take() ?? [];
    if (pieces.length === 0 || !this.#transport) return false;
    const { stream } = this.#transport;
    if (stream.destroyed || stream.writableEnded) return false;
    this.#transport.write(pieces, done);
    return true;
  }

  #sendPending(): void {
    const { engine } = this;
    if (!engine) return;
    while (this.#pending.length > 0 && !this.#over && canSend(engine)) {
      const { bytes, done } = this.#pending.shift() as Pending;
      this.#send(engine, bytes, done);
    }
    // that the peer has gone is told first
    if (engine.closed && !this.#cutOff) this.#cancel();
  }

  /** What was not sent never will be. */
  #cancel(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { done } of pending) done(canceled());
  }

  /** Carries out and tells all that there is. */
  #pump(): void {
    const { engine } = this;
    if (this.#pumping || this.#over || !engine) return;
    this.#pumping = true;
    try {
      for (;;) {
        // what programs write when they hear of something goes out with what the engine has to say of it
        const told = this.#tellAll(engine);
        if (this.#over) break;
        if (engine.waiting && !this.#held) this.#flush();
        else if (!told) break;
      }
      this.#sendPending();
    } catch (error) {
      // what a program throws when it hears of something is its own affair: the connection goes on
      setImmediate(() => this.#context.runInAsyncScope(this.#pump, this));
      throw error;
    } finally {
      this.#pumping = false;
    }
    this.#flow();
  }

  /** Tells what happened; false when that was nothing. */
  #tellAll(engine: TlsEngine): boolean {
    this.#events.push(...engine.events());
    let event = this.#events.shift();
    if (!event) return false;
    for (; event; event = this.#events.shift()) this.#told(event);
    this.handGathered();
    return true;
  }

  #told(event: TlsEvent): void {
    if (this.settings.trace) process.stderr.write(traceText(event));
    if (this.#over) return;
    const owner = this.#owner;
    switch (event.type) {
      case 'data':
        this.bytesRead += event.bytes.length;
        this.hand(event.bytes);
        break;
      case 'secure':
        this.#holdTickets();
        owner.handshakeDone();
        break;
      case 'session':
        this.lastSession = event.session;
        owner.sessionMade(event.session);
        break;
      case 'keylog':
        owner.keyLogged(event.line);
        break;
      case 'renegotiation':
        if (event.by === 'peer' && !event.refused) owner.handshakeStarted();
        // OpenSSL gives up where a peer does not want another handshake
        if (event.by === 'us' && event.refused) owner.failed(noRenegotiation());
        break;
      case 'end':
        this.#end();
        break;
      case 'failure':
        this.#failed(event.failure);
        break;
      default:
    }
  }

  override get parsed(): boolean {
    return this.#owner.parsed;
  }

  protected override deliver(bytes?: Uint8Array): void {
    if (!bytes) this.#owner.ended();
    else if (!this.#owner.received(bytes)) this.readStop();
  }

  isClosing(): boolean {
    return this.#over;
  }

  /**
   * TLS 1.3: a server's tickets wait for what the program has to send, or for the next turn. So they share a segment with it, and do not meet a
   * client that closes at once.
   */
  #holdTickets(): void {
    if (!this.settings.server || this.engine?.info.version?.code !== TLS13) return;
    this.#held = true;
    setImmediate(() => {
      this.#held = false;
      if (!this.#over) this.#flush();
    });
  }

  #failed(failure: TlsFailure): void {
    this.handGathered();
    this.#flush();
    if (ENDS.has(failure.reason)) {
      this.#end();
      return;
    }
    const { engine, settings } = this;
    const error = failure.cause instanceof Error && failure.reason === 'hook_failed' ? failure.cause : undefined;
    this.#owner.failed(
      error ?? sslError(failure, settings.server ? 'server' : 'client', engine?.info.version?.code ?? 0),
    );
  }

  /** Reads from the network while somebody wants what comes, and neither hooks nor the peer are behind. */
  #flow(): void {
    const transport = this.#transport;
    if (!transport || this.#over) return;
    const piling = (this.engine?.unread ?? 0) > MAX_WAITING || transport.queued > MAX_WAITING;
    const stop = !this.#wantsData || piling;
    if (stop === this.#stoppedForUs) return;
    this.#stoppedForUs = stop;
    transport.pause(stop);
  }

  /** Says close_notify and closes our direction. `done` is called when the transport has done so. */
  shutdown(done: Done): void {
    const { engine } = this;
    const stream = this.#transport?.stream;
    if (!stream || this.#over) {
      done();
      return;
    }
    this.shuttingDown = true;
    if (engine?.secure) {
      engine.close();
      this.#flush();
      this.#pump();
    }
    if (stream.destroyed || stream.writableFinished) done();
    else stream.end(() => done());
  }

  /** Ends it all: `done` is called when the stream below is closed. */
  close(done?: () => void): void {
    const stream = this._parentWrap;
    this.destroySSL();
    if (!stream) {
      if (done) setImmediate(done);
      return;
    }
    // not within the call: an error is told before the end
    if (stream.closed) {
      if (done) setImmediate(done);
      return;
    }
    // a stream that never says so is closed all the same
    if ('_handle' in stream) stream.once('close', () => done?.());
    else if (done) setImmediate(done);
    stream.destroy();
  }

  /** Forgets the connection's state and fails what was not sent. */
  destroySSL(): void {
    if (this.#over) return;
    this.#over = true;
    this.engine?.abandon();
    const pending = this.#pending;
    this.#pending = [];
    for (const { done } of pending) done(canceled());
  }

  /** The program has heard that the connection is secure. Returns the session that it has not heard of. */
  verified(): Buffer | undefined {
    this.isVerified = true;
    const { pendingSession } = this;
    this.pendingSession = undefined;
    return pendingSession;
  }

  // ---- what is set before and after the handshake

  setVerifyMode(requestCert: boolean, rejectUnauthorized: boolean): void {
    this.settings.requestCert = requestCert;
    this.settings.rejectUnauthorized = rejectUnauthorized;
  }

  /** @param protocols names as they stand in the extension (RFC 7301 section 3.1), without the length of the list */
  setALPNProtocols(protocols: Uint8Array): void {
    const names: Uint8Array[] = [];
    for (let at = 0; at < protocols.length; at += 1 + (protocols[at] ?? 0)) {
      names.push(Buffer.from(protocols.subarray(at + 1, at + 1 + (protocols[at] ?? 0))));
    }
    this.settings.alpn = names;
  }

  /** Tells keys to whoever listens, from here on. */
  logKeys(): void {
    this.settings.keyLog = true;
    this.engine?.tellKeys();
  }

  /** Writes what goes by to stderr, from here on. */
  trace(): void {
    this.settings.trace = true;
    this.engine?.tellMessages();
  }

  /** The certificate of this connection, in place of the context's. */
  setKeyCert(context: ContextState): void {
    this.settings.credentials = context.credentials;
  }

  /** Another handshake (before TLS 1.3). Throws what the engine throws where there is none. */
  renegotiate(): void {
    if (!this.engine) throw new RangeError('the handshake has not begun');
    this.engine.renegotiate();
    this.#pump();
  }

  /** Returns 1 when the size is one that a record may have, as OpenSSL does. */
  setMaxSendFragment(size: number): number {
    if (size < 512 || size > 16_384) return 0;
    this.settings.maxSendFragment = size;
    this.engine?.limitFragments(size);
    return 1;
  }

  // ---- what node:net asks of a handle, answered by the socket below

  get #below(): Socket | undefined {
    return this._parentWrap instanceof Socket ? this._parentWrap : undefined;
  }

  ref(): void {
    this.#below?.ref();
  }

  unref(): void {
    this.#below?.unref();
  }

  setNoDelay(on: boolean): number {
    this.#below?.setNoDelay(on);
    return 0;
  }

  /** @param delay seconds */
  setKeepAlive(on: boolean, delay: number): number {
    this.#below?.setKeepAlive(on, delay * 1000);
    return 0;
  }

  getpeername(out: object): number {
    return this.#address('getpeername', out);
  }

  getsockname(out: object): number {
    return this.#address('getsockname', out);
  }

  #address(name: 'getpeername' | 'getsockname', out: object): number {
    const below = this.#below as unknown as { _handle?: Record<string, (out: object) => number> | null } | undefined;
    return below?._handle?.[name]?.(out) ?? -constants.errno.ENOTCONN;
  }
}
