/** The names that a certificate is for, as people type them: hosts, addresses, mailboxes and URIs in one list. */
import { domainToASCII } from 'node:url';
import { shown } from '../der/text.ts';
import { fail } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { alternativeNames, parseIp } from '../x509/checks.ts';

/** An alternative name (RFC 5280 section 4.2.1.6). */
export interface CertifiedName {
  readonly kind: 'DNS' | 'IP' | 'email' | 'URI';
  /** A host in ASCII (IDNA's `xn--` labels), an address in its shortest text, a mailbox, a URI. */
  readonly value: string;
}

/** A label of a host name; underscores stand in many internal ones. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const MAX_HOST = 253;
const MAILBOX = /^[^\s@,;:"\\<>()[\]]+@[^\s@]+$/;
const URI = /^[a-z][a-z0-9+.-]*:\/\/[^\s,]+$/i;

/**
 * What a word names: an IP address, a mailbox (`a@b`), a URI (`https://…`, `spiffe://…`), else a host, also `*.example.org` and, by IDNA,
 * `bücher.example`.
 *
 * @throws TlskitError ERR_USAGE for a word that is nothing of these
 * @example
 * parseName('::1'); // { kind: 'IP', value: '::1' }
 */
export function parseName(word: string): CertifiedName {
  const address = parseIp(word.replace(/^\[(.*)\]$/, '$1'));
  if (address) return { kind: 'IP', value: addressText(address) };
  if (URI.test(word)) return { kind: 'URI', value: word };
  if (MAILBOX.test(word) && /^[\u0021-\u007e]+$/.test(word)) {
    const at = word.lastIndexOf('@');
    return { kind: 'email', value: `${word.slice(0, at)}@${hostName(word.slice(at + 1), word)}` };
  }
  return { kind: 'DNS', value: hostName(word, word) };
}

/** Several words as names, each once. */
export function parseNames(words: readonly string[]): CertifiedName[] {
  const names = new Map<string, CertifiedName>();
  for (const word of words) {
    const name = parseName(word);
    names.set(`${name.kind}:${name.value}`, name);
  }
  return [...names.values()];
}

function hostName(text: string, word: string): string {
  const refuse = (why: string): never =>
    fail('ERR_USAGE', `"${shown(word)}" is no host name, IP address, mailbox or URI: ${why}`);
  const wild = text.startsWith('*.');
  const plain = wild ? text.slice(2) : text;
  // domainToASCII would drop some of these in silence
  if (/[\s\u0000-\u0020\u007f]/.test(plain)) return refuse('there is white space or a control character in it');
  if (plain.includes('*')) return refuse('a * may only be the whole first label, as in *.example.org');
  // domainToASCII takes numbers for addresses and drops what it cannot read; only names that need it are given to it
  const ascii = /^[\u0021-\u007e]*$/.test(plain) ? plain : domainToASCII(plain);
  const labels = ascii.split('.');
  if (ascii === '') return refuse('there is nothing in it that could be one');
  if (!labels.every((label) => LABEL.test(label)))
    return refuse('labels have letters, digits and hyphens, up to 63 of them');
  if (labels.every((label) => /^\d+$/.test(label)) && labels.length > 1) return refuse('it looks like a wrong address');
  if (ascii.length > MAX_HOST) return refuse(`it is longer than ${MAX_HOST} characters`);
  return `${wild ? '*.' : ''}${ascii.toLowerCase()}`;
}

/** An address in text: dotted, or the shortest form of RFC 5952 section 4. */
export function addressText(octets: Uint8Array): string {
  if (octets.length !== 16) return [...octets].join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((octets[2 * i] ?? 0) << 8) | (octets[2 * i + 1] ?? 0)).toString(16),
  );
  const [longest] = [...groups.join(':').matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].sort(
    (a, b) => b[0].length - a[0].length,
  );
  if (!longest) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** The value of a subjectAltName in the extension language. */
export const alternativeNameText = (names: readonly CertifiedName[]): string =>
  names.map(({ kind, value }) => `${kind}:${value}`).join(',');

/** Context tags of GeneralName. */
const KINDS = new Map<number, CertifiedName['kind']>([
  [1, 'email'],
  [2, 'DNS'],
  [6, 'URI'],
  [7, 'IP'],
]);

/** The alternative names of a certificate that are of these four kinds. */
export function namesOf(certificate: Certificate): CertifiedName[] {
  return alternativeNames(certificate).flatMap((node) => {
    const tag = [...KINDS.keys()].find((number) => node.isContext(number));
    const kind = tag === undefined ? undefined : KINDS.get(tag);
    if (kind === undefined) return [];
    return [{ kind, value: kind === 'IP' ? addressText(node.content) : node.content.toString('latin1') }];
  });
}
