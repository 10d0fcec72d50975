/** S2: renegotiation before TLS 1.3: every policy, from both sides, with RFC 5746 and without it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { RenegotiationEvent } from '../../../src/lib/tls/events.ts';
import type { ClientOptions, RenegotiationPolicy, ServerOptions } from '../../../src/lib/tls/index.ts';
import { failures, reasons, talk } from '../../support/tls-api.ts';
import { testIdentity, type TestIdentity } from '../../support/tls-certificates.ts';
import { handshake, type Pair, type Side } from '../../support/tls-pair.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await testIdentity('p256');
});

const run = (client: ClientOptions, server: ServerOptions): Promise<Pair> =>
  handshake({
    client: { versions: ['TLSv1.2'], ...client },
    server: { versions: ['TLSv1.2'], credentials: [identity.credential], ...server },
  });

const events = (side: Side): Omit<RenegotiationEvent, 'type'>[] =>
  side.of('renegotiation').map(({ by, refused, pending }) => ({ by, refused, pending }));
const counts = ({ client, server }: Pair): number[] => [client, server].map(({ engine }) => engine.info.renegotiations);

const thrice = <T>(one: T): T[] => [one, one, one];

async function start(pair: Pair, by: 'client' | 'server'): Promise<void> {
  pair[by].engine.renegotiate();
  await pair.flow();
}

describe.each(['client', 'server'] as const)('started by the %s', (by) => {
  const other = by === 'client' ? 'server' : 'client';
  const withPolicy = (renegotiation: RenegotiationPolicy | undefined, more: ServerOptions = {}): Promise<Pair> => {
    const options = { renegotiation, ...more };
    return run(other === 'client' ? options : {}, other === 'server' ? options : {});
  };

  it.each([undefined, 'never'] as const)('%s: a warning no_renegotiation, and both go on', async (policy) => {
    const pair = await withPolicy(policy);
    for (let i = 0; i < 3; i += 1) await start(pair, by);
    expect(pair[other].alerts('out')).toEqual(thrice('no_renegotiation'));
    expect(events(pair[other])).toEqual(thrice({ by: 'peer', refused: true, pending: false }));
    expect(events(pair[by]).filter(({ refused }) => refused)).toEqual(
      thrice({ by: 'us', refused: true, pending: false }),
    );
    expect(counts(pair)).toEqual([0, 0]);
    await talk(pair);
  });
  it('ignore: no answer; data go on in the direction that does not wait', async () => {
    const pair = await withPolicy('ignore');
    await start(pair, by);
    expect(pair[other].alerts('out')).toEqual([]);
    expect(events(pair[other])).toEqual([{ by: 'peer', refused: true, pending: false }]);
    pair[other].engine.send(Buffer.from('on'));
    await pair.flow();
    expect(pair[by].data.toString()).toBe('on');
    expect(failures(pair)).toEqual([]);
  });
  it('once', async () => {
    const pair = await withPolicy('once');
    await start(pair, by);
    expect(counts(pair)).toEqual([1, 1]);
    await talk(pair);
    await start(pair, by);
    expect([counts(pair), pair[other].alerts('out')]).toEqual([[1, 1], ['no_renegotiation']]);
    await talk(pair);
  });
  it('freely, as far as the limit goes', async () => {
    const pair = await withPolicy('freely', { limits: { renegotiations: 3 } });
    for (let i = 1; i <= 3; i += 1) {
      await start(pair, by);
      expect(counts(pair)).toEqual([i, i]);
      await talk(pair);
    }
    expect(pair.client.of('secure').map(({ renegotiations }) => renegotiations)).toEqual([0, 1, 2, 3]);
    await start(pair, by);
    expect(pair[other].reason).toBe('renegotiation_too_many');
  });
  it('explicit: the application is told, and it says yes', async () => {
    const pair = await withPolicy('explicit');
    await start(pair, by);
    expect(events(pair[other])).toEqual([{ by: 'peer', refused: false, pending: true }]);
    expect([pair[other].alerts('out'), counts(pair)]).toEqual([[], [0, 0]]);
    await start(pair, other);
    expect(failures(pair)).toEqual([]);
    expect(counts(pair)).toEqual([1, 1]);
    await talk(pair);
  });
  it('explicit: the application says no, and later one of its own', async () => {
    const pair = await withPolicy('explicit');
    await start(pair, by);
    pair[other].engine.alert('no_renegotiation', 'warning');
    await pair.flow();
    expect(events(pair[by]).at(-1)).toEqual({ by: 'us', refused: true, pending: false });
    await talk(pair);
    const { renegotiation } = { renegotiation: 'freely' } as const;
    const own = await run(
      { renegotiation: other === 'client' ? 'explicit' : renegotiation },
      { renegotiation: other === 'server' ? 'explicit' : renegotiation },
    );
    await start(own, by);
    own[other].engine.alert('no_renegotiation', 'warning');
    await own.flow();
    await start(own, other);
    expect(counts(own)).toEqual([1, 1]);
    await talk(own);
  });
});

describe('a server that was refused', () => {
  it('does not take a renegotiation of the client for the one that it asked for', async () => {
    const pair = await run({}, { renegotiation: 'never' });
    await start(pair, 'server');
    await start(pair, 'client');
    expect(counts(pair)).toEqual([0, 0]);
    expect(pair.server.alerts('out')).toEqual(['no_renegotiation']);
    await talk(pair);
  });
});

describe('where there is none', () => {
  it('in TLS 1.3, and before the handshake is done', async () => {
    const pair = await run({ versions: ['TLSv1.3'] }, { versions: ['TLSv1.3'] });
    expect(() => pair.client.engine.renegotiate()).toThrow(RangeError);
    expect(() => pair.server.engine.renegotiate()).toThrow(RangeError);
  });
});

describe('without RFC 5746', () => {
  it('requireSecureRenegotiation refuses such peers', async () => {
    const server = await run({ secureRenegotiation: false }, { requireSecureRenegotiation: true });
    expect(reasons(server)).toEqual(['peer_alert', 'missing_renegotiation_info']);
    expect(server.server.alerts('out')).toEqual(['handshake_failure']);
    const client = await run({ secureRenegotiation: false, requireSecureRenegotiation: true }, {});
    expect(client.client.reason).toBe('missing_renegotiation_info');
    const both = await run({ requireSecureRenegotiation: true }, { requireSecureRenegotiation: true });
    expect(both.client.engine.info.secureRenegotiation).toBe(true);
    await talk(both);
  });
  it('nobody renegotiates unless legacyRenegotiation says so', async () => {
    const client = { secureRenegotiation: false, renegotiation: 'freely' } as const;
    const server = { renegotiation: 'freely' } as const;
    const pair = await run(client, server);
    expect(pair.server.engine.info.secureRenegotiation).toBe(false);
    for (const side of [pair.client, pair.server])
      expect(() => side.engine.renegotiate()).toThrow('secure renegotiation');
    await talk(pair);
    const refused = await run({ ...client, legacyRenegotiation: true }, server);
    await start(refused, 'client');
    expect([counts(refused), refused.server.alerts('out')]).toEqual([[0, 0], ['no_renegotiation']]);
    await talk(refused);
    for (const by of ['client', 'server'] as const) {
      const legacy = await run({ ...client, legacyRenegotiation: true }, { ...server, legacyRenegotiation: true });
      await start(legacy, by);
      expect(counts(legacy)).toEqual([1, 1]);
      await talk(legacy);
    }
  });
});

describe('inside of a renegotiation', () => {
  it('the server asks for a certificate now, sends a ticket, staples, chooses a protocol', async () => {
    let asks = false;
    const pair = await run(
      { alpn: ['h2'], credentials: [identity.credential], renegotiation: 'freely', requestOcsp: true },
      { alpn: ['h2'], clientAuth: 'request', renegotiation: 'freely', onHello: () => void (asks = true) },
    );
    expect(asks).toBe(true);
    await start(pair, 'client');
    expect(Buffer.from(pair.client.engine.info.alpn!).toString()).toBe('h2');
    expect(pair.server.engine.info.peerChain.length).toBe(2);
    await talk(pair);
  });
  it('the same identity only', async () => {
    const other = await testIdentity('p384');
    let count = 0;
    const pair = await run(
      { renegotiation: 'freely' },
      {
        renegotiation: 'freely',
        onHello: () => ({ credentials: [(count += 1) === 1 ? identity.credential : other.credential] }),
      },
    );
    await start(pair, 'client');
    expect(pair.client.reason).toBe('certificate_changed_on_renegotiation');
  });
});
