import { defineCommand, type CommandSpec } from '../cli/spec.ts';
import { runStoreutl, STORE_FLAGS, type StoreFlags } from '../cli/storeutl/run.ts';

const command: CommandSpec = defineCommand<StoreFlags>({
  summary: 'List certificates, keys and CRLs of a file or a folder',
  description:
    'Prints the objects of a file with their numbers, in PEM or as text, or the names in a folder. inspect shows more, and is easier to read.',
  examples: [
    { say: 'What is in a PKCS#12 file', line: 'storeutl -noout -passin pass:secret server.p12' },
    { say: 'The certificates of a file', line: 'storeutl -certs bundle.pem' },
  ],
  args: [{ name: 'FILE', description: 'A file, a folder, or file: and its path' }],
  flags: STORE_FLAGS,
  run: (context) => runStoreutl(context),
});

export default command;
