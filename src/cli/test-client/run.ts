/** test-client: servers for all cases, and a client that is sent to each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../lib/errors.ts';
import { closest } from '../../lib/closest.ts';
import { startFixtures } from '../fixtures/servers/load.ts';
import type { PlacedCase, Servers, Visit } from '../fixtures/servers/index.ts';
import { placeholders, runClient } from './command.ts';
import { judge, type Verdict } from './judge.ts';

export interface TestClientOptions {
  readonly command: string;
  /** Default: every case. */
  readonly fixtures: string | undefined;
  readonly domain: string | undefined;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Milliseconds that a client has for a case. */
  readonly timeout: number;
  /** Clients at once. */
  readonly jobs: number | undefined;
  readonly progress: (done: number, all: number) => void;
  readonly signal: AbortSignal;
}

export interface TestClientResult {
  readonly verdicts: readonly Verdict[];
  readonly left: Servers['left'];
}

const MOST_JOBS = 8;
/** Milliseconds in which a server sees that its client is gone. */
const SETTLE = 500;

/** What the servers have seen of clients. */
class Visits {
  readonly #come = new Map<string, number>();
  readonly #gone = new Map<string, Visit[]>();

  come(name: string): void {
    this.#come.set(name, (this.#come.get(name) ?? 0) + 1);
  }

  gone(visit: Visit): void {
    this.#gone.set(visit.name, [...(this.#gone.get(visit.name) ?? []), visit]);
  }

  /** Whether a client came to a case, and how its last connection went. Waits a moment for those that are still there. */
  async of(name: string): Promise<{ connected: boolean; visit: Visit | undefined }> {
    const over = (): boolean => (this.#gone.get(name)?.length ?? 0) >= (this.#come.get(name) ?? 0);
    for (let waited = 0; waited < SETTLE && !over(); waited += 10) await sleep(10);
    return { connected: this.#come.has(name), visit: this.#gone.get(name)?.at(-1) };
  }
}

/**
 * Sends a client to every case.
 *
 * @throws TlskitError for a fixture file with mistakes, ERR_USAGE for cases that are not there
 */
export async function testClient(options: TestClientOptions): Promise<TestClientResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-client-'));
  const visits = new Visits();
  let servers: Servers | undefined;
  try {
    servers = await startFixtures(options.fixtures, {
      domain: options.domain,
      onClient: (name) => visits.come(name),
      onVisit: (visit) => visits.gone(visit),
    });
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, servers.anchors);
    const chosen = choose(servers.cases, options);
    return { verdicts: await sendToAll(chosen, ca, visits, options), left: servers.left };
  } finally {
    await servers?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sendToAll(
  cases: readonly PlacedCase[],
  ca: string,
  visits: Visits,
  { command, timeout, jobs, progress, signal }: TestClientOptions,
): Promise<Verdict[]> {
  const verdicts = new Map<PlacedCase, Verdict>();
  const rest = [...cases];
  const worker = async (): Promise<void> => {
    for (let placed = rest.shift(); placed && !signal.aborted; placed = rest.shift()) {
      const ran = await runClient(command, placeholders(placed, ca), timeout, signal);
      const { connected, visit } = await visits.of(placed.case.name);
      verdicts.set(placed, judge(placed, ran, connected, visit));
      progress(verdicts.size, cases.length);
    }
  };
  const workers = jobs ?? Math.min(MOST_JOBS, 2 * availableParallelism());
  await Promise.all(Array.from({ length: workers }, worker));
  return cases.flatMap((placed) => verdicts.get(placed) ?? []);
}

function choose(cases: readonly PlacedCase[], { only, skip }: TestClientOptions): readonly PlacedCase[] {
  const names = cases.map((one) => one.case.name);
  for (const word of [...only, ...skip]) {
    if (names.includes(word)) continue;
    const near = closest(word, names);
    fail('ERR_USAGE', `there is no case "${word}" here${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  return cases.filter(({ case: { name } }) => (only.length === 0 || only.includes(name)) && !skip.includes(name));
}
