import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith, openssl } from '../support/peers.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

describe('passwd', () => {
  test('a random salt, one for each password', () => {
    const { stdout } = tlskit(['passwd', '-6', 'a', 'a']);
    const [one, other] = stdout.trimEnd().split('\n');
    expect(one).toMatch(/^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
    expect(other).not.toBe(one);
    expect(tlskit(['passwd', 'a']).stdout).toMatch(/^\$1\$[./0-9A-Za-z]{8}\$[./0-9A-Za-z]{22}\n$/);
  });

  test('from a pipe without -stdin it is asked for twice, and both must be the same', () => {
    expect(tlskit(['passwd', '-apr1'], { input: 'secret\nsecret\n' }).stdout).toMatch(/^\$apr1\$/);
    const { status, stderr } = tlskit(['passwd', '-apr1'], { input: 'secret\nsecred\n' });
    expect([status, stderr]).toEqual([1, 'tlskit passwd: the two passphrases differ\n']);
  });

  test.each([
    [['-5', '-6', 'x'], '-5 and -6 do not go together'],
    [['-stdin', 'x'], 'passwords come from the arguments, from -stdin or from -in, not from two of them'],
    [['-6', '-salt', 'rounds=x$abc', 'x'], 'the rounds of a salt are a number before a dollar sign: rounds=10000$salt'],
    [['-6', '-salt', 'rounds=99999999$abc', 'x'], '99999999 rounds would take minutes; the limit is 10000000'],
  ])('%j is one line', (args, line) => {
    const { status, stdout, stderr } = tlskit(['passwd', ...args]);
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `tlskit passwd: ${line}\n` });
  });
});

describeWith(['openssl'], 'passwd and prime beside openssl', () => {
  test('every scheme, passwords and salts of all lengths', () => {
    const cwd = scratch();
    // without a password OpenSSL 3.0 prints "<NULL>" for SHA, where crypt(3) has a hash
    const lengths = [1, 2, 8, 15, 16, 17, 31, 33, 64, 65, 255, 300];
    const passwords = lengths.map((length) => Array.from({ length }, (_, i) => 'aß0~'.charAt(i % 4)).join(''));
    writeFileSync(join(cwd, 'passwords'), `${passwords.join('\n')}\n`);
    const MD5 = ['x', 'abcdefgh', 'abcdefghijklmnopqrst'];
    const SHA = ['rounds=1234$abc', 'rounds=5$x', 'rounds=1000$abcdefghijklmnopqrst'];
    for (const scheme of ['1', 'apr1', 'aixmd5', '5', '6'])
      for (const salt of /[56]/.test(scheme) ? SHA : MD5) {
        const args = ['passwd', `-${scheme}`, '-salt', salt, '-in', 'passwords'];
        const [ours, theirs] = [tlskit(args, { cwd }), openssl(args, { cwd })];
        expect([ours.status, ours.stdout], args.join(' ')).toEqual([theirs.status, theirs.stdout]);
      }
  });

  test('tables, several passwords, a password that is too long', () => {
    for (const line of ['-table -salt x a b', '-table -reverse -salt x a', `-salt x ${'y'.repeat(300)}`]) {
      const args = ['passwd', ...line.split(' ')];
      const [ours, theirs] = [tlskit(args), openssl(args)];
      expect(ours).toEqual(theirs);
    }
  });

  test('numbers that are primes, and that are not', () => {
    const numbers = [
      '0',
      '1',
      '2',
      '3',
      '4',
      '007',
      '12abc',
      '561',
      '2147483647',
      '340282366920938463463374607431768211507',
    ];
    for (const line of [numbers.join(' '), '-hex 0d ff FFFFFFFB', '-checks 5 13']) {
      const args = ['prime', ...line.split(' ')];
      const [ours, theirs] = [tlskit(args), openssl(args)];
      expect([ours.status, ours.stdout], line).toEqual([theirs.status, theirs.stdout]);
    }
    for (const line of ['-generate -bits 64', '-generate -bits 65 -hex', '-generate -safe -bits 48']) {
      const made = tlskit(['prime', ...line.split(' ')]).stdout.trim();
      const hex = line.includes('-hex') ? ['-hex'] : [];
      expect(openssl(['prime', ...hex, made]).stdout, line).toContain('is prime');
      const value = BigInt(hex.length > 0 ? `0x${made}` : made);
      expect(value.toString(2)).toHaveLength(Number(/-bits (\d+)/.exec(line)![1]));
      if (line.includes('-safe')) expect(openssl(['prime', String((value - 1n) / 2n)]).stdout).toContain('is prime');
    }
  });
});

describe('prime', () => {
  test.each([
    [[], 'name numbers to test, or say -generate'],
    [['-generate'], 'Specify the number of bits: -bits 256'],
    [['-generate', '-bits', '1'], 'Failed to generate prime: there is none of 1 bits'],
    [['-generate', '-bits', '99999'], 'a prime of 99999 bits takes too long; the limit is 8192'],
    [['x'], 'Failed to process value (x)'],
  ])('%j is one line', (args, line) => {
    const { status, stdout, stderr } = tlskit(['prime', ...args]);
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `tlskit prime: ${line}\n` });
  });
});
