/** Making keys on the command line: a live line on a terminal while it takes. */
import { generateKey, type KeyGenParams } from '../../lib/keys/generate.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { withLiveLine } from '../progress.ts';

/** Makes a key; `what` stands on the terminal meanwhile, and nothing in a pipe. */
export function makeKey(params: KeyGenParams, what: string, quiet = false): Promise<PrivateKey> {
  return showing(() => generateKey(params), what, quiet);
}

/** Runs slow work with a live line on a terminal. */
export function showing<T>(work: () => Promise<T>, what: string, quiet = false): Promise<T> {
  if (quiet || process.stderr.isTTY !== true) return work();
  return withLiveLine(what, work);
}
