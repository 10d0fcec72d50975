import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seq, oid, implicit } from '../../../src/lib/der/writer.ts';
import { certificatePem } from '../../../src/lib/x509/build.ts';
import { Certificate, type TrustData } from '../../../src/lib/x509/certificate.ts';
import { verifyCode, verifyCodeByName, verifyCodes } from '../../../src/lib/registry/verify-errors.ts';
import {
  matchEmail,
  matchHost,
  matchIp,
  parsedCertificate,
  purposeByName,
  TrustStore,
  verifyChain,
} from '../../../src/lib/verify/index.ts';
import { factoringSecurity } from '../../../src/lib/verify/strength.ts';
import { authority, issue, NOW } from '../../support/chains.ts';

const root = authority('/CN=Root');
const leaf = issue('/CN=www.example.org', root, {
  extensions: [['subjectAltName', 'DNS:www.example.org,DNS:*.a.example.org,IP:192.0.2.1,email:a@example.org']],
});

describe('K10: parsed certificates', () => {
  it('are the same view for the same octets', () => {
    const view = parsedCertificate(leaf.certificate.der);
    expect(parsedCertificate(Buffer.from(leaf.certificate.der))).toBe(view);
    expect(view.keyObject).toBe(view.keyObject);
    expect(view.keyObject.equals(new X509Certificate(leaf.certificate.der).publicKey)).toBe(true);
  });

  it('do not change with the buffer that they were read from', () => {
    const one = issue('/CN=once', root).certificate.der;
    const buffer = Buffer.concat([Buffer.from('head'), one]);
    const view = parsedCertificate(buffer.subarray(4));
    buffer.fill(0);
    expect(view.der.equals(one)).toBe(true);
  });

  it('are let go after 512 others', () => {
    const first = parsedCertificate(leaf.certificate.der);
    const other = issue('/CN=other', root).certificate.der;
    for (let i = 0; i < 600; i += 1) {
      const bytes = Buffer.from(other);
      bytes.writeUInt16BE(i, bytes.length - 2);
      parsedCertificate(bytes);
    }
    expect(parsedCertificate(leaf.certificate.der)).not.toBe(first);
  });

  it('are strict DER unless asked otherwise', () => {
    const longer = Buffer.concat([leaf.certificate.der, Buffer.from([0])]);
    expect(() => parsedCertificate(longer)).toThrow(expect.objectContaining({ code: 'ERR_DER' }) as Error);
    expect(parsedCertificate(longer, 'ber').der.equals(leaf.certificate.der)).toBe(true);
    expect(() => verifyChain(longer, { trusted: new TrustStore(), time: NOW })).toThrow('left over');
  });
});

describe('K10: trust stores', () => {
  it('ask their lookups once for a name, and only for names that are not there', () => {
    const asked: string[] = [];
    const trusted = new TrustStore(
      [],
      [
        (subject) => {
          asked.push(subject.attributes.map(({ value }) => value.toString()).join());
          return [root.certificate];
        },
      ],
    );
    for (let i = 0; i < 3; i += 1) expect(verifyChain(leaf.certificate, { trusted, time: NOW }).ok).toBe(true);
    expect(asked).toEqual(['Root']);
    expect(new TrustStore([root.certificate, root.certificate.der]).named(root.certificate.subject)).toHaveLength(1);
  });

  it('give the chain with their own certificates', () => {
    const { chain, untrusted } = verifyChain(leaf.certificate.der, {
      trusted: new TrustStore([root.certificate.der]),
      untrusted: [root.certificate.der],
      time: NOW,
    });
    expect(chain.map((view) => view.der)).toEqual([leaf.certificate.der, root.certificate.der]);
    expect(untrusted).toBe(1);
  });
});

/** OpenSSL's trust settings in DER (CertAux), behind a certificate. */
function trusting({ trust, reject }: Pick<TrustData, 'trust' | 'reject'>): Certificate {
  const settings = seq(
    ...(trust ? [seq(...trust.map(oid))] : []),
    ...(reject ? [implicit(0, seq(...reject.map(oid)))] : []),
  );
  return Certificate.readTrusted(Buffer.concat([root.certificate.der, settings]));
}

describe('K10: trust settings', () => {
  const [SERVER, CLIENT, ANY] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];
  it.each([
    [{ trust: [SERVER], reject: undefined }, []],
    [{ trust: [ANY], reject: undefined }, []],
    [{ trust: [CLIENT], reject: undefined }, ['CERT_REJECTED', 'CERT_REJECTED', 'INVALID_PURPOSE']],
    [{ trust: undefined, reject: [CLIENT] }, []],
    [{ trust: undefined, reject: [SERVER] }, ['CERT_REJECTED', 'CERT_REJECTED', 'INVALID_PURPOSE']],
  ])('%o', (settings, errors) => {
    const trusted = new TrustStore([trusting(settings)]);
    const result = verifyChain(leaf.certificate, { trusted, time: NOW, purpose: 'sslserver' });
    expect(result.errors.map(({ name }) => name)).toEqual(errors);
  });
});

describe('K10: verdicts', () => {
  it('the first error is the reason, the last one what SSL_get_verify_result gives', () => {
    const { errors, code, ok } = verifyChain(leaf.certificate, { trusted: new TrustStore(), time: NOW });
    expect(ok).toBe(false);
    expect(errors.map(({ name, depth }) => `${name} ${depth}`)).toEqual([
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY 0',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE 0',
    ]);
    expect(code).toBe(21);
  });

  it('stops where goOn says so', () => {
    const seen: number[] = [];
    const goOn = ({ code }: { code: number }): boolean => seen.push(code) < 1;
    expect(verifyChain(leaf.certificate, { trusted: new TrustStore(), time: NOW, goOn }).errors).toHaveLength(1);
    expect(seen).toEqual([20]);
  });

  it('refuses a key that nobody can use', () => {
    const spki = leaf.certificate.spki;
    const bytes = Buffer.from(leaf.certificate.der);
    bytes.fill(0xff, bytes.indexOf(spki) + spki.length - 32, bytes.indexOf(spki) + spki.length);
    const { errors } = verifyChain(bytes, { trusted: new TrustStore([root.certificate]), time: NOW, authLevel: 1 });
    expect(errors.map(({ name }) => name)).toEqual(['EE_KEY_TOO_SMALL', 'UNSPECIFIED']);
  });
});

describe('K10: names of peers', () => {
  const view = parsedCertificate(leaf.certificate.der);
  it.each([
    ['www.example.org', true],
    ['WWW.Example.org', true],
    ['x.a.example.org', true],
    ['x.y.a.example.org', false],
    ['example.org', false],
    ['192.0.2.1', false],
    ['www.example.org\0.example.com', false],
    ['', false],
  ])('host %j: %s', (host, expected) => {
    expect(matchHost(view, host)).toBe(expected);
  });

  it('addresses and mailboxes', () => {
    expect([matchIp(view, '192.0.2.1'), matchIp(view, '192.0.2.2'), matchIp(view, 'www.example.org')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([matchEmail(view, 'a@EXAMPLE.org'), matchEmail(view, 'A@example.org')]).toEqual([true, false]);
  });
});

describe('K10: the tables', () => {
  it('have every number of OpenSSL 3.0 once, and those of 3.6 about OCSP', () => {
    const rows = [...verifyCodes().values()];
    const numbers = [...Array.from({ length: 95 }, (_, i) => i), 96, 97, 98, 99, 100];
    expect(rows.map(({ code }) => code)).toEqual(numbers);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(numbers.length);
    expect(verifyCode(18)).toEqual({ code: 18, name: 'DEPTH_ZERO_SELF_SIGNED_CERT', text: 'self-signed certificate' });
    expect(verifyCode(95).text).toBe('unknown certificate verification error');
    expect(verifyCodeByName('CERT_HAS_EXPIRED')?.code).toBe(10);
  });

  it('purposes', () => {
    expect(purposeByName('sslserver')).toBe('sslserver');
    expect(purposeByName('toString')).toBeUndefined();
  });

  it('strength of RSA keys as OpenSSL counts it', () => {
    const sizes = [512, 1000, 1024, 1536, 2048, 3072, 4096, 6144, 7680, 8192, 15360, 16384];
    expect(sizes.map(factoringSecurity)).toEqual([56, 80, 80, 96, 112, 128, 152, 176, 192, 200, 256, 272]);
  });

  it('certificates as PEM are the same certificates', () => {
    expect(new X509Certificate(certificatePem(root.certificate)).raw).toEqual(root.certificate.der);
  });
});
