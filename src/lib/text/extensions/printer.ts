import { readTemplate, type Type } from '../../der/template.ts';

/**
 * How one extension is printed, as octet text (see ../octets.ts).
 *
 * @returns undefined when the value does not parse. `complete` is false where OpenSSL gives up after what it has printed so far.
 */
export type ExtensionPrinter = (value: Buffer, indent: number) => PrintedExtension | undefined;

export interface PrintedExtension {
  readonly text: string;
  readonly complete: boolean;
}

/** One entry of a list: `name:value`, or only one of both. */
export type Entry = readonly [name: string | undefined, value: string | undefined];

const FAILED: PrintedExtension = { text: '', complete: false };

function parse<T>(type: Type<T>, value: Buffer): { value: T } | undefined {
  try {
    return readTemplate(type, value, 'extension');
  } catch {
    return undefined;
  }
}

/** A printer of one line. `print` gives undefined where there is nothing that can be shown. */
export const asLine =
  <T>(type: Type<T>, print: (value: T) => string | undefined): ExtensionPrinter =>
  (value, indent) => {
    const read = parse(type, value);
    if (!read) return undefined;
    const text = print(read.value);
    return text === undefined ? FAILED : { text: ' '.repeat(indent) + text, complete: true };
  };

/** A printer of a list of entries: one a line, or with commas on one. */
export const asList =
  <T>(
    type: Type<T>,
    print: (value: T) => readonly Entry[] | undefined,
    options: { multiline?: boolean } = {},
  ): ExtensionPrinter =>
  (value, indent) => {
    const read = parse(type, value);
    if (!read) return undefined;
    const entries = print(read.value);
    return entries ? { text: listText(entries, indent, options.multiline ?? false), complete: true } : FAILED;
  };

function listText(entries: readonly Entry[], indent: number, multiline: boolean): string {
  const pad = ' '.repeat(indent);
  if (entries.length === 0) return `${pad}<EMPTY>\n`;
  const texts = entries.map((entry) => entry.filter((part) => part !== undefined).join(':'));
  return multiline ? texts.map((text) => pad + text).join('\n') : pad + texts.join(', ');
}

/** A printer that lays out its lines itself. A `PrintedExtension` tells where OpenSSL stops. */
export const asBlock =
  <T>(type: Type<T>, print: (value: T, indent: number) => string | PrintedExtension): ExtensionPrinter =>
  (value, indent) => {
    const read = parse(type, value);
    if (!read) return undefined;
    const printed = print(read.value, indent);
    return typeof printed === 'string' ? { text: printed, complete: true } : printed;
  };
