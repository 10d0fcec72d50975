/** HTTP/2 of Node over our sockets: both ends ours, and either end with one of Node's own TLS; and node:http2 unchanged over sockets of ours. */
import { createHash, randomBytes } from 'node:crypto';
import nodeHttp2, { type ClientHttp2Session, type ClientHttp2Stream, type Http2SecureServer } from 'node:http2';
import nodeHttps from 'node:https';
import nodeTls, { type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ourHttp2 from '../../../src/lib/node/http2.ts';
import ourTls from '../../../src/lib/node/index.ts';
import { happens, listen, pairings } from '../../support/web.ts';
import { caPem, pems, type Pems } from '../../support/identities.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const PUSHED = Buffer.alloc(100_000, 'pushed');

interface Answer {
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
  readonly trailers: Record<string, unknown> | undefined;
}

/** What a stream answers, to its end. */
function answer(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let headers = {};
    let trailers: Record<string, unknown> | undefined;
    stream.on('response', (all) => (headers = all));
    stream.on('trailers', (all) => (trailers = all));
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => resolve({ headers, body: Buffer.concat(pieces), trailers }));
    stream.on('error', reject);
  });
}

/** What servers here do. */
function behave(server: Http2SecureServer): void {
  server.on('stream', (stream, { ':path': path }) => {
    stream.on('error', () => undefined);
    if (path === '/echo') {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    } else if (path === '/push') {
      stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
        if (error) throw error;
        pushed.respond({ ':status': 200 });
        pushed.end(PUSHED);
        stream.respond({ ':status': 200 });
        stream.end('look what I pushed');
      });
    } else if (path === '/trailers') {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end('body');
    } else if (path === '/hang') {
      stream.respond({ ':status': 200 });
      stream.write('begun');
    } else if (path === '/reset') stream.close(nodeHttp2.constants.NGHTTP2_REFUSED_STREAM);
    else if (path === '/goaway') {
      stream.respond({ ':status': 200 });
      stream.end('last');
      stream.session?.close();
    } else {
      stream.respond({ ':status': 200 });
      stream.end(`you asked for ${String(path)}`);
    }
  });
}

let ca: string;
let identity: Pems;
beforeAll(async () => {
  ca = await caPem();
  identity = await pems();
});

const pairs = pairings(ourHttp2, nodeHttp2);
describe.each(pairs)('[A11] a client %s and a server %s', (clientIs, serverIs, client, server) => {
  let listening: Http2SecureServer;
  let session: ClientHttp2Session;
  let port: number;
  const closers: (() => void)[] = [];
  beforeAll(async () => {
    listening = server.createSecureServer({ ...identity, ca, requestCert: true, rejectUnauthorized: false });
    behave(listening);
    port = await listen(listening);
    session = client.connect(`https://localhost:${port}`, { ca, ...(await pems('rsa')) });
    await Promise.all([happens(session, 'connect'), happens(listening, 'session')]);
    closers.push(
      () => session.destroy(),
      () => listening.close(),
    );
  });
  afterAll(() => closers.forEach((close) => close()));

  it('knows of TLS what node:http2 knows', async () => {
    const served = happens<[ClientHttp2Session]>(listening, 'session');
    const other = client.connect(`https://localhost:${port}`, { ca, ...(await pems('rsa')) });
    const [[theirs], [told, socket]] = await Promise.all([
      served,
      happens<[ClientHttp2Session, TLSSocket]>(other, 'connect'),
    ]);
    expect(told).toBe(other);
    const origins = [...(other.originSet ?? [])];
    expect([other.encrypted, other.alpnProtocol, origins]).toEqual([true, 'h2', [`https://localhost:${port}`]]);
    expect([theirs.encrypted, theirs.alpnProtocol]).toEqual([true, 'h2']);
    expect(socket.authorized).toBe(true);
    const { socket: near } = other as unknown as { socket: TLSSocket };
    const { socket: far } = theirs as unknown as { socket: TLSSocket };
    expect([near.getProtocol(), near.remotePort, near.encrypted]).toEqual(['TLSv1.3', port, true]);
    expect([far.authorized, far.getPeerCertificate().subject.CN]).toEqual([true, 'test rsa']);
    expect([(far as { servername?: string }).servername, far.remoteAddress]).toEqual(['localhost', '127.0.0.1']);
    expect(far.remotePort).toBe(near.localPort);
    expect(near instanceof (clientIs === 'ours' ? ourTls : nodeTls).TLSSocket).toBe(true);
    expect(far instanceof (serverIs === 'ours' ? ourTls : nodeTls).TLSSocket).toBe(true);
    other.close();
    await happens(other, 'close');
  });

  it('has two hundred streams at once', async () => {
    const streams = Array.from({ length: 200 }, (_, i) => session.request({ ':path': `/${i}` }));
    const answers = await Promise.all(streams.map(answer));
    expect(answers.map(({ body }) => body.toString())).toEqual(answers.map((_, i) => `you asked for /${i}`));
  });

  it('sends 3 MB and takes them back', async () => {
    const bytes = randomBytes(3_000_000);
    const stream = session.request({ ':path': '/echo', ':method': 'POST' });
    stream.end(bytes);
    const { body } = await answer(stream);
    expect(digest(body)).toBe(digest(bytes));
  });

  it('talks both ways on one stream, as gRPC does, and ends with trailers', async () => {
    const stream = session.request({ ':path': '/echo', ':method': 'POST' });
    for (let i = 0; i < 20; i++) {
      stream.write(`message ${i}`);
      const [back] = await happens<[Buffer]>(stream, 'data');
      expect(back.toString()).toBe(`message ${i}`);
    }
    stream.end();
    stream.resume();
    await happens(stream, 'close');
    const { trailers, body } = await answer(session.request({ ':path': '/trailers' }));
    expect([body.toString(), trailers?.['grpc-status']]).toEqual(['body', '0']);
  });

  it('takes what a server pushes', async () => {
    const pushed = happens<[ClientHttp2Stream]>(session, 'stream').then(([stream]) => answer(stream));
    const { body } = await answer(session.request({ ':path': '/push' }));
    expect(body.toString()).toBe('look what I pushed');
    expect((await pushed).body.equals(PUSHED)).toBe(true);
  });

  it('gives up streams, from either end', async () => {
    const { NGHTTP2_CANCEL } = nodeHttp2.constants;
    const hanging = session.request({ ':path': '/hang' });
    await happens(hanging, 'data');
    hanging.close(NGHTTP2_CANCEL);
    await happens(hanging, 'close');
    expect(hanging.rstCode).toBe(NGHTTP2_CANCEL);
    const refused = answer(session.request({ ':path': '/reset' }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
    const took = await new Promise<number>((resolve) => void session.ping((_, duration) => resolve(duration)));
    expect(took).toBeGreaterThan(0);
  });

  it('ends after GOAWAY', async () => {
    const other = client.connect(`https://localhost:${port}`, { ca });
    const gone = happens<[number]>(other, 'goaway');
    const closed = happens(other, 'close');
    const { body } = await answer(other.request({ ':path': '/goaway' }));
    expect(body.toString()).toBe('last');
    expect((await gone)[0]).toBe(nodeHttp2.constants.NGHTTP2_NO_ERROR);
    await closed;
  });

  it('hears of a server that is gone in the middle', async () => {
    const served = happens<[ClientHttp2Session]>(listening, 'session');
    const other = client.connect(`https://localhost:${port}`, { ca });
    const stream = other.request({ ':path': '/hang' });
    await happens(stream, 'data');
    const closed = Promise.all([happens(other, 'close'), happens(stream, 'close')]);
    stream.on('error', () => undefined);
    other.on('error', () => undefined);
    (await served)[0].destroy();
    await closed;
    expect(other.destroyed).toBe(true);
  });

  it('tells of a certificate that it does not trust', async () => {
    const other = client.connect(`https://localhost:${port}`);
    let connected = false;
    other.on('connect', () => (connected = true));
    const [error] = await happens<[Error]>(other, 'error');
    expect(error).toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(connected).toBe(false);
  });
});

describe('[A11] node:http2 unchanged', () => {
  it('over sockets that a program connects', async () => {
    const server = nodeHttp2.createSecureServer(identity);
    behave(server);
    const port = await listen(server);
    const session = nodeHttp2.connect(`https://localhost:${port}`, {
      createConnection: () => ourTls.connect({ port, host: 'localhost', ca, ALPNProtocols: ['h2'] }),
    });
    await happens(session, 'connect');
    expect([session.encrypted, session.alpnProtocol]).toEqual([true, 'h2']);
    expect(session.socket instanceof ourTls.TLSSocket).toBe(true);
    expect((await answer(session.request({ ':path': '/' }))).body.toString()).toBe('you asked for /');
    session.close();
    await happens(session, 'close');
    server.close();
  });

  it('over sockets that a server of ours gives to it', async () => {
    const plain = nodeHttp2.createServer();
    behave(plain as unknown as Http2SecureServer);
    const given = (socket: unknown): void => void plain.emit('connection', socket);
    const server = ourTls.createServer({ ...identity, ALPNProtocols: ['h2'] }, given);
    const port = await listen(server);
    const session = nodeHttp2.connect(`https://localhost:${port}`, { ca });
    const bytes = randomBytes(300_000);
    const stream = session.request({ ':path': '/echo', ':method': 'POST' });
    stream.end(bytes);
    const { body } = await answer(stream);
    expect(body.equals(bytes)).toBe(true);
    session.close();
    await happens(session, 'close');
    server.close();
  });
});

describe("[A11] Node's own TLS over ours", () => {
  it('takes a socket of ours for the stream below', async () => {
    const inner = nodeTls.createServer(identity, (socket) => void socket.pipe(socket));
    const outer = ourTls.createServer(identity, (socket) => void inner.emit('connection', socket));
    const below = ourTls.connect({ port: await listen(outer), host: 'localhost', ca });
    await happens(below, 'secureConnect');
    const socket = nodeTls.connect({ socket: below, servername: 'localhost', ca });
    await happens(socket, 'secureConnect');
    const bytes = randomBytes(500_000);
    socket.end(bytes);
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    expect(digest(Buffer.concat(pieces))).toBe(digest(bytes));
    outer.close();
    await happens(outer, 'close');
  });
});

describe('[A11] allowHTTP1', () => {
  it('serves HTTP/1.1 and HTTP/2 on one port', async () => {
    const server = ourHttp2.createSecureServer({ ...identity, allowHTTP1: true }, (request, response) => {
      response.end(`${request.httpVersion} ${(request.socket as TLSSocket).getProtocol()}`);
    });
    const port = await listen(server);
    const text = await new Promise<string>((resolve) => {
      nodeHttps.get(`https://localhost:${port}/`, { ca, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
    });
    expect(text).toBe('1.1 TLSv1.3');
    const session = nodeHttp2.connect(`https://localhost:${port}`, { ca });
    expect((await answer(session.request({}))).body.toString()).toBe('2.0 TLSv1.3');
    session.close();
    server.close();
    await happens(server, 'close');
  });

  it('says "unknownProtocol" of who speaks neither', async () => {
    const server = ourHttp2.createSecureServer(identity);
    const port = await listen(server);
    const heard = happens<[TLSSocket]>(server, 'unknownProtocol');
    const socket = nodeTls.connect({ port, host: 'localhost', ca });
    const [theirs] = await heard;
    expect(theirs).toBeInstanceOf(ourTls.TLSSocket);
    socket.destroy();
    theirs.destroy();
    server.close();
  });
});
