import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Tests run the built command line; `npm test` has built it, a single `vitest` run bundles what is there. */
export function setup(): void {
  if (process.env['TLSKIT_TEST_NO_BUILD'] && existsSync('dist/bundle/launch.cjs')) return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
