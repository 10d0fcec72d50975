/** Where the CRLs of verify, s_client and s_server come from: files, folders by hash, what stands with trusted certificates, and the network. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCrl, crlNumberExtension, crlPem, revokedEntry, type Crl } from '../../../src/lib/crl/index.ts';
import { writePrivateKey } from '../../../src/lib/keys/write.ts';
import { certificatePem, timeFromMs } from '../../../src/lib/x509/build.ts';
import { nameHash } from '../../../src/lib/x509/hash.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { authority, issue, NOW, type Party } from '../../support/chains.ts';
import { describeWith, openssl, type Finished } from '../../support/peers.ts';
import { client, OPENSSL, opensslServer, ourServer, TLSKIT } from '../../support/tls-programs.ts';
import { tlskit } from '../../support/tlskit.ts';

const cwd = mkdtempSync(join(tmpdir(), 'tlskit-crl-check-'));
const AT = ['-attime', String(NOW / 1000)];
/** The words of a line, as of the certificates' time; openssl takes what follows the first file for files. */
function words(line: string): string[] {
  const [command, ...rest] = line.split(' ') as [string, ...string[]];
  return [command, ...AT, ...rest];
}
const ours = (line: string): Finished => tlskit(words(line), { cwd });
const theirs = (line: string): Finished => openssl(words(line), { cwd });

const ca = authority('/CN=CA');
const leaf = issue('/CN=leaf', ca);
const put = (name: string, text: string | Buffer): void => writeFileSync(join(cwd, name), text);

/** A CRL that revokes these. */
function list(...revoked: readonly Party[]): Crl {
  const time = timeFromMs(NOW);
  return buildCrl(
    {
      issuer: ca.certificate.subject,
      thisUpdate: time,
      nextUpdate: timeFromMs(NOW + 86_400_000),
      revoked: revoked.map(({ certificate }) => revokedEntry(certificate.serial, time, { reason: 1 })),
      extensions: [crlNumberExtension(1n)],
    },
    signatureFor(ca.key),
  );
}

let server: Server;
let base: string;
const asked: string[] = [];
let far: Party;
let lost: Party;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved.crl') response.writeHead(302, { location: '/list.crl' }).end();
    else if (request.url === '/list.crl') response.end(list(far).der);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (path: string): Party =>
    issue('/CN=far', ca, { extensions: [['crlDistributionPoints', `URI:ldap://x/y,URI:${base}${path}`]] });
  [far, lost] = [at('/moved.crl'), at('/lost.crl')];
  const hash = nameHash(ca.certificate.subject);
  mkdirSync(join(cwd, 'folder'));
  put('ca.pem', certificatePem(ca.certificate));
  put('leaf.pem', certificatePem(leaf.certificate));
  put('leaf.key', writePrivateKey(leaf.key, { format: 'pkcs8', form: 'pem' }));
  put('far.pem', certificatePem(far.certificate));
  put('lost.pem', certificatePem(lost.certificate));
  put('good.crl', crlPem(list()));
  put('bad.crl', crlPem(list(leaf)));
  put('bad.der', list(leaf).der);
  put('both.pem', certificatePem(ca.certificate) + crlPem(list(leaf)));
  put(`folder/${hash}.0`, certificatePem(ca.certificate));
  put(`folder/${hash}.r0`, crlPem(list(leaf)));
});
afterAll(() => {
  server.close();
  rmSync(cwd, { recursive: true, force: true });
});

describeWith(['openssl'], 'K10 verify with CRLs, as openssl 3.0 has it', () => {
  it.each([
    'verify -CAfile ca.pem -crl_check leaf.pem',
    'verify -CAfile ca.pem -crl_check -CRLfile good.crl leaf.pem',
    'verify -CAfile ca.pem -crl_check -CRLfile bad.crl leaf.pem',
    'verify -CAfile ca.pem -CRLfile bad.crl leaf.pem',
    'verify -CAfile ca.pem -crl_check_all -CRLfile good.crl -CRLfile bad.crl leaf.pem',
    'verify -CAfile both.pem -crl_check leaf.pem',
    'verify -CApath folder -no-CAfile -crl_check leaf.pem',
    'verify -CAstore both.pem -no-CAfile -no-CApath -crl_check leaf.pem',
    'verify -trusted both.pem -crl_check leaf.pem',
    'verify -trusted ca.pem -crl_check -CRLfile bad.crl -show_chain leaf.pem',
  ])('%s', (line) => {
    const parts = (done: Finished): unknown => [
      done.status,
      done.stdout,
      // openssl's queue of errors
      done.stderr.replace(/^[0-9A-F]{16}:error:.*\n/gm, ''),
    ];
    expect(parts(ours(line))).toEqual(parts(theirs(line)));
  });
});

describe('K10 -crl_download', () => {
  const verify = (line: string): Promise<{ stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const [program, ...args] = [...TLSKIT, ...words(line)] as [string, ...string[]];
      execFile(program, args, { cwd }, (_error, stdout, stderr) => resolve({ stdout, stderr }));
    });

  it('fetches the CRL of the certificate, also where the place leads elsewhere', async () => {
    const { stderr } = await verify('verify -CAfile ca.pem -crl_check -crl_download far.pem');
    expect(stderr).toBe(
      'CN = far\nerror 23 at 0 depth lookup: certificate revoked\nerror far.pem: verification failed\n',
    );
    expect(asked).toEqual(['/moved.crl', '/list.crl']);
  });

  it('says what cannot be had', async () => {
    const { stderr } = await verify('verify -CAfile ca.pem -crl_check -crl_download lost.pem');
    expect(stderr).toContain(`Could not read CRL via CDP from ${base}/lost.crl: it answers 404 Not Found\n`);
    expect(stderr).toContain('error 3 at 0 depth lookup: unable to get certificate CRL\n');
  });

  it('fetches nothing that nobody asked for', async () => {
    asked.length = 0;
    expect((await verify('verify -CAfile ca.pem -crl_download far.pem')).stdout).toBe('far.pem: OK\n');
    expect(asked).toEqual([]);
  });
});

describeWith(['openssl'], 'S1 S3 -crl_check of the peer', () => {
  it.each([
    ['-CAfile ca.pem -crl_check', 3],
    ['-CAfile ca.pem -crl_check -CRL good.crl', 0],
    ['-CAfile ca.pem -crl_check -CRL bad.der -CRLform DER', 23],
    ['-CAfile both.pem -crl_check', 23],
  ])('s_client %s', async (args, code) => {
    const { port } = await ourServer(cwd, ['-cert', 'leaf.pem', '-key', 'leaf.key']);
    for (const program of [OPENSSL, TLSKIT]) {
      const running = client(program, cwd, port, [...args.split(' '), ...AT]);
      await running.sees(/Verify return code: (\d+)/);
      expect(/Verify return code: (\d+)/.exec(running.text)?.[1], program.at(-1)).toBe(String(code));
      running.type('Q\n');
      await running.finish();
    }
  });

  it('s_server -CRL refuses a revoked client as openssl does', async () => {
    const options = [
      '-cert',
      'leaf.pem',
      '-key',
      'leaf.key',
      '-CAfile',
      'ca.pem',
      '-Verify',
      '2',
      '-verify_return_error',
    ];
    for (const start of [opensslServer, ourServer]) {
      const { port, server } = await start(cwd, [...options, '-crl_check', '-CRL', 'bad.crl', ...AT]);
      const running = client(TLSKIT, cwd, port, ['-cert', 'leaf.pem', '-key', 'leaf.key', '-CAfile', 'ca.pem', ...AT]);
      await server.until(({ text, stderr }) => /verify error:num=23:certificate revoked/.test(text + stderr));
      await running.finish();
      expect(running.stderr + running.text, start.name).toMatch(/certificate revoked/);
    }
  });
});
