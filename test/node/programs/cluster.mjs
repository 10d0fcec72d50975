// A primary with two workers, each with a server on one port: which sessions of the one resume at the other, and what the workers do when told.
// Arguments: the module, a folder with cert.pem and key.pem
import cluster from 'node:cluster';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

const [, , module, folder] = process.argv;
const { default: tls } = await import(module);
const file = (name) => readFileSync(join(folder, name));

if (cluster.isPrimary) await primary();
else worker();

function worker() {
  const server = tls.createServer(
    { cert: file('cert.pem'), key: file('key.pem'), sessionIdContext: 'shared', pauseOnConnect: true },
    (socket) => {
      const paused = socket.isPaused();
      socket.on('error', () => undefined);
      socket.end(`${cluster.worker.id} ${paused} ${socket.isSessionReused()}`);
      socket.resume();
    },
  );
  server.listen(0, '127.0.0.1');
  process.on('message', (word, handed) => {
    if (word === 'take') {
      server.emit('connection', handed);
      handed.resume();
    } else if (word === 'replace') {
      server.setSecureContext({ cert: file('other.pem'), key: file('other.key'), sessionIdContext: 'shared' });
      process.send({ replaced: true });
    } else if (word === 'close') server.close(() => process.disconnect());
    else process.send({ keys: server.getTicketKeys().toString('hex') });
  });
}

/** A connection: what the worker said, and the session. */
async function visit(port, options) {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: file('ca.pem'), ...options });
  let session;
  socket.on('session', (one) => (session = one));
  const name = once(socket, 'secureConnect').then(() => socket.getPeerCertificate().subject?.CN);
  let text = '';
  for await (const piece of socket) text += piece;
  const [worker, paused, reused] = text.split(' ');
  return { worker, paused, reused, name: await name, session: session ?? options.session };
}

async function keysOf(worker) {
  worker.send('keys');
  for (;;) {
    const [{ keys }] = await once(worker, 'message');
    if (keys) return keys;
  }
}

async function fork() {
  const worker = cluster.fork();
  const [address] = await once(worker, 'listening');
  return { worker, port: address.port };
}

/** A connection that the primary accepts and a worker serves, as load balancers with sticky sessions do it. */
async function handOver(worker) {
  const balancer = net.createServer({ pauseOnConnect: true }, (socket) => worker.send('take', socket));
  await once(balancer.listen(0, '127.0.0.1'), 'listening');
  const { name, reused } = await visit(balancer.address().port, {});
  balancer.close();
  return { name, reused };
}

async function primary() {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const one = await fork();
  const two = await fork();
  const { port } = one;
  const out = { samePort: port === two.port, sameKeys: (await keysOf(one.worker)) === (await keysOf(two.worker)) };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const first = await visit(port, { maxVersion });
    // in turn: the other worker
    const second = await visit(port, { maxVersion, session: first.session });
    out[maxVersion] = {
      other: first.worker !== second.worker,
      first: { ...first, worker: '', session: '' },
      reused: second.reused,
    };
  }
  // a worker that comes later, in the place of one that ended
  const { session } = await visit(port, { maxVersion: 'TLSv1.2' });
  two.worker.kill();
  await once(two.worker, 'exit');
  const three = await fork();
  out.restarted = { sameKeys: (await keysOf(three.worker)) === (await keysOf(one.worker)) };
  const again = [];
  for (let i = 0; i < 2; i += 1) again.push(await visit(port, { maxVersion: 'TLSv1.2', session }));
  out.restarted.workers = new Set(again.map(({ worker }) => worker)).size;
  out.restarted.reused = again.map(({ reused }) => reused);
  out.handed = await handOver(one.worker);
  one.worker.send('replace');
  await once(one.worker, 'message');
  const names = [];
  for (let i = 0; i < 2; i += 1) names.push((await visit(port, {})).name);
  out.replaced = names.sort((a, b) => a.localeCompare(b));
  for (const { worker } of [one, three]) {
    worker.send('close');
    await once(worker, 'exit');
  }
  const refused = tls.connect({ port, host: '127.0.0.1' });
  const [error] = await once(refused, 'error').catch((why) => [why]);
  out.closed = error.code;
  console.log(JSON.stringify(out));
}
