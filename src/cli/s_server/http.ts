/** What -www, -WWW and -HTTP understand of HTTP: a request up to its blank line, and files of this folder. */
import { createReadStream, openSync, realpathSync, statSync, type ReadStream } from 'node:fs';
import { join, sep } from 'node:path';

/** Octets of a request's head; more is refused. */
const MAX_HEAD = 64 * 1024;

/** Collects a request's head from whatever pieces it comes in. */
export class RequestHead {
  #text = '';
  #searched = 0;

  /** Whether the head is longer than any is. */
  get tooLong(): boolean {
    return this.#text.length > MAX_HEAD;
  }

  /** Adds octets. Returns the head's first line when its blank line has come. */
  add(bytes: Uint8Array): string | undefined {
    this.#text += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const from = Math.max(0, this.#searched - 3);
    this.#searched = this.#text.length;
    if (/\n\r?\n|^\r?\n/.test(from === 0 ? this.#text : this.#text.slice(from)))
      return this.#text.split(/\r?\n/, 1)[0] ?? '';
    return this.tooLong ? '' : undefined;
  }
}

/** The path that a request line asks for, without its query. */
export const pathOf = (requestLine: string): string | undefined => /^[A-Z]+ +(\/[^ ?#]*)/.exec(requestLine)?.[1];

export interface FoundFile {
  readonly type: string;
  readonly stream: ReadStream;
}

/** An answer of text. */
export const plainAnswer = (status: string, text: string): string =>
  `HTTP/1.0 ${status}\r\nContent-type: text/plain\r\n\r\n${text}\r\n`;

const TYPES: readonly (readonly [RegExp, string])[] = [[/\.(html?|php)$/i, 'text/html']];

/** Opens the file that a request line asks for, or says with an answer why not. Nothing outside of `root` is opened. */
export function openFile(root: string, requestLine: string): FoundFile | string {
  const target = /^(?:GET|HEAD) +\/([^ ?#]*)/.exec(requestLine)?.[1];
  if (target === undefined) return plainAnswer('400 Bad Request', 'a request begins with "GET /path"');
  let path: string;
  try {
    path = decodeURIComponent(target);
  } catch {
    return plainAnswer('400 Bad Request', 'the path is not valid');
  }
  if (path === '' || path.includes('\0') || path.split(/[/\\]/).includes('..') || /^[/\\]|:/.test(path))
    return plainAnswer('403 Forbidden', `'${shown(path)}' is an invalid path`);
  const found = openInside(root, path);
  if (!found) return plainAnswer('404 Not Found', `Error opening '${shown(path)}'`);
  return { stream: found, type: TYPES.find(([name]) => name.test(path))?.[1] ?? 'text/plain' };
}

const shown = (path: string): string => path.replace(/[^ -~]/g, '?');

function openInside(root: string, path: string): ReadStream | undefined {
  try {
    const base = realpathSync(root);
    const real = realpathSync(join(base, path));
    if (!real.startsWith(base.endsWith(sep) ? base : base + sep)) return undefined;
    // looked at first: opening a pipe would wait for its writer
    return statSync(real).isFile()
      ? createReadStream('', { fd: openSync(real, 'r'), highWaterMark: 16_384 })
      : undefined;
  } catch {
    return undefined;
  }
}
