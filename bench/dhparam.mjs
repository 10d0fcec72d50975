// How long it takes to find Diffie-Hellman parameters: `tlskit dhparam` and `openssl dhparam` by turns, whole processes, wall time.
//   node bench/dhparam.mjs [runs] [bits…]      default: 15 runs of 512 and 1024 bits
// The time of one search is spread widely (about exponentially), so the medians of many runs are compared.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [runs = 15, ...sizes] = process.argv.slice(2).map(Number);
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS; // Node 20 would read it at every start

const contestants = {
  tlskit: (bits) => [process.execPath, [join(root, 'bin/run.js'), 'dhparam', '-out', '/dev/null', String(bits)]],
  openssl: (bits) => ['openssl', ['dhparam', '-out', '/dev/null', String(bits)]],
};

function timed([program, args]) {
  const began = performance.now();
  const { status, error, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr);
  return performance.now() - began;
}

const quantile = (times, at) => [...times].sort((a, b) => a - b)[Math.floor((times.length - 1) * at)];

for (const bits of sizes.length > 0 ? sizes : [512, 1024]) {
  const times = { tlskit: [], openssl: [] };
  for (let i = 0; i < runs; i += 1) {
    for (const [name, command] of Object.entries(contestants)) times[name].push(timed(command(bits)));
  }
  for (const [name, list] of Object.entries(times)) {
    const [low, middle, high] = [0.1, 0.5, 0.9].map((at) => quantile(list, at).toFixed(0).padStart(7));
    console.log(`${String(bits).padStart(5)} bits  ${name.padEnd(8)} median ${middle} ms   10% ${low}   90% ${high}`);
  }
  const ratio = quantile(times.tlskit, 0.5) / quantile(times.openssl, 0.5);
  console.log(`${String(bits).padStart(5)} bits  tlskit / openssl: ${ratio.toFixed(2)}`);
}
