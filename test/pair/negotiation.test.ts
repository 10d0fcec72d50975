/** Every suite, group and key that the engine has, between two engines: whatever is chosen, data flow and both sides agree. */
import { beforeAll, describe, expect, it } from 'vitest';
import { GROUPS } from '../../src/lib/registry/tls-groups.ts';
import { SUITES, type CipherSuite } from '../../src/lib/registry/tls-suites.ts';
import { TLS13, VERSIONS } from '../../src/lib/registry/tls-versions.ts';
import { isSupported, loadMlKem, type ClientOptions, type ServerOptions } from '../../src/lib/tls/index.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { handshake, type Pair } from '../support/tls-pair.ts';

beforeAll(loadMlKem);

const PSK = { identity: Buffer.from('Client_identity'), key: Buffer.alloc(32, 7) };

/** Data both ways, in one record and in many, and the same keying material on both sides. */
export async function expectWorking(pair: Pair): Promise<void> {
  const failures = [...pair.client.of('failure'), ...pair.server.of('failure')].map(({ failure }) => failure);
  expect(failures).toEqual([]);
  const long = Buffer.alloc(40_000, 'tlskit');
  pair.client.engine.send(long);
  pair.server.engine.send(Buffer.from('a'));
  await pair.flow();
  expect(pair.client.data.toString()).toBe('a');
  expect(pair.server.data.equals(long)).toBe(true);
  const keying = [pair.client, pair.server].map(({ engine }) => engine.exportKeyingMaterial(20, 'EXPORTER-test'));
  expect(keying[0]).toEqual(keying[1]);
  expect(pair.client.engine.channelBinding('tls-unique')).toEqual(pair.server.engine.channelBinding('tls-unique'));
}

const keyFor = ({ authentication }: CipherSuite): KeyKind =>
  authentication === 'rsa' ? 'rsa' : authentication === 'dss' ? 'dsa' : 'p256';

const dsa = ['dsa_sha256', 'ecdsa_secp256r1_sha256', 'rsa_pkcs1_sha256', 'rsa_pss_rsae_sha256'];

describe('S4: every suite of every version', () => {
  const cases = VERSIONS.rows
    .filter(({ code }) => code > 0x0300)
    .flatMap((version) =>
      SUITES.rows
        .filter((suite) => isSupported(suite) && suite.first <= version.code && suite.last >= version.code)
        .map((suite) => [version.name, suite.name, suite] as const),
    );

  it.each(cases)('%s %s', async (version, name, suite) => {
    const { credential } = await testIdentity(keyFor(suite));
    const common = { versions: [version], suites: [name], verifySchemes: dsa, signSchemes: dsa };
    const psk = suite.keyExchange.includes('psk') ? { psks: [PSK] } : {};
    const client: ClientOptions = { ...common, ...psk };
    const server: ServerOptions = { ...common, ...psk, pskHint: Buffer.from('hint'), credentials: [credential] };
    const pair = await handshake({ client, server });
    await expectWorking(pair);
    expect(pair.client.engine.info.suite?.name).toBe(name);
    expect(pair.server.engine.info.version?.name).toBe(version);
    expect(pair.client.engine.info.encryptThenMac).toBe(suite.bulk.kind === 'cbc');
  });
});

describe('A9: every group', () => {
  const rows = GROUPS.rows.map((group) => [group.name, group] as const);
  it.each(rows.filter(([, { last }]) => last === TLS13))('TLS 1.3 %s, at once and after a retry', async (name) => {
    const { credential } = await testIdentity('p256');
    for (const shares of [undefined, []]) {
      const pair = await handshake({
        client: { versions: ['TLSv1.3'], groups: [name], shares },
        server: { groups: [name], credentials: [credential] },
      });
      await expectWorking(pair);
      expect(pair.server.engine.info.group?.name).toBe(name);
      expect(pair.client.engine.info.retried).toBe(shares !== undefined);
      expect(pair.client.of('retry').map(({ group }) => group)).toEqual(shares ? [name] : []);
    }
  });
  it.each(rows.filter(([, { first, kind }]) => first < TLS13 && kind !== 'hybrid'))(
    'TLS 1.2 %s',
    async (name, group) => {
      const { credential } = await testIdentity('rsa');
      const suites = [group.kind === 'ffdhe' ? 'DHE-RSA-AES128-GCM-SHA256' : 'ECDHE-RSA-AES128-GCM-SHA256'];
      const pair = await handshake({
        client: { versions: ['TLSv1.2'], groups: [name], suites },
        server: { groups: [name], suites, credentials: [credential] },
      });
      await expectWorking(pair);
      expect(pair.client.engine.info.group?.name).toBe(name);
    },
  );
});

describe('S4: every kind of key, for servers and clients', () => {
  const kinds: KeyKind[] = ['rsa', 'rsa-pss', 'p256', 'p384', 'p521', 'ed25519', 'ed448'];
  const cases = (['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) => kinds.map((kind) => [version, kind] as const));
  it.each(cases)('%s %s', async (version, kind) => {
    const { credential, der } = await testIdentity(kind);
    const pair = await handshake({
      client: { versions: [version], credentials: [credential] },
      server: { versions: [version], clientAuth: 'require', credentials: [credential] },
      piece: 1000,
    });
    await expectWorking(pair);
    expect(Buffer.from(pair.server.engine.info.peerChain[0] ?? []).equals(der)).toBe(true);
    expect(pair.client.engine.info.peerScheme).toBe(pair.server.engine.info.ownScheme);
    expect(pair.server.engine.info.peerScheme).toBe(pair.client.engine.info.ownScheme);
  });
  it.each(['rsa', 'p256', 'dsa'] as const)('TLS 1.0 and 1.1 %s', async (kind) => {
    const { credential } = await testIdentity(kind);
    const suites =
      kind === 'rsa' ? 'ECDHE-RSA-AES256-SHA' : kind === 'dsa' ? 'DHE-DSS-AES256-SHA' : 'ECDHE-ECDSA-AES256-SHA';
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const options = { versions: [version], suites: [suites], credentials: [credential] };
      const pair = await handshake({ client: options, server: { ...options, clientAuth: 'require' } });
      await expectWorking(pair);
    }
  });
});
