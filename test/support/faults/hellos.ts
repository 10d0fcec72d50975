/** Faults of hellos: extensions, versions, suites, compression, session ids, HelloRetryRequest. */
import { decode, encode } from '../../../src/lib/codec/index.ts';
import { EXTENSION } from '../../../src/lib/registry/tls-extensions.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import {
  certificate,
  certificateRequest,
  clientHello,
  encryptedExtensions,
  newSessionTicket,
  serverHello,
  type ClientHello,
  type ServerHello,
} from '../../../src/lib/tls/wire/index.ts';
import {
  bodyTap,
  hex,
  set,
  taps,
  valueTap,
  withExtension,
  withoutExtension,
  type Extensions,
  type Tap,
} from './edit.ts';
import { BOTH, V12, V13, fault, merge, type Context, type Fault, type Plan } from './harness.ts';
import { resuming, tickets } from './sessions.ts';

const E = EXTENSION;
const EMPTY = Buffer.alloc(0);

/** Changes the ClientHello on its way out, behind the client's back; `nth` of them. */
export const ch = (change: (hello: ClientHello) => Partial<ClientHello>, nth?: number): Tap =>
  valueTap('client_hello', clientHello, (hello) => ({ ...hello, ...change(hello) }), nth);
export const sh = (change: (hello: ServerHello) => Partial<ServerHello>, nth?: number): Tap =>
  valueTap('server_hello', serverHello, (hello) => ({ ...hello, ...change(hello) }), nth);
export const hrr = (change: (hello: ServerHello) => Partial<ServerHello>): Tap =>
  valueTap('hello_retry_request', serverHello, (hello) => ({ ...hello, ...change(hello) }));

type Lists = (change: (list: Extensions) => Extensions, nth?: number) => Tap;
export const chList: Lists = (change, nth) => ch(({ extensions }) => ({ extensions: change(extensions) }), nth);
export const shList: Lists = (change, nth) => sh(({ extensions }) => ({ extensions: change(extensions) }), nth);
export const hrrList: Lists = (change) => hrr(({ extensions }) => ({ extensions: change(extensions) }));
export const eeList: Lists = (change) =>
  valueTap('encrypted_extensions', encryptedExtensions, ({ extensions }) => ({ extensions: change(extensions)! }));
export const crList: Lists = (change) =>
  valueTap('certificate_request', certificateRequest, (one) => ({ ...one, extensions: change(one.extensions)! }));
export const nstList: Lists = (change) =>
  valueTap('new_session_ticket', newSessionTicket, (one) => ({ ...one, extensions: change(one.extensions)! }));
/** Of the first certificate. */
export const ctList: Lists = (change) =>
  valueTap('certificate', certificate, (one) => ({
    ...one,
    entries: one.entries.map((entry, i) => (i > 0 ? entry : { ...entry, extensions: change(entry.extensions)! })),
  }));

export const adding = (lists: Lists, type: number, data: Uint8Array = EMPTY, nth?: number): Tap =>
  lists((list) => withExtension(list, type, data), nth);
export const dropping = (lists: Lists, type: number, nth?: number): Tap =>
  lists((list) => withoutExtension(list, type), nth);
const doubled = (lists: Lists): Tap => lists((list) => [...(list ?? []), ...(list ?? []).slice(0, 1)]);
/** The same unknown extension twice, for lists that may be empty. */
const twice = (lists: Lists, type: number, data: Uint8Array = EMPTY): Tap =>
  lists((list) => [...withoutExtension(list, type), { type, data }, { type, data }]);

export const server = (tap: Tap, more: object = {}): Plan => ({ server: { ...more, tap } });
export const client = (tap: Tap, more: object = {}): Plan => ({ client: { ...more, tap } });

const PSK = { psks: [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }] };
/** Both sides have a PSK from outside. */
export const withPsk = (plan: Plan): Plan => merge({ client: PSK, server: PSK }, plan);
/** Both sides authenticate. */
export const mutual = (t: Context, plan: Plan): Plan =>
  merge({ client: { credentials: [t.id('p256').credential] }, server: { clientAuth: 'request' } }, plan);
/** A handshake with a HelloRetryRequest. */
export const retried = (plan: Plan): Plan => merge({ client: { shares: [] } }, plan);

const EXTENSIONS: readonly Fault[] = [
  ...fault('extension_duplicate', 'client', BOTH, 'in ClientHello', () => client(doubled(chList))),
  ...fault('extension_duplicate', 'client', BOTH, 'an unknown one in ClientHello', () => client(twice(chList, 0xfafa))),
  ...fault('extension_duplicate', 'server', BOTH, 'in ServerHello', () => server(doubled(shList))),
  ...fault('extension_duplicate', 'server', V13, 'in HelloRetryRequest', () => retried(server(doubled(hrrList)))),
  ...fault('extension_duplicate', 'server', V13, 'in EncryptedExtensions', () => server(doubled(eeList))),
  ...fault('extension_duplicate', 'server', V13, 'in Certificate', () =>
    merge({ client: { requestTimestamps: true } }, server(twice(ctList, 18, hex('0003000101')))),
  ),
  ...fault('extension_duplicate', 'server', V13, 'in CertificateRequest', (t) =>
    mutual(t, server(doubled(crList), { clientAuth: 'request' })),
  ),
  ...fault('extension_duplicate', 'server', V13, 'in NewSessionTicket', () =>
    server(twice(nstList, 0xfafa), tickets()),
  ),
  ...fault('extension_duplicate', 'client', V13, 'in Certificate', (t) =>
    mutual(t, client(twice(ctList, 18, hex('0003000101')), { credentials: [t.id('p256').credential] })),
  ),

  ...fault('extension_unsolicited', 'server', V13, 'ALPN in EncryptedExtensions', () =>
    server(adding(eeList, E.alpn, hex('00020161'))),
  ),
  ...fault('extension_unsolicited', 'server', V12, 'ALPN in ServerHello', () =>
    server(adding(shList, E.alpn, hex('00020161'))),
  ),
  ...fault('extension_unsolicited', 'server', V13, 'pre_shared_key in ServerHello', () =>
    server(adding(shList, E.preSharedKey, hex('0000'))),
  ),
  ...fault('extension_unsolicited', 'server', V13, 'early_data in EncryptedExtensions', () =>
    server(adding(eeList, E.earlyData)),
  ),
  ...fault('extension_unsolicited', 'server', V13, 'status_request in Certificate', () =>
    server(adding(ctList, E.statusRequest, hex('0100000161'))),
  ),
  ...fault('extension_unsolicited', 'server', V12, 'supported_versions in ServerHello', () =>
    server(adding(shList, E.supportedVersions, hex('0303'))),
  ),
  ...fault('extension_unsolicited', 'server', V12, 'heartbeat in ServerHello', () =>
    server(adding(shList, E.heartbeat, hex('01'))),
  ),
  ...fault('extension_unsolicited', 'client', V13, 'status_request in Certificate', (t) =>
    mutual(t, client(adding(ctList, E.statusRequest, hex('0100000161')), { credentials: [t.id('p256').credential] })),
  ),
  ...fault('extension_unknown_in_answer', 'server', BOTH, 'in ServerHello', () => server(adding(shList, 0xfafa))),
  ...fault('extension_unknown_in_answer', 'server', BOTH, 'a value of GREASE that was offered', (t) =>
    merge({ client: { grease: true } }, server(adding(t.tls13 ? eeList : shList, 0x1a1a))),
  ),
  ...fault('extension_unknown_in_answer', 'server', V13, 'in EncryptedExtensions', () =>
    server(adding(eeList, 0xfafa)),
  ),
  ...fault('extension_unknown_in_answer', 'server', V13, 'in HelloRetryRequest', () =>
    retried(server(adding(hrrList, 0xfafa))),
  ),
  ...fault('extension_unknown_in_answer', 'server', V13, 'in Certificate', () => server(adding(ctList, 0xfafa))),
  ...fault('extension_unknown_in_answer', 'client', V13, 'in Certificate', (t) =>
    mutual(t, client(adding(ctList, 0xfafa), { credentials: [t.id('p256').credential] })),
  ),

  ...fault('extension_misplaced', 'client', V13, 'oid_filters in ClientHello', () =>
    client(chList((list) => [{ type: E.oidFilters, data: hex('0000') }, ...list!])),
  ),
  ...fault('extension_misplaced', 'server', V13, 'key_share in EncryptedExtensions', () =>
    server(adding(eeList, E.keyShare, hex('001d'))),
  ),
  ...fault('extension_misplaced', 'server', V13, 'supported_groups in ServerHello', () =>
    server(adding(shList, E.supportedGroups, hex('0002001d'))),
  ),
  ...fault('extension_misplaced', 'server', V13, 'server_name in HelloRetryRequest', () =>
    retried(server(adding(hrrList, E.serverName))),
  ),
  ...fault('extension_misplaced', 'server', V13, 'key_share in Certificate', () => server(adding(ctList, E.keyShare))),
  ...fault('extension_misplaced', 'server', V13, 'key_share in CertificateRequest', (t) =>
    mutual(t, server(adding(crList, E.keyShare), { clientAuth: 'request' })),
  ),
  ...fault('extension_misplaced', 'server', V13, 'key_share in NewSessionTicket', () =>
    server(adding(nstList, E.keyShare), tickets()),
  ),
  ...fault('extension_misplaced', 'server', V13, 'signature_algorithms in EncryptedExtensions', () =>
    server(adding(eeList, E.signatureAlgorithms, hex('00020403'))),
  ),
  ...fault('extension_misplaced', 'server', V12, 'signature_algorithms in ServerHello', () =>
    server(adding(shList, E.signatureAlgorithms, hex('00020403'))),
  ),
  ...fault('extension_misplaced', 'server', ['TLSv1.3'], 'extended_master_secret in EncryptedExtensions', () =>
    merge({ client: { versions: BOTH } }, server(adding(eeList, E.extendedMasterSecret))),
  ),
  ...fault('extension_after_pre_shared_key', 'client', V13, 'an unknown one', () =>
    withPsk(client(chList((list) => [...list!, { type: 0xfafa, data: EMPTY }]))),
  ),
  ...fault('missing_supported_groups', 'client', V13, 'dropped', () => client(dropping(chList, E.supportedGroups))),
  ...fault('missing_supported_groups', 'client', V13, 'neither groups nor shares', () =>
    client(taps(dropping(chList, E.supportedGroups), dropping(chList, E.keyShare))),
  ),
  ...fault('missing_key_share', 'client', V13, 'dropped', () => client(dropping(chList, E.keyShare))),
  ...fault('missing_key_share', 'client', V13, 'neither share nor groups, with psk_dhe_ke', () =>
    withPsk({
      client: {
        ...PSK,
        shapeHello: (hello) => ({
          ...hello,
          extensions: hello.extensions!.filter(({ type }) => type !== E.keyShare && type !== E.supportedGroups),
        }),
      },
    }),
  ),
  ...fault('missing_key_share', 'server', V13, 'dropped', () => server(dropping(shList, E.keyShare))),
  ...fault('missing_signature_algorithms', 'client', V13, 'dropped', () =>
    client(dropping(chList, E.signatureAlgorithms)),
  ),
  ...fault('missing_signature_algorithms', 'server', V13, 'another one in CertificateRequest', (t) =>
    mutual(
      t,
      server(
        crList(() => [{ type: E.signatureAlgorithmsCert, data: hex('00020403') }]),
        { clientAuth: 'request' },
      ),
    ),
  ),
  ...fault('missing_psk_key_exchange_modes', 'client', V13, 'dropped', () =>
    withPsk(client(dropping(chList, E.pskKeyExchangeModes), PSK)),
  ),
  ...fault('missing_server_name', 'client', BOTH, 'a server that asks for it', () => ({
    connection: { serverName: undefined },
    server: { onHello: () => ({ reject: 'missing_extension' }) },
  })),
  ...fault('missing_extended_master_secret', 'client', V12, 'off', () => ({
    client: { extendedMasterSecret: 'off' },
    server: { extendedMasterSecret: 'require' },
  })),
  ...fault('missing_extended_master_secret', 'server', V12, 'off', () => ({
    client: { extendedMasterSecret: 'require' },
    server: { extendedMasterSecret: 'off' },
  })),
  ...fault('missing_renegotiation_info', 'client', V12, 'neither extension nor SCSV', () => ({
    client: { secureRenegotiation: false },
    server: { requireSecureRenegotiation: true },
  })),
  ...fault('missing_renegotiation_info', 'server', V12, 'dropped', () =>
    merge({ client: { requireSecureRenegotiation: true } }, server(dropping(shList, E.renegotiationInfo))),
  ),
];

const ALL: readonly VersionName[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const CBC = { suites: ['ECDHE-ECDSA-AES128-SHA', 'TLS_AES_128_GCM_SHA256'] };

const VERSIONS: readonly Fault[] = [
  ...fault('version_none_shared', 'client', V12, 'TLS 1.2 alone', () => ({ server: { versions: ['TLSv1.3'] } })),
  ...fault('version_none_shared', 'client', V13, 'TLS 1.3 alone', () => ({ server: { versions: ['TLSv1.2'] } })),
  ...fault('version_none_shared', 'client', V12, 'a client of SSLv3', () => client(ch(() => ({ version: 0x0300 })))),
  ...fault('version_none_shared', 'client', V12, 'a version of 0', () => client(ch(() => ({ version: 0 })))),
  ...fault('version_none_shared', 'client', BOTH, 'a list of unknown ones', () =>
    client(adding(chList, E.supportedVersions, hex('040305fafa'))),
  ),
  ...fault('version_not_offered', 'server', V13, 'a later one', () =>
    server(adding(shList, E.supportedVersions, hex('0305'))),
  ),
  ...fault('version_not_offered', 'server', V13, 'a later one in HelloRetryRequest', () =>
    retried(server(adding(hrrList, E.supportedVersions, hex('0305')))),
  ),
  ...fault('version_not_offered', 'server', ['TLSv1.1'], 'TLS 1.2 for TLS 1.1', () =>
    merge(
      { client: CBC, server: CBC },
      server(
        sh(() => ({ version: 0x0303 })),
        CBC,
      ),
    ),
  ),
  ...fault('version_unknown', 'server', V12, '0x0304 in the old field', () => server(sh(() => ({ version: 0x0304 })))),
  ...fault('version_unknown', 'server', V12, '0x0204', () => server(sh(() => ({ version: 0x0204 })))),
  ...fault('version_unknown', 'server', V13, '0xffff without supported_versions', () =>
    server(sh(({ extensions }) => ({ version: 0xffff, extensions: withoutExtension(extensions, 43) }))),
  ),
  ...fault('version_too_old', 'server', V12, 'TLS 1.1', () => server(sh(() => ({ version: 0x0302 })))),
  ...fault('version_too_old', 'server', V12, 'SSLv3', () => server(sh(() => ({ version: 0x0300 })))),
  ...fault('version_too_old', 'server', V13, 'TLS 1.2', () => server(dropping(shList, E.supportedVersions))),
  ...fault('version_below_tls13_by_extension', 'server', V13, 'TLS 1.2', () =>
    merge({ client: { versions: BOTH } }, server(adding(shList, E.supportedVersions, hex('0303')))),
  ),
  ...fault('version_legacy_not_tls12', 'server', V13, '0x0304', () => server(sh(() => ({ version: 0x0304 })))),
  ...fault('version_legacy_not_tls12', 'server', V13, 'in HelloRetryRequest', () =>
    retried(server(hrr(() => ({ version: 0x0301 })))),
  ),
  ...fault('version_legacy_ssl3', 'client', V13, 'in ClientHello', () => client(ch(() => ({ version: 0x0300 })))),
  ...fault('version_legacy_ssl3', 'server', V13, 'in ServerHello', () => server(sh(() => ({ version: 0x0300 })))),
  ...fault('version_changed_after_retry', 'server', V13, 'no supported_versions', () =>
    retried(merge({ client: { versions: BOTH, shares: [] } }, server(dropping(shList, E.supportedVersions)))),
  ),
  ...fault('version_changed_on_renegotiation', 'client', V12, 'TLS 1.1', () =>
    again(
      'client',
      client(
        ch(() => ({ version: 0x0302 }), 1),
        FREELY,
      ),
    ),
  ),
  ...fault('version_changed_on_renegotiation', 'server', V12, 'TLS 1.1', () =>
    again(
      'client',
      server(
        sh(() => ({ version: 0x0302 }), 1),
        FREELY,
      ),
    ),
  ),
  ...fault('version_changed_on_resumption', 'server', V12, 'TLS 1.1', (t) =>
    resuming(t, server(sh(() => ({ version: 0x0302 }))), { ...CBC, versions: ['TLSv1.2', 'TLSv1.1'] }),
  ),
  ...fault('version_downgrade', 'server', V12, "TLS 1.2's mark", () =>
    merge({ client: { versions: BOTH } }, server(marked('444f574e47524401'))),
  ),
  ...fault('version_downgrade', 'server', V12, "TLS 1.1's mark", () =>
    merge({ client: { versions: BOTH } }, server(marked('444f574e47524400'))),
  ),
  ...fault('version_downgrade', 'server', ['TLSv1.1'], "TLS 1.1's mark for a client of TLS 1.2", () =>
    merge({ client: { ...CBC, versions: ALL.slice(0, 3) } }, server(marked('444f574e47524400'), CBC)),
  ),
  ...fault(
    'version_downgrade',
    'client',
    V13,
    'somebody between the two',
    () => ({
      client: { versions: BOTH, tap: taps(dropping(chList, E.supportedVersions), dropping(chList, E.keyShare)) },
      server: { versions: BOTH },
    }),
    { own: true },
  ),
  ...fault('version_fallback', 'client', V12, 'a second try', () => ({
    client: { fallback: true },
    server: { versions: BOTH },
  })),
];

/** The server's random with an end that says that more was possible. */
const marked = (end: string): Tap => sh(({ random }) => ({ random: set(random, -8, ...hex(end)) }));

const FREELY = { renegotiation: 'freely' } as const;

/** A second handshake on the connection. */
export const again = (by: 'client' | 'server', ...plans: readonly Plan[]): Plan => ({
  ...merge({ client: FREELY, server: FREELY }, ...plans),
  after: (pair) => pair[by].engine.renegotiate(),
});

const suite = (code: number, nth?: number): Tap => sh(() => ({ suite: code }), nth);
const GCM13 = { suites: ['TLS_AES_128_GCM_SHA256'] };

const SUITES: readonly Fault[] = [
  ...fault('suite_none_shared', 'client', V13, 'others', () => ({
    client: GCM13,
    server: { suites: ['TLS_AES_256_GCM_SHA384'] },
  })),
  ...fault('suite_none_shared', 'client', V12, 'others', () => ({
    client: { suites: ['ECDHE-ECDSA-AES128-GCM-SHA256'] },
    server: { suites: ['ECDHE-ECDSA-AES256-GCM-SHA384'] },
  })),
  ...fault('suite_none_shared', 'client', BOTH, 'unknown ones and GREASE', () =>
    client(ch(() => ({ suites: [0x0a0a, 0xeeee] }))),
  ),
  ...fault('suite_none_shared', 'client', V13, 'those of TLS 1.2', () => client(ch(() => ({ suites: [0xc02b] })))),
  ...fault('suite_not_offered', 'server', V13, 'a known one', () => merge({ client: GCM13 }, server(suite(0x1302)))),
  ...fault('suite_not_offered', 'server', V13, 'in HelloRetryRequest', () =>
    retried(merge({ client: { ...GCM13, shares: [] } }, server(hrr(() => ({ suite: 0x1302 }))))),
  ),
  ...fault('suite_not_offered', 'server', V12, 'a known one', () => server(suite(0x002f))),
  ...fault('suite_unknown', 'server', BOTH, '0xeeee', () => server(suite(0xeeee))),
  ...fault('suite_unknown', 'server', BOTH, 'a value of GREASE that was offered', () =>
    merge({ client: { grease: true } }, server(suite(0x0a0a))),
  ),
  ...fault('suite_of_other_version', 'server', V13, 'one of TLS 1.2', () => server(suite(0xc02b))),
  ...fault('suite_of_other_version', 'server', V12, 'one of TLS 1.3', () =>
    merge({ client: { versions: BOTH } }, server(suite(0x1301))),
  ),
  ...fault('suite_of_other_version', 'server', ['TLSv1.1'], 'GCM in TLS 1.1', () =>
    merge(
      {
        client: {
          ...CBC,
          versions: ['TLSv1.1', 'TLSv1.2'],
          suites: ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
        },
      },
      server(suite(0xc02b), CBC),
    ),
  ),
  ...fault('suite_changed_after_retry', 'server', V13, 'another one', () => retried(server(suite(0x1303)))),
  ...fault('suite_changed_on_resumption', 'server', V12, 'another one', (t) => resuming(t, server(suite(0xc02c)))),
  ...fault('suite_hash_not_of_psk', 'server', V13, 'SHA-384 for SHA-256', () => withPsk(server(suite(0x1302), PSK))),
  ...fault('suites_empty', 'client', BOTH, 'no suite', () => client(bodyTap('client_hello', withoutSuites))),
  ...fault('suite_lost_on_resumption', 'client', V12, 'not offered any more', (t) =>
    resuming(t, client(ch(({ suites }) => ({ suites: suites.slice(1) })))),
  ),
  ...fault('scsv_on_renegotiation', 'client', V12, 'in the second hello', () =>
    again(
      'client',
      client(
        ch(({ suites }) => ({ suites: [...suites, 0xff] }), 1),
        FREELY,
      ),
    ),
  ),
  ...fault('scsv_chosen', 'server', BOTH, "renegotiation's", () => server(suite(0x00ff))),
  ...fault('scsv_chosen', 'server', BOTH, "fallback's", () => server(suite(0x5600))),
  ...fault('compression_no_null', 'client', BOTH, 'DEFLATE alone', () => client(ch(() => ({ compressions: [1] })))),
  ...fault('compression_in_tls13', 'client', V13, 'DEFLATE too', () => client(ch(() => ({ compressions: [0, 1] })))),
  ...fault('compression_in_tls13', 'client', V13, 'null twice', () => client(ch(() => ({ compressions: [0, 0] })))),
  ...fault('compression_not_offered', 'server', BOTH, 'DEFLATE', () => server(sh(() => ({ compression: 1 })))),
  ...fault('compression_not_offered', 'server', V13, 'DEFLATE in HelloRetryRequest', () =>
    retried(server(hrr(() => ({ compression: 1 })))),
  ),
];

/** A hello's body with an empty list of suites. */
function withoutSuites(body: Buffer): Buffer {
  const at = 35 + body[34]!;
  return Buffer.concat([body.subarray(0, at), hex('0000'), body.subarray(at + 2 + body.readUInt16BE(at))]);
}

/** A hello's body with a session id of 33 octets. */
const longId = (body: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, 34), hex('21'), Buffer.alloc(33, 7), body.subarray(35 + body[34]!)]);

const second = (change: (hello: ClientHello) => Partial<ClientHello>): Plan =>
  retried(client(ch(change, 1), { shares: [] }));
const COOKIE = { cookie: () => Buffer.from('cookie') };
const secondList = (change: (list: Extensions) => Extensions): Plan =>
  second(({ extensions }) => ({ extensions: change(extensions) }));

const HELLOS: readonly Fault[] = [
  ...fault('hello_session_id_not_echoed', 'server', V13, 'another one', () =>
    server(sh(() => ({ sessionId: Buffer.alloc(32, 9) }))),
  ),
  ...fault('hello_session_id_not_echoed', 'server', V13, 'none', () => server(sh(() => ({ sessionId: EMPTY })))),
  ...fault('hello_session_id_not_echoed', 'server', V13, 'one where there was none', () =>
    merge({ client: { middleboxCompatibility: false } }, server(sh(() => ({ sessionId: Buffer.alloc(32, 9) })))),
  ),
  ...fault('hello_session_id_not_echoed', 'server', V13, 'in HelloRetryRequest', () =>
    retried(server(hrr(() => ({ sessionId: EMPTY })))),
  ),
  ...fault('hello_session_id_too_long', 'client', BOTH, '33 octets', () => client(bodyTap('client_hello', longId))),
  ...fault('hello_extensions_missing', 'server', V13, 'a HelloRetryRequest without supported_versions', () =>
    retried(server(dropping(hrrList, E.supportedVersions))),
  ),
  ...fault('hello_extensions_missing', 'server', V13, 'a HelloRetryRequest without any', () =>
    retried(server(hrr(() => ({ extensions: undefined })))),
  ),
  ...fault('retry_second', 'server', V13, 'twice', () =>
    retried(server(({ name, raw }) => (name === 'server_hello' ? secondRetry(raw) : raw))),
  ),
  ...fault('retry_without_change', 'server', V13, 'neither share nor cookie', () =>
    retried(server(dropping(hrrList, E.keyShare))),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'legacy_version', () => second(() => ({ version: 0x0302 }))),
  ...fault('retry_hello_changed', 'client', V13, 'random', () =>
    second(({ random }) => ({ random: set(random, 0, 1, 2, 3, 4, 5) })),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'session id', () => second(() => ({ sessionId: EMPTY }))),
  ...fault('retry_hello_changed', 'client', V13, 'suites', () =>
    second(({ suites }) => ({ suites: [...suites, 0xfafa] })),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'supported_versions', () => ({
    client: {
      versions: BOTH,
      shares: [],
      tap: chList((list) => withExtension(list, E.supportedVersions, hex('020303')), 1),
    },
    server: { versions: BOTH },
  })),
  ...fault('retry_hello_changed', 'client', V13, 'an extension less', () =>
    secondList((list) => withoutExtension(list, E.serverName)),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'an extension more', () =>
    secondList((list) => withExtension(list, 0xfafa, EMPTY)),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'other groups', () =>
    secondList((list) => withExtension(list, E.supportedGroups, hex('0004001d0017'))),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'another name', () =>
    secondList((list) => withExtension(list, E.serverName, hex('0004 00 0001 61'))),
  ),
  ...fault('retry_hello_changed', 'client', V13, 'other shares though none was asked for', () => ({
    client: {
      groups: ['x25519', 'secp256r1'],
      shares: ['x25519', 'secp256r1'],
      tap: chList((list) => withExtension(list, E.keyShare, firstShare(list)), 1),
    },
    server: COOKIE,
  })),
  ...fault('retry_hello_order', 'client', V13, 'turned round', () => secondList((list) => list!.toReversed())),
  ...fault('retry_hello_order', 'client', V13, 'two in exchange', () =>
    secondList(([a, b, ...others] = []) => [b!, a!, ...others]),
  ),
  ...fault('retry_shares_count', 'client', V13, 'none', () =>
    secondList((list) => withExtension(list, E.keyShare, hex('0000'))),
  ),
  ...fault('retry_shares_count', 'client', V13, 'two', () =>
    secondList((list) => withExtension(list, E.keyShare, twoShares(list))),
  ),
  ...fault('retry_shares_count', 'client', V13, 'no key_share', () =>
    secondList((list) => withoutExtension(list, E.keyShare)),
  ),
  ...fault('retry_early_data', 'client', V13, 'in the second hello', () =>
    secondList((list) => withExtension(list, E.earlyData, EMPTY)),
  ),
  ...fault('cookie_too_long', 'server', V13, '65,000 octets', () =>
    retried(server(adding(hrrList, E.cookie, Buffer.concat([hex('fde8'), Buffer.alloc(65_000)])))),
  ),
  ...fault('cookie_missing', 'client', V13, 'dropped', () =>
    merge(
      { server: COOKIE },
      secondList((list) => withoutExtension(list, E.cookie)),
    ),
  ),
  ...fault('cookie_wrong', 'client', V13, 'another one', () =>
    merge(
      { server: COOKIE },
      secondList((list) => withExtension(list, E.cookie, hex('000161'))),
    ),
  ),
  ...fault('cookie_unasked', 'client', V13, 'in the first hello', () =>
    client(adding(chList, E.cookie, hex('000161'))),
  ),
  ...fault('cookie_unasked', 'client', V13, 'in the second hello', () =>
    secondList((list) => withExtension(list, E.cookie, hex('000161'))),
  ),
];

function firstShare(list: Extensions): Buffer {
  const data = Buffer.from(list!.find(({ type }) => type === E.keyShare)!.data);
  const entry = data.subarray(2, 6 + data.readUInt16BE(4));
  return Buffer.concat([Buffer.from([0, entry.length]), entry]);
}

/** The share of a second hello, and one of secp256r1 behind it. */
function twoShares(list: Extensions): Buffer {
  const entry = firstShare(list).subarray(2);
  const other = Buffer.concat([hex('00170041'), Buffer.alloc(65, 4)]);
  const both = Buffer.concat([entry, other]);
  return Buffer.concat([Buffer.from([0, both.length]), both]);
}

/** A ServerHello turned into another HelloRetryRequest. */
function secondRetry(raw: Uint8Array): Buffer {
  const hello = decode(serverHello, raw.subarray(4));
  const random = hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
  const extensions = withExtension(hello.extensions, E.keyShare, hex('0017'));
  const body = encode(serverHello, { ...hello, random, extensions });
  return Buffer.concat([Buffer.from([2, 0, body.length >>> 8, body.length & 0xff]), body]);
}

const ALPN = { alpn: ['a', 'b'] };

const CONTENTS: readonly Fault[] = [
  ...fault('server_name_unrecognized', 'client', BOTH, 'the hook says so', () => ({
    server: { onHello: () => ({ reject: 'unrecognized_name' }) },
  })),
  ...fault('server_name_duplicate', 'client', BOTH, 'two host names', () =>
    client(adding(chList, E.serverName, hex('0008 00000161 00000162'))),
  ),
  ...fault('server_name_bad', 'client', BOTH, 'a zero', () =>
    client(adding(chList, E.serverName, hex('0006 00 0003 610062'))),
  ),
  ...fault('server_name_bad', 'client', BOTH, 'a dot at its end', () =>
    client(adding(chList, E.serverName, hex('0005 00 0002 612e'))),
  ),
  ...fault('server_name_bad', 'client', BOTH, 'no ASCII', () =>
    client(adding(chList, E.serverName, hex('0005 00 0002 c3a4'))),
  ),
  ...fault('server_name_bad', 'client', BOTH, '256 octets', () =>
    client(adding(chList, E.serverName, Buffer.concat([hex('0103 00 0100'), Buffer.alloc(256, 'a')]))),
  ),
  ...fault('alpn_none_shared', 'client', BOTH, 'others', () => ({ client: { alpn: ['x'] }, server: ALPN })),
  ...fault('alpn_none_shared', 'client', BOTH, 'the hook says so', () => ({
    client: { alpn: ['x'] },
    server: { selectAlpn: () => 'reject' },
  })),
  ...fault('alpn_not_offered', 'server', V13, 'another one', () =>
    merge({ client: ALPN }, server(adding(eeList, E.alpn, hex('0002 01 63')))),
  ),
  ...fault('alpn_not_offered', 'server', V12, 'another one', () =>
    merge({ client: ALPN }, server(adding(shList, E.alpn, hex('0002 01 63')))),
  ),
  ...fault('alpn_not_one', 'server', V13, 'two', () =>
    merge({ client: ALPN }, server(adding(eeList, E.alpn, hex('0004 0161 0162')))),
  ),
  ...fault('alpn_not_one', 'server', V12, 'two', () =>
    merge({ client: ALPN }, server(adding(shList, E.alpn, hex('0004 0161 0162')))),
  ),
  ...fault('max_fragment_length_unknown', 'client', BOTH, 'code 5', () =>
    client(adding(chList, E.maxFragmentLength, hex('05'))),
  ),
  ...fault('max_fragment_length_unknown', 'client', BOTH, 'code 0', () =>
    client(adding(chList, E.maxFragmentLength, hex('00'))),
  ),
  ...fault('max_fragment_length_unknown', 'server', V13, 'code 9', () =>
    merge({ client: { maxFragmentLength: 512 } }, server(adding(eeList, E.maxFragmentLength, hex('09')))),
  ),
  ...fault('max_fragment_length_unknown', 'server', V12, 'code 9', () =>
    merge({ client: { maxFragmentLength: 512 } }, server(adding(shList, E.maxFragmentLength, hex('09')))),
  ),
  ...fault('max_fragment_length_mismatch', 'server', V13, 'another code', () =>
    merge({ client: { maxFragmentLength: 512 } }, server(adding(eeList, E.maxFragmentLength, hex('02')))),
  ),
  ...fault('max_fragment_length_mismatch', 'server', V12, 'another code', () =>
    merge({ client: { maxFragmentLength: 512 } }, server(adding(shList, E.maxFragmentLength, hex('02')))),
  ),
  ...fault('record_size_limit_too_small', 'client', BOTH, '63', () =>
    merge({ server: { recordSizeLimit: 1000 } }, client(adding(chList, E.recordSizeLimit, hex('003f')))),
  ),
  ...fault('record_size_limit_too_small', 'server', V13, '63', () =>
    merge({ client: { recordSizeLimit: 1000 } }, server(adding(eeList, E.recordSizeLimit, hex('003f')))),
  ),
  ...fault('record_size_limit_too_small', 'server', V12, '63', () =>
    merge({ client: { recordSizeLimit: 1000 } }, server(adding(shList, E.recordSizeLimit, hex('003f')))),
  ),
  ...fault('record_size_limit_too_large', 'server', V13, '2^14 + 2', () =>
    merge({ client: { recordSizeLimit: 1000 } }, server(adding(eeList, E.recordSizeLimit, hex('4002')))),
  ),
  ...fault('record_size_limit_too_large', 'server', V12, '2^14 + 1', () =>
    merge({ client: { recordSizeLimit: 1000 } }, server(adding(shList, E.recordSizeLimit, hex('4001')))),
  ),
  ...fault('record_size_limit_with_max_fragment', 'server', V13, 'both', () =>
    merge(
      { client: { recordSizeLimit: 1000, maxFragmentLength: 512 } },
      server(taps(adding(eeList, E.recordSizeLimit, hex('4000')), adding(eeList, E.maxFragmentLength, hex('01')))),
    ),
  ),
  ...fault('record_size_limit_with_max_fragment', 'server', V12, 'both', () =>
    merge(
      { client: { recordSizeLimit: 1000, maxFragmentLength: 512 } },
      server(taps(adding(shList, E.recordSizeLimit, hex('4000')), adding(shList, E.maxFragmentLength, hex('01')))),
    ),
  ),
  ...fault('padding_not_zero', 'client', BOTH, 'an octet of 1', () => client(adding(chList, E.padding, hex('000001')))),
  ...fault('point_format_no_uncompressed', 'client', V12, 'compressed alone', () =>
    client(adding(chList, E.ecPointFormats, hex('0101'))),
  ),
  ...fault('point_format_no_uncompressed', 'server', V12, 'compressed alone', () =>
    server(adding(shList, E.ecPointFormats, hex('0102'))),
  ),
];

const E_T_M = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256'];

const RENEGOTIATIONS: readonly Fault[] = [
  ...fault('renegotiation_in_tls13', 'client', V13, 'a ClientHello after the handshake', () => ({
    after: (pair) =>
      pair.client.engine.sendRecord(22, pair.client.of('message').find(({ name }) => name === 'client_hello')!.raw),
  })),
  ...fault('renegotiation_too_many', 'client', V12, 'the second one', () => ({
    client: FREELY,
    server: { ...FREELY, limits: { renegotiations: 1 } },
    after: async (pair) => {
      pair.client.engine.renegotiate();
      await pair.flow();
      pair.client.engine.renegotiate();
    },
  })),
  ...fault('renegotiation_too_many', 'server', V12, 'the second one', () => ({
    server: FREELY,
    client: { ...FREELY, limits: { renegotiations: 1 } },
    after: async (pair) => {
      pair.server.engine.renegotiate();
      await pair.flow();
      pair.server.engine.renegotiate();
    },
  })),
  ...fault('renegotiation_info_wrong', 'client', V12, 'zeros', () =>
    again('client', client(adding(chList, E.renegotiationInfo, hex('0c' + '00'.repeat(12)), 1), FREELY)),
  ),
  ...fault('renegotiation_info_wrong', 'client', V12, 'empty', () =>
    again('client', client(adding(chList, E.renegotiationInfo, hex('00'), 1), FREELY)),
  ),
  ...fault('renegotiation_info_wrong', 'server', V12, 'zeros', () =>
    again('client', server(adding(shList, E.renegotiationInfo, hex('18' + '00'.repeat(24)), 1), FREELY)),
  ),
  ...fault('renegotiation_info_wrong', 'server', V12, "the client's half alone", () =>
    again(
      'client',
      server(
        shList((list) => withExtension(list, E.renegotiationInfo, halfInfo(list)), 1),
        FREELY,
      ),
    ),
  ),
  ...fault('renegotiation_info_not_empty', 'client', V12, 'in the first hello', () =>
    client(adding(chList, E.renegotiationInfo, hex('0161'))),
  ),
  ...fault('renegotiation_info_not_empty', 'server', V12, 'in the first hello', () =>
    server(adding(shList, E.renegotiationInfo, hex('0161'))),
  ),
  ...fault('renegotiation_info_lost', 'client', V12, 'dropped', () =>
    again('client', client(dropping(chList, E.renegotiationInfo, 1), FREELY)),
  ),
  ...fault('renegotiation_info_lost', 'server', V12, 'dropped', () =>
    again('client', server(dropping(shList, E.renegotiationInfo, 1), FREELY)),
  ),
  ...fault('encrypt_then_mac_without_cbc', 'server', V12, 'for GCM', () =>
    merge({ client: { suites: E_T_M } }, server(adding(shList, E.encryptThenMac), { suites: E_T_M.slice(1) })),
  ),
  ...fault('encrypt_then_mac_lost', 'client', V12, 'dropped', () =>
    again('client', {
      client: { suites: E_T_M.slice(0, 1), tap: dropping(chList, E.encryptThenMac, 1) },
      server: { suites: E_T_M },
    }),
  ),
  ...fault('encrypt_then_mac_lost', 'server', V12, 'dropped', () =>
    again('client', {
      client: { suites: E_T_M.slice(0, 1) },
      server: { suites: E_T_M, tap: dropping(shList, E.encryptThenMac, 1) },
    }),
  ),
  ...fault('certificate_changed_on_renegotiation', 'server', V12, 'another one', (t) => {
    const chains = [t.id('p256').credential, t.id('other').credential];
    return again('client', { server: { onHello: () => ({ credentials: [chains.shift()!] }) } });
  }),
  ...fault('master_secret_mode_changed', 'client', V12, 'lost', (t) =>
    resuming(t, client(dropping(chList, E.extendedMasterSecret))),
  ),
  ...fault('master_secret_mode_changed', 'server', V12, 'lost', (t) =>
    resuming(t, server(dropping(shList, E.extendedMasterSecret))),
  ),
];

function halfInfo(list: Extensions): Buffer {
  const data = list!.find(({ type }) => type === E.renegotiationInfo)!.data;
  return Buffer.concat([hex('0c'), data.subarray(1, 13)]);
}

export const HELLO_FAULTS: readonly Fault[] = [
  ...EXTENSIONS,
  ...VERSIONS,
  ...SUITES,
  ...HELLOS,
  ...CONTENTS,
  ...RENEGOTIATIONS,
];
