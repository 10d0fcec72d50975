// Builds the command line: one CommonJS bundle a command in dist/bundle, and the launcher that knows them.
//   node scripts/build.mjs            bundles only: quick, for working on the code; a command that does not compile is named and left out
//   node scripts/build.mjs --release  also the library (ESM with types) and oclif's manifest; any error ends it
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundles = join(root, 'dist/bundle');
const release = process.argv.includes('--release');
const {
  version,
  dependencies,
  optionalDependencies,
  exports: exported,
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  write: false,
  external: Object.keys({ ...dependencies, ...optionalDependencies }),
  define: { 'process.env.TLSKIT_VERSION': JSON.stringify(version) },
  logLevel: 'error',
};

/** Bundles source text. */
async function bundle(contents, outfile) {
  const result = await esbuild.build({ ...shared, stdin: { contents, resolveDir: root, loader: 'ts' } });
  put(outfile, result.outputFiles[0].contents);
}

/** A file that appears whole or not at all: a command may start while others are built. */
function put(file, contents) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

function commandFiles(folder = join(root, 'src/commands')) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return commandFiles(join(folder, entry.name));
      return entry.name.endsWith('.ts') ? [join(folder, entry.name)] : [];
    });
}

async function bundleCommand(file) {
  const name = relative(join(root, 'src/commands'), file)
    .replace(/\.ts$/, '')
    .replaceAll('\\', '/')
    .replace(/\/index$/, '')
    .replace('/', ' ');
  const outfile = join(bundles, `${name.replace(' ', '_')}.cjs`);
  const source = `import spec from ${JSON.stringify(file)}; import { main } from './src/cli/main.ts';
    export const summary = spec.summary, hidden = spec.hidden === true;
    export const run = (argv: readonly string[]) => main(spec as never, ${JSON.stringify(name)}, argv);`;
  await bundle(source, outfile);
  const { summary, hidden } = createRequire(import.meta.url)(outfile);
  return { name, summary, hidden };
}

async function bundleLauncher(commands) {
  const summaries = Object.fromEntries(commands.map(({ name, summary, hidden }) => [name, hidden ? '' : summary]));
  await bundle(
    `import { launch } from './src/cli/launch.ts';
    const load = require, here = __dirname;
    const installed = {
      version: ${JSON.stringify(version)},
      commands: ${JSON.stringify(summaries)},
      run: (name: string, argv: readonly string[]) => load(here + '/' + name.replace(' ', '_') + '.cjs').run(argv),
      oclif: async (argv: readonly string[]) => {
        const { execute } = await import('@oclif/core');
        await execute({ args: [...argv], dir: here + '/../..' });
      },
    };
    void launch(process.argv.slice(2), installed).then((code) => { process.exitCode = code; });`,
    join(bundles, 'launch.cjs'),
  );
}

/**
 * Makes each module that package.json exports one file, with what several have in common in others beside them: hundreds of small files take
 * a program that imports one of them several times as long.
 */
async function bundleLibrary() {
  const entries = Object.values(exported).flatMap((one) => (one.default ? [join(root, one.default)] : []));
  const { outputFiles } = await esbuild.build({
    ...shared,
    entryPoints: entries,
    format: 'esm',
    splitting: true,
    outbase: join(root, 'dist'),
    outdir: join(root, 'dist'),
    chunkNames: 'lib/shared/[hash]',
    // it is read when something goes wrong
    minifyWhitespace: false,
    minifySyntax: false,
  });
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    put(path, contents);
  }
}

function step(command, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, command), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

if (release) rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(bundles, { recursive: true });
put(join(bundles, 'package.json'), '{ "type": "commonjs" }\n');
if (release) step('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
const commands = [];
for (const file of commandFiles()) {
  try {
    commands.push(await bundleCommand(file));
  } catch (error) {
    if (release) throw error;
    console.error(`left out ${relative(root, file)}: ${String(error.message).split('\n')[0]}`);
  }
}
await bundleLauncher(commands);
if (release) await bundleLibrary();
if (release) step('scripts/manifest.mjs');
