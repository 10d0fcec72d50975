import type { Config, ConfigEntry } from '../conf/index.ts';
import { encodeString } from '../der/strings.ts';
import { bytesOf, shown } from '../der/text.ts';
import { TlskitError, fail } from '../errors.ts';
import { findObject, type ObjectLookup } from '../registry/find.ts';
import type { ObjectName } from '../registry/oids.ts';
import { Name, type Attribute } from './name.ts';
import { DEFAULT_MASK, attributeRule } from './name-table.ts';

export { parseStringMask } from './name-table.ts';

/** How texts become attribute values. */
export interface NameBuildOptions {
  /** `-utf8`: the text is UTF-8. Without it each of its bytes is a character of Latin-1, as in OpenSSL. */
  readonly utf8?: boolean;
  /** The string types allowed by `string_mask`, see {@link parseStringMask}; UTF8String when not given. */
  readonly stringMask?: number;
  /** Finds attribute types; OpenSSL's names when not given. */
  readonly objects?: ObjectLookup;
}

/** Options of {@link parseSubject}. */
export interface SubjectOptions extends NameBuildOptions {
  /** False: `+` is an ordinary character. */
  readonly multivalue?: boolean;
  /** What the name is, in messages; `subject` when not given. */
  readonly what?: string;
  /** Takes warnings about parts that were passed over. */
  readonly warn?: (line: string) => void;
}

/**
 * One attribute whose text is written in the string type that OpenSSL chooses for its type.
 *
 * @throws TlskitError ERR_NAME when the text is too short, too long or has characters that the type cannot hold
 */
export function attributeOf(object: ObjectName, text: string, options: NameBuildOptions = {}): Attribute {
  const { mask, masked, ...limits } = attributeRule(object.oid);
  const allowed = masked ? mask & (options.stringMask ?? DEFAULT_MASK) : mask;
  try {
    return {
      oid: object.oid,
      ...encodeString(bytesOf(text), { utf8: options.utf8 ?? false, mask: allowed, ...limits }),
    };
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    const name = object.sn === object.oid ? object.oid : `${object.sn} (${object.ln})`;
    throw new TlskitError('ERR_NAME', `${name} "${shown(text, 40)}" ${error.message}`, { cause: error });
  }
}

/** Collects attributes into relative distinguished names. */
class NameBuilder {
  readonly #rdns: Attribute[][] = [];

  /** Adds an attribute: to the last relative name when `joined`, else as one of its own. */
  add(attribute: Attribute, joined: boolean): void {
    const last = this.#rdns.at(-1);
    if (joined && last) last.push(attribute);
    else this.#rdns.push([attribute]);
  }

  get name(): Name {
    return Name.of(this.#rdns);
  }
}

/**
 * Reads `/type=value/type=value+type=value`, OpenSSL's `-subj`: `\` takes the next character as it is; types that are not known and values
 * that are empty are passed over with a warning.
 *
 * @throws TlskitError ERR_NAME
 * @example
 * parseSubject('/C=DE/O=a\\/b/OU=x+CN=y');
 */
export function parseSubject(text: string, options: SubjectOptions = {}): Name {
  const what = options.what ?? 'subject';
  if (!text.startsWith('/')) {
    fail(
      'ERR_NAME',
      `the ${what} "${shown(text)}" should read /type=value/type=value, for example /C=DE/O=Example/CN=www.example.org`,
    );
  }
  const find = options.objects ?? findObject;
  const name = new NameBuilder();
  let joined = false;
  for (let at = 1; at < text.length;) {
    const equals = text.indexOf('=', at);
    if (equals < 0)
      fail('ERR_NAME', `there is no "=" after "${shown(text.slice(at))}" in the ${what} "${shown(text)}"`);
    const type = text.slice(at, equals);
    const { value, end } = unescapeValue(text, equals + 1, options.multivalue ?? true, what);
    const object = find(type);
    // OpenSSL knows an attribute by its number in the table, so that a dotted identifier without a name is unknown here
    if (!object || object.sn === object.oid) {
      options.warn?.(`warning: the ${what} attribute "${shown(type)}" is unknown and left out`);
      if (joined) options.warn?.(`hint: "+" begins another attribute; write "\\+" for the character itself`);
    } else if (value === '')
      options.warn?.(`warning: the ${what} attribute "${shown(type)}" has no value and is left out`);
    else name.add(attributeOf(object, value, options), joined);
    joined = text.charAt(end) === '+';
    at = end + 1;
  }
  return name.name;
}

function unescapeValue(text: string, from: number, multivalue: boolean, what: string): { value: string; end: number } {
  const stops = multivalue ? '/+' : '/';
  let value = '';
  let at = from;
  for (; at < text.length && !stops.includes(text.charAt(at)); at += 1) {
    if (text.charAt(at) === '\\') {
      at += 1;
      if (at === text.length) fail('ERR_NAME', `the ${what} "${shown(text)}" ends in a backslash`);
    }
    value += text.charAt(at);
  }
  return { value, end: at };
}

/** The attribute type of a section's key: what follows the first `.`, `:` or `,`, and whether a `+` joins it to the one before. */
export function attributeKey(key: string): { type: string; joined: boolean } {
  const at = key.search(/[:,.]/);
  const type = at >= 0 && at + 1 < key.length ? key.slice(at + 1) : key;
  return type.startsWith('+') ? { type: type.slice(1), joined: true } : { type, joined: false };
}

/**
 * A name from the lines of a section: a distinguished_name section under `prompt = no`, or that of a dirName.
 *
 * @param where the section's name for messages
 * @throws TlskitError ERR_NAME for a type that is not known or a value that does not fit
 */
export function nameFromSection(entries: readonly ConfigEntry[], where: string, options: NameBuildOptions = {}): Name {
  const find = options.objects ?? findObject;
  const name = new NameBuilder();
  for (const [key, value] of entries) {
    const { type, joined } = attributeKey(key);
    const object = find(type);
    if (!object)
      fail(
        'ERR_NAME',
        `[${shown(where)}] ${shown(key)}: "${shown(type)}" is no attribute type; use a name such as CN or a dotted identifier`,
      );
    name.add(
      inSection(where, () => attributeOf(object, value, options)),
      joined,
    );
  }
  return name.name;
}

function inSection<T>(where: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    throw new TlskitError(error.code, `[${shown(where)}] ${error.message}`, { cause: error });
  }
}

/** What a line of a distinguished_name or attributes section asks for. */
export interface Prompt {
  /** The key as it stands, e.g. `0.organizationName`. */
  readonly field: string;
  readonly object: ObjectName;
  /** The text to show. */
  readonly text: string;
  /** From `field_default`; empty when there is none. */
  readonly default: string;
  /** From `field_value`: taken without asking. */
  readonly value: string | undefined;
  /** Least and most characters, from `field_min` and `field_max`. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** True when the attribute joins the one before it in one relative name. */
  readonly joined: boolean;
}

const SETTINGS = ['_min', '_max', '_default', '_value'];

/**
 * The questions of a distinguished_name or attributes section, in order. Lines whose type is not known are passed over, as in OpenSSL.
 *
 * @param kind an `attributes` section has no prefixes before the type and no `+`
 */
export function listPrompts(
  config: Config,
  section: string,
  objects: ObjectLookup = findObject,
  kind: 'name' | 'attributes' = 'name',
): readonly Prompt[] {
  const prompts: Prompt[] = [];
  for (const [field, text] of config.requireSection(section, kind === 'name' ? 'distinguished_name' : 'attributes')) {
    if (kind === 'name' && SETTINGS.some((ending) => field.endsWith(ending))) continue;
    const { type, joined } = kind === 'name' ? attributeKey(field) : { type: field, joined: false };
    const object = objects(type);
    if (!object || object.sn === object.oid) continue;
    prompts.push({
      field,
      object,
      text,
      default: config.get(section, `${field}_default`) ?? '',
      value: config.get(section, `${field}_value`),
      min: config.getNumber(section, `${field}_min`),
      max: config.getNumber(section, `${field}_max`),
      joined,
    });
  }
  return prompts;
}

/** A name of the answers to {@link listPrompts}; an empty answer leaves its attribute out. */
export function nameFromAnswers(answers: readonly (readonly [Prompt, string])[], options: NameBuildOptions = {}): Name {
  const name = new NameBuilder();
  for (const [prompt, answer] of answers) {
    if (answer !== '') name.add(attributeOf(prompt.object, answer, options), prompt.joined);
  }
  return name.name;
}
