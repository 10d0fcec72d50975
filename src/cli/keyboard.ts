/**
 * The keys that a person presses. What was typed ahead, or pasted as several lines, answers one question after another, as it does with OpenSSL;
 * inquirer alone would drop all but the first line of it.
 */
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';

/** What a question is asked on. */
export interface Keys {
  readonly input: PassThrough;
  /** Aborted when the input ends before the answer: Ctrl-D, or the terminal is gone. */
  readonly signal: AbortSignal;
}

/** Ctrl-U. */
const DELETE_LINE = Buffer.from([0x15]);

const isLineEnd = (octet: number | undefined): boolean => octet === 0x0d || octet === 0x0a;

/** Gives what is typed to the question that is open, a line at a time. */
export class Keyboard {
  /** What was typed for later questions. */
  #ahead = Buffer.alloc(0);

  /** Runs one question on a terminal. */
  async run<T>(terminal: ReadStream, ask: (keys: Keys) => Promise<T>): Promise<T> {
    const end = new AbortController();
    const input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => terminal.setRawMode(on) });
    let answered = false;
    let feeding = false;
    const feed = async (): Promise<void> => {
      if (feeding) return;
      feeding = true;
      for (let again = false; this.#ahead.length > 0;) {
        if (answered) break;
        const line = this.#line();
        // a line that was refused stays to be mended by hand; the next line is another answer
        input.write(again ? Buffer.concat([DELETE_LINE, line]) : line);
        await nextTurn(); // in which the question takes the answer, or refuses it and goes on
        again = isLineEnd(line.at(-1));
      }
      feeding = false;
    };
    const typed = (data: Buffer): void => {
      this.#ahead = Buffer.concat([this.#ahead, data]);
      void feed();
    };
    const ended = (): void => void nextTurn().then(() => answered || end.abort());
    // readline has closed, or has come back from the background (Ctrl-Z, fg) and wants to be told to go on
    input.on('pause', () => void nextTurn().then(() => (terminal.isRaw ? input.resume() : ended())));
    terminal.on('data', typed).once('close', ended).once('end', ended).resume();
    try {
      const answer = ask({ input, signal: end.signal });
      void feed();
      return await answer;
    } finally {
      answered = true;
      terminal.off('data', typed).off('close', ended).off('end', ended).pause();
    }
  }

  /** Takes what was typed up to the end of a line. */
  #line(): Buffer {
    const length = this.#ahead.findIndex(isLineEnd) + 1 || this.#ahead.length;
    const line = this.#ahead.subarray(0, length);
    this.#ahead = this.#ahead.subarray(length);
    return line;
  }
}
