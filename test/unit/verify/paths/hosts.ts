/** Whom a certificate is for (RFC 9525; RFC 5280 section 4.2.1.6). */
import { chainOf, gn, san, type Row } from './builder.ts';

const PART = 'a wildcard is the whole first label (RFC 9525 section 6.3); OpenSSL takes parts of one';
const CN = 'the commonName does not count (RFC 9525 section 2); OpenSSL takes it where there is no dNSName';

type Short = readonly [
  host: string,
  names: readonly Buffer[] | null,
  rfc: Row['rfc'],
  why?: string | undefined,
  subject?: string,
];

const SHORT: readonly Short[] = [
  ['www.example.com', [gn.dns('www.example.com')], 'accept'],
  ['WWW.EXAMPLE.COM', [gn.dns('www.example.com')], 'accept'],
  ['www.example.com', [gn.dns('WWW.Example.com')], 'accept'],
  ['www.example.com', [gn.dns('example.com')], 'reject'],
  ['example.com', [gn.dns('www.example.com')], 'reject'],
  ['www.example.com', [gn.dns('a.example.com'), gn.dns('www.example.com')], 'accept'],
  ['www.example.com', [gn.dns('*.example.com')], 'accept'],
  ['example.com', [gn.dns('*.example.com')], 'reject'],
  ['a.b.example.com', [gn.dns('*.example.com')], 'reject'],
  ['a.b.example.com', [gn.dns('*.b.example.com')], 'accept'],
  ['a.b.example.com', [gn.dns('a.*.example.com')], 'reject'],
  ['www.example.com', [gn.dns('w*.example.com')], 'reject', PART],
  ['www.example.com', [gn.dns('*w.example.com')], 'reject', PART],
  ['www.example.com', [gn.dns('w*w.example.com')], 'reject'],
  ['www.example.com', [gn.dns('*.*.com')], 'reject'],
  ['www.example.com', [gn.dns('*')], 'reject'],
  ['example.com', [gn.dns('*.com')], 'reject', 'no wildcard for a top-level domain; Go matches it'],
  ['xn--bcher-kva.example.com', [gn.dns('xn--bcher-kva.example.com')], 'accept'],
  ['xn--bcher-kva.example.com', [gn.dns('*.example.com')], 'accept'],
  [
    'bücher.example.com',
    [gn.dns('xn--bcher-kva.example.com')],
    'accept',
    'a U-label is compared as its A-label (RFC 9525 section 6.2); OpenSSL and Go compare octets',
  ],
  ['xn--bcher-kva.example.com', [gn.dns('xn--*.example.com')], 'reject'],
  ['www.example.com', null, 'reject', CN, '/CN=www.example.com'],
  ['www.example.com', [gn.email('a@example.com')], 'reject', CN, '/CN=www.example.com'],
  ['www.example.com', [gn.dns('other.example.com')], 'reject', undefined, '/CN=www.example.com'],
  ['www.example.com', [gn.uri('https://www.example.com/')], 'reject'],
  [
    'www.example.com',
    [gn.dns('www.example.com\0.evil.org')],
    'reject',
    'a NUL is in no name; Go refuses the certificate',
  ],
  ['www.example.com', [gn.dns('www.example.com.')], 'reject', 'a presented name has no dot at its end'],
  [
    'www.example.com.',
    [gn.dns('www.example.com')],
    'accept',
    'the dot of a full name is none of the name; OpenSSL compares octets',
  ],
  ['1.2.3.4', [gn.ip('01020304')], 'accept', 'an address as text is an address; -verify_hostname compares text'],
  ['1.2.3.4', [gn.dns('1.2.3.4')], 'reject', 'an address is no dNSName (RFC 9525 section 6.4); OpenSSL compares text'],
  ['1.2.3.4', [gn.dns('*.2.3.4')], 'reject', 'an address is no dNSName; OpenSSL compares text'],
  ['a_b.example.com', [gn.dns('a_b.example.com')], 'accept'],
  ['localhost', [gn.dns('localhost')], 'accept'],
];

const rows: Row[] = SHORT.map(([host, names, rfc, why, subject], i) => ({
  name: `host ${i}: ${host}`,
  rfc,
  ...(why === undefined ? {} : { why }),
  make: () =>
    chainOf({ leaf: { san: names && san(names) }, ...(subject === undefined ? {} : { subject }) }, { hosts: [host] }),
}));

const ADDRESSES: readonly (readonly [ip: string, names: readonly Buffer[], rfc: Row['rfc']])[] = [
  ['1.2.3.4', [gn.ip('01020304')], 'accept'],
  ['1.2.3.5', [gn.ip('01020304')], 'reject'],
  ['1.2.3.4', [gn.dns('1.2.3.4')], 'reject'],
  ['2001:db8::1', [gn.ip('20010db8000000000000000000000001')], 'accept'],
  ['2001:db8::2', [gn.ip('20010db8000000000000000000000001')], 'reject'],
  ['1.2.3.4', [gn.ip('00000000000000000000ffff01020304')], 'reject'],
];
for (const [i, [ip, names, rfc]] of ADDRESSES.entries()) {
  rows.push({
    name: `address ${i}: ${ip}`,
    rfc,
    why: i === 5 ? 'an IPv4 address has 4 octets (section 4.2.1.6); Go takes the mapped one for it' : '',
    make: () => chainOf({ leaf: { san: san(names) } }, { ip }),
  });
}

const GO_MAIL = 'Go has no question for mailboxes';
const MAILBOXES: readonly (readonly [
  email: string,
  names: readonly Buffer[] | null,
  subject: string,
  rfc: Row['rfc'],
])[] = [
  ['a@example.com', [gn.email('a@example.com')], '/CN=a', 'accept'],
  ['a@EXAMPLE.com', [gn.email('a@example.com')], '/CN=a', 'accept'],
  ['A@example.com', [gn.email('a@example.com')], '/CN=a', 'reject'],
  ['a@example.com', null, '/CN=a/emailAddress=a@example.com', 'accept'],
  ['a@example.com', [gn.email('b@example.com')], '/CN=a/emailAddress=a@example.com', 'reject'],
  ['médecin@example.com', [gn.utf8('médecin@example.com')], '/CN=a', 'accept'],
];
for (const [i, [email, names, subject, rfc]] of MAILBOXES.entries()) {
  rows.push({
    name: `mailbox ${i}: ${email}`,
    rfc,
    why: GO_MAIL,
    make: () => chainOf({ leaf: { san: names && san(names) }, subject }, { email }),
  });
}

export const HOST_ROWS: readonly Row[] = rows;
