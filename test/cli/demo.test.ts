import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync, existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';
import { makeDemo, type DemoFile } from '../../src/lib/demo/index.ts';
import { describeWith, openssl, run } from '../support/peers.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

const contents = (files: readonly DemoFile[]): Map<string, Buffer> =>
  new Map(files.map(({ name, content }) => [name, content]));

describe('demo: the files', () => {
  /** Who the two sides take each other for. */
  async function meet(
    files: Map<string, Buffer>,
    client: ConnectionOptions,
  ): Promise<Record<'client' | 'server', unknown>> {
    const file = (name: string): Buffer => files.get(name)!;
    const server = createServer({
      key: file('server-key.pem'),
      cert: file('server-cert.pem'),
      ca: file('ca-cert.pem'),
      requestCert: true,
      dhparam: file('dh2048.pem'),
      ticketKeys: file('ticket.key'),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
      const refused = once(server, 'tlsClientError').then(([error]) => Promise.reject(error as Error));
      const socket = connect({ port, host: '127.0.0.1', ca: file('ca-cert.pem'), ...client });
      socket.on('error', () => undefined);
      refused.catch(() => undefined);
      const [[peer]] = await Promise.race([Promise.all([accepted, once(socket, 'secureConnect')]), refused]);
      const names = { client: peer.getPeerCertificate().subject.CN, server: socket.getPeerCertificate().subject.CN };
      expect([peer.authorized, socket.authorized]).toEqual([true, true]);
      socket.destroy();
      peer.destroy();
      return names;
    } finally {
      server.close();
    }
  }

  test('both sides accept each other, by PEM and by PKCS#12, by name and by address', async () => {
    const files = contents(await makeDemo({ password: Secret.fromText('geheim é') }));
    const pem = { key: files.get('client-key.pem')!, cert: files.get('client-cert.pem')! };
    const pfx = { pfx: files.get('client.pfx')!, passphrase: 'geheim é' };
    const names = { client: 'demo client', server: 'localhost' };
    expect(await meet(files, pem)).toEqual(names);
    expect(await meet(files, { ...pem, servername: 'localhost' })).toEqual(names);
    expect(await meet(files, { ...pfx, maxVersion: 'TLSv1.2' })).toEqual(names);
  });

  test('the certificate of the server does not do for a client', async () => {
    const files = contents(await makeDemo());
    const wrong = { key: files.get('server-key.pem')!, cert: files.get('server-cert.pem')! };
    await expect(meet(files, wrong)).rejects.toThrow();
  });

  test.each([0, -1, 1.5, 1e9])('%d days are refused', async (days) => {
    await expect(makeDemo({ days })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});

describe('demo: the command', () => {
  test('S1 S3: ends with a handshake of s_server and s_client over the new files, both sides authenticated', () => {
    const cwd = scratch();
    const { status, stdout, stderr } = tlskit(['demo', 'my pki'], { cwd });
    expect([status, stderr]).toEqual([0, '']);
    const [, ladder = ''] = stdout.split('A handshake with these files');
    expect(ladder).toContain("tlskit s_server -cert 'my pki/server-cert.pem'");
    expect(ladder).toContain("tlskit s_client -connect localhost:8443 -CAfile 'my pki/ca-cert.pem'");
    const rungs = ladder.split('\n').flatMap((line) => {
      const [, right, left] = /^ *(?:(\S+) +-{8}>|<-{8} +(\S+))$/.exec(line) ?? [];
      return right ?? left ?? [];
    });
    // tickets come when the client may be gone already
    expect(rungs.filter((name) => name !== '{NewSessionTicket}')).toEqual([
      'ClientHello',
      'ServerHello',
      '[ChangeCipherSpec]',
      '[ChangeCipherSpec]',
      '{EncryptedExtensions}',
      '{CertificateRequest}',
      '{Certificate}',
      '{CertificateVerify}',
      '{Finished}',
      '{Certificate}',
      '{CertificateVerify}',
      '{Finished}',
      '{close_notify}',
    ]);
    expect(ladder).toContain('CN = demo client');
    expect(ladder).toContain('the handshake is done');
  });

  test('makes the folder, keeps private what is private, and says what each file is for', () => {
    const cwd = scratch();
    const { status, stdout, stderr } = tlskit(['demo', '-files_only'], { cwd });
    expect([status, stderr]).toEqual([0, '']);
    const names = readdirSync(join(cwd, 'tlskit-demo'));
    expect(names.sort()).toEqual([
      'ca-cert.pem',
      'ca-key.pem',
      'client-cert.pem',
      'client-key.pem',
      'client.mjs',
      'client.pfx',
      'dh2048.pem',
      'server-cert.pem',
      'server-key.pem',
      'server.mjs',
      'ticket.key',
    ]);
    for (const name of names) {
      expect(stdout).toContain(name);
      const secret = /key|pfx/.test(name);
      expect(statSync(join(cwd, 'tlskit-demo', name)).mode & 0o777).toBe(secret ? 0o600 : 0o666 & ~process.umask());
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('--json lists the files', () => {
    const cwd = scratch();
    const report = JSON.parse(tlskit(['demo', 'a/b', '--json', '--days', '3'], { cwd }).stdout);
    expect(report.folder).toBe('a/b');
    for (const { path, private: secret, purpose } of report.files) {
      expect(existsSync(join(cwd, path))).toBe(true);
      expect([typeof secret, typeof purpose]).toEqual(['boolean', 'string']);
    }
    expect(report.files.length).toBe(11);
  });

  test('a folder with something in it is left alone without -force', () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'full'));
    writeFileSync(join(cwd, 'full', 'mine.txt'), 'x');
    const refused = tlskit(['demo', 'full'], { cwd });
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^tlskit demo: the folder full is not empty; [^\n]+-force\n$/);
    expect(readdirSync(join(cwd, 'full'))).toEqual(['mine.txt']);
    expect(tlskit(['demo', 'full', '--force'], { cwd }).status).toBe(0);
    expect(readdirSync(join(cwd, 'full')).length).toBe(12);
    mkdirSync(join(cwd, 'empty'));
    expect(tlskit(['demo', 'empty'], { cwd }).status).toBe(0);
  });

  test.each([
    [['mine.txt'], /there is a file of that name/],
    [['mine.txt/x'], /mine\.txt\/x/],
    [['new', '-days', '0'], /a day at least/],
    [['new', '-passout', 'env:NOT_SET_ANYWHERE'], /NOT_SET_ANYWHERE is not set/],
  ])('%j fails with one line and makes nothing', (args, message) => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'mine.txt'), 'x');
    const { status, stdout, stderr } = tlskit(['demo', ...args], { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tlskit demo: [^\n]+\n$/);
    expect(readdirSync(cwd)).toEqual(['mine.txt']);
  });

  test.runIf(process.platform === 'linux')('a place where no folder can be made fails at once', () => {
    const { status, stdout, stderr } = tlskit(['demo', '/proc/a/b'], { timeout: 20_000 });
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      'tlskit demo: cannot make the folder /proc/a/b: no such file or directory\n',
    ]);
  });

  test('the two programs work, from another folder and with a blank in the path', async () => {
    const cwd = scratch();
    tlskit(['demo', 'my demo'], { cwd });
    const server = spawn(process.execPath, ['my demo/server.mjs', '0'], { cwd });
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const port = /localhost:(\d+)/.exec(line.toString())![1]!;
      const client = run(process.execPath, ['my demo/client.mjs', port], { cwd });
      expect(client).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^Hello demo client, this is TLSv1\.3/),
      });
    } finally {
      server.kill();
    }
  });
});

describeWith(['openssl'], 'demo: seen by OpenSSL', () => {
  test('certificates verify strictly for their purposes, the PKCS#12 file opens', () => {
    const cwd = scratch();
    expect(tlskit(['demo', '.', '-passout', 'pass:pw'], { cwd }).status).toBe(0);
    for (const [name, purpose] of [
      ['server', 'sslserver'],
      ['client', 'sslclient'],
    ] as const) {
      const args = ['verify', '-x509_strict', '-CAfile', 'ca-cert.pem', '-purpose', purpose, `${name}-cert.pem`];
      expect(openssl(args, { cwd }).stdout).toBe(`${name}-cert.pem: OK\n`);
    }
    const host = openssl(['verify', '-CAfile', 'ca-cert.pem', '-verify_ip', '::1', 'server-cert.pem'], { cwd });
    expect(host.status).toBe(0);
    const pfx = openssl(['pkcs12', '-in', 'client.pfx', '-passin', 'pass:pw', '-nodes'], { cwd });
    expect(pfx.stdout.match(/BEGIN (CERTIFICATE|PRIVATE KEY)/g)).toHaveLength(3);
    expect(pfx.stdout).toContain('friendlyName: tlskit demo client');
    expect(openssl(['dhparam', '-in', 'dh2048.pem', '-check', '-noout'], { cwd }).status).toBe(0);
    expect(readFileSync(join(cwd, 'ticket.key')).length).toBe(48);
  });

  test('the commands under "Next steps" work as they stand', () => {
    const cwd = scratch();
    const { stdout } = tlskit(['demo', "it's", '-files_only'], { cwd });
    const steps = stdout.slice(stdout.indexOf('Next steps')).replaceAll('\\\n', ' ');
    const lines = steps
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(tlskit|openssl verify)/.test(line));
    expect(lines.length).toBe(4);
    for (const line of lines) {
      const command = line.replace(/^tlskit/, `'${process.execPath}' '${join(process.cwd(), 'bin/run.js')}'`);
      expect(run('sh', ['-c', command], { cwd }), line).toMatchObject({ status: 0 });
    }
  });
});
