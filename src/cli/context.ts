/** What a running command works with: its parsed flags, input, output, prompts. */
import { isatty } from 'node:tty';
import type { Secret } from '../lib/secret.ts';
import type { Parsed } from './parse.ts';
import { Prompter } from './prompt.ts';
import { Sink, type WriteOptions } from './sink.ts';
import { PassphraseSources, readFile, Stdin } from './source.ts';
import type { Flags, FlagValues } from './spec.ts';

export class Context<F extends Flags = Flags> {
  readonly flags: FlagValues<F>;
  readonly args: readonly string[];
  /** Names of the flags given, in order, repeats included; `@digest` and `@cipher` stand for a digest's or cipher's name. */
  readonly order: readonly string[];
  /** Canonical name of a digest given as a flag (`-sha256`). */
  readonly digest: string | undefined;
  /** The digest flag's name as it was typed: OpenSSL prints fingerprints with it. */
  readonly digestFlag: string | undefined;
  /** Canonical names of all digests given as flags: one for each `@digest` of `order`. */
  readonly digests: readonly string[];
  /** Canonical name of a cipher given as a flag (`-aes256`). */
  readonly cipher: string | undefined;
  /** True for `--json`: print one JSON document instead of text. */
  readonly json: boolean;
  readonly stdin: Stdin;
  readonly prompter: Prompter;
  readonly sink: Sink;
  readonly #sources: PassphraseSources;
  #notes = '';

  constructor(parsed: Parsed<F>) {
    this.flags = parsed.flags;
    this.args = parsed.args;
    this.order = parsed.order;
    this.digest = parsed.digest;
    this.digestFlag = parsed.digestFlag;
    this.digests = parsed.digests;
    this.cipher = parsed.cipher;
    this.json = parsed.json;
    this.stdin = new Stdin();
    this.prompter = new Prompter(this.stdin, () => this.flushNotes());
    this.sink = new Sink();
    this.#sources = new PassphraseSources(this.stdin);
  }

  /** The bytes of a file, or of standard input when `path` is undefined or `-`. */
  read(path: string | undefined): Buffer {
    if (path !== undefined && path !== '-') return readFile(path);
    if (isatty(0)) this.note('Reading from the terminal; -in names a file, -help shows more.\n');
    this.flushNotes();
    return this.stdin.rest();
  }

  /** What to call an input in a message. */
  inputName(path: string | undefined): string {
    return path === undefined || path === '-' ? 'standard input' : path;
  }

  /** Queues output for a file, or for standard output when `path` is undefined or `-`; written when the command is done. */
  write(path: string | undefined, data: string | Uint8Array, options?: WriteOptions): void {
    this.sink.write(path, data, options);
  }

  /** Queues text for standard output. */
  print(text: string): void {
    this.sink.write(undefined, text);
  }

  /** Queues a JSON document for standard output. */
  printJson(value: unknown): void {
    this.print(`${JSON.stringify(value, null, 2)}\n`);
  }

  /**
   * A remark for stderr (`writing RSA key`, a warning). It appears before the next question or output; when the command fails, the
   * error's one line stands alone.
   */
  note(text: string): void {
    this.#notes += text;
  }

  /** Writes the remarks so far. */
  flushNotes(): void {
    if (this.#notes !== '') process.stderr.write(this.#notes);
    this.#notes = '';
  }

  /** The passphrase that a source (`pass:…`, `env:…`, …) names. */
  passphrase(source: string): Secret {
    return this.#sources.read(source);
  }

  /** The named source's passphrase, or the answer to a prompt. */
  async passphraseOr(
    source: string | undefined,
    message: string,
    options?: { confirm?: boolean; min?: number },
  ): Promise<Secret> {
    return source === undefined ? this.prompter.passphrase(message, options) : this.passphrase(source);
  }
}
