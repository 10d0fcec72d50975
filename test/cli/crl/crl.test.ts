import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCrl, crlNumberExtension, crlPem, revokedEntry, type Crl } from '../../../src/lib/crl/index.ts';
import { bitString, oid, seq } from '../../../src/lib/der/index.ts';
import { writePrivateKey } from '../../../src/lib/keys/write.ts';
import { certificatePem, timeFromMs } from '../../../src/lib/x509/build.ts';
import { parseSerial } from '../../../src/lib/x509/serial.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { authority, NOW } from '../../support/chains.ts';
import { describeWith, openssl, type Finished } from '../../support/peers.ts';
import { tlskit } from '../../support/tlskit.ts';

const cwd = mkdtempSync(join(tmpdir(), 'tlskit-crl-'));
const call = (text: string): Finished => tlskit(text.split(' '), { cwd });
const theirs = (text: string): Finished => openssl(text.split(' '), { cwd });
const file = (name: string): string => readFileSync(join(cwd, name), 'latin1');

const ca = authority('/C=DE/CN=My CA');
const time = timeFromMs(NOW);

function list(number: bigint | undefined, serials: readonly (readonly [string, number?])[]): Crl {
  const fields = {
    issuer: ca.certificate.subject,
    thisUpdate: time,
    ...(number === undefined ? {} : { nextUpdate: timeFromMs(NOW + 86_400_000) }),
    revoked: serials.map(([serial, reason]) => revokedEntry(parseSerial(serial), time, { reason })),
    extensions: number === undefined ? [] : [crlNumberExtension(number)],
  };
  return buildCrl(fields, signatureFor(ca.key));
}

beforeAll(() => {
  const one = list(1n, [['1'], ['2', 1]]);
  const files: Record<string, string | Buffer> = {
    'ca.pem': certificatePem(ca.certificate),
    'ca.key': writePrivateKey(ca.key, { format: 'pkcs8', form: 'pem' }),
    'other.key': writePrivateKey(authority('/CN=other').key, { format: 'pkcs8', form: 'pem' }),
    'other.pem': certificatePem(authority('/C=DE/CN=My CA').certificate),
    'one.pem': crlPem(one),
    'one.der': one.der,
    'two.pem': `some text\n${crlPem(list(2n, [['3'], ['1'], ['2', 1], ['-5', 6]]))}`,
    'v1.pem': crlPem(list(undefined, [])),
    // the signature's algorithm differs from the one that is signed; a signature that is no whole octets, one that is no pair of numbers
    'unknown.der': seq(one.tbs, seq(oid('1.2.3.4')), bitString(one.signature)),
    'unused.der': seq(one.tbs, one.signatureAlgorithm.der, bitString(one.signature, 1)),
    'broken.der': seq(one.tbs, one.signatureAlgorithm.der, bitString(Buffer.from('010203', 'hex'))),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('K9 crl', () => {
  it('makes a delta CRL, with the digest that was asked for, and refuses what makes none', () => {
    const { status, stderr } = call('crl -in one.pem -gendelta two.pem -key ca.key -sha384 -out delta.pem');
    expect([status, stderr]).toEqual([0, '']);
    const text = call('crl -in delta.pem -noout -text -CAfile ca.pem');
    expect(text.stderr).toBe('verify OK\n');
    expect(text.stdout).toContain('Signature Algorithm: ecdsa-with-SHA384');
    expect(text.stdout).toContain('X509v3 Delta CRL Indicator: critical\n                1\n');
    expect(text.stdout.match(/Serial Number: (.*)/g)).toEqual(['Serial Number: 03', 'Serial Number: -05']);
    const refused: readonly (readonly [string, string])[] = [
      [
        'crl -in two.pem -gendelta one.pem -key ca.key',
        '-gendelta: newer crl not newer: its number is 1, the base has 2',
      ],
      ['crl -in one.pem -gendelta two.pem', 'Missing CRL signing key: -gendelta needs -key'],
      ['crl -in one.pem -gendelta v1.pem -key ca.key', '-gendelta: a CRL has no CRL number'],
      ['crl -in delta.pem -gendelta two.pem -key ca.key', '-gendelta: a CRL is a delta CRL already'],
      ['crl -in one.pem -gendelta two.pem -key other.key', '-gendelta: the CRLs are not signed with the key of -key'],
    ];
    for (const [line, message] of refused) {
      expect(call(line), line).toMatchObject({ status: 1, stdout: '', stderr: `tlskit crl: ${message}\n` });
    }
  });

  it('names what is wrong with its input', () => {
    const wrong: readonly (readonly [string, string])[] = [
      ['crl -in ca.pem', 'ca.pem: no CRL, but PEM of "CERTIFICATE"'],
      ['crl -in one.pem -inform DER', 'one.pem: DER was asked for, and this is no DER'],
      ['crl -in one.pem -dateopt iso', 'option -dateopt takes rfc_822 or iso_8601, not "iso"'],
      ['crl -in one.pem -noout -CAfile ca.key', 'ca.key: no certificate, but PEM of "PRIVATE KEY"'],
      [
        'crl -in one.pem -noout -verify -no-CAfile -no-CApath',
        'Error getting CRL issuer certificate: none of the trusted certificates is for C = DE, CN = My CA',
      ],
    ];
    for (const [line, message] of wrong) {
      expect(call(line), line).toMatchObject({ status: 1, stdout: '', stderr: `tlskit crl: ${message}\n` });
    }
  });

  it('prints a document with --json', () => {
    const { stdout } = call('crl -in two.pem --json -CAfile ca.pem');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 2,
      issuer: { text: 'CN=My CA,C=DE' },
      thisUpdate: '2026-06-01T12:00:00Z',
      nextUpdate: '2026-06-02T12:00:00Z',
      number: '2',
      verified: true,
      revoked: [
        { serial: '03', revocationDate: '2026-06-01T12:00:00Z', extensions: [] },
        { serial: '01' },
        { serial: '02', reason: 'keyCompromise' },
        { serial: '-05', reason: 'certificateHold' },
      ],
    });
    expect(JSON.parse(call('crl -in v1.pem --json').stdout)).toMatchObject({
      version: 1,
      nextUpdate: null,
      revoked: [],
    });
    expect(JSON.parse(call('crl -in nothing --json').stdout)).toMatchObject({ error: { code: 'ERR_IO' } });
  });
});

describeWith(['openssl'], 'K9 crl as openssl 3.0 has it', () => {
  it.each([
    'crl -in one.pem',
    'crl -in one.der -outform DER',
    'crl -in two.pem -text',
    'crl -in v1.pem -text -crlnumber -nextupdate -nameopt multiline',
    'crl -in one.pem -noout -hash -hash_old -issuer -lastupdate -nextupdate -crlnumber -fingerprint -sha256 -issuer',
    'crl -in one.pem -noout -hash',
    'crl -in one.pem -noout -hash -hash',
    'crl -in one.pem -noout -fingerprint -blake2b512',
    'crl -in one.pem -nameopt compat -issuer -text -dateopt iso_8601 -lastupdate',
    'crl -in one.pem -badsig',
    'crl -in unused.der -text',
    'crl -in one.pem -noout -CAfile ca.pem',
    'crl -in one.pem -noout -CAfile other.pem',
    'crl -in one.pem -noout -badsig -CAfile ca.pem',
    'crl -in unknown.der -noout -CAfile ca.pem',
    'crl -in one.pem -noout -no-CAfile -no-CApath -CAstore ca.pem',
  ])('%s', (line) => {
    const [a, b] = [call(line), theirs(line)];
    expect([a.status, a.stdout, a.stderr]).toEqual([b.status, b.stdout, b.stderr]);
  });

  it.each([
    'crl -in unused.der -noout -CAfile ca.pem',
    'crl -in broken.der -noout -CAfile ca.pem',
    'crl -in one.pem -outform TEXT',
    'crl -in one.pem other',
    'crl -in nothing',
    'crl -in one.pem -gendelta two.pem -key nothing',
  ])('fails with it: %s', (line) => {
    const [a, b] = [call(line), theirs(line)];
    expect([a.status, a.stdout]).toEqual([b.status, b.stdout]);
    expect(a.status).toBe(1);
    expect(a.stderr).toMatch(/^tlskit crl: .*\n$/);
  });

  it('writes text and CRL to a file, and lines to standard output', () => {
    const line = (out: string): string => `crl -in two.pem -text -hash -out ${out}`;
    const [a, b] = [call(line('ours.txt')), theirs(line('theirs.txt'))];
    expect(a.stdout).toBe(b.stdout);
    expect(file('ours.txt')).toBe(file('theirs.txt'));
  });

  it('makes the delta CRL that openssl makes, up to the signature', () => {
    const body = (done: Finished): string => done.stdout.replace(/Signature Value:[^]*/, '');
    const line = 'crl -in one.pem -gendelta two.pem -key ca.key -noout -text';
    expect(body(call(line))).toBe(body(theirs(line)));
  });
});
