/** Verdicts on a client as a table, as JSON and as JUnit's XML. */
import { caseJson, DUTY_WORDS } from '../fixtures/servers/page.ts';
import type { Verdict } from './judge.ts';

const GAP = '  ';

/** What is worth saying beside a verdict. */
function detailOf({ did, visit, status, signal, timedOut, placed }: Verdict): string {
  if (did === 'no connection') {
    const how = status === 0 ? 'it said 0' : signal === null ? `exit code ${status}` : signal;
    return `it did not ask for ${placed.case.host} (${how})`;
  }
  if (timedOut) return 'it was ended';
  if (did === 'refused') return visit?.alert === undefined ? '' : `alert ${visit.alert}`;
  return visit?.version === undefined ? '' : `${visit.version} ${visit.suite ?? ''}`;
}

/** The table, wrong verdicts marked, and a sentence. */
export function verdictTable(shown: readonly Verdict[], all: readonly Verdict[]): string {
  const rows = shown.map((one) => [
    one.placed.case.name,
    DUTY_WORDS[one.placed.case.duty],
    one.did,
    one.right ? 'right' : 'WRONG',
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
  const wrong = verdicts.filter(({ right }) => !right);
  const names = (list: readonly Verdict[]): string => list.map(({ placed }) => placed.case.name).join(', ');
  const lines = [`${verdicts.length - wrong.length} of ${verdicts.length} right`];
  const lax = wrong.filter(({ did }) => did === 'accepted');
  const strict = wrong.filter(({ did }) => did === 'refused');
  const other = wrong.filter(({ did }) => did !== 'accepted' && did !== 'refused');
  if (lax.length > 0) lines.push(`accepted what it must refuse: ${names(lax)}`);
  if (strict.length > 0) lines.push(`refused what it must accept: ${names(strict)}`);
  if (other.length > 0) lines.push(`no verdict: ${names(other)}`);
  if (verdicts.every(({ did }) => did !== 'accepted'))
    lines.push('It accepted nothing at all: refusals say little before the good server is accepted.');
  return `${lines.join('\n')}\n`;
}

/** The same for programs. */
export function verdictJson(command: string, verdicts: readonly Verdict[]): object {
  const right = verdicts.filter((one) => one.right).length;
  return {
    command,
    right,
    wrong: verdicts.length - right,
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

/** A test suite with a test for each case. */
export function verdictJunit(command: string, verdicts: readonly Verdict[]): string {
  const wrong = verdicts.filter(({ right }) => !right).length;
  const time = seconds(verdicts.reduce((sum, one) => sum + one.milliseconds, 0));
  const tests = verdicts.map((one) => {
    const { name, about, duty, rule } = one.placed.case;
    const open = `    <testcase classname="tlskit.test-client" name="${xml(`${name}: ${about}`)}" time="${seconds(one.milliseconds)}"`;
    if (one.right) return `${open}/>`;
    const message = `a correct client must: ${DUTY_WORDS[duty]} (${rule}); this one: ${one.did}`;
    const detail = detailOf(one);
    const text = `${detail === '' ? '' : `${detail}\n`}${one.output}`;
    return `${open}>\n      <failure type="${one.did.replace(' ', '-')}" message="${xml(message)}">${xml(text)}</failure>\n    </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="${verdicts.length}" failures="${wrong}" time="${time}">
  <testsuite name="${xml(`tlskit test-client: ${command}`)}" tests="${verdicts.length}" failures="${wrong}" errors="0" skipped="0" time="${time}">
${tests.join('\n')}
  </testsuite>
</testsuites>
`;
}
