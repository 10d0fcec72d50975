import net from 'node:net';
import nodeTls, { type ConnectionOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import tls from '../../../src/lib/node/index.ts';
import { GROUPS } from '../../../src/lib/registry/tls-groups.ts';
import { SIGNATURE_SCHEMES } from '../../../src/lib/registry/tls-signatures.ts';
import { RENEGOTIATION_SCSV, SUITES } from '../../../src/lib/registry/tls-suites.ts';

type Connect = (options: ConnectionOptions) => net.Socket;

/** What a ClientHello offers, by names; or the code of the error that there is instead. */
type Offer = Readonly<Record<string, string>> | string;

const numbers = (bytes: Buffer): number[] =>
  Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16BE(2 * i));

/** Reads the first flight by hand: its reader must not be the one that wrote it. */
function offerOf(flight: Buffer): Offer {
  let at = 5 + 4 + 34;
  const vector = (size: 1 | 2): Buffer => {
    const length = flight.readUIntBE(at, size);
    at += size + length;
    return flight.subarray(at - length, at);
  };
  vector(1);
  const suites = numbers(vector(2)).filter((code) => code !== RENEGOTIATION_SCSV);
  vector(1);
  const extensions = new Map<number, Buffer>();
  for (at += 2; at < flight.length;) {
    const type = flight.readUInt16BE(at);
    at += 2;
    extensions.set(type, vector(2));
  }
  const body = (type: number, from: number): Buffer => (extensions.get(type) ?? Buffer.alloc(0)).subarray(from);
  const named = (codes: number[], of: (code: number) => string | undefined): string =>
    codes.flatMap((one) => of(one) ?? []).join(' ');
  return {
    suites: named(suites, (code) => SUITES.get(code)),
    groups: named(numbers(body(10, 2)), (code) => GROUPS.get(code)),
    // what has no name here is OpenSSL's ML-DSA
    sigalgs: named(numbers(body(13, 2)), (code) => SIGNATURE_SCHEMES.get(code)),
    versions: numbers(body(43, 1)).join(' '),
    shares: named(sharesOf(body(51, 2)), (code) => GROUPS.get(code)),
    // extended_master_secret, encrypt_then_mac, session_ticket, status_request, ALPN, server_name
    others: [23, 22, 35, 5, 16, 0].filter((type) => extensions.has(type)).join(' '),
    modes: body(45, 1).toString('hex'),
  };
}

function sharesOf(bytes: Buffer): number[] {
  const groups: number[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) groups.push(bytes.readUInt16BE(at));
  return groups;
}

function offer(connect: Connect, options: ConnectionOptions): Promise<Offer> {
  return new Promise((done) => {
    const answer = (what: Offer): void => {
      server.close();
      done(what);
    };
    const server = net.createServer((socket) => {
      let flight = Buffer.alloc(0);
      socket
        .on('error', () => undefined)
        .on('data', (bytes: Buffer) => {
          flight = Buffer.concat([flight, bytes]);
          // an alert: the client says why
          if (flight[0] !== 22 || flight.length < 5 + flight.readUInt16BE(3)) return;
          socket.destroy();
          answer(offerOf(flight));
        });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      const client = connect({ port, host: '127.0.0.1', servername: 'localhost', ...options });
      client.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code?.startsWith('ERR_'))
          answer(`${error.code} ${error.message.replace(/^\w+:/, '').replace(/:[^:]*:\d+:/, ' ')}`);
      });
    });
  });
}

const openssl35 = nodeTls.DEFAULT_CIPHERS !== '' && Number(process.versions.openssl.split('.')[1]) >= 5;

const OPTIONS: Readonly<Record<string, ConnectionOptions>> = {
  nothing: {},
  'TLS 1.2': { maxVersion: 'TLSv1.2' },
  'TLS 1.3': { minVersion: 'TLSv1.3' },
  'TLS 1.0, level 0': { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' },
  'TLS 1.1, level 0': { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
  ...Object.fromEntries([1, 2, 3, 4].map((level) => [`level ${level}`, { ciphers: `ALL:@SECLEVEL=${level}` }])),
  DEFAULT: { ciphers: 'DEFAULT' },
  HIGH: { ciphers: 'HIGH:!aNULL:!MD5' },
  eNULL: { ciphers: 'eNULL:@SECLEVEL=0' },
  aNULL: { ciphers: 'aNULL:!AESCCM:@SECLEVEL=0' },
  '@STRENGTH': { ciphers: 'ALL:@STRENGTH' },
  'suites of TLS 1.3': { ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256' },
  'suites of both': { ciphers: 'AES128-SHA:TLS_AES_128_CCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256' },
  'RSA alone': { ciphers: 'kRSA' },
  'P-256': { ecdhCurve: 'P-256' },
  'three curves': { ecdhCurve: 'P-384:X25519:P-256' },
  'a curve before TLS 1.3': { ecdhCurve: 'brainpoolP256r1:P-256' },
  secp256k1: { ecdhCurve: 'secp256k1', maxVersion: 'TLSv1.2' },
  'finite fields': { ecdhCurve: 'ffdhe2048:X25519' },
  ...(openssl35 && { 'marked groups': { ecdhCurve: '*X25519:?nope:*P-256/X448:-X448' } }),
  schemes: { sigalgs: 'RSA-PSS+SHA256:ECDSA+SHA256:RSA+SHA1' },
  EdDSA: { sigalgs: 'ed25519:rsa_pss_pss_sha512' },
  'no tickets': { secureOptions: 0x4000 },
  'no TLS 1.3': { secureOptions: 0x2000_0000 },
  'no TLS 1.2': { secureOptions: 0x0800_0000 },
  'no extended master secret': { secureOptions: 0x1 },
  'no encrypt-then-MAC': { secureOptions: 0x8_0000 },
  'PSK without DHE': { secureOptions: 0x400 },
  SSLv23_method: { secureProtocol: 'SSLv23_method' },
  ALPN: { ALPNProtocols: ['h2', 'http/1.1'] },
  OCSP: { requestOCSP: true } as ConnectionOptions,
  'no server name': { servername: '' },
  // nothing is left
  'all options': { secureOptions: -1 },
  'versions turned round': { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
  'a method of servers': { secureProtocol: 'TLS_server_method' },
  'no suite': { ciphers: 'aNULL', maxVersion: 'TLSv1.2' },
  'suites of TLS 1.3 for TLS 1.2': { ciphers: 'TLS_AES_128_GCM_SHA256', maxVersion: 'TLSv1.2' },
};

/** Without what is of no use with the versions that are offered: OpenSSL sends some of it all the same. */
function useful(offer: Offer): Offer {
  if (typeof offer === 'string') return offer;
  const { versions = '', others = '', sigalgs = '', suites = '' } = offer;
  // extensions of older versions; encrypt_then_mac without a suite of CBC
  const idle = versions === '772' ? /\b(?:23|22|35)\b */g : suites.includes('NULL') ? /\b22 /g : /$^/g;
  const newer = versions === '' ? /ecdsa_brainpool\w+ /g : /$^/g;
  return { ...offer, others: others.replace(idle, ''), sigalgs: sigalgs.replace(newer, '') };
}

describe('A4: a ClientHello offers what that of node:tls does', () => {
  for (const [name, options] of Object.entries(OPTIONS)) {
    it(`for ${name}`, async () => {
      const theirs = await offer(nodeTls.connect, options);
      expect(useful(await offer(tls.connect as Connect, options))).toEqual(useful(theirs));
    });
  }
});
