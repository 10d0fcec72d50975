import { authorityFlag, caFlags, caPassinFlag, withCa, type OpenCa } from '../../cli/ca-folder/folder.ts';
import { caResponder, newSigner } from '../../cli/ca-folder/ocsp.ts';
import type { Context } from '../../cli/context.ts';
import { Inputs } from '../../cli/flags/certificates.ts';
import { OcspServer } from '../../cli/ocsp/server.ts';
import { writeStdout } from '../../cli/sink.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../../cli/spec.ts';
import { fail } from '../../lib/errors.ts';
import type { OcspSigner } from '../../lib/ocsp/index.ts';

const flags = {
  port: int('number', 'Port (default 2560; 0 takes a free one)'),
  host: text('address', 'Address to listen on (default: all of this machine)'),
  minutes: int(
    'number',
    'How long an answer is good for, which clients and caches keep it (default 60; 0: not at all)',
  ),
  signer: text('file', 'Sign with this certificate (default: one that the CA issues for it, renewed in time)'),
  'signer-key': text('file', 'Its key'),
  'by-ca': bool("Sign with the CA's own key"),
  quiet: bool('Say nothing of requests'),
  ...caFlags,
  passin: caPassinFlag,
  authority: authorityFlag,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Answer OCSP requests from the database of a CA',
  description:
    'Over HTTP, by POST and GET, until it is interrupted. A revocation counts from the moment it is recorded, by whatever process. Certificates that the CA has not issued are unknown.',
  examples: [
    { say: 'For tests', line: 'ca ocsp-serve -port 2560' },
    {
      say: 'Ask it',
      line: 'ocsp -issuer tlskit-ca/root.pem -cert www.pem -CAfile tlskit-ca/root.pem -url http://localhost:2560',
    },
  ],
  flags,
  async run(context) {
    const { flags } = context;
    const { minutes = 60, signer, 'signer-key': signerKey, 'by-ca': byCa, port = 2560, host } = flags;
    if ((signer === undefined) !== (signerKey === undefined)) fail('ERR_USAGE', '-signer and -signer-key go together');
    if (byCa && signer !== undefined) fail('ERR_USAGE', 'one of -by-ca and -signer is enough');
    if (minutes < 0 || port < 0 || port > 65_535) fail('ERR_USAGE', 'minutes go from 0 on, and ports from 0 to 65535');
    await withCa(context, flags, async (ca) => {
      const complain = (error: unknown): void =>
        void process.stderr.write(`tlskit ca ocsp-serve: ${(error as Error).message}\n`);
      const respond = caResponder(ca, {
        signer: await signerOf(context, ca),
        validity: minutes === 0 ? undefined : minutes * 60_000,
        onError: complain,
      });
      const server = await OcspServer.listen({
        port,
        host,
        respond,
        failed: complain,
        answered: ({ response, request }) => {
          const about = request?.requests.length ?? 0;
          if (!flags.quiet) writeStdout(`${new Date().toISOString()} ${response.status}: ${about} asked\n`);
        },
      });
      context.flushNotes();
      writeStdout(
        context.json ? `${JSON.stringify({ address: server.address })}\n` : `Answering on ${server.address}\n`,
      );
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
      });
      await server.close();
    });
  },
});
export default command;

async function signerOf(context: Run, ca: OpenCa): Promise<OcspSigner | (() => Promise<OcspSigner>)> {
  const { signer, 'signer-key': keyPath, 'by-ca': byCa } = context.flags;
  if (signer !== undefined) {
    const inputs = new Inputs(context, undefined);
    const [certificate, ...others] = await inputs.certificates(signer);
    if (!certificate) return fail('ERR_FORMAT', `there is no certificate in ${signer}`);
    return { certificate, others, key: await inputs.privateKey(keyPath as string) };
  }
  const authority = await ca.withKey();
  return byCa ? { ...authority.issuer, embed: false } : () => newSigner(authority);
}
