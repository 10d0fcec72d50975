/** The HTTP of a responder: POST, GET, and clients who mean no good. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OcspServer } from '../../../src/cli/ocsp/server.ts';
import { buildOcspRequest, certIdOf, ocspResponder, OcspResponse } from '../../../src/lib/ocsp/index.ts';
import { authority, issue } from '../../support/chains.ts';

const HOUR = 3_600_000;
const root = authority('/CN=Root');
const leaf = issue('/CN=leaf', root);
const id = certIdOf(leaf.certificate.serial, root.certificate);
const question = buildOcspRequest({ requests: [id] }).der;
const lines: string[] = [];
let server: OcspServer;
/** One that waits for nobody. */
let impatient: OcspServer;

beforeAll(async () => {
  const options = {
    port: 0,
    host: '127.0.0.1',
    maxRequest: 4096,
    received: (line: string) => lines.push(line),
    respond: ocspResponder({
      issuers: [root.certificate],
      signer: { certificate: root.certificate, key: root.key },
      validity: HOUR,
      lookup: () => ({ status: 'good' }),
    }),
  };
  server = await OcspServer.listen(options);
  impatient = await OcspServer.listen({ ...options, timeout: 300 });
});

afterAll(() => Promise.all([server.close(), impatient.close()]));

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

function ask(method: string, path: string, body?: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const statusOf = ({ body }: Answer): string | undefined => OcspResponse.read(body).status;
const TYPE = { 'Content-Type': 'application/ocsp-request' };

/** What comes back for octets that are no HTTP, or not all of it. */
const raw = (octets: string, { port } = server): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(octets));
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });

describe('K9 the HTTP of an OCSP responder', () => {
  it('POST', async () => {
    const answer = await ask('POST', '/whatever', question, TYPE);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/ocsp-response' });
    expect(answer.headers['cache-control']).toBeUndefined();
    expect(OcspResponse.read(answer.body).basic.find(id)?.status).toBe('good');
    expect(lines).toContain('POST /whatever HTTP/1.1');
  });

  it.each([
    ['as it is', (text: string) => `/${encodeURIComponent(text)}`],
    ['with bare slashes and plus signs', (text: string) => `/${text}`],
    ['behind a path', (text: string) => `/ca/ocsp//${encodeURIComponent(text)}`],
    ['with slashes in front', (text: string) => `///${encodeURIComponent(text)}`],
  ])('GET with the request %s', async (_how, path) => {
    for (let i = 0; i < 40; i += 1) {
      // some of them have slashes in base64
      const asked = certIdOf(Buffer.from([0x12, i]), root.certificate, i % 2 === 0 ? 'sha1' : 'sha256');
      const answer = await ask('GET', path(buildOcspRequest({ requests: [asked] }).der.toString('base64')));
      expect(OcspResponse.read(answer.body).basic.find(asked)?.status).toBe('good');
      expect(answer.headers['cache-control']).toMatch(/^max-age=3\d\d\d, public, no-transform, must-revalidate$/);
    }
  });

  it('GET with a nonce is nothing for caches', async () => {
    const nonce = buildOcspRequest({ requests: [id], nonce: Buffer.alloc(16, 1) }).der.toString('base64');
    expect((await ask('GET', `/${encodeURIComponent(nonce)}`)).headers['cache-control']).toBeUndefined();
  });

  it('requests that are none', async () => {
    expect(statusOf(await ask('POST', '/', Buffer.from('hello'), TYPE))).toBe('malformedRequest');
    expect(statusOf(await ask('POST', '/', undefined, TYPE))).toBe('malformedRequest');
    expect(statusOf(await ask('GET', '/MAAA'))).toBe('malformedRequest');
    expect((await ask('GET', '/')).status).toBe(200);
    expect((await ask('GET', '/index.html')).status).toBe(400);
    expect((await ask('GET', '/%zz')).status).toBe(400);
    expect((await ask('PUT', '/', question)).status).toBe(405);
    expect((await ask('POST', '/', question, { 'Content-Type': 'text/plain' })).status).toBe(415);
  });

  it('clients who mean no good', async () => {
    expect((await ask('POST', '/', Buffer.alloc(5000), TYPE).catch(() => ({ status: 413 }))).status).toBe(413);
    expect(await raw('\0\0\0\0\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await raw(`GET /${'M'.repeat(20_000)} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
    const begun = Date.now();
    // neither a head nor a body that does not come holds a connection for long
    const slow = await Promise.all(
      ['POST / HTT', 'POST / HTTP/1.0\r\nContent-Length: 80\r\n\r\n0', ''].map((octets) => raw(octets, impatient)),
    );
    expect(Date.now() - begun).toBeLessThan(15_000);
    expect(slow[0]).toMatch(/^HTTP\/1.1 408 /);
    expect(statusOf(await ask('POST', '/', question, TYPE))).toBe('successful');
  });

  it('many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('POST', '/', question, TYPE)));
    expect(answers.map(statusOf)).toEqual(answers.map(() => 'successful'));
  });
});
