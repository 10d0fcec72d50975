import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePem, readDer } from '../../../src/lib/der/index.ts';
import { Certificate, readCertificates } from '../../../src/lib/x509/certificate.ts';
import { CertificateRequest, readRequest } from '../../../src/lib/x509/request.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch } from '../../support/tlskit.ts';

const DATA = join(import.meta.dirname, '../../data');
const file = (path: string): Buffer => readFileSync(join(DATA, path));
const [good] = readCertificates(file('certificates/SANCaGood.pem'), 'x') as [Certificate];
const [other] = readCertificates(file('certificates/IANCritical.pem'), 'x') as [Certificate];
const request = readRequest(file('requests/pyca-2.pem'), 'x');
const pem = (der: Buffer, label = 'CERTIFICATE'): string => encodePem(label, der);
const read = (text: string | Buffer): Buffer[] =>
  readCertificates(Buffer.from(text as string, 'latin1'), 'file').map(({ der }) => der);

describe('readCertificates', () => {
  it.each([
    ['CERTIFICATE', pem(good.der)],
    ['X509 CERTIFICATE', pem(good.der, 'X509 CERTIFICATE')],
    ['TRUSTED CERTIFICATE', pem(good.der, 'TRUSTED CERTIFICATE')],
    ['CRLF', pem(good.der).replaceAll('\n', '\r\n')],
    ['text around', `Subject: x\n${pem(good.der)}bye\n`],
    ['a byte order mark', `\xef\xbb\xbf${pem(good.der)}`],
    ['one long line', pem(good.der).replace(/(?<=[^-])\n(?=[^-])/g, '')],
    ['octets behind the certificate', pem(Buffer.concat([good.der, Buffer.from('junk')]))],
    ['a broken block before', `${pem(Buffer.from('3005', 'hex'))}${pem(good.der)}`],
    ['another object before', `${pem(request.der, 'CERTIFICATE REQUEST')}${pem(good.der)}`],
  ])('reads PEM: %s', (_label, text) => {
    expect(read(text)).toEqual([good.der]);
  });

  it('reads all certificates of a file, in order', () => {
    expect(read(pem(good.der) + pem(other.der) + pem(good.der))).toEqual([good.der, other.der, good.der]);
  });

  it('reads the first element of DER', () => {
    expect(readCertificates(good.der, 'x')[0]?.der).toEqual(good.der);
    expect(readCertificates(Buffer.concat([good.der, Buffer.from('junk')]), 'x')[0]?.der).toEqual(good.der);
  });

  it('reads the trust settings behind a certificate in PEM', () => {
    const trust = Buffer.from('3012300a06082b060105050703010c04 6e616d65'.replace(' ', ''), 'hex');
    const [certificate] = readCertificates(
      Buffer.from(pem(Buffer.concat([good.der, trust]), 'TRUSTED CERTIFICATE')),
      'x',
    ) as [Certificate];
    expect(certificate.trust?.trust).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.trust?.alias?.toString()).toBe('name');
    expect(certificate.trust?.reject).toBeUndefined();
    expect(certificate.withTrust(undefined).trust).toBeUndefined();
  });

  it.each([
    ['an empty file', '', 'file: no certificate: the file is empty'],
    ['text', 'hello\n', 'file: no certificate: neither PEM nor DER'],
    ['a request', pem(request.der, 'CERTIFICATE REQUEST'), 'file: no certificate, but PEM of "CERTIFICATE REQUEST"'],
    ['a missing END', pem(good.der).slice(0, -20), 'file: line 26 should be "-----END CERTIFICATE-----"'],
    ['a wrong END', pem(good.der).replace('END CERT', 'END X'), 'file: line 26 should be "-----END CERTIFICATE-----"'],
    ['headers', pem(good.der).replace('-----\n', '-----\nA: b\n\n'), /^file: the certificate of line 1 has headers/],
    [
      'a blank line',
      pem(good.der).replace(/(?<=\n.{64}\n)/, '\n'),
      /^file: the "CERTIFICATE" block of line 1 has a blank/,
    ],
    ['truncated DER', good.der.subarray(0, -1), /^file: certificate: an element longer than what is around it/],
  ])('refuses %s in one line', (_label, text, message) => {
    expect(() => read(text as string)).toThrow(message);
  });

  it('costs little on a large file of something else', async () => {
    const seconds = await cpuSeconds(() => {
      expect(() => readCertificates(Buffer.alloc(50_000_000), 'x')).toThrow('neither PEM nor DER');
      expect(() => readCertificates(Buffer.alloc(5_000_000, 0x30), 'x')).toThrow();
    });
    expect(seconds).toBeLessThan(5);
  });
});

describe('files of broken blocks', () => {
  const blocks: Readonly<Record<string, string>> = {
    empty: pem(Buffer.alloc(0)),
    unfinished: '-----BEGIN OTHER-----\n',
    'of other text': pem(good.der.subarray(0, 60)),
    'of almost a certificate': pem(good.der.subarray(0, -1)),
    'with headers': pem(good.der).replace('-----\n', '-----\nA: b\n\n'),
  };
  it.each(Object.entries(blocks))('16 MB of blocks %s are refused within two seconds', async (_label, block) => {
    const text = Buffer.from(block.repeat(16e6 / block.length) + pem(good.der));
    const seconds = await cpuSeconds(() =>
      expect(() => readCertificates(text, 'file')).toThrow(
        /^file: more than 1000 (blocks cannot be read, the first because: |PEM blocks have no END line)/,
      ),
    );
    expect(seconds).toBeLessThan(2);
  });

  it('a thousand of them are passed over', () => {
    expect(read(blocks['empty']?.repeat(1000) + pem(good.der))).toEqual([good.der]);
  });
});

describeWith(['openssl'], 'blocks without an END line', () => {
  const body = (der: Buffer): string => pem(der).replace(/-----END.*\n/, '');
  const key = encodePem('PRIVATE KEY', good.der.subarray(0, 96));
  it.each([
    ['a whole one before', body(good.der) + pem(other.der) + pem(good.der)],
    ['a cut one before', body(good.der.subarray(0, 96)) + pem(other.der) + pem(good.der)],
    ['a line of dashes behind it', `${body(good.der)}-----\n${pem(other.der)}`],
    ['another label before', key.replace(/-----END.*\n/, '') + pem(other.der) + pem(good.der)],
    ['another END before', key.replace('END PRIVATE', 'END PUBLIC') + pem(other.der)],
  ])('are taken as OpenSSL takes them: %s', (_label, text) => {
    const path = join(scratch(), 'all.pem');
    writeFileSync(path, text);
    const listed = openssl(['storeutl', '-certs', '-noout', '-text', path]).stdout.match(/Serial Number.*\n?.*/g) ?? [];
    expect(listed.length).toBeGreaterThan(0);
    const one = (der: Buffer): string =>
      openssl(['x509', '-noout', '-text'], { input: pem(der) }).stdout.match(/Serial Number.*\n?.*/)?.[0] ?? '';
    expect(read(text).map(one)).toEqual(listed);
  });
});

describe('Certificate', () => {
  it('gives its fields', () => {
    expect(good.version).toBe(3);
    expect(good.serial.toString('hex')).toBe('04316693ed');
    expect(good.notBefore).toEqual({ form: 'utc', text: '160629181356Z', ms: Date.UTC(2016, 5, 29, 18, 13, 56) });
    expect(good.signatureAlgorithm.oid).toBe('1.2.840.113549.1.1.11');
    expect(good.extension('2.5.29.19')).toEqual({
      oid: '2.5.29.19',
      critical: true,
      value: Buffer.from('30030101ff', 'hex'),
    });
    expect(good.extension('1.2.3')).toBeUndefined();
    expect(good.der.includes(good.tbs)).toBe(true);
    expect(readDer(good.spki).children).toHaveLength(2);
    expect(good.subject.attributes.at(-1)?.value.toString()).toBe('gov.us');
    expect(good.subject.der.toString('hex')).toBe(readDer(good.tbs).children[5]?.bytes.toString('hex'));
  });

  it('refuses in strict mode what only BER allows', () => {
    expect(Certificate.read(good.der, { strictness: 'der' }).der).toEqual(good.der);
    const indefinite = Buffer.concat([Buffer.from('3080', 'hex'), good.der.subarray(4), Buffer.from('0000', 'hex')]);
    expect(Certificate.read(indefinite).tbs).toEqual(good.tbs);
    expect(() => Certificate.read(indefinite, { strictness: 'der' })).toThrow('indefinite length');
    expect(() => Certificate.read(Buffer.concat([good.der, Buffer.alloc(1)]), { strictness: 'der' })).toThrow(
      'left over',
    );
  });

  it('names the field that is wrong', () => {
    const broken = Buffer.from(good.der);
    broken[good.der.indexOf(good.spki)] = 0x31;
    expect(() => Certificate.read(broken)).toThrow(
      /^certificate\.tbs\.spki: a set where a sequence should be at offset \d+$/,
    );
  });
});

describe('CertificateRequest', () => {
  it('gives its fields', () => {
    expect(request.versionField).toBe(0n);
    expect(request.attributes).toEqual([]);
    expect(request.extensions).toEqual([]);
    expect(request.der.includes(request.tbs)).toBe(true);
    expect(CertificateRequest.read(request.der).spki).toEqual(request.spki);
  });

  it('gives the requested extensions of any tool', () => {
    for (const name of ['certtool-1.pem', 'keytool-4.pem', 'nss-4.pem', 'openssl-all.pem']) {
      const { extensions, extension } = readRequest(file(`requests/${name}`), name);
      expect(extensions.length, name).toBeGreaterThan(1);
      expect(extension).toBeTypeOf('function');
    }
  });

  it.each([
    ['an empty file', '', 'file: no certificate request: the file is empty'],
    ['a certificate', pem(good.der), 'file: no certificate request, but PEM of "CERTIFICATE"'],
    [
      'a certificate under a wrong label',
      pem(good.der, 'CERTIFICATE REQUEST'),
      /^file: request\.tbs\.version: a \[0\] where/,
    ],
  ])('refuses %s in one line', (_label, text, message) => {
    expect(() => readRequest(Buffer.from(text), 'file')).toThrow(message);
  });
});
