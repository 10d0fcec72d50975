/** Verdicts on a client as a table, as JSON and as JUnit's XML. */
import { caseJson, DUTY_WORDS } from '../fixtures/servers/page.ts';
import type { Verdict } from './judge.ts';

const GAP = '  ';
/** Characters that are shown of what a client says. */
const MOST_WORDS = 100;

const MARKS = new Map<boolean | null, string>([
  [true, 'right'],
  [false, 'WRONG'],
  [null, 'either'],
]);

const count = (verdicts: readonly Verdict[], right: boolean | null): number =>
  verdicts.filter((one) => one.right === right).length;

/** What a client said: the line that looks like its reason, else the last one. */
function reasonIn(output: string): string {
  const lines = output.trimEnd().split('\n');
  const line = (lines.find((one) => /error|fail|problem|not found/i.test(one)) ?? lines.at(-1) ?? '').trim();
  return line === '' ? '' : `: ${line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS - 1)}…` : line}`;
}

/** What is worth saying beside a verdict: of a wrong one the rule, or what the client says. */
function detailOf({ did, right, visit, status, signal, placed, output }: Verdict): string {
  if (did === 'timeout') return 'it was ended';
  if (did === 'no connection') {
    const how = signal === null ? `exit code ${status ?? ''}` : signal;
    return `it did not ask for ${placed.case.host} (${how})${reasonIn(output)}`;
  }
  if (did === 'refused') {
    const alert = visit?.alert === undefined ? '' : `alert ${visit.alert}`;
    return right === false ? `${alert}${reasonIn(output)}`.replace(/^: /, '') : alert;
  }
  if (right === false) return placed.case.rule;
  return visit?.version === undefined ? '' : `${visit.version} ${visit.suite ?? ''}`;
}

/** The table, wrong verdicts marked, and a sentence. */
export function verdictTable(shown: readonly Verdict[], all: readonly Verdict[]): string {
  if (shown.length === 0) return summary(all);
  const rows = shown.map((one) => [
    one.placed.case.name,
    DUTY_WORDS[one.placed.case.duty],
    one.did,
    MARKS.get(one.right) ?? '',
    detailOf(one),
  ]);
  const table = [['CASE', 'A CLIENT MUST', 'IT', '', ''], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => (row[i] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n\n${summary(all)}`;
}

/** A sentence or two on all verdicts. */
function summary(verdicts: readonly Verdict[]): string {
  const lines = [`${verdicts.length} cases: ${tally(verdicts)}`];
  const list = (words: string, which: (one: Verdict) => boolean): void => {
    const names = verdicts.filter(which).map(({ placed }) => placed.case.name);
    if (names.length > 0) lines.push(`${words}: ${names.join(', ')}`);
  };
  const none = ({ did }: Verdict): boolean => did === 'timeout' || did === 'no connection';
  list('accepted what it must refuse', ({ did, right }) => did === 'accepted' && right === false);
  list('refused what it must accept', ({ did, right }) => did === 'refused' && right === false);
  if (verdicts.every(({ did }) => did === 'no connection'))
    lines.push('It connected to none of them: {url}, or {host} and {port} with {address}, say where they are.');
  else list('no verdict', none);
  list('accepted where either is right', ({ did, right }) => did === 'accepted' && right === null);
  list('refused where either is right', ({ did, right }) => did === 'refused' && right === null);
  if (!verdicts.some(({ did }) => did === 'accepted') && verdicts.some(({ did }) => did === 'refused'))
    lines.push('It accepted nothing at all: refusals say little before the good server is accepted.');
  return `${lines.join('\n')}\n`;
}

/** `46 right, 2 wrong, 6 either way`. */
export const tally = (verdicts: readonly Verdict[]): string =>
  `${count(verdicts, true)} right, ${count(verdicts, false)} wrong, ${count(verdicts, null)} either way`;

/** The same for programs. */
export function verdictJson(command: string, verdicts: readonly Verdict[]): object {
  return {
    command,
    right: count(verdicts, true),
    wrong: count(verdicts, false),
    either: count(verdicts, null),
    cases: verdicts.map((one) => ({
      ...caseJson(one.placed),
      did: one.did,
      right: one.right,
      exitCode: one.status,
      signal: one.signal,
      milliseconds: Math.round(one.milliseconds),
      version: one.visit?.version ?? null,
      suite: one.visit?.suite ?? null,
      alert: one.visit?.alert ?? null,
      requested: one.visit?.requested ?? false,
      output: one.output,
    })),
  };
}

/** Text for XML 1.0, without the characters that it cannot have. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

/** A test suite with a test for each case; those where either is right are skipped tests. */
export function verdictJunit(command: string, verdicts: readonly Verdict[]): string {
  const wrong = count(verdicts, false);
  const skipped = count(verdicts, null);
  const time = seconds(verdicts.reduce((sum, one) => sum + one.milliseconds, 0));
  const tests = verdicts.map((one) => {
    const { name, about, duty, rule } = one.placed.case;
    const message = `a correct client must: ${DUTY_WORDS[duty]} (${rule}); this one: ${one.did}`;
    const open = `    <testcase classname="tlskit.test-client" name="${xml(`${name}: ${about}`)}" time="${seconds(one.milliseconds)}"`;
    if (one.right) return `${open}/>`;
    if (one.right === null) return `${open}>\n      <skipped message="${xml(message)}"/>\n    </testcase>`;
    const detail = detailOf(one);
    const text = `${detail === '' ? '' : `${detail}\n`}${one.output}`;
    return `${open}>\n      <failure type="${one.did.replace(' ', '-')}" message="${xml(message)}">${xml(text)}</failure>\n    </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="${verdicts.length}" failures="${wrong}" errors="0" time="${time}">
  <testsuite name="${xml(`tlskit test-client: ${command}`)}" tests="${verdicts.length}" failures="${wrong}" errors="0" skipped="${skipped}" time="${time}">
${tests.join('\n')}
  </testsuite>
</testsuites>
`;
}
