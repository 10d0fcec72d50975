/** Character classes and scanning steps of config(5). Everything beyond ASCII is outside every class. */

const WORD = /[A-Za-z0-9_]/;
const WORD_WITH_DOLLAR = /[A-Za-z0-9_$]/;
const NAME = /[A-Za-z0-9_!.%&*+,/;?@^~|-]/;
const QUOTES = `"'\``;

export const isQuote = (c: string): boolean => c !== '' && QUOTES.includes(c);
const isSpace = (c: string): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';

/** The index after blank space. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  while (isSpace(text.charAt(i))) i += 1;
  return i;
}

/** The text without blank space at its end. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The index after a name: letters, digits, punctuation, escaped characters, and `$` under `.pragma dollarid`. */
export function skipName(text: string, at: number, dollar: boolean): number {
  let i = at;
  for (;;) {
    const c = text.charAt(i);
    if (c === '\\') i = Math.min(i + 2, text.length);
    else if (NAME.test(c) || (dollar && c === '$')) i += 1;
    else return i;
  }
}

/** The index after a variable's or its section's name. */
export function skipWord(text: string, at: number, dollar: boolean): number {
  const word = dollar ? WORD_WITH_DOLLAR : WORD;
  let i = at;
  while (word.test(text.charAt(i))) i += 1;
  return i;
}

/** The line without its comment: `#` outside quotes and not escaped. */
export function stripComment(line: string): string {
  if (!line.includes('#')) return line;
  let i = 0;
  while (i < line.length) {
    const c = line.charAt(i);
    if (c === '#') return line.slice(0, i);
    if (isQuote(c)) i = skipQuoted(line, i);
    else i += c === '\\' ? 2 : 1;
  }
  return line;
}

function skipQuoted(line: string, at: number): number {
  const quote = line.charAt(at);
  let i = at + 1;
  while (i < line.length && line.charAt(i) !== quote) i += line.charAt(i) === '\\' ? 2 : 1;
  return i + 1;
}
