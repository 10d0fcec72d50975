/** What gnutls-cli and gnutls-serv have, and what of it the engine has too. */
import { GROUPS } from '../../src/lib/registry/tls-groups.ts';
import { SUITES, type CipherSuite } from '../../src/lib/registry/tls-suites.ts';
import { VERSIONS, type VersionName } from '../../src/lib/registry/tls-versions.ts';
import { isSupported } from '../../src/lib/tls/index.ts';
import { run } from './peers.ts';
import { freePort, type Running, type Workshop } from './processes.ts';
import { testIdentity, type KeyKind } from './tls-certificates.ts';

const KEY_EXCHANGES = '+ECDHE-ECDSA:+ECDHE-RSA:+DHE-RSA:+DHE-DSS:+RSA:+PSK:+DHE-PSK:+ECDHE-PSK:+ANON-DH:+ANON-ECDH';

const SIGNATURES = '+SIGN-ALL:+SIGN-DSA-SHA1';
const CIPHERS =
  '+CIPHER-ALL:+AES-128-CCM-8:+AES-256-CCM-8:+CAMELLIA-128-CBC:+CAMELLIA-256-CBC:+3DES-CBC:+MAC-ALL:+SHA256:+SHA384';

/** A priority string with everything that TLS 1.3 bears: RSA-PSK and NULL beside it make gnutls 3.7 refuse TLS 1.3. */
export function priority(
  versions = '+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0',
  groups = '+GROUP-ALL',
): string {
  return `NONE:${versions}:${CIPHERS}:${KEY_EXCHANGES}:${groups}:${SIGNATURES}:+CTYPE-X509:+COMP-NULL:%VERIFY_ALLOW_BROKEN`;
}

/** The same without PSKs, for which gnutls-cli would ask. */
export const withoutPsks = (text: string): string => text.replaceAll(/:\+(\w+-)?PSK\b/g, '');

/** A priority string with everything else. */
export const OLD_PRIORITY: string = `${priority('+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0')}:+RSA-PSK:+NULL:+MD5`;

export const VERSION_FLAGS: Readonly<Partial<Record<VersionName, string>>> = {
  'TLSv1.3': '+VERS-TLS1.3',
  'TLSv1.2': '+VERS-TLS1.2',
  'TLSv1.1': '+VERS-TLS1.1',
  TLSv1: '+VERS-TLS1.0',
};

/** Suites that both have, with the version. */
export function sharedSuites(): readonly (readonly [VersionName, string, CipherSuite])[] {
  const lines = run('gnutls-cli', ['--list']).stdout.matchAll(/^TLS_\S+\s+0x(..), 0x(..)\s+TLS(1\.\d)/gm);
  const theirs = [...lines].flatMap(([, high, low, first = '']) => {
    const suite = SUITES.row(Number.parseInt(`${high}${low}`, 16));
    return suite && isSupported(suite)
      ? [[suite, VERSIONS.named(first === '1.0' ? 'TLSv1' : `TLSv${first}`)!.code] as const]
      : [];
  });
  return VERSIONS.rows
    .filter(({ code }) => code > 0x0300)
    .flatMap(({ name, code }) =>
      theirs
        .filter(([suite, first]) => Math.max(first, suite.first) <= code && suite.last >= code)
        .map(([suite]) => [name, suite.name, suite] as const),
    );
}

/** Groups that both have, with gnutls' name. */
export const sharedGroups: readonly (readonly [string, string])[] = GROUPS.rows
  .filter(({ name }) => /^(secp(256|384|521)r1|x25519|x448|ffdhe\d+)$/.test(name))
  .map(({ name }) => [name, `GROUP-${name.toUpperCase()}`]);

/** Schemes that both have, with a kind of key and gnutls' name. */
export function sharedSchemes(version: 'TLSv1.3' | 'TLSv1.2'): readonly (readonly [string, KeyKind, string])[] {
  const common: [string, KeyKind, string][] = [
    ['ed25519', 'ed25519', 'SIGN-EDDSA-ED25519'],
    ['ed448', 'ed448', 'SIGN-EDDSA-ED448'],
  ];
  for (const bits of [256, 384, 512]) {
    common.push([`rsa_pss_rsae_sha${bits}`, 'rsa', `SIGN-RSA-PSS-RSAE-SHA${bits}`]);
    common.push([`rsa_pss_pss_sha${bits}`, 'rsa-pss', `SIGN-RSA-PSS-SHA${bits}`]);
  }
  for (const [curve, bits, kind] of [
    ['secp256r1', 256, 'p256'],
    ['secp384r1', 384, 'p384'],
    ['secp521r1', 512, 'p521'],
  ] as const) {
    const name = `ecdsa_${curve}_sha${bits}`;
    if (version === 'TLSv1.3') common.push([name, kind, `SIGN-ECDSA-${curve.toUpperCase()}-SHA${bits}`]);
    else for (const any of ['p256', 'p384', 'p521'] as const) common.push([name, any, `SIGN-ECDSA-SHA${bits}`]);
  }
  if (version === 'TLSv1.3') return common;
  // gnutls 3.7 negotiates neither SHA-224 nor DSA with SHA-2, whatever the priority string says
  for (const hash of ['sha1', 'sha256', 'sha384', 'sha512']) {
    common.push([`rsa_pkcs1_${hash}`, 'rsa', `SIGN-RSA-${hash.toUpperCase()}`]);
  }
  common.push(['dsa_sha1', 'dsa', 'SIGN-DSA-SHA1'], ['ecdsa_sha1', 'p256', 'SIGN-ECDSA-SHA1']);
  return common;
}

/** A server of the peer that echoes. */
export async function serve(
  workshop: Workshop,
  kind: KeyKind | undefined,
  args: readonly string[] = ['--priority', priority(), '--disable-client-cert'],
): Promise<{ readonly port: number; readonly process: Running }> {
  const identity = kind && workshop.identity(kind, await testIdentity(kind));
  const port = await freePort();
  const process = workshop.start('gnutls-serv', [
    '--echo',
    '--port',
    `${port}`,
    ...(identity ? ['--x509certfile', identity.cert, '--x509keyfile', identity.key] : []),
    ...args,
  ]);
  await process.prints(new RegExp(`port ${port}\\.\\.\\.done`));
  return { port, process };
}
