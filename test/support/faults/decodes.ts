/** Messages and bodies of extensions that do not decode: too short, too long, with lengths that lie, with values that their types lack. */
import { EXTENSION } from '../../../src/lib/registry/tls-extensions.ts';
import { reasons, type Reason } from '../../../src/lib/registry/tls-reasons.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { bodyTap, hex, message, set, withExtension, type Extensions, type Tap } from './edit.ts';
import { BOTH, V12, V13, fault, merge, side, type Context, type Fault, type Plan, type SideName } from './harness.ts';
import {
  adding,
  chList,
  crList,
  ctList,
  eeList,
  hrrList,
  mutual,
  nstList,
  retried,
  shList,
  withPsk,
} from './hellos.ts';
import { tickets } from './sessions.ts';

const E = EXTENSION;

const PSK = { psks: [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }] };
const OCSP = (t: Context): object => ({ credentials: [{ ...t.id('p256').credential, ocsp: hex('3003020100') }] });

const own = (t: Context): object =>
  t.by === 'client' ? { credentials: [t.id('p256').credential] } : { clientAuth: 'request' };

/** A message whose body is changed, in a handshake that has it. */
interface Row {
  readonly name: string;
  readonly by: SideName | 'both';
  readonly versions: readonly VersionName[];
  /** What the handshake needs, beside the tap. */
  readonly plan?: (t: Context, tap: Tap) => Plan;
}

const plain = (t: Context, tap: Tap): Plan => side(t.by, { tap });
const authenticated = (t: Context, tap: Tap): Plan => mutual(t, side(t.by, { ...own(t), tap }));

const OLD: readonly VersionName[] = ['TLSv1.1', 'TLSv1'];
const CBC_SUITE = { suites: ['ECDHE-ECDSA-AES128-SHA'] };
const withCbc = (t: Context, tap: Tap): Plan => merge({ client: CBC_SUITE, server: CBC_SUITE }, authenticated(t, tap));

const MESSAGES: readonly Row[] = [
  { name: 'client_hello', by: 'client', versions: BOTH },
  { name: 'server_hello', by: 'server', versions: BOTH },
  { name: 'hello_retry_request', by: 'server', versions: V13, plan: (t, tap) => retried(plain(t, tap)) },
  { name: 'encrypted_extensions', by: 'server', versions: V13 },
  { name: 'certificate', by: 'both', versions: BOTH, plan: authenticated },
  { name: 'certificate_request', by: 'server', versions: BOTH, plan: authenticated },
  { name: 'certificate_verify', by: 'both', versions: V13, plan: authenticated },
  { name: 'certificate_verify', by: 'client', versions: V12, plan: authenticated },
  {
    name: 'certificate_status',
    by: 'server',
    versions: V12,
    plan: (t, tap) => ({ client: { requestOcsp: true }, server: { ...OCSP(t), tap } }),
  },
  { name: 'new_session_ticket', by: 'server', versions: BOTH, plan: (_, tap) => ({ server: { ...tickets(), tap } }) },
  { name: 'server_key_exchange', by: 'server', versions: V12 },
  { name: 'client_key_exchange', by: 'client', versions: V12 },
  { name: 'server_hello_done', by: 'server', versions: V12 },
  // what TLS 1.2 changed has another form before it
  { name: 'certificate_request', by: 'server', versions: OLD, plan: withCbc },
  { name: 'certificate_verify', by: 'client', versions: OLD, plan: withCbc },
  { name: 'server_key_exchange', by: 'server', versions: OLD, plan: withCbc },
];

/** What is done to a body, and what that is. */
const LONGER = (body: Buffer): Buffer => Buffer.concat([body, hex('00')]);
const SHORTER: readonly (readonly [string, (body: Buffer) => Buffer])[] = [
  ['an octet less', (body) => body.subarray(0, -1)],
  ['half of it', (body) => body.subarray(0, Math.floor(body.length / 2))],
  ['empty', () => Buffer.alloc(0)],
];

function ofMessage({ name, by, versions, plan = plain }: Row): Fault[] {
  const tapped =
    (change: (body: Buffer) => Buffer) =>
    (t: Context): Plan =>
      plan(t, bodyTap(name, change));
  const has = (fault: string): boolean => reasons().has(`${name}_${fault}`);
  return [
    ...fault(`${name}_excess_data` as Reason, by, versions, 'an octet more', tapped(LONGER)),
    ...(has('malformed')
      ? // without its random a HelloRetryRequest is none
        SHORTER.filter(([what]) => what !== 'empty' || name !== 'hello_retry_request').flatMap(([what, change]) =>
          fault(`${name}_malformed` as Reason, by, versions, what, tapped(change)),
        )
      : []),
  ];
}

/** The body of an extension in a message. */
interface Body {
  readonly code: number;
  readonly name: string;
  readonly place: 'CH' | 'SH' | 'SH12' | 'HRR' | 'EE' | 'CT' | 'CR' | 'NST';
  readonly versions: readonly VersionName[];
  /** Octets that are right; undefined for those that stand there. */
  readonly good?: string;
  /** Octets that are too short, or whose length lies; none where that cannot be. */
  readonly bad?: readonly string[];
  /** Octets with a value that is not there. */
  readonly wrong?: string;
  readonly plan?: (t: Context, tap: Tap) => Plan;
}

const LISTS = { CH: chList, SH: shList, SH12: shList, HRR: hrrList, EE: eeList, CT: ctList, CR: crList, NST: nstList };

/** Vectors with 16-bit lengths and with 8-bit ones, numbers of 16 bits. */
const VECTOR = ['', 'ff', 'ffff', '0000', '0001'];
const SHORT_VECTOR = ['', 'ff', '00', '0301'];
const NUMBER = ['', 'ff'];

const psk = (t: Context, tap: Tap): Plan => withPsk(side(t.by, { ...PSK, tap }));
const OFFERED = '0008 0002 6d65 00000000 0021 20' + '00'.repeat(32);

const IN_HELLO: readonly Omit<Body, 'place'>[] = [
  {
    code: E.serverName,
    name: 'server_name',
    versions: BOTH,
    good: '0004 00 0001 61',
    bad: [...VECTOR, '0003 00 0000', '0005 00 0001 61'],
  },
  { code: E.maxFragmentLength, name: 'max_fragment_length', versions: BOTH, good: '01', bad: [''] },
  {
    code: E.statusRequest,
    name: 'status_request',
    versions: BOTH,
    good: '01 0000 0000',
    bad: ['', '01', '01 0001', '01 0000 0001'],
  },
  {
    code: E.supportedGroups,
    name: 'supported_groups',
    versions: BOTH,
    good: '0002 001d',
    bad: [...VECTOR, '0003 001d00'],
  },
  { code: E.ecPointFormats, name: 'ec_point_formats', versions: V12, good: '0100', bad: ['', 'ff', '00', '0200'] },
  {
    code: E.signatureAlgorithms,
    name: 'signature_algorithms',
    versions: BOTH,
    good: '0002 0403',
    bad: [...VECTOR, '0003 040300'],
  },
  {
    code: E.signatureAlgorithmsCert,
    name: 'signature_algorithms_cert',
    versions: BOTH,
    good: '0002 0403',
    bad: VECTOR,
  },
  {
    code: E.alpn,
    name: 'application_layer_protocol_negotiation',
    versions: BOTH,
    good: '0002 0161',
    bad: [...VECTOR, '0001 00', '0002 0261', '0003 016100'],
  },
  { code: E.signedCertificateTimestamp, name: 'signed_certificate_timestamp', versions: BOTH, good: '' },
  { code: E.encryptThenMac, name: 'encrypt_then_mac', versions: V12, good: '' },
  { code: E.extendedMasterSecret, name: 'extended_master_secret', versions: V12, good: '' },
  { code: E.recordSizeLimit, name: 'record_size_limit', versions: BOTH, good: '4000', bad: NUMBER },
  {
    code: E.preSharedKey,
    name: 'pre_shared_key',
    versions: V13,
    good: OFFERED,
    bad: ['', '0000', OFFERED.slice(0, -2), '0007 0001 61 00000000 0002 0161'],
    plan: psk,
  },
  { code: E.earlyData, name: 'early_data', versions: V13, good: '', plan: psk },
  {
    code: E.supportedVersions,
    name: 'supported_versions',
    versions: BOTH,
    good: '04 0304 0303',
    bad: [...SHORT_VECTOR, '03 030403'],
  },
  { code: E.cookie, name: 'cookie', versions: V13, good: '0001 61', bad: VECTOR },
  {
    code: E.pskKeyExchangeModes,
    name: 'psk_key_exchange_modes',
    versions: V13,
    good: '0101',
    bad: ['', 'ff', '00', '0201'],
  },
  {
    code: E.certificateAuthorities,
    name: 'certificate_authorities',
    versions: V13,
    good: '0003 0001 61',
    bad: [...VECTOR, '0002 0000'],
  },
  { code: E.postHandshakeAuth, name: 'post_handshake_auth', versions: V13, good: '' },
  {
    code: E.keyShare,
    name: 'key_share',
    versions: V13,
    bad: ['', 'ff', 'ffff', '0004 001d 0000', '0005 001d 0002 61', '0003 001d00'],
  },
  { code: E.renegotiationInfo, name: 'renegotiation_info', versions: V12, good: '00', bad: ['', 'ff', '01'] },
];

const offering =
  (more: object) =>
  (t: Context, tap: Tap): Plan =>
    merge({ client: more }, plain(t, tap));
const ALPN = offering({ alpn: ['a'] });
const SIZES = offering({ recordSizeLimit: 1000 });
const FRAGMENTS = offering({ maxFragmentLength: 512 });
const STATUS = (t: Context, tap: Tap): Plan =>
  merge({ client: { requestOcsp: true, requestTimestamps: true } }, plain(t, tap));
const CBC = (_: Context, tap: Tap): Plan => ({
  client: { suites: ['ECDHE-ECDSA-AES128-SHA'] },
  server: { suites: ['ECDHE-ECDSA-AES128-SHA'], tap },
});
const RETRY = (t: Context, tap: Tap): Plan => retried(plain(t, tap));
const TICKETS = (_: Context, tap: Tap): Plan => ({ server: { ...tickets(), tap } });
const COOKIE = (_: Context, tap: Tap): Plan => retried({ server: { cookie: () => hex('61'), tap } });

const IN_ANSWERS: readonly Body[] = [
  { code: E.serverName, name: 'server_name', place: 'EE', versions: V13, good: '' },
  { code: E.serverName, name: 'server_name', place: 'SH12', versions: V12, good: '' },
  {
    code: E.maxFragmentLength,
    name: 'max_fragment_length',
    place: 'EE',
    versions: V13,
    good: '01',
    bad: [''],
    plan: FRAGMENTS,
  },
  {
    code: E.maxFragmentLength,
    name: 'max_fragment_length',
    place: 'SH12',
    versions: V12,
    good: '01',
    bad: [''],
    plan: FRAGMENTS,
  },
  { code: E.statusRequest, name: 'status_request', place: 'SH12', versions: V12, good: '', plan: STATUS },
  {
    code: E.statusRequest,
    name: 'status_request',
    place: 'CT',
    versions: V13,
    good: '01 000001 61',
    bad: ['', '01', '01 000000', '01 000002 61'],
    wrong: '09 000001 61',
    plan: STATUS,
  },
  { code: E.statusRequest, name: 'status_request', place: 'CR', versions: V13, good: '', plan: authenticated },
  {
    code: E.signedCertificateTimestamp,
    name: 'signed_certificate_timestamp',
    place: 'SH12',
    versions: V12,
    good: '0003 0001 61',
    bad: VECTOR,
    plan: STATUS,
  },
  {
    code: E.signedCertificateTimestamp,
    name: 'signed_certificate_timestamp',
    place: 'CT',
    versions: V13,
    good: '0003 0001 61',
    bad: VECTOR,
    plan: STATUS,
  },
  {
    code: E.signedCertificateTimestamp,
    name: 'signed_certificate_timestamp',
    place: 'CR',
    versions: V13,
    good: '',
    plan: authenticated,
  },
  { code: E.supportedGroups, name: 'supported_groups', place: 'EE', versions: V13, good: '0002 001d', bad: VECTOR },
  {
    code: E.ecPointFormats,
    name: 'ec_point_formats',
    place: 'SH12',
    versions: V12,
    good: '0100',
    bad: ['', 'ff', '00'],
  },
  {
    code: E.signatureAlgorithms,
    name: 'signature_algorithms',
    place: 'CR',
    versions: V13,
    good: '0002 0403',
    bad: VECTOR,
    plan: authenticated,
  },
  {
    code: E.signatureAlgorithmsCert,
    name: 'signature_algorithms_cert',
    place: 'CR',
    versions: V13,
    good: '0002 0403',
    bad: VECTOR,
    plan: authenticated,
  },
  {
    code: E.certificateAuthorities,
    name: 'certificate_authorities',
    place: 'CR',
    versions: V13,
    good: '0003 0001 61',
    bad: VECTOR,
    plan: authenticated,
  },
  {
    code: E.oidFilters,
    name: 'oid_filters',
    place: 'CR',
    versions: V13,
    good: '0004 0161 0000',
    bad: ['', 'ff', 'ffff', '0001', '0003 00 0000'],
    plan: authenticated,
  },
  {
    code: E.alpn,
    name: 'application_layer_protocol_negotiation',
    place: 'EE',
    versions: V13,
    good: '0002 0161',
    bad: [...VECTOR, '0001 00'],
    plan: ALPN,
  },
  {
    code: E.alpn,
    name: 'application_layer_protocol_negotiation',
    place: 'SH12',
    versions: V12,
    good: '0002 0161',
    bad: [...VECTOR, '0001 00'],
    plan: ALPN,
  },
  { code: E.encryptThenMac, name: 'encrypt_then_mac', place: 'SH12', versions: V12, good: '', plan: CBC },
  { code: E.extendedMasterSecret, name: 'extended_master_secret', place: 'SH12', versions: V12, good: '' },
  {
    code: E.recordSizeLimit,
    name: 'record_size_limit',
    place: 'EE',
    versions: V13,
    good: '4000',
    bad: NUMBER,
    plan: SIZES,
  },
  {
    code: E.recordSizeLimit,
    name: 'record_size_limit',
    place: 'SH12',
    versions: V12,
    good: '4000',
    bad: NUMBER,
    plan: SIZES,
  },
  { code: E.sessionTicket, name: 'session_ticket', place: 'SH12', versions: V12, good: '' },
  { code: E.preSharedKey, name: 'pre_shared_key', place: 'SH', versions: V13, good: '0000', bad: NUMBER, plan: psk },
  {
    code: E.earlyData,
    name: 'early_data',
    place: 'NST',
    versions: V13,
    good: '00000001',
    bad: ['', '000001'],
    plan: TICKETS,
  },
  { code: E.supportedVersions, name: 'supported_versions', place: 'SH', versions: V13, good: '0304', bad: NUMBER },
  {
    code: E.supportedVersions,
    name: 'supported_versions',
    place: 'HRR',
    versions: V13,
    good: '0304',
    bad: NUMBER,
    plan: RETRY,
  },
  { code: E.cookie, name: 'cookie', place: 'HRR', versions: V13, good: '0001 61', bad: VECTOR, plan: COOKIE },
  { code: E.keyShare, name: 'key_share', place: 'HRR', versions: V13, good: '001d', bad: NUMBER, plan: RETRY },
  { code: E.keyShare, name: 'key_share', place: 'SH', versions: V13, bad: ['', '001d', '001d 0000', '001d 0020 00'] },
  {
    code: E.renegotiationInfo,
    name: 'renegotiation_info',
    place: 'SH12',
    versions: V12,
    good: '00',
    bad: ['', 'ff', '01'],
  },
];

function ofBody({ code, name, place, versions, good, bad = [], wrong, plan = plain }: Body): Fault[] {
  const by = place === 'CH' ? 'client' : 'server';
  const list = LISTS[place];
  const withBody =
    (data: string) =>
    (t: Context): Plan =>
      plan(t, place === 'CH' ? inHello(code, hex(data)) : adding(list, code, hex(data)));
  const longer = (t: Context): Plan =>
    good === undefined
      ? plan(
          t,
          list((all) => withExtension(all, code, LONGER(bodyIn(all, code)))),
        )
      : withBody(`${good}00`)(t);
  return [
    ...fault(`${name}_excess_data` as Reason, by, versions, `${place}: an octet more`, longer),
    ...bad.flatMap((data) =>
      fault(`${name}_malformed` as Reason, by, versions, `${place}: ${data || 'empty'}`, withBody(data)),
    ),
    ...(wrong === undefined
      ? []
      : fault(`${name}_bad_value` as Reason, by, versions, `${place}: ${wrong}`, withBody(wrong))),
  ];
}

const bodyIn = (list: Extensions, code: number): Buffer => Buffer.from(list!.find(({ type }) => type === code)!.data);

/** Sets an extension of a ClientHello; what is new comes in front, so that pre_shared_key stays the last one. */
const inHello = (code: number, data: Uint8Array): Tap =>
  chList((list) =>
    list!.some(({ type }) => type === code) ? withExtension(list, code, data) : [{ type: code, data }, ...list!],
  );

const late = (body: string, type: number): ((t: Context) => Plan) => {
  return ({ by }) => ({ after: (pair) => pair[by].engine.sendRecord(22, message(type, hex(body))) });
};

const ECDHE_PSK = { ...PSK, suites: ['ECDHE-PSK-AES128-CBC-SHA256'] };

const OTHERS: readonly Fault[] = [
  ...fault('key_update_malformed', 'both', V13, 'empty', late('', 24)),
  ...fault('key_update_excess_data', 'both', V13, 'two octets', late('0000', 24)),
  ...fault('key_update_bad_value', 'both', V13, 'a request of 2', late('02', 24)),
  ...fault('key_update_bad_value', 'both', V13, 'a request of 255', late('ff', 24)),
  ...fault('hello_request_excess_data', 'server', V12, 'a body', late('00', 0)),
  ...fault('server_key_exchange_bad_value', 'server', V12, 'a type of curves that is none', () => ({
    client: ECDHE_PSK,
    server: { ...ECDHE_PSK, tap: bodyTap('server_key_exchange', (body) => set(body, 2, 9)) },
  })),
  ...fault('certificate_status_bad_value', 'server', V12, 'an unknown type', (t) => ({
    client: { requestOcsp: true },
    server: { ...OCSP(t), tap: bodyTap('certificate_status', (body) => set(body, 0, 9)) },
  })),
  ...fault('client_hello_malformed', 'client', BOTH, 'an odd list of suites', () => ({
    client: {
      tap: bodyTap('client_hello', (body) => Buffer.concat([body.subarray(0, 35 + body[34]!), hex('0003130200 0100')])),
    },
  })),
  ...fault('client_hello_malformed', 'client', BOTH, 'no compression methods', () => ({
    client: {
      tap: bodyTap('client_hello', (body) => Buffer.concat([body.subarray(0, 35 + body[34]!), hex('00021302 00')])),
    },
  })),
  ...fault('client_hello_malformed', 'client', BOTH, 'an extension longer than the list', () => ({
    client: {
      tap: bodyTap('client_hello', (body) =>
        Buffer.concat([body.subarray(0, 35 + body[34]!), hex('00021302 0100 0004 00170001')]),
      ),
    },
  })),
  ...fault('server_hello_malformed', 'server', BOTH, 'a session id of 33 octets', () => ({
    server: {
      tap: bodyTap('server_hello', (body) =>
        Buffer.concat([body.subarray(0, 34), hex('21'), Buffer.alloc(33), body.subarray(35 + body[34]!)]),
      ),
    },
  })),
];

export const DECODE_FAULTS: readonly Fault[] = [
  ...MESSAGES.flatMap(ofMessage),
  ...IN_HELLO.flatMap((row) => ofBody({ ...row, place: 'CH' })),
  ...IN_ANSWERS.flatMap(ofBody),
  ...OTHERS,
];
