import { cipherEncryption, passinFlag, passoutFlag, passphrases, type Passphrases } from '../cli/flags/encryption.ts';
import {
  curveFormFlag,
  ecEncoding,
  keyOutputForm,
  loadPrivateKey,
  loadPublicKey,
  Output,
  pointFormFlag,
  printKeyJson,
  PROVIDER_FLAGS,
  toFile,
} from '../cli/flags/keys.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import type { PointForm } from '../lib/crypto/ec-point.ts';
import { fail } from '../lib/errors.ts';
import { checkPrivateKey } from '../lib/keys/check.ts';
import { PrivateKey, PublicKey } from '../lib/keys/model.ts';
import { recodeKey, recodePublicKey } from '../lib/keys/recode.ts';
import { parametersOf, writeParameters, writePrivateKey, writePublicKey } from '../lib/keys/write.ts';
import { privateKeyText, publicText } from '../lib/text/key.ts';

const flags = {
  in: text('file', 'Read the key from this file (default: standard input)'),
  inform: text('PEM|DER|P12', 'Format of the input (default: what it looks like)'),
  pubin: bool('The input is a public key'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  pubout: bool('Write the public key'),
  param_out: bool('Write the curve'),
  noout: bool('Do not write the key'),
  text: bool('Print the numbers of the key'),
  check: bool('Check the key'),
  conv_form: pointFormFlag(),
  param_enc: curveFormFlag(),
  no_public: bool('Leave the public point out of the private key'),
  passin: passinFlag(),
  passout: passoutFlag(),
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Look at, check and convert an EC key',
  description:
    'Reads an EC key in any format and writes it in SEC 1 form ("EC PRIVATE KEY") in PEM, or as the flags say. "pkey" writes PKCS#8.',
  examples: [
    { say: 'The public half', line: 'ec -in ec-key.pem -pubout -out ec-key.pub' },
    { say: 'The same with a compressed point', line: 'ec -in ec-key.pem -pubout -conv_form compressed' },
    { say: 'What is in a key', line: 'ec -in ec-key.pem -text -noout' },
  ],
  flags,
  algorithms: ['cipher'],
  async run(context) {
    const { flags } = context;
    const pass = passphrases(context, flags);
    const form = keyOutputForm(flags.outform);
    context.note('read EC key\n');
    const read = flags.pubin ? loadPublicKey(context, flags) : await loadPrivateKey(context, flags, pass.in);
    if (read.type !== 'ec')
      fail('ERR_KEY', `${context.inputName(flags.in)} holds ${read.info.label} key material, not an EC key`);
    const encoding = { ...ecEncoding(flags.conv_form, flags.param_enc), noPublic: flags.no_public };
    const key = read instanceof PrivateKey ? recodeKey(read, encoding) : recodePublicKey(read, encoding);
    const output = new Output();
    const said = !context.json;
    if (flags.text && said) addText(key, output, encoding.pointForm);
    let valid: boolean | undefined;
    if (flags.check) {
      const reasons = key instanceof PrivateKey ? checkPrivateKey(key) : ['there is no private key to check'];
      valid = reasons.length === 0;
      context.note(valid ? 'EC Key valid.\n' : `EC Key Invalid!\nDetailed error: ${reasons.join('; ')}\n`);
    }
    if (context.json) printKeyJson(context, key, valid === undefined ? {} : { valid });
    if (!flags.noout && (said || toFile(flags.out))) {
      context.note('writing EC key\n');
      await addKey(context, key, output, pass, form);
    }
    if (said || toFile(flags.out)) output.writeTo(context, flags.out);
    return 0;
  },
});

export default command;

function addText(key: PrivateKey | PublicKey, output: Output, form: PointForm | undefined): void {
  if (key instanceof PublicKey) output.add(publicText(key, form));
  else output.add(privateKeyText(key, form), true);
}

async function addKey(
  context: Run,
  key: PrivateKey | PublicKey,
  output: Output,
  pass: Passphrases,
  form: 'pem' | 'der',
): Promise<void> {
  const { flags } = context;
  const ec = { ...ecEncoding(flags.conv_form, flags.param_enc), noPublic: flags.no_public };
  const parameters = flags.param_out ? parametersOf(key) : undefined;
  if (parameters) output.add(writeParameters(parameters, { form, ec }));
  else if (key instanceof PublicKey || flags.pubout)
    output.add(writePublicKey(key instanceof PublicKey ? key : key.publicKey, { form, ec }));
  else {
    const encryption = await cipherEncryption(context, pass.out);
    output.add(writePrivateKey(key, { format: 'traditional', form, ec, ...(encryption ? { encryption } : {}) }), true);
  }
}
