/** One AEAD of node:crypto with its key: the differences between GCM, CCM and ChaCha20-Poly1305 end here. */
import { createCipheriv, createDecipheriv, type CipherCCMOptions, type CipherCCMTypes } from 'node:crypto';
import type { BulkCipher } from '../../registry/tls-ciphers.ts';
import { lasting } from '../lasting.ts';

/** Octets of a tag where nothing is said. */
const DEFAULT_TAG = 16;

/** An AEAD with a key. */
export class Aead {
  /** Octets of the tag. */
  readonly tag: number;
  // the GCM, CCM and ChaCha20 ciphers differ in types alone; CCM's is the one that needs the length
  readonly #name: CipherCCMTypes;
  // node:crypto reads options for a third of the time that it takes to make a cipher, and tags have 16 octets without any
  readonly #options: { authTagLength: number } | undefined;
  readonly #key: Uint8Array;

  constructor(bulk: BulkCipher, key: Uint8Array) {
    if (bulk.kind !== 'aead' || bulk.node === undefined) throw new RangeError(`${bulk.name} is no AEAD of node:crypto`);
    this.tag = bulk.tag;
    this.#name = bulk.node as CipherCCMTypes;
    this.#options = bulk.node.endsWith('-ccm') || bulk.tag !== DEFAULT_TAG ? { authTagLength: bulk.tag } : undefined;
    // a KeyObject would not make a record cheaper, and costs as much as one
    this.#key = lasting(key);
  }

  /** The ciphertext of a text, and the tag. */
  seal(nonce: Uint8Array, data: Uint8Array, text: Uint8Array): [sealed: Buffer, tag: Buffer] {
    const cipher = createCipheriv(this.#name, this.#key, nonce, this.#options as CipherCCMOptions);
    // CCM alone needs the length
    cipher.setAAD(data, { plaintextLength: text.length });
    const sealed = cipher.update(text);
    // the end of a stream cipher holds nothing
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }

  /** The text of a ciphertext with its tag at the end; undefined when it does not authenticate or is too short for a tag. */
  open(nonce: Uint8Array, data: Uint8Array, sealed: Uint8Array): Buffer | undefined {
    const length = sealed.length - this.tag;
    if (length < 0) return undefined;
    const decipher = createDecipheriv(this.#name, this.#key, nonce, this.#options as CipherCCMOptions);
    decipher.setAuthTag(sealed.subarray(length));
    decipher.setAAD(data, { plaintextLength: length });
    try {
      const text = decipher.update(sealed.subarray(0, length));
      decipher.final();
      return text;
    } catch {
      // node:crypto says no more than that the tag is wrong, and the peer learns no more either
      return undefined;
    }
  }
}
