import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cipherByName } from '../../../src/lib/crypto/ciphers.ts';
import { encryptPem } from '../../../src/lib/crypto/pem-encryption.ts';
import { checkPrivateKey, checkPublicKey } from '../../../src/lib/keys/check.ts';
import { PrivateKey, PublicKey } from '../../../src/lib/keys/model.ts';
import { readPrivateKey, readPublicKey } from '../../../src/lib/keys/read.ts';
import { writePrivateKey, writePublicKey } from '../../../src/lib/keys/write.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { corpus } from './corpus.ts';

const secret = Secret.fromText('a passphrase');
const read = (bytes: Uint8Array): Promise<PrivateKey> =>
  readPrivateKey(bytes, { source: 'k.pem', passphrase: () => secret });

describeWith(['openssl'], 'K8 keys that openssl made', () => {
  let dir: string;
  let keys: Map<string, Buffer>;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tlskit-keys-'));
    keys = corpus(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const each = async (body: (pem: Buffer, name: string) => Promise<void>): Promise<void> => {
    for (const [name, pem] of keys) await body(pem, name);
  };
  const ssl = (args: readonly string[], input: Uint8Array | string): Buffer => {
    const { status, stdout, stderr } = openssl(args, { input, cwd: dir });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
    return Buffer.from(stdout, 'latin1');
  };

  it('come back byte for byte as PKCS#8, PEM and DER', () =>
    each(async (pem, name) => {
      const key = await read(pem);
      expect(writePrivateKey(key, { format: 'pkcs8' }), name).toBe(pem.toString());
      const der = ssl(['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER'], pem);
      expect(writePrivateKey(await read(der), { format: 'pkcs8', form: 'der' }), name).toEqual(der);
    }));

  it('have the public half that openssl computes', () =>
    each(async (pem, name) => {
      const key = await read(pem);
      const expected = ssl(['pkey', '-pubout'], pem);
      expect(writePublicKey(key.publicKey), name).toBe(expected.toString());
      const again = readPublicKey(expected, { source: 'p.pem' });
      expect(writePublicKey(again), name).toBe(expected.toString());
      expect(again.equals(key.publicKey), name).toBe(true);
      // computed, not taken from the file
      const bare = PrivateKey.fromPkcs8(key.pkcs8);
      expect(bare.publicKey.spki, name).toEqual(again.spki);
    }));

  it('are valid', () =>
    each(async (pem, name) => {
      const key = await read(pem);
      expect(checkPrivateKey(key), name).toEqual([]);
      expect(checkPublicKey(key.publicKey), name).toEqual([]);
    }));

  it('go through the traditional formats byte for byte', () =>
    each(async (pem, name) => {
      const key = await read(pem);
      if (!key.info.traditional) {
        expect(() => writePrivateKey(key, { format: 'traditional' }), name).toThrow(/have no traditional format/);
        return;
      }
      if (name.includes('SM2')) return; // openssl has no traditional format for these
      const traditional = ssl(['pkey', '-traditional'], pem);
      expect(writePrivateKey(key, { format: 'traditional' }), name).toBe(traditional.toString());
      expect(writePrivateKey(await read(traditional), { format: 'pkcs8' }), name).toBe(pem.toString());
      const der = writePrivateKey(key, { format: 'traditional', form: 'der' }) as Buffer;
      expect(writePrivateKey(await read(der), { format: 'pkcs8' }), name).toBe(pem.toString());
    }));

  it('open from PKCS#8 encryption, and openssl opens ours', () =>
    each(async (pem, name) => {
      const theirs = ssl(['pkey', '-aes256', '-passout', 'pass:a passphrase'], pem);
      const key = await read(theirs);
      expect(writePrivateKey(key, { format: 'pkcs8' }), name).toBe(pem.toString());
      const ours = writePrivateKey(key, {
        format: 'pkcs8',
        encryption: { passphrase: secret, cipher: cipherByName('aes128')! },
      });
      expect(ssl(['pkey', '-passin', 'pass:a passphrase'], ours).toString(), name).toBe(pem.toString());
    }));

  it.each(['aes128', 'aes-192-cfb', 'aes-256-ctr', 'des3', 'des-ede-cbc', 'aria256', 'camellia128', 'sm4-ofb'])(
    'open from traditional PEM encryption with %s, and openssl opens ours',
    async (name) => {
      const pem = keys.get('rsa')!;
      const theirs = ssl(['rsa', '-traditional', `-${name}`, '-passout', 'pass:a passphrase'], pem);
      const key = await read(theirs);
      expect(writePrivateKey(key, { format: 'pkcs8' })).toBe(pem.toString());
      const cipher = cipherByName(name)!;
      const ours = writePrivateKey(key, { format: 'traditional', encryption: { passphrase: secret, cipher } });
      expect(ssl(['pkey', '-passin', 'pass:a passphrase'], ours).toString()).toBe(pem.toString());
      // the same IV gives the same file
      const iv = Buffer.from(/DEK-Info: .*,([0-9A-F]+)/.exec(theirs.toString())![1]!, 'hex');
      const der = writePrivateKey(key, { format: 'traditional', form: 'der' }) as Buffer;
      expect(encryptPem('RSA PRIVATE KEY', der, secret, cipher, iv)).toBe(theirs.toString());
    },
  );

  it('change their point and parameter forms as openssl ec does', async () => {
    for (const [name, pem] of keys) {
      if (!/^ec-(P-256|secp112r2|sect163k1|c2pnb208w1)-/.test(name)) continue;
      const key = await read(pem);
      for (const pointForm of ['compressed', 'uncompressed', 'hybrid'] as const) {
        for (const curveForm of ['named_curve', 'explicit'] as const) {
          const args = ['ec', '-conv_form', pointForm, '-param_enc', curveForm];
          const made = writePrivateKey(key, { format: 'traditional', ec: { pointForm, curveForm } });
          expect(made, `${name} ${args.join(' ')}`).toBe(ssl(args, pem).toString());
          const again = await read(Buffer.from(made as string));
          expect(again.publicKey.equals(key.publicKey)).toBe(true);
          expect(writePrivateKey(again, { format: 'traditional' })).toBe(ssl(['ec'], made).toString());
          const pub = writePublicKey(key.publicKey, { ec: { pointForm, curveForm } });
          expect(pub).toBe(ssl([...args, '-pubout'], pem).toString());
          expect(readPublicKey(Buffer.from(pub as string), { source: 'p' }).equals(key.publicKey)).toBe(true);
        }
      }
      expect(writePrivateKey(key, { format: 'traditional', ec: { noPublic: true } })).toBe(
        ssl(['ec', '-no_public'], pem).toString(),
      );
    }
  });

  it('write RSAPublicKey and read it', async () => {
    const key = await read(keys.get('rsa')!);
    const expected = ssl(['rsa', '-RSAPublicKey_out'], keys.get('rsa')!);
    expect(writePublicKey(key.publicKey, { format: 'pkcs1' })).toBe(expected.toString());
    expect(readPublicKey(expected, { source: 'p.pem' }).equals(key.publicKey)).toBe(true);
    const der = ssl(['rsa', '-RSAPublicKey_out', '-outform', 'DER'], keys.get('rsa')!);
    expect(readPublicKey(der, { source: 'p.der' }).equals(key.publicKey)).toBe(true);
  });

  it('keep or lack an EC public point as openssl pkey does', async () => {
    const key = await read(keys.get('ec-P-256-named')!);
    const bare = writePrivateKey(key, { format: 'pkcs8', ec: { noPublic: true } }) as string;
    const read1 = await read(Buffer.from(bare));
    expect(writePrivateKey(read1, { format: 'pkcs8' })).toBe(ssl(['pkey'], bare).toString());
    expect(writePrivateKey(read1, { format: 'traditional', ec: { noPublic: false } })).toBe(
      ssl(['ec'], bare).toString(),
    );
    expect(read1.publicKey.equals(key.publicKey)).toBe(true);
  });

  it('open from PKCS#12, with and without a password', async () => {
    const pem = keys.get('ec-P-256-named')!;
    writeFileSync(join(dir, 'key.pem'), pem);
    const certificate = ssl(['req', '-x509', '-new', '-key', 'key.pem', '-subj', '/CN=a'], '');
    for (const password of ['a passphrase', '']) {
      const args = ['pkcs12', '-export', '-passout', `pass:${password}`];
      const p12 = ssl(args, Buffer.concat([pem, certificate]));
      for (const form of ['p12', 'any'] as const) {
        const key = await readPrivateKey(p12, { source: 'k.p12', form, passphrase: () => secret });
        expect(writePrivateKey(key, { format: 'pkcs8' })).toBe(pem.toString());
      }
    }
  });

  it('equal only themselves', async () => {
    const publics = await Promise.all([...keys.values()].map(async (pem) => (await read(pem)).publicKey));
    publics.forEach((a, i) => publics.forEach((b, j) => expect(a.equals(b)).toBe(i === j)));
    expect(PublicKey.fromSpki(publics[0]!.spki).equals(publics[0]!)).toBe(true);
  });
});
