// Full handshakes per CPU second, ours against node:tls, client and server: P-256 certificate, x25519, sockets on loopback, one process a side.
//   node bench/handshake.mjs [rounds [handshakes a round]]
// The side that is measured talks to node:tls on the other side. Ratios above 1: ours does more handshakes in the same CPU time.
import { withEngine } from './tls/engine.mjs';
import { makeCertificate, report, rounds } from './tls/pairs.mjs';

const [times = 7, count = 300] = process.argv.slice(2).map(Number);
await withEngine(async (engine, folder) => {
  makeCertificate(folder);
  for (const version of ['TLSv1.3', 'TLSv1.2']) {
    const results = await rounds({ engine, folder, version, jobs: 'handshakes', count, rounds: times });
    report(`${version} full handshake`, results, (ms) => ((ms * 1000) / count).toFixed(0), 'µs');
  }
});
