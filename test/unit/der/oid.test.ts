import { describe, expect, it } from 'vitest';
import { decodeOid, encodeOid } from '../../../src/lib/der/index.ts';
import { cpuSeconds } from '../../support/cpu.ts';

const arc = (octets: number): Buffer => Buffer.concat([Buffer.alloc(octets - 1, 0xff), Buffer.of(0x7f)]);

describe('object identifiers', () => {
  it.each([
    ['0.0', '00'],
    ['0.39', '27'],
    ['1.0', '28'],
    ['1.39', '4f'],
    ['2.0', '50'],
    ['2.48', '8100'],
    ['2.999.3', '883703'],
    ['1.2.840.113549.1.1.1', '2a864886f70d010101'],
    ['2.25.340282366920938463463374607431768211455', '6983ffffffffffffffffffffffffffffffffff7f'],
    ['2.562949953421231', 'ffffffffffffff7f'.slice(2)],
    ['2.72057594037927855', 'ffffffffffffff7f'],
    ['1.2.9007199254740991', '2a8fffffffffffff7f'],
    ['1.2.9007199254740992', '2a9080808080808000'],
  ])('%s', (dotted, hex) => {
    expect(encodeOid(dotted).toString('hex')).toBe(hex);
    expect(decodeOid(Buffer.from(hex, 'hex'))).toBe(dotted);
  });

  it.each(['', '80', '2a80', '2a8001', '808001'])('refuses the content %j', (hex) => {
    expect(() => decodeOid(Buffer.from(hex, 'hex'))).toThrow(/OBJECT IDENTIFIER/);
  });

  it('takes 4096 octets, in one arc or in many', () => {
    for (const content of [Buffer.concat([Buffer.of(0x2a), arc(4095)]), Buffer.alloc(4096, 0x7f)]) {
      expect(encodeOid(decodeOid(content)).equals(content)).toBe(true);
    }
  });

  it('refuses more, and at once', async () => {
    for (const octets of [4097, 100_000, 10_000_000]) {
      const content = arc(octets);
      const texts = [`1.2${'.127'.repeat(octets)}`, `1.2.${'9'.repeat(octets * 3)}`];
      const seconds = await cpuSeconds(() => {
        expect(() => decodeOid(content, 7)).toThrow(
          `an OBJECT IDENTIFIER of ${octets} octets at offset 7: more than 4096`,
        );
        for (const text of texts) expect(() => encodeOid(text)).toThrow('takes more than 4096 octets');
      });
      expect(seconds).toBeLessThan(1);
    }
  });
});
