import { bigintOf } from '../der/index.ts';
import { upperHex } from './string.ts';

/** The magnitude of an INTEGER's content octets, as OpenSSL holds it: no sign, no leading zero. */
export function magnitude(content: Uint8Array): Buffer {
  const value = bigintOf(content);
  const hex = (value < 0n ? -value : value).toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

/** An INTEGER inside an extension: decimal, or from 128 bits on upper-case hex with `0x`. */
export function integerText(content: Uint8Array): string {
  const value = bigintOf(content);
  const size = value < 0n ? -value : value;
  if (size < 1n << 127n) return String(value);
  return `${value < 0n ? '-' : ''}0x${upperHex(magnitude(content))}`;
}

/** An INTEGER as a run of upper-case hex, broken after 35 octets. */
export function integerHex(content: Uint8Array): string {
  const lines = upperHex(magnitude(content)).match(/.{1,70}/g) ?? ['00'];
  return `${bigintOf(content) < 0n ? '-' : ''}${lines.join('\\\n')}`;
}

/** The value as C's `long` where it fits, else -1, as OpenSSL's getters give it. */
export function longOf(content: Uint8Array): bigint {
  const value = bigintOf(content);
  return value === BigInt.asIntN(64, value) ? value : -1n;
}
