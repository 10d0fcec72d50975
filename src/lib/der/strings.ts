import { fail } from '../errors.ts';
import { TAG } from './reader.ts';
import { sequenceLength } from './text.ts';

/** Sets of string types, one bit each, numbered as in OpenSSL's `string_mask = MASK:n`. */
export const STRING_BIT = {
  numeric: 0x1,
  printable: 0x2,
  t61: 0x4,
  ia5: 0x10,
  visible: 0x40,
  general: 0x80,
  universal: 0x100,
  bmp: 0x800,
  utf8: 0x2000,
} as const;

/** The types of a DirectoryString (RFC 5280 section 4.1.2.4). */
export const DIRECTORY_STRING: number = STRING_BIT.printable | STRING_BIT.t61 | STRING_BIT.bmp | STRING_BIT.utf8;

/** An encoded string: universal tag number and content octets. */
export interface EncodedString {
  readonly tag: number;
  readonly value: Buffer;
}

/** Which characters and types are allowed. */
export interface StringRules {
  /** True when the bytes are UTF-8, false when each byte is one character of Latin-1. */
  readonly utf8: boolean;
  /** The allowed types, of {@link STRING_BIT}. */
  readonly mask: number;
  /** Least and most characters; none when absent. */
  readonly min?: number;
  readonly max?: number;
}

const between = (c: number, from: string, to: string): boolean => c >= from.charCodeAt(0) && c <= to.charCodeAt(0);
const isDigit = (c: number): boolean => between(c, '0', '9');

/** X.680 section 41.4. */
const isPrintable = (c: number): boolean =>
  between(c, 'a', 'z') ||
  between(c, 'A', 'Z') ||
  isDigit(c) ||
  (c < 0x80 && " '()+,-./:=?".includes(String.fromCharCode(c)));

/** Which characters a type can hold; types without a row hold any. */
const HOLDS: readonly (readonly [bit: number, test: (c: number) => boolean])[] = [
  [STRING_BIT.numeric, (c) => isDigit(c) || c === 0x20],
  [STRING_BIT.printable, isPrintable],
  [STRING_BIT.ia5, (c) => c < 0x80],
  [STRING_BIT.t61, (c) => c <= 0xff],
  [STRING_BIT.bmp, (c) => c <= 0xffff],
];

type Width = 'octet' | 'bmp' | 'universal' | 'utf8';

/** The order in which a type is chosen among those that can hold the text. */
const CHOICE: readonly (readonly [bit: number, tag: number, width: Width])[] = [
  [STRING_BIT.numeric, TAG.numericString, 'octet'],
  [STRING_BIT.printable, TAG.printableString, 'octet'],
  [STRING_BIT.ia5, TAG.ia5String, 'octet'],
  [STRING_BIT.t61, TAG.t61String, 'octet'],
  [STRING_BIT.bmp, TAG.bmpString, 'bmp'],
  [STRING_BIT.universal, TAG.universalString, 'universal'],
];

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [STRING_BIT.numeric]: 'digits and blanks',
  [STRING_BIT.printable]: `letters, digits, blanks and '()+,-./:=?`,
  [STRING_BIT.ia5]: 'ASCII characters',
};

/**
 * Encodes text in the first type of NumericString, PrintableString, IA5String, T61String, BMPString, UniversalString, UTF8String that `mask`
 * allows and that holds all characters: OpenSSL's choice.
 *
 * @throws TlskitError ERR_FORMAT, a phrase that follows the name of the field
 */
export function encodeString(bytes: Uint8Array, rules: StringRules): EncodedString {
  const codes = rules.utf8 ? codePoints(bytes) : Uint32Array.from(bytes);
  const { min = 0, max = Infinity } = rules;
  if (codes.length < min) fail('ERR_FORMAT', `has ${count(codes.length)}; at least ${min} are needed`);
  if (codes.length > max) fail('ERR_FORMAT', `has ${count(codes.length)}; at most ${max} are allowed`);
  const wanted = rules.mask === 0 ? DIRECTORY_STRING : rules.mask;
  let mask = wanted;
  for (const [bit, holds] of HOLDS) if ((mask & bit) !== 0 && !codes.every(holds)) mask &= ~bit;
  if (mask === 0)
    fail('ERR_FORMAT', `may hold only ${TYPE_NAMES[wanted] ?? 'characters of the types that string_mask allows'}`);
  const [, tag, width] = CHOICE.find(([bit]) => (mask & bit) !== 0) ?? [0, TAG.utf8String, 'utf8' as const];
  return { tag, value: encodeCodes(codes, width) };
}

const count = (n: number): string => (n === 1 ? '1 character' : `${n} characters`);

function codePoints(bytes: Uint8Array): Uint32Array {
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) fail('ERR_FORMAT', `is not UTF-8 at byte ${at}`);
    at += length;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  return Uint32Array.from(text, (c) => c.codePointAt(0) as number);
}

function encodeCodes(codes: Uint32Array, width: Width): Buffer {
  if (width === 'octet') return Buffer.from(codes);
  if (width === 'utf8') return Buffer.from(Array.from(codes, (c) => String.fromCodePoint(c)).join(''), 'utf8');
  const size = width === 'bmp' ? 2 : 4;
  const out = Buffer.alloc(codes.length * size);
  codes.forEach((code, i) => out.writeUIntBE(code, i * size, size));
  return out;
}
