/** Structures field by field, as OpenSSL's ASN1_item_print shows them: `cms -print`, `pkcs7 -print`, `asn1parse -item`. */
import type { AnyItem, Item, LabelledField } from '../der/item.ts';
import { TAG, decodeOid } from '../der/index.ts';
import { OTHER, type AnyValue, type BitString } from '../der/template.ts';
import { objectByOid } from '../registry/oids.ts';
import type { Name } from '../x509/name.ts';
import { timeOf, type Time } from '../x509/time.ts';
import { parseText } from './asn1.ts';
import { hexDump } from './dump.ts';
import { NAME_COMPAT, nameOctets, type NameOptions } from './name.ts';
import { integerText } from './number.ts';
import { fromOctetText } from './octets.ts';
import { stringData, stringText, typeName } from './string.ts';
import { BAD_TIME, timeText } from './time.ts';

/**
 * The text of a structure. Where OpenSSL stops at a value that it cannot print, the text ends.
 *
 * @param options.nameopt how names and strings are shown; OpenSSL's default here is its `compat` form
 */
export function itemText<T>(item: Item<T>, value: T, options: { readonly nameopt?: NameOptions } = {}): string {
  const printer = new Printer(options.nameopt ?? NAME_COMPAT);
  printer.item(item, value, { indent: 0, label: item.name });
  return fromOctetText(printer.text);
}

/** Where an item stands, and what stands before it: nothing in lists. */
interface Place {
  readonly indent: number;
  readonly label?: string | undefined;
}

class Printer {
  text = '';
  readonly #nameopt: NameOptions;

  constructor(nameopt: NameOptions) {
    this.#nameopt = nameopt;
  }

  /** False when printing has to end. */
  item(item: AnyItem, value: unknown, place: Place): boolean {
    const { shape } = item;
    const { indent, label } = place;
    const { kind } = shape;
    if (value === undefined && kind !== 'boolean') return this.#put(`${this.#head(place)}<ABSENT>\n`);
    if (kind === 'choice') {
      const chosen = value as { readonly kind: string; readonly value: unknown };
      return this.#field(shape.alternatives[chosen.kind] as LabelledField, chosen.value, {}, indent);
    }
    if (kind === 'titled') {
      this.text += label === undefined ? '' : this.#head(place);
      return this.item(shape.item, value, { indent, label: shape.item.name });
    }
    if (kind === 'sequence') {
      if (label !== undefined) this.text += `${this.#head(place)}\n`;
      const values = value as Readonly<Record<string, unknown>>;
      return shape.fields.every((field) => this.#field(field, values[field.key], values, indent + 2));
    }
    this.text += label === undefined && kind === 'name' ? '' : this.#head(place);
    return this.#simple(kind, value, indent);
  }

  #field(field: LabelledField, value: unknown, around: Readonly<Record<string, unknown>>, indent: number): boolean {
    const { item, label, many } = field;
    if (typeof item === 'function') return this.#field(item(around), value, around, indent);
    if (!many) return this.item(item, value, { indent, label });
    this.text += `${' '.repeat(indent)}${label}:\n`;
    const list = (value ?? []) as readonly unknown[];
    if (list.length === 0) this.text += `${' '.repeat(indent + 2)}<${value === undefined ? 'ABSENT' : 'EMPTY'}>\n`;
    return list.every((one, i) => {
      if (i > 0) this.text += '\n';
      return this.item(item, one, { indent: indent + 2 });
    });
  }

  #head({ indent, label }: Place): string {
    return `${' '.repeat(indent)}${label === undefined ? '' : `${label}: `}`;
  }

  #put(text: string): true {
    this.text += text;
    return true;
  }

  #simple(kind: string, value: unknown, indent: number): boolean {
    if (kind === 'integer') return this.#put(`${integerText(value as Buffer)}\n`);
    if (kind === 'oid') return this.#put(`${objectText(value as string)}\n`);
    if (kind === 'octets') return this.#put(`\n${hexDump(value as Buffer, indent + 2)}`);
    if (kind === 'boolean') return this.#put(`${booleanText(value as number | undefined)}\n`);
    if (kind === 'bits') {
      const { bytes, unused } = value as BitString;
      return this.#put(` (${unused} unused bits)\n${hexDump(bytes, indent + 2)}`);
    }
    if (kind === 'time') return this.#time(value as Time);
    if (kind === 'name') {
      const { text, complete } = nameOctets(value as Name, this.#nameopt, indent);
      this.text += text + (complete ? '\n' : '');
      return complete;
    }
    if (kind === 'raw') return this.#listing(value as Buffer, indent);
    return this.#any(value as AnyValue, indent);
  }

  #time(time: Time): boolean {
    const text = timeText(time);
    this.text += text === undefined ? BAD_TIME : `${text}\n`;
    return text !== undefined;
  }

  #any(any: AnyValue, indent: number): boolean {
    const { tag, value } = any;
    if (tag === TAG.null) return this.#put('NULL\n');
    this.text += `${typeName(tag)}:`;
    if (tag === TAG.boolean) return this.#put(`${booleanText(value[0])}\n`);
    if (tag === TAG.integer || tag === TAG.enumerated) return this.#put(`${integerText(value)}\n`);
    if (tag === TAG.utcTime || tag === TAG.generalizedTime) return this.#time(timeOf(tag, value));
    if (tag === TAG.oid) return this.#put(`${objectText(decodeOid(value))}\n`);
    if (tag === TAG.octetString) return this.#put(`\n${hexDump(value, indent + 2)}`);
    if (tag === TAG.bitString)
      return this.#put(` (${(value[0] as number) & 7} unused bits)\n${hexDump(stringData(any), indent + 2)}`);
    if (tag === TAG.sequence || tag === TAG.set || tag === OTHER) return this.#listing(value, indent);
    const text = stringText(any, this.#nameopt);
    this.text += text === undefined ? '' : `${text}\n`;
    return text !== undefined;
  }

  #listing(der: Buffer, indent: number): boolean {
    const { text, complete } = parseText(der, { indent: indent !== 0 });
    this.text += `\n${text}`;
    return complete;
  }
}

const objectText = (oid: string): string => `${objectByOid(oid)?.ln ?? 'undefined'} (${oid.slice(0, 79)})`;

const booleanText = (value: number | undefined): string =>
  value === undefined ? 'BOOL ABSENT' : value === 0 ? 'FALSE' : 'TRUE';
