/** `tlskit/tls/register`: what a program has as node:tls is ours, and so it is below https, http2 and fetch. */
import http2 from 'node:http2';
import https from 'node:https';
import * as namespace from 'node:tls';
import nodeTls, { connect, type TLSSocket } from 'node:tls';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { caPem, pems } from '../support/identities.ts';
import { happens, listen, reply } from '../support/web.ts';
import '../../src/lib/node/register.ts';
import ours from '../../src/lib/node/index.ts';

// a property of the module may be assigned, which counts how often Node's own modules connect
let connects = 0;
const { connect: connectOurs } = ours;
let port: number;
let ca: string;
const server = https.createServer((request, response) => {
  response.end(String((request.socket as TLSSocket).getProtocol()));
});
beforeAll(async () => {
  ca = await caPem();
  server.setSecureContext(await pems());
  port = await listen(server);
  ours.connect = (...args: unknown[]) => {
    connects++;
    return connectOurs(...args);
  };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('is what import and require give', () => {
  expect(createRequire(import.meta.url)('tls')).toBe(nodeTls);
  for (const name of ['TLSSocket', 'Server', 'createServer', 'createSecureContext', 'checkServerIdentity'] as const) {
    expect([name, nodeTls[name]]).toEqual([name, ours[name]]);
    expect([name, namespace[name]]).toEqual([name, ours[name]]);
  }
  expect(connect).toBe(connectOurs);
  expect(namespace.rootCertificates).toBe(ours.rootCertificates);
});

it('takes assignments to the module for ours', () => {
  const before = ours.DEFAULT_MIN_VERSION;
  nodeTls.DEFAULT_MIN_VERSION = 'TLSv1';
  expect(ours.DEFAULT_MIN_VERSION).toBe('TLSv1');
  ours.DEFAULT_MIN_VERSION = before;
  expect(nodeTls.DEFAULT_MIN_VERSION).toBe(before);
});

it('asks Node itself where that has the answer, and not itself', () => {
  expect(() => nodeTls.createSecureContext({ cert: 'no certificate' })).toThrow(/PEM|no start line/);
  const { getCACertificates } = nodeTls as { getCACertificates?: () => string[] };
  if (getCACertificates) expect(getCACertificates().length).toBeGreaterThan(10);
});

it('is below https', async () => {
  const before = connects;
  expect(server).toBeInstanceOf(ours.Server);
  const old = https.get({ host: 'localhost', port, ca, agent: false, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
  await expect(reply(old)).rejects.toThrow(/protocol version/);
  const { body, response } = await reply(https.get({ host: 'localhost', port, ca, agent: false }));
  expect(body.toString()).toBe('TLSv1.3');
  expect(response.socket).toBeInstanceOf(ours.TLSSocket);
  expect(connects).toBe(before + 2);
});

it('is below http2', async () => {
  const before = connects;
  const secure = http2.createSecureServer(await pems(), (request, response) => {
    response.end(String((request.socket as TLSSocket).getProtocol()));
  });
  expect(secure).toBeInstanceOf(ours.Server);
  const session = http2.connect(`https://localhost:${await listen(secure)}`, { ca });
  const stream = session.request({});
  const [bytes] = await happens<[Buffer]>(stream, 'data');
  expect(bytes.toString()).toBe('TLSv1.3');
  expect([session.alpnProtocol, session.socket instanceof ours.TLSSocket, connects - before]).toEqual(['h2', true, 1]);
  session.close();
  secure.close();
});

it('is below fetch', async () => {
  const before = connects;
  const { createSecureContext } = ours;
  // the usual way to have authorities of one's own without a word of them in the calls
  ours.createSecureContext = (options) => createSecureContext({ ...options, ca: options?.ca ?? ca });
  try {
    expect(await (await fetch(`https://localhost:${port}/`)).text()).toBe('TLSv1.3');
  } finally {
    ours.createSecureContext = createSecureContext;
  }
  expect(connects).toBe(before + 1);
});
