import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { demoHandshake } from '../cli/demo-handshake.ts';
import { demoText, handshakeText } from '../cli/demo.ts';
import { makeFolder } from '../cli/folders.ts';
import { reasonOf } from '../cli/source.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../cli/spec.ts';
import { DEMO_DAYS, DEMO_PASSWORD, makeDemo, type DemoFile } from '../lib/demo/index.ts';
import { fail } from '../lib/errors.ts';

const flags = {
  force: bool('Use a folder that is not empty; files of the same names are replaced'),
  days: int('number', `Days that the server's and the client's certificate are good for (default ${DEMO_DAYS})`),
  files_only: bool('Make the files, and no handshake with them'),
  passout: text('source', `Password of the .pfx file: pass:text, env:name, file:path (default ${DEMO_PASSWORD})`),
};

const FOLDER = 'tlskit-demo';

const command: CommandSpec = defineCommand({
  summary: 'Make a CA, server and client certificates, a .pfx and more in a folder, and try them',
  description:
    'Everything that a TLS server and its clients need, to try things with: a CA, a certificate for localhost, one for a client, a PKCS#12 file, ' +
    'Diffie-Hellman parameters, a session ticket key, and two small programs that use them. Then s_server and s_client meet over the new ' +
    'certificates on a free port of this machine, and their handshake is shown as a ladder.',
  examples: [
    { say: `Make it in ./${FOLDER}`, line: 'demo' },
    { say: 'Somewhere else, with a password of your own', line: 'demo /tmp/pki -passout env:PFX_PASSWORD' },
  ],
  args: [{ name: 'folder', description: `Where to put it (default ./${FOLDER})` }],
  flags,
  async run(context) {
    const folder = context.args[0] ?? FOLDER;
    const { force, days = DEMO_DAYS, passout, files_only: filesOnly } = context.flags;
    const isNew = checkFolder(folder, force);
    const files = await makeDemo({ days, password: passout === undefined ? undefined : context.passphrase(passout) });
    for (const { name, content, secret } of files) context.write(join(folder, name), content, { secret });
    if (isNew) makeFolder(folder);
    try {
      context.sink.commit();
    } catch (error) {
      if (isNew) rmdirSync(folder);
      throw error;
    }
    if (context.json) {
      printReport(context, folder, files);
      return;
    }
    context.print(demoText(folder, files, { days, password: passout === undefined ? DEMO_PASSWORD : undefined }));
    if (filesOnly) return;
    // what was made is told whatever becomes of the handshake
    context.sink.commit();
    context.print(handshakeText(await demoHandshake(folder)));
  },
});
export default command;

/** Whether the folder has yet to be made; a folder with something in it needs `force`. */
function checkFolder(folder: string, force: boolean): boolean {
  let found: string[] | undefined;
  try {
    found = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR')
      fail('ERR_IO', `${folder} cannot be a folder: there is a file of that name; name another one`);
    if (code !== 'ENOENT') fail('ERR_IO', `cannot use the folder ${folder}: ${reasonOf(error)}`);
  }
  if (found && found.length > 0 && !force) {
    fail('ERR_IO', `the folder ${folder} is not empty; name another one, or replace what is in it with -force`);
  }
  return found === undefined;
}

function printReport(context: Context<typeof flags>, folder: string, files: readonly DemoFile[]): void {
  context.printJson({
    folder,
    files: files.map(({ name, group, purpose, secret }) => ({
      name,
      path: join(folder, name),
      group,
      purpose,
      private: secret,
    })),
  });
}
