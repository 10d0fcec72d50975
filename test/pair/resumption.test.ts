/** Sessions, PSKs, early data, and what goes on after a handshake. */
import { beforeAll, describe, expect, it } from 'vitest';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import {
  decodeSession,
  encodeSession,
  memoryStore,
  replayGuard,
  ticketSealer,
  type ServerOptions,
  type Session,
} from '../../src/lib/tls/index.ts';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { testIdentity, type TestIdentity } from '../support/tls-certificates.ts';
import { Pair, handshake } from '../support/tls-pair.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await testIdentity('p256');
});

/** The last session of a client, after a journey through octets. */
function sessionOf(pair: Pair): Session {
  const last = pair.client.of('session').at(-1);
  if (!last) throw new Error('no session');
  return decodeSession(encodeSession(last.session))!;
}

const noFailures = (pair: Pair): void => {
  expect([...pair.client.of('failure'), ...pair.server.of('failure')].map(({ failure }) => failure.message)).toEqual(
    [],
  );
};

const OLD: readonly VersionName[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2'];

describe('S5: resumption before TLS 1.3', () => {
  const suites = ['ECDHE-ECDSA-AES128-SHA'];
  it.each(OLD.flatMap((version) => [[version, 'ticket'] as const, [version, 'id'] as const]))(
    '%s by %s',
    async (version, by) => {
      const server: ServerOptions = {
        versions: [version],
        suites,
        credentials: [identity.credential],
        ...(by === 'ticket' ? { ticketSealer: ticketSealer([TicketKey.generate()]) } : { sessionStore: memoryStore() }),
      };
      const client = { versions: [version], suites };
      const first = await handshake({ client, server });
      noFailures(first);
      const session = sessionOf(first);
      expect(session.ticket.length > 0).toBe(by === 'ticket');
      const second = await handshake({ client, server, connection: { session } });
      noFailures(second);
      expect([second.client.engine.info.resumed, second.server.engine.info.resumed]).toEqual([true, true]);
      expect(second.server.messages('out').includes('certificate')).toBe(false);
      const other = await handshake({ client, server, connection: { session, serverName: 'server.example' } });
      expect(other.client.engine.info.resumed).toBe(false);
      noFailures(other);
    },
  );
});

describe('S5: resumption in TLS 1.3', () => {
  const server = (more: ServerOptions = {}): ServerOptions => ({
    credentials: [identity.credential],
    ticketSealer: ticketSealer([TicketKey.generate()]),
    ...more,
  });

  it.each([['psk_dhe_ke'], ['psk_ke']] as const)('%s', async (mode) => {
    const options = server({ pskModes: [mode] });
    const first = await handshake({ client: { pskModes: [mode] }, server: options });
    noFailures(first);
    expect(first.client.of('session').length).toBe(2);
    const second = await handshake({
      client: { pskModes: [mode] },
      server: options,
      connection: { session: sessionOf(first) },
    });
    noFailures(second);
    expect(second.client.engine.info.resumed).toBe(true);
    expect(second.client.engine.info.group === undefined).toBe(mode === 'psk_ke');
    expect(second.client.of('session').length).toBe(1);
    second.server.engine.send(Buffer.from('x'));
    await second.flow();
    expect(second.client.data.toString()).toBe('x');
  });

  it('after a HelloRetryRequest', async () => {
    const options = server({ groups: ['secp384r1'] });
    const client = { groups: ['x25519', 'secp384r1'] };
    const first = await handshake({ client, server: options });
    const second = await handshake({ client, server: options, connection: { session: sessionOf(first) } });
    noFailures(second);
    expect([second.client.engine.info.resumed, second.client.engine.info.retried]).toEqual([true, true]);
  });

  it('a PSK from outside', async () => {
    const psks = [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1), hash: 'sha384' as const }];
    const pair = await handshake({ client: { psks, versions: ['TLSv1.3'] }, server: { psks, versions: ['TLSv1.3'] } });
    noFailures(pair);
    expect(pair.client.engine.info.suite?.hash).toBe('sha384');
    expect(Buffer.from(pair.server.engine.info.externalPsk ?? []).toString()).toBe('me');
  });

  it('early data are accepted once', async () => {
    const options = server({ maxEarlyData: 16_384, replayGuard: replayGuard() });
    const first = await handshake({ server: options });
    const session = sessionOf(first);
    const send = async (): Promise<Pair> => {
      const pair = new Pair({ server: options, connection: { session, earlyData: true } });
      expect(pair.client.engine.sendEarly(Buffer.from('early'))).toBe(5);
      return pair.handshake();
    };
    const pair = await send();
    noFailures(pair);
    expect(pair.server.of('data')).toEqual([{ type: 'data', bytes: Buffer.from('early'), early: true }]);
    expect(pair.client.of('early_data')).toEqual([{ type: 'early_data', accepted: true, why: undefined }]);
    expect(pair.client.engine.exportEarlyKeyingMaterial(8, 'EXPORTER-x')).toEqual(
      pair.server.engine.exportEarlyKeyingMaterial(8, 'EXPORTER-x'),
    );
    // the same hello once more: the binder is known
    const again = new Pair({ server: options });
    for (const bytes of pair.client.sent) again.server.engine.receive(bytes);
    expect(again.server.of('early_data').map(({ why }) => why)).toEqual(['they may have been sent before']);
  });

  it.each([
    ['no early data here', { maxEarlyData: 0 }],
    ['a retry', { maxEarlyData: 1000, groups: ['secp521r1'] }],
    ['nothing guards', { maxEarlyData: 1000 }],
    ['other keys', { maxEarlyData: 1000, ticketSealer: ticketSealer([TicketKey.generate()]) }],
  ])('early data are passed over: %s', async (_, more) => {
    const options = server({ maxEarlyData: 1000, replayGuard: replayGuard(), groups: ['x25519', 'secp521r1'] });
    const first = await handshake({ server: options });
    const pair = new Pair({
      server: { ...options, replayGuard: undefined, ...more },
      connection: { session: sessionOf(first), earlyData: true },
    });
    pair.client.engine.sendEarly(Buffer.alloc(600, 'e'));
    pair.client.engine.start();
    pair.client.engine.sendEarly(Buffer.alloc(300, 'e'));
    await pair.flow();
    noFailures(pair);
    expect(pair.client.of('early_data').map(({ accepted }) => accepted)).toEqual([false]);
    pair.client.engine.send(Buffer.from('late'));
    await pair.flow();
    expect(pair.server.data.toString()).toBe('late');
  });
});

describe('after the handshake of TLS 1.3', () => {
  it('KeyUpdate, asked for and not', async () => {
    const pair = await handshake({ server: { credentials: [identity.credential] } });
    pair.client.engine.updateKeys(true);
    pair.server.engine.updateKeys(false);
    for (const text of ['a', 'b']) {
      pair.client.engine.send(Buffer.from(text));
      pair.server.engine.send(Buffer.from(text));
      await pair.flow();
    }
    noFailures(pair);
    expect([pair.client.data.toString(), pair.server.data.toString()]).toEqual(['ab', 'ab']);
    expect(pair.client.of('key_update').map(({ direction, requested }) => [direction, requested])).toEqual([
      ['out', true],
      ['in', false],
      ['in', false],
    ]);
  });

  it('authentication, twice, with an answer that takes its time', async () => {
    const { credential } = identity;
    const pair = await handshake({
      client: {
        postHandshakeAuth: true,
        selectCredential: () => new Promise((resolve) => void setTimeout(resolve, 5, credential)),
      },
      server: { credentials: [credential] },
    });
    pair.server.engine.requestCertificate();
    pair.server.engine.requestCertificate();
    await pair.flow();
    await new Promise((resolve) => void setTimeout(resolve, 50));
    await pair.flow();
    noFailures(pair);
    expect(pair.server.of('authentication').map(({ certificates }) => certificates)).toEqual([2, 2]);
  });
});

describe('S2: renegotiation before TLS 1.3', () => {
  const versions = ['TLSv1.2'] as const;
  it.each(['client', 'server'] as const)('started by the %s, with data on the way', async (by) => {
    const pair = await handshake({
      client: { versions, renegotiation: 'freely', credentials: [identity.credential] },
      server: { versions, renegotiation: 'freely', clientAuth: 'request', credentials: [identity.credential] },
    });
    pair[by].engine.renegotiate();
    pair.client.engine.send(Buffer.from('one'));
    pair.server.engine.send(Buffer.from('two'));
    await pair.flow();
    noFailures(pair);
    expect([pair.client.data.toString(), pair.server.data.toString()]).toEqual(['two', 'one']);
    expect([pair.client.engine.info.renegotiations, pair.server.engine.info.renegotiations]).toEqual([1, 1]);
  });

  it('refused by a warning, and the connection goes on', async () => {
    const pair = await handshake({ client: { versions }, server: { versions, credentials: [identity.credential] } });
    pair.client.engine.renegotiate();
    pair.client.engine.send(Buffer.from('on'));
    await pair.flow();
    noFailures(pair);
    expect(pair.server.alerts('out')).toEqual(['no_renegotiation']);
    expect(pair.client.of('renegotiation').map(({ refused }) => refused)).toEqual([false, true]);
    expect(pair.server.data.toString()).toBe('on');
  });
});

describe('memory that is used again', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: nothing is lost, whatever the pieces', async (version) => {
    const pair = new Pair({
      client: { versions: [version] },
      server: { versions: [version], credentials: [identity.credential] },
    });
    const memory = Buffer.alloc(1000);
    const carry = (): void => {
      for (const [from, to] of [
        [pair.client, pair.server],
        [pair.server, pair.client],
      ] as const) {
        const bytes = Buffer.concat(from.engine.take());
        for (let at = 0; at < bytes.length; at += memory.length) {
          const length = bytes.copy(memory, 0, at, at + memory.length);
          to.engine.receive(memory.subarray(0, length), true);
          memory.fill(0xff);
        }
        to.collect();
      }
    };
    pair.client.engine.start();
    for (let i = 0; i < 4; i += 1) carry();
    const text = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i & 0xff));
    pair.client.engine.send(text);
    for (let i = 0; i < 3; i += 1) carry();
    noFailures(pair);
    expect(pair.server.data.equals(text)).toBe(true);
    if (version === 'TLSv1.3') pair.client.engine.updateKeys(true);
    else expect(() => pair.client.engine.updateKeys()).toThrow(RangeError);
    pair.client.engine.send(Buffer.from('more'));
    for (let i = 0; i < 3; i += 1) carry();
    expect(pair.server.data.subarray(text.length).toString()).toBe('more');
  });
});
