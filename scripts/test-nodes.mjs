// Runs the tests on the oldest and the newest Node that we claim; the npm package `node` ships them as binaries.
//   node scripts/test-nodes.mjs [version...]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20.19.0', '26'];

function must(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(1);
}

// what other programs say to the engine does not depend on the Node that runs it, nor do the load that a server bears and the compiler
const OTHERS = ['chromium', 'curl', 'gnutls', 'go', 'nginx', 'nss', 'openssl'];
const excluded = [...OTHERS.map((peer) => `test/interop/${peer}*`), 'test/load/**', 'test/node/types.test.ts'];
// texts and the engine in memory are the same within a major version, which "npm test" ran on
const SAME_MAJOR = [
  'test/golden/**',
  'test/pair/**',
  'test/vectors/**',
  'test/node/packages/**',
  'test/node/soak.test.ts',
  // node:tls of 20.19.0 lets errors of callbacks end the process, which later ones of its line do not: there is nothing to compare with
  'test/node/differential.test.ts',
];

for (const version of versions) {
  const folder = join(root, 'node_modules/.cache/tlskit-nodes', version);
  const binary = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    // the package's binary is put in place by its install script
    must('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: folder });
  }
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  console.log(`--- the tests on Node ${stdout?.trim()}`);
  const env = { ...process.env, PATH: `${dirname(binary)}:${process.env.PATH}`, TLSKIT_TEST_NO_BUILD: '1' };
  const known = stdout.split('.')[0] === process.version.split('.')[0] ? SAME_MAJOR : [];
  const words = ['run', '--reporter=dot', ...[...excluded, ...known].flatMap((glob) => ['--exclude', glob])];
  must(binary, [join(root, 'node_modules/vitest/vitest.mjs'), ...words], { cwd: root, env });
}
