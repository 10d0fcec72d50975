/** Certificates of a list, found by their subjects before they are read: a list of all roots costs little while nobody asks for most of them. */
import { readDer, TAG, type DerNode } from '../../der/index.ts';
import type { TrustLookup } from '../../verify/index.ts';

/** Octets of a character in the types of strings; letters and digits of ASCII are the same in all of them. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [TAG.utf8String, 1],
  [TAG.printableString, 1],
  [TAG.t61String, 1],
  [TAG.ia5String, 1],
  [TAG.visibleString, 1],
  [TAG.bmpString, 2],
  [TAG.universalString, 4],
]);

/** A value in a name. */
interface Value {
  readonly tag: number;
  readonly value: Uint8Array;
}

/**
 * A lookup in a list of certificates in PEM, one each.
 *
 * @throws TlskitError ERR_DER, when the first name is asked for
 */
export const lookupIn = (pems: readonly string[]): TrustLookup => lookupAmong(() => pems.map(decode));

/** As `lookupIn`, in a list of certificates in DER. */
export function lookupAmong(ders: () => Iterable<Buffer>): TrustLookup {
  let index: ReadonlyMap<number, readonly Buffer[]> | undefined;
  return (subject) => (index ??= indexed(ders())).get(sumOf(subject.attributes)) ?? [];
}

function indexed(ders: Iterable<Buffer>): ReadonlyMap<number, readonly Buffer[]> {
  const index = new Map<number, Buffer[]>();
  for (const der of ders) {
    const sum = sumOf(valuesOf(subjectOf(der)));
    const same = index.get(sum);
    if (same) same.push(der);
    else index.set(sum, [der]);
  }
  return index;
}

/** The octets of a block that is known to be well-formed; many times as fast as reading what may be anything. */
const decode = (pem: string): Buffer =>
  Buffer.from(pem.slice(pem.indexOf('\n'), pem.lastIndexOf('\n-----END')), 'base64');

/** The subject of a certificate, without a look at the rest (RFC 5280 section 4.1). */
export function subjectOf(der: Buffer): DerNode | undefined {
  const fields = readDer(der, 'ber').children[0]?.children ?? [];
  // version (where there is one), serialNumber, signature, issuer, validity, subject
  return fields[fields[0]?.isContext(0) ? 5 : 4];
}

function* valuesOf(name: DerNode | undefined): Generator<Value> {
  for (const rdn of name?.children ?? []) {
    for (const attribute of rdn.children) {
      const value = attribute.children[1];
      if (value) yield { tag: value.number, value: value.content };
    }
  }
}

/**
 * A number that names have in common if they are the same in the form in which names are compared: it knows letters and digits of ASCII alone,
 * neither their case nor the order of attributes. Other names may have it, too.
 */
function sumOf(values: Iterable<Value>): number {
  let sum = 0;
  for (const { tag, value } of values) {
    const width = WIDTHS.get(tag);
    if (width !== undefined) sum = (sum + hashOf(value, width)) | 0;
  }
  return sum;
}

/** FNV-1a. */
function hashOf(value: Uint8Array, width: number): number {
  let hash = 0x811c9dc5;
  for (let at = width - 1; at < value.length; at += width) {
    const character = characterAt(value, at, width);
    if (isWord(character)) hash = Math.imul(hash ^ (character >= 65 ? character | 32 : character), 0x01000193);
  }
  return hash;
}

/** The character whose last octet stands at a place; 0 for one that is none of ASCII's. */
function characterAt(value: Uint8Array, at: number, width: number): number {
  for (let i = at - width + 1; i < at; i += 1) if (value[i] !== 0) return 0;
  return value[at] as number;
}

/** Whether a character is a letter or a digit of ASCII. */
const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
