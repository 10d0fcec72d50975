/** One AEAD of node:crypto with its key: the differences between GCM, CCM and ChaCha20-Poly1305 end here. */
import { createCipheriv, createDecipheriv, type CipherCCM, type CipherCCMTypes, type DecipherCCM } from 'node:crypto';
import type { BulkCipher } from '../../registry/tls-ciphers.ts';

/** An AEAD with a key. */
export class Aead {
  /** Octets of the tag. */
  readonly tag: number;
  // the GCM, CCM and ChaCha20 ciphers differ in types alone; CCM's is the one that needs the length
  readonly #name: CipherCCMTypes;
  readonly #options: { authTagLength: number };
  readonly #key: Uint8Array;
  readonly #isCcm: boolean;

  constructor(bulk: BulkCipher, key: Uint8Array) {
    if (bulk.kind !== 'aead' || bulk.node === undefined) throw new RangeError(`${bulk.name} is no AEAD of node:crypto`);
    this.tag = bulk.tag;
    this.#name = bulk.node as CipherCCMTypes;
    this.#options = { authTagLength: bulk.tag };
    // a KeyObject would not make a record cheaper, and costs as much as one
    this.#key = key;
    this.#isCcm = bulk.node.endsWith('-ccm');
  }

  /** Ciphertext and tag, in pieces, of the parts one after the other. */
  seal(nonce: Uint8Array, data: Uint8Array, parts: readonly Uint8Array[]): Uint8Array[] {
    const cipher: CipherCCM = createCipheriv(this.#name, this.#key, nonce, this.#options);
    if (this.#isCcm) {
      // CCM takes its text in one piece, of a length that it knows before
      const text = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
      cipher.setAAD(data, { plaintextLength: text.length });
      const sealed = cipher.update(text);
      cipher.final();
      return [sealed, cipher.getAuthTag()];
    }
    cipher.setAAD(data, { plaintextLength: 0 });
    const pieces: Uint8Array[] = parts.map((part) => cipher.update(part));
    // the end of a stream cipher holds nothing
    cipher.final();
    pieces.push(cipher.getAuthTag());
    return pieces;
  }

  /** The text of a ciphertext with its tag at the end; undefined when it does not authenticate or is too short for a tag. */
  open(nonce: Uint8Array, data: Uint8Array, sealed: Uint8Array): Buffer | undefined {
    const length = sealed.length - this.tag;
    if (length < 0) return undefined;
    const decipher: DecipherCCM = createDecipheriv(this.#name, this.#key, nonce, this.#options);
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
