/** Faults of records, alerts, change_cipher_spec, and of the frames of messages. */
import type { ServerOptions } from '../../../src/lib/tls/index.ts';
import { ticketSealer } from '../../../src/lib/tls/index.ts';
import { TicketKey } from '../../../src/lib/tickets/key.ts';
import type { Pair } from '../tls-pair.ts';
import { behind, eachRecord, flight, flip, hex, inject, message, record, recordsOf, tap } from './edit.ts';
import { forge12, forge13 } from './forge.ts';
import { BOTH, V12, V13, fault, merge, side, type Context, type Fault, type Plan, type SideName } from './harness.ts';

const EMPTY = Buffer.alloc(0);
const CCS = record(20, Buffer.from([1]));

export const peer = ({ by }: Context): SideName => (by === 'client' ? 'server' : 'client');

/** What goes over from the side that misbehaves, changed. */
export const sent = ({ by }: Context, change: (bytes: Buffer) => Buffer): Plan =>
  by === 'client' ? { toServer: change } : { toClient: change };

/** A record of the side that misbehaves after the handshake, protected. */
const late = (type: number, content: Uint8Array, times = 1): ((t: Context) => Plan) => {
  return ({ by }) => ({
    after: (pair) => {
      for (let i = 0; i < times; i += 1) pair[by].engine.sendRecord(type, content);
    },
  });
};

/** Octets that reach the peer of the side that misbehaves after the handshake. */
const lateOctets = (bytes: Uint8Array): ((t: Context) => Plan) => {
  return (t) => ({ after: (pair) => inject(pair, peer(t), bytes) });
};

/** Octets in front of the first flight of the side that misbehaves, or behind it. */
const first = (bytes: Uint8Array): ((t: Context) => Plan) => {
  return (t) =>
    sent(
      t,
      flight(0, (all) => Buffer.concat([bytes, all])),
    );
};
const behindFirst = (bytes: Uint8Array): ((t: Context) => Plan) => {
  return (t) =>
    sent(
      t,
      flight(0, (all) => Buffer.concat([all, bytes])),
    );
};
/** Octets instead of the first flight. */
const insteadOfFirst = (bytes: Uint8Array): ((t: Context) => Plan) => {
  return (t) =>
    sent(
      t,
      flight(0, () => Buffer.from(bytes)),
    );
};

/** A hello in two records, with a warning between them. */
export function warningInside(all: Buffer): Buffer {
  const [hello, ...others] = recordsOf(all);
  const content = hello!.subarray(5);
  return Buffer.concat([
    record(22, content.subarray(0, 20)),
    record(21, hex('0170')),
    record(22, content.subarray(20)),
    ...others,
  ]);
}

const header = (type: number, length: number): Buffer => Buffer.from([type, 3, 3, length >>> 8, length & 0xff]);

/** A record after the handshake with the octet at `at` changed. */
const broken = (change: (one: Buffer) => Buffer): ((t: Context) => Plan) => {
  return (t) => ({
    after: (pair) => {
      pair[t.by].engine.send(Buffer.from('some data'));
      inject(pair, peer(t), change(Buffer.concat(pair[t.by].engine.take())));
    },
  });
};

/** A record with more inside than its version allows: `length` octets of content. */
const oversized = (length: number, padding = 0): ((t: Context) => Plan) => {
  return (t) => ({
    server: { keyLog: true },
    after: (pair) => {
      const inner = Buffer.concat([Buffer.alloc(length, 'x'), Buffer.from([23]), Buffer.alloc(padding)]);
      inject(pair, peer(t), t.tls13 ? forge13(pair, t.by, inner) : forge12(pair, t.by, 23, Buffer.alloc(length, 'x')));
    },
  });
};

/** The victim's limit is small, and the other side does not keep it. */
const aboveLimit = (length: number): ((t: Context) => Plan) => {
  return (t) =>
    merge(
      side(peer(t), { recordSizeLimit: 100 }),
      side(t.by, { recordSizeLimit: 16_384 }),
      late(23, Buffer.alloc(length))(t),
    );
};

const tickets = (): ServerOptions => ({ ticketSealer: ticketSealer([TicketKey.generate()]) });

/** A TLS 1.2 connection in which the last message before the change_cipher_spec of `by` is followed by something. */
const beforeChange = (extra: Uint8Array): ((t: Context) => Plan) => {
  return ({ by }) =>
    by === 'client'
      ? { client: { tap: behind('client_key_exchange', extra) } }
      : { server: { ...tickets(), tap: behind('new_session_ticket', extra) } };
};

/** A record between the first message of a flight and the others. */
const splitBy = (extra: Buffer): ((t: Context) => Plan) => {
  return (t) =>
    sent(
      t,
      flight(0, (all) => {
        const content = recordsOf(all)[0]!.subarray(5);
        const end = 4 + content.readUIntBE(1, 3);
        return Buffer.concat([record(22, content.subarray(0, end)), extra, record(22, content.subarray(end))]);
      }),
    );
};

/** change_cipher_spec of TLS 1.2 and the compatible one of TLS 1.3, replaced. */
const otherChange = (...all: readonly Buffer[]): ((t: Context) => Plan) => {
  return (t) =>
    sent(
      t,
      eachRecord((one) => (one[0] === 20 ? all : one)),
    );
};

const warning = (name: 'user_canceled', times: number): ((t: Context) => Plan) => {
  return ({ by }) => ({
    after: (pair) => {
      for (let i = 0; i < times; i += 1) pair[by].engine.alert(name, 'warning');
    },
  });
};

const RECORDS: readonly Fault[] = [
  ...fault('record_type_unknown', 'both', BOTH, 'behind its first flight', behindFirst(record(99, Buffer.alloc(1)))),
  ...fault('record_type_unknown', 'both', BOTH, 'after the handshake', lateOctets(record(25, Buffer.alloc(1)))),
  ...fault('record_type_unexpected', 'both', V13, 'inside of a protected record', late(99, Buffer.from('x'))),
  ...fault('record_type_unexpected', 'both', V13, 'inside of one without content', late(19, EMPTY)),
  ...fault('record_version_wrong', 'both', V12, 'at change_cipher_spec', (t) =>
    sent(
      t,
      eachRecord((one) => (one[0] === 20 ? Buffer.concat([hex('140302'), one.subarray(3)]) : one)),
    ),
  ),
  ...fault(
    'record_version_wrong',
    'both',
    V12,
    'after the handshake',
    broken((one) => flip(one, 2, 7)),
  ),
  ...fault(
    'record_version_wrong',
    'both',
    V12,
    'another major one',
    broken((one) => flip(one, 1, 1)),
  ),
  ...fault('record_not_tls', 'both', BOTH, 'a first octet of something else', insteadOfFirst(hex('05'))),
  ...fault('record_not_tls', 'both', BOTH, 'another major version', insteadOfFirst(hex('1604010001ff'))),
  ...fault('record_not_tls', 'both', BOTH, 'random octets', insteadOfFirst(hex('00112233445566778899aabb'))),
  ...fault(
    'record_sslv2',
    'both',
    BOTH,
    'an SSLv2 hello',
    insteadOfFirst(hex('802e0100020015000000100100800200803322')),
  ),
  ...fault('record_http', 'client', BOTH, 'GET', insteadOfFirst(Buffer.from('GET / HTTP/1.1\r\n\r\n'))),
  ...fault('record_http', 'server', BOTH, 'an answer', insteadOfFirst(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  ...fault('record_overflow_plaintext', 'both', BOTH, '2^14 + 1', insteadOfFirst(header(22, 2 ** 14 + 1))),
  ...fault('record_overflow_plaintext', 'both', BOTH, 'an alert', insteadOfFirst(header(21, 0xffff))),
  ...fault('record_overflow_ciphertext', 'both', V13, '2^14 + 257', lateOctets(header(23, 2 ** 14 + 257))),
  ...fault('record_overflow_ciphertext', 'both', V12, '2^14 + 2049', lateOctets(header(23, 2 ** 14 + 2049))),
  ...fault('record_overflow_inner', 'both', BOTH, '2^14 + 1 octets of content', oversized(2 ** 14 + 1)),
  ...fault('record_overflow_inner', 'both', V13, '2^14 octets and padding', oversized(2 ** 14, 1)),
  ...fault('record_overflow_inner', 'both', V13, 'padding alone', oversized(0, 2 ** 14 + 1)),
  ...fault('record_overflow_negotiated', 'both', V13, 'one too many', aboveLimit(100)),
  ...fault('record_overflow_negotiated', 'both', V12, 'one too many', aboveLimit(101)),
  ...fault('record_overflow_negotiated', 'both', BOTH, 'above max_fragment_length', (t) =>
    merge({ client: { maxFragmentLength: 512 } }, late(23, Buffer.alloc(513))(t)),
  ),
  ...fault('record_empty_handshake', 'both', BOTH, 'at the beginning', first(record(22, EMPTY))),
  ...fault('record_empty_handshake', 'both', BOTH, 'after the handshake', late(22, EMPTY)),
  ...fault('record_empty_alert', 'both', BOTH, 'at the beginning', first(record(21, EMPTY))),
  ...fault('record_empty_alert', 'both', BOTH, 'after the handshake', late(21, EMPTY)),
  ...fault('record_too_many_empty', 'both', BOTH, '33', late(23, EMPTY, 33)),
  ...fault('record_no_content_type', 'both', V13, 'zeros', late(0, Buffer.alloc(20))),
  ...fault('record_no_content_type', 'both', V13, 'one zero', late(0, EMPTY)),
  ...fault(
    'record_bad_mac',
    'both',
    BOTH,
    'the last octet',
    broken((one) => flip(one, -1)),
  ),
  ...fault(
    'record_bad_mac',
    'both',
    BOTH,
    'the first octet of the fragment',
    broken((one) => flip(one, 5)),
  ),
  ...fault(
    'record_bad_mac',
    'both',
    V13,
    'the length, which is authenticated',
    broken((one) => Buffer.concat([header(23, one.length - 4), one.subarray(5), Buffer.alloc(1)])),
  ),
  ...fault(
    'record_bad_mac',
    'both',
    V12,
    'another content type',
    broken((one) => flip(one, 0, 1)),
  ),
  ...fault('record_bad_mac', 'both', BOTH, 'an empty fragment', lateOctets(header(23, 0))),
  ...fault('record_bad_mac', 'both', BOTH, 'one octet', lateOctets(record(23, Buffer.alloc(1)))),
  ...fault('record_bad_mac', 'both', BOTH, 'an octet less than a tag', lateOctets(record(23, Buffer.alloc(15)))),
  ...fault('record_bad_mac', 'both', BOTH, 'a tag alone', lateOctets(record(23, Buffer.alloc(16)))),
  ...fault('record_bad_mac', 'both', BOTH, 'in Finished', (t) =>
    sent(
      t,
      flight(t.by === 'client' || !t.tls13 ? 1 : 0, (all) => flip(all, -1)),
    ),
  ),
  ...fault(
    'record_bad_mac',
    'both',
    BOTH,
    'a record twice',
    broken((one) => Buffer.concat([one, one])),
  ),
  ...fault(
    'record_unprotected',
    'both',
    V13,
    'a handshake record',
    lateOctets(record(22, message(24, Buffer.from([0])))),
  ),
  ...fault('record_unprotected', 'both', V13, 'an alert after the handshake', lateOctets(record(21, hex('0100')))),
  ...fault('record_unprotected', 'client', V13, 'Finished', (t) =>
    sent(
      t,
      flight(1, () => record(22, message(20, Buffer.alloc(32)))),
    ),
  ),
  ...fault('record_unprotected', 'server', V13, 'EncryptedExtensions', (t) =>
    sent(
      t,
      flight(0, (all) => Buffer.concat([recordsOf(all)[0]!, record(22, message(8, hex('0000')))])),
    ),
  ),
  ...fault(
    'record_key_exhausted',
    'both',
    V12,
    'as many records as the key may protect',
    ({ by }) => ({
      after: (pair) => withFewRecords(pair, () => pair[by].engine.send(Buffer.alloc(10))),
    }),
    { own: true },
  ),
];

/** Lets the keys of a connection be used up at once. */
function withFewRecords(pair: Pair, what: () => void): void {
  const bulk = pair.client.engine.info.suite!.bulk as { records: number };
  const { records } = bulk;
  bulk.records = 1;
  try {
    what();
  } finally {
    bulk.records = records;
  }
}

const NOT_ONE = record(20, Buffer.from([2]));
const TWO = record(20, Buffer.from([1, 1]));
const NONE = record(20, EMPTY);
const MANY = Buffer.concat(Array.from({ length: 33 }, () => CCS));

const ALERTS: readonly Fault[] = [
  ...fault('alert_fragmented', 'both', BOTH, 'one octet, at the beginning', first(record(21, hex('02')))),
  ...fault('alert_fragmented', 'both', BOTH, 'one octet', late(21, hex('01'))),
  ...fault('alert_fragmented', 'both', BOTH, 'two alerts', late(21, hex('01000100'))),
  ...fault('alert_fragmented', 'both', BOTH, 'three octets', late(21, hex('020000'))),
  ...fault('alert_too_many_warnings', 'both', BOTH, 'five after the handshake', warning('user_canceled', 5)),
  ...fault(
    'alert_too_many_warnings',
    'both',
    BOTH,
    'five at the beginning',
    first(Buffer.concat(Array.from({ length: 5 }, () => record(21, hex('015a'))))),
  ),
  ...fault('alert_level_unknown', 'both', V12, 'level 0', late(21, hex('0000'))),
  ...fault('alert_level_unknown', 'both', V12, 'level 3', late(21, hex('0364'))),
  ...fault('alert_level_unknown', 'both', BOTH, 'level 255, at the beginning', first(record(21, hex('ff28')))),

  ...fault('change_cipher_spec_unexpected', 'client', BOTH, 'before the hello', first(CCS)),
  ...fault('change_cipher_spec_unexpected', 'server', V12, 'before the hello', first(CCS)),
  ...fault('change_cipher_spec_unexpected', 'client', V12, 'behind its first flight', behindFirst(CCS)),
  ...fault('change_cipher_spec_unexpected', 'server', V12, 'between its first messages', splitBy(CCS)),
  ...fault('change_cipher_spec_unexpected', 'both', V13, 'after the handshake', lateOctets(CCS)),
  ...fault('change_cipher_spec_unexpected', 'both', BOTH, 'after the handshake, protected', late(20, Buffer.from([1]))),
  ...fault('change_cipher_spec_unexpected', 'both', V13, 'protected, inside of the handshake', (t) => ({
    [t.by]: { tap: t.by === 'client' ? protectedChange('finished') : protectedChange('encrypted_extensions') },
    ...sent(t, (all) => all),
    instead: (pair: Pair) => withProtectedChange(pair, t.by),
  })),
  ...fault(
    'change_cipher_spec_missing',
    'both',
    V12,
    'Finished without protection',
    beforeChange(message(20, Buffer.alloc(12))),
  ),
  ...fault('change_cipher_spec_inside_message', 'both', V12, 'half of a header', beforeChange(hex('1400'))),
  ...fault('change_cipher_spec_inside_message', 'both', V12, 'half of a message', beforeChange(hex('1400000c01'))),
  ...fault('change_cipher_spec_too_many', 'both', V13, '33', (t) =>
    t.by === 'client' ? behindFirst(MANY)(t) : first(MANY)(t),
  ),
  ...fault('change_cipher_spec_bad_value', 'both', BOTH, 'a 2', otherChange(NOT_ONE)),
  ...fault('change_cipher_spec_excess_data', 'both', BOTH, 'two octets', otherChange(TWO)),
  ...fault('change_cipher_spec_malformed', 'both', BOTH, 'none', otherChange(NONE)),
  ...fault('application_data_early', 'both', BOTH, 'at the beginning', first(record(23, Buffer.from('x')))),
  ...fault('application_data_early', 'both', BOTH, 'empty', first(record(23, EMPTY))),
  ...fault('heartbeat_not_allowed', 'both', BOTH, 'after the handshake', late(24, hex('01000161'))),
  ...fault('heartbeat_not_allowed', 'both', BOTH, 'at the beginning', first(record(24, hex('01000161')))),
];

const protectedChange = (name: string) => tap(name, (raw) => raw);

/** A change_cipher_spec under handshake keys: the first octets that a side protects. */
async function withProtectedChange(pair: Pair, by: SideName): Promise<void> {
  const { engine } = pair[by];
  // the hello of the peer has come, and nothing has been taken yet: what is sent now is under the newest keys
  pair.client.engine.start();
  const hello = Buffer.concat(pair.client.engine.take());
  pair.server.engine.receive(hello);
  if (by === 'server') engine.sendRecord(20, Buffer.from([1]));
  const answer = Buffer.concat(pair.server.engine.take());
  pair.client.engine.receive(answer);
  if (by === 'client') {
    const own = recordsOf(Buffer.concat(engine.take()));
    engine.sendRecord(20, Buffer.from([1]));
    pair.server.engine.receive(Buffer.concat([...own, ...engine.take()]));
  }
  await pair.flow();
}

/** A message that does not end, and something behind it. */
const unfinished = (half: Uint8Array, then: (pair: Pair, by: SideName) => void): ((t: Context) => Plan) => {
  return ({ by }) => ({
    after: (pair) => {
      pair[by].engine.sendRecord(22, half);
      then(pair, by);
    },
  });
};

const KEY_UPDATE = message(24, Buffer.from([0]));

const FRAMES: readonly Fault[] = [
  ...fault('message_type_unknown', 'both', BOTH, 'after the handshake', late(22, message(99))),
  ...fault('message_type_unknown', 'client', BOTH, 'in the handshake', () => ({
    client: { tap: tap('client_hello', () => message(6)) },
  })),
  ...fault('message_type_unknown', 'server', BOTH, 'in the handshake', () => ({
    server: { tap: tap('certificate', () => message(9)) },
  })),
  ...fault('message_too_long', 'both', BOTH, 'the header of 16 MB', late(22, hex('04ffffff'))),
  ...fault('key_update_excess_data', 'both', V13, 'a header of 16 MB', late(22, hex('18ffffff'))),
  ...fault('finished_length', 'both', BOTH, 'a header of 16 MB', late(22, hex('14ffffff'))),
  ...fault('message_too_long', 'client', BOTH, 'a hello', first(record(22, hex('01020145')))),
  ...fault('message_too_long', 'both', BOTH, 'one octet above the limit', late(22, hex('04020145'))),
  ...fault('message_interleaved', 'both', V13, 'data', (t) =>
    unfinished(hex('1800'), (pair, by) => pair[by].engine.send(Buffer.from('x')))(t),
  ),
  ...fault('message_interleaved', 'both', V13, 'close_notify', (t) =>
    unfinished(hex('1800'), (pair, by) => pair[by].engine.close())(t),
  ),
  ...fault('message_interleaved', 'both', V13, 'a warning', (t) =>
    unfinished(hex('1800'), (pair, by) => pair[by].engine.sendRecord(21, hex('0100')))(t),
  ),
  ...fault('message_interleaved', 'both', V13, 'a heartbeat', (t) =>
    unfinished(hex('1800'), (pair, by) => pair[by].engine.sendRecord(24, hex('01')))(t),
  ),
  ...fault('message_interleaved', 'server', V13, 'change_cipher_spec', (t) =>
    sent(
      t,
      flight(0, (all) => {
        const [hello, ...others] = recordsOf(all);
        const cut = 20;
        const content = hello!.subarray(5);
        return Buffer.concat([record(22, content.subarray(0, cut)), CCS, record(22, content.subarray(cut)), ...others]);
      }),
    ),
  ),
  ...fault('message_interleaved', 'both', V13, 'a warning inside of the first hello', (t) =>
    sent(t, flight(0, warningInside)),
  ),
  ...fault('message_across_keys', 'client', V13, 'behind the hello', () => ({
    client: { tap: behind('client_hello', KEY_UPDATE) },
  })),
  ...fault('message_across_keys', 'client', V13, 'half of one behind the hello', () => ({
    client: { tap: behind('client_hello', hex('14')) },
  })),
  ...fault('message_across_keys', 'client', V13, 'behind the second hello', () => ({
    client: { shares: [], tap: behind('client_hello', KEY_UPDATE, 1) },
  })),
  ...fault('message_across_keys', 'server', V13, 'behind ServerHello', () => ({
    server: { tap: behind('server_hello', message(8, hex('0000'))) },
  })),
  ...fault('message_across_keys', 'both', V13, 'behind Finished', ({ by }) =>
    side(by, { tap: behind('finished', KEY_UPDATE) }),
  ),
  ...fault('message_across_keys', 'both', V13, 'half of one behind Finished', ({ by }) =>
    side(by, { tap: behind('finished', hex('18')) }),
  ),
  ...fault('message_across_keys', 'both', V13, 'behind KeyUpdate', late(22, Buffer.concat([KEY_UPDATE, KEY_UPDATE]))),
  ...fault('hello_request_in_tls13', 'both', V13, 'after the handshake', late(22, message(0))),
  ...fault('hello_request_in_tls13', 'server', V13, 'inside of the handshake', () => ({
    server: { tap: behind('encrypted_extensions', message(0)) },
  })),
  ...fault('key_updates_too_many', 'both', V13, '1001', ({ by }) => ({
    after: (pair) => {
      for (let i = 0; i < 1001; i += 1) pair[by].engine.updateKeys(false);
    },
  })),
  ...fault('key_updates_too_many', 'both', V13, '1001, with empty records between them', ({ by }) => ({
    after: (pair) => {
      for (let i = 0; i < 1001; i += 1) {
        pair[by].engine.updateKeys(false);
        pair[by].engine.sendRecord(23, EMPTY);
      }
    },
  })),
  ...fault('tickets_too_many', 'server', V13, 'one more than allowed', () => ({
    client: { limits: { tickets: 3 } },
    server: { ...tickets(), ticketCount: 4 },
  })),
];

export const RECORD_FAULTS: readonly Fault[] = [...RECORDS, ...ALERTS, ...FRAMES];
