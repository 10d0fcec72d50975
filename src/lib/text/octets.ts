import { isUtf8 } from 'node:buffer';

/**
 * What OpenSSL prints is octets, not always valid UTF-8: names and comments are copied as they stand. Inside lib/text such output is an
 * *octet text*: a string with one character (U+0000 to U+00FF) an octet. Public functions give ordinary strings, in which octets that are no
 * UTF-8 stand as lone surrogates U+DC80 to U+DCFF; `toOctets` gives the exact octets back.
 */

/** An octet text as an ordinary string. */
export function fromOctetText(text: string): string {
  // nearly always: plain ASCII
  if (!/[\x80-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return text.replace(/[\x80-\xff]+/g, decodeRun);
}

/** A run of octets above 0x7f: its well-formed characters, and a lone surrogate for each other octet. */
function decodeRun(run: string): string {
  const bytes = Buffer.from(run, 'latin1');
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const length = [2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    out += length ? bytes.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 + (bytes[at] as number));
    at += length ?? 1;
  }
  return out;
}

/** The octets of a string: UTF-8, and one octet for each lone surrogate that `fromOctetText` made. */
export function toOctets(text: string): Buffer {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text, 'utf8');
  const parts = text.split(/(?<![\ud800-\udbff])([\udc80-\udcff])/);
  return Buffer.concat(
    parts.map((part, i) => (i % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part, 'utf8'))),
  );
}

/** Octets as octet text. */
export const octetText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
