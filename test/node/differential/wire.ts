/** Two streams in memory: what one gets written, the other reads. */
import { Duplex } from 'node:stream';

/** One end. */
export class End extends Duplex {
  other: End | undefined;
  #reads: (() => void) | undefined;
  #ended = false;

  /** The other side writes no more. */
  finish(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.push(null);
  }

  override _read(): void {
    const go = this.#reads;
    this.#reads = undefined;
    go?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const other = this.other;
    // as on a wire: not within the call that writes
    if (!other || other.destroyed || other.#ended) setImmediate(done);
    else if (chunk.length === 0) process.nextTick(done);
    else
      setImmediate(() => {
        if (other.destroyed || other.#ended || other.push(Buffer.from(chunk))) done();
        else other.#reads = done;
      });
  }

  override _final(done: () => void): void {
    setImmediate(() => {
      this.other?.finish();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const go = this.#reads;
    this.#reads = undefined;
    go?.();
    // as a socket that goes away: the other side sees an end
    setImmediate(() => this.other?.finish());
    done(error);
  }
}

export function duplexPair(options: { allowHalfOpen?: boolean; highWaterMark?: number } = {}): [End, End] {
  const one = new End(options);
  const two = new End(options);
  one.other = two;
  two.other = one;
  return [one, two];
}
