/** The engine as a client against openssl s_server: every suite, group, signature scheme and kind of certificate that it has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TLS13, type VersionName } from '../../src/lib/registry/tls-versions.ts';
import type { ClientOptions, Session } from '../../src/lib/tls/index.ts';
import {
  ALL_SCHEMES,
  EVERYTHING,
  PSK,
  groups12,
  groups13,
  kindFor,
  schemes,
  serve,
  sharedSuites,
  type Served,
} from '../support/openssl-peer.ts';
import { describeWith, hasPeer } from '../support/peers.ts';
import { Workshop } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { connectTo, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
const servers = new Map<string, Promise<Served>>();

/** One s_server for each kind of certificate. */
function server(kind: KeyKind | undefined): Promise<Served> {
  const name = kind ?? 'none';
  let one = servers.get(name);
  if (!one) servers.set(name, (one = serve(workshop, kind, EVERYTHING)));
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
  await peer.send('drawer\n').receives('reward\n');
  await peer.close().closed();
  return peer;
}

const here = hasPeer('openssl');

describeWith(['openssl'], 'S1 S4: s_server, every suite of every version', () => {
  it.each(here ? sharedSuites() : [])('%s %s', async (version, name, suite) => {
    const { port } = await server(kindFor(suite));
    const psk = suite.keyExchange.includes('psk') ? { psks: [PSK] } : {};
    const ways = suite.bulk.kind === 'cbc' ? [true, false] : [true];
    for (const encryptThenMac of ways) {
      const { info } = await talk(port, { versions: [version], suites: [name], encryptThenMac, ...psk });
      expect([info.version?.name, info.suite?.openssl]).toEqual([version, name]);
      expect(info.encryptThenMac).toBe(suite.bulk.kind === 'cbc' && encryptThenMac);
      expect(info.extendedMasterSecret).toBe(version !== 'TLSv1.3');
    }
  });
});

describeWith(['openssl'], 'A9: s_server, every group', () => {
  it.each(groups13.flatMap(({ name }) => [[name, undefined] as const, [name, []] as const]))(
    'TLS 1.3 %s with shares %j',
    async (name, shares) => {
      const { port } = await server('p256');
      const { info } = await talk(port, { versions: ['TLSv1.3'], groups: [name], shares });
      expect([info.group?.name, info.retried]).toEqual([name, shares !== undefined]);
    },
  );
  it.each(groups12.map(({ name }) => name))('TLS 1.2 %s', async (name) => {
    const { port } = await server('rsa');
    const suites = ['ECDHE-RSA-AES128-GCM-SHA256'];
    const { info } = await talk(port, { versions: ['TLSv1.2'], groups: [name], suites });
    expect(info.group?.name).toBe(name);
  });
});

describeWith(['openssl'], 'S4: s_server, every signature scheme', () => {
  const cases = (['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) =>
    schemes(version).map(([name, kind]) => [version, name, kind] as const),
  );
  it.each(cases)('%s %s, %s', async (version, name, kind) => {
    const { port } = await server(kind);
    const { info } = await talk(port, {
      versions: [version],
      verifySchemes: [name],
      certificateSchemes: ALL_SCHEMES,
      ...(version === 'TLSv1.2' && { suites: [suiteOf(kind)] }),
    });
    expect(info.peerScheme?.name).toBe(name);
  });
});

const suiteOf = (kind: KeyKind): string =>
  kind.startsWith('rsa')
    ? 'ECDHE-RSA-AES128-GCM-SHA256'
    : kind === 'dsa'
      ? 'DHE-DSS-AES128-GCM-SHA256'
      : 'ECDHE-ECDSA-AES128-GCM-SHA256';

describeWith(['openssl'], 'S4: s_server, every scheme of a client certificate', () => {
  let port: number;
  beforeAll(async () => {
    const ca = workshop.identity('ca', await testIdentity('p256'));
    ({ port } = await serve(workshop, 'p256', [...EVERYTHING, '-Verify', '1', '-CAfile', ca.cert]));
  });
  const cases = (['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) =>
    schemes(version).map(([name, kind]) => [version, name, kind] as const),
  );
  it.each(cases)('%s %s, %s', async (version, name, kind) => {
    const { credential } = await testIdentity(kind);
    const { info } = await talk(port, { versions: [version], signSchemes: [name], credentials: [credential] });
    expect(info.ownScheme?.name).toBe(name);
  });
  it.each(['TLSv1.1', 'TLSv1'] as const)('%s with RSA, ECDSA and DSA', async (version) => {
    for (const kind of ['rsa', 'p256', 'dsa'] as const) {
      const { credential, der } = await testIdentity(kind);
      const suites = ['ECDHE-ECDSA-AES128-SHA'];
      const { info } = await talk(port, { versions: [version], suites, credentials: [credential] });
      expect(info.credential?.chain[0]).toBe(der);
    }
  });
});

describeWith(['openssl'], 'S5: s_server, resumption', () => {
  const versions: VersionName[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
  it.each(versions.flatMap((version) => [[version, true] as const, [version, false] as const]))(
    '%s with tickets: %s',
    async (version, tickets) => {
      const { port } = await serve(workshop, 'p256', [...EVERYTHING, ...(tickets ? [] : ['-no_ticket'])]);
      const suites = ['TLSv1', 'TLSv1.1'].includes(version) ? ['ECDHE-ECDSA-AES128-SHA'] : undefined;
      const options = { versions: [version], tickets, suites };
      const first = await talk(port, options);
      const { session } = first;
      if (version !== 'TLSv1.3') expect(session!.ticket.length > 0).toBe(tickets);
      const second = await talk(port, options, { session });
      expect([second.info.resumed, second.info.suite]).toEqual([true, first.info.suite]);
      expect(second.session !== undefined).toBe(version === 'TLSv1.3');
    },
  );
  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])(
    'TLS 1.3 %s, psk_dhe_ke after a retry, and psk_ke',
    async (suite) => {
      const { port } = await serve(workshop, 'rsa', [...EVERYTHING, '-allow_no_dhe_kex']);
      const options = { versions: ['TLSv1.3'] as const, suites: [suite] };
      const { session } = await talk(port, options);
      const retried = await talk(port, { ...options, shares: [] }, { session });
      expect([retried.info.resumed, retried.info.retried]).toEqual([true, true]);
      const bare = await talk(port, { ...options, pskModes: ['psk_ke'] }, { session: retried.session });
      expect([bare.info.resumed, bare.info.group]).toEqual([true, undefined]);
    },
  );
  it('an external PSK of TLS 1.3', async () => {
    const { port } = await server(undefined);
    const { info } = await talk(port, { versions: ['TLSv1.3'], psks: [PSK] });
    expect([info.version?.code, Buffer.from(info.externalPsk ?? []).toString()]).toEqual([TLS13, 'Client_identity']);
  });
});
