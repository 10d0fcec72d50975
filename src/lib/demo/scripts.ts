/** The two programs that come with the demo: a server and a client over the files beside them. Plain Node, no packages. */

export const SERVER_SCRIPT = `// A TLS server on port 8443 that lets in whoever has a certificate of the demo's CA.
//   node server.mjs [port]
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const file = (name) => readFileSync(new URL(name, import.meta.url));
const port = Number(process.argv[2] ?? 8443);

const server = createServer(
  {
    key: file('server-key.pem'),
    cert: file('server-cert.pem'),
    ca: file('ca-cert.pem'), // who may sign clients' certificates
    requestCert: true, // ask for one,
    rejectUnauthorized: true, // and end the connection without a good one
    dhparam: file('dh2048.pem'), // for DHE in TLS 1.2
    ticketKeys: file('ticket.key'), // servers that share it resume each other's sessions
  },
  (request, response) => {
    const { socket } = request;
    const peer = socket.getPeerCertificate().subject.CN;
    response.end(\`Hello \${peer}, this is \${socket.getProtocol()}, \${socket.getCipher().name}.\\n\`);
  },
);
server.on('tlsClientError', (error) => console.error(\`refused: \${error.message}\`));
server.listen(port, () => console.log(\`https://localhost:\${server.address().port}/\`));
`;

export const CLIENT_SCRIPT = `// Asks the demo's server for a page, with the client's certificate.
//   node client.mjs [port]
import { readFileSync } from 'node:fs';
import { get } from 'node:https';

const file = (name) => readFileSync(new URL(name, import.meta.url));
const port = Number(process.argv[2] ?? 8443);

const options = {
  key: file('client-key.pem'),
  cert: file('client-cert.pem'),
  ca: file('ca-cert.pem'), // the only authority that this client trusts
  agent: false,
};
get(\`https://localhost:\${port}/\`, options, (response) => response.pipe(process.stdout)).on('error', (error) => {
  console.error(\`\${error.code ?? 'error'}: \${error.message}\`);
  process.exitCode = 1;
});
`;
