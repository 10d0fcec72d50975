// In whose AsyncLocalStorage context each callback and event of a connection is called. Arguments: the module, a folder with certificates.
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';

const [, , module, folder] = process.argv;
const { default: tls } = await import(module);
const file = (name) => readFileSync(join(folder, name));
const pki = { cert: file('cert.pem'), key: file('key.pem') };
const storage = new AsyncLocalStorage();
const out = {};

for (const [kind, options] of Object.entries({
  'TLSv1.2': { maxVersion: 'TLSv1.2' },
  'TLSv1.3': {},
  psk: { maxVersion: 'TLSv1.2', ciphers: 'PSK', psk: true },
})) {
  for (const way of ['tcp', 'socket', 'duplex']) out[`${kind} ${way}`] = await play(options, way);
}
console.log(JSON.stringify(out));

async function play({ psk, ...options }, way) {
  const seen = {};
  const here = (what) => {
    const store = storage.getStore() ?? 'none';
    if (!(seen[what] ??= []).includes(store)) seen[what].push(store);
  };
  const hear = (name, emitter, events) => {
    for (const event of events) emitter.on(event, () => here(`${name} ${event}`));
  };
  const key = Buffer.alloc(16, 7);
  const server = storage.run('createServer', () =>
    tls.createServer({
      ...options,
      ...(psk ? { pskCallback: () => (here('server pskCallback'), key) } : pki),
      SNICallback: (name, done) => (
        here('SNICallback'),
        setImmediate(() => done(null, tls.createSecureContext({ ...pki, ...options })))
      ),
      ALPNCallback: ({ protocols }) => (here('ALPNCallback'), protocols[0]),
    }),
  );
  const ends = way === 'duplex' ? [] : ['end', 'close'];
  hear('server', server, ['connection', 'secureConnection', 'keylog']);
  if (!psk) {
    server.on('newSession', (_id, _data, done) => (here('newSession'), setImmediate(() => done())));
    server.on('resumeSession', (_id, done) => (here('resumeSession'), setImmediate(() => done(null, null))));
  }
  server.on('secureConnection', (socket) => {
    hear('peer', socket, ['data', 'finish', ...ends]);
    storage.run('peer write', () => socket.write('hello', () => here('peer write callback')));
    socket.once('data', () => socket.end('bye', () => here('peer end callback')));
    socket.setTimeout(50_000, () => undefined);
  });
  await storage.run('listen', () => once(server.listen(0, '127.0.0.1'), 'listening'));
  const client = await storage.run('caller', async () => {
    const all = {
      servername: 'localhost',
      ca: file('ca.pem'),
      ALPNProtocols: ['a'],
      ...options,
      ...(psk && {
        pskCallback: () => (here('client pskCallback'), { psk: key, identity: 'me' }),
        checkServerIdentity: () => undefined,
      }),
      ...(!psk && { checkServerIdentity: () => here('checkServerIdentity') }),
      ...(await storage.run('socket', () => transport(server, way))),
    };
    return tls.connect(all, () => here('connect callback'));
  });
  hear('client', client, [
    'connect',
    'ready',
    'lookup',
    'secureConnect',
    'session',
    'keylog',
    'data',
    'finish',
    ...ends,
  ]);
  storage.run('early write', () => client.write('early', () => here('early write callback')));
  client.once('secureConnect', () => {
    storage.run('write', () => client.write('late', () => here('write callback')));
  });
  client.once('data', () => storage.run('data', () => client.end(() => here('end callback'))));
  const closed = once(client, 'close');
  // a stream in memory would stay; who of the two ends it first is chance
  await once(client, 'finish');
  if (way === 'duplex') client.destroy();
  await closed;
  await storage.run('close', () => new Promise((done) => server.close(() => (here('close callback'), done()))));
  for (const stores of Object.values(seen)) stores.sort();
  return seen;
}

async function transport(server, way) {
  const { port } = server.address();
  if (way === 'tcp') return { host: 'localhost', family: 4, port };
  if (way === 'socket') {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return { socket };
  }
  const side = (other) =>
    new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => (other().push(chunk), done()),
      final: (done) => (other().push(null), done()),
    });
  const a = side(() => b);
  const b = side(() => a);
  server.emit('connection', b);
  return { socket: a };
}
