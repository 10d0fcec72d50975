// A client and a server over a Node's own tls, for tests of another TLS implementation: node-peer.mjs server|client JSON
import { connect, createServer } from 'node:tls';

const [, , side, json] = process.argv;
const options = JSON.parse(json);
const facts = (socket) => ({
  protocol: socket.getProtocol(),
  cipher: socket.getCipher().standardName,
  reused: socket.isSessionReused(),
  exported: socket.exportKeyingMaterial(32, 'EXPORTER-tlskit', Buffer.from('context')).toString('hex'),
});
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

if (side === 'server') {
  const server = createServer(options, (socket) => {
    socket.on('error', () => undefined);
    say(facts(socket));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
} else {
  let session;
  // twice, so that the second one resumes
  for (let i = 0; i < 2; i += 1) {
    await new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', servername: 'localhost', session, ...options }, () => {
        say(facts(socket));
        socket.write('drawer\n');
      });
      socket.on('session', (one) => (session = one));
      socket.on('data', (text) => {
        say({ answer: String(text) });
        socket.end();
      });
      socket.on('error', reject).on('close', resolve);
    });
  }
}
