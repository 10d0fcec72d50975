/** openssl s_client against the engine as a server: every suite, group, signature scheme and kind of certificate that it has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { memoryStore, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import {
  ALL_CIPHERS,
  ALL_SCHEMES,
  ALL_SIGALGS,
  OLD_VERSIONS,
  PSK,
  PSK_KEY,
  groupName,
  groups12,
  groups13,
  kindFor,
  schemes,
  sharedSuites,
  sigalgName,
} from '../support/openssl-peer.ts';
import { describeWith, hasPeer } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { TlsListener, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

const FLAGS = new Map<string, string>([
  ['TLSv1.3', '-tls1_3'],
  ...OLD_VERSIONS.map(({ name, flag }) => [name, flag] as const),
]);
const flag = (version: VersionName): string => FLAGS.get(version)!;

/** Reading the system's certificates takes longer than a handshake. */
const NO_TRUST = ['-no-CAfile', '-no-CApath', '-no-CAstore'];

interface Talk {
  readonly peer: TlsPeer;
  readonly client: Running;
}

/** Runs s_client against a server; data both ways, and a proper end that the server begins. */
async function talkTo(listener: TlsListener, args: readonly string[]): Promise<Talk> {
  const common = ['-connect', `127.0.0.1:${listener.port}`, '-servername', 'localhost', '-brief', ...NO_TRUST];
  const client = workshop.start('openssl', ['s_client', ...common, ...args]);
  const gone = client.ends().then(() => Promise.reject(new Error(`s_client gave up: ${client.output}`)));
  const peer = await Promise.race([listener.next(), gone]);
  gone.catch(() => undefined);
  await peer.secure().catch((error: Error) => {
    throw new Error(`${error.message}\n${client.output}`);
  });
  client.write('drawer\n');
  await client.prints('reward\n');
  peer.close();
  await Promise.all([client.ends(), peer.closed()]);
  expect(client.status).toBe(0);
  return { peer, client };
}

const listeners = new Map<string, Promise<TlsListener>>();

/** A server for these options, kept for the next case with the same name. */
function listen(name: string, options: () => ServerOptions | Promise<ServerOptions>): Promise<TlsListener> {
  let listener = listeners.get(name);
  if (!listener) {
    listener = Promise.resolve(options())
      .then((ready) => TlsListener.open({ signSchemes: ALL_SCHEMES, verifySchemes: ALL_SCHEMES, ...ready }))
      .then((one) => workshop.keep(one));
    listeners.set(name, listener);
  }
  return listener;
}

const here = hasPeer('openssl');

describeWith(['openssl'], 'S3 S4: s_client, every suite of every version', () => {
  it.each(here ? sharedSuites() : [])('%s %s', async (version, name, suite) => {
    const kind = kindFor(suite);
    const listener = await listen(`${version} ${name}`, async () => ({
      versions: [version],
      suites: [name],
      credentials: kind ? [(await testIdentity(kind)).credential] : [],
      pskHint: Buffer.from('hint'),
      ...(suite.keyExchange.includes('psk') && { psks: [PSK] }),
    }));
    const ciphers = version === 'TLSv1.3' ? ['-ciphersuites', name] : ['-cipher', `${name}:@SECLEVEL=0`];
    const psk = suite.keyExchange.includes('psk') ? ['-psk', PSK_KEY] : [];
    for (const encryptThenMac of suite.bulk.kind === 'cbc' ? [true, false] : [true]) {
      const more = encryptThenMac ? [] : ['-no_etm'];
      const { peer, client } = await talkTo(listener, [flag(version), ...ciphers, ...psk, ...more]);
      expect(client.output).toMatch(new RegExp(`Protocol version: ${version}\\nCiphersuite: ${name}\\n`));
      expect([peer.info.version?.name, peer.info.suite?.openssl]).toEqual([version, name]);
      expect(peer.info.encryptThenMac).toBe(suite.bulk.kind === 'cbc' && encryptThenMac);
    }
  });
});

describeWith(['openssl'], 'A9: s_client, every group', () => {
  const open = (): Promise<TlsListener> =>
    listen('groups', async () => ({
      groups: [...new Set([...groups13, ...groups12])].map(({ name }) => name),
      credentials: [(await testIdentity('p256')).credential],
    }));
  it.each(groups13.map((group) => [group.name, groupName(group)] as const))('TLS 1.3 %s', async (name, theirs) => {
    const { peer } = await talkTo(await open(), ['-tls1_3', '-groups', theirs]);
    expect([peer.info.group?.name, peer.info.retried]).toEqual([name, false]);
    // the first one's share is of no use here
    const other = name === 'x25519' ? 'P-256' : 'X25519';
    const listener = await listen(`group ${name}`, async () => ({
      groups: [name],
      credentials: [(await testIdentity('p256')).credential],
    }));
    const retried = await talkTo(listener, ['-tls1_3', '-groups', `${other}:${theirs}`]);
    expect([retried.peer.info.group?.name, retried.peer.info.retried]).toEqual([name, true]);
  });
  it.each(groups12.map((group) => [group.name, groupName(group)] as const))('TLS 1.2 %s', async (name, theirs) => {
    // the curve of the certificate must be among the groups as well (RFC 4492 section 5.1.1)
    const { peer } = await talkTo(
      await listen('groups and RSA', async () => ({
        groups: groups12.map(({ name }) => name),
        credentials: [(await testIdentity('rsa')).credential],
      })),
      ['-tls1_2', '-groups', theirs, '-cipher', ALL_CIPHERS],
    );
    expect(peer.info.group?.name).toBe(name);
  });
});

const schemeCases = (['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) =>
  schemes(version).map(([name, kind, scheme]) => [version, name, kind, sigalgName(scheme)] as const),
);

describeWith(['openssl'], 'S4: s_client, every signature scheme', () => {
  it.each(schemeCases)('%s %s, %s', async (version, name, kind, sigalg) => {
    const listener = await listen(`certificate ${kind}`, async () => ({
      credentials: [(await testIdentity(kind)).credential],
      suites: suitesFor(kind),
    }));
    const { peer, client } = await talkTo(listener, [flag(version), '-sigalgs', sigalg, '-cipher', ALL_CIPHERS]);
    expect(peer.info.ownScheme?.name).toBe(name);
    expect(client.output).toMatch(/Signature type: /);
  });
});

const suitesFor = (kind: KeyKind): string[] => [
  'TLS_AES_128_GCM_SHA256',
  kind === 'dsa'
    ? 'DHE-DSS-AES128-GCM-SHA256'
    : kind.startsWith('rsa')
      ? 'ECDHE-RSA-AES128-GCM-SHA256'
      : 'ECDHE-ECDSA-AES128-GCM-SHA256',
];

describeWith(['openssl'], 'S3: s_client, every scheme of a client certificate', () => {
  it.each(schemeCases)('%s %s, %s', async (version, name, kind) => {
    const identity = await testIdentity(kind);
    const listener = await listen(`auth ${name}`, async () => ({
      credentials: [(await testIdentity('p256')).credential],
      clientAuth: 'require',
      verifySchemes: [name],
      certificateSchemes: ALL_SCHEMES,
    }));
    const { cert, key } = workshop.identity(kind, identity);
    const mine = ['-cert', cert, '-cert_chain', cert, '-key', key, '-sigalgs', ALL_SIGALGS];
    const { peer } = await talkTo(listener, [flag(version), '-cipher', ALL_CIPHERS, ...mine]);
    expect(peer.info.peerScheme?.name).toBe(name);
    expect(Buffer.from(peer.info.peerChain[0]!).equals(identity.der)).toBe(true);
  });
  it.each(['TLSv1.1', 'TLSv1'] as const)('%s with RSA, ECDSA and DSA', async (version) => {
    const listener = await listen(`old auth ${version}`, async () => ({
      credentials: [(await testIdentity('p256')).credential],
      clientAuth: 'require',
      versions: [version],
      suites: ['ECDHE-ECDSA-AES128-SHA'],
    }));
    for (const kind of ['rsa', 'p256', 'dsa'] as const) {
      const identity = await testIdentity(kind);
      const { cert, key } = workshop.identity(kind, identity);
      const { peer } = await talkTo(listener, [flag(version), '-cipher', ALL_CIPHERS, '-cert', cert, '-key', key]);
      expect(Buffer.from(peer.info.peerChain[0]!).equals(identity.der)).toBe(true);
    }
  });
  it.each(['TLSv1.3', 'TLSv1.2'] as const)(
    '%s without a certificate: taken where it is asked for, else refused',
    async (version) => {
      for (const clientAuth of ['request', 'require'] as const) {
        const listener = await listen(`none ${clientAuth}`, async () => ({
          credentials: [(await testIdentity('p256')).credential],
          clientAuth,
        }));
        if (clientAuth === 'request') {
          const { peer } = await talkTo(listener, [flag(version)]);
          expect(peer.info.peerChain).toEqual([]);
        } else {
          const client = workshop.start('openssl', [
            's_client',
            '-connect',
            `127.0.0.1:${listener.port}`,
            flag(version),
          ]);
          await expect((await listener.next()).secure()).rejects.toThrow('certificate');
          await client.ends();
          expect(client.output).toMatch(
            version === 'TLSv1.3' ? /alert certificate required/ : /alert handshake failure/,
          );
        }
      }
    },
  );
});

describeWith(['openssl'], 'S5: s_client, resumption', () => {
  const versions: VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
  it.each(
    versions
      .flatMap((version) => [[version, 'tickets'] as const, [version, 'ids'] as const])
      .filter(([version, by]) => version !== 'TLSv1.3' || by === 'tickets'),
  )('%s by %s', async (version, by) => {
    const listener = await listen(`resume ${version} ${by}`, async () => ({
      credentials: [(await testIdentity('p256')).credential],
      versions: [version],
      ...(version !== 'TLSv1.3' && { suites: ['ECDHE-ECDSA-AES128-SHA'] }),
      ...(by === 'tickets' ? { ticketSealer: ticketSealer([TicketKey.generate()]) } : { sessionStore: memoryStore() }),
    }));
    const file = workshop.path(`session ${version} ${by}`);
    const args = [flag(version), '-cipher', ALL_CIPHERS];
    const first = await talkTo(listener, [...args, '-sess_out', file]);
    expect(first.peer.info.resumed).toBe(false);
    for (let i = 0; i < 2; i += 1) {
      const { peer } = await talkTo(listener, [...args, '-sess_in', file, '-sess_out', file]);
      expect(peer.info.resumed).toBe(true);
    }
  });
  it('psk_ke', async () => {
    const listener = await listen('psk_ke', async () => ({
      credentials: [(await testIdentity('p256')).credential],
      ticketSealer: ticketSealer([TicketKey.generate()]),
      pskModes: ['psk_ke'],
    }));
    const file = workshop.path('psk_ke');
    await talkTo(listener, ['-allow_no_dhe_kex', '-sess_out', file]);
    const { peer } = await talkTo(listener, ['-allow_no_dhe_kex', '-sess_in', file]);
    expect([peer.info.resumed, peer.info.group]).toEqual([true, undefined]);
  });
  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])(
    'an external PSK with %s',
    async (name) => {
      const key = Buffer.from(PSK_KEY, 'hex');
      const { peer } = await talkTo(
        await listen(`psk ${name}`, () => ({
          versions: ['TLSv1.3'],
          psks: [{ ...PSK, key }],
        })),
        ['-tls1_3', '-psk', PSK_KEY, '-ciphersuites', `TLS_AES_128_GCM_SHA256:${name}`],
      );
      expect(Buffer.from(peer.info.externalPsk ?? []).toString()).toBe('Client_identity');
    },
  );
});
