/** Records on their way in: what each may be at its time, and the alert for those that may not. */
import { decode } from '../codec/index.ts';
import { ALERT, ALERTS, ALERT_LEVEL } from '../registry/tls-alerts.ts';
import { CONTENT_TYPE, HANDSHAKE_TYPE, HANDSHAKE_TYPES } from '../registry/tls-codes.ts';
import { TLS13 } from '../registry/tls-versions.ts';
import type { Limits } from './config.ts';
import type { Connection } from './connection.ts';
import type { Direction } from './events.ts';
import { TlsFailure, decoding, fail } from './failure.ts';
import { misplacedReason } from './misplaced.ts';
import {
  Deframer,
  MessageReader,
  plainOpener,
  type Opened,
  type RawMessage,
  type Record,
  type RecordOpener,
} from './record/index.ts';
import { changeCipherSpec } from './wire/index.ts';

const isCertificate = (type: number): boolean =>
  type === HANDSHAKE_TYPE.certificate || type === HANDSHAKE_TYPE.compressedCertificate;

/** The most octets of a message's body. */
function limitOf(limits: Limits, type: number): number {
  if (type === HANDSHAKE_TYPE.clientHello) return limits.clientHello;
  return isCertificate(type) ? limits.certificate : limits.message;
}

type Trace = (direction: Direction, record: Uint8Array, type: number, length: number) => void;

/** The way in of a connection. */
export class Incoming {
  readonly #connection: Connection;
  readonly #deframer = new Deframer();
  readonly #messages: MessageReader;
  readonly #trace: Trace | undefined;
  #opener: RecordOpener = plainOpener;
  /** Whether records are protected, and whether one of this key has been opened. */
  #protected = false;
  #openedOne = false;
  #version: number | undefined;
  /** Octets of early data that may be passed over (RFC 8446 section 4.2.10); 0 for none. */
  #skip = 0;
  #skipped = 0;
  #empty = 0;
  #warnings = 0;
  /** Whether the last alert was user_canceled. */
  #canceled = false;
  #changes = 0;
  /** Whether another record came inside of a message before there was a version to say what that means. */
  #interleaved = false;

  constructor(connection: Connection, trace: Trace | undefined) {
    this.#connection = connection;
    this.#trace = trace;
    const { limits } = connection.config;
    this.#messages = new MessageReader((type) => limitOf(limits, type));
  }

  push(bytes: Uint8Array): void {
    this.#deframer.push(bytes);
  }

  /** Copies what waits: the memory that it came in will hold something else. */
  own(): void {
    this.#deframer.own();
  }

  /** Whether the octets so far end inside of a record or a message. */
  get inside(): boolean {
    return this.#deframer.waiting > 0 || this.#messages.pending;
  }

  /** Octets that no record was made of yet. */
  get left(): number {
    return this.#deframer.waiting;
  }

  /** Refuses messages that came with the one before a change of keys, before anything is answered to it (RFC 8446 section 5.1). */
  refuseAcrossKeys(): void {
    this.#messages.refuseAcrossKeys();
  }

  nextMessage(): RawMessage | undefined {
    return this.#messages.next();
  }

  useVersion(version: number): void {
    this.#version = version;
    if (version === TLS13 && this.#interleaved) fail('message_interleaved', 'inside of the hello');
    this.#deframer.anyVersion = version === TLS13;
  }

  protect(opener: RecordOpener): void {
    this.#messages.refuseAcrossKeys();
    this.#opener = opener;
    this.#deframer.limit = opener.fragmentLimit;
    this.#deframer.transient = opener.detached ?? false;
    this.#protected = true;
    this.#openedOne = false;
  }

  /** Passes over records that cannot be opened, `octets` at most, until one can. */
  skipEarlyData(octets: number): void {
    this.#skip = octets;
  }

  /** Handles the next record. False when there is none. */
  step(): boolean {
    const record = this.#deframer.next();
    if (!record) return false;
    const opened = this.#open(record);
    if (!opened) return true;
    this.#trace?.('in', record.header, opened.type, opened.content.length);
    this.#countEmpty(opened);
    switch (opened.type) {
      case CONTENT_TYPE.handshake:
        this.#handshake(opened.content);
        break;
      case CONTENT_TYPE.alert:
        this.#alert(opened.content);
        break;
      case CONTENT_TYPE.changeCipherSpec:
        this.#changeCipherSpec(opened.content);
        break;
      case CONTENT_TYPE.applicationData:
        this.#data(opened.content);
        break;
      default:
        this.#other(opened.type);
    }
    return true;
  }

  /** The content of a record; undefined for one that is passed over. */
  #open(record: Record): Opened | undefined {
    this.#checkVersion(record);
    if (this.#version === TLS13 && this.#protected && record.type !== CONTENT_TYPE.applicationData) {
      return this.#openPlain(record);
    }
    if (this.#skip === 0) return this.#opened(this.#opener.open(record));
    // early data that were rejected: under keys that we do not have, or after a HelloRetryRequest in front of the second hello
    if (!this.#protected) {
      if (record.type === CONTENT_TYPE.applicationData) return this.#pass(record);
      return this.#opener.open(record);
    }
    try {
      const opened = this.#opener.open(record);
      this.#skip = 0;
      return this.#opened(opened);
    } catch (error) {
      if (error instanceof TlsFailure && error.reason === 'record_bad_mac') return this.#pass(record);
      throw error;
    }
  }

  #opened(opened: Opened): Opened {
    this.#openedOne = true;
    if (this.#version === TLS13 && this.#protected && opened.type === CONTENT_TYPE.changeCipherSpec) {
      fail('change_cipher_spec_unexpected', 'a protected one');
    }
    return opened;
  }

  /** Of records without protection TLS 1.3 knows change_cipher_spec, and the alert of a peer that did not come to its keys. */
  #openPlain(record: Record): Opened {
    const { type, fragment } = record;
    if (type === CONTENT_TYPE.changeCipherSpec) return { type, content: fragment };
    if (type === CONTENT_TYPE.alert && !this.#openedOne && !this.#connection.secure) return { type, content: fragment };
    return fail('record_unprotected', `a record of type ${type}`);
  }

  #pass(record: Record): undefined {
    this.#skipped += record.fragment.length;
    if (this.#skipped > this.#skip) fail('early_data_skipped_too_much', `more than ${this.#skip} octets`);
    return undefined;
  }

  #checkVersion({ type, version }: Record): void {
    if (this.#version === undefined || this.#version === TLS13 || version === this.#version) return;
    // a client that refuses our ServerHello does not know its version: its alert counts all the same
    if (type === CONTENT_TYPE.alert && !this.#protected) return;
    fail('record_version_wrong', `0x${version.toString(16).padStart(4, '0')}`);
  }

  #countEmpty({ type, content }: Opened): void {
    if (content.length > 0) {
      this.#empty = 0;
      return;
    }
    this.#empty += 1;
    if (type === CONTENT_TYPE.applicationData && this.#empty > this.#connection.config.limits.emptyRecords) {
      fail('record_too_many_empty', `more than ${this.#connection.config.limits.emptyRecords}`);
    }
  }

  #handshake(content: Uint8Array): void {
    const begins = !this.#messages.pending;
    this.#messages.push(content);
    if (begins && this.#connection.wantsChangeCipherSpec) this.#refuseUnchanged(Buffer.from(content));
  }

  /**
   * Octets where change_cipher_spec belongs. A peer that left it out sends Finished under keys that have not begun: what looks like a
   * message that goes on is not waited for.
   */
  #refuseUnchanged(content: Buffer): void {
    const type = content[0] as number;
    const { info, config } = this.#connection;
    const whole = content.length >= 4 && content.length >= 4 + content.readUIntBE(1, 3);
    if (whole || !HANDSHAKE_TYPES.row(type)) return;
    const idle = type === HANDSHAKE_TYPE.helloRequest && content.subarray(1, 4).every((octet) => octet === 0);
    if (idle && config.side === 'client') return;
    fail(misplacedReason(info, type, 'change_cipher_spec'), HANDSHAKE_TYPES.get(type));
  }

  #changeCipherSpec(content: Uint8Array): void {
    const connection = this.#connection;
    const { version } = connection.info;
    if (connection.wantsChangeCipherSpec) {
      if (this.#messages.pending) fail('change_cipher_spec_inside_message');
      decoding('change_cipher_spec', () => decode(changeCipherSpec, content));
      connection.gotChangeCipherSpec();
      return;
    }
    const may13 = version ? version.code === TLS13 : connection.maybeTls13;
    if (connection.secure || !may13) fail(connection.missing ?? 'change_cipher_spec_unexpected');
    if (this.#messages.pending) fail('message_interleaved');
    decoding('change_cipher_spec', () => decode(changeCipherSpec, content));
    this.#changes += 1;
    if (this.#changes > connection.config.limits.changeCipherSpecs) fail('change_cipher_spec_too_many');
    connection.ignoredChangeCipherSpec();
  }

  /** TLS 1.3 forbids other records inside of a message (RFC 8446 section 5.1); RFC 5246 lets data and alerts come between its fragments. */
  #refuseInterleaved(): void {
    if (this.#version === TLS13) this.#messages.refuseInterleaved();
    else if (this.#version === undefined && this.#messages.pending) this.#interleaved = true;
  }

  #data(content: Uint8Array): void {
    const connection = this.#connection;
    if (connection.earlyBudget !== undefined) {
      this.#early(content, connection.earlyBudget);
      return;
    }
    if (!connection.readable) fail('application_data_early');
    this.#refuseInterleaved();
    if (content.length > 0) this.#warnings = 0;
    connection.gotData(content);
  }

  #early(content: Uint8Array, budget: number): void {
    this.#refuseInterleaved();
    if (content.length > budget) fail('early_data_too_much');
    this.#connection.earlyBudget = budget - content.length;
    if (content.length > 0) this.#connection.emit({ type: 'data', bytes: content, early: true });
  }

  #other(type: number): never {
    this.#refuseInterleaved();
    if (type === CONTENT_TYPE.heartbeat) fail('heartbeat_not_allowed');
    return fail('record_type_unexpected', `type ${type}`);
  }

  #alert(content: Uint8Array): void {
    if (content.length === 0) fail('record_empty_alert');
    if (content.length !== 2) fail('alert_fragmented', `${content.length} octets`);
    const [level = 0, description = 0] = content;
    const name = ALERTS.get(description) ?? 'unknown';
    this.#connection.emit({ type: 'alert', direction: 'in', level, description, name });
    if (this.#connection.info.version?.code === TLS13) this.#alert13(description, name);
    else this.#alert12(level, description, name);
  }

  /** Levels mean nothing in TLS 1.3 (RFC 8446 section 6). */
  #alert13(description: number, name: string): void {
    if (description === ALERT.close_notify) {
      this.#refuseInterleaved();
      this.#connection.gotClose(this.#canceled);
    } else if (description === ALERT.user_canceled) this.#countWarning(description);
    else this.#fatal(name, description);
  }

  #alert12(level: number, description: number, name: string): void {
    if (level !== ALERT_LEVEL.warning && level !== ALERT_LEVEL.fatal) fail('alert_level_unknown', `${level}`);
    if (level === ALERT_LEVEL.fatal && description !== ALERT.close_notify) this.#fatal(name, description);
    this.#refuseInterleaved();
    if (description === ALERT.close_notify) {
      this.#connection.gotClose(this.#canceled);
      return;
    }
    this.#countWarning(description);
    if (description === ALERT.no_renegotiation) this.#connection.refuseRenegotiation();
  }

  #countWarning(description: number): void {
    this.#canceled = description === ALERT.user_canceled;
    this.#warnings += 1;
    if (this.#warnings > this.#connection.config.limits.warnings) fail('alert_too_many_warnings');
  }

  #fatal(name: string, description: number): never {
    if (description === ALERT.user_canceled) fail('peer_canceled');
    if (name === 'unknown') fail('peer_alert_unknown', `${description}`);
    return fail('peer_alert', name);
  }
}
