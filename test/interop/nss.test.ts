/** The engine against NSS's tstclnt and selfserv, both directions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SUITES } from '../../src/lib/registry/tls-suites.ts';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import {
  replayGuard,
  ticketSealer,
  type ClientOptions,
  type ConnectionOptions,
  type ServerOptions,
} from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { PSK, PSK_KEY, kindFor } from '../support/openssl-peer.ts';
import { describeWith, openssl, run } from '../support/peers.ts';
import { Workshop, freePort, type Running } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { TlsListener, connectTo, respond, type TlsPeer } from '../support/tls-socket.ts';

const NAMES: Readonly<Partial<Record<VersionName, string>>> = {
  'TLSv1.3': 'tls1.3',
  'TLSv1.2': 'tls1.2',
  'TLSv1.1': 'tls1.1',
  TLSv1: 'tls1.0',
};
const only = (version: VersionName): string => `${NAMES[version]}:${NAMES[version]}`;

// what both have, by number: NSS takes a suite as `:C02B`
const CODES =
  `1301 1302 1303 C02B C02C C02F C030 CCA8 CCA9 CCAA C009 C00A C013 C014 C023 C024 C027 C028 009E 009F 0033 0039 0067 006B
  009C 009D 002F 0035 003C 003D 000A C008 C012 0016 0041 0084 0045 0088`
    .split(/\s+/)
    .map((code) => Number.parseInt(code, 16));
const CASES = CODES.flatMap((code) => {
  const suite = SUITES.row(code)!;
  const versions: VersionName[] =
    suite.first > 0x0303 ? ['TLSv1.3'] : suite.first === 0x0303 ? ['TLSv1.2'] : ['TLSv1.2', 'TLSv1'];
  return versions.map((version) => [version, suite.name, suite] as const);
});
const GROUP_NAMES: readonly (readonly [string, string])[] = [
  ['x25519', 'x25519'],
  ['secp256r1', 'P256'],
  ['secp384r1', 'P384'],
  ['secp521r1', 'P521'],
  ['ffdhe2048', 'FF2048'],
  ['ffdhe3072', 'FF3072'],
  ['ffdhe4096', 'FF4096'],
  ['ffdhe6144', 'FF6144'],
  ['ffdhe8192', 'FF8192'],
];
const hex = (code: number): string => `:${code.toString(16).padStart(4, '0').toUpperCase()}`;

describeWith(['tstclnt', 'selfserv', 'certutil', 'pk12util', 'openssl'], 'NSS', () => {
  let workshop: Workshop;
  let database: string;
  let request: string;
  beforeAll(async () => {
    workshop = new Workshop();
    database = `sql:${workshop.folder}`;
    request = workshop.file('request', 'GET / HTTP/1.0\r\n\r\n');
    expect(run('certutil', ['-N', '-d', database, '--empty-password']).status).toBe(0);
    for (const kind of ['rsa', 'p256', 'p384', 'p521'] as const) {
      const { cert, key } = workshop.identity(kind, await testIdentity(kind));
      const file = workshop.path(`${kind}.p12`);
      openssl(['pkcs12', '-export', '-in', cert, '-inkey', key, '-out', file, '-passout', 'pass:x', '-name', kind]);
      expect(run('pk12util', ['-i', file, '-d', database, '-W', 'x', '-K', '']).status).toBe(0);
    }
    expect(run('certutil', ['-M', '-d', database, '-n', 'test CA', '-t', 'CT,CT,']).status).toBe(0);
  });
  afterAll(() => workshop.close());

  async function serve(args: readonly string[], kind: KeyKind = 'p256'): Promise<{ port: number; process: Running }> {
    const port = await freePort();
    const names = ['-n', 'rsa', '-e', kind === 'rsa' ? 'p256' : kind];
    const process = workshop.start('selfserv', ['-d', database, '-p', `${port}`, ...names, '-G', ...args]);
    await process.listensOn(port);
    return { port, process };
  }

  async function get(
    port: number,
    options: ClientOptions,
    connection: ConnectionOptions & { early?: string } = {},
  ): Promise<TlsPeer> {
    const peer = await connectTo(port, options, connection);
    await peer.secure();
    if (connection.early === undefined || peer.info.earlyData !== 'accepted') peer.send('GET / HTTP/1.0\r\n\r\n');
    await peer.closed();
    expect(peer.text).toContain('HTTP/1.0 200 OK');
    return peer;
  }

  /** Runs tstclnt against a server with these options; its connections, all over. */
  async function visit(options: ServerOptions, args: readonly string[], kind: KeyKind = 'p256'): Promise<TlsPeer> {
    const { credential } = await testIdentity(kind);
    const listener = workshop.keep(await TlsListener.open({ credentials: [credential], ...options }, respond));
    return again(listener, args);
  }

  async function again(listener: TlsListener, args: readonly string[]): Promise<TlsPeer> {
    const base = [
      '-h',
      '127.0.0.1',
      '-a',
      'localhost',
      '-p',
      `${listener.port}`,
      '-d',
      database,
      '-o',
      '-G',
      '-A',
      request,
    ];
    const client = workshop.start('tstclnt', [...base, ...args]);
    const peer = await listener.next();
    await peer.secure();
    await client.ends();
    expect([client.status, client.stdout.includes('200 OK')], client.output).toEqual([0, true]);
    return peer;
  }

  it('S1 S4: selfserv, every suite', async () => {
    const { port } = await serve(['-V', 'tls1.0:tls1.3', '-H', '1', '-c', CODES.map(hex).join('')]);
    for (const [version, name, suite] of CASES) {
      const { info } = await get(port, { versions: [version], suites: [name] });
      expect([info.version?.name, info.suite]).toEqual([version, suite]);
    }
  });
  it.each(CASES)('S3 S4: tstclnt, %s %s', async (version, name, suite) => {
    const { info } = await visit(
      { versions: [version], suites: [name] },
      ['-V', only(version), '-c', hex(suite.code)],
      kindFor(suite),
    );
    expect([info.version?.name, info.suite?.name]).toEqual([version, name]);
  });
  it.each(GROUP_NAMES)('A9: %s', async (name, theirs) => {
    const { port } = await serve(['-V', 'tls1.3:tls1.3', '-I', theirs]);
    for (const shares of [undefined, []]) {
      const { info } = await get(port, { groups: [name], shares });
      expect([info.group?.name, info.retried]).toEqual([name, shares !== undefined]);
    }
    const { info } = await visit({ versions: ['TLSv1.3'], groups: [name] }, [
      '-V',
      only('TLSv1.3'),
      '-I',
      `P256,${theirs}`,
    ]);
    expect(info.group?.name).toBe(name);
  });
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('S3 S4: certificates of both sides, %s', async (version) => {
    for (const kind of ['p256', 'p384', 'p521', 'rsa'] as const) {
      const { credential } = await testIdentity(kind);
      const { port } = await serve(['-V', only(version), '-r', '-r'], kind);
      const suites =
        version === 'TLSv1.3'
          ? undefined
          : [kind === 'rsa' ? 'ECDHE-RSA-AES128-GCM-SHA256' : 'ECDHE-ECDSA-AES128-GCM-SHA256'];
      const peer = await get(port, { versions: [version], suites, credentials: [credential] });
      expect(peer.info.credential).toBe(credential);
      const visitor = await visit(
        { versions: [version], clientAuth: 'require' },
        ['-V', only(version), '-n', kind],
        kind,
      );
      expect(visitor.info.peerChain.length).toBeGreaterThan(0);
    }
  });
  it.each<VersionName>(['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'])('S5: resumption, %s', async (version) => {
    const suites = ['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-SHA'];
    const options = { versions: [version], suites };
    for (const tickets of version === 'TLSv1.3' ? [true] : [true, false]) {
      const { port } = await serve(['-V', only(version), ...(tickets ? ['-u'] : [])]);
      const first = await get(port, { ...options, tickets });
      const second = await get(port, { ...options, tickets }, { session: first.session });
      expect(second.info.resumed).toBe(true);
    }
    const { credential } = await testIdentity('p256');
    const listener = await TlsListener.open(
      { credentials: [credential], ticketSealer: ticketSealer([TicketKey.generate()]), ...options },
      respond,
    );
    workshop.keep(listener);
    await again(listener, ['-V', only(version), '-u', '-L', '2']);
    expect((await listener.next()).info.resumed).toBe(true);
  });
  it('S5: early data', async () => {
    const { port } = await serve(['-V', only('TLSv1.3'), '-u', '-Z']);
    const first = await get(port, { versions: ['TLSv1.3'] });
    expect(first.session!.maxEarlyData).toBeGreaterThan(0);
    // NSS says no for as long as its memory of hellos has not seen a whole window
    const early = { session: first.session, early: 'GET / HTTP/1.0\r\n\r\n', earlyData: true };
    const second = await get(port, { versions: ['TLSv1.3'] }, early);
    expect([second.info.resumed, second.of('early_data').length]).toEqual([true, 1]);

    const { credential } = await testIdentity('p256');
    const sealer = ticketSealer([TicketKey.generate()]);
    const options: ServerOptions = { maxEarlyData: 16_384, replayGuard: replayGuard(), ticketSealer: sealer };
    const listener = await TlsListener.open({ credentials: [credential], versions: ['TLSv1.3'], ...options }, respond);
    workshop.keep(listener);
    await again(listener, ['-V', only('TLSv1.3'), '-u', '-Z', '-L', '2']);
    expect((await listener.next()).info).toMatchObject({ resumed: true, earlyData: 'accepted' });
  });
  it('S5: an external PSK, with tstclnt; selfserv does not take its own either', async () => {
    const psk = ['-V', only('TLSv1.3'), '-z', `0x${PSK_KEY}:Client_identity`];
    const { info } = await visit({ versions: ['TLSv1.3'], psks: [PSK], credentials: [] }, psk);
    expect(Buffer.from(info.externalPsk ?? []).toString()).toBe('Client_identity');
  });
});
