import { CLASS, DerNode, TAG, element, encodeOid, seq, setOf as derSetOf } from '../der/index.ts';
import { isWellFormed } from '../text/string.ts';
import { ABSENT, anyString, oid, readTemplate, sequence, sequenceOf, setOf, type Type } from '../der/template.ts';

/** One attribute of a distinguished name (X.501 AttributeTypeAndValue). */
export interface Attribute {
  /** Attribute type, dotted. */
  readonly oid: string;
  /** Universal tag number of the value, e.g. 12 for UTF8String. */
  readonly tag: number;
  /** Content octets of the value. */
  readonly value: Buffer;
}

/** The attributes of one relative distinguished name; mostly one. */
export type Rdn = readonly Attribute[];

/** OpenSSL refuses longer names. */
const MAX_LENGTH = 1024 * 1024;

/** The types that OpenSSL takes as an attribute value: every string type and, raw, SEQUENCE and the tags without a meaning. */
export const VALUE_TAGS: ReadonlySet<number> = new Set([
  TAG.bitString,
  7,
  8,
  9,
  11,
  TAG.utf8String,
  13,
  14,
  15,
  TAG.sequence,
  TAG.numericString,
  TAG.printableString,
  TAG.t61String,
  TAG.ia5String,
  TAG.universalString,
  29,
  TAG.bmpString,
]);

/** A distinguished name (RFC 5280 section 4.1.2.4), with its encoding as it was read. */
export class Name {
  readonly rdns: readonly Rdn[];
  #der: Buffer | undefined;

  private constructor(rdns: readonly Rdn[], der?: Buffer) {
    this.rdns = rdns;
    this.#der = der;
  }

  /** The name without attributes. */
  static readonly empty: Name = new Name([]);

  /** A name of these parts, to be encoded in DER. */
  static of(rdns: readonly Rdn[]): Name {
    return new Name(rdns);
  }

  /**
   * Reads a Name element.
   *
   * @throws TlskitError ERR_DER when it is none, or a value is not valid in its string type
   */
  static read(source: DerNode | Uint8Array): Name {
    return readTemplate(nameType, source instanceof DerNode ? source.bytes : source, 'name').value;
  }

  /** The encoding: as read, or DER for a name that was made. */
  get der(): Buffer {
    this.#der ??= seq(...this.rdns.map((rdn) => derSetOf(...rdn.map(encodeAttribute))));
    return this.#der;
  }

  /** All attributes, in order. */
  get attributes(): readonly Attribute[] {
    return this.rdns.flat();
  }

  /** True when there is no attribute. */
  get isEmpty(): boolean {
    return this.rdns.every((rdn) => rdn.length === 0);
  }

  /** Used by `nameType`. */
  static fromRead(rdns: readonly Rdn[], der: Buffer): Name {
    return new Name(rdns, der);
  }
}

function encodeAttribute(attribute: Attribute): Buffer {
  const raw = attribute.tag === TAG.sequence;
  const value = raw ? attribute.value : element(CLASS.universal, false, attribute.tag, attribute.value);
  return seq(element(CLASS.universal, false, TAG.oid, encodeOid(attribute.oid)), value);
}

const rdnSequence = sequenceOf(setOf(sequence({ oid: oid(), value: anyString(VALUE_TAGS) })));

/** The template of a Name. */
export const nameType: Type<Name> = {
  read(input, limit, tag, optional) {
    const start = input.at;
    const value = rdnSequence.read(input, Math.min(limit, start + MAX_LENGTH), tag, optional);
    if (value === ABSENT) return ABSENT;
    const rdns = value.map((rdn) => rdn.map(({ oid, value: { tag, value } }) => ({ oid, tag, value })));
    if (!rdns.flat().every(isWellFormed)) input.fail('a string that has no form in UTF-8');
    return Name.fromRead(rdns, input.bytes.subarray(start, input.at));
  },
};
