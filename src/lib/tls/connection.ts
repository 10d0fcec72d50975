/**
 * One connection: records in and out, the script that is running, and what records mean beside it. Scripts (handshake/) see a connection
 * through the methods of this class; applications through engine.ts. Everything that affects its state lives here.
 */
import { annotate, decode, encode, rest, type Schema } from '../codec/index.ts';
import { ALERT, ALERT_LEVEL, type AlertName } from '../registry/tls-alerts.ts';
import { HANDSHAKE_TYPES } from '../registry/tls-codes.ts';
import type { DecodedName, Reason } from '../registry/tls-reasons.ts';
import type { Version } from '../registry/tls-versions.ts';
import type { Config, ConnectionOptions } from './config.ts';
import type { Direction, TlsEvent } from './events.ts';
import { TlsFailure, decoding, fail } from './failure.ts';
import type { Script } from './handshake/script.ts';
import { Incoming } from './incoming.ts';
import { newInfo, type ConnectionInfo } from './info.ts';
import { isIdleRequest, misplacedReason } from './misplaced.ts';
import { Outgoing, type RawMessage, type RecordOpener, type RecordSealer } from './record/index.ts';
import { Transcript, type TranscriptHash } from './schedule/index.ts';
import type { Session } from './session/session.ts';
import { ScriptRunner } from './scripts.ts';
import { forgetSession } from './session/store.ts';
import { MESSAGES, changeCipherSpec, handshakeMessage } from './wire/index.ts';

/** A message as a script expects it. */
export interface Kind<T> {
  readonly name: DecodedName;
  readonly type: number;
  readonly schema: Schema<T>;
}

/** What an application may do with a connection, set by the handshake that made it possible. */
export interface Operations {
  /** TLS 1.3: KeyUpdate. */
  updateKeys?(request: boolean): void;
  /** TLS 1.3 server: authentication after the handshake. */
  requestCertificate?(): void;
  /** TLS 1.3 server: more tickets. */
  newTickets?(count: number): void;
  /** Before TLS 1.3: another handshake; ours is refused by the peer; the peer's is refused by us. */
  renegotiate?(): void;
  renegotiationRefused?(): void;
  declineRenegotiation?(): void;
}

/** What exports keying material (RFC 5705, RFC 8446 section 7.5). */
export interface KeyingMaterial {
  export(label: string, context: Uint8Array | undefined, length: number): Buffer;
}

/** What a connection does with messages when no script runs; a script of its own for those that need one. */
export type PostHandler = (raw: RawMessage) => Script<void> | undefined;

/** Why a running script is ended from outside. */
export const RENEGOTIATION_REFUSED: unique symbol = Symbol('renegotiation refused');

export class Connection {
  readonly config: Config;
  readonly options: ConnectionOptions;
  readonly info: ConnectionInfo = newInfo();
  readonly out: Outgoing;
  readonly incoming: Incoming;
  transcript: Transcript = new Transcript();
  /** Whether the first handshake is done. */
  secure = false;
  /** Whether application data may go out: after the handshake, on a TLS 1.3 server after its Finished. */
  writable = false;
  /** Whether application data may come in. */
  readable = false;
  /** Octets of early data that may still come in; undefined when none may. */
  earlyBudget: number | undefined;
  /** What to do with messages after the handshake. */
  post: PostHandler = () => fail('message_unexpected');
  operations: Operations = {};
  /** Octets of early data that may still go out; undefined when none may. */
  earlyWritable: number | undefined;
  /** Exporters: of early data, and of the connection. */
  earlyExporter: KeyingMaterial | undefined;
  exporter: KeyingMaterial | undefined;
  /** The session as far as it can be told now: before TLS 1.3 from the master secret on. */
  session: (() => Session) | undefined;
  /** Whether messages and keys are told. */
  messageEvents: boolean;
  keyLog: boolean;
  /** KeyUpdates of the peer since its last data. */
  quiet = 0;
  /** What is missing when change_cipher_spec comes now; undefined where no more is to say than that it may not. */
  missing: Reason | undefined;
  /** Whether the first hello has passed and TLS 1.3 may come of it. */
  maybeTls13 = false;
  /** Called with a KeyUpdate to be made when a key has protected nearly all that it may. */
  renewKeys: (() => void) | undefined;
  #events: TlsEvent[] = [];
  readonly #scripts: ScriptRunner;
  #held: Uint8Array[] = [];
  #hold = false;
  #dead = false;
  #sentClose = false;
  #gotClose = false;
  #told = false;

  constructor(config: Config, options: ConnectionOptions) {
    this.config = config;
    this.options = options;
    this.messageEvents = config.messageEvents;
    this.keyLog = config.keyLog;
    this.#scripts = new ScriptRunner((resume) => this.#settled(resume));
    const trace = config.traceRecords;
    this.out = new Outgoing(
      config.maxSendFragment,
      trace ? (record, type, length) => this.#traceRecord('out', record, type, length) : undefined,
    );
    this.incoming = new Incoming(this, trace ? this.#traceRecord.bind(this) : undefined);
  }

  // ---- what the engine calls

  /** Starts a script, or queues it behind the one that runs. */
  run(script: Script<void>): void {
    if (!this.#dead) this.guard(() => this.#scripts.run(script));
  }

  /** Octets of the transport. */
  receive(bytes: Uint8Array, reused = false): void {
    if (this.#gotClose) this.#afterClose();
    if (this.#dead || this.#gotClose) return;
    // messages of a handshake are kept as they came; what a cipher has opened stands elsewhere
    const kept = reused && (!this.secure || this.busy || this.info.suite?.bulk.kind === 'null');
    this.guard(() => {
      this.incoming.push(kept ? Buffer.from(bytes) : bytes);
      this.#pump();
      if (reused && !kept) this.incoming.own();
    });
  }

  /** The end of the transport's octets. */
  receiveEnd(): void {
    if (this.#dead) return;
    if (this.#gotClose || this.#sentClose) {
      this.#die(this.#gotClose && this.#sentClose);
      return;
    }
    const inside = this.incoming.inside;
    this.#fail(
      new TlsFailure(!this.secure ? 'closed_in_handshake' : inside ? 'closed_in_record' : 'closed_without_notify'),
    );
  }

  /** Sends application data, or keeps them while a renegotiation is under way. */
  sendData(bytes: Uint8Array): void {
    if (this.#hold) {
      this.#held.push(bytes);
      return;
    }
    this.guard(() => {
      const records = Math.ceil(bytes.length / this.out.limit) + 1;
      if (this.out.left <= records + RESERVE) this.renewKeys?.();
      this.out.data(bytes);
    });
  }

  /** Sends early data as far as the session allows. Returns how many octets went. */
  sendEarly(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, this.earlyWritable ?? 0);
    if (length === 0) return 0;
    this.guard(() => this.out.data(bytes.subarray(0, length)));
    this.earlyWritable = (this.earlyWritable ?? 0) - length;
    return length;
  }

  /** close_notify. Nothing is sent after it. */
  close(): void {
    if (this.#dead || this.#sentClose) return;
    this.sendAlert('close_notify', ALERT_LEVEL.warning);
    this.#sentClose = true;
    this.writable = false;
    if (this.#gotClose) this.#die(true);
  }

  /** Ends without a word to the peer. */
  abandon(): void {
    this.#die(false);
  }

  /** Gives up for a reason. */
  fail(error: unknown): void {
    this.#fail(error);
  }

  takeEvents(): TlsEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  get closed(): boolean {
    return this.#dead;
  }

  get closeSent(): boolean {
    return this.#sentClose;
  }

  /** Whether the peer has said close_notify. */
  get ended(): boolean {
    return this.#gotClose;
  }

  /** Whether a script runs: a handshake, or what comes after it. */
  get busy(): boolean {
    return this.#scripts.busy;
  }

  // ---- what scripts and the way in call

  emit(event: TlsEvent): void {
    this.#events.push(event);
  }

  /** Runs `what`; whatever it throws ends the connection. */
  guard(what: () => void): void {
    try {
      what();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Encodes and sends a handshake message, and adds it to the transcript. Returns it with its header. */
  send<T>(kind: Kind<T>, value: T): Uint8Array {
    return this.#sendRaw(kind, encode(kind.schema, value, kind.type), true);
  }

  /** The same, outside of the transcript. */
  sendValue<T>(kind: Kind<T>, value: T): Uint8Array {
    return this.#sendRaw(kind, encode(kind.schema, value, kind.type), false);
  }

  /** Sends a handshake message whose body is encoded. */
  sendBody<T>(kind: Kind<T>, body: Uint8Array, inTranscript = true): Uint8Array {
    return this.#sendRaw(kind, encode(handshakeMessage, { type: kind.type, body }), inTranscript);
  }

  #sendRaw<T>(kind: Kind<T>, message: Uint8Array, inTranscript: boolean): Uint8Array {
    let raw = message;
    const tapped = this.config.tap?.({ name: kind.name, type: kind.type, raw });
    if (tapped) raw = tapped instanceof Uint8Array ? tapped : Buffer.concat(tapped);
    if (raw.length === 0) return raw;
    if (inTranscript) this.transcript.add(raw);
    this.out.handshake(raw, tapped && !(tapped instanceof Uint8Array) ? tapped : undefined);
    this.#messageEvent('out', kind.name, raw, kind.schema);
    return raw;
  }

  /** Decodes a message that came, and adds it to the transcript. */
  read<T>(kind: Kind<T>, raw: RawMessage, inTranscript = true): T {
    this.#messageEvent('in', kind.name, raw.raw, kind.schema);
    const value = decoding(kind.name, () => decode(kind.schema, raw.body));
    if (inTranscript) this.transcript.add(raw.raw);
    return value;
  }

  /** Refuses a message that may not come now. */
  unexpected(raw: RawMessage, wanted: string): never {
    const name = HANDSHAKE_TYPES.get(raw.type) ?? `${raw.type}`;
    const known = MESSAGES.find((one) => one.type === raw.type);
    this.#messageEvent('in', name, raw.raw, known?.schema ?? rest());
    return fail(misplacedReason(this.info, raw.type, wanted), `${name} where ${wanted} belongs`);
  }

  /** Takes the negotiated version: records of TLS 1.3 ignore theirs, others must have it. */
  useVersion(version: Version): void {
    this.info.version = version;
    this.incoming.useVersion(version.code);
  }

  /** Protects what goes out from here on. */
  protectOut(sealer: RecordSealer, tls13 = false): void {
    if (tls13) this.out.padding = this.config.padding;
    this.out.protect(sealer);
  }

  /** Removes protection from what comes in from here on. Refuses messages that reach over. */
  protectIn(opener: RecordOpener): void {
    this.incoming.protect(opener);
  }

  /** The hash of the transcript while it has none yet of its own. */
  transcriptOf(hash: TranscriptHash): Buffer {
    const copy = this.transcript.copy();
    copy.start(hash);
    return copy.digest();
  }

  sendChangeCipherSpec(): void {
    this.out.changeCipherSpec();
    this.#ccsEvent('out');
  }

  /** The change_cipher_spec of middlebox compatibility. */
  sendPlainChangeCipherSpec(): void {
    this.out.plainChangeCipherSpec();
    this.#ccsEvent('out');
  }

  sendAlert(name: AlertName, level: number): void {
    this.out.alert(ALERT[name], level);
    this.emit({ type: 'alert', direction: 'out', level, description: ALERT[name], name });
  }

  /** A line of the key log. */
  keylog(label: string, secret: Uint8Array): void {
    if (!this.keyLog) return;
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    this.emit({ type: 'keylog', line: `${label} ${hex(this.info.clientRandom)} ${hex(secret)}` });
  }

  /** Keeps application data back, or lets them go. */
  holdData(hold: boolean): void {
    this.#hold = hold;
    if (hold) return;
    const held = this.#held;
    this.#held = [];
    for (const bytes of held) this.sendData(bytes);
  }

  /** Whether a script waits for change_cipher_spec. */
  get wantsChangeCipherSpec(): boolean {
    return this.#scripts.wants === 'change_cipher_spec';
  }

  /** change_cipher_spec has come while a script waits for it. */
  gotChangeCipherSpec(): void {
    this.#ccsEvent('in');
    this.#scripts.resume();
  }

  /** change_cipher_spec has come and means nothing. */
  ignoredChangeCipherSpec(): void {
    this.#ccsEvent('in');
  }

  /** Application data have come. */
  gotData(bytes: Uint8Array): void {
    // empty records do not count: they would let KeyUpdates go on forever
    if (bytes.length === 0) return;
    this.quiet = 0;
    this.emit({ type: 'data', bytes, early: false });
  }

  /** close_notify has come; `canceled` says that user_canceled came before it (RFC 8446 section 6.1). */
  gotClose(canceled: boolean): void {
    if (!this.secure) fail(canceled ? 'peer_canceled' : 'closed_notify_in_handshake');
    this.#gotClose = true;
    this.emit({ type: 'end' });
    if (this.incoming.left > 0) this.#afterClose();
    if (this.#sentClose) this.#die(true);
    else if (!this.config.halfClose) this.close();
  }

  /** Ends the running script because the peer refused to renegotiate. */
  refuseRenegotiation(): void {
    if (this.#scripts.busy && this.secure) this.#scripts.interrupt(RENEGOTIATION_REFUSED);
    else this.operations.renegotiationRefused?.();
  }

  // ---- the driver

  #pump(): void {
    while (!this.#dead && !this.#gotClose && this.#scripts.wants !== 'wait') {
      const raw = this.incoming.nextMessage();
      if (raw) this.#dispatch(raw);
      else if (!this.incoming.step()) break;
    }
  }

  #dispatch(raw: RawMessage): void {
    if (this.wantsChangeCipherSpec) {
      if (!isIdleRequest(this.config.side, this.info, raw)) this.unexpected(raw, 'change_cipher_spec');
    } else if (this.#scripts.busy) {
      this.#scripts.resume(raw);
    } else {
      const next = this.post(raw);
      if (next) this.#scripts.run(next);
    }
  }

  /** A promise that a script waited for is settled. */
  #settled(resume: () => void): void {
    this.guard(() => {
      resume();
      this.#pump();
    });
    this.options.wake?.();
  }

  #fail(error: unknown): void {
    if (this.#dead) return;
    const failure =
      error instanceof TlsFailure
        ? error
        : new TlsFailure('internal', error instanceof Error ? error.message : String(error), error);
    if (failure.alert !== undefined && !this.#sentClose) this.#lastAlert(failure.alert);
    this.emit({ type: 'failure', failure });
    this.#die(false);
    this.guard(() => forgetSession(this.config, this.info, failure));
  }

  #lastAlert(name: AlertName): void {
    try {
      this.sendAlert(name, ALERT_LEVEL.fatal);
    } catch {
      // a key that is used up seals no alert either
    }
  }

  #die(clean: boolean): void {
    if (this.#dead) return;
    this.#dead = true;
    this.writable = false;
    this.readable = false;
    this.#scripts.stop();
    this.emit({ type: 'closed', clean });
  }

  /** What comes after close_notify must be ignored (RFC 8446 section 6.1); it is told once. */
  #afterClose(): void {
    if (this.#told) return;
    this.#told = true;
    this.emit({ type: 'remark', failure: new TlsFailure('data_after_close') });
  }

  // ---- events

  #messageEvent<T>(direction: Direction, name: string, raw: Uint8Array, schema: Schema<T>): void {
    if (!this.messageEvents) return;
    this.emit({
      type: 'message',
      direction,
      name,
      code: raw[0],
      version: this.info.version?.code ?? 0,
      raw,
      annotate: () => annotate(schema, name, raw.subarray(4)).span,
    });
  }

  #ccsEvent(direction: Direction): void {
    if (!this.messageEvents) return;
    const raw = Buffer.from([1]);
    const version = this.info.version?.code ?? 0;
    const name = 'change_cipher_spec';
    this.emit({
      type: 'message',
      direction,
      name,
      code: undefined,
      version,
      raw,
      annotate: () => annotate(changeCipherSpec, name, raw).span,
    });
  }

  #traceRecord(direction: Direction, record: Uint8Array, contentType: number, length: number): void {
    this.emit({ type: 'record', direction, header: Buffer.from(record.subarray(0, 5)), contentType, length });
  }
}

/** Records that a key keeps back for alerts and KeyUpdates. */
const RESERVE = 8;
