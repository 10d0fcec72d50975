/** Faults of PSKs, sessions, tickets and early data; the ends of connections; hooks and defects. */
import { decode, encode } from '../../../src/lib/codec/index.ts';
import { EXTENSION } from '../../../src/lib/registry/tls-extensions.ts';
import { TlsFailure, type ClientOptions, type ServerOptions, type Session } from '../../../src/lib/tls/index.ts';
import { PRE_SHARED_KEY, newSessionTicket, pskExchange, type OfferedPsks } from '../../../src/lib/tls/wire/index.ts';
import {
  behind,
  drop,
  eachRecord,
  flight,
  flip,
  hex,
  inject,
  message,
  record,
  tap,
  taps,
  valueTap,
  withExtension,
  type Tap,
} from './edit.ts';
import { BOTH, V12, V13, fault, merge, side, type Context, type Fault, type Plan } from './harness.ts';
import { adding, chList, client, dropping, eeList, mutual, retried, server, shList, withPsk } from './hellos.ts';
import { peer, sent } from './records.ts';
import { earlyTickets, resuming, sessionFor, tickets } from './sessions.ts';

const E = EXTENSION;
const EMPTY = Buffer.alloc(0);
const PSK = { psks: [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }] };
const PLAIN_PSK = { ...PSK, suites: ['PSK-AES128-GCM-SHA256'] };

/** Changes pre_shared_key of a ClientHello. */
const pskTap = (change: (psks: OfferedPsks) => OfferedPsks, nth?: number): Tap =>
  chList((list) => {
    const data = list!.find(({ type }) => type === E.preSharedKey)!.data;
    return withExtension(
      list,
      E.preSharedKey,
      encode(PRE_SHARED_KEY.schema, change(decode(PRE_SHARED_KEY.schema, data))),
    );
  }, nth);

const binders = (change: (binder: Uint8Array) => Uint8Array): Tap =>
  pskTap((psks) => ({ ...psks, binders: psks.binders.map(change) }));

const PSKS: readonly Fault[] = [
  ...fault('psk_binder_wrong', 'client', V13, 'a PSK from outside', () =>
    withPsk(
      client(
        binders((one) => flip(one, 0)),
        PSK,
      ),
    ),
  ),
  ...fault('psk_binder_wrong', 'client', V13, 'a session', (t) => resuming(t, client(binders((one) => flip(one, -1))))),
  ...fault('psk_binder_wrong', 'client', V13, 'another key', () => ({
    client: { psks: [{ ...PSK.psks[0]!, key: Buffer.alloc(32, 2) }] },
    server: PSK,
  })),
  ...fault('psk_binder_wrong', 'client', V13, 'a hello that was changed', () =>
    withPsk(
      client(
        chList((list) => [{ type: 0xfafa, data: EMPTY }, ...list!]),
        PSK,
      ),
    ),
  ),
  ...fault('psk_binder_wrong', 'client', V13, 'after a retry', () =>
    retried(
      withPsk(
        client(
          pskTap((psks) => ({ ...psks, binders: psks.binders.map((one) => flip(one, 0)) }), 1),
          { ...PSK, shares: [] },
        ),
      ),
    ),
  ),
  ...fault('psk_binders_count', 'client', V13, 'two for one', () =>
    withPsk(
      client(
        pskTap((psks) => ({ ...psks, binders: [...psks.binders, ...psks.binders] })),
        PSK,
      ),
    ),
  ),
  ...fault('psk_binders_count', 'client', V13, 'one for two', () =>
    withPsk(
      client(
        pskTap((psks) => ({ ...psks, identities: [...psks.identities, ...psks.identities] })),
        PSK,
      ),
    ),
  ),
  ...fault('psk_binder_length', 'client', V13, '33 octets', () =>
    withPsk(
      client(
        binders((one) => Buffer.concat([one, hex('00')])),
        PSK,
      ),
    ),
  ),
  ...fault('psk_binder_length', 'client', V13, '48 octets', () =>
    withPsk(
      client(
        binders(() => Buffer.alloc(48)),
        PSK,
      ),
    ),
  ),
  ...fault('psk_index_out_of_range', 'server', V13, '1 of 1', () =>
    withPsk(server(adding(shList, E.preSharedKey, hex('0001')), PSK)),
  ),
  ...fault('psk_index_out_of_range', 'server', V13, '0xffff', () =>
    withPsk(server(adding(shList, E.preSharedKey, hex('ffff')), PSK)),
  ),
  ...fault('psk_mode_not_offered', 'server', V13, 'without a share', () =>
    withPsk(server(dropping(shList, E.keyShare), PSK)),
  ),
  ...fault('psk_mode_not_offered', 'server', V13, 'with a share', () => ({
    client: {
      ...PSK,
      pskModes: ['psk_ke'],
      shapeHello: (hello) => ({
        ...hello,
        extensions: withExtension(hello.extensions, E.pskKeyExchangeModes, hex('0101')),
      }),
    },
    server: PSK,
  })),
  ...fault('psk_mode_none_shared', 'client', V13, 'psk_ke and no certificate', () => ({
    client: { ...PSK, pskModes: ['psk_ke'] },
    server: { ...PSK, credentials: [] },
  })),
  ...fault('psk_identity_unknown', 'client', V12, 'another one', () => ({
    client: { ...PLAIN_PSK, psks: [{ ...PSK.psks[0]!, identity: Buffer.from('you') }] },
    server: PLAIN_PSK,
  })),
  ...fault('psk_identity_unknown', 'client', V12, 'empty', () =>
    merge(
      { server: PLAIN_PSK },
      client(
        valueTap('client_key_exchange', pskExchange, () => ({ identity: EMPTY })),
        PLAIN_PSK,
      ),
    ),
  ),
  ...fault('psk_identity_too_long', 'client', V12, 'above the limit', () => ({
    client: PLAIN_PSK,
    server: { ...PLAIN_PSK, limits: { pskIdentity: 1 } },
  })),
  ...fault(
    'psk_not_configured',
    'client',
    V12,
    'none for the hint',
    () => ({ client: { ...PLAIN_PSK, pskForHint: () => undefined }, server: PLAIN_PSK }),
    { own: true },
  ),
  ...fault('psk_lost_after_retry', 'client', V13, 'in the second hello alone', () =>
    retried(
      client(
        chList((list) => [...list!, { type: E.preSharedKey, data: offered() }], 1),
        { shares: [] },
      ),
    ),
  ),
];

const offered = (): Buffer =>
  encode(PRE_SHARED_KEY.schema, {
    identities: [{ identity: hex('61'), obfuscatedAge: 0 }],
    binders: [Buffer.alloc(32)],
  });
const early = async (
  t: Context,
  plan: Plan,
  options: ServerOptions = earlyTickets(),
  more: Partial<Session> = {},
  common: ClientOptions = {},
): Promise<Plan> => {
  const both = { ...(common as object), ...options };
  const session = { ...(await sessionFor(t.version, common, both)), ...more };
  return {
    ...merge({ client: common, server: both, connection: { session, earlyData: true } }, plan),
    instead: async (pair) => {
      pair.client.engine.sendEarly(Buffer.alloc(500, 'e'));
      await pair.handshake();
    },
  };
};

const GCM = 'TLS_AES_128_GCM_SHA256';
const acceptAnyway = adding(eeList, E.earlyData);
const OTHER_PSK = { psks: [{ identity: Buffer.from('other'), key: Buffer.alloc(32, 3) }] };

// the client believes that its early data were accepted and goes on under their keys, which this server does not use
const LIES = { unheard: 'the server says that it has taken early data, and has not' };

const EARLY: readonly Fault[] = [
  ...fault('early_data_too_much', 'client', V13, 'more than its ticket allows', (t) =>
    early(t, {}, earlyTickets(100), { maxEarlyData: 1000 }),
  ),
  ...fault(
    'early_data_not_first_psk',
    'server',
    V13,
    'the second one',
    async (t) =>
      early(t, {
        client: OTHER_PSK,
        server: { ...earlyTickets(), ...OTHER_PSK, tap: acceptAnyway },
      }),
    LIES,
  ),
  ...fault(
    'early_data_not_first_psk',
    'server',
    V13,
    'without a PSK',
    async (t) => early(t, { server: { ...earlyTickets(), tap: acceptAnyway } }),
    LIES,
  ),
  ...fault('early_data_without_psk', 'client', V13, 'no PSK', () => client(adding(chList, E.earlyData))),
  ...fault(
    'early_data_suite_changed',
    'server',
    V13,
    'another one of the same hash',
    (t) =>
      early(t, {
        client: { suites: [GCM, 'TLS_CHACHA20_POLY1305_SHA256'] },
        server: { suites: ['TLS_CHACHA20_POLY1305_SHA256'], tap: acceptAnyway },
      }),
    LIES,
  ),
  ...fault(
    'early_data_alpn_changed',
    'server',
    V13,
    'another one',
    (t) => early(t, { server: { alpn: ['b'], tap: acceptAnyway } }, earlyTickets(), {}, { alpn: ['a', 'b'] }),
    LIES,
  ),
  ...fault(
    'early_data_alpn_missing',
    'server',
    V13,
    'none',
    (t) => early(t, { server: { alpn: [], tap: acceptAnyway } }, earlyTickets(), {}, { alpn: ['a'] }),
    LIES,
  ),
  ...fault('early_data_older_version', 'server', V13, 'TLS 1.2', (t) =>
    early(t, {
      client: { versions: BOTH },
      server: { versions: V12 },
      toServer: eachRecord((one, i) => (i === 0 || one[0] === 21 ? one : [])),
    }),
  ),
  ...fault('early_data_skipped_too_much', 'client', V13, 'one octet', (t) =>
    early(t, { server: { maxEarlyData: 0, limits: { skippedEarlyData: 516 } } }),
  ),
  ...fault('early_data_skipped_too_much', 'client', V13, 'after a retry', (t) =>
    early(t, { server: { groups: ['secp384r1'], limits: { skippedEarlyData: 100 } } }),
  ),
  ...fault('record_bad_mac', 'client', V13, 'early data', (t) =>
    early(t, { toServer: flight(0, (all) => flip(all, -1)) }),
  ),
  ...fault('end_of_early_data_unexpected', 'client', V13, 'without early data', () =>
    client(tap('finished', (raw) => [message(5), raw])),
  ),
  ...fault('end_of_early_data_unexpected', 'server', V13, 'from the server', () =>
    server(behind('encrypted_extensions', message(5))),
  ),
  ...fault('end_of_early_data_unexpected', 'both', V13, 'after the handshake', ({ by }) => ({
    after: (pair) => pair[by].engine.sendRecord(22, message(5)),
  })),
  ...fault('end_of_early_data_missing', 'client', V13, 'another message', (t) =>
    early(t, client(tap('end_of_early_data', () => message(24, hex('00'))))),
  ),
  ...fault('message_across_keys', 'client', V13, 'behind EndOfEarlyData', (t) =>
    early(t, client(behind('end_of_early_data', message(24, hex('00'))))),
  ),
  ...fault('end_of_early_data_excess_data', 'client', V13, 'a body', (t) =>
    early(t, client(tap('end_of_early_data', () => message(5, hex('00'))))),
  ),
];

const TICKETS: readonly Fault[] = [
  ...fault('session_not_offered', 'server', V12, "the id of middleboxes' sake", () => ({
    client: { versions: BOTH, random: (length) => Buffer.alloc(length, 5) },
    server: { tap: (one) => (one.name === 'server_hello' ? echoId(one.raw) : one.raw) },
  })),
  ...fault('ticket_lifetime', 'server', V13, 'a second more than seven days', () =>
    server(
      valueTap('new_session_ticket', newSessionTicket, (one) => ({ ...one, lifetime: 604_801 })),
      tickets(),
    ),
  ),
  ...fault('ticket_lifetime', 'server', V13, '2^32 - 1', () =>
    server(
      valueTap('new_session_ticket', newSessionTicket, (one) => ({ ...one, lifetime: 0xffffffff })),
      tickets(),
    ),
  ),
  ...fault('ticket_unasked', 'server', V12, 'not promised', () => server(dropping(shList, E.sessionTicket), tickets())),
  ...fault('ticket_missing', 'server', V12, 'dropped', () => server(drop('new_session_ticket'), tickets())),
  ...fault('ticket_missing', 'server', V12, 'dropped in a resumption', (t) =>
    resuming(t, server(taps(adding(shList, E.sessionTicket), drop('new_session_ticket')))),
  ),
];

/** A ServerHello with the session id of a client whose random octets are all 5. */
function echoId(raw: Uint8Array): Buffer {
  const at = 4 + 34;
  const body = Buffer.concat([
    raw.subarray(4, at),
    Buffer.from([32]),
    Buffer.alloc(32, 5),
    raw.subarray(at + 1 + raw[at]!),
  ]);
  return message(2, body);
}

const closing = (
  what: (pair: Parameters<NonNullable<Plan['after']>>[0], t: Context) => void,
): ((t: Context) => Plan) => {
  return (t) => ({ after: (pair) => what(pair, t) });
};

/** The first flight of a side is followed by the end of the transport. */
const endsIn = (bytes: (flight: Buffer) => Buffer): ((t: Context) => Plan) => {
  return (t) => ({
    instead: (pair) => {
      pair.client.engine.start();
      const hello = Buffer.concat(pair.client.engine.take());
      if (t.by === 'client') {
        inject(pair, 'server', bytes(hello));
        pair.server.engine.receiveEnd();
        return;
      }
      inject(pair, 'server', hello);
      inject(pair, 'client', bytes(Buffer.concat(pair.server.engine.take())));
      pair.client.engine.receiveEnd();
    },
  });
};

const alertAtOnce = (content: Buffer): ((t: Context) => Plan) => {
  return (t) =>
    sent(
      t,
      flight(0, () => record(21, content)),
    );
};

const CLOSED: readonly Fault[] = [
  ...fault(
    'closed_without_notify',
    'both',
    BOTH,
    'after the handshake',
    closing((pair, t) => pair[peer(t)].engine.receiveEnd()),
  ),
  ...fault(
    'closed_in_record',
    'both',
    BOTH,
    'inside of a header',
    closing((pair, t) => {
      inject(pair, peer(t), hex('1703'));
      pair[peer(t)].engine.receiveEnd();
    }),
  ),
  ...fault(
    'closed_in_record',
    'both',
    BOTH,
    'inside of a fragment',
    closing((pair, t) => {
      inject(pair, peer(t), hex('1703030020aabbcc'));
      pair[peer(t)].engine.receiveEnd();
    }),
  ),
  ...fault(
    'closed_in_record',
    'both',
    BOTH,
    'inside of a message',
    closing((pair, t) => {
      pair[t.by].engine.sendRecord(22, hex(t.tls13 ? '180000' : '000000'));
      inject(pair, peer(t), Buffer.concat(pair[t.by].engine.take()));
      pair[peer(t)].engine.receiveEnd();
    }),
  ),
  ...fault(
    'closed_in_handshake',
    'both',
    BOTH,
    'at once',
    endsIn(() => EMPTY),
  ),
  ...fault(
    'closed_in_handshake',
    'both',
    BOTH,
    'behind the first flight',
    endsIn((bytes) => bytes.subarray(0, bytes.length - 40)),
  ),
  ...fault('closed_notify_in_handshake', 'both', BOTH, 'at once', alertAtOnce(hex('0100'))),
  ...fault('closed_notify_in_handshake', 'both', BOTH, 'as a fatal one', alertAtOnce(hex('0200'))),
  ...fault('peer_alert', 'both', BOTH, 'handshake_failure at once', alertAtOnce(hex('0228'))),
  ...fault(
    'peer_alert',
    'both',
    BOTH,
    'after the handshake',
    closing((pair, t) => pair[t.by].engine.alert('internal_error')),
  ),
  ...fault(
    'peer_alert',
    'both',
    V13,
    'as a warning, which counts for nothing',
    closing((pair, t) => pair[t.by].engine.alert('decode_error', 'warning')),
  ),
  ...fault(
    'peer_alert_unknown',
    'both',
    BOTH,
    '200',
    closing((pair, t) => pair[t.by].engine.sendRecord(21, hex('02c8'))),
  ),
  ...fault(
    'peer_alert_unknown',
    'both',
    V13,
    '200 as a warning',
    closing((pair, t) => pair[t.by].engine.sendRecord(21, hex('01c8'))),
  ),
  ...fault(
    'peer_canceled',
    'both',
    V12,
    'as a fatal one',
    closing((pair, t) => pair[t.by].engine.alert('user_canceled', 'fatal')),
  ),
  ...fault('peer_canceled', 'both', BOTH, 'and close_notify, in the handshake', (t) =>
    sent(
      t,
      flight(0, () => Buffer.concat([record(21, hex('015a')), record(21, hex('0100'))])),
    ),
  ),
];

const throwing = (): never => {
  throw new Error('a hook of ours');
};

const HOOKS: readonly Fault[] = [
  ...fault('hook_refused', 'client', BOTH, 'by onHello', () => ({
    server: { onHello: () => ({ reject: 'access_denied' }) },
  })),
  ...fault(
    'hook_refused',
    'client',
    BOTH,
    'with another alert, later',
    () => ({ server: { onHello: () => Promise.resolve({ reject: 'handshake_failure' as const }) } }),
    { alert: 'handshake_failure' },
  ),
  ...fault('hook_failed', 'server', BOTH, 'onHello throws', () => ({ server: { onHello: throwing } }), { own: true }),
  ...fault(
    'hook_failed',
    'server',
    BOTH,
    'selectAlpn rejects',
    () => ({ client: { alpn: ['a'] }, server: { selectAlpn: () => Promise.reject(new Error('no')) } }),
    { own: true },
  ),
  ...fault(
    'hook_failed',
    'both',
    BOTH,
    'verify throws',
    (t) =>
      mutual(
        t,
        side(t.by, {
          verify: throwing,
          ...(t.by === 'server' ? { clientAuth: 'request' } : { credentials: [t.id('p256').credential] }),
        }),
      ),
    { own: true },
  ),
  ...fault(
    'hook_failed',
    'client',
    BOTH,
    'selectCredential throws',
    (t) => mutual(t, { client: { selectCredential: throwing } }),
    { own: true },
  ),
  ...fault(
    'hook_failed',
    'server',
    V12,
    'pskLookup throws',
    () => ({ client: PLAIN_PSK, server: { ...PLAIN_PSK, psks: [], pskLookup: throwing } }),
    { own: true },
  ),
  ...fault(
    'handshake_timeout',
    'server',
    BOTH,
    'the application looks at its clock',
    () => ({
      instead: (pair) => pair.server.engine.fail(new TlsFailure('handshake_timeout')),
    }),
    { own: true },
  ),
  ...fault('random_failed', 'server', BOTH, 'a source that throws', () => ({ server: { random: throwing } }), {
    own: true,
  }),
  ...fault(
    'random_failed',
    'server',
    BOTH,
    'a source that gives too little',
    () => ({ server: { random: () => Buffer.alloc(3) } }),
    { own: true },
  ),
  ...fault(
    'internal',
    'both',
    BOTH,
    'a tap that throws',
    ({ by }) =>
      side(by, { tap: (one: { name: string; raw: Uint8Array }) => (one.name === 'finished' ? throwing() : one.raw) }),
    { own: true },
  ),
];

export const END_FAULTS: readonly Fault[] = [...PSKS, ...EARLY, ...TICKETS, ...CLOSED, ...HOOKS];
