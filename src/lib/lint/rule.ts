import type { LintSubject } from './subject.ts';

export type LintSeverity = 'error' | 'warning' | 'notice';

/** A set of rules: RFC 5280 and what it refers to; the Baseline Requirements for TLS servers, and for their CAs. */
export type LintProfile = 'rfc5280' | 'server' | 'ca';

/** Which certificates a rule is about. */
export type Scope = 'all' | 'leaf' | 'ca' | 'root' | 'subca';

/** A rule's answer: nothing wrong, wrong, or wrong with a detail. */
export type Answer = string | boolean | undefined;

/** One rule. */
export interface LintRule {
  /** Stays as it is. */
  readonly id: string;
  readonly severity: LintSeverity;
  readonly profile: LintProfile;
  /** Document and section. */
  readonly source: string;
  /** What the rule says. */
  readonly text: string;
  readonly scope: Scope;
  /** Holds for certificates issued from then on, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** A detail, or true, where the certificate breaks the rule. */
  readonly check: (subject: LintSubject) => Answer;
}

/** A rule in its table: identifier, severity, section, what it says, which certificates, the question, effective date. */
export type RuleRow = readonly [
  id: string,
  severity: LintSeverity,
  section: string,
  text: string,
  scope: Scope,
  check: LintRule['check'],
  since?: string,
];

/** Rows of one document's rules as rules. */
export const rules = (profile: LintProfile, document: string, rows: readonly RuleRow[]): LintRule[] =>
  rows.map(([id, severity, section, text, scope, check, since]) => ({
    id,
    severity,
    profile,
    source: /^[A-Z]/.test(section) ? section.replace(/^EVG /, 'CABF EVG ') : `${document} ${section}`,
    text,
    scope,
    check,
    ...(since === undefined ? {} : { since: Date.parse(since) }),
  }));
