/**
 * Contract rows S1, S4: octets of real handshakes changed at random, inside of the protection and outside of it. An engine may give up, for
 * a reason of the table; it never throws, never hangs, and never calls a peer's octets a defect of its own.
 */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { CodecError, encode, type AnySchema } from '../../src/lib/codec/index.ts';
import { EXTENSION_BODIES, type Extension } from '../../src/lib/tls/wire/index.ts';
import { message, recordsOf, withExtension, type Tap } from '../support/faults/edit.ts';
import { identity, pairOf, prepare, type Plan, type SideName } from '../support/faults/harness.ts';
import { chList, crList, ctList, eeList, hrrList, nstList, shList } from '../support/faults/hellos.ts';
import { earlyTickets, sessionFor, tickets } from '../support/faults/sessions.ts';
import { valuesOf } from '../support/schema-samples.ts';
import type { Pair } from '../support/tls-pair.ts';

// TLSKIT_FUZZ_RUNS=20000 TLSKIT_FUZZ_SEED=… for long runs and to see one again; fast-check prints the seed of a failure
const RUNS = Number(process.env['TLSKIT_FUZZ_RUNS'] ?? 100);
const SEED = process.env['TLSKIT_FUZZ_SEED'];
const OPTIONS = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };

interface Scenario {
  readonly name: string;
  readonly version: VersionName;
  readonly plan: () => Plan | Promise<Plan>;
}

const old = (suite: string, kind: 'rsa' | 'p256' = 'rsa', more: object = {}): Plan => ({
  client: { suites: [suite], credentials: [identity('p256').credential], ...more },
  server: { suites: [suite], credentials: [identity(kind).credential], clientAuth: 'request', ...more },
});
const PSK = { psks: [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }] };

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'TLS 1.3 with client authentication and a retry',
    version: 'TLSv1.3',
    plan: () => ({
      client: {
        credentials: [identity('p256').credential],
        shares: [],
        requestOcsp: true,
        alpn: ['a'],
        recordSizeLimit: 5000,
      },
      server: {
        ...tickets(),
        clientAuth: 'require',
        alpn: ['a'],
        recordSizeLimit: 5000,
        credentials: [{ ...identity('rsa').credential, ocsp: Buffer.alloc(20, 3), timestamps: [Buffer.alloc(5)] }],
      },
    }),
  },
  {
    name: 'TLS 1.3 with a session and early data',
    version: 'TLSv1.3',
    plan: async () => {
      const server = earlyTickets();
      const session = await sessionFor('TLSv1.3', {}, server);
      return {
        server,
        client: { groups: ['secp256r1', 'ffdhe2048'], shares: ['secp256r1', 'ffdhe2048'] },
        connection: { session, earlyData: true },
        instead: (pair) => void pair.client.engine.sendEarly(Buffer.alloc(100)),
      };
    },
  },
  {
    name: 'TLS 1.2 with ECDHE and GCM',
    version: 'TLSv1.2',
    plan: () => old('ECDHE-RSA-AES128-GCM-SHA256'),
  },
  {
    name: 'TLS 1.2 with RSA and CBC',
    version: 'TLSv1.2',
    plan: () => old('AES128-SHA', 'rsa', { encryptThenMac: false }),
  },
  { name: 'TLS 1.2 with DHE and encrypt-then-MAC', version: 'TLSv1.2', plan: () => old('DHE-RSA-AES128-SHA256') },
  { name: 'TLS 1.2 with ECDHE-PSK', version: 'TLSv1.2', plan: () => old('ECDHE-PSK-AES128-CBC-SHA256', 'rsa', PSK) },
  { name: 'TLS 1.2 with RSA-PSK', version: 'TLSv1.2', plan: () => old('RSA-PSK-AES128-GCM-SHA256', 'rsa', PSK) },
  { name: 'TLS 1.2 with a ticket', version: 'TLSv1.2', plan: () => ({ server: tickets() }) },
  { name: 'TLS 1.0', version: 'TLSv1', plan: () => old('ECDHE-RSA-AES128-SHA', 'rsa') },
];

interface Change {
  readonly kind: 'flip' | 'set' | 'cut' | 'insert' | 'double' | 'zero';
  /** Where, as a share of the length in 65536ths. */
  readonly at: number;
  readonly value: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change['kind'][]>('flip', 'set', 'cut', 'insert', 'double', 'zero'),
  at: fc.nat(0xffff),
  value: fc.integer({ min: 1, max: 255 }),
});
const changes = fc.array(change, { minLength: 1, maxLength: 4 });

function apply(bytes: Buffer, { kind, at, value }: Change): Buffer {
  if (bytes.length === 0) return bytes;
  const i = Math.floor((at * bytes.length) / 65_536);
  const [head, tail] = [bytes.subarray(0, i), bytes.subarray(i)];
  const one = Buffer.from([value]);
  switch (kind) {
    case 'flip':
      return Buffer.concat([head, Buffer.from([tail[0]! ^ value]), tail.subarray(1)]);
    case 'set':
      return Buffer.concat([head, one, tail.subarray(1)]);
    case 'cut':
      return Buffer.concat([head, tail.subarray(value % 40)]);
    case 'insert':
      return Buffer.concat([head, one, tail]);
    case 'double':
      return Buffer.concat([head, tail.subarray(0, value), tail]);
    case 'zero':
    default:
      return Buffer.concat([head, Buffer.alloc(Math.min(value, tail.length)), tail.subarray(value)]);
  }
}

/** The end of a connection: never a defect, and no more to say. */
async function expectTypedEnd(pair: Pair): Promise<void> {
  for (const one of [pair.client, pair.server]) {
    if (one.engine.writable) one.engine.send(Buffer.from('data'));
  }
  await pair.flow();
  for (const one of [pair.client, pair.server]) {
    one.engine.receiveEnd();
    for (const { failure } of one.of('failure')) {
      expect(
        failure.reason,
        `${failure.message}\n${failure.cause instanceof Error ? failure.cause.stack : ''}`,
      ).not.toBe('internal');
      expect(['signature_failed', 'hook_failed', 'random_failed']).not.toContain(failure.reason);
    }
    expect(one.of('failure').length).toBeLessThanOrEqual(1);
    // annotated octets are asked for by tools: they must not throw either
    for (const event of one.of('message')) event.annotate();
  }
}

async function run({ version, plan }: Scenario, more: Plan): Promise<void> {
  const made = await plan();
  const pair = pairOf(version, {
    ...made,
    ...more,
    client: { ...made.client, ...more.client },
    server: { ...made.server, ...more.server },
  });
  await made.instead?.(pair);
  await pair.handshake();
  await expectTypedEnd(pair);
}

const LISTS = { CH: chList, SH: shList, SH12: shList, HRR: hrrList, EE: eeList, CT: ctList, CR: crList, NST: nstList };
const BODIES = EXTENSION_BODIES.map((kind) => ({ kind, values: valuesOf(kind.schema as AnySchema) }));

/** Sets an extension where it stands; a new one comes in front, so that pre_shared_key stays the last one. */
const inPlace = (list: readonly Extension[], type: number, data: Uint8Array): readonly Extension[] =>
  list.some((one) => one.type === type) ? withExtension(list, type, data) : [{ type, data }, ...list];

/** Leaves messages as they are that the tap does not read: those of another version have no list. */
const lenient =
  (tap: Tap): Tap =>
  (one) => {
    try {
      return tap(one);
    } catch (error) {
      if (error instanceof CodecError || error instanceof RangeError) return one.raw;
      throw error;
    }
  };

const direction = fc.constantFrom<SideName[]>('client', 'server');

beforeAll(prepare);

describe.each(SCENARIOS.map((one) => [one.name, one] as const))('%s', (_, scenario) => {
  it('the bodies of messages', async () => {
    await fc.assert(
      fc.asyncProperty(direction, fc.nat(6), changes, fc.boolean(), async (by, nth, list, whole) => {
        let index = -1;
        const tap: Tap = ({ raw }) => {
          if ((index += 1) !== nth) return raw;
          const part = Buffer.from(whole ? raw : raw.subarray(4));
          const changed = list.reduce(apply, part);
          return whole ? changed : message(raw[0]!, changed);
        };
        await run(scenario, { [by]: { tap } });
      }),
      OPTIONS,
    );
  });

  it('extensions with other bodies that decode', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(BODIES.length - 1),
        fc.nat(2),
        fc.infiniteStream(fc.nat(0xffff)),
        async (which, nth, seeds) => {
          const { kind, values } = BODIES[which]!;
          const place = kind.places[seeds.next().value % kind.places.length]!;
          const [value] = fc.sample(values, { numRuns: 1, seed: seeds.next().value });
          const data = encode(kind.schema as AnySchema, value);
          const tap = LISTS[place]((list) => inPlace(list ?? [], kind.code, data), nth === 2 ? undefined : nth);
          await run(scenario, { [place === 'CH' ? 'client' : 'server']: { tap: lenient(tap) } });
        },
      ),
      OPTIONS,
    );
  });

  it('records: changed, left out, twice, in another order', async () => {
    const shuffle = fc.constantFrom('change', 'drop', 'double', 'swap', 'split');
    await fc.assert(
      fc.asyncProperty(direction, fc.nat(3), shuffle, fc.nat(20), changes, async (by, nth, how, which, list) => {
        let index = -1;
        const onWay = (bytes: Buffer): Buffer => {
          if ((index += 1) !== nth) return bytes;
          const records = recordsOf(bytes);
          const at = which % records.length;
          if (how === 'change') return list.reduce(apply, bytes);
          if (how === 'drop') records.splice(at, 1);
          if (how === 'double') records.splice(at, 0, records[at]!);
          if (how === 'swap') records.push(...records.splice(at, 1));
          if (how === 'split') records[at] = list.reduce(apply, records[at]!);
          return Buffer.concat(records);
        };
        await run(scenario, { [by === 'client' ? 'toServer' : 'toClient']: onWay });
      }),
      OPTIONS,
    );
  });
});

describe('octets that are no handshake', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const framed = fc
    .array(fc.tuple(fc.constantFrom(20, 21, 22, 23, 24), fc.uint8Array({ maxLength: 80 })), { maxLength: 5 })
    .map((list) =>
      Buffer.concat(
        list.map(([type, content]) => Buffer.concat([Buffer.from([type, 3, 3, 0, content.length]), content])),
      ),
    );
  it.each(['client', 'server'] as const)('to the %s', async (to) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, framed), fc.integer({ min: 1, max: 100 }), async (input, piece) => {
        const pair = pairOf('TLSv1.2', {});
        pair.client.engine.start();
        for (let at = 0; at < input.length; at += piece)
          pair[to].engine.receive(Buffer.from(input.subarray(at, at + piece)));
        await expectTypedEnd(pair);
      }),
      OPTIONS,
    );
  });
});
