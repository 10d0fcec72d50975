/** What differs between two logs, and which differences are known. */
import type { Log } from './play.ts';
import type { Outcome } from './run.ts';

/** A difference that is meant to be, or that nobody can take away. */
export interface Known {
  /** The scenario's name, or what the names of several match. */
  readonly scenario: string | RegExp;
  /** The lines that differ, as the report shows them: "- lane: line" is node:tls's, "+ lane: line" ours. */
  readonly lines: readonly (string | RegExp)[];
  readonly why: string;
  /** Left out: on every Node. */
  readonly nodes?: (major: number) => boolean;
}

/** The lines that two lists do not have in common, in the order of a longest common subsequence. */
function difference(theirs: readonly string[], ours: readonly string[]): string[] {
  const lengths = Array.from({ length: theirs.length + 1 }, () => ours.map(() => 0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = theirs.length - 1; i >= 0; i--) {
    for (let j = ours.length - 1; j >= 0; j--) {
      lengths[i]![j] = theirs[i] === ours[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < theirs.length || j < ours.length) {
    if (i < theirs.length && theirs[i] === ours[j]) {
      i++;
      j++;
    } else if (i < theirs.length && (j === ours.length || at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${theirs[i++]}`);
    else lines.push(`+ ${ours[j++]}`);
  }
  return lines;
}

export function differences(theirs: Log, ours: Log): string[] {
  const lanes = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
  return lanes.flatMap((lane) =>
    difference(theirs[lane] ?? [], ours[lane] ?? []).map((line) => `${line[0]} ${lane}: ${line.slice(2)}`),
  );
}

const matches = (pattern: string | RegExp, text: string): boolean =>
  typeof pattern === 'string' ? pattern === text : pattern.test(text);

const matchesPattern = ({ lines }: Known, text: string): boolean =>
  lines.some((line) => typeof line !== 'string' && line.test(text));

export interface Judgement {
  /** Differences that no entry of the list explains, by scenario. */
  readonly unexplained: Record<string, string[]>;
  /** Entries of the list, or lines of one, that no scenario shows any more. */
  readonly stale: string[];
  /** Scenarios that node:tls itself did not get through: they say nothing. */
  readonly broken: string[];
}

/** Compares the outcomes on a Node with the list of known differences. */
export function judge(outcomes: readonly Outcome[], known: readonly Known[], major: number): Judgement {
  const unexplained: Record<string, string[]> = {};
  const list = known.filter(({ nodes }) => nodes?.(major) ?? true);
  // an entry of patterns has to explain something, one of lines each of them
  const unused = new Set(
    list.flatMap((entry) => {
      const lines = entry.lines.filter((line) => typeof line === 'string').map((line) => ({ entry, line, text: line }));
      return lines.length === entry.lines.length ? lines : [...lines, { entry, line: undefined, text: 'patterns' }];
    }),
  );
  for (const { name, theirs, ours } of outcomes) {
    const left = differences(theirs, ours).filter((line) => {
      const used = [...unused].filter(
        ({ entry, line: own }) =>
          matches(entry.scenario, name) && (own === undefined ? matchesPattern(entry, line) : own === line),
      );
      for (const one of used) unused.delete(one);
      return !list.some((entry) => matches(entry.scenario, name) && entry.lines.some((one) => matches(one, line)));
    });
    if (left.length > 0) unexplained[name] = left;
  }
  const stale = [...unused].map(({ entry, text }) => `${String(entry.scenario)}: ${text} (${entry.why})`);
  const broken = outcomes.flatMap(({ name, theirs }) => (theirs['scenario'] ?? []).map((line) => `${name}: ${line}`));
  return { unexplained, stale, broken };
}
