/** What names may look like: host names, mailboxes, URIs, and what is reserved. */

const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** A host name in the preferred name syntax (RFC 1034 section 3.5), with underscores and a wildcard as certificates have them. */
export function isHostName(text: string): boolean {
  if (text.length > 253) return false;
  const labels = text.replace(/^\*\./, '').split('.');
  return labels.every((label) => LABEL.test(label));
}

/** `local-part@host` (RFC 5280 section 4.2.1.6: no display name, no angle brackets). */
export function isMailbox(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || /[\s<>()[\],;:\\]/.test(text.replace(/^"[^"]*"/, ''))) return false;
  return isHostName(text.slice(at + 1));
}

/** What is wrong with a URI as a name; undefined when nothing is. */
export function uriFault(text: string): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text);
  if (!match) return 'it is relative';
  const [, scheme = '', rest = ''] = match;
  if (rest === '') return 'nothing follows the scheme';
  if (!rest.startsWith('//')) return undefined;
  const authority = rest.slice(2).split(/[/?#]/)[0] as string;
  const host = authority.replace(/^[^@]*@/, '').replace(/:\d*$/, '');
  if (/^\[[0-9a-f:.]+\]$/i.test(host) || isHostName(host)) return undefined;
  return scheme.toLowerCase() === 'ldap' && host === '' ? undefined : 'its host is neither a name nor an address';
}

/** Top-level domains that are for nobody (RFC 2606, 6761, 8375), and that ICANN has set aside. */
const NOT_PUBLIC: ReadonlySet<string> = new Set(
  'test example invalid localhost local internal lan home corp mail localdomain intranet private'.split(' '),
);

/** A name that no public CA may certify: one label, or a top-level domain that is not public. */
export function isInternalName(text: string): boolean {
  const labels = text.replace(/^\*\./, '').replace(/\.$/, '').toLowerCase().split('.');
  return labels.length < 2 || NOT_PUBLIC.has(labels.at(-1) as string);
}

const RESERVED_V4: readonly (readonly [network: number, bits: number])[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0000200, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xc6336400, 24],
  [0xcb007100, 24],
  [0xe0000000, 4],
  [0xf0000000, 4],
];

/** Whether IANA has the address reserved (RFC 6890): private, loopback, documentation and others. */
export function isReservedAddress(octets: Buffer): boolean {
  if (octets.length === 4) {
    const address = octets.readUInt32BE();
    return RESERVED_V4.some(([network, bits]) => address >>> (32 - bits) === network >>> (32 - bits));
  }
  if (octets.length !== 16) return false;
  // only 2000::/3 is given out, without documentation (2001:db8::/32), 2001::/23's special parts and 6to4 of reserved addresses
  const [first = 0, second = 0] = octets;
  if (first >> 5 !== 1) return true;
  const head = octets.readUInt32BE();
  return (
    head === 0x20010db8 || (first === 0x20 && second === 0x01 && octets.readUInt16BE(2) < 0x0200) || first === 0x3f
  );
}
