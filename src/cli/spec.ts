/**
 * What a command is: its flags, defined once under OpenSSL's names, and a `run`. From this one definition come the parser, the help, oclif's
 * classes and the shell completion.
 */
import type { Context } from './context.ts';

/** How far a flag is supported. `ignored`: accepted, said once on stderr, gone on. `missing`: one clear line, exit 1. */
export type Support = 'full' | 'ignored' | 'missing';

export interface Flag<T = unknown> {
  readonly kind: 'boolean' | 'text' | 'integer';
  readonly description: string;
  /** Placeholder of the value in the help, e.g. `file`. */
  readonly value?: string;
  /** Other names for the same flag, e.g. `noenc` for `nodes`. */
  readonly aliases?: readonly string[];
  /** Collects every occurrence; without it the last one wins. */
  readonly multiple?: boolean;
  readonly support: Support;
  /** The only values allowed. */
  readonly values?: readonly string[];
  /** Heading in the help. */
  readonly group?: string;
  /** Only carries the type of the parsed value. */
  readonly type?: T;
}

export type Flags = Readonly<Record<string, Flag>>;
export type FlagValue<F> = F extends Flag<infer T> ? T : never;
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: FlagValue<F[K]> };

interface Extra {
  readonly aliases?: readonly string[];
  readonly group?: string;
}

/** A flag without a value. */
export function bool(description: string, extra: Extra = {}): Flag<boolean> {
  return { kind: 'boolean', description, support: 'full', ...extra };
}

/** A flag with a text value; `values` limits what it may be. */
export function text(
  value: string,
  description: string,
  extra: Extra & { values?: readonly string[] } = {},
): Flag<string | undefined> {
  return { kind: 'text', value, description, support: 'full', ...extra };
}

/** A flag with an integer value (decimal, or hexadecimal with 0x), within ±2^53. */
export function int(value: string, description: string, extra: Extra = {}): Flag<number | undefined> {
  return { kind: 'integer', value, description, support: 'full', ...extra };
}

/** A flag that may be given several times; every value is kept, in order. */
export function list(value: string, description: string, extra: Extra = {}): Flag<readonly string[]> {
  return { kind: 'text', value, description, support: 'full', multiple: true, ...extra };
}

/** OpenSSL's flag that changes nothing here: accepted with one line on stderr. `value` is its placeholder if it takes a value. */
export function ignored(value?: string): Flag<string | boolean | undefined> {
  return {
    kind: value === undefined ? 'boolean' : 'text',
    ...(value === undefined ? {} : { value }),
    description: 'accepted for OpenSSL scripts; has no effect here',
    support: 'ignored',
  };
}

/** OpenSSL's flag that we do not have: refused with one line that names it. */
export function missing(value?: string): Flag<string | boolean | undefined> {
  return {
    kind: value === undefined ? 'boolean' : 'text',
    ...(value === undefined ? {} : { value }),
    description: 'not supported',
    support: 'missing',
  };
}

/** A command line with a word on what it does. */
export interface Example {
  readonly say: string;
  /** Without the leading `tlskit`. */
  readonly line: string;
}

export interface CommandSpec<F extends Flags = Flags> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** A paragraph or two for the command's own help. */
  readonly description: string;
  readonly examples: readonly Example[];
  readonly flags: F;
  /** Positional arguments: name, description; the last may repeat. None: positionals are refused. */
  readonly args?: readonly { readonly name: string; readonly description: string; readonly many?: boolean }[];
  /** Accept any digest (`-sha256`) or cipher (`-aes256`) name as a flag, as OpenSSL does. */
  readonly algorithms?: readonly ('digest' | 'cipher')[];
  /** Not in the list of commands (still in `help`). */
  readonly hidden?: boolean;
  /** Does the work. A number returned is the exit code; output queued so far is written either way. A throw writes nothing. */
  run(context: Context<F>): Promise<number | void> | number | void;
}

/**
 * Types a command by its flags. The result forgets them, so that a module says
 * `const command: CommandSpec = defineCommand({…}); export default command;`.
 */
export function defineCommand<const F extends Flags>(spec: CommandSpec<F>): CommandSpec {
  return spec;
}
