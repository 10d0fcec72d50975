import { fail } from '../errors.ts';
import { shown } from '../der/text.ts';

/** One `name = value` of a section. */
export type ConfigEntry = readonly [name: string, value: string];

/** Where a value was defined. */
export interface ConfigPlace {
  readonly source: string;
  /** From 1. */
  readonly line: number;
}

interface Stored extends ConfigPlace {
  readonly value: string;
}

/**
 * A configuration as config(5) describes it. Lookups follow OpenSSL: a name that its section lacks is looked for in the section `default`;
 * section `ENV` stands for the environment. Values are texts as in `text.ts`.
 */
export class Config {
  /** What the configuration was read from, for messages. */
  readonly source: string;
  readonly #sections = new Map<string, Map<string, Stored>>();
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(source: string, env: Readonly<Record<string, string | undefined>> = {}) {
    this.source = source;
    this.#env = env;
    this.open('default');
  }

  /** Makes sure that the section exists. */
  open(section: string): void {
    if (!this.#sections.has(section)) this.#sections.set(section, new Map());
  }

  /** Adds a value; one of the same name in the section goes, and the new one stands last, as in OpenSSL. */
  add(section: string, name: string, value: string, place: ConfigPlace): void {
    this.open(section);
    const entries = this.#sections.get(section) as Map<string, Stored>;
    entries.delete(name);
    entries.set(name, { value, source: place.source, line: place.line });
  }

  /** The value of `name` in `section`, else in `default`; `ENV` also means the environment. */
  get(section: string | undefined, name: string): string | undefined {
    if (section !== undefined) {
      const own = this.#sections.get(section)?.get(name);
      if (own) return own.value;
      if (section === 'ENV' && Object.hasOwn(this.#env, name)) return this.#env[name];
    }
    return this.#sections.get('default')?.get(name)?.value;
  }

  /**
   * A non-negative decimal number: leading digits count, as OpenSSL's NCONF_get_number reads them.
   *
   * @throws TlskitError ERR_CONFIG when it exceeds 2^63-1
   */
  getNumber(section: string | undefined, name: string): number | undefined {
    const text = this.get(section, name);
    if (text === undefined) return undefined;
    const value = BigInt(/^\d{0,40}/.exec(text)?.[0] || '0');
    if (value > 0x7fffffffffffffffn) {
      fail('ERR_CONFIG', `${this.placeText(section, name)}: ${name} = ${shown(text)} is too large a number`);
    }
    return Number(value);
  }

  /** Everything in a section, in order of definition; undefined when there is no such section. */
  section(name: string): readonly ConfigEntry[] | undefined {
    const entries = this.#sections.get(name);
    return entries && Array.from(entries, ([key, stored]) => [key, stored.value] as const);
  }

  /** Everything in a section that must be there; `wanted` says what asked for it. */
  requireSection(name: string, wanted: string): readonly ConfigEntry[] {
    return (
      this.section(name) ??
      fail('ERR_CONFIG', `${this.source} has no section [${shown(name)}], which ${wanted} asks for`, {
        source: this.source,
      })
    );
  }

  hasSection(name: string): boolean {
    return this.#sections.has(name);
  }

  /** The names of all sections, in order of appearance, `default` first. */
  get sectionNames(): readonly string[] {
    return [...this.#sections.keys()];
  }

  /** Where a value was defined. */
  place(section: string | undefined, name: string): ConfigPlace | undefined {
    const own = section === undefined ? undefined : this.#sections.get(section)?.get(name);
    return own ?? this.#sections.get('default')?.get(name);
  }

  /** `file:line` of a value, or the source alone. */
  placeText(section: string | undefined, name: string): string {
    const place = this.place(section, name);
    return place ? `${place.source}:${place.line}` : this.source;
  }
}
