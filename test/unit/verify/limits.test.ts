/** Graphs and certificates that are made to cost time. */
import { describe, expect, it } from 'vitest';
import { TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { authority, CA_EXTENSIONS, issue, makeKey, NOW, type Party } from '../../support/chains.ts';
import { cpuSeconds } from '../../support/cpu.ts';

describe('K10: the work is bounded', () => {
  it('600 authorities of one name that issue each other', async () => {
    const keys = [makeKey(), makeKey(), makeKey()];
    const parties: Party[] = [authority('/CN=Loop', undefined, { key: keys[0]! })];
    for (let i = 1; i < 600; i += 1) {
      parties.push(authority('/CN=Loop', parties[(i * 7) % parties.length], { key: keys[i % 3]! }));
    }
    const leaf = issue('/CN=leaf', parties.at(-1));
    const untrusted = parties.slice(1).map(({ certificate }) => certificate.der);
    const time = await cpuSeconds(() => {
      const { ok, chain, errors } = verifyChain(leaf.certificate, { trusted: new TrustStore(), untrusted, time: NOW });
      expect(ok).toBe(false);
      expect(chain.length).toBeLessThanOrEqual(102);
      expect(errors.length).toBeLessThan(300);
    });
    expect(time).toBeLessThan(10);
  });

  it('a thousand names under a thousand constraints, four times', async () => {
    const names = (head: string): string =>
      Array.from({ length: 1000 }, (_, i) => `${head}DNS:h${i}.example.org`).join();
    const extensions = [...CA_EXTENSIONS, ['nameConstraints', names('excluded;').replaceAll('h', 'x')] as const];
    const chain: Party[] = [authority('/CN=C0', undefined, { extensions })];
    for (let i = 1; i < 4; i += 1) chain.push(authority(`/CN=C${i}`, chain.at(-1), { extensions }));
    const leaf = issue('/CN=leaf', chain.at(-1), { extensions: [['subjectAltName', names('')]] });
    const time = await cpuSeconds(() => {
      const { errors } = verifyChain(leaf.certificate, {
        trusted: new TrustStore([chain[0]!.certificate]),
        untrusted: chain.slice(1).map(({ certificate }) => certificate.der),
        time: NOW,
      });
      expect(errors.every(({ name }) => name === 'UNSPECIFIED')).toBe(true);
      expect(errors.length).toBeGreaterThan(0);
    });
    expect(time).toBeLessThan(10);
  });

  it('a dense mesh with ways in, all of which are refused for their names', async () => {
    const keys = Array.from({ length: 14 }, () => makeKey());
    const self = keys.map((key, i) => authority(`/CN=M ${i}`, undefined, { key }));
    const mesh = self.flatMap((issuer, i) =>
      keys.map((key, j) => authority(`/CN=M ${j}`, issuer, { key })).filter((_, j) => j !== i),
    );
    const names = Array.from({ length: 400 }, (_, i) => `permitted;DNS:h${i}.example.org`).join();
    const extensions = [...CA_EXTENSIONS, ['nameConstraints', names] as const];
    const root = authority('/CN=Root', undefined, { extensions });
    const ways = keys.map((key, i) => authority(`/CN=M ${i}`, root, { key }));
    const many = Array.from({ length: 400 }, (_, i) => `DNS:h${i}.example.com`).join();
    const leaf = issue('/CN=leaf', self[0], { extensions: [['subjectAltName', many]] });
    const untrusted = [...mesh, ...ways].map(({ certificate }) => certificate);
    const time = await cpuSeconds(() => {
      const options = { trusted: new TrustStore([root.certificate]), untrusted, time: NOW };
      expect(verifyChain(leaf.certificate, options).errors.map(({ name }) => name)).toContain('PERMITTED_VIOLATION');
    });
    expect(time).toBeLessThan(10);
  });

  it('random octets are a clear error', () => {
    const good = issue('/CN=leaf', undefined).certificate.der;
    let refused = 0;
    for (let i = 0; i < good.length; i += 1) {
      const bytes = Buffer.from(good);
      bytes[i] = (bytes[i] as number) ^ (1 << (i % 8));
      try {
        verifyChain(bytes, { trusted: new TrustStore([good]), time: NOW, purpose: 'sslserver', authLevel: 1 });
      } catch (error) {
        expect(error).toMatchObject({ name: 'TlskitError', code: 'ERR_DER' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(10);
  });
});
