/** The engine against Go's crypto/tls, both directions. */
import { join as path } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GROUPS } from '../../src/lib/registry/tls-groups.ts';
import { SUITES, type CipherSuite } from '../../src/lib/registry/tls-suites.ts';
import { TLS13, VERSIONS, type Version, type VersionName } from '../../src/lib/registry/tls-versions.ts';
import { isSupported, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { ALL_SCHEMES, kindFor } from '../support/openssl-peer.ts';
import { describeWith, run } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { TlsListener, connectTo, type TlsPeer } from '../support/tls-socket.ts';

interface GoOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly min?: number;
  readonly max?: number;
  readonly suites?: readonly number[];
  readonly curves?: readonly number[];
  readonly alpn?: readonly string[];
  readonly auth?: boolean;
  readonly cache?: string;
  readonly renegotiate?: boolean;
}

interface GoResult {
  readonly error?: string;
  readonly version: number;
  readonly suite: number;
  readonly resumed: boolean;
  readonly alpn: string;
  readonly certificates: number;
  readonly answer: string;
  readonly exported: string;
}

let workshop: Workshop;
let program: string;
let client: Running;

describeWith(['go'], "Go's crypto/tls", () => {
  beforeAll(() => {
    workshop = new Workshop();
    program = workshop.path('peer');
    // the program has no dependencies, so that nothing is fetched
    const env = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GO111MODULE: 'on' };
    const built = run('go', ['build', '-o', program, '.'], { cwd: path(import.meta.dirname, 'go'), env });
    expect(built).toMatchObject({ status: 0 });
    client = workshop.start(program, ['client']);
  });
  afterAll(() => workshop.close());

  /** What a server of Go says of its connections, each once. */
  const heard = new WeakMap<Running, number>();

  async function serve(kind: KeyKind, options: GoOptions = {}): Promise<{ port: number; process: Running }> {
    const { cert, key } = workshop.identity(kind, await testIdentity(kind));
    const process = workshop.start(program, ['server', JSON.stringify({ cert, key, min: 0x0301, ...options })]);
    await process.prints(/port \d+\n/);
    return { port: Number(/port (\d+)/.exec(process.output)?.[1]), process };
  }

  async function serverSays(process: Running): Promise<GoResult> {
    const at = (heard.get(process) ?? 0) + 1;
    heard.set(process, at);
    await process.until('a result', () => process.stdout.split('\n').length > at + 1);
    return JSON.parse(process.stdout.split('\n')[at]!) as GoResult;
  }

  /** A connection of Go's client to the engine. */
  async function dial(listener: TlsListener, options: GoOptions): Promise<{ result: GoResult; peer: TlsPeer }> {
    const before = client.stdout.length;
    client.write(
      `${JSON.stringify({ addr: `127.0.0.1:${listener.port}`, min: 0x0301, ca: await caFile(), ...options })}\n`,
    );
    const peer = await listener.next();
    await client.until('a result', () => client.stdout.slice(before).endsWith('\n'));
    const result = JSON.parse(client.stdout.slice(before)) as GoResult;
    expect(result.error).toBeUndefined();
    expect(result.answer).toBe('reward\n');
    await peer.closed();
    return { result, peer };
  }

  const caFile = async (): Promise<string> => workshop.identity('ca', await testIdentity('p256')).cert;

  async function listen(kind: KeyKind, options: ServerOptions): Promise<TlsListener> {
    const { credential } = await testIdentity(kind);
    const common = { signSchemes: ALL_SCHEMES, verifySchemes: ALL_SCHEMES, credentials: [credential] };
    return workshop.keep(await TlsListener.open({ ...common, ...options }));
  }

  const every = (): [CipherSuite, Version][] =>
    [...run(program, ['list']).stdout.matchAll(/^suite (....) (.*)$/gm)].flatMap(([, code, versions = '']) => {
      const suite = SUITES.row(Number.parseInt(code!, 16));
      if (!suite || !isSupported(suite)) return [];
      return versions.split(' ').map((one): [CipherSuite, Version] => [suite, VERSIONS.row(Number.parseInt(one, 16))!]);
    });

  it('S1 S4: its server, every suite of every version', async () => {
    const servers = new Map<KeyKind, { port: number; process: Running }>();
    const suites = every().map(([suite]) => suite.code);
    expect(every().length).toBeGreaterThan(30);
    for (const [suite, version] of every()) {
      const kind = kindFor(suite)!;
      if (!servers.has(kind)) servers.set(kind, await serve(kind, { suites }));
      const { port, process } = servers.get(kind)!;
      const peer = await connectTo(port, {
        versions: [version.name],
        suites: [suite.code],
        verifySchemes: ALL_SCHEMES,
      });
      await peer.secure();
      await peer.send('echoed\n').receives('echoed\n');
      const result = await serverSays(process);
      expect([result.version, result.suite]).toEqual([version.code, suite.code]);
      expect(peer.engine.exportKeyingMaterial(32, 'EXPORTER-tlskit', Buffer.from('context')).toString('hex')).toBe(
        result.exported,
      );
      await peer.close().closed();
    }
  });
  it('S3 S4: its client, every suite of every version', async () => {
    for (const [suite, version] of every()) {
      const listener = await listen(kindFor(suite)!, { versions: [version.name], suites: [suite.code] });
      const { result, peer } = await dial(listener, { suites: [suite.code] });
      expect([result.version, result.suite]).toEqual([version.code, suite.code]);
      expect(peer.engine.exportKeyingMaterial(32, 'EXPORTER-tlskit', Buffer.from('context')).toString('hex')).toBe(
        result.exported,
      );
    }
  });
  it.each(['x25519', 'secp256r1', 'secp384r1', 'secp521r1'])('A9: %s', async (name) => {
    const { port } = await serve('rsa');
    const curves = [GROUPS.named(name)!.code];
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      for (const shares of version === 'TLSv1.3' ? [undefined, []] : [undefined]) {
        const peer = await (await connectTo(port, { versions: [version], groups: [name], shares })).secure();
        expect([peer.info.group?.name, peer.info.retried]).toEqual([name, shares !== undefined]);
        await peer.send('echoed\n').receives('echoed\n');
        await peer.close().closed();
      }
      const { peer } = await dial(await listen('rsa', { versions: [version] }), { curves });
      expect(peer.info.group?.name).toBe(name);
      if (version === 'TLSv1.2' || name === 'x25519') continue;
      const retried = await dial(await listen('rsa', { groups: [name] }), { curves: [29, ...curves] });
      expect([retried.peer.info.group?.name, retried.peer.info.retried]).toEqual([name, true]);
    }
  });
  const kinds: KeyKind[] = ['rsa', 'p256', 'p384', 'p521', 'ed25519'];
  it.each(kinds.flatMap((kind) => [['TLSv1.3', kind] as const, ['TLSv1.2', kind] as const]))(
    'S4: certificates of both sides, %s %s',
    async (version, kind) => {
      const { credential } = await testIdentity(kind);
      const { port, process } = await serve(kind, { auth: true, ca: await caFile() });
      const peer = await connectTo(port, { versions: [version], credentials: [credential] });
      await peer.secure();
      await peer.send('echoed\n').receives('echoed\n');
      expect((await serverSays(process)).certificates).toBe(2);
      await peer.close().closed();
      const mine = workshop.identity(kind, await testIdentity(kind));
      const listener = await listen(kind, { versions: [version], clientAuth: 'require' });
      const theirs = await dial(listener, mine);
      expect(theirs.peer.info.peerChain.length).toBe(2);
      expect(theirs.result.certificates).toBe(2);
    },
  );
  it.each<VersionName>(['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'])('S5: resumption and ALPN, %s', async (version) => {
    const suites = ['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-SHA'];
    const options = { versions: [version], suites, alpn: ['http/1.1', 'h2'] };
    const { port, process } = await serve('p256', { alpn: ['h2', 'http/1.1'] });
    const first = await (await connectTo(port, options)).secure();
    await first.send('echoed\n').receives('echoed\n');
    expect((await serverSays(process)).resumed).toBe(false);
    await first.until('a ticket', () => first.session !== undefined);
    await first.close().closed();
    const second = await (await connectTo(port, options, { session: first.session })).secure();
    await second.send('echoed\n').receives('echoed\n');
    expect(await serverSays(process)).toMatchObject({ resumed: true, alpn: 'h2' });
    expect(second.info.resumed).toBe(true);
    await second.close().closed();

    const sealer = ticketSealer([TicketKey.generate()]);
    const listener = await listen('p256', { ...options, ticketSealer: sealer });
    const dialed = { cache: version, alpn: ['h2', 'http/1.1'], max: VERSIONS.named(version)!.code };
    expect((await dial(listener, dialed)).result).toMatchObject({ resumed: false, alpn: 'http/1.1' });
    const { result, peer } = await dial(listener, dialed);
    expect([result.resumed, peer.info.resumed]).toEqual([true, true]);
  });
  it('S2: KeyUpdate of ours, asked for and not', async () => {
    const { port } = await serve('p256');
    const peer = await (await connectTo(port, { versions: ['TLSv1.3'] })).secure();
    for (const requested of [false, true, true]) {
      peer.engine.updateKeys(requested);
      await peer.send(`after ${requested}\n`).receives(`after ${requested}\n`);
    }
    expect(peer.info.version?.code).toBe(TLS13);
    await peer.close().closed();
  });
  it('S2: its client follows a renegotiation', async () => {
    const listener = await TlsListener.open(
      { credentials: [(await testIdentity('p256')).credential], versions: ['TLSv1.2'], renegotiation: 'freely' },
      (peer) => {
        if (!peer.text.endsWith('\n') || peer.engine.busy || !peer.engine.writable) return;
        if (peer.info.renegotiations === 0) return peer.engine.renegotiate();
        peer.engine.send(Buffer.from('reward\n'));
        peer.engine.close();
      },
    );
    workshop.keep(listener);
    const { peer } = await dial(listener, { renegotiate: true });
    expect(peer.info.renegotiations).toBe(1);
  });
});
