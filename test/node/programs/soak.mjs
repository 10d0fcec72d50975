// Connections in turn and at once, and what they leave behind. Arguments: the module, a folder with certificates, how many in turn, how many at once.
// Ends by itself: what is still open would keep it.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

const [, , module, folder, turns, crowd] = process.argv;
const { default: tls } = await import(module);
const file = (name) => readFileSync(join(folder, name));
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

const secureContext = tls.createSecureContext({ ca: file('ca.pem') });
const server = tls.createServer({ cert: file('cert.pem'), key: file('key.pem') }, (socket) => socket.pipe(socket));
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();

async function visit(options = {}) {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', secureContext, ...options });
  socket.write('hello');
  await once(socket, 'data');
  socket.end();
  await once(socket, 'close');
}

async function many(count, atOnce) {
  let left = count;
  const worker = async () => {
    while ((left -= 1) >= 0) await visit();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const heap = async () => {
  for (let i = 0; i < 4; i += 1) {
    await new Promise((done) => setImmediate(done));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

// listeners that TLS sockets leave on the socket below
async function reused() {
  const raw = net.createServer((below) => {
    below.on('error', () => undefined);
  });
  await once(raw.listen(0, '127.0.0.1'), 'listening');
  const socket = net.connect(raw.address().port, '127.0.0.1');
  await once(socket, 'connect');
  const count = () => socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
  const before = count();
  Array.from({ length: 3 }, () => new tls.TLSSocket(socket, { secureContext }));
  const grown = count() - before;
  socket.destroy();
  raw.close();
  return grown;
}

const half = Number(turns) / 2;
await many(half, 1);
await many(Number(crowd), Number(crowd));
const first = await heap();
await many(half, 1);
await many(Number(crowd), Number(crowd));
const second = await heap();
const listeners = await reused();
const connections = await new Promise((done) => server.getConnections((_error, count) => done(count)));
server.close(() =>
  console.log(
    JSON.stringify({
      grown: second - first,
      each: (second - first) / (half + Number(crowd)),
      connections,
      listeners,
      warnings,
    }),
  ),
);
