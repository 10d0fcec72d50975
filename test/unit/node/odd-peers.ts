/** Peers that do something wrong, for comparisons of what node:tls and ours say about it. */
import net from 'node:net';
import type nodeTls from 'node:tls';
import { encodePem } from '../../../src/lib/der/index.ts';
import { ALERT, type AlertName } from '../../../src/lib/registry/tls-alerts.ts';
import {
  TlsEngine,
  acceptAny,
  clientConfig,
  credential,
  serverConfig,
  type ClientOptions,
  type OutgoingMessage,
  type ServerOptions,
  type VersionName,
} from '../../../src/lib/tls/index.ts';
import { authority, issue, makeKey, type Party } from '../../support/chains.ts';
import { TlsPeer } from '../../support/tls-socket.ts';

export type Tls = Pick<typeof nodeTls, 'connect' | 'createServer'>;

const root = authority('/CN=root');
const party = issue('/CN=localhost', root, {
  key: makeKey('rsa2048'),
  extensions: [['subjectAltName', 'DNS:localhost']],
});
const own = credential({ chain: [party.certificate.der], key: party.key.keyObject });
const pem = (one: Party): string => encodePem('CERTIFICATE', one.certificate.der);
const files = {
  cert: pem(party),
  key: party.key.keyObject.export({ type: 'pkcs8', format: 'pem' }) as string,
  ca: pem(root),
};

type Side = 'client' | 'server';

/** One peer: what stands at the other end of the socket. */
export interface Odd {
  readonly name: string;
  /** The side that node:tls and ours are. */
  readonly side: Side;
  readonly options?: object | undefined;
  readonly peer: (socket: net.Socket) => void;
}

const tapped = (wrong: Partial<ClientOptions & ServerOptions>): Partial<ClientOptions & ServerOptions> => ({
  verify: acceptAny,
  credentials: [own],
  ...wrong,
});

/** Our engine as the other side; `then` is done when the handshake is. */
function engine(side: Side, wrong: Partial<ClientOptions & ServerOptions>, then?: (peer: TlsPeer) => void) {
  return (socket: net.Socket): void => {
    const peer = new TlsPeer(socket, (wake) =>
      side === 'client'
        ? TlsEngine.server(serverConfig(tapped(wrong)), { wake })
        : TlsEngine.client(clientConfig(tapped(wrong)), { wake, serverName: 'localhost' }),
    );
    peer.engine.start();
    let done = false;
    peer.onActivity = ({ engine: { secure } }) => {
      if (!secure || done) return;
      done = true;
      (then ?? finish)(peer);
    };
    peer.pump();
  };
}

function finish(peer: TlsPeer): void {
  peer.engine.send(Buffer.from('x'));
  peer.engine.close();
}

const u16 = (value: number): Buffer => Buffer.from([value >>> 8, value & 0xff]);
const record = (type: number, body: Uint8Array, version = 0x0303): Buffer =>
  Buffer.concat([Buffer.from([type]), u16(version), u16(body.length), body]);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Octets in place of a handshake: a server's after the ClientHello. */
const octets = (name: string, bytes: Uint8Array): Odd[] =>
  (['client', 'server'] as const).map((side) => ({
    name: `${name}, to a ${side}`,
    side,
    peer: (socket) =>
      side === 'server' ? void socket.write(bytes) : void socket.once('data', () => void socket.write(bytes)),
  }));

function firstRecords(): Odd[] {
  return [
    ...[
      'GET / HTTP/1.1',
      'POST / HTTP/1.1',
      'CONNECT x:1 HTTP/1.1',
      'HTTP/1.1 400 Bad Request',
      'SSH-2.0-x',
      '220 x',
    ].flatMap((line) => octets(line, Buffer.from(`${line}\r\n\r\n`))),
    ...octets('zeros', Buffer.alloc(20)),
    ...octets('a record of version 5.2', record(22, Buffer.alloc(10), 0x0502)),
    ...octets('a record of 65,535 octets', Buffer.concat([hex('160303ffff'), Buffer.alloc(1000)])),
    ...octets('application data', record(23, Buffer.from('hello'))),
    ...octets('a heartbeat', record(24, hex('01000100'))),
    ...octets('a Finished', record(22, hex('1400000c000000000000000000000000'))),
    ...octets('an unknown message', record(22, hex('6300000400000000'))),
    ...octets('a certificate', record(22, hex('0b000003000000'))),
    ...octets('an alert of one octet', record(21, hex('02'))),
    ...octets('an empty alert', record(21, hex(''))),
    ...octets('an alert of level 3', record(21, hex('0328'))),
    ...octets('a change_cipher_spec of two octets', record(20, hex('0101'))).slice(0, 1),
  ];
}

function alerts(): Odd[] {
  // OpenSSL has no words for this one, and node:tls waits for ever
  const names = Object.keys(ALERT).filter((name) => !['close_notify', 'ech_required'].includes(name)) as AlertName[];
  const versions = ['TLSv1.2', 'TLSv1.3'] as const;
  return [
    // to a server all are the same before a ClientHello
    ...names.flatMap((name) =>
      octets(`alert ${name}`, record(21, Buffer.from([2, ALERT[name]]))).slice(0, name === 'unknown_ca' ? 2 : 1),
    ),
    ...versions.flatMap((version) =>
      (
        ['bad_certificate', 'unknown_ca', 'certificate_required', 'handshake_failure', 'decrypt_error'] as const
      ).flatMap((name) =>
        (['client', 'server'] as const).map((side) => ({
          name: `${version}: alert ${name} after the handshake, to a ${side}`,
          side,
          peer: engine(side, { versions: [version] }, (peer) => peer.engine.alert(name, 'fatal')),
        })),
      ),
    ),
  ];
}

const withBody = (raw: Uint8Array, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([raw[0] as number, 0]), u16(body.length), body]);

/** What is done to a message. */
const WRONG: Readonly<Record<string, (raw: Buffer) => Buffer>> = {
  'with an octet too many': (raw) => withBody(raw, Buffer.concat([raw.subarray(4), Buffer.alloc(1)])),
  'with an octet too few': (raw) => withBody(raw, raw.subarray(4, Math.max(4, raw.length - 1))),
  'of no octets': (raw) => withBody(raw, Buffer.alloc(0)),
  'of an unknown type': (raw) => Buffer.concat([Buffer.from([99]), raw.subarray(1)]),
  'that is left out': () => Buffer.alloc(0),
};

/** Without these both sides would wait for each other. */
const AWAITED = ['client_hello', 'server_hello_done', 'finished'];
const wrongs = (name: string): [string, (raw: Buffer) => Buffer][] =>
  Object.entries(WRONG).filter(([how]) => how !== 'that is left out' || !AWAITED.includes(name));

const MESSAGES: Readonly<Record<Side, Readonly<Partial<Record<VersionName, readonly string[]>>>>> = {
  client: {
    'TLSv1.2': [
      'server_hello',
      'certificate',
      'server_key_exchange',
      'certificate_request',
      'server_hello_done',
      'finished',
    ],
    'TLSv1.3': [
      'server_hello',
      'encrypted_extensions',
      'certificate_request',
      'certificate',
      'certificate_verify',
      'finished',
    ],
  },
  server: {
    'TLSv1.2': ['client_hello', 'certificate', 'client_key_exchange', 'certificate_verify', 'finished'],
    'TLSv1.3': ['client_hello', 'certificate', 'certificate_verify', 'finished'],
  },
};

function messages(): Odd[] {
  return (['client', 'server'] as const).flatMap((side) =>
    (['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) =>
      (MESSAGES[side][version] ?? []).flatMap((name) =>
        wrongs(name).map(([how, change]) => ({
          name: `${version}: ${name} ${how}`,
          side,
          options: side === 'client' ? files : { requestCert: true, rejectUnauthorized: false },
          peer: engine(side, {
            versions: [version],
            clientAuth: 'request',
            tap: (message: OutgoingMessage) => (message.name === name ? change(Buffer.from(message.raw)) : message.raw),
          }),
        })),
      ),
    ),
  );
}

function negotiations(): Odd[] {
  const list: Odd[] = [];
  const add = (name: string, side: Side, options: object, wrong: Partial<ClientOptions & ServerOptions>): void => {
    list.push({ name: `${name}, to a ${side}`, side, options, peer: engine(side, wrong) });
  };
  for (const side of ['client', 'server'] as const) {
    add('TLS 1.2 where 1.3 is wanted', side, { minVersion: 'TLSv1.3' }, { versions: ['TLSv1.2'] });
    add('TLS 1.3 where 1.2 is wanted', side, { maxVersion: 'TLSv1.2' }, { versions: ['TLSv1.3'] });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const exactly = { minVersion: version, maxVersion: version };
      const [ours, theirs] =
        version === 'TLSv1.2'
          ? ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384']
          : ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];
      const only = { versions: [version] };
      add(`${version}: no suite`, side, { ...exactly, ciphers: theirs }, { ...only, suites: [ours] });
      add(`${version}: no group`, side, { ...exactly, ecdhCurve: 'X25519' }, { ...only, groups: ['secp384r1'] });
      add(`${version}: no protocol`, side, { ...exactly, ALPNProtocols: ['h2'] }, { ...only, alpn: ['http/1.1'] });
      if (side === 'client') continue;
      add(`${version}: no scheme`, side, exactly, { ...only, verifySchemes: ['ecdsa_secp521r1_sha512'] });
      add(
        `${version}: no certificate`,
        side,
        { ...exactly, requestCert: true, rejectUnauthorized: true },
        { ...only, credentials: [] },
      );
      add(`${version}: nothing to sign with`, side, { ...exactly, cert: undefined, key: undefined }, only);
    }
  }
  add('TLS_FALLBACK_SCSV', 'server', {}, { versions: ['TLSv1.2'], fallback: true });
  return list;
}

export const oddPeers = (): Readonly<Record<string, readonly Odd[]>> => ({
  'first records': firstRecords(),
  alerts: alerts(),
  messages: messages(),
  negotiation: negotiations(),
});

/** What node:tls, or ours, tells of a peer: the error, as a program sees it. */
export function tellOf(tls: Tls, { side, options, peer }: Odd): Promise<string> {
  return new Promise((done) => {
    const ends = new Set<{ destroy(): void }>();
    const told = (what: unknown): void => {
      for (const end of ends) end.destroy();
      server.close();
      done(what instanceof Error ? seen(what) : String(what));
    };
    const keep = <T extends net.Socket>(socket: T): T => {
      ends.add(socket);
      return socket.on('error', () => undefined);
    };
    const server =
      side === 'client'
        ? net.createServer((socket) => peer(keep(socket)))
        : tls.createServer({ ...files, ...options }).on('tlsClientError', told);
    if (side === 'server') {
      server.on('secureConnection', (socket: net.Socket) =>
        keep(socket)
          .on('error', told)
          .on('close', () => told('nothing'))
          .resume(),
      );
    }
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      if (side === 'server') {
        peer(keep(net.connect(port, '127.0.0.1')));
        return;
      }
      const settings = { port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...options };
      keep(tls.connect(settings))
        .on('error', told)
        .on('close', () => told('nothing'))
        .resume();
    });
  });
}

/** All that a program can see, but for the thread and the place in the sources. */
function seen(error: Error): string {
  const message = error.message.replace(/^[0-9A-F]+:/, '').replace(/:[^:]*:\d+:([^\n]*)\n[^]*$/, ':$1');
  return JSON.stringify({ kind: error.constructor.name, ...(error as object), message });
}
