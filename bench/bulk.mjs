// Bulk throughput per CPU second, ours against node:tls: AES-128-GCM (what both prefer first is set by the version), sockets on loopback.
//   node bench/bulk.mjs [rounds [megabytes a round]]
// The client sends, the server receives; the other side is node:tls. Ratios above 1: ours moves more in the same CPU time.
import { withEngine } from './tls/engine.mjs';
import { makeCertificate, report, rounds } from './tls/pairs.mjs';

const [times = 7, megabytes = 256] = process.argv.slice(2).map(Number);
await withEngine(async (engine, folder) => {
  makeCertificate(folder);
  for (const version of ['TLSv1.3', 'TLSv1.2']) {
    const count = megabytes * 2 ** 20;
    const results = await rounds({ engine, folder, version, jobs: 'bulk', count, rounds: times, mark: true });
    report(
      `${version} bulk, sending`,
      { client: results.client, server: results.server },
      (ms) => (megabytes / (ms / 1000)).toFixed(0),
      'MB/s',
    );
  }
});
