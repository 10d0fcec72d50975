/** HKDF-Expand-Label by the examples of RFC 9001 (QUIC uses TLS 1.3's, with labels of its own). */
import { describe, expect, it } from 'vitest';
import { TrafficSecret, expandLabel, hkdfExtract } from '../../../src/lib/tls/schedule/index.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const NOTHING = Buffer.alloc(0);
const label = (secret: Buffer, name: string, length: number): string =>
  expandLabel('sha256', secret, name, NOTHING, length).toString('hex');

describe('RFC 9001', () => {
  it.each([
    [
      'client',
      'c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea',
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ],
    [
      'server',
      '3c199828fd139efd216c155ad844cc81fb82fa8d7446fa7d78be803acdda951b',
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ],
  ])('appendix A.1, %s', (side, secret, key, iv, protection) => {
    const initial = hkdfExtract('sha256', hex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a'), hex('8394c8f03e515708'));
    expect(label(initial, `${side} in`, 32)).toBe(secret);
    expect(label(hex(secret), 'quic key', 16)).toBe(key);
    expect(label(hex(secret), 'quic iv', 12)).toBe(iv);
    expect(label(hex(secret), 'quic hp', 16)).toBe(protection);
  });
  it('appendix A.5, with keys for ChaCha20', () => {
    const secret = hex('9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b');
    expect(label(secret, 'quic key', 32)).toBe('c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8');
    expect(label(secret, 'quic iv', 12)).toBe('e0459b3474bdd0e44a41c144');
    expect(label(secret, 'quic ku', 32)).toBe('1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9');
  });
  it('the keys and the next secret of TLS itself have its own labels', () => {
    const bytes = hex('9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b');
    const secret = new TrafficSecret('sha256', bytes);
    expect(secret.keys(16).key.toString('hex')).toBe(label(bytes, 'key', 16));
    expect(secret.next().reveal().toString('hex')).toBe(label(bytes, 'traffic upd', 32));
  });
});
