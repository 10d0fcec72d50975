/**
 * OpenSSL's certificate database: `index.txt`, a line a certificate, six fields between tabs: V, R or E; end of validity; revocation; serial
 * number; file name; subject. And `index.txt.attr` beside it. What is read is written back octet for octet, comments excepted.
 */
import { shown } from '../der/text.ts';
import { fail } from '../errors.ts';
import { parseConfig } from '../conf/parse.ts';
import { octetText } from '../text/octets.ts';
import { onelineOctets } from '../text/name.ts';
import { serialHex } from '../x509/serial.ts';
import type { Name } from '../x509/name.ts';
import type { Time } from '../x509/time.ts';
import { readRevocation, timeFromText, type Revocation } from './revocation.ts';

/** Valid, revoked, expired, and suspended, which OpenSSL knows and nothing writes. */
export type EntryType = 'V' | 'R' | 'E' | 'S';

/** One certificate of a CA. */
export interface IndexEntry {
  readonly type: EntryType;
  /** End of validity. */
  readonly expires: Time;
  /** Of type R only. */
  readonly revocation?: Revocation;
  /** Hexadecimal, an even number of upper-case digits, `-` in front of a negative one; as `serialHex` gives it. */
  readonly serial: string;
  /** `unknown`, where OpenSSL wrote it. */
  readonly file: string;
  /** The subject as `entryName` gives it: octet text, the octets outside printable ASCII as `\xHH`. */
  readonly name: string;
}

const FIELDS = 6;
const TYPES: readonly string[] = ['V', 'R', 'E', 'S'];

/** What an entry calls its subject: `/C=DE/CN=host`, or the serial number where the subject is empty. */
export const entryName = (subject: Name, serial: Uint8Array): string => onelineOctets(subject) || serialHex(serial);

/** Serial numbers are the same without regard to zeros in front, as in OpenSSL. */
export const serialKey = (hex: string): string => hex.toUpperCase().replace(/^(-?)0+(?=.)/, '$1');

/** The database in memory: entries in the file's order, found by serial number and by subject. */
export class CertificateIndex {
  /** The file's name, for messages. */
  readonly source: string;
  /** No two valid entries may have one subject. */
  readonly uniqueSubject: boolean;
  readonly #entries: IndexEntry[] = [];
  readonly #bySerial = new Map<string, number>();
  /** Of valid entries. */
  readonly #byName = new Map<string, number>();

  constructor(source: string, options: { readonly uniqueSubject?: boolean } = {}) {
    this.source = source;
    this.uniqueSubject = options.uniqueSubject ?? true;
  }

  /**
   * Reads `index.txt`.
   *
   * @param source its name, for messages
   * @throws TlskitError ERR_FORMAT naming file and line: not six fields, an unknown type, a bad time, serial number or revocation, and a serial
   *   number, or under `uniqueSubject` the subject of a valid certificate, that stands there twice
   */
  static parse(
    text: string | Uint8Array,
    source: string,
    options: { readonly uniqueSubject?: boolean } = {},
  ): CertificateIndex {
    const index = new CertificateIndex(source, options);
    const lines = (typeof text === 'string' ? text : octetText(text)).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [i, line] of lines.entries()) {
      if (line.startsWith('#')) continue;
      index.#push(readLine(line, source, i + 1), i + 1);
    }
    return index;
  }

  get entries(): readonly IndexEntry[] {
    return this.#entries;
  }

  /** The entry with a serial number in hexadecimal, whatever its case and zeros in front. */
  bySerial(hex: string): IndexEntry | undefined {
    const at = this.#bySerial.get(serialKey(hex));
    return at === undefined ? undefined : this.#entries[at];
  }

  /** The valid entry with a subject as `entryName` gives it. */
  validByName(name: string): IndexEntry | undefined {
    const at = this.#byName.get(name);
    return at === undefined ? undefined : this.#entries[at];
  }

  /**
   * Adds an entry at the end.
   *
   * @throws TlskitError ERR_FORMAT when its serial number, or under `uniqueSubject` its subject, is there already
   */
  add(entry: IndexEntry): void {
    checkWritable(entry);
    this.#push(entry);
  }

  /** Puts another entry in the place of the one with the same serial number. */
  replace(entry: IndexEntry): void {
    checkWritable(entry);
    const at = this.#bySerial.get(serialKey(entry.serial));
    if (at === undefined) return fail('ERR_NOT_FOUND', `${this.source}: there is no serial number ${entry.serial}`);
    const before = this.#entries[at] as IndexEntry;
    if (this.#byName.get(before.name) === at) this.#byName.delete(before.name);
    this.#entries[at] = entry;
    if (entry.type === 'V') this.#byName.set(entry.name, at);
  }

  /** Takes away entries; gives how many went. */
  remove(which: (entry: IndexEntry) => boolean): number {
    const kept = this.#entries.filter((entry) => !which(entry));
    const gone = this.#entries.length - kept.length;
    this.#entries.length = 0;
    this.#bySerial.clear();
    this.#byName.clear();
    for (const entry of kept) this.#push(entry);
    return gone;
  }

  /** The file's octets. */
  encode(): Buffer {
    return Buffer.from(this.#entries.map(entryLine).join(''), 'latin1');
  }

  #push(entry: IndexEntry, line?: number): void {
    const at = this.#entries.length;
    const key = serialKey(entry.serial);
    if (this.#bySerial.has(key)) {
      this.#clash(`the serial number ${entry.serial} stands there twice; take the wrong line out`, line);
    }
    const valid = entry.type === 'V';
    if (valid && this.uniqueSubject && this.#byName.has(entry.name)) {
      const what = `two valid certificates have the subject ${shown(entry.name)}`;
      this.#clash(`${what}; revoke one, or say unique_subject = no in ${this.source}.attr`, line);
    }
    this.#entries.push(entry);
    this.#bySerial.set(key, at);
    if (valid) this.#byName.set(entry.name, at);
  }

  #clash(what: string, line: number | undefined): never {
    const { source } = this;
    if (line === undefined) return fail('ERR_FORMAT', `${source}: ${what}`, { source });
    return fail('ERR_FORMAT', `${source}:${line}: ${what}`, { source, line });
  }
}

function readLine(text: string, source: string, line: number): IndexEntry {
  const bad = (what: string): never => fail('ERR_FORMAT', `${source}:${line}: ${what}`, { source, line });
  const fields = splitFields(text);
  if (fields.length !== FIELDS) {
    bad(
      `${fields.length} fields between tabs instead of ${FIELDS}: type, end, revocation, serial number, file, subject`,
    );
  }
  const [type, end, revoked, serial, file, name] = fields as [string, string, string, string, string, string];
  if (!TYPES.includes(type)) bad(`the type "${shown(type)}" should be V, R or E`);
  const expires = timeFromText(end) ?? bad(`invalid expiry date "${shown(end)}"; it should read YYMMDDHHMMSSZ`);
  if (type !== 'R' && revoked !== '') bad('not revoked yet, but has a revocation date; empty the third field');
  if (!/^-?(?:[0-9A-Fa-f]{2})+$/.test(serial)) {
    bad(`the serial number "${shown(serial)}" should be pairs of hexadecimal digits`);
  }
  const entry = { type: type as EntryType, expires, serial, file, name };
  if (type !== 'R') return entry;
  return { ...entry, revocation: revocationOf(revoked, bad) };
}

function revocationOf(text: string, bad: (what: string) => never): Revocation {
  try {
    return readRevocation(text);
  } catch (error) {
    return bad((error as Error).message);
  }
}

/** A tab after a backslash is part of the value. (A backslash itself is not escaped: OpenSSL's writer leaves it so.) */
const splitFields = (line: string): string[] => line.split(/(?<!\\)\t/).map((field) => field.replaceAll('\\\t', '\t'));

const entryLine = ({ type, expires, revocation, serial, file, name }: IndexEntry): string =>
  `${[type, expires.text, revocation?.text ?? '', serial, file, name].map(escaped).join('\t')}\n`;

const escaped = (field: string): string => (field.includes('\t') ? field.replaceAll('\t', '\\\t') : field);

/** What would not be read back as it was. */
function checkWritable(entry: IndexEntry): void {
  const fields = [entry.expires.text, entry.revocation?.text ?? '', entry.serial, entry.file, entry.name];
  const last = fields.length - 1;
  // oxlint-disable-next-line no-control-regex
  if (fields.some((field, i) => /[\n\0\u0100-\uffff]/.test(field) || (i < last && field.endsWith('\\')))) {
    fail('ERR_FORMAT', `an entry of index.txt cannot hold "${shown(fields.join(' '))}"`);
  }
  if ((entry.type === 'R') !== (entry.revocation !== undefined)) {
    fail('ERR_FORMAT', `an entry of type ${entry.type} with${entry.revocation ? '' : 'out'} a revocation`);
  }
}

/** What `index.txt.attr` says. */
export interface IndexAttributes {
  /** Absent: the file says nothing. */
  readonly uniqueSubject?: boolean;
}

/**
 * Reads `index.txt.attr`, a configuration: `unique_subject = yes`.
 *
 * @param source its name, for messages
 * @throws TlskitError ERR_CONFIG
 */
export function parseAttributes(text: string | Uint8Array, source: string): IndexAttributes {
  const value = parseConfig(text, { source, env: {} }).get('default', 'unique_subject');
  return value === undefined ? {} : { uniqueSubject: yesOrNo(value, true) };
}

/** The text of `index.txt.attr`. */
export const attributesText = ({ uniqueSubject }: { readonly uniqueSubject: boolean }): string =>
  `unique_subject = ${uniqueSubject ? 'yes' : 'no'}\n`;

/** `unique_subject` and its like: the first letter counts, as in OpenSSL. */
export function yesOrNo(text: string, otherwise: boolean): boolean {
  if (/^[fFnN0]/.test(text)) return false;
  return /^[tTyY1]/.test(text) ? true : otherwise;
}
