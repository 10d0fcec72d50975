/** Clients that send all that they have, say close_notify with it, and wait for the answer: `printf … | gnutls-cli` does so. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TlsEngine, acceptAny, clientConfig } from '../../../src/lib/tls/index.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { describeWith, run } from '../../support/peers.ts';
import { makePki, ourServer } from '../../support/tls-programs.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
const FILE = randomBytes(3_000_000);
beforeAll(async () => {
  pki = await makePki({ server: 'p256' });
  writeFileSync(join(pki.folder, 'file.bin'), FILE);
});
afterAll(() => pki.remove());

const P256 = ['-cert', 'server.pem', '-key', 'server.key'];

/** Sends a text and close_notify in one piece. Returns what comes back, and whether close_notify came in the end. */
async function sendAndClose(
  port: number,
  version: VersionName,
  text: string,
): Promise<{ data: Buffer; clean: boolean }> {
  const config = clientConfig({ versions: [version], verify: acceptAny, halfClose: true });
  const engine = TlsEngine.client(config, {});
  const socket: Socket = connect(port, '127.0.0.1');
  const data: Uint8Array[] = [];
  let clean = false;
  const flush = (): void => {
    const bytes = Buffer.concat(engine.take());
    if (bytes.length > 0) socket.write(bytes);
  };
  const pump = (): void => {
    for (const event of engine.events()) {
      if (event.type === 'data') data.push(event.bytes);
      if (event.type === 'end') clean = true;
      if (event.type !== 'secure') continue;
      engine.send(Buffer.from(text));
      engine.close();
    }
    flush();
  };
  engine.start();
  flush();
  socket.on('data', (bytes: Buffer) => {
    engine.receive(bytes);
    pump();
  });
  await new Promise((done, failed) => {
    socket.on('end', done);
    socket.on('error', failed);
  });
  socket.destroy();
  return { data: Buffer.concat(data), clean };
}

const VERSIONS: readonly VersionName[] = ['TLSv1.2', 'TLSv1.3'];

describe('S3 a request with close_notify behind it', () => {
  it.each(VERSIONS)('S3 %s: -www answers it', async (version) => {
    const { port } = await ourServer(pki.folder, [...P256, '-www']);
    const { data, clean } = await sendAndClose(port, version, 'GET / HTTP/1.0\r\n\r\n');
    expect(data.toString('latin1')).toContain('</HTML>');
    expect(clean).toBe(true);
  });

  it.each(VERSIONS)('S3 %s: -rev and -echo send back', async (version) => {
    const reverse = await ourServer(pki.folder, [...P256, '-rev']);
    expect((await sendAndClose(reverse.port, version, 'abc\n')).data.toString()).toBe('cba\n');
    const echo = await ourServer(pki.folder, [...P256, '-echo']);
    expect((await sendAndClose(echo.port, version, 'abc\n')).data.toString()).toBe('abc\n');
  });

  it('S3 TLSv1.3: -WWW sends the whole file', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-WWW']);
    const { data, clean } = await sendAndClose(port, 'TLSv1.3', 'GET /file.bin HTTP/1.0\r\n\r\n');
    expect(data.subarray(-FILE.length).equals(FILE)).toBe(true);
    expect(clean).toBe(true);
  });

  it.each(VERSIONS)('S3 %s: half a request is answered by close_notify at once', async (version) => {
    const { port } = await ourServer(pki.folder, [...P256, '-www']);
    expect(await sendAndClose(port, version, 'GET / HTTP/1.0\r\n')).toEqual({ data: Buffer.alloc(0), clean: true });
  });
});

describeWith(['gnutls-cli'], 'S3 gnutls-cli at the end of a pipe', () => {
  it('S3 gets its page', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-www']);
    const { stdout } = run('gnutls-cli', ['--insecure', '-p', `${port}`, '127.0.0.1'], {
      input: 'GET / HTTP/1.0\r\n\r\n',
    });
    expect(stdout).toContain('</HTML>');
  });
});
