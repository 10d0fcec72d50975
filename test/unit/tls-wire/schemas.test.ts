import { describe, expect, it } from 'vitest';
import type { AnySchema } from '../../../src/lib/codec/index.ts';
import { EXTENSIONS } from '../../../src/lib/registry/tls-extensions.ts';
import { decodedNames, reasons } from '../../../src/lib/registry/tls-reasons.ts';
import {
  CLIENT_EXCHANGES,
  EXTENSION_BODIES,
  MESSAGES,
  SERVER_PARAMETERS,
  allSchemas,
  bodyIn,
  changeCipherSpec,
  heartbeatMessage,
  signedParameters,
} from '../../../src/lib/tls/wire/index.ts';
import { checkSchema, faultsOf } from '../../support/schema-samples.ts';

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

  it('every name has a reason for each fault that its schemas can find, and no other', () => {
    const found = new Map<string, Set<string>>();
    const add = (name: string, schema: AnySchema): void => {
      const faults = found.get(name) ?? new Set();
      for (const fault of faultsOf(schema)) faults.add(fault);
      found.set(name, faults);
    };
    for (const { name, schema } of [...MESSAGES, ...EXTENSION_BODIES]) add(name, schema);
    for (const schema of Object.values(SERVER_PARAMETERS)) add('server_key_exchange', signedParameters(schema));
    for (const schema of Object.values(CLIENT_EXCHANGES)) add('client_key_exchange', schema);
    add('change_cipher_spec', changeCipherSpec);
    add('heartbeat_message', heartbeatMessage);
    // its length is checked before it is read, by a reason of its own
    found.set('finished', new Set());
    expect([...found.keys()].toSorted()).toEqual([...decodedNames()].toSorted());
    for (const [name, faults] of found) {
      const has = ['malformed', 'excess_data', 'bad_value'].filter((fault) => reasons().has(`${name}_${fault}`));
      expect([name, has.toSorted()]).toEqual([name, [...faults].toSorted()]);
    }
  });
});
