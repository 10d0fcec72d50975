const NOTHING: Uint8Array = new Uint8Array(0);

/** Octets that arrive in pieces of any size. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** Octets that wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds octets, without copying them: they must not change until they are taken. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Copies the last piece: the ones before it are copies already. */
  own(): void {
    const last = this.#chunks.pop();
    if (last) this.#chunks.push(Buffer.from(last));
  }

  /** Octets that begin with the first `count`, which stay; undefined while there are fewer. Pieces are joined once, when the last one is there. */
  peek(count: number): Uint8Array | undefined {
    if (this.#length < count) return undefined;
    const first = this.#chunks[0] ?? NOTHING;
    return first.length < count ? this.#join(count) : first;
  }

  /** Makes one piece of the first `count` octets. What is behind them is not copied, and so no octet is copied often. */
  #join(count: number): Uint8Array {
    const joined = Buffer.allocUnsafeSlow(count);
    this.#gather(joined, count);
    this.#chunks.unshift(joined);
    return joined;
  }

  /** Moves the first `count` octets to `target`. */
  #gather(target: Uint8Array, count: number): void {
    let at = 0;
    let pieces = 0;
    let left = NOTHING;
    while (at < count) {
      const chunk = this.#chunks[pieces] as Uint8Array;
      const part = chunk.subarray(0, count - at);
      target.set(part, at);
      at += part.length;
      pieces += 1;
      left = chunk.subarray(part.length);
    }
    // once: a message of 65,000 octets may come in as many pieces
    if (left.length > 0) this.#chunks.splice(0, pieces, left);
    else this.#chunks.splice(0, pieces);
  }

  /**
   * Takes the first `count` octets; undefined while there are fewer. With `scratch` octets of several pieces are joined there: they are good
   * until the next call, of any queue that has the same memory.
   */
  take(count: number, scratch?: Uint8Array): Uint8Array | undefined {
    if (scratch && count <= scratch.length && this.#length >= count && (this.#chunks[0]?.length ?? count) < count) {
      this.#gather(scratch, count);
      this.#length -= count;
      return scratch.subarray(0, count);
    }
    const first = this.peek(count);
    if (!first || count === 0) return first && NOTHING;
    this.#length -= count;
    if (first.length === count) {
      this.#chunks.shift();
      return first;
    }
    this.#chunks[0] = first.subarray(count);
    return first.subarray(0, count);
  }
}
