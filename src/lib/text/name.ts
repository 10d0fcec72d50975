import { fail } from '../errors.ts';
import { objectByOid, shortName } from '../registry/oids.ts';
import type { Attribute, Name, Rdn } from '../x509/name.ts';
import { fromOctetText, octetText } from './octets.ts';
import { RFC2253_STRING, STRING_FLAG, stringData, stringText } from './string.ts';

/** How a name is shown: bits, which `parseNameOptions` sets by OpenSSL's names; 0 is `compat`, the `/CN=x` form. */
export type NameOptions = number;

const SEPARATOR = {
  mask: 0xf0000,
  commaPlus: 0x10000,
  commaPlusSpace: 0x20000,
  semicolonPlusSpace: 0x30000,
  multiline: 0x40000,
};
const FIELD = { mask: 0x600000, short: 0, long: 0x200000, oid: 0x400000, none: 0x600000 };
const REVERSE = 0x100000;
const SPACE_EQ = 0x800000;
const DUMP_UNKNOWN_FIELDS = 0x1000000;
const ALIGN = 0x2000000;
const ALL = 0xffffffff;

export const NAME_COMPAT: NameOptions = 0;
export const NAME_RFC2253: NameOptions = RFC2253_STRING | SEPARATOR.commaPlus | REVERSE | DUMP_UNKNOWN_FIELDS;
/** OpenSSL 3.0's default: `C = DE, O = Example, CN = host`. */
export const ONELINE_DEFAULT: NameOptions =
  RFC2253_STRING | STRING_FLAG.useQuotes | SEPARATOR.commaPlusSpace | SPACE_EQ;
export const NAME_MULTILINE: NameOptions =
  STRING_FLAG.escControl | STRING_FLAG.escMsb | SEPARATOR.multiline | SPACE_EQ | FIELD.long | ALIGN;

/** Option name: the bits it sets, and the bits it clears first. */
const OPTIONS: ReadonlyMap<string, readonly [set: number, clear: number]> = new Map([
  ['esc_2253', [STRING_FLAG.esc2253, 0]],
  ['esc_2254', [STRING_FLAG.esc2254, 0]],
  ['esc_ctrl', [STRING_FLAG.escControl, 0]],
  ['esc_msb', [STRING_FLAG.escMsb, 0]],
  ['use_quote', [STRING_FLAG.useQuotes, 0]],
  ['utf8', [STRING_FLAG.utf8, 0]],
  ['ignore_type', [STRING_FLAG.ignoreType, 0]],
  ['show_type', [STRING_FLAG.showType, 0]],
  ['dump_all', [STRING_FLAG.dumpAll, 0]],
  ['dump_nostr', [STRING_FLAG.dumpUnknown, 0]],
  ['dump_der', [STRING_FLAG.dumpDer, 0]],
  ['compat', [NAME_COMPAT, ALL]],
  ['sep_comma_plus', [SEPARATOR.commaPlus, SEPARATOR.mask]],
  ['sep_comma_plus_space', [SEPARATOR.commaPlusSpace, SEPARATOR.mask]],
  ['sep_semi_plus_space', [SEPARATOR.semicolonPlusSpace, SEPARATOR.mask]],
  ['sep_multiline', [SEPARATOR.multiline, SEPARATOR.mask]],
  ['dn_rev', [REVERSE, 0]],
  ['nofname', [FIELD.none, FIELD.mask]],
  ['sname', [FIELD.short, FIELD.mask]],
  ['lname', [FIELD.long, FIELD.mask]],
  ['align', [ALIGN, 0]],
  ['oid', [FIELD.oid, FIELD.mask]],
  ['space_eq', [SPACE_EQ, 0]],
  ['dump_unknown', [DUMP_UNKNOWN_FIELDS, 0]],
  ['rfc2253', [NAME_RFC2253, ALL]],
  ['oneline', [ONELINE_DEFAULT, ALL]],
  ['multiline', [NAME_MULTILINE, ALL]],
  ['ca_default', [NAME_MULTILINE, ALL]],
] as const);

/** Applies a comma list of `name`, `+name`, `-name` to a set of bits. */
export function applyOptions(
  table: ReadonlyMap<string, readonly [set: number, clear: number]>,
  text: string,
  start: number,
  flag: string,
): number {
  let flags = start;
  for (const item of text.split(',')) {
    const off = item.trim().startsWith('-');
    const name = item.trim().replace(/^[+-]/, '');
    const [set, clear] =
      table.get(name.toLowerCase()) ??
      fail('ERR_USAGE', `${flag}: "${name}" is none of ${[...table.keys()].join(', ')}`);
    flags = off ? flags & ~clear & ~set : (flags & ~clear) | set;
  }
  return flags >>> 0;
}

/**
 * The value of `-nameopt`, e.g. `RFC2253,-esc_msb,sep_multiline`.
 *
 * @param start bits from an earlier `-nameopt`; each adds to the one before
 * @throws TlskitError ERR_USAGE
 */
export function parseNameOptions(text: string, start: NameOptions = 0): NameOptions {
  const flags = applyOptions(OPTIONS, text, start, '-nameopt');
  return flags !== NAME_COMPAT && (flags & SEPARATOR.mask) === 0 ? (flags | SEPARATOR.commaPlusSpace) >>> 0 : flags;
}

/** True when the options put every RDN on its own line. */
export const isMultiline = (options: NameOptions): boolean => (options & SEPARATOR.mask) === SEPARATOR.multiline;

const SEPARATORS: ReadonlyMap<number, readonly [between: string, inside: string]> = new Map([
  [SEPARATOR.multiline, ['\n', ' + ']],
  [SEPARATOR.commaPlus, [',', '+']],
  [SEPARATOR.commaPlusSpace, [', ', ' + ']],
  [SEPARATOR.semicolonPlusSpace, ['; ', ' + ']],
]);

/** A text that ends where OpenSSL stops printing at a value it cannot show. */
export interface Printed {
  readonly text: string;
  readonly complete: boolean;
}

/** A name as octet text. `indent`: blanks before the first RDN, and before each in the multi-line form. */
export function nameOctets(name: Name, options: NameOptions = ONELINE_DEFAULT, indent = 0): Printed {
  if (options === NAME_COMPAT) return { text: compatText(name), complete: true };
  const separators = SEPARATORS.get(options & SEPARATOR.mask);
  if (!separators) return { text: ' '.repeat(indent), complete: false };
  const [between, inside] = separators;
  const lead = ' '.repeat(indent);
  let rdns: readonly Rdn[] = name.rdns.filter((rdn) => rdn.length > 0);
  if (options & REVERSE) rdns = rdns.map((rdn) => rdn.toReversed()).toReversed();
  let text = lead;
  for (const [i, rdn] of rdns.entries()) {
    if (i > 0) text += between + (isMultiline(options) ? lead : '');
    for (const [j, attribute] of rdn.entries()) {
      if (j > 0) text += inside;
      text += label(attribute.oid, options);
      const value = valueText(attribute, options);
      if (value === undefined) return { text, complete: false };
      text += value;
    }
  }
  return { text, complete: true };
}

function label(oid: string, options: NameOptions): string {
  const form = options & FIELD.mask;
  if (form === FIELD.none) return '';
  const equals = options & SPACE_EQ ? ' = ' : '=';
  const object = form === FIELD.oid ? undefined : objectByOid(oid);
  if (!object) return oid.slice(0, 79) + equals;
  const [text, width] = form === FIELD.long ? [object.ln, 25] : [object.sn, 10];
  return (options & ALIGN ? text.padEnd(width) : text) + equals;
}

function valueText(attribute: Attribute, options: NameOptions): string | undefined {
  const unknown = (options & DUMP_UNKNOWN_FIELDS) !== 0 && !objectByOid(attribute.oid);
  return stringText(attribute, unknown ? options | STRING_FLAG.dumpAll : options);
}

/** A name as an ordinary string (see octets.ts), e.g. `C = DE, CN = host`. */
export const nameText = (name: Name, options: NameOptions = ONELINE_DEFAULT): string =>
  fromOctetText(options === NAME_COMPAT ? onelineOctets(name) : nameOctets(name, options).text);

/** The line that `-subject` and `-issuer` print: title, name, and line ends where the options want them. */
export function nameLine(title: string, name: Name, options: NameOptions = ONELINE_DEFAULT): string {
  if (options === NAME_COMPAT) return `${title}${nameText(name, options)}\n`;
  const { text } = nameOctets(name, options, isMultiline(options) ? 4 : 0);
  return fromOctetText(`${title}${isMultiline(options) ? '\n' : ''}${text}\n`);
}

/**
 * The `/C=DE/O=x+OU=y/CN=é` form: octets outside printable ASCII as `\xHH`.
 *
 * @param limit stops before the attribute with which the text would get longer than this
 */
export function onelineOctets(name: Name, limit: number = Number.POSITIVE_INFINITY): string {
  let text = '';
  for (const rdn of name.rdns) {
    for (const [j, attribute] of rdn.entries()) {
      const data = octetText(stringData(attribute)).replace(/[/+]/g, '\\$&');
      const value = data.replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
      const next = `${j > 0 ? '+' : '/'}${shortName(attribute.oid).slice(0, 79)}=${value}`;
      if (text.length + next.length > limit) return text;
      text += next;
    }
  }
  return text;
}

/** The `compat` form inside a text: one line, `, ` between the parts that start with one or two capitals. */
const compatText = (name: Name): string =>
  onelineOctets(name)
    .slice(1)
    .replace(/\/(?=[A-Z]{1,2}=)/g, ', ');
