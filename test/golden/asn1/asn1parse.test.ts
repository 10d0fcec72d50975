/** Listings of `asn1parse` against openssl's recorded output: DER of every kind, BER with indefinite lengths, and octets that are wrong. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePem } from '../../../src/lib/der/index.ts';
import { parseText } from '../../../src/lib/text/asn1.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl } from '../../support/openssl.ts';
import { seeded } from '../../support/seeded.ts';

const DATA = join(import.meta.dirname, '../../data');
const RECORDED = join(DATA, 'asn1');

const OPTIONS = [
  { args: [], ours: {} },
  { args: ['-i', '-dump'], ours: { indent: true, dump: Infinity } },
  { args: ['-dlimit', '7'], ours: { dump: 7 } },
] as const;

const digest = (octets: string): string => createHash('sha256').update(octets, 'latin1').digest('hex').slice(0, 16);

/** One case: digests of the listings under all options, and whether each came to its end. */
const listingCase = (key: string, der: Buffer): GoldenCase => ({
  key,
  ours: () =>
    OPTIONS.map(({ ours }) => {
      const { text, complete } = parseText(der, ours);
      return `${digest(text)}${complete ? '' : ' fault'}`;
    }).join(' '),
  theirs: () =>
    OPTIONS.map(({ args }) => {
      const { stdout, status } = openssl(['asn1parse', '-inform', 'DER', ...args], { input: der });
      return `${digest(stdout)}${status === 0 ? '' : ' fault'}`;
    }).join(' '),
});

/** The first block of every PEM file of a folder of `test/data`, and every DER file. */
function files(folder: string): { name: string; der: Buffer }[] {
  return readdirSync(join(DATA, folder))
    .filter((name) => /\.(?:pem|crt|der|p12|pfx)$/.test(name))
    .map((name) => {
      const bytes = readFileSync(join(DATA, folder, name));
      const der = bytes.includes('-----BEGIN ') ? decodePem(bytes.toString('latin1'))[0]?.der : bytes;
      return { name, der: der ?? bytes };
    });
}

/** Octets that are valid BER and no DER, or nothing at all. */
const ODD: Readonly<Record<string, string>> = {
  'indefinite sequence': '3080020101020102000002',
  'indefinite in definite': '300a3080020101000004016b',
  'indefinite, no end': '3080020101',
  'indefinite twice': '30803080040100000004016100000000',
  'indefinite primitive': '0480010000',
  'end of contents first': '0000020101',
  'end of contents inside': '3006020101000002010100',
  'octets in pieces': '2408040461626364 0400',
  'indefinite octets': '248004026162040263640000',
  'bits in pieces': '23090303006e5d03020e40',
  'long length': '30830000030201ff',
  'length with zeros': '0284000000 0105',
  'tag 31': '1f1f0101',
  'tag of two octets': '9f8f7f0101',
  'tag with zeros': '1f80010100',
  'application, private': '6103020101e1030201ffc10161',
  'boolean of no octet': '0100',
  'boolean of two': '0102ff00',
  'boolean values': '010100010101 0101ff',
  'integer of no octet': '0200',
  'integer padded': '02020001',
  'integer negative': '0201ff020280000203ff7fff',
  enumerated: '0a01050a0200ff0a0200010a00',
  'object of no octet': '0600',
  'object cut off': '060286f7',
  'object padded': '06038001 01',
  'object large': '060b2a8fffffffffffffffffff7f',
  'null with content': '05020000',
  'real, external, descriptor': '0903800101280302010107026162',
  'text kinds': '0c02c3bc130161140161150161160161190161 1a0161 1b0161 1c0400000061 1e020061 120131',
  'text with controls': '0c040a000d09 1302410a',
  times: '170d3032303332393132333435365a180f32303032303332393132333435365a17023939',
  'printable octets': '040361620a0403 6100 62 04 00',
  'bit strings': '0300030100030207800303046e40',
  'cut in a header': '30',
  'cut in a value': '0405616263',
  'length of five octets': '04850000000001 61',
  'deep in sequences': '30'.repeat(3),
};

/** A SEQUENCE in a SEQUENCE, so many deep. */
const nested = (depth: number): Buffer =>
  Buffer.concat(Array.from({ length: depth }, () => Buffer.from('3080', 'hex')));

describe('K9 asn1parse equal to openssl 3.0', () => {
  it.each(['certificates', 'certificates-made', 'requests', 'pkcs12'])(
    'lists %s',
    (folder) => {
      const cases = files(folder).map(({ name, der }) => listingCase(name, der));
      expect(cases.length).toBeGreaterThan(0);
      expectGolden(join(RECORDED, `${folder}.json`), cases);
    },
    600_000,
  );

  it('lists BER, and tells where it is wrong', () => {
    const odd = Object.entries(ODD).map(([name, hex]) =>
      listingCase(name, Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    );
    const deep = [100, 126, 127, 128, 129, 140].map((depth) => listingCase(`${depth} deep`, nested(depth)));
    expectGolden(join(RECORDED, 'odd.json'), [...odd, ...deep]);
  }, 600_000);

  it('lists damaged certificates up to the fault', () => {
    const random = seeded('asn1parse');
    const pick = (n: number): number => Math.floor((random(4).readUInt32BE() / 2 ** 32) * n);
    const cases = files('certificates').flatMap(({ name, der }, i) => {
      if (i % 3 > 0) return [];
      const bytes = Buffer.from(der);
      for (let left = 1 + pick(3); left > 0; left -= 1) bytes[pick(Math.min(bytes.length, 600))] = pick(256);
      return [listingCase(name, pick(4) === 0 ? bytes.subarray(0, pick(bytes.length)) : bytes)];
    });
    expectGolden(join(RECORDED, 'damaged.json'), cases);
  }, 600_000);
});
