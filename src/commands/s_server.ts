import { SERVER_FLAGS, type ServerFlags } from '../cli/s_server/flags.ts';
import { runServer } from '../cli/s_server/run.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = defineCommand<ServerFlags>({
  summary: 'A TLS server that shows what clients do',
  description:
    'Listens, prints what the handshakes come to and what clients send, and sends what it reads to the newest client. -www answers every HTTP ' +
    'request with a page about its connection, -WWW with a file of this folder; -rev and -echo send back. Many clients are served at once, and ' +
    'the end of the input ends nothing; both are different in OpenSSL. At the start of a line Q ends the program and q the connection, r renegotiates ' +
    '(before TLS 1.3), k and K make new keys, c asks for a certificate (TLS 1.3).',
  examples: [
    { say: 'A page about each connection', line: 's_server -accept 4433 -cert server.crt -key server.key -www' },
    {
      say: 'Clients need a certificate of this CA',
      line: 's_server -accept 4433 -cert server.crt -key server.key -CAfile ca.crt -Verify 1 -verify_return_error',
    },
    {
      say: 'A free port, told on standard output',
      line: 's_server -accept 127.0.0.1:0 -cert server.crt -key server.key -echo',
    },
    {
      say: 'Good and bad servers of a fixture file, each under its own name: expired.localhost, …',
      line: 's_server -accept 4433 -fixtures tlskit.yml',
    },
  ],
  flags: SERVER_FLAGS,
  run: runServer,
});

export default command;
