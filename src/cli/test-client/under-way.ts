/** A run of test-client that people watch, and may interrupt. */
import { withLiveLine } from '../progress.ts';
import { tally } from './report.ts';
import { testClient, type TestClientOptions, type TestClientResult } from './run.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** The same with a live line on a terminal; the signal that ended it, with the clients and the servers, where one did. */
export async function testClientUnderWay(
  options: Omit<TestClientOptions, 'progress' | 'signal'>,
): Promise<TestClientResult | Signal> {
  const stop = new AbortController();
  const { signal } = stop;
  let ended: Signal | undefined;
  // the clients lead process groups of their own: no signal of a terminal reaches them
  const end = (name: Signal): void => {
    ended ??= name;
    stop.abort();
  };
  for (const name of SIGNALS) process.on(name, end);
  try {
    const result = process.stderr.isTTY
      ? await withLiveLine(
          'Starting servers',
          ({ show }) => {
            const progress: TestClientOptions['progress'] = (done, all) =>
              show(() => `Clients: ${done.length} of ${all}, ${tally(done)}`);
            return testClient({ ...options, signal, progress });
          },
          { interrupt: () => end('SIGINT') },
        )
      : await testClient({ ...options, signal, progress: () => undefined });
    return ended ?? result;
  } finally {
    for (const name of SIGNALS) process.off(name, end);
  }
}
