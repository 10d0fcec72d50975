import { createECDH, ECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  addPoint,
  decodePoint,
  encodePoint,
  isOnCurve,
  multiplyBase,
  multiplyPoint,
} from '../../../src/lib/crypto/ec-point.ts';
import { curveDomain, curves } from '../../../src/lib/registry/curves.ts';

describe('points on every curve', () => {
  it.each(curves().map((curve) => [curve.name, curve] as const))('%s agrees with Node', (name, curve) => {
    const domain = curveDomain(curve);
    const g = { x: domain.x, y: domain.y };
    expect(isOnCurve(domain, g)).toBe(true);
    const d = 0x1234567890abcdefn % domain.n;
    const point = multiplyBase(domain, d);
    const uncompressed = encodePoint(domain, point, 'uncompressed');
    // the Oakley curves and two WAP curves take no keys in Node
    let ecdh: ReturnType<typeof createECDH> | undefined;
    try {
      ecdh = createECDH(name);
      ecdh.setPrivateKey(Buffer.from(d.toString(16).padStart(16, '0'), 'hex'));
    } catch {
      ecdh = undefined;
    }
    if (ecdh) expect(uncompressed).toEqual(ecdh.getPublicKey());
    for (const form of ['compressed', 'uncompressed', 'hybrid'] as const) {
      const octets = encodePoint(domain, point, form);
      if (ecdh) expect(octets).toEqual(ECDH.convertKey(uncompressed, name, undefined, undefined, form));
      expect(decodePoint(domain, octets)).toEqual(point);
    }
    expect(multiplyPoint(domain, g, domain.n)).toBeUndefined();
    expect(addPoint(domain, point, g)).toEqual(multiplyBase(domain, d + 1n));
    expect(addPoint(domain, g, g)).toEqual(multiplyBase(domain, 2n));
  });

  it('refuses what is no point', () => {
    const domain = curveDomain(curves().find(({ name }) => name === 'prime256v1')!);
    const good = encodePoint(domain, { x: domain.x, y: domain.y }, 'uncompressed');
    expect(decodePoint(domain, Buffer.from([0]))).toBeUndefined();
    const bad = Buffer.from(good);
    bad[64]! ^= 1;
    const hybrid = encodePoint(domain, { x: domain.x, y: domain.y }, 'hybrid');
    hybrid[0]! ^= 1;
    const outside = Buffer.concat([Buffer.from([2]), Buffer.alloc(32, 0xff)]);
    for (const octets of [bad, hybrid, outside, good.subarray(0, 64), Buffer.alloc(0), Buffer.from([5, 1])]) {
      expect(() => decodePoint(domain, octets)).toThrow(expect.objectContaining({ code: 'ERR_KEY' }));
    }
  });
});
