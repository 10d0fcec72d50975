import { OCSP_FLAGS } from '../cli/ocsp/flags.ts';
import { runOcsp } from '../cli/ocsp/run.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = defineCommand({
  summary: 'Ask whether certificates are revoked (OCSP), and answer such questions',
  description:
    'Asks an OCSP responder about certificates, verifies its response and prints the status of each; or shows a request or response from a file. ' +
    'With -index it answers requests from the index.txt of a CA: one of -reqin, or with -port those of clients by POST and GET, many at once, ' +
    'until Ctrl-C. Options count from where they stand: -issuer and a digest (-sha256) are for the -cert and -serial after them.',
  examples: [
    {
      say: 'Is this certificate revoked?',
      line: 'ocsp -issuer ca.pem -cert cert.pem -url http://ocsp.example.org/ -CAfile root.pem',
    },
    { say: 'What does a response say?', line: 'ocsp -respin response.der -text -noverify' },
    {
      say: 'A response to staple, from the index of a CA',
      line: 'ocsp -issuer ca.pem -cert cert.pem -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca-key.pem -ndays 7 -respout response.der',
    },
    {
      say: 'A responder on port 8888',
      line: 'ocsp -index index.txt -CA ca.pem -rsigner ocsp.pem -rkey ocsp-key.pem -ndays 1 -port 8888',
    },
  ],
  flags: OCSP_FLAGS,
  algorithms: ['digest'],
  run: runOcsp,
});

export default command;
