/** HTTP/1.1 of Node over our sockets: both ends ours, and either end with one of Node's own TLS. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import nodeHttps, { type Agent, type RequestOptions, type Server } from 'node:https';
import { connect } from 'node:net';
import { inherits } from 'node:util';
import nodeTls, { type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ourHttps from '../../../src/lib/node/https.ts';
import ourTls from '../../../src/lib/node/index.ts';
import { caPem, pems, type Pems } from '../../support/identities.ts';
import { happens, listen, reply, pairings } from '../../support/web.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const major = Number(process.versions.node.split('.')[0]);

/** What servers here do. */
function behave(request: IncomingMessage, response: ServerResponse): void {
  const socket = request.socket as TLSSocket & { servername?: string };
  switch (request.url) {
    case '/echo':
      request.pipe(response);
      break;
    case '/tls':
      response.end(
        JSON.stringify({
          version: socket.getProtocol(),
          resumed: socket.isSessionReused(),
          alpn: socket.alpnProtocol,
          servername: socket.servername,
          client: (socket.getPeerCertificate().subject as { CN?: string } | undefined)?.CN,
          from: socket.remotePort,
        }),
      );
      break;
    case '/hang':
      response.write('begun');
      break;
    case '/trailers':
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('chunk');
      response.addTrailers({ 'x-sum': '42' });
      response.end();
      break;
    default:
      response.end(`you asked for ${request.url}`);
  }
}

let ca: string;
let identity: Pems;
beforeAll(async () => {
  ca = await caPem();
  identity = await pems();
});

const pairs = pairings(ourHttps, nodeHttps);
describe.each(pairs)('[A11] a client %s and a server %s', (clientIs, serverIs, client, serving) => {
  let server: Server;
  let port: number;
  const agents: Agent[] = [];
  beforeAll(async () => {
    server = serving.createServer({ ...identity, ca, requestCert: true, rejectUnauthorized: false }, behave);
    port = await listen(server);
  });
  afterAll(() => {
    for (const agent of agents) agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  function agentOf(options: object = {}): Agent {
    const agent = new client.Agent(options);
    agents.push(agent);
    return agent;
  }
  const at = (path: string, options: RequestOptions = {}): RequestOptions => ({
    host: 'localhost',
    port,
    path,
    ca,
    ...options,
  });
  async function seen(options: RequestOptions): Promise<Record<string, unknown>> {
    const { body } = await reply(client.request(at('/tls', options)));
    return JSON.parse(body.toString()) as Record<string, unknown>;
  }

  it('asks by URL and by options, and tells what it is', async () => {
    const { body, response } = await reply(client.get(`https://localhost:${port}/url`, { ca, agent: false }));
    expect(body.toString()).toBe('you asked for /url');
    expect(response.socket instanceof (clientIs === 'ours' ? ourTls : nodeTls).TLSSocket).toBe(true);
    expect(
      await seen({ agent: false, ALPNProtocols: ['h2', 'http/1.1'], ...(await pems('rsa')) } as RequestOptions),
    ).toMatchObject({
      version: 'TLSv1.3',
      resumed: false,
      alpn: 'http/1.1',
      servername: 'localhost',
      client: 'test rsa',
    });
    expect(await seen({ agent: false, host: '127.0.0.1', headers: { host: 'server.example' } })).toMatchObject({
      servername: 'server.example',
    });
  });

  it('sends 3 MB and takes them back, and trailers', async () => {
    const bytes = randomBytes(3_000_000);
    const { body } = await reply(client.request(at('/echo', { method: 'POST', agent: false })), bytes);
    expect(digest(body)).toBe(digest(bytes));
    const { response } = await reply(client.request(at('/trailers', { agent: false })));
    expect(response.trailers).toEqual({ 'x-sum': '42' });
  });

  it('keeps connections alive, and resumes sessions of those that are not', async () => {
    const keeping = agentOf({ keepAlive: true, maxSockets: 2 });
    const ports = await Promise.all(Array.from({ length: 12 }, async () => (await seen({ agent: keeping }))['from']));
    expect(new Set(ports).size).toBe(2);
    const closing = agentOf({ keepAlive: false });
    expect(await seen({ agent: closing })).toMatchObject({ resumed: false });
    expect(await seen({ agent: closing })).toMatchObject({ resumed: true });
    expect(await seen({ agent: closing, maxVersion: 'TLSv1.2' })).toMatchObject({ resumed: false, version: 'TLSv1.2' });
    expect(await seen({ agent: closing, maxVersion: 'TLSv1.2' })).toMatchObject({ resumed: true, version: 'TLSv1.2' });
    const forgetful = agentOf({ keepAlive: false, maxCachedSessions: 0 });
    await seen({ agent: forgetful });
    expect(await seen({ agent: forgetful })).toMatchObject({ resumed: false });
  });

  it('answers in the context of who asked, on connections that are kept too', async () => {
    const agent = agentOf({ keepAlive: true, maxSockets: 1 });
    const context = new AsyncLocalStorage<number>();
    const ask = (i: number): Promise<unknown[]> =>
      context.run(i, async () => {
        const request = client.get(at('/context', { agent }));
        const [response] = await happens<[IncomingMessage]>(request, 'response');
        const seenBy = [new Promise((resolve) => response.once('data', () => resolve(context.getStore())))];
        seenBy.push(new Promise((resolve) => response.once('end', () => resolve(context.getStore()))));
        return Promise.all(seenBy);
      });
    expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('waits for 100-continue', async () => {
    const request = client.request(at('/echo', { method: 'POST', agent: false, headers: { expect: '100-continue' } }));
    request.flushHeaders();
    await happens(request, 'continue');
    expect((await reply(request, 'now')).body.toString()).toBe('now');
  });

  it('upgrades', async () => {
    server.once('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\nfirst');
      socket.pipe(socket);
    });
    const headers = { connection: 'upgrade', upgrade: 'echo' };
    const request = client.request(at('/', { agent: false, headers }));
    request.end();
    const [, socket, head] = await happens<[IncomingMessage, TLSSocket, Buffer]>(request, 'upgrade');
    let text = head.toString();
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    socket.end(' then the rest');
    await happens(socket, 'close');
    expect(text).toBe('first then the rest');
  });

  it('hears of a client that is gone, and of a server that is', async () => {
    const asked = happens<[IncomingMessage, ServerResponse]>(server, 'request');
    const request = client.request(at('/hang', { agent: false }));
    request.end();
    const [response] = await happens<[IncomingMessage]>(request, 'response');
    const [, theirs] = await asked;
    const closed = happens(theirs, 'close');
    response.destroy();
    await closed;
    expect(theirs.writableFinished).toBe(false);
    const again = happens<[IncomingMessage, ServerResponse]>(server, 'request');
    const cut = reply(client.request(at('/hang', { agent: false })));
    const failed = expect(cut).rejects.toMatchObject({ code: 'ECONNRESET' });
    const [, other] = await again;
    other.destroy();
    await failed;
  });

  it('tells of a certificate that it does not trust, of a name that is not in it, and goes on where it may', async () => {
    const bare = { ca: undefined, agent: false } as unknown as RequestOptions;
    await expect(seen(bare)).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    await expect(seen({ agent: false, servername: 'other.example' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      host: 'other.example',
    });
    expect(await seen({ ...bare, rejectUnauthorized: false })).toMatchObject({ version: 'TLSv1.3' });
  });

  it('closes connections that nobody uses', async () => {
    const brief = serving.createServer({ ...identity, keepAliveTimeout: 1 }, behave);
    const to = await listen(brief);
    const agent = agentOf({ keepAlive: true });
    const request = client.request(at('/', { port: to, agent }));
    const socket = happens<[TLSSocket]>(request, 'socket');
    await reply(request);
    const [used] = await socket;
    if (!used.destroyed) await happens(used, 'close');
    brief.close();
    await happens(brief, 'close');
    const idle = serving.createServer(identity, behave);
    const there = await listen(idle);
    await reply(client.request(at('/', { port: there, agent })));
    idle.close();
    await happens(idle, 'close');
  });

  it('says "clientError" of what is no HTTP', async () => {
    const heard = happens<[Error & { code: string }, TLSSocket]>(server, 'clientError');
    const tls = clientIs === 'ours' ? ourTls : nodeTls;
    const socket = tls.connect({ port, host: 'localhost', ca }) as TLSSocket;
    socket.on('error', () => undefined);
    socket.write('no HTTP\r\n\r\n');
    const [error, theirs] = await heard;
    expect(error.code).toMatch(/^HPE_/);
    expect(theirs instanceof (serverIs === 'ours' ? ourTls : nodeTls).TLSSocket).toBe(true);
    theirs.destroy();
    socket.destroy();
  });
});

describe('[A11] node:http and node:https unchanged', () => {
  it('serve what our server gives them, and ask over what our client connects', async () => {
    const web = http.createServer(behave);
    const server = ourTls.createServer(identity, (socket) => void web.emit('connection', socket));
    const port = await listen(server);
    const options = {
      createConnection: () => ourTls.connect({ port, host: 'localhost', ca }),
      path: '/echo',
      method: 'POST',
    };
    const { body, response } = await reply(nodeHttps.request(options as unknown as RequestOptions), 'hello');
    expect(body.toString()).toBe('hello');
    expect(response.socket).toBeInstanceOf(ourTls.TLSSocket);
    server.close();
    web.closeAllConnections();
    await happens(server, 'close');
  });
});

describe('tlskit/https beside node:https', () => {
  const own = (object: object): string[] => Reflect.ownKeys(object).map(String).sort();

  it('has all names that it has', () => {
    expect(own(ourHttps)).toEqual(expect.arrayContaining(own(nodeHttps)));
    expect(own(ourHttps.Agent.prototype)).toEqual(
      expect.arrayContaining(['constructor', 'createConnection', 'getName']),
    );
    expect(own(ourHttps.Server.prototype)).toEqual(own(nodeHttps.Server.prototype));
    expect(own(ourHttps.createServer(identity))).toEqual(
      expect.arrayContaining(['requestTimeout', 'headersTimeout', 'timeout']),
    );
    expect({ ...ourHttps.globalAgent.options }).toEqual({ ...nodeHttps.globalAgent.options });
  });

  it('names what an agent pools as Node does', () => {
    const options = { host: 'a', port: 1, servername: 'b', ca: 'c', minVersion: 'TLSv1.2', ciphers: 'd' } as const;
    const agent = new ourHttps.Agent() as unknown as { getName(options: object): string };
    expect(agent.getName(options)).toBe((new nodeHttps.Agent() as unknown as typeof agent).getName(options));
  });

  it('is called without new, and inherited from in the old way', () => {
    const { Agent: Callable, Server: CallableServer } = ourHttps as unknown as Record<
      string,
      (...all: unknown[]) => object
    >;
    expect(Callable!({ maxSockets: 3 })).toBeInstanceOf(ourHttps.Agent);
    expect(Callable!()).toBeInstanceOf(nodeHttps.Agent);
    expect(CallableServer!(identity)).toBeInstanceOf(ourTls.Server);
    expect(CallableServer!(identity)).toBeInstanceOf(nodeTls.Server);
    function Old(this: object): void {
      (ourHttps.Agent as unknown as (this: object) => void).call(this);
    }
    inherits(Old, ourHttps.Agent);
    expect(new (Old as unknown as new () => Agent)().options).toBeDefined();
    expect(() => ourHttps.createServer('x' as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });

  it('lets no request use a connection that another one judged', async () => {
    const server = ourHttps.createServer(identity, behave);
    const port = await listen(server);
    const agent = new ourHttps.Agent({ keepAlive: true });
    let asked = 0;
    const checkServerIdentity = (): undefined => void asked++;
    for (let i = 0; i < 2; i++) {
      await reply(ourHttps.request({ host: 'localhost', port, ca, agent, checkServerIdentity }));
    }
    expect(asked).toBe(2);
    agent.destroy();
    server.close();
    await happens(server, 'close');
  });

  it.skipIf(major < 24)('goes through the proxy of its environment', async () => {
    const server = ourHttps.createServer(identity, behave);
    const port = await listen(server);
    const proxy = http.createServer((_request, response) => response.end());
    const asked: string[] = [];
    proxy.on('connect', (request, socket, head) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      if (request.url?.startsWith('refused')) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      const below = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        below.write(head);
        below.pipe(socket).pipe(below);
      });
    });
    const through = await listen(proxy);
    const agent = new ourHttps.Agent({ proxyEnv: { HTTPS_PROXY: `http://me:secret@127.0.0.1:${through}` } } as object);
    const { body } = await reply(ourHttps.request({ host: 'localhost', port, ca, agent, path: '/x' }));
    expect(body.toString()).toBe('you asked for /x');
    expect(asked).toEqual([`localhost:${port} Basic ${Buffer.from('me:secret').toString('base64')}`]);
    const refused = reply(ourHttps.request({ host: 'refused.example', port, ca, agent }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_PROXY_TUNNEL', statusCode: 403 });
    agent.destroy();
    proxy.closeAllConnections();
    proxy.close();
    server.close();
  });
});
