/** -msg: records and messages in OpenSSL's order, with its names. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/peers.ts';
import {
  OPENSSL,
  TLSKIT,
  client,
  makePki,
  opensslServer,
  ourServer,
  type Program,
} from '../../support/tls-programs.ts';
import { tlskit } from '../../support/tlskit.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
beforeAll(async () => {
  pki = await makePki({ server: 'p256', client: 'p256' });
});
afterAll(() => pki.remove());

const P256 = ['-cert', 'server.pem', '-key', 'server.key'];

/** The heads of all blocks, without lengths, which differ. */
const heads = ({ text }: Program): string[] =>
  [...text.matchAll(/^(?:<<<|>>>).*$/gm)].map(([line]) => line.replace(/\[length \w+\]/, ''));

/** The messages of each direction: our records hold several, and our change_cipher_spec goes out sooner. */
const messages = (lines: readonly string[]): string[][] =>
  ['<<<', '>>>'].map((arrow) =>
    lines.filter((line) => line.startsWith(arrow) && !/RecordHeader|InnerContent/.test(line)),
  );

/** No message stands in front of the header of its record. */
const expectHeaders = (lines: readonly string[]): void => {
  for (const [i, line] of lines.entries()) {
    if (/Handshake|ChangeCipherSpec|Alert/.test(line)) expect(lines[i - 1]?.slice(0, 3), line).toBe(line.slice(0, 3));
  }
};

/** Ends a client that shows messages, when it has seen the tickets: in TLS 1.3 two come behind the handshake. */
async function quit(running: Program, tickets: number): Promise<Program> {
  await running.sees(/Verify return code/);
  await running.until(({ text }) => text.split('NewSessionTicket').length > tickets, `${tickets} tickets`);
  running.type('Q\n');
  return running.finish();
}

describeWith(['openssl'], 'S5 -msg shows what OpenSSL shows', () => {
  it.each<{ say: string; server?: readonly string[]; client: readonly string[] }>([
    { say: 'TLS 1.3', client: ['-tls1_3'] },
    { say: 'TLS 1.2', client: ['-tls1_2'] },
    { say: 'a server of TLS 1.2', server: ['-tls1_2'], client: [] },
    {
      say: 'a client certificate in TLS 1.3',
      server: ['-verify', '1'],
      client: ['-tls1_3', '-cert', 'client.pem', '-key', 'client.key'],
    },
    { say: 'HelloRetryRequest', server: ['-groups', 'P-521'], client: ['-tls1_3', '-groups', 'P-256:P-521'] },
  ])('S5 s_client: $say', async ({ say, server = [], client: args }) => {
    const is13 = say.includes('1.3') || say === 'HelloRetryRequest';
    const shown: string[][] = [];
    for (const program of [OPENSSL, TLSKIT]) {
      const { port } = await opensslServer(pki.folder, [...P256, ...server]);
      shown.push(heads(await quit(client(program, pki.folder, port, ['-msg', ...args]), is13 ? 2 : 1)));
    }
    const [theirs = [], ours = []] = shown;
    if (is13) expect(messages(ours)).toEqual(messages(theirs));
    else expect(ours).toEqual(theirs);
    expectHeaders(ours);
  });

  it.each(['-tls1_2', '-tls1_3'])('S5 s_server %s', async (version) => {
    const shown: string[][] = [];
    for (const start of [opensslServer, ourServer]) {
      const { server, port } = await start(pki.folder, [...P256, '-msg', version]);
      await quit(client(OPENSSL, pki.folder, port, ['-msg']), version === '-tls1_3' ? 2 : 1);
      await server.sees(/warning close_notify[^]*warning close_notify/);
      shown.push(heads(server));
    }
    const [theirs = [], ours = []] = shown;
    expect(messages(ours)).toEqual(messages(theirs));
    expectHeaders(ours);
  });

  it('S5 --ladder shows nothing of a connection that does not come about', () => {
    const { status, stdout } = tlskit(['s_client', '-connect', '127.0.0.1:1', '--ladder'], { cwd: pki.folder });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});
