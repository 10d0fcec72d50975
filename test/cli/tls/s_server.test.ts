/** What s_server does: its report against OpenSSL's, HTTP, echo, many clients, identities, sessions. */
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, run } from '../../support/peers.ts';
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
  pki = await makePki({ server: 'p256', client: 'p256', rsa: 'rsa', second: 'p256' });
});
afterAll(() => pki.remove());

const P256 = ['-cert', 'server.pem', '-key', 'server.key'];
const HANDSHAKE = /Verify return code/;

/** The server's report without what differs from run to run: the port, the session's base64. */
function steady(text: string): string[] {
  return (
    text
      .replace(/^ACCEPT.*$/m, 'ACCEPT')
      // OpenSSL does not flush these before the next client comes
      .replace(/shutting down SSL\nCONNECTION CLOSED\n/, '')
      .replace(/(-----BEGIN SSL SESSION PARAMETERS-----\n)[^-]*/g, '$1')
      .split('\n')
  );
}

describeWith(['openssl'], 'S3 s_server prints what OpenSSL prints', () => {
  it.each<{ say: string; server?: readonly string[]; client: readonly string[] }>([
    { say: 'TLS 1.3', client: [] },
    { say: 'TLS 1.2', client: ['-tls1_2'] },
    {
      say: 'a client certificate and ALPN',
      server: ['-CAfile', 'ca.pem', '-verify', '1', '-alpn', 'h2,http/1.1'],
      client: ['-cert', 'client.pem', '-key', 'client.key', '-alpn', 'http/1.1,h2'],
    },
    { say: '-brief', server: ['-brief'], client: ['-tls1_2'] },
    { say: '-quiet', server: ['-quiet'], client: ['-tls1_3'] },
    { say: '-keymatexport with fewer groups', server: ['-groups', 'P-256:P-384'], client: ['-groups', 'P-384:X25519'] },
  ])('S3 $say', async ({ server: args = [], client: clientArgs }) => {
    const reports: { out: string[]; err: string[] }[] = [];
    for (const start of [opensslServer, ourServer]) {
      // the port is told without -quiet only: both servers are asked for it
      const quiet = args.includes('-quiet') || args.includes('-brief');
      const { server, port } = quiet
        ? await quietServer(start === ourServer ? TLSKIT : OPENSSL, args)
        : await start(pki.folder, [...P256, ...args]);
      const running = client(OPENSSL, pki.folder, port, clientArgs);
      await running.sees(HANDSHAKE);
      running.type('some words\n');
      await server.sees(/some words/);
      running.type('Q\n');
      await running.finish();
      if (!quiet) await server.sees(/^DONE$/m);
      reports.push({ out: steady(server.text), err: server.stderr.split('\n') });
    }
    expect(reports[1]).toEqual(reports[0]);
  });
});

/** A server that does not tell its port: it gets one that was free a moment before. */
async function quietServer(program: readonly string[], args: readonly string[]) {
  const { createServer } = await import('node:net');
  const { Program } = await import('../../support/tls-programs.ts');
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => probe.once('listening', done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  const server = new Program(program, ['s_server', '-accept', `127.0.0.1:${port}`, ...P256, ...args], pki.folder);
  await server.until(() => listens(port), 'its port');
  return { server, port };
}

/** Whether a port is being listened on, without connecting to it. */
function listens(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return new RegExp(`^ *\\d+: 0100007F:${hex} 00000000:0000 0A`, 'm').test(run('cat', ['/proc/net/tcp']).stdout);
}

describeWith(['curl'], 'S3 s_server and HTTP', () => {
  const curl = (...args: string[]) => run('curl', ['-s', '-m', '20', ...args], { cwd: pki.folder });

  it('S3 -www answers curl with a page about the connection', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-www']);
    const { status, stdout } = curl('--cacert', 'ca.pem', '-i', `https://localhost:${port}/`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^HTTP\/1.0 200 ok\r\nContent-type: text\/html\r\n\r\n<HTML><BODY BGCOLOR="#ffffff">/);
    for (const line of [
      'Ciphers supported in s_server binary',
      'New, TLSv1.3, Cipher is',
      'no client certificate available',
    ])
      expect(stdout).toContain(line);
    expect(stdout).toMatch(/<\/pre><\/BODY><\/HTML>\r\n\r\n$/);
  });

  it('S3 -www waits for the blank line, in whatever pieces it comes, and answers in one record with close_notify', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-www']);
    const records: Buffer[] = [];
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    let ended = false;
    socket.on('data', (bytes: Buffer) => records.push(bytes));
    socket.on('end', () => {
      ended = true;
    });
    await new Promise((done) => socket.once('secureConnect', done));
    for (const octet of 'GET / HTTP/1.0\r\nX: y\r\n\r') socket.write(octet);
    await new Promise((done) => setTimeout(done, 200));
    expect(records).toHaveLength(0);
    socket.write('\n');
    await new Promise((done) => socket.once('close', done));
    expect(ended).toBe(true);
    expect(records).toHaveLength(1);
  });

  it('S3 200 clients at once, with aborts among them', async () => {
    const { port, server } = await ourServer(pki.folder, [...P256, '-www']);
    const page = () =>
      new Promise<string>((done, failed) => {
        const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
        let text = '';
        socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
        socket.on('end', () => done(text));
        socket.on('error', failed);
        socket.write('GET / HTTP/1.0\r\n\r\n');
      });
    const abort = (how: number) =>
      new Promise<string>((done) => {
        const socket = connectPlain(port, '127.0.0.1', () => {
          if (how % 3 === 0) socket.resetAndDestroy();
          else if (how % 3 === 1) socket.end('nonsense');
          else socket.destroy();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => done('</HTML>')).resume();
      });
    const pages = await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 5 === 4 ? abort(i) : page())));
    expect(pages.filter((text) => text.includes('</HTML>'))).toHaveLength(200);
    expect(server.status).toBeNull();
    expect(server.stderr).not.toMatch(/internal error|at .*\.cjs/);
  });

  it('S3 -WWW and -HTTP send files, and nothing from outside of the folder', async () => {
    const www = join(pki.folder, 'www');
    mkdirSync(join(www, 'sub'), { recursive: true });
    writeFileSync(join(www, 'page.html'), '<p>a page</p>\n');
    writeFileSync(join(www, 'sub', 'big.bin'), Buffer.alloc(3_000_000, 'abc'));
    writeFileSync(join(www, 'whole.txt'), 'HTTP/1.0 203 Mine\r\n\r\nbody\n');
    symlinkSync('../server.key', join(www, 'link'));
    const files = ['-cert', '../server.pem', '-key', '../server.key'];
    const { port } = await ourServer(www, [...files, '-WWW']);
    const get = (path: string) => curl('-k', '-i', '--path-as-is', `https://127.0.0.1:${port}${path}`).stdout;
    expect(get('/page.html')).toBe('HTTP/1.0 200 ok\r\nContent-type: text/html\r\n\r\n<p>a page</p>\n');
    expect(get('/sub/big.bin')).toHaveLength(3_000_000 + 'HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\n'.length);
    for (const path of [
      '/../server.key',
      '/sub/../../server.key',
      '/%2e%2e/server.key',
      '/link',
      '//etc/passwd',
      '/nothing',
      '/sub',
    ])
      expect(get(path), path).toMatch(/^HTTP\/1.0 (403|404) /);
    const raw = await ourServer(www, [...files, '-HTTP']);
    expect(curl('-k', '-i', `https://127.0.0.1:${raw.port}/whole.txt`).stdout).toBe('HTTP/1.0 203 Mine\r\n\r\nbody\n');
  });
});

describe('S3 s_server and its clients', () => {
  /** A client of ours after its handshake. */
  async function connected(port: number, args: readonly string[] = []): Promise<Program> {
    const running = client(TLSKIT, pki.folder, port, ['-CAfile', 'ca.pem', '-servername', 'localhost', ...args]);
    await running.sees(HANDSHAKE);
    return running;
  }

  it('S3 -rev reverses lines, -echo sends records back with their lengths', async () => {
    const reverse = await ourServer(pki.folder, [...P256, '-rev']);
    const running = await connected(reverse.port);
    running.type('reversed\n');
    await running.sees(/^desrever$/m);
    const echo = await ourServer(pki.folder, [...P256, '-echo']);
    const second = await connected(echo.port, ['-tls1_3', '-msg']);
    second.type('twelve bytes');
    await second.sees(/twelve bytes/);
    // 12 octets, one of content type, and a tag of 16
    expect(second.text.match(/>>> TLS 1.2, RecordHeader \[length 0005\]\n {4}17 03 03 00 1d/)).not.toBeNull();
    await second.sees(/<<< TLS 1.2, RecordHeader \[length 0005\]\n {4}17 03 03 00 1d/);
  });

  it('S3 what is typed goes to the newest client; Q ends the server', async () => {
    const { port, server } = await ourServer(pki.folder, P256);
    const first = await connected(port);
    const second = await connected(port);
    await server.until(({ text }) => text.split('CIPHER is').length === 3);
    server.type('to the second\n');
    await second.sees(/to the second/);
    expect(first.text).not.toMatch(/to the second/);
    first.type('from the first\n');
    await server.sees(/from the first/);
    server.type('Q\n');
    await server.finish();
    expect(server.status).toBe(0);
    await second.sees(/closed/);
    expect((await second.finish()).status).toBe(0);
  });

  it('S3 the end of the input ends nothing; -naccept does', async () => {
    const { port, server } = await ourServer(pki.folder, [...P256, '-naccept', '2']);
    server.end();
    for (let i = 0; i < 2; i += 1) {
      const running = await connected(port);
      running.type('Q\n');
      await running.finish();
    }
    await server.finish();
    expect(server.status).toBe(0);
  });

  it.each(['-tls1_2', '-tls1_3'])('S3 %s: -Verify insists on a certificate', async (version) => {
    const { port } = await ourServer(pki.folder, [
      ...P256,
      '-CAfile',
      'ca.pem',
      '-Verify',
      '1',
      '-verify_return_error',
      version,
    ]);
    const without = client(TLSKIT, pki.folder, port, ['-CAfile', 'ca.pem']);
    await without.finish();
    expect(without.status).toBe(1);
    expect(without.stderr).toMatch(version === '-tls1_3' ? /SSL alert number 116/ : /SSL alert number 40/);
    const running = await connected(port, ['-cert', 'client.pem', '-key', 'client.key']);
    expect(running.text).toMatch(/^Acceptable client certificate CA names\nCN = Test CA$/m);
    running.type('Q\n');
    expect((await running.finish()).status).toBe(0);
  });

  it('S3 -servername chooses the second certificate', async () => {
    const args = [...P256, '-servername', 'second.example', '-cert2', 'second.pem', '-key2', 'second.key'];
    const { port } = await ourServer(pki.folder, args);
    const subject = async (name: string): Promise<string | undefined> => {
      const running = client(TLSKIT, pki.folder, port, ['-servername', name]);
      await running.sees(HANDSHAKE);
      running.type('Q\n');
      await running.finish();
      return /^subject=(.*)$/m.exec(running.text)?.[1];
    };
    expect(await subject('second.example')).toBe('CN = second');
    expect(await subject('localhost')).toBe('CN = server');
    const fatal = await ourServer(pki.folder, [...args, '-servername_fatal']);
    const running = client(TLSKIT, pki.folder, fatal.port, ['-servername', 'third.example']);
    await running.finish();
    expect(running.stderr).toMatch(/SSL alert number 112/);
  });

  it('S3 -dcert: the client chooses by what it verifies', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-dcert', 'rsa.pem', '-dkey', 'rsa.key']);
    for (const [algorithms, type] of [
      ['ECDSA+SHA256', 'ECDSA'],
      ['RSA-PSS+SHA256', 'RSA-PSS'],
    ] as const) {
      const running = client(TLSKIT, pki.folder, port, ['-sigalgs', algorithms]);
      await running.sees(HANDSHAKE);
      expect(running.text).toContain(`Peer signature type: ${type}\n`);
    }
  });

  it('S3 sessions: ids without tickets, and none with -no_cache', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-no_ticket']);
    const reused = (text: string): number => text.match(/^Reused/gm)?.length ?? 0;
    const cached = tlskit(['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2', '-reconnect'], { cwd: pki.folder });
    expect(reused(cached.stdout)).toBe(5);
    const none = await ourServer(pki.folder, [...P256, '-no_ticket', '-no_cache']);
    const again = tlskit(['s_client', '-connect', `127.0.0.1:${none.port}`, '-tls1_2', '-reconnect'], {
      cwd: pki.folder,
    });
    expect(reused(again.stdout)).toBe(0);
  });

  it.each(['-no_ticket', '-no_resume_ephemeral'])('S3 TLS 1.3 has no session with %s', async (flag) => {
    const { port } = await ourServer(pki.folder, [...P256, flag, '-rev']);
    const running = await connected(port, ['-tls1_3']);
    running.type('abc\n');
    await running.sees(/cba/);
    expect(running.text).not.toContain('New Session Ticket arrived');
  });

  it('S3 -no_ticket of a client takes no ticket before TLS 1.3, and still resumes by its id', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-tls1_2']);
    const { stdout } = tlskit(['s_client', '-connect', `127.0.0.1:${port}`, '-no_ticket', '-reconnect'], {
      cwd: pki.folder,
    });
    expect(stdout.match(/^Reused/gm)).toHaveLength(5);
    expect(stdout).not.toContain('TLS session ticket:');
  });

  it('S3 -num_tickets says how many tickets come', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-num_tickets', '3']);
    const running = await connected(port, ['-tls1_3']);
    await running.until(({ text }) => text.split('New Session Ticket arrived').length === 4);
  });

  it('S3 -status_file is stapled', async () => {
    writeFileSync(join(pki.folder, 'later.der'), Buffer.from('30030a0103', 'hex'));
    const { port } = await ourServer(pki.folder, [...P256, '-status_file', 'later.der']);
    const running = await connected(port, ['-status']);
    expect(running.text).toMatch(/OCSP Response Status: trylater/);
  });

  it.each([
    [
      ['-cert', 'server.pem', '-key', 'client.key'],
      'the key of client.key is not that of the certificate of server.pem',
    ],
    [[], 'name a certificate by -cert (and its key by -key): there is no server.pem here'],
    [[...P256, '-www', '-rev'], '-www and -rev do not go together'],
    [[...P256, '-id_prefix', 'x'], 'option -id_prefix is not supported yet'],
    [[...P256, '-accept', '300000'], 'option -accept: there is no port "300000"'],
    [[...P256, '-6', '-accept', '127.0.0.1:0'], '127.0.0.1 is no address of IPv6, which -6 asks for'],
    [[...P256, '-dhparam', 'server.pem'], 'server.pem: there is no "BEGIN DH PARAMETERS" in it'],
    [[...P256, '-num_tickets', '1000'], 'option -num_tickets takes 0 to 255, not 1000'],
  ])('S3 one line for %j', (args, line) => {
    const cwd = args.length === 0 ? '/' : pki.folder;
    const { status, stdout, stderr } = tlskit(['s_server', '-accept', '0', ...args], { cwd, timeout: 30_000 });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `tlskit s_server: ${line}\n` });
  });

  it('S3 a group too small for the security level is refused, as OpenSSL does: dh key too small', () => {
    // openssl dhparam 512
    const pem = `-----BEGIN DH PARAMETERS-----
MEYCQQCWvf16ViJLS3dOi6KKgAaukP2Qc3csxUWmy0aLnlO8qPvQZBw2uz+ZNAJK
V5+1RWR3ijE+2vrUYv0kEkeGWKq/AgEC
-----END DH PARAMETERS-----
`;
    writeFileSync(join(pki.folder, 'dh512.pem'), pem);
    const run = (...args: string[]) =>
      tlskit(['s_server', '-accept', '0', ...P256, ...args], { cwd: pki.folder, timeout: 30_000 });
    for (const [level, least] of [
      [0, 1024],
      [1, 1024],
      [2, 2048],
    ]) {
      const { status, stderr } = run('-dhparam', 'dh512.pem', '-cipher', `DEFAULT@SECLEVEL=${level}`);
      expect(status).toBe(1);
      expect(stderr).toBe(
        `tlskit s_server: dh512.pem: dh key too small: a prime of 512 bits, at least ${least} are needed\n`,
      );
    }
  });

  it('S3 a port that is taken', async () => {
    const { port } = await ourServer(pki.folder, P256);
    const { status, stderr } = tlskit(['s_server', '-accept', `127.0.0.1:${port}`, ...P256], { cwd: pki.folder });
    expect(status).toBe(1);
    expect(stderr).toBe(`tlskit s_server: cannot listen on 127.0.0.1:${port}: the address is in use\n`);
  });
});
