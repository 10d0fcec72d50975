import { constants, generateKeyPairSync, sign as nodeSign, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bitString, encodePem, integer, nul, oid, readDer, seq } from '../../../src/lib/der/index.ts';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { readPss, writePss, PSS_DEFAULTS } from '../../../src/lib/keys/pss.ts';
import { buildChain } from '../../../src/lib/pkcs12/chain.ts';
import { buildCertificate, buildRequest, validityFromNow, VERSION_3 } from '../../../src/lib/x509/build.ts';
import { Certificate } from '../../../src/lib/x509/certificate.ts';
import { buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { CertificateRequest } from '../../../src/lib/x509/request.ts';
import { parseSerial } from '../../../src/lib/x509/serial.ts';
import { signatureFor, type Signer } from '../../../src/lib/x509/sign.ts';
import { certificateSignedBy, requestSignedBy, requestSignedByItself } from '../../../src/lib/x509/verify-signed.ts';
import { TrustStore } from '../../../src/lib/verify/index.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const keyOf = (pair: { privateKey: KeyObject }): PrivateKey =>
  PrivateKey.fromPkcs8(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
const rsa = keyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const stranger = keyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = keyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const SHA256_RSA = oid('1.2.840.113549.1.1.11');

function certificate(subject: string, signer: Signer, key: PrivateKey = rsa): Certificate {
  const [issuer, owner] = [parseSubject('/CN=ca'), parseSubject(subject)];
  const extensions = buildExtensions([['basicConstraints', 'CA:TRUE']]);
  const { spki } = key.publicKey;
  const fields = { versionField: VERSION_3, serial: parseSerial('1'), issuer, subject: owner, spki, extensions };
  return buildCertificate({ ...fields, ...validityFromNow(9) }, signer);
}

function request(signer: Signer): CertificateRequest {
  const subject = parseSubject('/CN=asks');
  return buildRequest({ subject, spki: rsa.publicKey.spki, attributes: [], extensions: [] }, signer);
}

/** The octets around what is signed put together anew, with another algorithm outside or bits called unused. */
function wrapped(made: Certificate | CertificateRequest, change: { algorithm?: Buffer; unused?: number }): Buffer {
  const algorithm = change.algorithm ?? made.signatureAlgorithm.der;
  return seq(made.tbs, algorithm, bitString(made.signature, change.unused ?? 0));
}

const outside = (inner: Buffer, outer: Buffer, subject = '/CN=leaf'): Certificate => {
  const { sign } = signatureFor(rsa);
  return Certificate.read(wrapped(certificate(subject, { algorithm: inner, sign }), { algorithm: outer }));
};

describe('certificateSignedBy', () => {
  it('knows the key', () => {
    const made = certificate('/CN=leaf', signatureFor(rsa));
    expect(made.signatureUnusedBits).toBe(0);
    expect(certificateSignedBy(made, rsa.publicKey)).toBe(true);
    expect(certificateSignedBy(made, stranger.publicKey)).toBe(false);
  });

  it('wants the same algorithm inside and outside, parameters with it', () => {
    const sha256 = seq(SHA256_RSA, nul());
    expect(certificateSignedBy(outside(sha256, sha256), rsa.publicKey)).toBe(true);
    const sha1 = signatureFor(rsa, { digest: 'sha1' }).algorithm;
    for (const inner of [sha1, seq(SHA256_RSA), seq(SHA256_RSA, integer(1))]) {
      expect(certificateSignedBy(outside(inner, sha256), rsa.publicKey), inner.toString('hex')).toBe(false);
    }
    expect(certificateSignedBy(outside(sha256, seq(SHA256_RSA)), rsa.publicKey)).toBe(false);
  });

  it('refuses a signature with unused bits', () => {
    const made = Certificate.read(wrapped(certificate('/CN=leaf', signatureFor(rsa)), { unused: 3 }));
    expect(made.signatureUnusedBits).toBe(3);
    expect(() => certificateSignedBy(made, rsa.publicKey)).toThrow('the signature is not whole octets');
  });

  it('decides about chains', () => {
    const ca = certificate('/CN=ca', signatureFor(rsa));
    const chain = (leaf: Certificate): number => buildChain(leaf, { trusted: new TrustStore([ca]) }).length;
    expect(chain(certificate('/CN=leaf', signatureFor(rsa)))).toBe(2);
    const sha1 = signatureFor(rsa, { digest: 'sha1' }).algorithm;
    expect(() => chain(outside(sha1, seq(SHA256_RSA, nul())))).toThrow('certificate signature failure');
    const unused = Certificate.read(wrapped(certificate('/CN=leaf', signatureFor(rsa)), { unused: 1 }));
    expect(() => chain(unused)).toThrow('certificate signature failure');
  });
});

describe('requestSignedBy', () => {
  it('knows the key', () => {
    const made = request(signatureFor(rsa));
    expect(requestSignedByItself(made)).toBe(true);
    expect(requestSignedBy(made, stranger.publicKey)).toBe(false);
  });

  it('refuses a signature with unused bits', () => {
    const made = CertificateRequest.read(wrapped(request(signatureFor(rsa)), { unused: 7 }));
    expect(made.signatureUnusedBits).toBe(7);
    expect(() => requestSignedByItself(made)).toThrow('the signature is not whole octets');
  });

  it.each([
    ['one number', seq(integer(1)), false],
    ['three numbers', seq(integer(1), integer(2), integer(3)), false],
    ['a negative number', seq(integer(1), integer(-2)), false],
    ['octets behind it', Buffer.concat([seq(integer(1), integer(2)), nul()]), false],
    ['a longer form than needed', Buffer.from('308106020101020102', 'hex'), false],
    ['two numbers', seq(integer(1), integer(2)), true],
  ])('an ECDSA signature of %s', (_, signature, readable) => {
    const made = CertificateRequest.read(
      seq(request(signatureFor(ec)).tbs, signatureFor(ec).algorithm, bitString(signature)),
    );
    if (readable) expect(requestSignedBy(made, ec.publicKey)).toBe(false);
    else expect(() => requestSignedBy(made, ec.publicKey)).toThrow('not two numbers in DER');
  });
});

/** A PSS signer whose parameters claim one salt length, and whose signature has another. */
function pssSigner(claimed: number, salt: number): Signer {
  const pss = { ...PSS_DEFAULTS, digest: 'sha256', mgf1Digest: 'sha256', saltLength: claimed };
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return {
    algorithm: seq(oid('1.2.840.113549.1.1.10'), writePss(pss)),
    sign: (data) => nodeSign('sha256', data, { key: rsa.keyObject, padding, saltLength: salt }),
  };
}

describe('RSASSA-PSS with a salt length below 0', () => {
  it.each([
    [-1, 32],
    [-2, 0],
    [-2, 100],
    [-3, 222],
    [-4, 32],
  ])('%i is read, and never verified: a salt of %i octets', (claimed, salt) => {
    const made = request(pssSigner(claimed, salt));
    expect(readPss(readDer(made.signatureAlgorithm.parameters?.der as Buffer)).saltLength).toBe(claimed);
    expect(() => requestSignedByItself(made)).toThrow(`RSASSA-PSS with a salt of ${claimed} octets is not possible`);
  });

  it('the right length is verified, another is not', () => {
    expect(requestSignedByItself(request(pssSigner(32, 32)))).toBe(true);
    expect(requestSignedByItself(request(pssSigner(32, 20)))).toBe(false);
  });

  it.each([-1, -2, -3])('a key restricted to %i does not sign', (saltLength) => {
    const { components } = rsa;
    if (components.kind !== 'rsa') throw new Error('not RSA');
    const pss = { ...PSS_DEFAULTS, digest: 'sha256', mgf1Digest: 'sha256', saltLength };
    const key = PrivateKey.fromComponents('rsa-pss', { ...components, pss });
    expect(() => signatureFor(key)).toThrow(/salt of -\d octets is not possible/);
  });
});

/** A request for the key `ec`, whose signature is no SEQUENCE of two numbers. */
function noEcdsa(): Buffer {
  const [subject, signer] = [parseSubject('/CN=asks'), signatureFor(ec)];
  const made = buildRequest({ subject, spki: ec.publicKey.spki, attributes: [], extensions: [] }, signer);
  return seq(made.tbs, signer.algorithm, bitString(seq(integer(1))));
}

describeWith(['openssl'], 'the command line refuses what OpenSSL refuses', () => {
  const requests: [string, Buffer][] = [
    ...[-1, -2, -3].map((claimed): [string, Buffer] => [`a salt of ${claimed}`, request(pssSigner(claimed, 32)).der]),
    ['unused bits', wrapped(request(signatureFor(rsa)), { unused: 2 })],
    ['an ECDSA signature that is none', noEcdsa()],
  ];
  it.each(requests)('req -verify and x509 -req: %s', (_label, der) => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'request.pem'), encodePem('CERTIFICATE REQUEST', der));
    writeFileSync(join(cwd, 'key.pem'), encodePem('PRIVATE KEY', rsa.pkcs8));
    for (const line of ['req -in request.pem -noout -verify', 'x509 -req -in request.pem -signkey key.pem']) {
      for (const peer of [openssl, tlskit]) {
        const done = peer(line.split(' '), { cwd });
        expect([done.status, done.stdout], line).toEqual([1, '']);
        expect(done.stderr).not.toMatch(/self-signature (verify )?ok/i);
      }
    }
  });

  it('pkcs12 -chain: an algorithm inside that is not the one outside', () => {
    const cwd = scratch();
    const sha1 = signatureFor(rsa, { digest: 'sha1' }).algorithm;
    writeFileSync(join(cwd, 'ca.pem'), encodePem('CERTIFICATE', certificate('/CN=ca', signatureFor(rsa)).der));
    writeFileSync(join(cwd, 'leaf.pem'), encodePem('CERTIFICATE', outside(sha1, seq(SHA256_RSA, nul())).der));
    writeFileSync(join(cwd, 'key.pem'), encodePem('PRIVATE KEY', rsa.pkcs8));
    const line = 'pkcs12 -export -in leaf.pem -inkey key.pem -chain -CAfile ca.pem -passout pass:x -out out.p12';
    for (const peer of [openssl, tlskit]) {
      const done = peer(line.split(' '), { cwd });
      expect(done.status).toBe(1);
      expect(done.stderr).toContain('certificate signature failure');
    }
  });
});
