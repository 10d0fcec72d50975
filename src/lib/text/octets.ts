import { bytesOf, textOf } from '../der/text.ts';

/**
 * What OpenSSL prints is octets, not always valid UTF-8: names and comments are copied as they stand. Inside lib/text such output is an
 * *octet text*: a string with one character (U+0000 to U+00FF) an octet. Public functions give ordinary strings, in which octets that are no
 * UTF-8 stand as lone surrogates U+DC80 to U+DCFF; `toOctets` gives the exact octets back.
 */

/** An octet text as an ordinary string. */
export const fromOctetText = (text: string): string =>
  // nearly always: plain ASCII
  /[\x80-\xff]/.test(text) ? textOf(Buffer.from(text, 'latin1')) : text;

/** The octets of a string: UTF-8, and one octet for each lone surrogate that `fromOctetText` made. */
export const toOctets: (text: string) => Buffer = bytesOf;

/** Octets as octet text. */
export const octetText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
