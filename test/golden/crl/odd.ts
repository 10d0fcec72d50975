/** CRLs with every extension, signature algorithm and odd content. Their signatures are fixed octets: a text shows them, and nobody checks them. */
import {
  CLASS,
  TAG,
  bitString,
  boolean,
  element,
  enumerated,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  seq,
  set,
  universal,
} from '../../../src/lib/der/index.ts';
import { buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseConfig } from '../../../src/lib/conf/index.ts';
import { extensionElement } from '../../../src/lib/x509/build.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';

const ED25519 = seq(oid('1.3.101.112'));
const raw = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const utc = (value: string): Buffer => universal(TAG.utcTime, Buffer.from(value, 'latin1'));
const generalized = (value: string): Buffer => universal(TAG.generalizedTime, Buffer.from(value, 'latin1'));
const NAME = parseSubject('/C=DE/O=Example/CN=CRL issuer').der;
const NOW = utc('260101000000Z');

interface Parts {
  version?: Buffer | undefined;
  algorithm?: Buffer;
  outerAlgorithm?: Buffer;
  issuer?: Buffer;
  thisUpdate?: Buffer | undefined;
  nextUpdate?: Buffer | undefined;
  revoked?: Buffer | undefined;
  rest?: readonly Buffer[];
  signature?: Buffer;
}

const has = (parts: Parts, key: keyof Parts, value: Buffer): Buffer[] => {
  const chosen = key in parts ? (parts[key] as Buffer | undefined) : value;
  return chosen ? [chosen] : [];
};

function crl(parts: Parts = {}): Buffer {
  const algorithm = parts.algorithm ?? ED25519;
  const tbs = seq(
    ...has(parts, 'version', integer(1n)),
    algorithm,
    parts.issuer ?? NAME,
    ...has(parts, 'thisUpdate', NOW),
    ...has(parts, 'nextUpdate', utc('270101000000Z')),
    ...(parts.revoked ? [parts.revoked] : []),
    ...(parts.rest ?? []),
  );
  return seq(tbs, parts.outerAlgorithm ?? algorithm, parts.signature ?? bitString(Buffer.alloc(64, 0xa5)));
}

const extension = (type: string, value: Buffer, ...critical: readonly Buffer[]): Buffer =>
  seq(oid(type), ...critical, octetString(value));
const withExtensions = (...extensions: readonly Buffer[]): Buffer => crl({ rest: [explicit(0, seq(...extensions))] });
const entry = (serial: Buffer, ...rest: readonly Buffer[]): Buffer => seq(serial, NOW, ...rest);
const withEntries = (...entries: readonly Buffer[]): Buffer => crl({ revoked: seq(...entries) });
const withEntryExtensions = (...extensions: readonly Buffer[]): Buffer =>
  withEntries(entry(integer(1n)), entry(integer(2n), seq(...extensions)), entry(integer(3n)));

type Case = readonly [label: string, der: Buffer];

const CONFIG = parseConfig(
  `
[point]
fullname = URI:http://crl.example.org/a.crl, DNS:b.example.org
CRLissuer = dirName:issuer
reasons = keyCompromise, CACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, AACompromise
[relative]
relativename = rdn
[issuer]
C = DE
CN = Indirect issuer
[rdn]
1.CN = a part
2.+OU = of a name
`,
  { source: 'odd.ts', env: {} },
);

/** In the language of x509v3_config(5). */
const SPOKEN: readonly (readonly [string, string])[] = [
  ['issuerAltName', 'email:ca@example.org, URI:http://ca.example.org/, IP:192.0.2.1, RID:1.2.3.4, dirName:issuer'],
  ['issuingDistributionPoint', 'critical,fullname:URI:http://crl.example.org/a.crl'],
  ['issuingDistributionPoint', 'relativename:rdn'],
  ['issuingDistributionPoint', 'critical,onlyuser:TRUE'],
  ['issuingDistributionPoint', 'critical,onlyCA:TRUE, indirectCRL:TRUE'],
  ['issuingDistributionPoint', 'onlyAA:TRUE, onlysomereasons:reasons'],
  ['freshestCRL', 'URI:http://crl.example.org/delta.crl'],
  ['freshestCRL', 'point, relative'],
  ['crlDistributionPoints', 'point'],
  ['authorityInfoAccess', 'caIssuers;URI:http://ca.example.org/ca.crt'],
  ['certificatePolicies', '1.2.3.4'],
  ['nsComment', 'a comment'],
];

const EXTENSIONS: readonly Case[] = [
  ...SPOKEN.map(([name, value]): Case => {
    const words = value.replace('onlysomereasons:reasons', 'onlysomereasons:keyCompromise');
    const [made] = buildExtensions([[name, words]], { config: CONFIG });
    return [`${name} = ${value}`, withExtensions(extensionElement(made as never))];
  }),
  ...[0n, 1n, 255n, -1n, 1n << 127n, (1n << 159n) - 1n, 1n << 400n].flatMap((value): Case[] => [
    [`crlNumber ${value}`, withExtensions(extension('2.5.29.20', integer(value)))],
    [`deltaCRLIndicator ${value}`, withExtensions(extension('2.5.29.27', integer(value), boolean(true)))],
  ]),
  [
    'authorityKeyIdentifier, key',
    withExtensions(extension('2.5.29.35', raw('30168014000102030405060708090a0b0c0d0e0f10111213'))),
  ],
  ['authorityKeyIdentifier, empty', withExtensions(extension('2.5.29.35', seq()))],
  [
    'authorityKeyIdentifier, all',
    withExtensions(extension('2.5.29.35', seq(raw('8002abcd'), implicit(1, seq(explicit(4, NAME))), raw('820200ff')))),
  ],
  ['issuingDistributionPoint, empty', withExtensions(extension('2.5.29.28', seq(), boolean(true)))],
  [
    'issuingDistributionPoint, false flags',
    withExtensions(extension('2.5.29.28', raw('3006810100820100'), boolean(true))),
  ],
  ['issuingDistributionPoint, no reasons', withExtensions(extension('2.5.29.28', raw('300383010 0'), boolean(true)))],
  [
    'issuingDistributionPoint, all reasons',
    withExtensions(extension('2.5.29.28', raw('30058303 07ff80'), boolean(true))),
  ],
  ['issuingDistributionPoint, broken', withExtensions(extension('2.5.29.28', raw('3003020100'), boolean(true)))],
  ['expiredCertsOnCRL', withExtensions(extension('2.5.29.60', generalized('20200101000000Z')))],
  ['unknown, critical', withExtensions(extension('1.2.3.4.5', Buffer.from('text\0\x01'), boolean(true)))],
  ['unknown, critical as 01', withExtensions(extension('1.2.3.4.5', seq(), raw('010101')))],
  ['critical false', withExtensions(extension('2.5.29.20', integer(3n), boolean(false)))],
  ['one twice', withExtensions(extension('2.5.29.20', integer(3n)), extension('2.5.29.20', integer(4n)))],
  ['crlNumber, broken', withExtensions(extension('2.5.29.20', raw('0c0141')))],
  ['crlNumber, padded', withExtensions(extension('2.5.29.20', raw('02020001')))],
  ['crlNumber, more behind', withExtensions(extension('2.5.29.20', raw('0201010500')))],
  ['deltaCRLIndicator, broken', withExtensions(extension('2.5.29.27', raw('05')))],
  ['no extensions in their list', crl({ rest: [explicit(0, seq())] })],
  ['an empty explicit tag', crl({ rest: [explicit(0)] })],
  ['extensions under another tag', crl({ rest: [explicit(1, seq(extension('2.5.29.20', integer(1n))))] })],
  ['extensions twice', crl({ rest: [explicit(0, seq()), explicit(0, seq())] })],
];

const ENTRIES: readonly Case[] = [
  ...[0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 255n, -1n, 1n << 70n].map((value): Case => [
    `reason ${value}`,
    withEntryExtensions(extension('2.5.29.21', enumerated(value))),
  ]),
  ['reason as INTEGER', withEntryExtensions(extension('2.5.29.21', integer(1n)))],
  ['reason padded', withEntryExtensions(extension('2.5.29.21', raw('0a020001')))],
  ['reason critical', withEntryExtensions(extension('2.5.29.21', enumerated(1n), boolean(true)))],
  ...[
    '20260101000000Z',
    '20260101000000.5Z',
    '202601010000Z',
    '20260101000000+0100',
    'never',
    '19000101000000Z',
    '99991231235959Z',
  ].map((value): Case => [`invalidityDate ${value}`, withEntryExtensions(extension('2.5.29.24', generalized(value)))]),
  ['invalidityDate as UTCTime', withEntryExtensions(extension('2.5.29.24', utc('260101000000Z')))],
  ...['1.2.840.10040.2.1', '1.2.840.10040.2.2', '1.2.840.10040.2.3', '1.2.3.4'].map((value): Case => [
    `holdInstructionCode ${value}`,
    withEntryExtensions(extension('2.5.29.21', enumerated(6n)), extension('2.5.29.23', oid(value))),
  ]),
  [
    'certificateIssuer',
    withEntryExtensions(
      extension(
        '2.5.29.29',
        seq(explicit(4, NAME), implicit(2, universal(22, Buffer.from('x.example.org')))),
        boolean(true),
      ),
    ),
  ],
  ['certificateIssuer, no name', withEntryExtensions(extension('2.5.29.29', seq(), boolean(true)))],
  ['certificateIssuer, broken', withEntryExtensions(extension('2.5.29.29', raw('3002aa00'), boolean(true)))],
  [
    'everything in an entry',
    withEntryExtensions(
      extension('2.5.29.21', enumerated(1n)),
      extension('2.5.29.24', generalized('20251231235959Z')),
      extension('2.5.29.23', oid('1.2.840.10040.2.3')),
      extension('2.5.29.29', seq(explicit(4, NAME)), boolean(true)),
      extension('1.2.3.4.5', raw('0402cafe'), boolean(true)),
    ),
  ],
  ["no extensions in an entry's list", withEntryExtensions()],
  ['an empty list of entries', withEntries()],
  ['an entry without date', withEntries(seq(integer(1n)))],
  ['an entry of four', withEntries(seq(integer(1n), NOW, seq(), seq()))],
  ['entries in a SET', crl({ revoked: set(entry(integer(1n))) })],
  ...[0n, -1n, 255n, -255n, (1n << 63n) - 1n, 1n << 159n, 1n << 279n, 1n << 280n, 1n << 560n, -(1n << 300n)].map(
    (value): Case => [`serial ${value}`, withEntries(entry(integer(value)))],
  ),
  ['serial padded', withEntries(entry(raw('02020001')))],
  ['serial without content', withEntries(entry(raw('0200')))],
  ['entries out of order', withEntries(entry(integer(9n)), entry(integer(1n)), entry(integer(5n)), entry(integer(5n)))],
  ...['260101000000Z', '2601010000Z', '260101000000+0100', '261301000000Z', '', 'soon'].map((value): Case => [
    `revocation date "${value}"`,
    withEntries(seq(integer(1n), utc(value))),
  ]),
  ['revocation date as GeneralizedTime', withEntries(seq(integer(1n), generalized('20991231235959Z')))],
];

const FIELDS: readonly Case[] = [
  ['plain', crl()],
  ['version absent', crl({ version: undefined })],
  ...[0n, 2n, -1n, 1n << 62n, 1n << 70n].map((value): Case => [
    `version field ${value}`,
    crl({ version: integer(value) }),
  ]),
  ['version explicitly tagged', crl({ version: explicit(0, integer(1n)) })],
  ['version without content', crl({ version: raw('0200') })],
  ['no issuer', crl({ issuer: seq() })],
  [
    'issuer with a control character',
    crl({ issuer: seq(set(seq(oid('2.5.4.3'), universal(12, Buffer.from('a\nb"c,d'))))) }),
  ],
  ['issuer of Latin-1', crl({ issuer: seq(set(seq(oid('2.5.4.3'), universal(20, Buffer.from([0x4d, 0xfc, 0x6c]))))) })],
  ['issuer of broken UTF-8', crl({ issuer: seq(set(seq(oid('2.5.4.3'), universal(12, Buffer.from([0xff]))))) })],
  ['issuer with a SEQUENCE', crl({ issuer: seq(set(seq(oid('2.5.4.3'), seq(integer(1n))))) })],
  ['no thisUpdate', crl({ thisUpdate: undefined, nextUpdate: undefined })],
  ['no nextUpdate', crl({ nextUpdate: undefined })],
  [
    'no nextUpdate, with extensions',
    crl({ nextUpdate: undefined, rest: [explicit(0, seq(extension('2.5.29.20', integer(1n))))] }),
  ],
  ...['2601010000Z', '260230000000Z', '260101000000', '500101000000Z', 'x', '260101000000-1200'].map((value): Case => [
    `thisUpdate "${value}"`,
    crl({ thisUpdate: utc(value) }),
  ]),
  ...['20260101000000Z', '20260101000000.123Z', '202601010000Z', '20260101000000', '00000101000000Z'].map(
    (value): Case => [`nextUpdate "${value}"`, crl({ nextUpdate: generalized(value) })],
  ),
  ['nextUpdate as text', crl({ nextUpdate: universal(12, Buffer.from('260101000000Z')) })],
];

const rsa = (id: string, ...parameters: readonly Buffer[]): Buffer =>
  seq(oid(`1.2.840.113549.1.1.${id}`), ...parameters);
const NULL = raw('0500');
const sha256 = seq(oid('2.16.840.1.101.3.4.2.1'), NULL);
const pair = bitString(seq(integer((1n << 250n) - 7n), integer(1n << 200n)));

const SIGNATURES: readonly Case[] = [
  ['RSA', crl({ algorithm: rsa('11', NULL), signature: bitString(Buffer.alloc(256, 0x5a)) })],
  ['RSA without NULL', crl({ algorithm: rsa('11') })],
  ['MD5', crl({ algorithm: rsa('4', NULL) })],
  ['PSS without parameters', crl({ algorithm: rsa('10') })],
  ['PSS, defaults', crl({ algorithm: rsa('10', seq()) })],
  [
    'PSS, SHA-256',
    crl({
      algorithm: rsa(
        '10',
        seq(explicit(0, sha256), explicit(1, seq(oid('1.2.840.113549.1.1.8'), sha256)), explicit(2, integer(32n))),
      ),
    }),
  ],
  ['PSS, broken', crl({ algorithm: rsa('10', NULL) })],
  ['ECDSA', crl({ algorithm: seq(oid('1.2.840.10045.4.3.2')), signature: pair })],
  ['DSA', crl({ algorithm: seq(oid('1.2.840.10040.4.3')), signature: pair })],
  ['DSA with SHA-256', crl({ algorithm: seq(oid('2.16.840.1.101.3.4.3.2')), signature: pair })],
  ['DSA, no numbers', crl({ algorithm: seq(oid('1.2.840.10040.4.3')) })],
  ['Ed448', crl({ algorithm: seq(oid('1.3.101.113')), signature: bitString(Buffer.alloc(114, 1)) })],
  ['unknown algorithm', crl({ algorithm: seq(oid('1.2.3.4')) })],
  ['another algorithm outside', crl({ outerAlgorithm: seq(oid('1.3.101.113')) })],
  ['unused bits', crl({ signature: bitString(Buffer.from([0xff, 0xff]), 3) })],
  ['no signature octets', crl({ signature: bitString(Buffer.alloc(0)) })],
  ['a signature that is no BIT STRING', crl({ signature: octetString(Buffer.alloc(64)) })],
];

const indefinite = (der: Buffer, header: number): Buffer =>
  Buffer.concat([der.subarray(0, 1), raw('80'), der.subarray(header), raw('0000')]);

const ENCODINGS: readonly Case[] = [
  ['octets behind', Buffer.concat([crl(), Buffer.from('more')])],
  ['a field too many', element(CLASS.universal, true, 16, Buffer.concat([crl().subarray(3), NULL]))],
  ['indefinite length', indefinite(crl(), crl()[1] === 0x81 ? 3 : 2)],
  ['cut', crl().subarray(0, 60)],
  ['length in more octets than needed', Buffer.concat([raw('308200'), crl().subarray(2)])],
  ['serial in pieces', withEntries(entry(raw('2203020105')))],
  ['extension value in pieces', withExtensions(seq(oid('2.5.29.20'), raw('2405 0403020105'.replace(' ', ''))))],
];

/** Every odd CRL with its label. */
export const ODD_CRLS: readonly Case[] = [...FIELDS, ...EXTENSIONS, ...ENTRIES, ...SIGNATURES, ...ENCODINGS];
