/** Lists of extensions: in the order in which they stand, with their bodies as octets until someone asks for them. */
import { annotate, decode, encode, opaque, struct, uint, vector, type Schema } from '../../codec/index.ts';
import { EXTENSIONS, type ExtensionPlace } from '../../registry/tls-extensions.ts';
import { bodyIn, type ExtensionBody } from './extension-bodies.ts';

/** An extension as it stands in a message. */
export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

const plain: Schema<Extension> = struct({ type: uint(2, EXTENSIONS), data: opaque(2) });

/** `Extension extensions<min..max>` of a message. `place` serves traces, which show the bodies as that message has them. */
export function extensionList(place: ExtensionPlace, min = 0, max: number = 2 ** 16 - 1): Schema<readonly Extension[]> {
  const item: Schema<Extension> = {
    ...plain,
    read(reader) {
      const start = reader.offset;
      const extension = plain.read(reader);
      const known = reader.trace && bodyIn(place, extension.type);
      // a body that does not decode shows as far as it came; it is not this list that is wrong
      if (known) reader.trace?.attach(annotate(known.schema, known.name, extension.data).span, start + 4);
      return extension;
    },
  };
  return vector(2, item, min, max);
}

/** The octets of an extension in a list. */
export function find(extensions: readonly Extension[] | undefined, code: number): Uint8Array | undefined {
  return extensions?.find((one) => one.type === code)?.data;
}

/** The decoded body of an extension in a list; undefined when it does not stand there. Throws `CodecError`. */
export function body<T>(extensions: readonly Extension[] | undefined, kind: ExtensionBody<T>): T | undefined {
  const data = find(extensions, kind.code);
  return data === undefined ? undefined : decode(kind.schema, data);
}

/** An extension with a body. Throws RangeError for a value that the body does not have. */
export function extension<T>(kind: ExtensionBody<T>, value: T): Extension {
  return { type: kind.code, data: encode(kind.schema, value) };
}

/** The first number that stands twice in a list; undefined when none does. */
export function duplicate(extensions: readonly Extension[]): number | undefined {
  const seen = new Set<number>();
  for (const { type } of extensions) {
    if (seen.has(type)) return type;
    seen.add(type);
  }
  return undefined;
}
