/** Records out of a stream of octets (RFC 8446 section 5.1, RFC 5246 section 6.2.1). */
import { CONTENT_TYPES } from '../../registry/tls-codes.ts';
import { fail } from '../failure.ts';
import { RECORD_HEADER_LENGTH } from '../wire/record.ts';
import { MAX_EXPANSION_12, MAX_PLAINTEXT } from './limits.ts';
import { ByteQueue } from './queue.ts';

// for the records of all connections: nothing else happens while one of them is opened
const scratch = Buffer.alloc(RECORD_HEADER_LENGTH + MAX_PLAINTEXT + MAX_EXPANSION_12);

/** A record as it came. */
export interface Record {
  readonly type: number;
  readonly version: number;
  /** The five octets before the fragment. */
  readonly header: Uint8Array;
  readonly fragment: Uint8Array;
}

/** Splits a stream into records. */
export class Deframer {
  /**
   * The most octets of a fragment: 2^14 for plaintext, and what the protection may add (see limits.ts). The protection sets it when it
   * begins.
   */
  limit: number = MAX_PLAINTEXT;
  /** Whether the versions of records are of no matter: in TLS 1.3 they must be ignored (RFC 8446 section 5.1). */
  anyVersion = false;
  /**
   * Whether records are done with before the next one is asked for, as those are whose protection comes off into other memory. Then the one
   * of four that lies in two pieces of a bulk transfer costs no memory of its own.
   */
  transient = false;
  readonly #queue = new ByteQueue();
  #begun = false;

  /** Octets that wait for the rest of their record. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Adds octets of the stream. */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /** Copies what waits, so that the memory in which it came can be used again. */
  own(): void {
    this.#queue.own();
  }

  /**
   * The next record; undefined while it is not all there. Fails as soon as its header is wrong: on an unknown type or a length above the
   * limit, whatever follows.
   */
  next(): Record | undefined {
    const header = this.#queue.peek(RECORD_HEADER_LENGTH);
    if (!header) {
      this.#checkFirstOctet();
      return undefined;
    }
    const type = header[0] as number;
    const major = header[1] as number;
    const minor = header[2] as number;
    const length = (header[3] as number) * 256 + (header[4] as number);
    if (!CONTENT_TYPES.row(type)) this.#refuseType(header.subarray(0, RECORD_HEADER_LENGTH), type);
    // before TLS 1.3 the minor version is a matter of the handshake; another major version is no TLS at all
    if (major !== 3 && !this.anyVersion)
      fail(this.#begun ? 'record_version_wrong' : 'record_not_tls', `version ${major}.${minor}`);
    if (length > this.limit) this.#refuseLength(length);
    const whole = this.#queue.take(RECORD_HEADER_LENGTH + length, this.transient ? scratch : undefined);
    if (!whole) return undefined;
    this.#begun = true;
    return {
      type,
      version: major * 256 + minor,
      header: whole.subarray(0, RECORD_HEADER_LENGTH),
      fragment: whole.subarray(RECORD_HEADER_LENGTH),
    };
  }

  /** A peer that sends a few octets of something else and waits should hear so. */
  #checkFirstOctet(): void {
    const first = this.#queue.peek(1)?.[0];
    if (first !== undefined && !this.#begun && first < 0x80 && !CONTENT_TYPES.row(first) && !isLetter(first)) {
      fail('record_not_tls', `a first octet of ${first}`);
    }
  }

  #refuseType(header: Uint8Array, type: number): never {
    if (this.#begun) fail('record_type_unknown', `type ${type}`);
    const [word] = /^[A-Z]{3,5} ?\/?/.exec(Buffer.from(header).toString('latin1')) ?? [];
    if (word !== undefined) fail('record_http', `it begins with "${word}"`);
    if (type >= 0x80 && header[2] === 1) fail('record_sslv2');
    fail('record_not_tls', `a first octet of ${type}`);
  }

  #refuseLength(length: number): never {
    if (this.limit <= MAX_PLAINTEXT) fail('record_overflow_plaintext', `${length} octets, at most ${this.limit}`);
    fail('record_overflow_ciphertext', `${length} octets, at most ${this.limit}`);
  }
}

const isLetter = (octet: number): boolean => octet >= 0x41 && octet <= 0x5a;
