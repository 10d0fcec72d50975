/** Ten megabytes through s_client and s_server, both ways and round, and what they do with peers that end in other ways. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeWith } from '../../support/peers.ts';
import { OPENSSL, TLSKIT, client, makePki, opensslServer, ourServer } from '../../support/tls-programs.ts';

const SIZE = 10 * 2 ** 20;
const DATA = randomBytes(SIZE);
/** The same in digits: what a server reads from its terminal may hold commands. */
const DIGITS = DATA.map((octet) => 0x30 | (octet & 7));
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let pki: Awaited<ReturnType<typeof makePki>>;
beforeAll(async () => {
  pki = await makePki({ server: 'p256' });
  writeFileSync(join(pki.folder, 'data.bin'), DATA);
});
afterAll(() => pki.remove());

const P256 = ['-cert', 'server.pem', '-key', 'server.key'];
const PROGRAMS = { ours: TLSKIT, openssl: OPENSSL } as const;
type Name = keyof typeof PROGRAMS;

const start = (name: Name, args: readonly string[]) => (name === 'ours' ? ourServer : opensslServer)(pki.folder, args);

describeWith(['openssl'], 'S1 S3 data through s_client and s_server', () => {
  it.each<[Name, Name, string]>([
    ['ours', 'ours', '-tls1_3'],
    ['ours', 'ours', '-tls1_2'],
    ['ours', 'openssl', '-tls1_3'],
    ['openssl', 'ours', '-tls1_3'],
    ['openssl', 'ours', '-tls1_2'],
  ])('S1 S3 10 MB from the client (%s) to the server (%s), %s', async (from, to, version) => {
    const { server, port } = await start(to, P256);
    const running = client(PROGRAMS[from], pki.folder, port, [version, '-nocommands']);
    await running.sees(/Verify return code/);
    await server.sees(/Secure Renegotiation IS.*\n/);
    const at = server.text.search(/(?<=Secure Renegotiation IS.*\n)/);
    running.type(DATA).end();
    await running.finish();
    expect(running.status).toBe(0);
    await server.until(({ stdout }) => stdout.length >= at + SIZE, 'all data');
    expect(hash(server.stdout.subarray(at, at + SIZE))).toBe(hash(DATA));
  });

  it.each<[Name, Name, string]>([
    ['ours', 'ours', '-tls1_3'],
    ['ours', 'ours', '-tls1_2'],
    ['openssl', 'ours', '-tls1_3'],
  ])('S1 S3 10 MB from the server (%s) to the client (%s), %s', async (from, to, version) => {
    const { server, port } = await start(from, P256);
    const running = client(PROGRAMS[to], pki.folder, port, [version, '-quiet', '-CAfile', 'ca.pem']);
    await server.sees(/CIPHER is/);
    server.type(DIGITS);
    await running.until(({ stdout }) => stdout.length >= SIZE, 'all data');
    expect(hash(running.stdout)).toBe(hash(DIGITS));
  });

  it.each<[Name, string]>([
    ['ours', '-tls1_3'],
    ['openssl', '-tls1_3'],
    ['ours', '-tls1_2'],
  ])('S3 10 MB there and back by -echo (%s), %s', async (name, version) => {
    const { port } = await ourServer(pki.folder, [...P256, '-echo']);
    const running = client(PROGRAMS[name], pki.folder, port, [version, '-quiet', '-CAfile', 'ca.pem']);
    running.type(DATA);
    await running.until(({ stdout }) => stdout.length >= SIZE, 'all data');
    expect(hash(running.stdout)).toBe(hash(DATA));
  });

  it('S1 -crlf sends CRLF', async () => {
    const { server, port } = await ourServer(pki.folder, P256);
    const running = client(TLSKIT, pki.folder, port, ['-crlf']);
    await running.sees(/Verify return code/);
    running.type('one\ntwo\n');
    await server.sees(/one\r\ntwo\r\n/);
  });

  it('S1 an end without close_notify is an error, and none with -ignore_unexpected_eof', async () => {
    const { port } = await ourServer(pki.folder, P256);
    const links: Socket[] = [];
    const middle = createServer((socket) => {
      const behind = new (socket.constructor as typeof Socket)().connect(port, '127.0.0.1');
      links.push(socket, behind);
      socket.pipe(behind);
      behind.pipe(socket);
      for (const one of [socket, behind]) one.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void middle.close());
    await new Promise((done) => middle.once('listening', done));
    const cut = (middle.address() as AddressInfo).port;
    for (const [args, status] of [
      [[], 1],
      [['-ignore_unexpected_eof'], 0],
    ] as const) {
      const running = client(TLSKIT, pki.folder, cut, args);
      await running.sees(/Verify return code/);
      for (const one of links.splice(0)) one.end();
      await running.finish();
      expect(running.status).toBe(status);
      if (status === 1) expect(running.stderr).toMatch(/^tlskit s_client: the connection ended without close_notify/m);
      else expect(running.text).toMatch(/closed\n$/);
    }
  });
});
