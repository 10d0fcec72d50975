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
 * Runs a job with every pairing of sides, in turn, `rounds` times after one to warm up. Returns the CPU milliseconds of each round: of a side
 * that talks to node:tls, so that one thing changes; and of both sides together when both are of one kind.
 *
 * @param job `handshakes`, `up` (the client sends) or `down`
 */
export async function rounds({ engine, folder, version, job, count, warmUp, rounds: times }) {
  const peers = {};
  for (const kind of ['node', 'ours']) {
    peers[kind] = {
      server: new Peer('server', kind, engine, folder, version),
      client: new Peer('client', kind, engine, folder, version),
    };
  }
  for (const kind of ['node', 'ours']) {
    peers[kind].port = (await peers[kind].server.first).port;
    await peers[kind].client.first;
    await peers[kind].server.ask({ do: 'direction', count: job });
  }
  const run = async (client, server, amount) => {
    await peers[server].server.ask({ do: 'mark', count: job === 'handshakes' ? undefined : amount });
    const { cpu } = await peers[client].client.ask({ do: job, port: peers[server].port, count: amount });
    return { client: cpu, server: (await peers[server].server.ask({ do: 'read' })).cpu };
  };
  const results = { client: { node: [], ours: [] }, server: { node: [], ours: [] }, both: { node: [], ours: [] } };
  try {
    for (let round = -1; round < times; round += 1) {
      const amount = round < 0 ? warmUp : count;
      const node = await run('node', 'node', amount);
      const ours = await run('ours', 'ours', amount);
      const client = (await run('ours', 'node', amount)).client;
      const server = (await run('node', 'ours', amount)).server;
      if (round < 0) continue;
      results.client.node.push(node.client);
      results.server.node.push(node.server);
      results.both.node.push(node.client + node.server);
      results.client.ours.push(client);
      results.server.ours.push(server);
      results.both.ours.push(ours.client + ours.server);
    }
  } finally {
    for (const kind of ['node', 'ours']) for (const side of ['client', 'server']) peers[kind][side].stop();
  }
  return results;
}

/** One line a side: both figures and the ratio of rates, above 1 where ours is faster. */
export function report(name, results, per, unit) {
  for (const side of ['client', 'server', 'both']) {
    const [node, ours] = ['node', 'ours'].map((kind) => median(results[side][kind]));
    const ratios = results[side].node.map((value, i) => value / results[side].ours[i]);
    const figures = `node:tls ${per(node).padStart(6)} ${unit}  ours ${per(ours).padStart(6)} ${unit}`;
    console.log(`${name.padEnd(24)} ${side.padEnd(7)} ${figures}  ratio ${median(ratios).toFixed(2)}`);
  }
}
