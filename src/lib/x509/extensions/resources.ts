import { bitString, explicit, integer, nul, octetString, seq } from '../../der/index.ts';
import { shown } from '../../der/text.ts';
import { fail } from '../../errors.ts';
import { parseAddress } from './address.ts';
import { keyIs } from './items.ts';
import { refuse, type Item } from './types.ts';

/** A closed range of addresses or AS numbers. */
interface Range {
  readonly min: bigint;
  readonly max: bigint;
  /** Written as one number. */
  readonly single?: boolean;
}

/** The ranges of one family, or `inherit`. */
type Ranges = Range[] | 'inherit';

/** Adds a range, or `inherit`, which must stand alone (RFC 3779 sections 2.2.3.5 and 3.2.3.3). */
function add(families: Map<string, Ranges>, family: string, range: Range | 'inherit', item: Item): void {
  const ranges = families.get(family);
  if (range === 'inherit' ? Array.isArray(ranges) : ranges === 'inherit') {
    refuse(item, 'inherit alone, or addresses and numbers only');
  }
  if (range === 'inherit') families.set(family, range);
  else if (Array.isArray(ranges)) ranges.push(range);
  else families.set(family, [range]);
}

/** Sorted, with neighbours joined; overlaps are refused. */
function canonical(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : a.max < b.max ? -1 : 1));
  const out: Range[] = [];
  for (const range of sorted) {
    const last = out.at(-1);
    if (last && range.min <= last.max) fail('ERR_EXTENSION', 'ranges overlap');
    if (last && range.min === last.max + 1n) out[out.length - 1] = { min: last.min, max: range.max };
    else out.push(range);
  }
  return out;
}

/** Address families of RFC 3779 section 2.2.3.3: number and octets. */
const FAMILIES: readonly (readonly [word: string, afi: number, size: number, safi: boolean])[] = [
  ['IPv4', 1, 4, false],
  ['IPv6', 2, 16, false],
  ['IPv4-SAFI', 1, 4, true],
  ['IPv6-SAFI', 2, 16, true],
];

/** sbgp-ipAddrBlock (RFC 3779 section 2): `IPv4:10.0.0.0/8`, `IPv6:a-b`, `IPv4-SAFI:1:…`, `inherit`. */
export function ipAddressBlocks(items: readonly Item[]): Buffer {
  const families = new Map<string, Ranges>();
  for (const item of items) {
    const [, afi, size, withSafi] =
      FAMILIES.find(([word]) => keyIs(item.name, word)) ??
      refuse(item, 'IPv4:, IPv6:, IPv4-SAFI: or IPv6-SAFI: and a value');
    const { safi, text } = withSafi ? splitSafi(item) : { safi: undefined, text: item.value ?? '' };
    const key = Buffer.from([0, afi, ...(safi === undefined ? [] : [safi])]).toString('hex');
    add(families, key, text === 'inherit' ? 'inherit' : addressRange(text, size, item), item);
  }
  const blocks = [...families].sort(([a], [b]) => (a < b ? -1 : 1));
  return seq(
    ...blocks.map(([key, ranges]) => {
      const size = key.startsWith('0001') ? 4 : 16;
      const choice =
        ranges === 'inherit' ? nul() : seq(...canonical(ranges).map((range) => addressOrRange(range, size)));
      return seq(octetString(Buffer.from(key, 'hex')), choice);
    }),
  );
}

function splitSafi(item: Item): { safi: number; text: string } {
  const [, number, text] = /^\s*\+?(0[xX][0-9a-fA-F]{1,4}|\d{1,5})[ \t]*:[ \t]*(.*)$/s.exec(item.value ?? '') ?? [];
  // a leading 0 means octal, as in C
  const safi = number === undefined ? NaN : Number(/^0\d+$/.test(number) ? `0o${number.slice(1)}` : number);
  return safi <= 0xff
    ? { safi, text: text as string }
    : refuse(item, `${shown(item.name)}: a number up to 255, ":" and addresses`);
}

function addressRange(text: string, size: number, item: Item): Range {
  const wrong = (): never => refuse(item, 'an address, address/length, address-address or inherit');
  const [, first = '', delimiter = '', rest = ''] = /^([0-9.:a-fA-F]*)[ \t]*(?:([/-])(.*))?$/s.exec(text) ?? wrong();
  const address = (part: string): bigint => {
    const bytes = /^[0-9.:a-fA-F]+$/.test(part) ? parseAddress(part) : undefined;
    return bytes?.length === size ? BigInt(`0x${bytes.toString('hex')}`) : wrong();
  };
  const min = address(first);
  if (delimiter === '-') {
    const max = address(rest.replace(/^[ \t]+/, ''));
    return min <= max ? { min, max } : wrong();
  }
  if (delimiter === '/' && !/^\s*\+?\d{1,4}$/.test(rest)) wrong();
  const length = delimiter === '/' ? Number(rest) : size * 8;
  if (length > size * 8) wrong();
  const host = (1n << BigInt(size * 8 - length)) - 1n;
  // bits beyond the prefix are cleared, as OpenSSL does
  return { min: min & ~host, max: min | host };
}

function addressOrRange({ min, max }: Range, size: number): Buffer {
  const span = max - min + 1n;
  const isPrefix = (span & (span - 1n)) === 0n && (min & (span - 1n)) === 0n;
  if (isPrefix) return prefix(min, size * 8 - (span.toString(2).length - 1), size);
  return seq(bound(min, size, 0n), bound(max, size, 1n));
}

const addressBytes = (value: bigint, size: number): Buffer =>
  Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');

function prefix(value: bigint, length: number, size: number): Buffer {
  const octets = Math.ceil(length / 8);
  return bitString(addressBytes(value, size).subarray(0, octets), octets * 8 - length);
}

/** One end of a range: trailing bits equal to `fill` are left out (RFC 3779 section 2.2.3.9). */
function bound(value: bigint, size: number, fill: bigint): Buffer {
  let length = size * 8;
  for (let rest = value; length > 0 && (rest & 1n) === fill; rest >>= 1n) length -= 1;
  const octets = Math.ceil(length / 8);
  const bytes = Buffer.from(addressBytes(value, size).subarray(0, octets));
  const unused = octets * 8 - length;
  if (octets > 0) bytes[octets - 1] = (bytes[octets - 1] as number) & (0xff << unused);
  return bitString(bytes, unused);
}

/** sbgp-autonomousSysNum (RFC 3779 section 3): `AS:64496`, `AS:1-10`, `RDI:…`, `inherit`. */
export function asNumbers(items: readonly Item[]): Buffer {
  const families = new Map<string, Ranges>();
  for (const item of items) {
    const kind =
      ['AS', 'RDI'].find((word) => keyIs(item.name, word)) ??
      refuse(item, 'AS: or RDI: and a number, a range or inherit');
    const text = item.value ?? '';
    if (text === 'inherit') add(families, kind, 'inherit', item);
    else {
      const [, from, to] =
        /^(\d{1,4000})(?:[ \t]*-[ \t]*(\d{1,4000}))?$/.exec(text) ??
        refuse(item, 'a number, a range such as 1-10, or inherit');
      const min = BigInt(from as string);
      const max = to === undefined ? min : BigInt(to);
      if (min > max) refuse(item, 'a range from the lower to the higher number');
      add(families, kind, { min, max, single: to === undefined }, item);
    }
  }
  return seq(
    ...['AS', 'RDI'].flatMap((kind, tag) => {
      const ranges = families.get(kind);
      if (!ranges) return [];
      const choice = ranges === 'inherit' ? nul() : seq(...canonical(ranges).map(numberOrRange));
      return [explicit(tag, choice)];
    }),
  );
}

const numberOrRange = ({ min, max, single }: Range): Buffer =>
  single ? integer(min) : seq(integer(min), integer(max));
