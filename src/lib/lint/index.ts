/** Lint: rules of RFC 5280 and the CA/Browser Forum's Baseline Requirements, a row each, each with its source. */
import type { Certificate } from '../x509/certificate.ts';
import { CA_RULES } from './cabf-ca.ts';
import { SERVER_RULES } from './cabf-server.ts';
import { KEY_RULES } from './keys.ts';
import { RFC5280_EXTENSIONS } from './rfc5280-extensions.ts';
import { RFC5280_FIELDS } from './rfc5280-fields.ts';
import { RFC5280_POLICIES } from './rfc5280-policies.ts';
import type { LintProfile, LintRule, LintSeverity, Scope } from './rule.ts';
import { LintSubject } from './subject.ts';

export type { LintProfile, LintRule, LintSeverity } from './rule.ts';

/** Every rule, those of RFC 5280 first. Identifiers stay. */
export const LINT_RULES: readonly LintRule[] = [
  ...RFC5280_FIELDS,
  ...RFC5280_EXTENSIONS,
  ...RFC5280_POLICIES,
  ...KEY_RULES.filter(({ profile }) => profile === 'rfc5280'),
  ...SERVER_RULES,
  ...KEY_RULES.filter(({ profile }) => profile === 'server'),
  ...CA_RULES,
  ...KEY_RULES.filter(({ profile }) => profile === 'ca'),
];

/** A rule that a certificate breaks. */
export interface LintFinding {
  readonly id: string;
  readonly severity: LintSeverity;
  readonly source: string;
  /** What the rule says. */
  readonly text: string;
  /** What is there instead, where that helps. */
  readonly detail: string | undefined;
}

export interface LintOptions {
  /**
   * `rfc5280`: its rules alone. `server`, `ca`: also the Baseline Requirements for such certificates. Undefined: by what the certificate is.
   */
  readonly profile?: LintProfile | undefined;
  /** Identifiers of rules to leave out. */
  readonly ignore?: ReadonlySet<string>;
}

/**
 * The rules that a certificate breaks, in the order of the table. Dates of issuance count: a rule holds from its effective date on.
 *
 * @example
 * for (const { id, severity, text } of lintCertificate(certificate)) console.log(severity, id, text);
 */
export function lintCertificate(certificate: Certificate, options: LintOptions = {}): LintFinding[] {
  const subject = new LintSubject(certificate);
  const profile = options.profile ?? (subject.isCa ? 'ca' : subject.isServer ? 'server' : 'rfc5280');
  return LINT_RULES.flatMap((rule) => {
    const asked = (rule.profile === 'rfc5280' || rule.profile === profile) && !options.ignore?.has(rule.id);
    if (!asked || !concerns(rule.scope, subject) || subject.issued < (rule.since ?? -Infinity)) return [];
    const answer = rule.check(subject);
    if (answer === undefined || answer === false) return [];
    const { id, severity, source, text } = rule;
    return [{ id, severity, source, text, detail: answer === true ? undefined : answer }];
  });
}

function concerns(scope: Scope, subject: LintSubject): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'leaf':
      return !subject.isCa;
    case 'ca':
      return subject.isCa;
    case 'root':
      return subject.isRoot;
    case 'subca':
      return subject.isCa && !subject.isRoot;
  }
}
