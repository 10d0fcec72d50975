/** Handshake messages out of the contents of records (RFC 8446 section 5.1). */
import { HANDSHAKE_TYPE, HANDSHAKE_TYPES } from '../../registry/tls-codes.ts';
import type { Reason } from '../../registry/tls-reasons.ts';
import { fail } from '../failure.ts';
import { MESSAGE_HEADER_LENGTH } from '../wire/messages.ts';
import { ByteQueue } from './queue.ts';

/** A handshake message as it came. */
export interface RawMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body: what the transcript hashes. */
  readonly raw: Uint8Array;
}

/** Messages that have one length: of those it is not the size that is refused, but a length that is wrong (RFC 8446 section 6.2). */
const FIXED: Readonly<Record<number, Reason>> = {
  [HANDSHAKE_TYPE.helloRequest]: 'hello_request_excess_data',
  [HANDSHAKE_TYPE.endOfEarlyData]: 'end_of_early_data_excess_data',
  [HANDSHAKE_TYPE.serverHelloDone]: 'server_hello_done_excess_data',
  [HANDSHAKE_TYPE.finished]: 'finished_length',
  [HANDSHAKE_TYPE.keyUpdate]: 'key_update_excess_data',
};

/** Joins fragments to messages. */
export class MessageReader {
  readonly #queue = new ByteQueue();
  readonly #limit: (type: number) => number;

  /** `limit` gives the most octets of the body of a message of a type. */
  constructor(limit: (type: number) => number) {
    this.#limit = limit;
  }

  /** Whether a message has begun and not ended, or whole messages wait. */
  get pending(): boolean {
    return this.#queue.length > 0;
  }

  /** Adds the content of a handshake record; an empty one is refused (RFC 8446 section 5.1). */
  push(content: Uint8Array): void {
    if (content.length === 0) fail('record_empty_handshake');
    this.#queue.push(content);
  }

  /** The next message; undefined while it is not all there. Fails as soon as its header is wrong. */
  next(): RawMessage | undefined {
    const header = this.#queue.peek(MESSAGE_HEADER_LENGTH);
    if (!header) return undefined;
    const type = header[0] as number;
    if (!HANDSHAKE_TYPES.row(type)) fail('message_type_unknown', `type ${type}`);
    const length = (header[1] as number) * 65536 + (header[2] as number) * 256 + (header[3] as number);
    const limit = this.#limit(type);
    if (length > limit) {
      fail(FIXED[type] ?? 'message_too_long', `${HANDSHAKE_TYPES.get(type)} of ${length} octets, at most ${limit}`);
    }
    const raw = this.#queue.take(MESSAGE_HEADER_LENGTH + length);
    return raw && { type, body: raw.subarray(MESSAGE_HEADER_LENGTH), raw };
  }

  /** Refuses a record of another type inside of a message. */
  refuseInterleaved(): void {
    if (this.pending) fail('message_interleaved');
  }

  /** Refuses a change of keys inside of a message, or with messages of the old keys left. */
  refuseAcrossKeys(): void {
    if (this.pending) fail('message_across_keys');
  }
}
