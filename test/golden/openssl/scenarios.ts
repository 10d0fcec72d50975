/** Handshakes with OpenSSL: our side's options, and the arguments of s_client or s_server. */
import type { ClientOptions, ExternalPsk, ServerOptions } from '../../../src/lib/tls/index.ts';
import { ED25519, RSA } from '../handshakes/scenarios.ts';

export interface Conversation {
  readonly name: string;
  /** What our engine is. */
  readonly side: 'client' | 'server';
  readonly options: ClientOptions & ServerOptions;
  /** Arguments of s_client, or of s_server. */
  readonly args: readonly string[];
}

const PSK: ExternalPsk = { identity: Buffer.from('Client_identity'), key: Buffer.alloc(16, 0x5a) };
const PSK_ARGS = ['-psk', '5a'.repeat(16)];

const words = (text: string): string[] => text.split(' ').filter((one) => one !== '');

const FLAGS = { TLSv1: '-tls1', 'TLSv1.1': '-tls1_1', 'TLSv1.2': '-tls1_2', 'TLSv1.3': '-tls1_3' } as const;

/** Suites before TLS 1.3 with the least version that OpenSSL takes them in here. */
const OLDER: readonly (readonly [keyof typeof FLAGS, string])[] = [
  ['TLSv1', 'ECDHE-RSA-AES128-SHA'],
  ['TLSv1', 'DHE-RSA-CAMELLIA256-SHA'],
  ['TLSv1.1', 'AES256-SHA'],
  ['TLSv1.1', 'PSK-AES128-CBC-SHA'],
  ['TLSv1.2', 'AES128-SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES256-SHA384'],
  ['TLSv1.2', 'ECDHE-ECDSA-CAMELLIA128-SHA256'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES256-CCM'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-CCM8'],
  ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLSv1.2', 'ECDHE-ARIA256-GCM-SHA384'],
  ['TLSv1.2', 'DHE-RSA-AES256-GCM-SHA384'],
  ['TLSv1.2', 'DHE-PSK-CHACHA20-POLY1305'],
  ['TLSv1.2', 'ECDHE-PSK-AES256-CBC-SHA384'],
  ['TLSv1.2', 'RSA-PSK-AES128-GCM-SHA256'],
];

function older(side: Conversation['side'], version: keyof typeof FLAGS, suite: string): Conversation {
  const psk = suite.includes('PSK');
  const credentials = suite.includes('ECDSA') ? [ED25519] : [RSA];
  const options = {
    versions: [version],
    suites: [suite],
    psks: psk ? [PSK] : [],
    credentials: side === 'server' ? credentials : [],
    signSchemes: ['ed25519', 'rsa_pkcs1_sha256'],
  };
  return {
    name: `${side}-${version.toLowerCase().replace('v1.', '1').replace('v1', '10')}-${suite.toLowerCase()}`,
    side,
    options,
    args: [
      ...words(`${FLAGS[version]} -cipher ${suite}:@SECLEVEL=0`),
      ...(psk ? PSK_ARGS : []),
      ...certificateOf(side, suite),
    ],
  };
}

const certificateOf = (side: Conversation['side'], suite: string): string[] =>
  side === 'server' ? [] : words(`-cert ${suite.includes('ECDSA') ? 'ed25519' : 'rsa'}.pem`);

/** What else TLS 1.2 has: name, what OpenSSL gets, what ours gets. */
const EXTRA: readonly (readonly [string, string, ServerOptions & ClientOptions])[] = [
  ['no-etm', '-no_etm', {}],
  ['no-ems', '-no_ems', {}],
  ['client-auth', '', { clientAuth: 'require' }],
  ['tickets', '', {}],
];

const extra = (side: Conversation['side'], [name, flags, more]: (typeof EXTRA)[number]): Conversation => ({
  name: `${side}-tls12-${name}`,
  side,
  options: {
    versions: ['TLSv1.2'],
    suites: ['ECDHE-ECDSA-AES128-SHA'],
    signSchemes: ['ed25519'],
    credentials: [ED25519],
    ...(side === 'server' ? more : {}),
    ...(name === 'tickets' ? { ticketSealer: { seal: () => Buffer.alloc(100, 7), open: () => undefined } } : {}),
    ...(flags === '-no_ems' ? { extendedMasterSecret: 'off' } : {}),
  },
  args: words(
    `-tls1_2 ${flags === '-no_ems' ? '' : flags} -cert ed25519.pem ${side === 'client' && name === 'client-auth' ? '-Verify 1' : ''}`,
  ),
});

/** TLS 1.3: name, arguments, options. */
const NEWER: readonly (readonly [string, string, ServerOptions & ClientOptions])[] = [
  ['aes128-gcm', '-ciphersuites TLS_AES_128_GCM_SHA256', { suites: ['TLS_AES_128_GCM_SHA256'] }],
  ['aes256-gcm', '-ciphersuites TLS_AES_256_GCM_SHA384', { suites: ['TLS_AES_256_GCM_SHA384'] }],
  ['chacha20', '-ciphersuites TLS_CHACHA20_POLY1305_SHA256', { suites: ['TLS_CHACHA20_POLY1305_SHA256'] }],
  ['ccm', '-ciphersuites TLS_AES_128_CCM_SHA256', { suites: ['TLS_AES_128_CCM_SHA256'] }],
  ['ccm8', '-ciphersuites TLS_AES_128_CCM_8_SHA256', { suites: ['TLS_AES_128_CCM_8_SHA256'] }],
  ['p256', '-groups P-256', { groups: ['secp256r1'] }],
  ['x448', '-groups X448', { groups: ['x448'] }],
  ['ffdhe2048', '-groups ffdhe2048', { groups: ['ffdhe2048'] }],
  ['retry', '-groups P-384:X25519', { groups: ['x25519'] }],
  ['psk', PSK_ARGS.join(' '), { psks: [PSK] }],
  ['client-auth', '', { clientAuth: 'require' }],
  ['no-compatibility', '-no_middlebox', { middleboxCompatibility: false }],
];

function newer(side: Conversation['side'], [name, args, more]: (typeof NEWER)[number]): Conversation {
  const retry = side === 'client' && name === 'retry';
  return {
    name: `${side}-tls13-${name}`,
    side,
    options: {
      versions: ['TLSv1.3'],
      // by name: what else there is depends on the Node
      groups: ['x25519', 'secp256r1', 'x448', 'secp384r1'],
      credentials: [ED25519],
      signSchemes: ['ed25519'],
      ...more,
      ...(retry ? { groups: ['x25519', 'secp384r1'], shares: ['x25519'] } : {}),
    },
    args: words(
      `-tls1_3 -cert ed25519.pem ${retry ? '-groups P-384' : args} ${side === 'client' && name === 'client-auth' ? '-Verify 1' : ''}`,
    ),
  };
}

export const CONVERSATIONS: readonly Conversation[] = (['server', 'client'] as const).flatMap((side) => [
  ...OLDER.map(([version, suite]) => older(side, version, suite)),
  ...EXTRA.map((one) => extra(side, one)),
  ...NEWER.map((one) => newer(side, one)),
]);
