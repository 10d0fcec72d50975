/** What s_client does: commands, sessions, early data, identities, exit codes. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, openssl } from '../../support/peers.ts';
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
const READY = /---\n$|Extended master secret/;

/** A client of ours after its handshake. */
async function connected(port: number, args: readonly string[] = []): Promise<Program> {
  const running = client(TLSKIT, pki.folder, port, ['-CAfile', 'ca.pem', ...args]);
  await running.sees(READY);
  return running;
}

describeWith(['openssl'], 'S2 commands of s_client', () => {
  it('S2 Q ends with DONE and exit code 0', async () => {
    const { port } = await opensslServer(pki.folder, P256);
    const running = await connected(port);
    running.type('Q\n');
    await running.finish();
    expect(running.status).toBe(0);
    expect(running.stderr).toMatch(/DONE\n$/);
  });

  it('S2 the end of the input is like Q; -ign_eof goes on', async () => {
    const { port, server } = await opensslServer(pki.folder, P256);
    const running = await connected(port);
    await running.end().finish();
    expect(running.status).toBe(0);
    const staying = await connected(port, ['-ign_eof']);
    staying.type('last words\n').end();
    await server.sees(/last words/);
    await new Promise((done) => setTimeout(done, 300));
    expect(staying.status).toBeNull();
  });

  it('S2 R renegotiates, twice, and data go on', async () => {
    const { port, server } = await opensslServer(pki.folder, [...P256, '-client_renegotiation', '-state']);
    const running = await connected(port, ['-tls1_2']);
    for (const word of ['first', 'second']) {
      running.type('R\n');
      await running.until(({ stderr }) => stderr.split('RENEGOTIATING').length === (word === 'first' ? 2 : 3));
      running.type(`${word} words\n`);
      await server.sees(new RegExp(`${word} words`));
    }
    // each renegotiation verifies again
    expect(running.stderr.match(/^depth=0/gm)).toHaveLength(3);
    running.type('Q\n');
    expect((await running.finish()).status).toBe(0);
  });

  it('S2 a refused R is no end', async () => {
    const { port, server } = await ourServer(pki.folder, P256);
    const running = await connected(port, ['-tls1_2']);
    running.type('R\n');
    await running.until(({ stderr }) => /RENEGOTIATING/.test(stderr));
    await new Promise((done) => setTimeout(done, 200));
    running.type('still here\n');
    await server.sees(/still here/);
  });

  it.each(['k', 'K'])('S2 %s makes new keys', async (command) => {
    const { port, server } = await opensslServer(pki.folder, [...P256, '-msg']);
    const running = await connected(port, ['-tls1_3', '-msg']);
    running.type(`${command}\n`);
    await running.sees(/>>> TLS 1.3, Handshake \[length 0005\], KeyUpdate/);
    running.type('after it\n');
    await server.sees(/after it/);
    // OpenSSL answers when it has something to say
    server.type('an answer\n');
    await running.sees(/an answer/);
    if (command === 'K') await running.sees(/<<< TLS 1.3, Handshake \[length 0005\], KeyUpdate/);
    expect(running.stderr).toMatch(/KEYUPDATE/);
  });

  it('S2 letters are data with -nocommands, inside of lines, and with -quiet', async () => {
    const { port, server } = await opensslServer(pki.folder, P256);
    const running = await connected(port, ['-nocommands']);
    running.type('Queen\n').type('Rook\n');
    await server.sees(/Queen\nRook\n/);
    running.type('x').end();
    await running.finish();
    const second = await connected(port);
    second.type('no ');
    await server.sees(/no /);
    second.type('Quit\n');
    await server.sees(/no Quit\n/);
    expect(second.status).toBeNull();
  });
});

describeWith(['openssl'], 'S5 sessions of s_client', () => {
  const line = ({ text }: Program): string | undefined => /^(New|Reused), .*/m.exec(text)?.[0].split(',')[0];

  it.each(['-tls1_2', '-tls1_3'])('S5 %s: -sess_out and -sess_in, with files of either program', async (version) => {
    const { port } = await opensslServer(pki.folder, P256);
    for (const [writer, reader] of [
      [TLSKIT, TLSKIT],
      [TLSKIT, OPENSSL],
      [OPENSSL, TLSKIT],
    ] as const) {
      const path = join(pki.folder, 'session.pem');
      writeFileSync(path, '');
      const first = client(writer, pki.folder, port, [version, '-sess_out', 'session.pem']);
      await first.sees(READY);
      await first.until(() => statSync(path).size > 0, 'a session file');
      first.type('Q\n');
      await first.finish();
      expect(line(first)).toBe('New');
      const second = client(reader, pki.folder, port, [version, '-sess_in', 'session.pem']);
      await second.sees(READY);
      second.type('Q\n');
      await second.finish();
      expect(line(second)).toBe('Reused');
      expect(second.status).toBe(0);
    }
  });

  it('S5 a session file is private, and sess_id reads it', async () => {
    const { port } = await opensslServer(pki.folder, P256);
    const first = await connected(port, ['-tls1_2', '-sess_out', 'private.pem']);
    first.type('Q\n');
    await first.finish();
    expect(statSync(join(pki.folder, 'private.pem')).mode & 0o777).toBe(0o600);
    const shown = openssl(['sess_id', '-in', 'private.pem', '-noout', '-text'], { cwd: pki.folder });
    expect(shown.stdout).toMatch(/Verify return code: 0 \(ok\)/);
    expect(/Session-ID: (\w+)/.exec(shown.stdout)?.[1]).toBe(/Session-ID: (\w+)/.exec(first.text)?.[1]);
    expect(/Master-Key: (\w+)/.exec(shown.stdout)?.[1]).toBe(/Master-Key: (\w+)/.exec(first.text)?.[1]);
  });

  it.each(['-tls1_2', '-tls1_3'])('S5 %s -reconnect resumes five times', async (version) => {
    const { port } = await opensslServer(pki.folder, P256);
    const running = client(TLSKIT, pki.folder, port, [version, '-CAfile', 'ca.pem', '-reconnect']);
    running.type('');
    await running.until(({ text }) => text.split('CONNECTED').length === 7 && /(Reused[^]*){5}---\n/.test(text));
    running.type('Q\n');
    await running.finish();
    expect(running.status).toBe(0);
    expect(running.text.match(/^(New|Reused),/gm)).toEqual(['New,', ...Array.from({ length: 5 }, () => 'Reused,')]);
    expect(running.text.match(/drop connection and then reconnect/g)).toHaveLength(5);
  });

  it('S5 early data are sent and accepted', async () => {
    const { port, server } = await opensslServer(pki.folder, [...P256, '-early_data', '-no_anti_replay']);
    writeFileSync(join(pki.folder, 'early.txt'), 'the early bird\n');
    const first = await connected(port, ['-sess_out', 'early.pem']);
    await first.sees(/Max Early Data: 16384/);
    expect(first.text).toMatch(/^Early data was not sent$/m);
    first.type('Q\n');
    await first.finish();
    const second = await connected(port, ['-sess_in', 'early.pem', '-early_data', 'early.txt']);
    expect(second.text).toMatch(/^Early data was accepted$/m);
    await server.sees(/the early bird/);
    second.type('Q\n');
    await second.finish();
    // nothing is cut off without a word
    writeFileSync(join(pki.folder, 'long.txt'), 'x'.repeat(16_385));
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-sess_in', 'early.pem', '-early_data', 'long.txt'];
    const { status, stderr } = tlskit(args, { cwd: pki.folder });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'tlskit s_client: long.txt has 16385 octets, and the session of early.pem takes 16384 of early data\n',
    );
  });

  it('S5 -keylogfile has the lines of the handshake', async () => {
    const { port } = await opensslServer(pki.folder, P256);
    const running = await connected(port, ['-tls1_3', '-keylogfile', 'keys.log']);
    running.type('Q\n');
    await running.finish();
    const lines = readFileSync(join(pki.folder, 'keys.log'), 'utf8').trim().split('\n');
    expect(lines.map((one) => one.split(' ')[0] ?? '').toSorted()).toEqual([
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
  });

  it('S5 a stapled OCSP response is shown', async () => {
    // responseStatus tryLater (RFC 6960 section 4.2.1)
    writeFileSync(join(pki.folder, 'later.der'), Buffer.from('30030a0103', 'hex'));
    const { port } = await opensslServer(pki.folder, [...P256, '-status_file', 'later.der']);
    const running = await connected(port, ['-status']);
    expect(running.text).toMatch(
      /^OCSP response: \n=+\nOCSP Response Data:\n {4}OCSP Response Status: trylater \(0x3\)\n=+\n/m,
    );
  });

  it('S5 -alpn that the server does not have fails with its alert', async () => {
    const { port } = await opensslServer(pki.folder, [...P256, '-alpn', 'h2']);
    const running = client(TLSKIT, pki.folder, port, ['-alpn', 'spdy/1']);
    await running.finish();
    expect(running.status).toBe(1);
    expect(running.stderr).toMatch(/no application protocol: SSL alert number 120/);
  });

  it.each(['-tls1_2', '-tls1_3'])('S5 %s with -psk', async (version) => {
    const { port } = await opensslServer(pki.folder, ['-nocert', '-psk', '00112233445566778899']);
    const running = await connected(port, [
      version,
      '-psk',
      '00112233445566778899',
      '-psk_identity',
      'Client_identity',
    ]);
    expect(running.text).toMatch(/^no peer certificate available$/m);
    expect(running.text).toMatch(version === '-tls1_2' ? /PSK-/ : /^Reused, TLSv1.3/m);
    running.type('Q\n');
    expect((await running.finish()).status).toBe(0);
  });

  it('S5 -trace and -state show every message', async () => {
    const { port } = await opensslServer(pki.folder, P256);
    const running = await connected(port, ['-tls1_3', '-trace', '-state', '-tlsextdebug', '-msgfile', 'trace.txt']);
    running.type('Q\n');
    await running.finish();
    const text = readFileSync(join(pki.folder, 'trace.txt'), 'utf8');
    for (const name of ['Sent client_hello', 'Received server_hello', 'Received certificate_verify', 'Sent finished'])
      expect(text).toContain(name);
    expect(text).toMatch(/^ {2}random \(32\) [0-9a-f]{64}/m);
    expect(running.stderr).toMatch(/^SSL_connect:TLSv1.3 read certificate verify$/m);
    expect(running.text).toMatch(/^TLS server extension "supported versions" \(id=43\), len=2\n0000 - 03 04/m);
  });
});

describe('S1 exit codes and errors of s_client', () => {
  it('S1 --json describes the handshake', async () => {
    const { port } = await ourServer(pki.folder, P256);
    const { status, stdout } = tlskit(['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', 'ca.pem', '--json'], {
      cwd: pki.folder,
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      host: '127.0.0.1',
      port,
      version: 'TLSv1.3',
      suite: { name: 'TLS_AES_256_GCM_SHA384' },
      group: 'x25519',
      verify: { ok: true, code: 0 },
      certificates: [{ subject: 'CN = server' }],
    });
  });

  it('S1 --json has the keying material of -keymatexport', async () => {
    const { port } = await ourServer(pki.folder, P256);
    const material = (...args: string[]): unknown => {
      const words = ['s_client', '-connect', `127.0.0.1:${port}`, '--json', ...args];
      return (JSON.parse(tlskit(words, { cwd: pki.folder }).stdout) as { keyingMaterial: unknown }).keyingMaterial;
    };
    expect(material()).toBeNull();
    expect(material('-keymatexport', 'EXPERIMENTAL x', '-keymatexportlen', '7')).toEqual({
      label: 'EXPERIMENTAL x',
      length: 7,
      value: expect.stringMatching(/^[0-9a-f]{14}$/) as string,
    });
  });

  it('S1 a failed verification is no failure, unless -verify_return_error', async () => {
    const { port } = await ourServer(pki.folder, P256);
    const run = (...args: string[]) =>
      tlskit(['s_client', '-connect', `127.0.0.1:${port}`, ...args], { cwd: pki.folder });
    expect(run().status).toBe(0);
    const refused = run('-verify_return_error');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /^tlskit s_client: certificate verify failed: .*unable to get local issuer certificate/m,
    );
  });

  it.each<[string, readonly string[], string]>([
    ['unknown_ca', [], 'unable to get local issuer certificate'],
    ['expired', ['-attime', '4102444800'], 'certificate has expired'],
    ['not_yet_valid', ['-attime', '1000000'], 'certificate is not yet valid'],
    ['hostname', ['-verify_hostname', 'www.example.org'], 'hostname mismatch'],
    ['self_signed', [], 'self-signed certificate'],
  ])('S1 a verification fails for the reason certificate_%s', async (reason, args, text) => {
    const self = reason === 'self_signed';
    if (self) {
      const files = ['-keyout', 'self.key', '-out', 'self.pem'];
      tlskit(['req', '-x509', '-newkey', 'ec', '-nodes', '-subj', '/CN=self', ...files], { cwd: pki.folder });
    }
    const { port } = await ourServer(pki.folder, self ? ['-cert', 'self.pem', '-key', 'self.key'] : P256);
    const trusted = reason === 'unknown_ca' || self ? 'client.pem' : 'ca.pem';
    const { stderr, status } = tlskit(
      ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', trusted, '-verify_return_error', ...args],
      { cwd: pki.folder },
    );
    expect(stderr).toMatch(
      new RegExp(`^tlskit s_client: certificate verify failed: .*: ${text} \\(certificate_${reason}, RFC \\d+`, 'm'),
    );
    expect(status).toBe(1);
  });

  it('S1 a server that speaks no TLS', async () => {
    const { createServer } = await import('node:net');
    const plain = createServer((socket) => socket.end('HTTP/1.0 400 no\r\n\r\n')).listen(0, '127.0.0.1');
    await new Promise((done) => plain.once('listening', done));
    const { port } = plain.address() as { port: number };
    const running = client(TLSKIT, pki.folder, port, []);
    await running.finish();
    plain.close();
    expect(running.status).toBe(1);
    expect(running.stderr).toMatch(/^tlskit s_client: HTTP where a TLS record belongs.*$/m);
    expect(running.text).toMatch(/no peer certificate available/);
  });

  it.each([
    [['-connect', '127.0.0.1:1'], 'cannot connect to 127.0.0.1:1: connection refused (connect:errno=111)'],
    [['-connect', '127.0.0.1:99999'], 'option -connect: there is no port "99999"'],
    [['-6', '-connect', '127.0.0.1:1'], '127.0.0.1 is no address of IPv6, which -6 asks for'],
    [['-4', '-connect', '[::1]:1'], '::1 is no address of IPv4, which -4 asks for'],
    [['-4', '-bind', '[::1]:0', '-connect', 'localhost:1'], '::1 is no address of IPv4, which -4 asks for'],
    [['-connect', 'a:b:c'], 'option -connect takes host:port or [address]:port, not "a:b:c"'],
    [['-starttls', 'smtp'], 'option -starttls is not supported yet'],
    [
      ['-cert', 'server.pem', '-key', 'client.key'],
      'the key of client.key is not that of the certificate of server.pem',
    ],
    [['-cipher', 'kRSA+nothing'], 'option -cipher: no cipher suite in "kRSA+nothing"'],
    [
      ['-cipher', 'AES128-SHA:SRP-AES-128-CBC-SHA'],
      'option -cipher: SRP-AES-128-CBC-SHA is listed by "ciphers", but not supported here',
    ],
    [
      ['-cipher', 'kSRP'],
      'option -cipher: no cipher suite in "kSRP" that is supported here: SRP-DSS-AES-256-CBC-SHA and the like are not',
    ],
    [
      ['-cipher', 'TLS_PSK_WITH_AES_128_CBC_SHA:kPSK:-kPSK'],
      'option -cipher: no cipher suite in "TLS_PSK_WITH_AES_128_CBC_SHA:kPSK:-kPSK"',
    ],
    [['-cipher', 'kPSK'], 'option -cipher: no cipher suite in "kPSK" does without a pre-shared key (-psk)'],
    [
      ['-cipher', 'TLS_AES_128_GCM_SHA256'],
      'option -cipher: no cipher suite in "TLS_AES_128_GCM_SHA256": suites of TLS 1.3 are named by -ciphersuites',
    ],
    [['-groups', 'P-255'], 'option -groups: there is no group "P-255"; x25519, P-256, X25519MLKEM768 are some'],
    [['-sess_in', 'server.pem'], 'server.pem: no TLS session ("BEGIN SSL SESSION PARAMETERS")'],
    [['-sess_out', '/nonexistent/x'], 'cannot write /nonexistent/x: no such file or directory'],
    [['-psk', 'xyz'], 'option -psk takes a key in hexadecimal'],
    [['-tls1_2', '-no_tls1_2'], 'these options leave no version of TLS'],
  ])('S1 one line for %j', (args, line) => {
    const { status, stdout, stderr } = tlskit(['s_client', ...args], { cwd: pki.folder, timeout: 30_000 });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `tlskit s_client: ${line}\n` });
  });

  it('A9 X25519MLKEM768 works from the bundled command', async () => {
    const { port } = await ourServer(pki.folder, [...P256, '-groups', 'X25519MLKEM768']);
    const running = await connected(port, ['-groups', 'X25519MLKEM768:x25519']);
    expect(running.text).toMatch(/^Negotiated TLS1.3 group: X25519MLKEM768$/m);
  });
});
