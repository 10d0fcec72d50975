/**
 * argv to typed values. OpenSSL's spelling (`-out file`) and GNU's (`--out=file`) are one: a token whose name is a flag of the command becomes
 * `--flag=value`, and `util.parseArgs` reads the result. A flag's value is the next token, whatever it looks like, as in OpenSSL.
 */
import { parseArgs } from 'node:util';
import { fail } from '../lib/errors.ts';
import { closest } from '../lib/closest.ts';
import type { CommandSpec, Flag, Flags, FlagValues } from './spec.ts';

/** Says whether `name` (without dashes) is a digest or cipher name that may stand as a flag. */
export type AlgorithmLookup = (kind: 'digest' | 'cipher', name: string) => string | undefined;

export interface Parsed<F extends Flags> {
  readonly flags: FlagValues<F>;
  readonly args: readonly string[];
  /** Names of the flags that were given, in order, repeats included; `@digest` and `@cipher` stand for a digest's or cipher's name. */
  readonly order: readonly string[];
  /** The digest or cipher that was given as a flag (`-sha256`, `-aes256`); the last one. */
  readonly digest: string | undefined;
  readonly cipher: string | undefined;
  /** The digest flag's name as it was typed (`SHA-256`). */
  readonly digestFlag?: string | undefined;
  /** All digests that were given, in order: one for each `@digest` of `order`. */
  readonly digests: readonly string[];
  readonly json: boolean;
  /** `-help` stands somewhere: nothing else was looked at. */
  readonly help: boolean;
  /** Lines for stderr about flags that have no effect. */
  readonly warnings: readonly string[];
}

/** What keeps an algorithm's place in the order of flags; no flag of a command has such a name. */
const ALGORITHM_MARKS = { '@digest': { type: 'boolean' }, '@cipher': { type: 'boolean' } } as const;

interface State {
  readonly tokens: string[];
  readonly warnings: string[];
  readonly digests: string[];
  help: boolean;
  digest: string | undefined;
  cipher: string | undefined;
  digestFlag: string | undefined;
}

/**
 * Parses the words after the command's name.
 *
 * @throws TlskitError ERR_USAGE for an unknown flag, a missing or bad value, too many arguments; ERR_UNSUPPORTED for a flag we do not have
 */
export function parse<F extends Flags>(
  spec: CommandSpec<F>,
  argv: readonly string[],
  lookup: AlgorithmLookup,
): Parsed<F> {
  const names = flagNames(spec.flags);
  const state: State = {
    tokens: [],
    warnings: [],
    digests: [],
    help: false,
    digest: undefined,
    cipher: undefined,
    digestFlag: undefined,
  };
  let i = 0;
  for (; i < argv.length; i += 1) {
    const token = argv[i] as string;
    if (token === '--') break;
    if (!/^--?[^-]/.test(token)) state.tokens.push(token);
    else i += normalise(token, argv[i + 1], names, spec, lookup, state);
    if (state.help)
      return {
        flags: typed(spec.flags, {}),
        args: [],
        order: [],
        digest: undefined,
        cipher: undefined,
        digests: [],
        json: false,
        help: true,
        warnings: [],
      };
  }
  const { values, positionals, tokens } = parseArgs({
    args: [...state.tokens, ...argv.slice(i)],
    options: { json: { type: 'boolean' }, ...ALGORITHM_MARKS, ...parseArgsOptions(spec.flags) },
    allowPositionals: true,
    tokens: true,
    strict: true,
  });
  checkPositionals(spec, positionals);
  const { json, ...rest } = values as Record<string, unknown>;
  return {
    flags: typed(spec.flags, rest),
    args: positionals,
    order: tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : [])),
    digest: state.digest,
    cipher: state.cipher,
    digestFlag: state.digestFlag,
    digests: state.digests,
    json: json === true,
    help: false,
    warnings: [...new Set(state.warnings)],
  };
}

function flagNames(flags: Flags): Map<string, string> {
  const names = new Map<string, string>([['json', 'json']]);
  for (const [name, flag] of Object.entries(flags)) for (const n of [name, ...(flag.aliases ?? [])]) names.set(n, name);
  return names;
}

/** Adds the normal form of one flag to the state; returns how many further tokens it took. */
function normalise(
  token: string,
  next: string | undefined,
  names: Map<string, string>,
  spec: CommandSpec<Flags>,
  lookup: AlgorithmLookup,
  state: State,
): number {
  const body = token.replace(/^--?/, '');
  const equals = body.indexOf('=');
  const given = equals < 0 ? body : body.slice(0, equals);
  const attached = equals < 0 ? undefined : body.slice(equals + 1);
  const name = names.get(given);
  if (name === undefined) {
    if (given === 'help' || given === 'h') {
      state.help = true;
      return 0;
    }
    if (attached !== undefined || !takeAlgorithm(given, spec, lookup, state)) unknownFlag(given, names, spec);
    return 0;
  }
  const flag = spec.flags[name];
  if (flag?.support === 'missing') fail('ERR_UNSUPPORTED', `option -${given} is not supported yet`);
  if (flag === undefined || flag.kind === 'boolean') {
    if (attached !== undefined) fail('ERR_USAGE', `option -${given} takes no value`);
    if (flag?.support === 'ignored') state.warnings.push(`option -${given} has no effect here`);
    state.tokens.push(`--${name}`);
    return 0;
  }
  const value = attached ?? next;
  if (value === undefined) fail('ERR_USAGE', `option -${given} needs a value: -${given} ${flag.value ?? 'value'}`);
  checkValue(flag, given, value);
  if (flag.support === 'ignored') state.warnings.push(`option -${given} has no effect here`);
  state.tokens.push(`--${name}=${value}`);
  return attached === undefined ? 1 : 0;
}

function takeAlgorithm(name: string, spec: CommandSpec<Flags>, lookup: AlgorithmLookup, state: State): boolean {
  for (const kind of spec.algorithms ?? []) {
    const found = lookup(kind, name);
    if (found === undefined) continue;
    state[kind] = found;
    state.tokens.push(`--@${kind}`);
    if (kind === 'digest') {
      state.digestFlag = name;
      state.digests.push(found);
    }
    return true;
  }
  return false;
}

function unknownFlag(given: string, names: Map<string, string>, spec: CommandSpec<Flags>): never {
  const near = closest(given, [...names.keys(), 'help']);
  const kinds = spec.algorithms?.length ? ` (and no ${spec.algorithms.join(' or ')} name)` : '';
  return fail('ERR_USAGE', `unknown option -${given}${kinds}; ${near ? `did you mean -${near}? See` : 'see'} -help`);
}

function checkValue(flag: Flag, given: string, value: string): void {
  if (flag.kind === 'integer' && !/^[+-]?(\d{1,15}|0[xX][0-9a-fA-F]{1,13})$/.test(value)) {
    fail('ERR_USAGE', `option -${given} needs a whole number, not "${value}"`);
  }
  if (flag.values && !flag.values.includes(value)) {
    fail('ERR_USAGE', `option -${given} takes one of ${flag.values.join(', ')}, not "${value}"`);
  }
}

function parseArgsOptions(flags: Flags): Record<string, { type: 'boolean' | 'string'; multiple?: boolean }> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { type: flag.kind === 'boolean' ? 'boolean' : 'string', ...(flag.multiple ? { multiple: true } : {}) },
    ]),
  );
}

function checkPositionals(spec: CommandSpec<Flags>, positionals: readonly string[]): void {
  const args = spec.args ?? [];
  if (positionals.length > args.length && !args.at(-1)?.many) {
    const extra = positionals[args.length] as string;
    fail(
      'ERR_USAGE',
      `"${extra}" is one argument too many${args.length === 0 ? '; this command takes only options' : ''}. See -help`,
    );
  }
}

function typed<F extends Flags>(flags: F, values: Record<string, unknown>): FlagValues<F> {
  const out: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    const value = values[name];
    if (flag.multiple) out[name] = value ?? [];
    else if (flag.kind === 'boolean') out[name] = value === true;
    else if (flag.kind === 'integer') out[name] = value === undefined ? undefined : integerOf(value as string);
    else out[name] = value;
  }
  return out as FlagValues<F>;
}

function integerOf(value: string): number {
  const magnitude = Number(value.replace(/^[+-]/, ''));
  return value.startsWith('-') ? -magnitude : magnitude;
}
