import { showing } from '../cli/flags/generate.ts';
import { pemOrDer } from '../cli/flags/form.ts';
import { keyOutputForm, Output, PROVIDER_FLAGS, RANDOM_FLAGS, toFile } from '../cli/flags/keys.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { describeParameters } from '../lib/keys/describe.ts';
import { generateParameters } from '../lib/keys/generate-parameters.ts';
import { generateKey } from '../lib/keys/generate.ts';
import type { KeyParameters } from '../lib/keys/model.ts';
import { readKeyParameters } from '../lib/keys/read.ts';
import { writeParameters, writePrivateKey } from '../lib/keys/write.ts';
import { keyParametersText } from '../lib/text/params.ts';

const flags = {
  in: text('file', 'Read the parameters from this file (default: standard input)'),
  inform: text('PEM|DER', 'Format of the input (default: what it looks like)'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  text: bool('Print the parameters as text'),
  noout: bool('Do not write the parameters'),
  genkey: bool('Generate a private key with the parameters and write it too'),
  verbose: bool('Say what is made on stderr'),
  quiet: bool('Show no progress'),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Generate and look at DSA parameters',
  description: 'With a number of bits makes new parameters, else reads some. With -genkey also makes a private key.',
  examples: [
    { say: 'New parameters', line: 'dsaparam -out dsaparams.pem 2048' },
    { say: 'What is in them', line: 'dsaparam -in dsaparams.pem -text -noout' },
  ],
  flags,
  args: [{ name: 'numbits', description: 'Size of the prime p in bits' }],
  async run(context) {
    const { flags } = context;
    const form = keyOutputForm(flags.outform);
    const parameters = await obtain(context);
    const output = new Output();
    if (flags.text && !context.json) output.add(keyParametersText(parameters));
    if (!flags.noout) output.add(writeParameters(parameters, { form }));
    if (flags.genkey) {
      const key = await generateKey({ type: 'dsa', parameters });
      // in PEM the key is PKCS#8, in DER OpenSSL writes the older structure
      output.add(writePrivateKey(key, { format: form === 'der' ? 'traditional' : 'pkcs8', form }), true);
    }
    if (context.json) context.printJson(describeParameters(parameters));
    if (!context.json || toFile(flags.out)) output.writeTo(context, flags.out);
  },
});

export default command;

async function obtain(context: Run): Promise<KeyParameters> {
  const { flags, args } = context;
  const [word] = args;
  if (word === undefined) {
    const form = pemOrDer('inform', flags.inform) ?? 'any';
    return readKeyParameters(context.read(flags.in), { source: context.inputName(flags.in), form, type: ['dsa'] });
  }
  if (!/^\d{1,6}$/.test(word)) fail('ERR_USAGE', `the size must be a number of bits, not "${word}"`);
  const bits = Number(word);
  if (flags.verbose) context.note(`Generating DSA parameters, ${bits} bit long prime\n`);
  const work = (): Promise<KeyParameters> => generateParameters({ type: 'dsa', bits, qbits: 224 });
  return showing(work, `Generating DSA parameters of ${bits} bits`, flags.quiet);
}
