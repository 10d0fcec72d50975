/** curl against the engine as a server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryStore, ticketSealer } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
import { TlsListener, respond } from '../support/tls-socket.ts';

describeWith(['curl'], 'curl', () => {
  let workshop: Workshop;
  let listener: TlsListener;
  beforeAll(async () => {
    workshop = new Workshop();
    const kinds: KeyKind[] = ['p256', 'rsa'];
    const identities = await Promise.all(kinds.map(testIdentity));
    listener = await TlsListener.open(
      {
        versions: ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'],
        suites: [
          'TLS_AES_128_GCM_SHA256',
          'TLS_AES_256_GCM_SHA384',
          'TLS_CHACHA20_POLY1305_SHA256',
          'ECDHE-ECDSA-AES128-GCM-SHA256',
          'ECDHE-RSA-AES256-GCM-SHA384',
          'DHE-RSA-CHACHA20-POLY1305',
          'ECDHE-ECDSA-AES128-SHA',
        ],
        credentials: identities.map(({ credential }) => credential),
        alpn: ['http/1.1'],
        clientAuth: 'request',
        // curl takes tickets in TLS 1.3 alone
        ticketSealer: ticketSealer([TicketKey.generate()]),
        sessionStore: memoryStore(),
      },
      respond,
    );
    workshop.keep(listener);
  });
  afterAll(() => workshop.close());

  async function get(args: readonly string[], count = 1): Promise<unknown[]> {
    const { cert: ca } = workshop.identity('ca', await testIdentity('p256'));
    const url = `https://localhost:${listener.port}/`;
    const curl = workshop.start('curl', [
      '-sS',
      '--cacert',
      ca,
      '--resolve',
      `localhost:${listener.port}:127.0.0.1`,
      ...args,
      ...Array<string>(count).fill(url),
    ]);
    await curl.ends();
    expect([curl.status, curl.stderr]).toEqual([0, '']);
    return curl.stdout.split(/(?<=\})/).map((one) => JSON.parse(one) as unknown);
  }

  it.each([
    ['TLSv1.3', ['--tlsv1.3', '--tls13-ciphers', 'TLS_AES_256_GCM_SHA384'], 'TLS_AES_256_GCM_SHA384'],
    ['TLSv1.3', ['--tlsv1.3', '--tls13-ciphers', 'TLS_CHACHA20_POLY1305_SHA256'], 'TLS_CHACHA20_POLY1305_SHA256'],
    ['TLSv1.2', ['--tls-max', '1.2'], 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    [
      'TLSv1.2',
      ['--tls-max', '1.2', '--ciphers', 'ECDHE-RSA-AES256-GCM-SHA384'],
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    ],
    [
      'TLSv1.2',
      ['--tls-max', '1.2', '--ciphers', 'DHE-RSA-CHACHA20-POLY1305'],
      'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    ],
    [
      'TLSv1.1',
      ['--tlsv1.0', '--tls-max', '1.1', '--ciphers', 'ALL:@SECLEVEL=0'],
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
    ],
    [
      'TLSv1',
      ['--tlsv1.0', '--tls-max', '1.0', '--ciphers', 'ALL:@SECLEVEL=0'],
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
    ],
  ] as const)('S3 S4: %s %j, and a second request that resumes', async (version, args, suite) => {
    const replies = await get(args, 2);
    expect(replies).toMatchObject([
      { version, suite, resumed: false, certificates: 0 },
      { version, suite, resumed: true },
    ]);
  });
  it.each(['X25519', 'P-256', 'P-384', 'P-521', 'X448'])('A9: %s', async (curve) => {
    const names: Record<string, string> = { 'P-256': 'secp256r1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };
    const [reply] = await get(['--curves', curve]);
    expect(reply).toMatchObject({ group: names[curve] ?? curve.toLowerCase() });
  });
  it.each([['1.3'], ['1.2']])('S3: a client certificate in TLS %s', async (max) => {
    const { cert, key } = workshop.identity('client', await testIdentity('rsa'));
    expect(await get(['--tls-max', max, '--cert', cert, '--key', key])).toMatchObject([{ certificates: 2 }]);
  });
});
