/** Standard input and output while a connection is open: read and written piece by piece, with pauses where the other side is slower. */

/** Writes to standard output. False when it is time to wait: `resumed` is called when it can go on. */
export class Output {
  readonly #resumed: () => void;
  #waiting = false;
  /** Nobody reads any more. */
  broken = false;

  constructor(resumed: () => void, broken: () => void) {
    this.#resumed = resumed;
    process.stdout.on('error', () => {
      if (this.broken) return;
      this.broken = true;
      broken();
    });
  }

  write(data: string | Uint8Array): boolean {
    if (this.broken || data.length === 0) return true;
    if (process.stdout.write(data)) return true;
    if (!this.#waiting) {
      this.#waiting = true;
      process.stdout.once('drain', () => {
        this.#waiting = false;
        this.#resumed();
      });
    }
    return false;
  }
}

export interface InputHandlers {
  /** A piece of input; `atLineStart` when the one before ended with a line end. */
  data(bytes: Buffer, atLineStart: boolean): void;
  end(): void;
}

/** Standard input, read when someone wants it. */
export class Input {
  #handlers: InputHandlers | undefined;
  #lineStart = true;
  #ended = false;
  #told = false;
  #opened = false;

  /** Gives what comes to these handlers from now on. */
  start(handlers: InputHandlers): void {
    this.#handlers = handlers;
    if (!this.#opened) {
      this.#opened = true;
      process.stdin.on('data', (bytes: Buffer) => this.#data(bytes));
      process.stdin.on('end', () => this.#end());
      process.stdin.on('error', () => this.#end());
    } else process.stdin.resume();
    if (this.#ended) this.#tellEnd();
  }

  pause(paused: boolean): void {
    if (!this.#opened || this.#ended) return;
    if (paused) process.stdin.pause();
    else if (process.stdin.isPaused()) process.stdin.resume();
  }

  /** Reads no more; the process may end. */
  stop(): void {
    this.#handlers = undefined;
    if (this.#opened) process.stdin.destroy();
  }

  /** Waits for another connection with what comes next. */
  detach(): void {
    this.#handlers = undefined;
    if (this.#opened && !this.#ended) process.stdin.pause();
  }

  #data(bytes: Buffer): void {
    const start = this.#lineStart;
    this.#lineStart = bytes.at(-1) === 0x0a;
    this.#handlers?.data(bytes, start);
  }

  #end(): void {
    this.#ended = true;
    this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#told || !this.#handlers) return;
    this.#told = true;
    this.#handlers.end();
  }
}

/** LF to CRLF, as -crlf asks. */
export function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
