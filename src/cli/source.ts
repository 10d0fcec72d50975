/** Where input comes from: files, standard input (read once, shared by all who want lines or bytes of it), and passphrase sources. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fail, TlskitError } from '../lib/errors.ts';
import { Secret } from '../lib/secret.ts';

/** No input that these commands read is larger; what is larger is refused before it is read. */
const MAX_INPUT = 64 * 1024 * 1024;

/** A line is a passphrase or an answer to a question; OpenSSL takes no more than 1024 octets of one. */
const MAX_LINE = 64 * 1024;
const CHUNK = 64 * 1024;
const EMPTY: Buffer = Buffer.alloc(0);

/** Standard input, read synchronously: lines for prompts, or everything. */
export class Stdin {
  readonly #fd: number;
  #chunk: Buffer | undefined;
  #buffered = EMPTY;
  #ended = false;

  constructor(fd = 0) {
    this.#fd = fd;
  }

  /**
   * The next line without its line end, or undefined at the end of input.
   *
   * @throws TlskitError ERR_LIMIT for a line of more than 64 KB
   */
  line(): string | undefined {
    const parts: Buffer[] = [];
    let size = 0;
    while (this.#buffered.length > 0 || this.#fill()) {
      const at = this.#buffered.indexOf(0x0a);
      const part = at < 0 ? this.#buffered : this.#buffered.subarray(0, at);
      this.#buffered = at < 0 ? EMPTY : this.#buffered.subarray(at + 1);
      size += part.length;
      if (size > MAX_LINE) fail('ERR_LIMIT', 'a line of more than 64 KB');
      parts.push(part);
      if (at >= 0) return Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
    }
    return size === 0 ? undefined : Buffer.concat(parts).toString('utf8');
  }

  /** All that is left. */
  rest(): Buffer {
    const chunks = [this.#buffered];
    let size = this.#buffered.length;
    this.#buffered = EMPTY;
    while (this.#fill()) {
      chunks.push(this.#buffered);
      size += this.#buffered.length;
      this.#buffered = EMPTY;
      if (size > MAX_INPUT) fail('ERR_LIMIT', 'standard input is larger than 64 MB');
    }
    return Buffer.concat(chunks);
  }

  /** The next piece of input, in place of what was buffered: that must be empty. */
  #fill(): boolean {
    if (this.#ended) return false;
    this.#chunk ??= Buffer.allocUnsafe(CHUNK);
    const n = readWaiting(this.#fd, this.#chunk);
    if (n === 0) this.#ended = true;
    // a copy: a slow pipe's small pieces must not keep a whole chunk each
    else this.#buffered = Buffer.from(this.#chunk.subarray(0, n));
    return n > 0;
  }
}

/** readSync that waits where a non-blocking descriptor has nothing yet. */
function readWaiting(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** The words for a failed system call, without its stack: `no such file or directory`. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const texts: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    ENOSPC: 'no space left on the device',
    EROFS: 'the file system is read-only',
    ENAMETOOLONG: 'the name is too long',
    ELOOP: 'too many symbolic links',
    EBADF: 'the descriptor is not open',
  };
  return texts[code ?? ''] ?? message;
}

/** A file's bytes; a missing file, a directory and a file over the limit are clear errors. */
export function readFile(path: string): Buffer {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const stat = fstatSync(fd);
    if (stat.isDirectory()) fail('ERR_IO', `cannot read ${path}: it is a directory`, { source: path });
    return readAll(fd, stat.size, path);
  } catch (error) {
    if (error instanceof TlskitError) throw error;
    return fail('ERR_IO', `cannot read ${path}: ${reasonOf(error)}`, { source: path });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** All of a descriptor. `size` is what fstat says, which is 0 for pipes and devices: what is read counts, too. */
function readAll(fd: number, size: number, path: string): Buffer {
  const chunks: Buffer[] = [];
  for (let total = 0; ;) {
    if (Math.max(size, total) > MAX_INPUT) {
      fail('ERR_LIMIT', `cannot read ${path}: it is larger than 64 MB`, { source: path });
    }
    const chunk = Buffer.allocUnsafe(Math.max(CHUNK, size - total));
    const n = readWaiting(fd, chunk);
    if (n === 0) return Buffer.concat(chunks);
    // a piece that is much smaller than its chunk must not keep the whole of it
    chunks.push(n > chunk.length / 2 ? chunk.subarray(0, n) : Buffer.from(chunk.subarray(0, n)));
    total += n;
  }
}

/** Reads passphrase sources in OpenSSL's spelling; two uses of one file, descriptor or of stdin give its first and second line. */
export class PassphraseSources {
  readonly #stdin: Stdin;
  readonly #open = new Map<string, Stdin>();

  constructor(stdin: Stdin) {
    this.#stdin = stdin;
  }

  /**
   * The passphrase that `pass:text`, `env:name`, `file:path`, `fd:number` or `stdin` names.
   *
   * @throws TlskitError ERR_USAGE or ERR_PASSPHRASE; the message never holds the passphrase
   */
  read(source: string): Secret {
    if (source.startsWith('pass:')) return Secret.fromText(source.slice(5));
    if (source.startsWith('env:')) return this.#fromEnvironment(source.slice(4));
    if (source === 'stdin') return this.#line(this.#stdin, 'standard input');
    if (source.startsWith('file:'))
      return this.#line(
        this.#reader(source, () => openFile(source.slice(5))),
        source.slice(5),
      );
    if (/^fd:\d+$/.test(source))
      return this.#line(
        this.#reader(source, () => Number(source.slice(3))),
        source,
      );
    return fail('ERR_USAGE', 'a passphrase source is one of pass:text, env:name, file:path, fd:number, stdin');
  }

  #fromEnvironment(name: string): Secret {
    const value = process.env[name];
    if (value === undefined) fail('ERR_PASSPHRASE', `the environment variable ${name} is not set`);
    return Secret.fromText(value);
  }

  #reader(key: string, open: () => number): Stdin {
    const known = this.#open.get(key);
    if (known) return known;
    const reader = new Stdin(open());
    this.#open.set(key, reader);
    return reader;
  }

  #line(reader: Stdin, name: string): Secret {
    let line: string | undefined;
    try {
      line = reader.line();
    } catch (error) {
      if (error instanceof TlskitError) fail(error.code, `cannot read a passphrase from ${name}: ${error.message}`);
      fail('ERR_IO', `cannot read a passphrase from ${name}: ${reasonOf(error)}`);
    }
    if (line === undefined) fail('ERR_PASSPHRASE', `there is no passphrase in ${name}`);
    return Secret.fromText(line);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    return fail('ERR_IO', `cannot read a passphrase from ${path}: ${reasonOf(error)}`);
  }
}
