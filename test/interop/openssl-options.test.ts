/** Options that change a handshake, and much data, against openssl s_server and s_client. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TlsListener, connectTo, reverse, type TlsPeer } from '../support/tls-socket.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { ticketSealer, type ClientOptions, type ServerOptions } from '../../src/lib/tls/index.ts';
import { ALL_CIPHERS, ALL_SCHEMES, EVERYTHING, serve } from '../support/openssl-peer.ts';
import { describeWith, openssl } from '../support/peers.ts';
import { Workshop } from '../support/processes.ts';
import { testCa, testIdentity } from '../support/tls-certificates.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

/** A line there and back through `s_server -rev`. */
async function talk(args: readonly string[], options: ClientOptions, kind: 'p256' | 'rsa' = 'rsa'): Promise<TlsPeer> {
  const { port } = await serve(workshop, kind, [...EVERYTHING, ...args]);
  const peer = await connectTo(port, options);
  await peer.secure();
  await peer.send('drawer\n').receives('reward\n');
  return peer;
}

/** A line there and back from s_client. */
async function visit(
  options: ServerOptions,
  args: readonly string[],
  kind: 'p256' | 'rsa' = 'rsa',
): Promise<[TlsPeer, string]> {
  const { credential } = await testIdentity(kind);
  const listener = workshop.keep(await TlsListener.open({ credentials: [credential], ...options }, reverse));
  const trust = ['-no-CAfile', '-no-CApath', '-no-CAstore', '-cipher', ALL_CIPHERS];
  const client = workshop.start('openssl', ['s_client', '-connect', `127.0.0.1:${listener.port}`, ...trust, ...args]);
  const peer = await listener.next();
  await peer.secure();
  client.write('drawer\n');
  await client.prints('reward\n');
  peer.close();
  await client.ends();
  return [peer, client.output];
}

const DHE = ['DHE-RSA-AES128-GCM-SHA256'];
const TLS12 = { versions: ['TLSv1.2'] as const };

describeWith(['openssl'], 'S1 S3 A9: openssl, groups of DHE without a name', () => {
  it('of 3072 bits', async () => {
    const file = workshop.path('dh.pem');
    openssl(['genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:modp_3072', '-out', file]);
    const options = { ...TLS12, suites: DHE, groups: ['x25519'] };
    const { info } = await talk(['-dhparam', file], options);
    expect([info.group, info.dhBits]).toEqual([undefined, 3072]);
    await expect(talk(['-dhparam', file], { ...options, limits: { dhMin: 3073 } })).rejects.toThrow('dh');
  });
  it('ffdhe2048 to a client that names none', async () => {
    // s_client 3.0 names no groups of DHE in TLS 1.2
    const [{ info }, output] = await visit({ ...TLS12, suites: DHE }, ['-tls1_2', '-groups', 'X25519']);
    expect([info.dhBits, output.includes('Server Temp Key: DH, 2048 bits')]).toEqual([2048, true]);
  });
});

describeWith(['openssl'], 'S4: openssl, protections left out', () => {
  it.each(['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const)('%s without extended_master_secret', async (version) => {
    const options = { versions: [version], suites: ['ECDHE-RSA-AES128-SHA'], extendedMasterSecret: 'off' as const };
    const { info } = await talk([], { ...options, verifySchemes: ALL_SCHEMES });
    expect(info.extendedMasterSecret).toBe(false);
    const [peer] = await visit(options, [{ 'TLSv1.2': '-tls1_2', 'TLSv1.1': '-tls1_1', TLSv1: '-tls1' }[version]]);
    expect(peer.info.extendedMasterSecret).toBe(false);
  });
  it('without secure renegotiation', async () => {
    const peer = await talk([], { ...TLS12, secureRenegotiation: false });
    expect(peer.info.secureRenegotiation).toBe(false);
    peer.destroy();
  });
  it.each([
    ['in records of 16 octets', { maxSendFragment: 16 }],
    ['with GREASE', { grease: true }],
    ['with a padded hello', { helloPadding: 2000 }],
  ])('a client %s', async (_, options: ClientOptions) => {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const)
      (await talk([], { versions: [version], ...options })).destroy();
  });
  it('a server in records of 16 octets', async () => {
    for (const flag of ['-tls1_3', '-tls1_2']) await visit({ maxSendFragment: 16 }, [flag]);
  });
});

describeWith(['openssl'], 'S3: openssl, names of authorities', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s', async (version) => {
    const ca = await testCa();
    const trusted = workshop.identity('authority', ca).cert;
    const peer = await talk(['-verify', '1', '-CAfile', trusted], { versions: [version] });
    expect(peer.info.requestedAuthorities.length).toBe(1);
    const authorities = [Buffer.from(peer.info.requestedAuthorities[0]!)];
    expect(authorities[0]!.includes(Buffer.from('test CA'))).toBe(true);
    const flag = version === 'TLSv1.3' ? '-tls1_3' : '-tls1_2';
    const [, output] = await visit({ authorities, clientAuth: 'request' }, [flag]);
    expect(output).toMatch(/Acceptable client certificate CA names\nCN = test CA/);
  });
});

describeWith(['openssl'], 'S5: openssl, a PSK from outside with SHA-384', () => {
  it('from a session file, both ways', async () => {
    // the key and the suite of a PSK of openssl's come from a session, here one with a server of ours
    const file = workshop.path('session');
    const versions = ['TLSv1.3'] as const;
    const sealer = ticketSealer([TicketKey.generate()]);
    await visit({ versions, suites: ['TLS_AES_256_GCM_SHA384'], ticketSealer: sealer }, ['-sess_out', file]);
    const [, key = ''] = /Resumption PSK: ([0-9A-F]+)/.exec(
      openssl(['sess_id', '-in', file, '-text', '-noout']).stdout,
    )!;
    expect(key.length).toBe(96);
    const psk = { identity: Buffer.from('Client_identity'), key: Buffer.from(key, 'hex'), hash: 'sha384' as const };
    const [{ info }] = await visit({ versions, psks: [psk], credentials: [] }, ['-psk_session', file]);
    expect([Buffer.from(info.externalPsk ?? []).toString(), info.suite?.hash]).toEqual(['Client_identity', 'sha384']);
    // s_server takes the first suite of the client, whether the PSK goes with it or not
    const peer = await talk(['-psk_session', file], { versions, psks: [psk], suites: ['TLS_AES_256_GCM_SHA384'] });
    expect([Buffer.from(peer.info.externalPsk ?? []).toString(), peer.info.suite?.hash]).toEqual([
      'Client_identity',
      'sha384',
    ]);
    peer.destroy();
  });
});
