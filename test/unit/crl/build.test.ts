import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  baseCrlNumber,
  buildCrl,
  corruptCrlSignature,
  Crl,
  CRL_OID,
  crlFieldsOf,
  crlNumber,
  crlNumberExtension,
  crlPem,
  crlSignedBy,
  deltaCrlIndicator,
  issuingDistributionPoint,
  readCrls,
  revokedEntry,
  sortRevoked,
  type CrlFields,
} from '../../../src/lib/crl/index.ts';
import { certificatePem, timeFromMs } from '../../../src/lib/x509/build.ts';
import { buildExtension, buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { parseSerial, serialHex } from '../../../src/lib/x509/serial.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { authority, makeKey, NOW } from '../../support/chains.ts';
import { describeWith, openssl } from '../../support/peers.ts';

const ca = authority('/CN=CRL maker', undefined, {
  extensions: [
    ['basicConstraints', 'critical,CA:TRUE'],
    ['keyUsage', 'critical,keyCertSign,cRLSign'],
    ['subjectKeyIdentifier', 'hash'],
    ['subjectAltName', 'email:ca@example.org'],
  ],
});
const DAY = 86_400_000;

const fields: CrlFields = {
  issuer: ca.certificate.subject,
  thisUpdate: timeFromMs(NOW),
  nextUpdate: timeFromMs(NOW + 30 * DAY),
  revoked: [
    revokedEntry(parseSerial('0x1234'), timeFromMs(NOW - DAY), { reason: 1, invalidityDate: NOW - 2 * DAY }),
    revokedEntry(parseSerial('5'), timeFromMs(NOW - DAY), { reason: 6, holdInstruction: '1.2.840.10040.2.3' }),
    revokedEntry(parseSerial('7'), timeFromMs(NOW - DAY), { certificateIssuer: parseSubject('/CN=Other') }),
  ],
  extensions: [
    ...buildExtensions(
      [
        ['authorityKeyIdentifier', 'keyid:always,issuer:always'],
        ['issuerAltName', 'issuer:copy'],
        ['issuingDistributionPoint', 'critical,fullname:URI:http://crl.example.org/ca.crl,indirectCRL:TRUE'],
        ['freshestCRL', 'URI:http://crl.example.org/delta.crl'],
      ],
      { issuer: ca.certificate },
    ),
    crlNumberExtension(17n),
  ],
};

describe('K4 CRLs', () => {
  it('are read back as they were made, by strict rules, and verify', () => {
    const crl = buildCrl(fields, signatureFor(ca.key));
    const read = Crl.read(crl.der, { strictness: 'der' });
    expect(read.version).toBe(2);
    expect(read.thisUpdate.text).toBe('260601120000Z');
    expect(read.nextUpdate?.ms).toBe(NOW + 30 * DAY);
    expect(crlNumber(read)).toBe(17n);
    expect(baseCrlNumber(read)).toBeUndefined();
    expect(issuingDistributionPoint(read)).toMatchObject({ indirect: 255, name: { kind: 'full' } });
    const [first, second, third] = read.revoked;
    expect(issuingDistributionPoint(read)?.onlyCa).toBeUndefined();
    expect([first?.reason, first?.invalidityDate?.text]).toEqual([1, '20260530120000Z']);
    expect([second?.reason, second?.holdInstruction, second?.invalidityDate]).toEqual([
      6,
      '1.2.840.10040.2.3',
      undefined,
    ]);
    expect(third?.certificateIssuer).toMatchObject([{ kind: 'directory' }]);
    expect(third?.extensions.map(({ critical }) => critical)).toEqual([true]);
    expect(read.placesOf(parseSerial('5'))).toEqual([1]);
    expect(read.placesOf(parseSerial('6'))).toEqual([]);
    expect(crlSignedBy(read, ca.key.publicKey)).toBe(true);
    expect(crlSignedBy(read, makeKey().publicKey)).toBe(false);
    expect(crlSignedBy(corruptCrlSignature(read), ca.key.publicKey)).toBe(false);
    expect(buildCrl(crlFieldsOf(read), signatureFor(ca.key)).tbs.equals(crl.tbs)).toBe(true);
  });

  it('without extensions are of version 1 and have no version field, and no list when nothing is revoked', () => {
    const plain = { issuer: fields.issuer, thisUpdate: fields.thisUpdate, revoked: [], extensions: [] };
    const crl = Crl.read(buildCrl(plain, signatureFor(ca.key)).der, { strictness: 'der' });
    expect([crl.version, crl.nextUpdate, crl.revoked, crl.extensions]).toEqual([1, undefined, [], []]);
    const forced = buildCrl({ ...plain, versionField: 1n }, signatureFor(ca.key));
    expect(forced.version).toBe(2);
  });

  it('refuse serial numbers that are none', () => {
    const bad = { ...fields, revoked: [revokedEntry(Buffer.alloc(0), timeFromMs(NOW))] };
    expect(() => buildCrl(bad, signatureFor(ca.key))).toThrow(/serial number/);
    const date = (ms: number) => () => revokedEntry(parseSerial('1'), timeFromMs(NOW), { invalidityDate: ms });
    expect(date(Date.UTC(2060, 1, 1))).not.toThrow();
    expect(date(Number.NaN)).toThrow(/years 0 to 9999/);
  });

  it('of another algorithm inside than outside are not signed by anybody', () => {
    const crl = buildCrl(fields, signatureFor(ca.key));
    const other = buildCrl(fields, signatureFor(ca.key, { digest: 'sha384' }));
    const at = crl.der.indexOf(crl.tbsSignatureAlgorithm.der);
    const mixed = Buffer.from(crl.der);
    other.tbsSignatureAlgorithm.der.copy(mixed, at);
    expect(crlSignedBy(Crl.read(mixed), ca.key.publicKey)).toBe(false);
  });

  it('sort their entries by number, and their sign last', () => {
    const sorted = sortRevoked(
      ['300', '-2', '0x80', '2', '1', '0', '-1'].map((text) => ({ serial: parseSerial(text) })),
    );
    expect(sorted.map(({ serial }) => serialHex(serial))).toEqual(['00', '01', '-01', '02', '-02', '80', '012C']);
  });

  it('of a hundred thousand entries are made, read and searched', () => {
    const revoked = Array.from({ length: 100_000 }, (_, i) => ({
      serial: parseSerial(String(i)),
      revocationDate: fields.thisUpdate,
      extensions: [],
    }));
    const crl = Crl.read(buildCrl({ ...fields, revoked }, signatureFor(ca.key)).der);
    expect(crl.revoked.length).toBe(100_000);
    expect(crl.placesOf(parseSerial('77777'))).toEqual([77_777]);
  });

  it('files of several give all of them, and errors name what is wrong', () => {
    const crl = buildCrl(fields, signatureFor(ca.key));
    const pem = crlPem(crl);
    expect(readCrls(Buffer.from(`text\n${pem}${pem}`), 'file').length).toBe(2);
    expect(readCrls(crl.der, 'file').length).toBe(1);
    expect(() => readCrls(Buffer.from('x'), 'list.crl')).toThrow('list.crl: no CRL: neither PEM nor DER');
    expect(() => readCrls(Buffer.from(pem.replaceAll('X509 CRL', 'CERTIFICATE')), 'file')).toThrow(
      'file: no CRL, but PEM of "CERTIFICATE"',
    );
    expect(() => Crl.read(crl.der.subarray(0, 100))).toThrow(/CRL/);
  });

  it('are delta CRLs by an extension', () => {
    const delta = buildCrl(
      { ...fields, extensions: [...fields.extensions, deltaCrlIndicator(16n)] },
      signatureFor(ca.key),
    );
    expect([baseCrlNumber(delta), delta.extension(CRL_OID.deltaCrlIndicator)?.critical]).toEqual([16n, true]);
    const made = buildExtension('2.5.29.27', 'critical,ASN1:INTEGER:16');
    expect(made).toEqual(deltaCrlIndicator(16n));
  });
});

describeWith(['openssl'], 'K4 CRLs for openssl', () => {
  it.each(['prime256v1', 'ed25519', 'ed448', 'rsa2048'])('of a %s key', (kind) => {
    const key = makeKey(kind);
    const party = authority('/CN=CRL maker', undefined, { key });
    const signer = signatureFor(key, kind === 'rsa2048' ? { sigopts: ['rsa_padding_mode:pss'] } : {});
    const crl = buildCrl({ ...fields, issuer: party.certificate.subject }, signer);
    const folder = mkdtempSync(join(tmpdir(), 'tlskit-crl-'));
    try {
      const caFile = join(folder, 'ca.pem');
      writeFileSync(caFile, certificatePem(party.certificate));
      const { stderr, status } = openssl(['crl', '-noout', '-CAfile', caFile], { input: Buffer.from(crlPem(crl)) });
      expect([status, stderr]).toEqual([0, 'verify OK\n']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
