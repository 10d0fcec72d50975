/** Whether a name lies in a subtree, for each form of names (RFC 5280 section 4.2.1.10), by OpenSSL's readings. */

import { domainToASCII } from 'node:url';
import { readDer, TAG } from '../der/index.ts';
import { TlskitError } from '../errors.ts';

/** Context tags of GeneralName (RFC 5280 section 4.2.1.6). */
export const FORM = { other: 0, email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const;

/** A name: its form's tag, and its content; directory names in the form in which they are compared. */
export interface NameForm {
  readonly form: number;
  readonly value: Buffer;
  /** The type of an otherName, dotted. */
  readonly type?: string;
}

/** Yes, no, or the name of an error. */
export type Comparison = boolean | string;

/** Whether a name lies in the subtree of this base, which is of the same form; `strict`: by RFC 5280's letter. */
export function inSubtree({ form, value }: NameForm, base: Buffer, strict = false): Comparison {
  switch (form) {
    case FORM.directory:
      return value.subarray(0, base.length).equals(base);
    case FORM.dns:
      return inDomain(value.toString('latin1'), base.toString('latin1'));
    case FORM.email:
      return atDomain(value.toString('latin1'), base.toString('latin1'));
    case FORM.uri:
      return uriIn(value.toString('latin1'), base.toString('latin1'), strict);
    case FORM.ip:
      return inNetwork(value, base);
    default:
      return 'UNSUPPORTED_CONSTRAINT_TYPE';
  }
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const same = (a: string, b: string): boolean => lower(a) === lower(b);

/** `host.example.org` lies in `example.org`, and in `.example.org`. */
function inDomain(name: string, base: string): boolean {
  if (base === '') return true;
  if (name.length > base.length && base[0] !== '.' && name[name.length - base.length - 1] !== '.') return false;
  return name.length >= base.length && same(name.slice(name.length - base.length), base);
}

/** A base is a mailbox, a host, or with a leading dot all hosts below. */
function atDomain(name: string, base: string): Comparison {
  const at = name.lastIndexOf('@');
  if (at < 0) return 'UNSUPPORTED_NAME_SYNTAX';
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0 && base[0] === '.') {
    return name.length > base.length && same(name.slice(name.length - base.length), base);
  }
  if (baseAt > 0) {
    const [local, wanted] = [name.slice(0, at), base.slice(0, baseAt)];
    if (local.length !== wanted.length) return false;
    if (local.includes('\0') || wanted.includes('\0')) return 'UNSUPPORTED_NAME_SYNTAX';
    if (local !== wanted) return false;
  }
  return same(name.slice(at + 1), base.slice(baseAt + 1));
}

/** The host of a URI: all between `//` and the port or the path for OpenSSL; RFC 3986 section 3.2 has a user's name before it. */
const HOST = /^[^:]*:\/\/([^:/]*)/s;
const STRICT_HOST = /^[^:]*:\/\/(?:[^/?#@]*@)?([^:/?#]*)/s;

/**
 * The host of a URI is what counts: equal to the base, or below a base with a leading dot. Strictly it has to be a name: constraints cannot be
 * applied to an address (RFC 5280 section 4.2.1.10).
 */
function uriIn(uri: string, base: string, strict: boolean): Comparison {
  const host = (strict ? STRICT_HOST : HOST).exec(uri)?.[1];
  if (!host || (strict && /^\[|^[\d.]+$/.test(host))) return 'UNSUPPORTED_NAME_SYNTAX';
  if (base[0] === '.') return host.length > base.length && same(host.slice(host.length - base.length), base);
  return same(host, base);
}

/** A base is an address and a mask. */
function inNetwork(address: Buffer, base: Buffer): Comparison {
  if (address.length !== 4 && address.length !== 16) return 'UNSUPPORTED_NAME_SYNTAX';
  if (base.length !== 8 && base.length !== 32) return 'UNSUPPORTED_CONSTRAINT_SYNTAX';
  if (base.length !== 2 * address.length) return false;
  return address.every((octet, i) => ((octet ^ (base[i] as number)) & (base[address.length + i] as number)) === 0);
}

/**
 * Whether a mailbox in UTF-8 (the value of an otherName, in its tag [0]) lies in a subtree for mailboxes (RFC 9598 section 6): the domains are
 * compared with A-labels; a base that is one mailbox has an ASCII local part, which no such mailbox has.
 */
export function utf8MailboxIn(value: Buffer, base: Buffer): Comparison {
  const mailbox = utf8Text(value);
  const constraint = base.toString('latin1');
  const at = mailbox?.lastIndexOf('@') ?? -1;
  if (mailbox === undefined || at < 0 || constraint.includes('\0')) return 'UNSUPPORTED_NAME_SYNTAX';
  if (constraint.includes('@')) return false;
  const host = domainToASCII(mailbox.slice(at + 1));
  if (host === '') return 'UNSUPPORTED_NAME_SYNTAX';
  if (constraint.startsWith('.')) return host.endsWith(`.${domainToASCII(constraint.slice(1))}`);
  return host === domainToASCII(constraint);
}

function utf8Text(value: Buffer): string | undefined {
  try {
    const { content } = readDer(value, 'ber').only('SmtpUTF8Mailbox').expect(TAG.utf8String, 'SmtpUTF8Mailbox');
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    if (error instanceof TlskitError || error instanceof TypeError) return undefined;
    throw error;
  }
}
