import { fail } from '../errors.ts';
import { decodeOid } from './oid.ts';
import { decodeTime, type Asn1Time } from './time.ts';

/** How strictly to read: `der` refuses what X.690 section 10 and 11 forbid, `ber` accepts what OpenSSL's decoder accepts. */
export type Strictness = 'der' | 'ber';

/** Universal tag numbers (X.680 section 8.4). */
export const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  t61String: 20,
  videotexString: 21,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  graphicString: 25,
  visibleString: 26,
  generalString: 27,
  universalString: 28,
  bmpString: 30,
} as const;

/** Tag classes, as the two high bits of the identifier octet. */
export const CLASS = { universal: 0, application: 1, context: 2, private: 3 } as const;

/** Types that even BER has in primitive form only (X.690 section 8). */
const NEVER_IN_PIECES: ReadonlySet<number> = new Set([TAG.boolean, TAG.integer, TAG.null, TAG.oid, TAG.enumerated]);

/** Nesting that is deeper than this is refused; no real structure comes near it. */
const MAX_DEPTH = 100;

/**
 * One BER or DER element, a view on the buffer it was read from. Children are read on first use, so a tree costs what is looked at.
 * Offsets are absolute in that buffer.
 */
export class DerNode {
  readonly buffer: Uint8Array;
  /** Offset of the identifier octet. */
  readonly start: number;
  /** Offset of the first content octet. */
  readonly contentStart: number;
  /** Offset after the content (before end-of-contents octets, if any). */
  readonly contentEnd: number;
  /** Offset after the whole element. */
  readonly end: number;
  /** Tag class: 0 universal, 1 application, 2 context, 3 private. */
  readonly cls: number;
  readonly constructed: boolean;
  /** Tag number. */
  readonly number: number;
  /** True for BER's indefinite length. */
  readonly indefinite: boolean;
  readonly strictness: Strictness;
  readonly depth: number;
  #children: readonly DerNode[] | undefined;

  constructor(
    buffer: Uint8Array,
    at: {
      start: number;
      contentStart: number;
      contentEnd: number;
      end: number;
      cls: number;
      constructed: boolean;
      number: number;
      indefinite: boolean;
      depth: number;
    },
    strictness: Strictness,
  ) {
    this.buffer = buffer;
    this.start = at.start;
    this.contentStart = at.contentStart;
    this.contentEnd = at.contentEnd;
    this.end = at.end;
    this.cls = at.cls;
    this.constructed = at.constructed;
    this.number = at.number;
    this.indefinite = at.indefinite;
    this.depth = at.depth;
    this.strictness = strictness;
  }

  /** The content octets (a view). */
  get content(): Buffer {
    return view(this.buffer, this.contentStart, this.contentEnd);
  }

  /** The whole element: identifier, length and content (a view). */
  get bytes(): Buffer {
    return view(this.buffer, this.start, this.end);
  }

  /** The elements inside a constructed element. Throws `ERR_DER` for a primitive one. */
  get children(): readonly DerNode[] {
    if (this.#children) return this.#children;
    if (!this.constructed) fail('ERR_DER', `a primitive element at offset ${this.start} has no elements inside`);
    const children: DerNode[] = [];
    let at = this.contentStart;
    while (at < this.contentEnd) {
      const child = readElement(this.buffer, at, this.contentEnd, this.depth + 1, this.strictness);
      children.push(child);
      at = child.end;
    }
    this.#children = children;
    return children;
  }

  /** True when this is the universal type `number`, in its usual form (constructed exactly for SEQUENCE and SET). */
  is(number: number): boolean {
    if (this.cls !== CLASS.universal || this.number !== number) return false;
    if (this.constructed === (number === TAG.sequence || number === TAG.set)) return true;
    return this.constructed && this.strictness === 'ber' && !NEVER_IN_PIECES.has(number);
  }

  /** True when this is the context-specific tag `[number]`. */
  isContext(number: number): boolean {
    return this.cls === CLASS.context && this.number === number;
  }

  /** This element, which must be the universal type `number`; `what` names it in the error. */
  expect(number: number, what: string): this {
    if (!this.is(number)) fail('ERR_DER', `${what}: ${describe(this)} where ${tagName(number)} should be`);
    return this;
  }

  /** The elements of a SEQUENCE. */
  sequence(what: string): readonly DerNode[] {
    return this.expect(TAG.sequence, what).children;
  }

  /** The elements of a SET. */
  set(what: string): readonly DerNode[] {
    return this.expect(TAG.set, what).children;
  }

  /** The only element inside an explicit tag or a one-element structure. */
  only(what: string): DerNode {
    const [child, more] = this.children;
    if (!child || more)
      fail('ERR_DER', `${what}: ${this.children.length} elements at offset ${this.start} where one should be`);
    return child;
  }

  /** A BOOLEAN's value (DER: 0x00 or 0xff). */
  boolean(what: string): boolean {
    const c = this.expect(TAG.boolean, what).content;
    if (c.length !== 1) fail('ERR_DER', `${what}: a BOOLEAN of ${c.length} octets at offset ${this.start}`);
    if (this.strictness === 'der' && c[0] !== 0 && c[0] !== 0xff) {
      fail('ERR_DER', `${what}: a BOOLEAN at offset ${this.start} that is neither 00 nor FF`);
    }
    return c[0] !== 0;
  }

  /** An INTEGER's content octets, two's complement, checked for being minimal. `tag` allows an implicit tag's content. */
  integerBytes(what: string, implicit = false): Buffer {
    const c = implicit ? this.content : this.expect(TAG.integer, what).content;
    checkInteger(c, what, this.start);
    return c;
  }

  /** An INTEGER's value. */
  integer(what: string): bigint {
    return bigintOf(this.integerBytes(what));
  }

  /** An INTEGER that must fit in 0 … 2^31-1. */
  smallInteger(what: string): number {
    const c = this.integerBytes(what);
    if (c.length > 4 || (c[0] ?? 0) >= 0x80)
      fail('ERR_DER', `${what}: the integer at offset ${this.start} is out of range`);
    return c.readUIntBE(0, c.length);
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  oid(what: string): string {
    return decodeOid(this.expect(TAG.oid, what).content, this.start);
  }

  /** A primitive OCTET STRING's content (in BER mode a constructed one is joined). */
  octets(what: string): Buffer {
    this.expect(TAG.octetString, what);
    if (!this.constructed) return this.content;
    return Buffer.concat(this.children.map((child) => child.octets(what)));
  }

  /** A BIT STRING's bits and the count of unused ones in the last octet. */
  bitString(what: string): { bytes: Buffer; unused: number } {
    const c = this.expect(TAG.bitString, what).#pieces();
    const unused = c[0];
    if (unused === undefined || unused > 7 || (unused > 0 && c.length === 1)) {
      fail('ERR_DER', `${what}: a malformed BIT STRING at offset ${this.start}`);
    }
    const last = c[c.length - 1] ?? 0;
    if (this.strictness === 'der' && unused > 0 && (last & ((1 << unused) - 1)) !== 0) {
      fail('ERR_DER', `${what}: the BIT STRING at offset ${this.start} has unused bits that are not zero`);
    }
    return { bytes: c.subarray(1), unused };
  }

  /** The content of a string, which BER allows in pieces; OpenSSL puts them together as they are. */
  #pieces(): Buffer {
    return this.constructed ? Buffer.concat(this.children.map((child) => child.#pieces())) : this.content;
  }

  /** A BIT STRING that holds whole octets. */
  bitOctets(what: string): Buffer {
    const { bytes, unused } = this.bitString(what);
    if (unused !== 0)
      fail('ERR_DER', `${what}: the BIT STRING at offset ${this.start} is not a whole number of octets`);
    return bytes;
  }

  /** A UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5). */
  time(what: string): Asn1Time {
    if (!this.is(TAG.utcTime) && !this.is(TAG.generalizedTime)) {
      fail('ERR_DER', `${what}: ${describe(this)} where a time should be`);
    }
    return decodeTime(this.number === TAG.utcTime ? 'utc' : 'generalized', this.content, what);
  }
}

/** A two's complement INTEGER content as a bigint. */
export function bigintOf(content: Uint8Array): bigint {
  if (content.length === 0) return 0n;
  const value = BigInt(`0x${hex(content)}`);
  return (content[0] as number) >= 0x80 ? value - (1n << BigInt(8 * content.length)) : value;
}

/**
 * Reads one element that fills `bytes` completely.
 *
 * @param strictness `der` (default) refuses BER forms; `ber` accepts them.
 * @throws TlskitError ERR_DER
 */
export function readDer(bytes: Uint8Array, strictness: Strictness = 'der'): DerNode {
  const node = readElement(bytes, 0, bytes.length, 0, strictness);
  if (node.end !== bytes.length)
    fail('ERR_DER', `${bytes.length - node.end} octets are left over after the element at offset 0`);
  return node;
}

/**
 * Reads an element and everything in it, for readers that would look at parts only.
 *
 * @throws TlskitError ERR_DER for what DER forbids
 */
export function checkDer(bytes: Uint8Array): void {
  checkTree(readDer(bytes));
}

function checkTree(node: DerNode): void {
  if (node.constructed) for (const child of node.children) checkTree(child);
}

/** Reads the element at `start` and ignores what follows it. */
export function readDerPrefix(bytes: Uint8Array, start = 0, strictness: Strictness = 'der'): DerNode {
  return readElement(bytes, start, bytes.length, 0, strictness);
}

function readElement(buf: Uint8Array, start: number, limit: number, depth: number, strictness: Strictness): DerNode {
  if (depth > MAX_DEPTH) fail('ERR_DER', `elements are nested more than ${MAX_DEPTH} deep`);
  const first = octet(buf, start, limit, start);
  let at = start + 1;
  let number = first & 0x1f;
  if (number === 0x1f) [number, at] = readLongTag(buf, at, limit, start);
  const constructed = (first & 0x20) !== 0;
  // written out in full: a spread here takes most of the time of reading
  const cls = first >> 6;
  const lead = octet(buf, at, limit, start);
  at += 1;
  if (lead === 0x80) {
    if (strictness === 'der' || !constructed) fail('ERR_DER', `an indefinite length at offset ${start}`);
    const contentEnd = findEndOfContents(buf, at, limit, depth, strictness);
    return new DerNode(
      buf,
      { start, cls, constructed, number, depth, contentStart: at, contentEnd, end: contentEnd + 2, indefinite: true },
      strictness,
    );
  }
  let length = lead;
  if (lead > 0x80) [length, at] = readLongLength(buf, at, limit, start, lead & 0x7f, strictness);
  if (length > limit - at) {
    fail('ERR_DER', `the element at offset ${start} says it has ${length} octets, and ${limit - at} are there`);
  }
  const contentEnd = at + length;
  return new DerNode(
    buf,
    { start, cls, constructed, number, depth, contentStart: at, contentEnd, end: contentEnd, indefinite: false },
    strictness,
  );
}

function readLongTag(buf: Uint8Array, from: number, limit: number, start: number): [number, number] {
  let at = from;
  let number = 0;
  for (;;) {
    const b = octet(buf, at, limit, start);
    if (number === 0 && b === 0x80) fail('ERR_DER', `a tag with leading zeros at offset ${start}`);
    number = number * 128 + (b & 0x7f);
    at += 1;
    if (number > 0x7fffffff) fail('ERR_DER', `a tag number that is too large at offset ${start}`);
    if ((b & 0x80) === 0) return [number, at];
  }
}

function readLongLength(
  buf: Uint8Array,
  from: number,
  limit: number,
  start: number,
  count: number,
  strictness: Strictness,
): [number, number] {
  let length = 0;
  for (let i = 0; i < count; i += 1) {
    const b = octet(buf, from + i, limit, start);
    if (i === 0 && b === 0 && strictness === 'der') fail('ERR_DER', `a length with leading zeros at offset ${start}`);
    length = length * 256 + b;
    if (length > 0x7fffffff) fail('ERR_DER', `a length that is too large at offset ${start}`);
  }
  if (length < 0x80 && strictness === 'der')
    fail('ERR_DER', `a length in a longer form than needed at offset ${start}`);
  return [length, from + count];
}

function findEndOfContents(
  buf: Uint8Array,
  from: number,
  limit: number,
  depth: number,
  strictness: Strictness,
): number {
  let at = from;
  for (;;) {
    if (octet(buf, at, limit, from) === 0 && octet(buf, at + 1, limit, from) === 0) return at;
    at = readElement(buf, at, limit, depth + 1, strictness).end;
  }
}

function octet(buf: Uint8Array, at: number, limit: number, start: number): number {
  if (at >= limit) fail('ERR_DER', `the data ends inside the element at offset ${start}`);
  return buf[at] as number;
}

/** X.690 section 8.3.2 holds for BER too, and OpenSSL keeps to it. */
function checkInteger(c: Uint8Array, what: string, start: number): void {
  if (c.length === 0) fail('ERR_DER', `${what}: an INTEGER without content at offset ${start}`);
  const second = c[1];
  if (second === undefined) return;
  if ((c[0] === 0 && second < 0x80) || (c[0] === 0xff && second >= 0x80)) {
    fail('ERR_DER', `${what}: the INTEGER at offset ${start} is longer than needed`);
  }
}

function view(buf: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(buf.buffer, buf.byteOffset + from, to - from);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

const NAMES = new Map<number, string>(Object.entries(TAG).map(([name, number]) => [number, name]));

function tagName(number: number): string {
  return NAMES.get(number) ?? `tag ${number}`;
}

function describe(node: DerNode): string {
  const name = node.cls === CLASS.universal ? tagName(node.number) : `[${node.number}]`;
  return `${name} at offset ${node.start}`;
}
