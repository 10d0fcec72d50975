/** The engine as a client of nginx. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import type { ClientOptions, ConnectionOptions } from '../../src/lib/tls/index.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop, freePort } from '../support/processes.ts';
import { testIdentity } from '../support/tls-certificates.ts';
import { connectTo, type TlsPeer } from '../support/tls-socket.ts';

describeWith(['nginx'], 'nginx', () => {
  let workshop: Workshop;
  let port: number;
  beforeAll(async () => {
    workshop = new Workshop();
    const rsa = workshop.identity('rsa', await testIdentity('rsa'));
    const ec = workshop.identity('p256', await testIdentity('p256'));
    port = await freePort();
    const config = `
      daemon off; master_process off; pid ${workshop.path('pid')}; error_log stderr;
      events { worker_connections 64; }
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${workshop.path(one)};`).join('\n')}
        server {
          listen 127.0.0.1:${port} ssl http2;
          ssl_certificate ${rsa.cert}; ssl_certificate_key ${rsa.key};
          ssl_certificate ${ec.cert}; ssl_certificate_key ${ec.key};
          ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;
          ssl_session_cache shared:one:1m; ssl_session_tickets on; ssl_early_data on;
          ssl_client_certificate ${ec.cert}; ssl_verify_client optional_no_ca;
          location / {
            default_type text/plain;
            return 200 "$ssl_protocol $ssl_cipher $ssl_session_reused $ssl_early_data $ssl_server_name cert=$ssl_client_s_dn\\n";
          }
        }
      }`;
    const nginx = workshop.start('nginx', [
      '-e',
      'stderr',
      '-p',
      workshop.folder,
      '-c',
      workshop.file('nginx.conf', config),
    ]);
    await nginx.listensOn(port);
  });
  afterAll(() => workshop.close());

  const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  /** One request; what nginx says of its connection. */
  async function get(
    options: ClientOptions,
    connection: ConnectionOptions & { early?: string } = {},
  ): Promise<[string[], TlsPeer]> {
    const peer = await connectTo(port, options, connection);
    await peer.secure();
    if (connection.early === undefined || peer.info.earlyData !== 'accepted') peer.send(REQUEST);
    await peer.closed();
    expect(peer.of('closed')[0]?.clean).toBe(true);
    const body = /\r\n\r\n(.*)\n/.exec(peer.text)?.[1] ?? '';
    return [body.split(' '), peer];
  }

  const OLD = ['ECDHE-RSA-AES128-SHA'];
  const CASES: (readonly [VersionName, string])[] = [
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
    ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-CHACHA20-POLY1305', 'AES256-SHA256', ...OLD].map(
      (one) => ['TLSv1.2', one] as const,
    ),
    ['TLSv1.1', OLD[0]!],
    ['TLSv1', OLD[0]!],
  ];
  it.each(CASES)('S1 S5: %s %s, full and resumed by ticket and id', async (version, suite) => {
    for (const tickets of version === 'TLSv1.3' ? [true] : [true, false]) {
      const options = { versions: [version], suites: [suite], tickets };
      const [full, first] = await get(options);
      expect(full.slice(0, 3)).toEqual([version, suite, '.']);
      const [resumed, second] = await get(options, { session: first.session });
      expect(resumed.slice(0, 3)).toEqual([version, suite, 'r']);
      expect(second.info.resumed).toBe(true);
    }
  });
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('S5: %s: ALPN, SNI and a client certificate', async (version) => {
    const { credential } = await testIdentity('ed25519');
    const [body, peer] = await get({ versions: [version], alpn: ['http/1.1'], credentials: [credential] });
    expect(Buffer.from(peer.info.alpn!).toString()).toBe('http/1.1');
    expect(peer.info.certificateRequested).toBe(true);
    expect(body.join(' ')).toContain('localhost cert=CN=test ed25519');
    const other = await connectTo(port, { versions: [version], alpn: ['h2'] });
    await other.secure();
    expect(Buffer.from(other.info.alpn!).toString()).toBe('h2');
    other.destroy();
  });
  it('S5: a request in early data', async () => {
    const [, first] = await get({ versions: ['TLSv1.3'] });
    expect(first.session!.maxEarlyData).toBeGreaterThan(0);
    const [body, peer] = await get(
      { versions: ['TLSv1.3'] },
      { session: first.session, early: REQUEST, earlyData: true },
    );
    expect(peer.of('early_data')[0]?.accepted).toBe(true);
    expect(body.slice(0, 3)).toEqual(['TLSv1.3', 'TLS_AES_128_GCM_SHA256', 'r']);
  });
  it('S2: its refusal of a renegotiation ends the connection', async () => {
    const peer = await (await connectTo(port, { versions: ['TLSv1.2'] })).secure();
    peer.engine.renegotiate();
    peer.pump();
    await peer.until('an end', () => peer.engine.closed || peer.of('renegotiation').some(({ refused }) => refused));
    peer.destroy();
  });
});
