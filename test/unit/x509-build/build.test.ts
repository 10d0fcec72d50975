import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import {
  buildCertificate,
  buildRequest,
  corruptSignature,
  fieldsOf,
  laterBy,
  parseTime,
  replaceFields,
  requestFieldsOf,
  timeFromMs,
  validityFromNow,
  VERSION_1,
  VERSION_3,
  type CertificateFields,
} from '../../../src/lib/x509/build.ts';
import { Certificate } from '../../../src/lib/x509/certificate.ts';
import { copyExtensions, keepExtensions } from '../../../src/lib/x509/copy.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import {
  nextSerial,
  parseSerial,
  randomSerial,
  readSerialFile,
  serialFileName,
  serialFileText,
  serialHex,
} from '../../../src/lib/x509/serial.ts';
import { signatureFor, verifySignature } from '../../../src/lib/x509/sign.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = PrivateKey.fromPkcs8(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
const name = parseSubject('/C=DE/CN=test');
const extension = { oid: '2.5.29.19', critical: true, value: Buffer.from('3000', 'hex') };
const usage = { oid: '2.5.29.15', critical: false, value: Buffer.from('03020780', 'hex') };

const fields: CertificateFields = {
  versionField: VERSION_3,
  serial: parseSerial('0x1234'),
  issuer: name,
  subject: name,
  ...validityFromNow(10, Date.UTC(2026, 0, 2)),
  spki: key.publicKey.spki,
  extensions: [extension],
};

describe('serial numbers', () => {
  it.each(['', '0001', '00', 'ff80', 'ffff', '7f', '0080'])('content octets "%s"', (hex) => {
    const make = (): Certificate => buildCertificate({ ...fields, serial: Buffer.from(hex, 'hex') }, signatureFor(key));
    if (['00', '7f', '0080'].includes(hex)) expect(make().serial.toString('hex')).toBe(hex);
    else expect(make).toThrow(/serial number/);
  });
});

describe('certificates', () => {
  it('are read back as they were made, by strict rules, and verify', () => {
    const made = buildCertificate(fields, signatureFor(key));
    const read = Certificate.read(made.der, { strictness: 'der' });
    expect(read.version).toBe(3);
    expect(serialHex(read.serial)).toBe('1234');
    expect(read.notBefore.text).toBe('260102000000Z');
    expect(read.notAfter.text).toBe('260112000000Z');
    expect(read.extensions).toEqual([extension]);
    expect(verifySignature(read.signatureAlgorithm, read.tbs, read.signature, key.publicKey)).toBe(true);
    expect(fieldsOf(read)).toMatchObject({ versionField: 2n, serial: fields.serial });
  });

  it('of version 1 have neither a version field nor extensions', () => {
    const made = buildCertificate({ ...fields, versionField: VERSION_1, extensions: [] }, signatureFor(key));
    expect(Certificate.read(made.der, { strictness: 'der' }).version).toBe(1);
    expect(made.extensions).toEqual([]);
  });

  it('keep unique identifiers', () => {
    const issuerUniqueId = { bytes: Buffer.from('a0', 'hex'), unused: 4 };
    const made = buildCertificate({ ...fields, issuerUniqueId }, signatureFor(key));
    expect(made.issuerUniqueId).toMatchObject(issuerUniqueId);
  });

  it('can be changed without a new signature, or have it broken', () => {
    const made = buildCertificate(fields, signatureFor(key));
    const other = replaceFields(made, { ...fieldsOf(made), serial: parseSerial('7') });
    expect(serialHex(other.serial)).toBe('07');
    expect(other.signature.equals(made.signature)).toBe(true);
    const broken = corruptSignature(made);
    expect(broken.tbs.equals(made.tbs)).toBe(true);
    expect(verifySignature(broken.signatureAlgorithm, broken.tbs, broken.signature, key.publicKey)).toBe(false);
  });

  it('of any serial number: negative, zero, long', () => {
    for (const text of ['0', '-1', '-0x80', '0xffffffffffffffffffffffffffffffffffffffffff']) {
      const made = buildCertificate({ ...fields, serial: parseSerial(text) }, signatureFor(key));
      expect(made.serial.equals(parseSerial(text))).toBe(true);
    }
  });
});

describe('requests', () => {
  it('are read back as they were made', () => {
    const attributes = [{ oid: '1.2.840.113549.1.9.7', values: [Buffer.from('0c03616263', 'hex')] }];
    const made = buildRequest(
      { subject: name, spki: key.publicKey.spki, attributes, extensions: [usage] },
      signatureFor(key),
    );
    expect(made.extensions).toEqual([usage]);
    const again = requestFieldsOf(made);
    expect(again.attributes).toEqual(attributes);
    expect(buildRequest(again, signatureFor(key)).tbs.equals(made.tbs)).toBe(true);
  });

  it('without attributes have the empty [0] that OpenSSL writes', () => {
    const made = buildRequest(
      { subject: name, spki: key.publicKey.spki, attributes: [], extensions: [] },
      signatureFor(key),
    );
    expect(made.tbs.subarray(-2).toString('hex')).toBe('a000');
  });
});

describe('times', () => {
  it('are UTCTime from 1950 to 2049 and GeneralizedTime elsewhere (RFC 5280 section 4.1.2.5)', () => {
    expect(timeFromMs(Date.UTC(2049, 11, 31, 23, 59, 59))).toMatchObject({ form: 'utc', text: '491231235959Z' });
    expect(timeFromMs(Date.UTC(2050, 0, 1))).toMatchObject({ form: 'generalized', text: '20500101000000Z' });
    expect(timeFromMs(Date.UTC(1949, 11, 31))).toMatchObject({ form: 'generalized' });
  });

  it("are read in OpenSSL's spellings", () => {
    expect(parseTime('20300102030405Z', '-not_after').text).toBe('300102030405Z');
    expect(parseTime('991231235959Z', '-not_after').text).toBe('991231235959Z');
    expect(parseTime('20510102030405Z', '-not_after').form).toBe('generalized');
    expect(parseTime('today', '-not_after', 0).ms).toBe(0);
    for (const bad of ['', '2030', '20301302030405Z', '300102030405', 'tomorrow']) {
      expect(() => parseTime(bad, '-not_after')).toThrow(/-not_after/);
    }
  });

  it('end where certificates cannot say more', () => {
    expect(laterBy(0, -1)).toBe(-86_400_000);
    expect(() => laterBy(Date.now(), 9_000_000)).toThrow(/years 0 to 9999/);
  });
});

describe('serial numbers', () => {
  it('are read and printed as OpenSSL does', () => {
    const hex = (text: string): string => parseSerial(text).toString('hex');
    expect([hex('255'), hex('0xff'), hex('-1'), hex('0'), hex('-0x100')]).toEqual(['00ff', '00ff', 'ff', '00', 'ff00']);
    expect(serialHex(parseSerial('-23'))).toBe('-17');
    for (const bad of ['', '0x', '12g', '1 2', '--1']) expect(() => parseSerial(bad)).toThrow(/serial number/);
  });

  it('that are random have at most 159 bits', () => {
    for (let i = 0; i < 50; i += 1) {
      const serial = randomSerial();
      expect(serial.length).toBeLessThanOrEqual(20);
      expect(serial[0]).toBeLessThan(0x80);
    }
  });

  it('count up in a file', () => {
    expect(serialFileText(nextSerial(readSerialFile('0FFF\n', 'x.srl')))).toBe('1000\n');
    const long = parseSerial(`0x${'ab'.repeat(40)}`);
    expect(serialFileText(long)).toBe(`${'AB'.repeat(35)}\\\n${'AB'.repeat(5)}\n`);
    expect(readSerialFile(serialFileText(long), 'x').equals(long)).toBe(true);
    expect(() => readSerialFile('what', 'x.srl')).toThrow(/x\.srl/);
    expect([serialFileName('ca.pem'), serialFileName('ca'), serialFileName('a.b/ca')]).toEqual([
      'ca.srl',
      'ca.srl',
      'a.srl',
    ]);
  });
});

describe('copying extensions', () => {
  it('adds what is missing, or replaces', () => {
    const other = { ...extension, critical: false };
    expect(copyExtensions([extension], [other, usage], 'copy')).toEqual([extension, usage]);
    expect(copyExtensions([extension], [other, usage], 'copyall')).toEqual([other, usage]);
    expect(copyExtensions([extension], [usage], 'none')).toEqual([extension]);
    expect(keepExtensions([extension, usage], ['keyUsage'])).toEqual([usage]);
  });
});
