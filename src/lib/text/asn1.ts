import { CLASS, TAG } from '../der/index.ts';
import { Input, integer, oid, readHeader, readTemplate, type Header, type Type } from '../der/template.ts';
import { longName } from '../registry/oids.ts';
import { hexDump } from './dump.ts';
import { magnitude } from './number.ts';
import { octetText } from './octets.ts';
import { typeName, upperHex } from './string.ts';

const MAX_DEPTH = 128;
const DUMP_INDENT = 6;

/** How a listing ended: an error, all of it, or end-of-contents octets. */
const END = { error: 0, done: 1, endOfContents: 2 } as const;
type End = (typeof END)[keyof typeof END];

/** How a listing looks. */
export interface ParseTextOptions {
  /** Elements are moved to the right by their depth. */
  readonly indent?: boolean;
  /** How many octets of a value without a text of its own are dumped: none by default, where OCTET STRINGs stand in hex. */
  readonly dump?: number;
  /** The name of an object identifier; OpenSSL's long names by default. */
  readonly objectName?: (oid: string) => string;
}

/**
 * An ASN.1 listing as `openssl asn1parse` makes it, as octet text. It is not complete, and ends with a
 * remark, when the octets are not well formed.
 */
export function parseText(bytes: Buffer, options: ParseTextOptions = {}): { text: string; complete: boolean } {
  const listing = new Listing(bytes, options);
  const end = listing.list(bytes.length, 0);
  return { text: listing.text, complete: end !== END.error };
}

const CLASS_NAMES: ReadonlyMap<number, string> = new Map([
  [CLASS.application, 'appl [ '],
  [CLASS.context, 'cont [ '],
  [CLASS.private, 'priv [ '],
]);

class Listing {
  readonly #pieces: string[] = [];
  readonly #input: Input;
  readonly #indented: boolean;
  readonly #dump: number;
  readonly #objectName: (oid: string) => string;

  constructor(bytes: Buffer, { indent = false, dump = 0, objectName = longName }: ParseTextOptions) {
    this.#input = new Input(bytes);
    this.#indented = indent;
    this.#dump = dump;
    this.#objectName = objectName;
  }

  get text(): string {
    return this.#pieces.join('');
  }

  list(limit: number, depth: number): End {
    const input = this.#input;
    if (depth > MAX_DEPTH) return this.#stop('BAD RECURSION DEPTH\n');
    while (input.at < limit) {
      let header: Header;
      try {
        header = readHeader(input, limit);
      } catch {
        return this.#stop('Error in encoding\n');
      }
      this.#head(header, depth);
      input.at = header.contentStart;
      if (header.constructed) {
        this.#pieces.push('\n');
        if (this.#inside(header, limit, depth + 1) === END.error) return END.error;
      } else {
        this.#pieces.push(header.cls === CLASS.universal ? this.#primitive(header) : '\n');
        input.at = header.contentEnd;
        if (header.cls === CLASS.universal && header.number === 0) return END.endOfContents;
      }
    }
    return END.done;
  }

  #stop(text: string): End {
    this.#pieces.push(text);
    return END.error;
  }

  #head({ start, contentStart, contentEnd, indefinite, constructed, cls, number }: Header, depth: number): void {
    const length = indefinite ? 'inf ' : String(contentEnd - contentStart).padStart(4);
    const name =
      cls !== CLASS.universal
        ? `${CLASS_NAMES.get(cls) as string}${number} ]${cls === CLASS.private ? ' ' : ''}`
        : number > 30
          ? `<ASN1 ${number}>`
          : typeName(number);
    const place = `${String(start).padStart(5)}:d=${String(depth).padEnd(2)} hl=${contentStart - start} l=${length} `;
    const form = constructed ? 'cons' : 'prim';
    this.#pieces.push(`${place}${form}: ${' '.repeat(this.#indented ? depth : 0)}${name.padEnd(18)}`);
  }

  #inside(header: Header, limit: number, depth: number): End {
    const input = this.#input;
    if (!header.indefinite) {
      while (input.at < header.contentEnd) {
        if (this.list(header.contentEnd, depth) === END.error) return END.error;
      }
      return END.done;
    }
    for (;;) {
      const end = this.list(limit, depth);
      if (end === END.error) return end;
      if (end === END.endOfContents || input.at >= limit) return END.done;
    }
  }

  /** The rest of the line of a primitive element, and its dump. */
  #primitive({ start, contentStart, contentEnd, number }: Header): string {
    const { bytes } = this.#input;
    const content = bytes.subarray(contentStart, contentEnd);
    const element = bytes.subarray(start, contentEnd);
    if (SHOWN.has(number)) return `:${octetText(content)}\n`;
    if (number === TAG.oid) return `${valid(oid(), element, this.#objectName) ?? bad('OBJECT', content)}\n`;
    if (number === TAG.integer) return `${valid(integer(), element, integerShown) ?? bad('INTEGER', content)}\n`;
    if (number === TAG.enumerated) {
      const asInteger = Buffer.from(element);
      asInteger[0] = TAG.integer;
      return `${valid(integer(), asInteger, integerShown) ?? bad('ENUMERATED', content)}\n`;
    }
    if (number === TAG.boolean) return `${booleanShown(content)}\n`;
    if (number === TAG.bmpString || content.length === 0) return '\n';
    const octets = number === TAG.octetString;
    if (octets && /^[ -~\n\r\t]+$/.test(octetText(content))) return `:${octetText(content)}\n`;
    if (this.#dump === 0) return octets ? `[HEX DUMP]:${upperHex(content)}\n` : '\n';
    return `\n${hexDump(content.subarray(0, this.#dump), DUMP_INDENT)}`;
  }
}

const SHOWN: ReadonlySet<number> = new Set([
  TAG.printableString,
  TAG.t61String,
  TAG.ia5String,
  TAG.visibleString,
  TAG.numericString,
  TAG.utf8String,
  TAG.utcTime,
  TAG.generalizedTime,
]);

function valid<T>(type: Type<T>, element: Buffer, show: (value: T) => string): string | undefined {
  try {
    return `:${show(readTemplate(type, element, 'element').value)}`;
  } catch {
    return undefined;
  }
}

const bad = (name: string, content: Buffer): string => `:BAD ${name}:[${upperHex(content)}]`;

const integerShown = (content: Buffer): string =>
  ((content[0] as number) >= 0x80 ? '-' : '') + upperHex(magnitude(content));

const booleanShown = (content: Buffer): string =>
  content.length === 1
    ? `:${content[0] as number}`
    : `:BAD BOOLEAN${content.length > 0 ? `:${content[0] as number}` : ''}:[${upperHex(content)}]`;
