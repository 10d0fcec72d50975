/** Address blocks and autonomous system numbers (RFC 3779). Go does not know them, and refuses them where they are critical. */
import { bitString, octetString, seq } from '../../../../src/lib/der/index.ts';
import type { Extension } from '../../../../src/lib/x509/certificate.ts';
import { buildExtensions } from '../../../../src/lib/x509/extensions/index.ts';
import { chainOf, ext, type Made, type Row } from './builder.ts';

const GO = 'Go does not know the extension';

const resources = (...lines: readonly (readonly [string, string])[]): Made => ({ extra: buildExtensions(lines, {}) });
const blocks = (text: string): Made => resources(['sbgp-ipAddrBlock', `critical,${text}`]);
const numbers = (text: string): Made => resources(['sbgp-autonomousSysNum', `critical,${text}`]);

/** IPv4 prefixes as they are given, in any order. */
const rawBlocks = (...prefixes: readonly string[]): Extension =>
  ext(
    '1.3.6.1.5.5.7.1.7',
    seq(
      seq(octetString(Buffer.from('0001', 'hex')), seq(...prefixes.map((hex) => bitString(Buffer.from(hex, 'hex'))))),
    ),
    true,
  );

type Short = readonly [name: string, rfc: Row['rfc'], root: Made, middle: Made, leaf: Made];

const TEN = blocks('IPv4:10.0.0.0/8');
const SHORT: readonly Short[] = [
  ['all the same', 'accept', TEN, TEN, TEN],
  ['ever less', 'accept', TEN, blocks('IPv4:10.1.0.0/16'), blocks('IPv4:10.1.2.0/24')],
  ['more than the issuer', 'reject', TEN, blocks('IPv4:10.1.0.0/16'), TEN],
  ['elsewhere', 'reject', TEN, TEN, blocks('IPv4:11.0.0.0/8')],
  ['the intermediate has more than the root', 'reject', blocks('IPv4:10.1.0.0/16'), TEN, blocks('IPv4:10.1.0.0/16')],
  ['another family', 'reject', TEN, TEN, blocks('IPv6:2001:db8::/32')],
  [
    'two families',
    'accept',
    blocks('IPv4:10.0.0.0/8,IPv6:2001:db8::/32'),
    blocks('IPv4:10.0.0.0/8,IPv6:2001:db8::/32'),
    blocks('IPv6:2001:db8:1::/48'),
  ],
  ['inherited by the end', 'accept', TEN, TEN, blocks('IPv4:inherit')],
  ['inherited twice', 'accept', TEN, blocks('IPv4:inherit'), blocks('IPv4:inherit')],
  ['inherited by the intermediate, and too much', 'reject', TEN, blocks('IPv4:inherit'), blocks('IPv4:11.0.0.0/8')],
  ['inherited by the root', 'reject', blocks('IPv4:inherit'), TEN, TEN],
  ['the issuer has none', 'reject', TEN, {}, TEN],
  ['the root has none', 'reject', {}, TEN, TEN],
  ['the end has none', 'accept', TEN, blocks('IPv4:11.0.0.0/8'), {}],
  ['a range in two blocks', 'accept', blocks('IPv4:10.0.0.0/8,IPv4:12.0.0.0/8'), TEN, blocks('IPv4:10.0.0.5-10.0.0.9')],
  [
    'a range over a gap',
    'reject',
    blocks('IPv4:10.0.0.0/8,IPv4:12.0.0.0/8'),
    blocks('IPv4:10.0.0.0/8,IPv4:12.0.0.0/8'),
    blocks('IPv4:10.255.0.0-12.0.0.0'),
  ],
  ['not in order', 'reject', TEN, TEN, { extra: [rawBlocks('0a02', '0a01')] }],
  ['neighbours that are not joined', 'reject', TEN, TEN, { extra: [rawBlocks('0a02', '0a03')] }],
  ['numbers, all the same', 'accept', numbers('AS:100-200'), numbers('AS:100-200'), numbers('AS:100-200')],
  ['numbers, ever less', 'accept', numbers('AS:100-200'), numbers('AS:110-120'), numbers('AS:115')],
  ['numbers, more than the issuer', 'reject', numbers('AS:100-200'), numbers('AS:110-120'), numbers('AS:130')],
  ['numbers, inherited', 'accept', numbers('AS:100-200'), numbers('AS:inherit'), numbers('AS:150')],
  ['numbers, inherited by the root', 'reject', numbers('AS:inherit'), numbers('AS:inherit'), numbers('AS:150')],
  ['numbers, domains instead of systems', 'reject', numbers('RDI:100-200'), numbers('RDI:100-200'), numbers('AS:150')],
  ['numbers, the issuer has none', 'reject', numbers('AS:100-200'), {}, numbers('AS:150')],
];

export const RESOURCE_ROWS: readonly Row[] = SHORT.map(([name, rfc, root, middle, leaf]) => ({
  name: `resources: ${name}`,
  rfc,
  why: GO,
  make: () => chainOf({ root, middle, leaf }),
}));
