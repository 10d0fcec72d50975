import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { run, type Finished, type RunOptions } from './peers.ts';

const RUN = resolve('bin/run.js');

/** Runs the built command line in a process of its own. */
export function tlskit(args: readonly string[], options?: RunOptions): Finished {
  return run(process.env['TLSKIT_TEST_NODE'] ?? process.execPath, [RUN, ...args], options);
}

/** A new empty folder that is removed when the test is done. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
