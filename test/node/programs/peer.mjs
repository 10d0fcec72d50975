// A server or a client in a process of its own. Arguments: the module, a folder with certificates, `server` or `client`, options in JSON.
// The server tells its port, then each connection; it echoes. A client tells its connection and writes its newest session to the file `save`; it
// begins with that of the file `session`.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , module, folder, side, json = '{}'] = process.argv;
const { default: tls } = await import(module);
const { save, session, store, ticketKeys, ...options } = JSON.parse(json);
const file = (name) => readFileSync(join(folder, name));
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const facts = (socket) => ({
  protocol: socket.getProtocol(),
  reused: socket.isSessionReused(),
  exported: socket.exportKeyingMaterial(16, 'EXPORTER-tlskit').toString('hex'),
});

if (side === 'server') serve();
else visit();

function serve() {
  const keys = ticketKeys && { ticketKeys: Buffer.from(ticketKeys, 'hex') };
  const server = tls.createServer({ cert: file('cert.pem'), key: file('key.pem'), ...keys, ...options }, (socket) => {
    say(facts(socket));
    socket.on('error', () => undefined).pipe(socket);
  });
  server.on('tlsClientError', ({ code }) => say({ error: code }));
  // files, with a name each, that other processes look into too
  if (store) {
    server.on('newSession', (id, data, done) => {
      const path = join(folder, `${store}-${id.toString('hex')}`);
      writeFileSync(`${path}.new`, data);
      renameSync(`${path}.new`, path);
      setTimeout(() => done(), 5);
    });
    server.on('resumeSession', (id, done) => {
      setTimeout(() => {
        try {
          done(null, file(`${store}-${id.toString('hex')}`));
        } catch {
          done(null, null);
        }
      }, 5);
    });
  }
  server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
}

function visit() {
  const old = session && { session: file(session) };
  const all = { host: '127.0.0.1', servername: 'localhost', ca: file('ca.pem'), ...old, ...options };
  const socket = tls.connect(all, () => {
    say(facts(socket));
    socket.write('hello');
  });
  socket.on('session', (one) => save && writeFileSync(join(folder, save), one));
  socket.on('data', () => socket.end());
  socket.on('error', ({ code }) => say({ error: code }));
}
