/**
 * Does a certificate name this host, address or mailbox? Answered by the rules of OpenSSL's X509_check_host, X509_check_email and X509_check_ip
 * with their default flags, as what `x509 -checkhost` says must be what `openssl` says: alternative names of the wanted type decide where there
 * are any, else the subject's commonName or emailAddress does.
 *
 * RFC 9525, and browsers, are stricter: no commonName, `*` as a whole label only, and an IP address is never found in a dNSName. Here `f*.a.b`
 * matches `foo.a.b`, and a host is text: the dNSName `*.0.0.1` matches the host `127.0.0.1`. Ask for addresses with {@link matchesIp}.
 */
import { readDer, TAG, type DerNode } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import type { Certificate } from './certificate.ts';

const SUBJECT_ALT_NAME = '2.5.29.17';
const COMMON_NAME = '2.5.4.3';
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
/** id-on-SmtpUTF8Mailbox (RFC 8398). */
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

/** Context tags of GeneralName (RFC 5280 section 4.2.1.6). */
const GENERAL = { other: 0, email: 1, dns: 2, uri: 6, ip: 7 } as const;

type Equal = (pattern: Buffer, wanted: Buffer) => boolean;

/** The alternative names as elements; none where there is no extension, or it cannot be read. */
export function alternativeNames(certificate: Certificate): readonly DerNode[] {
  const extension = certificate.extension(SUBJECT_ALT_NAME);
  if (!extension) return [];
  try {
    return readDer(extension.value, 'ber').sequence('subjectAltName');
  } catch (error) {
    if (error instanceof TlskitError) return [];
    throw error;
  }
}

/**
 * Whether a certificate is for a host. A leading dot (`.example.org`) asks for any name below. OpenSSL's rules, not RFC 9525's: the commonName
 * counts where there is no dNSName, and `*` may be a part of the first label.
 *
 * @example
 * matchesHost(certificate, 'www.example.org');
 */
export function matchesHost(certificate: Certificate, host: string): boolean {
  const wanted = Buffer.from(host, 'utf8');
  const below = wanted.length > 1 && host.startsWith('.');
  const equal: Equal = (pattern, name) => equalHost(pattern, name, below);
  return matches(certificate, GENERAL.dns, COMMON_NAME, wanted, equal);
}

/** Whether a certificate is for a mailbox: the part before the `@` counts as it stands, the domain in any case. */
export function matchesEmail(certificate: Certificate, address: string): boolean {
  return matches(certificate, GENERAL.email, EMAIL_ADDRESS, Buffer.from(address, 'utf8'), equalEmail);
}

/** Whether a certificate is for an address: 4 or 16 octets, see {@link parseIp}. Only alternative names count. */
export function matchesIp(certificate: Certificate, address: Uint8Array): boolean {
  return matches(certificate, GENERAL.ip, undefined, Buffer.from(address), (a, b) => a.equals(b));
}

function matches(
  certificate: Certificate,
  type: number,
  attribute: string | undefined,
  wanted: Buffer,
  equal: Equal,
): boolean {
  const text = type !== GENERAL.ip;
  if (wanted.length === 0 || (text && wanted.includes(0))) return false;
  // an empty name is nobody's, and a NUL cuts a name short in programs that take it for a C string
  const same = (value: Buffer): boolean => value.length > 0 && !(text && value.includes(0)) && equal(value, wanted);
  let decided = false;
  for (const name of alternativeNames(certificate)) {
    const value = type === GENERAL.email && name.isContext(GENERAL.other) ? smtpMailbox(name) : undefined;
    if (!name.isContext(type) && value === undefined) continue;
    decided = true;
    if (same(value ?? name.content)) return true;
  }
  if (decided || attribute === undefined) return false;
  return certificate.subject.attributes.some(({ oid, tag, value }) => oid === attribute && same(utf8Of(tag, value)));
}

/** The value of an otherName that is a SmtpUTF8Mailbox. */
function smtpMailbox(name: DerNode): Buffer | undefined {
  try {
    const [type, value] = name.children;
    if (type?.oid('otherName') !== SMTP_UTF8_MAILBOX) return undefined;
    return value?.only('otherName').expect(TAG.utf8String, 'SmtpUTF8Mailbox').content;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/** A string attribute's value in UTF-8. */
function utf8Of(tag: number, value: Buffer): Buffer {
  if (tag === TAG.bmpString && value.length % 2 === 0) {
    return Buffer.from(Buffer.from(value).swap16().toString('utf16le'), 'utf8');
  }
  if (tag === TAG.utf8String || tag === TAG.universalString) return value;
  return Buffer.from(value.toString('latin1'), 'utf8');
}

const lower = (octet: number | undefined): number =>
  octet !== undefined && octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : (octet ?? -1);

/** Equal in any case of ASCII letters. */
function equalAnyCase(pattern: Uint8Array, wanted: Uint8Array): boolean {
  return pattern.length === wanted.length && pattern.every((octet, i) => lower(octet) === lower(wanted[i]));
}

function equalHost(pattern: Buffer, host: Buffer, below: boolean): boolean {
  const star = below ? -1 : findStar(pattern.toString('latin1'));
  if (star >= 0) return matchesStar(pattern.subarray(0, star), pattern.subarray(star + 1), host);
  // ".example.org" matches what ends in it
  const cut = below && pattern.length > host.length ? pattern.subarray(pattern.length - host.length) : pattern;
  return equalAnyCase(cut, host);
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;
const STAR_LABEL = /^(\*|\*[a-z0-9-]*[a-z0-9]|[a-z0-9][a-z0-9-]*\*|[a-z0-9]\*)$/i;

/**
 * Where the `*` of a valid pattern stands, or -1: one star, at the start or the end of the first label, that label not an IDNA one, and two more
 * labels after it at least.
 */
function findStar(pattern: string): number {
  const star = pattern.indexOf('*');
  const [first, ...rest] = pattern.split('.') as [string, ...string[]];
  const valid = star >= 0 && star < first.length && rest.length >= 2 && rest.every((label) => LABEL.test(label));
  return valid && STAR_LABEL.test(first) && !/^xn--/i.test(first) ? star : -1;
}

function matchesStar(prefix: Buffer, suffix: Buffer, host: Buffer): boolean {
  if (host.length < prefix.length + suffix.length) return false;
  const middle = host.subarray(prefix.length, host.length - suffix.length).toString('latin1');
  if (!equalAnyCase(prefix, host.subarray(0, prefix.length))) return false;
  if (!equalAnyCase(suffix, host.subarray(host.length - suffix.length))) return false;
  const whole = prefix.length === 0 && suffix[0] === 0x2e;
  if (whole && middle === '') return false;
  if (!whole && /^xn--/i.test(host.subarray(prefix.length).toString('latin1'))) return false;
  return middle === '*' || /^[a-z0-9-]*$/i.test(middle);
}

function equalEmail(pattern: Buffer, address: Buffer): boolean {
  if (pattern.length !== address.length) return false;
  // searched from the end: a quoted local part may hold an @
  const at = Math.max(pattern.lastIndexOf(0x40), address.lastIndexOf(0x40));
  if (at <= 0) return pattern.equals(address);
  return (
    equalAnyCase(pattern.subarray(at), address.subarray(at)) && pattern.subarray(0, at).equals(address.subarray(0, at))
  );
}

/** The octets of an IPv4 or IPv6 address in text, or undefined when it is none. */
export function parseIp(text: string): Buffer | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const parts = [...(head as string[]), ...(tail ?? [])];
  const last = parts.at(-1) ?? '';
  const v4 = last.includes('.') ? parseIpv4(last) : undefined;
  if (last.includes('.') && !v4) return undefined;
  const groups = v4 ? parts.slice(0, -1) : parts;
  const count = groups.length + (v4 ? 2 : 0);
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  if (tail === undefined ? count !== 8 : count > 7) return undefined;
  const octets = groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]);
  const all = v4 ? [...octets, ...v4] : octets;
  const before = tail === undefined ? all.length : 2 * (head as string[]).length;
  return Buffer.from([
    ...all.slice(0, before),
    ...Array.from({ length: 16 - all.length }, () => 0),
    ...all.slice(before),
  ]);
}

function parseIpv4(text: string): Buffer | undefined {
  const parts = text.split('.');
  const good = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return good ? Buffer.from(parts.map(Number)) : undefined;
}

/** The mailboxes of a certificate: emailAddress of the subject, then rfc822Name, each once; IA5String without NUL octets only. */
export function emailAddresses(certificate: Certificate): string[] {
  const found = certificate.subject.attributes
    .filter(({ oid, tag }) => oid === EMAIL_ADDRESS && tag === TAG.ia5String)
    .map(({ value }) => value);
  const names = alternativeNames(certificate).filter((name) => name.isContext(GENERAL.email));
  return texts([...found, ...names.map((name) => name.content)]);
}

const AUTHORITY_INFO_ACCESS = '1.3.6.1.5.5.7.1.1';
const OCSP = '1.3.6.1.5.5.7.48.1';

/** The URIs of OCSP responders that a certificate names, each once. */
export function ocspUris(certificate: Certificate): string[] {
  const extension = certificate.extension(AUTHORITY_INFO_ACCESS);
  if (!extension) return [];
  try {
    const uris: Buffer[] = [];
    for (const access of readDer(extension.value, 'ber').sequence('authorityInfoAccess')) {
      const [method, location] = access.sequence('AccessDescription');
      if (method?.oid('access method') === OCSP && location?.isContext(GENERAL.uri)) uris.push(location.content);
    }
    return texts(uris);
  } catch (error) {
    if (error instanceof TlskitError) return [];
    throw error;
  }
}

/** Texts without doubles, empty ones and ones with a NUL octet. */
function texts(values: readonly Buffer[]): string[] {
  const good = values.filter((value) => value.length > 0 && !value.includes(0));
  return [...new Set(good.map((value) => value.toString('latin1')))];
}
