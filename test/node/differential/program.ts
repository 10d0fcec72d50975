/** Builds the scenarios into a program and lets a Node play them. */
import { spawn } from 'node:child_process';
import { bundled } from '../../support/bundle.ts';
import type { Outcome } from './run.ts';

/** Bundles the program; returns its path. package.json says that imports have no side effects: these do. */
export const buildProgram = (): Promise<string> =>
  bundled('test/node/differential/main.ts', 'differential', { ignoreAnnotations: true });

/** What a Node did in all scenarios; what it wrote to stderr is thrown if it fails. */
export function playOn(node: string, program: string, args: readonly string[] = []): Promise<Outcome[]> {
  const { NODE_EXTRA_CA_CERTS: _unused, NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(node, ['--no-warnings', program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text.out += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text.err += piece));
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code, signal) => {
      if (code === 0) done(JSON.parse(text.out) as Outcome[]);
      else fail(new Error(`${node} ended with ${code ?? signal}: ${text.err.slice(-3000)}`));
    });
  });
}
