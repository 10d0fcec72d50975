/** [K8] Post-quantum keys and certificates as OpenSSL 3.5 has them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom, withRandom } from '../../../src/lib/crypto/random.ts';
import { verifyData, signData } from '../../../src/lib/dgst/sign.ts';
import { checkPrivateKey } from '../../../src/lib/keys/check.ts';
import { generateKey } from '../../../src/lib/keys/generate.ts';
import type { PrivateKey, PublicKey } from '../../../src/lib/keys/model.ts';
import { SEEDED_FORMS, type SeededForm } from '../../../src/lib/keys/private-forms.ts';
import { readPrivateKey, readPublicKey } from '../../../src/lib/keys/read.ts';
import { writePrivateKey } from '../../../src/lib/keys/write.ts';
import type { PostQuantumType } from '../../../src/lib/registry/post-quantum.ts';
import { certificateText } from '../../../src/lib/text/certificate.ts';
import { parseNameOptions } from '../../../src/lib/text/name.ts';
import { privateKeyText, publicText } from '../../../src/lib/text/key.ts';
import { TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { certificateSignedBy } from '../../../src/lib/x509/verify-signed.ts';
import { Certificate, readCertificates } from '../../../src/lib/x509/certificate.ts';

interface Golden {
  readonly keys: readonly {
    readonly type: PostQuantumType;
    readonly seed: string;
    readonly pem?: string;
    readonly forms: Readonly<Record<string, string>>;
    readonly spki: string;
    readonly text: string;
    readonly publicText: string;
  }[];
  readonly references: readonly { readonly publicKey: string; readonly signature: string; readonly type: string }[];
  readonly signatures: Golden['references'];
  readonly certificates: readonly Readonly<Record<'name' | 'pem' | 'outline' | 'text', string>>[];
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'openssl-3.5.json'), 'utf8')) as Golden;
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const read = (bytes: string | Buffer): Promise<PrivateKey> => readPrivateKey(Buffer.from(bytes), { source: 'test' });
const written = (key: PrivateKey, form: SeededForm): Buffer =>
  writePrivateKey(key, { format: 'pkcs8', form: 'der', seeded: [form] }) as Buffer;

// seconds in JavaScript; the others show the arithmetic too
const SLOW = /^slh-dsa-shake-\d+s$/;

describe('keys', () => {
  test.each(golden.keys)('[K8] $type: from the seed, all files and texts are those of OpenSSL 3.5', async (row) => {
    const { type, seed, pem } = row;
    const made = SLOW.test(type)
      ? await read(pem as string)
      : await generateKey({ type, seed: Buffer.from(seed, 'hex') });
    const facts = (key: PrivateKey): object => ({
      spki: sha256(key.publicKey.spki),
      text: sha256(privateKeyText(key)),
      publicText: sha256(publicText(key.publicKey)),
    });
    const wanted = { spki: row.spki, text: row.text, publicText: row.publicText };
    expect(facts(made)).toEqual(wanted);
    if (pem !== undefined) {
      expect(writePrivateKey(made, { format: 'pkcs8' })).toBe(pem);
      expect(facts(await read(pem))).toEqual(wanted);
      return;
    }
    const forms = Object.fromEntries(SEEDED_FORMS.map((form) => [form, sha256(written(made, form))]));
    expect(forms).toEqual(row.forms);
    for (const form of SEEDED_FORMS) {
      const again = await read(written(made, form));
      expect(again.publicKey.equals(made.publicKey), form).toBe(true);
      expect(checkPrivateKey(again), form).toEqual([]);
      // a key without its seed stays without it
      const whole = form.includes('seed') ? 'seed-priv' : 'priv-only';
      expect(sha256(writePrivateKey(again, { format: 'pkcs8', form: 'der' })), form).toBe(row.forms[whole]);
    }
  });

  test('[K8] a seed beside a key of another one is found', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map((n) => generateKey({ type: 'ml-dsa-44', seed: Buffer.alloc(32, n) })),
    );
    const mixed = written(one as PrivateKey, 'seed-priv');
    written(other as PrivateKey, 'seed-only')
      .subarray(-32)
      .copy(mixed, mixed.indexOf(Buffer.alloc(32, 1)));
    const key = await read(mixed);
    expect(checkPrivateKey(key)).toEqual(['the ML-DSA-44 private key is not the one that its seed makes']);
    expect(() => signData(key, Buffer.from('x'))).toThrow('not the one that its seed makes');
  });

  test('[K8] expanded keys whose parts do not fit are found', async () => {
    for (const type of ['ml-dsa-65', 'ml-kem-512'] as const) {
      const good = written(await generateKey({ type }), 'priv-only');
      // of ML-DSA: rho, tr, s1; of ML-KEM: ek and its hash
      const places = type === 'ml-dsa-65' ? [0, 64, 128] : [800, 1567, 1570];
      const label = type.toUpperCase();
      for (const place of places) {
        const key = Buffer.from(good);
        const at = key.length - (type === 'ml-dsa-65' ? 4032 : 1632) + place;
        key[at] = (key[at] as number) ^ 0xff;
        expect(checkPrivateKey(await read(key)), `${type} ${place}`).toEqual([`the ${label} private key is damaged`]);
      }
    }
  });

  test('[K8] keys of a wrong length, with parameters, or in pieces are refused', async () => {
    const good = written(await generateKey({ type: 'ml-kem-512', seed: Buffer.alloc(64) }), 'seed-only');
    const shorter = Buffer.concat([good.subarray(0, -1)]);
    for (const [octets, message] of [
      [shorter, /./],
      [
        Buffer.from('302e020100300b0609608648016503040311041c801a' + '00'.repeat(26), 'hex'),
        /26 octets where 32 belong/,
      ],
      [Buffer.from('3018020100300b06096086480165030403110406300404020000', 'hex'), /not seed and expanded key/],
    ] as const)
      await expect(read(octets)).rejects.toThrow(message);
    const spki = Buffer.from('3012300d06096086480165030403110500030100', 'hex');
    expect(() => readPublicKey(spki, { source: 'test' })).toThrow(/has parameters/);
  });
});

const publicKey = (pem: string): PublicKey => readPublicKey(Buffer.from(pem), { source: 'test' });

describe('signatures', () => {
  test('[K8] of OpenSSL are good, and changed ones are not', () => {
    const cases = [
      ...golden.references.map((row) => ({ ...row, data: publicKey(row.publicKey).spki })),
      ...golden.signatures.map((row) => ({ ...row, data: Buffer.from('hello\n') })),
    ];
    for (const { publicKey: pem, signature, data, type } of cases) {
      const [key, octets] = [publicKey(pem), Buffer.from(signature, 'base64')];
      expect(verifyData(key, data, octets), type).toBe(true);
      for (const changed of [Buffer.from(octets), octets.subarray(1), Buffer.concat([octets, Buffer.alloc(1)])]) {
        if (changed.length === octets.length) changed[100] = (changed[100] as number) ^ 1;
        expect(verifyData(key, data, changed), type).toBe(false);
      }
      expect(verifyData(key, Buffer.concat([data, data]), octets), type).toBe(false);
    }
  });

  test('[K8] repeatable ones are the deterministic ones of FIPS 204', async () => {
    for (const { type, publicKey: pem, signature } of golden.references) {
      const seed = Buffer.from(golden.keys.find((row) => row.type === type)?.seed ?? '', 'hex');
      const key = await generateKey({ type: type as PostQuantumType, seed });
      expect(key.publicKey.equals(publicKey(pem))).toBe(true);
      const made = withRandom(seededRandom('any', 'nonce'), () => signData(key, key.publicKey.spki));
      expect(made.toString('base64'), type).toBe(signature);
    }
  });
});

describe('certificates', () => {
  const nameopt = parseNameOptions('oneline');
  const read509 = (pem: string): Certificate => readCertificates(Buffer.from(pem), 'test')[0] as Certificate;
  test.each(golden.certificates)('[K9] $name has the text of OpenSSL 3.5', ({ pem, outline, text }) => {
    const ours = certificateText(read509(pem), { nameopt });
    expect(ours.replaceAll(/^ +([0-9a-f]{2}:)*[0-9a-f]{2}:?\n/gm, '')).toBe(outline);
    expect(sha256(ours)).toBe(text);
  });

  test('[K10] the example of RFC 9881 has the key of its seed, and its signature is good', async () => {
    const pem = readFileSync(join(import.meta.dirname, 'lamps-ML-DSA-44.crt'), 'latin1');
    const certificate = read509(pem);
    const key = await generateKey({ type: 'ml-dsa-44', seed: Buffer.from(Array.from({ length: 32 }, (_, i) => i)) });
    expect(certificate.spki.equals(key.publicKey.spki)).toBe(true);
    expect(certificateSignedBy(certificate, key.publicKey)).toBe(true);
  });

  test('[K10] chains of ML-DSA and SLH-DSA are verified; a changed signature, and too weak a level, are not', () => {
    const by = new Map(golden.certificates.map(({ name, pem }) => [name, read509(pem)]));
    const get = (name: string): Certificate => by.get(name) as Certificate;
    const time = Date.now();
    const errors = (leaf: Certificate, root: string, authLevel = 0): readonly string[] =>
      verifyChain(leaf, {
        trusted: new TrustStore([get(root)]),
        untrusted: [get('ca')],
        time,
        authLevel,
        checkRootSignature: true,
      }).errors.map(({ name }) => name);
    expect(errors(get('leaf'), 'root', 3)).toEqual([]);
    expect(errors(get('kem'), 'root', 3)).toEqual([]);
    expect(errors(get('openssl-server'), 'openssl-root', 3)).toEqual([]);
    expect(errors(get('leaf'), 'root', 4)).toContain('EE_KEY_TOO_SMALL');
    const changed = Buffer.from(get('leaf').der);
    changed[changed.length - 1000] = (changed[changed.length - 1000] as number) ^ 1;
    expect(errors(Certificate.read(changed), 'root')).toEqual(['CERT_SIGNATURE_FAILURE']);
  });
});
