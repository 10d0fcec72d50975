/** Sessions that carry more than keys: certificates of clients, early data of many records; with openssl, both directions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { memoryStore, replayGuard, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { ALL_CIPHERS, ALL_SCHEMES, EVERYTHING, serve } from '../support/openssl-peer.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity } from '../support/tls-certificates.ts';
import { TlsListener, connectTo, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

async function listen(options: ServerOptions): Promise<TlsListener> {
  const { credential } = await testIdentity('p256');
  const common = { credentials: [credential], verifySchemes: ALL_SCHEMES, signSchemes: ALL_SCHEMES };
  return workshop.keep(await TlsListener.open({ ...common, ...options }));
}

async function join(listener: TlsListener, args: readonly string[]): Promise<{ peer: TlsPeer; client: Running }> {
  const trust = ['-no-CAfile', '-no-CApath', '-no-CAstore', '-cipher', ALL_CIPHERS];
  const client = workshop.start('openssl', ['s_client', '-connect', `127.0.0.1:${listener.port}`, ...trust, ...args]);
  const peer = await listener.next();
  await peer.secure();
  client.write('drawer\n');
  await client.prints('reward\n');
  return { peer, client };
}

const WAYS = [
  ['TLSv1.3', '-tls1_3', 'tickets'],
  ['TLSv1.2', '-tls1_2', 'tickets'],
  ['TLSv1.2', '-tls1_2', 'ids'],
  ['TLSv1', '-tls1', 'ids'],
] as const;
const suites = ['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-SHA'];

describeWith(['openssl'], 'S3 S5: resumption keeps the certificate of the client', () => {
  it.each(WAYS)('s_client, %s, %s, by %s', async (version, flag, by) => {
    const store =
      by === 'ids' ? { sessionStore: memoryStore() } : { ticketSealer: ticketSealer([TicketKey.generate()]) };
    const seen: boolean[] = [];
    const listener = await listen({
      versions: [version],
      suites,
      clientAuth: 'require',
      verifyResumed: true,
      verify: ({ resumed }) => void seen.push(resumed),
      ...store,
    });
    const identity = await testIdentity('rsa');
    const { cert, key } = workshop.identity('client', identity);
    const session = workshop.path(`${version} ${by}`);
    const first = await join(listener, [flag, '-cert', cert, '-key', key, '-sess_out', session]);
    await first.peer.close().closed();
    await first.client.ends();
    // without a certificate now
    const second = await join(listener, [flag, '-sess_in', session]);
    expect(second.peer.info.resumed).toBe(true);
    expect(Buffer.from(second.peer.info.peerChain[0]!).equals(identity.der)).toBe(true);
    expect(seen).toEqual([false, true]);
    await second.peer.close().closed();
  });
  it.each(WAYS)('s_server, %s, %s, by %s', async (version, _, by) => {
    const { cert } = workshop.identity('ca', await testIdentity('p256'));
    const more = by === 'ids' ? ['-no_ticket'] : [];
    const { port } = await serve(workshop, 'p256', [
      ...EVERYTHING,
      '-Verify',
      '1',
      '-CAfile',
      cert,
      '-context',
      'x',
      ...more,
    ]);
    const { credential, der } = await testIdentity('p256');
    const options = {
      versions: [version],
      suites,
      tickets: by === 'tickets',
      verifySchemes: ALL_SCHEMES,
      signSchemes: ALL_SCHEMES,
    };
    const first = await connectTo(port, { ...options, credentials: [credential] });
    await first.secure();
    await first.send('drawer\n').receives('reward\n');
    await first.close().closed();
    const second = await connectTo(port, options, { session: first.session });
    await second.secure();
    await second.send('drawer\n').receives('reward\n');
    expect(second.info.resumed).toBe(true);
    expect(Buffer.from(second.info.peerChain[0]!).equals(der)).toBe(true);
    second.destroy();
  });
});

describeWith(['openssl'], 'S5: early data of many records, and what comes after', () => {
  const TEXT = `${'early '.repeat(2500)}\n`;
  it('s_client, then KeyUpdate and authentication on the resumed connection', async () => {
    const listener = await listen({
      versions: ['TLSv1.3'],
      ticketSealer: ticketSealer([TicketKey.generate()]),
      maxEarlyData: 100_000,
      replayGuard: replayGuard(),
      recordSizeLimit: 4000,
    });
    const session = workshop.path('early');
    const { cert, key } = workshop.identity('late', await testIdentity('p384'));
    const first = await join(listener, ['-sess_out', session, '-enable_pha']);
    await first.peer.close().closed();
    await first.client.ends();
    const file = workshop.file('early data', TEXT);
    const late = ['-enable_pha', '-cert', cert, '-key', key];
    const { peer, client } = await join(listener, ['-sess_in', session, '-early_data', file, ...late]);
    expect([peer.info.resumed, peer.info.earlyData, peer.text]).toEqual([true, 'accepted', `${TEXT}drawer\n`]);
    client.write('K\n');
    await peer.until('a key update', () => peer.of('key_update').some(({ direction }) => direction === 'in'));
    peer.engine.requestCertificate();
    peer.pump();
    await peer.until('authentication', () => peer.of('authentication').length === 1);
    expect(peer.info.peerChain.length).toBeGreaterThan(0);
    client.write('drawer\n');
    await client.until('two answers', () => client.output.split('reward\n').length === 3);
    await peer.close().closed();
  });
  it('s_server', async () => {
    const args = [
      ...EVERYTHING,
      '-early_data',
      '-max_early_data',
      '100000',
      '-recv_max_early_data',
      '100000',
      '-alpn',
      'h2',
    ];
    const { port, process } = await serve(workshop, 'p256', args, []);
    const options = { versions: ['TLSv1.3'] as const, alpn: ['h2'], maxSendFragment: 1000 };
    const first = await connectTo(port, options);
    await first.until('tickets', () => first.of('session').length === 2);
    const { session } = first;
    expect([session!.maxEarlyData, Buffer.from(session!.alpn).toString()]).toEqual([100_000, 'h2']);
    await first.close().closed();
    const second = await connectTo(port, options, { session, early: TEXT, earlyData: true });
    await second.secure();
    expect(second.of('early_data')[0]?.accepted).toBe(true);
    // its own remarks stand between the pieces
    await process.until('the early data', () => process.stdout.split('early').length > 2490);
    second.send('late\n');
    await process.prints('late\n');
    second.destroy();
  });
  it('s_server refuses early data for another protocol', async () => {
    const { port, process } = await serve(workshop, 'p256', [...EVERYTHING, '-early_data', '-alpn', 'h2,http/1.1'], []);
    const versions = ['TLSv1.3'] as const;
    const first = await connectTo(port, { versions, alpn: ['h2'] });
    await first.until('tickets', () => first.of('session').length === 2);
    const { session } = first;
    await first.close().closed();
    const second = await connectTo(
      port,
      { versions, alpn: ['http/1.1', 'h2'] },
      { session, early: TEXT, earlyData: true },
    );
    await second.secure();
    expect(second.info.resumed).toBe(true);
    second.send('late\n');
    await process.prints('late\n');
    second.destroy();
  });
});
