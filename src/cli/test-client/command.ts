/** The client's command line, and its run for one case. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import type { PlacedCase } from '../fixtures/servers/index.ts';
import { urlOf } from '../fixtures/servers/page.ts';
import { shellWord } from '../shell-word.ts';

/** What a client is told of a case. */
export type Placeholder = 'url' | 'host' | 'port' | 'address' | 'ca' | 'name' | 'resolve';

/** Where the servers are, for clients whose resolver does not know `*.localhost`. */
const ADDRESS = '127.0.0.1';

export const placeholders = (placed: PlacedCase, ca: string): Readonly<Record<Placeholder, string>> => ({
  url: urlOf(placed),
  host: placed.case.host,
  port: `${placed.port}`,
  address: ADDRESS,
  ca,
  name: placed.case.name,
  resolve: `${placed.case.host}:${placed.port}:${ADDRESS}`,
});

/** The command with values in the place of `{url}` and the others; other braces stay. */
export const filledIn = (command: string, values: Readonly<Record<Placeholder, string>>): string =>
  command.replace(/\{(url|host|port|address|ca|name|resolve)\}/g, (_, name: Placeholder) => shellWord(values[name]));

/** How a run of the client ended. */
export interface Ran {
  /** Its exit code; null where a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly milliseconds: number;
  /** The end of its stdout and stderr. */
  readonly output: string;
}

/** Octets of output that are kept. */
const MOST = 16 * 1024;
const WINDOWS = process.platform === 'win32';

/** Ends a client with what it has started: it leads a process group of its own. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (WINDOWS) spawnSync('taskkill', ['/pid', `${child.pid}`, '/T', '/F']);
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}

/**
 * Runs a command line in the system's shell, without input.
 *
 * @param milliseconds how long it may take
 * @param signal ends it
 */
export function runClient(
  command: string,
  values: Readonly<Record<Placeholder, string>>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Ran> {
  return new Promise((resolve) => {
    const began = performance.now();
    const told = Object.entries(values).map(([name, value]) => [`TLSKIT_${name.toUpperCase()}`, value]);
    const child = spawn(filledIn(command, values), {
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...Object.fromEntries(told) },
      detached: !WINDOWS,
      windowsHide: true,
    });
    let output = Buffer.alloc(0);
    let timedOut = false;
    const collect = (bytes: Buffer): void => {
      output = Buffer.concat([output, bytes]).subarray(-MOST);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const stop = (): void => end(child);
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
    const done = (status: number | null, by: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({
        status,
        signal: by,
        timedOut,
        milliseconds: performance.now() - began,
        output: output.toString('utf8'),
      });
    };
    child.once('error', (error) => {
      collect(Buffer.from(error.message));
      done(127, null);
    });
    // what it left running would hold the pipes open
    child.once('exit', stop);
    child.once('close', done);
  });
}
