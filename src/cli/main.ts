/** Runs one command: parse, run, write; errors become one line and an exit code. */
import { cipherByName } from '../lib/crypto/ciphers.ts';
import { digestByName } from '../lib/crypto/digests.ts';
import { TlskitError } from '../lib/errors.ts';
import { Context } from './context.ts';
import { commandHelp, styleFor } from './help.ts';
import { parse, type AlgorithmLookup } from './parse.ts';
import { Interrupted } from './prompt.ts';
import { writeStdout } from './sink.ts';
import type { CommandSpec, Flags } from './spec.ts';

const lookup: AlgorithmLookup = (kind, name) =>
  kind === 'digest' ? digestByName(name)?.name : cipherByName(name)?.name;

/**
 * Runs `spec` with the words after its name and returns the exit code. Nothing is written to files or stdout when it throws.
 *
 * @param name the command as typed, for error lines
 */
export async function main(spec: CommandSpec<Flags>, name: string, argv: readonly string[]): Promise<number> {
  try {
    const parsed = parse(spec, argv, lookup);
    if (parsed.help) {
      writeStdout(commandHelp(name, spec, styleFor(process.stdout)));
      return 0;
    }
    for (const warning of parsed.warnings) process.stderr.write(`tlskit ${name}: ${warning}\n`);
    const context = new Context(parsed);
    checkOutputs(context);
    const code = await spec.run(context);
    context.sink.commit(() => context.flushNotes());
    return code ?? 0;
  } catch (error) {
    return report(
      name,
      error,
      argv.some((word) => /^--?json$/.test(word)),
    );
  }
}

/** Flags that name files to write, in every command that has them. */
const OUTPUTS = ['out', 'keyout', 'public', 'outpubkey'];

/** A file that cannot be written is told before a search for primes or nine questions, not after. */
function checkOutputs({ flags, sink }: Context): void {
  for (const name of OUTPUTS) {
    const path = (flags as Readonly<Record<string, unknown>>)[name];
    if (typeof path === 'string') sink.check(path);
  }
}

/** Prints an error as one line, and as a JSON document on stdout where that was asked for. Only `TLSKIT_DEBUG=1` shows a stack. */
function report(name: string, error: unknown, json: boolean): number {
  if (error instanceof Interrupted) {
    process.stderr.write('\n');
    return 130;
  }
  const known = error instanceof TlskitError;
  const message = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
  process.stderr.write(`tlskit ${name}: ${known ? '' : 'internal error, please report it: '}${message}\n`);
  if (json)
    writeStdout(`${JSON.stringify({ error: { code: known ? error.code : 'ERR_INTERNAL', message } }, null, 2)}\n`);
  if (process.env['TLSKIT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}
