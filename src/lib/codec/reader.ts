/** Reading bytes, with every way that they can be wrong told apart. Numbers are big-endian (RFC 8446 section 3.3). */
import type { SpanCollector } from './trace.ts';

/** What is wrong with bytes that do not decode. */
export type CodecFault =
  | 'truncated' // the data end inside a value
  | 'trailing' // data are left over after a value
  | 'length' // a vector's length is outside its bounds, or no multiple of its items
  | 'value'; // a value that its type does not have

/** Bytes that do not decode: the one error that reading throws. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly fault: CodecFault;
  /** Offset in the bytes that were read. */
  readonly offset: number;
  /** What is wrong, without the place. */
  readonly detail: string;
  /** The fields around the fault, outermost first. */
  readonly path: readonly string[];

  constructor(fault: CodecFault, offset: number, detail: string, path: readonly string[] = []) {
    super(`${path.length > 0 ? `${path.join('.')}: ` : ''}${detail} (offset ${offset})`);
    this.fault = fault;
    this.offset = offset;
    this.detail = detail;
    this.path = path;
  }

  /** The same error inside the field `name`. Anything that is no CodecError comes back as it is. */
  static under(name: string, error: unknown): unknown {
    if (!(error instanceof CodecError)) return error;
    return new CodecError(error.fault, error.offset, error.detail, [name, ...error.path]);
  }
}

/** A position in bytes, and an end that `narrow` moves: vectors are read in place, without a reader of their own. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Where spans are collected, when the reading is traced. */
  readonly trace: SpanCollector | undefined;
  #at = 0;
  #end: number;

  constructor(bytes: Uint8Array, trace?: SpanCollector) {
    this.bytes = bytes;
    this.trace = trace;
    this.#end = bytes.length;
  }

  /** Offset of the next octet. */
  get offset(): number {
    return this.#at;
  }

  /** Octets that are left before the end. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** An unsigned number of `size` octets, at most 6. */
  number(size: number): number {
    const from = this.#advance(size);
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 256 + (this.bytes[from + i] as number);
    return value;
  }

  /** The next `length` octets: a view, not a copy. */
  take(length: number): Uint8Array {
    const from = this.#advance(length);
    return this.bytes.subarray(from, from + length);
  }

  /** Ends the data `length` octets from here. Returns the end before, for `widen`. */
  narrow(length: number): number {
    if (length > this.left) this.#short(length);
    const before = this.#end;
    this.#end = this.#at + length;
    return before;
  }

  /** Refuses octets left over in the narrowed data, then restores the end that `narrow` returned. */
  widen(before: number): void {
    this.end();
    this.#end = before;
  }

  /** Refuses octets that are left over. */
  end(): void {
    if (this.left > 0) this.fail('trailing', `${this.left} octets are left over`);
  }

  /** Throws a `CodecError` for this place, or for `offset`. */
  fail(fault: CodecFault, detail: string, offset: number = this.#at): never {
    throw new CodecError(fault, offset, detail);
  }

  #advance(count: number): number {
    if (count > this.#end - this.#at) this.#short(count);
    const from = this.#at;
    this.#at += count;
    return from;
  }

  #short(count: number): never {
    this.fail('truncated', `${count} octets wanted, ${this.left} there`);
  }
}
