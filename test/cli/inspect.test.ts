/** The command `inspect` as people and scripts use it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INSPECT_FLAGS } from '../../src/cli/inspect/run.ts';
import { encodePem } from '../../src/lib/der/pem.ts';
import { writePrivateKey } from '../../src/lib/keys/write.ts';
import { authority, issue, NOW, type Party } from '../support/chains.ts';
import { scratch, tlskit } from '../support/tlskit.ts';
import { ourServer, Program, TLSKIT } from '../support/tls-programs.ts';

const DATA = join(import.meta.dirname, '../data');
const AT = String(NOW / 1000);

interface Document {
  readonly objects: readonly (Record<string, unknown> & { readonly kind: string })[];
  readonly findings: readonly { readonly id: string; readonly object: number | null }[];
  readonly trust: { readonly ok: boolean; readonly code: number } | null;
  readonly server: Record<string, unknown> | null;
  readonly roots: readonly number[];
}

const json = (...args: string[]): Document => {
  const { status, stdout, stderr } = tlskit(['inspect', ...args, '--json']);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Document;
};
const kinds = (document: Document): string[] => document.objects.map(({ kind }) => kind);

const pem = (...parties: readonly Party[]): string =>
  parties.map(({ certificate }) => encodePem('CERTIFICATE', certificate.der)).join('');

const keyPem = (party: Party): string => writePrivateKey(party.key, { format: 'pkcs8' }) as string;

const root = authority('/CN=inspect root', undefined, { to: 30_000 });
const leaf = issue('/CN=\u001b[31mlocalhost', root, {
  to: 20_000,
  extensions: [['subjectAltName', 'DNS:localhost,IP:127.0.0.1,IP:2001:db8::1']],
});

describe('K9 inspect', () => {
  it('shows a tree, keys, and nothing that controls a terminal', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'chain.pem'), pem(leaf, root));
    writeFileSync(join(folder, 'key.pem'), keyPem(leaf));
    const { status, stdout } = tlskit(['inspect', 'chain.pem', 'key.pem', '-attime', AT], { cwd: folder });
    expect(status).toBe(0);
    expect(Buffer.from(stdout, 'latin1').toString()).toBe(`2 files  2 certificates, 1 private key

inspect root  root CA
│ EC P-256, signed with SHA-256
│ 2026-05-22 to 2108-07-21, 82.1 years left
│ in chain.pem
│
└─ \\1B[31mlocalhost  any use
     EC P-256, signed with SHA-256
     2026-05-22 to 2081-03-04, 54.8 years left
     names: localhost, IP 127.0.0.1, IP 2001:db8::1
     in chain.pem
     ✓ its private key is here
     · valid for 20010 days: browsers refuse that from public CAs, and Apple
         devices over 825 from any [long-lived]

Private key, EC P-256
  PKCS#8, not encrypted
  belongs to the certificate \\1B[31mlocalhost
  in key.pem

! not trusted: self-signed certificate in certificate chain (error 19)
`);
    const trusted = tlskit(['inspect', 'chain.pem', '-CAfile', 'chain.pem', '-attime', AT, '-strict'], { cwd: folder });
    expect([trusted.status, trusted.stdout.includes('trusted: the chain ends')]).toEqual([0, true]);
    expect(tlskit(['inspect', 'chain.pem', '-strict', '-host', 'other'], { cwd: folder }).status).toBe(1);
  });

  it('knows what is in containers', () => {
    const p12 = join(DATA, 'pkcs12/openssl-default.p12');
    expect(kinds(json(p12))).toEqual(['locked']);
    expect(kinds(json(join(DATA, 'cms/chain.p7b')))).toEqual(['cms', 'certificate', 'certificate', 'crl']);
    expect(kinds(json(join(DATA, 'cms/signed.eml')))).toEqual(['cms', 'certificate']);
    expect(json(join(DATA, 'cms/rsa.pem'), join(DATA, 'cms/rsa.key')).objects[1]).toMatchObject({
      kind: 'privateKey',
      fits: [0],
      key: { bits: 2048 },
    });
  });

  it('refuses what it does not know in one line', () => {
    for (const [input, words] of [
      ['', 'the file is empty'],
      ['hello', 'neither PEM nor DER'],
      ['  -----BEGIN CERTIFICATE-----\n', 'nothing'],
    ] as const) {
      const { status, stdout, stderr } = tlskit(['inspect', '-'], { input });
      expect(status === 1 ? stderr : stdout).toMatch(words === 'nothing' ? /./ : new RegExp(words));
      expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
    }
    expect(tlskit(['inspect', 'http://example.org']).stderr).toContain('https://');
  });

  it('says every option and member in its documentation', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/inspect.md'), 'utf8');
    for (const flag of ['passin', 'host', 'attime', 'long', 'strict', 'CAfile']) expect(page).toContain(`\`-${flag}\``);
    expect(Object.keys(INSPECT_FLAGS).length).toBeGreaterThan(8);
    const document = json(join(DATA, 'cms/ca.pem'));
    for (const member of Object.keys(document)) expect(page).toContain(`| \`${member}\``);
    for (const member of Object.keys(document.objects[0] ?? {})) expect(page).toContain(`\`${member}\``);
  });
});

describe('K9 inspect of a server', () => {
  it('shows the chain that it sends', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'chain.pem'), pem(leaf) + keyPem(leaf));
    writeFileSync(join(folder, 'root.pem'), pem(root));
    const { port } = await ourServer(folder, ['-cert', 'chain.pem', '-key', 'chain.pem']);
    const client = new Program(
      TLSKIT,
      ['inspect', `127.0.0.1:${port}`, '-CAfile', 'root.pem', '-attime', AT, '--json'],
      folder,
    );
    await client.finish();
    const document = JSON.parse(client.text) as Document;
    expect(document.server).toMatchObject({ host: '127.0.0.1', port, version: 'TLSv1.3' });
    expect(document.trust?.ok).toBe(true);
  });
});
