/** Builds the scenarios into a program and lets a Node play them. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Outcome } from './run.ts';

/** Packages are found from where the program lies. */
const FOLDER = resolve('node_modules/.cache/tlskit-differential');

/** Bundles the program; returns its path. */
export async function buildProgram(): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = join(FOLDER, `main-${process.pid}.mjs`);
  await build({
    entryPoints: [resolve('test/node/differential/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
    // package.json says that imports have no side effects: these do
    ignoreAnnotations: true,
    // CommonJS among our sources' helpers asks for it
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
  return outfile;
}

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
