import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startServers } from '../../../src/cli/fixtures/servers/index.ts';
import { openFixtures } from '../../../src/cli/fixtures/servers/load.ts';
import { serverNameOf } from '../../../src/cli/fixtures/servers/hello.ts';
import { testClient } from '../../../src/cli/test-client/run.ts';
import { batch } from '../../support/batch.ts';
import { describeWith } from '../../support/peers.ts';
import { Terminal } from '../../support/terminal.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

interface Report {
  readonly right: number;
  readonly wrong: number;
  readonly either: number;
  readonly cases: readonly {
    name: string;
    did: string;
    right: boolean | null;
    duty: string;
    rule: string;
    alert: string | null;
  }[];
}

const RECIPE = `version: 1
certs:
  root: {ca: true, nameConstraints: {permit: [.test]}}
  Good_One: {issuer: root, san: [www.example.test]}
  stale: {from: Good_One, case: expired}
  other: {issuer: root, san: [elsewhere.test], expect: {openssl: HOSTNAME_MISMATCH, node: ERR_TLS_CERT_ALTNAME_INVALID, go: HostnameError, certtool: false}}
  gone: {from: Good_One, case: revoked}
  mail: {issuer: root, purpose: email, san: [email:a@b.test]}
  answers: {issuer: root, purpose: ocsp}
crls:
  root: {}
ocsp:
  Good_One: {of: Good_One, signer: answers}
`;

const CURL = 'curl -sS --cacert {ca} --resolve {resolve} {url}';
/** A machine with much other work must not make verdicts. */
const PATIENT = ['-timeout', '80'];
/** A client that takes the name from the subject, which RFC 9110 section 4.3.4 forbids. */
const LAX = ['no-san accepted', 'v1 accepted'];

/** What a client did with some of the built-in cases, in this process: `name did`, and the verdict where it is not right. */
async function judged(command: string, only: string, timeout = 60_000): Promise<string[]> {
  const { verdicts } = await testClient({
    command,
    fixtures: await openFixtures(undefined),
    domain: undefined,
    only: only.split(','),
    skip: [],
    refuse: [],
    accept: [],
    timeout,
    jobs: undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  return verdicts.map(({ placed, did, right }) => `${placed.case.name} ${did}${right === false ? ' WRONG' : ''}`);
}

describeWith(['curl', 'openssl'], 'K11 test-client with clients that are known', () => {
  test('curl is right but for names in the subject', () => {
    const cwd = scratch();
    const words = ['test-client', ...PATIENT, '--cmd', CURL, '--json', '--junit', 'out.xml'];
    const { stdout, status } = tlskit(words, { cwd });
    expect(status).toBe(1);
    const all = JSON.parse(stdout) as Report;
    const are = (right: boolean | null): string[] =>
      all.cases.filter((one) => one.right === right).map(({ name, did }) => `${name} ${did}`);
    expect(are(false)).toEqual(LAX);
    expect(are(null)).toEqual(
      expect.arrayContaining(['revoked accepted', 'serial-0 accepted', '3des refused', 'rsa1024 refused']),
    );
    expect(are(true)).toEqual(expect.arrayContaining(['good accepted', 'tls12-only accepted', 'dh1024 refused']));
    expect(all).toMatchObject({ wrong: LAX.length, right: are(true).length, either: are(null).length });
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
    const junit = readFileSync(join(cwd, 'out.xml'), 'utf8');
    expect(junit).toContain(`tests="${all.cases.length}" failures="2" errors="0" skipped="${all.either}" time="`);
    expect(junit.match(/<failure /g)).toHaveLength(2);
    expect(junit.match(/<skipped /g)).toHaveLength(all.either);
    expect(junit.match(/<testcase /g)).toHaveLength(all.cases.length);
  });

  test('openssl without -verify_return_error accepts every chain, and no broken handshake', async () => {
    const careless = 'openssl s_client -connect {address}:{port} -servername {host} -CAfile {ca}';
    expect(await judged(careless, 'good,expired,wrong-host,self-signed,wrong-key,bad-finished,dh1024')).toEqual([
      'good accepted',
      'expired accepted WRONG',
      'wrong-host accepted WRONG',
      'self-signed accepted WRONG',
      'dh1024 refused',
      'wrong-key refused',
      'bad-finished refused',
    ]);
  });

  test('entries of a fixture file: the CRL, the trust anchor and the key of the set hold', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'tlskit.yml'), RECIPE);
    const own = `${CURL.replace('{ca}', 'fixtures/trust.pem')} --crlfile fixtures/root.crl.pem`;
    const only = 'Good_One,stale,other,gone';
    const words = ['-fixtures', 'tlskit.yml', '-fixtures_domain', 'test', '-only', only, '-refuse', 'gone'];
    const { stdout, status } = tlskit(['test-client', ...PATIENT, ...words, '--cmd', own], { cwd });
    expect(stdout).toMatch(/^Good_One +accept +accepted +right/m);
    expect(stdout).toMatch(/^stale +refuse +refused +right +alert certificate_expired$/m);
    expect(stdout).toMatch(/^other +refuse +refused +right/m);
    expect(stdout).toMatch(/^gone +refuse +refused +right +alert certificate_revoked$/m);
    expect(stdout).toMatch(/^4 cases: 4 right, 0 wrong, 0 either way$/m);
    expect(status).toBe(0);
  });

  test('-accept and -refuse say what this client must do', () => {
    const words = ['-accept', 'no-san', '-refuse', 'serial-0', '-only', 'no-san,serial-0,serial-long'];
    const { status, stdout } = tlskit(['test-client', ...PATIENT, '--cmd', CURL, ...words]);
    expect(stdout).toMatch(/^no-san +accept +accepted +right +TLSv1.3/m);
    expect(stdout).toMatch(/^serial-long +accept or refuse +accepted +either +TLSv1.3/m);
    expect(stdout).toMatch(/^serial-0 +refuse +accepted +WRONG +option -refuse$/m);
    expect(status).toBe(1);
  });
});

describe('K11 test-client', () => {
  test('a command that does not connect, or not in time, gets no verdict', async () => {
    expect(await judged('exit 1', 'expired,serial-0')).toEqual([
      'expired no connection WRONG',
      'serial-0 no connection WRONG',
    ]);
    const node = `"${process.execPath}" -e "setInterval(Object, 1000)"`;
    expect(await judged(node, 'good,serial-0', 100)).toEqual(['good timeout WRONG', 'serial-0 timeout WRONG']);
  });

  test('mistakes are told', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'tlskit.yml'), RECIPE);
    const lines = {
      'test-client': "name the client by --cmd 'curl --cacert {ca} {url}'",
      'test-client --cmd true -only expird': 'there is no case "expird" here; did you mean "expired"?',
      'test-client --cmd true -accept v1 -refuse v1': '"v1" cannot be under both -refuse and -accept',
      'test-client --cmd true -jobs 0': 'option -jobs takes 1 to 64, not 0',
      'test-client --cmd true -junit no/where.xml': 'cannot write no/where.xml',
      's_server -fixtures tlskit.yml -rev': '-rev and -fixtures do not go together',
    };
    const said = batch(Object.keys(lines).map((line) => ({ cwd, args: line.split(' ') })));
    Object.values(lines).forEach((line, i) => expect(said[i]?.stderr).toContain(line));
    expect(said.every(({ status, stdout }) => status === 1 && stdout === '')).toBe(true);
  });
});

describeWith(['tmux'], 'K11 test-client on a terminal', () => {
  test('Ctrl-C ends the clients, and leaves nothing', async () => {
    const cwd = scratch();
    const pids = join(cwd, 'pids');
    const temporary = scratch();
    const client = `echo $$ >>${pids}; sleep 1000; true`;
    const line = `test-client --cmd '${client}' -only good,expired -jobs 2 -timeout 1000`;
    const terminal = new Terminal(
      `TMPDIR=${temporary} ${process.execPath} ${resolve('bin/run.js')} ${line}; echo "ended with $?"; cat`,
      cwd,
    );
    await terminal.see(/^Clients: 0 of 2, 0 right, 0 wrong, 0 either way, /m);
    const started = (): number[] => readFileSync(pids, 'utf8').split('\n').filter(Boolean).map(Number);
    await expect.poll(() => started().length, { timeout: 30_000 }).toBe(2);
    terminal.press('C-c');
    expect(await terminal.see(/^ended with/m)).toMatch(/^ended with 130$/m);
    expect(readdirSync(temporary)).toEqual([]);
    for (const pid of started()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describeWith(['chromium', 'certutil'], 'K11 servers in a browser', () => {
  test('the index page of the good one tries them all', async () => {
    const cwd = scratch();
    const names = ['expired', 'v1', 'tls12-only', 'serial-0', 'wrong-key'];
    const servers = await startServers({ choose: () => names });
    try {
      writeFileSync(join(cwd, 'ca.pem'), servers.anchors);
      const env = { TLSKIT_CA: join(cwd, 'ca.pem'), TLSKIT_URL: `${servers.url('good')}#try` };
      // time goes on in it while nothing is fetched
      const args = ['--virtual-time-budget=60000'];
      await promisify(execFile)('scripts/chromium-client.sh', args, { env: { ...process.env, ...env } });
    } finally {
      await servers.close();
    }
    const home = readdirSync(cwd).find((name) => name.startsWith('chromium.')) as string;
    const page = readFileSync(join(cwd, home, 'page'), 'utf8');
    const rows = page.matchAll(/<a href="https[^>]*>([^<]*)<\/a>.*?([^<>]*)<\/td><\/tr>$/gm);
    expect(Object.fromEntries([...rows].map(([, name, seen]) => [name, seen]))).toEqual({
      good: 'accepted',
      expired: 'refused',
      v1: 'refused',
      'tls12-only': 'accepted',
      'serial-0': 'accepted',
      'wrong-key': 'refused',
    });
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
  });

  test('startServers in code; hellos in pieces, and what is no hello', async () => {
    const servers = await startServers({
      recipe: { version: 1, certs: { root: { ca: true }, web: { issuer: 'root' } } },
    });
    try {
      expect(await get(servers.port, 'web.localhost', '/cases.json', servers.anchors)).toContain('"name": "web"');
      const { anchors: ca, lookup } = servers;
      const status = await new Promise((done, failed) => {
        request(servers.url('web'), { ca, lookup, agent: false }, (answer) => done(answer.resume().statusCode))
          .on('error', failed)
          .end();
      });
      expect(status).toBe(200);
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
