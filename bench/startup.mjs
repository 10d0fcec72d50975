// What starting a command costs: CPU seconds (user + system) of the whole process, in turn with `node -e 0`, and with openssl where it is there.
//   node bench/startup.mjs [runs]      prints one line a command: median CPU, and the median of the ratios to the `node -e 0` of the same round
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const runs = Number(process.argv[2] ?? 15);
const run = join(dirname(fileURLToPath(import.meta.url)), '../bin/run.js');
const folder = mkdtempSync(join(tmpdir(), 'tlskit-bench-'));
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS; // Node 20 reads it at every start, ours or not

/** CPU seconds of one run, as bash's `time` reports them. */
function cpu(words) {
  const script = 'TIMEFORMAT=\'%3U %3S\'; time "$@" >/dev/null 2>&1';
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words.join(' ')} failed with ${status}`);
  const [user, system] = stderr.trim().split(' ').map(Number);
  return user + system;
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const tlskit = (...words) => [process.execPath, run, ...words];
const commands = [
  ['--version', 2.5, tlskit('--version')],
  ['--help', 2.5, tlskit('--help')],
  ['genkey --type ec', 2.5, tlskit('genkey', '--type', 'ec')],
  ['req -new', 3.5, tlskit('req', '-new', '-key', 'k.pem', '-subj', '/CN=a', '-out', 'r.pem')],
  ['x509 -req', 3.5, tlskit('x509', '-req', '-in', 'r.pem', '-signkey', 'k.pem', '-out', 'c.pem')],
];

try {
  spawnSync(process.execPath, [run, 'genkey', '--type', 'ec', '--out', 'k.pem'], { cwd: folder, env });
  const base = [];
  const costs = new Map(commands.map(([name]) => [name, []]));
  for (let i = -1; i < runs; i += 1) {
    const bare = cpu([process.execPath, '-e', '0']);
    const round = commands.map(([name, , words]) => [name, cpu(words)]);
    if (i < 0) continue; // the first round warms the caches
    base.push(bare);
    for (const [name, seconds] of round) costs.get(name).push(seconds);
  }
  console.log(
    `node -e 0: ${(1000 * median(base)).toFixed(0)} ms CPU (median of ${runs}, Node ${process.versions.node})`,
  );
  for (const [name, limit] of commands) {
    const list = costs.get(name);
    const ratio = median(list.map((seconds, i) => seconds / base[i]));
    console.log(
      `${name.padEnd(18)} ${(1000 * median(list)).toFixed(0).padStart(4)} ms  ${ratio.toFixed(2)} times (promised: at most ${limit})`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
