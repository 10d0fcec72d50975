/** Records on their way out: handshake messages of one flight share records, and everything keeps its order. */
import { ALERT_LEVEL } from '../../registry/tls-alerts.ts';
import { CONTENT_TYPE } from '../../registry/tls-codes.ts';
import { TLS10 } from '../../registry/tls-versions.ts';
import { joined, plainSealer, type RecordSealer } from './cipher.ts';
import { fragments, splitFragments } from './fragment.ts';
import { MAX_PLAINTEXT } from './limits.ts';

/** Octets from which copying a record costs more than sending it in pieces. */
const LARGE = 4096;

/** Called with each record that was made, or with its first piece, which holds the header; with its content's type and length. */
export type RecordMade = (record: Buffer, type: number, length: number) => void;

/** The way out. */
export class Outgoing {
  /** The most octets of content in a record. */
  limit: number;
  /** Whether application data begin with a record of one octet (CBC with chained IVs). */
  split = false;
  #sealer: RecordSealer = plainSealer(TLS10);
  #flight: Uint8Array[] = [];
  #records: Buffer[] = [];
  /** Small pieces behind the last record: a tag, the next header. */
  #small: Uint8Array[] = [];
  /** TLS 1.3: octets of padding for a record. */
  padding: ((type: number, length: number) => number) | undefined;
  readonly #made: RecordMade | undefined;

  constructor(limit: number, made?: RecordMade) {
    this.limit = limit;
    this.#made = made;
  }

  /** Records that the present key may still protect. */
  get left(): number {
    return this.#sealer.left;
  }

  /** Whether there is something to take. */
  get waiting(): boolean {
    return this.#records.length > 0 || this.#flight.length > 0 || this.#small.length > 0;
  }

  /** Queues a handshake message; it is put into a record with its neighbours. With `pieces` each of them has a record of its own. */
  handshake(raw: Uint8Array, pieces?: readonly Uint8Array[]): void {
    if (!pieces) {
      this.#flight.push(raw);
      return;
    }
    this.flush();
    for (const one of pieces.flatMap((piece) => [...fragments(piece, this.limit)]))
      this.#record(CONTENT_TYPE.handshake, one);
  }

  /** Changes the protection, after what is queued is out under the old one. */
  protect(sealer: RecordSealer): void {
    this.flush();
    this.#sealer = sealer;
  }

  /** No protection, with a version in the headers. */
  plain(version: number): void {
    this.protect(plainSealer(version));
  }

  /** change_cipher_spec, in its own record. */
  changeCipherSpec(): void {
    this.#send(CONTENT_TYPE.changeCipherSpec, Buffer.from([1]));
  }

  /** change_cipher_spec for middleboxes, which is never protected (RFC 8446 appendix D.4). */
  plainChangeCipherSpec(): void {
    this.flush();
    this.#push(
      plainSealer(0x0303).seal(CONTENT_TYPE.changeCipherSpec, Buffer.from([1])),
      CONTENT_TYPE.changeCipherSpec,
      1,
    );
  }

  /** An alert. */
  alert(description: number, level: number = ALERT_LEVEL.fatal): void {
    this.#send(CONTENT_TYPE.alert, Buffer.from([level, description]));
  }

  /** Application data, in as many records as they need; no record for none. */
  data(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.flush();
    const pieces = this.split ? splitFragments(bytes, this.limit) : fragments(bytes, this.limit);
    for (const piece of pieces) this.#record(CONTENT_TYPE.applicationData, piece);
  }

  /** A record of any type and content, for tests of peers. */
  raw(type: number, content: Uint8Array): void {
    this.#send(type, content);
  }

  /** Puts the queued handshake messages into records. */
  flush(): void {
    const flight = this.#flight;
    if (flight.length === 0) return;
    this.#flight = [];
    const all = flight.length === 1 ? (flight[0] as Uint8Array) : joined(flight);
    if (all.length <= this.limit) this.#record(CONTENT_TYPE.handshake, all);
    else for (const piece of fragments(all, this.limit)) this.#record(CONTENT_TYPE.handshake, piece);
  }

  /** Takes what is to be sent: the octets of records, in pieces that need not be records. */
  take(): Buffer[] {
    this.flush();
    this.#joinSmall();
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #send(type: number, content: Uint8Array): void {
    this.flush();
    this.#record(type, content);
  }

  #record(type: number, content: Uint8Array): void {
    const wanted = this.padding?.(type, content.length) ?? 0;
    const padding = Math.max(0, Math.min(wanted, Math.min(MAX_PLAINTEXT, this.limit) - content.length));
    if (content.length < LARGE || !this.#sealer.pieces) {
      this.#push(this.#sealer.seal(type, content, padding), type, content.length);
      return;
    }
    const pieces = this.#sealer.pieces(type, content, padding);
    for (const piece of pieces) {
      if (piece.length < LARGE) this.#small.push(piece);
      else this.#large(piece);
    }
    this.#made?.(pieces[0] as Buffer, type, content.length);
  }

  /** A large piece goes out as it is; what is small between two of them is joined. */
  #large(piece: Uint8Array): void {
    this.#joinSmall();
    this.#records.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
  }

  #joinSmall(): void {
    if (this.#small.length === 0) return;
    this.#records.push(Buffer.concat(this.#small));
    this.#small = [];
  }

  #push(record: Buffer, type: number, length: number): void {
    this.#joinSmall();
    this.#records.push(record);
    this.#made?.(record, type, length);
  }
}
