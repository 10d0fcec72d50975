import { contextPrimitive, implicit, oid, readDer, seq } from '../../der/index.ts';
import { fail } from '../../errors.ts';
import { Name, type Rdn } from '../name.ts';
import { generalName } from './general-name.ts';
import { keyIs } from './items.ts';
import { refuse, type Item, type Scope } from './types.ts';

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
const SUBJECT_ALT_NAME = '2.5.29.17';

/** subjectAltName: GeneralNames, and the subject's email addresses for `email:copy` and `email:move`. */
export function subjectAltName(items: readonly Item[], scope: Scope): Buffer {
  const names = items.flatMap((item) => {
    const wantsSubject = keyIs(item.name, 'email') && (item.value === 'copy' || item.value === 'move');
    return wantsSubject ? subjectEmails(scope, item.value === 'move') : [generalName(item, scope)];
  });
  return seq(...names);
}

function subjectEmails(scope: Scope, move: boolean): Buffer[] {
  const { subject } = scope;
  if (!subject) return fail('ERR_EXTENSION', 'there is no subject to take email addresses from');
  const isEmail = (attribute: Rdn[number]): boolean => attribute.oid === EMAIL_ADDRESS;
  const found = subject.subject.attributes.filter(isEmail);
  if (move && found.length > 0) {
    const rest = subject.subject.rdns.map((rdn) => rdn.filter((attribute) => !isEmail(attribute)));
    const changed = Name.of(rest.filter((rdn) => rdn.length > 0));
    scope.subject = { ...subject, subject: changed };
    scope.context.onSubjectChange?.(changed);
  }
  return found.map(({ value }) => contextPrimitive(1, value));
}

/** issuerAltName: GeneralNames, and those of the issuer's subjectAltName for `issuer:copy`. */
export function issuerAltName(items: readonly Item[], scope: Scope): Buffer {
  return seq(
    ...items.flatMap((item) => {
      const copy = keyIs(item.name, 'issuer') && item.value === 'copy';
      return copy ? issuerNames(scope) : [generalName(item, scope)];
    }),
  );
}

function issuerNames(scope: Scope): readonly Buffer[] {
  const { issuer } = scope.context;
  if (!issuer) return fail('ERR_EXTENSION', 'there is no issuer certificate to copy names from');
  const extensions = issuer === 'self' ? scope.extensions : issuer.extensions;
  const alternative = extensions.find((extension) => extension.oid === SUBJECT_ALT_NAME);
  if (!alternative) return [];
  return readDer(alternative.value, 'ber')
    .sequence("the issuer's subjectAltName")
    .map((node) => node.bytes);
}

/** nameConstraints (RFC 5280 section 4.2.1.10): `permitted;` and `excluded;` before a GeneralName. */
export function nameConstraints(items: readonly Item[], scope: Scope): Buffer {
  const lists: readonly Buffer[][] = [[], []];
  const words = ['permitted', 'excluded'];
  for (const item of items) {
    const which = words.findIndex((word) => item.name.startsWith(word) && item.name.length > word.length);
    if (which < 0) refuse(item, 'permitted; or excluded; and a name, such as permitted;DNS:example.org');
    // one character, mostly ";", stands between
    const name = item.name.slice((words[which] as string).length + 1);
    (lists[which] as Buffer[]).push(seq(generalName({ name, value: item.value }, scope, true)));
  }
  return seq(...lists.flatMap((list, i) => (list.length === 0 ? [] : [implicit(i, seq(...list))])));
}

/** authorityInfoAccess and subjectInfoAccess (RFC 5280 section 4.2.2): `method;` before a GeneralName. */
export function infoAccess(items: readonly Item[], scope: Scope): Buffer {
  return seq(
    ...items.map((item) => {
      const at = item.name.indexOf(';');
      if (at < 0) return refuse(item, 'a method, ";" and a name, such as OCSP;URI:http://ocsp.example.org/');
      const location = generalName({ name: item.name.slice(at + 1), value: item.value }, scope);
      return seq(oid(scope.oid(item.name.slice(0, at))), location);
    }),
  );
}
