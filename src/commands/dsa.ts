import { cipherEncryption, passinFlag, passoutFlag, passphrases, type Passphrases } from '../cli/flags/encryption.ts';
import {
  keyOutputForm,
  loadPrivateKey,
  loadPublicKey,
  Output,
  printKeyJson,
  PROVIDER_FLAGS,
  PVK_FLAGS,
  toFile,
} from '../cli/flags/keys.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { PublicKey, type PrivateKey } from '../lib/keys/model.ts';
import { writePrivateKey, writePublicKey } from '../lib/keys/write.ts';
import { privateKeyText, publicText } from '../lib/text/key.ts';

const flags = {
  in: text('file', 'Read the key from this file (default: standard input)'),
  inform: text('PEM|DER|P12', 'Format of the input (default: what it looks like)'),
  pubin: bool('The input is a public key'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  pubout: bool('Write the public key'),
  noout: bool('Do not write the key'),
  text: bool('Print the numbers of the key'),
  modulus: bool('Print the public value in hex'),
  passin: passinFlag(),
  passout: passoutFlag(),
  ...PVK_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Look at and convert a DSA key',
  description: 'Reads a DSA key in any format and writes it in its traditional form in PEM, or as the flags say.',
  examples: [{ say: 'The public half', line: 'dsa -in dsa-key.pem -pubout -out dsa-key.pub' }],
  flags,
  algorithms: ['cipher'],
  async run(context) {
    const { flags } = context;
    const pass = passphrases(context, flags);
    const form = keyOutputForm(flags.outform);
    context.note('read DSA key\n');
    const key = flags.pubin ? loadPublicKey(context, flags) : await loadPrivateKey(context, flags, pass.in);
    const half = key instanceof PublicKey ? key : key.publicKey;
    if (half.components.kind !== 'dsa') return fail('ERR_KEY', `${context.inputName(flags.in)}: Not a DSA key`);
    const output = new Output();
    const said = !context.json;
    if (flags.text && said) output.add(key instanceof PublicKey ? publicText(key) : privateKeyText(key), key !== half);
    if (flags.modulus && said) output.add(`Public Key=${half.components.y.toString(16).toUpperCase()}\n`);
    if (context.json) printKeyJson(context, key);
    if (!flags.noout && (said || toFile(flags.out))) {
      context.note('writing DSA key\n');
      await addKey(context, key, output, pass, form);
    }
    if (said || toFile(flags.out)) output.writeTo(context, flags.out);
    return 0;
  },
});

export default command;

async function addKey(
  context: Run,
  key: PrivateKey | PublicKey,
  output: Output,
  pass: Passphrases,
  form: 'pem' | 'der',
): Promise<void> {
  if (key instanceof PublicKey || context.flags.pubout)
    return output.add(writePublicKey(key instanceof PublicKey ? key : key.publicKey, { form }));
  const encryption = await cipherEncryption(context, pass.out);
  output.add(writePrivateKey(key, { format: 'traditional', form, ...(encryption ? { encryption } : {}) }), true);
}
