import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  lstatSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodePem } from '../../src/lib/der/index.ts';
import { describeWith, openssl, type Finished } from '../support/peers.ts';
import { pkitsCertificate, pkitsCrl } from '../support/pkits.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

/** A folder with certificates and CRLs, twins, a double, files with more than one, with none, and links that lead nowhere. */
function fill(folder: string): void {
  mkdirSync(folder);
  const put = (name: string, ...ders: readonly (readonly [string, Buffer])[]): void =>
    writeFileSync(join(folder, name), ders.map(([label, der]) => encodePem(label, der)).join(''));
  const certificate = (name: string): readonly [string, Buffer] => ['CERTIFICATE', pkitsCertificate(name)];
  const crl = (name: string): readonly [string, Buffer] => ['X509 CRL', pkitsCrl(name)];
  const names = readdirSync('test/data/pkits/certs').map((name) => name.replace('.crt', ''));
  for (const name of names.slice(0, 60)) put(`${name}.pem`, certificate(name));
  for (const name of ['GoodCACRL', 'TrustAnchorRootCRL', 'BadSignedCACRL']) put(`${name}.crl`, crl(name));
  put('zdouble.crt', certificate(names[3] as string));
  put('two.pem', certificate(names[0] as string), certificate(names[1] as string));
  put('both.cer', certificate(names[70] as string), crl('DSACACRL'));
  put('ignored.txt', certificate(names[71] as string));
  // one name, two certificates
  put('old-with-old.pem', certificate('BasicSelfIssuedOldKeyCACert'));
  put('old-with-new.pem', certificate('BasicSelfIssuedOldKeyNewWithOldCACert'));
  writeFileSync(join(folder, 'nothing.pem'), 'nothing\n');
  symlinkSync('gone.pem', join(folder, '12345678.0'));
  symlinkSync('gone.crl', join(folder, 'abcdef01.r3'));
}

const links = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => lstatSync(join(folder, name)).isSymbolicLink())
    .map((name) => `${name} -> ${readlinkSync(join(folder, name))}`)
    .sort();

describeWith(['openssl'], 'rehash [K10]', () => {
  it('does what openssl rehash does, line for line and link for link', () => {
    const folder = scratch();
    const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
    fill(ours);
    cpSync(ours, theirs, { recursive: true, verbatimSymlinks: true });
    const both = (...flags: readonly string[]): void => {
      const say = ({ status, stdout, stderr }: Finished): string => `${stdout}${stderr}${status}`;
      const [a, b] = [tlskit(['rehash', ...flags, ours]), openssl(['rehash', ...flags, theirs])];
      expect(say(a).replaceAll(ours, 'F')).toBe(say(b).replaceAll(theirs, 'F'));
      expect(links(ours)).toEqual(links(theirs));
    };
    both('-v', '-n');
    both('-v');
    expect(links(ours).length).toBeGreaterThan(60);
    for (const one of [ours, theirs]) rmSync(join(one, 'GoodCACRL.crl'));
    both('-v');
    both('-v', '-compat');
    both('-v', '-old');
    both();
  });

  it('makes folders that both programs trust, certificates and CRLs, by each hash', () => {
    const folder = scratch();
    for (const [flags, hash] of [
      [[], 'new'],
      [['-old'], 'old'],
      [['-compat'], 'both'],
    ] as const) {
      const trusted = join(folder, hash);
      mkdirSync(trusted);
      writeFileSync(
        join(trusted, 'root.pem'),
        encodePem('CERTIFICATE', pkitsCertificate('TrustAnchorRootCertificate')),
      );
      for (const name of ['TrustAnchorRootCRL', 'GoodCACRL']) {
        writeFileSync(join(trusted, `${name}.crl`), encodePem('X509 CRL', pkitsCrl(name)));
      }
      expect(tlskit(['rehash', ...flags, trusted]).status).toBe(0);
      const line = ['verify', '-no-CAfile', '-CApath', trusted, '-attime', '1302825600', '-crl_check_all'];
      const file = (name: string): string => `test/data/pkits/certs/${name}.crt`;
      const of = (name: string): string[] => [...line, '-untrusted', file('GoodCACert'), file(name)];
      expect(tlskit(of('ValidCertificatePathTest1EE')).status).toBe(0);
      expect(tlskit(of('InvalidRevokedEETest3EE')).stderr).toContain('error 23 at 0 depth lookup: certificate revoked');
      // OpenSSL 3.0 looks for today's hash alone
      if (hash !== 'old') expect(openssl(of('ValidCertificatePathTest1EE')).status).toBe(0);
    }
  });

  it('says what it did as JSON, and counts errors in its exit code', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.pem'), encodePem('CERTIFICATE', pkitsCertificate('GoodCACert')));
    const { stdout, status } = tlskit(['rehash', '--json', folder]);
    expect(status).toBe(0);
    const [{ changes }] = JSON.parse(stdout) as [{ changes: readonly { link: string }[] }];
    expect(changes).toEqual([{ action: 'link', link: changes[0]?.link, file: 'a.pem' }]);
    expect(readFileSync(join(folder, changes[0]?.link as string), 'utf8')).toContain('BEGIN CERTIFICATE');
    const absent = tlskit(['rehash', join(folder, 'absent')]);
    expect([absent.status, absent.stderr]).toEqual([1, `Skipping ${join(folder, 'absent')}, can't write\n`]);
  });
});
