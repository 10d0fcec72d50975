/** S4, A9: sizes of records, padding, ways to end a connection, alerts, and the limits on what a peer may send. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import {
  TlsFailure,
  type ClientOptions,
  type OutgoingMessage,
  type ServerOptions,
} from '../../../src/lib/tls/index.ts';
import { failures, reasons, recordsOf, talk } from '../../support/tls-api.ts';
import { testIdentity, type TestIdentity } from '../../support/tls-certificates.ts';
import { Pair, handshake, type Side } from '../../support/tls-pair.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await testIdentity('p256');
});

const run = (client: ClientOptions = {}, server: ServerOptions = {}): Promise<Pair> =>
  handshake({ client, server: { credentials: [identity.credential], ...server } });

/** Records of application data that a side sends for so many octets. */
async function lengths(pair: Pair, side: Side, octets: number): Promise<number[]> {
  const before = side.sent.length;
  const other = side === pair.client ? pair.server : pair.client;
  const had = other.data.length;
  side.engine.send(Buffer.alloc(octets, 'x'));
  await pair.flow();
  expect(failures(pair)).toEqual([]);
  expect(other.data.length - had).toBe(octets);
  return recordsOf(Buffer.concat(side.sent.slice(before))).map(({ length }) => length);
}

/** Octets that protection adds: GCM in TLS 1.3 with the content type, and in TLS 1.2 with the explicit nonce. */
const OVERHEAD = { 'TLSv1.3': 17, 'TLSv1.2': 24 } as const;
const gcm = ['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'];

describe.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: sizes', (version) => {
  const common = { versions: [version], suites: gcm };
  const over = OVERHEAD[version];

  it('16384 octets when nothing is said', async () => {
    const pair = await run(common, common);
    expect(await lengths(pair, pair.client, 20_000)).toEqual([16_384 + over, 3616 + over]);
  });
  it('maxSendFragment is for what we send, handshake messages too', async () => {
    const pair = await run({ ...common, maxSendFragment: 100 }, common);
    expect(await lengths(pair, pair.client, 250)).toEqual([100 + over, 100 + over, 50 + over]);
    expect(await lengths(pair, pair.server, 250)).toEqual([250 + over]);
    expect(Math.max(...recordsOf(pair.client.sent[0]!).map(({ length }) => length))).toBe(100);
  });
  it('recordSizeLimit is for what we get', async () => {
    const pair = await run({ ...common, recordSizeLimit: 100 }, { ...common, recordSizeLimit: 200 });
    const inner = version === 'TLSv1.3' ? 1 : 0;
    expect(await lengths(pair, pair.server, 250)).toEqual(
      [100 - inner, 100 - inner, 50 + 2 * inner].map((n) => n + over),
    );
    expect(await lengths(pair, pair.client, 250)).toEqual([200 - inner + over, 50 + inner + over]);
    expect([pair.client.engine.info.receiveLimit, pair.client.engine.info.sendLimit]).toEqual([
      100 - inner,
      200 - inner,
    ]);
    const alone = await run({ ...common, recordSizeLimit: 100 }, common);
    expect(await lengths(alone, alone.server, 250)).toEqual([250 + over]);
  });
  it('maxFragmentLength is for both', async () => {
    const pair = await run({ ...common, maxFragmentLength: 512 }, common);
    for (const side of [pair.client, pair.server])
      expect(await lengths(pair, side, 1000)).toEqual([512 + over, 488 + over]);
    // record_size_limit takes its place where both are there (RFC 8449 section 5)
    const size = await run(
      { ...common, maxFragmentLength: 512, recordSizeLimit: 1024 },
      { ...common, recordSizeLimit: 2048 },
    );
    expect((await lengths(size, size.server, 1000)).length).toBe(1);
  });
  it('a record beyond what was agreed is refused', async () => {
    const pair = await run({ ...common, recordSizeLimit: 100 }, { ...common, recordSizeLimit: 100 });
    pair.server.engine.sendRecord(23, Buffer.alloc(101));
    await pair.flow();
    expect(pair.client.reason).toBe('record_overflow_negotiated');
    expect(pair.client.alerts('out')).toEqual(['record_overflow']);
  });
});

describe('padding', () => {
  it('TLS 1.3: by type and length, no more than fits', async () => {
    const asked: [number, number][] = [];
    const padding = (type: number, length: number): number => (
      asked.push([type, length]),
      type === 23 ? 32 - (length % 32) : 0
    );
    const pair = await run({ padding }, {});
    expect(await lengths(pair, pair.client, 5)).toEqual([32 + 17]);
    expect(asked).toContainEqual([23, 5]);
    expect(asked.some(([type]) => type === 22)).toBe(true);
    const much = await run({ padding: () => 1_000_000 }, { recordSizeLimit: 500 });
    expect(await lengths(much, much.client, 5)).toEqual([16_384 + 17]);
    const agreed = await run({ padding: () => 1_000_000, recordSizeLimit: 500 }, { recordSizeLimit: 500 });
    expect(await lengths(agreed, agreed.client, 5)).toEqual([500 + 16]);
  });
  it('not before TLS 1.3', async () => {
    const pair = await run({ padding: () => 100, versions: ['TLSv1.2'], suites: gcm }, {});
    expect(await lengths(pair, pair.client, 5)).toEqual([5 + 24]);
  });
});

describe('splitRecords', () => {
  const suites = ['ECDHE-ECDSA-AES128-SHA'];
  it.each<[VersionName, boolean | undefined, number]>([
    ['TLSv1', undefined, 2],
    ['TLSv1', false, 1],
    ['TLSv1.1', undefined, 1],
    ['TLSv1.2', true, 1],
  ])('%s, %s: %i records', async (version, splitRecords, count) => {
    const common = { versions: [version], suites, splitRecords };
    const pair = await run(common, common);
    expect((await lengths(pair, pair.client, 50)).length).toBe(count);
    expect((await lengths(pair, pair.server, 1)).length).toBe(1);
  });
});

describe('middleboxCompatibility', () => {
  const changes = (side: Side): number => side.messages('out').filter((name) => name === 'change_cipher_spec').length;
  it.each([
    [true, true, 1, 1],
    [false, true, 0, 0],
    [true, false, 1, 0],
    [false, false, 0, 0],
  ])('%s with %s', async (client, server, byClient, byServer) => {
    const pair = await run({ middleboxCompatibility: client }, { middleboxCompatibility: server });
    expect([changes(pair.client), changes(pair.server)]).toEqual([byClient, byServer]);
    expect(pair.server.engine.info.sessionId.length).toBe(client ? 32 : 0);
    await talk(pair);
    const retried = await run({ middleboxCompatibility: client, shares: [] }, { middleboxCompatibility: server });
    expect([changes(retried.client), changes(retried.server)]).toEqual([byClient, byServer]);
    await talk(retried);
  });
});

describe('half-RTT data', () => {
  it('a server may send behind its Finished, before the client has proved anything', async () => {
    const pair = new Pair({ server: { credentials: [identity.credential] } });
    pair.client.engine.start();
    for (const bytes of pair.client.engine.take()) pair.server.engine.receive(bytes);
    expect([pair.server.engine.writable, pair.server.engine.secure]).toEqual([true, false]);
    pair.server.engine.send(Buffer.from('early bird'));
    await pair.flow();
    expect(pair.client.data.toString()).toBe('early bird');
    await talk(pair);
  });
});

describe('the end', () => {
  it('close: answered at once, clean on both sides', async () => {
    const pair = await run();
    pair.client.engine.close();
    expect(pair.client.engine.writable).toBe(false);
    await pair.flow();
    for (const side of [pair.client, pair.server]) {
      expect(side.of('closed')).toEqual([{ type: 'closed', clean: true }]);
      expect(side.alerts('out')).toEqual(['close_notify']);
      expect(side.of('end').length).toBe(1);
    }
  });
  it('halfClose: the other direction goes on in TLS 1.3, and is closed by the application before', async () => {
    const pair = await run({}, { halfClose: true });
    pair.client.engine.close();
    await pair.flow();
    expect([pair.server.engine.ended, pair.server.engine.writable, pair.server.engine.closed]).toEqual([
      true,
      true,
      false,
    ]);
    pair.server.engine.send(Buffer.from('still here'));
    await pair.flow();
    expect(pair.client.data.toString()).toBe('still here');
    pair.server.engine.close();
    await pair.flow();
    expect([pair.client.of('closed'), pair.server.of('closed')]).toEqual([
      [{ type: 'closed', clean: true }],
      [{ type: 'closed', clean: true }],
    ]);
    const old = await run({ versions: ['TLSv1.2'] }, { halfClose: true });
    old.client.engine.close();
    await old.flow();
    expect([old.server.engine.ended, old.server.engine.closed]).toEqual([true, false]);
    old.server.engine.close();
    await old.flow();
    expect([old.server.engine.closed, old.client.engine.closed]).toEqual([true, true]);
  });
  it('abandon: nothing is said', async () => {
    const pair = await run();
    pair.client.engine.abandon();
    await pair.flow();
    expect(pair.client.of('closed')).toEqual([{ type: 'closed', clean: false }]);
    expect([pair.client.alerts('out'), pair.server.alerts('in')]).toEqual([[], []]);
    pair.client.engine.alert('internal_error');
    pair.client.engine.close();
    expect(pair.client.engine.take()).toEqual([]);
    expect(() => pair.client.engine.send(Buffer.from('x'))).toThrow(RangeError);
  });
  it('the transport ends: with close_notify, without, inside of a record, inside of the handshake', async () => {
    const clean = await run();
    clean.client.engine.close();
    await clean.flow();
    clean.server.engine.receiveEnd();
    expect(clean.server.reason).toBeUndefined();
    const cut = await run();
    cut.server.engine.receiveEnd();
    expect(cut.server.reason).toBe('closed_without_notify');
    const inside = await run();
    inside.server.engine.receive(Buffer.from('170303', 'hex'));
    inside.server.engine.receiveEnd();
    expect(inside.server.reason).toBe('closed_in_record');
    const early = await handshake({ client: {}, server: {}, toClient: () => Buffer.alloc(0) });
    early.client.engine.receiveEnd();
    expect(early.client.reason).toBe('closed_in_handshake');
  });
  it('alert: any of them, warning or fatal', async () => {
    const pair = await run();
    pair.server.engine.alert('user_canceled', 'warning');
    await pair.flow();
    expect(pair.client.alerts('in')).toEqual(['user_canceled']);
    await talk(pair);
    pair.server.engine.alert('certificate_expired');
    await pair.flow();
    expect(pair.server.of('closed')).toEqual([{ type: 'closed', clean: false }]);
    expect(pair.client.reason).toBe('peer_alert');
    expect(pair.client.of('alert').at(-1)).toEqual({
      type: 'alert',
      direction: 'in',
      level: 2,
      description: 45,
      name: 'certificate_expired',
    });
    const old = await run({ versions: ['TLSv1.2'] });
    old.client.engine.alert('certificate_expired', 'warning');
    await old.flow();
    await talk(old);
  });
  it('fail: a reason with its alert', async () => {
    const pair = await run();
    pair.client.engine.fail(
      new TlsFailure('certificate_rejected', 'after a second look', undefined, 'certificate_revoked'),
    );
    await pair.flow();
    expect(reasons(pair)).toEqual(['certificate_rejected', 'peer_alert']);
    expect(pair.server.alerts('in')).toEqual(['certificate_revoked']);
  });
});

/** Splits, repeats or drops messages. */
const on =
  (name: string, what: (raw: Uint8Array) => Uint8Array | readonly Uint8Array[]) => (message: OutgoingMessage) =>
    message.name === name ? what(message.raw) : message.raw;

describe('limits', () => {
  const times = (count: number, what: () => void): void => {
    for (let i = 0; i < count; i += 1) what();
  };
  it('emptyRecords in a row', async () => {
    const pair = await run({}, { limits: { emptyRecords: 3 } });
    times(3, () => pair.client.engine.sendRecord(23, Buffer.alloc(0)));
    await talk(pair);
    times(4, () => pair.client.engine.sendRecord(23, Buffer.alloc(0)));
    await pair.flow();
    expect(pair.server.reason).toBe('record_too_many_empty');
  });
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: warnings', async (version) => {
    const pair = await run({ versions: [version] }, { limits: { warnings: 2 } });
    times(2, () => pair.client.engine.alert('user_canceled', 'warning'));
    await pair.flow();
    expect(pair.server.reason).toBeUndefined();
    pair.client.engine.alert('user_canceled', 'warning');
    await pair.flow();
    expect(pair.server.reason).toBe('alert_too_many_warnings');
  });
  it('changeCipherSpecs', async () => {
    const ccs = Buffer.from('140303000101', 'hex');
    const flood = (count: number): Promise<Pair> => {
      let first = true;
      return handshake({
        client: {},
        server: { credentials: [identity.credential], limits: { changeCipherSpecs: 5 } },
        toServer(bytes) {
          if (!first) return bytes;
          first = false;
          return Buffer.concat([bytes, ...Array<Buffer>(count).fill(ccs)]);
        },
      });
    };
    await talk(await flood(4));
    expect((await flood(6)).server.reason).toBe('change_cipher_spec_too_many');
  });
  it('keyUpdates without data between them', async () => {
    const pair = await run({}, { limits: { keyUpdates: 3 } });
    times(3, () => pair.client.engine.updateKeys());
    await talk(pair);
    times(3, () => pair.client.engine.updateKeys());
    await talk(pair);
    times(4, () => pair.client.engine.updateKeys());
    await pair.flow();
    expect(pair.server.reason).toBe('key_updates_too_many');
  });
  it('keyUpdates: a thousand where nothing is said, so that nobody who plays with K meets it', async () => {
    const pair = await run({}, {});
    times(1000, () => pair.client.engine.updateKeys());
    await talk(pair);
    times(1001, () => pair.client.engine.updateKeys());
    await pair.flow();
    expect(pair.server.reason).toBe('key_updates_too_many');
  });
  it('clientHello and message', async () => {
    const hello = await run({ helloPadding: 1000 }, { limits: { clientHello: 900 } });
    expect(hello.server.reason).toBe('message_too_long');
    await talk(await run({ helloPadding: 900 }, { limits: { clientHello: 900, message: 900 } }));
    const long = await run({ limits: { message: 50 } }, {});
    expect(long.client.reason).toBe('message_too_long');
  });
});

describe('tap', () => {
  it('changes, splits, repeats and drops messages, and the transcript has what went out', async () => {
    const seen: string[] = [];
    const pair = await run({ tap: ({ name, raw, type }) => (seen.push(`${name} ${type} ${raw[0]}`), raw) });
    expect(seen).toEqual(['client_hello 1 1', 'finished 20 20']);
    await talk(pair);
    const split = await run({}, { tap: on('encrypted_extensions', (raw) => [raw.subarray(0, 2), raw.subarray(2)]) });
    await talk(split);
    const lengthsOf = (octets: Buffer): number[] => recordsOf(octets).map(({ length }) => length);
    const pieces = await run({ tap: ({ raw }) => [raw.subarray(0, 3), raw.subarray(3, 10), raw.subarray(10)] });
    expect(lengthsOf(pieces.client.sent[0]!).slice(0, 2)).toEqual([3, 7]);
    expect(lengthsOf(pieces.client.sent[1]!)).toEqual([
      1,
      20,
      24,
      43 + (pieces.client.engine.info.suite?.hash === 'sha384' ? 16 : 0),
    ]);
    await talk(pieces);
    const alone = await run({ versions: ['TLSv1.2'] }, { tap: ({ raw }) => [raw] });
    expect(recordsOf(alone.server.sent[0]!).length).toBe(4);
    await talk(alone);
    const dropped = await run({}, { tap: on('certificate_verify', () => Buffer.alloc(0)) });
    expect(dropped.client.reason).toBe('certificate_verify_missing');
    const twice = await run({}, { tap: on('encrypted_extensions', (raw) => [raw, raw]) });
    expect(twice.client.reason).toBeDefined();
    const wrong = await run({
      tap: on('finished', (raw) => {
        const changed = Buffer.from(raw);
        changed[10]! ^= 1;
        return changed;
      }),
    });
    expect([wrong.server.reason, wrong.server.alerts('out')]).toEqual(['finished_wrong', ['decrypt_error']]);
  });
  it('that throws ends the connection', async () => {
    const pair = await run(
      {},
      {
        tap() {
          throw new Error('no');
        },
      },
    );
    expect(pair.server.reason).toBe('internal');
  });
});
