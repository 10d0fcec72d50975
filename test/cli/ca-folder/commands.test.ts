import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { batch, type BatchResult } from '../../support/batch.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { Running } from '../../support/processes.ts';
import { Terminal } from '../../support/terminal.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

/** Runs `ca …` lines one after another, words between spaces. */
const ca = (cwd: string, ...lines: readonly (string | readonly string[])[]): BatchResult[] =>
  batch(lines.map((line) => ({ cwd, args: ['ca', ...(typeof line === 'string' ? line.split(' ') : line)] })));

const good = (results: readonly BatchResult[]): readonly string[] => {
  expect(results.filter(({ status, stderr }) => status !== 0 || stderr !== '')).toEqual([]);
  return results.map(({ stdout }) => stdout);
};

const tree = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

const mode = (path: string): number => statSync(path).mode & 0o777;

const opensslText = (file: string, cwd: string, ...more: string[]): string =>
  openssl(['x509', '-in', file, '-noout', ...more], { cwd }).stdout;

interface Listed {
  readonly certificates: readonly {
    readonly serial: string;
    readonly names: string[];
    readonly status: string;
    readonly template: string;
    readonly replaces: string | null;
    readonly revocation: unknown;
  }[];
}

describeWith(['openssl'], 'CA folder: from init to renewal', () => {
  test('K4: init and issue without a flag give files that work: key 0600, P-256, names, at most 397 days', () => {
    const cwd = scratch();
    const [made, issued] = good(ca(cwd, 'init', 'issue localhost 127.0.0.1 ::1'));
    expect(readdirSync(cwd).sort()).toEqual(['localhost+2-key.pem', 'localhost+2.pem', 'tlskit-ca']);
    expect(readdirSync(join(cwd, 'tlskit-ca')).sort()).toEqual(['ca.db', 'ca.json', 'root-key.pem', 'root.pem']);
    expect([mode(join(cwd, 'localhost+2-key.pem')), mode(join(cwd, 'tlskit-ca/root-key.pem'))]).toEqual([0o600, 0o600]);
    expect(made).toMatch(/^The CA is ready in tlskit-ca[^]*Next steps[^]*tlskit ca issue localhost 127\.0\.0\.1\n/);
    expect(issued).toMatch(/^Issued for localhost, 127\.0\.0\.1, ::1 \(a TLS server\)[^]*localhost\+2-key\.pem/);
    const verify = openssl(
      [
        'verify',
        '-x509_strict',
        '-CAfile',
        'tlskit-ca/root.pem',
        '-verify_hostname',
        'localhost',
        '-purpose',
        'sslserver',
        'localhost+2.pem',
      ],
      { cwd },
    );
    expect(verify.stdout).toBe('localhost+2.pem: OK\n');
    const text = opensslText('localhost+2.pem', cwd, '-text');
    expect(text).toMatch(
      /ASN1 OID: prime256v1[^]*TLS Web Server Authentication[^]*DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1[^]*Subject Key Identifier[^]*Authority Key Identifier/,
    );
    expect(
      openssl(['x509', '-in', 'localhost+2.pem', '-noout', '-checkend', String(397 * 86_400)], { cwd }).status,
    ).toBe(1);
    expect(openssl(['pkey', '-in', 'localhost+2-key.pem', '-pubout'], { cwd }).stdout).toBe(
      opensslText('localhost+2.pem', cwd, '-pubkey'),
    );
  });

  test('K4: root and intermediate, passphrase, constraints, URLs: the chain goes with each certificate', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'pass'), 'sehr geheim\n');
    good(
      ca(
        cwd,
        [
          'init',
          '-name',
          'O=Exämple, CN=Example root',
          '-intermediate',
          '-key-type',
          'rsa:2048',
          '-passout',
          'file:pass',
          '-permit',
          'example.org',
          '-crl-url',
          'http://x.example.org/a,b.crl',
          '-ocsp-url',
          'http://x.example.org/',
          '-leaf-days',
          '90',
        ],
        'issue -passin file:pass www.example.org -passout pass:leafpass -pkcs12',
      ),
    );
    expect(readFileSync(join(cwd, 'tlskit-ca/intermediate-key.pem'), 'latin1')).toMatch(
      /^-----BEGIN ENCRYPTED PRIVATE KEY/,
    );
    expect(readFileSync(join(cwd, 'www.example.org-key.pem'), 'latin1')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY/);
    expect(
      openssl(['verify', '-CAfile', 'tlskit-ca/root.pem', '-untrusted', 'www.example.org.pem', 'www.example.org.pem'], {
        cwd,
      }).stdout,
    ).toBe('www.example.org.pem: OK\n');
    expect(opensslText('www.example.org.pem', cwd, '-ext', 'crlDistributionPoints,authorityInfoAccess')).toMatch(
      /URI:http:\/\/x.example.org\/a%2Cb.crl[^]*OCSP - URI:http:\/\/x.example.org\//,
    );
    expect(
      openssl(['pkcs12', '-in', 'www.example.org.p12', '-passin', 'pass:leafpass', '-nokeys'], { cwd }).stdout.match(
        /BEGIN CERTIFICATE/g,
      ),
    ).toHaveLength(2);
    const [wrong, list] = ca(cwd, 'issue -passin pass:nope b.example.org', 'list -authority root -json');
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong!.stderr).toMatch(/^tlskit ca issue: [^\n]*(pass|decrypt)[^\n]*\n$/i);
    expect(existsSync(join(cwd, 'b.example.org.pem'))).toBe(false);
    expect((JSON.parse(list!.stdout) as Listed).certificates).toMatchObject([{ template: 'ca', status: 'valid' }]);
    // the root revokes its intermediate, and what that has issued falls with it
    good(
      ca(
        cwd,
        'revoke -authority root tlskit-ca/intermediate.pem -reason CACompromise',
        'crl -authority root -passin file:pass -out root.crl',
        'crl -passin file:pass -out own.crl',
      ),
    );
    const crls = ['-CRLfile', 'root.crl', '-CRLfile', 'own.crl', '-crl_check_all'];
    const files = ['-untrusted', 'www.example.org.pem', 'www.example.org.pem'];
    const revoked = openssl(['verify', '-CAfile', 'tlskit-ca/root.pem', ...crls, ...files], { cwd });
    expect(revoked.stdout + revoked.stderr).toMatch(/error 23 at 1 depth lookup: certificate revoked/);
  });

  test('K4: revoked certificates are in the CRL, released ones leave it, delta CRLs say what has changed', () => {
    const cwd = scratch();
    good(
      ca(
        cwd,
        'init -name Revoker',
        'issue a.example',
        'issue b.example',
        'issue c.example',
        'revoke a.example -reason KeyCompromise -invalid-since 2026-01-02',
        'revoke b.example.pem -reason certificateHold',
        'crl -out full.crl -days 3',
      ),
    );
    const check = (name: string): string => {
      const { stdout, stderr } = openssl(
        ['verify', '-crl_check', '-CAfile', 'tlskit-ca/root.pem', '-CRLfile', 'full.crl', `${name}.example.pem`],
        { cwd },
      );
      return /error \d+|OK/.exec(stdout + stderr)?.[0] ?? '';
    };
    expect(['a', 'b', 'c'].map(check)).toEqual(['error 23', 'error 23', 'OK']);
    const full = openssl(['crl', '-in', 'full.crl', '-noout', '-text'], { cwd }).stdout;
    expect(full).toMatch(/CRL Number: \n\s+1\n/);
    expect(full).toMatch(/Key Compromise\n\s+Invalidity Date: \n\s+Jan {2}2 00:00:00 2026 GMT/);
    const [, , delta, again, twice] = ca(
      cwd,
      'revoke b.example -release',
      'revoke c.example',
      'crl -delta -outform DER -out delta.crl',
      'revoke a.example -release',
      'revoke a.example',
    );
    expect(delta!.stdout).toMatch(/^Delta CRL 2 to CRL 1 is in delta.crl: 2 entries/);
    const text = openssl(['crl', '-inform', 'DER', '-in', 'delta.crl', '-noout', '-text'], { cwd }).stdout;
    expect(text).toMatch(/Delta CRL Indicator: critical\n\s+1\n/);
    expect(text.match(/Serial Number/g)).toHaveLength(2);
    expect(text.match(/Remove From CRL/g)).toHaveLength(1);
    expect(again!.stderr).toMatch(/is not on hold; any other revocation is final\n$/);
    expect(twice!.stderr).toMatch(/is revoked already since [^\n]*\(keyCompromise\)\n$/);
    good(ca(cwd, 'crl -out full.crl'));
    expect(['a', 'b', 'c'].map(check)).toEqual(['error 23', 'OK', 'error 23']);
  });

  test('K4: list filters, show, and renewal in place with the same key and with a new one', () => {
    const cwd = scratch();
    good(
      ca(cwd, 'init', 'issue old.example -days 10', 'issue new.example', 'issue gone.example', 'revoke gone.example'),
    );
    const before = opensslText('old.example.pem', cwd, '-pubkey');
    const names = (text: string): string[] =>
      (JSON.parse(text) as Listed).certificates.map(({ names: [name] }) => name!);
    const [valid, revoked, expiring, expired, found, none] = good(
      ca(
        cwd,
        'list -valid -json',
        'list -revoked -json',
        'list -expiring 30 -json',
        'list -expired -json',
        'list EXAMPLE -json',
        'list nothing -json',
      ),
    );
    expect([valid, revoked, expiring, expired, found, none].map((text) => names(text!))).toEqual([
      ['old.example', 'new.example'],
      ['gone.example'],
      ['old.example'],
      [],
      ['old.example', 'new.example', 'gone.example'],
      [],
    ]);
    good(ca(cwd, 'renew old.example.pem new.example.pem -expiring 30 -days 90 -revoke'));
    expect(opensslText('old.example.pem', cwd, '-pubkey')).toBe(before);
    expect(
      openssl(['x509', '-in', 'old.example.pem', '-noout', '-checkend', String(80 * 86_400)], { cwd }).status,
    ).toBe(0);
    const [list, shown, pem, table] = good(
      ca(cwd, 'list old.example -json', 'show old.example -json', 'show old.example -out -', 'list'),
    );
    const [first, second] = (JSON.parse(list!) as Listed).certificates;
    expect(first).toMatchObject({ status: 'revoked', revocation: { reason: 'superseded' } });
    expect(second).toMatchObject({ status: 'valid', replaces: first!.serial, template: 'server' });
    expect(JSON.parse(shown!)).toMatchObject({ serial: second!.serial });
    const [start, short] = ca(
      cwd,
      `show ${second!.serial.slice(0, 10).toLowerCase()} -json`,
      `show ${second!.serial.slice(0, 4)}`,
    );
    expect(JSON.parse(start!.stdout)).toMatchObject({ serial: second!.serial });
    expect(short!.stderr).toMatch(/is no file, and no serial number or name/);
    expect(pem).toBe(readFileSync(join(cwd, 'old.example.pem'), 'latin1'));
    expect(table!.split('\n')[0]).toMatch(/^SERIAL +STATUS +USE +ISSUED +EXPIRES +LEFT +NAMES$/);
    good(ca(cwd, 'renew old.example.pem -new-key'));
    expect(opensslText('old.example.pem', cwd, '-pubkey')).not.toBe(before);
    expect(openssl(['pkey', '-in', 'old.example-key.pem', '-pubout'], { cwd }).stdout).toBe(
      opensslText('old.example.pem', cwd, '-pubkey'),
    );
  });

  test('K4: a request is signed with its names; templates, copying and names of the CA', () => {
    const cwd = scratch();
    good(ca(cwd, 'init'));
    openssl(
      [
        'req',
        '-new',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'k.pem',
        '-out',
        'x.csr',
        '-subj',
        '/O=X/CN=x.example',
        '-addext',
        'subjectAltName=DNS:x.example',
        '-addext',
        'extendedKeyUsage=codeSigning',
      ],
      { cwd },
    );
    good(
      ca(
        cwd,
        'sign x.csr',
        'sign x.csr -template client -out client.pem',
        'sign x.csr -copy all -out all.pem',
        'sign x.csr -name y.example -subj CN=y -out y.pem',
      ),
    );
    const text = (file: string): string => opensslText(file, cwd, '-text');
    expect(text('x.pem')).toMatch(/Subject: O = X, CN = x.example[^]*TLS Web Server Authentication[^]*DNS:x.example/);
    expect(text('client.pem')).toContain('TLS Web Client Authentication');
    expect(text('all.pem')).toMatch(/Code Signing/);
    expect(text('y.pem')).toMatch(/Subject: CN = y\n[^]*DNS:y.example\n/);
    expect(openssl(['verify', '-CAfile', 'tlskit-ca/root.pem', 'x.pem', 'client.pem', 'y.pem'], { cwd }).status).toBe(
      0,
    );
    const [over, none] = ca(cwd, 'sign x.csr', 'sign absent.csr');
    expect(over!.stderr).toMatch(/x\.pem is there already[^\n]*\n$/);
    expect(none!.stderr).toMatch(/cannot read absent\.csr: no such file or directory\n$/);
  });

  test('K4: a list of names: all or none of its lines, and a document', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'list'), '# hosts\na.example www.a.example\n\nb.example, 10.0.0.1 # both\n');
    writeFileSync(join(cwd, 'bad'), 'c.example\n-oops-\n');
    writeFileSync(join(cwd, 'twice'), 'c.example\nd.example\nC.example\n');
    const [, done, bad, twice, list] = ca(
      cwd,
      'init',
      'issue -batch list -outdir out/certs -json',
      'issue -batch bad',
      'issue -batch twice',
      'list -count',
    );
    expect((JSON.parse(done!.stdout) as Listed).certificates).toMatchObject([
      { names: ['a.example', 'www.a.example'], files: { certificate: join('out/certs', 'a.example+1.pem') } },
      { names: ['b.example', '10.0.0.1'] },
    ]);
    expect(bad!.stderr).toMatch(/^tlskit ca issue: bad:2: "-oops-" is no host name[^\n]*\n$/);
    expect(twice!.stderr).toMatch(
      /^tlskit ca issue: twice:3: c\.example\.pem would be written twice, for line 1 too\n$/,
    );
    expect(list!.stdout).toBe('2\n');
  });

  test('K4: to OpenSSL and back: both work on the exported folder, and what is new returns', () => {
    const cwd = scratch();
    good(
      ca(
        cwd,
        'init',
        'issue a.example',
        'issue b.example',
        'revoke b.example -reason superseded',
        'crl -out 1.crl',
        'export demoCA',
      ),
    );
    openssl(
      [
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        'k.pem',
        '-out',
        'n.csr',
        '-subj',
        '/CN=n.example',
        '-addext',
        'subjectAltName=DNS:n.example',
      ],
      { cwd },
    );
    const conf = ['ca', '-config', 'demoCA/openssl.cnf'];
    expect(openssl([...conf, '-batch', '-notext', '-in', 'n.csr', '-out', 'n.pem'], { cwd }).status).toBe(0);
    expect(openssl([...conf, '-revoke', 'a.example.pem', '-crl_compromise', '20260101000000Z'], { cwd }).status).toBe(
      0,
    );
    expect(openssl([...conf, '-gencrl', '-out', '2.crl'], { cwd }).status).toBe(0);
    expect(openssl(['crl', '-in', '2.crl', '-noout', '-text'], { cwd }).stdout).toMatch(
      /CRL Number: \n\s+2\n[^]*Superseded/,
    );
    const [first, second, list, , other] = good(
      ca(
        cwd,
        'import demoCA -json',
        'import demoCA -json',
        'list -json',
        'crl -out 3.crl',
        'import demoCA -ca second -json',
      ),
    );
    expect(JSON.parse(first!)).toEqual({
      folder: 'tlskit-ca',
      added: 1,
      revoked: 1,
      unchanged: 1,
      withoutCertificate: 0,
    });
    expect(JSON.parse(second!)).toMatchObject({ added: 0, revoked: 0, unchanged: 3 });
    expect((JSON.parse(list!) as Listed).certificates).toMatchObject([
      {
        names: ['a.example'],
        status: 'revoked',
        revocation: { reason: 'keyCompromise', invalidSince: '2026-01-01T00:00:00Z' },
      },
      { names: ['b.example'], status: 'revoked' },
      { names: ['n.example'], status: 'valid', template: null },
    ]);
    expect(openssl(['crl', '-in', '3.crl', '-noout', '-crlnumber'], { cwd }).stdout).toBe('crlNumber=0x03\n');
    expect(JSON.parse(other!)).toMatchObject({ folder: 'second', added: 3 });
    good(ca(cwd, 'issue -ca second z.example'));
    expect(openssl(['verify', '-CAfile', 'tlskit-ca/root.pem', 'z.example.pem', 'n.pem'], { cwd }).status).toBe(0);
  });

  test('K4: ocsp-serve answers openssl from the database, as things are at that moment', async () => {
    const cwd = scratch();
    good(ca(cwd, 'init -intermediate', 'issue a.example', 'issue b.example', 'revoke b.example -reason keyCompromise'));
    const node = process.env['TLSKIT_TEST_NODE'] ?? process.execPath;
    const server = new Running(node, [
      resolve('bin/run.js'),
      'ca',
      'ocsp-serve',
      '-port',
      '0',
      '-host',
      '127.0.0.1',
      '-ca',
      join(cwd, 'tlskit-ca'),
    ]);
    try {
      await server.prints(/Answering on .*\n/);
      const url = `http://${/Answering on (\S+)/.exec(server.stdout)![1]}/`;
      const ask = (...files: string[]): string => {
        const certs = files.flatMap((file) => ['-cert', file]);
        return openssl(
          ['ocsp', '-issuer', 'tlskit-ca/intermediate.pem', ...certs, '-CAfile', 'tlskit-ca/root.pem', '-url', url],
          { cwd, timeout: 20_000 },
        ).stdout;
      };
      expect(ask('a.example.pem', 'b.example.pem', 'tlskit-ca/root.pem')).toMatch(
        /a\.example\.pem: good\n[^]*b\.example\.pem: revoked\n[^]*Reason: keyCompromise[^]*root\.pem: unknown/,
      );
      good(ca(cwd, 'revoke a.example'));
      expect(ask('a.example.pem')).toMatch(/a\.example\.pem: revoked\n/);
    } finally {
      await server.stop();
    }
  });
});

describe('CA folder: what is refused, in one line and with nothing written', () => {
  test('K4: what the certificates of the CA forbid', () => {
    const cwd = scratch();
    good(ca(cwd, 'init -intermediate -permit example.org -permit 10.0.0.0/8 -exclude bad.example.org'));
    good(ca(cwd, 'issue www.example.org 10.1.2.3', 'issue -authority root -template ca -subj CN=Below'));
    writeFileSync(join(cwd, 'list'), 'a.example.org\nexample.com b.example.org\n');
    const before = tree(cwd);
    const cases: readonly (readonly [string, RegExp])[] = [
      ['issue example.com', /constraints do not allow a certificate for example\.com: permitted subtree violation\n$/],
      ['issue 11.0.0.1', /for 11\.0\.0\.1: permitted subtree violation/],
      ['issue x.bad.example.org', /excluded subtree violation/],
      ['issue -authority root example.com', /permitted subtree violation/],
      ['issue -template client -subj CN=example.com', /for CN=example\.com: permitted subtree violation/],
      ['issue -batch list', /for example\.com, b\.example\.org: permitted/],
      ['issue -template ca -subj CN=Deeper', /no CA may follow below this one: the CA has the path length 0/],
    ];
    const results = ca(cwd, ...cases.map(([line]) => line));
    for (const [i, [line, pattern]] of cases.entries()) {
      const { status, stdout, stderr } = results[i] as BatchResult;
      expect([line, status, stdout]).toEqual([line, 1, '']);
      expect(stderr).toMatch(pattern);
    }
    expect(tree(cwd)).toEqual(before);
    const [listed] = good(ca(cwd, 'list -json'));
    expect((JSON.parse(listed as string) as Listed).certificates).toHaveLength(1);
  });

  test('K4: a certificate that is no CA, or a root that is not above it, is not taken over', () => {
    const cwd = scratch();
    good(ca(cwd, 'init', 'init -ca other', 'issue a.example', 'issue -template ca -subj CN=Below'));
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        '-cert a.example.pem -key a.example-key.pem -chain tlskit-ca/root.pem',
        /a\.example\.pem: it is no CA's certificate/,
      ],
      ['-cert Below.pem -key Below-key.pem', /give those above it, its root among them, with -chain/],
      [
        '-cert Below.pem -key Below-key.pem -chain other/root.pem',
        /does not lead to the root of -chain: unable to get/,
      ],
    ];
    const results = ca(cwd, ...cases.map(([line]) => `init -ca new ${line}`));
    expect(results.map(({ status }) => status)).toEqual([1, 1, 1]);
    for (const [i, [, pattern]] of cases.entries()) expect(results[i]?.stderr).toMatch(pattern);
    expect(existsSync(join(cwd, 'new'))).toBe(false);
    good(
      ca(cwd, 'init -ca new -cert Below.pem -key Below-key.pem -chain tlskit-ca/root.pem', 'issue -ca new b.example'),
    );
  });

  test('K4: a request that names nothing is told how names are added', () => {
    const cwd = scratch();
    good(ca(cwd, 'init'));
    batch([{ cwd, args: 'req -new -newkey rsa:1024 -noenc -keyout k -subj /CN=www.example -out r.csr'.split(' ') }]);
    const [without, other] = ca(cwd, 'sign r.csr', 'sign r.csr -name www.example');
    expect(without).toMatchObject({ status: 1, stdout: '' });
    expect(without?.stderr).toMatch(/the request has no subjectAltName[^\n]*: add one with -name www\.example\n$/);
    expect(other?.status).toBe(0);
  });

  test('K4: each mistake names itself and the way out', () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'rest'));
    writeFileSync(join(cwd, 'rest/root-key.pem'), 'x');
    good(ca(cwd, 'init', 'issue a.example', 'issue a.example -out second.pem'));
    const cases: readonly (readonly [string, RegExp])[] = [
      ['init', /there is a CA in tlskit-ca already/],
      ['init -ca rest', /root-key\.pem is in the way/],
      ['init -ca new -name O=x,CN', /"CN"/],
      ['init -ca new -permit *.x', /is no name constraint/],
      ['init -ca new -key-type rsa:100', /1024 to 16384 bits/],
      ['init -ca new -crl-url nothing', /option -crl-url takes a URL/],
      ['init -ca new -db mysql://x/y', /a file or postgres/],
      ['init -ca new -days 0', /-days 0 is too small/],
      ['init -ca new -passout pass:abc', /shorter than 4/],
      ['issue', /name what the certificate is for/],
      ['issue a.example', /a\.example\.pem is there already; "tlskit ca renew/],
      ['issue b.example -days 0', /good for a day at least/],
      ['issue b.example -template x', /there is no template "x"; there are server, client/],
      ['issue b.example -addext foo', /should read name=value/],
      ['issue b.example -ca nowhere', /there is no CA in nowhere; "tlskit ca init" makes one/],
      ['issue b.example -key absent', /cannot read absent/],
      ['issue b.example -authority intermediate', /has no intermediate/],
      ['issue -batch absent', /cannot read absent/],
      ['revoke', /name a certificate/],
      ['revoke a.example', /2 certificates are for "a\.example": name one by its file or number/],
      ['revoke nobody.example', /no file, and no serial number or name/],
      ['revoke second.pem -reason because', /"because" is no reason to revoke; there are unspecified/],
      ['revoke second.pem -invalid-since 2999-01-01', /in the future/],
      ['revoke tlskit-ca/root.pem', /has not issued this certificate/],
      ['crl -delta', /no full CRL yet/],
      ['crl -days 0', /good for some time/],
      ['renew second.pem -keyout k.pem', /-keyout goes with -new-key/],
      ['show', /name a certificate/],
      ['import absent', /there is no .*index\.txt/],
      ['export tlskit-ca', /is not empty/],
    ];
    const before = tree(cwd);
    const results = ca(cwd, ...cases.map(([line]) => line));
    for (const [i, [line, want]] of cases.entries()) {
      const { status, stdout, stderr } = results[i]!;
      expect({ line, status, stdout, lines: stderr.split('\n').length }).toEqual({
        line,
        status: 1,
        stdout: '',
        lines: 2,
      });
      expect(stderr).toMatch(want);
    }
    expect(tree(cwd)).toEqual(before);
  });

  test('K4: a certificate of mailboxes alone is for mail, and a mistyped command is told', () => {
    const cwd = scratch();
    tlskit(['ca', 'init', '-yes'], { cwd });
    const issued = tlskit(['ca', 'issue', 'jo@example.org', '--json'], { cwd });
    expect(JSON.parse(issued.stdout)).toMatchObject({ template: 'email' });
    const mixed = tlskit(['ca', 'issue', 'jo@example.org', 'www.example.org', '--json'], { cwd });
    expect(JSON.parse(mixed.stdout)).toMatchObject({ template: 'server' });
    expect(tlskit(['ca', 'isue', 'localhost'], { cwd })).toMatchObject({
      status: 1,
      stderr: 'tlskit ca: there is no "ca isue", and no file of that name; did you mean "ca issue"?\n',
    });
  });

  test('the folder may be named by $TLSKIT_CA', () => {
    const cwd = scratch();
    const env = { TLSKIT_CA: join(cwd, 'elsewhere') };
    expect(tlskit(['ca', 'init'], { cwd, env }).status).toBe(0);
    expect(tlskit(['ca', 'issue', 'a.example', '-out', '-'], { cwd, env }).stdout).toMatch(
      /^-----BEGIN CERT[^]*BEGIN PRIVATE KEY/,
    );
  });
});

describeWith(['tmux'], 'CA folder: on a terminal', () => {
  test('K4: init asks for what no flag says, and Enter takes the defaults', async () => {
    const cwd = scratch();
    const node = process.env['TLSKIT_TEST_NODE'] ?? process.execPath;
    const tty = new Terminal(
      `sh -c '"${node}" "${resolve('bin/run.js')}" ca init -days 100; echo "exit=$?"; sleep 60'`,
      cwd,
    );
    await tty.see(/Name of the CA \[tlskit CA of .*\]/);
    tty.type('Asked CA');
    tty.press('Enter');
    await tty.see(/An intermediate CA below it, too\?/);
    tty.press('Enter');
    await tty.see(/Type of key \[P-256\]/);
    tty.type('nonsense');
    tty.press('Enter');
    await tty.see(/there is no key algorithm "nonsense"/);
    for (let i = 0; i < 8; i += 1) tty.press('BSpace');
    tty.press('Enter');
    await tty.see(/Encrypt its key with a passphrase\?/);
    tty.type('y');
    tty.press('Enter');
    await tty.see(/Passphrase:/);
    tty.type('sesame');
    tty.press('Enter');
    await tty.see(/Verifying - Passphrase:/);
    tty.type('sesame');
    tty.press('Enter');
    const screen = await tty.see(/exit=0/);
    expect(screen).toMatch(/The CA is ready in tlskit-ca[^]*encrypted with your passphrase/);
    expect(screen).not.toContain('sesame');
    expect(readFileSync(join(cwd, 'tlskit-ca/root-key.pem'), 'latin1')).toContain('ENCRYPTED');
    expect(tlskit(['ca', 'issue', 'a.example', '-passin', 'pass:sesame'], { cwd }).status).toBe(0);
  });
});
