import { fail } from '../errors.ts';
import { isQuote, skipWord } from './scan.ts';
import { shown } from '../der/text.ts';

/** No value may grow beyond this by its variables (OpenSSL's limit). */
const MAX_VALUE = 65_536;

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', b: '\b', t: '\t' };

/** What a value is expanded against. */
export interface Expansion {
  /** The value of a variable; the section is undefined in a section's own name. */
  readonly lookup: (section: string | undefined, name: string) => string | undefined;
  /** The section in which the value stands. */
  readonly section: string | undefined;
  /** True under `.pragma dollarid:on`: only `${…}` and `$(…)` are variables. */
  readonly dollar: boolean;
}

/** Takes quotes and escapes off a raw value and puts the values of variables in. */
export function expandValue(raw: string, how: Expansion): string {
  if (!/["'`\\$]/.test(raw)) return raw;
  const out: string[] = [];
  let size = Buffer.byteLength(raw) + 1;
  for (let i = 0; i < raw.length;) {
    const c = raw.charAt(i);
    if (isQuote(c)) {
      i = copyQuoted(raw, i, out);
    } else if (c === '\\') {
      const next = raw.charAt(i + 1);
      out.push(ESCAPES[next] ?? next);
      i += 2;
    } else if (c === '$' && (!how.dollar || raw.charAt(i + 1) === '{' || raw.charAt(i + 1) === '(')) {
      const { value, end } = variable(raw, i, how);
      size += Buffer.byteLength(value) - (end - i);
      if (size > MAX_VALUE) fail('ERR_LIMIT', `the value grows beyond ${MAX_VALUE} bytes by its variables`);
      out.push(value);
      i = end;
    } else {
      const run = nextSpecial(raw, i + 1);
      out.push(raw.slice(i, run));
      i = run;
    }
  }
  return out.join('');
}

function nextSpecial(raw: string, from: number): number {
  let i = from;
  while (i < raw.length && !`"'\`\\$`.includes(raw.charAt(i))) i += 1;
  return i;
}

/** Inside quotes a backslash only takes the next character as it is, and `$` is plain text. */
function copyQuoted(raw: string, at: number, out: string[]): number {
  const quote = raw.charAt(at);
  let i = at + 1;
  let from = i;
  while (i < raw.length && raw.charAt(i) !== quote) {
    if (raw.charAt(i) === '\\') {
      out.push(raw.slice(from, i));
      from = i + 1;
      i += 1;
    }
    i += 1;
  }
  out.push(raw.slice(from, i));
  return i + 1;
}

function variable(raw: string, at: number, how: Expansion): { value: string; end: number } {
  const open = raw.charAt(at + 1);
  const close = open === '{' ? '}' : open === '(' ? ')' : '';
  const start = at + (close === '' ? 1 : 2);
  let section = how.section;
  let from = start;
  let end = skipWord(raw, start, how.dollar);
  if (raw.startsWith('::', end)) {
    section = raw.slice(start, end);
    from = end + 2;
    end = skipWord(raw, from, how.dollar);
  }
  const name = raw.slice(from, end);
  if (close !== '') {
    if (raw.charAt(end) !== close) {
      fail('ERR_CONFIG', `"${shown(raw.slice(at), 40)}" has no closing "${close}" after the variable's name`);
    }
    end += 1;
  }
  const value = how.lookup(section, name);
  if (value === undefined) fail('ERR_CONFIG', missing(section, name));
  return { value: value, end };
}

function missing(section: string | undefined, name: string): string {
  if (name === '') return 'a "$" without the name of a variable; write "\\$" for the character itself';
  if (section === 'ENV') return `the environment variable ${shown(name)} is not set`;
  const where = section === undefined || section === 'default' ? '' : `[${shown(section)}] or `;
  return `the variable $${shown(name)} has no value so far in ${where}the default section`;
}
