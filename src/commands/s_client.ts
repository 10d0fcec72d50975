import { CLIENT_FLAGS, type ClientFlags } from '../cli/s_client/flags.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';
import { runClient } from '../cli/s_client/run.ts';

const command: CommandSpec = defineCommand<ClientFlags>({
  summary: 'Connect to a TLS server, show the handshake, talk to it',
  description:
    "Connects, prints what OpenSSL's s_client prints, sends what it reads and prints what comes. At the start of a line Q ends, R renegotiates " +
    '(before TLS 1.3), K and k make new keys (TLS 1.3). A certificate that cannot be verified is reported and passed over, unless -verify_return_error ' +
    'is given. Sessions (-sess_out, -sess_in) are in the form that OpenSSL writes and reads. With --json one document about the handshake is printed, ' +
    'and no data are exchanged.',
  examples: [
    { say: 'What does this server have?', line: 's_client -connect example.com:443' },
    {
      say: 'As a client that verifies, with a certificate',
      line: 's_client -connect localhost:4433 -CAfile ca.crt -cert client.crt -key client.key -verify_return_error',
    },
    { say: 'The handshake, field by field', line: 's_client -connect localhost:4433 -trace' },
    { say: 'For programs', line: 's_client -connect localhost:4433 --json' },
  ],
  args: [{ name: 'host:port', description: 'Where to connect, as -connect' }],
  flags: CLIENT_FLAGS,
  run: runClient,
});

export default command;
