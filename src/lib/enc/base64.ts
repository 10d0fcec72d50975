/** Base64 as `openssl base64` and `openssl enc -a` write and read it. */
import { fail } from '../errors.ts';

const LINE = 64;

/** Base64 in lines of 64 characters, each ended by LF; with `oneLine` a single line without an end. No data, no output. */
export function encodeBase64(data: Uint8Array, oneLine = false): string {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64');
  if (oneLine || text === '') return text;
  return `${text.replace(new RegExp(`.{${LINE}}(?=.)`, 'g'), '$&\n')}\n`;
}

// blanks are in one place only for each way to match, so that a line of blanks and something else takes linear time
const BASE64_LINE = /^[A-Za-z0-9+/\s]*(?:={1,2}\s*)?$/;

/**
 * Decodes base64 with line ends anywhere. Lines before the first one of base64 are skipped and a line that begins with `-` ends the data, so that
 * PEM files can be read. Several padded pieces may follow each other.
 *
 * @throws TlskitError ERR_FORMAT where OpenSSL would silently give nothing or only a part
 */
export function decodeBase64(text: string): Buffer {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && BASE64_LINE.test(line));
  if (first < 0) return text.trim() === '' ? Buffer.alloc(0) : fail('ERR_FORMAT', 'the input is not base64');
  const pieces: Buffer[] = [];
  let open = '';
  for (let i = first; i < lines.length; i += 1) {
    const line = (lines[i] as string).trim();
    if (line.startsWith('-')) break;
    if (!BASE64_LINE.test(line)) fail('ERR_FORMAT', `line ${i + 1} is not base64`, { line: i + 1 });
    open += line.replace(/\s+/g, '');
    if (!line.endsWith('=')) continue;
    pieces.push(whole(open));
    open = '';
  }
  return Buffer.concat([...pieces, whole(open)]);
}

function whole(text: string): Buffer {
  if (text.length % 4 !== 0) fail('ERR_FORMAT', 'the base64 is cut off: its length is not a multiple of four');
  return Buffer.from(text, 'base64');
}
