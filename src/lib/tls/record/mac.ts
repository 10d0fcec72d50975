/** The MACs of records before TLS 1.3, and what they and AEADs authenticate beside the content. */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { MacHash } from '../../registry/tls-suites.ts';
import { Sequence } from './cipher.ts';

const LENGTH: Readonly<Record<MacHash, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48 };

/** An HMAC with a key (RFC 5246 section 6.2.3.1). */
export class Mac {
  /** Octets of the MAC. */
  readonly size: number;
  readonly #hash: MacHash;
  readonly #key: KeyObject;

  constructor(hash: MacHash | undefined, key: Uint8Array) {
    if (!hash) throw new RangeError('a cipher that is no AEAD needs a MAC');
    this.#hash = hash;
    this.#key = createSecretKey(key);
    this.size = LENGTH[hash];
  }

  /** Octets of the MAC with a hash. */
  static length(hash: MacHash): number {
    return LENGTH[hash];
  }

  /** The MAC of some data and a content. */
  of(data: Uint8Array, content: Uint8Array): Buffer {
    return createHmac(this.#hash, this.#key).update(data).update(content).digest();
  }
}

/** Sequence number, type, version and length, thirteen octets: the AAD of TLS 1.2 and the head of what a MAC covers. */
export class SequencedData {
  readonly sequence: Sequence;
  readonly #data: Buffer = Buffer.alloc(13);

  constructor(version: number, start = 0) {
    this.sequence = new Sequence(start);
    this.#data.writeUInt16BE(version, 9);
  }

  /** The data of the next record. They are overwritten by the next ones. */
  next(type: number, length: number): Buffer {
    this.sequence.write(this.#data, 0);
    this.#data[8] = type;
    this.#data.writeUInt16BE(length, 11);
    return this.#data;
  }

  /** The same data with another length. */
  withLength(length: number): Buffer {
    this.#data.writeUInt16BE(length, 11);
    return this.#data;
  }
}

/** Whether two strings of octets are the same, in a time that depends on their length alone. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
