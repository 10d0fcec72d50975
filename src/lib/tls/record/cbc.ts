/** CBC records of TLS 1.0 to 1.2: MAC-then-encrypt (RFC 5246 section 6.2.3.2) and encrypt-then-MAC (RFC 7366). */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { BulkCipher } from '../../registry/tls-ciphers.ts';
import { fail } from '../failure.ts';
import { checkContent, headerOf, type RecordOpener, type RecordSealer } from './cipher.ts';
import { MAX_EXPANSION_12, MAX_PLAINTEXT } from './limits.ts';
import { Mac, SequencedData, sameOctets } from './mac.ts';
import type { Tls12Protection } from './tls12.ts';

/** A CBC cipher with its key, and the IV of the next record where records are chained. */
class Cbc {
  readonly block: number;
  readonly explicit: boolean;
  readonly #name: string;
  readonly #key: KeyObject;
  #chained: Uint8Array;

  constructor(bulk: BulkCipher, { keys, ivMode = 'explicit' }: Tls12Protection) {
    if (bulk.node === undefined) throw new RangeError(`${bulk.name} is not supported`);
    this.block = bulk.block;
    this.explicit = ivMode === 'explicit';
    this.#name = bulk.node;
    this.#key = createSecretKey(keys.key);
    this.#chained = keys.iv;
  }

  /** Octets of the IV that stands in a record. */
  get ivLength(): number {
    return this.explicit ? this.block : 0;
  }

  /** What stands in a record: the IV where it is explicit, and the ciphertext. */
  encrypt(plain: Uint8Array, random: (length: number) => Uint8Array): Buffer {
    const iv = this.explicit ? random(this.block) : this.#chained;
    const cipher = createCipheriv(this.#name, this.#key, iv).setAutoPadding(false);
    const sealed = cipher.update(plain);
    this.#chained = Buffer.from(sealed.subarray(sealed.length - this.block));
    return this.explicit ? Buffer.concat([iv, sealed]) : sealed;
  }

  /** The plaintext of a record, which must be whole blocks. */
  decrypt(fragment: Uint8Array): Buffer {
    const iv = this.explicit ? fragment.subarray(0, this.block) : this.#chained;
    const sealed = fragment.subarray(this.ivLength);
    const plain = createDecipheriv(this.#name, this.#key, iv).setAutoPadding(false).update(sealed);
    this.#chained = Buffer.from(sealed.subarray(sealed.length - this.block));
    return plain;
  }
}

/** Content, MAC and the least padding that fills the last block: each octet of the padding is their number without the last. */
function padded(parts: readonly Uint8Array[], block: number): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const padding = block - (length % block);
  return Buffer.concat([...parts, Buffer.alloc(padding, padding - 1)]);
}

/** Protects records. */
export function cbcSealer(protection: Tls12Protection): RecordSealer {
  const { bulk, version, random } = protection;
  const cbc = new Cbc(bulk, protection);
  const mac = new Mac(protection.mac, protection.keys.mac);
  const data = new SequencedData(version, protection.sequence);
  return {
    get left() {
      return bulk.records - data.sequence.count;
    },
    seal(type, content) {
      checkContent(content);
      if (data.sequence.count >= bulk.records) fail('record_key_exhausted');
      const before = data.next(type, content.length);
      if (!protection.encryptThenMac) {
        const sealed = cbc.encrypt(padded([content, mac.of(before, content)], cbc.block), random);
        return Buffer.concat([headerOf(type, version, sealed.length), sealed]);
      }
      const sealed = cbc.encrypt(padded([content], cbc.block), random);
      const tag = mac.of(data.withLength(sealed.length), sealed);
      return Buffer.concat([headerOf(type, version, sealed.length + tag.length), sealed, tag]);
    },
  };
}

/** Opens records. */
export function cbcOpener(protection: Tls12Protection): RecordOpener {
  const cbc = new Cbc(protection.bulk, protection);
  const mac = new Mac(protection.mac, protection.keys.mac);
  const data = new SequencedData(protection.version, protection.sequence);
  const open = protection.encryptThenMac ? openMacked : openMackedInside;
  return {
    fragmentLimit: MAX_PLAINTEXT + MAX_EXPANSION_12,
    open: ({ type, fragment }) => ({ type, content: open(type, fragment, cbc, mac, data) }),
  };
}

/** Encrypt-then-MAC: nothing is decrypted before the MAC is right, so that the padding tells nobody anything. */
function openMacked(type: number, fragment: Uint8Array, cbc: Cbc, mac: Mac, data: SequencedData): Uint8Array {
  const length = fragment.length - mac.size;
  if (length < cbc.ivLength + cbc.block || (length - cbc.ivLength) % cbc.block !== 0) fail('record_bad_mac');
  const sealed = fragment.subarray(0, length);
  if (!sameOctets(mac.of(data.next(type, length), sealed), fragment.subarray(length))) fail('record_bad_mac');
  const plain = cbc.decrypt(sealed);
  const { length: content, good } = unpadded(plain, 0);
  if (!good) fail('record_bad_mac');
  return plain.subarray(0, content);
}

/**
 * MAC-then-encrypt. The work is the same whether the padding, the MAC or both are wrong (RFC 5246 section 6.2.3.2): the padding is
 * looked at in full, the MAC is always computed, and what it does not cover is hashed as well, so that the number of hashed octets
 * depends on the length of the record alone. node:crypto and the collector leave differences that this cannot remove; encrypt-then-MAC
 * and AEADs have none.
 */
function openMackedInside(type: number, fragment: Uint8Array, cbc: Cbc, mac: Mac, data: SequencedData): Uint8Array {
  const sealed = fragment.length - cbc.ivLength;
  if (sealed < Math.max(cbc.block, mac.size + 1) || sealed % cbc.block !== 0) fail('record_bad_mac');
  const plain = cbc.decrypt(fragment);
  const { length, good } = unpadded(plain, mac.size);
  const content = plain.subarray(0, length);
  const expected = mac.of(data.next(type, length), content);
  mac.of(plain.subarray(length, plain.length - mac.size), EMPTY);
  const same = sameOctets(expected, plain.subarray(length, length + mac.size));
  // no short cut: both are known before either counts
  if ((same ? 1 : 0) + (good ? 1 : 0) !== 2) fail('record_bad_mac');
  return content;
}

const EMPTY = new Uint8Array(0);

/**
 * How many octets stand before the padding and `after` octets of MAC, and whether the padding is good. Looks at 256 octets, or all,
 * whatever they are; with bad padding the length is that with no padding at all, as RFC 5246 section 6.2.3.2 advises.
 */
function unpadded(plain: Uint8Array, after: number): { readonly length: number; readonly good: boolean } {
  const padding = plain[plain.length - 1] as number;
  // negative when the padding is longer than what there is
  let wrong = (plain.length - after - padding - 1) >> 31;
  const looked = Math.min(256, plain.length);
  for (let i = 0; i < looked; i += 1) {
    // all ones while i <= padding
    const inside = ~((padding - i) >> 31);
    wrong |= inside & ((plain[plain.length - 1 - i] as number) ^ padding);
  }
  const good = ((wrong | -wrong) >> 31) + 1;
  return { length: plain.length - after - good * (padding + 1), good: good === 1 };
}
