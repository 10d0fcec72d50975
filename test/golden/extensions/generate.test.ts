import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/lib/conf/index.ts';
import { generateAsn1 } from '../../../src/lib/der/generate.ts';
import { expectGolden } from '../../support/golden.ts';
import { openssl } from '../../support/peers.ts';

const DATA = resolve('test/data/extensions');

const SECTIONS = `
[s]
a = INTEGER:1
b = UTF8:x
[t]
a = SET:u
[u]
x = INTEGER:5
y = BOOLEAN:TRUE
z = OCT:ab
w = NULL
q = SEQUENCE
[loop]
a = SEQUENCE:loop
[bad]
a = INTEGER:zz
[empty]
`;

/** One word of each type. */
const TYPES =
  'BOOL NULL INT ENUM OID UTCTIME GENTIME OCT BITSTR UNIV IA5 UTF8 BMP VISIBLE PRINTABLE T61 GENSTR NUMERIC SEQ SET'.split(
    ' ',
  );
const OTHER_WORDS =
  'BOOLEAN INTEGER ENUMERATED OBJECT UTC GENERALIZEDTIME OCTETSTRING BITSTRING UNIVERSALSTRING IA5STRING UTF8String BMPSTRING VISIBLESTRING PRINTABLESTRING T61STRING TELETEXSTRING GeneralString NUMERICSTRING SEQUENCE bool FOO';
const VALUES = [
  ...'TRUE no 1 -1 127 128 255 -128 -129 0x10 -0x80 0x --5 12a abc a,b hé 日本 😀 1.2.3 sha256 0102 01:02 010 s t u empty loop bad none 1,9'.split(
    ' ',
  ),
  ...'200101000000Z 20200101000000Z 2001010000Z 200101000000+0100 20200230000000Z 2020010100Z 202001010000Z 20200101000000.5Z'.split(
    ' ',
  ),
  ...'20200101000000.Z 200101000060Z 200101000000+1300 200101000000+1260 256 257 1.2.3. 1..3 3.1 1.40 2.999.1'.split(
    ' ',
  ),
  '',
  '1 2 3',
];
const FORMATS = ['ASCII', 'UTF8', 'HEX', 'BITLIST', 'FOO', 'HEXX', 'hex', ''];
const FORMATTED = ['0102', '01:0', '1,5,9', 'hé', '日本', '', '0, 3 ,7', 's'];
const TAGS = [
  ...'EXP:1 EXPLICIT:31 EXP:200A EXP:5P EXP:5U EXP:16U EXP:4U EXP:2147483647 EXP:5AB EXP:5X EXP EXP: EXP:0U EXP:5a'.split(
    ' ',
  ),
  ...'IMP:0 IMPLICIT:7C IMP:3A IMP:-1 IMP:x IMP IMP: IMP:1,IMP:2 IMP:1,EXP:2 EXP:2,IMP:1'.split(' '),
  ...'IMP:0U IMP:1U IMP:2U IMP:3U IMP:5U IMP:6U IMP:10U IMP:12U IMP:16U IMP:17U IMP:28U IMP:30U'.split(' '),
  ...'OCTWRAP SEQWRAP SETWRAP BITWRAP OCTWRAP:x IMP:1,OCTWRAP IMP:1,BITWRAP,SEQWRAP EXP:1,EXP:2,EXP:3 SEQWRAP,SETWRAP,BITWRAP,OCTWRAP'.split(
    ' ',
  ),
  '  EXP:1 ',
  ' EXP: 1 ',
  'EXP:1 , ',
];
const INNER = [
  'INTEGER:5',
  'UTF8:ab',
  'SEQUENCE:s',
  'SET:u',
  'NULL',
  'BOOL:TRUE',
  'OID:1.2.3',
  'BITSTR:ab',
  'SEQ',
  'OCT:',
];

const texts = [
  ...TYPES.flatMap((type) => [type, ...VALUES.map((value) => `${type}:${value}`)]),
  ...OTHER_WORDS.split(' ').flatMap((word) => [
    word,
    `${word}:TRUE`,
    `${word}:1`,
    `${word}:1.2`,
    `${word}:200101000000Z`,
    `${word}:20200101000000Z`,
    `${word}:s`,
  ]),
  ...FORMATS.flatMap((format) =>
    ['OCT', 'BITSTR', 'UTF8', 'BMP', 'INT', 'NULL', 'SEQ'].flatMap((type) =>
      FORMATTED.map((value) => `FORMAT:${format},${type}:${value}`),
    ),
  ),
  ...TAGS.flatMap((tag) => INNER.map((inner) => `${tag},${inner}`)),
  `INTEGER:${'9'.repeat(200)}`,
  'INTEGER:-0',
  'NULL ',
  'NULL,',
  'NULL,NULL',
  ',INTEGER:5',
  'INTEGER:5,,',
  'INTEGER :5',
  'EXP:1,',
  'EXP:1',
  'FORMAT:HEX',
  `${'EXP:1,'.repeat(20)}NULL`,
  `${'EXP:1,'.repeat(21)}NULL`,
  'IA5: x',
  'exp:1,int:5',
  'form:UTF8,utf8:é',
  'FORMAT:HEX,OCT:0',
  'FORMAT:HEX,OCT:::',
];

const configuration = (text: string): string => `asn1 = "${text.replace(/([\\"])/g, '\\$1')}"\n${SECTIONS}`;

function ours(text: string): string {
  const config = parseConfig(configuration(text), { env: {} });
  return generateAsn1(config.get('default', 'asn1')!, { section: (name) => config.section(name) }).toString('hex');
}

function theirs(text: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-golden-'));
  try {
    writeFileSync(join(folder, 'c.cnf'), configuration(text));
    const { status } = openssl(['asn1parse', '-genconf', 'c.cnf', '-noout', '-out', 'out.der'], { cwd: folder });
    const out = join(folder, 'out.der');
    return status === 0 && existsSync(out) ? readFileSync(out).toString('hex') : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('ASN.1 from the language of ASN1_generate_nconf', () => {
  it('is encoded, or refused, as by asn1parse -genconf', () => {
    const cases = [...new Set(texts)].map((text) => ({
      key: text,
      ours: () => ours(text),
      theirs: () => theirs(text),
    }));
    expectGolden(join(DATA, 'generate.golden.json'), cases);
  });

  it('names the section and the line where a value is wrong', () => {
    expect(() => ours('SEQUENCE:bad')).toThrow(
      '[bad] a: INTEGER:zz should be a decimal number, or a hexadecimal one after 0x',
    );
  });

  it('stops when sections multiply', () => {
    const wide = Array.from({ length: 20 }, (_, i) => `k${i} = SEQUENCE:next`).join('\n');
    const levels = Array.from({ length: 10 }, (_, i) => `[l${i}]\n${wide.replaceAll('next', `l${i + 1}`)}`).join('\n');
    const config = parseConfig(`${levels}\n[l10]\n`, { env: {} });
    expect(() => generateAsn1('SEQUENCE:l0', { section: (name) => config.section(name) })).toThrow(
      'more than 20000 ASN.1 values',
    );
  });
});
