/** OCSP stapling by s_server and s_client: from files, from responders, beside openssl's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OcspServer } from '../../../src/cli/ocsp/server.ts';
import { writePrivateKey } from '../../../src/lib/keys/write.ts';
import { createOcspResponse, ocspResponder } from '../../../src/lib/ocsp/index.ts';
import { ocspResponseText } from '../../../src/lib/text/ocsp.ts';
import { certificatePem } from '../../../src/lib/x509/build.ts';
import { authority, issue, makeKey } from '../../support/chains.ts';
import { describeWith } from '../../support/peers.ts';
import { client, OPENSSL, opensslServer, ourServer, TLSKIT, type Program } from '../../support/tls-programs.ts';

const LONG = { from: -10, to: 20_000 };
const root = authority('/CN=Root', undefined, { ...LONG, key: makeKey('rsa2048') });
const folder = mkdtempSync(join(tmpdir(), 'tlskit-stapling-'));
const now = Date.now();
let responder: OcspServer;
let good: OcspServer;
let url: string;
let goodUrl: string;

const plain = issue('/CN=plain', root, LONG);
const responseOf = (status: 'good' | 'unknown'): ReturnType<typeof createOcspResponse> =>
  createOcspResponse(
    {
      producedAt: now,
      responses: [
        {
          certificate: plain.certificate,
          issuer: root.certificate,
          status,
          thisUpdate: now,
          nextUpdate: now + 86_400_000,
        },
      ],
    },
    { certificate: root.certificate, key: root.key },
  );

beforeAll(async () => {
  responder = await OcspServer.listen({
    port: 0,
    host: '127.0.0.1',
    respond: ocspResponder({
      issuers: [root.certificate],
      signer: { certificate: root.certificate, key: root.key },
      lookup: () => ({ status: 'revoked', time: now - 5000, reason: 1 }),
    }),
  });
  url = `http://127.0.0.1:${responder.port}/ocsp`;
  const named = issue('/CN=named', root, { ...LONG, extensions: [['authorityInfoAccess', `OCSP;URI:${url}`]] });
  const middle = authority('/CN=Middle', root, LONG);
  const below = issue('/CN=below', middle, LONG);
  const signers = [root, middle];
  good = await OcspServer.listen({
    port: 0,
    host: '127.0.0.1',
    respond: async (octets, at) => {
      // each CA answers for itself
      for (const { certificate, key } of signers) {
        const respond = ocspResponder({
          issuers: [certificate],
          signer: { certificate, key },
          foreign: 'unauthorized',
          lookup: () => ({ status: 'good' }),
        });
        const answer = await respond(octets, at);
        if (answer.response.statusCode === 0) return answer;
      }
      throw new Error('a certificate of none of them');
    },
  });
  goodUrl = `http://127.0.0.1:${good.port}/`;
  for (const [name, { certificate, key }] of Object.entries({ root, plain, named, middle, below })) {
    writeFileSync(join(folder, `${name}.pem`), certificatePem(certificate));
    writeFileSync(join(folder, `${name}.key`), writePrivateKey(key, { format: 'pkcs8', form: 'pem' }));
  }
  writeFileSync(join(folder, 'good.der'), responseOf('good').der);
});

afterAll(async () => {
  await Promise.all([responder.close(), good.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const PLAIN = ['-cert', 'plain.pem', '-key', 'plain.key', '-CAfile', 'root.pem'];
const BELOW = ['-cert', 'below.pem', '-key', 'below.key', '-cert_chain', 'middle.pem', '-CAfile', 'root.pem'];
const NAMED = ['-cert', 'named.pem', '-key', 'named.key', '-CAfile', 'root.pem'];

/** What a client shows between the two rules, or the line that says that there is nothing. */
async function shown(program: readonly string[], port: number, ...args: string[]): Promise<string> {
  const running = client(program, folder, port, ['-CAfile', 'root.pem', '-status', ...args]);
  await running.sees(/Verify return code/);
  running.type('Q\n');
  await running.finish();
  return /^OCSP response: \n=+\n([^]*?)^=+\n|^OCSP response: .*$/m.exec(running.text)?.[1] ?? 'nothing';
}

const ended = (...servers: Program[]): void => {
  for (const server of servers) server.stop();
};

describeWith(['openssl'], 'S5 stapling beside openssl', () => {
  it('s_client -status prints the response as openssl does', async () => {
    const { server, port } = await opensslServer(folder, [...PLAIN, '-status_file', 'good.der']);
    for (const version of ['-tls1_2', '-tls1_3']) {
      const text = await shown(TLSKIT, port, version);
      expect(text).toBe(ocspResponseText(responseOf('good')));
      expect(text).toBe(await shown(OPENSSL, port, version));
    }
    ended(server);
  });

  it('S3 s_server -status asks the responder of the certificate, or of -status_url', async () => {
    const both = await Promise.all([
      ourServer(folder, [...NAMED, '-status', '-status_verbose', '-status_timeout', '5']),
      ourServer(folder, [...PLAIN, '-status_url', url]),
      ourServer(folder, [...PLAIN, '-status']),
      opensslServer(folder, [...NAMED, '-status', '-status_verbose']),
    ]);
    const [named, other, none, theirs] = both as [Ports, Ports, Ports, Ports];
    for (const { port } of [named, other, theirs]) {
      const text = await shown(OPENSSL, port);
      expect(text).toContain('Cert Status: revoked\n');
      expect(text).toContain('Revocation Reason: keyCompromise (0x1)');
    }
    expect(await shown(OPENSSL, none.port)).toBe('nothing');
    const lines = (text: string): string[] => text.match(/^cert_status: .*$/gm) ?? [];
    await named.server.until(({ stderr }) => stderr.includes('Cert Status: revoked'));
    expect(lines(named.server.stderr)).toEqual([
      'cert_status: callback called',
      `cert_status: AIA URL: ${url}`,
      'cert_status: ocsp response sent:',
    ]);
    expect(lines(named.server.stderr)).toEqual(lines(theirs.server.stderr));
    expect(lines(none.server.stderr)).toEqual(['cert_status: no AIA and no default responder URL']);
    ended(named.server, other.server, none.server, theirs.server);
  });
});

type Ports = Awaited<ReturnType<typeof ourServer>>;

describe('S5 -ocsp_check_leaf and -ocsp_check_all', () => {
  const code = async (port: number, ...args: string[]): Promise<string> => {
    const running = client(TLSKIT, folder, port, ['-CAfile', 'root.pem', ...args]);
    await running.sees(/Verify return code: .*\n/);
    running.type('Q\n');
    await running.finish();
    return /Verify return code: (.*)/.exec(running.text)?.[1] ?? '';
  };

  it('the stapled responses have to be good', async () => {
    writeFileSync(join(folder, 'unknown.der'), responseOf('unknown').der);
    const { server, port } = await ourServer(folder, [...PLAIN, '-status_file', 'good.der']);
    const { server: strange, port: strangePort } = await ourServer(folder, [...PLAIN, '-status_file', 'unknown.der']);
    const { server: bare, port: barePort } = await ourServer(folder, PLAIN);
    const { server: bad, port: badPort } = await ourServer(folder, [...NAMED, '-status']);
    for (const version of ['-tls1_2', '-tls1_3']) {
      expect(await code(port, '-ocsp_check_leaf', version)).toBe('0 (ok)');
      expect(await code(port, '-ocsp_check_all', version)).toBe('0 (ok)');
      expect(await code(strangePort, '-ocsp_check_leaf', version)).toBe('75 (OCSP unknown cert)');
      expect(await code(barePort, '-ocsp_check_leaf', version)).toBe(
        '100 (no OCSP response available for certificate)',
      );
      expect(await code(badPort, '-ocsp_check_leaf', version)).toBe('23 (certificate revoked)');
    }
    const refused = client(TLSKIT, folder, badPort, [
      '-CAfile',
      'root.pem',
      '-ocsp_check_leaf',
      '-verify_return_error',
    ]);
    await refused.finish();
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('certificate revoked')]);
    ended(server, strange, bare, bad);
  });

  it('those of the other certificates of the chain, too, with -status_all', async () => {
    const { server, port } = await ourServer(folder, [...BELOW, '-status_all', '-status_url', goodUrl]);
    const { server: alone, port: alonePort } = await ourServer(folder, [...BELOW, '-status', '-status_url', goodUrl]);
    expect(await code(port, '-ocsp_check_all')).toBe('0 (ok)');
    expect(await code(alonePort, '-ocsp_check_leaf')).toBe('0 (ok)');
    expect(await code(alonePort, '-ocsp_check_all')).toBe('100 (no OCSP response available for certificate)');
    ended(server, alone);
  });
});

describe('S3 stapling', () => {
  it('a file is read for each client; clients that do not ask get nothing', async () => {
    writeFileSync(join(folder, 'moving.der'), responseOf('good').der);
    const { server, port } = await ourServer(folder, [...PLAIN, '-status_file', 'moving.der']);
    expect(await shown(TLSKIT, port)).toContain('Cert Status: good');
    writeFileSync(join(folder, 'moving.der'), responseOf('unknown').der);
    expect(await shown(TLSKIT, port)).toContain('Cert Status: unknown');
    writeFileSync(join(folder, 'moving.der'), 'broken');
    expect(await shown(TLSKIT, port)).toBe('nothing');
    await server.until(({ stderr }) => stderr.includes('cert_status: moving.der: Error reading OCSP response: '));
    ended(server);
  });

  it('a responder that is not there costs the staple alone', async () => {
    const { server, port } = await ourServer(folder, [...PLAIN, '-status_url', 'http://127.0.0.1:1/']);
    expect(await shown(TLSKIT, port)).toBe('nothing');
    await server.until(({ stderr }) =>
      stderr.includes('cert_status: Error querying OCSP responder http://127.0.0.1:1/: connection refused\n'),
    );
    ended(server);
  });
});
