import { TAG, integer, oid, seq, universal } from '../../der/index.ts';
import { bytesOf, shown } from '../../der/text.ts';
import { parseInteger } from '../../der/values.ts';
import { fail } from '../../errors.ts';
import { keyIs, parseList } from './items.ts';
import { refuse, type Item, type Scope } from './types.ts';

const CPS = '1.3.6.1.5.5.7.2.1';
const USER_NOTICE = '1.3.6.1.5.5.7.2.2';

/** certificatePolicies (RFC 5280 section 4.2.1.4): identifiers and `@section`s; `ia5org` sets the type of organizations after it. */
export function certificatePolicies(text: string, scope: Scope): Buffer {
  const policies: Buffer[] = [];
  let ia5 = false;
  for (const item of parseList(text)) {
    if (item.value !== undefined) refuse(item, 'a policy identifier, @section or ia5org');
    if (item.name === 'ia5org') ia5 = true;
    else if (item.name.startsWith('@')) policies.push(policySection(item.name.slice(1), scope, ia5));
    else policies.push(seq(oid(scope.oid(item.name))));
  }
  return seq(...policies);
}

/** PolicyInformation from a section. */
function policySection(section: string, scope: Scope, ia5: boolean): Buffer {
  let identifier: string | undefined;
  const qualifiers: Buffer[] = [];
  for (const item of scope.items(section)) {
    const value = item.value as string;
    if (item.name === 'policyIdentifier') identifier = scope.oid(value);
    else if (keyIs(item.name, 'CPS')) qualifiers.push(seq(oid(CPS), universal(TAG.ia5String, bytesOf(value))));
    else if (keyIs(item.name, 'userNotice')) {
      if (!value.startsWith('@')) refuse(item, 'userNotice = @section');
      qualifiers.push(seq(oid(USER_NOTICE), noticeSection(value.slice(1), scope, ia5)));
    } else refuse(item, `policyIdentifier, CPS or userNotice in [${shown(section)}]`);
  }
  if (identifier === undefined) return fail('ERR_EXTENSION', `the section [${shown(section)}] has no policyIdentifier`);
  return seq(oid(identifier), ...(qualifiers.length === 0 ? [] : [seq(...qualifiers)]));
}

function noticeSection(section: string, scope: Scope, ia5: boolean): Buffer {
  let text: Buffer | undefined;
  let organization: Buffer | undefined;
  let numbers: readonly Buffer[] | undefined;
  for (const item of scope.items(section)) {
    const value = item.value as string;
    if (item.name === 'explicitText') text = displayText(value);
    else if (item.name === 'organization')
      organization = universal(ia5 ? TAG.ia5String : TAG.visibleString, bytesOf(value));
    else if (item.name === 'noticeNumbers') numbers = [...(numbers ?? []), ...noticeNumbers(value)];
    else refuse(item, `explicitText, organization or noticeNumbers in [${shown(section)}]`);
  }
  // the other way round OpenSSL writes an element that is no ASN.1
  if (numbers && !organization)
    fail('ERR_EXTENSION', `the section [${shown(section)}] needs an organization for its noticeNumbers`);
  const reference = organization ? [seq(organization, seq(...(numbers ?? [])))] : [];
  return seq(...reference, ...(text ? [text] : []));
}

const noticeNumbers = (text: string): readonly Buffer[] =>
  parseList(text).map((item) => integer(parseInteger(item.name) ?? refuse(item, 'a number')));

/** Prefixes that choose the type of explicitText. */
const DISPLAY_TYPES: Readonly<Record<string, number>> = {
  UTF8: TAG.utf8String,
  UTF8String: TAG.utf8String,
  BMP: TAG.bmpString,
  BMPSTRING: TAG.bmpString,
  VISIBLE: TAG.visibleString,
  VISIBLESTRING: TAG.visibleString,
};

function displayText(text: string): Buffer {
  const colon = text.indexOf(':');
  const prefix = text.slice(0, Math.max(colon, 0));
  const tag = Object.hasOwn(DISPLAY_TYPES, prefix) ? DISPLAY_TYPES[prefix] : undefined;
  return universal(tag ?? TAG.visibleString, bytesOf(tag === undefined ? text : text.slice(colon + 1)));
}

/** policyMappings (RFC 5280 section 4.2.1.5): `issuerDomainPolicy:subjectDomainPolicy`. */
export const policyMappings = (items: readonly Item[], scope: Scope): Buffer =>
  seq(
    ...items.map((item) => {
      if (item.value === undefined) refuse(item, 'two policy identifiers with ":" between');
      return seq(oid(scope.oid(item.name)), oid(scope.oid(item.value)));
    }),
  );
