// The engine of this source tree, or the drop-in for node:tls, in one file, for the processes of a benchmark.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Bundles the engine and runs `use` with the path of the bundle. */
export const withEngine = (use) => withBundle('src/lib/tls/index.ts', use);

/** Bundles the drop-in for node:tls and runs `use` with the path of the bundle. */
export const withFace = (use) => withBundle('src/lib/node/index.ts', use);

async function withBundle(entry, use) {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-bench-'));
  const outfile = join(folder, 'engine.mjs');
  try {
    await esbuild.build({
      entryPoints: [join(root, entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      logLevel: 'error',
    });
    return await use(outfile, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
