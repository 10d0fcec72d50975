import { LINT_FLAGS, runLint, type LintFlags } from '../cli/lint/run.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = defineCommand<LintFlags>({
  summary: 'Check certificates against RFC 5280 and the CA/Browser Forum',
  description:
    'Looks at each certificate of the files by itself and names the rules that it breaks, each with its source. Rules count from their effective ' +
    'date on, by the date of issuance. Exits with 1 where there are errors.',
  examples: [
    { say: 'What is wrong with this certificate', line: 'lint cert.pem' },
    { say: 'RFC 5280 alone, as for a private CA', line: 'lint -profile rfc5280 cert.pem' },
    { say: 'Which rules there are', line: 'lint -list' },
  ],
  args: [{ name: 'FILE', description: 'Certificates in PEM or DER; - or nothing for standard input', many: true }],
  flags: LINT_FLAGS,
  run: (context) => runLint(context),
});

export default command;
