/** Sets of fixtures in tests. */
import type { EarlierSet, FixtureSet } from '../../src/lib/fixtures/index.ts';

/** A set as it would stand on a disk. */
export function onDisk(set: FixtureSet): EarlierSet {
  const files = new Map(set.files.map(({ path, content }) => [path, content]));
  return { manifest: set.manifest, load: async (name) => set.materials.get(name), read: (path) => files.get(path) };
}
