// Runs the command lines and fails when one does not pass.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const run = join(here, '../../bin/run.js');

/** Lines whose output cannot be the same: they print which openssl this is. Exit code, files and all else must be. */
const NAMES_ITSELF = ['ca.init'];
const LISTS = ['cmdlines.txt', 'more.txt'];
/**
 * Where openssl fails after it has opened its output or counted its serial up, it leaves an empty or changed file behind; tlskit leaves things as
 * they were. Such a line passes with the same exit code and output (test/cli/bad-input.test.ts shows that nothing is left).
 */
const leavesLess = (row) => row.refFails && row.exit && row.stdout && row.pair && !row.files;
const namesItself = (row) => NAMES_ITSELF.includes(row.name) && row.exit && row.files && row.view && row.pair;
const passes = (row) => row.pass || leavesLess(row) || namesItself(row);

/** Runs one list; gives its rows. Most of the time goes into waiting for the clock to move on, so the lists run side by side. */
async function runList(list, folder) {
  const out = join(folder, `${list}.json`);
  const lines = join(here, list);
  const args = [
    join(here, 'run.mjs'),
    '--cmd',
    `${process.execPath} ${run}`,
    '--lines',
    lines,
    '--out',
    out,
    '--quiet',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`run.mjs ended with ${status}`);
  return JSON.parse(readFileSync(out, 'utf8'));
}

function judge(list, rows) {
  const parts = ['exit', 'files', 'view', 'stdout', 'pair'];
  const failed = rows.filter((row) => !passes(row));
  for (const row of failed)
    console.log(`FAIL ${row.name} (${parts.filter((part) => !row[part]).join(', ')}): ${row.sh}`);
  const less = rows.filter(leavesLess).length;
  const named = rows.filter((row) => !row.pass && namesItself(row)).length;
  console.log(
    `${list}: ${rows.length - failed.length} of ${rows.length} pass (${less} by leaving nothing where openssl leaves a broken file, ` +
      `${named} but for the program's own version)`,
  );
  if (failed.length > 0 || rows.length < 90) process.exitCode = 1;
}

const folder = mkdtempSync(join(tmpdir(), 'tlskit-lines-'));
try {
  const results = await Promise.all(LISTS.map((list) => runList(list, folder)));
  LISTS.forEach((list, i) => judge(list, results[i]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
