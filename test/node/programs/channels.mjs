// What subscribers of Node's diagnostics channels hear of TLS connections. Arguments: the module, a folder with certificates.
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import nodeTls from 'node:tls';

const [, , module, folder] = process.argv;
const file = (name) => readFileSync(join(folder, name));
const log = [];
for (const name of [
  'net.client.socket',
  'net.server.socket',
  'tracing:net.server.listen:asyncStart',
  'tracing:net.server.listen:asyncEnd',
  'http.client.request.created',
  'http.client.request.start',
  'http.client.response.finish',
]) {
  subscribe(name, (message) => {
    const { socket } = message;
    log.push([name, Object.keys(message).join(), socket && socket instanceof nodeTls.TLSSocket].join(' '));
  });
}
const { default: tls } = await import(module);

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
const server = tls.createServer({ cert: file('cert.pem'), key: file('key.pem') }, (socket) => {
  socket.on('error', () => undefined).end(answer);
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const to = { port: server.address().port, host: '127.0.0.1', servername: 'localhost', ca: file('ca.pem') };

log.push('connect');
await once(tls.connect(to).resume(), 'close');
log.push('connect over a socket');
const below = net.connect(to.port, to.host);
await once(below, 'connect');
await once(tls.connect({ ...to, socket: below }).resume(), 'close');
log.push('TLSSocket.connect');
const socket = new tls.TLSSocket();
socket.connect(to.port, to.host);
await once(socket, 'connect');
socket.destroy();
log.push('https');
const request = https.get({ ...to, createConnection: () => tls.connect(to) });
const [response] = await once(request, 'response');
await once(response.resume(), 'close');
server.close();
process.on('exit', () => console.log(JSON.stringify(log)));
