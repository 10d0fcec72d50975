/** S4, A9: what is negotiated follows the options: versions, suites, groups, schemes, protocols, the hello itself. */
import { createDiffieHellman } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { encode } from '../../../src/lib/codec/index.ts';
import { GROUPS } from '../../../src/lib/registry/tls-groups.ts';
import { FALLBACK_SCSV } from '../../../src/lib/registry/tls-suites.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import {
  clientConfig,
  serverConfig,
  acceptAny,
  type ClientOptions,
  type ServerOptions,
} from '../../../src/lib/tls/index.ts';
import { KEY_SHARE, body } from '../../../src/lib/tls/wire/index.ts';
import { clientHello } from '../../../src/lib/tls/wire/index.ts';
import { extensionOf, failures, helloOf, later, messageOf, reasons, talk } from '../../support/tls-api.ts';
import { testIdentity, type TestIdentity } from '../../support/tls-certificates.ts';
import { handshake, type Pair, type PairOptions } from '../../support/tls-pair.ts';

let p256: TestIdentity;
let rsa: TestIdentity;
beforeAll(async () => {
  p256 = await testIdentity('p256');
  rsa = await testIdentity('rsa');
});

const run = (client: ClientOptions, server: ServerOptions = {}, more: PairOptions = {}): Promise<Pair> =>
  handshake({ client, server: { credentials: [p256.credential, rsa.credential], ...server }, ...more });

const version = (pair: Pair): string | undefined => pair.client.engine.info.version?.name;

describe('versions', () => {
  it.each<[VersionName[], VersionName[], VersionName | 'version_downgrade' | undefined]>([
    [['TLSv1', 'TLSv1.2'], ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'], 'TLSv1.2'],
    [['TLSv1', 'TLSv1.1'], ['TLSv1.3', 'TLSv1.1'], 'TLSv1.1'],
    // the hole is where both could have met: to the client that looks as if somebody had pushed it down (RFC 8446 section 4.1.3)
    [['TLSv1', 'TLSv1.1', 'TLSv1.2'], ['TLSv1.3', 'TLSv1.1'], 'version_downgrade'],
    [['TLSv1.1'], ['TLSv1', 'TLSv1.2'], undefined],
    [['TLSv1.3', 'TLSv1'], ['TLSv1.2', 'TLSv1'], 'version_downgrade'],
    [['TLSv1.3', 'TLSv1.1'], ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'], 'TLSv1.3'],
    [['TLSv1.2'], ['TLSv1.3'], undefined],
  ])('%j with %j makes %s', async (client, server, wanted) => {
    const suites = ['ECDHE-ECDSA-AES128-SHA', 'TLS_AES_128_GCM_SHA256'];
    const pair = await run({ versions: client, suites }, { versions: server, suites });
    if (wanted === undefined) {
      expect(pair.server.alerts('out').concat(pair.client.alerts('out'))).toContain('protocol_version');
      return;
    }
    if (wanted === 'version_downgrade') {
      expect(pair.client.reason).toBe(wanted);
      return;
    }
    expect(version(pair)).toBe(wanted);
    await talk(pair);
  });

  it('a hole is one for the client too: what the server chooses there is refused', async () => {
    const pair = await run(
      { versions: ['TLSv1', 'TLSv1.2'], suites: ['ECDHE-ECDSA-AES128-SHA'] },
      { versions: ['TLSv1.1'], suites: ['ECDHE-ECDSA-AES128-SHA'] },
    );
    expect(pair.client.reason).toBe('version_too_old');
    expect(pair.client.alerts('out')).toEqual(['protocol_version']);
  });

  it('fallback: a second try is refused where a better version was there, and only there', async () => {
    const old = { versions: ['TLSv1.2'], fallback: true } as const;
    const refused = await run(old);
    expect(refused.server.reason).toBe('version_fallback');
    expect(refused.server.alerts('out')).toEqual(['inappropriate_fallback']);
    expect(helloOf(refused).suites).toContain(FALLBACK_SCSV);
    await talk(await run(old, { versions: ['TLSv1.2'] }));
  });

  it('a list that makes no sense is refused when it is given', () => {
    const make = (options: ClientOptions) => () => clientConfig({ verify: acceptAny, ...options });
    expect(make({ versions: [] })).toThrow(RangeError);
    expect(make({ versions: ['TLSv1.3'], suites: ['AES128-SHA'] })).toThrow('no cipher suite for these versions');
    expect(make({ groups: ['x25519'], shares: ['x448'] })).toThrow('not in groups');
    expect(make({ suites: ['nothing'] })).toThrow('no cipher suite nothing');
    expect(make({ maxFragmentLength: 1000 })).toThrow('maxFragmentLength');
    expect(make({ recordSizeLimit: 63 })).toThrow('recordSizeLimit');
    expect(make({ maxSendFragment: 0 })).toThrow('maxSendFragment');
    expect(make({ helloPadding: -1 })).toThrow('helloPadding');
    expect(make({ alpn: [''] })).toThrow('application protocol');
    expect(() => clientConfig({})).toThrow('verify hook');
    expect(() => serverConfig({ clientAuth: 'request' })).toThrow('verify hook');
    for (const [name, value] of [
      ['sessionLifetime', 0],
      ['ticketCount', -1],
      ['ticketCountResumed', 0.5],
      ['maxEarlyData', 2 ** 32],
    ] as const) {
      expect(() => serverConfig({ [name]: value })).toThrow(name);
    }
  });
});

describe('preferences', () => {
  const mine = ['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'];
  const theirs = [...mine].reverse();
  it.each([
    [true, 'TLS_CHACHA20_POLY1305_SHA256', 'secp384r1'],
    [false, 'TLS_AES_128_GCM_SHA256', 'x25519'],
  ])('serverPreference %s in TLS 1.3', async (serverPreference, suite, group) => {
    const groups = ['x25519', 'secp384r1'];
    const pair = await run(
      { suites: mine, groups, shares: groups },
      { suites: theirs, groups: [...groups].reverse(), serverPreference },
    );
    expect([pair.client.engine.info.suite?.name, pair.client.engine.info.group?.name]).toEqual([suite, group]);
  });
  it.each([
    [undefined, 'ECDHE-RSA-AES128-GCM-SHA256', 'secp384r1'],
    [false, 'ECDHE-ECDSA-AES128-GCM-SHA256', 'x25519'],
  ])('serverPreference %s in TLS 1.2', async (serverPreference, suite, group) => {
    const versions = ['TLSv1.2'] as const;
    const suites = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'];
    const groups = ['x25519', 'secp384r1', 'secp256r1'];
    const pair = await run(
      { versions, suites, groups },
      { versions, suites: [...suites].reverse(), groups: ['secp384r1', 'x25519', 'secp256r1'], serverPreference },
    );
    expect([pair.client.engine.info.suite?.openssl, pair.client.engine.info.group?.name]).toEqual([suite, group]);
  });
  it.each([['TLSv1.3'], ['TLSv1.2']] as const)(
    '%s: equalSuites leave the choice to the client, inside of the set',
    async (version) => {
      const suites =
        version === 'TLSv1.3'
          ? [
              'TLS_AES_256_GCM_SHA384',
              'TLS_AES_128_GCM_SHA256',
              'TLS_CHACHA20_POLY1305_SHA256',
              'TLS_AES_128_CCM_SHA256',
            ]
          : [
              'ECDHE-RSA-AES256-GCM-SHA384',
              'ECDHE-RSA-AES128-GCM-SHA256',
              'ECDHE-RSA-CHACHA20-POLY1305',
              'ECDHE-RSA-AES128-SHA',
            ];
      const [best, aes, chacha, last] = suites as [string, string, string, string];
      const chosen = async (theirs: readonly string[], serverPreference?: boolean): Promise<string | undefined> => {
        const server = { versions: [version], suites, equalSuites: [[chacha, aes]], serverPreference };
        const { suite } = (await run({ versions: [version], suites: theirs }, server)).client.engine.info;
        return version === 'TLSv1.3' ? suite?.name : suite?.openssl;
      };
      expect(await chosen([last, aes, chacha])).toBe(aes);
      expect(await chosen([last, chacha, aes])).toBe(chacha);
      expect(await chosen([last, chacha, best])).toBe(best);
      expect(await chosen([last, chacha])).toBe(chacha);
      expect(await chosen([last, chacha, best], false)).toBe(last);
    },
  );
  it('signSchemes and verifySchemes, apart for each side', async () => {
    const schemes = ['rsa_pss_rsae_sha512', 'rsa_pss_rsae_sha256'];
    const pair = await run(
      { verifySchemes: schemes, signSchemes: ['ed25519'] },
      { signSchemes: ['rsa_pss_rsae_sha384', 'rsa_pss_rsae_sha256', 'rsa_pss_rsae_sha512'] },
    );
    expect(pair.client.engine.info.peerScheme?.name).toBe('rsa_pss_rsae_sha256');
    expect(pair.server.engine.info.peerSchemes).toEqual([0x0806, 0x0804]);
    expect(pair.server.engine.sharedSchemes()).toEqual(['rsa_pss_rsae_sha256', 'rsa_pss_rsae_sha512']);
    const none = await run({ verifySchemes: ['ed448'] });
    expect(none.server.reason).toBe('signature_none_shared');
  });
  it('certificateSchemes is told by both sides', async () => {
    const certificateSchemes = ['rsa_pkcs1_sha1', 'ed25519'];
    for (const versions of [['TLSv1.3'], ['TLSv1.2']] as const) {
      const pair = await run(
        { versions, certificateSchemes },
        { certificateSchemes: ['ecdsa_sha1'], clientAuth: 'request' },
      );
      expect(pair.server.engine.info.peerCertificateSchemes).toEqual([0x0201, 0x0807]);
      expect(pair.client.engine.info.peerCertificateSchemes).toEqual(versions[0] === 'TLSv1.3' ? [0x0203] : undefined);
    }
  });
});

describe('groups and shares', () => {
  const shares = (pair: Pair): (string | undefined)[] =>
    body(helloOf(pair).extensions, KEY_SHARE)!.map(({ group }) => GROUPS.row(group)?.name);
  it('the first of groups when nothing is said, several, none', async () => {
    const groups = ['secp256r1', 'x25519', 'secp384r1'];
    expect(shares(await run({ groups }))).toEqual(['secp256r1']);
    const several = await run({ groups, shares: ['secp256r1', 'secp384r1'] }, { groups: ['secp384r1'] });
    expect(shares(several)).toEqual(['secp256r1', 'secp384r1']);
    expect([several.client.engine.info.group?.name, several.client.engine.info.retried]).toEqual(['secp384r1', false]);
    await talk(several);
    const none = await run({ groups, shares: [] });
    expect(none.client.of('retry')).toEqual([{ type: 'retry', group: 'x25519' }]);
    expect(shares(none)).toEqual(['x25519']);
    await talk(none);
  });
  it('insistOnGroup asks for the best group though there is a share of another one', async () => {
    const [client, server] = [{ groups: ['x25519', 'secp384r1'] }, { groups: ['secp384r1', 'x25519'] }];
    expect((await run(client, server)).client.engine.info.group?.name).toBe('x25519');
    const pair = await run(client, { ...server, insistOnGroup: true });
    expect([pair.client.engine.info.group?.name, pair.client.of('retry')]).toEqual([
      'secp384r1',
      [{ type: 'retry', group: 'secp384r1' }],
    ]);
    await talk(pair);
    const other = await run(client, { ...server, insistOnGroup: true, serverPreference: false });
    expect(other.client.engine.info.retried).toBe(false);
  });
  it('none in common', async () => {
    const pair = await run({ groups: ['x25519'] }, { groups: ['secp384r1'] });
    expect(reasons(pair)).toEqual(['peer_alert', 'group_none_shared']);
    expect(pair.server.alerts('out')).toEqual(['handshake_failure']);
  });
  it.each([
    ['with a share', {}],
    ['without one', { shares: [] }],
    ['with a PSK alone', { pskModes: ['psk_ke'], psks: [{ identity: Buffer.from('i'), key: Buffer.alloc(32) }] }],
  ] satisfies [string, ClientOptions][])('alwaysRetry, %s', async (_, more) => {
    const { psks, pskModes } = more as ClientOptions;
    const pair = await run(more, { alwaysRetry: true, psks, pskModes });
    expect([pair.client.of('retry').length, pair.server.of('retry').length]).toEqual([1, 1]);
    expect(pair.client.engine.info.retried).toBe(true);
    await talk(pair);
  });
  it('a cookie, which must come back', async () => {
    const cookie = Buffer.from('come again');
    const pair = await run({}, { cookie: () => cookie });
    expect(extensionOf(helloOf(pair), 44)?.subarray(2)).toEqual(cookie);
    expect(pair.client.of('retry')).toEqual([{ type: 'retry', group: undefined }]);
    await talk(pair);
    let count = 0;
    const changed = await run(
      {
        shapeHello: (hello) => ({
          ...hello,
          extensions: hello.extensions!.map((one) =>
            one.type === 44 ? { type: 44, data: Buffer.from('0001aa', 'hex') } : one,
          ),
        }),
      },
      { cookie: () => Buffer.from([(count += 1)]) },
    );
    expect(changed.server.reason).toBe('cookie_wrong');
  });
  it('announceGroups tells of the groups of the server', async () => {
    const groups = ['x25519', 'secp521r1'];
    expect((await run({}, { groups, announceGroups: true })).client.engine.info.peerGroups).toEqual([29, 25]);
    expect((await run({}, { groups })).client.engine.info.peerGroups).toEqual([]);
  });
  it('dhDomain serves clients that name no finite-field group, and no others', async () => {
    // a group that nobody named would have to be made: the one of 1024 bits of RFC 2409 has no name in TLS
    const dh = createDiffieHellman(Buffer.from(MODP_1024, 'hex'), 2);
    const dhDomain = { p: dh.getPrime(), g: dh.getGenerator() };
    const options = { versions: ['TLSv1.2'], suites: ['DHE-RSA-AES128-GCM-SHA256'] } as const;
    const own = await run({ ...options, groups: ['x25519'] }, { ...options, dhDomain });
    expect([own.client.engine.info.dhBits, own.client.engine.info.group]).toEqual([1024, undefined]);
    await talk(own);
    const named = await run({ ...options, groups: ['ffdhe3072'] }, { ...options, dhDomain });
    expect([named.client.engine.info.dhBits, named.client.engine.info.group?.name]).toEqual([3072, 'ffdhe3072']);
    const usual = await run({ ...options, groups: ['x25519'] }, options);
    expect(usual.client.engine.info.dhBits).toBe(2048);
    const insisted = await run({ ...options, groups: ['ffdhe3072'] }, { ...options, dhDomain, namedDh: false });
    expect(insisted.client.engine.info.dhBits).toBe(own.client.engine.info.dhBits);
    const small = await run({ ...options, groups: ['x25519'], limits: { dhMin: 2048 } }, { ...options, dhDomain });
    expect(small.client.reason).toBe('dh_prime_too_small');
    const large = await run({ ...options, groups: ['ffdhe3072'], limits: { dhMax: 2048 } }, options);
    expect(large.client.reason).toBe('dh_prime_too_large');
  });
});

const MODP_1024 = `
  ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437
  4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff`.replaceAll(
  /\s/g,
  '',
);

describe('application protocols', () => {
  const alpn = ['h2', 'http/1.1'];
  const chosen = (pair: Pair): (string | undefined)[] =>
    [pair.client, pair.server].map(({ engine }) => engine.info.alpn && Buffer.from(engine.info.alpn).toString());
  it.each<[string, ServerOptions, string | undefined, string | undefined]>([
    ['the first of ours that the client has', { alpn: ['http/1.1', 'h2'] }, 'http/1.1', undefined],
    ['nothing configured, nothing said', {}, undefined, undefined],
    ['none in common', { alpn: ['smtp'] }, undefined, 'alpn_none_shared'],
    ['the hook chooses', { selectAlpn: (offered) => offered[1] }, 'http/1.1', undefined],
    ['the hook takes its time', { selectAlpn: (offered) => later(offered[0]) }, 'h2', undefined],
    ['the hook declines', { selectAlpn: () => undefined }, undefined, undefined],
    ['the hook rejects', { selectAlpn: () => later('reject' as const) }, undefined, 'alpn_none_shared'],
    ['the hook chooses what was not offered', { selectAlpn: () => Buffer.from('smtp') }, undefined, 'hook_failed'],
    [
      'the hook throws',
      {
        selectAlpn() {
          throw new Error('no');
        },
      },
      undefined,
      'hook_failed',
    ],
  ])('%s', async (_, server, protocol, reason) => {
    for (const versions of [['TLSv1.3'], ['TLSv1.2']] as const) {
      const pair = await run({ versions, alpn }, server);
      expect(pair.server.reason).toBe(reason);
      if (reason === undefined) {
        expect(chosen(pair)).toEqual([protocol, protocol]);
        await talk(pair);
      } else {
        expect(pair.server.alerts('out')).toEqual([
          reason === 'hook_failed' ? 'internal_error' : 'no_application_protocol',
        ]);
      }
    }
  });
});

describe('the hello', () => {
  const everything: ClientOptions = { versions: ['TLSv1.3', 'TLSv1.2'], grease: true, fallback: false };
  it('grease adds values that a server ignores, ours too', async () => {
    for (const versions of [['TLSv1.3', 'TLSv1.2'], ['TLSv1.2']] as const) {
      const pair = await run({ ...everything, versions });
      const hello = helloOf(pair);
      const isGrease = (code: number): boolean => (code & 0x0f0f) === 0x0a0a && code >>> 8 === (code & 0xff);
      expect(hello.suites.filter(isGrease).length).toBe(1);
      expect(hello.extensions!.filter(({ type }) => isGrease(type)).length).toBe(2);
      await talk(pair);
    }
    const retried = await run({ ...everything, shares: [] });
    expect(retried.client.engine.info.retried).toBe(true);
    await talk(retried);
  });
  it.each<[string, ClientOptions]>([
    ['plain', {}],
    ['with GREASE', { grease: true }],
    ['with a PSK', { psks: [{ identity: Buffer.from('unknown'), key: Buffer.alloc(32) }] }],
    ['with everything', { grease: true, alpn: ['h2'], requestOcsp: true, versions: ['TLSv1.3', 'TLSv1.2'] }],
  ])('helloPadding makes it as long as it should be: %s', async (_, more) => {
    const pair = await run({ ...more, helloPadding: 700 });
    expect(messageOf(pair.client, 'client_hello').length).toBe(700);
    await talk(pair);
    const short = await run({ ...more, helloPadding: 50 });
    expect(extensionOf(helloOf(short), 21)).toBeUndefined();
    await talk(short);
  });
  it('shapeHello: what goes out is what it returns, and answers are held to that', async () => {
    const pair = await run({ shapeHello: (hello) => ({ ...hello, extensions: [...hello.extensions!].reverse() }) });
    await talk(pair);
    expect(helloOf(pair).extensions!.at(-1)?.type).toBe(0);
    const without = await run(
      {
        alpn: ['h2'],
        shapeHello: (hello) => ({ ...hello, extensions: hello.extensions!.filter(({ type }) => type !== 16) }),
      },
      { alpn: ['h2'] },
    );
    expect(without.server.engine.info.alpn).toBeUndefined();
    await talk(without);
    const random = Buffer.alloc(32, 7);
    const other = await run({ shapeHello: (hello) => ({ ...hello, random }) });
    expect(Buffer.from(other.client.engine.info.clientRandom)).toEqual(random);
    await talk(other);
    const own = encode(clientHello, helloOf(other));
    expect(own.includes(random)).toBe(true);
  });
  it('server names: sent, not for addresses, acknowledged', async () => {
    const name = await run({}, {}, { connection: { serverName: 'server.example' } });
    expect(name.server.engine.info.serverName).toBe('server.example');
    expect(name.client.engine.info.serverNameAcknowledged).toBe(true);
    for (const address of ['127.0.0.1', '::1']) {
      const pair = await run({}, {}, { connection: { serverName: address } });
      expect(pair.server.engine.info.serverName).toBeUndefined();
      await talk(pair);
    }
  });
  it('postHandshakeAuth, requestOcsp, requestTimestamps, tickets and others say so', async () => {
    const has = async (type: number, client: ClientOptions): Promise<boolean> =>
      extensionOf(helloOf(await run(client)), type) !== undefined;
    expect([await has(49, {}), await has(49, { postHandshakeAuth: true })]).toEqual([false, true]);
    expect([await has(5, {}), await has(5, { requestOcsp: true })]).toEqual([false, true]);
    expect([await has(18, {}), await has(18, { requestTimestamps: true })]).toEqual([false, true]);
    expect([await has(35, {}), await has(35, { tickets: false })]).toEqual([true, false]);
    expect([await has(23, {}), await has(23, { extendedMasterSecret: 'off' })]).toEqual([true, false]);
    const cbc = { versions: ['TLSv1.2'], suites: ['ECDHE-RSA-AES128-SHA'] } as const;
    expect([await has(22, cbc), await has(22, { ...cbc, encryptThenMac: false })]).toEqual([true, false]);
    expect([await has(0xff01, {}), await has(0xff01, { secureRenegotiation: false })]).toEqual([true, false]);
    expect([await has(1, {}), await has(1, { maxFragmentLength: 1024 })]).toEqual([false, true]);
    expect([await has(28, {}), await has(28, { recordSizeLimit: 1024 })]).toEqual([false, true]);
    expect([await has(45, {}), await has(45, { pskModes: [] })]).toEqual([true, false]);
  });
  it('record_size_limit says no more than the newest version allows', async () => {
    const said = async (client: ClientOptions): Promise<number | undefined> =>
      extensionOf(helloOf(await run({ recordSizeLimit: 16_385, ...client })), 28)?.readUInt16BE();
    expect([await said({}), await said({ versions: ['TLSv1.2'] })]).toEqual([16_385, 16_384]);
  });
  it('pskModes: none means no PSKs, and a server gives no tickets', async () => {
    const psks = [{ identity: Buffer.from('i'), key: Buffer.alloc(32) }];
    const pair = await run({ pskModes: [], psks }, { psks });
    expect(extensionOf(helloOf(pair), 41)).toBeUndefined();
    expect(failures(pair)).toEqual([]);
    expect(pair.client.engine.info.externalPsk).toBeUndefined();
  });
});

describe('extended master secret and encrypt-then-MAC', () => {
  const cbc = { versions: ['TLSv1.2'], suites: ['ECDHE-RSA-AES128-SHA'] } as const;
  it.each([
    ['use', 'use', true],
    ['use', 'off', false],
    ['off', 'require', 'missing_extended_master_secret'],
    ['require', 'off', 'missing_extended_master_secret'],
    ['require', 'require', true],
  ] as const)('%s with %s', async (client, server, wanted) => {
    const pair = await run({ ...cbc, extendedMasterSecret: client }, { ...cbc, extendedMasterSecret: server });
    if (typeof wanted === 'string') {
      expect(reasons(pair)).toContain(wanted);
      return;
    }
    expect(pair.client.engine.info.extendedMasterSecret).toBe(wanted);
    await talk(pair);
  });
  it.each([
    [true, true],
    [true, false],
    [false, true],
  ])('encryptThenMac %s with %s', async (client, server) => {
    const pair = await run({ ...cbc, encryptThenMac: client }, { ...cbc, encryptThenMac: server });
    expect(pair.client.engine.info.encryptThenMac).toBe(client && server);
    await talk(pair);
  });
});
