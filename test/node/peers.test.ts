/** tlskit/tls with others' programs: servers of ours for openssl, curl and gnutls-cli, clients of ours for nginx and openssl. */
import { readFileSync } from 'node:fs';
import type { Server as NetServer } from 'node:net';
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import http2 from '../../src/lib/node/http2.ts';
import tls from '../../src/lib/node/index.ts';
import { caPem } from '../support/identities.ts';
import { describeWith, openssl } from '../support/peers.ts';
import { Workshop, freePort } from '../support/processes.ts';
import { issueFor, testCa, testIdentity } from '../support/tls-certificates.ts';
import { happens, listen } from '../support/web.ts';

const workshop = new Workshop();
const files = { ca: '', cert: '', key: '', clientCert: '', clientKey: '' };
let own: { cert: Buffer; key: Buffer };
let ca: string;
beforeAll(async () => {
  ca = await caPem();
  files.ca = workshop.file('ca.pem', ca);
  Object.assign(files, workshop.identity('server', await testIdentity('p256')));
  const client = await issueFor({ kind: 'rsa', name: 'a client', extensions: [], issuer: await testCa() });
  const { cert, key } = workshop.identity('client', client);
  Object.assign(files, { clientCert: cert, clientKey: key });
  own = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
});
afterAll(() => workshop.close());

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/** What the server tells each client that comes, with the octets that it was sent. */
async function serve(options: TlsOptions = {}): Promise<{ port: number; close: () => NetServer }> {
  const server = tls.createServer(
    { ...own, ca, requestCert: true, rejectUnauthorized: false, ...options },
    (socket) => {
      const { CN } = (socket.getPeerCertificate().subject ?? {}) as { CN?: string };
      const { alpnProtocol, servername, authorized } = socket as TLSSocket & { servername: string };
      socket.on('error', () => undefined);
      socket.once('data', (text) => {
        socket.end(
          `${socket.getProtocol()} ${CN} ${authorized} ${alpnProtocol} ${servername} ${String(text).trim()}\n`,
        );
      });
    },
  );
  return { port: await listen(server), close: () => server.close() };
}

describeWith(['openssl'], 'A6: openssl s_client at our server', () => {
  it.each(VERSIONS)('%s, with a certificate, ALPN and SNI', async (version) => {
    const { port, close } = await serve({ ALPNProtocols: ['x/1', 'x/2'], maxVersion: version });
    const args = [
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      'localhost',
      '-CAfile',
      files.ca,
      '-alpn',
      'x/2',
      '-quiet',
    ];
    const identity = ['-cert', files.clientCert, '-key', files.clientKey, '-verify_return_error'];
    const client = workshop.start('openssl', ['s_client', ...args, ...identity]).write('hello\n');
    await client.prints(`${version} a client true x/2 localhost hello\n`);
    await client.ends();
    close();
  });
});

describeWith(['gnutls-cli'], 'A6: gnutls-cli at our server', () => {
  it.each(VERSIONS)('%s', async (version) => {
    const { port, close } = await serve({ maxVersion: version });
    const args = ['--x509cafile', files.ca, '--x509certfile', files.clientCert, '--x509keyfile', files.clientKey];
    const client = workshop.start('gnutls-cli', ['-p', String(port), ...args, 'localhost']);
    await client.prints('Simple Client Mode');
    await client.write('hello\n').prints(`${version} a client true false localhost hello\n`);
    await client.ends();
    close();
  });
});

describeWith(['curl'], 'A11: curl at our HTTP/2 server', () => {
  it.each(VERSIONS)('%s, with a certificate, HTTP/2 and HTTP/1.1', async (version) => {
    const options = { ...own, ca, requestCert: true, allowHTTP1: true, maxVersion: version };
    const server = http2.createSecureServer(options, (request, response) => {
      const socket = (request.stream?.session?.socket ?? request.socket) as TLSSocket;
      response.end(
        `${request.httpVersion} ${socket.getProtocol()} ${(socket.getPeerCertificate().subject as { CN?: string }).CN}`,
      );
    });
    const url = `https://localhost:${await listen(server)}/`;
    for (const [flag, http] of [
      ['--http2', '2.0'],
      ['--http1.1', '1.1'],
    ] as const) {
      const args = [
        '-sS',
        '-4',
        '--noproxy',
        '*',
        '--cacert',
        files.ca,
        '--cert',
        files.clientCert,
        '--key',
        files.clientKey,
      ];
      const curl = await workshop.start('curl', [...args, flag, url]).ends();
      expect([curl.stderr, curl.stdout]).toEqual(['', `${http} ${version} a client`]);
    }
    server.close();
  });
});

/** A client of ours; what the server answers. */
async function ask(options: ConnectionOptions, request: string): Promise<{ socket: TLSSocket; text: string }> {
  const socket = tls.connect({ host: '127.0.0.1', servername: 'localhost', ca, ...options });
  socket.write(request);
  let text = '';
  for await (const piece of socket) text += String(piece);
  return { socket, text };
}

describeWith(['nginx'], 'A6: our client at nginx', () => {
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    const other = workshop.identity(
      'other',
      await issueFor({
        kind: 'rsa',
        name: 'other',
        extensions: [['subjectAltName', 'DNS:other.example']],
        issuer: await testCa(),
      }),
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const block = (name: string, cert: string, key: string): string => `server {
      listen 127.0.0.1:${port} ssl; server_name ${name}; ssl_certificate ${cert}; ssl_certificate_key ${key};
      ssl_protocols TLSv1.2 TLSv1.3; ssl_client_certificate ${files.ca}; ssl_verify_client optional;
      location / { default_type text/plain; return 200 "$ssl_protocol $ssl_client_verify $ssl_client_s_dn $server_name"; }
    }`;
    const config = `daemon off; master_process off; pid ${workshop.path('pid')}; error_log stderr;
      events { worker_connections 64; }
      http { access_log off;
        ${temporary.map((one) => `${one}_temp_path ${workshop.path(one)};`).join('\n')}
        ${block('localhost', files.cert, files.key)}
        ${block('other.example', other.cert, other.key)}
      }`;
    const args = ['-e', 'stderr', '-p', workshop.folder, '-c', workshop.file('nginx.conf', config)];
    await workshop.start('nginx', args).listensOn(port);
  });

  it.each(VERSIONS)('%s, with a certificate, and by name', async (version) => {
    const identity = { cert: readFileSync(files.clientCert), key: readFileSync(files.clientKey) };
    for (const servername of ['localhost', 'other.example']) {
      const request = `GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`;
      const { text } = await ask({ port, servername, maxVersion: version, ...identity }, request);
      expect(text.split('\r\n\r\n')[1]).toBe(`${version} SUCCESS CN=a client ${servername}`);
    }
  });
});

describeWith(['openssl'], 'A6: our client at openssl s_server', () => {
  it.each(VERSIONS)('%s, with a certificate and a stapled OCSP response', async (version) => {
    const authority = await testCa();
    const key = workshop.file('ca.key', authority.keyObject.export({ type: 'pkcs8', format: 'pem' }));
    const request = workshop.path('request.der');
    const response = workshop.path('response.der');
    const index = workshop.file('index.txt', '');
    openssl(['ocsp', '-issuer', files.ca, '-cert', files.cert, '-reqout', request]);
    const signer = ['-index', index, '-rsigner', files.ca, '-rkey', key, '-CA', files.ca];
    const served = ['-accept', '127.0.0.1:0', '-rev', '-cert', files.cert, '-key', files.key];
    const serving = [...served, '-CAfile', files.ca, '-Verify', '2', '-verify_return_error'];
    openssl(['ocsp', ...signer, '-reqin', request, '-respout', response, '-ndays', '1']);
    const server = workshop.start('openssl', ['s_server', ...serving, '-status_file', response, '-naccept', '1']);
    await server.prints(/ACCEPT 127\.0\.0\.1:\d+\n/);
    const port = Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(server.output)?.[1]);
    const identity = { cert: readFileSync(files.clientCert), key: readFileSync(files.clientKey) };
    const socket = tls.connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca,
      requestOCSP: true,
      maxVersion: version,
      ...identity,
    });
    const stapled = happens<[Buffer]>(socket, 'OCSPResponse');
    socket.write('drawer\n');
    expect(String((await happens<[Buffer]>(socket, 'data'))[0])).toBe('reward\n');
    expect((await stapled)[0]).toEqual(readFileSync(response));
    expect([socket.getProtocol(), socket.authorized]).toEqual([version, true]);
    socket.destroy();
    await server.stop();
  });
});
