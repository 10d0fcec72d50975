/**
 * Hashes of passwords as crypt(3) has them: MD5 of FreeBSD (`$1$`), Apache (`$apr1$`) and AIX, SHA-256 and SHA-512 of Ulrich Drepper's
 * SHA-crypt.txt (`$5$`, `$6$`). They are for files that ask for them; by today's measure none is hard to try out.
 */
import { createHash } from 'node:crypto';
import { fail } from '../errors.ts';

/** A scheme by the name of its option in `openssl passwd`. */
export type PasswordScheme = '1' | 'apr1' | 'aixmd5' | '5' | '6';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const DEFAULT_ROUNDS = 5000;
const MIN_ROUNDS = 1000;
/** SHA-crypt.txt allows a hundred times as many, which take half an hour. */
const MAX_ROUNDS = 10_000_000;

/** The longest salt; what is longer is cut. */
export const saltLength = (scheme: PasswordScheme): number => (scheme === '5' || scheme === '6' ? 16 : 8);

/** A salt of random octets, one character of each. */
export const saltOf = (random: Uint8Array): string =>
  Array.from(random, (octet) => ALPHABET.charAt(octet & 0x3f)).join('');

/**
 * A password's hash with its scheme and salt in front, as it stands in shadow(5) or an htpasswd file.
 *
 * @param salt for `5` and `6` it may begin with `rounds=10000$`
 * @throws TlskitError ERR_USAGE for rounds that are no number, ERR_LIMIT for more than ten million
 */
export function hashPassword(scheme: PasswordScheme, password: Uint8Array, salt: string): string {
  if (scheme === '5' || scheme === '6') return shaCrypt(scheme, password, salt);
  return md5Crypt(scheme === 'aixmd5' ? '' : `$${scheme}$`, password, Buffer.from(salt).subarray(0, 8));
}

/** Octets in an order of places, three to four characters, the lowest six bits first. */
function encoded(digest: Uint8Array, order: readonly number[]): string {
  let out = '';
  for (let at = 0; at < order.length; at += 3) {
    const places = order.slice(at, at + 3);
    let value = places.reduce((sum, place) => (sum << 8) | (digest[place] as number), 0);
    for (let i = 0; i < Math.ceil((places.length * 8) / 6); i += 1) {
      out += ALPHABET.charAt(value & 0x3f);
      value >>>= 6;
    }
  }
  return out;
}

function digestOf(name: string, parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(name);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Octets again and again up to a length. */
const stretched = (octets: Buffer, length: number): Buffer =>
  Buffer.concat(Array.from({ length: Math.ceil(length / octets.length) }, () => octets)).subarray(0, length);

/** The lowest bits of a number first, down to its highest one. */
function bits(value: number): boolean[] {
  return value === 0 ? [] : Array.from({ length: 32 - Math.clz32(value) }, (_, i) => ((value >>> i) & 1) === 1);
}

/** What both families do a thousand times and more. */
function rounds(name: string, count: number, first: Buffer, password: Uint8Array, salt: Uint8Array): Buffer {
  let digest = first;
  for (let i = 0; i < count; i += 1) {
    const odd = i % 2 === 1;
    const parts = [odd ? password : digest];
    if (i % 3 !== 0) parts.push(salt);
    if (i % 7 !== 0) parts.push(password);
    parts.push(odd ? digest : password);
    digest = digestOf(name, parts);
  }
  return digest;
}

const MD5_ORDER = [0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5, 11];

function md5Crypt(magic: string, password: Uint8Array, salt: Buffer): string {
  const inner = digestOf('md5', [password, salt, password]);
  const tail = bits(password.length).map((bit) => (bit ? Buffer.alloc(1) : password.subarray(0, 1)));
  const first = digestOf('md5', [password, Buffer.from(magic), salt, stretched(inner, password.length), ...tail]);
  const digest = rounds('md5', 1000, first, password, salt);
  return `${magic}${salt.toString('utf8')}$${encoded(digest, MD5_ORDER)}`;
}

/** The places of SHA-crypt: three columns, taken in turn from another one on. */
function shaOrder(size: number, turn: 1 | 2): number[] {
  const third = Math.floor(size / 3);
  const rows = Array.from({ length: third }, (_, row) => {
    const places = [row, row + third, row + 2 * third];
    return [0, 1, 2].map((i) => places[(i + row * turn) % 3] as number);
  });
  const rest = Array.from({ length: size - 3 * third }, (_, i) => size - 1 - i);
  return [...rows.flat(), ...rest];
}

const SHA = {
  5: { name: 'sha256', order: shaOrder(32, 2) },
  6: { name: 'sha512', order: shaOrder(64, 1) },
} as const;

function shaCrypt(scheme: '5' | '6', password: Uint8Array, given: string): string {
  const { name, order } = SHA[scheme];
  const { count, prefix, rest } = roundsOf(given);
  const salt = Buffer.from(rest).subarray(0, saltLength(scheme));
  const inner = digestOf(name, [password, salt, password]);
  const tail = bits(password.length).map((bit) => (bit ? inner : password));
  const first = digestOf(name, [password, salt, stretched(inner, password.length), ...tail]);
  const many = (octets: Uint8Array, times: number): Buffer =>
    digestOf(
      name,
      Array.from({ length: times }, () => octets),
    );
  const p = stretched(many(password, password.length), password.length);
  const s = stretched(many(salt, 16 + (first[0] as number)), salt.length);
  return `$${scheme}$${prefix}${salt.toString('utf8')}$${encoded(rounds(name, count, first, p, s), order)}`;
}

/** `rounds=…$` before the salt; few are raised to the least number, as everywhere. */
function roundsOf(salt: string): { readonly count: number; readonly prefix: string; readonly rest: string } {
  if (!salt.startsWith('rounds=')) return { count: DEFAULT_ROUNDS, prefix: '', rest: salt };
  const [, number, rest] = /^rounds=(\d{1,20})\$(.*)$/s.exec(salt) ?? [];
  if (number === undefined || rest === undefined)
    return fail('ERR_USAGE', 'the rounds of a salt are a number before a dollar sign: rounds=10000$salt');
  const count = Math.max(MIN_ROUNDS, Number(number));
  if (count > MAX_ROUNDS) fail('ERR_LIMIT', `${count} rounds would take minutes; the limit is ${MAX_ROUNDS}`);
  return { count, prefix: `rounds=${count}$`, rest };
}
