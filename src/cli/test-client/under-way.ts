/** A run of test-client that people watch, and may interrupt. */
import { withLiveLine } from '../progress.ts';
import { tally } from './report.ts';
import { testClient, type TestClientOptions, type TestClientResult } from './run.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The same with a live line on a terminal. Undefined where a signal ended it: the clients are gone then, and the servers. */
export async function testClientUnderWay(
  options: Omit<TestClientOptions, 'progress' | 'signal'>,
): Promise<TestClientResult | undefined> {
  const stop = new AbortController();
  const { signal } = stop;
  // the clients lead process groups of their own: no signal of a terminal reaches them
  const interrupt = (): void => stop.abort();
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    const result = process.stderr.isTTY
      ? await withLiveLine(
          'Starting servers',
          ({ show }) => {
            const progress: TestClientOptions['progress'] = (done, all) =>
              show(() => `Clients: ${done.length} of ${all}, ${tally(done)}`);
            return testClient({ ...options, signal, progress });
          },
          { interrupt },
        )
      : await testClient({ ...options, signal, progress: () => undefined });
    return signal.aborted ? undefined : result;
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}
