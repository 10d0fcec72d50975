/** Tables of code points. Each is made when it is first asked, so that importing one costs nothing. */

/** A row: a number on the wire and its stable name. */
export interface CodeRow {
  readonly code: number;
  readonly name: string;
}

/** Rows by number and by name. A name may have other spellings; all are looked up without regard to case. */
export class CodeTable<R extends CodeRow> {
  readonly #make: () => readonly R[];
  readonly #aliases: (row: R) => readonly string[];
  #rows: readonly R[] | undefined;
  #byCode: Map<number, R> | undefined;
  #byName: Map<string, R> | undefined;

  /** `aliases` gives the other spellings of a row's name. */
  constructor(make: () => readonly R[], aliases: (row: R) => readonly string[] = () => []) {
    this.#make = make;
    this.#aliases = aliases;
  }

  /** All rows, in the order of the table. */
  get rows(): readonly R[] {
    this.#rows ??= this.#make();
    return this.#rows;
  }

  /** The row of a number. */
  row(code: number): R | undefined {
    this.#byCode ??= new Map(this.rows.map((row) => [row.code, row]));
    return this.#byCode.get(code);
  }

  /** The row of a name in any spelling that the table knows. */
  named(name: string): R | undefined {
    this.#byName ??= new Map(
      this.rows.flatMap((row) => [row.name, ...this.#aliases(row)].map((one): [string, R] => [one.toLowerCase(), row])),
    );
    return this.#byName.get(name.toLowerCase());
  }

  /** The name of a number, as traces show it. */
  get(code: number): string | undefined {
    return this.row(code)?.name;
  }
}

/** The lines of a table written as text: words between white space, without empty lines and `#` comments. */
export function words(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

/** A table with nothing but numbers and names: `code name` a line, the code in decimal or with `0x`. */
export function plainTable(text: string): CodeTable<CodeRow> {
  return new CodeTable(() => words(text).map(([code, name]) => ({ code: Number(code), name: name as string })));
}
