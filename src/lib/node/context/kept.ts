/** Results that are kept, the least recently used one thrown away first. What fails is not kept. */
export class Kept<T> {
  readonly #most: number;
  readonly #known = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  /** What was made for this key, or is made now. */
  get(key: string, make: () => T): T {
    const known = this.#known.get(key);
    if (known !== undefined) {
      // the oldest stand first in a Map: what is used goes to the end
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    const made = make();
    this.set(key, made);
    return made;
  }

  /** Keeps what was made. */
  set(key: string, made: T): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.#most && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, made);
  }
}
