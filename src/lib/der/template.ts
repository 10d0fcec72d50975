import { ABSENT, Input, readHeader, tagText, takeHeader, type Header, type Tag } from './input.ts';
import { decodeOid } from './oid.ts';
import { CLASS, TAG } from './reader.ts';

export { ABSENT, Input, readHeader, type Header, type Tag } from './input.ts';

/**
 * Reading by template, with the leniency of OpenSSL's decoder: BER lengths and indefinite forms, strings in pieces, any value for a
 * BOOLEAN, and nothing about order or defaults; what it refuses (wrong tags, left-over fields, padded integers) is refused here too.
 * Use it where a file that `openssl` reads must be read; `readDer` is the reader for strict DER.
 */
export interface Type<T> {
  /** Reads one element at `input.at`, before `limit`, and moves `input.at` behind it. `tag` replaces the type's own (IMPLICIT). */
  read(input: Input, limit: number, tag: Tag | undefined, optional: boolean): T | typeof ABSENT;
}

/** The value a type of `Type<T>` gives. */
export type Read<X> = X extends Type<infer T> ? T : never;

/** A string of any type: its universal tag number and its content octets. */
export interface Asn1String {
  readonly tag: number;
  readonly value: Buffer;
}

/** A BIT STRING: its octets, unused bits cleared, and how many bits of the last octet are unused. */
export interface BitString {
  readonly bytes: Buffer;
  readonly unused: number;
}

/** The tag that `any` reports for elements that are not of the universal class. */
export const OTHER = -3;

/** An element of an open type. `value`: the content octets of a simple type, the whole element of a SEQUENCE, a SET and `OTHER`. */
export interface AnyValue extends Asn1String {
  /** The element as it stood. */
  readonly der: Buffer;
}

/** OpenSSL's limits: nested items, and nested pieces of a constructed string. */
const MAX_ITEMS = 30;
const MAX_PIECES = 5;

/**
 * Reads one element of `type` at the start of `bytes`; what follows it is left alone (as d2i functions do).
 *
 * @param what names the structure in messages
 * @throws TlskitError ERR_DER
 */
export function readTemplate<T>(type: Type<T>, bytes: Uint8Array, what: string): { value: T; length: number } {
  const input = new Input(bytes);
  input.path.push(what);
  const value = type.read(input, bytes.length, undefined, false);
  if (value === ABSENT) return input.fail('nothing to read');
  return { value, length: input.at };
}

/** Moves over end-of-contents octets, if they are next. */
function skipEnd(input: Input, limit: number): boolean {
  const here = limit - input.at >= 2 && input.bytes.readUInt16BE(input.at) === 0;
  if (here) input.at += 2;
  return here;
}

const universal = (number: number): Tag => ({ cls: CLASS.universal, number });

function nested<T>(input: Input, read: () => T): T {
  input.depth += 1;
  if (input.depth > MAX_ITEMS) input.fail('elements nested too deep');
  const value = read();
  input.depth -= 1;
  return value;
}

/** A field of a SEQUENCE: a type with its tagging, and whether it may be absent. */
export interface Field<T> {
  readonly type: Type<NonNullable<T>>;
  readonly optional: boolean;
}

/** A field that may be absent. */
export const optional = <T>(type: Type<T>): Field<T | undefined> => ({
  type: type as Type<NonNullable<T>>,
  optional: true,
});

/** `[number] IMPLICIT`. */
export const implicitly = <T>(number: number, type: Type<T>): Type<T> => ({
  read: (input, limit, _tag, optional) => type.read(input, limit, { cls: CLASS.context, number }, optional),
});

/** `[number] EXPLICIT`. */
export const explicitly = <T>(number: number, type: Type<T>): Type<T> => ({
  read(input, limit, _tag, optional) {
    const header = takeHeader(input, limit, { cls: CLASS.context, number }, optional);
    if (header === ABSENT) return ABSENT;
    if (!header.constructed) input.fail('an explicit tag on a primitive element');
    const value = type.read(input, header.contentEnd, undefined, false);
    if (header.indefinite ? !skipEnd(input, limit) : input.at !== header.contentEnd)
      input.fail('more than one element in an explicit tag');
    return value;
  },
});

type Fields<T> = { readonly [K in keyof T]: Type<NonNullable<T[K]>> | Field<T[K]> | Dependent<T[K]> };
type AnyField = Type<unknown> | Field<unknown> | Dependent<unknown>;

/** SEQUENCE with these fields, in this order; the result has a property a field (absent ones are undefined). */
export function sequence<T>(fields: Fields<T>): Type<T> {
  const list = Object.entries<AnyField>(fields);
  return {
    read(input, limit, tag, optional) {
      return nested(input, () => {
        const header = takeHeader(input, limit, tag ?? universal(TAG.sequence), optional);
        if (header === ABSENT) return ABSENT;
        if (!header.constructed) input.fail('a SEQUENCE in primitive form');
        return readFields(input, header, list) as T;
      });
    },
  };
}

function readFields(input: Input, header: Header, list: readonly [string, AnyField][]): object {
  const out: Record<string, unknown> = {};
  const limit = header.contentEnd;
  let open = header.indefinite;
  let next = 0;
  for (; next < list.length && input.at < limit; next += 1) {
    if (skipEnd(input, limit)) {
      if (!open) input.fail('unexpected end-of-contents octets');
      open = false;
      break;
    }
    const [name, field] = list[next] as [string, AnyField];
    const may = 'optional' in field && field.optional && next < list.length - 1;
    input.path.push(name);
    const type = 'typeOf' in field ? field.typeOf(out) : 'optional' in field ? field.type : field;
    const value = type.read(input, limit, undefined, may);
    input.path.pop();
    if (value !== ABSENT) out[name] = value;
  }
  if (open && !skipEnd(input, limit)) input.fail('a SEQUENCE without its end-of-contents octets');
  if (!header.indefinite && input.at !== limit) input.fail('elements left over in a SEQUENCE');
  for (; next < list.length; next += 1) {
    const [name, field] = list[next] as [string, AnyField];
    if (!('optional' in field)) input.fail(`the field "${name}" is not there`);
  }
  return out;
}

function collection<T>(number: number, item: Type<T>): Type<readonly T[]> {
  return {
    read(input, limit, tag, optional) {
      const header = takeHeader(input, limit, tag ?? universal(number), optional);
      if (header === ABSENT) return ABSENT;
      const items: T[] = [];
      let open = header.indefinite;
      while (input.at < header.contentEnd) {
        if (skipEnd(input, header.contentEnd)) {
          if (!open) input.fail('unexpected end-of-contents octets');
          open = false;
          break;
        }
        items.push(item.read(input, header.contentEnd, undefined, false) as T);
      }
      if (open) input.fail('a list without its end-of-contents octets');
      return items;
    },
  };
}

/** SEQUENCE OF. */
export const sequenceOf = <T>(item: Type<T>): Type<readonly T[]> => collection(TAG.sequence, item);

/** SET OF. */
export const setOf = <T>(item: Type<T>): Type<readonly T[]> => collection(TAG.set, item);

/** What a CHOICE holds: which alternative, and its value. */
export type Choice<A> = { [K in keyof A]: { readonly kind: K; readonly value: A[K] } }[keyof A];

/** CHOICE: the first alternative whose tag fits. */
export function choice<A>(alternatives: { readonly [K in keyof A]: Type<A[K]> }): Type<Choice<A>> {
  const list = Object.entries<Type<unknown>>(alternatives);
  return {
    read(input, limit, _tag, optional) {
      return nested(input, () => {
        for (const [kind, type] of list) {
          const value = type.read(input, limit, undefined, true);
          if (value !== ABSENT) return { kind, value } as Choice<A>;
        }
        return optional ? ABSENT : input.fail('no type that is allowed here');
      });
    },
  };
}

/** Puts `map` over the values of a type. */
export const mapped = <T, U>(type: Type<T>, map: (value: T, input: Input) => U): Type<U> => ({
  read(input, limit, tag, optional) {
    const value = type.read(input, limit, tag, optional);
    return value === ABSENT ? ABSENT : map(value, input);
  },
});

/** A type with the octets that it was read from. */
export const withDer = <T>(type: Type<T>): Type<T & { readonly der: Buffer }> => ({
  read(input, limit, tag, optional) {
    const start = input.at;
    const value = type.read(input, limit, tag, optional);
    return value === ABSENT ? ABSENT : { ...value, der: input.bytes.subarray(start, input.at) };
  },
});

/** A type that is built after it is first asked for: for templates that hold themselves, and to keep module start cheap. */
export function lazily<T>(make: () => Type<T>): Type<T> {
  let type: Type<T> | undefined;
  return { read: (input, limit, tag, optional) => (type ??= make()).read(input, limit, tag, optional) };
}

/** Content octets of a simple type; pieces of a constructed one are joined. Types that must be primitive are refused in pieces. */
function content(input: Input, header: Header, type: number): Buffer {
  if (!header.constructed) {
    input.at = header.contentEnd;
    return input.bytes.subarray(header.contentStart, header.contentEnd);
  }
  if (PRIMITIVE_ONLY.has(type)) input.fail('a simple type in constructed form');
  const pieces: Buffer[] = [];
  collect(input, header.contentEnd, header.indefinite, pieces, 0);
  return Buffer.concat(pieces);
}

const PRIMITIVE_ONLY: ReadonlySet<number> = new Set([TAG.null, TAG.boolean, TAG.oid, TAG.integer, TAG.enumerated]);

function collect(input: Input, limit: number, indefinite: boolean, pieces: Buffer[], depth: number): void {
  let open = indefinite;
  while (input.at < limit) {
    if (skipEnd(input, limit)) {
      if (!open) input.fail('unexpected end-of-contents octets');
      open = false;
      break;
    }
    const header = takeHeader(input, limit, undefined, false) as Header;
    if (header.constructed) {
      if (depth >= MAX_PIECES) input.fail('a string nested too deep');
      collect(input, header.contentEnd, header.indefinite, pieces, depth + 1);
    } else {
      pieces.push(input.bytes.subarray(header.contentStart, header.contentEnd));
      input.at = header.contentEnd;
    }
  }
  if (open) input.fail('a string without its end-of-contents octets');
}

function simple<T>(type: number, convert: (content: Buffer, input: Input) => T): Type<T> {
  return {
    read(input, limit, tag, optional) {
      return nested(input, () => {
        const header = takeHeader(input, limit, tag ?? universal(type), optional);
        if (header === ABSENT) return ABSENT;
        return convert(content(input, header, type), input);
      });
    },
  };
}

/** OpenSSL prints no object identifier that is longer than this; decoding has to stay cheap on hostile input. */
const MAX_OID = 586;

/** INTEGER or ENUMERATED content in two's complement; a longer form than needed is refused. */
function checkInteger(c: Buffer, input: Input): Buffer {
  if (c.length === 0) input.fail('an INTEGER without content');
  const padded =
    c.length > 1 && ((c[0] === 0 && (c[1] as number) < 0x80) || (c[0] === 0xff && (c[1] as number) >= 0x80));
  if (padded) input.fail('an INTEGER that is longer than needed');
  return c;
}

function checkOid(c: Buffer, input: Input): string {
  if (c.length === 0 || (c.at(-1) as number) >= 0x80 || c.some((b, i) => b === 0x80 && (c[i - 1] ?? 0) < 0x80))
    input.fail('a malformed OBJECT IDENTIFIER');
  return c.length > MAX_OID ? '<INVALID>' : decodeOid(c);
}

function checkBits(c: Buffer, input: Input): BitString {
  const unused = c[0] ?? 8;
  if (unused > 7) input.fail('a malformed BIT STRING');
  const bytes = Buffer.from(c.subarray(1));
  if (bytes.length > 0) bytes[bytes.length - 1] = (bytes.at(-1) as number) & (0xff << unused);
  return { bytes, unused };
}

/** What the content of a universal type must be like. */
const CHECKS: ReadonlyMap<number, (content: Buffer, input: Input) => unknown> = new Map<
  number,
  (content: Buffer, input: Input) => unknown
>([
  [TAG.boolean, (c, input) => c.length === 1 || input.fail('a BOOLEAN that is not one octet')],
  [TAG.null, (c, input) => c.length === 0 || input.fail('a NULL with content')],
  [TAG.integer, checkInteger],
  [TAG.enumerated, checkInteger],
  [TAG.oid, checkOid],
  [TAG.bitString, checkBits],
  [TAG.bmpString, (c, input) => c.length % 2 === 0 || input.fail('a BMPString of odd length')],
  [TAG.universalString, (c, input) => c.length % 4 === 0 || input.fail('a UniversalString of odd length')],
]);

function checked(tag: number, c: Buffer, input: Input): Asn1String {
  CHECKS.get(tag)?.(c, input);
  return { tag, value: c };
}

/** INTEGER: its content octets, two's complement. */
export const integer = (): Type<Buffer> => simple(TAG.integer, checkInteger);

/** ENUMERATED: its content octets, two's complement. */
export const enumerated = (): Type<Buffer> => simple(TAG.enumerated, checkInteger);

/** BOOLEAN: its octet; anything but 0 is true. */
export const boolean = (): Type<number> =>
  simple(TAG.boolean, (c, input) => checked(TAG.boolean, c, input).value[0] as number);

/** NULL. */
export const nothing = (): Type<null> =>
  simple(TAG.null, (c, input) => (c.length > 0 ? input.fail('a NULL with content') : null));

/** OBJECT IDENTIFIER, dotted. */
export const oid = (): Type<string> => simple(TAG.oid, checkOid);

/** OCTET STRING. */
export const octetString = (): Type<Buffer> => simple(TAG.octetString, (c) => c);

/** BIT STRING. */
export const bitString = (): Type<BitString> => simple(TAG.bitString, checkBits);

/** A SEQUENCE that is not looked into: the element as it stood. */
export const rawSequence = (): Type<Buffer> => ({
  read(input, limit, tag, optional) {
    return nested(input, () => {
      const start = input.at;
      const header = takeHeader(input, limit, tag ?? universal(TAG.sequence), optional);
      if (header === ABSENT) return ABSENT;
      if (!header.constructed) input.fail('a SEQUENCE in primitive form');
      if (header.indefinite) skipIndefinite(input, limit);
      else input.at = header.contentEnd;
      return input.bytes.subarray(start, input.at);
    });
  },
});

/** A field whose type depends on the fields before it; `fields` are those read so far. */
export interface Dependent<T> {
  readonly typeOf: (fields: Readonly<Record<string, unknown>>) => Type<NonNullable<T>>;
}

/** A string of one universal type. */
export const string = (tag: number): Type<Asn1String> => simple(tag, (c, input) => checked(tag, c, input));

/** A string whose tag is one of `tags`. */
export function anyString(tags: ReadonlySet<number>): Type<Asn1String> {
  return {
    read(input, limit, _tag, optional) {
      return nested(input, () => {
        const { cls, number } = readHeader(input, limit);
        if (cls !== CLASS.universal || !tags.has(number)) {
          return optional ? ABSENT : input.fail(`${tagText({ cls, number })} where a string should be`);
        }
        return readValue(input, limit, number);
      });
    },
  };
}

/** Any element at all. */
export const any = (): Type<AnyValue> => ({
  read(input, limit) {
    return nested(input, () => {
      const { cls, number } = readHeader(input, limit);
      return readValue(input, limit, cls === CLASS.universal ? number : OTHER);
    });
  },
});

function readValue(input: Input, limit: number, type: number): AnyValue {
  const start = input.at;
  const header = takeHeader(input, limit, undefined, false) as Header;
  const whole = type === TAG.sequence || type === TAG.set || type === OTHER;
  if (!whole) {
    const { value } = checked(type, content(input, header, type), input);
    return { tag: type, value, der: input.bytes.subarray(start, input.at) };
  }
  if (type !== OTHER && !header.constructed) input.fail('a SEQUENCE or SET in primitive form');
  if (header.indefinite) skipIndefinite(input, limit);
  else input.at = header.contentEnd;
  const der = input.bytes.subarray(start, input.at);
  return { tag: type, value: der, der };
}

/** Moves behind the end of an element of indefinite length whose header has been read. */
function skipIndefinite(input: Input, limit: number): void {
  let open = 1;
  while (input.at < limit) {
    if (skipEnd(input, limit)) {
      open -= 1;
      if (open === 0) return;
      continue;
    }
    const header = takeHeader(input, limit, undefined, false) as Header;
    if (header.indefinite) open += 1;
    else input.at = header.contentEnd;
  }
  input.fail('an element without its end-of-contents octets');
}
