import { readDer } from '../der/index.ts';
import { bytesOf, shown, textOf } from '../der/text.ts';
import { parseHex } from '../der/values.ts';
import { fail } from '../errors.ts';
import { findObject } from '../registry/find.ts';
import type { ObjectName } from '../registry/oids.ts';
import { attributeOf, parseSubject, type SubjectOptions } from './name-build.ts';
import { Name, type Attribute } from './name.ts';

/**
 * A subject as people write it: `/CN=x/O=y` is OpenSSL's form (see {@link parseSubject}); anything else is `CN=x, O=y`
 * (see {@link parseDistinguishedName}).
 */
export const parseAnySubject = (text: string, options: SubjectOptions = {}): Name =>
  text.startsWith('/') || !text.includes('=') ? parseSubject(text, options) : parseDistinguishedName(text, options);

/**
 * Reads `CN=x, O=y+OU=z` with the escapes of RFC 4514 section 2.4: `\,`, `\C3\A9`, `"quoted"`, `#hex`. The order stays as it is written,
 * which is also how openssl prints names; RFC 4514 itself writes the last part first. Types may be in any case; the text is UTF-8.
 *
 * @throws TlskitError ERR_NAME, also for types that are not known
 * @example
 * parseDistinguishedName('C=DE, O=Example\\, Inc., CN=www.example.org');
 */
export function parseDistinguishedName(text: string, options: SubjectOptions = {}): Name {
  const rdns: Attribute[][] = [];
  let joined = false;
  for (let at = 0; at < text.length;) {
    const equals = text.indexOf('=', at);
    if (equals < 0) fail('ERR_NAME', `there is no "=" after "${shown(text.slice(at).trim())}" in "${shown(text)}"`);
    const type = text.slice(at, equals).trim();
    const { value, end } = readValue(text, equals + 1);
    const attribute = attributeFrom(objectNamed(type, options), value, options);
    const last = rdns.at(-1);
    if (joined && last) last.push(attribute);
    else rdns.push([attribute]);
    joined = text.charAt(end) === '+';
    if (end === text.length - 1) fail('ERR_NAME', `"${shown(text)}" ends in "${text.charAt(end)}"`);
    at = end + 1;
  }
  return Name.of(rdns);
}

/** Types by what people call them, in lower case: RFC 4514 section 3, and the spellings of other tools. */
const SPELLINGS: Readonly<Record<string, string>> = {
  c: 'C',
  cn: 'CN',
  commonname: 'CN',
  countryname: 'C',
  dc: 'DC',
  domaincomponent: 'DC',
  e: 'emailAddress',
  email: 'emailAddress',
  emailaddress: 'emailAddress',
  givenname: 'GN',
  l: 'L',
  localityname: 'L',
  o: 'O',
  organizationalunitname: 'OU',
  organizationname: 'O',
  ou: 'OU',
  s: 'ST',
  serialnumber: 'serialNumber',
  st: 'ST',
  stateorprovincename: 'ST',
  street: 'street',
  surname: 'SN',
  title: 'title',
  uid: 'UID',
  userid: 'UID',
};

function objectNamed(type: string, { objects = findObject }: SubjectOptions): ObjectName {
  const lower = type.toLowerCase();
  const spelling = Object.hasOwn(SPELLINGS, lower) ? SPELLINGS[lower] : undefined;
  const object = objects(type) ?? (spelling === undefined ? undefined : objects(spelling));
  return (
    object ?? fail('ERR_NAME', `"${shown(type)}" is no attribute type; use a name such as CN or a dotted identifier`)
  );
}

function attributeFrom(object: ObjectName, value: string, options: SubjectOptions): Attribute {
  if (!value.startsWith('#')) return attributeOf(object, unescaped(value), { ...options, utf8: true });
  const der =
    parseHex(value.slice(1)) ?? fail('ERR_NAME', `"${shown(value)}" should be pairs of hexadecimal digits after "#"`);
  const node = readDer(der);
  if (node.cls !== 0 || node.constructed) fail('ERR_NAME', `"${shown(value)}" is no string`);
  return { oid: object.oid, tag: node.number, value: node.content };
}

/** The raw value from `from` to the next `,` or `+` that is neither escaped nor quoted, without blank space around. */
function readValue(text: string, from: number): { value: string; end: number } {
  let quoted = false;
  let at = from;
  for (; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '+')) break;
  }
  if (quoted) fail('ERR_NAME', `a quotation mark is open in "${shown(text)}"`);
  const raw = text.slice(from, Math.min(at, text.length)).replace(/^ +/, '');
  let end = raw.length;
  // an escaped blank at the end stays
  while (end > 0 && raw.charAt(end - 1) === ' ' && raw.charAt(end - 2) !== '\\') end -= 1;
  return { value: raw.slice(0, end), end: Math.min(at, text.length) };
}

function unescaped(raw: string): string {
  const parts: Buffer[] = [];
  for (const [, hex, escaped, quote, plain] of raw.matchAll(/\\([0-9a-fA-F]{2})|\\(.)|(")|([^\\"]+|\\)/gsu)) {
    if (hex !== undefined) parts.push(Buffer.from(hex, 'hex'));
    else if (quote === undefined) parts.push(bytesOf(escaped ?? plain ?? ''));
  }
  return textOf(Buffer.concat(parts));
}
