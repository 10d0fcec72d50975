import { fail } from '../errors.ts';

/** One PEM block (RFC 7468, and RFC 1421 headers where there are any). */
export interface PemBlock {
  /** The text between BEGIN and the dashes, e.g. `CERTIFICATE`. */
  readonly label: string;
  /** RFC 1421 headers such as `Proc-Type` and `DEK-Info`; empty for most files. */
  readonly headers: ReadonlyMap<string, string>;
  readonly der: Buffer;
  /** Line number of the BEGIN line, from 1. */
  readonly line: number;
}

const BEGIN = /^-----BEGIN ([^\r\n]{0,200}?)-----[ \t\r]*$/;

/** UTF-8's byte order mark, read as Latin-1 or as UTF-8. */
const MARK = /^(?:\xef\xbb\xbf|\ufeff)/;

/** More blocks without an END line than any file holds by accident: each costs whoever asks for it an error. */
const MAX_UNFINISHED = 1000;

/**
 * All PEM blocks of a text, in order. Text around them, CRLF and blank space are accepted; a block without its END line or with
 * characters outside base64 is refused.
 *
 * @param only when given, blocks whose label it refuses are skipped without being decoded
 * @throws TlskitError ERR_PEM, and ERR_LIMIT for more than 1000 blocks without an END line of theirs
 */
export function decodePem(text: string, only?: (label: string) => boolean): PemBlock[] {
  return pemBlocks(text, only).map((decode) => decode());
}

/**
 * As `decodePem`, with one function for each block that decodes it or throws: for readers that pass over broken blocks.
 *
 * As in OpenSSL a block goes to the next END line, and its data to the first line of dashes: a BEGIN line before an END line of the same
 * label starts no block. Where that END line has another label, the search goes on after the BEGIN line, and finds the blocks behind it.
 *
 * @throws TlskitError ERR_LIMIT for more than 1000 blocks without an END line of theirs
 */
export function pemBlocks(text: string, only?: (label: string) => boolean): (() => PemBlock)[] {
  const blocks: (() => PemBlock)[] = [];
  if (!text.includes('-----BEGIN ')) return blocks;
  const lines = text.replace(MARK, '').split('\n');
  let unfinished = 0;
  let dash = 0;
  let end = 0;
  for (let i = 0; i < lines.length; i += 1) {
    const label = BEGIN.exec(lines[i] as string)?.[1];
    if (label === undefined) continue;
    const start = i + 1;
    // what was found for an earlier block is not searched again: a text of nothing but BEGIN lines would take quadratic time
    if (dash < start) dash = findLine(lines, '-----', start);
    if (end < start) end = findLine(lines, '-----END ', start);
    const [first, last] = [dash, end];
    if (lines[last]?.trimEnd() === `-----END ${label}-----`) {
      if (!only || only(label)) blocks.push(() => decodeBlock(lines.slice(start, first), label, start));
      i = last;
    } else {
      blocks.push(() => noEnd(label, start, first, lines.length));
      unfinished += 1;
      if (unfinished > MAX_UNFINISHED)
        fail('ERR_LIMIT', `more than ${MAX_UNFINISHED} PEM blocks have no END line of theirs`);
    }
  }
  return blocks;
}

/** The first line from `from` that starts so; the number of lines when there is none. */
function findLine(lines: readonly string[], start: string, from: number): number {
  let at = from;
  while (at < lines.length && !(lines[at] as string).startsWith(start)) at += 1;
  return at;
}

function noEnd(label: string, line: number, end: number, count: number): never {
  if (end < count) fail('ERR_PEM', `line ${end + 1} should be "-----END ${label}-----"`, { line: end + 1 });
  return fail('ERR_PEM', `the "BEGIN ${label}" of line ${line} has no END line`, { line });
}

function decodeBlock(lines: readonly string[], label: string, line: number): PemBlock {
  const headers = new Map<string, string>();
  let body = lines;
  if (lines[0]?.includes(':')) {
    const blank = lines.findIndex((text) => text.trim() === '');
    const head = blank < 0 ? lines : lines.slice(0, blank);
    body = blank < 0 ? [] : lines.slice(blank + 1);
    let last: string | undefined;
    for (const text of head) {
      const at = text.indexOf(':');
      if (/^\s/.test(text) && last) headers.set(last, (headers.get(last) as string) + text.trim());
      else if (at > 0) headers.set((last = text.slice(0, at).trim()), text.slice(at + 1).trim());
      else fail('ERR_PEM', `a malformed header in the "${label}" block of line ${line}`, { line });
    }
  }
  // a blank line ends headers, so that what stands before one further down would be no part of the data
  const blank = body.findIndex((text, i) => i > 0 && text.trim() === '');
  if (blank >= 0) fail('ERR_PEM', `the "${label}" block of line ${line} has a blank line inside`, { line });
  return { label, headers, der: decodeBase64(body.join(''), label, line), line };
}

function decodeBase64(raw: string, label: string, line: number): Buffer {
  const text = raw.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    fail('ERR_PEM', `the "${label}" block of line ${line} is not base64`, { line });
  }
  return Buffer.from(text, 'base64');
}

/** A PEM block: 64 characters a line, LF, final LF. */
export function encodePem(label: string, der: Uint8Array, headers: Iterable<readonly [string, string]> = []): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.length).toString('base64');
  const body = base64.replace(/.{64}(?=.)/g, '$&\n');
  const head = [...headers].map(([name, value]) => `${name}: ${value}\n`).join('');
  return `-----BEGIN ${label}-----\n${head === '' ? '' : `${head}\n`}${body}${body === '' ? '' : '\n'}-----END ${label}-----\n`;
}

/**
 * How a text that should be PEM was damaged on its way, in words that follow a colon; undefined where it shows no sign of PEM. Secrets of CI
 * systems lose line breaks, YAML keeps its indentation, a shell may write UTF-16.
 */
export function pemDamage(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1');
  if (/^(\xff\xfe|\xfe\xff)/.test(head) || /(-\0){5}|(\0-){5}/.test(head))
    return 'it is UTF-16; save it as UTF-8 or ASCII';
  if (/^[ \t]+-----BEGIN /m.test(head)) return 'its lines are indented; they must begin at the left';
  if (/-----BEGIN [^-\n]{1,60}-----(?:[ \t]|\\n|\\r)/.test(head)) return 'its line breaks are missing';
  if (/^\s*M[A-P][A-Za-z0-9+/]{30}/.test(head)) return 'it is base64 without its BEGIN and END lines';
  return undefined;
}
