import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  CodecError,
  Reader,
  SpanCollector,
  Writer,
  annotate,
  decode,
  empty,
  encode,
  fixed,
  mapped,
  opaque,
  optional,
  prefixed,
  refined,
  rest,
  select,
  sequence,
  struct,
  u16,
  u24,
  u32,
  u64,
  u8,
  uint,
  vector,
  type AnySchema,
  type Nothing,
  type Value,
} from '../../../src/lib/codec/index.ts';
import { checkSchema, tryDecode } from '../../support/schema-samples.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const even = refined(u8, (value) => (value % 2 === 0 ? undefined : 'not even'));
const text = mapped(
  opaque(1, 1),
  (bytes) => Buffer.from(bytes).toString('latin1'),
  (value) => Buffer.from(value, 'latin1'),
);
const choice = select(u8, { 1: u16, 2: opaque(1), 3: empty });

const SCHEMAS: Readonly<Record<string, AnySchema>> = {
  u8,
  u16,
  u24,
  u32,
  'uint(6)': uint(6),
  u64,
  fixed: fixed(5),
  'fixed(0)': fixed(0),
  rest: rest(),
  'rest(2)': rest(2),
  opaque8: opaque(1, 3, 9),
  opaque16: opaque(2),
  opaque24: opaque(3, 1),
  'vector of numbers': vector(2, u16, 2, 10),
  'vector of vectors': vector(2, opaque(1, 1), 2),
  'vector of structs': vector(1, struct({ a: u8, b: opaque(1) })),
  'vector of exact structs': vector(2, struct({ a: u8, b: u16 }), 0, 30),
  struct: struct({ a: u8, b: struct({ c: u16, d: opaque(1) }) }),
  empty,
  optional: struct({ a: u8, b: optional(vector(2, u8)) }),
  prefixed: prefixed(2, struct({ a: u8, b: rest() })),
  select: choice,
  'select with other': select(u8, { 1: u16 }, rest()),
  sequence: sequence(opaque(1, 1)),
  mapped: text,
  refined: vector(1, even, 1),
};

describe('every combinator', () => {
  it.each(Object.entries(SCHEMAS))('%s: round trip, prefixes, trailing octets, random octets', (_, schema) => {
    checkSchema(schema);
  });
});

describe('faults', () => {
  const fault = (schema: AnySchema, octets: string): unknown => {
    const result = tryDecode(schema, hex(octets));
    return 'error' in result ? [result.error.fault, result.error.offset, result.error.path.join('.')] : result.value;
  };

  it('tells them apart, with the place and the path', () => {
    const message = struct({ a: u8, list: vector(2, struct({ b: u16, c: opaque(1, 1, 2) }), 4) });
    expect(fault(message, '')).toEqual(['truncated', 0, 'a']);
    expect(fault(message, '01 0004 0002 01')).toEqual(['truncated', 3, 'list']);
    expect(fault(message, '01 0003 0002 00')).toEqual(['length', 1, 'list']);
    expect(fault(message, '01 0006 0002 0101 0003')).toEqual(['truncated', 9, 'list.1.c']);
    expect(fault(message, '01 0006 0002 03010203')).toEqual(['length', 5, 'list.0.c']);
    expect(fault(message, '01 0004 0002 0107 99')).toEqual(['trailing', 7, '']);
    expect(fault(vector(2, u16), '0003 000102')).toEqual(['length', 0, '']);
    expect(fault(vector(1, even), '02 02 03')).toEqual(['value', 2, '1']);
    expect(fault(choice, '09')).toEqual(['value', 0, '']);
    expect(fault(choice, '01 00')).toEqual(['truncated', 1, 'body']);
    expect(fault(prefixed(1, u8), '02 0101')).toEqual(['trailing', 2, '']);
    expect(fault(prefixed(1, u16), '01 0101')).toEqual(['truncated', 1, '']);
  });

  it('a vector does not read past its own end', () => {
    expect(fault(struct({ list: vector(1, u16), tail: rest() }), '01 01 0203')).toEqual(['length', 0, 'list']);
    expect(fault(struct({ list: vector(1, opaque(1)), tail: rest() }), '02 02 01 0203')).toEqual([
      'truncated',
      2,
      'list.0',
    ]);
  });

  it('the message names the place', () => {
    expect(() => decode(struct({ a: u8, b: u16 }), hex('01 02'))).toThrow('b: 2 octets wanted, 1 there (offset 1)');
    expect(() => decode(u8, hex(''))).toThrow('1 octets wanted, 0 there (offset 0)');
  });

  it('errors that are no CodecError pass through', () => {
    expect(CodecError.under('x', 7)).toBe(7);
  });
});

describe('writing', () => {
  it.each<[string, AnySchema, unknown]>([
    ['a number that does not fit', u8, 256],
    ['a negative number', u16, -1],
    ['too few fixed octets', fixed(3), hex('0102')],
    ['too few octets of a rest', rest(3), hex('0102')],
    ['an opaque below its bounds', opaque(1, 2), hex('01')],
    ['an opaque above its bounds', opaque(1, 0, 2), hex('010203')],
    ['an opaque above its length field', opaque(1), Buffer.alloc(256)],
    ['a vector below its bounds', vector(2, u8, 1), []],
    ['a vector above its bounds', vector(2, u16, 0, 2), [1, 2]],
    ['a refined value', even, 3],
    ['a select without the case', choice, { type: 9, body: 1 }],
  ])('%s is a RangeError', (_, schema, value) => {
    expect(() => encode(schema, value)).toThrow(RangeError);
  });

  it('the buffer grows, lengths are patched', () => {
    const writer = new Writer(1);
    const at = writer.open(2);
    writer.put(Buffer.alloc(300, 7)).number(1, 1).close(at, 2);
    expect(writer.length).toBe(303);
    expect(writer.finish().subarray(0, 3)).toEqual(hex('012d 07'));
  });

  it('an item without octets is refused when the schema is made', () => {
    expect(() => vector(1, empty)).toThrow(RangeError);
    expect(() => sequence(rest())).toThrow(RangeError);
  });
});

describe('traces', () => {
  const names = new Map([[1, 'one']]);
  const message = struct({ kind: uint(1, names), list: vector(1, u16), data: opaque(1), big: u64 });

  it('say which octets were what', () => {
    const { span } = annotate(message, 'message', hex('01 04 00010002 02 abcd 0000000000000007'));
    expect(span).toEqual({
      name: 'message',
      start: 0,
      end: 17,
      inner: [
        { name: 'kind', start: 0, end: 1, text: 'one (0x01)', inner: [] },
        {
          name: 'list',
          start: 1,
          end: 6,
          inner: [
            { name: '0', start: 2, end: 4, text: '1', inner: [] },
            { name: '1', start: 4, end: 6, text: '2', inner: [] },
          ],
        },
        { name: 'data', start: 6, end: 9, text: 'abcd', inner: [] },
        { name: 'big', start: 9, end: 17, text: '7', inner: [] },
      ],
    });
  });

  it('shorten long octet strings and name unknown numbers', () => {
    const { span } = annotate(struct({ kind: uint(1, names), data: rest() }), 'm', Buffer.alloc(41, 9));
    expect(span.inner[0]?.text).toBe('unknown (0x09)');
    expect(span.inner[1]?.text).toBe(`${'09'.repeat(32)}… (40 octets)`);
  });

  it('take in spans that count from another offset', () => {
    const trace = new SpanCollector('whole', 10);
    trace.enter('data', 3);
    trace.leave(6);
    trace.attach(annotate(struct({ a: struct({ b: u8 }) }), 'part', hex('07')).span, 4);
    expect(trace.root.inner[0]?.inner).toEqual([
      { name: 'a', start: 4, end: 5, inner: [{ name: 'b', start: 4, end: 5, text: '7', inner: [] }] },
    ]);
  });

  it('go as far as a failed decoding came', () => {
    const { span, error } = annotate(message, 'message', hex('01 04 000100'));
    expect(error?.fault).toBe('truncated');
    expect(span.inner.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['kind', 0, 1],
      ['list', 1, 2],
    ]);
  });
});

describe('reading', () => {
  it('gives views, not copies', () => {
    const bytes = hex('02 abcd');
    expect(decode(opaque(1), bytes).buffer).toBe(bytes.buffer);
  });

  it('narrows and widens', () => {
    const reader = new Reader(hex('010203'));
    const end = reader.narrow(1);
    expect(reader.left).toBe(1);
    expect(() => reader.take(2)).toThrow(CodecError);
    expect(() => reader.widen(end)).toThrow('1 octets are left over');
    reader.take(1);
    reader.widen(end);
    expect(reader.left).toBe(2);
  });

  it('types follow the schemas', () => {
    expectTypeOf<Value<typeof choice>>().toEqualTypeOf<
      | { readonly type: 1; readonly body: number }
      | { readonly type: 2; readonly body: Uint8Array }
      | { readonly type: 3; readonly body: Nothing }
    >();
    const value = decode(struct({ a: u8, b: optional(vector(1, u16)) }), hex('01'));
    expectTypeOf(value).toEqualTypeOf<{ readonly a: number; readonly b: readonly number[] | undefined }>();
    expect(value).toEqual({ a: 1, b: undefined });
  });
});
