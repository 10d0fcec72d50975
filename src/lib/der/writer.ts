import { fail } from '../errors.ts';
import { encodeOid } from './oid.ts';
import { CLASS, TAG } from './reader.ts';
import { encodeTime } from './time.ts';

/** One element: identifier octet(s), minimal length, content. */
export function element(cls: number, constructed: boolean, number: number, content: Uint8Array): Buffer {
  const lead = (cls << 6) | (constructed ? 0x20 : 0);
  const tag = number < 0x1f ? [lead | number] : [lead | 0x1f, ...base128(number)];
  return Buffer.concat([Buffer.from([...tag, ...lengthOctets(content.length)]), content]);
}

function base128(number: number): number[] {
  const out = [number & 0x7f];
  for (let v = Math.floor(number / 128); v > 0; v = Math.floor(v / 128)) out.unshift((v & 0x7f) | 0x80);
  return out;
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const out: number[] = [];
  for (let v = length; v > 0; v = Math.floor(v / 256)) out.unshift(v & 0xff);
  return [0x80 | out.length, ...out];
}

const primitive = (number: number, content: Uint8Array): Buffer => element(CLASS.universal, false, number, content);

/** SEQUENCE of ready elements. */
export const seq = (...items: readonly Uint8Array[]): Buffer =>
  element(CLASS.universal, true, TAG.sequence, Buffer.concat(items));

/** SET whose elements stay in the given order. */
export const set = (...items: readonly Uint8Array[]): Buffer =>
  element(CLASS.universal, true, TAG.set, Buffer.concat(items));

/** SET OF: elements sorted as DER wants (X.690 section 11.6). */
export const setOf = (...items: readonly Uint8Array[]): Buffer => set(...[...items].sort(Buffer.compare));

/** BOOLEAN. */
export const boolean = (value: boolean): Buffer => primitive(TAG.boolean, Buffer.from([value ? 0xff : 0]));

/** INTEGER of a number or bigint, any sign. */
export const integer = (value: number | bigint): Buffer => primitive(TAG.integer, integerContent(BigInt(value)));

/** INTEGER from big-endian unsigned magnitude octets. */
export function unsignedInteger(magnitude: Uint8Array): Buffer {
  let from = 0;
  while (from < magnitude.length - 1 && magnitude[from] === 0) from += 1;
  const body = magnitude.subarray(from);
  const pad = body.length === 0 || (body[0] as number) >= 0x80 ? [0] : [];
  return primitive(TAG.integer, Buffer.concat([Buffer.from(pad), body]));
}

/** ENUMERATED. */
export const enumerated = (value: number | bigint): Buffer => primitive(TAG.enumerated, integerContent(BigInt(value)));

/** Two's complement content octets, minimal. */
export function integerContent(value: bigint): Buffer {
  let octets = 1;
  while (value < -(1n << BigInt(8 * octets - 1)) || value >= 1n << BigInt(8 * octets - 1)) octets += 1;
  const unsigned = value < 0n ? value + (1n << BigInt(8 * octets)) : value;
  return Buffer.from(unsigned.toString(16).padStart(2 * octets, '0'), 'hex');
}

/** OBJECT IDENTIFIER from dotted text. */
export const oid = (dotted: string): Buffer => primitive(TAG.oid, encodeOid(dotted));

/** NULL. */
export const nul = (): Buffer => primitive(TAG.null, Buffer.alloc(0));

/** OCTET STRING. */
export const octetString = (content: Uint8Array): Buffer => primitive(TAG.octetString, content);

/** BIT STRING of whole octets, or with `unused` bits at its end. */
export const bitString = (content: Uint8Array, unused = 0): Buffer =>
  primitive(TAG.bitString, Buffer.concat([Buffer.from([unused]), content]));

/** BIT STRING with named bits: trailing zero bits are left out, as DER wants (X.690 section 11.2.2). */
export function namedBits(bits: Iterable<number>): Buffer {
  const on = [...bits];
  if (on.length === 0) return bitString(Buffer.alloc(0));
  const highest = Math.max(...on);
  const bytes = Buffer.alloc((highest >> 3) + 1);
  for (const bit of on) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return bitString(bytes, 7 - (highest & 7));
}

/** UTF8String. */
export const utf8String = (text: string): Buffer => primitive(TAG.utf8String, Buffer.from(text, 'utf8'));

/** PrintableString; the caller has checked the alphabet. */
export const printableString = (text: string): Buffer => primitive(TAG.printableString, Buffer.from(text, 'latin1'));

/** IA5String; refuses what is not ASCII. */
export function ia5String(text: string): Buffer {
  // eslint-disable-next-line no-control-regex
  if (!/^[\x00-\x7f]*$/.test(text)) fail('ERR_DER', `"${text}" has characters that an IA5String cannot hold`);
  return primitive(TAG.ia5String, Buffer.from(text, 'latin1'));
}

/** BMPString: UTF-16, big endian. */
export const bmpString = (text: string): Buffer => primitive(TAG.bmpString, Buffer.from(text, 'utf16le').swap16());

/** Any universal primitive type with ready content. */
export const universal = (number: number, content: Uint8Array): Buffer => primitive(number, content);

/** UTCTime or GeneralizedTime, as RFC 5280 section 4.1.2.5 chooses. */
export function time(ms: number): Buffer {
  const { form, text } = encodeTime(ms);
  return primitive(form === 'utc' ? TAG.utcTime : TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

/** `[number] EXPLICIT`. */
export const explicit = (number: number, ...items: readonly Uint8Array[]): Buffer =>
  element(CLASS.context, true, number, Buffer.concat(items));

/** `[number] IMPLICIT` over a ready element: its identifier is replaced, its form (primitive or constructed) kept. */
export function implicit(number: number, item: Uint8Array): Buffer {
  const constructed = ((item[0] as number) & 0x20) !== 0;
  return element(CLASS.context, constructed, number, contentOf(item));
}

/** `[number] IMPLICIT` over primitive content octets. */
export const contextPrimitive = (number: number, content: Uint8Array): Buffer =>
  element(CLASS.context, false, number, content);

function contentOf(item: Uint8Array): Uint8Array {
  const lead = item[1] as number;
  return item.subarray(lead < 0x80 ? 2 : 2 + (lead & 0x7f));
}
