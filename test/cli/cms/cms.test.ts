/** The commands cms, pkcs7, crl2pkcs7 and asn1parse on messages that openssl made (test/data/cms). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decryptCms, type CmsKeys } from '../../../src/lib/cms/decrypt.ts';
import { readCms } from '../../../src/lib/cms/read.ts';
import { signedDataOf, verifySigners, enclosedIn } from '../../../src/lib/cms/signed.ts';
import { TlskitError } from '../../../src/lib/errors.ts';
import { readPrivateKey } from '../../../src/lib/keys/read.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { describeWith, openssl, type Finished } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const DATA = join(import.meta.dirname, '../../data/cms');
const file = (name: string): Buffer => readFileSync(join(DATA, name));
const call = (text: string, input?: Buffer): Finished =>
  tlskit(text.split(' '), { cwd: DATA, ...(input ? { input } : {}) });
const certificate = (name: string): Certificate => readCertificates(file(name), name)[0] as Certificate;
const key = (name: string) => readPrivateKey(file(name), { source: name, passphrase: () => Secret.fromText('') });
const PLAIN = 'Hello, CMS.\r\nSecond line.\r\n';
const SECRET = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

describe('K9 cms -decrypt', () => {
  it('opens every kind of envelope for whom it is', async () => {
    const rsa = { privateKey: await key('rsa.key'), certificate: certificate('rsa.pem') };
    const ec = { privateKey: await key('ec.key'), certificate: certificate('ec.pem') };
    const p384 = { privateKey: await key('p384.key') };
    const opened: [string, CmsKeys][] = [
      ['enveloped-rsa.der', rsa],
      ['enveloped-oaep.der', rsa],
      ['enveloped-stream.pem', rsa],
      ['enveloped.eml', rsa],
      ['pkcs7-enveloped.der', rsa],
      ['auth-enveloped.der', rsa],
      ['enveloped-ec.der', ec],
      ['enveloped-two.der', ec],
      ['enveloped-two.der', rsa],
      ['auth-enveloped-ec.der', p384],
      ['enveloped-kek.der', { secretKey: SECRET, secretKeyId: Buffer.from('c0ffee', 'hex') }],
      ['enveloped-password.der', { password: Secret.fromText('secret') }],
      ['encrypted.der', { secretKey: SECRET }],
    ];
    for (const [name, keys] of opened) {
      expect(decryptCms(readCms(file(name), name).info, keys).toString('latin1'), name).toBe(PLAIN);
    }
    const refused: [string, CmsKeys][] = [
      ['enveloped-rsa.der', ec],
      ['enveloped-rsa.der', { privateKey: await key('ca.key') }],
      ['auth-enveloped-ec.der', ec],
      ['enveloped-kek.der', { secretKey: SECRET, secretKeyId: Buffer.from('c0ffef', 'hex') }],
      ['enveloped-kek.der', { secretKey: Buffer.alloc(16) }],
      ['enveloped-password.der', { password: Secret.fromText('wrong') }],
      ['signed-rsa.der', rsa],
    ];
    for (const [name, keys] of refused) {
      expect(() => decryptCms(readCms(file(name), name).info, keys), name).toThrow(TlskitError);
    }
  });

  it('refuses an authenticated message in which a bit was changed', async () => {
    const bytes = file('auth-enveloped.der');
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] as number) ^ 1;
    const keys = { privateKey: await key('rsa.key') };
    expect(() => decryptCms(readCms(bytes, 'changed').info, keys)).toThrow('cannot be decrypted');
  });
});

describe('K9 cms -verify', () => {
  it('finds every signature good, and none of another content', () => {
    const others = ['rsa.pem', 'ec.pem', 'p384.pem'].map(certificate);
    const names = ['rsa', 'stream', 'pss', 'two', 'nocerts', 'receipt'].map((kind) => `signed-${kind}.der`);
    for (const name of [
      ...names,
      'signed-noattr.pem',
      'signed-ec-keyid.pem',
      'signed-opaque.eml',
      'pkcs7-signed.der',
    ]) {
      const { info } = readCms(file(name), name);
      const signed = signedDataOf(info);
      const content = signed.encapContentInfo.eContent as Buffer;
      const candidates = [...enclosedIn(info).certificates, ...others];
      for (const { fault } of verifySigners(signed, content, candidates)) expect(fault, name).toBeUndefined();
      const changed = Buffer.from(content);
      changed[0] = 0;
      for (const { fault } of verifySigners(signed, changed, candidates)) expect(fault, name).toBeDefined();
      for (const { fault } of verifySigners(signed, content, [])) expect(fault).toBe('signer certificate not found');
    }
  });

  it('verifies a mail, writes its content and the signer', () => {
    const folder = scratch();
    const signer = join(folder, 'signer.pem');
    const { status, stdout, stderr } = call(`cms -verify -in signed-text.eml -CAfile ca.pem -text -signer ${signer}`);
    expect([status, stdout, stderr]).toEqual([0, PLAIN, 'CMS Verification successful\n']);
    expect(readFileSync(signer, 'utf8')).toBe(file('ec.pem').toString());
  });

  it('writes nothing of a message that is not good, and exits with 4', () => {
    const wrong = call('cms -verify -in signed-detached.der -inform DER -CAfile ca.pem -content plain.txt');
    expect([wrong.status, wrong.stdout]).toEqual([4, '']);
    expect(wrong.stderr).toMatch(/^CMS Verification failure\n.*content verify error/);
    const unknown = call('cms -verify -in signed-rsa.der -inform DER -verify_retcode');
    expect([unknown.status, unknown.stdout]).toEqual([32 + 20, '']);
    expect(unknown.stderr).toContain('unable to get local issuer certificate');
    expect(call('cms -verify -in ca.key').status).toBe(2);
  });

  it('tells it as JSON', () => {
    const { status, stdout } = call('cms -verify -in signed-two.der -CAfile ca.pem --json');
    const document = JSON.parse(stdout) as { verified: boolean; content: string; signers: { digest: string }[] };
    expect([status, document.verified, document.signers.map((one) => one.digest)]).toEqual([
      0,
      true,
      ['sha256', 'sha256'],
    ]);
  });

  it('refuses to make messages in one line', () => {
    for (const what of ['-sign', '-encrypt']) {
      const { status, stderr } = call(`cms ${what} -in plain.txt`);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^tlskit cms: .*not supported.*\n$/);
    }
  });
});

describeWith(['openssl'], 'K9 pkcs7 and crl2pkcs7', () => {
  it.each([
    'crl2pkcs7 -nocrl -certfile ca.pem -certfile rsa.pem',
    'crl2pkcs7 -in ca.crl -certfile ca.pem -outform DER',
    'crl2pkcs7 -in ca.crl',
    'pkcs7 -in chain.p7b -print_certs',
    'pkcs7 -in chain.p7c -inform DER',
    'asn1parse -in chain.p7b -i -dlimit 12',
    'asn1parse -in chain.p7b -strparse 4 -strparse 20',
    'asn1parse -genstr EXP:2,OCTWRAP,UTF8:hello -i',
    'cms -cmsout -in signed.eml -inform SMIME -outform SMIME',
  ])('%s', (line) => {
    const [ours, theirs] = [call(line), openssl(line.split(' '), { cwd: DATA })];
    expect([ours.status, ours.stdout]).toEqual([theirs.status, theirs.stdout]);
  });

  it('reads CMS that OpenSSL has only in cms', () => {
    expect(call('pkcs7 -in enveloped-ec.der -noout').status).toBe(0);
    expect(call('pkcs7 -in ca.pem').stderr).toContain('no PKCS#7 or CMS');
  });
});
