// Bulk throughput per CPU second, ours against node:tls: AES-GCM as both prefer it, sockets on loopback, one process a side.
//   node bench/bulk.mjs [rounds [megabytes a round]]
// `up`: the client sends; `down`: the server does. `client` and `server` are measured against node:tls on the other side; `both` is the CPU
// time of both sides when they are of one kind. Ratios above 1: ours moves more in the same CPU time.
import { withEngine } from './tls/engine.mjs';
import { makeCertificate, report, rounds } from './tls/pairs.mjs';

const [times = 5, megabytes = 256] = process.argv.slice(2).map(Number);
await withEngine(async (engine, folder) => {
  makeCertificate(folder);
  for (const version of ['TLSv1.3', 'TLSv1.2']) {
    for (const job of ['up', 'down']) {
      const count = megabytes * 2 ** 20;
      const results = await rounds({ engine, folder, version, job, count, warmUp: count / 2, rounds: times });
      report(`${version} bulk ${job}`, results, (ms) => (megabytes / (ms / 1000)).toFixed(0), 'MB/s');
    }
  }
});
