/** `lint`: certificates of files against the table of rules. */
import { closest } from '../../lib/closest.ts';
import { fail } from '../../lib/errors.ts';
import {
  lintCertificate,
  LINT_RULES,
  type LintFinding,
  type LintProfile,
  type LintSeverity,
} from '../../lib/lint/index.ts';
import { CertificateView } from '../../lib/verify/index.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { styleFor } from '../help.ts';
import { title, printable } from '../inspect/words.ts';
import { digest, nameJson } from '../json/certificate.ts';
import { bool, list, text, type Flag } from '../spec.ts';

export type LintFlags = Readonly<
  Record<'in' | 'profile' | 'level', Flag<string | undefined>> &
    Record<'ignore', Flag<readonly string[]>> &
    Record<'list', Flag<boolean>>
>;

const PROFILES = ['rfc5280', 'server', 'cabf', 'ca'] as const;
const LEVELS: readonly LintSeverity[] = ['error', 'warning', 'notice'];

export const LINT_FLAGS: LintFlags = {
  in: text('file', 'The same as an argument'),
  profile: text('name', 'Which rules (default: by what a certificate is); cabf means server', { values: PROFILES }),
  ignore: list('id', 'Leave out a rule, or several with commas between'),
  level: text('severity', 'Show what is this grave at least (default notice)', { values: LEVELS }),
  list: bool('List the rules'),
};

type LintContext = Context<LintFlags>;

/** One certificate and what is wrong with it. */
interface Linted {
  readonly file: string;
  readonly certificate: Certificate;
  readonly findings: readonly LintFinding[];
}

/** Runs `lint`: 1 where there are errors. */
export function runLint(context: LintContext): number {
  const { flags, args } = context;
  const profile = flags.profile === 'cabf' ? 'server' : (flags.profile as LintProfile | undefined);
  const ignore = new Set(flags.ignore.flatMap((ids) => ids.split(',')));
  for (const id of ignore) if (!LINT_RULES.some((rule) => rule.id === id)) unknownRule(id);
  if (flags.list) return listRules(context, profile);
  const words = [...(flags.in === undefined ? [] : [flags.in]), ...args];
  const most = LEVELS.indexOf((flags.level ?? 'notice') as LintSeverity);
  const linted = (words.length === 0 ? ['-'] : words).flatMap((word): Linted[] => {
    const file = context.inputName(word);
    return readCertificates(context.read(word), file).map((certificate) => {
      const findings = lintCertificate(certificate, { profile, ignore });
      return { file, certificate, findings: findings.filter(({ severity }) => LEVELS.indexOf(severity) <= most) };
    });
  });
  if (context.json) context.printJson(linted.map(lintedJson));
  else context.print(linted.map((one) => lintedText(one)).join('\n') + summary(linted));
  return linted.some(({ findings }) => findings.some(({ severity }) => severity === 'error')) ? 1 : 0;
}

function unknownRule(id: string): never {
  const near = closest(
    id,
    LINT_RULES.map((rule) => rule.id),
  );
  return fail(
    'ERR_USAGE',
    `option -ignore: there is no rule ${id}${near ? `; did you mean ${near}?` : '; -list shows them'}`,
  );
}

function listRules(context: LintContext, profile: LintProfile | undefined): number {
  const rules = LINT_RULES.filter(
    (rule) => profile === undefined || rule.profile === 'rfc5280' || rule.profile === profile,
  );
  if (context.json) {
    context.printJson(
      rules.map(({ id, severity, profile, source, scope, text, since }) => ({
        id,
        severity,
        profile,
        source,
        scope,
        text,
        since: since === undefined ? null : new Date(since).toISOString().slice(0, 10),
      })),
    );
  } else {
    const width = Math.max(...rules.map(({ id }) => id.length));
    context.print(
      rules
        .map(({ id, severity, source, text }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${text} (${source})\n`)
        .join(''),
    );
  }
  return 0;
}

const COLOUR: Readonly<Record<LintSeverity, string>> = { error: '31', warning: '33', notice: '2' };

function lintedText({ file, certificate, findings }: Linted): string {
  const { colour } = styleFor(process.stdout);
  const paint = (code: string, words: string): string => (colour ? `\u001b[${code}m${words}\u001b[0m` : words);
  const count = findings.length === 0 ? 'no rule' : findings.length === 1 ? 'one rule' : `${findings.length} rules`;
  const head = `${paint('1', printable(file))}: ${title(new CertificateView(certificate))} breaks ${count}\n`;
  const lines = findings.map(({ id, severity, source, text, detail }) => {
    const what = detail === undefined ? '' : `: ${printable(detail)}`;
    return `  ${paint(COLOUR[severity], severity.padEnd(7))}  ${text}${what}\n           ${paint('2', `${id}, ${source}`)}\n`;
  });
  return head + lines.join('');
}

function summary(linted: readonly Linted[]): string {
  if (linted.length < 2) return '';
  const count = (severity: LintSeverity): number =>
    linted.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length;
  return `\n${linted.length} certificates: ${LEVELS.map((level) => `${count(level)} ${level}s`).join(', ')}\n`;
}

function lintedJson({ file, certificate, findings }: Linted): unknown {
  return {
    file,
    subject: nameJson(certificate.subject),
    sha256: digest('sha256', certificate.der),
    findings: findings.map(({ id, severity, source, text, detail }) => ({
      id,
      severity,
      source,
      text,
      detail: detail ?? null,
    })),
  };
}
