// What benches of whole commands share: a folder that goes at the end, and shell scripts run and timed in it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const folder = mkdtempSync(join(tmpdir(), 'tlskit-bench-'));
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;

/** Runs a bash script; gives wall and CPU seconds (children included). */
export function timed(script) {
  const whole = `TIMEFORMAT='%3R %3U %3S'; time { ${script}\n} >/dev/null 2>err.log`;
  const { stderr, status } = spawnSync('bash', ['-ec', whole], { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script}\nfailed: ${stderr}${readFileSync(join(folder, 'err.log'), 'utf8')}`);
  const [wall, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system };
}

export const has = (program) => spawnSync('which', [program]).status === 0;
export const file = (name, content) => writeFileSync(join(folder, name), content);
