/** What RFC 5280 asks of certificates: versions, serial numbers, names, extensions, encodings of times; and algorithms. */
import { TAG } from '../../../../src/lib/der/index.ts';
import { timeOf, type Time } from '../../../../src/lib/x509/time.ts';
import { makeKey } from '../../../support/chains.ts';
import { bc, ca, chainOf, ext, gn, leaf, nc, path, san, type Made, type Row } from './builder.ts';

const LAX = 'OpenSSL without -x509_strict, and Go, do not mind';
const NUL = Buffer.from('0500', 'hex');
const time = (form: 'utc' | 'generalized', text: string): Time =>
  timeOf(form === 'utc' ? TAG.utcTime : TAG.generalizedTime, Buffer.from(text, 'latin1'));

type Short = readonly [name: string, rfc: Row['rfc'], parts: Parameters<typeof chainOf>[0], why?: string | undefined];

const PLACES = ['root', 'middle', 'leaf'] as const;
const everywhere = (name: string, made: Made, rfc: Row['rfc'], why?: string): Short[] =>
  PLACES.map((place) => [`${name}: ${place}`, rfc, { [place]: made }, why] as const);

const SHORT: readonly Short[] = [
  ...everywhere('unknown critical extension', { extra: [ext('1.2.3.4', NUL, true)] }, 'reject'),
  ...everywhere('unknown extension', { extra: [ext('1.2.3.4', NUL)] }, 'accept'),
  ...everywhere(
    'an extension twice',
    { extra: [ext('1.2.3.4', NUL), ext('1.2.3.4', NUL)] },
    'reject',
    `once at most (section 4.2); ${LAX}`,
  ),
  ...everywhere(
    'authorityInfoAccess critical',
    { extra: [ext('1.3.6.1.5.5.7.1.1', Buffer.from('3000', 'hex'), true)] },
    'reject',
    'must not be critical (section 4.2.2.1); Go handles it nowhere',
  ),
  ...everywhere(
    'subjectInfoAccess critical',
    { extra: [ext('1.3.6.1.5.5.7.1.11', Buffer.from('3000', 'hex'), true)] },
    'reject',
  ),
  ['basicConstraints twice', 'reject', { middle: { extra: [bc(true)] } }],
  ['subjectAltName twice', 'reject', { leaf: { extra: [san([gn.dns('a.example.com')])] } }],
  ['serial number 0: leaf', 'reject', { leaf: { serial: Buffer.from([0]) } }, `positive (section 4.1.2.2); ${LAX}`],
  ['serial number 0: middle', 'reject', { middle: { serial: Buffer.from([0]) } }, `positive (section 4.1.2.2); ${LAX}`],
  ['serial number 0: root', 'accept', { root: { serial: Buffer.from([0]) } }],
  ['negative serial number', 'reject', { leaf: { serial: Buffer.from([0x80]) } }, `positive (section 4.1.2.2); ${LAX}`],
  ['serial number of 20 octets', 'accept', { leaf: { serial: Buffer.alloc(20, 0x7f) } }],
  [
    'serial number of 21 octets',
    'reject',
    { leaf: { serial: Buffer.alloc(21, 0x7f) } },
    `20 at most (section 4.1.2.2); ${LAX}`,
  ],
  ['version 1: leaf', 'accept', { leaf: { version: 0n } }],
  ['version 1: middle', 'reject', { middle: { version: 0n } }],
  [
    'version 1: root',
    'reject',
    { root: { version: 0n } },
    'a trust anchor of version 1 has no mark of a CA; OpenSSL takes one without -x509_strict',
  ],
  [
    'version 2 with extensions',
    'reject',
    { leaf: { version: 1n } },
    `extensions are version 3's (section 4.1.2.1); ${LAX}`,
  ],
  [
    'empty subject of the end, critical names',
    'accept',
    { leaf: { san: san([gn.dns('www.example.com')], true) }, subject: '' },
  ],
  [
    'empty subject of the end, names not critical',
    'reject',
    { subject: '' },
    `must be critical then (section 4.2.1.6); ${LAX}`,
  ],
  [
    'empty subject of the end, no names',
    'reject',
    { leaf: { san: null }, subject: '' },
    `who is it (section 4.1.2.6); ${LAX}`,
  ],
  ['no alternative name', 'reject', { leaf: { san: san([]) } }, `one at least (section 4.2.1.6); ${LAX}`],
  ['dNSName of nothing', 'reject', { leaf: { san: san([gn.dns('')]) } }, `no host name (section 4.2.1.6); ${LAX}`],
  ['dNSName of a blank', 'reject', { leaf: { san: san([gn.dns(' ')]) } }, `no host name (section 4.2.1.6); ${LAX}`],
  [
    'dNSName with UTF-8',
    'reject',
    { leaf: { san: san([gn.dns(Buffer.from('bücher.example.com').toString('latin1'))]) } },
    `IA5String (section 4.2.1.6); ${LAX}`,
  ],
  ['dNSName with an underscore', 'accept', { leaf: { san: san([gn.dns('_dmarc.example.com')]) } }],
  [
    'dNSName with a label of 64',
    'reject',
    { leaf: { san: san([gn.dns(`${'a'.repeat(64)}.example.com`)]) } },
    `63 at most (RFC 1034 section 3.1); ${LAX}`,
  ],
  [
    'rfc822Name without a host',
    'reject',
    { leaf: { san: san([gn.email('user')]) } },
    `a mailbox (section 4.2.1.6); ${LAX}`,
  ],
  [
    'URI without a scheme',
    'reject',
    { leaf: { san: san([gn.uri('example.com/path')]) } },
    `not relative (section 4.2.1.6); ${LAX}`,
  ],
  [
    'iPAddress of 5 octets',
    'reject',
    { leaf: { san: san([gn.ip('0102030405')]) } },
    `4 or 16 octets (section 4.2.1.6); ${LAX}`,
  ],
  [
    'authorityKeyIdentifier missing: leaf',
    'reject',
    { leaf: { aki: null } },
    `must be there (section 4.2.1.1); ${LAX}`,
  ],
  [
    'authorityKeyIdentifier missing: middle',
    'reject',
    { middle: { aki: null } },
    `must be there (section 4.2.1.1); ${LAX}`,
  ],
  ['authorityKeyIdentifier missing: root', 'accept', { root: { aki: null } }],
  ['subjectKeyIdentifier missing: leaf', 'accept', { leaf: { ski: null } }],
  [
    'subjectKeyIdentifier missing: middle',
    'reject',
    { middle: { ski: null } },
    `must be there (section 4.2.1.2); ${LAX}`,
  ],
  ['subjectKeyIdentifier missing: root', 'reject', { root: { ski: null } }, `must be there (section 4.2.1.2); ${LAX}`],
  [
    'constraints twice',
    'reject',
    { middle: { nc: nc([gn.dns('example.com')]), extra: [nc([gn.dns('example.com')])] } },
  ],
  ['GeneralizedTime with a fraction', 'reject', { leaf: { notAfter: time('generalized', '20260701000000.5Z') } }],
  ['GeneralizedTime before 2050', 'accept', { leaf: { notAfter: time('generalized', '20260701000000Z') } }],
  [
    'UTCTime without seconds',
    'reject',
    { leaf: { notAfter: time('utc', '2607010000Z') } },
    'Go does not ask for the form of section 4.1.2.5',
  ],
  [
    'UTCTime with an offset',
    'reject',
    { leaf: { notAfter: time('utc', '260701000000+0100') } },
    'Go does not ask for the form of section 4.1.2.5',
  ],
  ['the year 9999', 'accept', { leaf: { notAfter: time('generalized', '99991231235959Z') } }],
];

const GO_PSS = 'Go knows RSASSA-PSS with SHA-256, -384, -512, MGF1 of the same and a salt of that length only';

const ALGORITHMS: readonly (readonly [kind: string, made: Made, rfc: Row['rfc'], why?: string | undefined])[] = [
  ['rsa2048', {}, 'accept'],
  ['rsa2048', { digest: 'sha384' }, 'accept'],
  ['rsa2048', { digest: 'sha512' }, 'accept'],
  ['rsa2048', { digest: 'sha1' }, 'accept', 'RFC 5280 refuses no algorithm; Go takes SHA-1 no more'],
  ['rsa2048', { digest: 'md5' }, 'accept', 'RFC 5280 refuses no algorithm; Go takes MD5 no more'],
  ['rsa2048', { sigopts: ['rsa_padding_mode:pss'] }, 'accept', GO_PSS],
  ['rsa2048', { sigopts: ['rsa_padding_mode:pss'], digest: 'sha512' }, 'accept', GO_PSS],
  ['secp384r1', {}, 'accept'],
  ['secp521r1', {}, 'accept'],
  ['secp256k1', {}, 'accept', 'Go has not this curve'],
  ['brainpoolP256r1', {}, 'accept', 'Go has not this curve'],
  ['ed25519', {}, 'accept'],
  ['ed448', {}, 'accept', 'Go has not Ed448'],
];

const algorithms: Row[] = ALGORITHMS.map(([kind, made, rfc, why]) => ({
  name: `${kind} ${JSON.stringify(made)}`,
  rfc,
  ...(why === undefined ? {} : { why }),
  make: () => {
    const root = ca('/CN=Root', undefined, { key: makeKey(kind), ...made });
    return path(leaf(root, made), root, []);
  },
}));

const LEVELS: readonly (readonly [kind: string, level: number, rfc: Row['rfc']])[] = [
  ['rsa1024', 1, 'accept'],
  ['rsa1024', 2, 'reject'],
  ['rsa2048', 2, 'accept'],
  ['rsa2048', 3, 'reject'],
  ['prime256v1', 3, 'accept'],
  ['prime256v1', 4, 'reject'],
  ['secp384r1', 4, 'accept'],
];
const levels: Row[] = LEVELS.map(([kind, authLevel, rfc]) => ({
  name: `${kind} at level ${authLevel}`,
  rfc,
  why: 'Go has no levels',
  make: () => {
    const root = ca('/CN=Root', undefined, { key: makeKey(kind), digest: 'sha384' });
    return path(leaf(root, { key: makeKey(kind), digest: 'sha384' }), root, [], { authLevel });
  },
}));

export const CONFORMANCE_ROWS: readonly Row[] = [
  ...SHORT.map(([name, rfc, parts, why]): Row => ({
    name,
    rfc,
    ...(why === undefined ? {} : { why }),
    make: () => chainOf(parts),
  })),
  ...algorithms,
  ...levels,
];
