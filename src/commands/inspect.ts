import { INSPECT_FLAGS, runInspect, type InspectFlags } from '../cli/inspect/run.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = defineCommand<InspectFlags>({
  summary: 'Show what a file or a TLS server has, and what is odd about it',
  description:
    'Finds out what a file is (certificates, requests, CRLs, keys of every format, PKCS#7, #8, #12, OCSP, JWK, OpenSSH keys, Java keystores, TLS ' +
    'sessions, parameters, S/MIME) and shows it: who issued whom, days left, names, keys, and what is odd. https://host and host:port name ' +
    'a server, whose chain is shown. Without an argument, or for -, standard input is read.',
  examples: [
    { say: 'What is this?', line: 'inspect server.pem' },
    { say: 'What does a server send?', line: 'inspect https://example.org' },
    { say: 'Do these three belong together?', line: 'inspect bundle.p12 -passin pass:secret -host www.example.org' },
    { say: 'For a script', line: 'inspect chain.pem -strict --json' },
  ],
  args: [
    { name: 'FILE|URL', description: 'A file, https://host[:port], host:port, or - for standard input', many: true },
  ],
  flags: INSPECT_FLAGS,
  run: (context) => runInspect(context),
});

export default command;
