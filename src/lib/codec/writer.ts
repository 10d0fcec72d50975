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
    this.#number(this.#length, size, value);
    this.#length += size;
    return this;
  }

  // writeUIntBE looks at the types of its arguments each time, and most of what is written are numbers
  #number(at: number, size: number, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new RangeError(`${value} is no number of ${size} octets`);
    }
    let left = value;
    for (let i = at + size - 1; i >= at; i -= 1) {
      this.#bytes[i] = left % 256;
      left = Math.floor(left / 256);
    }
  }

  /** Octets as they are. */
  put(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Leaves room for the length of what is written from here up to `close`, which takes what this returns. */
  open(size: number): number {
    const at = this.#length;
    this.number(size, 0);
    return at;
  }

  /** Writes the length, which must lie from `min` to `max`, to the `size` octets that `open` left. */
  close(at: number, size: number, min = 0, max: number = Infinity): void {
    const length = this.#length - at - size;
    if (length < min || length > max) throw new RangeError(`a length of ${length} where ${min} to ${max} are allowed`);
    this.#number(at, size, length);
  }

  /** Begins anew, in the same memory. */
  reset(): this {
    this.#length = 0;
    return this;
  }

  /** A copy of what was written. */
  finish(): Buffer {
    const copy = Buffer.allocUnsafe(this.#length);
    this.#bytes.copy(copy, 0, 0, this.#length);
    return copy;
  }

  #room(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
