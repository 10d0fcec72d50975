import { fail } from '../errors.ts';
import { CLASS, TAG } from './reader.ts';

/** The element at hand is another one than the optional one that was looked for. */
export const ABSENT: unique symbol = Symbol('absent');

/** A tag: class and number. */
export interface Tag {
  readonly cls: number;
  readonly number: number;
}

/** The octets that are read and where the reading is. */
export class Input {
  readonly bytes: Buffer;
  at: number;
  depth = 0;
  /** Names of the fields around the place, for messages. */
  readonly path: string[] = [];

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** Throws ERR_DER with the field and the offset. */
  fail(why: string): never {
    const place = this.path.length > 0 ? `${this.path.join('.')}: ` : '';
    return fail('ERR_DER', `${place}${why} at offset ${this.at}`, { offset: this.at });
  }
}

/** Identifier and length of an element. */
export interface Header extends Tag {
  readonly constructed: boolean;
  readonly indefinite: boolean;
  readonly start: number;
  readonly contentStart: number;
  /** For an indefinite length: the limit of what is around it. */
  readonly contentEnd: number;
}

/** Reads the identifier and length at `input.at`, which stays where it is. Throws ERR_DER. */
export function readHeader(input: Input, limit: number): Header {
  const { bytes, at: start } = input;
  if (limit - start < 2) input.fail(limit > start ? 'the data ends in an element' : 'the data ends');
  const first = bytes[start] as number;
  let at = start + 1;
  let number = first & 0x1f;
  if (number === 0x1f) {
    number = 0;
    for (let more = true; more; at += 1) {
      if (at + 1 >= limit || number > 0xffffff) input.fail('a malformed tag');
      const b = bytes[at] as number;
      number = number * 128 + (b & 0x7f);
      more = b >= 0x80;
    }
  }
  const constructed = (first & 0x20) !== 0;
  const lead = bytes[at] as number;
  at += 1;
  // written out in full below: a spread here takes most of the time of reading
  const cls = first >> 6;
  if (lead === 0x80) {
    if (!constructed) input.fail('an indefinite length on a primitive element');
    return { cls, number, constructed, indefinite: true, start, contentStart: at, contentEnd: limit };
  }
  let length = lead;
  if (lead > 0x80) {
    if (limit - at < (lead & 0x7f) + 1) input.fail('a malformed length');
    const end = at + (lead & 0x7f);
    length = 0;
    for (; at < end && length <= limit; at += 1) length = length * 256 + (bytes[at] as number);
  }
  if (length > limit - at) input.fail('an element longer than what is around it');
  return { cls, number, constructed, indefinite: false, start, contentStart: at, contentEnd: at + length };
}

/** Reads a header that must have `tag` (any, when undefined); with `optional` another tag gives ABSENT. Moves behind the header. */
export function takeHeader(
  input: Input,
  limit: number,
  tag: Tag | undefined,
  optional: boolean,
): Header | typeof ABSENT {
  const header = readHeader(input, limit);
  if (tag && (tag.number !== header.number || tag.cls !== header.cls)) {
    if (optional) return ABSENT;
    input.fail(`${tagText(header)} where ${tagText(tag)} should be`);
  }
  input.at = header.contentStart;
  return header;
}

const TAG_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TAG).map(([name, number]) => [number, name]));
export const tagText = (tag: Tag): string =>
  tag.cls === CLASS.universal
    ? `a ${TAG_NAMES.get(tag.number) ?? `type ${tag.number}`}`
    : `a [${['', 'APPLICATION ', '', 'PRIVATE '][tag.cls] as string}${tag.number}]`;
