import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { TlskitError } from '../../src/lib/errors.ts';

/** One case: what we make of it, and how to ask openssl for its answer (`undefined`: it refuses). */
export interface GoldenCase {
  readonly key: string;
  readonly ours: () => string;
  readonly theirs: () => string | undefined;
}

const REFUSED = 'refused';

/**
 * Compares with answers of openssl that are recorded in `file`; UPDATE_GOLDEN=1 asks openssl and records them anew. Where openssl refuses,
 * we must refuse with a `TlskitError` of one line.
 */
export function expectGolden(file: string, cases: readonly GoldenCase[]): void {
  const update = process.env['UPDATE_GOLDEN'] !== undefined;
  const recorded: Record<string, string> = update ? record(file, cases) : JSON.parse(readFileSync(file, 'utf8'));
  const different: string[] = [];
  for (const { key, ours } of cases) {
    const wanted = recorded[key];
    const { text, error } = answer(ours);
    if (text !== wanted) different.push(`${key}\n  ours   ${text} ${error}\n  openssl ${wanted}`);
    if (error.includes('\n')) different.push(`${key}\n  an error of more than one line: ${error}`);
  }
  expect(different.join('\n')).toBe('');
  expect(Object.keys(recorded).length).toBe(cases.length);
}

function answer(ours: () => string): { text: string; error: string } {
  try {
    return { text: ours(), error: '' };
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    return { text: REFUSED, error: error.message };
  }
}

function record(file: string, cases: readonly GoldenCase[]): Record<string, string> {
  const recorded = Object.fromEntries(cases.map(({ key, theirs }) => [key, theirs() ?? REFUSED]));
  const lines = Object.entries(recorded).map(([key, text]) => `${JSON.stringify(key)}: ${JSON.stringify(text)}`);
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
  return recorded;
}
