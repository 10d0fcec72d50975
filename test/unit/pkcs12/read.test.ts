import { describe, expect, it } from 'vitest';
import { PrivateKey, PublicKey } from '../../../src/lib/keys/model.ts';
import { readPkcs12, type Integrity } from '../../../src/lib/pkcs12/index.ts';
import { Certificate } from '../../../src/lib/x509/certificate.ts';
import { certificate, codeOf, data, secret } from './data.ts';

interface Case {
  readonly file: string;
  readonly password?: string | undefined;
  readonly integrity?: Integrity;
  /** Friendly names of the certificates. */
  readonly names?: readonly (string | undefined)[];
  readonly keyName?: string;
  readonly secrets?: number;
}

const TWO = [undefined, undefined];

const CASES: readonly Case[] = [
  { file: 'openssl-default.p12', names: ['leaf', 'the ca'], keyName: 'leaf' },
  { file: 'openssl-legacy.p12', names: ['leaf', undefined], keyName: 'leaf' },
  { file: 'openssl-rc4.p12', names: TWO },
  { file: 'openssl-des.p12', names: TWO },
  { file: 'openssl-nomac.p12', names: TWO, integrity: 'absent' },
  { file: 'openssl-plain.p12', password: 'anything', names: TWO, integrity: 'absent' },
  { file: 'openssl-empty.p12', password: '', names: TWO },
  { file: 'openssl-empty.p12', password: undefined, names: TWO },
  { file: 'openssl-empty-legacy.p12', password: '', names: TWO },
  { file: 'openssl-empty-legacy.p12', password: undefined, names: TWO },
  { file: 'openssl-utf8.p12', password: 'Пароль 🔑', names: TWO },
  { file: 'openssl-utf8-legacy.p12', password: 'Пароль 🔑', names: TWO },
  { file: 'openssl-latin1.p12', password: 'päss', names: TWO },
  { file: 'openssl-widened.p12', password: 'päss', names: TWO, integrity: 'widened' },
  { file: 'openssl-ms.p12', names: ['a friendly name', undefined], keyName: 'a friendly name' },
  { file: 'nss.p12', names: ['the ca', 'leaf'], keyName: 'leaf' },
  { file: 'gnutls-aes-128.p12', names: ['leaf', undefined], keyName: 'leaf' },
  { file: 'gnutls-null.p12', password: '', names: ['leaf'], keyName: 'leaf' },
  { file: 'java.p12', names: ['leaf', 'CN=Test CA,O=Test', 'trusted ca'], keyName: 'leaf', secrets: 1 },
  { file: 'java-legacy.p12', names: ['leaf', 'CN=Test CA,O=Test'], keyName: 'leaf' },
];

const passwordOf = (one: Case) =>
  'password' in one ? (one.password === undefined ? undefined : secret(one.password)) : secret('secret');

describe('K5 reading the PKCS#12 files of other programs', () => {
  const leaf = certificate('leaf.pem');

  it.each(CASES)('$file', (one) => {
    const contents = readPkcs12(data(one.file), {
      password: passwordOf(one),
      allowMissingMac: one.integrity === 'absent',
    });
    expect(contents.integrity).toBe(one.integrity ?? 'verified');
    expect(contents.certificates.map((entry) => entry.friendlyName)).toEqual(one.names);
    expect(contents.secrets).toHaveLength(one.secrets ?? 0);
    const [key] = contents.keys;
    expect(key?.friendlyName).toBe(one.keyName);
    const read = PrivateKey.fromPkcs8(key?.pkcs8 as Buffer);
    expect(read.publicKey.equals(PublicKey.fromSpki(leaf.spki))).toBe(true);
    const own = contents.certificates.find((entry) => entry.localKeyId);
    expect(own?.localKeyId).toEqual(key?.localKeyId);
    expect(Certificate.read(own?.der as Buffer).der.equals(leaf.der)).toBe(true);
  });

  const withMac = CASES.filter((one) => one.integrity !== 'absent' && !/nss|gnutls/.test(one.file));
  it.each(withMac)("$file refuses a wrong password in OpenSSL's words", ({ file }) => {
    expect(() => readPkcs12(data(file), { password: secret('wrong') })).toThrow('Mac verify error: invalid password?');
  });

  it('a file without MAC refuses a wrong password too', () => {
    expect(
      codeOf(() => readPkcs12(data('openssl-nomac.p12'), { password: secret('wrong'), allowMissingMac: true })),
    ).toBe('ERR_PASSPHRASE');
  });

  it('takes the passwords of MAC and encryption apart', () => {
    const [password, macPassword] = [secret('enc'), secret('mac')];
    expect(readPkcs12(data('openssl-twopass.p12'), { password, macPassword }).keys).toHaveLength(1);
    expect(codeOf(() => readPkcs12(data('openssl-twopass.p12'), { password }))).toBe('ERR_PASSPHRASE');
    expect(readPkcs12(data('openssl-twopass.p12'), { password, verifyMac: false }).keys).toHaveLength(1);
    expect(() => readPkcs12(data('openssl-twopass.p12'), { password: secret('mac') })).toThrow(/another password/);
  });

  it('PBMAC1 of RFC 9579 appendix A.1', () => {
    const file = Buffer.from(data('rfc9579-a1.b64').toString('latin1'), 'base64');
    const contents = readPkcs12(file, { password: secret('1234') });
    expect([contents.integrity, contents.keys.length, contents.certificates.length]).toEqual(['verified', 1, 1]);
    expect(codeOf(() => readPkcs12(file, { password: secret('4321') }))).toBe('ERR_PASSPHRASE');
  });

  it('what is no PKCS#12 file is said in one line', () => {
    for (const bytes of [Buffer.alloc(0), data('leaf.pem'), data('leaf.key'), certificate('leaf.pem').der]) {
      expect(() => readPkcs12(bytes)).toThrow(/^[^\n]*$/);
      expect(['ERR_FORMAT', 'ERR_DER']).toContain(codeOf(() => readPkcs12(bytes)));
    }
  });
});
