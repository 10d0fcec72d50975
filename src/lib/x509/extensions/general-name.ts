import { contextPrimitive, encodeOid, explicit, implicit, oid, seq } from '../../der/index.ts';
import { bytesOf, shown } from '../../der/text.ts';
import { fail } from '../../errors.ts';
import { parseAddress, parseAddressAndMask } from './address.ts';
import { keyIs } from './items.ts';
import { refuse, type Item, type Scope } from './types.ts';

/** How one kind of GeneralName is written; `constraint` for nameConstraints. */
type Kind = (value: string, scope: Scope, constraint: boolean) => Buffer;

const KINDS: readonly (readonly [word: string, kind: Kind])[] = [
  ['email', (value) => contextPrimitive(1, bytesOf(value))],
  ['URI', (value) => contextPrimitive(6, bytesOf(value))],
  ['DNS', (value) => contextPrimitive(2, bytesOf(value))],
  ['RID', (value, scope) => contextPrimitive(8, encodeOid(scope.oid(value)))],
  ['IP', ipAddress],
  ['dirName', (value, scope) => explicit(4, scope.name(value).der)],
  ['otherName', otherName],
];

const ALLOWED = 'email:, URI:, DNS:, RID:, IP:, dirName: or otherName: and a value';

function ipAddress(value: string, _scope: Scope, constraint: boolean): Buffer {
  const bytes = constraint ? parseAddressAndMask(value) : parseAddress(value);
  if (bytes) return contextPrimitive(7, bytes);
  const wanted = constraint ? 'address/mask, such as 10.0.0.0/255.0.0.0 or fd00::/ff00::' : 'an IPv4 or IPv6 address';
  return fail('ERR_EXTENSION', `IP:${shown(value)} should be ${wanted}`);
}

/** `type;value`, the value in the ASN.1 generation language. */
function otherName(value: string, scope: Scope): Buffer {
  const at = value.indexOf(';');
  if (at < 0)
    return fail(
      'ERR_EXTENSION',
      `otherName:${shown(value)} should be otherName:identifier;type:value, e.g. 1.2.3.4;UTF8:text`,
    );
  const content = scope.generate(value.slice(at + 1));
  return implicit(0, seq(oid(scope.oid(value.slice(0, at))), explicit(0, content)));
}

/** One GeneralName (RFC 5280 section 4.2.1.6). */
export function generalName(item: Item, scope: Scope, constraint = false): Buffer {
  const kind = KINDS.find(([word]) => keyIs(item.name, word))?.[1];
  if (item.value === undefined || !kind) return refuse(item, ALLOWED);
  return kind(item.value, scope, constraint);
}

/** GeneralNames without the forms that look at other certificates. */
export const generalNames = (items: readonly Item[], scope: Scope): Buffer =>
  seq(...items.map((item) => generalName(item, scope)));
