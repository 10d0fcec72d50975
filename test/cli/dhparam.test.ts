import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith, openssl } from '../support/peers.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

describe('K6 dhparam', () => {
  test('finds parameters, writes only the file, says one line', () => {
    const cwd = scratch();
    const { status, stdout, stderr } = tlskit(['dhparam', '-out', 'dh.pem', '512'], { cwd });
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toBe('Generating DH parameters, 512 bit long safe prime\n');
    expect(statSync(join(cwd, 'dh.pem')).mode & 0o777).toBe(0o666 & ~process.umask());
    const check = tlskit(['dhparam', '-in', 'dh.pem', '-check', '-noout'], { cwd });
    expect(check).toEqual({ status: 0, stdout: '', stderr: 'DH parameters appear to be ok.\n' });
  });

  test('-quiet says nothing', () => {
    const { status, stdout, stderr } = tlskit(['dhparam', '-quiet', '-5', '512']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^-----BEGIN DH PARAMETERS-----\n/);
  });

  test('a named group is there at once, in text, PEM, DER and JSON', () => {
    const cwd = scratch();
    expect(tlskit(['dhparam', '--group', 'ffdhe2048', '-text', '-noout'], { cwd }).stdout).toBe(
      '    DH Parameters: (2048 bit)\n    GROUP: ffdhe2048\n',
    );
    const run = tlskit(['dhparam', '-group', 'FFDHE2048', '-outform', 'DER', '-out', 'a.der', '--json', '-check'], {
      cwd,
    });
    expect(JSON.parse(run.stdout)).toMatchObject({ type: 'dh', bits: 2048, group: 'ffdhe2048', g: '2', valid: true });
    expect(readFileSync(join(cwd, 'a.der')).length).toBe(268);
  });

  test.each([
    [['-group', 'nosuch'], /not a named group/],
    [['-group', 'ffdhe2048', '2048'], /-group goes with no size/],
    [['-dsaparam', '-2', '512'], /generator cannot be chosen/],
    [['511'], /512 to 10000/],
    [['99999'], /512 to 10000/],
    [['-dsaparam', '100'], /512 to 10000/],
    [['abc'], /"abc"/],
    [['512', '600'], /one argument too many/],
    [['-in', 'missing.pem'], /missing\.pem.*no such file/],
    [['-in', '.'], /directory/],
    [['-inform', 'PKCS12'], /-inform takes PEM or DER/],
    [[], /standard input: /],
  ])('%j fails with one line and writes nothing', (args, message) => {
    const cwd = scratch();
    const { status, stdout, stderr } = tlskit(['dhparam', ...args, '-out', 'x.pem'], { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tlskit dhparam: [^\n]+\n$/);
    expect(existsSync(join(cwd, 'x.pem'))).toBe(false);
  });

  test('-check of bad parameters: exit 1, the reason, and no output but the text', () => {
    const cwd = scratch();
    const pem = tlskit(['dhparam', '-group', 'modp_1536', '-outform', 'DER']).stdout;
    const bytes = Buffer.from(pem, 'latin1');
    bytes[100] = (bytes[100] as number) ^ 1;
    writeFileSync(join(cwd, 'bad.der'), bytes);
    const { status, stdout, stderr } = tlskit(['dhparam', '-in', 'bad.der', '-check', '-text'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toBe('Error, invalid parameters generated: p is not a prime\n');
    expect(stdout).toMatch(/^ {4}DH Parameters: \(1536 bit\)\n {4}P: {3}\n/);
    expect(stdout).not.toContain('BEGIN');
  });
});

describeWith(['openssl'], 'K6 dhparam against OpenSSL', () => {
  const make: [string, string[]][] = [
    ['safe.pem', ['dhparam', '-out', 'safe.pem', '512']],
    ['three.pem', ['dhparam', '-3', '-out', 'three.pem', '512']],
    ['dsa-style.pem', ['dhparam', '-dsaparam', '-out', 'dsa-style.pem', '1024']],
    ['group.pem', ['genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe3072', '-out', 'group.pem']],
    ['x942.pem', ['genpkey', '-genparam', '-algorithm', 'DHX', '-pkeyopt', 'group:dh_2048_224', '-out', 'x942.pem']],
    [
      'fips.pem',
      [
        'genpkey',
        '-genparam',
        '-algorithm',
        'DHX',
        '-pkeyopt',
        'dh_paramgen_prime_len:1024',
        '-pkeyopt',
        'dh_paramgen_subprime_len:160',
        '-pkeyopt',
        'dh_paramgen_type:1',
        '-out',
        'fips.pem',
      ],
    ],
  ];
  test.each(make)('%s: the same text, PEM, DER and verdict', (file, command) => {
    const cwd = scratch();
    expect(openssl(command, { cwd }).status).toBe(0);
    for (const args of [
      ['-text', '-noout'],
      ['-text'],
      [],
      ['-outform', 'DER'],
      ['-check', '-noout'],
      ['-outform', 'd', '-text'],
    ]) {
      const ours = tlskit(['dhparam', '-in', file, ...args], { cwd });
      const theirs = openssl(['dhparam', '-in', file, ...args], { cwd });
      expect(ours).toEqual(theirs);
      tlskit(['dhparam', '-in', file, ...args, '-out', 'ours'], { cwd });
      openssl(['dhparam', '-in', file, ...args, '-out', 'theirs'], { cwd });
      expect(readFileSync(join(cwd, 'ours'))).toEqual(readFileSync(join(cwd, 'theirs')));
    }
  });

  test('DSA parameters are converted as OpenSSL does', () => {
    const cwd = scratch();
    openssl(['dsaparam', '-out', 'dsa.pem', '1024'], { cwd });
    const args = ['dhparam', '-dsaparam', '-in', 'dsa.pem', '-text'];
    expect(tlskit(args, { cwd })).toEqual(openssl(args, { cwd }));
  });

  test.each([
    ['2', ['-2', '512']],
    ['3', ['-3', '512']],
    ['5', ['-5', '512']],
    ['2', ['1024']],
    ['dsa', ['-dsaparam', '1024']],
    ['dsa', ['-dsaparam', '513']],
  ])('what we make passes OpenSSL (generator %s)', (_, args) => {
    const cwd = scratch();
    expect(tlskit(['dhparam', ...args, '-out', 'dh.pem'], { cwd }).status).toBe(0);
    const check = openssl(['dhparam', '-in', 'dh.pem', '-check', '-noout'], { cwd });
    expect([check.status, check.stderr]).toEqual([0, 'DH parameters appear to be ok.\n']);
    // and OpenSSL writes it back as it was
    expect(openssl(['dhparam', '-in', 'dh.pem'], { cwd }).stdout).toBe(readFileSync(join(cwd, 'dh.pem'), 'latin1'));
    const key = openssl(['genpkey', '-paramfile', 'dh.pem', '-out', 'key.pem'], { cwd });
    expect(key.status).toBe(0);
  });

  test('-in with a size generates, and says that the file is ignored', () => {
    const cwd = scratch();
    openssl(['dhparam', '-out', 'a.pem', '512'], { cwd });
    copyFileSync(join(cwd, 'a.pem'), join(cwd, 'b.pem'));
    const { status, stderr } = tlskit(['dhparam', '-in', 'a.pem', '-out', 'b.pem', '512'], { cwd });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Warning, input file a\.pem ignored\n/);
    expect(readFileSync(join(cwd, 'b.pem'), 'utf8')).not.toBe(readFileSync(join(cwd, 'a.pem'), 'utf8'));
  });
});
