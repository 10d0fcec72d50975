/** What s_server does because a request asks for its path, and external keys with a hash of their own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TlsEngine, acceptAny, clientConfig, type ClientOptions } from '../../../src/lib/tls/index.ts';
import { describeWith } from '../../support/peers.ts';
import {
  OPENSSL,
  TLSKIT,
  client,
  makePki,
  opensslServer,
  ourServer,
  type Program,
} from '../../support/tls-programs.ts';
import { tlskit } from '../../support/tlskit.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
beforeAll(async () => {
  pki = await makePki({ server: 'p256', client: 'p256' });
});
afterAll(() => pki.remove());

const P256 = ['-cert', 'server.pem', '-key', 'server.key'];
const CLIENT = ['-cert', 'client.pem', '-key', 'client.key'];
const KEY = '00112233445566778899aabbccddeeff';

/** Asks for a page when the handshake is done, and waits for the end. */
async function ask(running: Program, path: string): Promise<string> {
  await running.sees(/Verify return code/);
  running.type(`GET ${path} HTTP/1.0\n\n`);
  await running.sees(/<\/HTML>|closed|text\/plain/);
  return running.text;
}

describeWith(['openssl'], 'S3 -pha_path: a certificate asked for where a path needs one', () => {
  const start = (...more: string[]) =>
    ourServer(pki.folder, [...P256, '-www', '-CAfile', 'ca.pem', '-pha_path', '/secret', ...more]);

  it.each([
    ['ours', TLSKIT],
    ['openssl', OPENSSL],
  ])('S3 %s is asked for /secret alone, and the page shows the certificate', async (_name, program) => {
    const { port } = await start();
    const open = await ask(client(program, pki.folder, port, ['-tls1_3', '-enable_pha', ...CLIENT]), '/other');
    expect(open).toContain('no client certificate available');
    const secret = await ask(client(program, pki.folder, port, ['-tls1_3', '-enable_pha', ...CLIENT]), '/secret');
    expect(secret).toContain('HTTP/1.0 200 ok');
    expect(secret).toMatch(/Client certificate\n[^]*CN ?= ?client/);
  });

  it('S3 a client that has none gets the page without', async () => {
    const { port } = await start();
    const text = await ask(client(TLSKIT, pki.folder, port, ['-tls1_3', '-enable_pha']), '/secret?x');
    expect(text).toContain('no client certificate available');
  });

  it('S3 a client that cannot be asked is refused the page, in TLS 1.2 too', async () => {
    const { port } = await start();
    for (const version of ['-tls1_3', '-tls1_2'])
      expect(await ask(client(TLSKIT, pki.folder, port, [version, ...CLIENT]), '/secret')).toContain(
        'HTTP/1.0 403 Forbidden',
      );
  });

  it('S3 a certificate of another CA ends the connection with -verify_return_error', async () => {
    const { port, server } = await ourServer(
      pki.folder,
      P256.concat('-www', '-CAfile', 'server.pem', '-pha_path', '/secret', '-verify_return_error'),
    );
    const running = client(TLSKIT, pki.folder, port, ['-tls1_3', '-enable_pha', ...CLIENT]);
    await running.sees(/Verify return code/);
    running.type('GET /secret HTTP/1.0\n\n');
    await running.finish();
    expect(running.stderr).toMatch(/SSL alert number 48/);
    expect(server.stderr).toMatch(/certificate verify failed/);
  });
});

describe('S3 -keyupdate_path: the server changes keys where a path asks for it', () => {
  it('S3 and answers with the new ones', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-www', '-keyupdate_path', '/keyupdate']);
    const other = await ask(client(TLSKIT, pki.folder, port, ['-tls1_3', '-msg']), '/');
    expect(other).not.toMatch(/KeyUpdate/);
    const text = await ask(client(TLSKIT, pki.folder, port, ['-tls1_3', '-msg']), '/keyupdate');
    // update_requested, answered
    expect(text).toMatch(/<<< TLS 1.3, Handshake \[length 0005\], KeyUpdate\n {4}18 00 00 01 01/);
    expect(text).toMatch(/>>> TLS 1.3, Handshake \[length 0005\], KeyUpdate\n {4}18 00 00 01 00/);
    expect(text).toContain('HTTP/1.0 200 ok');
    const old = await ask(client(TLSKIT, pki.folder, port, ['-tls1_2']), '/keyupdate');
    expect(old).toContain('HTTP/1.0 200 ok');
  });
});

describe('S5 -psk_hash', () => {
  it('S5 both sides with SHA-384: its suite alone will do', async () => {
    const psk = ['-psk', KEY, '-psk_hash', 'sha384'];
    const { port } = await ourServer(pki.folder, ['-nocert', ...psk]);
    const running = client(TLSKIT, pki.folder, port, psk);
    await running.sees(/Verify return code/);
    expect(running.text).toContain('Reused, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384');
    const other = client(TLSKIT, pki.folder, port, ['-psk', KEY]);
    await other.finish();
    expect(other.status).toBe(1);
  });

  it('S5 the hash stands in the hello by its binder', () => {
    const hello = (options: ClientOptions): number => {
      const engine = TlsEngine.client(clientConfig({ ...options, verify: acceptAny }), {});
      engine.start();
      return Buffer.concat(engine.take()).length;
    };
    const psk = { identity: Buffer.from('x'), key: Buffer.from(KEY, 'hex') };
    expect(hello({ psks: [{ ...psk, hash: 'sha384' }] }) - hello({ psks: [psk] })).toBe(16);
  });

  it.each([
    [['-psk', KEY, '-psk_hash', 'md5'], 'sha256'],
    [['-psk_hash', 'sha384'], '-psk'],
    [['-pha_path', '/secret'], '-www'],
    [['-www', '-pha_path', 'secret'], '/'],
  ])('S5 one line for %j', (args, word) => {
    const { status, stderr } = tlskit(['s_server', '-accept', '0', ...P256, ...args], { cwd: pki.folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^tlskit s_server: .*\n$/);
    expect(stderr).toContain(word);
  });
});

describeWith(['openssl'], 'S5 -psk_hash sha256 with openssl', () => {
  it('S5 is what OpenSSL takes', async () => {
    const { port } = await opensslServer(pki.folder, ['-nocert', '-psk', KEY]);
    const running = client(TLSKIT, pki.folder, port, ['-psk', KEY, '-psk_hash', 'sha256', '-tls1_3']);
    await running.sees(/Verify return code/);
    expect(running.text).toMatch(/^Reused, TLSv1.3, Cipher is TLS_.*_SHA256$/m);
  });
});
