/** What must hold for every schema, with random values derived from its shape. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import {
  CodecError,
  annotate,
  decode,
  encode,
  type AnySchema,
  type Schema,
  type Span,
} from '../../src/lib/codec/index.ts';

const REFUSED = new Error('refused');

/** Random values of a schema, small enough for many runs. */
export function valuesOf(schema: AnySchema): fc.Arbitrary<unknown> {
  const shape = schema.shape;
  switch (shape.kind) {
    case 'number':
      return fc.integer({ min: 0, max: 2 ** (8 * shape.size) - 1 });
    case 'bigint':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'fixed':
      return fc.uint8Array({ minLength: shape.length, maxLength: shape.length });
    case 'rest':
      return fc.uint8Array({ minLength: shape.min, maxLength: shape.min + 20 });
    case 'opaque':
      return fc.uint8Array({ minLength: shape.min, maxLength: Math.min(shape.max, shape.min + 40) });
    case 'vector':
      return vectorValues(shape.item, shape.min, shape.max);
    case 'sequence':
      return fc.array(valuesOf(shape.item), { maxLength: 5 });
    case 'struct':
      return fc.record(Object.fromEntries(shape.fields.map(([name, field]) => [name, valuesOf(field)])));
    case 'optional':
      return fc.option(valuesOf(shape.item), { nil: undefined });
    case 'prefixed':
      return valuesOf(shape.item);
    case 'select':
      return fc.oneof(
        ...[...shape.cases].map(([type, body]) => fc.record({ type: fc.constant(type), body: valuesOf(body) })),
        ...(shape.other ? [otherValues(shape.tag, shape.cases, shape.other)] : []),
      );
    case 'mapped':
    default:
      return mappedValues(shape.item, shape.to);
  }
}

/** Values of the inner schema that `to` does not refuse. */
function mappedValues(item: AnySchema, to: (value: never, refuse: () => never) => unknown): fc.Arbitrary<unknown> {
  return valuesOf(item)
    .map((value) => {
      try {
        return to(value as never, () => {
          throw REFUSED;
        });
      } catch (error) {
        if (error === REFUSED) return REFUSED;
        throw error;
      }
    })
    .filter((value) => value !== REFUSED);
}

function otherValues(tag: AnySchema, cases: ReadonlyMap<number, AnySchema>, other: AnySchema): fc.Arbitrary<unknown> {
  return fc.record({ type: valuesOf(tag).filter((type) => !cases.has(type as number)), body: valuesOf(other) });
}

/** Lists whose encodings lie in the bounds: items are added up to the least, and a few more while they fit. */
function vectorValues(item: AnySchema, min: number, max: number): fc.Arbitrary<unknown[]> {
  const least = item.min === 0 ? 0 : Math.ceil(min / item.min);
  return fc
    .array(valuesOf(item), { minLength: Math.min(least, 64), maxLength: Math.min(least, 64) + 4 })
    .map((items) => {
      const kept: unknown[] = [];
      let length = 0;
      for (const one of items) {
        const size = encode(item, one).length;
        if (length >= min && length + size > max) break;
        kept.push(one);
        length += size;
      }
      return { kept, length };
    })
    .filter(({ length }) => length >= min && length <= max)
    .map(({ kept }) => kept);
}

/** Whether a value may end early or late without harm: its last field takes what is left. */
export function isOpen(schema: AnySchema): boolean {
  const shape = schema.shape;
  if (shape.kind === 'rest' || shape.kind === 'optional' || shape.kind === 'sequence') return true;
  if (shape.kind === 'mapped') return isOpen(shape.item);
  if (shape.kind === 'struct') {
    const last = shape.fields.at(-1);
    return last !== undefined && isOpen(last[1]);
  }
  if (shape.kind === 'select') return [...shape.cases.values(), ...(shape.other ? [shape.other] : [])].some(isOpen);
  return false;
}

/** Decodes, or returns the CodecError; anything else that is thrown is a failure of the test. */
export function tryDecode<T>(schema: Schema<T>, bytes: Uint8Array): { value: T } | { error: CodecError } {
  try {
    return { value: decode(schema, bytes) };
  } catch (error) {
    if (error instanceof CodecError) return { error };
    throw error;
  }
}

/** Either the bytes are refused, or they are exactly what their value encodes to. */
function expectRefusedOrSame(schema: AnySchema, bytes: Uint8Array): void {
  const result = tryDecode(schema, bytes);
  if ('value' in result) expect(encode(schema, result.value).equals(bytes)).toBe(true);
}

/** A traced reading finds the same, and its spans lie inside of one another, one after the other. */
function expectSameTraced(schema: AnySchema, bytes: Uint8Array): void {
  const traced = annotate<unknown>(schema, 'sample', bytes);
  expect(traced.error).toBeUndefined();
  if (!traced.error) expect(traced.value).toEqual(decode(schema, bytes));
  expectNested(traced.span);
}

function expectNested(span: Span): void {
  let at = span.start;
  for (const one of span.inner) {
    expect(one.start).toBeGreaterThanOrEqual(at);
    expect(one.end).toBeLessThanOrEqual(span.end);
    at = one.end;
    expectNested(one);
  }
}

/**
 * Round trip, traced and not; every prefix refused; trailing octets refused; random octets and single changed octets decode to what encodes back to them or
 * throw CodecError.
 */
export function checkSchema(schema: AnySchema, runs = 60): void {
  const open = isOpen(schema);
  fc.assert(
    fc.property(valuesOf(schema), fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
      const bytes = encode(schema, value);
      expect(bytes.length).toBeGreaterThanOrEqual(schema.min);
      if (schema.exact) expect(bytes.length).toBe(schema.min);
      expect(encode(schema, decode(schema, bytes)).equals(bytes)).toBe(true);
      expectSameTraced(schema, bytes);
      const step = Math.max(1, Math.floor(bytes.length / 200));
      for (let end = 0; end < bytes.length; end += end < 64 ? 1 : step) {
        const prefix = bytes.subarray(0, end);
        if (open) expectRefusedOrSame(schema, prefix);
        else expect(tryDecode(schema, prefix)).toHaveProperty('error');
      }
      const longer = Buffer.concat([bytes, Buffer.from([change])]);
      if (open) expectRefusedOrSame(schema, longer);
      else expect(tryDecode(schema, longer)).toHaveProperty('error.fault', 'trailing');
      if (bytes.length > 0) {
        const changed = Buffer.from(bytes);
        changed[place % bytes.length]! ^= change;
        expectRefusedOrSame(schema, changed);
      }
    }),
    { numRuns: runs },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => expectRefusedOrSame(schema, bytes)),
    { numRuns: runs * 2 },
  );
}

/** What octets of a schema can be wrong by, in the words of the reason table. */
export function faultsOf(schema: AnySchema): readonly ('malformed' | 'excess_data' | 'bad_value')[] {
  return [
    ...(canBeShort(schema) ? (['malformed'] as const) : []),
    ...(takesAll(schema) ? [] : (['excess_data'] as const)),
    ...(canRefuse(schema) ? (['bad_value'] as const) : []),
  ];
}

/** The schemas inside of a schema. */
function parts({ shape }: AnySchema): readonly AnySchema[] {
  if (shape.kind === 'struct') return shape.fields.map(([, field]) => field);
  if (shape.kind === 'select') return [shape.tag, ...shape.cases.values(), ...(shape.other ? [shape.other] : [])];
  return 'item' in shape ? [shape.item] : [];
}

function canBeShort(schema: AnySchema): boolean {
  const { kind } = schema.shape;
  if (schema.min > 0 || kind === 'opaque' || kind === 'vector' || kind === 'prefixed') return true;
  return parts(schema).some(canBeShort);
}

/** Whether nothing can be left over: the end of the value is the end of the octets, whatever they are. */
function takesAll({ shape }: AnySchema): boolean {
  if (shape.kind === 'rest' || shape.kind === 'sequence') return true;
  if (shape.kind === 'mapped') return takesAll(shape.item);
  if (shape.kind === 'struct')
    return shape.fields.length > 0 && takesAll((shape.fields.at(-1) as [string, AnySchema])[1]);
  return shape.kind === 'select' && [...shape.cases.values(), ...(shape.other ? [shape.other] : [])].every(takesAll);
}

function canRefuse(schema: AnySchema): boolean {
  const { shape } = schema;
  if (shape.kind === 'select' && !shape.other) return true;
  if (shape.kind === 'mapped' && shape.item.shape.kind === 'number') {
    let refused = false;
    for (let value = 0; value < 256; value += 1) {
      try {
        shape.to(value as never, () => {
          throw REFUSED;
        });
      } catch {
        refused = true;
      }
    }
    return refused;
  }
  return parts(schema).some(canRefuse);
}
