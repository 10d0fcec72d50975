import { makeKey } from '../cli/flags/generate.ts';
import {
  curveFormFlag,
  ecEncoding,
  keyOutputForm,
  Output,
  pointFormFlag,
  printKeyJson,
  PROVIDER_FLAGS,
  RANDOM_FLAGS,
  toFile,
  written,
} from '../cli/flags/keys.ts';
import { pemOrDer } from '../cli/flags/form.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { encodePem } from '../lib/der/pem.ts';
import { fail } from '../lib/errors.ts';
import { checkParameters } from '../lib/keys/check.ts';
import { describeParameters } from '../lib/keys/describe.ts';
import { namedGroup, readEcGroup, type EcGroup } from '../lib/keys/ec-group.ts';
import { encodeEcParameters } from '../lib/keys/encode.ts';
import { KeyParameters } from '../lib/keys/model.ts';
import { readKeyParameters } from '../lib/keys/read.ts';
import { writePrivateKey } from '../lib/keys/write.ts';
import { curveByName, curves } from '../lib/registry/curves.ts';
import { ecParametersText } from '../lib/text/params.ts';

const flags = {
  name: text('curve', 'Use this curve: prime256v1, P-256, secp384r1, secp256k1, brainpoolP256r1, …'),
  list_curves: bool('List all curves'),
  in: text('file', 'Read the parameters from this file (default: standard input)'),
  inform: text('PEM|DER', 'Format of the input (default: what it looks like)'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  genkey: bool('Generate a private key on the curve and write it too'),
  noout: bool('Do not write the parameters'),
  text: bool('Print the parameters as text'),
  check: bool('Check the parameters'),
  check_named: bool('Check that the parameters are those of a named curve'),
  conv_form: pointFormFlag(),
  param_enc: curveFormFlag(),
  no_seed: bool("Leave the curve's seed out of explicit parameters"),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'EC curves: list, look at, convert; generate an EC key',
  description:
    'Works on EC parameters: a curve named with -name, or a file. With -genkey also makes a private key, in SEC 1 form as OpenSSL does ("genkey" writes PKCS#8).',
  examples: [
    { say: 'A private key on P-256', line: 'ecparam -genkey -name prime256v1 -noout -out ec-key.pem' },
    { say: 'All curves', line: 'ecparam -list_curves' },
    { say: 'The numbers of a curve', line: 'ecparam -name secp256k1 -param_enc explicit -text -noout' },
  ],
  flags,
  async run(context) {
    const { flags } = context;
    if (flags.list_curves) return list(context);
    const form = keyOutputForm(flags.outform);
    const group = obtain(context);
    const parameters = new KeyParameters('ec', group.parameters);
    const output = new Output();
    const said = !context.json;
    if (flags.text && said) output.add(ecParametersText(group));
    let valid: boolean | undefined;
    if (flags.check || flags.check_named) {
      valid = checkParameters(parameters).length === 0 && (!flags.check_named || group.curve !== undefined);
      context.note(`checking elliptic curve parameters: ${valid ? 'ok' : 'failed'}\n`);
    }
    if (valid === false) {
      if (context.json) context.printJson({ ...describeParameters(parameters), valid });
      return 1;
    }
    const label = group.curve?.name === 'SM2' ? 'SM2 PARAMETERS' : 'EC PARAMETERS';
    if (!flags.noout) output.add(form === 'der' ? group.parameters : encodePem(label, group.parameters));
    if (flags.genkey) await addKey(context, parameters, group, output, form);
    else if (context.json)
      context.printJson({ ...describeParameters(parameters), ...(valid === undefined ? {} : { valid }) });
    if (said || toFile(flags.out)) output.writeTo(context, flags.out);
    return 0;
  },
});

export default command;

function list(context: Run): number {
  const all = curves();
  if (context.json) {
    context.printJson(
      all.map(({ name, oid, bits, nist, comment }) => ({
        name,
        oid: oid ?? null,
        bits,
        nist: nist ?? null,
        comment: comment.trim().replace(/\s+/g, ' '),
      })),
    );
  } else {
    context.write(context.flags.out, all.map(({ name, comment }) => `  ${name.padEnd(10)}: ${comment}\n`).join(''));
  }
  return 0;
}

/** The group that -name or the input gives, in the encoding that the flags choose. */
function obtain(context: Run): EcGroup {
  const { flags } = context;
  const group = flags.name === undefined ? read(context) : named(context, flags.name);
  const encoding = { ...ecEncoding(flags.conv_form, flags.param_enc), noSeed: flags.no_seed };
  const changed = encodeEcParameters(group, encoding);
  if (changed.equals(group.parameters)) return group;
  const { form } = group;
  return { ...readEcGroup(changed), form: encoding.pointForm ?? form };
}

function named(context: Run, name: string): EcGroup {
  const curve = curveByName(name) ?? fail('ERR_USAGE', `there is no EC curve "${name}"; see "ecparam -list_curves"`);
  if (/^secp(192|256)r1$/i.test(name)) context.note(`using curve name ${curve.name} instead of ${name}\n`);
  return namedGroup(curve);
}

function read(context: Run): EcGroup {
  const { flags } = context;
  const form = pemOrDer('inform', flags.inform) ?? 'any';
  const source = context.inputName(flags.in);
  const { components } = readKeyParameters(context.read(flags.in), { source, form, type: ['ec'] });
  return components.kind === 'ec' ? components.group : fail('ERR_KEY', `${source} holds no EC parameters`);
}

async function addKey(
  context: Run,
  parameters: KeyParameters,
  group: EcGroup,
  output: Output,
  form: 'pem' | 'der',
): Promise<void> {
  const key = await makeKey({ type: 'ec', curve: parameters }, 'Generating an EC key');
  const format = group.curve?.name === 'SM2' ? 'pkcs8' : 'traditional';
  const file = writePrivateKey(key, { format, form });
  output.add(file, true);
  const { out } = context.flags;
  if (context.json) printKeyJson(context, key, written(out, file));
}
