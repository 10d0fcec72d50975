import { isUtf8 } from 'node:buffer';
import { TAG, element, CLASS } from '../der/index.ts';
import type { Asn1String } from '../der/template.ts';
import { octetText } from './octets.ts';

/** How a string value is shown: the bits of OpenSSL's ASN1_STRFLGS, which `-nameopt` sets by name. */
export const STRING_FLAG = {
  esc2253: 0x1,
  escControl: 0x2,
  escMsb: 0x4,
  useQuotes: 0x8,
  utf8: 0x10,
  ignoreType: 0x20,
  showType: 0x40,
  dumpAll: 0x80,
  dumpUnknown: 0x100,
  dumpDer: 0x200,
  esc2254: 0x400,
} as const;

/** Escaping and conversion as RFC 2253 section 2.4 wants it. */
export const RFC2253_STRING: number =
  STRING_FLAG.esc2253 |
  STRING_FLAG.escControl |
  STRING_FLAG.escMsb |
  STRING_FLAG.utf8 |
  STRING_FLAG.dumpUnknown |
  STRING_FLAG.dumpDer;

const ANY_ESCAPE =
  STRING_FLAG.esc2253 | STRING_FLAG.esc2254 | STRING_FLAG.useQuotes | STRING_FLAG.escControl | STRING_FLAG.escMsb;

/** Octets a character; 0 for UTF-8. Types that are not here have no characters. */
const WIDTH: ReadonlyMap<number, number> = new Map([
  [TAG.utf8String, 0],
  [TAG.numericString, 1],
  [TAG.printableString, 1],
  [TAG.t61String, 1],
  [TAG.ia5String, 1],
  [TAG.visibleString, 1],
  [TAG.universalString, 4],
  [TAG.bmpString, 2],
]);

/** Names of the universal types as OpenSSL prints them. */
const TYPE_NAMES: readonly string[] = [
  'EOC,BOOLEAN,INTEGER,BIT STRING,OCTET STRING,NULL,OBJECT,OBJECT DESCRIPTOR,EXTERNAL,REAL,ENUMERATED',
  '<ASN1 11>,UTF8STRING,<ASN1 13>,<ASN1 14>,<ASN1 15>,SEQUENCE,SET,NUMERICSTRING,PRINTABLESTRING,T61STRING',
  'VIDEOTEXSTRING,IA5STRING,UTCTIME,GENERALIZEDTIME,GRAPHICSTRING,VISIBLESTRING,GENERALSTRING,UNIVERSALSTRING',
  '<ASN1 29>,BMPSTRING',
].flatMap((line) => line.split(','));

/** The name of a universal type, e.g. `UTF8STRING`. */
export const typeName = (tag: number): string => TYPE_NAMES[tag] ?? '(unknown)';

/** The octets that OpenSSL holds for a string: the content, without the count of unused bits of a BIT STRING. */
export function stringData({ tag, value }: Asn1String): Buffer {
  if (tag !== TAG.bitString) return value;
  const data = Buffer.from(value.subarray(1));
  if (data.length > 0) data[data.length - 1] = (data.at(-1) as number) & (0xff << (value[0] as number));
  return data;
}

/** Octet text with every octet that is not printable ASCII, LF or CR as a dot. */
export const printable = (bytes: Uint8Array): string => octetText(bytes).replace(/[^ -~\n\r]/g, '.');

/** Octet text up to the first NUL, as C's string functions see it. */
export function cString(bytes: Uint8Array): string {
  const text = octetText(bytes);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** The characters of a string by its width; undefined when UTF-8 or the length is wrong. */
function codePoints(data: Buffer, width: number): number[] | undefined {
  if (width === 0) {
    return isUtf8(data) ? Array.from(data.toString('utf8'), (c) => c.codePointAt(0) as number) : undefined;
  }
  if (data.length % width !== 0) return undefined;
  return Array.from({ length: data.length / width }, (_, i) => data.readUIntBE(i * width, width));
}

/** A character in UTF-8 as octet text; nothing for what is no character of Unicode. */
const utf8Octets = (c: number): string =>
  c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? '' : Buffer.from(String.fromCodePoint(c), 'utf8').toString('latin1');

/**
 * The UTF-8 form of a string (as octets), which is what comparing and hashing names works on; undefined when it has none.
 * T61String counts as Latin-1, as everywhere in OpenSSL.
 */
export function stringToUtf8({ tag, value }: Asn1String): Buffer | undefined {
  const width = WIDTH.get(tag);
  if (width === undefined) return undefined;
  if (width === 0) return isUtf8(value) ? value : undefined;
  const characters = codePoints(value, width);
  if (!characters || characters.some((c) => c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))) return undefined;
  return Buffer.from(characters.map(utf8Octets).join(''), 'latin1');
}

/** False for a string of characters that are none: OpenSSL takes no name with such a value. */
export const isWellFormed = (string: Asn1String): boolean =>
  !WIDTH.has(string.tag) || stringToUtf8(string) !== undefined;

/** Upper-case hex. */
export const upperHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex').toUpperCase();

/** A value's encoding in DER: the unused bits of a BIT STRING as zeros. */
export function encodeString(string: Asn1String): Buffer {
  const { tag, value } = string;
  if (tag === TAG.sequence) return value;
  const content = tag === TAG.bitString ? Buffer.concat([value.subarray(0, 1), stringData(string)]) : value;
  return element(CLASS.universal, false, tag, content);
}

function dump(string: Asn1String, flags: number): string {
  if ((flags & STRING_FLAG.dumpDer) === 0) return `#${upperHex(stringData(string))}`;
  return `#${upperHex(encodeString(string))}`;
}

/**
 * A string value as octet text under `flags` (`STRING_FLAG` bits); undefined when it cannot be shown (malformed UTF-8).
 */
export function stringText(string: Asn1String, flags: number): string | undefined {
  const prefix = flags & STRING_FLAG.showType ? `${typeName(string.tag)}:` : '';
  let width = WIDTH.get(string.tag);
  if (flags & STRING_FLAG.dumpAll) return prefix + dump(string, flags);
  if (flags & STRING_FLAG.ignoreType) width = 1;
  else if (width === undefined) {
    if (flags & STRING_FLAG.dumpUnknown) return prefix + dump(string, flags);
    width = 1;
  }
  // UTF-8 that shall stay UTF-8 is taken octet by octet
  const convert = (flags & STRING_FLAG.utf8) !== 0 && width !== 0;
  if ((flags & STRING_FLAG.utf8) !== 0 && width === 0) width = 1;
  const characters = codePoints(stringData(string), width);
  if (!characters) return undefined;
  const { text, quote } = escapeAll(characters, flags, convert);
  return quote ? `${prefix}"${text}"` : prefix + text;
}

function escapeAll(characters: readonly number[], flags: number, convert: boolean): { text: string; quote: boolean } {
  const out: string[] = [];
  let quote = false;
  const last = characters.length - 1;
  for (const [i, c] of characters.entries()) {
    const octets = convert ? Array.from(utf8Octets(c), (o) => o.charCodeAt(0)) : [c];
    for (const octet of octets) {
      const special = isSpecial(octet, i === 0 && i !== last, i === last);
      const by2253 = (flags & STRING_FLAG.esc2253) !== 0 && special;
      // quotes around the value do not help a quote or a backslash
      const quoted = by2253 && (flags & STRING_FLAG.useQuotes) !== 0 && octet !== 0x22 && octet !== 0x5c;
      quote ||= quoted;
      const character = String.fromCharCode(octet);
      out.push(quoted ? character : by2253 ? `\\${character}` : escapeCharacter(octet, flags));
    }
  }
  return { text: out.join(''), quote };
}

/** RFC 2253 section 2.4: characters that need a backslash; at the ends also blanks, and a hash at the start. */
function isSpecial(c: number, first: boolean, last: boolean): boolean {
  if (c > 0x7f) return false;
  const character = String.fromCharCode(c);
  return ',+"\\<>;'.includes(character) || (first && ' #'.includes(character)) || (last && character === ' ');
}

const hexUpper = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

function escapeCharacter(c: number, flags: number): string {
  if (c > 0xffff) return `\\W${hexUpper(c, 8)}`;
  if (c > 0xff) return `\\U${hexUpper(c, 4)}`;
  const character = String.fromCharCode(c);
  const control = c < 0x20 || c === 0x7f;
  const escaped =
    (c > 0x7f && flags & STRING_FLAG.escMsb) ||
    (control && flags & STRING_FLAG.escControl) ||
    ('\0()*\\'.includes(character) && flags & STRING_FLAG.esc2254);
  if (escaped) return `\\${hexUpper(c, 2)}`;
  return character === '\\' && (flags & ANY_ESCAPE) !== 0 ? '\\\\' : character;
}
