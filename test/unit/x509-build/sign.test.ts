import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { buildRequest } from '../../../src/lib/x509/build.ts';
import { Name } from '../../../src/lib/x509/name.ts';
import { CertificateRequest } from '../../../src/lib/x509/request.ts';
import { signatureFor, verifySignature, type SigningOptions } from '../../../src/lib/x509/sign.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch } from '../../support/tlskit.ts';

function keyOf(pair: { privateKey: KeyObject }): PrivateKey {
  return PrivateKey.fromPkcs8(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
}

const made = new Map<string, PrivateKey>();
const MAKERS: Readonly<Record<string, () => PrivateKey>> = {
  rsa: () => keyOf(generateKeyPairSync('rsa', { modulusLength: 1024 })),
  // a modulus whose length is no multiple of 8 bits: the encoded message is an octet shorter
  rsa1025: () => keyOf(generateKeyPairSync('rsa', { modulusLength: 1025 })),
  pss: () => keyOf(generateKeyPairSync('rsa-pss', { modulusLength: 1024 })),
  'pss-sha384': () => {
    // @types/node takes the salt length for a text
    const saltLength = 10 as unknown as string;
    const restrictions = { hashAlgorithm: 'sha384', mgf1HashAlgorithm: 'sha1', saltLength };
    return keyOf(generateKeyPairSync('rsa-pss', { modulusLength: 1024, ...restrictions }));
  },
  ec: () => keyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  k1: () => keyOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
  dsa: () => keyOf(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })),
  ed25519: () => keyOf(generateKeyPairSync('ed25519')),
  ed448: () => keyOf(generateKeyPairSync('ed448')),
  x25519: () => keyOf(generateKeyPairSync('x25519')),
};

function key(name: string): PrivateKey {
  const there = made.get(name) ?? (MAKERS[name] as () => PrivateKey)();
  made.set(name, there);
  return there;
}

const SHA = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
const SHA3 = ['sha3-224', 'sha3-256', 'sha3-384', 'sha3-512'];
const PSS = ['rsa_padding_mode:pss'];

const GOOD: [string, SigningOptions][] = [
  ...[...SHA, ...SHA3, 'md5', 'sha512-224', 'sha512-256', 'RSA-SHA256', 'rmd160'].map(
    (digest): [string, SigningOptions] => ['rsa', { digest }],
  ),
  ...[...SHA, ...SHA3].flatMap((digest): [string, SigningOptions][] => [
    ['ec', { digest }],
    ['dsa', { digest }],
  ]),
  ...[...SHA, 'sha512-224', 'sha512-256'].map((digest): [string, SigningOptions] => ['pss', { digest }]),
  ...['rsa', 'ec', 'k1', 'dsa', 'pss', 'pss-sha384', 'ed25519', 'ed448'].map((name): [string, SigningOptions] => [
    name,
    {},
  ]),
  ['ed25519', { digest: 'sha512' }],
  ['rsa', { sigopts: PSS }],
  ['rsa', { sigopts: [...PSS, 'rsa_pss_saltlen:digest'] }],
  ['rsa', { sigopts: [...PSS, 'rsa_pss_saltlen:-1'] }],
  ['rsa', { sigopts: [...PSS, 'rsa_pss_saltlen:auto'] }],
  ['rsa', { sigopts: [...PSS, 'rsa_pss_saltlen:0'] }],
  ['rsa', { digest: 'sha1', sigopts: [...PSS, 'rsa_pss_saltlen:20'] }],
  ['rsa', { digest: 'sha512', sigopts: [...PSS, 'rsa_mgf1_md:sha1', 'rsa_pss_saltlen:max'] }],
  ['rsa1025', { digest: 'sha256', sigopts: [...PSS, 'rsa_mgf1_md:sha384', 'rsa_pss_saltlen:32'] }],
  ['rsa1025', { sigopts: PSS }],
  ['rsa', { sigopts: ['rsa_padding_mode:pkcs1'] }],
  ['pss', { digest: 'sha256', sigopts: ['rsa_pss_saltlen:7', 'rsa_mgf1_md:sha224'] }],
  ['pss-sha384', { sigopts: ['rsa_pss_saltlen:12'] }],
];

const title = (name: string, { digest, sigopts }: SigningOptions): string =>
  [name, digest ?? 'default', ...(sigopts ?? [])].join(' ');

function request(name: string, options: SigningOptions): CertificateRequest {
  const signer = signatureFor(key(name), options);
  return buildRequest({ subject: Name.empty, spki: key(name).publicKey.spki, attributes: [], extensions: [] }, signer);
}

describe('signing', () => {
  it.each(GOOD)('%s %o verifies, and not over other data', (name, options) => {
    const made = request(name, options);
    const { publicKey } = key(name);
    expect(verifySignature(made.signatureAlgorithm, made.tbs, made.signature, publicKey)).toBe(true);
    const other = Buffer.concat([made.tbs, Buffer.from([0])]);
    expect(verifySignature(made.signatureAlgorithm, other, made.signature, publicKey)).toBe(false);
    const broken = Buffer.from(made.signature);
    broken[broken.length - 1] = (broken.at(-1) as number) ^ 1;
    expect(verifySignature(made.signatureAlgorithm, made.tbs, broken, publicKey)).toBe(false);
  });

  it.each([
    ['x25519', {}, /key agreement/],
    ['ec', { digest: 'md5' }, /no signature of an EC key with MD5/],
    ['ec', { digest: 'sha512-256' }, /EC key with SHA512-256/],
    ['rsa', { digest: 'md5-sha1' }, /no signature/],
    ['rsa', { digest: 'nosuch' }, /no digest/],
    ['rsa', { sigopts: ['foo:bar'] }, /foo:bar/],
    ['rsa', { sigopts: ['rsa_pss_saltlen:20'] }, /needs rsa_padding_mode:pss/],
    ['rsa', { sigopts: ['rsa_padding_mode:x931'] }, /pkcs1 or pss/],
    ['rsa', { sigopts: [...PSS, 'rsa_pss_saltlen:-4'] }, /salt length/],
    ['rsa', { sigopts: [...PSS, 'rsa_pss_saltlen:300'] }, /too small/],
    ['rsa', { digest: 'sha3-256', sigopts: PSS }, /SHA3-256/],
    ['pss', { sigopts: ['rsa_padding_mode:pkcs1'] }, /pss only/],
    ['pss-sha384', { digest: 'sha256' }, /only for sha384/],
    ['pss-sha384', { sigopts: ['rsa_mgf1_md:sha256'] }, /only for sha384/],
    ['pss-sha384', { sigopts: ['rsa_pss_saltlen:8'] }, /at least 10/],
    ['ec', { sigopts: ['digest:sha1'] }, /nothing that an EC key has/],
    ['ed25519', { sigopts: ['foo:1'] }, /nothing that an ED25519 key has/],
  ] as [string, SigningOptions, RegExp][])('%s %o is refused', (name, options, message) => {
    expect(() => signatureFor(key(name), options)).toThrow(message);
  });

  it('wants a key of the right type', () => {
    const made = request('ec', {});
    expect(() => verifySignature(made.signatureAlgorithm, made.tbs, made.signature, key('rsa').publicKey)).toThrow(
      /wants a key of type EC/,
    );
    const unknown = { oid: '1.2.3', parameters: undefined };
    expect(() => verifySignature(unknown, made.tbs, made.signature, key('ec').publicKey)).toThrow(/1\.2\.3/);
  });
});

describeWith(['openssl'], 'signing as openssl does', () => {
  it.each(GOOD)('%s %o', (name, options) => {
    const folder = scratch();
    const made = request(name, options);
    writeFileSync(join(folder, 'r.der'), made.der);
    writeFileSync(join(folder, 'k.der'), key(name).pkcs8);
    writeFileSync(join(folder, 'c.cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
    const args = ['req', '-new', '-config', 'c.cnf', '-subj', '/', '-key', 'k.der', '-outform', 'DER', '-out', 'o.der'];
    if (options.digest) args.push(`-${options.digest.replace('RSA-SHA256', 'sha256')}`);
    for (const option of options.sigopts ?? []) args.push('-sigopt', option);
    expect(openssl(args, { cwd: folder }).status).toBe(0);
    // OpenSSL 3.0 cannot verify all that it signs: ECDSA with SHA-3, RSA with SHA-512/256, DSA with SHA-384 and up
    const verdict = (file: string): boolean =>
      openssl(['req', '-inform', 'DER', '-in', file, '-verify', '-noout'], { cwd: folder }).stderr.includes(
        'verify OK',
      );
    expect(verdict('r.der'), title(name, options)).toBe(verdict('o.der'));
    const theirs = CertificateRequest.read(
      Buffer.from(
        openssl(['req', '-inform', 'DER', '-in', 'o.der', '-outform', 'DER'], { cwd: folder }).stdout,
        'latin1',
      ),
    );
    expect(made.signatureAlgorithm.der.equals(theirs.signatureAlgorithm.der)).toBe(true);
    expect(made.tbs.equals(theirs.tbs)).toBe(true);
    expect(verifySignature(theirs.signatureAlgorithm, theirs.tbs, theirs.signature, key(name).publicKey)).toBe(true);
  });

  it('SM2, with and without an identity', () => {
    const folder = scratch();
    expect(
      openssl(['ecparam', '-name', 'SM2', '-genkey', '-noout', '-outform', 'DER', '-out', 'e.der'], { cwd: folder })
        .status,
    ).toBe(0);
    const pkcs8 = openssl(['pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-in', 'e.der', '-outform', 'DER'], {
      cwd: folder,
    });
    const sm2 = PrivateKey.fromPkcs8(Buffer.from(pkcs8.stdout, 'latin1'));
    for (const id of [[], ['distid:1234567812345678']]) {
      const signer = signatureFor(sm2, { sigopts: id });
      const ours = buildRequest(
        { subject: Name.empty, spki: sm2.publicKey.spki, attributes: [], extensions: [] },
        signer,
      );
      writeFileSync(join(folder, 'r.der'), ours.der);
      const vfy = id.flatMap((option) => ['-vfyopt', option]);
      const checked = openssl(['req', '-inform', 'DER', '-in', 'r.der', '-verify', '-noout', ...vfy], { cwd: folder });
      expect(checked.stderr).toContain('verify OK');
      expect(verifySignature(ours.signatureAlgorithm, ours.tbs, ours.signature, sm2.publicKey, id)).toBe(true);
      expect(verifySignature(ours.signatureAlgorithm, ours.tbs, ours.signature, sm2.publicKey, ['distid:x'])).toBe(
        false,
      );
    }
    expect(() => signatureFor(sm2, { digest: 'sha256' })).toThrow(/SM3 only/);
  });
});
