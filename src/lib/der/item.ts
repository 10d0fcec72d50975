/**
 * Structures that are read and can be shown field by field: a template (`template.ts`) with the names of its parts. From one definition come
 * the TypeScript type, the reader, and what OpenSSL's ASN1_item_print shows (`lib/text/item.ts`). Names of fields are OpenSSL's, since its
 * text shows them.
 */
import {
  any,
  bitString,
  boolean,
  choice,
  explicitly,
  implicitly,
  integer,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  setOf,
  withDer,
  type AnyValue,
  type BitString,
  type Choice,
  type Dependent,
  type Field,
  type Type,
} from './template.ts';

/** What an item is, for whoever shows it. */
export type Shape =
  | { readonly kind: 'integer' | 'oid' | 'octets' | 'bits' | 'boolean' | 'any' | 'time' | 'name' | 'raw' }
  | { readonly kind: 'sequence'; readonly fields: readonly LabelledField[] }
  | { readonly kind: 'choice'; readonly alternatives: Readonly<Record<string, LabelledField>> }
  /** An item that prints a head of its own before another one. */
  | { readonly kind: 'titled'; readonly item: AnyItem };

/** A structure: its name in OpenSSL, how it is read, what it is. */
export interface Item<T> {
  readonly name: string;
  readonly type: Type<T>;
  readonly shape: Shape;
}

export type AnyItem = Omit<Item<unknown>, 'type'>;

interface Labelled {
  readonly item: AnyItem;
  /** OpenSSL's name where it is not the property's. */
  readonly label?: string | undefined;
  /** A SET OF or SEQUENCE OF the item. */
  readonly many?: true;
}

/** A field of a sequence. */
export interface ItemField<T> extends Labelled {
  readonly read: Type<NonNullable<T>> | Field<T>;
}

/** A field as the printer sees it: `item` may depend on the fields before. */
export interface LabelledField {
  readonly key: string;
  readonly label: string;
  readonly many: boolean;
  readonly item: AnyItem | ((fields: Readonly<Record<string, unknown>>) => LabelledField);
}

const field = <T>(item: Item<T>, label?: string): ItemField<T> => ({
  item,
  label,
  read: item.type as Type<NonNullable<T>>,
});
const labelled = <T>(item: AnyItem, read: Type<T>, label?: string): ItemField<T> => ({
  item,
  label,
  read: read as Type<NonNullable<T>>,
});
const absent = <T>({ item, label, many, read }: ItemField<T>): ItemField<T | undefined> => ({
  item,
  label,
  ...(many ? { many } : {}),
  read: optional(read as Type<T>),
});
const list = <T>(item: Item<T>, read: Type<readonly T[]>, label?: string): ItemField<readonly T[]> => ({
  ...labelled<readonly T[]>(item, read, label),
  many: true,
});

/** A field of this item; `opt`: may be absent; `imp`, `exp`: tagged. */
export const one: typeof field = field;
export const opt = <T>(item: Item<T>, label?: string): ItemField<T | undefined> => absent(field(item, label));
export const imp = <T>(tag: number, item: Item<T>, label?: string): ItemField<T> =>
  labelled(item, implicitly(tag, item.type), label);
export const impOpt = <T>(tag: number, item: Item<T>, label?: string): ItemField<T | undefined> =>
  absent(imp(tag, item, label));
export const exp = <T>(tag: number, item: Item<T>, label?: string): ItemField<T> =>
  labelled(item, explicitly(tag, item.type), label);
export const expOpt = <T>(tag: number, item: Item<T>, label?: string): ItemField<T | undefined> =>
  absent(exp(tag, item, label));

/** A field of many items. */
export const many = <T>(item: Item<T>, label?: string): ItemField<readonly T[]> => list(item, setOf(item.type), label);
export const row = <T>(item: Item<T>, label?: string): ItemField<readonly T[]> =>
  list(item, sequenceOf(item.type), label);
export const rowOpt = <T>(item: Item<T>, label?: string): ItemField<readonly T[] | undefined> =>
  absent(row(item, label));
export const impManyOpt = <T>(tag: number, item: Item<T>, label?: string): ItemField<readonly T[] | undefined> =>
  absent(list(item, implicitly(tag, setOf(item.type)), label));
export const expRowOpt = <T>(tag: number, item: Item<T>, label?: string): ItemField<readonly T[] | undefined> =>
  absent(list(item, explicitly(tag, sequenceOf(item.type)), label));

/** A field whose item depends on the fields before it, as a content does on its type. */
export interface DependentField<T> {
  readonly of: (fields: Readonly<Record<string, unknown>>) => ItemField<T>;
  readonly optional: boolean;
}

type ItemFields<T> = { readonly [K in keyof T]: ItemField<T[K]> | DependentField<T[K]> };

const labelledField = (key: string, { item, label, many }: Labelled): LabelledField => ({
  key,
  label: label ?? key,
  many: many === true,
  item,
});

/** A SEQUENCE; its value has `der`, the octets it was read from, beside its fields. */
export function sequenceItem<T>(name: string, fields: ItemFields<T>): Item<T & { readonly der: Buffer }> {
  const entries = Object.entries<ItemField<unknown> | DependentField<unknown>>(fields);
  const readers = Object.fromEntries(
    entries.map(([key, field]) => [key, 'read' in field ? field.read : reader(field)]),
  ) as Parameters<typeof sequence<T>>[0];
  return {
    name,
    type: withDer(sequence<T>(readers)),
    shape: {
      kind: 'sequence',
      fields: entries.map(([key, field]) => {
        if ('read' in field) return labelledField(key, field);
        return { key, label: key, many: false, item: (values) => labelledField(key, field.of(values)) };
      }),
    },
  };
}

function reader({ of, optional: may }: DependentField<unknown>): Dependent<unknown> | Field<unknown> {
  const typeOf: Dependent<unknown>['typeOf'] = (fields) => {
    const { read } = of(fields);
    return 'optional' in read ? read.type : read;
  };
  return may ? Object.assign({ typeOf }, { type: any(), optional: true }) : { typeOf };
}

/** A CHOICE: `{kind, value}`. */
export function choiceItem<A>(
  name: string,
  alternatives: { readonly [K in keyof A]: ItemField<A[K]> },
): Item<Choice<A>> {
  const entries = Object.entries<ItemField<unknown>>(alternatives);
  const types = Object.fromEntries(entries.map(([key, { read }]) => [key, read])) as Parameters<typeof choice<A>>[0];
  return {
    name,
    type: choice<A>(types),
    shape: {
      kind: 'choice',
      alternatives: Object.fromEntries(entries.map(([key, field]) => [key, labelledField(key, field)])),
    },
  };
}

export const INTEGER: Item<Buffer> = { name: 'ASN1_INTEGER', type: integer(), shape: { kind: 'integer' } };
export const OBJECT: Item<string> = { name: 'ASN1_OBJECT', type: oid(), shape: { kind: 'oid' } };
export const OCTETS: Item<Buffer> = { name: 'ASN1_OCTET_STRING', type: octetString(), shape: { kind: 'octets' } };
export const BITS: Item<BitString> = { name: 'ASN1_BIT_STRING', type: bitString(), shape: { kind: 'bits' } };
export const BOOLEAN: Item<number> = { name: 'ASN1_BOOLEAN', type: boolean(), shape: { kind: 'boolean' } };
export const ANY: Item<AnyValue> = { name: 'ASN1_ANY', type: any(), shape: { kind: 'any' } };
