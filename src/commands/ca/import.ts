import { join } from 'node:path';
import { caFlags, folderOf, hasCa, withCa } from '../../cli/ca-folder/folder.ts';
import { adoptedCas, checkFree, readCaKey, writeCa } from '../../cli/ca-folder/init.ts';
import { importFolder } from '../../cli/ca-folder/openssl.ts';
import type { Context } from '../../cli/context.ts';
import { Inputs } from '../../cli/flags/certificates.ts';
import { passinFlag, passoutFlag, passphrases } from '../../cli/flags/encryption.ts';
import { defineCommand, text, type CommandSpec } from '../../cli/spec.ts';
import { fail } from '../../lib/errors.ts';

const flags = {
  cert: text('file', "The CA's certificate (default: cacert.pem in the folder)"),
  key: text('file', "The CA's key (default: private/cakey.pem in the folder)"),
  chain: text('file', 'The certificates above it, where it is no root'),
  passin: passinFlag(),
  passout: passoutFlag(),
  ...caFlags,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: "Take over what OpenSSL's ca has issued: index.txt with its certificates",
  description:
    'Where there is no CA yet, it is made of the certificate and the key of that folder; an encrypted key stays encrypted with its passphrase, or gets that of -passout. What the database knows already ' +
    'stays, and new revocations are taken over, so that the command can be repeated.',
  examples: [
    { say: 'From OpenSSL to tlskit', line: 'ca import demoCA' },
    { say: 'With the files elsewhere', line: 'ca import demoCA -cert ca.crt -key ca.key' },
  ],
  args: [{ name: 'folder', description: 'The folder of index.txt' }],
  flags,
  async run(context) {
    const [source] = context.args;
    if (source === undefined) fail('ERR_USAGE', 'name the folder of index.txt: tlskit ca import demoCA');
    const folder = folderOf(context.flags);
    if (!hasCa(folder)) await takeOver(context, source, folder);
    else if (context.flags.key !== undefined || context.flags.cert !== undefined)
      fail('ERR_USAGE', `there is a CA in ${folder} already; -cert and -key are for a new one`);
    const { ca, db } = context.flags;
    await withCa(context, { ca, db }, async (open) => {
      const result = await importFolder(open, source);
      if (context.json) return context.printJson({ folder, ...result });
      const { added, revoked, unchanged, withoutCertificate } = result;
      const missing =
        withoutCertificate > 0 ? ` (${withoutCertificate} by their numbers alone: no certificate was there)` : '';
      context.print(
        `Imported into ${folder}: ${added} added${missing}, ${revoked} now revoked, ${unchanged} as before\n`,
      );
    });
  },
});
export default command;

async function takeOver(context: Run, source: string, folder: string): Promise<void> {
  const { flags } = context;
  checkFree(folder);
  const pass = passphrases(context, flags);
  const inputs = new Inputs(context, pass.in);
  const certificate = await inputs.certificate(flags.cert ?? join(source, 'cacert.pem'));
  const chain = flags.chain === undefined ? [] : await inputs.certificates(flags.chain);
  const { key, passphrase } = await readCaKey(context, flags.key ?? join(source, 'private', 'cakey.pem'), pass.in);
  const cas = adoptedCas(certificate, key, chain);
  await writeCa(context, { folder, database: flags.db, passphrase: pass.out ?? passphrase, settings: {}, cas });
}
