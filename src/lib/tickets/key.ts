/** Session ticket keys (RFC 5077 section 4): a name that stands in the ticket, a key for its HMAC, a key for its encryption. */
import { createHash } from 'node:crypto';
import { randomOctets } from '../crypto/random.ts';
import { fail } from '../errors.ts';
import { Secret } from '../secret.ts';

/** Octets of a key: 48 with AES-128, 80 with AES-256. */
export type TicketKeySize = 48 | 80;

export const TICKET_KEY_SIZES: readonly TicketKeySize[] = [48, 80];

/** Octets of the name at the front of every key. */
export const NAME_SIZE = 16;

/** What a key of each size is made of. The HMAC is HMAC-SHA-256 in all servers of today. */
export const TICKET_KEY_PARTS: Readonly<
  Record<TicketKeySize, { readonly hmac: number; readonly aes: number; readonly cipher: string }>
> = {
  48: { hmac: 16, aes: 16, cipher: 'AES-128' },
  80: { hmac: 32, aes: 32, cipher: 'AES-256' },
};

/**
 * One ticket key. All octets come from the random generator, so it does not matter that servers disagree on which part is which: Apache, Node
 * and OpenSSL take name, HMAC key, AES key; nginx and HAProxy do so for 80 octets, and take name, AES key, HMAC key for 48.
 */
export class TicketKey {
  readonly size: TicketKeySize;
  /** The whole key: name and secret parts. */
  readonly secret: Secret;

  private constructor(size: TicketKeySize, secret: Secret) {
    this.size = size;
    this.secret = secret;
  }

  /** A new random key. */
  static generate(size: TicketKeySize = 48): TicketKey {
    return new TicketKey(size, new Secret(randomOctets(size)));
  }

  /**
   * A key from its octets.
   *
   * @throws TlskitError ERR_FORMAT unless there are 48 or 80
   */
  static from(bytes: Uint8Array): TicketKey {
    const size = TICKET_KEY_SIZES.find((n) => n === bytes.length);
    if (size === undefined) fail('ERR_FORMAT', `a ticket key has 48 or 80 bytes, not ${bytes.length}`);
    return new TicketKey(size, new Secret(bytes));
  }

  /** The name, which every ticket shows: not secret. */
  get name(): Buffer {
    return Buffer.from(this.secret.reveal().subarray(0, NAME_SIZE));
  }

  /** SHA-256 over the whole key, to tell keys apart without showing them. */
  get fingerprint(): Buffer {
    return createHash('sha256').update(this.secret.reveal()).digest();
  }

  /** Why this key is no good, or undefined: a key of text or of few different octets was not made by a random generator. */
  get weakness(): string | undefined {
    const bytes = this.secret.reveal();
    // 48 random octets have at least 30 different values but once in 10^9 keys; all of them printable: once in 10^20
    if (new Set(bytes).size < 24) return 'it has few different bytes: it is not random';
    if (bytes.every((b) => b >= 0x20 && b < 0x7f)) return 'it is made of text: it has less randomness than its size';
    return undefined;
  }
}
