/** A live line on stderr for work that takes a while: on a terminal only; a pipe or a dumb terminal gets one line at the start. */

/** Milliseconds between two redraws. */
const INTERVAL = 100;

export interface LiveLine {
  /** Shows the text that `text` returns; most calls return at once, because the line was drawn a moment ago. */
  show(text: () => string): void;
  /** To be awaited by work that leaves no time for others, if there is something to await: then Ctrl-C has its turn. */
  breathe(): Promise<void> | undefined;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface LiveLineOptions {
  readonly stream?: ProgressStream;
  /** What Ctrl-C does, for work that has to clear up; default: it ends the process by the signal, as if nothing had listened. */
  readonly interrupt?: () => void;
}

const endBySignal = (): void => {
  process.kill(process.pid, 'SIGINT');
};

/**
 * Runs `work` with a live line, which is gone when the work is done, has failed or is interrupted by Ctrl-C. Without a terminal `opening` is the only
 * line.
 */
export async function withLiveLine<T>(
  opening: string,
  work: (line: LiveLine) => Promise<T>,
  { stream = process.stderr, interrupt = endBySignal }: LiveLineOptions = {},
): Promise<T> {
  if (stream.isTTY !== true || process.env['TERM'] === 'dumb') {
    stream.write(`${opening}\n`);
    return work({ show: () => undefined, breathe: () => undefined });
  }
  let text = (): string => opening;
  const began = Date.now();
  let [drawn, breathed] = [began, began];
  const draw = (): void => {
    drawn = Date.now();
    const time = `, ${elapsed(Date.now() - began)}`;
    // the last column stays free: some terminals wrap as soon as it is written
    stream.write(`\r${cut(text(), (stream.columns ?? 80) - 1 - time.length)}${time}\u001b[K`);
  };
  const onInterrupt = (): void => {
    stream.write('\r\u001b[K');
    interrupt();
  };
  process.once('SIGINT', onInterrupt);
  const timer = setInterval(draw, INTERVAL);
  draw();
  try {
    return await work({
      show(next) {
        text = next;
        // work that is busy keeps the timer from its turn
        if (Date.now() - drawn >= INTERVAL) draw();
      },
      breathe() {
        if (Date.now() - breathed < INTERVAL) return undefined;
        breathed = Date.now();
        return new Promise((done) => void setImmediate(done));
      },
    });
  } finally {
    clearInterval(timer);
    process.off('SIGINT', onInterrupt);
    stream.write('\r\u001b[K');
  }
}

/** Text that fits in `width` columns; an ellipsis stands for what is cut. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A duration for people: `0.8 s`, `12 s`, `3 min 07 s`. */
export function elapsed(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds) % 60).padStart(2, '0')} s`;
}
