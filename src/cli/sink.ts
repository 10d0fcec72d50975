/**
 * Where output goes: queued while a command works, written when it is done. A file is replaced by a rename, so that it is there whole or as it
 * was; private ones have mode 0600. What cannot be renamed over (a pipe, a device, a mounted file) is written in place.
 */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, TlskitError } from '../lib/errors.ts';
import { toOctets } from '../lib/text/octets.ts';
import { reasonOf } from './source.ts';

export interface WriteOptions {
  /** The content is private: mode 0600. */
  readonly secret?: boolean;
}

/** One output file: its name as given, and where that leads. */
interface Output {
  readonly path: string;
  readonly target: string;
  readonly existing: Stats | undefined;
  readonly chunks: Buffer[];
  secret: boolean;
}

interface Staged {
  readonly output: Output;
  readonly temporary: string;
}

/** Names of standard output. Opened again, as a file is, it would lose what others write there. */
const STDOUT = /^(-|\/dev\/stdout|\/dev\/fd\/1|\/proc\/self\/fd\/1)$/;

/** Queues writes to files and standard output. */
export class Sink {
  readonly #files: Output[] = [];
  readonly #stdout: Buffer[] = [];

  /**
   * Queues text or bytes for a file, or for standard output when `path` is undefined or `-`. What goes to one file, under whatever name, is
   * joined in order: a key and its certificate may share a file.
   */
  write(path: string | undefined, data: string | Uint8Array, options: WriteOptions = {}): void {
    const bytes = typeof data === 'string' ? toOctets(data) : Buffer.from(data);
    if (path === undefined || STDOUT.test(path)) {
      this.#stdout.push(bytes);
      return;
    }
    const output = this.#output(path);
    output.chunks.push(bytes);
    output.secret ||= options.secret === true;
  }

  /**
   * Looks whether a file can be written, before long work or questions.
   *
   * @throws TlskitError ERR_IO
   */
  check(path: string): void {
    if (STDOUT.test(path)) return;
    naming(path, () => {
      const { target, existing } = locate(path);
      if (!existing) accessSync(dirname(target), constants.W_OK);
      else if (existing.isFile()) accessSync(target, constants.W_OK);
    });
  }

  /**
   * Writes everything: regular files are first written whole beside their targets, then renamed over them; pipes, devices and standard output
   * come last.
   *
   * @param between runs when the regular files are in place
   * @throws TlskitError ERR_IO; before the first rename, that is for all but a file system that changes meanwhile, no target has changed
   */
  commit(between: () => void = () => undefined): void {
    const files = this.#files.splice(0);
    const inPlace = files.filter(({ existing }) => existing !== undefined && !existing.isFile());
    const staged: Staged[] = [];
    try {
      for (const output of files) if (!inPlace.includes(output)) stage(output, staged);
      for (const one of staged) put(one);
    } finally {
      for (const { temporary } of staged) rmSync(temporary, { force: true });
    }
    between();
    for (const output of inPlace) writeInPlace(output);
    writeStdout(Buffer.concat(this.#stdout.splice(0)));
  }

  #output(path: string): Output {
    const found = naming(path, () => locate(path));
    const known = this.#files.find(({ target }) => target === found.target);
    if (known) return known;
    const output = { path, ...found, chunks: [], secret: false };
    this.#files.push(output);
    return output;
  }
}

/** Where a name leads: through symbolic links, also to a file that is not there yet. A pipe or device keeps its name (/dev/stdout). */
function locate(path: string): Pick<Output, 'target' | 'existing'> {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory()) fail('ERR_IO', `cannot write ${path}: it is a directory`);
  if (existing) return { target: existing.isFile() ? realpathSync(path) : path, existing };
  const target = linkTarget(path);
  const folder = dirname(target);
  const there = statSync(folder, { throwIfNoEntry: false }) !== undefined; // else it may be made before the writing
  return { target: there ? join(realpathSync(folder), basename(target)) : target, existing };
}

/** What a dangling symbolic link points to, or the path itself. */
function linkTarget(path: string): string {
  let at = resolve(path);
  for (let i = 0; i < 40; i += 1) {
    try {
      at = resolve(dirname(at), readlinkSync(at));
    } catch {
      return at;
    }
  }
  return fail('ERR_IO', `cannot write ${path}: too many symbolic links`);
}

function stage(output: Output, staged: Staged[]): void {
  naming(output.path, () => {
    const { target, existing, secret } = output;
    if (existing) accessSync(target, constants.W_OK); // a rename would replace a read-only file
    const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`);
    staged.push({ output, temporary });
    writeFileSync(temporary, Buffer.concat(output.chunks), { mode: secret ? 0o600 : 0o666, flag: 'wx' });
    if (existing && !secret) chmodSync(temporary, existing.mode & 0o777);
  });
}

function put({ output, temporary }: Staged): void {
  naming(output.path, () => {
    try {
      renameSync(temporary, output.target);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['EBUSY', 'EXDEV', 'EPERM'].includes(code)) throw error;
      writeInPlace(output); // a mounted file has a place of its own
    }
  });
}

function writeInPlace(output: Output): void {
  naming(output.path, () => {
    if (output.secret && output.existing?.isFile()) chmodSync(output.target, 0o600);
    writeFileSync(output.target, Buffer.concat(output.chunks));
  });
}

/** Runs `work`; an error of the system names the file as it was given. */
function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TlskitError) throw error;
    return fail('ERR_IO', `cannot write ${path}: ${reasonOf(error)}`);
  }
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
