import { createHash, verify as nodeVerify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestByName } from '../../../src/lib/crypto/digests.ts';
import { isRepeatable, randomOctets, seededRandom, withRandom } from '../../../src/lib/crypto/random.ts';
import { readDer } from '../../../src/lib/der/index.ts';
import { namedGroup } from '../../../src/lib/keys/ec-group.ts';
import { generateKey, type KeyGenParams } from '../../../src/lib/keys/generate.ts';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { seededKey } from '../../../src/lib/keys/seeded.ts';
import { writePkcs12 } from '../../../src/lib/pkcs12/index.ts';
import { curveByName } from '../../../src/lib/registry/curves.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { randomSerial } from '../../../src/lib/x509/serial.ts';
import { signRepeatably } from '../../../src/lib/x509/sign-repeatable.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';

const sha256 = digestByName('sha256') as NonNullable<ReturnType<typeof digestByName>>;
const data = Buffer.from('some octets');
const source = (label = 'x') => seededRandom('a seed', label);

describe('keys and signatures that follow from a seed [K11]', () => {
  const kinds: KeyGenParams[] = [
    { type: 'rsa', bits: 1024 },
    { type: 'rsa', bits: 1025, exponent: 3n },
    { type: 'rsa-pss', bits: 1024 },
    ...['prime256v1', 'secp384r1', 'secp521r1', 'secp256k1', 'brainpoolP256r1', 'sect283r1', 'SM2'].map(
      (curve) => ({ type: 'ec', curve }) as const,
    ),
    { type: 'ed25519' },
    { type: 'ed448' },
  ];
  it.each(kinds)('%o', async (params) => {
    const all = [source(), source(), source('y')].map((one) => seededKey(params, one));
    const [key, again, other] = (await Promise.all(all)) as [PrivateKey, PrivateKey, PrivateKey];
    expect(again.pkcs8.equals(key.pkcs8)).toBe(true);
    expect(other.pkcs8.equals(key.pkcs8)).toBe(false);
    if (params.type === 'rsa') expect(key.keyObject.asymmetricKeyDetails?.modulusLength).toBe(params.bits);
    const options = params.type === 'rsa-pss' ? { sigopts: ['rsa_padding_mode:pss'] } : {};
    const sign = () => withRandom(source(), () => signatureFor(key, options).sign(data));
    expect(sign().equals(sign())).toBe(true);
    if ('curve' in params && params.curve !== 'SM2')
      expect(nodeVerify('sha256', data, key.publicKey.keyObject, sign())).toBe(true);
  });

  it('makes the same key on every platform and Node', async () => {
    const fingerprint = async (params: KeyGenParams) =>
      createHash('sha256')
        .update((await seededKey(params, seededRandom('a', 'b'))).pkcs8)
        .digest('hex')
        .slice(0, 16);
    expect(await fingerprint({ type: 'rsa', bits: 2048 })).toBe('7542c5bc86dd092b');
    expect(await fingerprint({ type: 'ec', curve: 'prime256v1' })).toBe('3376a3e9ad5885ac');
  });

  it('refuses types that are not made from a seed', async () => {
    const { keyObject } = await generateKey({ type: 'ec', curve: 'prime256v1' });
    expect(keyObject.type).toBe('private');
    await expect(seededKey({ type: 'dh', group: 'ffdhe2048' }, source())).rejects.toThrow('not made from a seed');
    await expect(seededKey({ type: 'ec', curve: 'none' }, source())).rejects.toThrow('no curve "none"');
  });
});

describe('RFC 6979 appendix A.2.5', () => {
  const d = BigInt('0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721');
  const group = namedGroup(curveByName('prime256v1') as NonNullable<ReturnType<typeof curveByName>>);
  const key = PrivateKey.fromComponents('ec', { kind: 'ec', group, d });
  it.each([
    [
      'sample',
      'sha256',
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    ],
    [
      'test',
      'sha256',
      'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
      '19f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
    ],
  ])('%s with %s', (message, _digest, r, s) => {
    const numbers = readDer(signRepeatably(sha256, Buffer.from(message), key), 'der').sequence('signature');
    expect(numbers.map((one) => BigInt(`0x${one.content.toString('hex')}`).toString(16))).toEqual([r, s]);
  });
});

describe('a source of random octets of the caller’s', () => {
  it('gives way to node:crypto again, also after an error', () => {
    const fails = () =>
      withRandom(source(), () => {
        throw new Error('on purpose');
      });
    expect(fails).toThrow('on purpose');
    expect(isRepeatable()).toBe(false);
    expect(randomOctets(16).equals(randomOctets(16))).toBe(false);
  });
  it('makes serial numbers and PKCS#12 files the same again', () => {
    const pfx = () =>
      withRandom(source(), () =>
        writePkcs12({ certificates: [{ der: randomSerial() }], keys: [], password: Secret.fromText('secret') }),
      );
    expect(pfx().equals(pfx())).toBe(true);
  });
});
