// What flags and the environment do to a server and its clients in one process. Arguments: the module, a folder with certificates, options in JSON:
// `clients`, each client's options; `server`, the server's.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , module, folder, json = '{}'] = process.argv;
const { server: serverOptions = {}, clients = [{}] } = JSON.parse(json);
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
const { default: tls } = await import(module);
const file = (name) => readFileSync(join(folder, name));

const said = [];
const server = tls.createServer({ cert: file('cert.pem'), key: file('key.pem'), ...serverOptions });
server.on('tlsClientError', ({ code }) => said.push(code));
server.on('secureConnection', (socket) => socket.on('error', ({ code }) => said.push(code)).end('hello'));
await once(server.listen(0, '127.0.0.1'), 'listening');

async function visit({ trust, ...options }) {
  const { port } = server.address();
  const all = { port, host: '127.0.0.1', servername: 'localhost', ...(trust && { ca: file('ca.pem') }), ...options };
  return new Promise((done) => {
    let result;
    let socket;
    try {
      socket = tls.connect(all);
    } catch (error) {
      return done({ thrown: error.code, message: error.message });
    }
    socket.on(
      'error',
      (error) =>
        (result ??= {
          error: error.code,
          message: error.message.replace(/^[0-9A-F]{16}:|:(?:\.\.\/deps|tlskit).*$/gs, ''),
        }),
    );
    said.push(socket.getProtocol());
    socket.on('secureConnect', () => {
      const { authorized, authorizationError } = socket;
      result = { protocol: socket.getProtocol(), cipher: socket.getCipher().name, authorized, authorizationError };
    });
    socket.resume().on('close', () => done(result));
  });
}

const results = [];
for (const options of clients) results.push(await visit(options));
await new Promise((done) => server.close(done));
const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, DEFAULT_CIPHERS } = tls;
console.log(JSON.stringify({ DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, DEFAULT_CIPHERS, results, said, warnings }));
