import { TlskitError, fail } from '../errors.ts';
import { findObject, type ObjectLookup } from '../registry/find.ts';
import { encodeOid } from './oid.ts';
import { TAG } from './reader.ts';
import { STRING_BIT, encodeString } from './strings.ts';
import { bytesOf, shown } from './text.ts';
import { BOOLEAN_WORDS, isTime, parseBoolean, parseHex, parseInteger } from './values.ts';
import { bitString, boolean, enumerated, integer, namedBits, nul, universal } from './writer.ts';

/** How the text of a value is read. */
export type ValueFormat = 'ASCII' | 'UTF8' | 'HEX' | 'BITLIST';

/** The words for types, in any case, and the tags that they are written with. */
export const TYPES: Readonly<Record<string, number>> = {
  BOOL: TAG.boolean,
  BOOLEAN: TAG.boolean,
  NULL: TAG.null,
  INT: TAG.integer,
  INTEGER: TAG.integer,
  ENUM: TAG.enumerated,
  ENUMERATED: TAG.enumerated,
  OID: TAG.oid,
  OBJECT: TAG.oid,
  UTCTIME: TAG.utcTime,
  UTC: TAG.utcTime,
  GENERALIZEDTIME: TAG.generalizedTime,
  GENTIME: TAG.generalizedTime,
  OCT: TAG.octetString,
  OCTETSTRING: TAG.octetString,
  BITSTR: TAG.bitString,
  BITSTRING: TAG.bitString,
  UNIVERSALSTRING: TAG.universalString,
  UNIV: TAG.universalString,
  IA5: TAG.ia5String,
  IA5STRING: TAG.ia5String,
  UTF8: TAG.utf8String,
  UTF8STRING: TAG.utf8String,
  BMP: TAG.bmpString,
  BMPSTRING: TAG.bmpString,
  VISIBLESTRING: TAG.visibleString,
  VISIBLE: TAG.visibleString,
  PRINTABLESTRING: TAG.printableString,
  PRINTABLE: TAG.printableString,
  T61: TAG.t61String,
  T61STRING: TAG.t61String,
  TELETEXSTRING: TAG.t61String,
  GENERALSTRING: TAG.generalString,
  GENSTR: TAG.generalString,
  NUMERIC: TAG.numericString,
  NUMERICSTRING: TAG.numericString,
  SEQUENCE: TAG.sequence,
  SEQ: TAG.sequence,
  SET: TAG.set,
};

const STRINGS: Readonly<Record<number, number>> = {
  [TAG.universalString]: STRING_BIT.universal,
  [TAG.ia5String]: STRING_BIT.ia5,
  [TAG.utf8String]: STRING_BIT.utf8,
  [TAG.bmpString]: STRING_BIT.bmp,
  [TAG.visibleString]: STRING_BIT.visible,
  [TAG.printableString]: STRING_BIT.printable,
  [TAG.t61String]: STRING_BIT.t61,
  [TAG.generalString]: STRING_BIT.general,
  [TAG.numericString]: STRING_BIT.numeric,
};

/** The highest bit that a BITLIST may name. */
const MAX_BIT = 256;

type Encoder = (text: string, word: string, objects: ObjectLookup) => Buffer;

/** Types whose text has one reading: no FORMAT applies. */
const PLAIN: Readonly<Record<number, Encoder>> = {
  [TAG.null]: (text) => (text === '' ? nul() : fail('ERR_FORMAT', 'NULL takes no value')),
  [TAG.boolean]: (text, word) => boolean(parseBoolean(text) ?? wrong(word, text, BOOLEAN_WORDS)),
  [TAG.integer]: (text, word) => integer(number(text, word)),
  [TAG.enumerated]: (text, word) => enumerated(number(text, word)),
  [TAG.oid]: (text, word, objects) => {
    const object = objects(text) ?? wrong(word, text, 'the name of an object or a dotted identifier');
    return universal(TAG.oid, encodeOid(object.oid));
  },
  [TAG.utcTime]: (text, word) => time('utc', text, word, 'YYMMDDhhmmssZ'),
  [TAG.generalizedTime]: (text, word) => time('generalized', text, word, 'YYYYMMDDhhmmssZ'),
};

function wrong(word: string, text: string, wanted: string): never {
  return fail('ERR_FORMAT', `${word}:${shown(text)} should be ${wanted}`);
}

const number = (text: string, word: string): bigint =>
  parseInteger(text) ?? wrong(word, text, 'a decimal number, or a hexadecimal one after 0x');

function time(form: 'utc' | 'generalized', text: string, word: string, wanted: string): Buffer {
  if (!isTime(form, text)) wrong(word, text, `a time as ${wanted}`);
  return universal(form === 'utc' ? TAG.utcTime : TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

/**
 * Encodes one primitive value.
 *
 * @param word a name in {@link TYPES}, except SEQUENCE and SET
 * @throws TlskitError ERR_FORMAT
 */
export function encodeValue(
  word: string,
  text: string,
  format: ValueFormat,
  objects: ObjectLookup = findObject,
): Buffer {
  const tag = TYPES[word] as number;
  const plain = PLAIN[tag];
  if (plain) {
    if (format !== 'ASCII' && tag !== TAG.null) fail('ERR_FORMAT', `FORMAT:${format} does not apply to ${word}`);
    return plain(text, word, objects);
  }
  const bit = STRINGS[tag];
  if (bit !== undefined) return stringValue(word, tag, bit, text, format);
  if (format === 'HEX') return octets(tag, parseHex(text) ?? wrong(word, text, 'pairs of hexadecimal digits'));
  if (format === 'ASCII') return octets(tag, bytesOf(text));
  if (format === 'BITLIST' && tag === TAG.bitString) return bitList(word, text);
  return fail('ERR_FORMAT', `FORMAT:${format} does not apply to ${word}`);
}

const octets = (tag: number, bytes: Buffer): Buffer =>
  tag === TAG.bitString ? bitString(bytes) : universal(tag, bytes);

function stringValue(word: string, tag: number, bit: number, text: string, format: ValueFormat): Buffer {
  if (format !== 'ASCII' && format !== 'UTF8') fail('ERR_FORMAT', `FORMAT:${format} does not apply to ${word}`);
  try {
    return universal(tag, encodeString(bytesOf(text), { utf8: format === 'UTF8', mask: bit }).value);
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    throw new TlskitError('ERR_FORMAT', `${word}:${shown(text)} ${error.message}`, { cause: error });
  }
}

function bitList(word: string, text: string): Buffer {
  const bits = text.split(',').map((part) => {
    const bit = /^\s*\+?\d{1,9}\s*$/.test(part) ? Number(part) : NaN;
    return bit <= MAX_BIT ? bit : wrong(word, text, `bit numbers from 0 to ${MAX_BIT}, with commas between`);
  });
  return namedBits(new Set(bits));
}
