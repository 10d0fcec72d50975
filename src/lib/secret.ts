import { inspect } from 'node:util';

/**
 * Bytes that must not be shown: a passphrase or a key. `toString`, `toJSON` and `inspect` redact; `reveal()` is the one way to the bytes.
 *
 * @example
 * const p = Secret.fromText('hunter2');
 * `${p}`; // '[secret]'
 * p.reveal(); // <Buffer 68 75 …>
 */
export class Secret {
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  static fromText(text: string): Secret {
    return new Secret(Buffer.from(text, 'utf8'));
  }

  /** Length in bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The bytes themselves, shared, not copied. */
  reveal(): Buffer {
    return this.#bytes;
  }

  /** The bytes read as UTF-8. */
  text(): string {
    return this.#bytes.toString('utf8');
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }
}

// console.log and util.inspect ask for this; a computed member has no place in an isolated declaration
Object.defineProperty(Secret.prototype, inspect.custom, { value: () => '[secret]' });
