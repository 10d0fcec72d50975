/** The scenarios of the golden handshakes. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TicketKey } from '../../../src/lib/tickets/key.ts';
import {
  credential,
  memoryStore,
  replayGuard,
  ticketSealer,
  type ClientOptions,
  type Credential,
  type ServerOptions,
} from '../../../src/lib/tls/index.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import type { Pair } from '../../support/tls-pair.ts';

export interface Scenario {
  readonly name: string;
  /** One line for the recording. */
  readonly about: string;
  /** 1 when nothing is said; each resumes the one before where it can. */
  readonly connections?: number | undefined;
  /** Send early data from the second connection on. */
  readonly early?: boolean | undefined;
  make(random: (length: number) => Buffer): Made;
}

interface Made {
  readonly client: ClientOptions;
  readonly server: ServerOptions;
  steps(pair: Pair): Promise<unknown>;
}

/** A key with its certificate, made once for these recordings. */
function recorded(name: 'rsa' | 'ed25519'): Credential {
  const pem = readFileSync(new URL(`${name}.pem`, import.meta.url), 'utf8');
  const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]+)/.exec(pem) ?? [];
  return credential({
    chain: [Buffer.from(base64, 'base64')],
    key: createPrivateKey(pem),
    ocsp: Buffer.from('3003020106', 'hex'),
    timestamps: [Buffer.from('a timestamp')],
  });
}

export const RSA: Credential = recorded('rsa');
export const ED25519: Credential = recorded('ed25519');
const PSK = { identity: Buffer.from('identity'), key: Buffer.alloc(32, 0x5a) };
const TICKET_KEY = TicketKey.from(Buffer.alloc(80, 0x7b));

const renegotiate = async (pair: Pair): Promise<void> => {
  pair.client.engine.renegotiate();
  await pair.flow();
};

interface Part {
  readonly name: string;
  readonly about: string;
  readonly connections?: number;
  readonly early?: boolean;
  readonly client?: ClientOptions;
  readonly server?: ServerOptions;
  readonly more?: (random: (length: number) => Buffer) => ServerOptions;
  readonly steps?: (pair: Pair) => Promise<unknown>;
}

function scenario(part: Part, common: ServerOptions & ClientOptions): Scenario {
  const { name, about, connections, early, client, server, more, steps } = part;
  return {
    name,
    about,
    connections,
    early,
    make: (random) => ({
      client: { ...common, credentials: [], ...client },
      server: { ...common, ...server, ...more?.(random) },
      steps: steps ?? (() => Promise.resolve()),
    }),
  };
}

const sealer = (random: (length: number) => Buffer): ServerOptions => ({
  ticketSealer: ticketSealer([TICKET_KEY], random),
});

/** What TLS 1.0, 1.1 and 1.2 have in common. */
const older = (version: VersionName, prefix: string): Scenario[] => {
  const suite = (name: string): ClientOptions => ({ suites: [name] });
  const parts: Part[] = [
    { name: 'ecdhe', about: 'ECDHE, X25519, signed by RSA' },
    { name: 'dhe', about: 'DHE, ffdhe2048', client: suite('DHE-RSA-AES128-SHA'), server: suite('DHE-RSA-AES128-SHA') },
    { name: 'rsa', about: 'RSA key exchange', client: suite('AES256-SHA'), server: suite('AES256-SHA') },
    {
      name: 'psk',
      about: 'a PSK with a hint, no certificate',
      client: { ...suite('PSK-AES128-CBC-SHA'), psks: [PSK] },
      server: { ...suite('PSK-AES128-CBC-SHA'), psks: [PSK], pskHint: Buffer.from('hint') },
    },
    { name: 'ticket', about: 'resumption by ticket', connections: 2, more: sealer },
    { name: 'id', about: 'resumption by session id', connections: 2, more: () => ({ sessionStore: memoryStore() }) },
    {
      name: 'client-auth',
      about: 'a client with an RSA certificate',
      client: { credentials: [RSA] },
      server: { clientAuth: 'require', authorities: [Buffer.from('3000', 'hex')] },
    },
    {
      name: 'renegotiation',
      about: 'secure renegotiation started by the client',
      client: { renegotiation: 'freely' },
      server: { renegotiation: 'freely' },
      steps: renegotiate,
    },
  ];
  const common = { versions: [version], suites: ['ECDHE-RSA-AES128-SHA'], credentials: [RSA] };
  const signs = { signSchemes: ['rsa_pkcs1_sha256'] };
  return parts.map((part) => scenario({ ...part, name: `${prefix}-${part.name}` }, { ...common, ...signs }));
};

/** What only TLS 1.2 has. */
const twelve: Part[] = [
  ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-CCM8', 'CAMELLIA256-SHA384'].map(
    (bulk): Part => ({
      name: bulk.toLowerCase(),
      about: `ECDHE-ECDSA-${bulk} with an Ed25519 certificate`,
      client: { suites: [`ECDHE-ECDSA-${bulk}`] },
      server: { suites: [`ECDHE-ECDSA-${bulk}`] },
    }),
  ),
  {
    name: 'plain-cbc',
    about: 'CBC without encrypt_then_mac, the master secret without the session hash',
    client: { suites: ['ECDHE-ECDSA-AES128-SHA256'], extendedMasterSecret: 'off', encryptThenMac: false },
    server: { suites: ['ECDHE-ECDSA-AES128-SHA256'] },
  },
  {
    name: 'everything',
    about: 'ALPN, OCSP, timestamps, record_size_limit, GREASE, padding, ffdhe groups, a name acknowledged',
    client: {
      alpn: ['h2', 'http/1.1'],
      requestOcsp: true,
      requestTimestamps: true,
      recordSizeLimit: 512,
      grease: true,
      helloPadding: 512,
      fallback: true,
    },
    server: { alpn: ['http/1.1'], recordSizeLimit: 1024 },
  },
  {
    name: 'post',
    about: 'a client with an Ed25519 certificate in a renegotiation that the server asks for',
    client: { credentials: [ED25519], renegotiation: 'freely' },
    server: { clientAuth: 'request', renegotiation: 'explicit' },
    async steps(pair) {
      pair.server.engine.renegotiate();
      await pair.flow();
    },
  },
];

const thirteen: Part[] = [
  ...[
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_CCM_SHA256',
    'TLS_AES_128_CCM_8_SHA256',
  ].map((name): Part => ({
    name: name.toLowerCase().replaceAll('_', '-').slice(4),
    about: `full handshake with ${name}`,
    client: { suites: [name] },
    server: { suites: [name] },
  })),
  {
    name: 'retry',
    about: 'HelloRetryRequest for P-384',
    client: { groups: ['x25519', 'secp384r1'] },
    server: { groups: ['secp384r1'] },
  },
  {
    name: 'cookie',
    about: 'HelloRetryRequest with a cookie and a group',
    client: { shares: [] },
    server: { cookie: () => Buffer.from('a cookie') },
  },
  {
    name: 'hybrid',
    about: 'X25519MLKEM768',
    client: { groups: ['X25519MLKEM768'] },
    server: { groups: ['X25519MLKEM768'] },
  },
  { name: 'ffdhe', about: 'ffdhe2048', client: { groups: ['ffdhe2048'] }, server: { groups: ['ffdhe2048'] } },
  { name: 'psk', about: 'a PSK from outside', client: { psks: [PSK] }, server: { psks: [PSK] } },
  { name: 'ticket', about: 'resumption with psk_dhe_ke', connections: 2, more: sealer },
  {
    name: 'psk-ke',
    about: 'resumption with psk_ke',
    connections: 2,
    client: { pskModes: ['psk_ke'] },
    server: { pskModes: ['psk_ke'] },
    more: sealer,
  },
  {
    name: 'early-data',
    about: 'early data that are accepted',
    connections: 2,
    early: true,
    more: (random) => ({ ...sealer(random), maxEarlyData: 100, replayGuard: replayGuard() }),
  },
  {
    name: 'early-data-rejected',
    about: 'early data that are rejected: nothing guards against replay',
    connections: 2,
    early: true,
    more: (random) => ({ ...sealer(random), maxEarlyData: 100 }),
  },
  {
    name: 'client-auth',
    about: 'a client with a certificate',
    client: { credentials: [ED25519] },
    server: { clientAuth: 'require', authorities: [Buffer.from('3000', 'hex')] },
  },
  {
    name: 'post-handshake-auth',
    about: 'a certificate asked for after the handshake',
    client: { credentials: [ED25519], postHandshakeAuth: true },
    async steps(pair) {
      pair.server.engine.requestCertificate();
      await pair.flow();
    },
  },
  {
    name: 'key-update',
    about: 'KeyUpdate by both sides, one asked for',
    async steps(pair) {
      pair.client.engine.updateKeys(true);
      await pair.flow();
      pair.server.engine.updateKeys(false);
      await pair.flow();
    },
  },
  {
    name: 'everything',
    about: 'ALPN, OCSP, timestamps, record_size_limit, GREASE, hello padding, record padding, groups announced',
    client: {
      alpn: ['h2', 'http/1.1'],
      requestOcsp: true,
      requestTimestamps: true,
      recordSizeLimit: 512,
      grease: true,
      helloPadding: 512,
      versions: ['TLSv1.3', 'TLSv1.2'],
      padding: (_, length) => (16 - (length % 16)) % 16,
    },
    server: { alpn: ['http/1.1'], recordSizeLimit: 1024, announceGroups: true, padding: () => 32 },
  },
  {
    name: 'no-compatibility',
    about: 'without middlebox compatibility',
    client: { middleboxCompatibility: false },
    server: { middleboxCompatibility: false },
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...older('TLSv1', 'tls10'),
  ...older('TLSv1.1', 'tls11'),
  ...older('TLSv1.2', 'tls12'),
  ...twelve.map((part) =>
    scenario(
      { ...part, name: `tls12-${part.name}` },
      { versions: ['TLSv1.2'], suites: ['ECDHE-ECDSA-AES128-GCM-SHA256'], credentials: [ED25519] },
    ),
  ),
  ...thirteen.map((part) =>
    scenario(
      { ...part, name: `tls13-${part.name}` },
      { versions: ['TLSv1.3'], groups: ['x25519'], credentials: [ED25519] },
    ),
  ),
];
