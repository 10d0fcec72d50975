/** mqtt on our sockets, against Debian's mosquitto. */
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { event, face } from '../../support/face.ts';
import { caPem, pems } from '../../support/identities.ts';
import { describeWith } from '../../support/peers.ts';
import { Workshop, freePort } from '../../support/processes.ts';
import { testCa, testIdentity } from '../../support/tls-certificates.ts';

describeWith(['mosquitto'], '[A11] mqtt', () => {
  const workshop = new Workshop();
  let ca: string;
  let port: number;
  beforeAll(async () => {
    ca = await caPem();
    port = await freePort();
    const { cert, key } = workshop.identity('server', await testIdentity());
    const settings = [
      // it would give up the rights to read the files
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      `listener ${port} 127.0.0.1`,
      `cafile ${workshop.identity('ca', await testCa()).cert}`,
      `certfile ${cert}`,
      `keyfile ${key}`,
      'require_certificate true',
      'use_identity_as_username true',
      'allow_anonymous false',
      'log_dest stdout',
      'log_type all',
    ];
    const mosquitto = workshop.start('mosquitto', ['-c', workshop.file('mosquitto.conf', settings.join('\n'))]);
    await mosquitto.listensOn(port);
  });
  afterAll(() => workshop.close());

  async function client(options: IClientOptions = {}): Promise<MqttClient> {
    const made = mqtt.connect(`mqtts://localhost:${port}`, {
      ca,
      ...(await pems('rsa')),
      reconnectPeriod: 0,
      connectTimeout: 60_000,
      ...options,
    });
    workshop.keep({ close: () => void made.end(true) });
    return made;
  }

  it('publishes to itself, every quality of service and a large message', async () => {
    const one = await client();
    await event(one, 'connect');
    const stream = (one as unknown as { stream: TLSSocket }).stream;
    expect(stream).toBeInstanceOf(face.TLSSocket);
    expect(stream.getProtocol()).toBe('TLSv1.3');
    await one.subscribeAsync('t/#', { qos: 2 });
    const got = new Map<string, Buffer>();
    const all = new Promise<void>((resolve) => {
      one.on('message', (topic, payload) => {
        got.set(topic, payload);
        if (got.size === 4) resolve();
      });
    });
    const large = randomBytes(700_000);
    await Promise.all(([0, 1, 2] as const).map((qos) => one.publishAsync(`t/${qos}`, `by ${qos}`, { qos })));
    await one.publishAsync('t/large', large, { qos: 1 });
    await all;
    expect([0, 1, 2].map((qos) => String(got.get(`t/${qos}`)))).toEqual(['by 0', 'by 1', 'by 2']);
    expect(got.get('t/large')?.equals(large)).toBe(true);
    await one.endAsync();
    expect(one.disconnected).toBe(true);
  });

  it('comes back after its line was cut', async () => {
    const one = await client({ reconnectPeriod: 1 });
    await event(one, 'connect');
    (one as unknown as { stream: TLSSocket }).stream.destroy();
    await event(one, 'connect');
    expect(one.connected).toBe(true);
  });

  it('tells of a certificate that it does not trust, and that the server wants one of it', async () => {
    expect(await event(await client({ ca: [] }), 'error')).toMatchObject([{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }]);
    const bare = await client({ cert: undefined, key: undefined, maxVersion: 'TLSv1.2' } as never);
    expect(await event(bare, 'error')).toMatchObject([{ message: expect.stringContaining('alert handshake failure') }]);
  });
});
