#!/usr/bin/env node
// Runs the recipe as it stands in a new folder, a process a line: node test/node-recipe/run.mjs FOLDER [COMMAND, e.g. openssl]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [folder, command = `'${process.execPath}' '${join(here, '../../bin/run.js')}'`] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: run.mjs FOLDER [COMMAND]');
mkdirSync(folder);
cpSync(join(here, 'cnf'), folder, { recursive: true });
const files = { 'ca2-database.txt': '', 'ca2-crlnumber.txt': '01\n', 'walrus.txt': 'I AM THE WALRUS' };
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
const lines = readFileSync(join(here, 'recipe.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
let failed = 0;
for (const line of lines) {
  const { status, stderr } = spawnSync('sh', ['-c', `${command} ${line}`], { cwd: folder, encoding: 'utf8' });
  if (status === 0) continue;
  failed += 1;
  process.stderr.write(`failed (${status}): ${line}\n${stderr}`);
}
process.stdout.write(`${lines.length - failed} of ${lines.length} lines\n`);
process.exitCode = failed === 0 ? 0 : 1;
