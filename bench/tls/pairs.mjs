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
    this.process = fork(join(here, 'peer.mjs'), [side, kind, engine, folder, version], {
      stdio: 'inherit',
      execArgv: ['--expose-gc'],
    });
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

/** Starts a client and a server of node:tls and of `kind`. */
async function startPeers({ kind, engine, folder, version, job }) {
  const peers = {};
  for (const one of ['node', kind]) {
    peers[one] = {
      server: new Peer('server', one, engine, folder, version),
      client: new Peer('client', one, engine, folder, version),
    };
  }
  for (const one of Object.values(peers)) {
    one.port = (await one.server.first).port;
    await one.client.first;
    await one.server.ask({ do: 'direction', count: job });
  }
  return peers;
}

/** Does a job once. Returns the CPU milliseconds of both sides. */
async function run({ client, server, port, job, count }) {
  await server.ask({ do: 'mark', count: job === 'up' || job === 'down' ? count : undefined });
  const { cpu } = await client.ask({ do: job, port, count });
  return { client: cpu, server: (await server.ask({ do: 'read' })).cpu };
}

/**
 * Runs a job with every pairing of sides, in turn, `rounds` times after one to warm up. Returns the CPU milliseconds of each round: of a side
 * that talks to node:tls, so that one thing changes; and of both sides together when both are of one kind.
 *
 * @param kind `ours`: the engine on a net.Socket; `face`: the drop-in for node:tls
 * @param job `handshakes`, `resumptions`, `up` (the client sends) or `down`
 */
export async function rounds({ kind = 'ours', engine, folder, version, job, count, warmUp, rounds: times }) {
  const peers = await startPeers({ kind, engine, folder, version, job });
  const results = { client: { node: [], ours: [] }, server: { node: [], ours: [] }, both: { node: [], ours: [] } };
  const pair = (client, server, amount) =>
    run({ client: peers[client].client, server: peers[server].server, port: peers[server].port, job, count: amount });
  try {
    for (let round = -1; round < times; round += 1) {
      const amount = round < 0 ? warmUp : count;
      const node = await pair('node', 'node', amount);
      const ours = await pair(kind, kind, amount);
      const client = (await pair(kind, 'node', amount)).client;
      const server = (await pair('node', kind, amount)).server;
      if (round < 0) continue;
      results.client.node.push(node.client);
      results.server.node.push(node.server);
      results.both.node.push(node.client + node.server);
      results.client.ours.push(client);
      results.server.ours.push(server);
      results.both.ours.push(ours.client + ours.server);
    }
  } finally {
    for (const one of Object.values(peers)) for (const side of ['client', 'server']) one[side].stop();
  }
  return results;
}

/**
 * Octets that an idle connection costs one side, which is measured in a fresh process and talks to node:tls.
 *
 * @returns resident memory, and what V8 counts of it: heap and buffers; after a collection
 */
export async function idle({ side, kind, engine, folder, version, count }) {
  const server = new Peer('server', side === 'server' ? kind : 'node', engine, folder, version);
  const client = new Peer('client', side === 'client' ? kind : 'node', engine, folder, version);
  try {
    const { port } = await server.first;
    await client.first;
    const measured = side === 'server' ? server : client;
    // what is made once is made now
    await client.ask({ do: 'handshakes', port, count: 200 });
    const before = await measured.ask({ do: 'memory' });
    await client.ask({ do: 'hold', port, count });
    const after = await measured.ask({ do: 'memory' });
    return { resident: (after.resident - before.resident) / count, heap: (after.heap - before.heap) / count };
  } finally {
    server.stop();
    client.stop();
  }
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
