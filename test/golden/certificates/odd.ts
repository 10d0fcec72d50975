/** Certificates and requests with odd content, made by hand: DER that no program makes, or not often. Signatures are zeros. */
import {
  CLASS,
  TAG,
  bitString,
  boolean,
  element,
  explicit,
  integer,
  octetString,
  oid,
  seq,
  set,
  universal,
} from '../../../src/lib/der/index.ts';

const ED25519 = seq(oid('1.3.101.112'));
const SPKI = seq(ED25519, bitString(Buffer.alloc(32, 0x5a)));
const SIGNATURE = bitString(Buffer.alloc(64));
const raw = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const text = (tag: number, value: string | Buffer): Buffer =>
  universal(tag, typeof value === 'string' ? Buffer.from(value, 'latin1') : value);
const attribute = (type: string, value: Buffer): Buffer => set(seq(oid(type), value));
const name = (...values: readonly Buffer[]): Buffer => seq(...values.map((value) => attribute('2.5.4.3', value)));
const utcTime = (value: string): Buffer => text(TAG.utcTime, value);
const VALID = seq(utcTime('260101000000Z'), utcTime('270101000000Z'));

interface Parts {
  version?: Buffer | undefined;
  serial?: Buffer;
  algorithm?: Buffer;
  outerAlgorithm?: Buffer;
  issuer?: Buffer;
  validity?: Buffer;
  subject?: Buffer;
  spki?: Buffer;
  rest?: readonly Buffer[];
  signature?: Buffer;
}

function certificate(parts: Parts): Buffer {
  const algorithm = parts.algorithm ?? ED25519;
  const version = 'version' in parts ? parts.version : explicit(0, integer(2n));
  const tbs = seq(
    ...(version ? [version] : []),
    parts.serial ?? integer(1n),
    algorithm,
    parts.issuer ?? seq(),
    parts.validity ?? VALID,
    parts.subject ?? seq(),
    parts.spki ?? SPKI,
    ...(parts.rest ?? []),
  );
  return seq(tbs, parts.outerAlgorithm ?? algorithm, parts.signature ?? SIGNATURE);
}

const extension = (type: string, value: Buffer, ...critical: readonly Buffer[]): Buffer =>
  seq(oid(type), ...critical, octetString(value));
const withExtensions = (...extensions: readonly Buffer[]): Buffer =>
  certificate({ rest: [explicit(3, seq(...extensions))] });

type Case = readonly [label: string, der: Buffer];

const VERSIONS: readonly Case[] = [
  ['version absent', certificate({ version: undefined })],
  ...[0n, 1n, 3n, -1n, 1n << 70n, -(1n << 62n)].map((value): Case => [
    `version field ${value}`,
    certificate({ version: explicit(0, integer(value)) }),
  ]),
  ['version without content', certificate({ version: explicit(0, raw('0200')) })],
  ['version twice', certificate({ version: explicit(0, integer(2n), integer(2n)) })],
];

const SERIALS: readonly Case[] = [
  ...[0n, -1n, 255n, -255n, (1n << 63n) - 1n, 1n << 63n, -(1n << 63n), -(1n << 63n) - 1n, 1n << 64n, -(1n << 200n)].map(
    (value): Case => [`serial ${value}`, certificate({ serial: integer(value) })],
  ),
  ['serial padded', certificate({ serial: raw('02020001') })],
  ['serial padded with ff', certificate({ serial: raw('0202ff80') })],
  ['serial ff00', certificate({ serial: raw('0202ff00') })],
  ['serial empty', certificate({ serial: raw('0200') })],
  ['serial in pieces', certificate({ serial: raw('2203020101') })],
  ['serial of 1000 octets', certificate({ serial: text(TAG.integer, Buffer.alloc(1000, 0x41)) })],
];

const TIMES: readonly Case[] = [
  '991231235959Z',
  '500101000000Z',
  '490101000000Z',
  '2601010000Z',
  '2601010000+0130',
  '260101000000-1200',
  '260101000000+1300',
  '260229000000Z',
  '280229000000Z',
  '260100000000Z',
  '261301000000Z',
  '260101240000Z',
  '260101006000Z',
  '260101000060Z',
  '260101000000',
  '260101000000z',
  '260101000000ZZ',
  '26010100000Z',
  '260101000000.5Z',
  ' 60101000000Z',
  'hello',
  '',
].map((value): Case => [
  `UTCTime "${value}"`,
  certificate({ validity: seq(utcTime(value), utcTime('270101000000Z')) }),
]);

const GENERALIZED: readonly Case[] = [
  '20260101000000Z',
  '00000101000000Z',
  '00010101000000Z',
  '99991231235959Z',
  '202601010000Z',
  '202601010000.5Z',
  '20260101000000.5Z',
  '20260101000000.123456789Z',
  '20260101000000.Z',
  '20260101000000.5',
  '20260101000000.5+0100',
  '00000101000000+1200',
  '99991231235959-0100',
  '18991231235959-0100',
  '19000101000000+0100',
  '2026010100Z',
  '20260101000000+01',
].map((value): Case => [
  `GeneralizedTime "${value}"`,
  certificate({ validity: seq(utcTime('260101000000Z'), text(TAG.generalizedTime, value)) }),
]);

const STRINGS: readonly Case[] = [
  ['UTF8String', text(TAG.utf8String, Buffer.from('Größe €𝒳'))],
  ['UTF8String that is none', text(TAG.utf8String, raw('c328'))],
  ['UTF8String with a surrogate', text(TAG.utf8String, raw('eda080'))],
  ['UTF8String with a mark', text(TAG.utf8String, raw('efbbbf41'))],
  ['BMPString', text(TAG.bmpString, raw('0041 20ac 00e9'))],
  ['BMPString with surrogates', text(TAG.bmpString, raw('0041 d835dcb3 0042'))],
  ['BMPString of odd length', text(TAG.bmpString, raw('004100'))],
  ['UniversalString', text(TAG.universalString, raw('00000041 0001d4b3'))],
  ['UniversalString beyond Unicode', text(TAG.universalString, raw('00110000 00000041'))],
  ['UniversalString of odd length', text(TAG.universalString, raw('000000'))],
  ['T61String', text(TAG.t61String, raw('41e94200'))],
  ['IA5String with eight bits', text(TAG.ia5String, raw('41e9'))],
  ['PrintableString with anything', text(TAG.printableString, raw('00017f80ff'))],
  ['NumericString', text(TAG.numericString, '12 34')],
  ['VisibleString', text(TAG.visibleString, 'abc')],
  ['GeneralString', text(27, 'abc')],
  ['OCTET STRING', octetString(raw('0102'))],
  ['BIT STRING', raw('030205ff')],
  ['BIT STRING without bits', raw('030100')],
  ['INTEGER', integer(5n)],
  ['NULL', raw('0500')],
  ['SEQUENCE', seq(integer(5n))],
  ['SEQUENCE of indefinite length', raw('30800201050000')],
  ['SET', set()],
  ['UTCTime', utcTime('260101000000Z')],
  ['type 7', raw('070141')],
  ['type 29', raw('1d0141')],
  ['empty', text(TAG.utf8String, '')],
  ['pieces', raw('2c06 0c0141 0c0142')],
  ['pieces of indefinite length', raw('2c80 0c0141 040142 0000')],
  ['pieces in pieces', raw('2c80 2c80 0c0141 0000 0000')],
  ['separators', text(TAG.utf8String, 'a/b+c=d,e;f<g>h"i\\j#k')],
  ['blanks at the ends', text(TAG.utf8String, ' a  b ')],
  ['hash', text(TAG.utf8String, '#a')],
  ['controls', text(TAG.utf8String, 'a\nb\tc\0d\x7f')],
  ['like another attribute', text(TAG.utf8String, 'x/O=y/CN=z/abc=d')],
].map(([label, value]): Case => [
  `name of ${label as string}`,
  certificate({ issuer: name(value as Buffer), subject: name(text(TAG.utf8String, 'x'), value as Buffer) }),
]);

const NAMES: readonly Case[] = [
  ['empty RDNs', certificate({ subject: seq(set(), attribute('2.5.4.3', text(12, 'x')), set()) })],
  [
    'an RDN of three, not sorted',
    certificate({
      subject: seq(
        set(
          seq(oid('2.5.4.11'), text(12, 'z')),
          seq(oid('2.5.4.3'), text(12, 'a')),
          seq(oid('1.2.3.4'), text(12, 'u')),
        ),
        attribute('1.2.3.4', seq()),
      ),
    }),
  ],
  ['an RDN in primitive form', certificate({ subject: seq(raw('1100')) })],
  ['a name in primitive form', certificate({ subject: raw('1000') })],
  ['a long attribute type', certificate({ subject: seq(attribute(`1.2.${'12345.'.repeat(20)}6`, text(12, 'x'))) })],
  ['a long value', certificate({ subject: name(text(12, 'x'.repeat(3000))) })],
];

const OTHERS: readonly Case[] = [
  ['unique identifiers', certificate({ rest: [raw('810403010203'), raw('8203070180')] })],
  ['a long unique identifier', certificate({ rest: [element(CLASS.context, false, 1, Buffer.alloc(40, 7))] })],
  ['an empty unique identifier', certificate({ rest: [raw('810100')] })],
  ['no extensions', withExtensions()],
  ['trailing data', Buffer.concat([certificate({}), raw('0500')])],
  ['trailing field', certificate({ rest: [raw('0500')] })],
  ['extensions without a tag', certificate({ rest: [seq()] })],
  ['fields in the wrong order', certificate({ rest: [explicit(3, seq()), raw('810100')] })],
  ['no signature', certificate({ signature: raw('030100') })],
  ['a signature with unused bits', certificate({ signature: raw('030205ff') })],
  ['another algorithm outside', certificate({ outerAlgorithm: seq(oid('1.2.840.113549.1.1.11'), raw('0500')) })],
  ['PSS without parameters', certificate({ algorithm: seq(oid('1.2.840.113549.1.1.10')) })],
  ['PSS with empty parameters', certificate({ algorithm: seq(oid('1.2.840.113549.1.1.10'), seq()) })],
  ['PSS with NULL', certificate({ algorithm: seq(oid('1.2.840.113549.1.1.10'), raw('0500')) })],
  [
    'PSS with a mask that is not MGF1',
    certificate({
      algorithm: seq(oid('1.2.840.113549.1.1.10'), seq(explicit(1, seq(oid('1.2.3'), seq(oid('1.2.4')))))),
    }),
  ],
  [
    'PSS with odd numbers',
    certificate({
      algorithm: seq(oid('1.2.840.113549.1.1.10'), seq(explicit(2, integer(-5n)), explicit(3, integer(1n << 300n)))),
    }),
  ],
  ['an unknown algorithm', certificate({ algorithm: seq(oid('1.2.3.4'), seq()) })],
  [
    'a DSA signature',
    certificate({
      algorithm: seq(oid('2.16.840.1.101.3.4.3.2')),
      signature: bitString(seq(integer(0n), integer(1n << 159n))),
    }),
  ],
  [
    'a DSA signature with a long digest',
    certificate({ algorithm: seq(oid('2.16.840.1.101.3.4.3.3')), signature: bitString(seq(integer(5n), integer(7n))) }),
  ],
  [
    'a DSA signature of negative numbers',
    certificate({ algorithm: seq(oid('1.2.840.10040.4.3')), signature: bitString(seq(integer(-5n), integer(7n))) }),
  ],
  [
    'a DSA signature with more behind it',
    certificate({
      algorithm: seq(oid('1.2.840.10040.4.3')),
      signature: bitString(Buffer.concat([seq(integer(5n), integer(1n << 62n)), raw('00')])),
    }),
  ],
  ['an unknown key', certificate({ spki: seq(seq(oid('1.2.3.4')), bitString(raw('0102'))) })],
  ['indefinite lengths', raw(`3080${certificate({}).subarray(4).toString('hex')}0000`)],
  ['critical FALSE', withExtensions(extension('2.5.29.19', seq(), boolean(false)))],
  ['critical 01', withExtensions(extension('2.5.29.19', seq(), raw('010101')))],
  ['critical twice', withExtensions(extension('2.5.29.19', seq(), boolean(true), boolean(true)))],
  ['an extension twice', withExtensions(extension('2.5.29.19', seq()), extension('2.5.29.19', seq(boolean(true))))],
  ['an empty extension', withExtensions(extension('2.5.29.17', raw('')), extension('1.2.3', raw('')))],
  ['data behind an extension', withExtensions(extension('2.5.29.19', Buffer.concat([seq(), raw('ff')])))],
  ['nesting', withExtensions(extension('2.5.29.17', nest(60)))],
];

/** GeneralNames around each other. */
function nest(depth: number): Buffer {
  let inner = seq();
  for (let i = 0; i < depth; i += 1) inner = seq(explicit(4, inner));
  return inner;
}

/** Certificates, some of which openssl refuses. */
export const ODD_CERTIFICATES: readonly Case[] = [
  ...VERSIONS,
  ...SERIALS,
  ...TIMES,
  ...GENERALIZED,
  ...STRINGS,
  ...NAMES,
  ...OTHERS,
];

const CHALLENGE = oid('1.2.840.113549.1.9.7');
const REQUESTED = oid('1.2.840.113549.1.9.14');
const MICROSOFT = oid('1.3.6.1.4.1.311.2.1.14');
const EXTENSIONS = seq(extension('2.5.29.17', seq(raw('820161'))));
const printable = (value: string): Buffer => text(TAG.printableString, value);

const request = (attributes: readonly Buffer[] | undefined, version = integer(0n)): Buffer =>
  seq(
    seq(version, seq(), SPKI, ...(attributes ? [element(CLASS.context, true, 0, Buffer.concat(attributes))] : [])),
    ED25519,
    SIGNATURE,
  );

/** Requests, some of which openssl refuses. */
export const ODD_REQUESTS: readonly Case[] = [
  ['no attributes field', request(undefined)],
  ['no attributes', request([])],
  ['a challenge', request([seq(CHALLENGE, set(printable('secret')))])],
  ['a challenge in UTF-8', request([seq(CHALLENGE, set(text(TAG.utf8String, Buffer.from('größe'))))])],
  ['a challenge in UTF-16', request([seq(CHALLENGE, set(text(TAG.bmpString, raw('0041'))))])],
  ['a challenge with controls', request([seq(CHALLENGE, set(printable('a\0b\nc\x80')))])],
  ['three values', request([seq(CHALLENGE, set(printable('a'), printable('b'), integer(5n)))])],
  ['no value', request([seq(CHALLENGE, set()), seq(CHALLENGE, set(printable('x')))])],
  ['a value that is no set', request([seq(CHALLENGE, printable('x'))])],
  ['no values at all', request([seq(CHALLENGE)])],
  ['an unknown attribute', request([seq(oid('1.2.3.4'), set(seq())), seq(oid('1.2.3.4'), set(raw('800141')))])],
  ['extensions', request([seq(REQUESTED, set(EXTENSIONS))])],
  ["Microsoft's extensions", request([seq(MICROSOFT, set(EXTENSIONS))])],
  ['both extensions', request([seq(MICROSOFT, set(EXTENSIONS)), seq(REQUESTED, set(seq()))])],
  ['extensions twice', request([seq(REQUESTED, set(EXTENSIONS, EXTENSIONS)), seq(REQUESTED, set(EXTENSIONS))])],
  ['extensions without a value', request([seq(REQUESTED, set())])],
  ['extensions that are a string', request([seq(REQUESTED, set(printable('x')))])],
  ['extensions that do not parse', request([seq(REQUESTED, set(seq(integer(1n))))])],
  ['version 2', request([], integer(1n))],
  ['version 0', request([], integer(-1n))],
  ['a huge version', request([], integer(1n << 90n))],
];
