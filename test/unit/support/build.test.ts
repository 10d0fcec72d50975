import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newerSource } from '../../support/build.ts';
import { scratch } from '../../support/tlskit.ts';

it('a source file that is newer than the build is found in any folder', () => {
  const folder = scratch();
  mkdirSync(join(folder, 'lib'));
  const file = join(folder, 'lib', 'a.ts');
  writeFileSync(file, '');
  writeFileSync(join(folder, 'notes.txt'), '');
  utimesSync(file, 1000, 1000);
  expect(newerSource(folder, 1_000_000)).toBeUndefined();
  expect(newerSource(folder, 999_999)).toBe(file);
});
