import { authorityFlag, caFlags, withCa } from '../../cli/ca-folder/folder.ts';
import { exportFolder } from '../../cli/ca-folder/openssl.ts';
import { bool, defineCommand, type CommandSpec } from '../../cli/spec.ts';
import { fail } from '../../lib/errors.ts';
import { join } from 'node:path';

const flags = {
  nokey: bool("Leave the CA's key out"),
  ...caFlags,
  authority: authorityFlag,
};

const command: CommandSpec = defineCommand({
  summary: "Write a folder for OpenSSL's ca: index.txt, certificates, numbers, key, configuration",
  description:
    'Both keep their own records from then on: use one of them, or bring new certificates back with "ca import".',
  examples: [{ say: 'And go on there', line: 'ca export demoCA && openssl ca -config demoCA/openssl.cnf -in www.csr' }],
  args: [{ name: 'folder', description: 'A new or empty folder' }],
  flags,
  async run(context) {
    const [folder] = context.args;
    if (folder === undefined) fail('ERR_USAGE', 'name the folder: tlskit ca export demoCA');
    await withCa(context, context.flags, async (ca) => {
      const certificates = await exportFolder(context, ca, folder, !context.flags.nokey);
      const configuration = join(folder, 'openssl.cnf');
      if (context.json) context.printJson({ folder, configuration, certificates });
      else
        context.print(
          `Exported ${certificates} certificates to ${folder}; openssl ca -config ${configuration} works on it\n`,
        );
    });
  },
});
export default command;
