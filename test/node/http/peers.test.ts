/** HTTP over our sockets with what is not of Node: curl as the client, nginx as the server. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ClientHttp2Session, Http2SecureServer } from 'node:http2';
import type { Agent } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import http2 from '../../../src/lib/node/http2.ts';
import https from '../../../src/lib/node/https.ts';
import { caPem, pems } from '../../support/identities.ts';
import { startNginx } from '../../support/nginx.ts';
import { describeWith } from '../../support/peers.ts';
import { Workshop } from '../../support/processes.ts';
import { happens, listen, reply } from '../../support/web.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('[A11] others', () => {
  const workshop = new Workshop();
  let ca: string;
  beforeAll(async () => {
    ca = await caPem();
  });
  afterAll(() => workshop.close());

  describeWith(['curl'], 'curl', () => {
    let server: Http2SecureServer;
    let url: string;
    beforeAll(async () => {
      server = http2.createSecureServer({ ...(await pems()), allowHTTP1: true }, (request, response) => {
        const { socket } = request.stream?.session ?? request;
        response.setHeader('x-seen', `${request.httpVersion} ${(socket as TLSSocket).getProtocol()}`);
        if (request.method === 'POST') request.pipe(response);
        else response.end(`${request.url}\n`);
      });
      url = `https://localhost:${await listen(server)}`;
    });
    afterAll(() => {
      server.close();
    });
    async function curl(...args: string[]): Promise<string> {
      const file = workshop.file('ca.pem', ca);
      const running = workshop.start('curl', [
        '-sS',
        '--no-progress-meter',
        '--ipv4',
        '--max-time',
        '60',
        '--cacert',
        file,
        ...args,
      ]);
      await running.ends();
      expect([running.status, running.stderr]).toEqual([0, '']);
      return running.stdout;
    }

    it.each([
      ['--http1.1', '1.1', []],
      ['--http2', '2.0', []],
      ['--http2', '2.0', ['--tls-max', '1.2']],
    ])('gets and posts with %s', async (flag, version, more) => {
      const bytes = randomBytes(1_500_000);
      const [sent, back] = [workshop.file('sent', bytes), workshop.path('back')];
      const form = ['-w', '%{http_version} %{header_json}', '-o', back, '--data-binary', `@${sent}`];
      const told = await curl(flag, ...more, ...form, `${url}/post`);
      expect(told).toContain(`"x-seen":["${version} ${more.length === 0 ? 'TLSv1.3' : 'TLSv1.2'}"]`);

      expect(digest(readFileSync(back))).toBe(digest(bytes));
    });

    it.each([['--http1.1'], ['--http2']])('asks fifty times at once with %s', async (flag) => {
      const told = await curl(flag, '-Z', '--parallel-max', '10', `${url}/[1-50]`);
      const numbers = told
        .match(/\d+/g)
        ?.map(Number)
        .sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    });
  });

  describeWith(['nginx'], 'nginx', () => {
    let url: string;
    let session: ClientHttp2Session;
    let agent: Agent;
    const file = randomBytes(2_000_000);
    beforeAll(async () => {
      workshop.file('file', file);
      url = await startNginx(workshop);
      session = http2.connect(url, { ca });
      agent = new https.Agent({ ca, keepAlive: false });
    });
    afterAll(() => {
      session.close();
      agent.destroy();
    });

    async function over2(path: string): Promise<Buffer> {
      const pieces: Buffer[] = [];
      for await (const piece of session.request({ ':path': path })) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    }

    it('answers HTTP/2', async () => {
      const [large, ...small] = await Promise.all([
        over2('/file'),
        ...Array.from({ length: 20 }, (_, i) => over2(`/say/${i}`)),
      ]);
      expect(digest(large)).toBe(digest(file));
      expect(small.map(String)).toEqual(small.map((_, i) => `HTTP/2.0 TLSv1.3 . /say/${i}`));
      expect(session.alpnProtocol).toBe('h2');
    });

    it('answers HTTP/1.1, and resumes sessions that the agent kept', async () => {
      const first = await reply(https.get(`${url}/say`, { agent }));
      expect(first.body.toString()).toBe('HTTP/1.1 TLSv1.3 . /say');
      const second = await reply(https.get(`${url}/say`, { agent }));
      expect(second.body.toString()).toBe('HTTP/1.1 TLSv1.3 r /say');
      const { body } = await reply(https.get(`${url}/file`, { agent }));
      expect(digest(body)).toBe(digest(file));
    });

    it('is left in the middle', async () => {
      const stream = session.request({ ':path': '/file' });
      await happens(stream, 'data');
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await happens(stream, 'close');
      expect((await over2('/say')).toString()).toContain('HTTP/2.0');
    });
  });
});
