/** Faults of key exchange, signatures, certificates and Finished. */
import { decode, encode } from '../../../src/lib/codec/index.ts';
import { EXTENSION } from '../../../src/lib/registry/tls-extensions.ts';
import type { RejectionReason } from '../../../src/lib/tls/index.ts';
import { namedDomain } from '../../../src/lib/tls/kex/index.ts';
import {
  KEY_SHARE,
  KEY_SHARE_ANSWER,
  certificate,
  certificate12,
  certificateRequest,
  dhExchange,
  dhPskParameters,
  ecdhExchange,
  ecdhPskParameters,
  ecdhParameters,
  signedParameters,
  type DhParameters,
  type KeyShareEntry,
} from '../../../src/lib/tls/wire/index.ts';
import { behind, bodyTap, drop, flip, hex, message, set, tap, valueTap, withExtension, type Tap } from './edit.ts';
import { BOTH, V12, V13, fault, merge, side, type Context, type Fault, type Plan, type SideName } from './harness.ts';
import { adding, again, chList, client, hrrList, mutual, server, shList, withPsk } from './hellos.ts';
import { resuming } from './sessions.ts';

const E = EXTENSION;
const EMPTY = Buffer.alloc(0);

/** Changes the shares of a ClientHello. */
const chShares = (change: (list: readonly KeyShareEntry[]) => readonly KeyShareEntry[], nth?: number): Tap =>
  chList((list) => {
    const data = list!.find(({ type }) => type === E.keyShare)!.data;
    return withExtension(list, E.keyShare, encode(KEY_SHARE.schema, change(decode(KEY_SHARE.schema, data))));
  }, nth);
/** Changes the share of a ServerHello. */
const shShare = (change: (one: KeyShareEntry) => Partial<KeyShareEntry>): Tap =>
  shList((list) => {
    const before = decode(KEY_SHARE_ANSWER.schema, list!.find(({ type }) => type === E.keyShare)!.data);
    return withExtension(list, E.keyShare, encode(KEY_SHARE_ANSWER.schema, { ...before, ...change(before) }));
  });

const PSK = { psks: [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }] };
const ECDHE_PSK = { ...PSK, suites: ['ECDHE-PSK-AES128-CBC-SHA256'] };
const DHE_PSK = { ...PSK, suites: ['DHE-PSK-AES128-GCM-SHA256'] };

/** TLS 1.2 with parameters that no signature covers, so that they can be changed. */
const unsigned = (options: object, ...plans: readonly Plan[]): Plan =>
  merge({ client: options, server: options }, ...plans);

/** Another group and share in the server's part of the exchange. */
const serverPoint = (group: string, change: (share: Uint8Array) => Uint8Array): ((t: Context) => Plan) => {
  return ({ tls13 }) => {
    const groups = { groups: [group] };
    if (tls13)
      return merge(
        { client: groups },
        server(
          shShare(({ share }) => ({ share: change(share) })),
          groups,
        ),
      );
    if (group.startsWith('ffdhe')) {
      const change12 = valueTap('server_key_exchange', dhPskParameters, (one) => ({ ...one, ys: change(one.ys) }));
      return unsigned({ ...DHE_PSK, ...groups }, server(change12, { ...DHE_PSK, ...groups }));
    }
    const change12 = valueTap('server_key_exchange', ecdhPskParameters, (one) => ({
      ...one,
      point: change(one.point),
    }));
    return unsigned({ ...ECDHE_PSK, ...groups }, server(change12, { ...ECDHE_PSK, ...groups }));
  };
};

/** Another share of the client. */
const clientPoint = (group: string, change: (share: Uint8Array) => Uint8Array): ((t: Context) => Plan) => {
  return (t) => {
    const groups = { groups: [group] };
    if (t.tls13) {
      const shares = chShares((list) => list.map((one) => ({ ...one, share: change(one.share) })));
      return merge({ server: groups }, client(shares, groups));
    }
    const ffdhe = group.startsWith('ffdhe');
    const options = { ...groups, suites: [ffdhe ? 'DHE-RSA-AES128-GCM-SHA256' : 'ECDHE-RSA-AES128-GCM-SHA256'] };
    const change12 = ffdhe
      ? valueTap('client_key_exchange', dhExchange, ({ yc }) => ({ yc: change(yc) }))
      : valueTap('client_key_exchange', ecdhExchange, ({ point }) => ({ point: change(point) }));
    return merge({ server: { ...options, credentials: [t.id('rsa').credential] } }, client(change12, options));
  };
};

type Change = (share: Uint8Array) => Uint8Array;
const points = (
  reason: Fault['reason'],
  versions: Fault['versions'],
  group: string,
  what: string,
  change: Change,
  sides: readonly SideName[] = ['client', 'server'],
): Fault[] =>
  sides.flatMap((by) =>
    fault(
      reason,
      by,
      versions,
      `${group}: ${what}`,
      by === 'client' ? clientPoint(group, change) : serverPoint(group, change),
    ),
  );

const CURVES = ['secp256r1', 'secp384r1', 'secp521r1'];
const PRIMES = ['ffdhe2048', 'ffdhe3072'];
const longer: Change = (share) => Buffer.concat([share, Buffer.alloc(1, 1)]);
const shorter: Change = (share) => share.subarray(0, -1);
const fill =
  (octet: number): Change =>
  (share) =>
    Buffer.alloc(share.length, octet);

// RFC 7748 section 7 and https://cr.yp.to/ecdh.html: points of small order, and their twins above p
const LOW_25519 = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];
const LOW_448 = ['00'.repeat(56), '01' + '00'.repeat(55), 'fe' + 'ff'.repeat(27) + 'fe' + 'ff'.repeat(27)];

const primeLessOne: Change = (share) => {
  const p = namedDomain(share.length === 256 ? 'ffdhe2048' : 'ffdhe3072').p;
  return set(p, -1, p.at(-1)! - 1);
};

/** p - 1 and p of a named group are out of range, as 0 and 1 are. */
const primeOf: Change = (share) => namedDomain(share.length === 256 ? 'ffdhe2048' : 'ffdhe3072').p;

const HYBRIDS = ['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024'];
/** A coefficient of 4095 at the beginning of the encapsulation key, which stands where the group has it. */
const badKey =
  (group: string): Change =>
  (share) =>
    set(share, { X25519MLKEM768: 0, SecP256r1MLKEM768: 65, SecP384r1MLKEM1024: 97 }[group]!, 0xff, 0xff, 0xff);

const SHARES: readonly Fault[] = [
  ...[...CURVES, 'x25519', 'x448'].flatMap((group) => [
    ...points('share_length', BOTH, group, 'an octet more', longer),
    ...points('share_length', BOTH, group, 'an octet less', shorter),
  ]),
  ...PRIMES.flatMap((group) => [
    ...points('share_length', V13, group, 'an octet less', shorter),
    ...points('share_length', V13, group, 'an octet more', (share) => Buffer.concat([Buffer.alloc(1), share])),
    ...points('share_out_of_range', BOTH, group, '0', fill(0)),
    ...points('share_out_of_range', BOTH, group, '1', (share) => set(fill(0)(share), -1, 1)),
    ...points('share_out_of_range', BOTH, group, 'p - 1', primeLessOne),
    ...points('share_out_of_range', BOTH, group, 'p', primeOf),
    ...points('share_out_of_range', BOTH, group, 'all ones', fill(0xff)),
  ]),
  ...HYBRIDS.flatMap((group) => [
    ...points('share_length', V13, group, 'an octet more', longer),
    ...points('share_length', V13, group, 'an octet less', shorter),
    ...points('share_encapsulation_key', V13, group, 'a coefficient of 4095', badKey(group), ['client']),
  ]),
  ...points('share_low_order', V13, 'X25519MLKEM768', 'zeros in the place of X25519', (share) =>
    Buffer.concat([share.subarray(0, -32), Buffer.alloc(32)]),
  ),
  ...points('share_not_on_curve', V13, 'SecP256r1MLKEM768', 'another y', (share) => flip(share, 64)),
  ...CURVES.flatMap((group) => [
    ...points('share_point_format', BOTH, group, 'compressed', (share) =>
      Buffer.concat([hex('02'), share.subarray(1, (share.length + 1) / 2)]),
    ),
    ...points('share_point_format', BOTH, group, 'hybrid', (share) => set(share, 0, 6)),
    ...points('share_point_format', BOTH, group, 'infinity', () => hex('00')),
    ...points('share_not_on_curve', BOTH, group, 'another y', (share) => flip(share, -1)),
    ...points('share_not_on_curve', BOTH, group, 'zeros', (share) => set(fill(0)(share), 0, 4)),
    ...points('share_not_on_curve', BOTH, group, 'above the prime', (share) => set(fill(0xff)(share), 0, 4)),
  ]),
  ...LOW_25519.flatMap((point, i) => points('share_low_order', BOTH, 'x25519', `point ${i}`, () => hex(point))),
  ...LOW_448.flatMap((point, i) => points('share_low_order', BOTH, 'x448', `point ${i}`, () => hex(point))),
];

/** The server uses a group that the client does not expect: the client's own list is changed on its way. */
const otherGroups = (code: string): Tap => chList((list) => withExtension(list, E.supportedGroups, hex(`0002${code}`)));
const curve = (code: number): Tap =>
  valueTap('server_key_exchange', ecdhPskParameters, (one) => ({ ...one, curve: { type: 3 as const, body: code } }));
const domain = (change: (one: DhParameters) => Partial<DhParameters>): ((t: Context) => Plan) => {
  return () =>
    unsigned(
      DHE_PSK,
      server(
        valueTap('server_key_exchange', dhPskParameters, (one) => ({ ...one, ...change(one) })),
        DHE_PSK,
      ),
    );
};

const withShares = (...names: readonly string[]): object => ({ groups: names, shares: names });

const EXCHANGE: readonly Fault[] = [
  ...fault('group_none_shared', 'client', BOTH, 'others', () => ({
    client: { groups: ['x25519'] },
    server: { groups: ['secp384r1'] },
  })),
  ...fault('group_none_shared', 'client', BOTH, 'an unknown one', () => ({
    client: {
      groups: ['x25519'],
      tap: chList((list) =>
        withExtension(withExtension(list, E.supportedGroups, hex('0002fafa')), E.keyShare, hex('0006fafa00020000')),
      ),
    },
  })),
  ...fault('group_not_offered', 'server', V13, 'in ServerHello', () =>
    merge({ client: { groups: ['x25519'] } }, server(shShare(() => ({ group: 24 })))),
  ),
  ...fault('group_not_offered', 'server', V13, 'in HelloRetryRequest', () =>
    merge({ client: { shares: [] } }, server(adding(hrrList, E.keyShare, hex('001f')))),
  ),
  ...fault('group_not_offered', 'server', V12, 'a curve, signed', (t) => ({
    client: { groups: ['x25519'], suites: ['ECDHE-RSA-AES128-GCM-SHA256'], tap: otherGroups('0018') },
    server: { credentials: [t.id('rsa').credential] },
  })),
  ...fault('group_unknown', 'server', V13, 'in ServerHello', () => server(shShare(() => ({ group: 0xfafa })))),
  ...fault('group_unknown', 'server', V13, 'in HelloRetryRequest', () =>
    merge({ client: { shares: [] } }, server(adding(hrrList, E.keyShare, hex('fafa')))),
  ),
  ...fault('group_unknown', 'server', V12, 'a curve', () => unsigned(ECDHE_PSK, server(curve(0xfafa), ECDHE_PSK))),
  ...fault('group_of_other_version', 'server', V13, 'brainpool of TLS 1.2 in HelloRetryRequest', () => ({
    client: { versions: BOTH, groups: ['x25519', 'brainpoolP256r1'], shares: [] },
    server: { tap: adding(hrrList, E.keyShare, hex('001a')) },
  })),
  ...fault('group_of_other_version', 'server', V12, 'brainpool of TLS 1.3', () =>
    unsigned(ECDHE_PSK, server(curve(31), ECDHE_PSK)),
  ),
  ...fault('group_of_other_version', 'server', V12, 'ffdhe2048 as a curve', () =>
    unsigned(ECDHE_PSK, server(curve(256), ECDHE_PSK)),
  ),
  ...fault('group_already_shared', 'server', V13, 'in HelloRetryRequest', () => ({
    client: withShares('x25519', 'secp256r1'),
    server: { alwaysRetry: true, cookie: () => Buffer.from('c'), tap: adding(hrrList, E.keyShare, hex('0017')) },
  })),
  ...fault('group_not_retried', 'client', V13, 'another one', () => ({
    client: { shares: [], tap: chShares(() => [{ group: 24, share: Buffer.alloc(97, 4) }], 1) },
  })),
  ...fault('group_changed_after_retry', 'server', V13, 'another one', () =>
    merge({ client: { shares: [] } }, server(shShare(() => ({ group: 24 })))),
  ),
  ...fault('share_not_in_groups', 'client', V13, 'one more', () =>
    client(chShares((list) => [...list, { group: 0xfafa, share: hex('00') }])),
  ),
  ...fault('share_duplicate', 'client', V13, 'twice', () => client(chShares(([one]) => [one!, one!]))),
  ...fault('share_order', 'client', V13, 'turned round', () =>
    client(
      chShares((list) => list.toReversed()),
      withShares('x25519', 'secp256r1'),
    ),
  ),
  ...fault('share_of_other_group', 'server', V13, 'an offered one', () => server(shShare(() => ({ group: 24 })))),
  ...fault('curve_explicit', 'server', V12, 'explicit_prime', () =>
    unsigned(
      ECDHE_PSK,
      server(
        bodyTap('server_key_exchange', (body) => set(body, 2, 1)),
        ECDHE_PSK,
      ),
    ),
  ),
  ...fault('curve_explicit', 'server', V12, 'explicit_char2', () =>
    unsigned(
      ECDHE_PSK,
      server(
        bodyTap('server_key_exchange', (body) => set(body, 2, 2)),
        ECDHE_PSK,
      ),
    ),
  ),
  ...fault(
    'dh_prime_too_small',
    'server',
    V12,
    '512 bits',
    domain(() => ({ p: Buffer.alloc(64, 0xff), g: hex('02') })),
  ),
  ...fault(
    'dh_prime_too_small',
    'server',
    V12,
    '1024 octets of zeros',
    domain(() => ({ p: Buffer.alloc(1024) })),
  ),
  ...fault(
    'dh_prime_too_large',
    'server',
    V12,
    '8200 bits',
    domain(() => ({ p: Buffer.alloc(1025, 0xff) })),
  ),
  ...fault(
    'dh_prime_even',
    'server',
    V12,
    'p - 1',
    domain(({ p }) => ({ p: set(p, -1, 0xfe) })),
  ),
  ...fault(
    'dh_generator_bad',
    'server',
    V12,
    '0',
    domain(() => ({ g: hex('00') })),
  ),
  ...fault(
    'dh_generator_bad',
    'server',
    V12,
    '1',
    domain(() => ({ g: hex('01') })),
  ),
  ...fault(
    'dh_generator_bad',
    'server',
    V12,
    'p - 1',
    domain(({ p }) => ({ g: set(p, -1, 0xfe) })),
  ),
  ...fault('dh_group_none_shared', 'client', V12, 'ffdhe2048 for ffdhe3072', (t) => ({
    client: { groups: ['ffdhe2048'], suites: ['DHE-RSA-AES128-GCM-SHA256'] },
    server: {
      groups: ['ffdhe3072'],
      suites: ['DHE-RSA-AES128-GCM-SHA256'],
      credentials: [t.id('rsa').credential],
    },
  })),
  ...fault('dh_group_not_offered', 'server', V12, 'ffdhe3072', () =>
    unsigned(
      { ...DHE_PSK, groups: ['ffdhe2048'] },
      server(
        valueTap('server_key_exchange', dhPskParameters, (one) => ({ ...one, ...namedDomain('ffdhe3072') })),
        DHE_PSK,
      ),
    ),
  ),
];

/** The scheme in the signature of a side: CertificateVerify, or ServerKeyExchange of TLS 1.2. */
function scheme(t: Context, code: number): Plan {
  if (t.by === 'client')
    return mutual(
      t,
      client(
        bodyTap('certificate_verify', (body) => set(body, 0, code >>> 8, code & 0xff)),
        { credentials: [t.id('p256').credential] },
      ),
    );
  if (t.tls13) return server(bodyTap('certificate_verify', (body) => set(body, 0, code >>> 8, code & 0xff)));
  const schema = signedParameters(ecdhParameters);
  return server(
    valueTap('server_key_exchange', schema, (one) => ({ ...one, signed: { ...one.signed, scheme: code } })),
  );
}

const peer = (by: SideName): SideName => (by === 'client' ? 'server' : 'client');
const P256_ONLY = { verifySchemes: ['ecdsa_secp256r1_sha256'] };

/** The signature of CertificateVerify changed. */
const signatureTap = (change: (signature: Buffer) => Uint8Array): Tap =>
  bodyTap('certificate_verify', (body) => {
    const made = change(body.subarray(4));
    return Buffer.concat([body.subarray(0, 2), Buffer.from([made.length >>> 8, made.length & 0xff]), made]);
  });
const signatureOf = (t: Context, change: (signature: Buffer) => Uint8Array): Plan =>
  mutual(
    t,
    side(t.by, {
      tap: signatureTap(change),
      ...(t.by === 'client' ? { credentials: [t.id('p256').credential] } : { clientAuth: 'request' }),
    }),
  );

const SIGNATURES: readonly Fault[] = [
  ...fault('signature_none_shared', 'client', BOTH, 'Ed25519 alone', () => ({
    client: { verifySchemes: ['ed25519'] },
  })),
  ...fault('signature_scheme_not_offered', 'both', BOTH, 'a good one', (t) =>
    merge(scheme(t, 0x0503), side(peer(t.by), P256_ONLY)),
  ),
  ...fault('signature_scheme_unknown', 'both', BOTH, '0xeeee', (t) => scheme(t, 0xeeee)),
  ...fault('signature_scheme_of_other_version', 'both', V13, 'SHA-1', (t) => scheme(t, 0x0203)),
  ...fault('signature_scheme_of_other_version', 'both', V13, 'PKCS#1', (t) => scheme(t, 0x0401)),
  ...fault('signature_scheme_of_other_version', 'both', V12, 'brainpool of TLS 1.3', (t) => scheme(t, 0x081a)),
  ...fault('signature_scheme_wrong_key', 'both', BOTH, 'RSA with an EC key', (t) => scheme(t, 0x0804)),
  ...fault('signature_scheme_wrong_key', 'both', BOTH, 'EdDSA with an EC key', (t) => scheme(t, 0x0807)),
  ...fault('signature_scheme_wrong_curve', 'both', V13, 'P-384 with P-256', (t) => scheme(t, 0x0503)),
  ...fault('signature_wrong', 'both', V13, 'its last octet', (t) => signatureOf(t, (made) => flip(made, -1))),
  ...fault('signature_wrong', 'both', V13, 'empty', (t) => signatureOf(t, () => EMPTY)),
  ...fault('signature_wrong', 'both', V13, 'no DER', (t) => signatureOf(t, (made) => set(made, 0, 0x31))),
  ...fault('signature_wrong', 'client', V12, 'its last octet', (t) => signatureOf(t, (made) => flip(made, -1))),
  ...fault('signature_wrong', 'client', V12, 'empty', (t) => signatureOf(t, () => EMPTY)),
  ...fault('signature_wrong', 'client', V12, 'by another hash', (t) => scheme(t, 0x0503)),
  ...fault('signature_of_parameters_wrong', 'server', V12, 'its last octet', () =>
    server(bodyTap('server_key_exchange', (body) => flip(body, -1))),
  ),
  ...fault('signature_of_parameters_wrong', 'server', V12, 'another point', () =>
    server(bodyTap('server_key_exchange', (body) => flip(body, 10))),
  ),
  ...fault('signature_of_parameters_wrong', 'server', V12, 'by another hash', (t) => scheme(t, 0x0503)),
  ...fault(
    'signature_failed',
    'server',
    BOTH,
    'a signer that throws',
    (t) => {
      const own = { ...t.id('p256').credential, signer: failing };
      return { server: { credentials: [own] } };
    },
    { own: true },
  ),
  ...fault(
    'signature_failed',
    'client',
    BOTH,
    'a signer that rejects',
    (t) => {
      const own = { ...t.id('p256').credential, signer: { sign: () => Promise.reject(new Error('no token')) } };
      return mutual(t, { client: { credentials: [own] } });
    },
    { own: true },
  ),
];

const failing = {
  sign: (): Uint8Array => {
    throw new Error('no token');
  },
};

/** Changes the first certificate of a side. */
function ders(t: Context, change: (der: Buffer) => Uint8Array, more: object = {}): Plan {
  const entry = (data: Uint8Array, i: number): Uint8Array => (i === 0 ? change(Buffer.from(data)) : data);
  const tapped = t.tls13
    ? valueTap('certificate', certificate, (one) => ({
        ...one,
        entries: one.entries.map((e, i) => ({ ...e, data: entry(e.data, i) })),
      }))
    : valueTap('certificate', certificate12, (list) => list.map(entry));
  return mutual(t, side(t.by, { tap: tapped, ...own(t), ...more }));
}

const own = (t: Context): object =>
  t.by === 'client' ? { credentials: [t.id('p256').credential] } : { clientAuth: 'request' };

/** Changes an RSA certificate of a side; `at` is where the exponent of three octets begins. */
const rsaDers = (t: Context, change: (der: Buffer, at: number) => Uint8Array): Plan =>
  ders(t, (der) => change(der, der.indexOf(hex('0203010001')) + 2), {
    ...own(t),
    credentials: [t.id('rsa').credential],
  });

const emptyList = (name: 'certificate', t: Context): Tap => bodyTap(name, () => hex(t.tls13 ? '00000000' : '000000'));

const P256_OID = hex('06082a8648ce3d030107');
/** The certificate with a curve that nobody knows. */
function withoutCurve(der: Buffer): Buffer {
  const at = der.indexOf(P256_OID);
  return set(der, at + 9, 0x77);
}

const VERDICTS: readonly RejectionReason[] = [
  'certificate_unknown_ca',
  'certificate_self_signed',
  'certificate_expired',
  'certificate_not_yet_valid',
  'certificate_revoked',
  'certificate_hostname',
  'certificate_purpose',
  'certificate_signature_bad',
  'certificate_signature_weak',
  'certificate_status_bad',
  'certificate_status_required',
  'certificate_timestamps_bad',
  'certificate_rejected',
];

const RSA = (t: Context): Plan => ({ server: { credentials: [t.id('rsa').credential] } });
const asked = (t: Context, context: string): Buffer => {
  const extensions = [{ type: E.signatureAlgorithms, data: hex('00020403') }];
  return t.tls13
    ? message(13, encode(certificateRequest, { context: hex(context), extensions }))
    : message(13, hex('0140 00020403 0000'));
};
const pha = (t: Context, tapped: Tap): Plan => ({
  client: { postHandshakeAuth: true, credentials: [t.id('p256').credential], tap: tapped },
  after: (pair) => pair.server.engine.requestCertificate(),
});

const CERTIFICATES: readonly Fault[] = [
  ...fault('certificate_empty', 'server', BOTH, 'an empty list', (t) => server(emptyList('certificate', t))),
  ...fault('certificate_required', 'client', V13, 'none', () => ({ server: { clientAuth: 'require' } })),
  ...fault('certificate_required_legacy', 'client', V12, 'none', () => ({ server: { clientAuth: 'require' } })),
  ...fault('certificate_context_wrong', 'client', V13, 'after the handshake', (t) =>
    pha(
      t,
      bodyTap('certificate', (body) => flip(body, 1)),
    ),
  ),
  ...fault('certificate_context_wrong', 'client', V13, 'empty, after the handshake', (t) =>
    pha(
      t,
      bodyTap('certificate', (body) => Buffer.concat([hex('00'), body.subarray(17)])),
    ),
  ),
  ...fault('certificate_context_not_empty', 'server', V13, 'in CertificateRequest', (t) =>
    mutual(
      t,
      server(
        valueTap('certificate_request', certificateRequest, (one) => ({ ...one, context: hex('61') })),
        { clientAuth: 'request' },
      ),
    ),
  ),
  ...fault('certificate_context_not_empty', 'both', V13, 'in Certificate', (t) =>
    mutual(
      t,
      side(t.by, { ...own(t), tap: valueTap('certificate', certificate, (one) => ({ ...one, context: hex('61') })) }),
    ),
  ),
  ...fault('certificate_context_reused', 'server', V13, 'twice', (t) => ({
    client: { postHandshakeAuth: true, credentials: [t.id('p256').credential] },
    server: { random: (length) => Buffer.alloc(length, 7) },
    after: (pair) => {
      pair.server.engine.requestCertificate();
      pair.server.engine.requestCertificate();
    },
  })),
  ...fault('certificate_undecodable', 'both', BOTH, 'no DER', (t) => ders(t, (der) => set(der, 0, 0x31))),
  ...fault('certificate_undecodable', 'both', BOTH, 'one octet', (t) => ders(t, () => hex('30'))),
  ...fault('certificate_undecodable', 'both', BOTH, 'an octet behind it', (t) =>
    ders(t, (der) => Buffer.concat([der, hex('00')])),
  ),
  ...fault('certificate_key_unusable', 'both', BOTH, 'an unknown curve', (t) => ders(t, withoutCurve)),
  ...fault('certificate_key_unusable', 'both', BOTH, 'an RSA exponent of 1', (t) =>
    rsaDers(t, (der, at) => set(der, at, 0, 0, 1)),
  ),
  ...fault('certificate_key_unusable', 'both', BOTH, 'an even RSA exponent', (t) =>
    rsaDers(t, (der, at) => set(der, at, 1, 0, 0)),
  ),
  ...fault('certificate_key_unusable', 'server', V12, 'an even RSA modulus', (t) =>
    merge(
      rsaDers(t, (der, at) => flip(der, at - 3)),
      { client: { suites: ['AES128-GCM-SHA256'] }, server: { suites: ['AES128-GCM-SHA256'] } },
    ),
  ),
  ...fault('certificate_key_wrong_type', 'server', V12, 'EC for an RSA suite', (t) =>
    merge(
      { client: { suites: ['ECDHE-RSA-AES128-GCM-SHA256'] } },
      server(
        tap('certificate', () => message(11, encode(certificate12, [t.id('p256').der]))),
        { credentials: [t.id('rsa').credential] },
      ),
    ),
  ),
  ...fault('certificate_key_wrong_type', 'server', V12, 'RSA for an ECDSA suite', (t) =>
    merge(
      { client: { suites: ['ECDHE-ECDSA-AES128-GCM-SHA256'] } },
      server(tap('certificate', () => message(11, encode(certificate12, [t.id('rsa').der])))),
    ),
  ),
  ...fault('certificate_key_too_small', 'server', BOTH, 'RSA of 2048 bits', (t) =>
    merge(RSA(t), { client: { limits: { rsaMin: 3072 } } }),
  ),
  ...fault('certificate_key_too_small', 'client', BOTH, 'RSA of 2048 bits', (t) => ({
    client: { credentials: [t.id('rsa').credential] },
    server: { clientAuth: 'request', limits: { rsaMin: 3072 } },
  })),
  ...fault('certificate_key_usage', 'server', BOTH, 'no digitalSignature', (t) => ({
    server: { credentials: [t.id('rsa-no-sign').credential] },
  })),
  ...fault('certificate_key_usage', 'client', BOTH, 'no digitalSignature', (t) => ({
    client: { credentials: [t.id('rsa-no-sign').credential] },
    server: { clientAuth: 'request' },
  })),
  ...fault('certificate_key_usage', 'server', V12, 'no keyEncipherment', (t) => ({
    client: { suites: ['AES128-GCM-SHA256'] },
    server: { suites: ['AES128-GCM-SHA256'], credentials: [t.id('rsa-sign-only').credential] },
  })),
  ...VERDICTS.flatMap((reason) =>
    fault(reason, 'both', BOTH, "the verify hook's verdict", (t) =>
      mutual(t, side(peer(t.by), { verify: () => ({ reason }), ...own({ ...t, by: peer(t.by) }) })),
    ),
  ),
  ...fault(
    'certificate_rejected',
    'both',
    BOTH,
    'with an alert of its own, later',
    (t) =>
      mutual(
        t,
        side(peer(t.by), { verify: () => Promise.resolve({ alert: 'unknown_ca' }), ...own({ ...t, by: peer(t.by) }) }),
      ),
    { alert: 'unknown_ca' },
  ),
  ...fault('certificate_chain_too_long', 'both', BOTH, 'two', (t) =>
    mutual(t, side(peer(t.by), { limits: { chain: 1 }, ...own({ ...t, by: peer(t.by) }) })),
  ),
  ...fault('certificate_none_for_suite', 'client', V12, 'RSA suites for an EC certificate', () => ({
    client: { suites: ['ECDHE-RSA-AES128-GCM-SHA256'] },
  })),
  ...fault('certificate_none_for_suite', 'client', BOTH, 'none at all', () => ({ server: { credentials: [] } })),
  ...fault('certificate_request_anonymous', 'server', V12, 'a PSK suite', (t) =>
    unsigned(ECDHE_PSK, server(behind('server_key_exchange', asked(t, '')), ECDHE_PSK)),
  ),
  ...fault('certificate_request_with_psk', 'server', V13, 'behind EncryptedExtensions', (t) =>
    withPsk(server(behind('encrypted_extensions', asked(t, '')), PSK)),
  ),
  ...fault('certificate_request_unasked', 'server', V13, 'after the handshake', (t) => ({
    after: (pair) => pair.server.engine.sendRecord(22, asked(t, '61')),
  })),
  ...fault('certificate_verify_missing', 'both', V13, 'dropped', (t) =>
    mutual(t, side(t.by, { ...own(t), tap: drop('certificate_verify') })),
  ),
  ...fault('certificate_verify_missing', 'client', V12, 'dropped', (t) =>
    mutual(t, side(t.by, { ...own(t), tap: drop('certificate_verify') })),
  ),
  ...fault('certificate_verify_unexpected', 'client', BOTH, 'without a certificate', (t) =>
    merge(
      { server: { clientAuth: 'request' } },
      client(behind(t.tls13 ? 'certificate' : 'client_key_exchange', message(15, hex('0403 0000')))),
    ),
  ),
  ...fault('certificate_verify_unexpected', 'client', V12, 'without a request', () =>
    client(behind('client_key_exchange', message(15, hex('0403 0000')))),
  ),
  ...fault('certificate_verify_unexpected', 'server', V13, 'with a PSK', () =>
    withPsk(server(behind('encrypted_extensions', message(15, hex('0403 0000'))), PSK)),
  ),
  ...fault('certificate_status_unexpected', 'server', V12, 'not promised', () =>
    server(behind('certificate', message(22, hex('0100000161')))),
  ),
];

const ENDS: readonly Fault[] = [
  ...fault('finished_wrong', 'both', BOTH, 'its last octet', ({ by }) =>
    side(by, { tap: bodyTap('finished', (body) => flip(body, -1)) }),
  ),
  ...fault('finished_wrong', 'both', BOTH, 'its first octet', ({ by }) =>
    side(by, { tap: bodyTap('finished', (body) => flip(body, 0, 0x80)) }),
  ),
  ...fault('finished_wrong', 'both', V12, 'of a resumption', (t) =>
    resuming(t, side(t.by, { tap: bodyTap('finished', (body) => flip(body, -1)) })),
  ),
  ...fault('finished_wrong', 'both', V12, 'of a renegotiation', ({ by }) =>
    again('client', { [by]: { renegotiation: 'freely', tap: bodyTap('finished', (body) => flip(body, -1), 1) } }),
  ),
  ...fault('finished_wrong', 'client', V13, 'after the handshake', (t) =>
    pha(
      t,
      bodyTap('finished', (body) => flip(body, -1), 1),
    ),
  ),
  ...fault('finished_length', 'both', BOTH, 'an octet more', ({ by }) =>
    side(by, { tap: bodyTap('finished', (body) => Buffer.concat([body, hex('00')])) }),
  ),
  ...fault('finished_length', 'both', BOTH, 'an octet less', ({ by }) =>
    side(by, { tap: bodyTap('finished', (body) => body.subarray(0, -1)) }),
  ),
  ...fault('finished_length', 'both', BOTH, 'none', ({ by }) => side(by, { tap: bodyTap('finished', () => EMPTY) })),
];

export const KEY_FAULTS: readonly Fault[] = [...SHARES, ...EXCHANGE, ...SIGNATURES, ...CERTIFICATES, ...ENDS];
