/** How the commands of a CA folder show certificates: for people, and as JSON (docs/json.md). */
import { statusOf, type CertificateRecord, type CertificateStatus } from '../../lib/ca/index.ts';
import { styleFor } from '../help.ts';
import { shellWord } from '../shell-word.ts';

/** The document of a record. */
export interface RecordJson {
  readonly serial: string;
  readonly subject: string;
  readonly names: readonly string[];
  readonly template: string | null;
  readonly status: CertificateStatus;
  /** Null where only the number of an imported certificate is known. */
  readonly notBefore: string | null;
  readonly notAfter: string;
  readonly issuedAt: string;
  readonly revocation: { readonly at: string; readonly reason: string; readonly invalidSince: string | null } | null;
  readonly replaces: string | null;
}

/** An instant as JSON has it: ISO 8601 in UTC, in seconds. */
export const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

export function recordJson(record: CertificateRecord, now: number): RecordJson {
  const { revocation } = record;
  return {
    serial: record.serial,
    subject: record.subject,
    names: record.names,
    template: record.template ?? null,
    status: statusOf(record, now),
    notBefore: record.notBefore === 0 ? null : instant(record.notBefore),
    notAfter: instant(record.notAfter),
    issuedAt: instant(Math.floor(record.issuedAt / 1000) * 1000),
    revocation: revocation
      ? {
          at: instant(Math.floor(revocation.at / 1000) * 1000),
          reason: revocation.reason,
          invalidSince: revocation.invalidSince === undefined ? null : instant(revocation.invalidSince),
        }
      : null,
    replaces: record.replaces ?? null,
  };
}

/** A heading, bold on a terminal. */
export function title(text: string): string {
  return styleFor(process.stdout).colour ? `\u001b[1m${text}\u001b[22m` : text;
}

/** Lines of `name  what it is`, aligned and indented. */
export function rows(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd());
}

/** What to do next: each a word on it, and a command line. */
export function nextSteps(steps: readonly (readonly [say: string, words: readonly string[]])[]): string[] {
  const lines = steps.flatMap(([say, words]) => [`  # ${say}`, `  ${words.map(shellWord).join(' ')}`]);
  return ['', title('Next steps'), ...lines];
}

/** A day, as people read it. */
export const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What a certificate is called: its names, else its subject, else its number. */
export function labelOf(record: CertificateRecord): string {
  const [first, ...others] = record.names;
  if (first === undefined) return record.subject === '' ? record.serial : record.subject;
  return others.length < 3 ? [first, ...others].join(', ') : `${first} and ${others.length} more names`;
}

/** The option that names the folder, with a space after it; nothing where the folder is the default. */
export const shownOption = (folder: string): string => (folder === 'tlskit-ca' ? '' : `-ca ${shellWord(folder)} `);
