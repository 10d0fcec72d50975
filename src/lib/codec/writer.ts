/**
 * Collects bytes. A vector is written after its length is known, by patching the length in place. A number or a length that does not fit
 * throws RangeError: that is a defect of the caller, never of what a peer sent.
 */
export class Writer {
  #bytes: Buffer;
  #length = 0;

  /** `capacity` is a guess in octets; the buffer grows by itself. */
  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  /** An unsigned number in `size` octets, at most 6. */
  number(size: number, value: number): this {
    this.#room(size);
    this.#bytes.writeUIntBE(value, this.#length, size);
    this.#length += size;
    return this;
  }

  /** Octets as they are. */
  put(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** What `write` writes, with its length in `size` octets before it; the length must lie from `min` to `max`. */
  prefixed(size: number, write: (writer: this) => void, min = 0, max: number = Infinity): this {
    const at = this.#length;
    this.number(size, 0);
    write(this);
    const length = this.#length - at - size;
    if (length < min || length > max) throw new RangeError(`a length of ${length} where ${min} to ${max} are allowed`);
    this.#bytes.writeUIntBE(length, at, size);
    return this;
  }

  /** Begins anew, in the same memory. */
  reset(): this {
    this.#length = 0;
    return this;
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #room(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
