import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const SCHEMES = [
  '',
  '-v2 aes-128-cbc',
  '-v2 des3 -v2prf hmacWithSHA1',
  '-v2 camellia256 -v2prf hmacWithSHA512',
  '-v2 aria192',
  '-iter 5000',
  '-noiter',
  '-scrypt',
  '-scrypt -scrypt_N 1024 -scrypt_r 4 -scrypt_p 2',
  '-v1 PBE-SHA1-3DES',
  '-v1 PBE-SHA1-2DES',
];

describeWith(['openssl'], 'K8 encrypted keys go both ways between tlskit and openssl', () => {
  it.each(SCHEMES)('pkcs8 -topk8 %s', (scheme) => {
    const cwd = scratch();
    expect(tlskit(['genkey', '-out', 'key'], { cwd }).status).toBe(0);
    const words = ['pkcs8', '-topk8', '-in', 'key', '-passout', 'pass:secret', ...scheme.split(' ').filter(Boolean)];
    const plain = tlskit(['pkey', '-in', 'key'], { cwd }).stdout;
    expect(tlskit([...words, '-out', 'ours'], { cwd }).status).toBe(0);
    expect(openssl(['pkey', '-in', 'ours', '-passin', 'pass:secret'], { cwd }).stdout).toBe(plain);
    expect(openssl([...words, '-out', 'theirs'], { cwd }).status).toBe(0);
    expect(tlskit(['pkcs8', '-in', 'theirs', '-passin', 'pass:secret'], { cwd }).stdout).toBe(plain);
    // the same algorithms and numbers, apart from salts: octets that happen to be text are printed as such, others in hexadecimal
    const shape = (file: string): string[] =>
      openssl(['asn1parse', '-in', file], { cwd })
        .stdout.split('\n')
        .map((line) => line.replace(/^ *\d+:|(?<=OCTET STRING).*/g, ''));
    expect(shape('ours')).toEqual(shape('theirs'));
  });

  it.each(['aes256', 'des3', 'camellia128'])('traditional PEM with -%s', (cipher) => {
    const cwd = scratch();
    tlskit(['genrsa', '-traditional', `-${cipher}`, '-passout', 'pass:secret', '-out', 'ours', '1024'], { cwd });
    expect(openssl(['rsa', '-in', 'ours', '-passin', 'pass:secret', '-check', '-noout'], { cwd }).stdout).toBe(
      'RSA key ok\n',
    );
    openssl(
      [
        'rsa',
        '-in',
        'ours',
        '-passin',
        'pass:secret',
        '-traditional',
        `-${cipher}`,
        '-passout',
        'pass:other',
        '-out',
        'theirs',
      ],
      { cwd },
    );
    expect(tlskit(['rsa', '-in', 'theirs', '-passin', 'pass:other', '-check', '-noout'], { cwd }).stdout).toBe(
      'RSA key ok\n',
    );
  });
});

describe('K8 passphrase sources', () => {
  const locked = (cwd: string): void => {
    tlskit(['genkey', '-aes256', '-passout', 'pass:one', '-out', 'locked'], { cwd });
  };
  const read = (cwd: string, args: string[], options: { input?: string; env?: Record<string, string> } = {}): unknown =>
    tlskit(['pkey', '-in', 'locked', '-noout', ...args], { cwd, ...options }).status;

  it('reads pass:, env:, file: and stdin', () => {
    const cwd = scratch();
    locked(cwd);
    writeFileSync(join(cwd, 'pw'), 'one\ntwo\n');
    expect(read(cwd, ['-passin', 'pass:one'])).toBe(0);
    expect(read(cwd, ['-passin', 'env:KEY_PASS'], { env: { KEY_PASS: 'one' } })).toBe(0);
    expect(read(cwd, ['-passin', 'file:pw'])).toBe(0);
    expect(read(cwd, ['-passin', 'stdin'], { input: 'one\n' })).toBe(0);
    expect(read(cwd, ['-passin', 'pass:two'])).toBe(1);
  });

  it('takes the first and the second line of one file for input and output', () => {
    const cwd = scratch();
    locked(cwd);
    writeFileSync(join(cwd, 'pw'), 'one\ntwo\n');
    tlskit(['pkey', '-in', 'locked', '-passin', 'file:pw', '-aes128', '-passout', 'file:pw', '-out', 'again'], { cwd });
    expect(tlskit(['pkey', '-in', 'again', '-passin', 'pass:two', '-noout'], { cwd }).status).toBe(0);
  });

  it('reads passphrase and key from the same standard input', () => {
    const cwd = scratch();
    locked(cwd);
    const input = `one\n${readFileSync(join(cwd, 'locked'), 'latin1')}`;
    expect(tlskit(['pkey', '-passin', 'stdin', '-pubout'], { cwd, input }).stdout).toContain('BEGIN PUBLIC KEY');
  });

  it('asks in a pipe too, twice for a new one, four characters at least', () => {
    const cwd = scratch();
    expect(tlskit(['genkey', '-aes256', '-out', 'key'], { cwd, input: 'long enough\nlong enough\n' }).status).toBe(0);
    expect(read(cwd, ['-in', 'key'], { input: 'long enough\n' })).toBe(0);
    const short = tlskit(['genkey', '-aes256', '-out', 'no'], { cwd, input: 'abc\nabc\n' });
    expect(short.status).toBe(1);
    expect(short.stderr).toContain('shorter than 4 characters');
    const differ = tlskit(['genkey', '-aes256', '-out', 'no'], { cwd, input: 'abcd\nabce\n' });
    expect(differ.stderr).toContain('differ');
  });

  it('says in one line that a passphrase is wrong, and never shows it', () => {
    const cwd = scratch();
    locked(cwd);
    const { status, stderr } = tlskit(['pkey', '-in', 'locked', '-passin', 'pass:swordfish'], { cwd });
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/passphrase/);
    expect(stderr).not.toContain('swordfish');
  });

  it.skipIf(process.platform === 'win32')('writes private keys for their owner only', () => {
    const cwd = scratch();
    tlskit(['genkey', '-out', 'key', '--public', 'key.pub'], { cwd });
    expect(statSync(join(cwd, 'key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(cwd, 'key.pub')).mode & 0o777).toBe(0o666 & ~process.umask());
  });
});
