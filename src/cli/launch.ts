/**
 * The first code that runs: finds the command's bundle and runs it. Nothing else is loaded, so a command starts in about the time that Node
 * itself needs. What oclif does for us at run time (shell completion, plugins) is reached through its own entry, in `oclif.ts`.
 */
import { closest } from '../lib/closest.ts';
import { rootHelp, styleFor } from './help.ts';
import { writeStdout } from './sink.ts';
import { OPENSSL_COMMANDS } from './topics.ts';

/** Made by the build: the commands' names with their summaries, and how to load one. */
export interface Installation {
  readonly version: string;
  readonly commands: Readonly<Record<string, string>>;
  /** Runs a command of `commands` with the words after its name. */
  run(name: string, argv: readonly string[]): Promise<number>;
  /** Hands the whole command line to oclif. */
  oclif(argv: readonly string[]): Promise<void>;
}

const OCLIF_COMMANDS = ['autocomplete'];

/** Runs `tlskit` with these words and returns the exit code. */
export async function launch(argv: readonly string[], installed: Installation): Promise<number> {
  const [first, second] = argv;
  if (first === undefined || isHelp(first)) return help(argv.slice(1), installed);
  if (first === '--version' || first === '-v' || first === '-version') return print(`tlskit ${installed.version}\n`);
  if (OCLIF_COMMANDS.includes(first)) {
    await installed.oclif(argv);
    return Number(process.exitCode ?? 0);
  }
  const two = `${first} ${second}`;
  if (installed.commands[two] !== undefined) return installed.run(two, argv.slice(2));
  if (installed.commands[first] !== undefined) return installed.run(first, argv.slice(1));
  return unknown(
    first,
    installed,
    argv.some((word) => /^--?json$/.test(word)),
  );
}

const isHelp = (word: string): boolean => ['help', '-help', '--help', '-h'].includes(word);

async function help(words: readonly string[], installed: Installation): Promise<number> {
  const [first] = words;
  if (first === undefined) return print(rootHelp(installed.version, installed.commands, styleFor(process.stdout)));
  const two = words.slice(0, 2).join(' ');
  if (installed.commands[two] !== undefined) return installed.run(two, ['-help']);
  if (installed.commands[first] !== undefined) return installed.run(first, ['-help']);
  return unknown(first, installed, false);
}

function unknown(name: string, installed: Installation, json: boolean): number {
  const near = closest(name, Object.keys(installed.commands));
  const text = OPENSSL_COMMANDS.includes(name)
    ? `OpenSSL's command "${name}" is not supported yet`
    : `unknown command "${name}"; ${near ? `did you mean "${near}"? See` : 'see'} tlskit -help`;
  process.stderr.write(`tlskit: ${text}\n`);
  if (json) writeStdout(`${JSON.stringify({ error: { code: 'ERR_USAGE', message: text } }, null, 2)}\n`);
  return 1;
}

function print(text: string): number {
  writeStdout(text);
  return 0;
}
