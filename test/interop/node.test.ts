/** The engine against the running Node's own tls, both directions. */
import { createPublicKey } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer, getCiphers, type TLSSocket, type TlsOptions, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUITES, type CipherSuite } from '../../src/lib/registry/tls-suites.ts';
import { VERSIONS, type VersionName } from '../../src/lib/registry/tls-versions.ts';
import {
  isSupported,
  memoryStore,
  ticketSealer,
  type ClientOptions,
  type ServerOptions,
  type Session,
} from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { ALL_SCHEMES, PSK, groupName, groups12, groups13, kindFor } from '../support/openssl-peer.ts';
import { Workshop, pemOf } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { TlsListener, connectTo, type TlsPeer } from '../support/tls-socket.ts';

let workshop: Workshop;
beforeAll(() => {
  workshop = new Workshop();
});
afterAll(() => workshop.close());

/** An identity as node:tls takes it. */
async function material(kind: KeyKind): Promise<{ cert: string; key: string; ca: string }> {
  const { credential, keyObject } = await testIdentity(kind);
  const chain = credential.chain.map(pemOf);
  return { cert: chain.join(''), key: keyObject.export({ type: 'pkcs8', format: 'pem' }) as string, ca: chain.at(-1)! };
}

/** A server of Node that echoes, on a port of its own. */
async function serve(options: TlsOptions, each: (socket: TLSSocket) => void = () => undefined): Promise<number> {
  const server = createServer({ ...options, minVersion: 'TLSv1' }, (socket) => {
    socket.on('error', () => undefined);
    each(socket);
    socket.pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  workshop.keep(server);
  return (server.address() as AddressInfo).port;
}

async function talk(
  port: number,
  options: ClientOptions,
  connection: { session?: Session | undefined } = {},
): Promise<TlsPeer> {
  const peer = await connectTo(port, { verifySchemes: ALL_SCHEMES, signSchemes: ALL_SCHEMES, ...options }, connection);
  await peer.secure();
  await peer.send('echoed\n').receives('echoed\n');
  if (peer.info.version?.name === 'TLSv1.3' && !peer.info.resumed)
    await peer.until('a ticket', () => peer.session !== undefined);
  await peer.close().closed();
  return peer;
}

/** What node:tls says of a connection while it is there. */
interface Facts {
  readonly protocol: string | null;
  readonly cipher: string;
  readonly authorized: boolean;
  readonly reused: boolean;
  readonly alpn: string | false | null;
}

interface NodeTalk {
  readonly facts: Facts;
  readonly peer: TlsPeer;
  readonly session: Buffer | undefined;
}

/** A client of Node against the engine: a line there and back, and an end. */
async function join(options: ServerOptions | TlsListener, client: ConnectionOptions): Promise<NodeTalk> {
  const common = { verifySchemes: ALL_SCHEMES, signSchemes: ALL_SCHEMES };
  const listener =
    options instanceof TlsListener ? options : workshop.keep(await TlsListener.open({ ...common, ...options }));
  const socket = connect({
    host: '127.0.0.1',
    port: listener.port,
    rejectUnauthorized: false,
    servername: 'localhost',
    minVersion: 'TLSv1',
    ...client,
  });
  let session: Buffer | undefined;
  socket.on('session', (one) => (session = one));
  const failed = new Promise<never>((_, reject) => void socket.on('error', reject));
  const peer = await Promise.race([listener.next(), failed]);
  let text = '';
  const answer = new Promise<void>((resolve) => {
    socket.setEncoding('latin1').on('data', (more: string) => {
      text += more;
      if (text.endsWith('\n')) resolve();
    });
  });
  socket.write('drawer\n');
  await Promise.race([answer, failed]);
  expect(text).toBe('reward\n');
  const facts: Facts = {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    authorized: socket.authorized,
    reused: socket.isSessionReused(),
    alpn: socket.alpnProtocol,
  };
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  peer.close();
  await Promise.all([closed, peer.closed()]);
  failed.catch(() => undefined);
  return { facts, peer, session };
}

const theirs = new Set(getCiphers().map((name) => name.toUpperCase()));
const suites: (readonly [VersionName, string, CipherSuite])[] = VERSIONS.rows
  .filter(({ code }) => code > 0x0300)
  .flatMap(({ name, code }) =>
    SUITES.rows
      .filter((suite) => isSupported(suite) && theirs.has((suite.openssl ?? '').toUpperCase()))
      .filter(({ first, last }) => first <= code && last >= code)
      .map((suite) => [name, suite.openssl ?? '', suite] as const),
  );

const ciphersFor = (name: string): string =>
  name.startsWith('TLS_') ? `${name}:ALL:@SECLEVEL=0` : `${name}:@SECLEVEL=0`;

describe("S1 S4: Node's server, every suite of every version", () => {
  const ports = new Map<string, Promise<number>>();
  it.each(suites)('%s %s', async (version, name, suite) => {
    const kind = kindFor(suite);
    const id = `${kind} ${suite.keyExchange.includes('psk')} ${version === 'TLSv1.3'}`;
    let port = ports.get(id);
    if (!port) {
      const ciphers = `${suites
        .map(([, one]) => one)
        .filter((one) => one.startsWith('TLS_'))
        .join(':')}:ALL:COMPLEMENTOFALL:@SECLEVEL=0`;
      const psk = { pskCallback: () => PSK.key, pskIdentityHint: 'hint' };
      const options = { ciphers, dhparam: 'auto' as const, sigalgs: undefined, ...psk };
      port = (async () => serve({ ...options, ...(kind && (await material(kind))) }))();
      ports.set(id, port);
    }
    const psks = suite.keyExchange.includes('psk') ? { psks: [PSK] } : {};
    const { info } = await talk(await port, { versions: [version], suites: [name], ...psks });
    expect([info.version?.name, info.suite?.openssl]).toEqual([version, name]);
  });
});

describe("S3 S4: Node's client, every suite of every version", () => {
  it.each(suites)('%s %s', async (version, name, suite) => {
    const kind = kindFor(suite);
    const psk = suite.keyExchange.includes('psk');
    const options: ServerOptions = {
      versions: [version],
      suites: [name],
      credentials: kind ? [(await testIdentity(kind)).credential] : [],
      ...(psk && { psks: [PSK], pskHint: Buffer.from('hint') }),
    };
    const { facts } = await join(options, {
      maxVersion: version as 'TLSv1.3',
      ciphers: ciphersFor(name),
      checkServerIdentity: () => undefined,
      ...(psk && { pskCallback: () => ({ psk: PSK.key, identity: 'Client_identity' }) }),
    });
    expect([facts.protocol, facts.cipher]).toEqual([version, name]);
  });
});

describe('A9: Node, every group', () => {
  const cases = [
    ...groups13.map((group) => ['TLSv1.3', group.name, groupName(group)] as const),
    ...groups12.map((group) => ['TLSv1.2', group.name, groupName(group)] as const),
  ];
  it.each(cases)('%s %s', async (version, name, ecdhCurve) => {
    const options = {
      versions: [version],
      groups: [name],
      suites: ['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    };
    const port = await serve({ ...(await material('rsa')), ecdhCurve, ciphers: 'ALL:@SECLEVEL=0' });
    const { info } = await talk(port, options);
    expect(info.group?.name).toBe(name);
    const { credential } = await testIdentity('rsa');
    const { peer, facts } = await join(
      { ...options, credentials: [credential] },
      { ecdhCurve, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' },
    );
    expect(peer.info.group?.name).toBe(name);
    expect(facts.protocol).toBe(version);
  });
});

describe('S4: Node, every kind of certificate, of both sides', () => {
  const kinds: KeyKind[] = ['rsa', 'rsa-pss', 'p256', 'p384', 'p521', 'ed25519', 'ed448'];
  it.each((['TLSv1.3', 'TLSv1.2'] as const).flatMap((version) => kinds.map((kind) => [version, kind] as const)))(
    '%s %s',
    async (version, kind) => {
      const { credential, keyObject, der } = await testIdentity(kind);
      const pem = await material(kind);
      let seen: TLSSocket | undefined;
      const port = await serve({ ...pem, requestCert: true, rejectUnauthorized: true }, (socket) => {
        seen = socket;
      });
      const { info } = await talk(port, { versions: [version], credentials: [credential] });
      expect(seen?.authorized).toBe(true);
      expect(info.peerScheme?.key).toBe(credential.traits.type);
      const { peer, facts } = await join(
        { credentials: [credential], clientAuth: 'require' },
        { ...pem, rejectUnauthorized: true, maxVersion: version },
      );
      expect(facts.authorized).toBe(true);
      expect(Buffer.from(peer.info.peerChain[0]!).equals(der)).toBe(true);
      expect(createPublicKey(keyObject).asymmetricKeyType).toBe(credential.traits.type);
    },
  );
});

describe('S5: Node, resumption and ALPN', () => {
  const versions = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const;
  const old = ['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-SHA'];
  const nodeCiphers = { ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' };
  it.each(versions)("%s, Node's server", async (version) => {
    const port = await serve({ ...(await material('p256')), ...nodeCiphers });
    const first = await talk(port, { versions: [version], suites: old });
    const second = await talk(port, { versions: [version], suites: old }, { session: first.session });
    expect(second.info.resumed).toBe(true);
  });
  const ways = versions.flatMap((version) => [[version, 'tickets'] as const, [version, 'ids'] as const]);
  it.each(ways.filter(([version, by]) => version !== 'TLSv1.3' || by === 'tickets'))(
    "%s by %s, Node's client",
    async (version, by) => {
      const listener = await TlsListener.open({
        credentials: [(await testIdentity('p256')).credential],
        suites: old,
        versions: [version],
        ...(by === 'tickets'
          ? { ticketSealer: ticketSealer([TicketKey.generate()]) }
          : { sessionStore: memoryStore() }),
      });
      workshop.keep(listener);
      const first = await join(listener, { ...nodeCiphers, maxVersion: version });
      expect(first.session).toBeDefined();
      const second = await join(listener, { ...nodeCiphers, maxVersion: version, session: first.session });
      expect([second.peer.info.resumed, second.facts.reused]).toEqual([true, true]);
    },
  );
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: ALPN, both ways, and the exporter', async (version) => {
    const pem = await material('p256');
    let keying: Buffer | undefined;
    const port = await serve({ ...pem, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      keying = socket.exportKeyingMaterial(32, 'EXPORTER-tlskit', Buffer.from('context'));
    });
    const peer = await talk(port, { versions: [version], alpn: ['http/1.1'] });
    expect(Buffer.from(peer.info.alpn!).toString()).toBe('http/1.1');
    expect(peer.engine.exportKeyingMaterial(32, 'EXPORTER-tlskit', Buffer.from('context'))).toEqual(keying);
    const { credential } = await testIdentity('p256');
    const { facts } = await join(
      { alpn: ['h2', 'http/1.1'], credentials: [credential] },
      { ALPNProtocols: ['http/1.1', 'h2'], maxVersion: version },
    );
    expect(facts.alpn).toBe('h2');
  });
});
