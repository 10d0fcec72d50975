import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePem } from '../../../src/lib/der/pem.ts';
import { FINDINGS, inspectObjects, recognise, type InspectOptions } from '../../../src/lib/inspect/index.ts';
import { writePrivateKey } from '../../../src/lib/keys/write.ts';
import { authority, issue, makeKey, NOW, type Party } from '../../support/chains.ts';

const pem = (...parties: readonly Party[]): string =>
  parties.map(({ certificate }) => encodePem('CERTIFICATE', certificate.der)).join('');
const keyPem = (party: Party): string => writePrivateKey(party.key, { format: 'pkcs8' }) as string;

/** Identifiers of what is found in a text, with the place of the object. */
async function found(text: string, options: Partial<InspectOptions> = {}): Promise<string[]> {
  const objects = await recognise(Buffer.from(text), { source: 'test' });
  const { findings } = inspectObjects(objects, { now: NOW, pem: true, trusts: () => false, ...options });
  for (const { text: words } of findings) expect(words).not.toMatch(/[\n\t]/);
  return findings.map(({ id, object }) => (object === undefined ? id : `${object} ${id}`));
}

const root = authority('/CN=root', undefined, { to: 4000 });
const middle = authority('/CN=middle', root, { to: 3000 });
const san = [['subjectAltName', 'DNS:www.example.org,IP:10.0.0.1']] as const;
const leaf = issue('/CN=www.example.org', middle, { to: 90, extensions: san });

describe('K9 inspect: what is odd', () => {
  it('finds nothing in a good chain with its key, in the order of servers', async () => {
    expect(await found(pem(leaf, middle, root) + keyPem(leaf), { host: 'www.example.org' })).toEqual([]);
    expect(await found(pem(leaf, middle, root), { host: '10.0.0.1' })).toEqual([]);
  });

  it('tells a chain apart from its pieces', async () => {
    expect(await found(pem(root, middle, leaf))).toEqual(['order']);
    expect(await found(pem(leaf, root))).toEqual(['0 issuer-missing']);
    expect(await found(pem(leaf), { trusts: () => true })).toEqual([]);
    expect(await found(pem(leaf, middle, leaf, root))).toEqual(['2 duplicate']);
    expect(await found(pem(leaf, middle, root), { served: true })).toEqual(['2 root-included']);
  });

  it.each([
    ['expired', { from: -100, to: -1 }],
    ['not-yet-valid', { from: 1, to: 90 }],
    ['expires-soon', { to: 29 }],
    ['long-lived', { to: 400 }],
    ['weak-signature', { to: 90, digest: 'sha1' }],
    ['weak-key', { to: 90, key: makeKey('rsa1024') }],
    ['old-version', { to: 90, version1: true, extensions: [] }],
    ['unknown-critical', { to: 90, extra: [{ oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') }] }],
    ['broken-extension', { to: 90, extra: [{ oid: '2.5.29.15', critical: true, value: Buffer.from('0500', 'hex') }] }],
  ])('finds %s', async (id, options) => {
    const odd = issue('/CN=www.example.org', middle, { extensions: san, ...options });
    expect(await found(pem(odd, middle, root))).toContain(`0 ${id}`);
  });

  it('finds names that do not fit', async () => {
    expect(await found(pem(leaf, middle, root), { host: 'example.org' })).toEqual(['0 name-mismatch']);
    expect(await found(pem(issue('/CN=www.example.org', middle, { to: 90 }), middle, root))).toEqual(['0 no-san']);
    const other = issue('/CN=other.example.org', middle, { to: 90, extensions: san });
    expect(await found(pem(other, middle, root))).toEqual(['0 cn-not-in-san']);
    expect(await found(pem(authority('/CN=localhost', undefined, { to: 90 })))).toEqual(['0 no-san']);
  });

  it('finds signatures of another key, and issuers that are none', async () => {
    const imposter = authority('/CN=root', undefined, { to: 4000 });
    const orphan = authority('/CN=middle', root, { to: 90, extensions: [['basicConstraints', 'critical,CA:TRUE']] });
    expect(await found(pem(orphan, imposter))).toEqual(['0 signature-wrong']);
    const ends = issue('/CN=x.example.org', leaf, { to: 90, extensions: [['subjectAltName', 'DNS:x.example.org']] });
    expect(await found(pem(ends, leaf, middle, root))).toEqual(['1 not-a-ca']);
  });

  it('finds keys that belong to nobody', async () => {
    expect(await found(pem(leaf, middle, root) + keyPem(middle) + keyPem({ ...leaf, key: makeKey() }))).toEqual([
      '4 key-mismatch',
    ]);
  });

  it('revokes by a CRL that stands beside', async () => {
    const folder = join(import.meta.dirname, '../../data/cms');
    const files = ['p384.pem', 'ca.pem', 'ca.crl'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const objects = await recognise(Buffer.from(files.join('')), { source: 'test' });
    const { findings } = inspectObjects(objects, { now: Date.now() });
    expect(findings.map(({ id, object }) => `${object} ${id}`)).toContain('0 revoked');
    const late = inspectObjects(objects, { now: Date.UTC(2200, 0, 1) });
    expect(late.findings.map(({ id }) => id)).toContain('crl-expired');
  });

  it('survives cross-signed circles', async () => {
    const [a, b] = [makeKey(), makeKey()];
    const first = authority('/CN=a', undefined, { key: a });
    const second = authority('/CN=b', first, { key: b });
    const back = authority('/CN=a', second, { key: a });
    const { chains, certificates } = inspectObjects(
      await recognise(Buffer.from(pem(second, back)), { source: 'test' }),
      { now: NOW },
    );
    expect(certificates.length).toBe(2);
    expect(chains.roots.length).toBe(1);
    expect(chains.roots[0]?.issued.length).toBe(1);
  });

  it.each(['jks', 'jceks'])('reads names and certificates of a Java keystore: %s', async (form) => {
    const bytes = readFileSync(join(import.meta.dirname, `../../data/keystores/one.${form}`));
    const objects = await recognise(bytes, { source: 'test' });
    expect(objects.map(({ kind, place }) => [kind, place.alias])).toEqual([
      ['keystore', undefined],
      ['certificate', 'foo'],
    ]);
    for (let length = 0; length < bytes.length - 20; length += 7) {
      const cut = await recognise(bytes.subarray(0, length), { source: 'test' }).catch((error: Error) => error.name);
      expect(cut === 'TlskitError' || (cut as { kind: string }[])[0]?.kind === 'broken', `${length}`).toBe(true);
    }
  });

  it('has each finding in the documentation', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/inspect.md'), 'utf8');
    for (const id of Object.keys(FINDINGS)) expect(page).toContain(`| \`${id}\``);
    expect(Object.keys(FINDINGS).length).toBeGreaterThan(20);
    expect(page).toContain('-strict');
  });
});
