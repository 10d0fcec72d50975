import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmac } from '../../../src/lib/tls/schedule/hmac.ts';

describe('HMAC', () => {
  // RFC 4231 sections 4.2, 4.3 and 4.7
  it.each([
    [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('is that of RFC 4231', (key, data, expected) => {
    expect(hmac('sha256', key, Buffer.from(data)).toString('hex')).toBe(expected);
  });

  it('is that of node:crypto for keys and data of every length, one after the other', () => {
    for (const hash of ['sha256', 'sha384'] as const) {
      for (let length = 0; length < 300; length += 1) {
        const key = randomBytes((length * 7) % 200);
        const data = randomBytes(length < 280 ? length : 10 * length);
        expect(hmac(hash, key, data)).toEqual(createHmac(hash, key).update(data).digest());
      }
    }
  });
});
