import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { run, type Finished, type RunOptions } from './peers.ts';

const RUN = resolve('bin/run.js');
const USAGE = resolve('test/support/usage.cjs');

/** Runs the built command line in a process of its own. */
export function tlskit(args: readonly string[], options?: RunOptions): Finished {
  return run(process.env['TLSKIT_TEST_NODE'] ?? process.execPath, [RUN, ...args], options);
}

/** What a run of the command line used: CPU seconds of all its threads, and its largest resident size in KiB. */
export interface Usage {
  readonly cpu: number;
  readonly maxRss: number;
}

/** The same, and what the process used. */
export function tlskitUsage(args: readonly string[], options?: RunOptions): Finished & { readonly usage: Usage } {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-usage-'));
  try {
    const file = join(folder, 'usage.json');
    const env = { ...options?.env, USAGE_FILE: file, NODE_OPTIONS: `--require ${USAGE}` };
    const finished = tlskit(args, { ...options, env });
    return { ...finished, usage: JSON.parse(readFileSync(file, 'utf8')) as Usage };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new empty folder that is removed when the test is done. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
