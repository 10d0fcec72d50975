/** S/MIME messages (RFC 8551): the CMS object of a mail, and the content beside it where the signature is detached. Read as OpenSSL reads them. */
import { fail } from '../errors.ts';

/** A header of a MIME entity: its value in lower case, and parameters. */
interface Header {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A MIME entity: its Content-Type, and the text after the empty line. */
interface Entity {
  readonly type: Header | undefined;
  readonly body: string;
}

/** What an S/MIME message holds. */
export interface SmimeMessage {
  /** The CMS object's octets, as they stood in base64. */
  readonly der: Buffer;
  /** What is signed, with CRLF line ends, where it stands beside the signature. */
  readonly content: Buffer | undefined;
}

const OPAQUE: ReadonlySet<string> = new Set(['application/x-pkcs7-mime', 'application/pkcs7-mime']);
const SIGNATURE: ReadonlySet<string> = new Set(['application/x-pkcs7-signature', 'application/pkcs7-signature']);

/**
 * Reads an S/MIME message.
 *
 * @throws TlskitError ERR_FORMAT
 */
export function parseSmime(bytes: Uint8Array): SmimeMessage {
  const { type, body } = entity(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  if (!type) return fail('ERR_FORMAT', 'no S/MIME message: it has no Content-Type');
  if (OPAQUE.has(type.value)) return { der: base64(body), content: undefined };
  if (type.value !== 'multipart/signed')
    fail('ERR_FORMAT', `a mail of the type ${type.value} is neither signed nor encrypted`);
  const boundary = type.parameters.get('boundary');
  if (boundary === undefined) fail('ERR_FORMAT', 'a multipart/signed message without a boundary');
  const [content, signature, ...others] = parts(body, boundary);
  if (content === undefined || signature === undefined || others.length > 0)
    return fail('ERR_FORMAT', 'a multipart/signed message that has not two parts');
  const second = entity(signature);
  if (!second.type || !SIGNATURE.has(second.type.value))
    fail('ERR_FORMAT', `the second part of the message is ${second.type?.value ?? 'nothing'} and no signature`);
  return { der: base64(second.body), content: Buffer.from(content, 'latin1') };
}

/**
 * The text of a content that has MIME headers of its own, as `-text` wants it.
 *
 * @throws TlskitError ERR_FORMAT when it is not text/plain
 */
export function plainText(content: Uint8Array): Buffer {
  const { type, body } = entity(Buffer.from(content).toString('latin1'));
  if (type?.value !== 'text/plain')
    fail('ERR_FORMAT', `-text: the content is ${type?.value ?? 'without a Content-Type'} and not text/plain`);
  return Buffer.from(body, 'latin1');
}

/** Content as it is signed: every line ends in CRLF. */
export const canonicalText = (content: Uint8Array): Buffer =>
  Buffer.from(
    Buffer.from(content)
      .toString('latin1')
      .replace(/\r*\n|\r+$/g, (end) => (end.endsWith('\n') ? '\r\n' : '')),
    'latin1',
  );

function entity(text: string): Entity {
  const end = /\r?\n\r?\n/.exec(text);
  const head = (end ? text.slice(0, end.index) : text).replace(/\r?\n[ \t]+/g, ' ');
  const line = head.split(/\r?\n/).find((line) => /^content-type:/i.test(line));
  return {
    type: line === undefined ? undefined : header(line),
    body: end ? text.slice(end.index + end[0].length) : '',
  };
}

function header(line: string): Header {
  const [value = '', ...rest] = line.slice(line.indexOf(':') + 1).split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const parameters = rest.map((part) => {
    const [, name = '', quoted, plain = ''] = /^\s*([^=\s]*)\s*=\s*(?:"([^"]*)"|(.*?))\s*$/.exec(part) ?? [];
    return [name.toLowerCase(), quoted ?? plain] as const;
  });
  return { value: value.trim().toLowerCase(), parameters: new Map(parameters) };
}

/** The parts between the boundaries, with CRLF line ends and without the last one. */
function parts(body: string, boundary: string): string[] {
  const found: string[][] = [];
  for (const line of body.split(/\r*\n/)) {
    if (line.startsWith(`--${boundary}--`)) return found.map((lines) => lines.join('\r\n'));
    if (line.startsWith(`--${boundary}`)) found.push([]);
    else found.at(-1)?.push(line);
  }
  return fail('ERR_FORMAT', 'a multipart/signed message without its end');
}

function base64(text: string): Buffer {
  const compact = text.replace(/\s+/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) fail('ERR_FORMAT', 'the S/MIME part is not base64');
  return Buffer.from(compact, 'base64');
}
