// The drop-in for node:tls against node:tls, with one program: handshakes, bulk and the memory of idle connections. P-256 certificate, verified by
// the client, x25519, sockets on loopback, one process a side, 16 handshakes at a time.
//   node bench/face.mjs [rounds [handshakes a round [megabytes a round [idle connections]]]] [full|resumed|bulk|memory …]
// `client` and `server` are measured against node:tls on the other side; `both` is the CPU time of both sides when they are of one kind.
// Ratios above 1: ours does more in the same CPU time. Memory: ratios above 1 mean that ours takes more of it.
import { withFace } from './tls/engine.mjs';
import { idle, makeCertificate, median, report, rounds } from './tls/pairs.mjs';

const words = process.argv.slice(2);
const [times = 5, count = 1500, megabytes = 256, connections = 2000] = words
  .filter((word) => /^\d+$/u.test(word))
  .map(Number);
const parts = words.filter((word) => !/^\d+$/u.test(word));
const wants = (part) => parts.length === 0 || parts.includes(part);
const versions = ['TLSv1.3', 'TLSv1.2'];

async function memory(common) {
  for (const side of ['server', 'client']) {
    const found = { node: [], face: [] };
    for (let round = 0; round < Math.min(times, 3); round += 1) {
      for (const kind of ['node', 'face']) found[kind].push(await idle({ ...common, side, kind, count: connections }));
    }
    for (const what of ['resident', 'heap']) {
      const [node, ours] = ['node', 'face'].map((kind) => median(found[kind].map((one) => one[what])) / 1024);
      const figures = `node:tls ${node.toFixed(1).padStart(6)} KB  ours ${ours.toFixed(1).padStart(6)} KB`;
      const name = `${common.version} idle, ${what}`;
      console.log(`${name.padEnd(24)} ${side.padEnd(7)} ${figures}  ratio ${(ours / node).toFixed(2)}`);
    }
  }
}

console.log(`Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`);
await withFace(async (engine, folder) => {
  makeCertificate(folder);
  for (const version of versions) {
    const common = { kind: 'face', engine, folder, version, rounds: times };
    for (const [part, job] of Object.entries({ full: 'handshakes', resumed: 'resumptions' })) {
      if (!wants(part)) continue;
      const results = await rounds({ ...common, job, count, warmUp: 2000 });
      report(`${version} ${part} handshake`, results, (ms) => ((ms * 1000) / count).toFixed(0), 'µs');
    }
    for (const job of wants('bulk') ? ['up', 'down'] : []) {
      const octets = megabytes * 2 ** 20;
      const results = await rounds({ ...common, job, count: octets, warmUp: octets / 2 });
      report(`${version} bulk ${job}`, results, (ms) => (megabytes / (ms / 1000)).toFixed(0), 'MB/s');
    }
    if (wants('memory')) await memory(common);
  }
});
