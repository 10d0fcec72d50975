/** ioredis on our sockets, against Debian's redis-server. */
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { event, face } from '../../support/face.ts';
import { caPem, pems } from '../../support/identities.ts';
import { describeWith } from '../../support/peers.ts';
import { Workshop, freePort } from '../../support/processes.ts';
import { testCa, testIdentity } from '../../support/tls-certificates.ts';

describeWith(['redis-server'], '[A11] ioredis', () => {
  const workshop = new Workshop();
  let ca: string;
  let port: number;
  beforeAll(async () => {
    ca = await caPem();
    port = await freePort();
    const { cert, key } = workshop.identity('server', await testIdentity());
    const settings = {
      port: 0,
      'tls-port': port,
      bind: '127.0.0.1',
      'tls-cert-file': cert,
      'tls-key-file': key,
      'tls-ca-cert-file': workshop.identity('ca', await testCa()).cert,
      'tls-auth-clients': 'yes',
      save: '""',
      dir: workshop.folder,
    };
    const redis = workshop.start('redis-server', [
      workshop.file(
        'redis.conf',
        Object.entries(settings)
          .map((one) => one.join(' '))
          .join('\n'),
      ),
    ]);
    await redis.prints('Ready to accept connections');
  });
  afterAll(() => workshop.close());

  async function client(tls: object = {}, options: RedisOptions = {}): Promise<Redis> {
    const secure = { ca, ...(await pems('rsa')), ...tls };
    const made = new Redis({
      host: 'localhost',
      port,
      tls: secure,
      retryStrategy: () => null,
      connectTimeout: 60_000,
      ...options,
    } as never);
    workshop.keep({ close: () => made.disconnect() });
    return made;
  }

  it('sets and gets, a megabyte too', async () => {
    const redis = await client();
    await redis.set('word', 'grüß');
    expect(await redis.get('word')).toBe('grüß');
    const bytes = randomBytes(1_000_000);
    await redis.set('bytes', bytes);
    expect(bytes.equals((await redis.getBuffer('bytes')) as Buffer)).toBe(true);
    const { stream } = redis as unknown as { stream: TLSSocket };
    expect(stream).toBeInstanceOf(face.TLSSocket);
    expect([stream.authorized, stream.getProtocol()]).toEqual([true, 'TLSv1.3']);
    const end = event(redis, 'end');
    await redis.quit();
    await end;
  });

  it('sends two thousand commands at once, in TLS 1.2 as well', async () => {
    const redis = await client({ maxVersion: 'TLSv1.2' });
    const pipeline = redis.pipeline();
    for (let i = 0; i < 2000; i++) pipeline.incr('counter');
    const answers = await pipeline.exec();
    expect(answers?.map(([, value]) => value)).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
  });

  it('hears what others publish', async () => {
    const [one, other] = [await client(), await client()];
    await one.subscribe('news');
    const heard = event<[string, string]>(one, 'message');
    await other.publish('news', 'it works');
    expect(await heard).toEqual(['news', 'it works']);
  });

  it('comes back after its line was cut', async () => {
    const redis = await client({}, { retryStrategy: () => 1 });
    await redis.ping();
    (redis as unknown as { stream: TLSSocket }).stream.destroy();
    await event(redis, 'ready');
    expect(await redis.ping()).toBe('PONG');
  });

  it('tells of a certificate that it does not trust, and that the server does not trust its own', async () => {
    const wrong = await client({ ca: [] });
    expect(await event(wrong, 'error')).toMatchObject([{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }]);
    const bare = await client({ cert: undefined, key: undefined, maxVersion: 'TLSv1.2' });
    expect(await event(bare, 'error')).toMatchObject([{ message: expect.stringContaining('alert handshake failure') }]);
  });
});
