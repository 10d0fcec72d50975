/** ws on our sockets: both ends ours, and either end with one of Node's own TLS. */
import { createHash, randomBytes } from 'node:crypto';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Elsewhere, event, face } from '../../support/face.ts';
import { listen } from '../../support/web.ts';
import { caPem, pems, type Pems } from '../../support/identities.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A server that echoes, and a client, on Node's own TLS. */
const ELSEWHERE = `
  const https = require('node:https');
  const { WebSocket, WebSocketServer } = require('ws');
  const server = https.createServer(data.identity);
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message, binary) => socket.send(message, { binary }));
  });
  server.listen(0, '127.0.0.1', () => say(server.address().port));
  onWord(({ port, bytes }) => {
    const client = new WebSocket('wss://localhost:' + port, { ca: data.ca });
    let back;
    client.on('open', () => client.send(bytes));
    client.on('message', (message) => { back = message; client.close(1000, 'done'); });
    client.on('close', (code, reason) => say({ back, close: [code, String(reason)] }));
  });
`;

describe('[A11] ws', () => {
  let ca: string;
  let identity: Pems;
  const closers: (() => void)[] = [];
  let here: number;
  let there: number;
  let elsewhere: Elsewhere;
  const seen: TLSSocket[] = [];

  beforeAll(async () => {
    ca = await caPem();
    identity = await pems();
    elsewhere = new Elsewhere(ELSEWHERE, { ca, identity });
    const secure = https.createServer(identity);
    here = await listen(secure);
    there = await elsewhere.hears();
    const sockets = new WebSocketServer({ server: secure, perMessageDeflate: true });
    sockets.on('connection', (socket, request) => {
      seen.push(request.socket as TLSSocket);
      socket.on('message', (data, binary) => socket.send(data, { binary }));
      if (request.url === '/bye') socket.close(4001, 'as you wish');
      if (request.url === '/drop') socket.terminate();
    });
    closers.push(
      () => sockets.close(),
      () => secure.close(),
    );
  });
  afterAll(() => {
    for (const close of closers) close();
    return elsewhere.stop();
  });

  const open = (port: number, path = '/', options: WebSocket.ClientOptions = {}): WebSocket =>
    new WebSocket(`wss://localhost:${port}${path}`, { ca, ...options });

  async function exchange(port: number): Promise<void> {
    const socket = open(port);
    await event(socket, 'open');
    socket.send('grüß');
    const [text, binary] = await event<[Buffer, boolean]>(socket, 'message');
    expect([text.toString(), binary]).toEqual(['grüß', false]);
    const bytes = randomBytes(1_500_000);
    socket.send(bytes);
    const [back] = await event<[Buffer]>(socket, 'message');
    expect(digest(back)).toBe(digest(bytes));
    socket.ping('alive');
    const [pong] = await event<[Buffer]>(socket, 'pong');
    expect(pong.toString()).toBe('alive');
    socket.close(1000, 'done');
    expect(await event(socket, 'close')).toEqual([1000, Buffer.from('done')]);
  }

  it('both ends ours: text, 1.5 MB, pings and a close with its reason', async () => {
    await exchange(here);
    const theirs = seen.at(-1);
    expect(theirs).toBeInstanceOf(face.TLSSocket);
    expect(theirs?.getProtocol()).toBe('TLSv1.3');
  });

  it("the same with a server of Node's own TLS", () => exchange(there));

  it("the same with a client of Node's own TLS", async () => {
    const bytes = randomBytes(1_500_000);
    const { back, close } = await elsewhere.says({ port: here, bytes }).hears<{ back: Uint8Array; close: unknown }>();
    expect(digest(back)).toBe(digest(bytes));
    expect(close).toEqual([1000, 'done']);
  });

  it('hears the code and the reason of a server that closes, and of one that drops the line', async () => {
    expect(await event(open(here, '/bye'), 'close')).toMatchObject([4001, Buffer.from('as you wish')]);
    expect(await event(open(here, '/drop'), 'close')).toEqual([1006, Buffer.alloc(0)]);
  });

  it('sends a thousand small messages in order', async () => {
    const socket = open(here, '/', { perMessageDeflate: false });
    await event(socket, 'open');
    const got: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        got.push(data.toString());
        if (got.length === 1000) resolve();
      });
    });
    const sent = Array.from({ length: 1000 }, (_, i) => `message ${i}`);
    for (const one of sent) socket.send(one);
    await all;
    expect(got).toEqual(sent);
    socket.terminate();
    await event(socket, 'close');
  });

  it('tells of a certificate that it does not trust', async () => {
    const [error] = await event<[Error]>(open(here, '/', { ca: [] }), 'error');
    expect(error).toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });
});
