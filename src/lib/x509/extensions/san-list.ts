import { domainToASCII } from 'node:url';
import { shown } from '../../der/text.ts';
import { fail } from '../../errors.ts';
import { parseAddress } from './address.ts';

/** Prefixes people may write, in any case, and the words of OpenSSL's language. */
const KINDS: Readonly<Record<string, string>> = {
  dns: 'DNS',
  ip: 'IP',
  email: 'email',
  mail: 'email',
  uri: 'URI',
  url: 'URI',
  rid: 'RID',
};

const HOST = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

/**
 * Reads `dns:a,ip:127.0.0.1,email:x@example.org,uri:https://…`, for people: prefixes in any case, and names without one are recognised:
 * an address, an email address, a URI or a host name. Parts are separated by commas.
 *
 * @returns the value for `subjectAltName`
 * @throws TlskitError ERR_EXTENSION
 * @example
 * parseSanList('localhost,127.0.0.1,::1'); // 'DNS:localhost,IP:127.0.0.1,IP:::1'
 */
export function parseSanList(text: string): string {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0)
    fail('ERR_EXTENSION', 'there is no name in the list; it should read like dns:example.org,ip:127.0.0.1');
  return parts.map(entry).join(',');
}

function entry(part: string): string {
  const [, prefix = '', rest = ''] = /^([a-z]+):(?!\/\/)(.*)$/i.exec(part) ?? [];
  const address = bareAddress(part);
  if (address !== undefined) return `IP:${address}`;
  const kind = Object.hasOwn(KINDS, prefix.toLowerCase()) ? KINDS[prefix.toLowerCase()] : undefined;
  if (kind !== undefined) return `${kind}:${checked(kind, rest.trim(), part)}`;
  if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(part) && (part.includes('://') || /^(urn|spiffe|mailto|sip|sips):/i.test(part)))
    return `URI:${part}`;
  if (/^[^@\s:/]+@[^@\s:/]+$/.test(part)) return `email:${checked('email', part, part)}`;
  return `DNS:${checked('DNS', part, part)}`;
}

/** An address, also as a URL has it in brackets. */
function bareAddress(text: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  return parseAddress(bare) ? bare : undefined;
}

function checked(kind: string, value: string, part: string): string {
  if (kind === 'IP') return bareAddress(value) ?? fail('ERR_EXTENSION', `"${shown(part)}" is no IPv4 or IPv6 address`);
  if (kind === 'DNS') {
    // other scripts as xn--…, as certificates hold them (RFC 5280 section 7.2)
    const host = /[^\u0000-\u007f]/.test(value) ? domainToASCII(value) : value;
    if (HOST.test(host) && host.length <= 253) return host;
    return fail('ERR_EXTENSION', `"${shown(part)}" is no host name; the kinds of names are dns: ip: email: uri:`);
  }
  if (value === '') return fail('ERR_EXTENSION', `nothing stands after "${shown(part)}"`);
  return value;
}
