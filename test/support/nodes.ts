/** Other Nodes than the one that runs the tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Node with OpenSSL 3.5, the first that has ML-KEM. */
export const MLKEM_NODE = '24';

/**
 * The binary of a Node, from the npm package `node`. It is kept where scripts/test-nodes.mjs keeps its own; a first call fetches it, which
 * takes some seconds. Undefined where it cannot be had.
 */
export function nodeBinary(version: string): string | undefined {
  const folder = join(import.meta.dirname, '../../node_modules/.cache/tlskit-nodes', version);
  const binary = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    spawnSync('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: folder, timeout: 100_000 });
  }
  return existsSync(binary) ? binary : undefined;
}
