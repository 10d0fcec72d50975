/** Name constraints of the certificates above (RFC 5280 sections 4.2.1.10 and 6.1.4 g), for the name forms that OpenSSL compares. */
import { TAG, type DerNode } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import { Name } from '../x509/name.ts';
import { stringToUtf8 } from '../text/string.ts';
import type { CertificateView } from './certificate.ts';
import type { Verification } from './options.ts';
import { FORM, inSubtree, utf8MailboxIn, type Comparison, type NameForm } from './name-forms.ts';
import { nameKey } from './name-key.ts';
import { properProxyName } from './proxy.ts';
import type { NameConstraints, Subtree } from './subtrees.ts';

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
const COMMON_NAME = '2.5.4.3';
/** id-on-SmtpUTF8Mailbox (RFC 9598). */
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

/** More comparisons than any sound chain asks for: OpenSSL's limit for one certificate under another, here for all of them, in all chains that are tried. */
const MAX_COMPARISONS = 1 << 20;

/** Checks every certificate of the chain, but for self-issued ones in between, against all above it. */
export function checkNameConstraints({ chain, report, options, work }: Verification): void {
  for (let depth = chain.length - 1; depth >= 0; depth -= 1) {
    const view = chain[depth] as CertificateView;
    if (depth !== 0 && view.traits.selfIssued) continue;
    if (view.traits.proxy && !properProxyName(view)) report.error('PROXY_SUBJECT_NAME_VIOLATION', depth, view);
    let names: readonly (NameForm | string)[] | undefined;
    for (let above = chain.length - 1; above > depth; above -= 1) {
      const constraints = (chain[above] as CertificateView).traits.nameConstraints;
      if (!constraints) continue;
      names ??= namesOf(view, depth === 0 && !options.strict);
      work.comparisons += names.length * (constraints.permitted.length + constraints.excluded.length);
      const fault =
        work.comparisons > MAX_COMPARISONS ? 'UNSPECIFIED' : faultOf(names, constraints, options.strict ?? false);
      if (fault) report.error(fault, depth, view);
    }
  }
}

/** What is wrong with the first name that constraints do not allow. */
function faultOf(
  names: readonly (NameForm | string)[],
  constraints: NameConstraints,
  strict: boolean,
): string | undefined {
  for (const name of names) {
    const fault = typeof name === 'string' ? name : faultOfName(name, constraints, strict);
    if (fault) return fault;
  }
  return undefined;
}

/**
 * All names that constraints look at: the subject, its mail addresses, the alternative names, and of the first certificate of a chain the
 * commonNames where there is no dNSName. An error's name stands for one that cannot be read.
 */
function namesOf(view: CertificateView, leaf: boolean): (NameForm | string)[] {
  const { subject } = view.certificate;
  const forms: (NameForm | string)[] = [];
  if (subject.attributes.length > 0)
    forms.push({ form: FORM.directory, value: Buffer.from(view.subjectKey, 'latin1') });
  for (const { oid, tag, value } of subject.attributes) {
    if (oid !== EMAIL_ADDRESS) continue;
    forms.push(tag === TAG.ia5String ? { form: FORM.email, value } : 'UNSUPPORTED_NAME_SYNTAX');
  }
  const { names } = view.traits;
  const commonNames = leaf && !names.some((name) => name.isContext(FORM.dns)) ? commonNamesOf(view) : [];
  return [...forms, ...names.map(generalName), ...commonNames];
}

function generalName(node: DerNode): NameForm {
  if (node.isContext(FORM.directory)) return { form: FORM.directory, value: directory(node) };
  if (!node.isContext(FORM.other)) return { form: node.number, value: node.content };
  const [type, value] = node.children;
  return {
    form: FORM.other,
    value: value?.bytes ?? Buffer.alloc(0),
    type: attempt(() => type?.oid('otherName')) ?? '',
  };
}

/** Bases are compared with many names: read once each. */
const bases = new WeakMap<DerNode, NameForm>();

function baseName(node: DerNode): NameForm {
  const known = bases.get(node);
  if (known) return known;
  const name = generalName(node);
  bases.set(node, name);
  return name;
}

const directory = (node: DerNode): Buffer =>
  attempt(() => Buffer.from(nameKey(Name.read(node.only('directoryName'))), 'latin1')) ?? node.content;

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/** The commonNames of a certificate without a dNSName that look like host names: they count as such. */
function commonNamesOf(view: CertificateView): (NameForm | string)[] {
  const forms: (NameForm | string)[] = [];
  for (const attribute of view.certificate.subject.attributes) {
    if (attribute.oid !== COMMON_NAME) continue;
    const text = stringToUtf8(attribute)?.toString('latin1').replace(/\0+$/, '');
    if (text === undefined || text.includes('\0')) forms.push('UNSUPPORTED_NAME_SYNTAX');
    else if (isHostName(text)) forms.push({ form: FORM.dns, value: Buffer.from(text, 'latin1') });
  }
  return forms;
}

/** Two labels at least, of letters, digits, `_` and, inside, `-`. */
const isHostName = (text: string): boolean =>
  text.includes('.') && text.split('.').every((label) => /^[A-Za-z0-9_]+(?:-+[A-Za-z0-9_]+)*$/.test(label));

/** What the constraints say of one name: nothing forbidden, and something allowed where names of its form are limited. */
function faultOfName(name: NameForm, { permitted, excluded }: NameConstraints, strict: boolean): string | undefined {
  let matched: boolean | undefined;
  for (const subtree of permitted) {
    if (!sameForm(name, subtree)) continue;
    if (!subtree.plain) return 'SUBTREE_MINMAX';
    if (matched) continue;
    const found = compare(name, subtree, strict);
    if (typeof found === 'string') return found;
    matched = found;
  }
  if (matched === false) return 'PERMITTED_VIOLATION';
  for (const subtree of excluded) {
    if (!sameForm(name, subtree)) continue;
    if (!subtree.plain) return 'SUBTREE_MINMAX';
    const found = compare(name, subtree, strict);
    if (typeof found === 'string') return found;
    if (found || (strict && coversBase(name, subtree))) return 'EXCLUDED_VIOLATION';
  }
  return undefined;
}

/** A mailbox in UTF-8 is under the constraints for mailboxes (RFC 9598 section 6). */
const effectiveForm = ({ form, type }: NameForm): number => (type === SMTP_UTF8_MAILBOX ? FORM.email : form);

function sameForm(name: NameForm, { base }: Subtree): boolean {
  if (!base.isContext(effectiveForm(name))) return false;
  return effectiveForm(name) !== FORM.other || baseName(base).type === name.type;
}

function compare(name: NameForm, { base }: Subtree, strict: boolean): Comparison {
  if (name.type === SMTP_UTF8_MAILBOX) return utf8MailboxIn(name.value, base.content);
  return inSubtree(name, baseName(base).value, strict);
}

/** Whether a wildcard stands for a name that lies in an excluded subtree, though it lies in none itself. */
function coversBase({ form, value }: NameForm, { base }: Subtree): boolean {
  const text = value.toString('latin1').toLowerCase();
  if (form !== FORM.dns || !text.startsWith('*.')) return false;
  const [first, ...rest] = base.content.toString('latin1').toLowerCase().split('.');
  return first !== '' && rest.join('.') === text.slice(2);
}
