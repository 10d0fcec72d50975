/** test-client: servers for all cases, and a client that is sent to each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../lib/errors.ts';
import { closest } from '../../lib/closest.ts';
import type { ServedFixtures } from '../fixtures/servers/load.ts';
import type { PlacedCase, Servers, Visit } from '../fixtures/servers/index.ts';
import { placeholders, runClient } from './command.ts';
import { judge, type Verdict } from './judge.ts';

export interface TestClientOptions {
  readonly command: string;
  readonly fixtures: ServedFixtures;
  readonly domain: string | undefined;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Cases that this client must refuse, or accept, whatever the standards say. */
  readonly refuse: readonly string[];
  readonly accept: readonly string[];
  /** Milliseconds that a client has for a case. */
  readonly timeout: number;
  /** Clients at once. */
  readonly jobs: number | undefined;
  readonly progress: (verdicts: readonly Verdict[], all: number) => void;
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
 * @throws TlskitError for what cannot be served, ERR_USAGE for cases that are not there
 */
export async function testClient(options: TestClientOptions): Promise<TestClientResult> {
  const both = options.refuse.find((name) => options.accept.includes(name));
  if (both !== undefined) fail('ERR_USAGE', `"${both}" cannot be under both -refuse and -accept`);
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-client-'));
  const visits = new Visits();
  let servers: Servers | undefined;
  try {
    let chosen: readonly string[] = [];
    servers = await options.fixtures.start({
      domain: options.domain,
      choose: (names) => (chosen = choose(names, options)),
      onClient: (name) => visits.come(name),
      onVisit: (visit) => visits.gone(visit),
    });
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, servers.anchors);
    const cases = servers.cases.filter((one) => chosen.includes(one.case.name)).map((one) => withDuty(one, options));
    return { verdicts: await sendToAll(cases, ca, visits, options), left: servers.left };
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
  progress([], cases.length);
  const worker = async (): Promise<void> => {
    for (let placed = rest.shift(); placed && !signal.aborted; placed = rest.shift()) {
      const ran = await runClient(command, placeholders(placed, ca), timeout, signal);
      const { connected, visit } = await visits.of(placed.case.name);
      verdicts.set(placed, judge(placed, ran, connected, visit));
      progress([...verdicts.values()], cases.length);
    }
  };
  const workers = jobs ?? Math.min(MOST_JOBS, 2 * availableParallelism());
  await Promise.all(Array.from({ length: workers }, worker));
  return cases.flatMap((placed) => verdicts.get(placed) ?? []);
}

/** The names that are asked for, of all. */
function choose(names: readonly string[], { only, skip, refuse, accept }: TestClientOptions): readonly string[] {
  for (const word of [...only, ...skip, ...refuse, ...accept]) {
    if (names.includes(word)) continue;
    const near = closest(word, names);
    fail('ERR_USAGE', `there is no case "${word}" here${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  const chosen = names.filter((name) => (only.length === 0 || only.includes(name)) && !skip.includes(name));
  if (names.length > 0 && chosen.length === 0) fail('ERR_USAGE', 'no case is left: -only and -skip name the same ones');
  return chosen;
}

/** A case with the duty that is asked for. */
function withDuty(placed: PlacedCase, { refuse, accept }: TestClientOptions): PlacedCase {
  const { name } = placed.case;
  const duty = refuse.includes(name) ? 'refuse' : accept.includes(name) ? 'accept' : undefined;
  return duty ? { ...placed, case: { ...placed.case, duty, rule: `option -${duty}` } } : placed;
}
