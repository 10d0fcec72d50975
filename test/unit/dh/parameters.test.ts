import { describe, expect, test } from 'vitest';
import { checkDhParameters } from '../../../src/lib/dh/check.ts';
import { namedDhParameters } from '../../../src/lib/dh/named.ts';
import { describeDhParameters } from '../../../src/lib/dh/describe.ts';
import { generateDhParameters, generateDsaParameters } from '../../../src/lib/dh/generate.ts';
import {
  dhParametersFromDsa,
  encodeDhParameters,
  pemOfDhParameters,
  readDhParameters,
  readDsaParameters,
  type DhParameters,
} from '../../../src/lib/dh/parameters.ts';
import { bitString, encodePem, explicit, integer, nul, seq, universal } from '../../../src/lib/der/index.ts';
import { dhGroupByName } from '../../../src/lib/registry/dh-groups.ts';

const from = { source: 'test' };
const { p, q } = dhGroupByName('modp_1536')!;
const generators = { p, q, g: 4n };

describe('K6 encoding', () => {
  const cases: Record<string, DhParameters> = {
    plain: { kind: 'dh', p, g: 2n },
    'with a length': { kind: 'dh', p, g: 2n, privateLength: 225 },
    'X9.42': { kind: 'dhx', ...generators },
    'X9.42 with j': { kind: 'dhx', ...generators, j: 2n },
    'X9.42 with a seed': { kind: 'dhx', ...generators, seed: Buffer.from('00ff', 'hex'), counter: 77n },
    'X9.42 with all': { kind: 'dhx', ...generators, j: 2n, seed: Buffer.from('aa', 'hex'), counter: 0n },
  };
  test.each(Object.entries(cases))('%s comes back from PEM and DER', (_, params) => {
    expect(readDhParameters(Buffer.from(pemOfDhParameters(params)), from)).toEqual(params);
    expect(readDhParameters(encodeDhParameters(params), from)).toEqual(params);
    expect(readDhParameters(encodeDhParameters(params), { ...from, form: 'der' })).toEqual(params);
  });

  test('text around the block, CRLF and other blocks do not matter', () => {
    const pem = pemOfDhParameters({ kind: 'dh', p, g: 2n }).replaceAll('\n', '\r\n');
    const file = `hello\r\n${encodePem('CERTIFICATE', nul())}${pem}trailing`;
    expect(readDhParameters(Buffer.from(file), from).p).toBe(p);
  });

  test('PKCS #3 under the X9.42 label is read, X9.42 under the PKCS #3 label is not (as OpenSSL)', () => {
    const plain = encodePem('X9.42 DH PARAMETERS', seq(integer(p), integer(2)));
    expect(readDhParameters(Buffer.from(plain), from).kind).toBe('dh');
    const x942 = encodePem('DH PARAMETERS', seq(integer(p), integer(4), integer(q)));
    expect(() => readDhParameters(Buffer.from(x942), from)).toThrow(/^test: not PKCS #3/);
  });

  test('a missing zero octet is forgiven, a length of zero says nothing', () => {
    const negative = seq(universal(2, Buffer.from(p.toString(16), 'hex')), integer(2), integer(0));
    expect(readDhParameters(negative, from).p).toBe(p);
    expect(readDhParameters(negative, from)).not.toHaveProperty('privateLength');
  });

  test('octets after the parameters do not matter (as OpenSSL)', () => {
    const der = encodeDhParameters({ kind: 'dh', p, g: 2n });
    expect(readDhParameters(Buffer.concat([der, Buffer.from([0])]), from).p).toBe(p);
  });

  test('three small numbers are PKCS #3 without a label, X9.42 under its label (as OpenSSL)', () => {
    const der = seq(integer(p), integer(2), integer(7));
    expect(readDhParameters(der, from)).toMatchObject({ kind: 'dh', privateLength: 7 });
    expect(readDhParameters(Buffer.from(encodePem('X9.42 DH PARAMETERS', der)), from)).toMatchObject({
      kind: 'dhx',
      q: 7n,
    });
  });

  const bad: Record<string, Buffer | string> = {
    empty: '',
    text: 'hello',
    'a certificate': encodePem('CERTIFICATE', nul()),
    'one number': seq(integer(5)),
    'no number': seq(nul(), nul()),
    'too many numbers': seq(integer(p), integer(2), integer(q), integer(2), integer(3)),
    'a bad seed': seq(integer(p), integer(4), integer(q), seq(bitString(Buffer.alloc(1)))),
    'an unknown field': seq(integer(p), integer(4), integer(q), explicit(0, nul())),
    truncated: encodeDhParameters({ kind: 'dh', p, g: 2n }).subarray(0, 100),
  };
  test.each(Object.entries(bad))('%s is refused with one line', (_, bytes) => {
    expect(() => readDhParameters(Buffer.from(bytes), from)).toThrow(/^test: [^\n]+$/);
    expect(() => readDsaParameters(Buffer.from(bytes), from)).toThrow(/^test: [^\n]+$/);
  });

  test('DSA parameters are named as such, and the other way round', () => {
    const dsa = encodePem('DSA PARAMETERS', seq(integer(p), integer(q), integer(4)));
    expect(() => readDhParameters(Buffer.from(dsa), from)).toThrow(/-dsaparam/);
    expect(readDsaParameters(Buffer.from(dsa), from)).toEqual(generators);
    expect(() => readDsaParameters(Buffer.from(pemOfDhParameters({ kind: 'dh', p, g: 2n })), from)).toThrow(/DSA/);
  });
});

describe('K6 check', () => {
  const cases: [string, DhParameters, string[]][] = [
    ['a safe prime', { kind: 'dh', p, g: 5n }, []],
    ['a subgroup', { kind: 'dhx', ...generators, j: 2n }, []],
    ['g = 1', { kind: 'dh', p, g: 1n }, ['unsuitable-generator']],
    ['g = p - 1', { kind: 'dh', p, g: p - 1n }, ['unsuitable-generator']],
    ['a composite', { kind: 'dh', p: p + 2n, g: 2n }, ['p-not-prime']],
    ['an unsafe prime', { kind: 'dh', p: 2n ** 521n - 1n, g: 3n }, ['p-not-safe']],
    ['zero', { kind: 'dh', p: 0n, g: 2n }, ['unsuitable-generator', 'p-not-prime', 'too-small']],
    ['a small prime', { kind: 'dh', p: 23n, g: 2n }, ['too-small']],
    ['a huge number', { kind: 'dh', p: 2n ** 11000n - 1n, g: 2n }, ['too-large']],
    ['g outside the subgroup', { kind: 'dhx', p, q, g: p - 4n }, ['unsuitable-generator']],
    ['a wrong q', { kind: 'dhx', p, q: q - 2n, g: 4n }, ['unsuitable-generator', 'q-not-prime', 'q-not-divisor']],
    ['q = 0', { kind: 'dhx', p, q: 0n, g: 4n }, ['q-not-divisor']],
    ['a wrong j', { kind: 'dhx', ...generators, j: 3n }, ['wrong-j']],
  ];
  test.each(cases)('%s', async (_, params, defects) => {
    expect(await checkDhParameters(params)).toEqual(defects);
  });
});

describe('K6 generate', () => {
  test.each([2, 3, 5])('generator %i generates the subgroup of prime order', async (generator) => {
    const params = await generateDhParameters({ bits: 512, generator });
    expect(params.g).toBe(BigInt(generator));
    expect(await checkDhParameters(params)).toEqual([]);
    const half = (params.p - 1n) / 2n;
    expect(await checkDhParameters({ ...params, kind: 'dhx', q: half })).toEqual([]);
  });

  test('DSA parameters become good X9.42 parameters', async () => {
    const params = dhParametersFromDsa(await generateDsaParameters(1024));
    expect(await checkDhParameters(params)).toEqual([]);
    expect(describeDhParameters(params)).toMatchObject({ type: 'dhx', bits: 1024, group: null });
    expect(params.q!.toString(2).length).toBe(224);
  });

  test('named groups', async () => {
    expect(describeDhParameters(namedDhParameters('FFDHE3072'))).toMatchObject({
      type: 'dh',
      bits: 3072,
      group: 'ffdhe3072',
      g: '2',
    });
    expect(namedDhParameters('dh_2048_256').kind).toBe('dhx');
    expect(() => namedDhParameters('ffdhe1')).toThrow(/not a named group; there are ffdhe2048/);
  });

  test('refuses other generators and sizes', async () => {
    await expect(generateDhParameters({ bits: 512, generator: 7 })).rejects.toThrow(/2, 3 or 5/);
    await expect(generateDhParameters({ bits: 100 })).rejects.toThrow(/512 to 10000/);
    await expect(generateDsaParameters(100)).rejects.toThrow(/512 to 10000/);
  });
});
