/** Questions: with inquirer on a terminal, as lines from a pipe. Prompts go to stderr, so stdout stays clean. */
import { openSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import { fail } from '../lib/errors.ts';
import { Secret } from '../lib/secret.ts';
import type { Stdin } from './source.ts';

export interface Question {
  /** The text before the default, as OpenSSL words it: `Country Name (2 letter code)`. */
  readonly message: string;
  readonly initial?: string;
  /** Returns a complaint, or undefined when the answer is good. */
  readonly check?: (answer: string) => string | undefined;
}

/** Asks people on a terminal and scripts through a pipe. */
export class Prompter {
  readonly #stdin: Stdin;
  readonly #before: () => void;

  /** @param before runs before each question, e.g. to show what was remarked so far */
  constructor(stdin: Stdin, before: () => void = () => undefined) {
    this.#stdin = stdin;
    this.#before = before;
  }

  /** Whether a person sits there: standard input and stderr are a terminal. */
  get interactive(): boolean {
    // process.stdin would open a stream, and load what streams need
    return isatty(0) && isatty(2);
  }

  /**
   * One line of answer. From a pipe, the prompt is printed as OpenSSL prints it (`message [default]:`), an empty line takes the default and the
   * end of input gives undefined.
   */
  async ask(question: Question): Promise<string | undefined> {
    this.#before();
    if (this.interactive) return askTerminal(question);
    process.stderr.write(`${question.message} [${question.initial ?? ''}]:`);
    const line = this.#stdin.line();
    if (line === undefined) return undefined;
    return line === '' ? (question.initial ?? '') : line;
  }

  /**
   * Yes or no. From a pipe the question is printed as it is, the first letter of a line counts, and the end of input gives undefined. The
   * default is no.
   *
   * @param question with its `[y/n]`, which a terminal shows in its own way
   */
  async confirm(question: string): Promise<boolean | undefined> {
    this.#before();
    if (this.interactive) {
      const { confirm } = await import('@inquirer/prompts');
      const message = question.replace(/ ?\[y\/n\]:?$/, '').trimStart();
      return onTerminal(undefined, (context) => confirm({ message, default: false }, context));
    }
    process.stderr.write(question);
    const line = this.#stdin.line();
    return line === undefined ? undefined : /^y/i.test(line);
  }

  /** A passphrase, not echoed. With `confirm` it is asked for twice, and `min` is its least length in characters. */
  async passphrase(message: string, options: { confirm?: boolean; min?: number } = {}): Promise<Secret> {
    this.#before();
    const min = options.min ?? 0;
    if (this.interactive) return askPassphrase(message, options.confirm === true, min);
    const line = this.#stdin.line(); // from a pipe nobody needs to see the question
    if (line === undefined) {
      const terminal = openTerminal();
      if (terminal) return askPassphrase(message, options.confirm === true, min, terminal);
      fail(
        'ERR_PASSPHRASE',
        `a passphrase is needed and there is no terminal to ask on; name one with ${options.confirm ? '-passout' : '-passin'} (pass: env: file: fd: stdin)`,
      );
    }
    if (line.length < min) fail('ERR_PASSPHRASE', `the passphrase is shorter than ${min} characters`);
    if (options.confirm && this.#stdin.line() !== line) fail('ERR_PASSPHRASE', 'the two passphrases differ');
    return Secret.fromText(line);
  }
}

/** Ctrl-C at a prompt ends the command: nothing has been written yet, and the shell sees 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

interface TerminalContext {
  readonly output: NodeJS.WriteStream;
  readonly input?: ReadStream;
}

/** The terminal of the process, where a person sits at it though standard input is something else. */
function openTerminal(): ReadStream | undefined {
  if (!isatty(2)) return undefined;
  try {
    return new ReadStream(openSync(process.platform === 'win32' ? 'CONIN$' : '/dev/tty', 'r+'));
  } catch {
    return undefined;
  }
}

async function onTerminal<T>(input: ReadStream | undefined, run: (context: TerminalContext) => Promise<T>): Promise<T> {
  try {
    return await run({ output: process.stderr, ...(input ? { input } : {}) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    if (error.message.includes('SIGINT')) throw new Interrupted('interrupted', { cause: error });
    process.stderr.write('\n');
    return fail('ERR_USAGE', 'the input ended at a question; nothing was written');
  }
}

const CONTROL = /[\u0000-\u001f\u007f]/;

async function askTerminal(question: Question): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  const { initial, check } = question;
  const message = initial ? `${question.message} [${initial}]:` : `${question.message} []:`;
  const validate = (answer: string): true | string => {
    if (CONTROL.test(answer)) return 'a tab or another control character has no place here';
    return check?.(answer === '' ? (initial ?? '') : answer) ?? true;
  };
  const answer = await onTerminal(undefined, (context) => input({ message, validate }, context));
  return answer === '' ? (initial ?? '') : answer;
}

async function askPassphrase(message: string, confirm: boolean, min: number, terminal?: ReadStream): Promise<Secret> {
  const { password } = await import('@inquirer/prompts');
  const hidden = { mask: false, toggleMask: false, theme: { style: { maskedText: '' } } };
  const validate = (value: string): true | string => value.length >= min || `at least ${min} characters`;
  try {
    for (;;) {
      const first = await onTerminal(terminal, (on) => password({ message: `${message}:`, ...hidden, validate }, on));
      if (!confirm) return Secret.fromText(first);
      const second = await onTerminal(terminal, (on) =>
        password({ message: `Verifying - ${message}:`, ...hidden }, on),
      );
      if (first === second) return Secret.fromText(first);
      process.stderr.write('The two differ. Once more.\n');
    }
  } finally {
    terminal?.destroy();
  }
}
