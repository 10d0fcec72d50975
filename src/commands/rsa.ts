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
import { numberLine } from '../cli/text/public.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { checkPrivateKey } from '../lib/keys/check.ts';
import { PrivateKey, PublicKey } from '../lib/keys/model.ts';
import { writePrivateKey, writePublicKey, type PrivateKeyOptions } from '../lib/keys/write.ts';
import { privateKeyText, publicText } from '../lib/text/key.ts';

const flags = {
  in: text('file', 'Read the key from this file (default: standard input)'),
  inform: text('PEM|DER|P12', 'Format of the input (default: what it looks like)'),
  pubin: bool('The input is a public key'),
  RSAPublicKey_in: bool('The input is a public key in PKCS#1'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  pubout: bool('Write the public key'),
  RSAPublicKey_out: bool('Write the public key in PKCS#1'),
  noout: bool('Do not write the key'),
  text: bool('Print the numbers of the key'),
  modulus: bool('Print the modulus in hex'),
  check: bool('Check that the numbers of the key fit'),
  traditional: bool('Write PKCS#1 instead of PKCS#8'),
  passin: passinFlag(),
  passout: passoutFlag(),
  ...PVK_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Look at, check and convert an RSA key',
  description: 'Reads an RSA or RSA-PSS key in any format and writes it as PKCS#8 in PEM, or as the flags say.',
  examples: [
    { say: 'The public half', line: 'rsa -in key.pem -pubout -out key.pub' },
    { say: 'Take the passphrase off', line: 'rsa -in locked-key.pem -passin pass:secret -out key.pem' },
    { say: 'Is the key sound?', line: 'rsa -in key.pem -check -noout' },
  ],
  flags,
  algorithms: ['cipher'],
  async run(context) {
    const { flags } = context;
    const pass = passphrases(context, flags);
    const form = keyOutputForm(flags.outform);
    const pubin = flags.pubin || flags.RSAPublicKey_in;
    const key = pubin ? loadPublicKey(context, flags) : await loadPrivateKey(context, flags, pass.in);
    const { components } = key;
    if (components.kind !== 'rsa') return fail('ERR_KEY', `${context.inputName(flags.in)}: Not an RSA key`);
    const output = new Output();
    const said = !context.json;
    if (flags.text && said)
      output.add(key instanceof PublicKey ? publicText(key) : privateKeyText(key), !(key instanceof PublicKey));
    if (flags.modulus && said) output.add(numberLine(components.n));
    let valid: boolean | undefined;
    if (flags.check) {
      if (key instanceof PublicKey) return fail('ERR_USAGE', 'Only private keys can be checked');
      const reasons = checkPrivateKey(key);
      valid = reasons.length === 0;
      if (!valid) context.note(`RSA key not ok\n${reasons.map((reason) => `RSA key error: ${reason}\n`).join('')}`);
      else if (said) output.add('RSA key ok\n');
    }
    if (context.json) printKeyJson(context, key, valid === undefined ? {} : { valid });
    if (!flags.noout && (said || toFile(flags.out))) {
      context.note('writing RSA key\n');
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
  const { flags } = context;
  const half = key instanceof PublicKey ? key : key.publicKey;
  if (flags.RSAPublicKey_out) output.add(pkcs1Public(half, form));
  else if (key instanceof PublicKey || flags.pubout) output.add(writePublicKey(half, { form }));
  else {
    const encryption = await cipherEncryption(context, pass.out);
    const how = { form, ...(encryption ? { encryption } : {}) };
    output.add(flags.traditional ? pkcs1Private(key, how) : writePrivateKey(key, { format: 'pkcs8', ...how }), true);
  }
}

/** PKCS#1 holds no restrictions: an RSA-PSS key is written as an RSA key, under OpenSSL's label for it. */
function pkcs1Public(key: PublicKey, form: 'pem' | 'der'): string | Buffer {
  const plain = key.type === 'rsa' ? key : PublicKey.fromComponents('rsa', key.components);
  return labelled(key, writePublicKey(plain, { format: 'pkcs1', form }));
}

function pkcs1Private(key: PrivateKey, how: Omit<PrivateKeyOptions, 'format'>): string | Buffer {
  const plain = key.type === 'rsa' ? key : PrivateKey.fromComponents('rsa', key.components);
  return labelled(key, writePrivateKey(plain, { format: 'traditional', ...how }));
}

function labelled(key: PrivateKey | PublicKey, file: string | Buffer): string | Buffer {
  return key.type === 'rsa' || typeof file !== 'string'
    ? file
    : file.replace(/^(-----(?:BEGIN|END) )RSA /gm, '$1RSA-PSS ');
}
