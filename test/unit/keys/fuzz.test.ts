import { generateKeyPairSync, randomInt } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cipherByName } from '../../../src/lib/crypto/ciphers.ts';
import { fixedSchemeByName } from '../../../src/lib/crypto/pbe-schemes.ts';
import { TlskitError } from '../../../src/lib/errors.ts';
import { checkPrivateKey, checkPublicKey } from '../../../src/lib/keys/check.ts';
import { namedGroup } from '../../../src/lib/keys/ec-group.ts';
import { generateKey } from '../../../src/lib/keys/generate.ts';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { readKeyParameters, readPrivateKey, readPublicKey } from '../../../src/lib/keys/read.ts';
import { parametersOf, writeParameters, writePrivateKey, writePublicKey } from '../../../src/lib/keys/write.ts';
import { curveByName } from '../../../src/lib/registry/curves.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { cpuSeconds } from '../../support/cpu.ts';

const secret = Secret.fromText('pw');
const source = 'k';
const rsa = PrivateKey.fromPkcs8(
  generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey.export({ type: 'pkcs8', format: 'der' }),
);

/** Files of every format, in small sizes. */
async function files(): Promise<[string, Buffer][]> {
  const ec = await generateKey({ type: 'ec', curve: 'prime256v1', encoding: 'explicit' });
  const sect = await generateKey({ type: 'ec', curve: 'sect113r1' });
  const dsa = await generateKey({ type: 'dsa', bits: 512, qbits: 160 }).catch(() =>
    generateKey({ type: 'dsa', bits: 1024 }),
  );
  const dhx = await generateKey({ type: 'dhx', group: 'dh_1024_160' });
  const ed = await generateKey({ type: 'ed25519' });
  const pss = await generateKey({
    type: 'rsa-pss',
    bits: 512,
    pss: { digest: 'sha256', mgf1Digest: 'sha256', saltLength: 20, trailerField: 1 },
  });
  const out: [string, Buffer][] = [];
  for (const key of [rsa, ec, sect, dsa, dhx, ed, pss]) {
    const name = key.type;
    out.push([`${name} pkcs8`, key.pkcs8], [`${name} spki`, key.publicKey.spki]);
    if (key.info.traditional) {
      out.push([`${name} traditional`, writePrivateKey(key, { format: 'traditional', form: 'der' }) as Buffer]);
      out.push([`${name} pem`, Buffer.from(writePrivateKey(key, { format: 'traditional' }) as string)]);
    }
    const parameters = parametersOf(key);
    if (parameters) out.push([`${name} parameters`, writeParameters(parameters, { form: 'der' }) as Buffer]);
  }
  const cipher = cipherByName('aes128')!;
  const encrypted = [
    { passphrase: secret, scheme: { kind: 'pbes2', cipher, iterations: 1 } },
    { passphrase: secret, scheme: { kind: 'scrypt', cipher, N: 2, r: 1 } },
    { passphrase: secret, scheme: { kind: 'fixed', scheme: fixedSchemeByName('PBE-SHA1-RC2-40')!, iterations: 1 } },
  ] as const;
  for (const encryption of encrypted) {
    out.push([
      `encrypted ${encryption.scheme.kind}`,
      writePrivateKey(rsa, { format: 'pkcs8', form: 'der', encryption }) as Buffer,
    ]);
  }
  const proc = writePrivateKey(rsa, { format: 'traditional', encryption: { passphrase: secret, cipher } });
  out.push(['proc-type', Buffer.from(proc as string)]);
  out.push(['jwk', Buffer.from(writePrivateKey(rsa, { format: 'jwk' }) as string)]);
  out.push(['openssh', Buffer.from(writePublicKey(rsa.publicKey, { format: 'openssh' }) as string)]);
  return out;
}

/** Everything that a command may do with input; all that may come out of it besides a result is a TlskitError of one line. */
async function survive(bytes: Uint8Array, deep: boolean): Promise<void> {
  const attempts: (() => unknown)[] = [
    async () => {
      const key = await readPrivateKey(bytes, { source, passphrase: () => secret });
      writePrivateKey(key, { format: 'pkcs8' });
      if (!deep) return;
      writePublicKey(key.publicKey);
      checkPrivateKey(key);
      writePrivateKey(key, { format: 'traditional', ec: { pointForm: 'compressed' } });
    },
    () => {
      const key = readPublicKey(bytes, { source });
      writePublicKey(key);
      if (!deep) return;
      checkPublicKey(key);
      writePublicKey(key, { format: 'jwk' });
    },
    () => writeParameters(readKeyParameters(bytes, { source })),
    () => writeParameters(readKeyParameters(bytes, { source, type: ['dh', 'dhx'] })),
  ];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      if (!(error instanceof TlskitError)) throw error;
      expect(error.message).not.toMatch(/\n|error:[0-9A-F]{8}/);
    }
  }
}

describe('damaged keys only ever give a clear error', async () => {
  const all = await files();

  it.each(all)('%s cut short', async (_, bytes) => {
    const step = Math.max(1, Math.floor(bytes.length / 150));
    for (let end = 0; end < bytes.length; end += step) await survive(bytes.subarray(0, end), false);
  });

  it.each(all)('%s with flipped bits', async (_, bytes) => {
    const start = performance.now();
    for (let round = 0; round < 200 && performance.now() - start < 1500; round += 1) {
      const damaged = Buffer.from(bytes);
      // structure stands at the front mostly
      const at = round < 120 ? round % Math.min(60, bytes.length) : randomInt(bytes.length);
      damaged[at]! ^= 1 << randomInt(8);
      expect(await cpuSeconds(() => survive(damaged, round % 5 === 0))).toBeLessThan(5);
    }
  });

  it('random octets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => survive(bytes, true)),
      { numRuns: 300 },
    );
  });

  it('text of all kinds', async () => {
    const label = fc.constantFrom(
      'PRIVATE KEY',
      'EC PRIVATE KEY',
      'PUBLIC KEY',
      'ENCRYPTED PRIVATE KEY',
      'EC PARAMETERS',
      'x',
    );
    const block = fc.tuple(label, fc.base64String({ maxLength: 80 }), fc.string({ maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(block, ([name, body, more]) =>
        survive(Buffer.from(`${more}\n-----BEGIN ${name}-----\n${body}\n-----END ${name}-----\n`), true),
      ),
      { numRuns: 300 },
    );
  });

  it('numbers of absurd size, within time', async () => {
    const big = (1n << 120_000n) + 1n;
    const key = { ...(rsa.components as object), n: big, p: big, q: big, d: big } as never;
    const dh = { kind: 'dh', p: big, g: 2n, x: big } as never;
    const ec = { kind: 'ec', group: namedGroup(curveByName('P-256')!), d: big } as never;
    const seconds = await cpuSeconds(async () => {
      await survive(PrivateKey.fromComponents('rsa', key).pkcs8, true);
      await survive(PrivateKey.fromComponents('dh', dh).pkcs8, true);
      await survive(PrivateKey.fromComponents('ec', ec).pkcs8, true);
    });
    expect(seconds).toBeLessThan(5);
  });
});
