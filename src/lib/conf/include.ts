import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { named, TlskitError, fail } from '../errors.ts';

/** A configuration file larger than this is not one. */
export const MAX_FILE: number = 16 * 1024 * 1024;

/**
 * The files that `.include path` stands for: the file itself, or those ending in `.cnf` or `.conf` of a directory, sorted by name.
 * None when there is nothing at `path`: OpenSSL passes over it too.
 */
export function includedFiles(path: string): { files: readonly string[]; directory: boolean } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return { files: [], directory: false };
  if (!stat.isDirectory()) return { files: [path], directory: false };
  const names = readdirSync(path).filter((name) => /\.(cnf|conf)$/i.test(name));
  return { files: names.sort().map((name) => join(path, name)), directory: true };
}

/** The bytes of a configuration file, which may also be a pipe. */
export function readConfigFile(path: string): Buffer {
  try {
    return readBounded(path);
  } catch (error) {
    if (error instanceof TlskitError) throw named(path, error);
    const code = (error as NodeJS.ErrnoException).code;
    return fail('ERR_IO', `${path}: cannot be read (${code ?? 'unknown error'})`, { source: path });
  }
}

const CHUNK = 65_536;

/** Reads to the end, but not endlessly: a device may have no end. */
function readBounded(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let size = 0; ;) {
      const chunk = Buffer.alloc(CHUNK);
      const length = readSync(file, chunk);
      if (length === 0) return Buffer.concat(parts);
      parts.push(chunk.subarray(0, length));
      size += length;
      if (size > MAX_FILE) fail('ERR_LIMIT', `more than ${MAX_FILE} bytes are too many for a configuration`);
    }
  } finally {
    closeSync(file);
  }
}

/** `path` below `directory`, unless it is absolute. */
export const below = (directory: string | undefined, path: string): string =>
  directory === undefined || isAbsolute(path) ? path : `${directory}/${path}`;
