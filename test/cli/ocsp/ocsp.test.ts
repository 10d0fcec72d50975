/** `ocsp` beside openssl's: the same output and exit codes, both sides against each other, and GnuTLS' ocsptool. */
import { createServer as createHttp, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificatePem } from '../../../src/lib/x509/build.ts';
import { serialHex } from '../../../src/lib/x509/serial.ts';
import { writePrivateKey } from '../../../src/lib/keys/write.ts';
import {
  buildOcspRequest,
  certIdOf,
  createOcspResponse,
  ocspResponder,
  OcspResponse,
} from '../../../src/lib/ocsp/index.ts';
import { authority, issue, makeKey, type Party } from '../../support/chains.ts';
import { describeWith, run } from '../../support/peers.ts';
import { freePort, Workshop, type Running } from '../../support/processes.ts';
import { tlskit } from '../../support/tlskit.ts';

const LONG = { from: -10, to: 20_000 };
const root = authority('/C=DE/O=Test/CN=Root', undefined, { ...LONG, key: makeKey('rsa2048') });
const other = authority('/CN=Other', undefined, LONG);
const delegate = issue('/CN=responder', root, {
  ...LONG,
  extensions: [
    ['extendedKeyUsage', 'OCSPSigning'],
    ['noCheck', 'ignored'],
  ],
});
const [good, revoked, held, expired, plain] = ['good', 'revoked', 'held', 'expired', 'plain'].map((name) =>
  issue(`/CN=${name}`, root, LONG),
) as [Party, Party, Party, Party, Party];
const hex = ({ certificate }: Party): string => serialHex(certificate.serial);

const INDEX = [
  `V\t401231235959Z\t\t${hex(good)}\tunknown\t/CN=good`,
  `R\t401231235959Z\t250101000000Z,keyCompromise\t${hex(revoked)}\tunknown\t/CN=revoked`,
  `R\t401231235959Z\t250102000000Z,holdInstruction,holdInstructionReject\t${hex(held)}\tunknown\t/CN=held`,
  `E\t200101000000Z\t\t${hex(expired)}\tunknown\t/CN=expired`,
  `R\t401231235959Z\t250103000000Z,CAkeyTime,20240101000000Z\t7001\tunknown\t/CN=taken`,
  `R\t401231235959Z\t250104000000Z\t7002\tunknown\t/CN=gone`,
  '',
].join('\n');

const shop = new Workshop();
afterAll(() => shop.close());

beforeAll(() => {
  const parties = { root, other, delegate, good, revoked, held, expired, plain };
  for (const [name, { certificate, key }] of Object.entries(parties)) {
    shop.file(`${name}.crt`, certificatePem(certificate));
    shop.file(`${name}.key`, writePrivateKey(key, { format: 'pkcs8', form: 'pem' }));
  }
  shop.file('index.txt', INDEX);
});

const SIGNED = ['-index', 'index.txt', '-CA', 'root.crt', '-rsigner', 'delegate.crt', '-rkey', 'delegate.key'];
const BY_ROOT = ['-index', 'index.txt', '-CA', 'root.crt', '-rsigner', 'root.crt', '-rkey', 'root.key'];
const ours = (args: readonly string[]): ReturnType<typeof tlskit> => tlskit(['ocsp', ...args], { cwd: shop.folder });
const theirs = (args: readonly string[]): ReturnType<typeof tlskit> =>
  run('openssl', ['ocsp', ...args], { cwd: shop.folder });

/** Lines of OpenSSL's error queue keep their reason; times of now are one time. */
const shape = (text: string): string =>
  text
    .replace(/^[0-9A-F]{16}:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):.*$/gm, '$1')
    .replace(/((?:This|Next) Update|Produced At): .*/g, '$1: T');

/** The remarks that scripts look for. */
const remarks = (text: string): string[] =>
  text.match(/Response verify OK|Response Verify Failure|WARNING.*|Nonce.*/g) ?? [];

describeWith(['openssl'], 'K9 ocsp as openssl has it', () => {
  it('prints the same and ends with the same code', () => {
    const make = (file: string, ...args: string[]): void =>
      expect(theirs(['-reqin', 'q.req', '-respout', file, ...args]).status).toBe(0);
    expect(theirs(['-issuer', 'root.crt', '-cert', 'good.crt', '-no_nonce', '-reqout', 'q.req']).status).toBe(0);
    make('a.resp', ...SIGNED, '-ndays', '7');
    make('key.resp', ...BY_ROOT, '-resp_key_id', '-resp_no_certs');
    make('bad.resp', ...BY_ROOT, '-badsig');
    make('plain.resp', '-index', 'index.txt', '-CA', 'root.crt', '-rsigner', 'plain.crt', '-rkey', 'plain.key');
    const id = certIdOf(good.certificate.serial, root.certificate);
    const past = Date.now() - 3_600_000;
    const single = { id, status: 'good', thisUpdate: past, nextUpdate: past + 3_000_000 } as const;
    const old = createOcspResponse({ producedAt: past, responses: [single] }, { ...root });
    writeFileSync(shop.path('old.resp'), old.der);
    writeFileSync(shop.path('later.resp'), Buffer.from('30030a0103', 'hex'));
    const ask = '-issuer root.crt -cert good.crt -no_nonce';
    const lines = [
      '',
      '-issuer root.crt -cert good.crt',
      '-cert good.crt',
      '-issuer root.crt -serial xyz',
      '-issuer root.crt -cert good.crt -sha256',
      '-sha1 -sha256 -issuer root.crt -cert good.crt',
      '-issuer root.crt -sha256 -cert good.crt -issuer other.crt -sha384 -serial 0x99 -serial -5 -no_nonce -req_text',
      '-reqin q.req -req_text -out q.txt',
      '-reqin a.resp -req_text',
      '-reqin q.req -header abc',
      '-url foo:// -reqin q.req',
      '-respin a.resp -CAfile root.crt',
      '-respin a.resp -CAfile root.crt extra',
      '-respin a.resp -CAfile root.crt -issuer root.crt -cert good.crt',
      `-respin a.resp -CAfile root.crt ${ask} -cert revoked.crt`,
      `-respin a.resp -CAfile good.crt ${ask}`,
      `-respin a.resp -CAfile root.crt -status_age 0 ${ask}`,
      `-respin old.resp -CAfile root.crt ${ask}`,
      `-respin old.resp -CAfile root.crt -status_age 5 -validity_period 900 ${ask}`,
      `-respin a.resp -CAfile root.crt -status_age 1000 -validity_period 1 ${ask}`,
      '-respin a.resp -CAfile root.crt -resp_text -noverify',
      '-respin a.resp -CAfile root.crt -attime 1000000000',
      '-respin a.resp -CAfile root.crt -attime 1000000000 -no_check_time',
      '-respin a.resp -CAfile root.crt -no_intern',
      '-respin a.resp -CAfile root.crt -signer good.crt',
      '-respin a.resp -no-CAfile -VAfile delegate.crt',
      '-respin a.resp -no-CAfile -verify_other delegate.crt',
      '-respin a.resp -no-CAfile -verify_other delegate.crt -trust_other',
      '-respin a.resp -no-CAfile -no_cert_verify',
      '-respin key.resp -CAfile root.crt',
      '-respin key.resp -CAfile root.crt -issuer root.crt',
      // the issuer that is named is a certificate to find the signer among, and no reason to trust it
      '-respin key.resp -CAfile other.crt -issuer root.crt',
      '-respin key.resp -no-CAfile -issuer root.crt -cert good.crt',
      '-respin a.resp -no-CAfile -issuer root.crt -issuer delegate.crt',
      '-respin key.resp -CAfile other.crt -issuer root.crt -trust_other',
      '-respin key.resp -CAfile other.crt -issuer root.crt -no_cert_verify',
      '-respin bad.resp -CAfile root.crt -issuer root.crt -no_signature_verify',
      '-respin bad.resp -CAfile root.crt -VAfile root.crt',
      '-respin bad.resp -CAfile root.crt -VAfile root.crt -no_signature_verify',
      '-respin plain.resp -CAfile root.crt',
      '-respin plain.resp -CAfile root.crt -no_cert_checks',
      '-respin later.resp -text',
      '-respin later.resp -text -ignore_err',
      '-respin q.req',
      '-respin none.resp',
      '-index index.txt -reqin q.req',
      '-index none.txt -CA root.crt -rsigner root.crt -rkey root.key -reqin q.req',
      SIGNED.join(' '),
      `${BY_ROOT.join(' ')} -reqin q.req -resp_key_id -resp_no_certs -rmd sha512 -nmin 5 -resp_text`,
      `${BY_ROOT.join(' ')} ${ask} -cert revoked.crt -cert held.crt -cert expired.crt -serial 0x7001 -serial 0x7002 -resp_text`,
    ];
    for (const line of lines) {
      const args = line.split(' ').filter(Boolean);
      const [mine, wanted] = [ours(args), theirs(args)];
      // RSA with PKCS #1 v1.5 signs the same octets the same way, but the time is in them
      const signatures = (text: string): string => shape(text).replace(/^ {8}[0-9a-f:]{3,}$/gm, '        xx');
      expect([line, mine.status, signatures(mine.stdout), remarks(mine.stderr)]).toEqual([
        line,
        wanted.status,
        signatures(wanted.stdout),
        remarks(wanted.stderr),
      ]);
      if (mine.status !== 0 && remarks(mine.stderr).length === 0)
        expect(mine.stderr === '' ? mine.stdout : mine.stderr).toMatch(/^[^\n]+\n/);
    }
    expect(readFileSync(shop.path('q.req'))).toEqual(
      buildOcspRequest({ requests: [certIdOf(good.certificate.serial, root.certificate)] }).der,
    );
  });

  it('answers about the certificate that was asked about, also with -rcid', () => {
    const asked = ['-issuer', 'root.crt', '-cert', 'good.crt', '-respout', 'rcid.resp', '-no_nonce'];
    expect(ours([...asked, ...SIGNED, '-rcid', 'sha256']).status).toBe(0);
    const [single] = OcspResponse.read(readFileSync(shop.path('rcid.resp'))).basic.responses;
    expect(single?.id.der).toEqual(certIdOf(good.certificate.serial, root.certificate, 'sha256').der);
  });

  it('signs requests that openssl shows, and those that it has made', () => {
    for (const signer of ['good', 'root']) {
      const args = ['-signer', `${signer}.crt`, '-signkey', `${signer}.key`, '-sign_other', 'other.crt', '-nonce'];
      expect(ours([...args, '-reqin', 'q.req', '-reqout', 'signed.req']).status).toBe(0);
      const text = theirs(['-reqin', 'signed.req', '-req_text']).stdout;
      expect(text).toContain(`Requestor Name: DirName:${signer === 'root' ? 'C = DE, O = Test, ' : ''}CN = `);
      expect(text).toContain('OCSP Nonce');
      expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      expect(ours(['-reqin', 'signed.req', '-req_text']).stdout).toBe(text);
    }
  });

  describeWith(['ocsptool'], "GnuTLS' ocsptool", () => {
    it("requests and responses of GnuTLS' ocsptool, and ours for it", () => {
      const tool = (...args: string[]): string => {
        const { stdout, stderr, status } = run('ocsptool', args, { cwd: shop.folder });
        expect([args, status]).toEqual([args, 0]);
        return stdout + stderr;
      };
      tool('--generate-request', '--load-issuer=root.crt', '--load-cert=good.crt', '--nonce', '--outfile=gnutls.req');
      expect(ours(['-reqin', 'gnutls.req', '-req_text']).stdout).toBe(
        theirs(['-reqin', 'gnutls.req', '-req_text']).stdout,
      );
      expect(ours(['-reqin', 'gnutls.req', ...SIGNED, '-respout', 'gnutls.resp']).status).toBe(0);
      expect(tool('--verify-response', '--load-response=gnutls.resp', '--load-trust=root.crt')).toContain('Success');
      const asked = ['-issuer', 'root.crt', '-sha256', '-cert', 'good.crt', '-reqout', 'ours.req'];
      expect(ours([...asked, '-signer', 'good.crt', '-signkey', 'good.key']).status).toBe(0);
      expect(tool('--request-info', '--load-request=ours.req')).toContain('Hash Algorithm: SHA256');
      // it shows responses with their PEM
      writeFileSync(shop.path('gnutls.pem'), tool('--response-info', '--load-response=gnutls.resp'));
      const checked = ours(['-respin', 'gnutls.pem', '-CAfile', 'root.crt', '-reqin', 'gnutls.req']);
      expect([checked.status, checked.stderr]).toEqual([0, 'Response verify OK\n']);
    });
  });

  it('--json', () => {
    const { stdout, status } = ours(
      '-respin a.resp -CAfile root.crt -issuer root.crt -no_nonce -cert good.crt --json'.split(' '),
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      request: { certificates: [{ hash: 'sha1', serial: hex(good) }], nonce: null },
      response: {
        status: 'successful',
        basic: { responder: { name: { text: 'CN=responder' } }, answers: [{ status: 'good' }] },
      },
      verification: { checked: true, ok: true, fault: null, signer: { serial: hex(delegate) } },
      results: [{ name: 'good.crt', status: 'good', reason: null, timeFaults: [] }],
    });
    const failed = ours('-respin plain.resp -CAfile root.crt --json'.split(' '));
    expect(failed.status).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ verification: { ok: false, fault: 'signer_usage' } });
    expect(JSON.parse(ours(['-respin', 'later.resp', '--json']).stdout)).toMatchObject({
      response: { status: 'tryLater', statusCode: 3, basic: null },
      verification: null,
    });
  });
});

const ALL = ['good', 'revoked', 'held'].flatMap((name) => ['-cert', `${name}.crt`]);
const ASKED = ['-issuer', 'root.crt', '-CAfile', 'root.crt', ...ALL, '-serial', '0x7001', '-serial', '0x6666'];
const ANSWERS = [
  'good.crt: good',
  'revoked.crt: revoked\n\tThis Update: T\n\tNext Update: T\n\tReason: keyCompromise\n\tRevocation Time: Jan  1 00:00:00 2025 GMT',
  'held.crt: revoked\n\tThis Update: T\n\tNext Update: T\n\tReason: certificateHold',
  '0x7001: revoked\n\tThis Update: T\n\tNext Update: T\n\tReason: cACompromise',
  '0x6666: unknown',
];

/** A responder of ours in a process of its own. */
async function startOurs(...more: string[]): Promise<{ responder: Running; port: number }> {
  const absolute = SIGNED.map((word) => (/\./.test(word) ? shop.path(word) : word));
  const responder = shop.start(process.execPath, [
    'bin/run.js',
    'ocsp',
    ...absolute,
    '-ndays',
    '1',
    '-port',
    '0',
    ...more,
  ]);
  await responder.prints(/^ACCEPT .*\n/m);
  return { responder, port: Number(/^ACCEPT .*:(\d+) PID=\d+$/m.exec(responder.stdout)?.[1]) };
}

describeWith(['openssl', 'ocsptool'], 'K9 ocsp: both sides', () => {
  it('our responder and the clients of openssl, GnuTLS and our own', async () => {
    const { responder, port } = await startOurs('-text');
    const url = `http://127.0.0.1:${port}/`;
    for (const client of [theirs, ours]) {
      for (const more of [[], ['-no_nonce'], ['-sha256']]) {
        const { status, stdout, stderr } = client([...more, ...ASKED, '-url', url]);
        expect([status, remarks(stderr)]).toEqual([0, ['Response verify OK']]);
        for (const line of ANSWERS) expect(shape(stdout)).toContain(line);
      }
      const { stdout } = client([
        ...'-issuer root.crt -noverify -cert good.crt -host'.split(' '),
        '127.0.0.1',
        '-port',
        `${port}`,
        '-path',
        'x',
      ]);
      expect(stdout).toContain('good.crt: good');
    }
    for (const name of ['good', 'revoked']) {
      const args = [`--ask=${url}`, '--load-issuer=root.crt', `--load-cert=${name}.crt`, '--load-trust=root.crt'];
      const { stdout, stderr } = run('ocsptool', args, { cwd: shop.folder });
      expect(stdout + stderr).toContain(`Certificate Status: ${name}`);
      expect(stdout + stderr).toContain('Verifying OCSP Response: Success');
    }
    await responder.prints('OCSP Request Data:');
    await responder.prints('OCSP Response Data:');
    await responder.prints('ocsp: Received request, 1st line: POST / HTTP/1.0\n');
    await responder.stop();
  });

  it("openssl's responder and our client", async () => {
    const port = await freePort();
    const absolute = SIGNED.map((word) => (/\./.test(word) ? shop.path(word) : word));
    const responder = shop.start('openssl', ['ocsp', ...absolute, '-ndays', '1', '-port', `${port}`, '-nrequest', '4']);
    await responder.prints('ACCEPT');
    for (const more of [
      ['-url', `http://127.0.0.1:${port}`],
      ['-host', `127.0.0.1:${port}`, '-header', 'Host=ocsp.example.org'],
    ]) {
      const { status, stdout, stderr } = ours([
        '-issuer',
        'root.crt',
        '-CAfile',
        'root.crt',
        '-no_nonce',
        '-cert',
        'good.crt',
        ...more,
        '-resp_text',
        '-noverify',
      ]);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Cert Status: good');
    }
    await responder.stop();
  });

  it('a responder follows its index, and ends on Ctrl-C', async () => {
    shop.file('moving.txt', INDEX);
    const { responder, port } = await startOurs('-index', shop.path('moving.txt'));
    const status = (): string =>
      ours([...'-issuer root.crt -cert good.crt -noverify -url'.split(' '), `http://127.0.0.1:${port}`]).stdout;
    expect(status()).toContain('good.crt: good');
    shop.file('moving.txt', INDEX.replace(/^V\t(\S+)\t/, 'R\t$1\t260101000000Z'));
    expect(status()).toContain('good.crt: revoked');
    shop.file('moving.txt', 'broken\n');
    expect(status()).toContain('good.crt: revoked');
    await responder.prints(/error reloading updated index: .*moving\.txt:1: /);
    shop.file('moving.txt', INDEX);
    expect(status()).toContain('good.crt: good');
    process.kill(Number(/PID=(\d+)/.exec(responder.stdout)?.[1]), 'SIGINT');
    await responder.ends();
    expect(responder.status).toBe(0);
  });

  it('ends after -nrequest requests', async () => {
    const { responder, port } = await startOurs('-nrequest', '2');
    for (let i = 0; i < 2; i += 1)
      expect(
        theirs([...'-issuer root.crt -cert good.crt -noverify -url'.split(' '), `http://127.0.0.1:${port}`]).status,
      ).toBe(0);
    await responder.ends();
    expect(responder.status).toBe(0);
  });
});

describe('K9 ocsp: ways to a responder', () => {
  const respond = ocspResponder({
    issuers: [root.certificate],
    signer: { certificate: root.certificate, key: root.key },
    lookup: () => ({ status: 'good' }),
  });
  const seen: string[] = [];
  const answer = async (request: IncomingMessage): Promise<Buffer> => {
    seen.push(
      `${request.method} ${request.url} ${request.headers.host} ${String(request.headers['x-what'] ?? '')}`.trim(),
    );
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    return (await respond(Buffer.concat(pieces), Date.now())).response.der;
  };
  const type = { 'Content-Type': 'application/ocsp-response' };
  const started: Server[] = [];
  const listen = (server: Server): Promise<number> =>
    new Promise((resolve) => {
      started.push(server);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  afterAll(() => {
    for (const server of started) server.close();
  });
  const ask = async (...args: string[]): Promise<Running> =>
    shop
      .start(
        process.execPath,
        ['bin/run.js', 'ocsp', '-issuer', shop.path('root.crt'), '-cert', shop.path('good.crt'), '-noverify', ...args],
        { http_proxy: '', https_proxy: '' },
      )
      .ends();

  it('https, a proxy, a proxy to https, and where proxies are not asked', async () => {
    const handler = (
      request: IncomingMessage,
      response: { writeHead(code: number, headers: object): { end(body: Buffer): void } },
    ): void => void answer(request).then((der) => response.writeHead(200, type).end(der));
    const web = await listen(createHttp(handler as never));
    const secure = await listen(
      createHttps(
        { cert: readFileSync(shop.path('root.crt')), key: readFileSync(shop.path('root.key')) },
        handler as never,
      ),
    );
    const proxied: string[] = [];
    const forward = createHttp((request, response) => {
      proxied.push(`${request.method} ${request.url}`);
      const { pathname, port } = new URL(request.url as string);
      const on = httpRequest(
        { host: '127.0.0.1', port, path: pathname, method: 'POST', headers: request.headers },
        (back) => {
          response.writeHead(back.statusCode ?? 500, back.headers);
          back.pipe(response);
        },
      );
      request.pipe(on);
    });
    forward.on('connect', (request, socket) => {
      proxied.push(`CONNECT ${request.url}`);
      const on = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(on).pipe(socket);
      });
      // one end may be gone while the other still sends
      for (const end of [socket, on]) end.on('error', () => undefined);
    });
    const proxy = `127.0.0.1:${await listen(forward)}`;
    const runs = await Promise.all([
      ask('-url', `http://127.0.0.1:${web}/a?b`, '-header', 'X-What=this'),
      ask('-url', `https://127.0.0.1:${secure}/s`),
      ask('-url', `http://127.0.0.1:${web}/p`, '-proxy', proxy),
      ask('-url', `https://127.0.0.1:${secure}/sp`, '-proxy', `http://${proxy}/`),
      ask('-url', `http://127.0.0.1:${web}/np`, '-proxy', proxy, '-no_proxy', 'x.org, 127.0.0.1'),
      ask('-host', `127.0.0.1:${web}`, '-path', '/hp'),
    ]);
    for (const one of runs) expect([one.status, one.stderr, /: good$/m.test(one.stdout)]).toEqual([0, '', true]);
    expect(seen.sort()).toEqual(
      [
        `POST /a?b 127.0.0.1:${web} this`,
        `POST /hp 127.0.0.1:${web}`,
        `POST /np 127.0.0.1:${web}`,
        `POST /p 127.0.0.1:${web}`,
        `POST /s 127.0.0.1:${secure}`,
        `POST /sp 127.0.0.1:${secure}`,
      ].sort(),
    );
    expect(proxied.sort()).toEqual([`CONNECT 127.0.0.1:${secure}`, `POST http://127.0.0.1:${web}/p`].sort());
  });

  it('what goes wrong is told in one line', async () => {
    const bad = await listen(
      createHttp((request, response) => {
        const { url } = request;
        if (url === '/slow') return;
        if (url === '/moved') response.writeHead(302, { Location: 'http://elsewhere/' }).end();
        else if (url === '/page') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>');
        else if (url === '/rubbish') response.writeHead(200, type).end('rubbish');
        else if (url === '/large') response.writeHead(200, type).end(Buffer.alloc(2_000_000));
        else response.writeHead(404).end();
      }),
    );
    const where = `http://127.0.0.1:${bad}`;
    const runs = await Promise.all(
      ['slow', 'moved', 'page', 'rubbish', 'large', 'none'].map((path) =>
        ask('-url', `${where}/${path}`, '-timeout', path === 'slow' ? '1' : '20'),
      ),
    );
    const query = 'Error querying OCSP responder';
    expect(runs.map(({ status, stderr }) => [status, stderr])).toEqual([
      [1, `tlskit ocsp: ${query} ${where}/slow: no answer in 1 seconds\n`],
      [1, `tlskit ocsp: ${query} ${where}/moved: it answers 302 Found (go to http://elsewhere/)\n`],
      [1, `tlskit ocsp: ${query} ${where}/page: it answers with text/html instead of application/ocsp-response\n`],
      [1, expect.stringMatching(new RegExp(`^tlskit ocsp: ${query}[^\n]*\n$`))],
      [1, expect.stringMatching(/more than 1048576 octets\n$/)],
      [1, `tlskit ocsp: ${query} ${where}/none: it answers 404 Not Found\n`],
    ]);
  });
});
