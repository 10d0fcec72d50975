import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { startServers } from '../../../src/cli/fixtures/servers/index.ts';
import { serverNameOf } from '../../../src/cli/fixtures/servers/hello.ts';
import { describeWith } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

interface Report {
  readonly right: number;
  readonly wrong: number;
  readonly cases: readonly { name: string; did: string; right: boolean; duty: string; alert: string | null }[];
}

const report = (...words: string[]): Report => JSON.parse(tlskit(['test-client', '--json', ...words]).stdout) as Report;
const wrongOnes = ({ cases }: Report): string[] =>
  cases.filter(({ right }) => !right).map(({ name, did }) => `${name} ${did}`);

const RECIPE = `version: 1
certs:
  root: {ca: true, nameConstraints: {permit: [.test]}}
  Good_One: {issuer: root, san: [www.example.test]}
  stale: {from: Good_One, case: expired}
  other: {issuer: root, san: [elsewhere.test], expect: {openssl: HOSTNAME_MISMATCH, node: ERR_TLS_CERT_ALTNAME_INVALID, go: HostnameError, certtool: false}}
  gone: {from: Good_One, case: revoked}
  mail: {issuer: root, purpose: email, san: [email:a@b.test]}
crls:
  root: {}
`;

const CURL = 'curl -sS --cacert {ca} --resolve {resolve} {url}';
/** What it accepts although it must not: `openssl verify` in the manifest's verdicts does the same. */
const LAX = ['no-san', 'v1', 'serial-0', 'serial-negative', 'serial-long'].map((name) => `${name} accepted`);

describeWith(['curl', 'openssl'], 'K11 test-client with clients that are known', () => {
  test('curl is right but for names in the subject and serial numbers', () => {
    const all = report('--cmd', CURL);
    expect(wrongOnes(all)).toEqual(LAX);
    expect(all).toMatchObject({ wrong: LAX.length, right: all.cases.length - LAX.length });
    expect(all.cases.length).toBeGreaterThan(50);
    const alerts = Object.fromEntries(all.cases.map(({ name, alert }) => [name, alert]));
    expect(alerts).toMatchObject({
      good: null,
      expired: 'certificate_expired',
      'self-signed': 'unknown_ca',
      'bad-signature': 'decrypt_error',
      'wrong-key': 'decrypt_error',
      'bad-finished': 'decrypt_error',
    });
  });

  test('openssl without -verify_return_error accepts every chain, and no broken handshake', () => {
    const only = 'good,expired,wrong-host,self-signed,wrong-key,bad-finished,null-cipher,dh1024,tls13-only,tls12-only';
    const cmd = 'openssl s_client -connect {address}:{port} -servername {host} -CAfile {ca}';
    const { cases } = report('--cmd', cmd, '-only', only);
    expect(cases.filter(({ did }) => did === 'accepted').map(({ name }) => name)).toEqual(
      'good expired wrong-host self-signed tls13-only tls12-only'.split(' '),
    );
    const careful = `${cmd} -verify_return_error -verify_hostname {host}`;
    expect(wrongOnes(report('--cmd', careful, '-only', only))).toEqual([]);
  });

  test('entries of a fixture file: the CRL, the trust anchor and the key of the set hold', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'tlskit.yml'), RECIPE);
    const words = [
      'test-client',
      '-fixtures',
      'tlskit.yml',
      '-fixtures_domain',
      'test',
      '-only',
      'Good_One,stale,other,gone',
    ];
    const own = CURL.replace('{ca}', 'fixtures/trust.pem');
    const { stdout, status } = tlskit([...words, '--cmd', own, '--junit', 'out.xml'], { cwd });
    expect(stdout).toMatch(/^Good_One +accept +accepted +right/m);
    expect(stdout).toMatch(/^stale +refuse +refused +right +alert certificate_expired$/m);
    expect(stdout).toMatch(/^other +refuse +refused +right/m);
    expect(stdout).toMatch(/^gone +refuse if it checks revocation +accepted +right/m);
    expect(status).toBe(0);
    expect(readFileSync(join(cwd, 'out.xml'), 'utf8')).toContain('<testsuites tests="4" failures="0"');
    const checking = tlskit([...words, '--cmd', `${own} --crlfile fixtures/root.crl.pem`], { cwd });
    expect(checking.stdout).toMatch(
      /^gone +refuse if it checks revocation +refused +right +alert certificate_revoked$/m,
    );
    expect(checking.status).toBe(0);
  });
});

describe('K11 test-client', () => {
  test('a command that does not connect, or not in time, gets no verdict', () => {
    const { status, stdout } = tlskit(['test-client', '--cmd', 'exit 1', '-only', 'expired', '--junit', '-']);
    expect(status).toBe(1);
    expect(stdout).toContain('<failure type="no-connection"');
    const node = `"${process.execPath}" -e "setInterval(Object, 1000)"`;
    expect(wrongOnes(report('--cmd', node, '-only', 'good', '-timeout', '1'))).toEqual(['good timeout']);
  });

  test('mistakes are told', () => {
    const said = (...words: string[]): string => tlskit(['test-client', ...words]).stderr;
    expect(said()).toContain("name the client by --cmd 'curl --cacert {ca} {url}'");
    expect(said('--cmd', 'true', '-only', 'expird')).toContain(
      'there is no case "expird" here; did you mean "expired"?',
    );
    expect(said('--cmd', 'true', '-jobs', '0')).toContain('option -jobs takes 1 to 64, not 0');
  });
});

describe('K11 servers', () => {
  test('s_server -fixtures: an index on the good name, every entry under its own', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'tlskit.yml'), RECIPE.replace(', nameConstraints: {permit: [.test]}', ''));
    const run = resolve('bin/run.js');
    const child = spawn(process.execPath, [run, 's_server', '-accept', '127.0.0.1:0', '-fixtures', 'tlskit.yml'], {
      cwd,
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    while (!said.includes('Trust anchors: ')) await once(child.stdout, 'data');
    const port = Number(/^ACCEPT 127\.0\.0\.1:(\d+)$/m.exec(said)?.[1]);
    const ca = readFileSync(join(cwd, 'fixtures/trust.pem'));
    const page = await get(port, 'good-one.localhost', '/', ca);
    expect(page).toContain(`<a href="https://stale.localhost:${port}/">stale</a>`);
    expect(await get(port, 'gone.localhost', '/', ca)).toContain(
      'A correct client must: refuse if it checks revocation',
    );
    await expect(get(port, 'stale.localhost', '/', ca)).rejects.toThrow(/expired/);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(said).toMatch(/^stale: refused by the client/m);
    expect(tlskit(['s_server', '-fixtures', 'tlskit.yml', '-rev'], { cwd }).stderr).toContain(
      '-rev and -fixtures do not go together',
    );
  });

  test('startServers in code; hellos in pieces, and what is no hello', async () => {
    const servers = await startServers({
      recipe: { version: 1, certs: { root: { ca: true }, web: { issuer: 'root' } } },
    });
    try {
      expect(await get(servers.port, 'web.localhost', '/cases.json', servers.anchors)).toContain('"name": "web"');
      const hello = connectTcp(servers.port, '127.0.0.1');
      hello.resume().end('GET / HTTP/1.0\r\n\r\n');
      await once(hello, 'close');
    } finally {
      await servers.close();
    }
    expect(serverNameOf(Buffer.from('GET '))).toBeNull();
    expect(serverNameOf(Buffer.alloc(0))).toBeUndefined();
    expect(serverNameOf(Buffer.from('16030100', 'hex'))).toBeUndefined();
  });
});

function get(port: number, host: string, path: string, ca: string | Buffer): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', servername: host, ca }, () =>
      socket.write(`GET ${path} HTTP/1.1\r\n\r\n`),
    );
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.on('end', () => done(text)).on('error', failed);
  });
}
