/** Where output goes: queued while a command works, written when it is done. Files are replaced atomically, private ones have mode 0600. */
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  lstatSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, TlskitError } from '../lib/errors.ts';
import { toOctets } from '../lib/text/octets.ts';
import { reasonOf } from './source.ts';

export interface WriteOptions {
  /** The content is private: mode 0600. */
  readonly secret?: boolean;
  /** Add to what the same path already gets in this run, or holds on disk. */
  readonly append?: boolean;
}

interface Pending {
  readonly path: string;
  chunks: Buffer[];
  secret: boolean;
  append: boolean;
}

/** Queues writes to files and standard output. */
export class Sink {
  readonly #files: Pending[] = [];
  readonly #stdout: Buffer[] = [];

  /** Queues text or bytes for a file, or for standard output when `path` is undefined or `-`. */
  write(path: string | undefined, data: string | Uint8Array, options: WriteOptions = {}): void {
    const bytes = typeof data === 'string' ? toOctets(data) : Buffer.from(data);
    if (path === undefined || path === '-') {
      this.#stdout.push(bytes);
      return;
    }
    const known = this.#files.find((file) => file.path === path);
    if (!known) {
      const { secret = false, append = false } = options;
      this.#files.push({ path, chunks: [bytes], secret, append });
      return;
    }
    known.secret ||= options.secret === true;
    known.chunks = options.append ? [...known.chunks, bytes] : [bytes];
  }

  /**
   * Writes everything: first all files beside their targets, then all renames, then standard output.
   *
   * @throws TlskitError ERR_IO; then no target has changed
   */
  commit(): void {
    const staged: { temporary: string; target: string }[] = [];
    try {
      for (const file of this.#files) stage(file, staged);
      for (const { temporary, target } of staged) renameSync(temporary, target);
    } catch (error) {
      for (const { temporary } of staged) rmSync(temporary, { force: true });
      throw error;
    }
    this.#files.length = 0;
    writeStdout(Buffer.concat(this.#stdout.splice(0)));
  }
}

function stage(file: Pending, staged: { temporary: string; target: string }[]): void {
  const bytes = Buffer.concat(file.chunks);
  try {
    const target = resolveLinks(file.path);
    const existing = statSync(target, { throwIfNoEntry: false });
    if (existing?.isDirectory()) fail('ERR_IO', `cannot write ${file.path}: it is a directory`);
    if (file.append || (existing && !existing.isFile())) return writeInPlace(target, bytes, file);
    const mode = file.secret ? 0o600 : existing ? existing.mode & 0o777 : 0o666;
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
    staged.push({ temporary, target });
    writeFileSync(temporary, bytes, { mode, flag: 'wx' });
  } catch (error) {
    if (error instanceof TlskitError) throw error;
    fail('ERR_IO', `cannot write ${file.path}: ${reasonOf(error)}`);
  }
}

/** Appending, and devices and pipes, cannot be replaced by a rename. */
function writeInPlace(target: string, bytes: Buffer, file: Pending): void {
  const options = file.secret ? { mode: 0o600 } : {};
  if (file.append) appendFileSync(target, bytes, options);
  else writeFileSync(target, bytes, options);
}

function resolveLinks(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false });
  return link?.isSymbolicLink() && statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path;
}

/** Writes to standard output before it returns. A reader that has closed its end has seen enough: that is no error. */
export function writeStdout(data: string | Buffer): void {
  const bytes = Buffer.from(data);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') fail('ERR_IO', `cannot write to standard output: ${reasonOf(error)}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
