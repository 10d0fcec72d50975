/** What a CA looks at in a requested subject before it applies its policy. */
import { TAG } from '../der/index.ts';
import { longName } from '../registry/oids.ts';
import { fromOctetText } from '../text/octets.ts';
import { stringData } from '../text/string.ts';
import { Name, type Attribute } from '../x509/name.ts';

export const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

/** The least of PrintableString, IA5String and T61String that holds the octets. */
function leastType(data: Uint8Array): number {
  const text = Buffer.from(data).toString('latin1');
  // oxlint-disable-next-line no-control-regex
  if (/[^\x00-\x7f]/.test(text)) return TAG.t61String;
  return /[^A-Za-z0-9 '()+,\-./:=?]/.test(text) ? TAG.ia5String : TAG.printableString;
}

/** `msie_hack`: the string types that old Internet Explorers put into requests, turned into better ones. */
export function withoutOddTypes(name: Name): Name {
  return Name.of(name.rdns.map((rdn) => rdn.map(betterType)));
}

function betterType(attribute: Attribute): Attribute {
  const { oid } = attribute;
  let { tag, value } = attribute;
  if (tag === TAG.universalString && value.length % 4 === 0 && value.every((octet, i) => i % 4 === 3 || octet === 0)) {
    value = value.filter((_octet, i) => i % 4 === 3) as Buffer;
    tag = leastType(value);
  }
  if (tag === TAG.ia5String && oid !== EMAIL_ADDRESS) tag = TAG.t61String;
  if (tag === TAG.printableString && oid === EMAIL_ADDRESS) tag = TAG.ia5String;
  return { oid, tag, value };
}

/** A subject without its email addresses; the other attributes stay in their relative names. */
export const withoutEmail = (name: Name): Name =>
  Name.of(name.rdns.map((rdn) => rdn.filter(({ oid }) => oid !== EMAIL_ADDRESS)).filter((rdn) => rdn.length > 0));

/** OpenSSL's words for a value whose string type cannot hold it, with a line end in front; undefined for a good one. */
function complaint({ oid, tag, value }: Attribute): string | undefined {
  if (oid === EMAIL_ADDRESS && tag !== TAG.ia5String) return '\nemailAddress type needs to be of type IA5STRING\n';
  if (tag === TAG.bmpString || tag === TAG.utf8String) return undefined;
  const least = leastType(value);
  const wrong =
    (least === TAG.t61String && tag !== TAG.t61String) || (least === TAG.ia5String && tag === TAG.printableString);
  return wrong ? '\nThe string contains characters that are illegal for the ASN.1 type\n' : undefined;
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [TAG.printableString, 'PRINTABLE'],
  [TAG.t61String, 'T61STRING'],
  [TAG.ia5String, 'IA5STRING'],
  [TAG.universalString, 'UNIVERSALSTRING'],
]);

/** Columns of an attribute's name. */
const NAME_WIDTH = 22;

/** A value's octets; those above 0x7f as the signed char that they are in OpenSSL. */
const escaped = (data: Uint8Array): string =>
  Array.from(data, (octet) => {
    if (octet >= 0x20 && octet <= 0x7e) return String.fromCharCode(octet);
    if (octet & 0x80) return `\\0xFFFFFF${octet.toString(16).toUpperCase()}`;
    return `^${String.fromCharCode(octet + 0x40)}`;
  }).join('');

/** A line such as `commonName            :PRINTABLE:'host'`. */
function attributeLine(attribute: Attribute): string {
  const type = TYPE_NAMES.get(attribute.tag) ?? `ASN.1 ${String(attribute.tag).padStart(2)}`;
  const name = longName(attribute.oid).padEnd(NAME_WIDTH);
  return fromOctetText(`${name}:${type}:'${escaped(stringData(attribute))}'\n`);
}

/**
 * The lines about a requested subject, and OpenSSL's words for the first attribute that cannot be certified.
 *
 * @param email false: email addresses are left out of the subject, and not looked at
 */
export function inspectSubject(
  name: Name,
  { email }: { readonly email: boolean },
): { readonly lines: string; readonly refusal: string | undefined } {
  let lines = '';
  for (const attribute of name.attributes) {
    if (attribute.oid === EMAIL_ADDRESS && !email) continue;
    const refusal = complaint(attribute);
    if (refusal !== undefined) return { lines, refusal };
    lines += attributeLine(attribute);
  }
  return { lines, refusal: undefined };
}
