/** The engine as a client against gnutls-serv: every suite, group, signature scheme and kind of certificate that it has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import type { ClientOptions, Session } from '../../src/lib/tls/index.ts';
import { OLD_PRIORITY, priority, serve, sharedGroups, sharedSchemes, sharedSuites } from '../support/gnutls-peer.ts';
import { ALL_SCHEMES, PSK, PSK_KEY, kindFor } from '../support/openssl-peer.ts';
import { describeWith, hasPeer } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { connectTo, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
const servers = new Map<string, Promise<{ port: number; process: Running }>>();

function server(kind: KeyKind | undefined, old = false): Promise<{ port: number; process: Running }> {
  const name = `${kind} ${old}`;
  let one = servers.get(name);
  if (!one) {
    const psks = ['--pskpasswd', workshop.file('psk', `Client_identity:${PSK_KEY}\n`), '--pskhint', 'hint'];
    servers.set(
      name,
      (one = serve(workshop, kind, ['--priority', old ? OLD_PRIORITY : priority(), '--disable-client-cert', ...psks])),
    );
  }
  return one;
}

beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

/** A connection with data both ways, that ends as it should. */
async function talk(
  port: number,
  options: ClientOptions,
  connection: { session?: Session | undefined } = {},
): Promise<TlsPeer> {
  const common = { verifySchemes: ALL_SCHEMES, signSchemes: ALL_SCHEMES };
  const peer = await connectTo(port, { ...common, ...options }, connection);
  await peer.secure();
  await peer.send('echoed\n').receives('echoed\n');
  await peer.close().closed();
  return peer;
}

const here = hasPeer('gnutls-serv');

describeWith(['gnutls-serv'], 'S1 S4: gnutls-serv, every suite of every version', () => {
  it.each(here ? sharedSuites() : [])('%s %s', async (version, name, suite) => {
    const { port } = await server(kindFor(suite), version !== 'TLSv1.3');
    const psk = suite.keyExchange.includes('psk') ? { psks: [PSK] } : {};
    for (const encryptThenMac of suite.bulk.kind === 'cbc' ? [true, false] : [true]) {
      const { info } = await talk(port, { versions: [version], suites: [name], encryptThenMac, ...psk });
      expect([info.version?.name, info.suite?.name]).toEqual([version, name]);
      expect(info.encryptThenMac).toBe(suite.bulk.kind === 'cbc' && encryptThenMac);
      expect(info.extendedMasterSecret).toBe(version !== 'TLSv1.3');
    }
  });
});

describeWith(['gnutls-serv'], 'A9: gnutls-serv, every group', () => {
  it.each(sharedGroups.flatMap(([name]) => [[name, undefined] as const, [name, []] as const]))(
    'TLS 1.3 %s with shares %j',
    async (name, shares) => {
      const { port } = await server('p256');
      const { info } = await talk(port, { versions: ['TLSv1.3'], groups: [name], shares });
      expect([info.group?.name, info.retried]).toEqual([name, shares !== undefined]);
    },
  );
  it.each(sharedGroups.map(([name]) => name))('TLS 1.2 %s', async (name) => {
    const { port } = await server('rsa');
    const suites = [name.startsWith('ffdhe') ? 'DHE-RSA-AES128-GCM-SHA256' : 'ECDHE-RSA-AES128-GCM-SHA256'];
    const { info } = await talk(port, { versions: ['TLSv1.2'], groups: [name], suites });
    expect(info.group?.name).toBe(name);
  });
});

const cases = (['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) =>
  sharedSchemes(version).map(([name, kind]) => [version, name, kind] as const),
);

describeWith(['gnutls-serv'], 'S4: gnutls-serv, every signature scheme', () => {
  it.each(cases)('%s %s, %s', async (version, name, kind) => {
    const { port } = await server(kind);
    const suite = kind.startsWith('rsa') ? 'ECDHE-RSA-AES128-GCM-SHA256' : 'ECDHE-ECDSA-AES128-GCM-SHA256';
    const { info } = await talk(port, {
      versions: [version],
      verifySchemes: [name],
      certificateSchemes: ALL_SCHEMES,
      ...(version === 'TLSv1.2' && { suites: [kind === 'dsa' ? 'DHE-DSS-AES128-GCM-SHA256' : suite] }),
    });
    expect(info.peerScheme?.name).toBe(name);
  });
});

describeWith(['gnutls-serv'], 'S4: gnutls-serv, every scheme of a client certificate', () => {
  let port: number;
  beforeAll(async () => {
    ({ port } = await serve(workshop, 'p256', ['--priority', priority(), '--require-client-cert']));
  });
  it.each(cases)('%s %s, %s', async (version, name, kind) => {
    const { credential } = await testIdentity(kind);
    const { info } = await talk(port, { versions: [version], signSchemes: [name], credentials: [credential] });
    expect(info.ownScheme?.name).toBe(name);
  });
});

describeWith(['gnutls-serv'], 'S5: gnutls-serv, resumption', () => {
  const versions: VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
  it.each(
    versions.flatMap((version) => [
      [version, true] as const,
      ...(version === 'TLSv1.3' ? [] : [[version, false] as const]),
    ]),
  )('%s with tickets: %s', async (version, tickets) => {
    const more = tickets ? [] : ['--noticket'];
    const { port } = await serve(workshop, 'p256', ['--priority', priority(), '--disable-client-cert', ...more]);
    const options = { versions: [version], tickets, suites: ['TLS_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES128-SHA'] };
    const first = await talk(port, options);
    if (version !== 'TLSv1.3') expect(first.session!.ticket.length > 0).toBe(tickets);
    const second = await talk(port, options, { session: first.session });
    expect([second.info.resumed, second.info.suite]).toEqual([true, first.info.suite]);
  });
  it('early data', async () => {
    const { port } = await serve(workshop, 'p256', ['--priority', priority(), '--disable-client-cert', '--earlydata']);
    const first = await connectTo(port, { versions: ['TLSv1.3'] });
    await first.until('a ticket', () => first.session !== undefined);
    const { session } = first;
    expect(session!.maxEarlyData).toBeGreaterThan(0);
    await first.close().closed();
    const early = await connectTo(port, { versions: ['TLSv1.3'] }, { session, early: 'sent early\n', earlyData: true });
    await early.secure();
    expect(early.of('early_data')[0]?.accepted).toBe(true);
    await early.send('sent late\n').receives('sent late\n');
    await early.close().closed();
  });
  it('external PSKs of TLS 1.3', async () => {
    const { port } = await server(undefined);
    const { info } = await talk(port, { versions: ['TLSv1.3'], psks: [PSK] });
    expect(Buffer.from(info.externalPsk ?? []).toString()).toBe('Client_identity');
    const bare = await talk(port, { versions: ['TLSv1.3'], psks: [PSK], pskModes: ['psk_ke'] });
    expect(bare.info.group).toBeUndefined();
  });
});

describeWith(['gnutls-serv'], 'S5: gnutls-serv, extensions', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: ALPN, a stapled response, the exporter', async (version) => {
    const response = workshop.file('ocsp.der', Buffer.from('30030a0106', 'hex'));
    const { port, process } = await serve(workshop, 'p256', [
      '--priority',
      priority(),
      '--disable-client-cert',
      '--alpn=http/1.1',
      `--ocsp-response=${response}`,
      '--ignore-ocsp-response-errors',
      '--keymatexport=EXPORTER-tlskit',
      '--keymatexportsize=48',
    ]);
    const peer = await (
      await connectTo(port, { versions: [version], alpn: ['h2', 'http/1.1'], requestOcsp: true })
    ).secure();
    expect(Buffer.from(peer.info.alpn ?? []).toString()).toBe('http/1.1');
    await process.prints(/Key material: [0-9a-f]{96}/);
    const [, theirs] = /Key material: ([0-9a-f]+)/.exec(process.output)!;
    expect(peer.engine.exportKeyingMaterial(48, 'EXPORTER-tlskit').toString('hex')).toBe(theirs);
    peer.destroy();
  });
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: record size limits, each its own', async (version) => {
    const { port } = await serve(workshop, 'p256', [
      '--priority',
      priority(),
      '--disable-client-cert',
      '--recordsize=1024',
    ]);
    const peer = await connectTo(port, { versions: [version], recordSizeLimit: 700, traceRecords: true });
    await peer.secure();
    const text = 'x'.repeat(5000);
    await peer.send(`${text}\n`).receives(text);
    const records = peer.of('record').filter(({ contentType }) => contentType === 23);
    const longest = (direction: 'in' | 'out'): number =>
      Math.max(...records.filter((one) => one.direction === direction).map((one) => one.length));
    expect(longest('out')).toBeLessThanOrEqual(1024);
    expect(longest('out')).toBeGreaterThan(700);
    expect(longest('in')).toBeLessThanOrEqual(700);
    peer.destroy();
  });
  it('S2: KeyUpdate', async () => {
    const { port } = await server('p256');
    const peer = await (await connectTo(port, { versions: ['TLSv1.3'] })).secure();
    for (const requested of [false, true]) {
      peer.engine.updateKeys(requested);
      await peer.send(`after ${requested}\n`).receives(`after ${requested}\n`);
    }
    expect(peer.of('key_update').filter(({ direction }) => direction === 'in').length).toBe(1);
    peer.destroy();
  });
  it('S2: renegotiation', async () => {
    const { port } = await server('p256');
    for (const version of ['TLSv1.2', 'TLSv1'] as const) {
      const suites = ['ECDHE-ECDSA-AES128-SHA'];
      const peer = await connectTo(port, { versions: [version], suites, renegotiation: 'freely' });
      await peer.secure();
      peer.engine.renegotiate();
      peer.pump();
      await peer.until('the renegotiation', () => peer.info.renegotiations === 1);
      await peer.send('after\n').receives('after\n');
      peer.destroy();
    }
  });
});
