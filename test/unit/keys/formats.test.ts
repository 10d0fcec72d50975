import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cipherByName } from '../../../src/lib/crypto/ciphers.ts';
import { encodePem, readDer, seq } from '../../../src/lib/der/index.ts';
import { encodeSec1 } from '../../../src/lib/keys/encode.ts';
import { PrivateKey, PublicKey } from '../../../src/lib/keys/model.ts';
import { readKeyParameters, readPrivateKey, readPublicKey } from '../../../src/lib/keys/read.ts';
import { parametersOf, writeParameters, writePrivateKey, writePublicKey } from '../../../src/lib/keys/write.ts';
import type { EcPrivate } from '../../../src/lib/keys/components.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { describeWith, run } from '../../support/peers.ts';
import { scratch } from '../../support/tlskit.ts';

const make = (type: string, options: object = {}): PrivateKey => {
  const generate = generateKeyPairSync as unknown as (type: string, options: object) => { privateKey: Buffer };
  const encodings = {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  };
  return PrivateKey.fromPkcs8(generate(type, { ...options, ...encodings }).privateKey);
};
const rsa = make('rsa', { modulusLength: 1024 });
const ec = make('ec', { namedCurve: 'P-256' });
const ed = make('ed25519');
const source = 'key.pem';
const read = (text: string | Uint8Array, more: object = {}): Promise<PrivateKey> =>
  readPrivateKey(Buffer.from(text), { source, ...more });
const pem = (key: PrivateKey): string => writePrivateKey(key, { format: 'pkcs8' }) as string;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`;

describe('K8 reading what others wrote', () => {
  it.each([
    [
      'text before and after',
      (text: string) => `Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n${text}the end\n`,
    ],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['blanks at line ends', (text: string) => text.replaceAll('\n', '  \n')],
    ['no line end at the end', (text: string) => text.trimEnd()],
    ['one long line', (text: string) => text.replace(/(?<=[A-Za-z0-9+/])\n(?=[A-Za-z0-9+/=])/g, '')],
    ['a certificate before it', (text: string) => CERTIFICATE + text],
    ['another key after it', (text: string) => text + pem(rsa)],
    [
      'a block before it that is no base64',
      (text: string) => `-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n${text}`,
    ],
    [
      'a block after it that is no base64',
      (text: string) => `${text}-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n`,
    ],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    [
      'a damaged key before it',
      (text: string) => `-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n${text}`,
    ],
  ])('PEM with %s', async (_, change) => {
    const key = await read(change(pem(ec)));
    expect(key.pkcs8).toEqual(ec.pkcs8);
  });

  it('UTF-16 with a byte order mark, as PowerShell writes', async () => {
    expect((await read(Buffer.from(`\ufeff${pem(ec)}`, 'utf16le'))).pkcs8).toEqual(ec.pkcs8);
  });

  it('EC PARAMETERS before EC PRIVATE KEY', async () => {
    const params = writeParameters(parametersOf(ec)!) as string;
    const traditional = writePrivateKey(ec, { format: 'traditional' }) as string;
    expect((await read(params + traditional)).pkcs8).toEqual(ec.pkcs8);
    // a private key that leaves the curve to the block before it
    const bare = encodePem('EC PRIVATE KEY', encodeSec1(ec.components as EcPrivate, { parameters: false }));
    expect((await read(params + bare)).pkcs8).toEqual(ec.pkcs8);
    await expect(read(bare)).rejects.toThrow('key.pem: the EC private key does not say which curve it is on');
  });

  it('refuses an EC private key whose parts are doubled or out of order', async () => {
    const [version, secret, curve, point] = readDer(encodeSec1(ec.components as EcPrivate)).children.map(
      (node) => node.bytes,
    );
    const file = (...parts: (Buffer | undefined)[]): Buffer => seq(...(parts as Buffer[]));
    expect((await read(file(version, secret, curve, point))).pkcs8).toEqual(ec.pkcs8);
    for (const parts of [
      [curve, curve],
      [curve, point, point],
      [point, curve],
      [curve, point, version],
    ]) {
      await expect(read(file(version, secret, ...parts))).rejects.toThrow('EC private key: an unknown element');
    }
  });

  it('asks for the passphrase only when one is needed, and once', async () => {
    let asked = 0;
    const passphrase = (): Secret => {
      asked += 1;
      return Secret.fromText('pw');
    };
    await read(pem(ec), { passphrase });
    expect(asked).toBe(0);
    const encrypted = writePrivateKey(ec, {
      format: 'pkcs8',
      encryption: { passphrase: Secret.fromText('pw'), cipher: cipherByName('aes256')! },
    });
    expect((await read(encrypted as string, { passphrase })).pkcs8).toEqual(ec.pkcs8);
    expect(asked).toBe(1);
  });

  it('says one clear thing for a wrong or missing passphrase', async () => {
    const secret = Secret.fromText('right');
    const files = [
      writePrivateKey(rsa, { format: 'pkcs8', encryption: { passphrase: secret, cipher: cipherByName('aes256')! } }),
      writePrivateKey(rsa, {
        format: 'traditional',
        encryption: { passphrase: secret, cipher: cipherByName('aes-256-ctr')! },
      }),
      writePrivateKey(rsa, {
        format: 'traditional',
        encryption: { passphrase: secret, cipher: cipherByName('des3')! },
      }),
    ] as string[];
    for (const file of files) {
      const wrong = read(file, { passphrase: () => Secret.fromText('wrong') });
      await expect(wrong).rejects.toMatchObject({
        code: 'ERR_PASSPHRASE',
        message: 'key.pem: wrong passphrase, or damaged data',
      });
      await expect(read(file)).rejects.toMatchObject({ code: 'ERR_PASSPHRASE' });
      await expect(read(file)).rejects.toThrow('key.pem is encrypted, and no passphrase was given');
    }
  });

  it.each([
    ['', 'key.pem is empty'],
    [CERTIFICATE, 'key.pem holds a certificate, not a private key'],
    [writePublicKey(ec.publicKey) as string, 'key.pem holds a public key, not a private key'],
    [writePublicKey(ec.publicKey, { format: 'jwk' }) as string, 'key.pem holds a public key (JWK), not a private key'],
    [
      '-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n',
      'key.pem holds DH parameters, not a private key',
    ],
    ['-----BEGIN FRUIT-----\nMAA=\n-----END FRUIT-----\n', 'key.pem holds "FRUIT", not a private key'],
    [
      '-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n',
      "key.pem holds a private key in OpenSSH's own format",
    ],
    ['hello\n', 'key.pem is not a private key: neither PEM nor DER'],
    ['{"a": 1}', 'key.pem: the JSON text is no JWK'],
    ['{"a": ', 'key.pem: the text looks like JSON and is not well-formed'],
    ['-----BEGIN PRIVATE KEY-----\nMIIB\n', 'key.pem: the "BEGIN PRIVATE KEY" of line 1 has no END line'],
  ])('names what it found instead: %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('keeps to the form and the types that are asked for', async () => {
    await expect(read(pem(ec), { form: 'der' })).rejects.toThrow('key.pem is PEM, and DER was asked for');
    await expect(read(ec.pkcs8, { form: 'pem' })).rejects.toThrow('key.pem holds no PEM block');
    await expect(read(pem(ec), { type: ['rsa', 'rsa-pss'] })).rejects.toThrow(
      'key.pem holds an EC key, not an RSA or RSA-PSS key',
    );
    expect(() => readPublicKey(Buffer.from(pem(ec)), { source })).toThrow(
      'key.pem holds a private key, not a public key',
    );
    expect(() => readPublicKey(ec.pkcs8, { source })).toThrow('key.pem holds a private key, not a public key');
  });
});

describe('K8 JWK', () => {
  it.each([
    ['RSA', rsa],
    ['P-256', ec],
    ['P-384', make('ec', { namedCurve: 'P-384' })],
    ['P-521', make('ec', { namedCurve: 'P-521' })],
    ['secp256k1', make('ec', { namedCurve: 'secp256k1' })],
    ['Ed25519', ed],
    ['X448', make('x448')],
  ])('%s agrees with Node both ways', async (_, key) => {
    const node = createPrivateKey({ key: key.pkcs8, format: 'der', type: 'pkcs8' });
    const text = writePrivateKey(key, { format: 'jwk' }) as string;
    expect(JSON.parse(text)).toEqual(node.export({ format: 'jwk' }));
    expect((await read(text)).pkcs8).toEqual(key.pkcs8);
    const shared = writePublicKey(key.publicKey, { format: 'jwk' }) as string;
    expect(JSON.parse(shared)).toEqual(createPublicKey(node).export({ format: 'jwk' }));
    expect(readPublicKey(Buffer.from(shared), { source }).spki).toEqual(key.publicKey.spki);
    expect((await read(JSON.stringify({ keys: [JSON.parse(text)] }))).pkcs8).toEqual(key.pkcs8);
  });

  it('reads an RSA key without its primes', async () => {
    const { n, e, d, kty } = JSON.parse(writePrivateKey(rsa, { format: 'jwk' }) as string) as Record<string, string>;
    expect((await read(JSON.stringify({ kty, n, e, d }))).pkcs8).toEqual(rsa.pkcs8);
  });

  it.each([
    { kty: 'oct', k: 'AA' },
    { kty: 'EC', crv: 'P-1' },
    { kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA' },
    { kty: 'RSA' },
    { kty: 'EC', crv: 'toString' },
  ])('refuses %j', async (jwk) => {
    await expect(read(JSON.stringify({ d: 'AQ', ...jwk }))).rejects.toMatchObject({ name: 'TlskitError' });
  });

  it('says which keys have none', () => {
    const odd = make('ec', { namedCurve: 'brainpoolP256r1' });
    expect(() => writePublicKey(odd.publicKey, { format: 'jwk' })).toThrow('there is no JWK for this EC key');
  });
});

describe('parameters', () => {
  it('come from keys, in PEM and DER', () => {
    for (const key of [
      ec,
      make('ec', { namedCurve: 'P-384', paramEncoding: 'explicit' }),
      make('dh', { group: 'modp14' }),
    ]) {
      const parameters = parametersOf(key)!;
      for (const form of ['pem', 'der'] as const) {
        const file = Buffer.from(writeParameters(parameters, { form }));
        expect(readKeyParameters(file, { source, type: [parameters.type] }).der).toEqual(parameters.der);
      }
    }
    expect(parametersOf(rsa)).toBeUndefined();
  });

  it('are told from other things', () => {
    expect(() => readKeyParameters(Buffer.from(pem(ec)), { source, type: ['ec'] })).toThrow(
      'key.pem holds a private key, not EC parameters',
    );
  });
});

describeWith(['ssh-keygen'], 'K8 OpenSSH public keys', () => {
  it.each(['rsa', 'ecdsa', 'ed25519'])('%s both ways', async (type) => {
    const dir = scratch();
    run('ssh-keygen', ['-q', '-t', type, '-N', '', '-m', 'PKCS8', '-C', 'me@there', '-f', join(dir, 'k')]);
    const line = run('ssh-keygen', ['-y', '-f', join(dir, 'k')]).stdout;
    const file = run('cat', [join(dir, 'k')]).stdout;
    // ssh-keygen writes Ed25519 in its own format only
    if (type !== 'ed25519') {
      const key = await read(file);
      expect(writePublicKey(key.publicKey, { format: 'openssh' })).toBe(
        `${line.trim().split(' ').slice(0, 2).join(' ')}\n`,
      );
    }
    const shared = readPublicKey(Buffer.from(line), { source });
    expect(writePublicKey(shared, { format: 'openssh' })).toBe(`${line.trim().split(' ').slice(0, 2).join(' ')}\n`);
    const rfc4716 = run('ssh-keygen', ['-e', '-m', 'RFC4716', '-f', join(dir, 'k')]).stdout;
    expect(readPublicKey(Buffer.from(rfc4716), { source }).spki).toEqual(shared.spki);
    const options = `no-pty,command="echo hi" ${line}`;
    expect(readPublicKey(Buffer.from(options), { source }).spki).toEqual(shared.spki);
  });
});

describe('keys for node:crypto', () => {
  it('are made when asked for', () => {
    expect(PublicKey.fromSpki(ec.publicKey.spki).keyObject.asymmetricKeyType).toBe('ec');
    expect(rsa.keyObject.asymmetricKeyType).toBe('rsa');
  });
});
