import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';

const program = /```ts\n([^]*?)```/.exec(readFileSync('docs/library.md', 'utf8'))?.[1] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tlskit-library-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("docs/library.md's program runs", async () => {
  const outfile = join(folder, 'program.mjs');
  await build({
    stdin: { contents: program, loader: 'ts', resolveDir: process.cwd() },
    alias: { tlskit: resolve('src/lib/index.ts') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const [first, second, pem] = execFileSync(process.execPath, [outfile], { encoding: 'utf8' }).split('\n');
  expect([first, second, pem]).toEqual(['verified 2', 'true', '-----BEGIN CERTIFICATE-----']);
});

it('and has the right types', () => {
  writeFileSync(join(folder, 'program.mts'), program);
  const config = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      rootDir: '/',
      typeRoots: [resolve('node_modules/@types')],
      paths: { tlskit: [resolve('src/lib/index.ts')] },
    },
    files: ['program.mts'],
    include: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  expect(() =>
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], { stdio: 'pipe' }),
  ).not.toThrow();
});
