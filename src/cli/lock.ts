/**
 * One process at a time works on what is locked, such as a CA: a file beside it says who does. (OpenSSL has no lock and takes no notice of ours.) A
 * process that was killed leaves its file; the next one sees that nobody is behind it.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../lib/errors.ts';
import { reasonOf } from './source.ts';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks, where that is known: a number used again is another process. */
  readonly started: string;
  readonly token: string;
}

/** How long one process waits for another. */
const PATIENCE = 60_000;
const PAUSE = 25;
/** A file is empty, and a dead lock being cleared, for some milliseconds; one as old as this was left by a process that died in them. */
const MOMENT = 10_000;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** The start of a process in ticks since boot, by Linux's /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isGone(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  if (holder.pid === process.pid) return true; // we hold none yet: the number is used again
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
  const started = startOf(holder.pid);
  return started !== '' && holder.started !== '' && started !== holder.started;
}

function readHolder(path: string): Holder | undefined {
  try {
    const [pid, host = '', started = '', token = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), host, started, token };
  } catch {
    return undefined; // gone meanwhile
  }
}

/** Creates a file that must not be there; false when it is. */
function create(path: string, text: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx', 0o644);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return fail('ERR_IO', `cannot write the lock ${path}: ${reasonOf(error)}`);
  }
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  return true;
}

/** Milliseconds since a file was written; 0 for one that is not there. */
const ageOf = (path: string): number => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

/** Takes the file of a dead process away. Only one process at a time does, and looks again before: the lock may be another's by then. */
function clear(path: string, dead: Holder): void {
  const guard = `${path}.clear`;
  if (!create(guard, `${process.pid}\n`)) {
    if (ageOf(guard) > MOMENT) rmSync(guard, { force: true });
    return;
  }
  try {
    if (readHolder(path)?.token === dead.token) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Runs `work` while no other process does so for this file or folder.
 *
 * @param waiting told once, with the other process's number, when there is one
 * @throws TlskitError ERR_IO when the lock's file cannot be written, or another process keeps it for a minute
 */
export async function withLock<T>(
  locked: string,
  work: () => Promise<T>,
  waiting: (pid: number) => void = () => undefined,
): Promise<T> {
  const path = `${locked}.lock`;
  const token = randomBytes(8).toString('hex');
  const text = `${process.pid} ${hostname()} ${startOf(process.pid)} ${token}\n`;
  const until = Date.now() + PATIENCE;
  for (let told = false; !create(path, text);) {
    const holder = readHolder(path);
    const empty = holder?.token === ''; // its holder is about to fill it
    if (holder && (empty ? ageOf(path) > MOMENT : isGone(holder))) clear(path, holder);
    else if (Date.now() > until) {
      const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
      fail('ERR_IO', `${path}: ${who} has been at work there for a minute; remove the file if it is not`);
    } else {
      if (!told && holder && !empty) waiting(holder.pid);
      told ||= holder !== undefined && !empty;
      await sleep(PAUSE);
    }
  }
  // left by a process that died while it took a dead lock away: who holds the lock knows that nobody is at that now
  rmSync(`${path}.clear`, { force: true });
  try {
    return await work();
  } finally {
    if (readHolder(path)?.token === token) rmSync(path, { force: true });
  }
}
