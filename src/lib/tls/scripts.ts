/** Runs the scripts of a connection: one at a time, to where it waits for something that is not there; others wait for their turn. */
import type { Effect, Script } from './handshake/script.ts';
import { hookFailure } from './failure.ts';

/** What runs scripts. Whatever a script throws comes out of the call that went on with it. */
export class ScriptRunner {
  /** Called with what goes on when the promise of a script is settled. */
  readonly #settled: (resume: () => void) => void;
  #script: Script<void> | undefined;
  #queue: Script<void>[] = [];
  #wants: Effect['kind'] | undefined;

  constructor(settled: (resume: () => void) => void) {
    this.#settled = settled;
  }

  /** Whether a script runs. */
  get busy(): boolean {
    return this.#script !== undefined;
  }

  /** What the running script waits for. */
  get wants(): Effect['kind'] | undefined {
    return this.#wants;
  }

  /** Starts a script, or queues it behind the one that runs. */
  run(script: Script<void>): void {
    if (this.#script) {
      this.#queue.push(script);
      return;
    }
    this.#script = script;
    this.#advance(() => script.next());
  }

  /** Gives the running script what it waits for. */
  resume(value?: unknown): void {
    const script = this.#script as Script<void>;
    this.#advance(() => script.next(value));
  }

  /** Throws into the running script. */
  interrupt(error: unknown): void {
    const script = this.#script as Script<void>;
    this.#advance(() => script.throw(error));
  }

  /** Forgets all scripts: what they wait for is of no matter any more. */
  stop(): void {
    this.#script = undefined;
    this.#queue = [];
  }

  #advance(step: () => IteratorResult<Effect, void>): void {
    this.#wants = undefined;
    const { done, value } = step();
    if (done) {
      this.#script = undefined;
      const next = this.#queue.shift();
      if (next) this.run(next);
      return;
    }
    this.#wants = value.kind;
    // a script that ended the connection is stopped, though it came to its next step
    if (value.kind === 'wait' && this.#script) this.#await(this.#script, value.promise);
  }

  #await(script: Script<void>, promise: PromiseLike<unknown>): void {
    const go = (step: () => IteratorResult<Effect, void>): void => {
      if (this.#script === script) this.#settled(() => this.#advance(step));
    };
    promise.then(
      (result) => go(() => script.next(result)),
      (error: unknown) => go(() => script.throw(hookFailure(error))),
    );
  }
}
