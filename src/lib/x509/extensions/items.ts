import { BOOLEAN_WORDS, parseBoolean, parseInteger } from '../../der/values.ts';
import { shown } from '../../der/text.ts';
import { fail } from '../../errors.ts';
import { refuse, type Item } from './types.ts';

const BLANK = ' \t\n\v\f\r';

/** Without blank space around; as in OpenSSL, what follows a single character stays. Undefined when nothing is left. */
function stripped(text: string): string | undefined {
  let start = 0;
  while (start < text.length && BLANK.includes(text.charAt(start))) start += 1;
  if (start === text.length) return undefined;
  let last = text.length - 1;
  while (last > start && BLANK.includes(text.charAt(last))) last -= 1;
  return last === start ? text.slice(start) : text.slice(start, last + 1);
}

/**
 * Splits `name:value, name, …`: the first colon of a part ends its name. The text ends at a line break.
 *
 * @throws TlskitError ERR_EXTENSION for a part without name or with an empty value
 */
export function parseList(text: string): readonly Item[] {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  return limited(line.split(',')).map((part) => {
    const colon = part.indexOf(':');
    const name = stripped(colon < 0 ? part : part.slice(0, colon));
    if (name === undefined)
      return fail('ERR_EXTENSION', text.trim() === '' ? 'the value is empty' : `"${shown(text)}" has an empty part`);
    if (colon < 0) return { name, value: undefined };
    const value = stripped(part.slice(colon + 1));
    if (value === undefined) return fail('ERR_EXTENSION', `nothing stands after "${shown(name)}:"`);
    return { name, value };
  });
}

/** No value or section of an extension has more parts. */
const MAX_ITEMS = 10_000;

/** The parts themselves, when there are not too many. */
export function limited<T>(parts: readonly T[]): readonly T[] {
  if (parts.length > MAX_ITEMS) fail('ERR_LIMIT', `${parts.length} parts are too many; at most ${MAX_ITEMS} are read`);
  return parts;
}

/** True when a key is `word`, or `word` with a `.` and anything after it, as sections number their lines. */
export const keyIs = (key: string, word: string): boolean => key === word || key.startsWith(`${word}.`);

/** The value of `name:BOOLEAN`. */
export const booleanOf = (item: Item): boolean =>
  parseBoolean(item.value ?? '') ?? refuse(item, `${shown(item.name)}:${BOOLEAN_WORDS}`);

/** The value of `name:INTEGER`. */
export const integerOf = (item: Item): bigint =>
  parseInteger(item.value ?? '') ??
  refuse(item, `${shown(item.name)}: and a decimal number, or a hexadecimal one after 0x`);
