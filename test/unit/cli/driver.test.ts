/** The driver between engine and socket: what it does with more octets than there is a use for now. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { TlsDriver } from '../../../src/cli/tls/driver.ts';
import { TlsEngine, acceptAny, clientConfig, serverConfig } from '../../../src/lib/tls/index.ts';
import { testIdentity } from '../../support/tls-certificates.ts';

const SIZE = 32 * 2 ** 20;

async function socketPair(): Promise<[Socket, Socket]> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const near = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(listener, 'connection')) as [Socket];
  listener.close();
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return [near, far];
}

/** Waits until nothing has changed for a while. */
async function settled(value: () => number): Promise<number> {
  for (let before = -1; ;) {
    const now = value();
    if (now === before && now > 0) return now;
    before = now;
    await new Promise((later) => void setTimeout(later, 200));
  }
}

it('S3 reads no more than a megabyte while an asynchronous hook thinks, and then all of it', async () => {
  const { credential } = await testIdentity('p256');
  const [near, far] = await socketPair();
  let decide: () => void = () => undefined;
  const asked = new Promise<void>((done) => {
    decide = done;
  });
  let received = 0;
  const server = new TlsDriver(
    far,
    (wake) =>
      TlsEngine.server(serverConfig({ credentials: [credential], clientAuth: 'request', verify: () => asked }), {
        wake,
      }),
    {
      event: (event) => {
        if (event.type === 'data') received += event.bytes.length;
      },
      error: () => undefined,
      closed: () => undefined,
    },
  );
  const config = clientConfig({ verify: acceptAny, credentials: [credential], versions: ['TLSv1.3'] });
  const client = new TlsDriver(near, (wake) => TlsEngine.client(config, { wake }), {
    event: (event) => {
      // a client of TLS 1.3 may send at once, while the server still looks at its certificate
      if (event.type === 'secure') for (let sent = 0; sent < SIZE; sent += 2 ** 20) client.send(Buffer.alloc(2 ** 20));
    },
    error: () => undefined,
    closed: () => undefined,
  });
  client.start();
  expect(await settled(() => server.received)).toBeLessThan(2 ** 20 + 2 ** 18);
  expect(server.engine.unread).toBeGreaterThan(2 ** 20);
  decide();
  expect(await settled(() => received)).toBe(SIZE);
  expect(server.engine.unread).toBe(0);
});
