import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildCrl } from '../../../src/lib/crl/index.ts';
import { CLASS, element, encodePem, seq } from '../../../src/lib/der/index.ts';
import { certificatePem, timeFromMs } from '../../../src/lib/x509/build.ts';
import type { Certificate, Extension } from '../../../src/lib/x509/certificate.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { Running } from '../../support/processes.ts';
import { ca, gn, leaf } from '../../unit/verify/paths/builder.ts';
import { NOW } from '../../support/chains.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { pkitsCertificate, pkitsCrl } from '../../support/pkits.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const TIME = ['-attime', String(NOW / 1000)];
const PKITS = ['-attime', '1302825600'];

/** Files in a new folder. */
function files(contents: Readonly<Record<string, readonly Certificate[] | string>>): (name: string) => string {
  const folder = scratch();
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : content.map(certificatePem).join(''));
  }
  return (name) => join(folder, name);
}

function chain(): Readonly<Record<'root.pem' | 'middle.pem' | 'leaf.pem', readonly Certificate[]>> {
  const root = ca('/CN=Root');
  const middle = ca('/CN=Middle', root);
  const end = leaf(middle);
  return {
    'root.pem': [root.certificate],
    'middle.pem': [middle.certificate],
    'leaf.pem': [end.certificate],
  };
}

describe('verify [K10]', () => {
  it('reads standard input, and any number of files', () => {
    const contents = chain();
    const file = files(contents);
    const line = ['verify', ...TIME, '-CAfile', file('root.pem'), '-untrusted', file('middle.pem')];
    const input = certificatePem(contents['leaf.pem'][0] as Certificate);
    expect(tlskit(line, { input })).toEqual({ status: 0, stdout: 'stdin: OK\n', stderr: '' });
    const both = tlskit([...line, file('leaf.pem'), file('middle.pem')]);
    expect(both.stdout).toBe(`${file('leaf.pem')}: OK\n${file('middle.pem')}: OK\n`);
  });

  it('goes on after a file that it cannot read, and exits with 2', () => {
    const file = files({ ...chain(), 'junk.pem': 'junk\n' });
    const line = [
      'verify',
      ...TIME,
      '-CAfile',
      file('root.pem'),
      file('absent.pem'),
      file('junk.pem'),
      file('middle.pem'),
    ];
    const { status, stdout, stderr } = tlskit(line);
    expect([status, stdout]).toEqual([2, `${file('middle.pem')}: OK\n`]);
    expect(stderr.split('\n').map((one) => one.replace(/(from [^:]*).*/, '$1'))).toEqual([
      `Could not open file or uri for loading certificate file from ${file('absent.pem')}`,
      'Unable to load certificate file',
      `Could not read certificate file from ${file('junk.pem')}`,
      'Unable to load certificate file',
      '',
    ]);
  });

  it.each([
    [['-trusted', 'a', '-CAfile', 'a'], 'option -trusted cannot be used with -CAfile'],
    [['-CAfile', 'absent'], 'absent'],
    [['-CRLfile', 'absent'], 'absent'],
    [['-policy', 'no policy'], 'option -policy takes an object identifier'],
    [['-purpose', 'fun'], 'option -purpose takes'],
  ])('%j is an error of one line, exit 1', (flags, message) => {
    const { status, stdout, stderr } = tlskit(['verify', ...flags, 'x.pem']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('shows the chain', () => {
    const file = files(chain());
    const line = ['verify', ...TIME, '-show_chain', '-nameopt', 'RFC2253', '-trusted', file('root.pem')];
    const { stdout } = tlskit([...line, '-untrusted', file('middle.pem'), file('leaf.pem')]);
    expect(stdout).toBe(
      `${file('leaf.pem')}: OK\nChain:\ndepth=0: CN=leaf (untrusted)\ndepth=1: CN=Middle (untrusted)\ndepth=2: CN=Root\n`,
    );
  });

  it('says it all as JSON', () => {
    const file = files(chain());
    const line = ['verify', '--json', ...TIME, '-CAfile', file('root.pem'), '-verify_hostname', 'other.example.com'];
    const { status, stdout, stderr } = tlskit([...line, file('leaf.pem'), file('absent.pem')]);
    expect([status, stderr.includes('absent.pem')]).toEqual([2, true]);
    const [first, second] = JSON.parse(stdout) as [Record<string, unknown>, Record<string, unknown>];
    expect(first).toMatchObject({ file: file('leaf.pem'), ok: false, policies: null });
    // every error, not only up to the one at which the text ends
    expect((first['errors'] as { name: string; depth: number }[]).map(({ name, depth }) => `${name}@${depth}`)).toEqual(
      ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY@0', 'HOSTNAME_MISMATCH@0', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE@0'],
    );
    expect(second).toMatchObject({ file: file('absent.pem'), ok: false, code: null, errors: [] });
  });

  it('gives policies as JSON', () => {
    const folder = scratch();
    const file = (name: string): string => {
      const path = join(folder, `${name}.pem`);
      writeFileSync(path, encodePem('CERTIFICATE', pkitsCertificate(name)));
      return path;
    };
    const line = ['verify', '--json', ...PKITS, '-policy', '2.16.840.1.101.3.2.1.48.1', '-explicit_policy'];
    const more = ['-CAfile', file('TrustAnchorRootCertificate'), '-untrusted', file('GoodCACert')];
    const { stdout } = tlskit([...line, ...more, file('ValidCertificatePathTest1EE')]);
    const policy = { oid: '2.16.840.1.101.3.2.1.48.1', name: '2.16.840.1.101.3.2.1.48.1', critical: false };
    expect(JSON.parse(stdout)).toMatchObject([
      { ok: true, policies: { explicit: true, authority: [policy], user: [policy] } },
    ]);
  });

  it("-rfc5280 gives the RFC's answer: stricter, and with every path", () => {
    const root = ca('/CN=Root');
    const middle = ca('/CN=Middle', root);
    const expired = ca('/CN=Middle', root, {
      key: middle.key,
      extra: [{ oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') }],
    });
    const [good, zero] = [leaf(middle), leaf(middle, { serial: Buffer.from([0]) })];
    const file = files({
      'root.pem': [root.certificate],
      'untrusted.pem': [expired.certificate, middle.certificate],
      'good.pem': [good.certificate],
      'zero.pem': [zero.certificate],
      'middle.pem': [middle.certificate],
    });
    const line = ['verify', ...TIME, '-CAfile', file('root.pem')];
    const twins = [...line, '-untrusted', file('untrusted.pem'), file('good.pem')];
    expect(tlskit(twins).status).toBe(2);
    expect(tlskit([...twins, '-rfc5280']).stdout).toBe(`${file('good.pem')}: OK\n`);
    const serial = [...line, '-untrusted', file('middle.pem'), file('zero.pem')];
    expect(tlskit(serial).status).toBe(0);
    expect(tlskit([...serial, '-rfc5280']).stderr).toContain('(RFC 5280 section 4.1.2.2: the serial number 0)');
  });
});

describe('-crl_download [K10]', () => {
  it('fetches the CRL from where the certificate says it is, and tells what it cannot have', async () => {
    const root = ca('/CN=Root');
    const crl = buildCrl(
      {
        issuer: root.certificate.subject,
        thisUpdate: timeFromMs(NOW - 1000),
        nextUpdate: timeFromMs(NOW + 1000),
        revoked: [],
        extensions: [],
      },
      signatureFor(root.key),
    );
    const server = createServer((request, response) => {
      if (request.url === '/ca.crl') response.end(crl.der);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const at = (path: string): Extension => {
      const name = gn.uri(`http://127.0.0.1:${port}/${path}`);
      const context = (content: Buffer): Buffer => element(CLASS.context, true, 0, content);
      return { oid: '2.5.29.31', critical: false, value: seq(seq(context(context(name)))) };
    };
    const [good, absent] = [leaf(root, { extra: [at('ca.crl')] }), leaf(root, { extra: [at('absent')] })];
    const file = files({
      'root.pem': [root.certificate],
      'good.pem': [good.certificate],
      'absent.pem': [absent.certificate],
    });
    const line = ['verify', ...TIME, '-CAfile', file('root.pem'), '-no-CApath', '-crl_check'];
    const verify = async (...more: readonly string[]): Promise<Running> => {
      const running = new Running(process.execPath, ['bin/run.js', ...line, ...more]);
      await running.ends();
      return running;
    };
    expect((await verify(file('good.pem'))).stderr).toContain(
      'error 3 at 0 depth lookup: unable to get certificate CRL',
    );
    expect((await verify('-crl_download', file('good.pem'))).stdout).toBe(`${file('good.pem')}: OK\n`);
    const { stderr, status } = await verify('-crl_download', file('absent.pem'));
    expect(status).toBe(2);
    expect(stderr).toContain(
      `Could not read CRL via CDP from http://127.0.0.1:${port}/absent: it answers 404 Not Found\n`,
    );
  });
});

describeWith(['openssl'], 'verify beside openssl [K10]', () => {
  it('finds CRLs in -CAfile and -CRLfile', () => {
    const folder = scratch();
    const pem = (label: string, der: Buffer): string => encodePem(label, der);
    const [root, both, crl] = ['root.pem', 'both.pem', 'good.crl'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const anchor = pem('CERTIFICATE', pkitsCertificate('TrustAnchorRootCertificate'));
    const crls = pem('X509 CRL', pkitsCrl('TrustAnchorRootCRL')) + pem('X509 CRL', pkitsCrl('GoodCACRL'));
    writeFileSync(root, anchor);
    writeFileSync(both, anchor + crls);
    writeFileSync(crl, crls);
    const file = (name: string): string => `test/data/pkits/certs/${name}.crt`;
    for (const store of [
      ['-CAfile', both],
      ['-CAfile', root, '-CRLfile', crl],
      ['-CAfile', root],
    ]) {
      for (const name of ['ValidCertificatePathTest1EE', 'InvalidRevokedEETest3EE']) {
        const line = [
          'verify',
          ...PKITS,
          '-no-CApath',
          ...store,
          '-crl_check_all',
          '-untrusted',
          file('GoodCACert'),
          file(name),
        ];
        expect(tlskit(line)).toEqual(openssl(line));
      }
    }
  });
});
