/** S4: who shows which certificate, who signs, who judges; all of it may take its time and may fail. */
import { privateDecrypt, constants } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import {
  TlsFailure,
  credential,
  type CertificateWanted,
  type ClientOptions,
  type Credential,
  type HelloSeen,
  type PeerIdentity,
  type ServerOptions,
  type Signer,
} from '../../../src/lib/tls/index.ts';
import { signWith } from '../../../src/lib/tls/signatures.ts';
import { failures, later, laterFails, reasons, talk } from '../../support/tls-api.ts';
import { issueFor, testIdentity, type TestIdentity } from '../../support/tls-certificates.ts';
import { Pair, handshake, type PairOptions } from '../../support/tls-pair.ts';

let p256: TestIdentity;
let rsa: TestIdentity;
let ed25519: TestIdentity;
beforeAll(async () => {
  [p256, rsa, ed25519] = await Promise.all([testIdentity('p256'), testIdentity('rsa'), testIdentity('ed25519')]);
});

const run = (client: ClientOptions, server: ServerOptions = {}, more: PairOptions = {}): Promise<Pair> =>
  handshake({ client, server: { credentials: [p256.credential], ...server }, ...more });

const shown = (pair: Pair): Buffer => Buffer.from(pair.client.engine.info.peerChain[0] ?? []);
const boths: VersionName[] = ['TLSv1.3', 'TLSv1.2'];
const each = boths.map((version) => [version] as const);

describe.each(each)('%s: onHello', (version) => {
  const versions = [version];
  it('chooses the credential by the name, at once or later', async () => {
    const byName = ({ serverName }: HelloSeen): Credential[] => [
      serverName === 'rsa.example' ? rsa.credential : ed25519.credential,
    ];
    for (const onHello of [
      (seen: HelloSeen) => ({ credentials: byName(seen) }),
      (seen: HelloSeen) => later({ credentials: byName(seen) }),
    ]) {
      const first = await run({ versions }, { onHello }, { connection: { serverName: 'rsa.example' } });
      expect(shown(first)).toEqual(rsa.der);
      await talk(first);
      const second = await run({ versions }, { onHello }, { connection: { serverName: 'other.example' } });
      expect(shown(second)).toEqual(ed25519.der);
      expect(second.server.engine.info.credential).toBe(ed25519.credential);
      await talk(second);
    }
  });
  it('sees what the client said', async () => {
    const seen: HelloSeen[] = [];
    await run({ versions, alpn: ['h2'] }, { onHello: (one) => void seen.push(one) });
    expect(seen.length).toBe(1);
    expect(seen[0]).toMatchObject({ serverName: 'localhost', alpn: [Buffer.from('h2')] });
    expect([seen[0]!.version.name, seen[0]!.schemes.includes(0x0403)]).toEqual([version, true]);
  });
  it.each<[string, ServerOptions['onHello'], string, string]>([
    ['rejects by the name', () => ({ reject: 'unrecognized_name' }), 'server_name_unrecognized', 'unrecognized_name'],
    ['rejects by another alert', () => later({ reject: 'access_denied' as const }), 'hook_refused', 'access_denied'],
    ['fails', () => laterFails('no database'), 'hook_failed', 'internal_error'],
    [
      'throws',
      () => {
        throw new Error('no database');
      },
      'hook_failed',
      'internal_error',
    ],
    [
      'throws a failure of its own',
      () => {
        throw new TlsFailure('hook_refused', 'go away', undefined, 'insufficient_security');
      },
      'hook_refused',
      'insufficient_security',
    ],
  ])('%s', async (_, onHello, reason, alert) => {
    const pair = await run({ versions }, { onHello });
    expect(reasons(pair)).toEqual(['peer_alert', reason]);
    expect(pair.client.alerts('in')).toEqual([alert]);
  });
  it('acknowledges the name or does not; warns before TLS 1.3', async () => {
    const usual = await run({ versions });
    expect(usual.client.engine.info.serverNameAcknowledged).toBe(true);
    const quiet = await run({ versions }, { onHello: () => ({ acknowledgeName: false }) });
    expect(quiet.client.engine.info.serverNameAcknowledged).toBe(false);
    const warned = await run({ versions }, { onHello: () => ({ warnName: true }) });
    expect(warned.client.engine.info.serverNameAcknowledged).toBe(false);
    expect(warned.client.alerts('in')).toEqual(version === 'TLSv1.3' ? [] : ['unrecognized_name']);
    await talk(warned);
  });
  it('no credential at all', async () => {
    const pair = await run({ versions }, { onHello: () => ({ credentials: [] }) });
    expect(pair.server.reason).toBe('certificate_none_for_suite');
  });
});

describe.each([...each, ['TLSv1.1'] as const])('%s: a client asked for a certificate', (version) => {
  const versions = [version];
  const suites = version === 'TLSv1.1' ? ['ECDHE-ECDSA-AES128-SHA'] : undefined;
  const old = (more: ClientOptions, server: ServerOptions = {}): Promise<Pair> =>
    run({ versions, suites, ...more }, { versions, suites, clientAuth: 'require', ...server });
  const peer = (pair: Pair): Buffer => Buffer.from(pair.server.engine.info.peerChain[0] ?? []);

  it('the first credential that serves', async () => {
    const pair = await old({ credentials: [ed25519.credential, rsa.credential] });
    expect(peer(pair)).toEqual(version === 'TLSv1.1' ? rsa.der : ed25519.der);
    await talk(pair);
  });
  it('selectCredential sees what is wanted, and may take its time', async () => {
    const wanted: CertificateWanted[] = [];
    const authorities = [Buffer.from('3000', 'hex'), Buffer.from('30023100', 'hex')];
    const pair = await old(
      { selectCredential: (one) => (wanted.push(one), later(rsa.credential)), credentials: [p256.credential] },
      { authorities, verifySchemes: ['rsa_pss_rsae_sha256', 'rsa_pkcs1_sha256', 'ecdsa_secp256r1_sha256'] },
    );
    expect(peer(pair)).toEqual(rsa.der);
    expect(wanted[0]!.authorities.map((one) => Buffer.from(one))).toEqual(authorities);
    expect(pair.client.engine.info.requestedAuthorities.length).toBe(2);
    expect(wanted[0]!.schemes).toEqual(
      { 'TLSv1.3': [0x0804, 0x0401, 0x0403], 'TLSv1.2': [0x0804, 0x0401, 0x0403], 'TLSv1.1': [] }[version as 'TLSv1.3'],
    );
    expect(wanted[0]!.types.length).toBe(version === 'TLSv1.3' ? 0 : 3);
    await talk(pair);
  });
  it('selectCredential has none: enough for `request`, not for `require`', async () => {
    for (const selectCredential of [() => undefined, () => later(undefined)]) {
      const asked = await old({ selectCredential, credentials: [p256.credential] }, { clientAuth: 'request' });
      expect(asked.server.engine.info.peerChain).toEqual([]);
      expect(asked.client.engine.info.certificateRequested).toBe(true);
      await talk(asked);
      const required = await old({ selectCredential }, {});
      expect(required.server.reason).toBe(
        version === 'TLSv1.3' ? 'certificate_required' : 'certificate_required_legacy',
      );
    }
  });
  it('selectCredential fails', async () => {
    for (const selectCredential of [
      () => laterFails('no token'),
      () => {
        throw new Error('no token');
      },
    ]) {
      const pair = await old({ selectCredential });
      expect(pair.client.reason).toBe('hook_failed');
      expect(pair.client.alerts('out')).toEqual(['internal_error']);
    }
  });
  it('a credential that cannot sign by anything that is wanted is not shown', async () => {
    const pair = await old(
      { selectCredential: () => ed25519.credential },
      { clientAuth: 'request', verifySchemes: ['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256'] },
    );
    expect(pair.server.engine.info.peerChain).toEqual([]);
    await talk(pair);
  });
  it('nobody asks', async () => {
    const pair = await old({ credentials: [rsa.credential] }, { clientAuth: 'none' });
    expect(pair.client.engine.info.certificateRequested).toBe(false);
    expect(pair.client.messages('out')).not.toContain('certificate');
    await talk(pair);
  });
});

describe.each(each)('%s: of several credentials', (version) => {
  const versions = [version];
  const extensions = [['subjectAltName', 'DNS:localhost']] as const;
  let others: TestIdentity[];
  beforeAll(async () => {
    const authority = await issueFor({
      kind: 'ed25519',
      name: 'another CA',
      extensions: [['basicConstraints', 'critical,CA:TRUE']],
    });
    const byEd25519 = await issueFor({ kind: 'p256', name: 'by Ed25519', extensions, issuer: authority });
    const byRsa = await issueFor({ kind: 'p256', name: 'by RSA', extensions, issuer: await testIdentity('rsa') });
    others = [p256, byEd25519, byRsa];
  });
  const ours = (): Credential[] => others.map((one) => one.credential);
  const nameOf = (chain: readonly Uint8Array[]): number =>
    others.findIndex(({ der }) => der.equals(Buffer.from(chain[0]!)));

  it('a server takes the one whose chain the client says it can check', async () => {
    for (const [certificateSchemes, index] of [
      [undefined, 0],
      [['ecdsa_secp256r1_sha256', 'ed25519'], 0],
      [['ed25519'], 1],
      [['rsa_pkcs1_sha256', 'ecdsa_secp256r1_sha256'], 0],
      [['rsa_pkcs1_sha384'], 0],
    ] as const) {
      const pair = await run({ versions, certificateSchemes }, { credentials: ours() });
      expect([certificateSchemes, nameOf(pair.client.engine.info.peerChain)]).toEqual([certificateSchemes, index]);
      await talk(pair);
    }
  });
  it('a client takes the one of an authority that the server names', async () => {
    for (const [i, { certificate }] of others.entries()) {
      const pair = await run(
        { versions, credentials: ours() },
        { clientAuth: 'require', authorities: [certificate.issuer.der] },
      );
      expect(nameOf(pair.server.engine.info.peerChain)).toBe(i);
      await talk(pair);
    }
    const unknown = await run(
      { versions, credentials: ours() },
      { clientAuth: 'require', authorities: [Buffer.from('3000', 'hex')] },
    );
    expect(nameOf(unknown.server.engine.info.peerChain)).toBe(0);
  });
});

describe('authentication after the handshake', () => {
  const ask = async (client: ClientOptions, server: ServerOptions = {}): Promise<Pair> => {
    const pair = await run({ postHandshakeAuth: true, ...client }, server);
    pair.server.engine.requestCertificate();
    await pair.flow();
    return pair;
  };
  const counts = (pair: Pair): number[] =>
    [pair.client, pair.server].flatMap((side) => side.of('authentication').map(({ certificates }) => certificates));

  it('shows a certificate, or none', async () => {
    const shown = await ask({ credentials: [rsa.credential] });
    expect([counts(shown), Buffer.from(shown.server.engine.info.peerChain[0]!)]).toEqual([[2, 2], rsa.der]);
    await talk(shown);
    const none = await ask({});
    expect([counts(none), none.server.engine.info.peerChain]).toEqual([[0, 0], []]);
    await talk(none);
    const later = await ask({ credentials: [remote(rsa)] });
    expect(counts(later)).toEqual([2, 2]);
    await talk(later);
  });
  it('is judged, and may be required', async () => {
    const refused = await ask({ credentials: [rsa.credential] }, { verify: () => ({ alert: 'certificate_revoked' }) });
    expect([refused.server.reason, refused.client.alerts('in')]).toEqual([
      'certificate_rejected',
      ['certificate_revoked'],
    ]);
    const first = await run({ postHandshakeAuth: true, selectCredential: () => undefined }, { clientAuth: 'require' });
    expect(first.server.reason).toBe('certificate_required');
  });
  it('is for clients that offer it, servers, and TLS 1.3', async () => {
    const without = await run({});
    expect(() => without.server.engine.requestCertificate()).toThrow('did not offer');
    const offered = await run({ postHandshakeAuth: true });
    expect(() => offered.client.engine.requestCertificate()).toThrow(RangeError);
    const old = await run({ versions: ['TLSv1.2'], postHandshakeAuth: true });
    expect(() => old.server.engine.requestCertificate()).toThrow(RangeError);
  });
});

/** A signer elsewhere. */
function remote(identity: TestIdentity, change: Partial<Signer> = {}): Credential {
  const signer: Signer = {
    sign: (scheme, data) => later(signWith(scheme, identity.keyObject, data)),
    decrypt: (encrypted) =>
      later(privateDecrypt({ key: identity.keyObject, padding: constants.RSA_NO_PADDING }, encrypted)),
    ...change,
  };
  return credential({ chain: identity.credential.chain, key: signer });
}

describe('signing elsewhere', () => {
  it.each([...boths, 'TLSv1.1', 'TLSv1'] as const)('%s, both sides, asynchronously', async (version) => {
    const suites = version.endsWith('1.3') ? undefined : ['ECDHE-RSA-AES128-SHA'];
    const common = { versions: [version], suites, credentials: [remote(rsa)] };
    const pair = await run(common, { ...common, clientAuth: 'require' });
    expect(pair.server.engine.info.peerChain.length).toBe(2);
    await talk(pair);
  });
  it.each(boths)('%s: a signer that fails, throws or signs wrong', async (version) => {
    const versions = [version];
    const broken: Signer['sign'][] = [
      () => laterFails('no connection'),
      () => {
        throw new Error('no connection');
      },
    ];
    for (const sign of broken) {
      const pair = await run({ versions }, { credentials: [remote(p256, { sign })] });
      expect(pair.server.reason).toBe('signature_failed');
      expect(pair.server.alerts('out')).toEqual(['internal_error']);
      const client = await run({ versions, credentials: [remote(p256, { sign })] }, { clientAuth: 'require' });
      expect(client.client.reason).toBe('signature_failed');
    }
    const pair = await run({ versions }, { credentials: [remote(p256, { sign: () => Buffer.alloc(70, 1) })] });
    expect(pair.client.reason).toBe(version === 'TLSv1.3' ? 'signature_wrong' : 'signature_of_parameters_wrong');
    expect(pair.client.alerts('out')).toEqual(['decrypt_error']);
  });
  it('RSA decryption elsewhere; without it RSA suites are not chosen', async () => {
    const suites = ['AES128-SHA', 'ECDHE-RSA-AES128-SHA'];
    const common = { versions: ['TLSv1.2'], suites } as const;
    const pair = await run(common, { ...common, credentials: [remote(rsa)] });
    expect(pair.client.engine.info.suite?.openssl).toBe('AES128-SHA');
    await talk(pair);
    const signs: Signer = { sign: (scheme, data) => signWith(scheme, rsa.keyObject, data) };
    const without = credential({ chain: rsa.credential.chain, key: signs });
    const other = await run(common, { ...common, credentials: [without] });
    expect(other.client.engine.info.suite?.openssl).toBe('ECDHE-RSA-AES128-SHA');
    const none = await run({ ...common, suites: ['AES128-SHA'] }, { ...common, credentials: [without] });
    expect(none.server.reason).toBe('certificate_none_for_suite');
  });
  it.each<[string, NonNullable<Signer['decrypt']>]>([
    ['fails', () => laterFails('no connection')],
    [
      'throws',
      () => {
        throw new Error('no connection');
      },
    ],
    ['returns another block', () => Buffer.alloc(256)],
    ['returns a short one', () => Buffer.alloc(10)],
  ])('RSA decryption that %s shows nowhere but in the next record', async (_, decrypt) => {
    const common = { versions: ['TLSv1.2'], suites: ['AES128-SHA'] } as const;
    const pair = await run(common, { ...common, credentials: [remote(rsa, { decrypt })] });
    expect(pair.server.reason).toBe('record_bad_mac');
  });
});

describe.each([...each, ['TLSv1'] as const])('%s: the verify hook', (version) => {
  const versions = [version];
  const suites = version === 'TLSv1' ? ['ECDHE-ECDSA-AES128-SHA'] : undefined;
  const common = { versions, suites };

  it('sees the peer on both sides', async () => {
    const peers: PeerIdentity[] = [];
    const verify = (peer: PeerIdentity): Promise<void> => later(void peers.push(peer));
    const credentials = [version === 'TLSv1' ? rsa.credential : ed25519.credential];
    const pair = await run({ ...common, verify, credentials }, { ...common, verify, clientAuth: 'require' });
    await talk(pair);
    expect(peers.map(({ chain }) => Buffer.from(chain[0]!))).toEqual([
      p256.der,
      version === 'TLSv1' ? rsa.der : ed25519.der,
    ]);
    expect(peers.map(({ serverName, resumed }) => [serverName, resumed])).toEqual([
      ['localhost', false],
      ['localhost', false],
    ]);
  });
  it('ends the connection with the alert that it wants', async () => {
    for (const verdict of [
      { alert: 'certificate_revoked', detail: 'by the list of today' },
      later({ alert: 'certificate_revoked', detail: 'by the list of today' }),
    ] as never[]) {
      const client = await run({ ...common, verify: () => verdict }, common);
      expect(client.client.alerts('out')).toEqual(['certificate_revoked']);
      expect(reasons(client)).toEqual(['certificate_rejected', 'peer_alert']);
      expect(failures(client)[0]).toContain('by the list of today');
      const server = await run(
        { ...common, credentials: [rsa.credential] },
        { ...common, clientAuth: 'require', verify: () => verdict },
      );
      expect(server.server.alerts('out')).toEqual(['certificate_revoked']);
      expect(server.server.reason).toBe('certificate_rejected');
    }
  });
  it('has an alert by its reason, and one where it gives none', async () => {
    const expired = await run({ ...common, verify: () => ({ reason: 'certificate_expired' as const }) }, common);
    expect([expired.client.reason, expired.client.alerts('out')]).toEqual([
      'certificate_expired',
      ['certificate_expired'],
    ]);
    const plain = await run({ ...common, verify: () => ({}) }, common);
    expect([plain.client.reason, plain.client.alerts('out')]).toEqual([
      'certificate_rejected',
      ['certificate_unknown'],
    ]);
  });
  it('that fails is internal_error', async () => {
    for (const verify of [
      () => laterFails('no list'),
      () => {
        throw new Error('no list');
      },
    ]) {
      const pair = await run({ ...common, verify }, common);
      expect([pair.client.reason, pair.client.alerts('out')]).toEqual(['hook_failed', ['internal_error']]);
    }
  });
  it('is not asked by a server for a client without a certificate', async () => {
    let asked = 0;
    const pair = await run(common, { ...common, clientAuth: 'request', verify: () => void (asked += 1) });
    await talk(pair);
    expect(asked).toBe(0);
  });
});

describe.each(each)('%s: stapling', (version) => {
  const ocsp = Buffer.from('30030a0100', 'hex');
  const timestamps = [Buffer.from('one'), Buffer.from('another')];
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('requestOcsp %s, requestTimestamps %s', async (requestOcsp, requestTimestamps) => {
    const peers: PeerIdentity[] = [];
    const stapled = credential({ chain: p256.credential.chain, key: p256.keyObject, ocsp, timestamps });
    const pair = await run(
      { versions: [version], requestOcsp, requestTimestamps, verify: (peer) => void peers.push(peer) },
      { credentials: [stapled] },
    );
    await talk(pair);
    const { info } = pair.client.engine;
    expect(info.ocsp && Buffer.from(info.ocsp)).toEqual(requestOcsp ? ocsp : undefined);
    expect(info.timestamps.map((one) => Buffer.from(one))).toEqual(requestTimestamps ? timestamps : []);
    expect(peers[0]).toMatchObject({ ocsp: info.ocsp, timestamps: info.timestamps });
    const bare = await run({ versions: [version], requestOcsp, requestTimestamps });
    expect([bare.client.engine.info.ocsp, bare.client.engine.info.timestamps]).toEqual([undefined, []]);
    await talk(bare);
  });
});

describe('limits on certificates', () => {
  it.each(boths)('%s: chain, certificate, rsaMin', async (version) => {
    const versions = [version];
    const chain = await run({ versions, limits: { chain: 1 } });
    expect(chain.client.reason).toBe('certificate_chain_too_long');
    const octets = await run({ versions, limits: { certificate: 100 } });
    expect(octets.client.reason).toBe('message_too_long');
    const bits = await run({ versions, limits: { rsaMin: 3072 } }, { credentials: [rsa.credential] });
    expect(bits.client.reason).toBe('certificate_key_too_small');
    await talk(await run({ versions, limits: { rsaMin: 2048 } }, { credentials: [rsa.credential] }));
  });
});

describe('a hook that waits', () => {
  it('wake tells when there is something to take', async () => {
    let woken = 0;
    let open: (() => void) | undefined;
    const pair = new Pair({
      client: { verify: () => new Promise((resolve) => void (open = () => resolve(undefined))) },
      server: { credentials: [p256.credential] },
      connection: { wake: () => void (woken += 1) },
    });
    await pair.handshake();
    expect([pair.client.engine.secure, pair.client.engine.busy, woken]).toEqual([false, true, 0]);
    open!();
    await later(undefined);
    expect([pair.client.engine.secure, woken, pair.client.engine.waiting]).toEqual([true, 1, true]);
    await pair.flow();
    await talk(pair);
  });
  it('a connection that has ended meanwhile stays ended', async () => {
    let open: (() => void) | undefined;
    const pair = new Pair({
      client: { verify: () => new Promise((resolve) => void (open = () => resolve(undefined))) },
      server: { credentials: [p256.credential] },
    });
    await pair.handshake();
    pair.client.engine.abandon();
    open!();
    await pair.flow();
    expect([pair.client.engine.secure, pair.client.engine.closed]).toEqual([false, true]);
  });
});
