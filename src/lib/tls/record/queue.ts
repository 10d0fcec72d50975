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

  /** The first `count` octets, which stay; undefined while there are fewer. Pieces are joined once, when the last one is there. */
  peek(count: number): Uint8Array | undefined {
    if (this.#length < count) return undefined;
    let first = this.#chunks[0] ?? new Uint8Array(0);
    if (first.length < count) {
      let length = 0;
      let pieces = 0;
      while (length < count) length += (this.#chunks[pieces++] as Uint8Array).length;
      first = Buffer.concat(this.#chunks.slice(0, pieces), length);
      this.#chunks.splice(0, pieces, first);
    }
    return first.subarray(0, count);
  }

  /** Takes the first `count` octets; undefined while there are fewer. */
  take(count: number): Uint8Array | undefined {
    const taken = this.peek(count);
    if (!taken || count === 0) return taken;
    const first = this.#chunks[0] as Uint8Array;
    if (first.length === count) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
    this.#length -= count;
    return taken;
  }
}
