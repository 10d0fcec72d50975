/** Many connections to one s_server: ten thousand one after the other, five hundred at once. What they needed is given back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePem } from '../../src/lib/der/index.ts';
import { TlsEngine, acceptAny, clientConfig } from '../../src/lib/tls/index.ts';
import { testIdentity } from '../support/tls-certificates.ts';

const PAGE = Buffer.from('GET / HTTP/1.0\r\n\r\n');
const config = clientConfig({ verify: acceptAny });
const folder = mkdtempSync(join(tmpdir(), 'tlskit-load-'));
let server: ChildProcess;
let port = 0;
let errors = '';

beforeAll(async () => {
  const { der, key } = await testIdentity('p256');
  writeFileSync(join(folder, 'cert.pem'), encodePem('CERTIFICATE', der));
  writeFileSync(join(folder, 'key.pem'), encodePem('PRIVATE KEY', Buffer.from(key.pkcs8)), { mode: 0o600 });
  const node = process.env['TLSKIT_TEST_NODE'] ?? process.execPath;
  const report = ['--require', resolve('test/support/memory-report.cjs'), resolve('bin/run.js')];
  const words = ['s_server', '-accept', '127.0.0.1:0', '-cert', 'cert.pem', '-key', 'key.pem', '-www'];
  server = spawn(node, [...report, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  server.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  port = await new Promise<number>((found, failed) => {
    server.once('exit', (code) => failed(new Error(`s_server ended with ${code}: ${errors}`)));
    let out = '';
    server.stdout?.on('data', (bytes: Buffer) => {
      if (out.length > 1000) return;
      out += bytes.toString();
      const match = /^ACCEPT .*:(\d+)$/m.exec(out);
      if (match) found(Number(match[1]));
    });
  });
});
afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** A connection with a full handshake, a page, and an end in order. */
function visit(): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1');
    const engine = TlsEngine.client(config, { serverName: 'localhost' });
    let received = 0;
    let clean = false;
    const pump = (): void => {
      for (const event of engine.events()) {
        if (event.type === 'secure') engine.send(PAGE);
        else if (event.type === 'data') received += event.bytes.length;
        else if (event.type === 'closed') clean = event.clean;
        else if (event.type === 'failure') failed(event.failure);
      }
      const bytes = engine.take();
      if (bytes.length > 0) socket.write(Buffer.concat(bytes));
      if (engine.closed) socket.end();
    };
    socket.on('connect', () => {
      engine.start();
      pump();
    });
    socket.on('data', (bytes: Buffer) => {
      engine.receive(bytes);
      pump();
    });
    socket.on('error', failed);
    socket.on('close', () => {
      if (clean && received > 100) done();
      else failed(new Error(`an end ${clean ? '' : 'not '}in order after ${received} octets`));
    });
  });
}

/** Octets that the server still holds after a collection: heap and what hangs on it; and its resident set. */
async function held(): Promise<{ readonly heap: number; readonly resident: number }> {
  const from = errors.length;
  server.kill('SIGUSR2');
  for (;;) {
    const line = /^memory (.*)$/m.exec(errors.slice(from))?.[1];
    if (line !== undefined) {
      const { heapUsed, external, rss } = JSON.parse(line) as Record<'heapUsed' | 'external' | 'rss', number>;
      return { heap: heapUsed + external, resident: rss };
    }
    await new Promise((later) => void setTimeout(later, 20));
  }
}

async function inTurn(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await visit();
}

const together = async (count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, visit));
};

describe.skipIf(process.platform === 'win32')('S3: s_server under load', () => {
  it('serves 10,000 connections in turn and 500 at once, and keeps no memory of them', async () => {
    await inTurn(1000);
    const before = await held();
    await inTurn(9000);
    await together(500);
    const after = await held();
    expect(after.heap / before.heap).toBeLessThan(1.1);
    // the resident set is the operating system's and the allocator's affair; a leak would show in it all the same
    expect(after.resident / before.resident).toBeLessThan(1.5);
    expect(server.exitCode).toBeNull();
  }, 300_000);
});
