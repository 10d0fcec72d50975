/** What protects records in one direction. */
import { Buffer } from 'node:buffer';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import type { Record } from './deframe.ts';
import { RECORD_HEADER_LENGTH } from '../wire/record.ts';
import { MAX_PLAINTEXT } from './limits.ts';

/** The content of a record. */
export interface Opened {
  readonly type: number;
  readonly content: Uint8Array;
}

/** Protects records. Each call uses one sequence number. */
export interface RecordSealer {
  /**
   * A whole record with the content, at most 2^14 octets. `padding` octets of zeros go with it where the version has that (TLS 1.3), and
   * are no matter elsewhere. Fails when the sequence numbers are used up.
   */
  seal(type: number, content: Uint8Array, padding?: number): Buffer;
  /** The same record in pieces, where that spares a copy of them. */
  pieces?(type: number, content: Uint8Array, padding?: number): Uint8Array[];
  /** Records that the key may still protect (RFC 8446 section 5.5). */
  readonly left: number;
}

/** Removes the protection of records. Each call uses one sequence number. */
export interface RecordOpener {
  /** The content of a record. Fails with `record_bad_mac` whatever is wrong with its protection, and with `record_overflow_inner`. */
  open(record: Record): Opened;
  /** The most octets that a fragment may have: the deframer's limit. */
  readonly fragmentLimit: number;
  /** Whether contents stand in other memory than the records that they come from. */
  readonly detached?: boolean;
}

/** The header of a record. */
export function headerOf(type: number, version: number, length: number): Buffer {
  return writeHeader(Buffer.allocUnsafe(RECORD_HEADER_LENGTH), type, version, length);
}

/** The same in front of a record that there is room for. */
export function writeHeader(record: Buffer, type: number, version: number, length: number): Buffer {
  record[0] = type;
  record[1] = version >>> 8;
  record[2] = version & 0xff;
  record[3] = length >>> 8;
  record[4] = length & 0xff;
  return record;
}

/** The pieces of a record in one. Buffer.concat takes half as long again, which tells in the small records of a handshake. */
export function joined(pieces: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = Buffer.allocUnsafe(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Sequence numbers: 64 bits, of which we use 53, so that a number holds them. */
export class Sequence {
  #next: number;

  constructor(start = 0) {
    this.#next = start;
  }

  /** Records so far. */
  get count(): number {
    return this.#next;
  }

  /** The next number, as eight octets written to `target` at `offset`. Fails when there is none left: it must never wrap. */
  write(target: Buffer, offset: number): void {
    if (this.#next >= Number.MAX_SAFE_INTEGER) fail('record_sequence_exhausted');
    target.writeUInt32BE(Math.floor(this.#next / 2 ** 32), offset);
    target.writeUInt32BE(this.#next % 2 ** 32, offset + 4);
    this.#next += 1;
  }

  /** Gives the last number back: its record did not count. */
  back(): void {
    this.#next -= 1;
  }
}

/** Nonces of TLS 1.3 and of ChaCha20 in TLS 1.2: the IV with the sequence number on its last octets (RFC 8446 section 5.3). */
export class NonceMaker {
  readonly sequence: Sequence;
  readonly #iv: Buffer;
  readonly #nonce: Buffer;

  constructor(iv: Uint8Array, sequence: Sequence) {
    this.#iv = lasting(iv);
    this.#nonce = lasting(iv);
    this.sequence = sequence;
  }

  /** The next nonce. It is overwritten by the one after. */
  next(): Buffer {
    const start = this.#iv.length - 8;
    this.sequence.write(this.#nonce, start);
    for (let i = 0; i < this.#iv.length; i += 1) {
      this.#nonce[i] = (this.#iv[i] as number) ^ (i < start ? 0 : (this.#nonce[i] as number));
    }
    return this.#nonce;
  }
}

/** Refuses content above the length that every version allows. */
export function checkContent(content: Uint8Array): void {
  if (content.length > MAX_PLAINTEXT) throw new RangeError(`${content.length} octets are too many for a record`);
}

/** Records without protection, of a version that stands in their headers. */
export function plainSealer(version: number): RecordSealer {
  return {
    left: Infinity,
    seal(type, content) {
      checkContent(content);
      const record = writeHeader(
        Buffer.allocUnsafe(RECORD_HEADER_LENGTH + content.length),
        type,
        version,
        content.length,
      );
      record.set(content, RECORD_HEADER_LENGTH);
      return record;
    },
  };
}

/** Reads records without protection. */
export const plainOpener: RecordOpener = {
  fragmentLimit: MAX_PLAINTEXT,
  open: (record) => ({ type: record.type, content: record.fragment }),
};
