/** The engine as a client against what else openssl s_server does: early data, key updates, renegotiation, extensions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { EVERYTHING, serve, type Served } from '../support/openssl-peer.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop } from '../support/processes.ts';
import { testIdentity } from '../support/tls-certificates.ts';
import { connectTo } from '../support/tls-socket.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

/** An s_server that shows on its output what comes and sends what it is given, and takes commands. */
const talker = (args: readonly string[] = []): Promise<Served> => serve(workshop, 'p256', [...EVERYTHING, ...args], []);

const OLD_SUITES = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_AES_128_GCM_SHA256'];
const NAMES = ['-alpn', 'h2,http/1.1', '-servername', 'server.example'];
/** An OCSP response of the least form, as s_server parses what it staples: `unauthorized`. */
const OCSP_UNAUTHORIZED = Buffer.from('30030a0106', 'hex');
const VERSIONS: readonly VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];

describeWith(['openssl'], 'S5: s_server, early data', () => {
  it('accepted, once', async () => {
    const { port, process } = await talker(['-early_data']);
    const first = await connectTo(port);
    await first.until('tickets', () => first.of('session').length === 2);
    const { session } = first;
    expect(session!.maxEarlyData).toBe(16_384);
    await first.close().closed();
    const early = await connectTo(port, {}, { session, early: 'sent early\n', earlyData: true });
    await early.secure();
    expect([early.info.resumed, early.of('early_data')[0]?.accepted]).toEqual([true, true]);
    await process.prints('sent early');
    early.send('sent late\n');
    await process.prints('sent late');
    await early.close().closed();
    // the server knows the ticket
    const again = await connectTo(port, {}, { session, early: 'replayed\n', earlyData: true });
    await again.secure();
    expect(again.of('early_data')[0]?.accepted).toBe(false);
    again.send('afterwards\n');
    await process.prints('afterwards');
    expect(process.output).not.toContain('replayed');
    again.destroy();
  });
  it('rejected by a HelloRetryRequest', async () => {
    const { port, process } = await talker(['-early_data', '-no_anti_replay', '-groups', 'P-384:X25519']);
    const first = await connectTo(port);
    await first.until('tickets', () => first.of('session').length === 2);
    const { session } = first;
    await first.close().closed();
    const groups = ['x448', 'secp384r1'];
    const second = await connectTo(port, { groups }, { session, early: 'sent early\n', earlyData: true });
    await second.secure();
    expect([second.info.retried, second.info.resumed, second.of('early_data')[0]?.accepted]).toEqual([
      true,
      true,
      false,
    ]);
    second.send('on\n');
    await process.prints('on\n');
    second.destroy();
  });
});

describeWith(['openssl'], 'S2: s_server, after the handshake', () => {
  it('KeyUpdate from both sides, asked for and not', async () => {
    const { port, process } = await talker();
    const peer = await (await connectTo(port)).secure();
    for (const [command, requested] of [
      ['k', false],
      ['K', true],
    ] as const) {
      const before = peer.of('key_update').length;
      process.write(`${command}\n`);
      await peer.until('a key update', () => peer.of('key_update').length > before);
      expect(peer.of('key_update')[before]).toEqual({ type: 'key_update', direction: 'in', requested });
      process.write(`theirs ${command}\n`);
      await peer.receives(`theirs ${command}\n`);
      peer.engine.updateKeys(requested);
      peer.send(`ours ${command}\n`);
      await process.prints(`ours ${command}\n`);
    }
    process.write('the end\n');
    await peer.receives('the end\n');
    peer.destroy();
  });
  it.each(['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const)('renegotiation in %s, by either side', async (version) => {
    const { credential } = await testIdentity('ed25519');
    const { port, process } = await talker(['-client_renegotiation']);
    const options = { versions: [version], suites: OLD_SUITES, renegotiation: 'freely' as const };
    const peer = await (await connectTo(port, { ...options, credentials: [credential] })).secure();
    peer.engine.renegotiate();
    peer.pump();
    await peer.until('our renegotiation', () => peer.info.renegotiations === 1);
    peer.send('after one\n');
    await process.prints('after one\n');
    process.write('r\n');
    await peer.until('their renegotiation', () => peer.info.renegotiations === 2);
    expect(peer.info.certificateRequested).toBe(false);
    if (version === 'TLSv1.2') {
      process.write('R\n');
      await peer.until('their renegotiation with a certificate', () => peer.info.renegotiations === 3);
      expect(peer.info.certificateRequested).toBe(true);
    }
    process.write('after all\n');
    await peer.receives('after all\n');
    peer.destroy();
  });
  it('a refused renegotiation leaves the connection', async () => {
    const { port, process } = await talker();
    const peer = await (await connectTo(port, { versions: ['TLSv1.2'] })).secure();
    peer.engine.renegotiate();
    peer.pump();
    await peer.until('the refusal', () => peer.of('renegotiation').some(({ refused }) => refused));
    peer.send('still here\n');
    await process.prints('still here\n');
    peer.destroy();
  });
  it('authentication after the handshake', async () => {
    const { credential } = await testIdentity('p384');
    const ca = workshop.identity('pha', await testIdentity('p256'));
    const { port, process } = await talker(['-verify', '1', '-CAfile', ca.cert]);
    const options = { postHandshakeAuth: true, versions: ['TLSv1.3'] as const };
    const peer = await (await connectTo(port, { ...options, credentials: [credential] })).secure();
    process.write('c\n');
    await peer.until('authentication', () => peer.of('authentication').length === 1);
    process.write('thanks\n');
    await peer.receives('thanks\n');
    await process.prints('CN = test p384');
    peer.destroy();
  });
});

describeWith(['openssl'], 'S5: s_server, extensions', () => {
  it.each(VERSIONS)('%s: ALPN, SNI with a second certificate, a stapled response', async (version) => {
    const other = workshop.identity('second', await testIdentity('p521'));
    const response = workshop.file('ocsp.der', OCSP_UNAUTHORIZED);
    const { port, process } = await talker([
      ...NAMES,
      '-cert2',
      other.cert,
      '-key2',
      other.key,
      '-status_file',
      response,
    ]);
    const options = { versions: [version], suites: OLD_SUITES, requestOcsp: true };
    const peer = await (await connectTo(port, { ...options, alpn: ['spdy/1', 'http/1.1'] })).secure();
    expect(Buffer.from(peer.info.alpn ?? []).toString()).toBe('http/1.1');
    expect(Buffer.from(peer.info.ocsp ?? [])).toEqual(OCSP_UNAUTHORIZED);
    expect(Buffer.from(peer.info.peerChain[0]!).equals((await testIdentity('p256')).der)).toBe(true);
    peer.send('protocol\n');
    await process.prints('protocol\n');
    await peer.close().closed();
    const named = await (await connectTo(port, options, { serverName: 'server.example' })).secure();
    expect(named.info.serverNameAcknowledged).toBe(true);
    expect(Buffer.from(named.info.peerChain[0]!).equals((await testIdentity('p521')).der)).toBe(true);
    expect(named.info.alpn).toBeUndefined();
    named.send('named\n');
    await process.prints('named\n');
    named.destroy();
  });
  it.each(VERSIONS)('%s: the exporter', async (version) => {
    const { port, process } = await talker(['-keymatexport', 'EXPORTER-tlskit', '-keymatexportlen', '48']);
    const peer = await (await connectTo(port, { versions: [version], suites: OLD_SUITES })).secure();
    await process.prints(/Keying material: [0-9A-F]{96}\n/);
    const [, theirs] = /Keying material: ([0-9A-F]+)/.exec(process.output)!;
    expect(peer.engine.exportKeyingMaterial(48, 'EXPORTER-tlskit').toString('hex').toUpperCase()).toBe(theirs);
    peer.destroy();
  });
  it.each([512, 1024, 2048, 4096])('a max fragment length of %i', async (maxFragmentLength) => {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const { port, process } = await talker();
      const peer = await (
        await connectTo(port, { maxFragmentLength, versions: [version], traceRecords: true })
      ).secure();
      const long = 'x'.repeat(9000);
      peer.send(`${long}\n`);
      await process.prints(long);
      process.write(`${long}\n`);
      await peer.receives(long);
      expect(Math.max(...peer.of('data').map(({ bytes }) => bytes.length))).toBe(maxFragmentLength);
      peer.destroy();
    }
  });
  it('record padding, both ways', async () => {
    const { port, process } = await talker(['-record_padding', '512']);
    const padding = (_: number, length: number): number => (1000 - length > 0 ? 1000 - length : 0);
    const peer = await (await connectTo(port, { padding, traceRecords: true })).secure();
    peer.send('padded\n');
    await process.prints('padded\n');
    process.write('padded too\n');
    await peer.receives('padded too\n');
    const sizes = peer.of('record').map(({ header }) => (header[3]! << 8) | header[4]!);
    expect(sizes).toContain(512 + 16);
    expect(sizes).toContain(1000 + 16 + 1);
    peer.destroy();
  });
  it('the cookie of a stateless HelloRetryRequest comes back', async () => {
    // s_server closes the connection after it, whoever the client is, so that this is all there is to see
    const { port } = await talker(['-stateless']);
    const peer = await connectTo(port, { versions: ['TLSv1.3'] });
    await peer.until('a second hello', () => peer.of('message').filter(({ code }) => code === 1).length === 2);
    expect(peer.info.retried).toBe(true);
    const [, retry, , again] = peer.of('message').map(({ raw }) => Buffer.from(raw));
    // the extension is the last one there: number, length, cookie
    const cookie = retry!.subarray(retry!.indexOf(Buffer.from('002c', 'hex'), 44));
    expect(cookie.length).toBeGreaterThan(60);
    expect(again!.includes(cookie)).toBe(true);
    peer.destroy();
  });
  it('S4: a fallback that was not needed is refused, one that was is taken', async () => {
    const { port } = await talker();
    const refused = await connectTo(port, { versions: ['TLSv1.2'], fallback: true });
    await expect(refused.secure()).rejects.toThrow('inappropriate_fallback');
    refused.destroy();
    const older = await talker(['-no_tls1_3']);
    const taken = await (await connectTo(older.port, { versions: ['TLSv1.2'], fallback: true })).secure();
    expect(taken.info.version?.name).toBe('TLSv1.2');
    taken.destroy();
  });
  it('S4: a hole in the versions; a version that the server has not', async () => {
    const { port } = await talker(['-no_tls1_3', '-no_tls1_2']);
    const peer = await (await connectTo(port, { versions: ['TLSv1.3', 'TLSv1.1'], suites: OLD_SUITES })).secure();
    expect(peer.info.version?.name).toBe('TLSv1.1');
    peer.destroy();
    const newer = await talker(['-no_tls1', '-no_tls1_1']);
    const none = await connectTo(newer.port, { versions: ['TLSv1', 'TLSv1.1'], suites: OLD_SUITES });
    await expect(none.secure()).rejects.toThrow('protocol_version');
    none.destroy();
  });
  it('middlebox compatibility off on either side', async () => {
    for (const args of [[], ['-no_middlebox']]) {
      const { port, process } = await talker(args);
      const peer = await (await connectTo(port, { middleboxCompatibility: args.length > 0 })).secure();
      peer.send('plain\n');
      await process.prints('plain\n');
      peer.destroy();
    }
  });
});
