/** Programs that run in a Node of their own with tlskit/tls, or with node:tls to compare: test/node/programs. */
import { resolve } from 'node:path';
import { bundled } from './bundle.ts';
import { caPem, pems } from './identities.ts';
import type { Running, Workshop } from './processes.ts';

let built: Promise<string> | undefined;

/** tlskit/tls in one file, as it is in the sources now; its path. */
export function faceModule(): Promise<string> {
  return (built ??= bundled('src/lib/node/index.ts', 'tls'));
}

/** Writes ca.pem, and cert.pem and key.pem for localhost, into a workshop's folder. */
export async function writePki(workshop: Workshop): Promise<void> {
  const { cert, key } = await pems();
  workshop.file('ca.pem', await caPem());
  workshop.file('cert.pem', cert);
  workshop.file('key.pem', key);
}

export interface ProgramOptions {
  /** Flags of Node. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Left out: the one that runs the tests. */
  readonly node?: string;
  readonly args?: readonly string[];
}

/** Starts a program; it gets the module, the workshop's folder and `args`. */
export function startProgram(workshop: Workshop, name: string, module: string, options: ProgramOptions = {}): Running {
  const { flags = [], env = {}, node = process.execPath, args = [] } = options;
  const program = resolve('test/node/programs', `${name}.mjs`);
  // what the machine that runs the tests trusts is no part of them
  const own = { NODE_EXTRA_CA_CERTS: '', NODE_OPTIONS: '', ...env };
  return workshop.start(node, [...flags, program, module, workshop.folder, ...args], own);
}

/** Runs a program to its end, and reads what it printed. */
export async function played<T>(
  workshop: Workshop,
  name: string,
  module: string,
  options?: ProgramOptions,
): Promise<T> {
  const running = await startProgram(workshop, name, module, options).ends();
  if (running.status !== 0) throw new Error(`${name} with ${module} ended with ${running.status}:\n${running.output}`);
  return JSON.parse(running.stdout) as T;
}
