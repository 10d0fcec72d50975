/** Name constraints (RFC 5280 section 4.2.1.10): names against bases, permitted and excluded, and what is odd about them. */
import { chainOf, gn, nc, san, type Row } from './builder.ts';

/** A base, a name, and whether the name lies in the base's subtree. `undefined`: one of them is malformed. */
type Pair = readonly [form: keyof typeof MAKE, base: string, name: string, inside: boolean | undefined, why?: string];

const MAKE = { dns: gn.dns, email: gn.email, uri: gn.uri, ip: gn.ip, dir: gn.dir };

const LEADING = 'a dNSName base has no leading dot in RFC 5280; OpenSSL and Go take it for all names below';
const PAIRS: readonly Pair[] = [
  ['dns', 'example.com', 'example.com', true],
  ['dns', 'example.com', 'www.example.com', true],
  ['dns', 'example.com', 'a.b.example.com', true],
  ['dns', 'example.com', 'WWW.Example.COM', true],
  ['dns', 'EXAMPLE.com', 'www.example.com', true],
  ['dns', 'example.com', 'wwwexample.com', false],
  ['dns', 'example.com', 'example.org', false],
  ['dns', 'example.com', 'com', false],
  ['dns', 'www.example.com', 'example.com', false],
  ['dns', '', 'example.com', true],
  ['dns', 'com', 'example.com', true],
  ['dns', 'example.com', '*.example.com', true],
  ['dns', 'example.com', '*.example.org', false],
  ['dns', '.example.com', 'www.example.com', undefined, LEADING],
  ['dns', '.example.com', 'example.com', undefined, LEADING],
  ['email', 'example.com', 'user@example.com', true],
  ['email', 'example.com', 'user@EXAMPLE.com', true],
  [
    'email',
    'example.com',
    'user@mail.example.com',
    false,
    'a host is that host alone in a mailbox constraint; Go takes the hosts below, too',
  ],
  ['email', '.example.com', 'user@mail.example.com', true],
  ['email', '.example.com', 'user@example.com', false],
  ['email', 'user@example.com', 'user@example.com', true],
  ['email', 'user@example.com', 'user@Example.com', true],
  ['email', 'user@example.com', 'User@example.com', false],
  ['email', 'user@example.com', 'other@example.com', false],
  ['email', 'example.com', 'user@example.org', false],
  ['email', 'example.com', 'user.example.com', undefined, 'not a mailbox'],
  ['uri', 'example.com', 'https://example.com/path', true],
  ['uri', 'example.com', 'https://EXAMPLE.com/', true],
  [
    'uri',
    'example.com',
    'https://www.example.com/',
    false,
    'a host is that host alone in a URI constraint; Go takes the hosts below, too',
  ],
  ['uri', '.example.com', 'https://www.example.com/', true],
  ['uri', '.example.com', 'https://example.com/', false],
  ['uri', 'example.com', 'https://example.com:8443/', true],
  ['uri', 'example.com', 'https://example.org/', false],
  ['uri', 'example.com', 'ftp://example.com', true],
  ['uri', 'example.com', 'https://user@example.com/', true, 'OpenSSL takes all between // and the path for the host'],
  ['uri', 'example.com', 'urn:example:com', undefined, 'a URI without a host cannot be compared'],
  ['uri', 'example.com', 'https://10.0.0.1/', undefined, 'an address is no host name; OpenSSL compares it as one'],
  ['ip', '0a000000 ff000000', '0a010203', true],
  ['ip', '0a000000 ff000000', '0b010203', false],
  ['ip', 'c0a80100 ffffff00', 'c0a801ff', true],
  ['ip', 'c0a80100 ffffff00', 'c0a80200', false],
  ['ip', '00000000 00000000', '01020304', true],
  ['ip', '20010db8000000000000000000000000 ffffffff000000000000000000000000', '20010db8000000000000000000000001', true],
  [
    'ip',
    '20010db8000000000000000000000000 ffffffff000000000000000000000000',
    '20010db9000000000000000000000001',
    false,
  ],
  ['dir', '/C=US/O=Good', '/C=US/O=Good/CN=x', true],
  ['dir', '/C=US/O=Good', '/C=US/O=Good', true],
  [
    'dir',
    '/C=US/O=Good',
    '/C=US/O=good /CN=x',
    true,
    'case and space do not count (RFC 5280 section 7.1); Go does not compare directory names',
  ],
  ['dir', '/C=US/O=Good', '/C=US/O=Bad/CN=x', false],
  ['dir', '/C=US/O=Good', '/O=Good/C=US/CN=x', false],
  ['dir', '/C=US/O=Good', '/C=US/CN=x', false],
];

const GO_DIR = 'Go refuses critical constraints on directory names as unhandled';
const rows: Row[] = PAIRS.flatMap(([form, base, name, inside, why]) => {
  const make = MAKE[form];
  const subject = '/C=US/O=Good/CN=leaf';
  const one = (kind: 'permitted' | 'excluded'): Row => ({
    name: `${kind} ${form} ${base}: ${name}`,
    rfc: inside === undefined || inside !== (kind === 'permitted') ? 'reject' : 'accept',
    why: why ?? (form === 'dir' ? GO_DIR : ''),
    make: () => {
      const constraints = kind === 'permitted' ? nc([make(base)]) : nc([], [make(base)]);
      // a directory name is the subject's
      return form === 'dir'
        ? chainOf({ middle: { nc: constraints }, subject: name })
        : chainOf({ middle: { nc: constraints }, leaf: { san: san([make(name)]) }, subject });
    },
  });
  return [one('permitted'), one('excluded')];
});

const UTF8 = 'Go refuses SmtpUTF8Mailbox under constraints for mailboxes, or does not look at it';
rows.push(
  {
    name: 'permitted email, SmtpUTF8Mailbox of the host',
    rfc: 'accept',
    why: UTF8,
    make: () =>
      chainOf({ middle: { nc: nc([gn.email('example.com')]) }, leaf: { san: san([gn.utf8('médecin@example.com')]) } }),
  },
  {
    name: 'permitted email, SmtpUTF8Mailbox elsewhere',
    rfc: 'reject',
    why: UTF8,
    make: () =>
      chainOf({ middle: { nc: nc([gn.email('example.com')]) }, leaf: { san: san([gn.utf8('médecin@example.org')]) } }),
  },
  {
    name: 'permitted email with A-label, SmtpUTF8Mailbox with U-label',
    rfc: 'accept',
    why: UTF8,
    make: () =>
      chainOf({
        middle: { nc: nc([gn.email('xn--hlne-6oae.example.com')]) },
        leaf: { san: san([gn.utf8('médecin@hélène.example.com')]) },
      }),
  },
  {
    name: 'excluded email, SmtpUTF8Mailbox of the host',
    rfc: 'reject',
    why: UTF8,
    make: () =>
      chainOf({
        middle: { nc: nc([], [gn.email('example.com')]) },
        leaf: { san: san([gn.utf8('médecin@example.com')]) },
      }),
  },
  {
    name: 'excluded .email, SmtpUTF8Mailbox below',
    rfc: 'reject',
    why: 'OpenSSL puts two dots before the base, and finds nothing below it; ' + UTF8,
    make: () =>
      chainOf({
        middle: { nc: nc([], [gn.email('.example.com')]) },
        leaf: { san: san([gn.utf8('médecin@mail.example.com')]) },
      }),
  },
  {
    name: 'permitted registeredID',
    rfc: 'reject',
    why: 'a form that is not compared must be refused (section 4.2.1.10)',
    make: () => chainOf({ middle: { nc: nc([gn.rid('1.2.3')]) }, leaf: { san: san([gn.rid('1.2.3.4')]) } }),
  },
  {
    name: 'excluded registeredID, none there',
    rfc: 'accept',
    why: 'Go refuses critical constraints of a form that it does not know',
    make: () => chainOf({ middle: { nc: nc([], [gn.rid('1.2.3')]) } }),
  },
  {
    name: 'excluded otherName of the same type',
    rfc: 'reject',
    make: () =>
      chainOf({
        middle: { nc: nc([], [gn.other('1.2.3', Buffer.from('0500', 'hex'))]) },
        leaf: { san: san([gn.other('1.2.3', Buffer.from('0500', 'hex'))]) },
      }),
  },
  {
    name: 'permitted dns, names of other forms',
    rfc: 'accept',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.dns('example.com')]) },
        leaf: { san: san([gn.email('a@b.org'), gn.ip('01020304')]) },
      }),
  },
  {
    name: 'permitted dns, one name of two outside',
    rfc: 'reject',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.dns('example.com')]) },
        leaf: { san: san([gn.dns('example.com'), gn.dns('example.org')]) },
      }),
  },
  {
    name: 'two permitted, a name in each',
    rfc: 'accept',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.dns('example.com'), gn.dns('example.org')]) },
        leaf: { san: san([gn.dns('example.com'), gn.dns('a.example.org')]) },
      }),
  },
  {
    name: 'permitted and excluded below',
    rfc: 'reject',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.dns('example.com')], [gn.dns('bad.example.com')]) },
        leaf: { san: san([gn.dns('a.bad.example.com')]) },
      }),
  },
  {
    name: 'permitted and not excluded',
    rfc: 'accept',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.dns('example.com')], [gn.dns('bad.example.com')]) },
        leaf: { san: san([gn.dns('good.example.com')]) },
      }),
  },
  {
    name: 'excluded name under a wildcard',
    rfc: 'reject',
    why: 'the wildcard stands for the excluded name, too; OpenSSL and Go 1.19 compare letters',
    make: () =>
      chainOf({ middle: { nc: nc([], [gn.dns('bad.example.com')]) }, leaf: { san: san([gn.dns('*.example.com')]) } }),
  },
  {
    name: 'constraints of the root',
    rfc: 'reject',
    make: () => chainOf({ root: { nc: nc([gn.dns('example.org')]) } }),
  },
  {
    name: 'constraints of root and intermediate: the intersection',
    rfc: 'reject',
    make: () => chainOf({ root: { nc: nc([gn.dns('example.com')]) }, middle: { nc: nc([gn.dns('example.org')]) } }),
  },
  {
    name: 'the intermediate is outside',
    rfc: 'reject',
    why: 'Go does not compare directory names',
    make: () => chainOf({ root: { nc: nc([gn.dir('/O=Other')]) } }),
  },
  {
    name: 'constraints that are not critical',
    rfc: 'reject',
    why: 'a CA must mark them (section 4.2.1.10); OpenSSL and Go obey them without',
    make: () => chainOf({ middle: { nc: nc([gn.dns('example.com')], [], false) } }),
  },
  {
    name: 'constraints of an end',
    rfc: 'reject',
    why: 'they are for CAs alone (section 4.2.1.10)',
    make: () => chainOf({ leaf: { nc: nc([gn.dns('example.com')]) } }),
  },
  {
    name: 'no subtree',
    rfc: 'reject',
    why: 'not an empty sequence (section 4.2.1.10)',
    make: () => chainOf({ middle: { nc: nc([]) } }),
  },
  {
    name: 'a mask with gaps',
    rfc: 'reject',
    why: 'no network (RFC 4632); OpenSSL compares bit by bit',
    make: () => chainOf({ middle: { nc: nc([gn.ip('0a000000 ff00ff00')]) }, leaf: { san: san([gn.ip('0a010001')]) } }),
  },
  {
    name: 'an address constraint of 4 octets',
    rfc: 'reject',
    why: 'an address and a mask (section 4.2.1.10); unless there is an address, OpenSSL does not look at it',
    make: () => chainOf({ middle: { nc: nc([gn.ip('0a000000')]) } }),
  },
  {
    name: 'IPv4 constraint, IPv6 address',
    rfc: 'reject',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.ip('0a000000 ff000000')]) },
        leaf: { san: san([gn.ip('20010db8000000000000000000000001')]) },
      }),
  },
  {
    name: 'commonName like a host outside, no dNSName',
    rfc: 'accept',
    why: 'RFC 5280 asks nothing of a commonName; OpenSSL counts it as a host',
    make: () =>
      chainOf({ middle: { nc: nc([gn.dns('example.com')]) }, leaf: { san: null }, subject: '/CN=www.example.org' }),
  },
  {
    name: 'emailAddress in the subject outside',
    rfc: 'reject',
    why: 'Go does not look at the subject',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.email('example.com')]) },
        leaf: { san: null },
        subject: '/CN=a/emailAddress=a@example.org',
      }),
  },
  {
    name: 'emailAddress in the subject inside',
    rfc: 'accept',
    make: () =>
      chainOf({
        middle: { nc: nc([gn.email('example.com')]) },
        leaf: { san: null },
        subject: '/CN=a/emailAddress=a@example.com',
      }),
  },
);

export const NAME_ROWS: readonly Row[] = rows;
