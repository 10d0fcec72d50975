/** The program of a page of docs: runs it, and checks its types, as users would have them from the package. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** The package's entries, as package.json exports them, in their sources. */
const ENTRIES: Readonly<Record<string, string>> = {
  'tlskit/engine': resolve('src/lib/tls/index.ts'),
  tlskit: resolve('src/lib/index.ts'),
};

function inFolder<T>(page: string, use: (folder: string, program: string) => T): T {
  const program = /```ts\n([^]*?)```/.exec(readFileSync(page, 'utf8'))?.[1];
  if (program === undefined) throw new Error(`${page} has no program`);
  return use(mkdtempSync(join(tmpdir(), 'tlskit-page-')), program);
}

/** Runs the first program of a page and returns the lines that it prints. */
export function runPage(page: string): Promise<string[]> {
  return inFolder(page, async (folder, contents) => {
    const outfile = join(folder, 'program.mjs');
    const stdin = { contents, loader: 'ts', resolveDir: process.cwd() } as const;
    const how = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const;
    try {
      await build({ ...how, stdin, alias: ENTRIES, outfile, packages: 'external' });
      return execFileSync(process.execPath, [outfile], { encoding: 'utf8', timeout: 30_000 }).split('\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** What the compiler says of the first program of a page; empty if nothing is wrong. */
export function checkPage(page: string): string {
  return inFolder(page, (folder, program) => {
    writeFileSync(join(folder, 'program.mts'), program);
    const paths = Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, [path]]));
    const compilerOptions = { rootDir: '/', typeRoots: [resolve('node_modules/@types')], paths };
    const config = { extends: resolve('tsconfig.json'), compilerOptions, files: ['program.mts'], include: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    try {
      execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], { encoding: 'utf8' });
      return '';
    } catch (error) {
      return (error as { stdout?: string }).stdout ?? String(error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
