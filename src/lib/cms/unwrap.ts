import { createDecipheriv } from 'node:crypto';
import { fail } from '../errors.ts';
import { longName } from '../registry/oids.ts';

/** A key wrap: octets of its key, and its name in node:crypto. */
export interface KeyWrap {
  readonly name: string;
  readonly keyLength: number;
  readonly iv: Buffer | null;
}

/** The initial value of AES key wrap (RFC 3394 section 2.2.3.1). */
const IV = Buffer.alloc(8, 0xa6);

/** AES key wrap (RFC 3565 section 2.3.2) and triple DES key wrap (RFC 3217) by identifier. */
const WRAPS: ReadonlyMap<string, KeyWrap> = new Map([
  ['2.16.840.1.101.3.4.1.5', { name: 'id-aes128-wrap', keyLength: 16, iv: IV }],
  ['2.16.840.1.101.3.4.1.25', { name: 'id-aes192-wrap', keyLength: 24, iv: IV }],
  ['2.16.840.1.101.3.4.1.45', { name: 'id-aes256-wrap', keyLength: 32, iv: IV }],
  ['1.2.840.113549.1.9.16.3.6', { name: 'id-smime-alg-CMS3DESwrap', keyLength: 24, iv: null }],
]);

/** The key wrap with this identifier. Throws ERR_UNSUPPORTED. */
export const keyWrap = (oid: string): KeyWrap =>
  WRAPS.get(oid) ?? fail('ERR_UNSUPPORTED', `key wrapping with ${longName(oid)} is not supported`);

/** The key that was wrapped; undefined when the key-encryption key is a wrong one. */
export function unwrapKey(oid: string, kek: Buffer, wrapped: Buffer): Buffer | undefined {
  const { name, keyLength, iv } = keyWrap(oid);
  if (kek.length !== keyLength) return undefined;
  try {
    const cipher = createDecipheriv(name, kek, iv);
    return Buffer.concat([cipher.update(wrapped), cipher.final()]);
  } catch {
    return undefined;
  }
}
