import { describe, expect, it } from 'vitest';
import { MasterSecret12, prf, pskPremaster, type PrfHash } from '../../../src/lib/tls/schedule/index.ts';
import { openssl } from '../../support/openssl.ts';
import { describeWith } from '../../support/peers.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

describe('TLS 1.2 PRF', () => {
  // P_SHA256 and P_SHA384 vectors posted to the IETF TLS list, 2011-08-09
  it.each<[PrfHash, string, string, string]>([
    [
      'sha256',
      '9bbe436ba940f017b17652849a71db35',
      'a0ba9f936cda311827a6f796ffd5198c',
      `e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4f
       bc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66`,
    ],
    [
      'sha384',
      'b80b733d6ceefcdc71566ea48e5567df',
      'cd665cf6a8447dd6ff8b27555edb7465',
      `7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8b
       fa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8
       f3a26854308d5eaa3be85e0990703d73e56f`,
    ],
  ])('%s', (hash, secret, seed, output) => {
    const expected = hex(output);
    expect(prf(hash, hex(secret), 'test label', hex(seed), expected.length)).toEqual(expected);
  });
});

describeWith(['openssl'], 'the PRF against openssl', () => {
  it.each<[PrfHash, string, number, number]>([
    ['sha256', 'SHA256', 48, 1],
    ['sha256', 'SHA256', 48, 104],
    ['sha384', 'SHA384', 48, 200],
    ['md5-sha1', 'MD5-SHA1', 48, 104],
    ['md5-sha1', 'MD5-SHA1', 33, 48],
  ])('%s of %s, a secret of %i octets, %i octets out', (hash, digest, secretLength, length) => {
    const secret = Buffer.from(Array.from({ length: secretLength }, (_, i) => (i * 7 + 1) & 0xff));
    const seed = Buffer.from(Array.from({ length: 64 }, (_, i) => i * 3));
    const whole = Buffer.concat([Buffer.from('key expansion'), seed]).toString('hex');
    const args = [
      'kdf',
      '-keylen',
      `${length}`,
      '-kdfopt',
      `digest:${digest}`,
      '-kdfopt',
      `hexsecret:${secret.toString('hex')}`,
    ];
    const { stdout, stderr, status } = openssl([...args, '-kdfopt', `hexseed:${whole}`, 'TLS1-PRF']);
    expect([status, stderr]).toEqual([0, '']);
    expect(prf(hash, secret, 'key expansion', seed, length)).toEqual(hex(stdout.replaceAll(':', '')));
  });
});

describe('what is made with it', () => {
  const randoms = { client: Buffer.alloc(32, 1), server: Buffer.alloc(32, 2) };
  const master = MasterSecret12.from('sha256', Buffer.alloc(48, 3), randoms);

  it('the key block is cut in the order of RFC 5246 section 6.3', () => {
    const lengths = { mac: 20, key: 16, iv: 16 };
    const { client, server } = master.keys(randoms, lengths);
    const seed = Buffer.concat([randoms.server, randoms.client]);
    const block = prf('sha256', master.reveal(), 'key expansion', seed, 104);
    expect(Buffer.concat([client.mac, server.mac, client.key, server.key, client.iv, server.iv])).toEqual(block);
    expect([client.mac.length, server.key.length, server.iv.length]).toEqual([20, 16, 16]);
  });

  it('labels, seeds and the exporter contexts', () => {
    expect(master.reveal()).toEqual(
      prf('sha256', Buffer.alloc(48, 3), 'master secret', Buffer.concat([randoms.client, randoms.server]), 48),
    );
    const extended = MasterSecret12.extended('sha384', Buffer.alloc(48, 3), Buffer.alloc(48, 4));
    expect(extended.reveal()).toEqual(
      prf('sha384', Buffer.alloc(48, 3), 'extended master secret', Buffer.alloc(48, 4), 48),
    );
    expect(master.export('label', randoms, undefined, 20)).toEqual(
      prf('sha256', master.reveal(), 'label', Buffer.concat([randoms.client, randoms.server]), 20),
    );
    expect(master.export('label', randoms, Buffer.alloc(0), 20)).toEqual(
      prf('sha256', master.reveal(), 'label', Buffer.concat([randoms.client, randoms.server, hex('0000')]), 20),
    );
    expect(() => master.export('label', randoms, Buffer.alloc(65536), 20)).toThrow(RangeError);
  });

  it('Finished tells the sides apart and verifies', () => {
    const digest = Buffer.alloc(32, 9);
    const data = master.finished('client', digest);
    expect(data.length).toBe(12);
    expect(master.verifies('client', digest, data)).toBe(true);
    expect(master.verifies('server', digest, data)).toBe(false);
    expect(master.verifies('client', digest, data.subarray(1))).toBe(false);
  });

  it('premaster secrets with a PSK', () => {
    expect(pskPremaster(hex('aabb'))).toEqual(hex('0002 0000 0002 aabb'));
    expect(pskPremaster(hex('aabb'), hex('010203'))).toEqual(hex('0003 010203 0002 aabb'));
  });
});
