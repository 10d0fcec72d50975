/** S5: sessions by ids, tickets and PSKs: hooks, lifetimes, contexts, clocks, early data. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { TicketKey } from '../../../src/lib/tickets/key.ts';
import {
  decodeSession,
  encodeSession,
  memoryStore,
  replayGuard,
  ticketSealer,
  type ClientOptions,
  type ExternalPsk,
  type ServerOptions,
  type Session,
  type SessionStore,
  type TicketSealer,
} from '../../../src/lib/tls/index.ts';
import { failures, later, laterFails, talk } from '../../support/tls-api.ts';
import { testIdentity, type TestIdentity } from '../../support/tls-certificates.ts';
import { Pair, handshake } from '../../support/tls-pair.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await testIdentity('p256');
});

/** A clock that is set by hand. */
function clock(): { now(): number; add(seconds: number): void } {
  let at = 1_700_000_000_000;
  return { now: () => at, add: (seconds) => void (at += 1000 * seconds) };
}

const lastSession = (pair: Pair): Session | undefined => pair.client.of('session').at(-1)?.session;

function resume(client: ClientOptions, server: ServerOptions, session: Session | undefined): Promise<Pair> {
  return handshake({ client, server: { credentials: [identity.credential], ...server }, connection: { session } });
}

/** Two handshakes, the second with the session of the first. */
async function twice(client: ClientOptions, server: ServerOptions, between?: () => void): Promise<[Pair, Pair]> {
  const first = await resume(client, server, undefined);
  await talk(first);
  between?.();
  const second = await resume(client, server, lastSession(first));
  await talk(second);
  return [first, second];
}

const resumed = ({ client, server }: Pair): boolean[] => [client.engine.info.resumed, server.engine.info.resumed];
const YES = [true, true];
const NO = [false, false];
const key = (): TicketSealer => ticketSealer([TicketKey.generate()]);
const failing = (what: () => never): TicketSealer => ({ seal: what, open: what });

/** A sealer whose answers take their time. */
function slow(sealer: TicketSealer): TicketSealer {
  return {
    seal: async (state) => later(await sealer.seal(state)),
    open: async (ticket) => later(await sealer.open(ticket)),
  };
}

const both: [VersionName][] = [['TLSv1.3'], ['TLSv1.2']];

describe.each(both)('%s: tickets', (version) => {
  const client: ClientOptions = { versions: [version] };

  it('the sealer may take its time', async () => {
    const [, second] = await twice(client, { ticketSealer: slow(key()) });
    expect(resumed(second)).toEqual(YES);
  });
  it.each<[string, TicketSealer]>([
    ['rejects', { seal: () => laterFails('no key'), open: () => laterFails('no key') }],
    [
      'throws',
      failing(() => {
        throw new Error('no key');
      }),
    ],
    ['has none', { seal: () => undefined, open: () => undefined }],
  ])('a sealer that %s costs the ticket and nothing else', async (name, sealer) => {
    const pair = await resume(client, { ticketSealer: sealer }, undefined);
    await talk(pair);
    expect(lastSession(pair)).toBeUndefined();
    expect(pair.server.of('remark').some(({ failure }) => failure.reason === 'hook_failed')).toBe(name !== 'has none');
    const good = await resume(client, { ticketSealer: key() }, undefined);
    const second = await resume(client, { ticketSealer: sealer }, lastSession(good));
    expect(resumed(second)).toEqual(NO);
    await talk(second);
  });
  it('keys rotate: a ticket of an older key is taken and replaced', async () => {
    const [old, next] = [TicketKey.generate(), TicketKey.generate(80)];
    const first = await resume(client, { ticketSealer: ticketSealer([old]) }, undefined);
    const rotated: ServerOptions = { ticketSealer: ticketSealer([next, old]), ticketCountResumed: 0 };
    const second = await resume(client, rotated, lastSession(first));
    expect(resumed(second)).toEqual(YES);
    const renewed = lastSession(second)!;
    expect(Buffer.from(renewed.ticket.subarray(0, 16))).toEqual(next.name);
    const third = await resume(client, rotated, renewed);
    expect(resumed(third)).toEqual(YES);
    expect(lastSession(third)).toBeUndefined();
    const gone = await resume(client, { ticketSealer: ticketSealer([next]) }, lastSession(first));
    expect(resumed(gone)).toEqual(NO);
    await talk(gone);
  });
  it('tickets off: none are given, and none are taken', async () => {
    const sealer = key();
    const [first, second] = await twice(client, { ticketSealer: sealer, tickets: false });
    expect([lastSession(first), resumed(second)]).toEqual([undefined, NO]);
    const given = await resume(client, { ticketSealer: sealer }, undefined);
    expect(resumed(await resume(client, { ticketSealer: sealer, tickets: false }, lastSession(given)))).toEqual(NO);
  });
  it('no sealer, no tickets', async () => {
    expect(lastSession((await twice(client, {}))[1])).toBeUndefined();
  });
  it('sessionLifetime is said and kept, by both sides', async () => {
    const time = clock();
    const server: ServerOptions = { ticketSealer: key(), sessionLifetime: 100, now: time.now };
    const first = await resume({ ...client, now: time.now }, server, undefined);
    expect([first.client.engine.info.ticketLifetime, lastSession(first)?.lifetime]).toEqual([100, 100]);
    time.add(100);
    expect(resumed(await resume({ ...client, now: time.now }, server, lastSession(first)))).toEqual(YES);
    time.add(1);
    // the client does not offer it, and one that does is not believed
    expect(resumed(await resume({ ...client, now: time.now }, server, lastSession(first)))).toEqual(NO);
    const late = await resume({ ...client, now: () => time.now() - 60_000 }, server, lastSession(first));
    expect(resumed(late)).toEqual(NO);
    await talk(late);
  });
  it('a session of another name or of another context is not resumed', async () => {
    const sealer = key();
    const server: ServerOptions = { ticketSealer: sealer, sessionContext: Buffer.from('one') };
    const first = await resume(client, server, undefined);
    const session = lastSession(first)!;
    expect(resumed(await resume(client, { ...server, sessionContext: Buffer.from('two') }, session))).toEqual(NO);
    expect(resumed(await resume(client, { ticketSealer: sealer }, session))).toEqual(NO);
    const named = await handshake({
      client,
      server: { credentials: [identity.credential], ...server },
      connection: { session: { ...session, serverName: 'server.example' }, serverName: 'server.example' },
    });
    expect(resumed(named)).toEqual(NO);
    await talk(named);
    expect(resumed(await resume(client, server, session))).toEqual(YES);
  });
  it('verifyResumed asks again, on either side', async () => {
    const seen: boolean[] = [];
    const verify = ({ resumed }: { resumed: boolean }): undefined => void seen.push(resumed);
    const sealer = key();
    const mine: ClientOptions = { ...client, verify, credentials: [identity.credential] };
    const its: ServerOptions = { ticketSealer: sealer, clientAuth: 'require' };
    await twice(mine, its);
    expect(seen).toEqual([false]);
    const [, second] = await twice({ ...mine, verifyResumed: true }, { ...its, verify, verifyResumed: true });
    expect(resumed(second)).toEqual(YES);
    expect(seen).toEqual([false, false, false, true, true]);
    expect(Buffer.from(second.server.engine.info.peerChain[0]!)).toEqual(identity.der);
    const first = await resume(mine, its, undefined);
    const refused = await resume(
      { ...mine, verifyResumed: true, verify: () => ({ alert: 'certificate_expired' }) },
      its,
      lastSession(first),
    );
    expect(refused.client.alerts('out')).toEqual(['certificate_expired']);
  });
});

describe('TLS 1.3: how many tickets', () => {
  it.each([
    [{}, 2, 1],
    [{ ticketCount: 0, ticketCountResumed: 0 }, 0, 0],
    [{ ticketCount: 5, ticketCountResumed: 3 }, 5, 3],
  ])('%j', async (counts, full, again) => {
    const sealer = key();
    const first = await resume({}, { ticketSealer: sealer, ...counts }, undefined);
    expect(first.client.of('session').length).toBe(full);
    const given = await resume({}, { ticketSealer: sealer }, undefined);
    const second = await resume({}, { ticketSealer: sealer, ...counts }, lastSession(given));
    expect(resumed(second)).toEqual(YES);
    expect(second.client.of('session').length).toBe(again);
  });
  it('sendTickets sends more, none alike; a client stops at its limit', async () => {
    const pair = await resume({ limits: { tickets: 400 } }, { ticketSealer: key(), ticketCount: 0 }, undefined);
    expect(() => pair.client.engine.sendTickets(1)).toThrow(RangeError);
    pair.server.engine.sendTickets(300);
    await pair.flow();
    const secrets = pair.client.of('session').map(({ session }) => Buffer.from(session.secret).toString('hex'));
    expect(new Set(secrets).size).toBe(300);
    await talk(pair);
    pair.server.engine.sendTickets(101);
    await pair.flow();
    expect(pair.client.reason).toBe('tickets_too_many');
  });
});

describe('before TLS 1.3: the session store', () => {
  const client: ClientOptions = { versions: ['TLSv1.2'] };
  const slowly = (store: SessionStore): SessionStore => ({
    ...store,
    get: async (id) => later(await store.get(id)),
    set: async (id, state) => later(await store.set(id, state)),
  });
  it('may take its time', async () => {
    const [first, second] = await twice(client, { sessionStore: slowly(memoryStore()) });
    expect([first.server.of('session').length, resumed(second)]).toEqual([1, YES]);
    expect(first.client.engine.info.sessionId.length).toBe(32);
  });
  it.each<[string, () => never | Promise<never>]>([
    ['rejects', () => laterFails('no cache')],
    [
      'throws',
      () => {
        throw new Error('no cache');
      },
    ],
  ])('that %s costs the session and nothing else', async (_, what) => {
    const store = memoryStore();
    const broken = await resume(client, { sessionStore: { ...store, set: what } }, undefined);
    await talk(broken);
    expect([broken.server.of('session').length, broken.server.of('remark').length]).toEqual([0, 1]);
    const first = await resume(client, { sessionStore: store }, undefined);
    const second = await resume(client, { sessionStore: { ...store, get: what } }, lastSession(first));
    expect(resumed(second)).toEqual(NO);
    await talk(second);
  });
  it('forgets the oldest beyond its limit', async () => {
    const store = memoryStore(2);
    for (const id of ['a', 'b', 'c']) await store.set(Buffer.from(id), Buffer.from(id));
    expect([await store.get(Buffer.from('a')), await store.get(Buffer.from('c'))]).toEqual([
      undefined,
      Buffer.from('c'),
    ]);
    store.delete(Buffer.from('c'));
    expect(await store.get(Buffer.from('c'))).toBeUndefined();
  });
  it('an expired session is deleted', async () => {
    const time = clock();
    const deleted: Uint8Array[] = [];
    const store: SessionStore = { ...memoryStore(), delete: (id) => void deleted.push(id) };
    const server: ServerOptions = { sessionStore: store, sessionLifetime: 10, now: time.now };
    const first = await resume(client, server, undefined);
    time.add(11);
    expect(resumed(await resume(client, server, lastSession(first)))).toEqual(NO);
    expect(deleted.map((id) => Buffer.from(id))).toEqual([Buffer.from(lastSession(first)!.id)]);
  });
  it('a fatal alert, of either side, ends the session as well', async () => {
    for (const side of ['client', 'server'] as const) {
      const store = memoryStore();
      const first = await resume(client, { sessionStore: store }, undefined);
      const { id } = lastSession(first)!;
      expect(await store.get(id)).toBeDefined();
      if (side === 'client') first.client.engine.alert('decode_error');
      else first.server.engine.receive(Buffer.from('17030300050102030405', 'hex'));
      await first.flow();
      expect(await store.get(id)).toBeUndefined();
    }
  });
  it('garbage in the store or in a ticket is no session', async () => {
    const store: SessionStore = { ...memoryStore(), get: () => Buffer.from('garbage') };
    const first = await resume(client, { sessionStore: memoryStore() }, undefined);
    const second = await resume(client, { sessionStore: store }, lastSession(first));
    expect(resumed(second)).toEqual(NO);
    await talk(second);
    for (const versions of [['TLSv1.3'], ['TLSv1.2']] as const) {
      const sealer: TicketSealer = {
        seal: () => Buffer.from('ticket'),
        open: () => ({ state: Buffer.from('x'), renew: true }),
      };
      const [, again] = await twice({ versions }, { ticketSealer: sealer });
      expect(resumed(again)).toEqual(NO);
    }
  });
  it('max_fragment_length holds for the session as a whole', async () => {
    for (const by of [{ sessionStore: memoryStore() }, { ticketSealer: key() }]) {
      const small: ClientOptions = { ...client, maxFragmentLength: 1024 };
      const [first, second] = await twice(small, by);
      expect([resumed(second), second.client.engine.info.sendLimit]).toEqual([YES, 1024]);
      const session = lastSession(first)!;
      expect(session.maxFragmentLength).toBe(2);
      expect(resumed(await resume(client, by, session))).toEqual(NO);
      expect(resumed(await resume({ ...client, maxFragmentLength: 512 }, by, session))).toEqual(NO);
      // a client that offers it all the same
      expect(resumed(await resume(client, by, { ...session, maxFragmentLength: 0 }))).toEqual(NO);
      const [, both] = await twice({ ...small, recordSizeLimit: 2000 }, { ...by, recordSizeLimit: 2000 });
      expect(resumed(both)).toEqual(YES);
    }
  });
  it('renewed tickets live no longer than the session', async () => {
    const time = clock();
    const [old, next] = [TicketKey.generate(), TicketKey.generate()];
    const common = { sessionLifetime: 100, now: time.now };
    const first = await resume(
      { ...client, now: time.now },
      { ...common, ticketSealer: ticketSealer([old]) },
      undefined,
    );
    time.add(60);
    const rotated = { ...common, ticketSealer: ticketSealer([next, old]) };
    const second = await resume({ ...client, now: time.now }, rotated, lastSession(first));
    time.add(60);
    expect(resumed(await resume({ ...client, now: time.now }, rotated, lastSession(second)))).toEqual(NO);
  });
});

describe('sessions as octets', () => {
  const session: Session = {
    version: 0x0304,
    suite: 0x1301,
    secret: Buffer.alloc(32, 1),
    created: 1_700_000_000_123,
    lifetime: 7200,
    ticket: Buffer.from('ticket'),
    id: Buffer.alloc(32, 2),
    ageAdd: 4_000_000_000,
    maxEarlyData: 16_384,
    serverName: 'größe.example',
    alpn: Buffer.from('h2'),
    extendedMasterSecret: true,
    encryptThenMac: true,
    maxFragmentLength: 4,
    peerChain: [Buffer.from('leaf'), Buffer.from('authority')],
    context: Buffer.from('context'),
  };
  const plain = (one: Session | undefined): unknown =>
    JSON.parse(
      JSON.stringify(one, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ),
    );
  it('come back as they were', () => {
    const back = decodeSession(encodeSession(session))!;
    expect(encodeSession(back)).toEqual(encodeSession(session));
    expect(plain(back)).toMatchObject({
      serverName: 'größe.example',
      created: 1_700_000_000_123,
      ageAdd: 4_000_000_000,
    });
  });
  it('every truncation, every addition and every other beginning is none', () => {
    const octets = encodeSession(session);
    for (let length = 0; length < octets.length; length += 1)
      expect(decodeSession(octets.subarray(0, length))).toBeUndefined();
    expect(decodeSession(Buffer.concat([octets, Buffer.alloc(1)]))).toBeUndefined();
    for (let i = 0; i < 8; i += 1) {
      const changed = Buffer.from(octets);
      changed[i]! ^= 1;
      expect(decodeSession(changed)).toBeUndefined();
    }
  });
});

describe('PSKs from outside', () => {
  const psk: ExternalPsk = { identity: Buffer.from('me'), key: Buffer.alloc(32, 9) };
  const psks = [psk];
  const suites = ['ECDHE-PSK-AES128-CBC-SHA256'];
  const old = { versions: ['TLSv1.2'], suites } as const;
  const without = { credentials: [] };
  it.each<[string, ServerOptions]>([
    ['a list', { psks }],
    ['a hook', { pskLookup: (id) => (Buffer.compare(id, psk.identity) === 0 ? psk : undefined) }],
    ['a hook that takes its time', { pskLookup: () => later(psk) }],
  ])('by %s', async (_, server) => {
    const newer = await resume({ psks, versions: ['TLSv1.3'] }, { ...without, ...server }, undefined);
    expect(Buffer.from(newer.server.engine.info.externalPsk!)).toEqual(psk.identity);
    expect(newer.client.engine.info.externalPsk).toBeDefined();
    await talk(newer);
    const older = await resume({ ...old, psks }, { ...old, ...without, ...server }, undefined);
    expect(Buffer.from(older.server.engine.info.externalPsk!)).toEqual(psk.identity);
    await talk(older);
  });
  it('an identity that nobody knows: certificates in TLS 1.3, a failure before', async () => {
    const newer = await resume({ psks }, { pskLookup: () => later(undefined) }, undefined);
    expect(newer.client.engine.info.externalPsk).toBeUndefined();
    await talk(newer);
    const older = await resume({ ...old, psks }, { ...old, pskLookup: () => undefined }, undefined);
    expect(older.server.reason).toBe('psk_identity_unknown');
    expect(older.server.alerts('out')).toEqual(['unknown_psk_identity']);
    const broken = await resume({ ...old, psks }, { ...old, pskLookup: () => laterFails('no list') }, undefined);
    expect(broken.server.reason).toBe('hook_failed');
  });
  it('another key', async () => {
    const server = { psks: [{ ...psk, key: Buffer.alloc(32, 8) }] };
    expect((await resume({ psks }, server, undefined)).server.reason).toBe('psk_binder_wrong');
    expect((await resume({ ...old, psks }, { ...old, ...server }, undefined)).server.reason).toBe('record_bad_mac');
  });
  it('the hash of the PSK decides on the suite', async () => {
    const list = [{ ...psk, hash: 'sha384' as const }];
    const pair = await resume({ psks: list, versions: ['TLSv1.3'] }, { psks: list }, undefined);
    expect(pair.client.engine.info.suite?.hash).toBe('sha384');
    await talk(pair);
  });
  it('pskHint comes to pskForHint, which may take its time, have none, or fail', async () => {
    const hints: (Uint8Array | undefined)[] = [];
    const server = { ...old, psks, pskHint: Buffer.from('which?') };
    const pair = await resume({ ...old, pskForHint: (hint) => (hints.push(hint), later(psk)) }, server, undefined);
    await talk(pair);
    expect(hints.map((one) => one && Buffer.from(one).toString())).toEqual(['which?']);
    expect(Buffer.from(pair.client.engine.info.pskHint!).toString()).toBe('which?');
    const none = await resume({ ...old, pskForHint: () => undefined }, server, undefined);
    expect(none.client.reason).toBe('psk_not_configured');
    const fails = await resume({ ...old, pskForHint: () => laterFails('no list') }, server, undefined);
    expect(fails.client.reason).toBe('hook_failed');
  });
  it('limits: the length of identities, and how many are looked at', async () => {
    const older = await resume({ ...old, psks }, { ...old, psks, limits: { pskIdentity: 1 } }, undefined);
    expect(older.server.reason).toBe('psk_identity_too_long');
    const newer = await resume({ psks }, { psks, limits: { pskIdentity: 1 } }, undefined);
    expect(newer.client.engine.info.externalPsk).toBeUndefined();
    await talk(newer);
    const many = [...Array.from({ length: 5 }, (_, i) => ({ identity: Buffer.from(`no ${i}`), key: psk.key })), psk];
    const asked: string[] = [];
    const pskLookup = (id: Uint8Array): ExternalPsk | undefined => {
      asked.push(Buffer.from(id).toString());
      return asked.length === 6 ? psk : undefined;
    };
    const few = await resume({ psks: many }, { pskLookup, limits: { psks: 3 } }, undefined);
    expect([asked.length, few.client.engine.info.externalPsk]).toEqual([3, undefined]);
    asked.length = 0;
    expect((await resume({ psks: many }, { pskLookup }, undefined)).client.engine.info.externalPsk).toBeDefined();
  });
  it('pskModes: with no mode in common there is no PSK', async () => {
    const sealer = key();
    const server: ServerOptions = { ticketSealer: sealer, pskModes: ['psk_ke'] };
    const first = await resume({ pskModes: ['psk_ke'] }, server, undefined);
    const other = await resume({ pskModes: ['psk_dhe_ke'] }, server, lastSession(first));
    expect(resumed(other)).toEqual(NO);
    await talk(other);
    const both = await resume(
      { pskModes: ['psk_ke', 'psk_dhe_ke'] },
      { ...server, pskModes: ['psk_dhe_ke', 'psk_ke'] },
      lastSession(first),
    );
    expect([resumed(both), both.client.engine.info.group?.name]).toEqual([YES, 'x25519']);
  });
});

describe('early data', () => {
  const EARLY = Buffer.from('early');
  interface Early {
    readonly client?: ClientOptions;
    readonly server?: ServerOptions;
    readonly before?: ServerOptions;
    readonly at?: number;
    readonly bytes?: Buffer;
  }
  async function early({ client, server, before, at = 0, bytes = EARLY }: Early): Promise<Pair> {
    const time = clock();
    const sealer = key();
    const common = (more?: ServerOptions): ServerOptions => ({
      credentials: [identity.credential],
      ticketSealer: sealer,
      maxEarlyData: 100,
      replayGuard: replayGuard(),
      now: time.now,
      ...more,
    });
    const first = await handshake({ client: { now: time.now }, server: common(before) });
    const session = lastSession(first);
    time.add(60);
    const pair = new Pair({
      client: { now: () => time.now() + at, ...client },
      server: common(server),
      connection: { session, earlyData: true },
    });
    pair.client.engine.sendEarly(bytes);
    return pair.handshake();
  }
  const verdict = (pair: Pair): (string | undefined)[] => pair.server.of('early_data').map(({ why }) => why);

  it.each<[string, Early, string | undefined]>([
    ['taken', {}, undefined],
    ['the clock of the client is 9 s ahead', { at: 9000 }, undefined],
    ['the clock of the client is 11 s ahead', { at: 11_000 }, 'the age of the ticket is wrong'],
    ['the clock of the client is 11 s behind', { at: -11_000 }, 'the age of the ticket is wrong'],
    ['the guard takes its time', { server: { replayGuard: { fresh: () => later(true) } } }, undefined],
    [
      'the guard refuses later',
      { server: { replayGuard: { fresh: () => later(false) } } },
      'they may have been sent before',
    ],
    [
      'another suite',
      { server: { suites: ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] } },
      'another cipher suite',
    ],
    ['a cookie', { server: { cookie: () => Buffer.from('x') } }, 'a HelloRetryRequest'],
    ['they are off', { server: { maxEarlyData: 0 } }, 'early data are off'],
  ])('%s', async (_, options, why) => {
    const pair = await early(options);
    expect(failures(pair)).toEqual([]);
    expect(verdict(pair)).toEqual([why]);
    expect(pair.client.of('early_data').map(({ accepted }) => accepted)).toEqual([why === undefined]);
    expect(pair.client.engine.info.earlyData).toBe(why === undefined ? 'accepted' : 'rejected');
    expect(pair.server.data.toString()).toBe(why === undefined ? 'early' : '');
    await talk(pair);
  });
  it('a guard that fails', async () => {
    expect((await early({ server: { replayGuard: { fresh: () => laterFails('no memory') } } })).server.reason).toBe(
      'hook_failed',
    );
  });
  it('maxEarlyData of the ticket is what may be sent', async () => {
    const pair = await early({ bytes: Buffer.alloc(300) });
    expect(pair.server.data.length).toBe(100);
    expect(pair.client.of('session').at(-1)?.session.maxEarlyData).toBe(100);
    const none = await early({ before: { maxEarlyData: 0 } });
    expect(none.server.of('early_data')).toEqual([]);
    expect(none.client.of('early_data').map(({ accepted }) => accepted)).toEqual([]);
    await talk(none);
  });
  it('skippedEarlyData: what is rejected is passed over as far as the limit goes', async () => {
    const server = { replayGuard: undefined, limits: { skippedEarlyData: 20 } };
    expect((await early({ server })).server.reason).toBe('early_data_skipped_too_much');
    await talk(await early({ server: { ...server, limits: { skippedEarlyData: 1000 } } }));
  });
  it('queued without a session that allows them: the client is told that they did not go', async () => {
    const time = clock();
    const server: ServerOptions = {
      credentials: [identity.credential],
      ticketSealer: key(),
      maxEarlyData: 100,
      replayGuard: replayGuard(),
      now: time.now,
    };
    const first = await handshake({ client: { now: time.now }, server });
    time.add(100_000);
    const pair = new Pair({
      client: { now: time.now },
      server,
      connection: { session: lastSession(first), earlyData: true },
    });
    expect(pair.client.engine.sendEarly(EARLY)).toBe(5);
    await pair.handshake();
    expect(pair.client.of('early_data')).toEqual([
      { type: 'early_data', accepted: false, why: 'no session that allows them' },
    ]);
    expect(pair.client.engine.sendEarly(EARLY)).toBe(0);
    await talk(pair);
  });
  it('the early exporter is the same on both sides, and nowhere else', async () => {
    const pair = await early({});
    const made = [pair.client, pair.server].map(({ engine }) =>
      engine.exportEarlyKeyingMaterial(16, 'EXPORTER-x', Buffer.from('c')),
    );
    expect(made[0]).toEqual(made[1]);
    expect(made[0]).not.toEqual(pair.client.engine.exportEarlyKeyingMaterial(16, 'EXPORTER-x'));
    expect(made[0]).not.toEqual(pair.client.engine.exportKeyingMaterial(16, 'EXPORTER-x', Buffer.from('c')));
    const without = await handshake({ server: { credentials: [identity.credential] } });
    expect(() => without.client.engine.exportEarlyKeyingMaterial(16, 'EXPORTER-x')).toThrow(RangeError);
  });
  it('replayGuard: once inside of the window, and nothing when it is full', () => {
    const guard = replayGuard(10, 2);
    const [a, b, c] = ['a', 'b', 'c'].map((one) => Buffer.from(one)) as [Buffer, Buffer, Buffer];
    expect([guard.fresh(a, 0), guard.fresh(a, 5), guard.fresh(b, 5), guard.fresh(c, 6)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([guard.fresh(a, 20), guard.fresh(a, 21), guard.fresh(c, 40)]).toEqual([false, true, true]);
  });
});
