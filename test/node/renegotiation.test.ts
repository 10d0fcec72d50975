/** Renegotiation (contract row A8) with openssl, which asks our servers for it and is asked by our clients. */
import nodeTls, { type TLSSocket, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import tls from '../../src/lib/node/index.ts';
import { caPem, pems, type Pems } from '../support/identities.ts';
import { serve } from '../support/openssl-peer.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop } from '../support/processes.ts';
import { happens, listen } from '../support/web.ts';

let identity: Pems;
let ca: string;
const workshop = new Workshop();
const { CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW } = tls;
beforeAll(async () => {
  identity = await pems();
  ca = await caPem();
});
afterEach(() => Object.assign(tls, { CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW }));
afterAll(() => workshop.close());

/** s_client shakes hands `times` again; what the server's socket says meanwhile. */
async function plague(
  times: number,
  options: TlsOptions = {},
  meet = (_socket: TLSSocket): void => undefined,
): Promise<string[]> {
  const log: string[] = [];
  const server = tls.createServer({ ...identity, maxVersion: 'TLSv1.2', ...options });
  const port = await listen(server);
  const client = workshop.start('openssl', [
    's_client',
    '-tls1_2',
    '-connect',
    `127.0.0.1:${port}`,
    '-quiet',
    '-no_ign_eof',
  ]);
  const [socket] = await happens<[TLSSocket]>(server, 'secureConnection');
  meet(socket);
  socket.on('secure', () => log.push('secure'));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => log.push(String(code)));
  // a pipe would end with the first error
  socket.on('data', (text) => socket.write(text));
  for (let i = 0; i < times; i += 1) {
    const again = happens(socket, 'secure');
    client.write('R\n');
    await again;
    // data go on in both directions
    await client.write(`word ${i}\n`).prints(`word ${i}\n`);
  }
  socket.destroy();
  await client.ends();
  server.close();
  return log;
}

const ATTACK = 'ERR_TLS_SESSION_ATTACK';

describeWith(['openssl'], 'A8: openssl s_client renegotiates', () => {
  it('three times in ten minutes; then the program is told', async () => {
    expect([CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW]).toEqual([3, 600]);
    expect(await plague(5)).toEqual(['secure', 'secure', 'secure', ATTACK, 'secure', ATTACK, 'secure']);
  });

  it('as often as CLIENT_RENEG_LIMIT says', async () => {
    tls.CLIENT_RENEG_LIMIT = 0;
    expect(await plague(1)).toEqual([ATTACK, 'secure']);
    tls.CLIENT_RENEG_LIMIT = 1;
    expect(await plague(2)).toEqual(['secure', ATTACK, 'secure']);
    tls.CLIENT_RENEG_LIMIT = 10;
    expect(await plague(4)).toEqual(['secure', 'secure', 'secure', 'secure']);
  });

  it('again when CLIENT_RENEG_WINDOW is over', async () => {
    // every handshake is later than the window that the one before began
    Object.assign(tls, { CLIENT_RENEG_LIMIT: 1, CLIENT_RENEG_WINDOW: 0 });
    expect(await plague(3)).toEqual(['secure', 'secure', 'secure']);
  });

  it('although disableRenegotiation was called, of which the program is told', async () => {
    expect(await plague(1, {}, (socket) => socket.disableRenegotiation())).toEqual([
      'ERR_TLS_RENEGOTIATION_DISABLED',
      'secure',
    ]);
  });

  it('and is asked for it by our client', async () => {
    const { port } = await serve(workshop, 'p256', ['-tls1_2', '-client_renegotiation']);
    await renegotiate(port);
  });
});

describe('A8: our client renegotiates', () => {
  it('with node:tls, which asks it for a certificate then', async () => {
    const server = nodeTls.createServer({ ...identity, ca, maxVersion: 'TLSv1.2', requestCert: false }, (socket) => {
      socket.once('data', (text) => {
        socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, () => {
          const { CN } = (socket.getPeerCertificate().subject ?? {}) as { CN?: string };
          socket.end(`${String(text)} ${CN}`);
        });
      });
    });
    const port = await listen(server);
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ...identity });
    socket.write('I am');
    expect(String((await happens<[Buffer]>(socket, 'data'))[0])).toBe('I am test p256');
    socket.destroy();
    server.close();
  });

  it('because its program wants to', async () => {
    const server = nodeTls.createServer({ ...identity, maxVersion: 'TLSv1.2' }, (socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (text) => socket.write(String(text).trim().split('').reverse().join('')));
    });
    await renegotiate(await listen(server));
    server.close();
  });
});

/** Data, a handshake, data; the server turns words round. */
async function renegotiate(port: number): Promise<void> {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
  await happens(socket, 'secureConnect');
  const before = socket.getFinished();
  for (const [word, back] of [
    ['drawer', 'reward'],
    ['stressed', 'desserts'],
  ] as const) {
    socket.write(`${word}\n`);
    expect(String((await happens<[Buffer]>(socket, 'data'))[0])).toContain(back);
    const error = await new Promise((done) => void socket.renegotiate({}, done));
    expect(error).toBeNull();
  }
  expect(socket.getFinished()).not.toEqual(before);
  expect(socket.authorized).toBe(true);
  socket.destroy();
}
