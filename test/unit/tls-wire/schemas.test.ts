import { describe, expect, it } from 'vitest';
import { EXTENSIONS } from '../../../src/lib/registry/tls-extensions.ts';
import { decodedNames } from '../../../src/lib/registry/tls-reasons.ts';
import { EXTENSION_BODIES, MESSAGES, allSchemas, bodyIn } from '../../../src/lib/tls/wire/index.ts';
import { checkSchema } from '../../support/schema-samples.ts';

const SCHEMAS = allSchemas();

describe('every schema of the wire', () => {
  it('has a name of its own', () => {
    expect(new Set(SCHEMAS.map(([name]) => name)).size).toBe(SCHEMAS.length);
  });

  it.each(SCHEMAS.map(([name, schema]) => ({ name, schema })))('$name', ({ schema }) => checkSchema(schema, 25));
});

describe('the tables', () => {
  it('a body stands in no message that its extension may not stand in', () => {
    for (const { code, places } of EXTENSION_BODIES) {
      for (const place of places) expect([place, EXTENSIONS.row(code)?.places.has(place)]).toEqual([place, true]);
    }
  });

  it('every extension with a body has one in every message that it may stand in', () => {
    for (const code of new Set(EXTENSION_BODIES.map((one) => one.code))) {
      for (const place of EXTENSIONS.row(code)!.places)
        expect([code, place, bodyIn(place, code)?.code]).toEqual([code, place, code]);
    }
  });

  it('no message has two bodies for one extension', () => {
    const pairs = EXTENSION_BODIES.flatMap(({ code, places }) => places.map((place) => `${place} ${code}`));
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it('every name has its reasons', () => {
    const names = new Set<string>(decodedNames());
    for (const { name } of [...MESSAGES, ...EXTENSION_BODIES]) expect([name, names.has(name)]).toEqual([name, true]);
  });
});
