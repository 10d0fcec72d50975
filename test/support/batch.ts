/** Many command lines in one process: where hundreds are compared, starting one for each would take most of the time. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface BatchJob {
  readonly cwd: string;
  /** The command and its words. */
  readonly args: readonly string[];
  /** Standard input. */
  readonly input?: string;
  /** Those that follow load the command anew: this one changes what its modules keep. */
  readonly alone?: boolean;
}

/** Output as Latin-1: a character an octet. */
export interface BatchResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built commands in one process, in order. */
export function batch(jobs: readonly BatchJob[]): BatchResult[] {
  const done = spawnSync(
    process.env['TLSKIT_TEST_NODE'] ?? process.execPath,
    [resolve('test/support/batch-runner.cjs')],
    {
      input: JSON.stringify(jobs),
      stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
      maxBuffer: 1 << 28,
      timeout: 240_000,
      env: { ...process.env, OPENSSL_CONF: '' },
    },
  );
  if (done.status !== 0) throw new Error(`the batch ended with ${done.status ?? done.signal}`);
  return JSON.parse(String(done.output[3])) as BatchResult[];
}
