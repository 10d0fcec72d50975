/** Much data through Node's own tls, both ways at once, in pieces of odd sizes. */
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { ALL_SCHEMES } from '../support/openssl-peer.ts';
import { Workshop, pemOf } from '../support/processes.ts';
import { testIdentity } from '../support/tls-certificates.ts';
import { TlsListener, connectTo, type TlsPeer } from '../support/tls-socket.ts';

const CASES: (readonly [VersionName, string])[] = [
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
  ['TLSv1.3', 'TLS_AES_128_CCM_SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLSv1.2', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLSv1.2', 'ECDHE-RSA-AES128-SHA256'],
  ['TLSv1.2', 'AES256-CCM8'],
  ['TLSv1.2', 'ECDHE-RSA-CAMELLIA256-SHA384'],
  ['TLSv1.1', 'AES256-SHA'],
  ['TLSv1', 'AES128-SHA'],
];
const LENGTH = 3_000_000;

/** Octets that tell their place. */
const payload = Buffer.alloc(LENGTH);
for (let at = 0; at + 4 <= LENGTH; at += 4) payload.writeUInt32BE((at * 2_654_435_761) >>> 0, at);

/** Pieces of 1 to 70,000 octets. */
function* pieces(): Generator<Buffer> {
  for (let at = 0, step = 1; at < LENGTH; at += step, step = (step * 7 + 3) % 70_001)
    yield payload.subarray(at, at + (step ||= 1));
}

const received = (peer: TlsPeer): Buffer => Buffer.concat(peer.of('data').map(({ bytes }) => bytes));
const length = (peer: TlsPeer): number => peer.of('data').reduce((sum, { bytes }) => sum + bytes.length, 0);

/** Sends everything, with new keys on the way where there are any. */
function pour(peer: TlsPeer): void {
  let count = 0;
  for (const piece of pieces()) {
    peer.engine.send(piece);
    count += 1;
    if (count % 20 === 0 && peer.info.version?.name === 'TLSv1.3') peer.engine.updateKeys(count % 40 === 0);
  }
  peer.pump();
}

describe("S1 S3 S4: much data, Node's tls", () => {
  let workshop: Workshop;
  beforeAll(() => {
    workshop = new Workshop();
  });
  afterAll(() => workshop.close());

  const ciphers = (name: string): string => `${name}:${name.startsWith('TLS_') ? 'ALL:' : ''}@SECLEVEL=0`;

  it.each(CASES)("%s %s, Node's server", async (version, name) => {
    const { credential, keyObject } = await testIdentity('rsa');
    const key = keyObject.export({ type: 'pkcs8', format: 'pem' });
    const cert = credential.chain.map(pemOf).join('');
    const server = createServer({ key, cert, ciphers: ciphers(name), minVersion: 'TLSv1' }, (socket) =>
      socket.pipe(socket).on('error', () => undefined),
    );
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    workshop.keep(server);
    const { port } = server.address() as AddressInfo;
    const peer = await connectTo(port, { versions: [version], suites: [name], verifySchemes: ALL_SCHEMES });
    await peer.secure();
    pour(peer);
    await peer.until('everything', () => length(peer) === LENGTH);
    expect(received(peer).equals(payload)).toBe(true);
    await peer.close().closed();
  });

  it.each(CASES)("%s %s, Node's client", async (version, name) => {
    const { credential } = await testIdentity('rsa');
    let seen = 0;
    const listener = await TlsListener.open(
      { credentials: [credential], versions: [version], suites: [name], signSchemes: ALL_SCHEMES },
      (peer) => {
        const data = peer.of('data');
        for (; seen < data.length; seen += 1) peer.engine.send(data[seen]!.bytes);
      },
    );
    workshop.keep(listener);
    const socket = connect({
      port: listener.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ciphers: ciphers(name),
    });
    const chunks: Buffer[] = [];
    const done = new Promise<void>((resolve, reject) => {
      let sum = 0;
      socket.on('error', reject).on('data', (bytes: Buffer) => {
        chunks.push(bytes);
        sum += bytes.length;
        if (sum === LENGTH) resolve();
      });
    });
    for (const piece of pieces()) socket.write(piece);
    await done;
    expect(Buffer.concat(chunks).equals(payload)).toBe(true);
    socket.destroy();
  });
});
