/** Versions, suites, groups and signature algorithms that both ends have, or have not. */
import type { ClientOptions, ServerOptions } from '../differential/play.ts';
import { scenario, scenarioAlone } from '../differential/scenario.ts';

interface Case {
  readonly server?: ServerOptions;
  readonly client?: ClientOptions;
  readonly rsa?: true;
}

/** One version alone. */
const pinned = (version: string): ServerOptions & ClientOptions =>
  ({ minVersion: version, maxVersion: version }) as never;

const CASES: Readonly<Record<string, Case>> = {
  defaults: {},
  'both 1.2 to 1.3': { server: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } },
  'server up to 1.2': { server: { maxVersion: 'TLSv1.2' } },
  'client up to 1.2': { client: { maxVersion: 'TLSv1.2' } },
  'client 1.3, server 1.2': { client: { minVersion: 'TLSv1.3' }, server: { maxVersion: 'TLSv1.2' } },
  'client 1.2, server 1.3': { client: { maxVersion: 'TLSv1.2' }, server: { minVersion: 'TLSv1.3' } },
  'client 1.1, server 1.2': { client: pinned('TLSv1.1'), server: { minVersion: 'TLSv1.2' } },
  'client 1.2, server 1.1': { client: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, server: pinned('TLSv1.1') },
  'client 1.3, server 1.0': { client: { minVersion: 'TLSv1.3' }, server: pinned('TLSv1') },
  '1.0 at security level 0': {
    client: { ...pinned('TLSv1'), ciphers: 'DEFAULT@SECLEVEL=0' },
    server: { ...pinned('TLSv1'), ciphers: 'DEFAULT@SECLEVEL=0' },
  },
  '1.1 at security level 0': {
    client: { ...pinned('TLSv1.1'), ciphers: 'DEFAULT@SECLEVEL=0' },
    server: { ...pinned('TLSv1.1'), ciphers: 'DEFAULT@SECLEVEL=0' },
  },
  'secureProtocol TLSv1_2_method': { client: { secureProtocol: 'TLSv1_2_method' } },
  'secureProtocol of both': {
    client: { secureProtocol: 'TLSv1_2_client_method' },
    server: { secureProtocol: 'TLSv1_2_server_method' },
  },
  'secureProtocol TLS_method': { client: { secureProtocol: 'TLS_method' }, server: { secureProtocol: 'TLS_method' } },
  'secureProtocol SSLv23_method': {
    client: { secureProtocol: 'SSLv23_method' },
    server: { secureProtocol: 'SSLv23_method' },
  },
  'an option against 1.3': { client: { secureOptions: 0x20000000 } },
  'an option against 1.2': { server: { secureOptions: 0x08000000 }, client: { maxVersion: 'TLSv1.2' } },
  'no suite in common, 1.2': {
    client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    server: { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
  },
  'no suite in common, 1.3': {
    client: { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' },
    server: { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_256_GCM_SHA384' },
  },
  'suites of 1.3 at the client alone': { client: { ciphers: 'TLS_AES_128_GCM_SHA256' } },
  'suites of 1.2 at the client alone': { client: { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } },
  'suites of 1.2 for RSA with an EC key': { client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' } },
  'the server’s order': {
    client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384' },
    server: { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256' },
  },
  'the client’s order': {
    client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384' },
    server: { honorCipherOrder: false, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256' },
  },
  'the order in 1.3': {
    client: { ciphers: 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256' },
    server: { ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256' },
  },
  CCM: {
    client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-CCM' },
    server: { ciphers: 'ECDHE-ECDSA-AES128-CCM' },
  },
  CBC: {
    client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' },
    server: { ciphers: 'ECDHE-ECDSA-AES128-SHA256' },
  },
  'RSA key exchange': {
    rsa: true,
    client: { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
    server: { ciphers: 'AES128-GCM-SHA256' },
  },
  DHE: {
    rsa: true,
    client: { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256' },
    server: { ciphers: 'DHE-RSA-AES128-GCM-SHA256', dhparam: 'auto' },
  },
  'DHE without parameters': {
    rsa: true,
    client: { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256' },
    server: { ciphers: 'DHE-RSA-AES128-GCM-SHA256' },
  },
  'DHE, more wanted': {
    rsa: true,
    client: { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256', minDHSize: 8192 },
    server: { ciphers: 'DHE-RSA-AES128-GCM-SHA256', dhparam: 'auto' },
  },
  'a group in common, 1.3': { client: { ecdhCurve: 'P-384:P-256' }, server: { ecdhCurve: 'P-256' } },
  'no group in common, 1.3': { client: { minVersion: 'TLSv1.3', ecdhCurve: 'P-384' }, server: { ecdhCurve: 'P-256' } },
  'no group in common, 1.2': { client: { maxVersion: 'TLSv1.2', ecdhCurve: 'P-384' }, server: { ecdhCurve: 'P-521' } },
  X25519: { client: { ecdhCurve: 'X25519' } },
  X448: { client: { ecdhCurve: 'X448' }, server: { ecdhCurve: 'X448' } },
  'P-521, 1.2': { client: { maxVersion: 'TLSv1.2', ecdhCurve: 'P-521' }, server: { ecdhCurve: 'P-521' } },
  'a list of groups': { client: { ecdhCurve: 'P-384' }, server: { ecdhCurve: 'P-521:P-384' } },
  'no signature algorithm in common, 1.3': { client: { minVersion: 'TLSv1.3', sigalgs: 'RSA-PSS+SHA256' } },
  'no signature algorithm in common, 1.2': { client: { maxVersion: 'TLSv1.2', sigalgs: 'RSA-PSS+SHA256' } },
  'signature algorithms': { client: { sigalgs: 'ecdsa_secp256r1_sha256:ECDSA+SHA384' } },
  'signature algorithms of the server': { server: { sigalgs: 'ECDSA+SHA512' }, client: { maxVersion: 'TLSv1.2' } },
  PSS: { rsa: true, client: { sigalgs: 'rsa_pss_rsae_sha512' } },
  'both keys, RSA wanted': { rsa: true, client: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' } },
};

for (const [name, { server = {}, client = {}, rsa }] of Object.entries(CASES)) {
  scenario(`versions/${name}`, async (play) => {
    const result = await play
      .meet({
        server: { ...(rsa && play.pki.rsa), ...server },
        client,
        setup: (tlsServer) =>
          tlsServer.on('secureConnection', (socket) => {
            play.note('peer', 'has', socket.getProtocol(), socket.getCipher(), socket.getSharedSigalgs());
            play.note('peer', 'key', socket.getEphemeralKeyInfo());
          }),
        watch: { skip: ['prefinish'] },
      })
      .catch((error: unknown) => play.note('scenario ended', 'throws', error));
    if (result) play.fields('client', result.client, ['authorized']);
  });
  scenario(`versions/${name}, the client’s side`, async (play) => {
    try {
      const place = await play.server({ ...(rsa && play.pki.rsa), ...server }, { transport: 'duplex' });
      const socket = await play.client(place, client);
      socket.on('secureConnect', () => {
        play.note('client', 'has', socket.getProtocol(), socket.getCipher(), socket.getSharedSigalgs());
        play.note('client', 'key', socket.getEphemeralKeyInfo());
        socket.destroy();
      });
      await play.closed(socket);
    } catch (error) {
      play.note('client', 'throws', error);
    }
  });
}

for (const name of ['DEFAULT_MIN_VERSION', 'DEFAULT_MAX_VERSION'] as const) {
  for (const version of ['TLSv1.3', 'TLSv1.2', 'rubbish']) {
    scenarioAlone(`versions/${name} ${version}`, async (play) => {
      play.set(name, version);
      try {
        const { client } = await play.pair({ transport: 'duplex' });
        play.note('client', 'has', client.getProtocol());
      } catch (error) {
        play.note('client', 'throws', error);
      }
    });
  }
}

scenarioAlone('versions/DEFAULT_CIPHERS', async (play) => {
  for (const ciphers of ['TLS_AES_128_GCM_SHA256', 'no-such', '', 'ECDHE-ECDSA-AES128-GCM-SHA256']) {
    play.set('DEFAULT_CIPHERS', ciphers);
    play.attempt('context', ciphers, () => play.tls.createSecureContext({}));
  }
  const { client } = await play.pair({ transport: 'duplex', version: 'TLSv1.2' });
  play.note('client', 'has', client.getCipher());
});

scenarioAlone('versions/DEFAULT_ECDH_CURVE', async (play) => {
  for (const curve of ['no-such', '', 'P-384']) {
    play.set('DEFAULT_ECDH_CURVE', curve);
    play.attempt('context', curve, () => play.tls.createSecureContext({}));
  }
  const { client } = await play.pair({ transport: 'duplex' });
  play.note('client', 'has', client.getEphemeralKeyInfo());
});
