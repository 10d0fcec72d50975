import { isAbsolute } from 'node:path';
import { TlskitError, fail } from '../errors.ts';
import { Config } from './config.ts';
import { expandValue } from './expand.ts';
import { MAX_FILE, below, includedFiles, readConfigFile } from './include.ts';
import { skipName, skipSpace, stripComment, trimEnd } from './scan.ts';
import { shown, textOf } from '../der/text.ts';

/** How to read a configuration. */
export interface ConfigOptions {
  /** A file name or `standard input`, for messages. */
  readonly source?: string;
  /** The environment for `${ENV::name}` and OPENSSL_CONF_INCLUDE, usually that of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Files that include files: deeper than this is a loop. */
const MAX_DEPTH = 32;
/** All values together, after expansion. */
const MAX_TOTAL = 32 * 1024 * 1024;

const TRUE = ['on', 'true'];
const FALSE = ['off', 'false'];

/**
 * Reads a configuration as OpenSSL 3.0 does (config(5)).
 *
 * @throws TlskitError ERR_CONFIG naming file and line, ERR_LIMIT, ERR_IO for an included file that cannot be read
 * @example
 * parseConfig('[req]\nprompt = no', { env: {} }).get('req', 'prompt'); // 'no'
 */
export function parseConfig(text: string | Uint8Array, options: ConfigOptions): Config {
  const source = options.source ?? 'configuration';
  // before its bytes are looked at one by one
  if (text.length > MAX_FILE) fail('ERR_LIMIT', `${source}: too large for a configuration file`, { source });
  const config = new Config(source, options.env);
  new Parser(config, options.env).file(typeof text === 'string' ? text : textOf(text), source, 0);
  return config;
}

/** Reads a configuration file; see {@link parseConfig}. */
export function loadConfig(path: string, options: Omit<ConfigOptions, 'source'>): Config {
  return parseConfig(readConfigFile(path), { ...options, source: path });
}

/** Section and pragmas live on through includes and after them, as in OpenSSL. */
class Parser {
  readonly #config: Config;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #section = 'default';
  #dollar = false;
  #absolute = false;
  #includeDir: string | undefined;
  #inDirectory = false;
  #total = 0;

  constructor(config: Config, env: Readonly<Record<string, string | undefined>>) {
    this.#config = config;
    this.#env = env;
  }

  file(raw: string, source: string, depth: number): void {
    if (raw.length > MAX_FILE) fail('ERR_LIMIT', `${source}: too large for a configuration file`, { source });
    const text = depth === 0 && raw.startsWith('\ufeff') ? raw.slice(1) : raw;
    const nul = text.indexOf('\0');
    if (nul >= 0) {
      const line = text.slice(0, nul).split('\n').length;
      fail('ERR_CONFIG', `${source}:${line}: a NUL byte; this is not a text file`, { source, line });
    }
    let parts: string[] = [];
    let line = 0;
    for (let at = 0; at < text.length;) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      const physical = text.slice(at, endOfLine(text, at, end));
      at = end + 1;
      line += 1;
      const joins = continues(physical);
      parts.push(joins ? physical.slice(0, -1) : physical);
      if (joins && at < text.length) continue;
      this.#place(source, line, parts.join(''), depth);
      parts = [];
    }
  }

  /** One logical line; an error gets its file and line in front. */
  #place(source: string, line: number, text: string, depth: number): void {
    try {
      this.#line(text, source, line, depth);
    } catch (error) {
      if (!(error instanceof TlskitError) || error.place.source !== undefined) throw error;
      throw new TlskitError(error.code, `${source}:${line}: ${error.message}`, {
        place: { source, line },
        cause: error,
      });
    }
  }

  #line(raw: string, source: string, line: number, depth: number): void {
    const text = stripComment(raw);
    const start = skipSpace(text, 0);
    if (start >= text.length) return;
    if (text.charAt(start) === '[') {
      this.#section = this.#expand(undefined, sectionName(text, start + 1, this.#dollar));
      this.#config.open(this.#section);
      return;
    }
    let section = this.#section;
    let from = start;
    let end = skipName(text, start, this.#dollar);
    if (text.startsWith('::', end)) {
      section = text.slice(from, end);
      from = end + 2;
      end = skipName(text, from, this.#dollar);
    }
    const after = skipSpace(text, end);
    const directive = directiveAt(text, from, after);
    if (directive !== undefined) {
      const value = trimEnd(text.slice(text.charAt(after) === '=' ? skipSpace(text, after + 1) : after));
      if (directive === '.pragma') this.#pragma(value);
      else this.#include(this.#expand(section, value), depth);
      return;
    }
    if (text.charAt(after) !== '=') {
      fail(
        'ERR_CONFIG',
        `there should be "=" before "${shown(text.slice(after), 40)}"; lines read "name = value" or "[section]"`,
      );
    }
    const value = this.#expand(section, trimEnd(text.slice(skipSpace(text, after + 1))));
    this.#config.add(section, text.slice(from, end), value, { source, line });
  }

  #expand(section: string | undefined, raw: string): string {
    const lookup = (where: string | undefined, name: string): string | undefined => this.#config.get(where, name);
    const value = expandValue(raw, { lookup, section, dollar: this.#dollar });
    this.#total += value.length;
    if (this.#total > MAX_TOTAL) fail('ERR_LIMIT', 'the values of this configuration are too large');
    return value;
  }

  #pragma(text: string): void {
    const colon = text.indexOf(':');
    if (colon <= 0 || colon === text.length - 1)
      fail('ERR_CONFIG', `".pragma ${shown(text)}" should read ".pragma name:value"`);
    const name = trimEnd(text.slice(0, colon));
    const value = text.slice(skipSpace(text, colon + 1));
    if (name === 'dollarid') this.#dollar = onOff(name, value);
    else if (name === 'abspath') this.#absolute = onOff(name, value);
    else if (name === 'includedir') this.#includeDir = value;
    // any other pragma is passed over, as config(5) says
  }

  #include(path: string, depth: number): void {
    const full = below(this.#env['OPENSSL_CONF_INCLUDE'] ?? this.#includeDir, path);
    if (this.#absolute && !isAbsolute(full)) {
      fail('ERR_CONFIG', `.include ${shown(full)}: the path must be absolute under ".pragma abspath:true"`);
    }
    const { files, directory } = includedFiles(full);
    // a directory within a directory is passed over
    if (files.length === 0 || (directory && this.#inDirectory)) return;
    if (depth >= MAX_DEPTH)
      fail('ERR_LIMIT', `.include ${shown(full)}: files include each other more than ${MAX_DEPTH} deep`);
    const outer = this.#inDirectory;
    this.#inDirectory = outer || directory;
    for (const file of files) this.file(textOf(readConfigFile(file)), file, depth + 1);
    this.#inDirectory = outer;
  }
}

/** Where the line ends without its carriage returns. (A regular expression for them takes quadratic time on many that are not at the end.) */
function endOfLine(text: string, from: number, newline: number): number {
  let end = newline;
  while (end > from && text.charAt(end - 1) === '\r') end -= 1;
  return end;
}

/** A single backslash at the end joins the next line; a doubled one does not. */
const continues = (line: string): boolean => line.endsWith('\\') && line.charAt(line.length - 2) !== '\\';

/** The raw name in `[ name ]`: words with blank space between them. */
function sectionName(text: string, from: number, dollar: boolean): string {
  const start = skipSpace(text, from);
  for (let at = start; ;) {
    const end = skipName(text, at, dollar);
    const next = skipSpace(text, end);
    if (text.charAt(next) === ']') return text.slice(start, end);
    if (next >= text.length || next === at) {
      return fail('ERR_CONFIG', `the section's name has no closing "]" in "${shown(text.trim(), 40)}"`);
    }
    at = next;
  }
}

/** `.include` or `.pragma`, when the name begins with it and something follows. */
function directiveAt(text: string, from: number, after: number): string | undefined {
  for (const word of ['.pragma', '.include']) {
    if (text.startsWith(word, from) && (after !== from + word.length || text.charAt(after) === '=')) return word;
  }
  return undefined;
}

function onOff(name: string, value: string): boolean {
  if (TRUE.includes(value.toLowerCase())) return true;
  if (FALSE.includes(value.toLowerCase())) return false;
  return fail('ERR_CONFIG', `.pragma ${name}: "${shown(value)}" should be on, true, off or false`);
}
