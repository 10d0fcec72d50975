import { cipherEncryption, passoutFlag, passphrases } from '../cli/flags/encryption.ts';
import { makeKey, showing } from '../cli/flags/generate.ts';
import {
  keyOutputForm,
  olderFormat,
  Output,
  printKeyJson,
  PROVIDER_FLAGS,
  toFile,
  written,
} from '../cli/flags/keys.ts';
import { provparamFlag, seededForms } from '../cli/flags/provparam.ts';
import { keyGenParams, keyOptions, parameterGenParams, type KeyOptions } from '../cli/flags/pkeyopt.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, ignored, list, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { describeParameters } from '../lib/keys/describe.ts';
import { generateParameters } from '../lib/keys/generate-parameters.ts';
import { generatedType, type KeyGenParams } from '../lib/keys/generate.ts';
import type { KeyType } from '../lib/keys/types.ts';
import { readKeyParameters } from '../lib/keys/read.ts';
import { writeParameters, writePrivateKey, writePublicKey } from '../lib/keys/write.ts';
import { privateKeyText } from '../lib/text/key.ts';
import { keyParametersText } from '../lib/text/params.ts';

const flags = {
  algorithm: text(
    'name',
    'RSA, RSA-PSS, EC, ED25519, ED448, X25519, X448, DSA, DH, DHX, ML-DSA-65, ML-KEM-768, SLH-DSA-SHA2-128s, …',
  ),
  pkeyopt: list('name:value', 'Set an option of the key type, e.g. rsa_keygen_bits:3072, ec_paramgen_curve:P-256'),
  paramfile: text('file', 'Make the key with the parameters in this file'),
  genparam: bool('Generate parameters, not a key'),
  out: text('file', 'Write to this file, mode 0600 (default: standard output)'),
  outpubkey: text('file', 'Also write the public key to this file'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  text: bool('Print the numbers after the key'),
  quiet: bool('Show no progress'),
  verbose: bool('Show progress (the default on a terminal)'),
  pass: { ...passoutFlag(), aliases: ['passout'] },
  config: ignored('file'),
  provparam: provparamFlag(),
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Generate a private key of any type, or parameters',
  description:
    'Makes a key of the type that -algorithm names, or with the parameters of -paramfile, and writes it as PKCS#8 in PEM. -pkeyopt sets size, curve and the like. ' +
    '"genkey" does the same with shorter options.',
  examples: [
    { say: 'An RSA key of 3072 bits', line: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out rsa.pem' },
    { say: 'A key on P-256', line: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem' },
    { say: 'Ed25519 with a passphrase', line: 'genpkey -algorithm ED25519 -aes256 -pass pass:secret -out ed.pem' },
    { say: 'DH with a group of RFC 7919', line: 'genpkey -algorithm DH -pkeyopt group:ffdhe2048 -out dh.pem' },
  ],
  flags,
  algorithms: ['cipher'],
  async run(context) {
    const { flags } = context;
    if ((flags.algorithm === undefined) === (flags.paramfile === undefined))
      fail('ERR_USAGE', 'say what to make: -algorithm name, or -paramfile file, and not both');
    const pass = passphrases(context, { passout: flags.pass });
    const form = keyOutputForm(flags.outform);
    if (flags.genparam) return generateParametersTo(context, form);
    const encryption = await cipherEncryption(context, pass.out);
    const key = await makeKey(await whatToMake(context), `Generating a ${flags.algorithm ?? ''} key`, flags.quiet);
    // without a cipher, OpenSSL's DER is not PKCS#8; with one it would not be encrypted, which nobody can want
    const how = form === 'der' && !encryption ? olderFormat(key, form) : { format: 'pkcs8' as const };
    const seeded = seededForms(context, key.type);
    const file = writePrivateKey(key, { form, ...how, ...seeded, ...(encryption ? { encryption } : {}) });
    const output = new Output();
    output.add(file, true);
    if (flags.text) output.add(privateKeyText(key), true);
    if (flags.outpubkey !== undefined) context.write(flags.outpubkey, writePublicKey(key.publicKey, { form }));
    if (context.json) printKeyJson(context, key, written(flags.out, file));
    if (!context.json || toFile(flags.out)) output.writeTo(context, flags.out);
    return 0;
  },
});

export default command;

async function whatToMake(context: Run): Promise<KeyGenParams> {
  const { flags } = context;
  if (flags.paramfile === undefined) {
    const { type, options } = algorithm(context, flags.algorithm ?? '');
    if ((type !== 'dh' && type !== 'dhx') || options.privateLength === undefined) return keyGenParams(type, options);
    return { type, group: await generateParameters(parameterGenParams(type, options)) };
  }
  const parameters = readKeyParameters(context.read(flags.paramfile), { source: flags.paramfile });
  const { type } = parameters;
  const options = keyOptions(type, flags.pkeyopt);
  if (type === 'dsa') return { type, parameters };
  if (type !== 'ec') return { type, group: parameters };
  return { type, curve: parameters, ...(options.curveForm ? { encoding: options.curveForm } : {}) };
}

/** The type that -algorithm means; SM2 is EC on the curve SM2. */
function algorithm(context: Run, name: string): { type: KeyType; options: KeyOptions } {
  const sm2 = name.toLowerCase() === 'sm2';
  const type = sm2 ? 'ec' : generatedType(name);
  const options = keyOptions(type, context.flags.pkeyopt);
  for (const option of options.ignored ?? [])
    context.note(`tlskit genpkey: -pkeyopt ${option} changes nothing here
`);
  return { type, options: sm2 ? { ...options, curve: 'SM2' } : options };
}

async function generateParametersTo(context: Run, form: 'pem' | 'der'): Promise<number> {
  const { flags } = context;
  if (context.cipher !== undefined)
    fail('ERR_USAGE', 'parameters are no secret and are not encrypted; leave out the cipher');
  if (flags.algorithm === undefined) fail('ERR_USAGE', '-genparam needs -algorithm');
  const { type, options } = algorithm(context, flags.algorithm);
  const wanted = parameterGenParams(type, options);
  const parameters = await showing(
    () => generateParameters(wanted),
    `Generating ${flags.algorithm} parameters`,
    flags.quiet,
  );
  const output = new Output();
  if (form === 'der')
    context.note('tlskit genpkey: parameters are written in PEM whatever -outform says, as OpenSSL does\n');
  output.add(writeParameters(parameters));
  if (flags.text) output.add(keyParametersText(parameters));
  if (context.json) context.printJson(describeParameters(parameters));
  if (!context.json || toFile(flags.out)) output.writeTo(context, flags.out);
  return 0;
}
