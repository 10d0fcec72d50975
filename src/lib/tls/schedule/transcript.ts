/** The transcript of a handshake: the hash over all messages so far (RFC 8446 section 4.4.1). */
import { createHash, type Hash } from 'node:crypto';
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';

/** Hashes of transcripts, by node:crypto's names; `md5-sha1` is that of TLS 1.0 and 1.1. */
export type TranscriptHash = 'sha256' | 'sha384' | 'md5-sha1';

/** A running hash. Messages that come before the hash is known are kept until it is. */
export class Transcript {
  #hash: Hash | undefined;
  #name: TranscriptHash | undefined;
  #kept: Uint8Array[] | undefined = [];
  /** The hash of all messages so far, once it was asked for: a Finished and the keys behind it hang on the same one. */
  #digest: Buffer | undefined;

  /** Adds a whole message, header included. The octets are not copied before the hash is known: they must not change. */
  add(message: Uint8Array): void {
    this.#hash?.update(message);
    this.#kept?.push(message);
    this.#digest = undefined;
  }

  /**
   * Chooses the hash. `keep` goes on keeping the messages themselves, for `messages`: TLS 1.2 signs them with a hash that it does not know
   * yet. Choosing the same hash again does nothing; another one throws, for it would be a defect of the handshake.
   */
  start(name: TranscriptHash, keep = false): void {
    if (this.#hash) {
      if (this.#name !== name) throw new RangeError(`a transcript of ${this.#name} cannot become one of ${name}`);
      return;
    }
    this.#hash = createHash(name);
    this.#name = name;
    for (const message of this.#kept ?? []) this.#hash.update(message);
    if (!keep) this.#kept = undefined;
  }

  /** The hash of all messages so far, followed by `partial` when given (a ClientHello up to its binders). */
  digest(partial?: Uint8Array): Buffer {
    if (this.#digest && !partial) return this.#digest;
    const copy = this.#started().copy();
    if (partial) copy.update(partial);
    // as text: see hmac.ts
    const digest = Buffer.from(copy.digest('binary'), 'latin1');
    if (!partial) this.#digest = digest;
    return digest;
  }

  /** All messages so far. Only while they are kept. */
  messages(): Buffer {
    if (!this.#kept) throw new RangeError('the messages of this transcript are not kept');
    return Buffer.concat(this.#kept);
  }

  /** Stops keeping messages. */
  forget(): void {
    this.#started();
    this.#kept = undefined;
  }

  /** Replaces the first ClientHello by a message_hash of it, when a HelloRetryRequest follows (RFC 8446 section 4.4.1). */
  retry(): void {
    const digest = this.#started().digest();
    this.#digest = undefined;
    this.#hash = createHash(this.#name as string);
    this.#hash.update(Buffer.from([HANDSHAKE_TYPE.messageHash, 0, 0, digest.length])).update(digest);
  }

  /** A transcript that goes on by itself from here. */
  copy(): Transcript {
    const copy = new Transcript();
    copy.#hash = this.#hash?.copy();
    copy.#name = this.#name;
    copy.#kept = this.#kept && [...this.#kept];
    return copy;
  }

  #started(): Hash {
    if (!this.#hash) throw new RangeError('this transcript has no hash yet');
    return this.#hash;
  }
}
