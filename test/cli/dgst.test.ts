import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith, openssl } from '../support/peers.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

function folder(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'msg.txt'), 'hello\n');
  return cwd;
}

describe('dgst', () => {
  test('SHA-256 is the default; a name as a flag chooses another', () => {
    const cwd = folder();
    const hex = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
    expect(tlskit(['dgst', 'msg.txt'], { cwd }).stdout).toBe(`SHA256(msg.txt)= ${hex}\n`);
    expect(tlskit(['sha256', '-r', 'msg.txt'], { cwd }).stdout).toBe(`${hex} *msg.txt\n`);
    expect(tlskit(['dgst', '-sha2-256'], { cwd, input: 'hello\n' }).stdout).toBe(`SHA2-256(stdin)= ${hex}\n`);
    expect(JSON.parse(tlskit(['dgst', 'msg.txt', '--json'], { cwd }).stdout)).toEqual({
      digest: 'sha256',
      hmac: false,
      files: [{ file: 'msg.txt', hex }],
    });
  });

  test('a file that cannot be read is named, the others are digested, exit 1', () => {
    const cwd = folder();
    const { status, stdout, stderr } = tlskit(['md5', 'msg.txt', 'missing', '.', 'msg.txt'], { cwd });
    expect(status).toBe(1);
    expect(stdout.match(/^MD5\(msg\.txt\)= b1946ac92492d2347c6235b4d2611184$/gm)).toHaveLength(2);
    expect(stderr).toMatch(/^cannot read missing: no such file or directory\n[^\n]*it is a directory\n$/);
  });

  test.each([
    [['-xoflen', '8', '-sha256'], /XOF/],
    [['-mac', 'CMAC'], /-mac CMAC is not supported/],
    [['-mac', 'HMAC'], /needs its key/],
    [['-verify', 'x'], /No signature to verify/],
    [['-sign', 'msg.txt'], /msg\.txt/],
    [['-hmac', 'k', '-sign', 'x'], /cannot both/],
    [['-nosuch'], /no digest name/],
  ])('%j fails with one line', (args, message) => {
    const cwd = folder();
    const { status, stdout, stderr } = tlskit(['dgst', ...args, 'msg.txt'], { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tlskit dgst: [^\n]+\n$/);
  });
});

describeWith(['openssl'], 'dgst against OpenSSL', () => {
  const digests =
    'md5 sha1 sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-256 sha3-512 blake2b512 blake2s256 sm3 ripemd160 md5-sha1';
  const keyless: string[][] = [
    ...digests.split(' ').flatMap((name) => [[`-${name}`], [`-${name}`, '-hmac', 'key']]),
    ['-shake128'],
    ['-shake256'],
    ['-shake256', '-xoflen', '5'],
    ['-c'],
    ['-r'],
    ['-hex', '-r'],
    ['-c', '-r'],
    ['-binary'],
    ['-sha256', '-mac', 'hmac', '-macopt', 'hexkey:6b6579'],
    ['-hmac', 'key', '-binary'],
  ];

  test('the same bytes for every digest and format', () => {
    const cwd = folder();
    for (const args of keyless) {
      const line = ['dgst', ...args, 'msg.txt'];
      const [ours, theirs] = [tlskit(line, { cwd }), openssl(line, { cwd })];
      expect([ours.status, ours.stdout], line.join(' ')).toEqual([theirs.status, theirs.stdout]);
    }
  });

  test.each([
    ['rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], []],
    [
      'rsa with pss',
      ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
      ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:10'],
    ],
    ['rsa-pss', ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'], []],
    ['ec', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], []],
  ])('%s: each checks what the other signed', (_, keyArgs, sigopts) => {
    const cwd = folder();
    openssl(['genpkey', ...keyArgs, '-out', 'key'], { cwd });
    openssl(['pkey', '-in', 'key', '-pubout', '-out', 'pub'], { cwd });
    for (const [signs, checks] of [
      [tlskit, openssl],
      [openssl, tlskit],
      [tlskit, tlskit],
    ] as const) {
      expect(signs(['dgst', '-sha512', '-sign', 'key', ...sigopts, '-out', 'sig', 'msg.txt'], { cwd }).status).toBe(0);
      const good = checks(['dgst', '-sha512', '-verify', 'pub', ...sigopts, '-signature', 'sig', 'msg.txt'], { cwd });
      expect([good.status, good.stdout]).toEqual([0, 'Verified OK\n']);
      const bad = checks(['dgst', '-sha512', '-prverify', 'key', ...sigopts, '-signature', 'sig', 'pub'], { cwd });
      expect([bad.status, bad.stdout]).toEqual([1, 'Verification failure\n']);
    }
  });

  test('Ed25519 keys are refused, as by OpenSSL', () => {
    const cwd = folder();
    openssl(['genpkey', '-algorithm', 'ed25519', '-out', 'key'], { cwd });
    const line = ['dgst', '-sign', 'key', 'msg.txt'];
    expect(openssl(line, { cwd }).status).toBe(1);
    expect(tlskit(line, { cwd })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/not supported for this operation/),
    });
  });
});
