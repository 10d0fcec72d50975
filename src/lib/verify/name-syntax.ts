/** Whether names are what their forms ask for (RFC 5280 sections 4.2.1.6 and 4.2.1.10). */
import { TAG, type DerNode } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import { Name } from '../x509/name.ts';
import { FORM } from './name-forms.ts';

/** One label of a host name: letters, digits and inner hyphens; underscores are in use (RFC 8552). */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
/** The first label of a name with a wildcard. */
const STAR_LABEL = /^[a-z0-9_-]*\*[a-z0-9_-]*$/i;
const MAX_NAME = 253;

/** Whether a text is a host name in preferred syntax (RFC 1034 section 3.5, RFC 1123 section 2.1), with `wildcard` also one with `*` in its first label. */
export function isHostName(text: string, wildcard = false): boolean {
  if (text.length > MAX_NAME) return false;
  const [first, ...rest] = text.split('.') as [string, ...string[]];
  const good = LABEL.test(first) || (wildcard && rest.length > 0 && STAR_LABEL.test(first));
  return good && rest.every((label) => LABEL.test(label));
}

const isMailbox = (text: string): boolean => {
  const at = text.lastIndexOf('@');
  // the domain may be an address in brackets
  return at > 0 && /^[\x21-\x7e]+$/.test(text.slice(0, at)) && isMailDomain(text.slice(at + 1));
};

const isMailDomain = (text: string): boolean => isHostName(text) || /^\[[\x21-\x5a\x5e-\x7e]+\]$/.test(text);

/** What is wrong with an alternative name, if anything. */
export function nameSyntaxFault(name: DerNode): string | undefined {
  const text = name.content.toString('latin1');
  if (name.isContext(FORM.dns)) return isHostName(text, true) ? undefined : 'a dNSName that is no host name';
  if (name.isContext(FORM.email)) return isMailbox(text) ? undefined : 'an rfc822Name that is no mailbox';
  if (name.isContext(FORM.uri)) {
    return /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(text) ? undefined : 'a URI that is none, or is relative';
  }
  if (name.isContext(FORM.ip)) {
    const { length } = name.content;
    return length === 4 || length === 16 ? undefined : `an iPAddress of ${length} octets`;
  }
  if (name.isContext(FORM.directory)) return directoryFault(name);
  return undefined;
}

function directoryFault(name: DerNode): string | undefined {
  try {
    Name.read(name.only('directoryName').expect(TAG.sequence, 'directoryName'));
    return undefined;
  } catch (error) {
    if (error instanceof TlskitError) return 'a directoryName that cannot be read';
    throw error;
  }
}

/** What is wrong with the base of a subtree, if anything. */
export function subtreeSyntaxFault(base: DerNode): string | undefined {
  const text = base.content.toString('latin1');
  // a host, a domain with a leading dot, or a mailbox
  if (base.isContext(FORM.dns)) return text === '' || isHostName(text) ? undefined : 'a dNSName that is no domain';
  if (base.isContext(FORM.uri)) return isDomain(text) ? undefined : 'a URI constraint that is no host or domain';
  if (base.isContext(FORM.email)) {
    return isDomain(text) || isMailbox(text)
      ? undefined
      : 'an rfc822Name constraint that is neither mailbox nor domain';
  }
  if (base.isContext(FORM.ip)) return networkFault(base.content);
  return base.isContext(FORM.directory) ? directoryFault(base) : undefined;
}

const isDomain = (text: string): boolean => text === '' || isHostName(text.startsWith('.') ? text.slice(1) : text);

/** An address and a mask: ones, then zeros (RFC 4632 section 3.1). */
function networkFault(content: Buffer): string | undefined {
  if (content.length !== 8 && content.length !== 32) return `an iPAddress constraint of ${content.length} octets`;
  const mask = [...content.subarray(content.length / 2)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(mask) ? undefined : 'an iPAddress constraint whose mask has gaps';
}
