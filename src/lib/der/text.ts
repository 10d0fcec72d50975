/**
 * Bytes as text and back without loss. UTF-8 becomes what it says; a byte that is no UTF-8 becomes a lone surrogate U+DC80 … U+DCFF, so a
 * file in Latin-1 keeps its bytes. Values of a configuration are such texts.
 */

const ESCAPE = 0xdc00;

/** The text of `bytes`. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  // only a wrong byte, or a U+FFFD that really stands there, gives U+FFFD
  if (!text.includes('\ufffd')) return text;
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(buffer.toString('utf8', from, at), String.fromCharCode(ESCAPE + (buffer[at] as number)));
    at += 1;
    from = at;
  }
  parts.push(buffer.toString('utf8', from));
  return parts.join('');
}

/** Length of the well-formed UTF-8 sequence at `at` (RFC 3629 section 4), or 0. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i += 1) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] as number;
  const wrong =
    (lead === 0xe0 && second < 0xa0) || // overlong
    (lead === 0xed && second > 0x9f) || // surrogates
    (lead === 0xf0 && second < 0x90) || // overlong
    (lead === 0xf4 && second > 0x8f); // beyond U+10FFFF
  return wrong ? 0 : length;
}

/** The bytes of a text made by {@link textOf}, or of any other text, in UTF-8. */
export function bytesOf(text: string): Buffer {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  // by code point: the second half of a pair is no escaped byte
  let plain = '';
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    if (code < ESCAPE + 0x80 || code > ESCAPE + 0xff) {
      plain += c;
      continue;
    }
    parts.push(Buffer.from(plain, 'utf8'), Buffer.from([code - ESCAPE]));
    plain = '';
  }
  parts.push(Buffer.from(plain, 'utf8'));
  return Buffer.concat(parts);
}

/** `text`, cut to fit in an error message of one line. */
export function shown(text: string, limit = 80): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\x00-\x1f\x7f\ud800-\udfff]/gu, '?');
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
