/** undici on our sockets, against servers of Node's own TLS and nginx. */
import { createHash, randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { Agent, buildConnector, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import tls from '../../../src/lib/node/index.ts';
import { Elsewhere, face } from '../../support/face.ts';
import { caPem, pems } from '../../support/identities.ts';
import { describeWith } from '../../support/peers.ts';
import { startNginx } from '../../support/nginx.ts';
import { Workshop } from '../../support/processes.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A server of Node's own https, which says what it sees of TLS. */
const ELSEWHERE = `
  const server = require('node:https').createServer(data, (req, res) => {
    res.setHeader('x-tls', req.socket.getProtocol() + ' ' + req.socket.isSessionReused());
    if (req.url === '/echo') req.pipe(res);
    else if (req.url === '/slow') res.write('begun');
    else if (req.url === '/close') res.setHeader('connection', 'close').end('closed');
    else res.end('you asked for ' + req.url);
  });
  server.listen(0, '127.0.0.1', () => say(server.address().port));
`;

describe('[A11] undici', () => {
  let ca: string;
  let port: number;
  const closers: (() => unknown)[] = [];
  const sockets: TLSSocket[] = [];
  // undici holds them weakly
  const sessions: Buffer[] = [];

  beforeAll(async () => {
    ca = await caPem();
    const there = new Elsewhere(ELSEWHERE, await pems());
    closers.push(() => there.stop());
    port = await there.hears();
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  /** An agent whose sockets are noted. */
  function agentOf(options: Omit<Agent.Options, 'connect'> & { connect?: buildConnector.BuildOptions }): Agent {
    const connector = buildConnector({ ca, timeout: 60_000, ...options.connect });
    const agent = new Agent({
      ...options,
      connect(given, done) {
        connector(given, (error, socket) => {
          if (socket) sockets.push((socket as TLSSocket).on('session', (one) => sessions.push(one)));
          (done as (...args: unknown[]) => void)(error, socket);
        });
      },
    });
    closers.push(() => agent.destroy());
    return agent;
  }
  const origin = (): string => `https://localhost:${port}`;

  it('connects by a hook of the program that gives it a socket of ours', async () => {
    const agent = new Agent({
      connect({ host, servername, port: to }, done) {
        const socket = tls.connect({
          host: '127.0.0.1',
          port: Number(to),
          servername: servername ?? host?.split(':')[0] ?? '',
          ca,
          ALPNProtocols: ['http/1.1'],
        });
        socket.once('secureConnect', () => done(null, socket)).once('error', (error) => done(error, null));
      },
    });
    closers.push(() => agent.destroy());
    const { body, headers } = await request(`${origin()}/hook`, { dispatcher: agent });
    expect(await body.text()).toBe('you asked for /hook');
    expect(headers['x-tls']).toBe('TLSv1.3 false');
  });

  it('sends and takes large bodies, and resumes sessions', async () => {
    const agent = agentOf({ connections: 1 });
    const bytes = randomBytes(3_000_000);
    const { body } = await request(`${origin()}/echo`, { dispatcher: agent, method: 'POST', body: bytes });
    expect(digest(new Uint8Array(await body.arrayBuffer()))).toBe(digest(bytes));
    expect(sockets.at(-1)).toBeInstanceOf(face.TLSSocket);
    const first = await request(`${origin()}/close`, { dispatcher: agent });
    await first.body.text();
    const second = await request(`${origin()}/`, { dispatcher: agent });
    await second.body.text();
    expect(second.headers['x-tls']).toBe('TLSv1.3 true');
  });

  it('makes many requests at once, pipelined on few connections', async () => {
    const agent = agentOf({ connections: 3, pipelining: 4 });
    const bodies = await Promise.all(
      Array.from({ length: 60 }, async (_, i) =>
        (await request(`${origin()}/${i}`, { dispatcher: agent })).body.text(),
      ),
    );
    expect(bodies).toEqual(Array.from({ length: 60 }, (_, i) => `you asked for /${i}`));
  });

  it('gives up what is under way', async () => {
    const agent = agentOf({});
    const control = new AbortController();
    const { body } = await request(`${origin()}/slow`, { dispatcher: agent, signal: control.signal });
    const read = body.text();
    control.abort();
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('tells of a certificate that it does not trust as node:tls does', async () => {
    const agent = agentOf({ connect: { ca: [] } });
    await expect(request(origin(), { dispatcher: agent })).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    const strict = agentOf({ connect: { servername: 'other.example' } });
    await expect(request(origin(), { dispatcher: strict })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  describeWith(['nginx'], 'HTTP/2 with nginx', () => {
    const workshop = new Workshop();
    let there: string;
    const file = randomBytes(2_000_000);
    beforeAll(async () => {
      workshop.file('file', file);
      there = await startNginx(workshop);
    });
    afterAll(() => workshop.close());

    it('asks many things at once on one connection', async () => {
      const before = sockets.length;
      const agent = agentOf({ allowH2: true, connections: 1, connect: { allowH2: true } });
      const [large, ...small] = await Promise.all([
        request(`${there}/file`, { dispatcher: agent }).then(
          async ({ body }) => new Uint8Array(await body.arrayBuffer()),
        ),
        ...Array.from({ length: 30 }, async (_, i) =>
          (await request(`${there}/say/${i}`, { dispatcher: agent })).body.text(),
        ),
      ]);
      expect(digest(large)).toBe(digest(file));
      expect(small).toEqual(Array.from({ length: 30 }, (_, i) => `HTTP/2.0 TLSv1.3 . /say/${i}`));
      expect(sockets.slice(before).map(({ alpnProtocol }) => alpnProtocol)).toEqual(['h2']);
    });
  });
});
