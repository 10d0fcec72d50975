import { fail } from '../errors.ts';
import { shown } from './text.ts';

/** Content octets that an object identifier may have: far more than any in use (OpenSSL prints none of more than 586). */
const MAX_CONTENT = 4096;
/** Characters of dotted text that so much content can give, and a few more. */
const MAX_TEXT = 5 * MAX_CONTENT;
/** Octets of an arc that fit into a number without loss. */
const SHORT_ARC = 7;

/**
 * An OBJECT IDENTIFIER's content octets as dotted text (X.690 section 8.19).
 *
 * @param offset where the identifier stands, for messages
 * @throws TlskitError ERR_DER; ERR_LIMIT for more than 4096 octets
 */
export function decodeOid(content: Uint8Array, offset = 0): string {
  if (content.length === 0 || (content[content.length - 1] as number) >= 0x80) {
    fail('ERR_DER', `a malformed OBJECT IDENTIFIER at offset ${offset}`);
  }
  if (content.length > MAX_CONTENT) {
    fail('ERR_LIMIT', `an OBJECT IDENTIFIER of ${content.length} octets at offset ${offset}: more than ${MAX_CONTENT}`);
  }
  const arcs: string[] = [];
  for (let start = 0; start < content.length;) {
    if (content[start] === 0x80) fail('ERR_DER', `an OBJECT IDENTIFIER with leading zeros at offset ${offset}`);
    let end = start + 1;
    while ((content[end - 1] as number) >= 0x80) end += 1;
    const value = arcValue(content.subarray(start, end));
    if (start > 0) arcs.push(String(value));
    else {
      const top = value < 40 ? 0 : value < 80 ? 1 : 2;
      arcs.push(String(top), String(typeof value === 'bigint' ? value - BigInt(top * 40) : value - top * 40));
    }
    start = end;
  }
  return arcs.join('.');
}

/** The number in groups of seven bits; a long one is parsed at once, since shifting group by group takes quadratic time. */
function arcValue(octets: Uint8Array): number | bigint {
  if (octets.length <= SHORT_ARC) return octets.reduce((value, octet) => value * 128 + (octet & 0x7f), 0);
  return BigInt(`0b${Array.from(octets, (octet) => (octet & 0x7f).toString(2).padStart(7, '0')).join('')}`);
}

/**
 * Dotted text as an OBJECT IDENTIFIER's content octets.
 *
 * @throws TlskitError ERR_DER; ERR_LIMIT for more than 4096 octets
 */
export function encodeOid(dotted: string): Buffer {
  const tooLong = (): never =>
    fail('ERR_LIMIT', `the object identifier ${shown(dotted, 40)} takes more than ${MAX_CONTENT} octets`);
  const bad = (): never => fail('ERR_DER', `"${shown(dotted)}" is not an object identifier`);
  if (dotted.length > MAX_TEXT) tooLong();
  if (!/^[0-2](\.(0|[1-9][0-9]*))+$/.test(dotted)) bad();
  const [first, second, ...rest] = dotted.split('.').map(BigInt) as [bigint, bigint, ...bigint[]];
  if (first < 2n && second > 39n) bad();
  const out: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const digits = arc.toString(2);
    // the first group takes what does not fill seven bits
    for (let end = digits.length % 7 || 7, start = 0; end <= digits.length; start = end, end += 7) {
      out.push(parseInt(digits.slice(start, end), 2) | (end < digits.length ? 0x80 : 0));
    }
  }
  return out.length > MAX_CONTENT ? tooLong() : Buffer.from(out);
}
