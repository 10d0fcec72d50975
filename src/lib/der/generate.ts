import { fail, TlskitError } from '../errors.ts';
import type { ObjectLookup } from '../registry/find.ts';
import { encodeValue, TYPES, type ValueFormat } from './generate-value.ts';
import { CLASS, TAG, readDer, type DerNode } from './reader.ts';
import { shown } from './text.ts';
import { element, seq, setOf } from './writer.ts';

/** What the language may refer to. */
export interface GenerateOptions {
  /** The lines of a section, for SEQUENCE and SET. */
  readonly section?: (name: string) => readonly (readonly [name: string, value: string])[] | undefined;
  /** Finds objects by name; OpenSSL's names when not given. */
  readonly objects?: ObjectLookup;
}

/** Limits of OpenSSL: sections in sections, and tags around one value. */
const MAX_DEPTH = 50;
const MAX_TAGS = 20;
/** Our own: elements made in all, since sections may name each other many times over. */
const MAX_ELEMENTS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** One tag around a value. */
interface Wrapping {
  cls: number;
  number: number;
  readonly constructed: boolean;
  /** BITWRAP: the octet that counts unused bits. */
  readonly pad: boolean;
}

interface Spec {
  /** Name of the type in {@link TYPES}. */
  readonly type: string;
  readonly text: string | undefined;
  readonly format: ValueFormat;
  readonly wrappings: readonly Wrapping[];
  /** An implicit tag for the value itself. */
  readonly implicit: { cls: number; number: number } | undefined;
}

/**
 * Encodes one value in the language of ASN1_generate_nconf(3), e.g. `EXPLICIT:0,UTF8:text` or `SEQUENCE:section`.
 *
 * @throws TlskitError ERR_FORMAT, ERR_LIMIT
 * @example
 * generateAsn1('INTEGER:5'); // 02 01 05
 */
export function generateAsn1(text: string, options: GenerateOptions = {}): Buffer {
  return new AsnGenerator(options).value(text, 0);
}

class AsnGenerator {
  readonly #options: GenerateOptions;
  #elements = 0;
  #bytes = 0;

  constructor(options: GenerateOptions) {
    this.#options = options;
  }

  value(text: string, depth: number): Buffer {
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS) fail('ERR_LIMIT', `more than ${MAX_ELEMENTS} ASN.1 values`);
    const spec = parseSpec(text);
    const tag = TYPES[spec.type] as number;
    const inner =
      tag === TAG.sequence || tag === TAG.set
        ? this.#collection(spec, tag, depth)
        : encodeValue(spec.type, spec.text ?? '', spec.format, this.#options.objects);
    this.#bytes += inner.length;
    if (this.#bytes > MAX_BYTES) fail('ERR_LIMIT', `more than ${MAX_BYTES} bytes of ASN.1 values`);
    return wrap(inner, spec, text);
  }

  #collection(spec: Spec, tag: number, depth: number): Buffer {
    const name = spec.text;
    if (!this.#options.section) fail('ERR_FORMAT', `${spec.type} needs a configuration with sections`);
    if (depth >= MAX_DEPTH) fail('ERR_LIMIT', `${spec.type} sections more than ${MAX_DEPTH} deep`);
    if (name === undefined) return tag === TAG.set ? setOf() : seq();
    const entries = this.#options.section?.(name);
    if (!entries) fail('ERR_FORMAT', `there is no section [${shown(name)}] for ${spec.type}:${shown(name)}`);
    const items = (entries ?? []).map(([key, value]) => {
      try {
        return this.value(value, depth + 1);
      } catch (error) {
        // the innermost place is the useful one
        if (!(error instanceof TlskitError) || error.message.startsWith('[')) throw error;
        throw new TlskitError(error.code, `[${shown(name)}] ${shown(key)}: ${error.message}`, { cause: error });
      }
    });
    return tag === TAG.set ? setOf(...items) : seq(...items);
  }
}

type Modifier = 'explicit' | 'implicit' | 'format' | 'octwrap' | 'seqwrap' | 'setwrap' | 'bitwrap';

const MODIFIERS: Readonly<Record<string, Modifier>> = {
  EXP: 'explicit',
  EXPLICIT: 'explicit',
  IMP: 'implicit',
  IMPLICIT: 'implicit',
  FORM: 'format',
  FORMAT: 'format',
  OCTWRAP: 'octwrap',
  SEQWRAP: 'seqwrap',
  SETWRAP: 'setwrap',
  BITWRAP: 'bitwrap',
};

const WRAPPERS: Readonly<Record<string, Wrapping>> = {
  octwrap: { cls: CLASS.universal, number: TAG.octetString, constructed: false, pad: false },
  seqwrap: { cls: CLASS.universal, number: TAG.sequence, constructed: true, pad: false },
  setwrap: { cls: CLASS.universal, number: TAG.set, constructed: true, pad: false },
  bitwrap: { cls: CLASS.universal, number: TAG.bitString, constructed: false, pad: true },
};

/** Modifiers up to the first type, whose value is all the rest, commas too. */
function parseSpec(text: string): Spec {
  const wrappings: Wrapping[] = [];
  let format: ValueFormat = 'ASCII';
  let implicit: { cls: number; number: number } | undefined;
  for (const { start, end } of listItems(text)) {
    const colon = text.slice(start, end).indexOf(':');
    const word = (colon < 0 ? text.slice(start, end) : text.slice(start, start + colon)).toUpperCase();
    const argument = colon < 0 ? undefined : text.slice(start + colon + 1, end);
    if (Object.hasOwn(TYPES, word)) {
      if (argument === undefined && end < text.length) fail('ERR_FORMAT', `${word} needs a value: ${word}:…`);
      return { type: word, text: colon < 0 ? undefined : text.slice(start + colon + 1), format, wrappings, implicit };
    }
    const modifier = Object.hasOwn(MODIFIERS, word) ? MODIFIERS[word] : undefined;
    if (modifier === undefined) unknownWord(word);
    if (modifier === 'format') format = parseFormat(argument);
    else if (modifier === 'implicit') {
      if (implicit) fail('ERR_FORMAT', `two IMPLICIT tags on one value in "${shown(text)}"`);
      implicit = parseTag(argument, word);
    } else {
      const explicit = modifier === 'explicit';
      if (explicit && implicit)
        fail('ERR_FORMAT', `an IMPLICIT tag cannot stand on the explicit tag in "${shown(text)}"`);
      if (wrappings.length === MAX_TAGS) fail('ERR_FORMAT', `more than ${MAX_TAGS} tags on one value`);
      const wrapping: Wrapping = explicit
        ? { ...parseTag(argument, word), constructed: true, pad: false }
        : { ...(WRAPPERS[modifier as string] as Wrapping), ...implicit };
      wrappings.push(wrapping);
      implicit = undefined;
    }
  }
  return fail('ERR_FORMAT', `"${shown(text)}" has no type; it should read like UTF8:text or SEQUENCE:section`);
}

function unknownWord(word: string): never {
  const types =
    'BOOLEAN, NULL, INTEGER, ENUMERATED, OID, UTCTIME, GENERALIZEDTIME, OCTETSTRING, BITSTRING, UTF8, IA5, PRINTABLE, SEQUENCE, SET';
  return fail(
    'ERR_FORMAT',
    `"${shown(word)}" is no ASN.1 type or modifier; allowed: ${types}, EXPLICIT, IMPLICIT, OCTWRAP, FORMAT, …`,
  );
}

/** The places between commas, blank space around them left out. */
function* listItems(text: string): Generator<{ start: number; end: number }> {
  for (let from = 0; ;) {
    const blank = /^[ \t\n\v\f\r]*/.exec(text.slice(from)) as RegExpExecArray;
    const start = from + blank[0].length;
    const comma = text.indexOf(',', start);
    const stop = comma < 0 ? text.length : comma;
    if (stop === start) fail('ERR_FORMAT', `"${shown(text)}" has an empty part`);
    let end = stop;
    while (end > start && ' \t\n\v\f\r'.includes(text.charAt(end - 1))) end -= 1;
    yield { start, end };
    if (comma < 0) return;
    from = comma + 1;
  }
}

const FORMATS: readonly ValueFormat[] = ['ASCII', 'UTF8', 'HEX', 'BITLIST'];

function parseFormat(argument: string | undefined): ValueFormat {
  const format = FORMATS.find((name) => argument?.startsWith(name));
  return format ?? fail('ERR_FORMAT', `FORMAT:${shown(argument ?? '')} should be ${FORMATS.join(', ')}`);
}

const CLASSES: Readonly<Record<string, number>> = {
  U: CLASS.universal,
  A: CLASS.application,
  P: CLASS.private,
  C: CLASS.context,
};

/** `5`, or `5` and a letter for the class; context-specific without one. */
function parseTag(argument: string | undefined, word: string): { cls: number; number: number } {
  const match = /^\s*\+?(\d{0,10})(.?)/s.exec(argument ?? '') as RegExpExecArray;
  const number = Number(match[1]);
  const letter = match[2] === '' ? 'C' : (match[2] as string);
  if (argument === undefined || number > 0x7fffffff || !Object.hasOwn(CLASSES, letter)) {
    return fail(
      'ERR_FORMAT',
      `${word}:${shown(argument ?? '')} should be a tag number and U, A, C or P for its class, such as ${word}:0 or ${word}:5A`,
    );
  }
  return { cls: CLASSES[letter] as number, number };
}

function wrap(inner: Buffer, spec: Spec, text: string): Buffer {
  if (!spec.implicit && spec.wrappings.length === 0) return inner;
  let out = inner;
  if (spec.implicit) {
    const node = readDer(inner, 'ber');
    const { cls, number } = spec.implicit;
    const collection = cls === CLASS.universal && (number === TAG.sequence || number === TAG.set);
    out = element(cls, node.constructed || collection, number, node.content);
  }
  for (const { cls, number, constructed, pad } of [...spec.wrappings].reverse()) {
    out = element(cls, constructed, number, pad ? Buffer.concat([Buffer.alloc(1), out]) : out);
  }
  return asRead(out, text);
}

/** What a universal type allows as content: OpenSSL reads back what it tagged, and refuses the rest. */
const CONTENT: Readonly<Record<number, (content: Buffer) => boolean>> = {
  [TAG.boolean]: (c) => c.length === 1,
  [TAG.integer]: isInteger,
  [TAG.enumerated]: isInteger,
  [TAG.bitString]: (c) => c.length > 0 && (c[0] as number) < 8,
  [TAG.null]: (c) => c.length === 0,
  [TAG.oid]: (c) => c.length > 0 && (c.at(-1) as number) < 0x80,
  [TAG.bmpString]: (c) => c.length % 2 === 0,
  [TAG.universalString]: (c) => c.length % 4 === 0,
};

const NEVER_CONSTRUCTED: ReadonlySet<number> = new Set([TAG.boolean, TAG.integer, TAG.enumerated, TAG.null, TAG.oid]);

function isInteger(c: Buffer): boolean {
  if (c.length < 2) return c.length === 1;
  return !((c[0] === 0 && (c[1] as number) < 0x80) || (c[0] === 0xff && (c[1] as number) >= 0x80));
}

/** The element as OpenSSL has it after reading it back: a constructed string in one piece, no bits in the unused part of a BIT STRING. */
function asRead(der: Buffer, text: string): Buffer {
  const node = readDer(der, 'ber');
  if (node.cls !== CLASS.universal || node.number === TAG.sequence || node.number === TAG.set) return der;
  const content = node.constructed ? pieces(node) : node.content;
  const pieceless = node.constructed && NEVER_CONSTRUCTED.has(node.number);
  if (pieceless || CONTENT[node.number]?.(content) === false) {
    fail('ERR_FORMAT', `the universal tag ${node.number} does not fit the content in "${shown(text)}"`);
  }
  return element(CLASS.universal, false, node.number, node.number === TAG.bitString ? maskUnused(content) : content);
}

const pieces = (node: DerNode): Buffer =>
  Buffer.concat(node.children.map((child) => (child.constructed ? pieces(child) : child.content)));

function maskUnused(content: Buffer): Buffer {
  if (content.length < 2) return Buffer.alloc(1);
  const out = Buffer.from(content);
  out[out.length - 1] = (out.at(-1) as number) & (0xff << (content[0] as number));
  return out;
}
