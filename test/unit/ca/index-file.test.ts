import { describe, expect, it } from 'vitest';
import { attributesText, CertificateIndex, entryName, parseAttributes } from '../../../src/lib/ca/index-file.ts';
import { makeRevocation, readRevocation, timeFromText } from '../../../src/lib/ca/revocation.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import type { Time } from '../../../src/lib/x509/time.ts';

const LINES = [
  'V\t270101000000Z\t\t01\tunknown\t/C=DE/CN=a',
  'R\t270101000000Z\t260101120000Z\t02\tunknown\t/CN=b',
  'R\t270101000000Z\t260101120000Z,keyCompromise\t0A\tunknown\t/CN=b',
  'R\t20600101000000Z\t260101120000Z,holdInstruction,holdInstructionReject\t-0F\tunknown\t/CN=c',
  'R\t270101000000Z\t260101120000Z,CAkeyTime,20251231000000Z\t00\tnewcerts/00.pem\t/CN=\\xC3\\xA4',
  'E\t200101000000Z\t\tABCDEF0123456789ABCDEF\tunknown\t/CN=a',
  'V\t270101000000Z\t\tFF\ta\\\tb\t/CN=d\\',
];
const text = LINES.map((line) => `${line}\n`).join('');
const parse = (input: string): CertificateIndex => CertificateIndex.parse(input, 'index.txt');

describe('K4 index.txt', () => {
  it('is read and written octet for octet', () => {
    const index = parse(text);
    expect(index.encode().toString('latin1')).toBe(text);
    expect(index.entries[6]).toMatchObject({ file: 'a\tb', name: '/CN=d\\', serial: 'FF' });
    expect(index.entries.map(({ revocation }) => revocation?.reason?.name)).toEqual([
      undefined,
      undefined,
      'keyCompromise',
      'certificateHold',
      'CACompromise',
      undefined,
      undefined,
    ]);
    expect(index.entries[3]?.revocation?.holdInstruction).toBe('1.2.840.10040.2.3');
    expect(index.entries[4]?.revocation?.invalidityDate?.text).toBe('20251231000000Z');
    const latin1 = Buffer.from('V\t270101000000Z\t\t01\tunknown\t/CN=\xe4\n', 'latin1');
    expect(CertificateIndex.parse(latin1, 'x').encode().equals(latin1)).toBe(true);
  });

  it('finds entries by serial number and valid ones by subject', () => {
    const index = parse(text);
    expect(index.bySerial('a')?.name).toBe('/CN=b');
    expect(index.bySerial('0001')?.name).toBe('/C=DE/CN=a');
    expect(index.bySerial('0')?.type).toBe('R');
    expect(index.bySerial('03')).toBeUndefined();
    expect(index.validByName('/CN=b')).toBeUndefined();
    expect(index.validByName('/C=DE/CN=a')?.serial).toBe('01');
    const entry = index.bySerial('01');
    if (!entry) throw new Error('no entry');
    const revocation = makeRevocation(entry.expires, { kind: 'reason', reason: 'SUPERSEDED' });
    index.replace({ ...entry, type: 'R', revocation });
    expect(index.validByName('/C=DE/CN=a')).toBeUndefined();
    index.add({ ...entry, serial: '03' });
    expect(index.encode().toString('latin1')).toBe(
      `${text.replace(/^V.*/, 'R\t270101000000Z\t270101000000Z,superseded\t01\tunknown\t/C=DE/CN=a')}${LINES[0]?.replace('\t01', '\t03')}\n`,
    );
    expect(index.remove(({ type }) => type === 'R')).toBe(5);
    expect(index.entries.map(({ serial }) => serial)).toEqual(['ABCDEF0123456789ABCDEF', 'FF', '03']);
  });

  it('passes comments over, and takes a last line without its end', () => {
    expect(parse(`#x\n${LINES[0]}\n#y\n${LINES[1]}`).entries.length).toBe(2);
    expect(parse('').entries).toEqual([]);
  });

  it('says file and line of what is wrong', () => {
    const good = LINES[0] as string;
    const cases: [string, string][] = [
      [good.replace('\t\t', '\t'), '5 fields between tabs'],
      [`${good}\tx`, '7 fields between tabs'],
      ['', '1 fields between tabs'],
      [good.replace('V', 'X'), 'the type "X" should be V, R or E'],
      [good.replace('V', 'R'), 'invalid revocation date'],
      [good.replace('\t\t', '\t260101120000Z\t'), 'not revoked yet, but has a revocation date'],
      [good.replace('270101', '270199'), 'invalid expiry date "270199000000Z"'],
      [good.replace('\t01\t', '\t1\t'), 'the serial number "1" should be pairs'],
      [good.replace('\t01\t', '\t0G\t'), 'the serial number "0G" should be pairs'],
      [LINES[2]?.replace('keyCompromise', 'mood') as string, 'invalid reason code mood'],
      [LINES[3]?.replace(',holdInstructionReject', '') as string, 'missing hold instruction'],
      [LINES[3]?.replace('holdInstructionReject', 'nothing') as string, 'invalid object identifier nothing'],
      [LINES[4]?.replace(',20251231000000Z', '') as string, 'missing compromised time'],
      [LINES[4]?.replace('20251231000000Z', '251231000000Z') as string, 'invalid compromised time'],
      [LINES[1]?.replace('\t02\t', '\t0101\t') as string, undefined as never],
    ];
    for (const [line, wanted] of cases) {
      const run = (): unknown => parse(`#\n${LINES[5]}\n${line}\n`);
      if (wanted === undefined) expect(run).not.toThrow();
      else expect(run).toThrow(`index.txt:3: ${wanted}`);
    }
    expect(() => parse(`${good}\n${LINES[1]?.replace('\t02\t', '\t0001\t')}\n`)).toThrow(
      'index.txt:2: the serial number 0001 stands there twice',
    );
    const twice = `${good}\n${good.replace('\t01\t', '\t02\t')}\n`;
    expect(() => parse(twice)).toThrow('index.txt:2: two valid certificates have the subject /C=DE/CN=a; revoke one');
    expect(CertificateIndex.parse(twice, 'x', { uniqueSubject: false }).entries.length).toBe(2);
  });

  it('names an entry by its subject, or by its serial number', () => {
    expect(entryName(parseSubject('/C=DE/CN=ä\\/b', { utf8: true }), Buffer.from([1]))).toBe('/C=DE/CN=\\xC3\\xA4\\/b');
    expect(entryName(parseSubject('/'), Buffer.from([0, 0xff]))).toBe('FF');
  });

  it('refuses to write what would be read as something else', () => {
    const index = new CertificateIndex('index.txt');
    const entry = {
      type: 'V',
      expires: timeFromText('270101000000Z') as Time,
      serial: '01',
      file: 'x',
      name: 'y',
    } as const;
    expect(() => index.add({ ...entry, name: 'a\nb' })).toThrow('cannot hold');
    expect(() => index.add({ ...entry, file: 'a\\' })).toThrow('cannot hold');
    expect(() => index.add({ ...entry, type: 'R' })).toThrow('without a revocation');
    expect(() => index.replace(entry)).toThrow('no serial number 01');
    expect(index.entries).toEqual([]);
  });
});

describe('K4 revocations', () => {
  const now = timeFromText('260101120000Z') as Time;
  it('have the texts that OpenSSL writes', () => {
    expect(makeRevocation(now, { kind: 'none' }).text).toBe('260101120000Z');
    expect(makeRevocation(now, { kind: 'reason', reason: 'cacompromise' }).text).toBe('260101120000Z,CACompromise');
    expect(makeRevocation(now, { kind: 'hold', instruction: '1.2.3' }).text).toBe(
      '260101120000Z,holdInstruction,1.2.3',
    );
    expect(makeRevocation(now, { kind: 'keyTime', time: '20250101000000Z' }).text).toBe(
      '260101120000Z,keyTime,20250101000000Z',
    );
  });

  it('refuse causes that nobody knows', () => {
    expect(() => makeRevocation(now, { kind: 'reason', reason: 'AACompromise' })).toThrow(
      'Unknown CRL reason AACompromise',
    );
    expect(() => makeRevocation(now, { kind: 'hold', instruction: 'x y' })).toThrow('Invalid object identifier x y');
    expect(() => makeRevocation(now, { kind: 'CAkeyTime', time: '250101000000Z' })).toThrow('Invalid time format');
    expect(readRevocation('20600101120000Z,removefromcrl').reason?.code).toBe(8);
  });
});

it('K4 index.txt.attr', () => {
  expect(parseAttributes('unique_subject = no\n', 'a')).toEqual({ uniqueSubject: false });
  expect(parseAttributes('[x]\n', 'a')).toEqual({});
  expect(parseAttributes('unique_subject = Yes\n', 'a')).toEqual({ uniqueSubject: true });
  expect(attributesText({ uniqueSubject: true })).toBe('unique_subject = yes\n');
});
