import { webcrypto } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import * as pkijs from 'pkijs';
import { describe, expect, it } from 'vitest';
import { cipherByName, type KeyCipher } from '../../../src/lib/crypto/ciphers.ts';
import { digestByName, type Digest } from '../../../src/lib/crypto/digests.ts';
import { fixedSchemes } from '../../../src/lib/crypto/pbe-schemes.ts';
import type { PbeScheme } from '../../../src/lib/crypto/pbe.ts';
import { decodePem } from '../../../src/lib/der/index.ts';
import { encodePkcs8 } from '../../../src/lib/keys/encode.ts';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { readPrivateKey } from '../../../src/lib/keys/read.ts';
import {
  PKCS12_OID,
  readPfx,
  readPkcs12,
  writePkcs12,
  type Pkcs12Input,
  type ReadOptions,
} from '../../../src/lib/pkcs12/index.ts';
import { certificate, codeOf, data, secret } from './data.ts';

const digest = (name: string): Digest => digestByName(name) as Digest;
const aes: PbeScheme = { kind: 'pbes2', cipher: cipherByName('aes-256-cbc') as KeyCipher };
const mac = { digest: digest('sha256'), iterations: 2048 };
const [leaf, ca] = [certificate('leaf.pem').der, certificate('ca.pem').der];
const key: PrivateKey = await readPrivateKey(data('leaf.key'), { source: 'leaf.key' });
const pkcs8 = encodePkcs8(key.type, key.components);
const id = Buffer.from('0102', 'hex');

const input = (changes: Partial<Pkcs12Input> = {}): Pkcs12Input => ({
  certificates: [{ der: leaf, friendlyName: 'Blatt 🍃', localKeyId: id }, { der: ca }],
  keys: [{ pkcs8, friendlyName: 'Blatt 🍃', localKeyId: id }],
  password: secret('pässwörd'),
  certificateScheme: aes,
  keyScheme: aes,
  mac,
  ...changes,
});

function expectSame(file: Buffer, options: ReadOptions = { password: secret('pässwörd') }): void {
  const contents = readPkcs12(file, options);
  expect(contents.certificates.map((one) => one.der)).toEqual([leaf, ca]);
  expect(contents.keys.map((one) => [one.pkcs8, one.friendlyName, one.localKeyId])).toEqual([[pkcs8, 'Blatt 🍃', id]]);
}

describe('K5 what is written is read again', () => {
  it.each(fixedSchemes().map((scheme) => [scheme.name, scheme] as const))('%s', (_, scheme) => {
    const fixed: PbeScheme = { kind: 'fixed', scheme };
    expectSame(
      writePkcs12(input({ certificateScheme: fixed, keyScheme: fixed, mac: { ...mac, digest: digest('sha1') } })),
    );
  });

  it.each(['aes-128-cbc', 'des-ede3-cbc', 'camellia-256-cbc', 'aria-192-cbc', 'sm4-cbc', 'des-cbc', 'rc2-cbc'])(
    'PBES2 with %s',
    (name) => {
      const scheme: PbeScheme = { kind: 'pbes2', cipher: cipherByName(name) as KeyCipher };
      expectSame(writePkcs12(input({ certificateScheme: scheme, keyScheme: scheme })));
    },
  );

  it.each(['md5', 'sha1', 'sha384', 'sha512', 'sha3-256', 'ripemd160'])('MAC with %s', (name) => {
    expectSame(writePkcs12(input({ mac: { digest: digest(name), iterations: 1 } })));
  });

  it('PBMAC1, no MAC, nothing encrypted, no password', () => {
    expectSame(writePkcs12(input({ mac: { ...mac, pbkdf2: digest('sha512'), saltLength: 16 } })));
    expectSame(writePkcs12(input({ mac: 'none' })), { password: secret('pässwörd'), allowMissingMac: true });
    expectSame(writePkcs12(input({ certificateScheme: 'none', keyScheme: 'none' })));
    expectSame(writePkcs12(input({ password: undefined })), {});
    expectSame(writePkcs12(input({ password: secret('') })), {});
  });

  it('what is left out is protected as OpenSSL 3.0 protects it', () => {
    const { certificates, keys, password } = input();
    const file = writePkcs12({ certificates, keys, password });
    expectSame(file);
    const { safes, mac } = readPfx(file);
    expect(safes.map(({ kind }) => kind)).toEqual(['encrypted', 'data']);
    expect(file.includes(pkcs8)).toBe(false);
    expect(mac).toMatchObject({ oid: '2.16.840.1.101.3.4.2.1', iterations: 2048 });
  });

  it('a file without a MAC is refused where there is a password, unless that is allowed', () => {
    const file = writePkcs12(input({ mac: 'none' }));
    expect(codeOf(() => readPkcs12(file, { password: secret('pässwörd') }))).toBe('ERR_VERIFY');
    const allowed = { password: secret('pässwörd'), allowMissingMac: true };
    expect(readPkcs12(file, allowed).integrity).toBe('absent');
  });

  it("attributes of Microsoft and of Java's trust", () => {
    const file = writePkcs12(
      input({
        keys: [{ pkcs8, usage: 'signature', csp: 'Provider', localMachine: true }],
        certificates: [{ der: ca, trustedFor: PKCS12_OID.anyExtendedKeyUsage }],
      }),
    );
    const { keys, certificates } = readPkcs12(file, { password: secret('pässwörd') });
    expect(keys[0]?.attributes.map(({ oid }) => oid).sort()).toEqual(
      [PKCS12_OID.cspName, PKCS12_OID.localKeySet].sort(),
    );
    expect(PrivateKey.fromPkcs8(keys[0]?.pkcs8 as Buffer).publicKey.equals(key.publicKey)).toBe(true);
    expect(certificates[0]?.attributes.map(({ oid }) => oid)).toEqual([PKCS12_OID.trustedKeyUsage]);
  });

  it('errors', () => {
    expect(codeOf(() => writePkcs12(input({ certificates: [], keys: [] })))).toBe('ERR_USAGE');
    expect(codeOf(() => writePkcs12(input({ mac: { ...mac, digest: digest('shake256') } })))).toBe('ERR_UNSUPPORTED');
    expect(codeOf(() => writePkcs12(input({ mac: { ...mac, digest: digest('md5-sha1') } })))).toBe('ERR_UNSUPPORTED');
    expect(codeOf(() => writePkcs12(input({ mac: { ...mac, iterations: 1e9 } })))).toBe('ERR_LIMIT');
  });
});

describe('K5 others read what is written', () => {
  it('Node', () => {
    const pfx = writePkcs12(input());
    expect(() => createSecureContext({ pfx, passphrase: 'pässwörd' })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: 'wrong' })).toThrow();
  });

  it('pkijs', async () => {
    pkijs.setEngine('node', new pkijs.CryptoEngine({ crypto: webcrypto as never }));
    const password = new TextEncoder().encode('plain').buffer;
    const file = writePkcs12(input({ password: secret('plain') }));
    const pfx = pkijs.PFX.fromBER(file);
    await pfx.parseInternalValues({ password, checkIntegrity: true });
    const safe = pfx.parsedValue?.authenticatedSafe as pkijs.AuthenticatedSafe;
    await safe.parseInternalValues({ safeContents: [{ password }, {}] });
    const [certificates, keys] = safe.parsedValue.safeContents.map(
      (one: { value: pkijs.SafeContents }) => one.value.safeBags,
    );
    expect(
      certificates.map((bag: pkijs.SafeBag) =>
        Buffer.from((bag.bagValue as pkijs.CertBag).parsedValue.toSchema().toBER()),
      ),
    ).toEqual([leaf, ca]);
    const shrouded = keys[0].bagValue as pkijs.PKCS8ShroudedKeyBag;
    await (shrouded as unknown as { parseInternalValues(o: object): Promise<void> }).parseInternalValues({ password });
    expect(Buffer.from(shrouded.parsedValue?.toSchema().toBER() as ArrayBuffer)).toEqual(pkcs8);
  });
});

describe('a key in PKCS#12', () => {
  it('is found by readPrivateKey', async () => {
    const passphrase = () => secret('pässwörd');
    const found = await readPrivateKey(writePkcs12(input()), { source: 'x.p12', passphrase });
    expect(found.publicKey.equals(key.publicKey)).toBe(true);
    expect(decodePem(data('leaf.key').toString())).toHaveLength(1);
  });
});
