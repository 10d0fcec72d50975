/** What s_client prints, line by line against OpenSSL's own, with the same server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/peers.ts';
import { OPENSSL, TLSKIT, client, makePki, opensslServer, steady } from '../../support/tls-programs.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
beforeAll(async () => {
  pki = await makePki({ server: 'p256', rsa: 'rsa', ed25519: 'ed25519', client: 'p256' });
});
afterAll(() => pki.remove());

/** Runs a client to the end of its report, and ends it by Q. */
async function report(program: readonly string[], port: number, args: readonly string[], last: RegExp) {
  const { folder } = pki;
  for (let tries = 1; ; tries += 1) {
    const running = client(program, folder, port, args);
    // OpenSSL does not flush what it prints of tickets: they are there a moment after the handshake
    const seen = program === OPENSSL && last === TICKETS ? HANDSHAKE : last;
    await running.until(
      ({ text, stderr, status }) => seen.test(text) || seen.test(stderr) || status !== null,
      `${seen}`,
    );
    if (seen !== last) await new Promise((done) => setTimeout(done, 200 * tries));
    running.type('Q\n');
    await running.finish();
    const { text, stderr, status } = running;
    if (seen !== last && !last.test(text) && tries < 5) continue;
    return { out: steady(text), err: stderr.split('\n'), status };
  }
}

const HANDSHAKE = /Verify return code/;
const TICKETS = /(Max Early Data: \d+\n---\n[^]*){2}/;
const SESSION = /Extended master secret: (yes|no)\n[^]*---\n/;
/** Clients that end by themselves. */
const NEVER = /(?!)/;

interface Case {
  readonly say: string;
  readonly server?: readonly string[];
  readonly client: readonly string[];
  readonly last: RegExp;
}

const P256 = ['-cert', 'server.pem', '-key', 'server.key'];
const CHAIN = [...P256, '-cert_chain', 'ca.pem'];

const CASES: readonly Case[] = [
  {
    say: 'policies of the chain, shown',
    server: CHAIN,
    client: ['-CAfile', 'ca.pem', '-tls1_2', '-policy_check', '-policy_print'],
    last: SESSION,
  },
  {
    say: 'a policy that is not there',
    server: CHAIN,
    client: ['-CAfile', 'ca.pem', '-tls1_2', '-explicit_policy', '-policy', '1.2.3.4'],
    last: SESSION,
  },
  {
    say: 'strict checks, Suite B and no CRL',
    server: CHAIN,
    client: ['-CAfile', 'ca.pem', '-tls1_2', '-x509_strict', '-suiteB_128_only', '-crl_check'],
    last: SESSION,
  },
  { say: 'TLS 1.3 with a trusted chain', server: CHAIN, client: ['-CAfile', 'ca.pem'], last: TICKETS },
  { say: 'TLS 1.3 with a chain that is not trusted', server: CHAIN, client: ['-tls1_3'], last: TICKETS },
  { say: 'TLS 1.3 without the issuer', server: P256, client: ['-servername', 'localhost'], last: TICKETS },
  {
    say: 'TLS 1.3 with a client certificate and names of authorities',
    server: [...CHAIN, '-CAfile', 'ca.pem', '-verify', '1'],
    client: ['-CAfile', 'ca.pem', '-cert', 'client.pem', '-key', 'client.key'],
    last: TICKETS,
  },
  { say: 'TLS 1.2', server: CHAIN, client: ['-CAfile', 'ca.pem', '-tls1_2'], last: SESSION },
  { say: 'TLS 1.2 without a ticket', server: P256, client: ['-tls1_2', '-no_ticket'], last: SESSION },
  {
    say: 'TLS 1.2 with a client certificate, its types, and ALPN',
    server: [...CHAIN, '-CAfile', 'ca.pem', '-verify', '1', '-alpn', 'h2,http/1.1'],
    client: ['-tls1_2', '-CAfile', 'ca.pem', '-cert', 'client.pem', '-key', 'client.key', '-alpn', 'http/1.1'],
    last: SESSION,
  },
  {
    say: 'RSA with ECDHE over P-256',
    server: ['-cert', 'rsa.pem', '-key', 'rsa.key'],
    client: ['-groups', 'P-256', '-ciphersuites', 'TLS_AES_128_GCM_SHA256'],
    last: TICKETS,
  },
  {
    say: 'RSA key exchange, with a suite of SSLv3',
    server: ['-cert', 'rsa.pem', '-key', 'rsa.key'],
    client: ['-tls1_2', '-cipher', 'AES128-SHA'],
    last: SESSION,
  },
  {
    say: 'DHE',
    server: ['-cert', 'rsa.pem', '-key', 'rsa.key'],
    client: ['-tls1_2', '-cipher', 'DHE-RSA-AES128-GCM-SHA256'],
    last: SESSION,
  },
  {
    say: 'Ed25519',
    server: ['-cert', 'ed25519.pem', '-key', 'ed25519.key'],
    client: ['-groups', 'X448'],
    last: TICKETS,
  },
  { say: '-showcerts', server: CHAIN, client: ['-showcerts', '-CAfile', 'ca.pem'], last: TICKETS },
  { say: '-nameopt', server: CHAIN, client: ['-nameopt', 'RFC2253', '-CAfile', 'ca.pem'], last: TICKETS },
  {
    say: '-keymatexport',
    server: P256,
    client: ['-tls1_2', '-keymatexport', 'label', '-keymatexportlen', '16'],
    last: SESSION,
  },
  { say: '-prexit', server: P256, client: ['-tls1_2', '-prexit'], last: SESSION },
  { say: '-brief with TLS 1.3', server: CHAIN, client: ['-brief', '-CAfile', 'ca.pem'], last: /Server Temp Key/ },
  { say: '-brief with TLS 1.2', server: CHAIN, client: ['-brief', '-tls1_2'], last: /Server Temp Key/ },
  { say: '-verify with a depth', server: CHAIN, client: ['-verify', '3', '-CAfile', 'ca.pem'], last: TICKETS },
  { say: '-verify_quiet', server: CHAIN, client: ['-verify_quiet'], last: TICKETS },
  { say: '-status without a response', server: P256, client: ['-status'], last: TICKETS },
  {
    say: 'a host name that is not there',
    server: CHAIN,
    client: ['-CAfile', 'ca.pem', '-verify_hostname', 'other.example'],
    last: TICKETS,
  },
];

describeWith(['openssl'], 'S1 s_client prints what OpenSSL prints', () => {
  it.each(CASES)('S1 $say', async ({ server = P256, client: args, last }) => {
    const { port } = await opensslServer(pki.folder, server);
    const theirs = await report(OPENSSL, port, args, last);
    const ours = await report(TLSKIT, port, args, last);
    expect(ours.out).toEqual(theirs.out);
    expect(ours.err).toEqual(theirs.err);
    expect(ours.status).toBe(theirs.status);
  });

  it.each<Case>([
    { say: 'no common version', server: ['-tls1_2', ...P256], client: ['-tls1_3'], last: NEVER },
    { say: 'no common suite', client: ['-tls1_2', '-cipher', 'AES128-SHA'], last: NEVER },
    { say: 'a chain that is refused', server: CHAIN, client: ['-verify_return_error'], last: NEVER },
    {
      say: 'a chain of TLS 1.2 that is refused',
      server: CHAIN,
      client: ['-tls1_2', '-verify_return_error'],
      last: NEVER,
    },
    { say: 'a missing client certificate', server: [...P256, '-Verify', '1', '-tls1_2'], client: [], last: NEVER },
  ])('S1 the report of a failure: $say', async ({ server = P256, client: args, last }) => {
    const { port } = await opensslServer(pki.folder, server);
    const theirs = await report(OPENSSL, port, args, last);
    const ours = await report(TLSKIT, port, args, last);
    expect(ours.out).toEqual(theirs.out);
    expect(ours.status).toBe(1);
    expect(theirs.status).toBe(1);
    // one line of ours where OpenSSL has its error queue
    const error = ours.err.filter((line) => line.startsWith('tlskit s_client: '));
    expect(error).toHaveLength(1);
    expect(ours.err.filter((line) => !line.startsWith('tlskit s_client: '))).toEqual(
      theirs.err.filter((line) => !line.includes(':error:')),
    );
  });
});
