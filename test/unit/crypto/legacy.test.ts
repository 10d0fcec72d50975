import { describe, expect, it } from 'vitest';
import { cipherByName } from '../../../src/lib/crypto/ciphers.ts';
import { rc2Cbc } from '../../../src/lib/crypto/legacy/rc2.ts';
import { rc4 } from '../../../src/lib/crypto/legacy/rc4.ts';
import { decryptWith, encryptWith } from '../../../src/lib/crypto/run-cipher.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('RC2 (RFC 2268 section 5)', () => {
  it.each([
    ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
    ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
    ['88', 64, '0000000000000000', '61a8a244adacccf0'],
    ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
    ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
    ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
    ['88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e', 129, '0000000000000000', '5b78d3a43dfff1f1'],
  ])('key %s, %i bits', (key, bits, plain, encrypted) => {
    const iv = Buffer.alloc(8);
    expect(rc2Cbc('encrypt', hex(key), bits, iv, hex(plain)).toString('hex')).toBe(encrypted);
    expect(rc2Cbc('decrypt', hex(key), bits, iv, hex(encrypted)).toString('hex')).toBe(plain);
  });

  it('chains blocks both ways', () => {
    const data = Buffer.from('twenty-four octets here!');
    const encrypted = rc2Cbc('encrypt', hex('88bca90e'), 40, hex('0102030405060708'), data);
    expect(rc2Cbc('decrypt', hex('88bca90e'), 40, hex('0102030405060708'), encrypted)).toEqual(data);
  });
});

describe('RC4 (RFC 6229)', () => {
  it.each([
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
  ])('key %s', (key, stream) => {
    expect(rc4(hex(key), Buffer.alloc(16)).toString('hex')).toBe(stream);
  });
});

describe('DES', () => {
  it('gives the classical known answer', () => {
    const des = cipherByName('des')!;
    const out = encryptWith(
      des,
      hex('0123456789abcdef'),
      hex('1234567890abcdef'),
      Buffer.from('Now is the time for all '),
    );
    // FIPS 81, table C3
    expect(out.subarray(0, 24).toString('hex')).toBe('e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6');
    expect(decryptWith(des, hex('0123456789abcdef'), hex('1234567890abcdef'), out)?.toString()).toBe(
      'Now is the time for all ',
    );
  });
});
