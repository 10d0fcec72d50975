import { cipherEncryption, passinFlag, passoutFlag, passphrases } from '../cli/flags/encryption.ts';
import {
  curveFormFlag,
  ecEncoding,
  keyOutputForm,
  loadPrivateKey,
  loadPublicKey,
  olderFormat,
  Output,
  pointFormFlag,
  printKeyJson,
  PROVIDER_FLAGS,
  toFile,
} from '../cli/flags/keys.ts';
import { provparamFlag, seededForms } from '../cli/flags/provparam.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { checkPrivateKey, checkPublicKey } from '../lib/keys/check.ts';
import type { EcEncoding } from '../lib/keys/encode.ts';
import { PublicKey, type PrivateKey } from '../lib/keys/model.ts';
import { recodeKey, recodePublicKey } from '../lib/keys/recode.ts';
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
  text_pub: bool('Print the numbers of the public key only'),
  traditional: bool('Write the private key in its own older structure (PKCS#1, SEC 1) instead of PKCS#8'),
  check: bool('Check the key: that its halves fit and its numbers are sound'),
  pubcheck: bool('Check the public key'),
  ec_conv_form: pointFormFlag(),
  ec_param_enc: curveFormFlag(),
  passin: passinFlag(),
  passout: passoutFlag(),
  provparam: provparamFlag(),
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Look at, check and convert a private or public key of any type',
  description:
    'Reads a key in any format (PEM, DER, PKCS#12, JWK) and writes it as PKCS#8 in PEM, or as the flags say. With -pubout only its public half.',
  examples: [
    { say: 'The public half of a private key', line: 'pkey -in key.pem -pubout -out key.pub' },
    { say: 'What is in a key', line: 'pkey -in key.pem -text -noout' },
    { say: 'Put a passphrase on a key', line: 'pkey -in key.pem -aes256 -passout pass:secret -out locked.pem' },
  ],
  flags,
  algorithms: ['cipher'],
  async run(context) {
    const { flags } = context;
    const pass = passphrases(context, flags);
    const form = keyOutputForm(flags.outform);
    warn(context, form);
    const read = flags.pubin ? loadPublicKey(context, flags) : await loadPrivateKey(context, flags, pass.in);
    if ((flags.ec_conv_form ?? flags.ec_param_enc) !== undefined && read.type !== 'ec')
      fail('ERR_USAGE', '-ec_conv_form and -ec_param_enc are for EC keys');
    const ec = ecEncoding(flags.ec_conv_form, flags.ec_param_enc);
    const key = read instanceof PublicKey ? recodePublicKey(read, ec) : recodeKey(read, ec);
    const output = new Output();
    let valid: boolean | undefined;
    if (flags.check || flags.pubcheck) {
      const reasons = defects(key, flags.check && !flags.pubin);
      valid = reasons.length === 0;
      if (!valid) context.note(`Key is invalid\nDetailed error: ${reasons.join('; ')}\n`);
      else if (!context.json) output.add('Key is valid\n');
    }
    if (context.json) printKeyJson(context, key, valid === undefined ? {} : { valid });
    if (valid !== false) {
      if (!flags.noout && (!context.json || toFile(flags.out))) await addKey(context, key, output, pass, form);
      if ((flags.text || flags.text_pub) && !context.json) addText(flags, key, output, ec.pointForm);
    }
    if (!context.json || toFile(flags.out)) output.writeTo(context, flags.out);
    return valid === false ? 1 : 0;
  },
});

export default command;

function warn(context: Run, form: 'pem' | 'der'): void {
  const { flags, cipher } = context;
  if (flags.text && flags.text_pub) context.note('Warning: The -text option is ignored with -text_pub\n');
  if (flags.traditional && (flags.noout || form === 'der'))
    context.note('Warning: The -traditional is ignored since there is no PEM output\n');
  if (cipher === undefined) {
    if (flags.passout !== undefined) context.note('Warning: The -passout option is ignored without a cipher option\n');
  } else if (form === 'der' || flags.noout) {
    fail('ERR_USAGE', 'cipher options are supported only for PEM output; "pkcs8 -topk8 -outform DER" encrypts in DER');
  }
}

function defects(key: PrivateKey | PublicKey, whole: boolean): readonly string[] {
  if (key instanceof PublicKey) return checkPublicKey(key);
  return whole ? checkPrivateKey(key) : checkPublicKey(key.publicKey);
}

async function addKey(
  context: Run,
  key: PrivateKey | PublicKey,
  output: Output,
  pass: ReturnType<typeof passphrases>,
  form: 'pem' | 'der',
): Promise<void> {
  const { flags } = context;
  const ec = ecEncoding(flags.ec_conv_form, flags.ec_param_enc);
  if (key instanceof PublicKey || flags.pubout) {
    output.add(writePublicKey(key instanceof PublicKey ? key : key.publicKey, { form, ec }));
    return;
  }
  const seeded = seededForms(context, key.type);
  if (form === 'der') return output.add(writePrivateKey(key, { form, ...olderFormat(key, form, ec), ...seeded }), true);
  const encryption = await cipherEncryption(context, pass.out);
  const how = flags.traditional
    ? { ...olderFormat(key, form, ec), format: 'traditional' as const }
    : { format: 'pkcs8' as const, ec };
  output.add(writePrivateKey(key, { form, ...how, ...seeded, ...(encryption ? { encryption } : {}) }), true);
}

function addText(
  flags: Run['flags'],
  key: PrivateKey | PublicKey,
  output: Output,
  form: EcEncoding['pointForm'],
): void {
  if (key instanceof PublicKey) output.add(publicText(key, form));
  else if (flags.text_pub || flags.pubout) output.add(publicText(key.publicKey, form));
  else output.add(privateKeyText(key, form), true);
}
