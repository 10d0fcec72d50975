/**
 * OpenSSL's language of cipher strings (ciphers(1)) as a query over the rows of the suite table. The steps are those of OpenSSL 3.0's
 * ssl_create_cipher_list, so that the order of the answer is its order.
 */
import { fail } from '../errors.ts';
import { aliases, aliasTraits, MASKS, NOTHING, rowOf, type Row, type Traits } from './cipher-aliases.ts';
import { SUITES, type CipherSuite } from './tls-suites.ts';
import { TLS13 } from './tls-versions.ts';

/** OpenSSL 3.0's suites of TLS 1.3 where nothing is said, in its order. */
export const DEFAULT_SUITES13: readonly string[] = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
];

/** What a cipher string says. */
export interface CipherSelection {
  /** Suites before TLS 1.3, in the order of preference. Those of TLS 1.3 are named by other means. */
  readonly suites: readonly CipherSuite[];
  /** `@SECLEVEL=n`, the last one. */
  readonly securityLevel: number | undefined;
  /** Words that stand for no suite here: OpenSSL passes over them. */
  readonly unknown: readonly string[];
}

const fits = (row: Row, wanted: Traits): boolean =>
  (wanted.code === 0 || wanted.code === row.code) &&
  (wanted.first === 0 || wanted.first === row.first) &&
  MASKS.every((field) => wanted[field] === 0 || (wanted[field] & row[field]) !== 0);

/** `add` at the end, `order`: to the end, `kill` for good, `delete`: to be added again, `bump`: to the front. */
type Rule = 'add' | 'order' | 'kill' | 'delete' | 'bump';

/** All rows with their state, in an order that rules change. */
class Rows {
  #rows: Row[];

  constructor(suites: readonly CipherSuite[]) {
    // OpenSSL's table, from its end
    this.#rows = suites.map(rowOf).sort((a, b) => b.code - a.code);
  }

  apply(rule: Rule, matches: (row: Row) => boolean): void {
    const moves = (row: Row): boolean => (rule === 'kill' || row.active === (rule !== 'add')) && matches(row);
    const moved = this.#rows.filter(moves);
    const rest = this.#rows.filter((row) => !moves(row));
    if (rule === 'add' || rule === 'delete') for (const row of moved) row.active = rule === 'add';
    if (rule === 'kill') this.#rows = rest;
    else this.#rows = rule === 'delete' || rule === 'bump' ? [...moved, ...rest] : [...rest, ...moved];
  }

  /** By falling strength, what is equal as it is. */
  sortByStrength(): void {
    const steps = new Set(this.active().map(({ bits }) => bits));
    for (const bits of [...steps].sort((a, b) => b - a)) this.apply('order', (row) => row.bits === bits);
  }

  active(): readonly Row[] {
    return this.#rows.filter((row) => row.active);
  }

  named(name: string): Row | undefined {
    return this.#rows.find(({ suite }) => suite.openssl === name);
  }

  /** Whether any row, chosen or not, has something of a mask. */
  any(matches: (row: Row) => boolean): boolean {
    return this.#rows.some(matches);
  }
}

const wants = (text: string): ((row: Row) => boolean) => {
  const traits = aliasTraits(text.split(' '));
  return (row) => fits(row, traits);
};
const all = (): boolean => true;

/** OpenSSL's own order of preference, made by the rules that its source has; nothing is chosen in the end. */
function inOrder(suites: readonly CipherSuite[]): Rows {
  const rows = new Rows(suites);
  rows.apply('add', wants('kx=ecdhe auth=ecdsa'));
  rows.apply('add', wants('kx=ecdhe'));
  rows.apply('delete', wants('kx=ecdhe'));
  rows.apply('add', wants('enc=AES_128_GCM|AES_256_GCM'));
  rows.apply('add', wants('enc=CHACHA20_POLY1305'));
  rows.apply('add', wants('enc=AES_128_CBC|AES_256_CBC|AES_128_CCM|AES_256_CCM|AES_128_CCM_8|AES_256_CCM_8'));
  rows.apply('add', all);
  for (const last of ['mac=md5', 'auth=anon', 'kx=rsa', 'kx=psk', 'enc=RC4_128']) rows.apply('order', wants(last));
  rows.sortByStrength();
  for (const first of ['first=TLSv1.2', 'mac=aead', 'kx=dhe|ecdhe', 'kx=dhe|ecdhe mac=aead'])
    rows.apply('bump', wants(first));
  rows.apply('delete', all);
  return rows;
}

const DEFAULT = 'ALL:!COMPLEMENTOFDEFAULT:!eNULL';

/** Suite B (RFC 6460) replaces the whole string. */
const SUITE_B: readonly (readonly [string, string])[] = [
  ['SUITEB128ONLY', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['SUITEB128C2', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['SUITEB128', 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['SUITEB192', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
];

/**
 * The suites that a cipher string chooses among `suites`.
 *
 * @param text e.g. `HIGH:!aNULL:@STRENGTH`
 * @param suites rows to choose among; by OpenSSL's measure those that `isInOpenSsl` has. Those of TLS 1.3 and those that OpenSSL has no name for
 *   do not count
 * @throws TlskitError ERR_USAGE where OpenSSL says "invalid command": a character that no word has, an unknown word after `@`
 * @example
 * const suites = selectCiphers('ECDHE+AESGCM').suites.filter(isSupported).map(({ code }) => code);
 */
export function selectCiphers(text: string, suites: readonly CipherSuite[] = SUITES.rows): CipherSelection {
  const rows = inOrder(suites.filter(({ first, openssl }) => first < TLS13 && openssl !== undefined));
  let rest = SUITE_B.find(([word]) => text.startsWith(word))?.[1] ?? text;
  const run = new Interpreter(rows);
  if (rest.startsWith('DEFAULT')) {
    run.interpret(DEFAULT);
    rest = rest.slice('DEFAULT'.length).replace(/^:/, '');
  }
  run.interpret(rest);
  return { suites: rows.active().map(({ suite }) => suite), securityLevel: run.level, unknown: run.unknown };
}

const RULES: Readonly<Record<string, Rule>> = { '-': 'delete', '+': 'order', '!': 'kill' };
const SEPARATOR = /[: ;,]/;
const WORD = /[A-Za-z0-9.=-]*/y;

class Interpreter {
  readonly #rows: Rows;
  level: number | undefined;
  readonly unknown: string[] = [];

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  interpret(text: string): void {
    for (let at = 0; at < text.length;) {
      const sign = text[at] as string;
      if (SEPARATOR.test(sign)) at += 1;
      else if (sign === '@') at = this.#command(text, at + 1);
      else at = this.#words(text, RULES[sign] ? at + 1 : at, RULES[sign] ?? 'add');
    }
  }

  /** `@STRENGTH`, `@SECLEVEL=n`; what follows up to a separator is passed over. */
  #command(text: string, at: number): number {
    const word = wordAt(text, at);
    const level = /^SECLEVEL=([0-5])$/.exec(word)?.[1];
    if (level !== undefined) this.level = +level;
    else if (word === 'STRENGTH') this.#rows.sortByStrength();
    else if (word.startsWith('SECLEVEL=')) fail('ERR_USAGE', `@SECLEVEL takes 0 to 5, not "@${word}"`);
    else fail('ERR_USAGE', `invalid command "@${word}"; there are @STRENGTH and @SECLEVEL=n`);
    return nextSeparator(text, at);
  }

  /** Words with `+` between: what all of them ask for. */
  #words(text: string, start: number, rule: Rule): number {
    let wanted: Traits | undefined = NOTHING;
    for (let at = start; ;) {
      const word = wordAt(text, at);
      at += word.length;
      wanted = both(wanted, this.#meaning(word));
      if (!wanted) {
        const end = nextSeparator(text, at);
        this.unknown.push(text.slice(start, end));
        return end;
      }
      if (text[at] !== '+') {
        const traits = wanted;
        this.#rows.apply(rule, (row) => fits(row, traits));
        return at;
      }
      at += 1;
    }
  }

  #meaning(word: string): Traits | undefined {
    const row = this.#rows.named(word);
    // an explicit suite's version is no part of the pattern
    if (row) return { ...row, first: 0 };
    const alias = aliases().get(word);
    // algorithms that nothing has are as good as unknown: OpenSSL drops their names; 3DES is there without a suite
    const idle = alias !== undefined && IDLE.has(word) && !this.#rows.any(({ enc }) => (enc & alias.enc) !== 0);
    return idle ? undefined : alias;
  }
}

const IDLE = new Set(['RC4', 'IDEA', 'SEED']);

function wordAt(text: string, at: number): string {
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0] ?? '';
  if (word === '') fail('ERR_USAGE', `invalid command at character ${at + 1} of "${text.slice(0, 200)}"`);
  return word;
}

function nextSeparator(text: string, from: number): number {
  let at = from;
  while (at < text.length && !SEPARATOR.test(text[at] as string)) at += 1;
  return at;
}

/** What two patterns ask for together; undefined when nothing can be both. */
function both(a: Traits, b: Traits | undefined): Traits | undefined {
  if (!b) return undefined;
  const out: Record<string, number> = { ...a };
  for (const field of MASKS) {
    if (b[field] === 0) continue;
    out[field] = a[field] === 0 ? b[field] : a[field] & b[field];
    if (out[field] === 0) return undefined;
  }
  if (b.first !== 0) {
    if (a.first !== 0 && a.first !== b.first) return undefined;
    out['first'] = b.first;
  }
  // as in OpenSSL the last word decides, and no alias has a number
  out['code'] = b.code;
  return out as unknown as Traits;
}
