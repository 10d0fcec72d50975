import { pemOrDer } from '../cli/flags/form.ts';
import { Output, PROVIDER_FLAGS, RANDOM_FLAGS, toFile } from '../cli/flags/keys.ts';
import { withLiveLine } from '../cli/progress.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { checkDhParameters, DH_DEFECTS } from '../lib/dh/check.ts';
import { DEFAULT_PRIME_BITS, generateDhParameters, generateDsaParameters } from '../lib/dh/generate.ts';
import { checkPrimeBits } from '../lib/dh/search.ts';
import { namedDhParameters } from '../lib/dh/named.ts';
import { describeDhParameters } from '../lib/dh/describe.ts';
import {
  dhParametersFromDsa,
  encodeDhParameters,
  pemOfDhParameters,
  readDhParameters,
  readDsaParameters,
  type DhParameters,
} from '../lib/dh/parameters.ts';
import { fail } from '../lib/errors.ts';
import { dhParametersText } from '../lib/text/params.ts';

const flags = {
  in: text('file', 'Read parameters from this file (default: standard input)'),
  inform: text('PEM|DER', 'Format of the input (default: what it looks like)'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  text: bool('Print the parameters as text'),
  noout: bool('Do not print the parameters in PEM or DER'),
  check: bool('Check the parameters; exit 1 if they are bad'),
  group: text('name', 'Use a named group: ffdhe2048 to ffdhe8192, modp_1536 to modp_8192, …', { group: 'Generate' }),
  2: bool('Generate, with 2 as generator (default)', { group: 'Generate' }),
  3: bool('Generate, with 3 as generator', { group: 'Generate' }),
  5: bool('Generate, with 5 as generator', { group: 'Generate' }),
  dsaparam: bool('Make or read DSA parameters and convert them: fast, for servers that know their subgroup', {
    group: 'Generate',
  }),
  quiet: bool('Say nothing on stderr while generating', { group: 'Generate' }),
  verbose: bool('Show progress (the default)', { group: 'Generate' }),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Generate, check or convert Diffie-Hellman parameters',
  description:
    'With a number of bits, finds new parameters: a random safe prime, which takes seconds for 2048 bits and minutes for 4096. A named group ' +
    '(-group) is there at once and is what RFC 7919 recommends for TLS. Without either, reads parameters and checks, prints or converts them.',
  examples: [
    { say: 'The group that RFC 7919 recommends, at once', line: 'dhparam -group ffdhe2048 -out dh2048.pem' },
    { say: 'A safe prime of your own', line: 'dhparam -out dh2048.pem 2048' },
    { say: 'Look at a file and check it', line: 'dhparam -in dh2048.pem -text -check -noout' },
  ],
  flags,
  args: [{ name: 'numbits', description: 'Generate parameters with a prime of this size (512 to 10000)' }],
  async run(context) {
    const { flags } = context;
    const outform = pemOrDer('outform', flags.outform);
    const params = await obtain(context);
    const output = new Output();
    if (flags.text && !context.json) output.add(dhParametersText(params).replace(/^(?=.)/gm, '    '));
    let valid: boolean | undefined;
    if (flags.check) {
      const defects = await checkDhParameters(params);
      valid = defects.length === 0;
      const reasons = defects.map((defect) => DH_DEFECTS[defect]).join('; ');
      context.note(valid ? 'DH parameters appear to be ok.\n' : `Error, invalid parameters generated: ${reasons}\n`);
    }
    if (context.json) context.printJson({ ...describeDhParameters(params), ...(valid === undefined ? {} : { valid }) });
    if (valid !== false && !flags.noout)
      output.add(outform === 'der' ? encodeDhParameters(params) : pemOfDhParameters(params));
    // with --json, standard output has the document, and the parameters go to a file only
    if (!context.json || toFile(flags.out)) output.writeTo(context, flags.out);
    return valid === false ? 1 : 0;
  },
});

export default command;

async function obtain(context: Run): Promise<DhParameters> {
  const { flags, args } = context;
  const generator = context.order.findLast((name) => ['2', '3', '5'].includes(name));
  const bits = args[0] === undefined ? undefined : sizeOf(args[0]);
  if (flags.dsaparam && generator !== undefined) fail('ERR_USAGE', 'a generator cannot be chosen for DSA parameters');
  if (flags.group !== undefined) {
    if (bits !== undefined || generator !== undefined || flags.dsaparam || flags.in !== undefined) {
      fail('ERR_USAGE', 'a named group is complete: -group goes with no size, generator, -dsaparam or -in');
    }
    return namedDhParameters(flags.group);
  }
  if (bits === undefined && generator === undefined) return read(context);
  if (flags.in !== undefined) context.note(`Warning, input file ${flags.in} ignored\n`);
  return generate(context, bits ?? DEFAULT_PRIME_BITS, Number(generator ?? 2));
}

function sizeOf(word: string): number {
  if (!/^\d{1,6}$/.test(word)) fail('ERR_USAGE', `the size must be a number of bits, not "${word}"`);
  checkPrimeBits(Number(word));
  return Number(word);
}

function read(context: Run): DhParameters {
  const { flags } = context;
  if (flags.in === undefined && process.stdin.isTTY) {
    context.note('To generate parameters: tlskit dhparam 2048, or -group ffdhe2048\n');
    context.flushNotes();
  }
  const bytes = context.read(flags.in);
  const options = { source: context.inputName(flags.in), form: pemOrDer('inform', flags.inform) };
  return flags.dsaparam ? dhParametersFromDsa(readDsaParameters(bytes, options)) : readDhParameters(bytes, options);
}

function generate(context: Run, bits: number, generator: number): Promise<DhParameters> {
  const { dsaparam, quiet } = context.flags;
  const kind = dsaparam ? 'DSA parameters' : 'DH parameters';
  const count = (n: number): string => n.toLocaleString('en');
  const work = async (show: (text: () => string) => void): Promise<DhParameters> => {
    if (dsaparam) return dhParametersFromDsa(await generateDsaParameters(bits));
    return generateDhParameters({
      bits,
      generator,
      onProgress: ({ tested, expected }) =>
        show(() => `${bits}-bit safe prime: ${count(tested)} of about ${count(expected)} tests`),
    });
  };
  context.flushNotes();
  if (quiet) return work(() => undefined);
  const prime = dsaparam ? 'long prime' : 'long safe prime';
  return withLiveLine(`Generating ${kind}, ${bits} bit ${prime}`, ({ show }) => work(show));
}
