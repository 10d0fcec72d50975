/**
 * For tests that run others' packages on our sockets: node:tls of this test file is tlskit/tls, by the module that `--import tlskit/tls/register` loads.
 * With TLSKIT_TEST_FACE=node it stays Node's, which shows that a test asks nothing but what node:tls does.
 */
import nodeTls from 'node:tls';
import { Worker } from 'node:worker_threads';

export const onNode: boolean = process.env['TLSKIT_TEST_FACE'] === 'node';
if (!onNode) await import('../../src/lib/node/register.ts');

/** What packages get as node:tls. */
export const face: typeof nodeTls = nodeTls;

/** One event's arguments; an `error` before it fails. */
export function event<T extends unknown[]>(
  emitter: { once(name: string, listener: (...args: never[]) => void): unknown },
  name: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    emitter.once(name, (...args: never[]) => resolve(args as unknown as T));
    if (name !== 'error') emitter.once('error', reject);
  });
}

/** A program in a thread of its own, where node:tls is Node's. */
export class Elsewhere {
  readonly #worker: Worker;

  /** @param program CommonJS; it has `data`, `say(message)` and `onWord(listener)` */
  constructor(program: string, data: object) {
    const start = `
      const { parentPort, workerData: data } = require('node:worker_threads');
      const require_ = require('node:module').createRequire(data.here);
      const say = (message) => parentPort.postMessage(message);
      const onWord = (listener) => parentPort.on('message', listener);
      ((require) => {${program}\n})(require_);`;
    const workerData = { ...data, here: import.meta.filename };
    this.#worker = new Worker(start, { eval: true, execArgv: [], workerData });
  }

  /** The next thing that it says; that it fails before is an error. */
  async hears<T>(): Promise<T> {
    const [message] = await event<[T]>(this.#worker, 'message');
    return message;
  }

  says(message: unknown): this {
    this.#worker.postMessage(message, []);
    return this;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
