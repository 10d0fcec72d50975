/** The document that `asn1parse --json` prints (docs/json.md). */
import { CLASS, TAG, readDerPrefix, type DerNode } from '../../lib/der/index.ts';
import { TlskitError } from '../../lib/errors.ts';
import { longName } from '../../lib/registry/oids.ts';
import { stringToUtf8, typeName } from '../../lib/text/string.ts';

/** One element. `value`: a text for what is one, decimal for an INTEGER; `hex`: the content of every primitive element. */
export interface Asn1Json {
  readonly offset: number;
  readonly headerLength: number;
  /** Null for an indefinite length. */
  readonly length: number | null;
  readonly class: 'universal' | 'application' | 'context' | 'private';
  readonly tag: number;
  /** OpenSSL's name of a universal type. */
  readonly type?: string;
  readonly value?: string | boolean;
  /** The long name of an object identifier that has one. */
  readonly name?: string;
  readonly hex?: string;
  readonly elements?: readonly Asn1Json[];
}

const CLASSES = ['universal', 'application', 'context', 'private'] as const;

/**
 * All elements, one after the other.
 *
 * @throws TlskitError ERR_DER for octets that are not well formed
 */
export function asn1Json(bytes: Buffer): Asn1Json[] {
  const elements: Asn1Json[] = [];
  for (let at = 0; at < bytes.length;) {
    const node = readDerPrefix(bytes, at, 'ber');
    elements.push(elementJson(node));
    at = node.end;
  }
  return elements;
}

function elementJson(node: DerNode): Asn1Json {
  const { start, contentStart, contentEnd, cls, number, constructed, indefinite } = node;
  const universal = cls === CLASS.universal;
  return {
    offset: start,
    headerLength: contentStart - start,
    length: indefinite ? null : contentEnd - contentStart,
    class: CLASSES[cls] as (typeof CLASSES)[number],
    tag: number,
    ...(universal ? { type: typeName(number) } : {}),
    ...(universal && !constructed ? valueJson(node) : {}),
    ...(constructed ? { elements: node.children.map(elementJson) } : { hex: node.content.toString('hex') }),
  };
}

function valueJson(node: DerNode): Pick<Asn1Json, 'value' | 'name'> {
  const { number, content } = node;
  try {
    if (number === TAG.oid) {
      const oid = node.oid('element');
      const name = longName(oid);
      return name === oid ? { value: oid } : { value: oid, name };
    }
    if (number === TAG.integer) return { value: String(node.integer('element')) };
    if (number === TAG.boolean) return { value: node.boolean('element') };
    if (number === TAG.utcTime || number === TAG.generalizedTime) return { value: content.toString('latin1') };
    const text = stringToUtf8({ tag: number, value: content });
    return text ? { value: text.toString('utf8') } : {};
  } catch (error) {
    if (error instanceof TlskitError) return {};
    throw error;
  }
}
