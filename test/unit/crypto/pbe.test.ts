import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allKeyCiphers, cipherByName } from '../../../src/lib/crypto/ciphers.ts';
import { digestByName } from '../../../src/lib/crypto/digests.ts';
import { fixedSchemes } from '../../../src/lib/crypto/pbe-schemes.ts';
import { bmpPassword, decryptPbe, encryptPbe, pkcs12Kdf, type PbeScheme } from '../../../src/lib/crypto/pbe.ts';
import { readDer } from '../../../src/lib/der/reader.ts';
import { integer, nul, octetString, oid, seq } from '../../../src/lib/der/writer.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch } from '../../support/tlskit.ts';

const pass = Secret.fromText('pässword');
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'der' });

describe('K8 password-based encryption', () => {
  const schemes: [string, PbeScheme][] = [
    ...allKeyCiphers()
      .filter((cipher) => cipher.oid)
      .map((cipher): [string, PbeScheme] => [`pbes2 ${cipher.name}`, { kind: 'pbes2', cipher }]),
    ...fixedSchemes().map((scheme): [string, PbeScheme] => [scheme.name, { kind: 'fixed', scheme }]),
    ['scrypt', { kind: 'scrypt', cipher: cipherByName('aes256')! }],
  ];

  it.each(schemes)('%s comes back, and not with a wrong passphrase', (_, scheme) => {
    const { algorithm, encrypted } = encryptPbe(key, pass, scheme);
    expect(decryptPbe(readDer(algorithm), encrypted, pass)).toEqual(key);
    try {
      expect(decryptPbe(readDer(algorithm), encrypted, Secret.fromText('other'))).not.toEqual(key);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_PASSPHRASE' });
    }
  });

  it('tells no passphrase from an empty one in PKCS#12 schemes', () => {
    expect(bmpPassword(undefined)).toHaveLength(0);
    expect(bmpPassword(Secret.fromText(''))).toEqual(Buffer.alloc(2));
    expect(bmpPassword(Secret.fromText('é')).toString('hex')).toBe('00e90000');
    expect(bmpPassword(new Secret(Buffer.from([0xe9]))).toString('hex')).toBe('00e90000');
    const scheme = fixedSchemes().find(({ name }) => name === 'PBE-SHA1-3DES')!;
    const salt = Buffer.from('salt');
    const { algorithm, encrypted } = encryptPbe(key, undefined, { kind: 'fixed', scheme, salt, iterations: 1 });
    expect(decryptPbe(readDer(algorithm), encrypted, undefined)).toEqual(key);
    // one key in 256 has a padding that is good by chance
    const other = (): Buffer | undefined => {
      try {
        return Buffer.from(decryptPbe(readDer(algorithm), encrypted, Secret.fromText('')));
      } catch {
        return undefined;
      }
    };
    expect(other()).not.toEqual(Buffer.from(key));
  });

  it('refuses parameters that would take too long, before computing', async () => {
    const aes = seq(oid('2.16.840.1.101.3.4.1.42'), octetString(Buffer.alloc(16)));
    const algorithm = (kdf: Buffer): Buffer => seq(oid('1.2.840.113549.1.5.13'), seq(kdf, aes));
    const salt = octetString(Buffer.alloc(8));
    const hostile = [
      algorithm(seq(oid('1.2.840.113549.1.5.12'), seq(salt, integer(2n ** 31n)))),
      algorithm(seq(oid('1.2.840.113549.1.5.12'), seq(salt, integer(2n ** 80n)))),
      algorithm(seq(oid('1.3.6.1.4.1.11591.4.11'), seq(salt, integer(2 ** 30), integer(8), integer(1)))),
      algorithm(seq(oid('1.3.6.1.4.1.11591.4.11'), seq(salt, integer(2), integer(1), integer(2 ** 30)))),
      seq(oid('1.2.840.113549.1.12.1.3'), seq(salt, integer(100_000_000))),
      seq(oid('1.2.840.113549.1.5.3'), seq(salt, integer(100_000_000))),
    ];
    for (const der of hostile) {
      const seconds = await cpuSeconds(() =>
        expect(() => decryptPbe(readDer(der), Buffer.alloc(32), pass)).toThrow(
          expect.objectContaining({ code: 'ERR_LIMIT' }),
        ),
      );
      expect(seconds).toBeLessThan(1);
    }
  });

  it('refuses parameters that make no sense', () => {
    const salt = octetString(Buffer.alloc(8));
    const wrong = [
      seq(oid('1.2.840.113549.1.12.1.3')),
      seq(oid('1.2.840.113549.1.12.1.3'), nul()),
      seq(oid('1.2.840.113549.1.12.1.3'), seq(salt, integer(0))),
      seq(oid('1.2.840.113549.1.12.1.3'), seq(salt, integer(-5))),
      seq(oid('1.2.3'), seq(salt, integer(1))),
      seq(oid('1.2.840.113549.1.5.13'), seq()),
    ];
    for (const der of wrong) {
      expect(() => decryptPbe(readDer(der), Buffer.alloc(32), pass)).toThrow(
        expect.objectContaining({ name: 'TlskitError' }),
      );
    }
  });
});

describe("PKCS#12's key derivation", () => {
  // the worked values of Bouncy Castle's and OpenSSL's tests: SHA-1, password "smeg", 24 octets of key and 8 of IV
  it.each([
    [1, '0a58cf64530d823f', 1, 24, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
    [2, '0a58cf64530d823f', 1, 8, '79993dfe048d3b76'],
    [1, '642b99ab44fb4b1f', 1, 24, 'f3a95fec48d7711e985cfe67908c5ab79fa3d7c5caa5d966'],
    [3, '3d83c0e4546ac140', 1, 20, '8d967d88f6caa9d714800ab3d48051d63f73a312'],
  ] as const)('id %i, salt %s', (id, salt, iterations, length, expected) => {
    const made = pkcs12Kdf(
      digestByName('sha1')!,
      id,
      bmpPassword(Secret.fromText('smeg')),
      Buffer.from(salt, 'hex'),
      iterations,
      length,
    );
    expect(made.toString('hex')).toBe(expected);
  });
});

describeWith(['openssl'], 'K8 password-based encryption with openssl', () => {
  it.each([
    'aes128',
    'aes-192-ofb',
    'aes-256-cfb',
    'aes-256-ecb',
    'des3',
    'aria256',
    'camellia192',
    'camellia-256-ctr',
    'sm4',
  ])('pkcs8 -v2 %s goes both ways with the same algorithm bytes', (name) => {
    const dir = scratch();
    writeFileSync(join(dir, 'k.der'), key);
    const args = [
      'pkcs8',
      '-topk8',
      '-inform',
      'DER',
      '-in',
      'k.der',
      '-outform',
      'DER',
      '-passout',
      'pass:pw',
      '-v2',
      name,
      '-out',
      'e.der',
    ];
    expect(openssl(args, { cwd: dir }).status).toBe(0);
    const [algorithm, encrypted] = readDer(readFileSync(join(dir, 'e.der'))).children;
    expect(decryptPbe(algorithm!, encrypted!.content, Secret.fromText('pw'))).toEqual(key);

    const kdf = algorithm!.children[1]!.children[0]!.children[1]!.children;
    const iv = algorithm!.children[1]!.children[1]!.children[1]!.content;
    const again = encryptPbe(key, Secret.fromText('pw'), {
      kind: 'pbes2',
      cipher: cipherByName(name)!,
      salt: kdf[0]!.content,
      iv,
    });
    expect(again.algorithm).toEqual(algorithm!.bytes);
    expect(again.encrypted).toEqual(encrypted!.content);
  });

  it.each([
    'hmacWithMD5',
    'hmacWithSHA1',
    'hmacWithSHA224',
    'hmacWithSHA384',
    'hmacWithSHA512',
    'hmacWithSHA512-224',
    'hmacWithSHA512-256',
  ])('reads -v2prf %s', (prf) => {
    const args = [
      'pkcs8',
      '-topk8',
      '-inform',
      'DER',
      '-outform',
      'DER',
      '-passout',
      'pass:pw',
      '-v2',
      'aes256',
      '-v2prf',
      prf,
      '-iter',
      '777',
    ];
    const made = openssl(args, { input: key });
    const [algorithm, encrypted] = readDer(Buffer.from(made.stdout, 'latin1')).children;
    expect(decryptPbe(algorithm!, encrypted!.content, Secret.fromText('pw'))).toEqual(key);
  });

  it.each([
    ['PBE-SHA1-3DES', []],
    ['PBE-SHA1-2DES', []],
    ['PBE-MD5-DES', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-SHA1-DES', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-MD5-RC2-64', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-SHA1-RC2-64', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-SHA1-RC2-40', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-SHA1-RC2-128', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-SHA1-RC4-40', ['-provider', 'legacy', '-provider', 'default']],
    ['PBE-SHA1-RC4-128', ['-provider', 'legacy', '-provider', 'default']],
  ])('pkcs8 -v1 %s goes both ways', (name, provider) => {
    const pw = 'päss€😀';
    const args = [
      'pkcs8',
      '-topk8',
      '-inform',
      'DER',
      '-outform',
      'DER',
      '-passout',
      `pass:${pw}`,
      '-v1',
      name,
      ...provider,
    ];
    const made = openssl(args, { input: key });
    expect(made.status).toBe(0);
    const [algorithm, encrypted] = readDer(Buffer.from(made.stdout, 'latin1')).children;
    expect(decryptPbe(algorithm!, encrypted!.content, Secret.fromText(pw))).toEqual(key);

    const scheme = fixedSchemes().find((candidate) => candidate.name === name)!;
    const salt = algorithm!.children[1]!.children[0]!.content;
    const again = encryptPbe(key, Secret.fromText(pw), { kind: 'fixed', scheme, salt });
    expect(again.algorithm).toEqual(algorithm!.bytes);
    expect(again.encrypted).toEqual(encrypted!.content);
  });

  it.each([[[]], [['-scrypt_N', '1024', '-scrypt_r', '4', '-scrypt_p', '2']]])(
    'reads and writes scrypt %s',
    (options) => {
      const args = [
        'pkcs8',
        '-topk8',
        '-inform',
        'DER',
        '-outform',
        'DER',
        '-passout',
        'pass:pw',
        '-scrypt',
        ...options,
      ];
      const [algorithm, encrypted] = readDer(Buffer.from(openssl(args, { input: key }).stdout, 'latin1')).children;
      expect(decryptPbe(algorithm!, encrypted!.content, Secret.fromText('pw'))).toEqual(key);
      const cipher = cipherByName('aes256')!;
      const kdf = algorithm!.children[1]!.children[0]!.children[1]!.children;
      const iv = algorithm!.children[1]!.children[1]!.children[1]!.content;
      const numbers = options.length > 0 ? { N: 1024, r: 4, p: 2 } : {};
      const again = encryptPbe(key, Secret.fromText('pw'), {
        kind: 'scrypt',
        cipher,
        salt: kdf[0]!.content,
        iv,
        ...numbers,
      });
      expect(again.algorithm).toEqual(algorithm!.bytes);
    },
  );

  it.each(['rc2', 'des'])('writes PBES2 with %s as openssl does', (name) => {
    const legacy = ['-provider', 'legacy', '-provider', 'default'];
    const args = [
      'pkcs8',
      '-topk8',
      '-inform',
      'DER',
      '-outform',
      'DER',
      '-passout',
      'pass:pw',
      '-v2',
      name,
      ...legacy,
    ];
    const [algorithm, encrypted] = readDer(Buffer.from(openssl(args, { input: key }).stdout, 'latin1')).children;
    expect(decryptPbe(algorithm!, encrypted!.content, Secret.fromText('pw'))).toEqual(key);
    const kdf = algorithm!.children[1]!.children[0]!.children[1]!.children;
    const parameters = algorithm!.children[1]!.children[1]!.children[1]!;
    const iv = name === 'rc2' ? parameters.children[1]!.content : parameters.content;
    const again = encryptPbe(key, Secret.fromText('pw'), {
      kind: 'pbes2',
      cipher: cipherByName(name)!,
      salt: kdf[0]!.content,
      iv,
    });
    expect(again.algorithm).toEqual(algorithm!.bytes);
    expect(again.encrypted).toEqual(encrypted!.content);
  });
});
