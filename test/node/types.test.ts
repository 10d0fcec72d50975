/** Our types beside those of several Nodes, as a program has them that installed the package. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tlskit-types-'));
const tsc = resolve('node_modules/typescript/bin/tsc');

function compile(args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, ...args], { encoding: 'utf8', timeout: 120_000 });
  return stdout + stderr;
}

describe('[A10] types of tlskit/tls', () => {
  beforeAll(() => {
    const ours = join(folder, 'tlskit');
    mkdirSync(ours);
    cpSync('package.json', join(ours, 'package.json'));
    const emit = ['--emitDeclarationOnly', '--outDir', join(ours, 'dist')];
    expect(compile(['-p', 'tsconfig.build.json', ...emit])).toBe('');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const [version, types] of [
    ['20', '@types/node'],
    ['22', 'types-node-22'],
    ['24', 'types-node-24'],
    ['26', 'types-node-26'],
  ] as const) {
    it(`is what node:tls is, by @types/node ${version}`, () => {
      const program = join(folder, version);
      mkdirSync(join(program, 'node_modules/@types'), { recursive: true });
      cpSync(join(folder, 'tlskit'), join(program, 'node_modules/tlskit'), { recursive: true });
      symlinkSync(resolve('node_modules', types), join(program, 'node_modules/@types/node'));
      cpSync('test/node/types/program.ts', join(program, 'program.ts'));
      writeFileSync(join(program, 'package.json'), '{ "type": "module" }\n');
      const options = [
        '--ignoreConfig',
        '--target',
        'es2023',
        '--module',
        'nodenext',
        '--types',
        'node',
        '--strict',
        '--noEmit',
      ];
      const strict = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
      expect(compile([join(program, 'program.ts'), ...options, ...strict, '--skipLibCheck', 'false'])).toBe('');
    }, 120_000);
  }
});
