import { cipherEncryption, passoutFlag, passphrases } from '../cli/flags/encryption.ts';
import { printKeyJson, PROVIDER_FLAGS, RANDOM_FLAGS, toFile, written } from '../cli/flags/keys.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { generateKey } from '../lib/keys/generate.ts';
import { readKeyParameters } from '../lib/keys/read.ts';
import { writePrivateKey } from '../lib/keys/write.ts';

const command: CommandSpec = defineCommand({
  summary: 'Generate a DSA private key from parameters',
  description: 'Makes a DSA key with the parameters of a file that "dsaparam" wrote, as PKCS#8 in PEM.',
  examples: [
    { say: 'First the parameters', line: 'dsaparam -out dsaparams.pem 2048' },
    { say: 'The key', line: 'gendsa -out dsa-key.pem dsaparams.pem' },
  ],
  flags: {
    out: text('file', 'Write the key to this file, mode 0600 (default: standard output)'),
    verbose: bool('Say what is made on stderr'),
    quiet: bool('Say nothing'),
    passout: passoutFlag(),
    ...RANDOM_FLAGS,
    ...PROVIDER_FLAGS,
  },
  algorithms: ['cipher'],
  args: [{ name: 'dsaparam-file', description: 'File with the parameters' }],
  async run(context) {
    const { flags, args } = context;
    const path = args[0] ?? fail('ERR_USAGE', 'name the file with the parameters: gendsa -out key.pem dsaparams.pem');
    const pass = passphrases(context, flags);
    const parameters = readKeyParameters(context.read(path), { source: context.inputName(path), type: ['dsa'] });
    const encryption = await cipherEncryption(context, pass.out);
    const { components } = parameters;
    if (flags.verbose && components.kind === 'dsa')
      context.note(`Generating DSA key with ${components.p.toString(2).length} bits\n`);
    const key = await generateKey({ type: 'dsa', parameters });
    const file = writePrivateKey(key, { format: 'pkcs8', ...(encryption ? { encryption } : {}) });
    if (context.json) printKeyJson(context, key, written(flags.out, file));
    if (!context.json || toFile(flags.out)) context.write(flags.out, file, { secret: true });
  },
});

export default command;
