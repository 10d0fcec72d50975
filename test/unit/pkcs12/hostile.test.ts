import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as der from '../../../src/lib/der/index.ts';
import { TlskitError } from '../../../src/lib/errors.ts';
import { digestByName, type Digest } from '../../../src/lib/crypto/digests.ts';
import { makeMac } from '../../../src/lib/pkcs12/mac.ts';
import { Budget, schemeInfo, type SchemeInfo } from '../../../src/lib/pkcs12/scheme.ts';
import { PKCS12_OID as OID, readPkcs12 } from '../../../src/lib/pkcs12/index.ts';
import { codeOf, data, secret } from './data.ts';

const { explicit, integer, nul, octetString, oid, seq } = der;

/** Reads with and without the MAC check; anything but a TlskitError fails the test. */
function mustNotCrash(bytes: Buffer): void {
  for (const verifyMac of [true, false]) {
    try {
      readPkcs12(bytes, { password: secret('secret'), verifyMac, allowMissingMac: true });
    } catch (error) {
      expect(error).toBeInstanceOf(TlskitError);
      expect((error as Error).message).not.toMatch(/\n|(?<!a )secret(?! bag)/);
    }
  }
}

describe('damaged files', () => {
  const files = ['openssl-default.p12', 'openssl-legacy.p12', 'openssl-rc4.p12', 'openssl-plain.p12', 'java.p12'].map(
    data,
  );

  it('cut off anywhere', () => {
    for (const file of files)
      for (let length = 0; length < file.length; length += 13) mustNotCrash(file.subarray(0, length));
  });

  it('with any octet changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }), (file, at, mask) => {
        const copy = Buffer.from(file);
        copy[at % copy.length] = (copy[at % copy.length] as number) ^ mask;
        mustNotCrash(copy);
      }),
      { numRuns: 250 },
    );
  });

  it('random octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => mustNotCrash(Buffer.from([0x30, 0x80, ...bytes]))),
    );
  });
});

describe('limits', () => {
  const typed = (type: string, value: Buffer): Buffer => seq(oid(type), explicit(0, value));
  const salt = octetString(Buffer.alloc(8));
  const file = (safes: Buffer[], mac: Buffer[] = []): Buffer =>
    seq(integer(3), typed(OID.data, octetString(seq(...safes))), ...mac);
  const macOf = (iterations: number): Buffer =>
    seq(seq(seq(oid('2.16.840.1.101.3.4.2.1'), nul()), octetString(Buffer.alloc(32))), salt, integer(iterations));
  const encrypted = (algorithm: Buffer): Buffer =>
    typed(OID.encryptedData, seq(integer(0), seq(oid(OID.data), algorithm, der.contextPrimitive(0, Buffer.alloc(16)))));
  const pbkdf2 = (iterations: number): Buffer =>
    seq(
      oid(OID.pbes2),
      seq(
        seq(oid(OID.pbkdf2), seq(salt, integer(iterations))),
        seq(oid('2.16.840.1.101.3.4.1.42'), octetString(Buffer.alloc(16))),
      ),
    );
  const timed = (bytes: Buffer, password = 'x'): string => {
    const start = process.cpuUsage();
    const code = codeOf(() => readPkcs12(bytes, { password: secret(password), allowMissingMac: true }));
    expect(process.cpuUsage(start).user).toBeLessThan(6_000_000);
    return code;
  };
  const hmac = (prf: string): Buffer => seq(oid(prf), nul());
  const SHA256 = '1.2.840.113549.2.9';
  const SHA3_512 = '2.16.840.1.101.3.4.2.16';
  const pbmac1 = (iterations: number, length: number, prf: string): Buffer => {
    const kdf = seq(oid(OID.pbkdf2), seq(salt, integer(iterations), integer(length), hmac(prf)));
    const algorithm = seq(oid(OID.pbmac1), seq(kdf, hmac(SHA256)));
    return seq(seq(algorithm, octetString(Buffer.alloc(32))), salt, integer(1));
  };

  it('iterations of the MAC', () => expect(timed(file([], [macOf(2_000_000_000)]))).toBe('ERR_LIMIT'));
  it('key length and PRF of PBMAC1, with each form of the password', () => {
    for (const password of ['x', '']) {
      expect(timed(file([], [pbmac1(2_000_000, 1024, SHA256)]), password)).toBe('ERR_LIMIT');
      expect(timed(file([], [pbmac1(2_000_000, 64, SHA3_512)]), password)).toBe('ERR_LIMIT');
      expect(timed(file([], [pbmac1(1_600_000, 64, SHA3_512)]), password)).toMatch(/ERR_(LIMIT|PASSPHRASE)/);
      expect(timed(file([], [pbmac1(600_000, 32, SHA256)]), password)).toBe('ERR_PASSPHRASE');
    }
  });
  it('PBMAC1 is not made with more than can be read', () => {
    const mac = { digest: digestByName('sha256') as Digest, pbkdf2: digestByName('sha256') as Digest };
    expect(codeOf(() => makeMac(Buffer.alloc(0), secret('x'), { ...mac, iterations: 100_000_000 }))).toBe('ERR_LIMIT');
  });
  it('all of 600,000 iterations in PBKDF2 and in 3DES are read with an empty password', () => {
    const tripleDes = seq(oid('1.2.840.113549.1.12.1.3'), seq(salt, integer(600_000)));
    const budget = new Budget();
    const schemes = [tripleDes, pbkdf2(600_000)].map((algorithm) => schemeInfo(der.readDer(algorithm)));
    for (const info of schemes) {
      const one = new Budget();
      for (let i = 0; i < 2; i += 1) one.spendMac({ kind: 'hash', rounds: 600_000 });
      for (let i = 0; i < 2; i += 1) one.spendScheme(info);
    }
    expect(() => {
      for (let i = 0; i < 40; i += 1) budget.spendScheme(schemes[1] as SchemeInfo);
    }).toThrow('more work than tlskit gives a file');
  });
  it('iterations of the encryption', () => expect(timed(file([encrypted(pbkdf2(100_000_000))]))).toBe('ERR_LIMIT'));
  it('iterations of many small encryptions', () => {
    const bag = seq(oid(OID.shroudedKeyBag), explicit(0, seq(pbkdf2(1_000_000), octetString(Buffer.alloc(16)))));
    const many = typed(OID.data, octetString(seq(...Array.from({ length: 100 }, () => bag))));
    expect(['ERR_LIMIT', 'ERR_PASSPHRASE']).toContain(timed(file([many])));
  });
  it('zero and negative iterations', () => {
    for (const n of [0, -1]) {
      expect(timed(file([], [macOf(n)]))).toMatch(/ERR_(FORMAT|DER)/);
      expect(timed(file([encrypted(pbkdf2(n))]))).toMatch(/ERR_(FORMAT|DER|PASSPHRASE)/);
    }
  });
  it('deep nesting and many bags', () => {
    let bag = seq(oid('1.2.3'), explicit(0, nul()));
    for (let i = 0; i < 200; i += 1) bag = seq(oid(OID.safeContentsBag), explicit(0, seq(bag)));
    expect(timed(file([typed(OID.data, octetString(seq(bag)))]))).toMatch(/ERR_(DER|LIMIT)/);
    const many = seq(...Array.from({ length: 20_000 }, () => seq(oid('1.2.3'), explicit(0, nul()))));
    expect(timed(file([typed(OID.data, octetString(many))]))).toBe('ERR_LIMIT');
  });
});
