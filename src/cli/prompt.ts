/** Questions: with inquirer on a terminal, as lines from a pipe. Prompts go to stderr, so stdout stays clean. */
import { openSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import { fail } from '../lib/errors.ts';
import { Secret } from '../lib/secret.ts';
import { Keyboard, type Keys } from './keyboard.ts';
import type { Stdin } from './source.ts';

export interface Question {
  /** The text before the default, as OpenSSL words it: `Country Name (2 letter code)`. */
  readonly message: string;
  readonly initial?: string;
  /** Returns a complaint, or undefined when the answer is good. */
  readonly check?: (answer: string) => string | undefined;
}

interface PassphraseOptions {
  /** Ask for it twice. */
  readonly confirm?: boolean;
  /** Its least length in characters. */
  readonly min?: number;
}

/** Asks people on a terminal and scripts through a pipe. */
export class Prompter {
  readonly #stdin: Stdin;
  readonly #before: () => void;
  readonly #keyboard = new Keyboard();

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
    if (this.interactive) return askTerminal(this.#keyboard, question);
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
      return onTerminal(this.#keyboard, stdin(), (context) => confirm({ message, default: false }, context));
    }
    process.stderr.write(question);
    const line = this.#stdin.line();
    return line === undefined ? undefined : /^y/i.test(line);
  }

  /** A passphrase, not echoed. */
  async passphrase(message: string, options: PassphraseOptions = {}): Promise<Secret> {
    this.#before();
    const min = options.min ?? 0;
    if (this.interactive) return askPassphrase(this.#keyboard, stdin(), message, options);
    const line = this.#stdin.line(); // from a pipe nobody needs to see the question
    if (line === undefined) {
      const terminal = openTerminal();
      if (terminal) {
        try {
          return await askPassphrase(this.#keyboard, terminal, message, options);
        } finally {
          terminal.destroy();
        }
      }
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

interface TerminalContext extends Keys {
  readonly output: NodeJS.WriteStream;
}

/** Standard input, where it is a terminal. */
const stdin = (): ReadStream => process.stdin;

/** The terminal of the process, where a person sits at it though standard input is something else. */
function openTerminal(): ReadStream | undefined {
  if (!isatty(2)) return undefined;
  try {
    return new ReadStream(openSync(process.platform === 'win32' ? 'CONIN$' : '/dev/tty', 'r+'));
  } catch {
    return undefined;
  }
}

async function onTerminal<T>(
  keyboard: Keyboard,
  terminal: ReadStream,
  run: (context: TerminalContext) => Promise<T>,
): Promise<T> {
  try {
    return await keyboard.run(terminal, (keys) => run({ output: process.stderr, ...keys }));
  } catch (error) {
    if (!(error instanceof Error) || !/^(Exit|Abort)PromptError$/.test(error.name)) throw error;
    if (error.message.includes('SIGINT')) throw new Interrupted('interrupted', { cause: error });
    return fail('ERR_USAGE', 'the input ended at a question; nothing was written');
  }
}

const CONTROL = /[\u0000-\u001f\u007f]/;

async function askTerminal(keyboard: Keyboard, question: Question): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  const { initial, check } = question;
  const message = initial ? `${question.message} [${initial}]:` : `${question.message} []:`;
  const validate = (answer: string): true | string => {
    if (CONTROL.test(answer)) return 'a tab or another control character has no place here';
    return check?.(answer === '' ? (initial ?? '') : answer) ?? true;
  };
  const answer = await onTerminal(keyboard, stdin(), (context) => input({ message, validate }, context));
  return answer === '' ? (initial ?? '') : answer;
}

async function askPassphrase(
  keyboard: Keyboard,
  terminal: ReadStream,
  message: string,
  { confirm = false, min = 0 }: PassphraseOptions,
): Promise<Secret> {
  const { password } = await import('@inquirer/prompts');
  const hidden = { mask: false, toggleMask: false, theme: { style: { maskedText: '' } } };
  const ask = (text: string): Promise<string> =>
    onTerminal(keyboard, terminal, (context) => password({ message: `${text}:`, ...hidden }, context));
  for (;;) {
    const first = await ask(message);
    // not by inquirer, which would keep what is too short, unseen, before what is typed next
    if (first.length < min) process.stderr.write(`At least ${min} characters. Once more.\n`);
    else if (!confirm || (await ask(`Verifying - ${message}`)) === first) return Secret.fromText(first);
    else process.stderr.write('The two differ. Once more.\n');
  }
}
