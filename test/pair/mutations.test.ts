/**
 * S4: whatever comes, an engine ends with a reason of the table, and never with `internal` or an exception. Octets of transports and messages
 * inside of the protection are changed by a seeded source: a failing case comes again. FUZZ=n makes n times as many cases, of another seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import {
  TlsEngine,
  acceptAny,
  clientConfig,
  decodeSession,
  encodeSession,
  memoryStore,
  replayGuard,
  serverConfig,
  ticketSealer,
  type ClientOptions,
  type OutgoingMessage,
  type ServerOptions,
} from '../../src/lib/tls/index.ts';
import { chunksOf } from '../golden/openssl/play.ts';
import { CONVERSATIONS } from '../golden/openssl/scenarios.ts';
import { seeded } from '../support/seeded.ts';
import { testIdentity, type TestIdentity } from '../support/tls-certificates.ts';
import { Pair, Side, handshake } from '../support/tls-pair.ts';

let ed25519: TestIdentity;
let rsa: TestIdentity;
beforeAll(async () => {
  [ed25519, rsa] = await Promise.all([testIdentity('ed25519'), testIdentity('rsa')]);
});

const times = Number(process.env['FUZZ'] ?? 1);
const seed = (name: string): Random => seeded(`${name}${times > 1 ? ` ${process.env['FUZZ_SEED'] ?? times}` : ''}`);

type Random = (length: number) => Buffer;
const below = (random: Random, limit: number): number => random(4).readUInt32BE() % limit;

/** Octets changed in one of many ways. */
function mutate(random: Random, octets: Buffer): Buffer {
  const at = below(random, Math.max(1, octets.length));
  const rest = octets.subarray(at);
  const some = 1 + below(random, 8);
  switch (below(random, 7)) {
    case 0:
      return octets.subarray(0, at);
    case 1:
      return Buffer.concat([octets.subarray(0, at), random(some), rest]);
    case 2:
      return Buffer.concat([octets.subarray(0, at), rest.subarray(some)]);
    case 3:
      return Buffer.concat([octets.subarray(0, at), rest, rest]);
    case 4: {
      const changed = Buffer.from(octets);
      random(some).copy(changed, at);
      return changed;
    }
    case 5: {
      const changed = Buffer.from(octets);
      if (changed.length > 0) changed[at] = [0, 1, 0x7f, 0x80, 0xff][below(random, 5)]!;
      return changed;
    }
    default: {
      const changed = Buffer.from(octets);
      if (changed.length > 0) changed[at]! ^= 1 << below(random, 8);
      return changed;
    }
  }
}

/** The same of a handshake message's body, with a length that is right again for most of them. */
function mutateMessage(random: Random, raw: Uint8Array): Buffer {
  const octets = Buffer.from(raw);
  if (below(random, 8) === 0) return mutate(random, octets);
  const body = mutate(random, octets.subarray(4));
  const header = Buffer.from(octets.subarray(0, 4));
  header.writeUIntBE(Math.min(body.length, 0xffffff), 1, 3);
  return Buffer.concat([header, body]);
}

/** Reasons that only defects have. */
function defects(side: Side): string[] {
  return side
    .of('failure')
    .filter(({ failure }) => failure.reason === 'internal' || failure.reason === 'hook_failed')
    .map(({ failure }) => `${failure.message}\n${(failure.cause as Error | undefined)?.stack}`);
}

const reasons = new Set<string>();
const note = (side: Side): void => {
  for (const { failure } of side.of('failure')) reasons.add(failure.reason);
};

const everything: ClientOptions & ServerOptions = {
  alpn: ['h2', 'http/1.1'],
  requestOcsp: true,
  requestTimestamps: true,
  recordSizeLimit: 8000,
  maxFragmentLength: 4096,
  postHandshakeAuth: true,
  renegotiation: 'freely',
  clientAuth: 'request',
  grease: true,
};

describe('messages changed inside of the protection', () => {
  const kinds: [string, VersionName, ClientOptions & ServerOptions][] = [
    ['TLS 1.3', 'TLSv1.3', {}],
    ['TLS 1.3 with a retry', 'TLSv1.3', { shares: [] }],
    ['TLS 1.2, ECDHE', 'TLSv1.2', { suites: ['ECDHE-RSA-AES128-GCM-SHA256'] }],
    ['TLS 1.2, DHE', 'TLSv1.2', { suites: ['DHE-RSA-AES128-SHA256'], groups: ['ffdhe2048'] }],
    ['TLS 1.2, RSA', 'TLSv1.2', { suites: ['AES128-SHA'] }],
    ['TLS 1.2, ECDHE-PSK', 'TLSv1.2', { suites: ['ECDHE-PSK-AES128-CBC-SHA256'] }],
    ['TLS 1.1', 'TLSv1.1', { suites: ['ECDHE-RSA-AES128-SHA'] }],
    ['TLS 1.0', 'TLSv1', { suites: ['ECDHE-RSA-AES128-SHA'] }],
  ];
  it.each(kinds)('%s', async (name, version, more) => {
    const random = seed(`messages ${name}`);
    const psks = more.suites?.[0]?.toString().includes('PSK')
      ? [{ identity: Buffer.from('i'), key: Buffer.alloc(16) }]
      : [];
    const identity = version === 'TLSv1.3' ? ed25519 : rsa;
    const common = { versions: [version], credentials: [identity.credential], psks, ...everything, ...more };
    const server: ServerOptions = {
      ...common,
      ticketSealer: ticketSealer([TicketKey.generate()]),
      maxEarlyData: 1000,
      replayGuard: replayGuard(),
    };
    const first = await handshake({ client: common, server });
    const session = first.client.of('session').at(-1)?.session;
    for (let round = 0; round < 250 * times; round += 1) {
      const target = below(random, 12);
      let count = 0;
      const tap = ({ raw }: OutgoingMessage): Uint8Array =>
        (count += 1) - 1 === target ? mutateMessage(random, raw) : raw;
      const by = round % 2 === 0 ? 'client' : 'server';
      const pair = new Pair({
        client: { ...common, ...(by === 'client' ? { tap } : {}) },
        server: { ...server, ...(by === 'server' ? { tap } : {}) },
        connection: { session: round % 4 < 2 ? session : undefined, earlyData: true },
      });
      pair.client.engine.sendEarly(Buffer.from('early'));
      await pair.handshake();
      if (
        pair.client.engine.secure &&
        pair.server.engine.secure &&
        !pair.client.engine.closed &&
        !pair.server.engine.closed
      ) {
        if (version === 'TLSv1.3') {
          if (pair.server.engine.info.peerExtensions.includes(49)) pair.server.engine.requestCertificate();
          pair[by].engine.updateKeys(true);
        } else if (pair.client.engine.info.secureRenegotiation) pair.client.engine.renegotiate();
        await pair.flow();
      }
      for (const side of [pair.client, pair.server]) {
        expect([round, defects(side)]).toEqual([round, []]);
        note(side);
      }
    }
  });
  it('many reasons were seen', () => {
    expect(reasons.size).toBeGreaterThan(40);
  });
});

describe('octets changed on their way', () => {
  it.each(CONVERSATIONS.map((one) => [one.name, one] as const))('%s', (name, { side, options }) => {
    const random = seed(`octets ${name}`);
    const chunks = chunksOf(readFileSync(new URL(`../golden/openssl/${name}.txt`, import.meta.url), 'utf8')).filter(
      ({ by }) => by === 'openssl',
    );
    for (let round = 0; round < 25 * times; round += 1) {
      const common = { replay: true, random: seeded(name), now: () => Date.UTC(2026, 0, 1), verify: acceptAny };
      const ours = new Side(
        side === 'client'
          ? TlsEngine.client(clientConfig({ ...options, ...common }), { serverName: 'server.example' })
          : TlsEngine.server(serverConfig({ ...options, ...common })),
      );
      ours.engine.start();
      const target = below(random, chunks.length);
      for (const [i, { octets }] of chunks.entries()) {
        const changed = i === target ? mutate(random, octets) : octets;
        const cut = below(random, changed.length + 1);
        ours.engine.receive(changed.subarray(0, cut));
        ours.engine.receive(changed.subarray(cut));
        ours.engine.take();
      }
      ours.engine.receiveEnd();
      expect([round, defects(ours)]).toEqual([round, []]);
      expect(ours.engine.closed).toBe(true);
    }
  });
});

describe('nothing but noise', () => {
  it.each(['client', 'server'] as const)('a %s', (side) => {
    const random = seed(`noise ${side}`);
    for (let round = 0; round < 500 * times; round += 1) {
      const engine =
        side === 'client'
          ? TlsEngine.client(clientConfig({ verify: acceptAny }))
          : TlsEngine.server(serverConfig({ credentials: [rsa.credential] }));
      const ours = new Side(engine);
      engine.start();
      const length = below(random, 300);
      // mostly with a header that lets them through to the next layer
      const noise = random(length);
      const header = Buffer.from([
        [20, 21, 22, 23, 24][below(random, 5)]!,
        3,
        1 + below(random, 4),
        length >>> 8,
        length & 0xff,
      ]);
      const message = Buffer.from([[1, 2, 11, 20, 24][below(random, 5)]!, 0, length >>> 8, length & 0xff]);
      if (round % 3 === 1) engine.receive(header);
      if (round % 3 === 2) {
        header.writeUInt16BE(length + 4, 3);
        header[0] = 22;
        engine.receive(Buffer.concat([header, message]));
      }
      engine.receive(noise);
      engine.receiveEnd();
      expect([round, defects(ours)]).toEqual([round, []]);
      expect(ours.of('failure').length).toBe(1);
    }
  });
  it('is no session and no ticket', async () => {
    const random = seed('sessions');
    const sealer = ticketSealer([TicketKey.from(Buffer.alloc(48, 1))], random);
    const pair = await handshake({
      client: { versions: ['TLSv1.2'] },
      server: { credentials: [rsa.credential], sessionStore: memoryStore() },
    });
    const octets = encodeSession(pair.client.of('session')[0]!.session);
    const ticket = Buffer.from((await sealer.seal(octets))!);
    expect((await sealer.open(ticket))?.state).toEqual(octets);
    for (let round = 0; round < 3000; round += 1) {
      const changed = mutate(random, octets);
      const session = decodeSession(changed);
      if (session) expect(encodeSession(session)).toEqual(changed);
      expect(decodeSession(random(below(random, 200)))).toBeUndefined();
      const other = mutate(random, ticket);
      if (!other.equals(ticket)) expect(await sealer.open(other)).toBeUndefined();
      expect(await sealer.open(random(below(random, 200)))).toBeUndefined();
    }
  });
});
