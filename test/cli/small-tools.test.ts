import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith, openssl } from '../support/peers.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

describe('rand', () => {
  test('raw, hex and base64', () => {
    expect(tlskit(['rand', '7']).stdout.length).toBe(7);
    expect(tlskit(['rand', '-hex', '16']).stdout).toMatch(/^[0-9a-f]{32}\n$/);
    expect(tlskit(['rand', '-base64', '50']).stdout).toMatch(/^[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{3}=\n$/);
    expect(tlskit(['rand', '-hex', '-base64', '3']).stdout.length).toBe(5);
  });

  test.each([[['0']], [['x']], [['1', '2']], [[]], [['9999999999']], [['-hex']]])('%j is refused', (args) => {
    const { status, stdout, stderr } = tlskit(['rand', ...args]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tlskit rand: [^\n]+\n$/);
  });
});

describe('version', () => {
  test('scripts find OpenSSL and its version in it', () => {
    expect(tlskit(['version']).stdout).toMatch(/^OpenSSL 3\.0 .*tlskit \d+\.\d+\.\d+.*\n$/);
    expect(tlskit(['version', '-d']).stdout).toMatch(/^OPENSSLDIR: "\/[^"]+"\n$/);
    expect(tlskit(['version', '-a']).stdout.split('\n')).toHaveLength(11);
    expect(JSON.parse(tlskit(['version', '--json']).stdout)).toMatchObject({ dialect: '3.0' });
  });
});

describe('list', () => {
  const lines = (...args: string[]): string[] => tlskit(['list', ...args]).stdout.split('\n');

  test('commands that are there, in columns as wide as those of openssl, or one a line', () => {
    const names = lines('-1', '-commands').slice(0, -1);
    expect(names).toContain('x509');
    for (const name of names) expect(tlskit([name, '-help']).status, name).toBe(0);
    expect(lines('-commands').slice(0, -1).join('\n').trim().split(/\s+/)).toEqual(names);
    expect(lines('-commands')[0]).toHaveLength(4 * 18);
  });

  test('digests, ciphers, types of keys and objects', () => {
    expect(lines('-digest-algorithms')).toContain('  { 2.16.840.1.101.3.4.2.1, SHA2-256, SHA256 } @ default');
    expect(lines('-1', '-cipher-commands')).toContain('aes-256-cbc');
    expect(lines('-public-key-algorithms')).toContain('  { 2.16.840.1.101.3.4.3.18, ML-DSA-65 } @ default');
    expect(lines('-signature-algorithms').join()).not.toContain('ML-KEM');
    expect(lines('-objects')).toContain('CN = commonName, 2.5.4.3');
    expect(JSON.parse(tlskit(['list', '-digest-commands', '--json']).stdout)).toEqual({
      'digest-commands': ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    });
    expect(tlskit(['list']).stderr).toMatch(/^tlskit list: say what to list: [^\n]+\n$/);
  });
});

describe('base64', () => {
  const decode = (input: string): string => tlskit(['base64', '-d'], { input }).stdout;

  test('reads what others write: any line length, CRLF, no last line end, PEM', () => {
    expect(decode('aGVsbG8K')).toBe('hello\n');
    expect(decode('aGVs\r\nbG8K\r\n')).toBe('hello\n');
    expect(decode('-----BEGIN X-----\naGVsbG8K\n-----END X-----\n')).toBe('hello\n');
    expect(decode('aGVsbG8=\naGVsbG8=\n')).toBe('hellohello');
    expect(decode(Buffer.alloc(3000, 7).toString('base64'))).toBe('\u0007'.repeat(3000));
    expect(decode('')).toBe('');
  });

  test.each(['####\n', 'aGVsbG8\n', 'aGVsbG8K\n####\n'])('%j is refused instead of giving nothing', (input) => {
    const { status, stdout, stderr } = tlskit(['base64', '-d'], { input });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tlskit base64: [^\n]+base64[^\n]*\n$/);
  });
});

describeWith(['openssl'], 'enc against OpenSSL', () => {
  const lines: string[][] = [
    [],
    ['-base64'],
    ['-a', '-A'],
    ...['aes-256-cbc', 'aes-128-ctr', 'des-ede3-cbc', 'camellia-192-cbc', 'aes-128-ecb'].flatMap((cipher) => [
      [`-${cipher}`, '-k', 'pw', '-S', '0011223344556677'],
      [`-${cipher}`, '-k', 'pw', '-nosalt', '-pbkdf2', '-a'],
      [`-${cipher}`, '-k', 'pw', '-nosalt', '-md', 'md5', '-p'],
      [`-${cipher}`, '-k', 'pw', '-S', '00', '-iter', '77', '-P'],
    ]),
    ['-aes-128-cbc', '-K', '0011', '-iv', '00'],
    ['-aes-128-cbc', '-k', 'pw', '-nosalt', '-nopad'],
    ['-d', '-aes-128-cbc', '-k', 'pw'],
  ];

  test('the same bytes and exit codes', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'data'), Buffer.from(Array.from({ length: 96 }, (_, i) => (i * 37) & 0xff)));
    for (const line of lines) {
      const args = ['enc', ...line, '-in', 'data'];
      const [ours, theirs] = [tlskit(args, { cwd }), openssl(args, { cwd })];
      expect([ours.status, ours.stdout], args.join(' ')).toEqual([theirs.status, theirs.stdout]);
    }
  });

  test('each decrypts what the other encrypted; a wrong password is one clear line', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'data'), 'hello\n');
    const args = ['enc', '-aes-256-cbc', '-pbkdf2', '-pass', 'pass:pw'];
    for (const [one, other] of [
      [tlskit, openssl],
      [openssl, tlskit],
    ] as const) {
      expect(one([...args, '-in', 'data', '-out', 'enc'], { cwd }).status).toBe(0);
      expect(other([...args, '-d', '-in', 'enc', '-out', 'dec'], { cwd }).status).toBe(0);
      expect(readFileSync(join(cwd, 'dec'), 'utf8')).toBe('hello\n');
    }
    // one in 256 wrong keys gives good padding; with this salt this one does not
    const salted = ['enc', '-aes-256-cbc', '-pbkdf2', '-S', '0011223344556677'];
    expect(tlskit([...salted, '-k', 'pw', '-in', 'data', '-out', 'salted'], { cwd }).status).toBe(0);
    const wrong = tlskit([...salted, '-k', 'no', '-d', '-in', 'salted'], { cwd });
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^tlskit enc: bad decrypt[^\n]+\n$/);
  });
});
