/** A CA's policy: which attributes a subject must have, may have, and shares with the CA. */
import type { ConfigEntry } from '../conf/index.ts';
import { findObject, type ObjectLookup } from '../registry/find.ts';
import { cString } from '../text/string.ts';
import { fromOctetText } from '../text/octets.ts';
import { Name, type Attribute } from '../x509/name.ts';

/** The subject that a policy makes, or OpenSSL's words for why there is none. */
export type PolicyResult = { readonly subject: Name } | { readonly refusal: string };

const cText = ({ value }: Attribute): string => fromOctetText(cString(value));

/**
 * Applies the lines of a policy section to a requested subject: `attribute = optional`, `supplied` or `match`. What the policy does not name is
 * left out; the order is the policy's; each attribute becomes a relative name of its own.
 *
 * @param issuer the CA's name, for `match`
 */
export function applyPolicy(
  policy: readonly ConfigEntry[],
  requested: Name,
  issuer: Name,
  objects: ObjectLookup = findObject,
): PolicyResult {
  const parts: Attribute[] = [];
  for (const [type, rule] of policy) {
    const object = objects(type);
    if (!object || object.sn === object.oid)
      return { refusal: `${type}:unknown object type in 'policy' configuration\n` };
    const found = requested.attributes.filter(({ oid }) => oid === object.oid);
    const refusal = check(type, rule, found, issuer, object.oid);
    if (refusal !== undefined) return { refusal };
    parts.push(...found);
  }
  return { subject: Name.of(parts.map((part) => [part])) };
}

function check(type: string, rule: string, found: readonly Attribute[], issuer: Name, oid: string): string | undefined {
  if (rule === 'optional') return undefined;
  const none = found.length === 0;
  if (rule === 'supplied') return none ? `The ${type} field needed to be supplied and was missing\n` : undefined;
  if (rule !== 'match') return `${rule}:invalid type in 'policy' configuration\n`;
  if (none) return `The mandatory ${type} field was missing\n`;
  const own = issuer.attributes.filter((attribute) => attribute.oid === oid);
  if (own.length === 0) {
    return `The ${type} field does not exist in the CA certificate,\nthe 'policy' is misconfigured\n`;
  }
  const same = (a: Attribute, b: Attribute): boolean => a.tag === b.tag && a.value.equals(b.value);
  const stranger = found.find((attribute) => !own.some((mine) => same(mine, attribute)));
  if (!stranger) return undefined;
  const [ca, request] = [cText(own.at(-1) as Attribute), cText(stranger)];
  return `The ${type} field is different between\nCA certificate (${ca}) and the request (${request})\n`;
}
