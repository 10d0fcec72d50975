// Full handshakes per CPU second, ours against node:tls: P-256 certificate, x25519, sockets on loopback, one process a side, 16 at a time.
//   node bench/handshake.mjs [rounds [handshakes a round]]
// `client` and `server` are measured against node:tls on the other side; `both` is the CPU time of both sides when they are of one kind.
// Ratios above 1: ours does more handshakes in the same CPU time. NODE_EXTRA_CA_CERTS does not matter here: the start is not measured.
import { withEngine } from './tls/engine.mjs';
import { makeCertificate, report, rounds } from './tls/pairs.mjs';

const [times = 5, count = 1500] = process.argv.slice(2).map(Number);
await withEngine(async (engine, folder) => {
  makeCertificate(folder);
  for (const version of ['TLSv1.3', 'TLSv1.2']) {
    const results = await rounds({ engine, folder, version, job: 'handshakes', count, warmUp: 3000, rounds: times });
    report(`${version} full handshake`, results, (ms) => ((ms * 1000) / count).toFixed(0), 'µs');
  }
});
