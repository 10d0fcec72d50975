// Starts the processes of a benchmark and sets ours and node:tls's side by side.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const tlskit = join(here, '../../bin/run.js');

/** A P-256 key and certificate, by the command line of this project. */
export function makeCertificate(folder) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const words = [
    'req',
    '-x509',
    '-key',
    join(folder, 'key.pem'),
    '-subj',
    '/CN=localhost',
    '-out',
    join(folder, 'cert.pem'),
  ];
  const { status, stderr } = spawnSync(process.execPath, [tlskit, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export class Peer {
  constructor(side, kind, engine, folder, version) {
    this.process = fork(join(here, 'peer.mjs'), [side, kind, engine, folder, version], { stdio: 'inherit' });
    this.first = once(this.process, 'message').then(([message]) => message);
  }
  async ask(message) {
    const answer = once(this.process, 'message');
    this.process.send(message);
    return (await answer)[0];
  }
  stop() {
    this.process.kill();
  }
}

export const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

/**
 * Runs `job` for each pair of sides, in turn, `rounds` times. Returns per side and kind the CPU milliseconds of each round.
 */
export async function rounds({ engine, folder, version, jobs, count, rounds: times, mark }) {
  const servers = {};
  const clients = {};
  for (const kind of ['node', 'ours']) {
    servers[kind] = new Peer('server', kind, engine, folder, version);
    clients[kind] = new Peer('client', kind, engine, folder, version);
  }
  const ports = {};
  for (const kind of ['node', 'ours']) {
    ports[kind] = (await servers[kind].first).port;
    await clients[kind].first;
  }
  const results = { client: { node: [], ours: [] }, server: { node: [], ours: [] }, wall: { node: [], ours: [] } };
  try {
    for (let round = -1; round < times; round += 1) {
      // a side is measured against node:tls on the other side, so that only one thing changes
      for (const kind of ['node', 'ours']) {
        const amount = round < 0 ? Math.ceil(count / 4) : count;
        await servers.node.ask({ do: 'mark', count: mark ? amount : undefined });
        const client = await clients[kind].ask({ do: jobs, port: ports.node, count: amount });
        await servers[kind].ask({ do: 'mark', count: mark ? amount : undefined });
        await clients.node.ask({ do: jobs, port: ports[kind], count: amount });
        const server = await servers[kind].ask({ do: 'read' });
        if (round < 0) continue;
        results.client[kind].push(client.cpu);
        results.wall[kind].push(client.wall);
        results.server[kind].push(server.cpu);
      }
    }
  } finally {
    for (const peer of [...Object.values(servers), ...Object.values(clients)]) peer.stop();
  }
  return results;
}

/** One line a side: both figures and the ratio of rates, above 1 where ours is faster. */
export function report(name, results, per, unit) {
  for (const side of ['client', 'server']) {
    const [node, ours] = ['node', 'ours'].map((kind) => median(results[side][kind]));
    const ratios = results[side].node.map((value, i) => value / results[side].ours[i]);
    console.log(
      `${name.padEnd(22)} ${side.padEnd(7)} node:tls ${per(node).padStart(8)} ${unit}  ours ${per(ours).padStart(8)} ${unit}  ratio ${median(ratios).toFixed(2)}`,
    );
  }
}
