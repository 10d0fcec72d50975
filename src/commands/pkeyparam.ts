import { Output, PROVIDER_FLAGS, toFile } from '../cli/flags/keys.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { checkParameters } from '../lib/keys/check.ts';
import { describeParameters } from '../lib/keys/describe.ts';
import { readKeyParameters } from '../lib/keys/read.ts';
import { writeParameters } from '../lib/keys/write.ts';
import { keyParametersText } from '../lib/text/params.ts';

const command: CommandSpec = defineCommand({
  summary: 'Look at and check key parameters: EC, DSA, DH',
  description: 'Reads parameters that "genpkey -genparam", "ecparam", "dsaparam" or "dhparam" wrote.',
  examples: [{ say: 'What is in a parameter file', line: 'pkeyparam -in params.pem -text -noout' }],
  flags: {
    in: text('file', 'Read the parameters from this file (default: standard input)'),
    out: text('file', 'Write to this file (default: standard output)'),
    text: bool('Print the parameters as text'),
    noout: bool('Do not write the parameters'),
    check: bool('Check the parameters'),
    ...PROVIDER_FLAGS,
  },
  async run(context) {
    const { flags } = context;
    const parameters = readKeyParameters(context.read(flags.in), { source: context.inputName(flags.in) });
    const output = new Output();
    const said = !context.json;
    let valid: boolean | undefined;
    if (flags.check) {
      const reasons = checkParameters(parameters);
      valid = reasons.length === 0;
      if (!valid) context.note(`Parameters are invalid\nDetailed error: ${reasons.join('; ')}\n`);
      else if (said) output.add('Parameters are valid\n');
    }
    if (context.json)
      context.printJson({ ...describeParameters(parameters), ...(valid === undefined ? {} : { valid }) });
    if (!flags.noout && (said || toFile(flags.out))) output.add(writeParameters(parameters));
    if (flags.text && said) output.add(keyParametersText(parameters));
    if (said || toFile(flags.out)) output.writeTo(context, flags.out);
    return valid === false ? 1 : 0;
  },
});

export default command;
