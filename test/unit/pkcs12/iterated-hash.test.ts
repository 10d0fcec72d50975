import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestByName, type Digest } from '../../../src/lib/crypto/digests.ts';
import { iterateHash } from '../../../src/lib/crypto/iterated-hash.ts';

describe('iterated digest', () => {
  const cases = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256'];
  it.each(cases)('%s is what node:crypto gives one by one', (name) => {
    const digest = digestByName(name) as Digest;
    for (const count of [1, 2, 64, 65, 66, 300]) {
      const data = Buffer.from('input '.repeat(30));
      let value: Buffer = data;
      for (let i = 0; i < count; i += 1) value = createHash(digest.node).update(value).digest();
      expect(iterateHash(digest, data, count).toString('hex')).toBe(value.toString('hex'));
    }
  });
});
