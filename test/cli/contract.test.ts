import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect, type TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, openssl, run } from '../support/peers.ts';
import { tlskit } from '../support/tlskit.ts';

/** The contract's command lines, to the letter, in an empty folder; then others look at what they left. */
const cwd = mkdtempSync(join(tmpdir(), 'tlskit-contract-'));
const line = (text: string, input = ''): string => {
  const { status, stdout, stderr } = tlskit(text.split(' '), { cwd, input });
  expect(status, `${text}: ${stderr}`).toBe(0);
  return stdout;
};
const file = (name: string): Buffer => readFileSync(join(cwd, name));

beforeAll(() => {
  line('genrsa -out ryans-key.pem 2048');
  line(
    'req -new -sha256 -key ryans-key.pem -out ryans-csr.pem',
    'DE\nBerlin\nBerlin\nRyan\n.\nryan.example\nr@ryan.example\n\n\n',
  );
  line('x509 -req -in ryans-csr.pem -signkey ryans-key.pem -out ryans-cert.pem');
  line('req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -out ca-cert.pem -subj /CN=ca1 -days 30');
  line('req -new -newkey rsa:2048 -nodes -keyout agent5-key.pem -out agent5-csr.pem -subj /CN=localhost');
  writeFileSync(join(cwd, 'agent5.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  line(
    'x509 -req -in agent5-csr.pem -CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial -extfile agent5.ext -out agent5-cert.pem',
  );
  line(
    'pkcs12 -export -in agent5-cert.pem -inkey agent5-key.pem -certfile ca-cert.pem -out agent5.pfx',
    'pass\npass\n',
  );
  line(
    'pkcs12 export -in agent5-cert.pem -inkey agent5-key.pem -certfile ca-cert.pem -out agent5b.pfx -passout pass:pass',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('K1 K2 K3 K4 K5: the contract lines', () => {
  it('K1: the key is PKCS#8 and private', () => {
    expect(file('ryans-key.pem').toString()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    if (process.platform !== 'win32') expect(statSync(join(cwd, 'ryans-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('K2: the lines of the pipe became the subject', () => {
    expect(line('req -in ryans-csr.pem -noout -subject')).toBe(
      'subject=C = DE, ST = Berlin, L = Berlin, O = Ryan, CN = ryan.example, emailAddress = r@ryan.example\n',
    );
  });

  it('K4: the serial file holds the serial number of the certificate', () => {
    // up to 20 octets: leading zeros of a random number are not written
    const serial = line('x509 -in agent5-cert.pem -noout -serial').replace('serial=', '');
    expect(serial).toMatch(/^(?:[0-9A-F]{2}){1,20}\n$/);
    expect(file('ca-cert.srl').toString()).toBe(serial);
  });

  it.each(['agent5.pfx', 'agent5b.pfx'])('K5: Node reads %s and both sides of a handshake use it', async (name) => {
    const options = { pfx: file(name), passphrase: 'pass', ca: [file('ca-cert.pem')] };
    const server = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (socket: TLSSocket) => {
      socket.end((socket.getPeerCertificate().subject as { CN: string }).CN);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect({ ...options, port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(socket.authorized).toBe(true);
    expect(data.toString()).toBe('localhost');
    socket.destroy();
    server.close();
  });
});

describeWith(['openssl'], 'K1 K2 K3 K4 K5: openssl accepts', () => {
  it.each([
    ['the key', 'rsa -in ryans-key.pem -check -noout', /RSA key ok/],
    ['the request', 'req -in ryans-csr.pem -verify -noout', /verify OK/],
    ['the self-signed certificate', 'verify -CAfile ryans-cert.pem ryans-cert.pem', /OK/],
    ['the signed certificate', 'verify -CAfile ca-cert.pem -verify_hostname localhost agent5-cert.pem', /OK/],
    [
      'the .pfx',
      'pkcs12 -in agent5.pfx -passin pass:pass -info -nodes',
      /BEGIN CERTIFICATE[^]*BEGIN CERTIFICATE[^]*BEGIN PRIVATE KEY/,
    ],
  ])('%s', (_, words, want) => {
    const { status, stdout, stderr } = openssl(words.split(' '), { cwd });
    expect(status, stderr).toBe(0);
    expect(stdout + stderr).toMatch(want);
  });
});

describeWith(['certtool'], 'K1 K2 K3 K4 K5: GnuTLS accepts', () => {
  it.each([
    ['the key', ['--key-info', '--infile', 'ryans-key.pem'], /RSA/],
    ['the request', ['--crq-info', '--infile', 'ryans-csr.pem'], /Self signature: verified/],
    [
      'the chain',
      ['--verify', '--load-ca-certificate', 'ca-cert.pem', '--infile', 'agent5-cert.pem'],
      /The certificate is trusted/,
    ],
    ['the .pfx', ['--p12-info', '--inder', '--password', 'pass', '--infile', 'agent5.pfx'], /BEGIN CERTIFICATE/],
  ])('%s', (_, args, want) => {
    const { status, stdout, stderr } = run('certtool', args, { cwd });
    expect(status, stderr).toBe(0);
    expect(stdout + stderr).toMatch(want);
  });
});

describeWith(['certutil', 'pk12util'], 'K3 K4 K5: NSS accepts', () => {
  it('the CA, the certificate and the .pfx', () => {
    const nss = (program: string, ...args: string[]): string => {
      const { status, stdout, stderr } = run(program, args, { cwd });
      expect(status, `${program} ${args.join(' ')}: ${stderr}${stdout}`).toBe(0);
      return stdout;
    };
    nss('certutil', '-N', '-d', 'sql:.', '--empty-password');
    nss('certutil', '-A', '-d', 'sql:.', '-n', 'ca1', '-t', 'C,C,C', '-a', '-i', 'ca-cert.pem');
    nss('pk12util', '-i', 'agent5.pfx', '-d', 'sql:.', '-W', 'pass');
    const listed = nss('certutil', '-L', '-d', 'sql:.');
    const nickname = /^(.*localhost.*?)\s+u,u,u\s*$/m.exec(listed)?.[1];
    expect(nickname, listed).toBeDefined();
    expect(nss('certutil', '-V', '-d', 'sql:.', '-u', 'V', '-n', nickname!)).toMatch(/valid/);
    expect(nss('pk12util', '-l', 'agent5b.pfx', '-d', 'sql:.', '-W', 'pass')).toMatch(/Key\(shrouded\)/);
  });
});
