/** What else openssl s_client does, against the engine as a server: early data, key updates, renegotiation, extensions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { credential, replayGuard, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { ALL_CIPHERS, ALL_SIGALGS, OLD_VERSIONS } from '../support/openssl-peer.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity, type TestIdentity } from '../support/tls-certificates.ts';
import { TlsListener, reverse, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
let identity: TestIdentity;
beforeAll(async () => {
  workshop = new Workshop();
  identity = await testIdentity('p256');
});
afterAll(() => workshop.close());

const VERSIONS: readonly VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
const flag = (version: VersionName): string => OLD_VERSIONS.find(({ name }) => name === version)?.flag ?? '-tls1_3';
const OLD_SUITES = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_AES_128_GCM_SHA256'];

interface Talk {
  readonly peer: TlsPeer;
  readonly client: Running;
}

/** Starts s_client against a server with these options; both after the handshake. */
async function meet(options: ServerOptions, args: readonly string[] = [], onActivity = reverse): Promise<Talk> {
  const listener = await TlsListener.open({ credentials: [identity.credential], ...options }, onActivity);
  workshop.keep(listener);
  return join(listener, args);
}

async function join(listener: TlsListener, args: readonly string[]): Promise<Talk> {
  const trust = ['-no-CAfile', '-no-CApath', '-no-CAstore', '-cipher', ALL_CIPHERS, '-sigalgs', ALL_SIGALGS];
  const client = workshop.start('openssl', ['s_client', '-connect', `127.0.0.1:${listener.port}`, ...trust, ...args]);
  const peer = await listener.next();
  return { peer, client };
}

async function echo({ peer, client }: Talk, word: string): Promise<void> {
  client.write(`${word}\n`);
  await peer.receives(word);
  await client.prints(Array.from(word).reverse().join(''));
}

describeWith(['openssl'], 'S5: s_client, early data', () => {
  it('accepted once, then refused as a replay', async () => {
    const listener = await TlsListener.open({
      credentials: [identity.credential],
      ticketSealer: ticketSealer([TicketKey.generate()]),
      maxEarlyData: 16_384,
      replayGuard: replayGuard(),
    });
    workshop.keep(listener);
    const session = workshop.path('early session');
    const first = await join(listener, ['-sess_out', session]);
    await first.peer.secure();
    await echo(first, 'full');
    await first.peer.close().closed();
    const file = workshop.file('early', 'sent early\n');
    const second = await join(listener, ['-sess_in', session, '-early_data', file]);
    await second.peer.secure();
    expect(second.peer.of('data')[0]).toMatchObject({ early: true });
    expect([second.peer.text, second.peer.info.earlyData]).toEqual(['sent early\n', 'accepted']);
    await second.client.prints('Early data was accepted');
    await second.client.prints('ylrae tnes');
    await echo(second, 'late');
    await second.peer.close().closed();
  });
  it.each([
    ['for other keys', { ticketSealer: ticketSealer([TicketKey.generate()]) }],
    ['by a HelloRetryRequest', { groups: ['secp521r1'] }],
    ['by a server that wants none', { maxEarlyData: 0 }],
  ])('rejected %s', async (_, more: ServerOptions) => {
    const common: ServerOptions = {
      credentials: [identity.credential],
      ticketSealer: ticketSealer([TicketKey.generate()]),
      maxEarlyData: 16_384,
      replayGuard: replayGuard(),
    };
    const session = workshop.path('rejected session');
    const first = await meet(common, ['-sess_out', session]);
    await first.peer.secure();
    await echo(first, 'full');
    await first.peer.close().closed();
    const file = workshop.file('early', 'sent early\n'.repeat(1000));
    const second = await meet({ ...common, ...more }, ['-sess_in', session, '-early_data', file]);
    await second.peer.secure();
    await second.client.prints('Early data was rejected');
    await echo(second, 'late');
    expect([second.peer.text, second.peer.info.earlyData]).toEqual(['late\n', 'rejected']);
    await second.peer.close().closed();
  });
});

describeWith(['openssl'], 'S2 S3: s_client, after the handshake', () => {
  it('KeyUpdate from both sides, asked for and not', async () => {
    const talk = await meet({ versions: ['TLSv1.3'] });
    const { peer, client } = talk;
    await peer.secure();
    await echo(talk, 'before');
    for (const [command, requested] of [
      ['k', false],
      ['K', true],
    ] as const) {
      const before = peer.of('key_update').length;
      client.write(`${command}\n`);
      // s_client drops what it reads together with a command
      await peer.until('new keys', () => peer.of('key_update').length > before);
      await echo(talk, `theirs-${command}`);
      expect(peer.of('key_update')[before]).toEqual({ type: 'key_update', direction: 'in', requested });
      peer.engine.updateKeys(requested);
      peer.pump();
      await echo(talk, `ours-${command}`);
    }
    await peer.close().closed();
  });
  it.each(['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const)('renegotiation in %s, by either side', async (version) => {
    const { cert, key } = workshop.identity('renegotiating', await testIdentity('rsa'));
    const options: ServerOptions = {
      versions: [version],
      suites: OLD_SUITES,
      renegotiation: 'freely',
      clientAuth: 'request',
    };
    const talk = await meet(options, [flag(version), '-cert', cert, '-key', key]);
    const { peer, client } = talk;
    await peer.secure();
    await echo(talk, 'before');
    client.write('R\n');
    await peer.until('their renegotiation', () => peer.info.renegotiations === 1);
    await echo(talk, 'between');
    peer.engine.renegotiate();
    peer.pump();
    await peer.until('our renegotiation', () => peer.info.renegotiations === 2);
    await echo(talk, 'after');
    expect(peer.info.peerChain.length).toBeGreaterThan(0);
    await peer.close().closed();
  });
  it('S2: a renegotiation that is refused', async () => {
    const talk = await meet({ versions: ['TLSv1.2'] });
    await talk.peer.secure();
    await echo(talk, 'before');
    talk.client.write('R\n');
    // s_client takes the warning for the end
    await talk.client.prints(/no renegotiation/);
    expect(talk.peer.of('renegotiation')).toMatchObject([{ by: 'peer', refused: true }]);
  });
  it('authentication after the handshake, with and without a certificate', async () => {
    const { cert, key } = workshop.identity('late', await testIdentity('ed448'));
    for (const [args, certificates] of [
      [['-cert', cert, '-key', key], 1],
      [[], 0],
    ] as const) {
      const talk = await meet({ versions: ['TLSv1.3'], clientAuth: 'none' }, ['-enable_pha', ...args]);
      await talk.peer.secure();
      await echo(talk, 'before');
      talk.peer.engine.requestCertificate();
      talk.peer.pump();
      await talk.peer.until('authentication', () => talk.peer.of('authentication').length === 1);
      expect(talk.peer.of('authentication')[0]!.certificates).toBe(certificates);
      await echo(talk, 'after');
      await talk.peer.close().closed();
    }
  });
});

describeWith(['openssl'], 'S5: s_client, extensions', () => {
  it.each(VERSIONS)('%s: ALPN, SNI, a stapled response', async (version) => {
    const ocsp = Buffer.from('30030a0106', 'hex');
    const stapled = credential({ chain: identity.credential.chain, key: identity.keyObject, ocsp });
    const other = await testIdentity('p384');
    const options: ServerOptions = {
      versions: [version],
      suites: OLD_SUITES,
      alpn: ['h2', 'http/1.1'],
      onHello: ({ serverName }) => ({ credentials: [serverName === 'server.example' ? other.credential : stapled] }),
    };
    const talk = await meet(options, [
      flag(version),
      '-alpn',
      'spdy/1,http/1.1',
      '-status',
      '-servername',
      'localhost',
    ]);
    await talk.peer.secure();
    await talk.client.prints('ALPN protocol: http/1.1');
    await talk.client.prints('OCSP Response Status: unauthorized');
    await echo(talk, 'protocol');
    await talk.peer.close().closed();
    const named = await meet(options, [flag(version), '-servername', 'server.example', '-status']);
    await named.peer.secure();
    await named.client.prints('subject=CN = test p384');
    await named.client.prints('No ALPN negotiated');
    await named.client.prints('OCSP response: no response sent');
    expect(named.peer.info.serverName).toBe('server.example');
    await named.peer.close().closed();
  });
  it('no application protocol in common is fatal', async () => {
    const { peer, client } = await meet({ alpn: ['h2'] }, ['-alpn', 'spdy/1']);
    await expect(peer.secure()).rejects.toThrow();
    await client.prints(/alert no application protocol/);
  });
  it.each(VERSIONS)('%s: the exporter', async (version) => {
    const exporter = ['-keymatexport', 'EXPORTER-tlskit', '-keymatexportlen', '48'];
    const talk = await meet({ versions: [version], suites: OLD_SUITES }, [flag(version), ...exporter]);
    await talk.peer.secure();
    await talk.client.prints(/Keying material: [0-9A-F]{96}\n/);
    const [, theirs] = /Keying material: ([0-9A-F]+)/.exec(talk.client.output)!;
    expect(talk.peer.engine.exportKeyingMaterial(48, 'EXPORTER-tlskit').toString('hex').toUpperCase()).toBe(theirs);
    await talk.peer.close().closed();
  });
  it.each([512, 1024, 2048, 4096])('a max fragment length of %i', async (length) => {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const talk = await meet({ versions: [version], traceRecords: true }, [flag(version), '-maxfraglen', `${length}`]);
      await talk.peer.secure();
      await echo(talk, `${'x'.repeat(9000)}y`);
      const records = talk.peer.of('record').filter(({ contentType }) => contentType === 23);
      const longest = (direction: 'in' | 'out'): number =>
        Math.max(...records.filter((one) => one.direction === direction).map((one) => one.length));
      expect([longest('in'), longest('out')]).toEqual([length, length]);
      await talk.peer.close().closed();
    }
  });
  it('record padding, both ways', async () => {
    const padding = (_: number, length: number): number => Math.max(0, 1000 - length);
    const talk = await meet({ padding, traceRecords: true, versions: ['TLSv1.3'] }, ['-record_padding', '512']);
    await talk.peer.secure();
    await echo(talk, 'padded');
    const sizes = talk.peer.of('record').map(({ header }) => (header[3]! << 8) | header[4]!);
    expect(sizes).toContain(512 + 16);
    expect(sizes).toContain(1000 + 16 + 1);
    await talk.peer.close().closed();
  });
  it('a HelloRetryRequest with a cookie, with and without another group', async () => {
    for (const groups of [undefined, ['secp384r1']]) {
      const cookie = Buffer.from('a cookie that is long enough to be one');
      const talk = await meet({ versions: ['TLSv1.3'], cookie: () => cookie, groups });
      await talk.peer.secure();
      expect(talk.peer.info.retried).toBe(true);
      await echo(talk, 'baked');
      await talk.peer.close().closed();
    }
  });
  it('S4: a fallback that was not needed is refused, one that was is taken', async () => {
    const { peer, client } = await meet({}, ['-fallback_scsv', '-no_tls1_3']);
    await expect(peer.secure()).rejects.toThrow('inappropriate_fallback');
    await client.prints(/inappropriate fallback/);
    const talk = await meet({ versions: ['TLSv1.2'] }, ['-fallback_scsv', '-no_tls1_3']);
    await talk.peer.secure();
    await echo(talk, 'taken');
    await talk.peer.close().closed();
  });
  it('S4: versions with a hole; a version that the server has not', async () => {
    // not with TLS 1.2 in the client's versions: it would take the server's hello for a downgrade (RFC 8446 section 4.1.3)
    const talk = await meet({ versions: ['TLSv1.3', 'TLSv1.1'], suites: OLD_SUITES }, ['-no_tls1_3', '-no_tls1_2']);
    await talk.peer.secure();
    expect(talk.peer.info.version?.name).toBe('TLSv1.1');
    await talk.peer.close().closed();
    const none = await meet({ versions: ['TLSv1.3'] }, ['-tls1_2']);
    await none.client.prints(/alert protocol version/);
  });
  it('middlebox compatibility off on either side', async () => {
    for (const args of [[], ['-no_middlebox']]) {
      const talk = await meet({ versions: ['TLSv1.3'], middleboxCompatibility: args.length > 0 }, args);
      await talk.peer.secure();
      await echo(talk, 'plain');
      await talk.peer.close().closed();
    }
  });
  it('S5: -reconnect resumes five times', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.1'] as const) {
      const listener = await TlsListener.open({
        credentials: [identity.credential],
        versions: [version],
        suites: OLD_SUITES,
        ticketSealer: ticketSealer([TicketKey.generate()]),
      });
      workshop.keep(listener);
      const { peer } = await join(listener, [flag(version), '-reconnect']);
      await peer.secure();
      for (let i = 0; i < 5; i += 1) {
        const again = await listener.next();
        await again.secure();
        expect(again.info.resumed).toBe(true);
      }
    }
  });
});
