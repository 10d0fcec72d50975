/** Sources in one file, for processes of their own. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

/** Packages are found from where it lies. */
const FOLDER = resolve('node_modules/.cache/tlskit-tests');

/** Bundles `entry` as it is in the sources now; returns the path of the bundle, which belongs to this process. */
export async function bundled(entry: string, name: string, options: BuildOptions = {}): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = join(FOLDER, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [resolve(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
    // CommonJS among our sources' helpers asks for it
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    ...options,
  });
  return outfile;
}
