/** gnutls-cli against the engine as a server: every suite, group, signature scheme and kind of certificate that it has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { memoryStore, replayGuard, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import {
  OLD_PRIORITY,
  VERSION_FLAGS,
  priority,
  sharedGroups,
  sharedSchemes,
  sharedSuites,
  withoutPsks,
} from '../support/gnutls-peer.ts';
import { ALL_SCHEMES, PSK, PSK_KEY, kindFor } from '../support/openssl-peer.ts';
import { describeWith, hasPeer } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { TlsListener, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

interface Talk {
  readonly peer: TlsPeer;
  readonly client: Running;
}

/** Starts gnutls-cli; both are there after the handshake. */
async function join(listener: TlsListener, args: readonly string[]): Promise<Talk> {
  const common = [
    '--port',
    `${listener.port}`,
    '--insecure',
    '--no-ca-verification',
    '--verify-allow-broken',
    '--sni-hostname=localhost',
  ];
  const client = workshop.start('gnutls-cli', [...common, ...args, '127.0.0.1']);
  const peer = await listener.next();
  await peer.secure().catch((error: Error) => {
    throw new Error(`${error.message}\n${client.output}`);
  });
  return { peer, client };
}

/** Data both ways, and a proper end that the server begins. */
async function finish({ peer, client }: Talk): Promise<void> {
  client.write('drawer\n');
  await client.prints('reward\n');
  peer.close();
  await Promise.all([client.ends(), peer.closed()]);
  expect(client.status).toBe(0);
}

async function talkTo(listener: TlsListener, args: readonly string[]): Promise<Talk> {
  const talk = await join(listener, args);
  await finish(talk);
  return talk;
}

const listeners = new Map<string, Promise<TlsListener>>();

/** A server for these options, kept for the next case with the same name. */
function listen(name: string, kind: KeyKind | undefined, options: ServerOptions): Promise<TlsListener> {
  let listener = listeners.get(name);
  if (!listener) {
    const identity = kind ? testIdentity(kind) : undefined;
    listener = Promise.resolve(identity)
      .then((one) => ({
        signSchemes: ALL_SCHEMES,
        verifySchemes: ALL_SCHEMES,
        credentials: one ? [one.credential] : [],
        ...options,
      }))
      .then((ready) => TlsListener.open(ready))
      .then((one) => workshop.keep(one));
    listeners.set(name, listener);
  }
  return listener;
}

const only = (version: VersionName, groups?: string): string[] => [
  '--priority',
  withoutPsks(priority(VERSION_FLAGS[version], groups)),
];
const here = hasPeer('gnutls-cli');

describeWith(['gnutls-cli'], 'S3 S4: gnutls-cli, every suite of every version', () => {
  it.each(here ? sharedSuites() : [])('%s %s', async (version, name, suite) => {
    const psk = suite.keyExchange.includes('psk');
    const listener = await listen(`${version} ${name}`, kindFor(suite), {
      versions: [version],
      suites: [name],
      pskHint: Buffer.from('hint'),
      psks: psk ? [PSK] : [],
    });
    const secret = psk ? ['--pskusername', 'Client_identity', '--pskkey', PSK_KEY] : [];
    const everything = version === 'TLSv1.3' ? priority() : OLD_PRIORITY;
    const text = psk ? everything : withoutPsks(everything);
    for (const encryptThenMac of suite.bulk.kind === 'cbc' ? [true, false] : [true]) {
      const talk = await join(listener, ['--priority', text + (encryptThenMac ? '' : ':%NO_ETM'), ...secret]);
      // gnutls-cli 3.7 falls over when it prints the group of these, with its own server too: the handshake is all there is
      if (suite.keyExchange !== 'dhe_psk' && suite.keyExchange !== 'ecdhe_psk') await finish(talk);
      const { peer } = talk;
      expect([peer.info.version?.name, peer.info.suite?.name]).toEqual([version, name]);
      expect(peer.info.encryptThenMac).toBe(suite.bulk.kind === 'cbc' && encryptThenMac);
    }
  });
});

describeWith(['gnutls-cli'], 'A9: gnutls-cli, every group', () => {
  it.each(sharedGroups)('TLS 1.3 %s', async (name, theirs) => {
    const listener = await listen(name, 'p256', { versions: ['TLSv1.3'], groups: [name] });
    const { peer } = await talkTo(listener, only('TLSv1.3', `+${theirs}`));
    expect([peer.info.group?.name, peer.info.retried]).toEqual([name, false]);
    const other = name === 'x25519' ? 'GROUP-SECP256R1' : 'GROUP-X25519';
    const retried = await talkTo(listener, ['--single-key-share', ...only('TLSv1.3', `+${other}:+${theirs}`)]);
    expect([retried.peer.info.group?.name, retried.peer.info.retried]).toEqual([name, true]);
  });
  it.each(sharedGroups)('TLS 1.2 %s', async (name, theirs) => {
    const suites = [name.startsWith('ffdhe') ? 'DHE-RSA-AES128-GCM-SHA256' : 'ECDHE-RSA-AES128-GCM-SHA256'];
    const listener = await listen(`1.2 ${name}`, 'rsa', { versions: ['TLSv1.2'], suites, groups: [name] });
    const { peer } = await talkTo(listener, only('TLSv1.2', `+${theirs}`));
    expect(peer.info.group?.name).toBe(name);
  });
});

const cases = (['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) =>
  sharedSchemes(version).map(([name, kind]) => [version, name, kind] as const),
);

describeWith(['gnutls-cli'], 'S4: gnutls-cli, every signature scheme, of both sides', () => {
  it.each(cases)('%s %s, %s', async (version, name, kind) => {
    const identity = await testIdentity(kind);
    const suite = kind.startsWith('rsa') ? 'ECDHE-RSA-AES128-GCM-SHA256' : 'ECDHE-ECDSA-AES128-GCM-SHA256';
    const listener = await listen(`${version} ${name} ${kind}`, kind, {
      versions: [version],
      signSchemes: [name],
      verifySchemes: [name],
      certificateSchemes: ALL_SCHEMES,
      clientAuth: 'require',
      ...(version === 'TLSv1.2' && { suites: [kind === 'dsa' ? 'DHE-DSS-AES128-GCM-SHA256' : suite] }),
    });
    const { cert, key } = workshop.identity(kind, identity);
    const { peer } = await talkTo(listener, [...only(version), '--x509certfile', cert, '--x509keyfile', key]);
    expect([peer.info.ownScheme?.name, peer.info.peerScheme?.name]).toEqual([name, name]);
    expect(Buffer.from(peer.info.peerChain[0]!).equals(identity.der)).toBe(true);
  });
});

describeWith(['gnutls-cli'], 'S5: gnutls-cli, resumption', () => {
  const versions: VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
  const all = versions.flatMap((version) => [[version, 'tickets'] as const, [version, 'ids'] as const]);
  it.each(all.filter(([version, by]) => version !== 'TLSv1.3' || by === 'tickets'))('%s by %s', async (version, by) => {
    const listener = await listen(`resume ${version} ${by}`, 'p256', {
      versions: [version],
      suites: ['TLS_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES128-SHA'],
      ...(by === 'tickets' ? { ticketSealer: ticketSealer([TicketKey.generate()]) } : { sessionStore: memoryStore() }),
    });
    const { client } = await join(listener, [...only(version), '--resume', '--waitresumption']);
    const peer = await listener.next();
    await peer.secure();
    expect(peer.info.resumed).toBe(true);
    await client.prints('This is a resumed session');
    await finish({ client, peer });
  });
  it('early data', async () => {
    const listener = await listen('early', 'p256', {
      versions: ['TLSv1.3'],
      ticketSealer: ticketSealer([TicketKey.generate()]),
      maxEarlyData: 16_384,
      replayGuard: replayGuard(),
    });
    const file = workshop.file('early', 'sent early\n');
    const args = ['--resume', '--waitresumption', `--earlydata=${file}`];
    const { client } = await join(listener, [...only('TLSv1.3'), ...args]);
    const peer = await listener.next();
    await peer.secure();
    expect([peer.info.resumed, peer.info.earlyData, peer.text]).toEqual([true, 'accepted', 'sent early\n']);
    await finish({ client, peer });
  });
  it('an external PSK of TLS 1.3, with and without a group', async () => {
    const listener = await listen('psk', undefined, {
      versions: ['TLSv1.3'],
      psks: [PSK],
      pskModes: ['psk_dhe_ke', 'psk_ke'],
    });
    const secret = ['--pskusername', 'Client_identity', '--pskkey', PSK_KEY];
    for (const [exchange, group] of [
      ['+DHE-PSK', true],
      ['+PSK', false],
    ] as const) {
      const text = `NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:${exchange}`;
      const { peer } = await talkTo(listener, ['--priority', text, ...secret]);
      expect(Buffer.from(peer.info.externalPsk ?? []).toString()).toBe('Client_identity');
      expect(peer.info.group !== undefined).toBe(group);
    }
  });
});

describeWith(['gnutls-cli'], 'S5: gnutls-cli, extensions', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: ALPN and the exporter', async (version) => {
    const listener = await listen(`alpn ${version}`, 'p256', { alpn: ['h2', 'http/1.1'] });
    const exporter = ['--keymatexport=EXPORTER-tlskit', '--keymatexportsize=48'];
    const talk = await join(listener, [...only(version), '--alpn=http/1.1', '--alpn=h2', ...exporter]);
    await talk.client.prints(/Key material: [0-9a-f]{96}/);
    const [, theirs] = /Key material: ([0-9a-f]+)/.exec(talk.client.output)!;
    expect(talk.peer.engine.exportKeyingMaterial(48, 'EXPORTER-tlskit').toString('hex')).toBe(theirs);
    await talk.client.prints('Application protocol: h2');
    await finish(talk);
  });
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: record size limits, each its own', async (version) => {
    const listener = await listen(`size ${version}`, 'p256', { recordSizeLimit: 700, traceRecords: true });
    const talk = await join(listener, [...only(version), '--recordsize=1024']);
    const text = 'x'.repeat(3000);
    // gnutls-cli sends a record as large as it may be, and forgets the rest of the line
    talk.client.write(`${text}\n`);
    await talk.peer.receives('x'.repeat(690));
    talk.peer.send(`\n${text}y\n`);
    await talk.client.prints(`${text}y`);
    const records = talk.peer.of('record').filter(({ contentType }) => contentType === 23);
    const longest = (direction: 'in' | 'out'): number =>
      Math.max(...records.filter((one) => one.direction === direction).map((one) => one.length));
    expect(longest('out')).toBeLessThanOrEqual(1024);
    expect(longest('out')).toBeGreaterThan(1000);
    expect(longest('in')).toBe(version === 'TLSv1.3' ? 699 : 700);
    talk.client.write('\n');
    await finish(talk);
  });
  it('S2: renegotiation', async () => {
    for (const version of ['TLSv1.2', 'TLSv1'] as const) {
      const listener = await listen(`renegotiate ${version}`, 'p256', {
        versions: [version],
        suites: ['ECDHE-ECDSA-AES128-SHA'],
        renegotiation: 'freely',
      });
      const talk = await join(listener, [...only(version), '--rehandshake']);
      await talk.peer.until('the renegotiation', () => talk.peer.info.renegotiations === 1);
      await finish(talk);
    }
  });
  it('S2: renegotiation without RFC 5746, where it is allowed', async () => {
    const common = { versions: ['TLSv1.2'], suites: ['ECDHE-ECDSA-AES128-SHA'], renegotiation: 'freely' } as const;
    for (const legacyRenegotiation of [true, false]) {
      const listener = await listen(`legacy ${legacyRenegotiation}`, 'p256', { ...common, legacyRenegotiation });
      const [flag, text] = only('TLSv1.2');
      const args = [flag!, `${text}:%DISABLE_SAFE_RENEGOTIATION`, '--rehandshake'];
      const { peer } = await join(listener, args);
      if (legacyRenegotiation) await peer.until('the renegotiation', () => peer.info.renegotiations === 1);
      else await peer.until('a refusal', () => peer.of('renegotiation').some(({ refused }) => refused));
      expect(peer.info.secureRenegotiation).toBe(false);
      peer.destroy();
    }
  });
  it('S2: KeyUpdate', async () => {
    const listener = await listen('rekey', 'p256', { versions: ['TLSv1.3'] });
    const talk = await join(listener, [...only('TLSv1.3'), '--inline-commands']);
    talk.client.write('^rekey^\n');
    await talk.peer.until('a key update', () => talk.peer.of('key_update').some(({ direction }) => direction === 'in'));
    talk.peer.engine.updateKeys(true);
    talk.peer.pump();
    await finish(talk);
  });
  it('authentication after the handshake', async () => {
    const { cert, key } = workshop.identity('late', await testIdentity('ed25519'));
    const listener = await listen('late', 'p256', { versions: ['TLSv1.3'] });
    const mine = ['--post-handshake-auth', '--x509certfile', cert, '--x509keyfile', key];
    const talk = await join(listener, [...only('TLSv1.3'), ...mine]);
    talk.peer.engine.requestCertificate();
    talk.peer.pump();
    await talk.peer.until('authentication', () => talk.peer.of('authentication').length === 1);
    expect(talk.peer.info.peerChain.length).toBe(2);
    await finish(talk);
  });
});

describeWith(['gnutls-cli'], 'S4: gnutls-cli, hellos of other shapes', () => {
  const SHAPES = [
    '%NO_EXTENSIONS',
    '%NO_SESSION_HASH',
    '%FORCE_ETM',
    '%COMPAT',
    '%DUMBFW',
    '%SSL3_RECORD_VERSION',
    '%LATEST_RECORD_VERSION',
    '%DISABLE_SAFE_RENEGOTIATION',
    '%SAFE_RENEGOTIATION',
    '%PARTIAL_RENEGOTIATION',
    '%NO_TICKETS',
    '%DISABLE_TLS13_COMPAT_MODE',
    '%SERVER_PRECEDENCE',
  ];
  const exchanges: readonly (readonly [VersionName, string])[] = [
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ...(['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const).flatMap((version) =>
      ['ECDHE-RSA-AES128-SHA', 'DHE-RSA-AES128-SHA', 'AES128-SHA'].map((suite) => [version, suite] as const),
    ),
  ];
  it.each(SHAPES)('%s', async (shape) => {
    for (const [version, suite] of exchanges) {
      // TLS 1.3 is its extensions
      if (version === 'TLSv1.3' && shape === '%NO_EXTENSIONS') continue;
      const listener = await listen(`shape ${version} ${suite}`, 'rsa', { versions: [version], suites: [suite] });
      const [flag, text] = only(version);
      const { peer } = await talkTo(listener, [flag!, `${text}:${shape}`]).catch((error: Error) => {
        throw new Error(`${version} ${suite}: ${error.message}`);
      });
      if (shape === '%NO_EXTENSIONS') expect(peer.info.peerExtensions).toEqual([]);
      if (shape === '%NO_SESSION_HASH') expect(peer.info.extendedMasterSecret).toBe(false);
    }
  });
});
