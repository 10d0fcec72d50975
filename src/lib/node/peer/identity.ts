/** `checkServerIdentity`: whether a certificate is for a host, by the rules of `node:tls` (RFC 6125 sections 6.4 and 7.2, without U-labels). */
import { isIP, SocketAddress } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { domainToASCII } from 'node:url';
import { nodeError } from '../errors/node.ts';

/** What of a certificate tells whom it is for. */
export interface PeerNames {
  readonly subject?: { readonly CN?: string | readonly string[] | undefined } | undefined;
  readonly subjectaltname?: string | undefined;
}

/** The error for a certificate that is for another host. */
interface AltNameError extends Error {
  readonly code: string;
  readonly reason: string;
  readonly host: string;
  readonly cert: PeerCertificate;
}

/**
 * Whether a certificate is for a host name or an IP address: undefined if it is. The names of subjectAltName count; the subject's CN where it has
 * none of a host. `*` may stand in the left-most label of a name of three labels or more.
 *
 * @param cert as `getPeerCertificate` gives it
 * @returns ERR_TLS_CERT_ALTNAME_INVALID with `reason`, `host` and `cert`
 * @throws SyntaxError ERR_TLS_CERT_ALTNAME_FORMAT for a `subjectaltname` whose quotation is broken
 */
export function checkServerIdentity(hostname: string, cert: PeerCertificate): Error | undefined {
  const reason = mismatch(hostname, cert);
  if (reason === undefined) return undefined;
  const message = `Hostname/IP does not match certificate's altnames: ${reason}`;
  const host = withoutDot(asText(hostname));
  return nodeError('ERR_TLS_CERT_ALTNAME_INVALID', message, Error, { reason, host, cert }) satisfies AltNameError;
}

/** Why a certificate is not for a host; undefined if it is. */
export function mismatch(hostname: string, { subject, subjectaltname }: PeerNames): string | undefined {
  const name = asText(hostname);
  const host = withoutDot(name);
  const { dns, ips } = namesOf(subjectaltname);
  if (isIP(host) !== 0) {
    const address = canonicalAddress(host);
    if (address !== undefined && ips.includes(address)) return undefined;
    return `IP: ${host} is not in the cert's list: ${ips.join(', ')}`;
  }
  const common = subject?.CN;
  if (dns.length === 0 && !common) return 'Cert does not contain a DNS name';
  // what a user typed as a U-label stands in certificates as an A-label
  const labels = labelsOf(withoutDot(domainToASCII(name)));
  const patterns = dns.length > 0 ? dns : [common ?? []].flat();
  if (patterns.some((pattern) => fits(labels, pattern))) return undefined;
  if (dns.length > 0) return `Host: ${host}. is not in the cert's altnames: ${subjectaltname}`;
  return `Host: ${host}. is not cert's CN: ${String(common)}`;
}

/** Programs pass what is no string, too. */
const asText = (hostname: unknown): string => String(hostname);

const withoutDot = (host: string): string => host.replace(/[.]$/, '');

function namesOf(text: string | undefined): {
  readonly dns: readonly string[];
  readonly ips: readonly (string | undefined)[];
} {
  const names = !text ? [] : text.includes('"') ? splitQuoted(text) : text.split(', ');
  const after = (prefix: string): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return { dns: after('DNS:'), ips: after('IP Address:').map(canonicalAddress) };
}

/** One JSON string (RFC 8259 section 7): names with characters that could be mistaken for others stand so in the text. */
const QUOTED = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** The names of a text in which some are quoted. */
function splitQuoted(text: string): string[] {
  const names: string[] = [];
  let name = '';
  for (let at = 0; at < text.length;) {
    const comma = text.indexOf(',', at);
    const quote = text.indexOf('"', at);
    if (quote >= 0 && (comma < 0 || quote < comma)) {
      QUOTED.lastIndex = quote;
      const [quoted] = QUOTED.exec(text) ?? [];
      if (quoted === undefined) throw formatError();
      name += text.slice(at, quote) + (JSON.parse(quoted) as string);
      at = quote + quoted.length;
    } else if (comma >= 0) {
      names.push(name + text.slice(at, comma));
      name = '';
      at = comma + 2;
    } else {
      name += text.slice(at);
      at = text.length;
    }
  }
  return [...names, name];
}

const formatError = (): Error =>
  nodeError('ERR_TLS_CERT_ALTNAME_FORMAT', 'Invalid subject alternative name string', SyntaxError);

/** An address in the one form of RFC 5952; undefined for what is none. */
function canonicalAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) return undefined;
  return new SocketAddress({ address: text, family: version === 4 ? 'ipv4' : 'ipv6' }).address;
}

/** The labels of a name; A to Z alone become small, whatever the locale. */
const labelsOf = (host: string): string[] =>
  withoutDot(host)
    .replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))
    .split('.');

function fits(host: readonly string[], pattern: string): boolean {
  if (!pattern) return false;
  const labels = labelsOf(pattern);
  if (host.length !== labels.length || labels.includes('')) return false;
  // there is no telling how a U-label is meant, and nothing good comes of control characters and blanks
  if (labels.some((label) => /[^\u0021-\u007F]/u.test(label))) return false;
  if (labels.some((label, i) => i > 0 && label !== host[i])) return false;
  return firstFits(host[0] as string, labels[0] as string, labels.length);
}

/** Whether the left-most label fits, in which one `*` may stand for characters of this label (RFC 6125 section 6.4.3). */
function firstFits(host: string, label: string, count: number): boolean {
  const [prefix, suffix, more] = label.split('*', 3) as [string, string?, string?];
  // a wildcard does not stand for a part of an A-label
  if (suffix === undefined || label.includes('xn--')) return host === label;
  if (more !== undefined || count <= 2) return false;
  return prefix.length + suffix.length <= host.length && host.startsWith(prefix) && host.endsWith(suffix);
}
