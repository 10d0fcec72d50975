import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith, openssl, run } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const make = (...args: string[]): string => {
  const { status, stdout, stderr } = tlskit(['genkey', ...args]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
};

describe('K8 genpkey', () => {
  it('says which -pkeyopt changes nothing', () => {
    const args = ['-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'point-format:compressed'];
    const { status, stderr } = tlskit(['genpkey', '-algorithm', 'EC', ...args]);
    expect(status).toBe(0);
    expect(stderr).toBe('tlskit genpkey: -pkeyopt point-format changes nothing here\n');
  });
});

describe('K8 genkey', () => {
  it('makes a P-256 key in PKCS#8 without options', () => {
    expect(createPrivateKey(make()).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it.each([
    ['rsa', ['--bits', '1024'], 'rsa'],
    ['rsa-pss', ['--bits', '1024'], 'rsa-pss'],
    ['ec', ['--curve', 'secp256k1'], 'ec'],
    ['P-521', [], 'ec'],
    ['brainpoolP256r1', [], 'ec'],
    ['ed25519', [], 'ed25519'],
    ['ED448', [], 'ed448'],
    ['x25519', [], 'x25519'],
    ['x448', [], 'x448'],
    ['dsa', ['--bits', '1024'], 'dsa'],
    ['dh', [], 'dh'],
  ])('--type %s %j', (type, more, wanted) => {
    expect(createPrivateKey(make('--type', type, ...more)).asymmetricKeyType).toBe(wanted);
  });

  it('writes PKCS#1, SEC 1, JWK and DER', () => {
    expect(make('--type', 'rsa', '--bits', '1024', '--format', 'pkcs1')).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(make('--format', 'sec1')).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
    const jwk = JSON.parse(make('--type', 'ed25519', '--format', 'jwk')) as { kty: string };
    expect(createPrivateKey({ key: jwk as never, format: 'jwk' }).asymmetricKeyType).toBe('ed25519');
    const der = Buffer.from(make('--outform', 'DER'), 'latin1');
    expect(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('ec');
  });

  it.each(['spki', 'jwk'])('writes the public half as %s', (format) => {
    const cwd = scratch();
    expect(tlskit(['genkey', '-out', 'key', '--public', 'pub', '--public-format', format], { cwd }).status).toBe(0);
    const text = readFileSync(join(cwd, 'pub'), 'utf8');
    const half =
      format === 'jwk' ? createPublicKey({ key: JSON.parse(text) as never, format: 'jwk' }) : createPublicKey(text);
    const own = createPublicKey(createPrivateKey(readFileSync(join(cwd, 'key'))));
    expect(half.equals(own)).toBe(true);
  });

  it('prints one JSON document', () => {
    const document = JSON.parse(make('--json')) as Record<string, unknown>;
    expect(document).toMatchObject({ type: 'ec', bits: 256, curve: 'prime256v1', nistCurve: 'P-256', private: true });
    expect(createPrivateKey(document['privateKey'] as string).asymmetricKeyType).toBe('ec');
    expect(document['spkiSha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [['--type', 'ec', '--format', 'seed'], /seed is a format for ML-DSA and ML-KEM keys, not for ec/],
    [['--type', 'ml-dsa-65', '--bits', '65'], /--bits has no meaning for ml-dsa-65 keys/],
    [['--type', 'ml-dsa-65', '--format', 'traditional'], /ML-DSA-65 keys have no traditional format/],
    [['--type', 'ml-dsa-66'], /there is no key algorithm "ml-dsa-66"/],
    [['--type', 'enigma'], /there is no key algorithm "enigma"/],
    [['--curve', 'P-1'], /there is no EC curve "P-1"/],
    [['--type', 'rsa', '--curve', 'P-256'], /--curve has no meaning for rsa keys/],
    [['--type', 'ed25519', '--bits', '256'], /--bits has no meaning/],
    [['--type', 'rsa', '--bits', '100'], /at least 512 bits/],
    [['--type', 'rsa', '--format', 'sec1'], /sec1 is a format for EC keys/],
    [['--public-format', 'jwk'], /needs a file/],
    [['--format', 'jwk', '-aes256', '-passout', 'pass:abcd'], /a JWK is not encrypted/],
    [['--format', 'xml'], /takes one of pkcs8/],
  ])('refuses %j in one line', (args, message) => {
    const { status, stdout, stderr } = tlskit(['genkey', ...args]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describeWith(['openssl', 'ssh-keygen'], 'K8 others take what genkey makes', () => {
  it.each(['rsa', 'ec', 'ed25519'])('the OpenSSH line of %s', (type) => {
    const cwd = scratch();
    tlskit(['genkey', '--type', type, '-out', 'key', '--public', 'pub', '--public-format', 'openssh'], { cwd });
    expect(run('ssh-keygen', ['-l', '-f', 'pub'], { cwd }).stdout).toMatch(/^\d+ SHA256:/);
  });

  it.each(['rsa', 'rsa-pss', 'ec', 'ed448', 'x25519', 'dsa', 'dhx'])('openssl checks a key of type %s', (type) => {
    const cwd = scratch();
    tlskit(['genkey', '--type', type, '-out', 'key'], { cwd });
    expect(openssl(['pkey', '-in', 'key', '-check', '-noout'], { cwd }).stdout).toBe('Key is valid\n');
  });
});

describe('K8 --json says where the key is, or holds it', () => {
  it.each([
    ['genkey', ['genkey', '--json']],
    ['pkcs8', ['pkcs8', '-topk8', '-nocrypt', '-in', 'k.pem', '--json']],
  ])('%s', (_, args) => {
    const cwd = scratch();
    tlskit(['genkey', '-out', 'k.pem'], { cwd });
    const document = JSON.parse(tlskit(args, { cwd }).stdout) as { privateKey: string };
    expect(createPrivateKey(document.privateKey).asymmetricKeyType).toBe('ec');
    const der = JSON.parse(tlskit([...args, '-outform', 'DER'], { cwd }).stdout) as { privateKey: string };
    const key = Buffer.from(der.privateKey, 'base64');
    expect(createPrivateKey({ key, format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('ec');
    const filed = JSON.parse(tlskit([...args, '-out', 'o.pem'], { cwd }).stdout) as { file: string };
    expect(filed.file).toBe('o.pem');
    expect(readFileSync(join(cwd, 'o.pem'), 'utf8')).toContain('PRIVATE KEY');
  });

  it('a key and a document do not share standard output', () => {
    const { status, stderr } = tlskit([
      'req',
      '-newkey',
      'ed25519',
      '-nodes',
      '-keyout',
      '-',
      '-subj',
      '/CN=a',
      '--json',
    ]);
    expect(status).toBe(1);
    expect(stderr).toBe('tlskit req: --json wants standard output for itself: name a file with -keyout\n');
  });
});
