/** Plays scenarios with both implementations. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pki } from './pki.ts';
import { Play, type Log, type Tls } from './play.ts';
import type { Scenario } from './scenario.ts';

/** What both implementations did in a scenario. */
export interface Outcome {
  readonly name: string;
  readonly theirs: Log;
  readonly ours: Log;
  /** How long each took, in milliseconds. */
  readonly took: readonly [theirs: number, ours: number];
}

export interface RunOptions {
  readonly theirs: Tls;
  readonly ours: Tls;
  readonly pki: Pki;
  /** How many scenarios are under way at once. */
  readonly atOnce: number;
  /** How long one may take, in milliseconds; it takes a hundredth of that. */
  readonly limit: number;
}

const current = new AsyncLocalStorage<Play>();

/** Whose exception it was, Node knows by the context in which it was thrown. */
function noteUncaught(): () => void {
  const uncaught = (error: unknown): void => current.getStore()?.note('uncaught', 'exception', error);
  const rejected = (error: unknown): void => current.getStore()?.note('uncaught', 'rejection', error);
  process.on('uncaughtException', uncaught).on('unhandledRejection', rejected);
  return () => void process.off('uncaughtException', uncaught).off('unhandledRejection', rejected);
}

async function playOnce(scenario: Scenario, tls: Tls, { pki, limit }: RunOptions): Promise<Log> {
  const play = new Play(tls, pki);
  return current.run(play, async () => {
    let watchdog: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_done, give) => {
      watchdog = setTimeout(() => give(play.expire()), limit);
    });
    try {
      await Promise.race([scenario.play(play), late]);
      // what follows the last event that was waited for
      await play.turns();
    } catch (error) {
      play.note('scenario', 'ends with', error);
    } finally {
      clearTimeout(watchdog);
    }
    const log = play.finish();
    await play.turns();
    return log;
  });
}

async function playBoth(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  const start = performance.now();
  const theirs = await playOnce(scenario, options.theirs, options);
  const between = performance.now();
  const ours = await playOnce(scenario, options.ours, options);
  return { name: scenario.name, theirs, ours, took: [between - start, performance.now() - between] };
}

export async function run(scenarios: readonly Scenario[], options: RunOptions): Promise<Outcome[]> {
  const restore = noteUncaught();
  const outcomes: Outcome[] = [];
  const queue = scenarios.filter(({ alone }) => !alone);
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) outcomes.push(await playBoth(next, options));
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  for (const scenario of scenarios.filter(({ alone }) => alone)) outcomes.push(await playBoth(scenario, options));
  restore();
  return outcomes;
}
