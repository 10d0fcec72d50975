import {
  TAG,
  boolean,
  contextPrimitive,
  integer,
  integerContent,
  namedBits,
  nul,
  octetString,
  oid,
  seq,
  universal,
} from '../../der/index.ts';
import { bytesOf, shown } from '../../der/text.ts';
import { parseInteger } from '../../der/values.ts';
import { fail } from '../../errors.ts';
import { booleanOf, integerOf } from './items.ts';
import { refuse, type Item, type ItemsBuilder, type Scope } from './types.ts';

/** basicConstraints (RFC 5280 section 4.2.1.9): `CA:TRUE`, `pathlen:n`. */
export function basicConstraints(items: readonly Item[]): Buffer {
  let ca = false;
  let pathLength: bigint | undefined;
  for (const item of items) {
    if (item.name === 'CA') ca = booleanOf(item);
    else if (item.name === 'pathlen') pathLength = integerOf(item);
    else refuse(item, 'CA:TRUE, CA:FALSE or pathlen: and a number');
  }
  return seq(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)]));
}

/** Names of bits: short, and as they are printed. */
type BitNames = readonly (readonly [short: string, long: string])[];

export const KEY_USAGE: BitNames = [
  ['digitalSignature', 'Digital Signature'],
  ['nonRepudiation', 'Non Repudiation'],
  ['keyEncipherment', 'Key Encipherment'],
  ['dataEncipherment', 'Data Encipherment'],
  ['keyAgreement', 'Key Agreement'],
  ['keyCertSign', 'Certificate Sign'],
  ['cRLSign', 'CRL Sign'],
  ['encipherOnly', 'Encipher Only'],
  ['decipherOnly', 'Decipher Only'],
];

export const NETSCAPE_TYPES: BitNames = [
  ['client', 'SSL Client'],
  ['server', 'SSL Server'],
  ['email', 'S/MIME'],
  ['objsign', 'Object Signing'],
  ['reserved', 'Unused'],
  ['sslCA', 'SSL CA'],
  ['emailCA', 'S/MIME CA'],
  ['objCA', 'Object Signing CA'],
];

/** A BIT STRING of named bits, as in keyUsage. */
export const bits =
  (names: BitNames): ItemsBuilder =>
  (items) =>
    namedBits(
      items.map((item) => {
        const bit = names.findIndex((pair) => pair.includes(item.name));
        return bit >= 0 ? bit : refuse(item, `one of ${names.map(([short]) => short).join(', ')}`);
      }),
    );

/** extendedKeyUsage (RFC 5280 section 4.2.1.12): names of purposes or dotted identifiers. */
export const extendedKeyUsage = (items: readonly Item[], scope: Scope): Buffer =>
  seq(...items.map((item) => oid(scope.oid(item.value ?? item.name))));

/** TLS extension numbers that have names here. */
const TLS_FEATURES: Readonly<Record<string, number>> = { status_request: 5, status_request_v2: 17 };

/** tlsfeature (RFC 7633). */
export const tlsFeature = (items: readonly Item[]): Buffer =>
  seq(
    ...items.map((item) => {
      const text = item.value ?? item.name;
      const lower = text.toLowerCase();
      const known = Object.hasOwn(TLS_FEATURES, lower) ? TLS_FEATURES[lower] : undefined;
      const number = known ?? (/^\s*[+-]?\d{1,10}$/.test(text) ? Number(text) : -1);
      const ok = number >= 0 && number <= 0xffff;
      return ok ? integer(number) : refuse(item, 'status_request, status_request_v2 or a number from 0 to 65535');
    }),
  );

/** policyConstraints (RFC 5280 section 4.2.1.11). */
export function policyConstraints(items: readonly Item[]): Buffer {
  const fields: (bigint | undefined)[] = [undefined, undefined];
  for (const item of items) {
    const at = ['requireExplicitPolicy', 'inhibitPolicyMapping'].indexOf(item.name);
    if (at < 0) refuse(item, 'requireExplicitPolicy: or inhibitPolicyMapping: and a number');
    fields[at] = integerOf(item);
  }
  return seq(
    ...fields.flatMap((value, i) => (value === undefined ? [] : [contextPrimitive(i, integerContent(value))])),
  );
}

/** An INTEGER, as in inhibitAnyPolicy. */
export const integerText = (text: string): Buffer =>
  integer(parseInteger(text) ?? fail('ERR_EXTENSION', `"${shown(text)}" should be a number`));

/** An IA5String of whatever bytes stand there, as in nsComment. */
export const ia5Text = (text: string): Buffer => universal(TAG.ia5String, bytesOf(text));

/** A UTF8String of the bytes that stand there. */
export const utf8Text = (text: string): Buffer => universal(TAG.utf8String, bytesOf(text));

/** NULL, whatever the value says, as in noCheck. */
export const nullText = (): Buffer => nul();

/** Most octets of a user's name in SXNetID. */
const MAX_USER = 64;

/** SXNetID: `zone:user`. */
export function strongExtranet(items: readonly Item[]): Buffer {
  const zones = new Set<bigint>();
  const ids = items.map((item) => {
    const zone = parseInteger(item.name);
    const user = bytesOf(item.value ?? '');
    if (zone === undefined || item.value === undefined || user.length > MAX_USER)
      refuse(item, `a zone number, ":" and at most ${MAX_USER} bytes`);
    if (zones.has(zone)) fail('ERR_EXTENSION', `the zone ${shown(item.name)} stands there twice`);
    zones.add(zone);
    return seq(integer(zone), octetString(user));
  });
  return seq(integer(0), seq(...ids));
}

const SIGN_TOOL = ['signTool', 'cATool', 'signToolCert', 'cAToolCert'];

/** issuerSignTool (Russian qualified certificates): four texts. */
export function issuerSignTool(items: readonly Item[]): Buffer {
  const values = SIGN_TOOL.map((): string => '');
  for (const item of items) {
    const at = SIGN_TOOL.indexOf(item.name);
    if (at < 0 || item.value === undefined) refuse(item, `one of ${SIGN_TOOL.join(', ')} and a value`);
    values[at] = item.value;
  }
  return seq(...values.map(utf8Text));
}
