/** What both programs send as their own chain: what -cert_chain names, else what the trusted certificates complete it to, as in OpenSSL. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodePem } from '../../../src/lib/der/index.ts';
import { describeWith } from '../../support/peers.ts';
import { issueFor, type TestIdentity } from '../../support/tls-certificates.ts';
import { OPENSSL, TLSKIT, client, makePki, opensslServer, ourServer } from '../../support/tls-programs.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
const CA = [
  ['basicConstraints', 'critical,CA:true'],
  ['keyUsage', 'critical,keyCertSign,cRLSign'],
] as const;

beforeAll(async () => {
  pki = await makePki({ other: 'p256' });
  const root = await issueFor({ kind: 'p256', name: 'Root', extensions: CA });
  const middle = await issueFor({ kind: 'p256', name: 'Middle', extensions: CA, issuer: root });
  const leaf = await issueFor({ kind: 'p256', name: 'leaf', extensions: [], issuer: middle });
  const pem = (...list: TestIdentity[]): string => list.map(({ der }) => encodePem('CERTIFICATE', der)).join('');
  const put = (name: string, text: string): void => writeFileSync(join(pki.folder, name), text);
  put('leaf.pem', pem(leaf));
  put('leaf.key', encodePem('PRIVATE KEY', leaf.key.pkcs8));
  put('root.pem', pem(root));
  put('middle.pem', pem(middle));
  put('both.pem', pem(middle, root));
  put('root-and-other.pem', pem(root, await issueFor({ kind: 'p256', name: 'Other', extensions: CA })));
});
afterAll(() => pki.remove());

const OTHER = ['-cert', 'other.pem', '-key', 'other.key'];
const LEAF = ['-cert', 'leaf.pem', '-key', 'leaf.key'];

describeWith(['openssl'], 'S1 S3 a chain that the trusted certificates complete', () => {
  it.each<{ args: readonly string[]; names: readonly string[] }>([
    { args: ['-CAfile', 'both.pem'], names: ['leaf', 'Middle', 'Root'] },
    { args: ['-CAfile', 'middle.pem'], names: ['leaf', 'Middle'] },
    { args: ['-CAfile', 'both.pem', '-cert_chain', 'middle.pem'], names: ['leaf', 'Middle'] },
    { args: ['-CAfile', 'root-and-other.pem'], names: ['leaf'] },
  ])('S3 s_server $args sends $names, as OpenSSL does', async ({ args, names }) => {
    for (const start of [opensslServer, ourServer]) {
      const { port } = await start(pki.folder, [...LEAF, ...args]);
      const running = client(OPENSSL, pki.folder, port, ['-CAfile', 'root.pem']);
      await running.sees(/Verify return code/);
      const sent = [...running.text.matchAll(/^ *\d s:CN = (.*)$/gm)].map(([, name]) => name);
      expect(sent, start.name).toEqual(names);
    }
  });

  it.each([
    ['openssl', OPENSSL],
    ['ours', TLSKIT],
  ])('S1 s_client (%s) does so, too, and a server that knows the root alone takes it', async (_name, program) => {
    const { port, server } = await ourServer(
      pki.folder,
      OTHER.concat('-CAfile', 'root.pem', '-Verify', '3', '-verify_return_error'),
    );
    const running = client(program, pki.folder, port, [...LEAF, '-CAfile', 'both.pem']);
    await server.sees(/CIPHER is/);
    expect(server.stderr).toContain('CN = Root');
    running.type('Q\n');
    await running.finish();
  });
});
