/**
 * Schemas: one value describes a wire structure and gives its TypeScript type, its reader, its writer, its annotated trace and, through
 * `shape`, random samples for tests. The presentation language is that of RFC 8446 section 3.
 */
import { CodecError, Reader } from './reader.ts';
import { SpanCollector, type Span } from './trace.ts';
import { Writer } from './writer.ts';

/** How to read and write a `T`. */
export interface Schema<T> {
  /** Reads one value. Throws `CodecError` and nothing else; byte strings are views on what is read. */
  read(reader: Reader): T;
  /** Writes one value. Throws RangeError for a value that the schema does not have. */
  write(writer: Writer, value: T): void;
  /** Octets that every value has at least. */
  readonly min: number;
  /** Whether every value has exactly `min` octets. */
  readonly exact: boolean;
  /** What it is made of, for tools that walk schemas. */
  readonly shape: Shape;
}

/** A schema whose values are not of interest. */
// `any` is what makes a schema of every type acceptable: T stands in both a parameter and a result
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySchema = Schema<any>;

/** The structure of a schema, as data. */
export type Shape =
  | { readonly kind: 'number'; readonly size: number; readonly names?: CodePoints }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'opaque'; readonly size: number; readonly min: number; readonly max: number }
  | { readonly kind: 'fixed'; readonly length: number }
  | { readonly kind: 'rest'; readonly min: number }
  | {
      readonly kind: 'vector';
      readonly size: number;
      readonly min: number;
      readonly max: number;
      readonly item: AnySchema;
    }
  | { readonly kind: 'sequence'; readonly item: AnySchema }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [string, AnySchema])[] }
  | { readonly kind: 'optional'; readonly item: AnySchema }
  | { readonly kind: 'prefixed'; readonly size: number; readonly item: AnySchema }
  | {
      readonly kind: 'select';
      readonly tag: AnySchema;
      readonly cases: ReadonlyMap<number, AnySchema>;
      readonly other?: AnySchema;
    }
  | { readonly kind: 'mapped'; readonly item: AnySchema; readonly to: (value: never, refuse: Refuse) => unknown };

/** Refuses a value that decoded. */
export type Refuse = (detail: string) => never;

/** The values of a schema. */
export type Value<S> = S extends Schema<infer T> ? T : never;

/** Names of code points, for traces. */
export interface CodePoints {
  get(code: number): string | undefined;
}

/** An unsigned integer of 1 to 6 octets; `names` serves traces and refuses nothing. */
export function uint(size: 1 | 2 | 3 | 4 | 6, names?: CodePoints): Schema<number> {
  return {
    min: size,
    exact: true,
    shape: { kind: 'number', size, ...(names ? { names } : {}) },
    read(reader) {
      const value = reader.number(size);
      if (reader.trace) reader.trace.note(numberText(value, size, names));
      return value;
    },
    write: (writer, value) => void writer.number(size, value),
  };
}

function numberText(value: number, size: number, names: CodePoints | undefined): string {
  if (!names) return `${value}`;
  return `${names.get(value) ?? 'unknown'} (0x${value.toString(16).padStart(2 * size, '0')})`;
}

/** An octet. */
export const u8: Schema<number> = uint(1);
/** A number of 16 bits. */
export const u16: Schema<number> = uint(2);
/** A number of 24 bits. */
export const u24: Schema<number> = uint(3);
/** A number of 32 bits. */
export const u32: Schema<number> = uint(4);

/** A number of 64 bits. */
export const u64: Schema<bigint> = {
  min: 8,
  exact: true,
  shape: { kind: 'bigint' },
  read(reader) {
    if (reader.left < 8) reader.fail('truncated', `8 octets wanted, ${reader.left} there`);
    const high = reader.number(4);
    const value = (BigInt(high) << 32n) | BigInt(reader.number(4));
    reader.trace?.note(`${value}`);
    return value;
  },
  write: (writer, value) => void writer.number(4, Number(value >> 32n)).number(4, Number(value & 0xffffffffn)),
};

/** Octets for a trace: all of them up to 32, else the first and how many there are. */
function noteBytes(reader: Reader, bytes: Uint8Array): Uint8Array {
  if (reader.trace) {
    const hex = Buffer.from(bytes.subarray(0, 32)).toString('hex');
    reader.trace.note(bytes.length > 32 ? `${hex}… (${bytes.length} octets)` : hex);
  }
  return bytes;
}

/** Exactly `length` octets. */
export function fixed(length: number): Schema<Uint8Array> {
  return {
    min: length,
    exact: true,
    shape: { kind: 'fixed', length },
    read: (reader) => noteBytes(reader, reader.take(length)),
    write(writer, value) {
      if (value.length !== length) throw new RangeError(`${value.length} octets where ${length} belong`);
      writer.put(value);
    },
  };
}

/** All octets up to the end of what is read, at least `min`. */
export function rest(min = 0): Schema<Uint8Array> {
  return {
    min,
    exact: false,
    shape: { kind: 'rest', min },
    read: (reader) => noteBytes(reader, reader.take(Math.max(min, reader.left))),
    write(writer, value) {
      if (value.length < min) throw new RangeError(`${value.length} octets where at least ${min} belong`);
      writer.put(value);
    },
  };
}

const limitOf = (size: number): number => 2 ** (8 * size) - 1;

/** Reads the length of a vector and checks it against its bounds before anything is read. */
function lengthOf(reader: Reader, size: number, min: number, max: number): number {
  const at = reader.offset;
  const length = reader.number(size);
  if (length < min) reader.fail('length', `a length of ${length}, at least ${min} are required`, at);
  if (length > max) reader.fail('length', `a length of ${length}, at most ${max} are allowed`, at);
  return length;
}

/** `opaque x<min..max>` with its length in `size` octets. */
export function opaque(size: 1 | 2 | 3, min = 0, max: number = limitOf(size)): Schema<Uint8Array> {
  return {
    min: size + min,
    exact: false,
    shape: { kind: 'opaque', size, min, max },
    read: (reader) => noteBytes(reader, reader.take(lengthOf(reader, size, min, max))),
    write(writer, value) {
      const at = writer.open(size);
      writer.put(value).close(at, size, min, max);
    },
  };
}

/** `T x<min..max>`: items one after the other, with the length of all of them before; `min` and `max` count octets. */
export function vector<T>(
  size: 1 | 2 | 3,
  item: Schema<T>,
  min = 0,
  max: number = limitOf(size),
): Schema<readonly T[]> {
  if (item.min === 0) throw new RangeError('an item of a vector needs at least one octet');
  return {
    min: size + min,
    exact: false,
    shape: { kind: 'vector', size, min, max, item },
    read(reader) {
      const at = reader.offset;
      const length = lengthOf(reader, size, min, max);
      if (item.exact && length % item.min !== 0) {
        reader.fail('length', `a length of ${length}, which is no multiple of ${item.min}`, at);
      }
      const end = reader.narrow(length);
      const items = readItems(reader, item);
      reader.widen(end);
      return items;
    },
    write(writer, value) {
      const at = writer.open(size);
      for (const one of value) item.write(writer, one);
      writer.close(at, size, min, max);
    },
  };
}

/** Items one after the other up to the end of what is read, without a length of their own. */
export function sequence<T>(item: Schema<T>): Schema<readonly T[]> {
  if (item.min === 0) throw new RangeError('an item of a sequence needs at least one octet');
  return {
    min: 0,
    exact: false,
    shape: { kind: 'sequence', item },
    read: (reader) => readItems(reader, item),
    write(writer, value) {
      for (const one of value) item.write(writer, one);
    },
  };
}

/** Reads items up to the end of what is read; each is named by its place. */
function readItems<T>(reader: Reader, item: Schema<T>): T[] {
  const items: T[] = [];
  const { trace } = reader;
  try {
    while (reader.left > 0) {
      trace?.enter(`${items.length}`, reader.offset);
      items.push(item.read(reader));
      trace?.leave(reader.offset);
    }
  } catch (error) {
    throw CodecError.under(`${items.length}`, error);
  }
  return items;
}

/** Reads a value under a name: a span when traced, a step of the path when it fails. */
function readNamed<T>(reader: Reader, schema: Schema<T>, name: string): T {
  try {
    reader.trace?.enter(name, reader.offset);
    const value = schema.read(reader);
    reader.trace?.leave(reader.offset);
    return value;
  } catch (error) {
    throw CodecError.under(name, error);
  }
}

type Fields = Readonly<Record<string, AnySchema>>;

/** The value of a structure with the fields `F`. */
export type StructValue<F extends Fields> = { readonly [K in keyof F]: Value<F[K]> };

/** Fields one after the other. */
export function struct<const F extends Fields>(fields: F): Schema<StructValue<F>> {
  const entries: (readonly [string, AnySchema])[] = Object.entries(fields);
  const names = Object.keys(fields);
  const schemas = Object.values(fields);
  // values begin as copies of one object with all the fields: adding them one by one costs several times as much
  const blank: Readonly<Record<string, unknown>> = Object.fromEntries(names.map((name) => [name, undefined]));
  return {
    min: entries.reduce((sum, [, schema]) => sum + schema.min, 0),
    exact: entries.every(([, schema]) => schema.exact),
    shape: { kind: 'struct', fields: entries },
    read(reader) {
      const value: Record<string, unknown> = { ...blank };
      const { trace } = reader;
      let i = 0;
      try {
        for (; i < names.length; i += 1) {
          const name = names[i] as string;
          trace?.enter(name, reader.offset);
          value[name] = (schemas[i] as AnySchema).read(reader) as unknown;
          trace?.leave(reader.offset);
        }
      } catch (error) {
        throw CodecError.under(names[i] as string, error);
      }
      return value as StructValue<F>;
    },
    write(writer, value) {
      for (let i = 0; i < names.length; i += 1) (schemas[i] as AnySchema).write(writer, value[names[i] as string]);
    },
  };
}

/** A value that may be missing at the end of a structure (extensions before TLS 1.3): there exactly when octets are left. */
export function optional<T>(item: Schema<T>): Schema<T | undefined> {
  return {
    min: 0,
    exact: false,
    shape: { kind: 'optional', item },
    read: (reader) => (reader.left > 0 ? item.read(reader) : undefined),
    write(writer, value) {
      if (value !== undefined) item.write(writer, value);
    },
  };
}

/** A structure with its length in `size` octets before it; the structure must fill the length. */
export function prefixed<T>(size: 1 | 2 | 3, item: Schema<T>): Schema<T> {
  return {
    min: size + item.min,
    exact: item.exact,
    shape: { kind: 'prefixed', size, item },
    read(reader) {
      const end = reader.narrow(reader.number(size));
      const value = item.read(reader);
      reader.widen(end);
      return value;
    },
    write(writer, value) {
      const at = writer.open(size);
      item.write(writer, value);
      writer.close(at, size);
    },
  };
}

/** A number that says what follows, and what follows. */
export type SelectValue<C extends Readonly<Record<number, AnySchema>>> = {
  readonly [K in keyof C & number]: { readonly type: K; readonly body: Value<C[K]> };
}[keyof C & number];

/**
 * `select (tag) { case … }`: a number, then the structure that belongs to it. A number without a case is a `value` fault, unless `other`
 * reads it.
 */
export function select<const C extends Readonly<Record<number, AnySchema>>>(
  tag: Schema<number>,
  cases: C,
): Schema<SelectValue<C>>;
export function select<const C extends Readonly<Record<number, AnySchema>>, O>(
  tag: Schema<number>,
  cases: C,
  other: Schema<O>,
): Schema<SelectValue<C> | { readonly type: number; readonly body: O }>;
export function select(
  tag: Schema<number>,
  cases: Readonly<Record<number, AnySchema>>,
  other?: AnySchema,
): Schema<{ readonly type: number; readonly body: unknown }> {
  const table = new Map(Object.entries(cases).map(([code, schema]) => [Number(code), schema]));
  const bodies = [...table.values(), ...(other ? [other] : [])];
  const least = Math.min(...bodies.map((body) => body.min));
  return {
    min: tag.min + least,
    exact: tag.exact && bodies.every((body) => body.exact && body.min === least),
    shape: { kind: 'select', tag, cases: table, ...(other ? { other } : {}) },
    read(reader) {
      const at = reader.offset;
      const type = readNamed(reader, tag, 'type');
      const body = table.get(type) ?? other ?? reader.fail('value', `an unknown type ${type}`, at);
      return { type, body: readNamed<unknown>(reader, body, 'body') };
    },
    write(writer, value) {
      const body = table.get(value.type) ?? other;
      if (!body) throw new RangeError(`an unknown type ${value.type}`);
      tag.write(writer, value.type);
      body.write(writer, value.body);
    },
  };
}

/** The same octets as another type. `to` refuses a value through its second argument, which makes a `value` fault. */
export function mapped<A, B>(item: Schema<A>, to: (value: A, refuse: Refuse) => B, from: (value: B) => A): Schema<B> {
  return {
    min: item.min,
    exact: item.exact,
    shape: { kind: 'mapped', item, to },
    read(reader) {
      const at = reader.offset;
      return to(item.read(reader), (detail) => reader.fail('value', detail, at));
    },
    write: (writer, value) => item.write(writer, from(value)),
  };
}

/** The values of `item` that `wrong` finds nothing wrong with; it returns what is. Writing obeys the same rule. */
export function refined<T>(item: Schema<T>, wrong: (value: T) => string | undefined): Schema<T> {
  return mapped(
    item,
    (value, refuse) => {
      const detail = wrong(value);
      return detail === undefined ? value : refuse(detail);
    },
    (value) => {
      const detail = wrong(value);
      if (detail !== undefined) throw new RangeError(detail);
      return value;
    },
  );
}

/** The value of an empty structure. */
export type Nothing = Readonly<Record<string, never>>;

/** Nothing at all: the body of an empty message or extension. */
export const empty: Schema<Nothing> = struct({});

/** Decodes `bytes`, which the value must fill. Throws `CodecError` and nothing else. */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes);
  const value = schema.read(reader);
  reader.end();
  return value;
}

/** What `annotate` finds. `span` of a failed decoding goes as far as it came. */
export type Annotated<T> =
  | { readonly span: Span; readonly value: T; readonly error?: undefined }
  | { readonly span: Span; readonly error: CodecError };

/** Decodes and says which octets were what. `name` names the whole. */
export function annotate<T>(schema: Schema<T>, name: string, bytes: Uint8Array): Annotated<T> {
  const trace = new SpanCollector(name, bytes.length);
  const reader = new Reader(bytes, trace);
  try {
    const value = schema.read(reader);
    reader.end();
    return { value, span: trace.root };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    trace.stop(reader.offset);
    return { span: trace.root, error };
  }
}

// most values are small and many are encoded in a handshake: one buffer serves all, and each takes a copy of what it needs
let spare: Writer | undefined;

/**
 * Encodes a value; with `type` behind that octet and its own length in three, as a handshake message has it. Throws RangeError for a value
 * that the schema does not have.
 */
export function encode<T>(schema: Schema<T>, value: T, type?: number): Buffer {
  // undefined while another encoding is under way
  const writer = spare ?? new Writer();
  spare = undefined;
  try {
    writer.reset();
    if (type === undefined) {
      schema.write(writer, value);
      return writer.finish();
    }
    const at = writer.number(1, type).open(3);
    schema.write(writer, value);
    writer.close(at, 3);
    return writer.finish();
  } finally {
    spare = writer;
  }
}
