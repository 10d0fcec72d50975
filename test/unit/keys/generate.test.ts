import { describe, expect, it } from 'vitest';
import { checkPrivateKey } from '../../../src/lib/keys/check.ts';
import type { DhPrivate, EcPrivate, RsaPrivate } from '../../../src/lib/keys/components.ts';
import { generatedType, generateKey } from '../../../src/lib/keys/generate.ts';
import { KeyParameters } from '../../../src/lib/keys/model.ts';
import { PSS_DEFAULTS } from '../../../src/lib/keys/pss.ts';
import { parametersOf, writePrivateKey } from '../../../src/lib/keys/write.ts';
import { encodePoint, multiplyBase } from '../../../src/lib/crypto/ec-point.ts';
import { curveByName, curveDomain, curveParameters, curves } from '../../../src/lib/registry/curves.ts';
import { writeEcParameters } from '../../../src/lib/registry/ec-parameters.ts';
import { describeWith, openssl } from '../../support/peers.ts';

const bits = (value: bigint): number => value.toString(2).length;

describe('K8 generating keys', () => {
  it.each([512, 1024, 1025])('RSA of %i bits', async (size) => {
    const key = await generateKey({ type: 'rsa', bits: size });
    const { n, e } = key.components as RsaPrivate;
    expect([bits(n), e]).toEqual([size, 65537n]);
    expect(checkPrivateKey(key)).toEqual([]);
  });

  it.each([3n, 17n, 0x1_0000_0000_01n])('RSA with exponent %s', async (exponent) => {
    const key = await generateKey({ type: 'rsa', bits: 768, exponent });
    expect((key.components as RsaPrivate).e).toBe(exponent);
    expect(checkPrivateKey(key)).toEqual([]);
  });

  it('RSA of three primes', async () => {
    const key = await generateKey({ type: 'rsa', bits: 1024, primes: 3 });
    expect((key.components as RsaPrivate).otherPrimes).toHaveLength(1);
    expect(bits((key.components as RsaPrivate).n)).toBe(1024);
    expect(checkPrivateKey(key)).toEqual([]);
  });

  it.each([undefined, PSS_DEFAULTS, { ...PSS_DEFAULTS, digest: 'sha256', saltLength: 32 }])(
    'RSA-PSS with %j',
    async (pss) => {
      const key = await generateKey({ type: 'rsa-pss', bits: 512, ...(pss ? { pss } : {}) });
      expect(key.type).toBe('rsa-pss');
      expect((key.components as RsaPrivate).pss).toEqual(pss);
      expect(key.keyObject.asymmetricKeyType).toBe('rsa-pss');
    },
  );

  it.each(curves().map(({ name }) => name))('EC on %s, named and explicit', async (curve) => {
    for (const encoding of ['named_curve', 'explicit'] as const) {
      const key = await generateKey({ type: 'ec', curve, encoding });
      const { group } = key.components as EcPrivate;
      expect(group.curve?.name.length).toBeGreaterThan(0);
      expect(group.explicit).toBe(encoding === 'explicit' || curve.startsWith('Oakley'));
      // some curves are one under several names
      expect((await generateKey({ type: 'ec', curve: parametersOf(key)! })).type).toBe('ec');
    }
  });

  it.each(['ed25519', 'ed448', 'x25519', 'x448'] as const)('%s', async (type) => {
    const key = await generateKey({ type });
    expect(key.type).toBe(type);
    expect(checkPrivateKey(key)).toEqual([]);
  });

  it('DSA by size and from parameters', async () => {
    const key = await generateKey({ type: 'dsa', bits: 1024, qbits: 160 });
    expect(checkPrivateKey(key)).toEqual([]);
    const again = await generateKey({ type: 'dsa', parameters: parametersOf(key)! });
    expect(checkPrivateKey(again)).toEqual([]);
    expect(again.publicKey.equals(key.publicKey)).toBe(false);
  });

  it.each([
    ['dh', 'ffdhe2048', 225],
    ['dh', 'modp_1536', 200],
    ['dhx', 'dh_1024_160', 160],
  ] as const)('%s in %s', async (type, group, size) => {
    const key = await generateKey({ type, group });
    expect(checkPrivateKey(key)).toEqual([]);
    expect(bits((key.components as DhPrivate).x)).toBeLessThanOrEqual(size);
    const again = await generateKey({ type, group: parametersOf(key)! });
    expect(checkPrivateKey(again)).toEqual([]);
  });

  it('refuses what cannot be, in one clear line', async () => {
    await expect(generateKey({ type: 'rsa', bits: 511 })).rejects.toThrow(
      'an RSA key needs at least 512 bits, and 511 are asked for',
    );
    await expect(generateKey({ type: 'rsa', bits: 1e9 })).rejects.toThrow('would take days to make');
    await expect(generateKey({ type: 'rsa', exponent: 2n })).rejects.toThrow('odd and at least 3, not 2');
    await expect(generateKey({ type: 'rsa', exponent: 1n })).rejects.toThrow('odd and at least 3, not 1');
    await expect(generateKey({ type: 'rsa', bits: 1024, primes: 4 })).rejects.toThrow('has 2 to 3 primes, not 4');
    await expect(generateKey({ type: 'ec', curve: 'P-1' })).rejects.toThrow('there is no EC curve "P-1"');
    await expect(generateKey({ type: 'dh', group: 'ffdhe1' })).rejects.toThrow('there is no DH group "ffdhe1"');
    await expect(generateKey({ type: 'dsa', bits: 100 })).rejects.toThrow('512 to 10000 bits');
  });

  it('knows the names of algorithms', () => {
    expect(['RSA', 'rsa-pss', 'EC', 'Ed25519', 'X448', 'DHX', 'dsa'].map(generatedType)).toEqual(
      ['rsa', 'rsa-pss', 'ec', 'ed25519', 'x448', 'dhx', 'dsa'], // as the table names them
    );
    expect(
      ['ML-DSA-65', 'mlkem768', 'id-alg-ml-kem-512', 'SLH-DSA-SHA2-128s', 'id-ml-dsa-87'].map(generatedType),
    ).toEqual(
      ['ml-dsa-65', 'ml-kem-768', 'ml-kem-512', 'slh-dsa-sha2-128s', 'ml-dsa-87'], // as FIPS 203 to 205 name the sets
    );
    expect(() => generatedType('fruit')).toThrow('there is no key algorithm "fruit"');
  });
});

/** P-256 with another generator, which no table has. */
function unnamedCurve(): KeyParameters {
  const curve = curveByName('P-256')!;
  const domain = curveDomain(curve);
  const generator = encodePoint(domain, multiplyBase(domain, 7n), 'uncompressed');
  return new KeyParameters('ec', writeEcParameters({ ...curveParameters(curve), generator, seed: undefined }));
}

describe('curves without a name', () => {
  it('carry keys', async () => {
    const key = await generateKey({ type: 'ec', curve: unnamedCurve() });
    expect((key.components as EcPrivate).group.curve).toBeUndefined();
    expect(checkPrivateKey(key)).toEqual([]);
  });
});

describeWith(['openssl'], 'K8 generated keys in openssl', () => {
  it('a key on a curve without a name is valid, and comes back byte for byte', async () => {
    const pem = writePrivateKey(await generateKey({ type: 'ec', curve: unnamedCurve() }), { format: 'pkcs8' });
    expect(openssl(['pkey', '-check'], { input: pem }).stdout).toBe(`Key is valid\n${pem as string}`);
  });

  it.each([
    { type: 'rsa', bits: 1024 },
    { type: 'rsa', bits: 1024, primes: 3 },
    { type: 'rsa', bits: 768, exponent: 0x1_0000_0000_01n },
    { type: 'ec', curve: 'sect409k1' },
    { type: 'ec', curve: 'Oakley-EC2N-3' },
    { type: 'ec', curve: 'brainpoolP384r1', encoding: 'explicit' },
    { type: 'dsa', bits: 1024 },
    { type: 'dh', group: 'modp_2048' },
    { type: 'dhx', group: 'dh_2048_224' },
    { type: 'x448' },
  ] as const)('$type is valid', async (params) => {
    const pem = writePrivateKey(await generateKey(params), { format: 'pkcs8' });
    const { stdout, stderr } = openssl(['pkey', '-check'], { input: pem });
    expect(stderr).toBe('');
    expect(stdout).toBe(`Key is valid\n${pem as string}`);
  });
});
