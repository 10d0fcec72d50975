/** S4, S5: what a connection tells: messages with their octets explained, records, key logs, exporters, bindings; and handshakes played again. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Span } from '../../../src/lib/codec/index.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { TicketKey } from '../../../src/lib/tickets/key.ts';
import {
  memoryStore,
  replayGuard,
  ticketSealer,
  type ClientOptions,
  type ServerOptions,
} from '../../../src/lib/tls/index.ts';
import { recordsOf, talk } from '../../support/tls-api.ts';
import { testIdentity, type TestIdentity } from '../../support/tls-certificates.ts';
import { seeded } from '../../support/seeded.ts';
import { Pair, handshake, type Side } from '../../support/tls-pair.ts';

let p256: TestIdentity;
let rsa: TestIdentity;
let ed25519: TestIdentity;
beforeAll(async () => {
  [p256, rsa, ed25519] = await Promise.all([testIdentity('p256'), testIdentity('rsa'), testIdentity('ed25519')]);
});

const run = (client: ClientOptions = {}, server: ServerOptions = {}): Promise<Pair> =>
  handshake({ client, server: { credentials: [p256.credential, rsa.credential], ...server } });

const all: VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
const cbc = ['ECDHE-RSA-AES128-SHA', 'TLS_AES_128_GCM_SHA256'];

describe('what is told to order', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('S4: messageEvents: false leaves messages out, of %s', async (version) => {
    const pair = await run({ versions: [version], messageEvents: false }, { versions: [version] });
    expect(pair.client.messages('out')).toEqual([]);
    expect(pair.server.messages('in').length).toBeGreaterThan(1);
    pair.client.engine.tellMessages();
    if (version === 'TLSv1.3') pair.client.engine.updateKeys();
    else pair.client.engine.renegotiate();
    expect(pair.client.messages('out')).toEqual([version === 'TLSv1.3' ? 'key_update' : 'client_hello']);
  });

  it('S5: tellKeys gives the keys from then on', async () => {
    const { client } = await run({ versions: ['TLSv1.3'] });
    expect(client.of('keylog')).toEqual([]);
    const early = new Pair({ client: { versions: ['TLSv1.3'] }, server: { credentials: [p256.credential] } });
    early.client.engine.tellKeys();
    await early.handshake();
    expect(early.client.of('keylog').map(({ line }) => line.split(' ')[0])).toContain('CLIENT_TRAFFIC_SECRET_0');
  });
});

describe('messages', () => {
  /** Handshakes in which every message stands. */
  async function everything(version: VersionName, suite?: string): Promise<Pair[]> {
    const suites = suite === undefined ? undefined : [suite];
    const psks = [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }];
    const common = {
      versions: [version],
      suites,
      renegotiation: 'freely',
      psks: suite?.includes('PSK') ? psks : [],
    } as const;
    const sealer = ticketSealer([TicketKey.generate()]);
    const client: ClientOptions = {
      ...common,
      credentials: [rsa.credential],
      alpn: ['h2'],
      requestOcsp: true,
      requestTimestamps: true,
      postHandshakeAuth: true,
      grease: true,
      shares: [],
    };
    const stapled = { ...rsa.credential, ocsp: Buffer.from('ocsp'), timestamps: [Buffer.from('sct')] };
    const server: ServerOptions = {
      ...common,
      credentials: [stapled],
      alpn: ['h2'],
      clientAuth: 'request',
      authorities: [Buffer.from('3000', 'hex')],
      pskHint: Buffer.from('hint'),
      ticketSealer: sealer,
      maxEarlyData: 100,
      replayGuard: replayGuard(),
    };
    const first = await handshake({ client, server });
    await talk(first);
    if (version === 'TLSv1.3') {
      first.server.engine.requestCertificate();
      first.client.engine.updateKeys(true);
    } else first.server.engine.renegotiate();
    await first.flow();
    await talk(first);
    const second = new Pair({
      client: { ...client, shares: undefined },
      server,
      connection: { session: first.client.of('session').at(-1)?.session, earlyData: true },
    });
    if (version === 'TLSv1.3') second.client.engine.sendEarly(Buffer.from('early'));
    await second.handshake();
    await second.flow();
    return [first, second];
  }

  /** Whether the spans lie one behind the other inside of the one around them; the last one ends where that ends. */
  function fits(span: Span): boolean {
    let at = span.start;
    for (const one of span.inner) {
      if (one.start < at || one.end > span.end || !fits(one)) return false;
      at = one.end;
    }
    return span.inner.length === 0 || at === span.end;
  }

  it.each<[VersionName, string | undefined]>([
    ['TLSv1.3', undefined],
    ['TLSv1.2', undefined],
    ['TLSv1.2', 'DHE-RSA-AES128-GCM-SHA256'],
    ['TLSv1.2', 'AES128-SHA'],
    ['TLSv1.2', 'ECDHE-PSK-AES128-CBC-SHA256'],
    ['TLSv1.2', 'RSA-PSK-AES128-CBC-SHA'],
    ['TLSv1.1', 'ECDHE-RSA-AES128-SHA'],
    ['TLSv1', 'DHE-RSA-AES128-SHA'],
  ])(
    '%s %s: what one side sends is what the other gets, and its octets are explained on both',
    async (version, suite) => {
      const names = new Set<string>();
      for (const pair of await everything(version, suite)) {
        for (const [from, to] of [
          [pair.client, pair.server],
          [pair.server, pair.client],
        ] as const) {
          const [sent, got] = [messages(from, 'out'), messages(to, 'in')];
          expect(got.map(({ name, raw }) => [name, hex(raw)])).toEqual(sent.map(({ name, raw }) => [name, hex(raw)]));
          for (const event of [...sent, ...got]) {
            names.add(event.name);
            const span = event.annotate();
            const body = event.raw.length - (event.code === undefined ? 0 : 4);
            const where = `${event.direction} ${event.name}`;
            expect([where, span.name, span.start, span.end]).toEqual([where, event.name, 0, body]);
            expect([where, fits(span)]).toEqual([where, true]);
          }
        }
      }
      expect(names.size).toBeGreaterThan(8);
    },
  );

  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const messages = (side: Side, direction: 'in' | 'out') =>
    side.of('message').filter((one) => one.direction === direction);
});

describe('traceRecords', () => {
  it('an event for each record, in order with the messages; none when it is off', async () => {
    const pair = await run({ traceRecords: true });
    await talk(pair);
    const of = (side: Side, direction: 'in' | 'out') => side.of('record').filter((one) => one.direction === direction);
    const sent = of(pair.client, 'out');
    expect(sent.map(({ header }) => Buffer.from(header).readUInt16BE(3))).toEqual(
      recordsOf(Buffer.concat(pair.client.sent)).map(({ length }) => length),
    );
    expect(sent.map(({ contentType }) => contentType)).toEqual([22, 20, 22, 23]);
    expect(sent.at(-1)?.length).toBe(4);
    const got = of(pair.client, 'in');
    expect(got.map(({ header }) => Buffer.from(header).readUInt16BE(3))).toEqual(
      recordsOf(Buffer.concat(pair.server.sent)).map(({ length }) => length),
    );
    expect(pair.server.of('record')).toEqual([]);
  });
});

describe('keyLog', () => {
  const lines = (side: Side): string[] => side.of('keylog').map(({ line }) => line);
  it('TLS 1.3: every label, alike on both sides', async () => {
    const server: ServerOptions = {
      keyLog: true,
      ticketSealer: ticketSealer([TicketKey.generate()]),
      maxEarlyData: 100,
      replayGuard: replayGuard(),
    };
    const first = await run({ keyLog: true }, server);
    const pair = new Pair({
      client: { keyLog: true },
      server: { credentials: [p256.credential], ...server },
      connection: { session: first.client.of('session').at(-1)?.session, earlyData: true },
    });
    pair.client.engine.sendEarly(Buffer.from('x'));
    await pair.handshake();
    expect(lines(pair.client).sort()).toEqual(lines(pair.server).sort());
    expect(
      lines(pair.client)
        .map((line) => line.replace(/ .*/, ''))
        .sort(),
    ).toEqual([
      'CLIENT_EARLY_TRAFFIC_SECRET',
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EARLY_EXPORTER_SECRET',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
    const random = Buffer.from(pair.client.engine.info.clientRandom).toString('hex');
    for (const line of lines(pair.client))
      expect(line).toMatch(new RegExp(`^[A-Z_0]+ ${random} ([0-9a-f]{64}|[0-9a-f]{96})$`));
  });
  it.each(all.slice(1))('%s: CLIENT_RANDOM, with each handshake', async (version) => {
    const common = { versions: [version], suites: cbc, keyLog: true, renegotiation: 'freely' } as const;
    const pair = await run(common, { ...common, sessionStore: memoryStore() });
    pair.client.engine.renegotiate();
    await pair.flow();
    expect(lines(pair.client)).toEqual(lines(pair.server));
    expect(lines(pair.client).length).toBe(2);
    for (const line of lines(pair.client)) expect(line).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/);
  });
  it('off when nothing is said', async () => {
    expect(lines((await run()).client)).toEqual([]);
  });
});

describe('exporters', () => {
  it.each(all)('%s: both sides alike; label, context and length count', async (version) => {
    const pair = await run({ versions: [version], suites: cbc }, { versions: [version], suites: cbc });
    const make = (side: Side, label: string, context?: Uint8Array, length = 32): string =>
      side.engine.exportKeyingMaterial(length, label, context).toString('hex');
    const empty = Buffer.alloc(0);
    const made = (side: Side): string[] => [
      make(side, 'EXPORTER-a'),
      make(side, 'EXPORTER-a', empty),
      make(side, 'EXPORTER-a', Buffer.from('context')),
      make(side, 'EXPORTER-b'),
      make(side, 'EXPORTER-a', undefined, 500).slice(0, 64),
    ];
    const [client, server] = [made(pair.client), made(pair.server)];
    expect(client).toEqual(server);
    // no context is the empty one in TLS 1.3 (RFC 8446 section 7.5), and is not before (RFC 5705 section 4)
    expect(client[0] === client[1]).toBe(version === 'TLSv1.3');
    expect(new Set(client).size).toBe({ 'TLSv1.3': 4 }[version as string] ?? 4);
    // the length is in the label of TLS 1.3, and a longer output begins like a shorter one before
    expect(client[4] === client[0]).toBe(version !== 'TLSv1.3');
  });
  it('there is nothing to export before the keys are there', () => {
    const pair = new Pair({ server: { credentials: [p256.credential] } });
    expect(() => pair.client.engine.exportKeyingMaterial(1, 'x')).toThrow(RangeError);
  });
});

describe('channel bindings', () => {
  const both = (pair: Pair, type: Parameters<Side['engine']['channelBinding']>[0]): (string | undefined)[] =>
    [pair.client, pair.server].map(({ engine }) => engine.channelBinding(type)?.toString('hex'));
  it.each(all)('%s', async (version) => {
    const common = { versions: [version], suites: cbc, renegotiation: 'freely' } as const;
    const pair = await run(common, common);
    const [unique, other] = both(pair, 'tls-unique');
    expect(unique).toBe(other);
    expect(unique?.length).toBe(version === 'TLSv1.3' ? undefined : 24);
    const [exported, same] = both(pair, 'tls-exporter');
    expect([exported, exported?.length]).toEqual([same, 64]);
    expect(exported).toBe(
      pair.client.engine.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)).toString('hex'),
    );
    const { der } = version === 'TLSv1.3' ? p256 : rsa;
    const digest = createHash('sha256').update(der).digest('hex');
    expect(both(pair, 'tls-server-end-point')).toEqual([digest, digest]);
    if (version === 'TLSv1.3') return;
    pair.client.engine.renegotiate();
    await pair.flow();
    const [next, its] = both(pair, 'tls-unique');
    expect([next === its, next === unique]).toEqual([true, false]);
  });
  it("tls-unique of a resumption is the first Finished of it: the server's", async () => {
    const common = { versions: ['TLSv1.2'], sessionStore: memoryStore() } as const;
    const first = await run(common, common);
    const second = await handshake({
      client: { versions: ['TLSv1.2'] },
      server: { credentials: [p256.credential], ...common },
      connection: { session: first.client.of('session')[0]!.session },
    });
    const [unique, other] = both(second, 'tls-unique');
    expect([second.client.engine.info.resumed, unique]).toEqual([true, other]);
    expect(unique).toBe(Buffer.from(second.server.engine.info.ownFinished!).toString('hex'));
  });
  it('tls-exporter needs the session hash; tls-server-end-point a certificate, and its hash', async () => {
    const plain = await run({ versions: ['TLSv1.2'], extendedMasterSecret: 'off' });
    expect(both(plain, 'tls-exporter')).toEqual([undefined, undefined]);
    const psks = [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }];
    const bare = await run({ psks }, { psks });
    expect(both(bare, 'tls-server-end-point')).toEqual([undefined, undefined]);
  });
});

describe('replay, random and now', () => {
  const play = async (seed: string, version: VersionName, replay = true): Promise<string> => {
    const suites = version === 'TLSv1.3' ? undefined : ['DHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA'];
    const common = {
      versions: [version],
      suites,
      replay,
      now: () => 1_700_000_000_000,
      signSchemes: ['ed25519', 'rsa_pkcs1_sha256'],
    };
    const credentials = [version === 'TLSv1.3' ? ed25519.credential : rsa.credential];
    const pair = await handshake({
      client: { ...common, random: seeded(`${seed} client`) },
      server: {
        ...common,
        credentials,
        random: seeded(`${seed} server`),
        ticketSealer: ticketSealer([TicketKey.from(Buffer.alloc(48, 1))], seeded(seed)),
      },
    });
    await talk(pair);
    return Buffer.concat([...pair.client.sent, ...pair.server.sent]).toString('hex');
  };
  it.each(all)('%s: the same octets from the same seed, others from another', async (version) => {
    expect(await play('a', version)).toBe(await play('a', version));
    expect(await play('a', version)).not.toBe(await play('b', version));
  });
  it('without replay the keys do not follow from random', async () => {
    expect(await play('a', 'TLSv1.3', false)).not.toBe(await play('a', 'TLSv1.3', false));
  });
});
