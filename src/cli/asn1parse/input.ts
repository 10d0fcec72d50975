/** What `asn1parse` looks at: a file in one of three forms or a value made of text, and what -strparse digs out of it. */
import { decodePem, TAG } from '../../lib/der/index.ts';
import { generateAsn1 } from '../../lib/der/generate.ts';
import { any, readTemplate, type AnyValue } from '../../lib/der/template.ts';
import { parseConfig } from '../../lib/conf/parse.ts';
import { fail, within } from '../../lib/errors.ts';
import type { ObjectLookup } from '../../lib/registry/find.ts';
import { typeName } from '../../lib/text/string.ts';
import { pemText } from '../../lib/x509/objects.ts';
import type { Context } from '../context.ts';

type Io = Pick<Context, 'read' | 'inputName' | 'note'>;
type Form = 'pem' | 'der' | 'b64';

const FORMS: Readonly<Record<string, Form>> = { PEM: 'pem', P: 'pem', DER: 'der', D: 'der', B64: 'b64', BASE64: 'b64' };

/** The value of `-inform`. */
export function asn1Form(value: string | undefined): Form | undefined {
  if (value === undefined) return undefined;
  const form = FORMS[value.toUpperCase()];
  return form ?? fail('ERR_USAGE', `option -inform takes PEM, DER or B64, not "${value}"`);
}

/** The octets of a file. Without a form that was asked for, DER is read where there is no PEM. */
export function readAsn1(io: Io, path: string | undefined, form: Form | undefined): Buffer {
  const source = io.inputName(path);
  const bytes = io.read(path);
  if (form === 'der') return bytes;
  if (form === 'b64') return Buffer.from(bytes.toString('latin1').replace(/^-----.*$/gm, ''), 'base64');
  const pem = bytes.includes('-----BEGIN ');
  if (form === undefined && !pem && bytes.length > 0 && !isText(bytes)) return bytes;
  return within(source, () => {
    const [first] = decodePem(pemText(bytes, 'no PEM block'), firstOnly());
    return first?.der ?? fail('ERR_PEM', 'no PEM block');
  });
}

const isText = (bytes: Buffer): boolean => /^[\t\n\r -~]+$/.test(bytes.subarray(0, 1024).toString('latin1'));

function firstOnly(): () => boolean {
  let count = 0;
  return () => {
    count += 1;
    return count === 1;
  };
}

/** The value that -genstr or -genconf describes, in DER. */
export function generated(
  io: Io,
  from: { readonly genstr?: string | undefined; readonly genconf?: string | undefined },
  objects: ObjectLookup,
): Buffer {
  const { genstr, genconf } = from;
  if (genconf === undefined) return generateAsn1(genstr as string, { objects });
  const source = io.inputName(genconf);
  const config = parseConfig(io.read(genconf), { source, env: process.env });
  const text = genstr ?? config.get('default', 'asn1');
  if (text === undefined) fail('ERR_CONFIG', `${source} has no "asn1 = …" at its top`, { source });
  return within(source, () => generateAsn1(text, { objects, section: (name) => config.section(name) }));
}

const WITHOUT_CONTENT: ReadonlySet<number> = new Set([TAG.oid, TAG.boolean, TAG.null]);

/** What is inside the element at each offset in turn; an offset that is out of range is passed over with a remark. */
export function dig(io: Pick<Context, 'note'>, bytes: Buffer, offsets: readonly string[]): Buffer {
  let at = bytes;
  for (const text of offsets) {
    const offset = Number(text);
    if (!/^(\d+|0[xX][\da-fA-F]+)$/.test(text)) fail('ERR_USAGE', `option -strparse takes an offset, not "${text}"`);
    if (offset === 0 || offset >= at.length) {
      io.note(`'${text}' is out of range\n`);
      continue;
    }
    const element: AnyValue = readTemplate(any(), at.subarray(offset), `element at offset ${offset}`).value;
    if (WITHOUT_CONTENT.has(element.tag))
      fail(
        'ERR_FORMAT',
        `Can't parse ${typeName(element.tag)} type: nothing is inside the element at offset ${offset}`,
      );
    at = element.tag === TAG.bitString ? bitContent(element.value) : element.value;
  }
  return at;
}

/** A BIT STRING's octets as OpenSSL holds them: without the count of unused bits, and these cleared. */
function bitContent(value: Buffer): Buffer {
  const data = Buffer.from(value.subarray(1));
  if (data.length > 0) data[data.length - 1] = (data.at(-1) as number) & (0xff << (value[0] as number));
  return data;
}
