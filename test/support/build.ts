import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = 'dist/bundle/launch.cjs';

/** The source file that was changed after `built` (milliseconds), if any. */
export function newerSource(folder: string, built: number): string | undefined {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .find((path) => path.endsWith('.ts') && statSync(path).mtimeMs > built);
}

/**
 * Tests run the built command line; `npm test` has built it, a single `vitest` run bundles what is there. With TLSKIT_TEST_NO_BUILD what was built
 * before is used, and has to be newer than the sources: tests of an old build prove nothing.
 */
export function setup(): void {
  if (process.env['TLSKIT_TEST_NO_BUILD'] && existsSync(BUILT)) {
    const newer = newerSource('src', statSync(BUILT).mtimeMs);
    if (newer !== undefined) {
      throw new Error(
        `${newer} is newer than ${BUILT}: run "node scripts/build.mjs", or leave TLSKIT_TEST_NO_BUILD out`,
      );
    }
    return;
  }
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
