/** Annotated bytes: which octets of a message were what. */

/** One decoded value with the octets that it stood in. */
export interface Span {
  readonly name: string;
  /** Offset of the first octet. */
  readonly start: number;
  /** Offset after the last octet; in a failed decoding, how far it came. */
  readonly end: number;
  /** A short text of the value, for values that have one. */
  readonly text?: string;
  /** The values inside, in order. */
  readonly inner: readonly Span[];
}

interface OpenSpan {
  name: string;
  start: number;
  end: number;
  text?: string;
  inner: OpenSpan[];
}

/** Collects the spans of a traced reading. */
export class SpanCollector {
  readonly #root: OpenSpan;
  readonly #open: OpenSpan[];

  /** `length` is how many octets the root covers. */
  constructor(name: string, length: number) {
    this.#root = { name, start: 0, end: length, inner: [] };
    this.#open = [this.#root];
  }

  /** The span of all that was read. */
  get root(): Span {
    return this.#root;
  }

  /** Opens a span inside the innermost open one. */
  enter(name: string, start: number): void {
    const span: OpenSpan = { name, start, end: start, inner: [] };
    this.#innermost().inner.push(span);
    this.#open.push(span);
  }

  /** Closes the innermost open span. */
  leave(end: number): void {
    this.#innermost().end = end;
    this.#open.pop();
  }

  /** Closes every open span but the root, which covers all: the reading stopped here. */
  stop(end: number): void {
    while (this.#open.length > 1) this.leave(end);
  }

  /**
   * Puts the spans inside `span`, whose offsets count from `shift`, into the last value that was read: what its octets are when they are
   * decoded further.
   */
  attach(span: Span, shift: number): void {
    const innermost = this.#innermost();
    (innermost.inner.at(-1) ?? innermost).inner.push(...span.inner.map((one) => shifted(one, shift)));
  }

  /** Gives the innermost open span a text. */
  note(text: string): void {
    this.#innermost().text = text;
  }

  #innermost(): OpenSpan {
    return this.#open.at(-1) ?? this.#root;
  }
}

function shifted(span: Span, shift: number): OpenSpan {
  return {
    name: span.name,
    start: span.start + shift,
    end: span.end + shift,
    ...(span.text === undefined ? {} : { text: span.text }),
    inner: span.inner.map((one) => shifted(one, shift)),
  };
}
