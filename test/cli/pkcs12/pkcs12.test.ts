import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { describeWith, openssl, run } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const DATA = 'test/data/pkcs12';
const FILES: readonly (readonly [file: string, password: string])[] = [
  ['openssl-default.p12', 'secret'],
  ['openssl-legacy.p12', 'secret'],
  ['openssl-rc4.p12', 'secret'],
  ['openssl-nomac.p12', 'secret'],
  ['openssl-plain.p12', ''],
  ['openssl-empty.p12', ''],
  ['openssl-utf8.p12', 'Пароль 🔑'],
  ['openssl-widened.p12', 'päss'],
  ['openssl-ms.p12', 'secret'],
  ['nss.p12', 'secret'],
  ['gnutls-aes-128.p12', 'secret'],
  ['java.p12', 'secret'],
  ['java-legacy.p12', 'secret'],
];
const SELECTIONS = ['-info -nodes', '-nokeys -clcerts', '-cacerts -nokeys', '-nocerts -noenc', '-noout -info'];

/** A folder with the key and certificates of the test data. */
function workshop(): string {
  const folder = scratch();
  for (const name of ['leaf.key', 'leaf.pem', 'ca.pem']) copyFileSync(join(DATA, name), join(folder, name));
  return folder;
}

describeWith(['openssl'], 'K5 K9 pkcs12 -in prints what openssl prints', () => {
  it.each(FILES)(
    '%s',
    (file, password) => {
      const args = ['pkcs12', '-in', join(DATA, file), '-passin', `pass:${password}`, '-legacy'];
      const selections = /nss|gnutls/.test(file) ? SELECTIONS.slice(0, 1) : SELECTIONS;
      for (const selection of selections) {
        const line = [...args, ...selection.split(' ')];
        expect(tlskit(line), selection).toEqual(openssl(line));
      }
    },
    60_000,
  );
});

const OPTIONS = [
  '',
  '-name leaf -caname ca',
  '-legacy',
  '-descert -macalg sha512 -iter 100',
  '-nomac',
  '-noiter -nomaciter',
  '-keypbe NONE -certpbe PBE-SHA1-3DES',
  '-CSP Provider -LMK -keyex',
  '-nokeys -caname one -caname two',
];

describeWith(['openssl'], 'K5 pkcs12 -export makes what openssl makes', () => {
  it.each(OPTIONS)(
    '%s',
    (options) => {
      const cwd = workshop();
      const line = `pkcs12 -export -in leaf.pem -inkey leaf.key -certfile ca.pem -passout pass:ü ${options}`
        .trim()
        .split(' ');
      const shown = (program: typeof openssl, out: string) => {
        expect(program([...line, '-out', out], { cwd })).toMatchObject({ status: 0, stdout: '' });
        expect(statSync(join(cwd, out)).mode & 0o777).toBe(0o600);
        return openssl(['pkcs12', '-in', out, '-passin', 'pass:ü', '-info', '-nodes', '-legacy'], { cwd });
      };
      expect(shown(tlskit, 'ours.p12')).toEqual(shown(openssl, 'theirs.p12'));
      const [ours, theirs] = ['ours.p12', 'theirs.p12'].map((name) => readFileSync(join(cwd, name)).length);
      expect(Math.abs((ours as number) - (theirs as number))).toBeLessThan(1);
    },
    30_000,
  );
});

describe('K5 the contract line', () => {
  it('asks for the password, twice, as lines from a pipe', () => {
    const cwd = workshop();
    const line = 'pkcs12 -export -in leaf.pem -inkey leaf.key -certfile ca.pem -out agent5.pfx'.split(' ');
    expect(tlskit(line, { cwd, input: 'one\ntwo\n' })).toMatchObject({ status: 1 });
    expect(existsSync(join(cwd, 'agent5.pfx'))).toBe(false);
    expect(tlskit(line, { cwd, input: 'pass\npass\n' })).toMatchObject({ status: 0 });
    const pfx = readFileSync(join(cwd, 'agent5.pfx'));
    expect(() => createSecureContext({ pfx, passphrase: 'pass' })).not.toThrow();
  });

  it('pkcs12 export is pkcs12 -export', () => {
    const cwd = workshop();
    const line = 'pkcs12 export -in leaf.pem -inkey leaf.key -passout pass:x -out a.p12'.split(' ');
    expect(tlskit(line, { cwd })).toMatchObject({ status: 0, stderr: '' });
    const read = tlskit(['pkcs12', '-in', 'a.p12', '-passin', 'pass:x', '-passout', 'pass:out1'], { cwd });
    expect(read.stdout).toMatch(/BEGIN CERTIFICATE[^]*BEGIN ENCRYPTED PRIVATE KEY/);
  });
});

describe('K5 refusals: one line, exit 1, no file', () => {
  const lines: readonly (readonly [line: string, words: string])[] = [
    ['-in IN -passin pass:wrong', 'Mac verify error: invalid password?'],
    ['-in leaf.pem -passin pass:x', 'not a PKCS#12 file'],
    ['-in nowhere.p12 -passin pass:x', 'no such file'],
    ['-export -in ca.pem -inkey leaf.key -passout pass:x', "No cert in -in file 'ca.pem' matches private key"],
    ['-export -in leaf.pem -passout pass:x', 'leaf.pem'],
    ['-export -in leaf.key -inkey leaf.key -passout pass:x', 'no certificate'],
    ['-export -nokeys -nocerts -in leaf.pem -passout pass:x', 'Nothing to export'],
    ['-export -in leaf.pem -inkey leaf.key -passout pass:x -keypbe foo', 'Unknown PBE algorithm foo'],
    ['-export -in leaf.pem -inkey leaf.key -passout pass:x -macalg foo', 'no digest "foo"'],
    ['-export -in leaf.pem -inkey leaf.key -passout pass:x -iter 0', '-iter'],
    ['-export -in leaf.pem -inkey leaf.key -passout pass:x -twopass', '-twopass'],
    [
      '-export -in leaf.pem -inkey leaf.key -passout pass:x -chain -CAfile leaf.pem -no-CApath',
      'Error getting chain: ',
    ],
    ['-export -in leaf.pem -passout pass:x -jdktrust foo', 'jdktrust'],
  ];
  it.each(lines)('%s', (line, words) => {
    const cwd = workshop();
    copyFileSync(join(DATA, 'openssl-default.p12'), join(cwd, 'IN'));
    const result = tlskit(['pkcs12', ...line.split(' '), '-out', 'never'], { cwd });
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain(words);
    expect(result.stderr).toMatch(/^[^\n]+\n$/);
    expect(existsSync(join(cwd, 'never'))).toBe(false);
  });
});

describe('K9 --json', () => {
  const json = (args: readonly string[], cwd?: string): Record<string, unknown> => {
    const result = tlskit(args, cwd === undefined ? {} : { cwd });
    expect(result).toMatchObject({ status: 0 });
    return JSON.parse(result.stdout) as Record<string, unknown>;
  };

  it('reading', () => {
    const read = json([
      'pkcs12',
      '-in',
      join(DATA, 'openssl-default.p12'),
      '-passin',
      'pass:secret',
      '-nodes',
      '--json',
    ]);
    expect(read).toMatchObject({
      version: 3,
      integrity: 'verified',
      mac: { algorithm: 'sha256', iterations: 2048, length: 32, saltLength: 8 },
      contents: [
        {
          type: 'encrypted',
          encryption: { algorithm: 'PBES2', kdf: 'PBKDF2', cipher: 'AES-256-CBC', iterations: 2048 },
          bags: [
            { type: 'certificate', friendlyName: 'leaf', subject: 'CN = leaf', serial: '11' },
            { type: 'certificate', friendlyName: 'the ca', localKeyId: null, subject: 'O = Test, CN = Test CA' },
          ],
        },
        { type: 'data', encryption: null, bags: [{ type: 'shroudedKey', keyType: 'ec', friendlyName: 'leaf' }] },
      ],
    });
    expect(JSON.stringify(read)).toContain('BEGIN PRIVATE KEY');
    const outline = json([
      'pkcs12',
      '-in',
      join(DATA, 'openssl-default.p12'),
      '-passin',
      'pass:secret',
      '-noout',
      '--json',
    ]);
    expect(JSON.stringify(outline)).not.toContain('BEGIN');
  });

  it('making', () => {
    const cwd = workshop();
    const line = 'pkcs12 -export -in leaf.pem -inkey leaf.key -name n -passout pass:x -out a.p12 --json'.split(' ');
    expect(json(line, cwd)).toMatchObject({
      file: 'a.p12',
      key: { type: 'ec', encryption: { algorithm: 'PBES2', cipher: 'aes-256-cbc', iterations: 2048 } },
      certificates: [{ subject: 'CN = leaf', friendlyName: 'n' }],
      mac: { digest: 'sha256', iterations: 2048 },
    });
    expect(
      tlskit(
        line.filter((word) => word !== '-out' && word !== 'a.p12'),
        { cwd },
      ).status,
    ).toBe(1);
  });
});

describeWith(['keytool', 'certtool', 'certutil', 'pk12util'], 'K5 Java, GnuTLS and NSS read what is written', () => {
  it.each(['', '-legacy'])(
    '%s',
    (options) => {
      const cwd = workshop();
      const line = `pkcs12 -export -in leaf.pem -inkey leaf.key -certfile ca.pem -name leaf -caname ca -passout pass:secret -out a.p12 ${options}`;
      expect(tlskit(line.trim().split(' '), { cwd }).status).toBe(0);
      expect(run('keytool', ['-list', '-keystore', 'a.p12', '-storepass', 'secret'], { cwd }).stdout).toMatch(
        /leaf, .*PrivateKeyEntry/,
      );
      const shown = run('certtool', ['--p12-info', '--inder', '--infile', 'a.p12', '--password', 'secret'], { cwd });
      expect(shown.stdout).toMatch(/BEGIN CERTIFICATE/);
      run('certutil', ['-N', '-d', 'sql:.', '--empty-password'], { cwd });
      expect(run('pk12util', ['-i', 'a.p12', '-d', 'sql:.', '-W', 'secret'], { cwd }).status).toBe(0);
      expect(run('certutil', ['-K', '-d', 'sql:.'], { cwd }).stdout).toMatch(/leaf/);
    },
    60_000,
  );

  it('Java trusts a certificate with -jdktrust', () => {
    const cwd = workshop();
    const line = 'pkcs12 -export -in ca.pem -jdktrust anyExtendedKeyUsage -caname root -passout pass:secret -out t.p12';
    expect(tlskit(line.split(' '), { cwd }).status).toBe(0);
    expect(run('keytool', ['-list', '-keystore', 't.p12', '-storepass', 'secret'], { cwd }).stdout).toMatch(
      /root, .*trustedCertEntry/,
    );
  });
});

describe('input', () => {
  it('key and certificates in one file, also from a pipe', () => {
    const cwd = workshop();
    const all = Buffer.concat(['ca.pem', 'leaf.key', 'leaf.pem'].map((name) => readFileSync(join(cwd, name))));
    writeFileSync(join(cwd, 'all.pem'), all);
    const line = ['pkcs12', '-export', '-passout', 'pass:x', '-out', 'a.p12'];
    expect(tlskit(line, { cwd, input: all }).status).toBe(0);
    expect(tlskit([...line, '-in', 'all.pem', '-caname', 'first'], { cwd }).status).toBe(0);
    const piped = tlskit(['pkcs12', '-nokeys', '-passin', 'pass:x'], { cwd, input: readFileSync(join(cwd, 'a.p12')) });
    expect(piped.stdout).toMatch(/subject=CN = leaf\n[^]*friendlyName: first\nsubject=O = Test, CN = Test CA\n/);
  });

  it('certificates out of PKCS#12, also in the PEM of certtool', () => {
    const cwd = workshop();
    copyFileSync(join(DATA, 'openssl-default.p12'), join(cwd, 'in.p12'));
    const base64 = readFileSync(join(cwd, 'in.p12')).toString('base64').replace(/.{64}/g, '$&\n');
    writeFileSync(join(cwd, 'in.pem'), `-----BEGIN PKCS12-----\n${base64}\n-----END PKCS12-----\n`);
    const line = 'pkcs12 -export -in leaf.pem -inkey leaf.key -passout pass:x -certfile'.split(' ');
    for (const [file, more, input] of [
      ['in.p12', ['-passcerts', 'pass:secret'], ''],
      ['in.pem', [], 'secret\n'],
    ] as const) {
      expect(tlskit([...line, file, ...more, '-out', 'a.p12'], { cwd, input }).status).toBe(0);
      const read = tlskit(['pkcs12', '-nokeys', '-passin', 'pass:x', '-in', 'a.p12'], { cwd });
      expect(read.stdout).toMatch(/subject=CN = leaf\n[^]*friendlyName: leaf[^]*friendlyName: the ca/);
    }
    expect(tlskit(['pkcs12', '-noout', '-passin', 'pass:secret', '-in', 'in.pem'], { cwd }).status).toBe(0);
  });

  it('the last of -nodes and a cipher counts', () => {
    const line = [
      'pkcs12',
      '-in',
      join(DATA, 'openssl-default.p12'),
      '-passin',
      'pass:secret',
      '-nocerts',
      '-passout',
      'pass:abcd',
    ];
    expect(tlskit([...line, '-nodes', '-aes128']).stdout).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect(tlskit([...line, '-aes128', '-nodes']).stdout).toContain('BEGIN PRIVATE KEY');
  });
});
