import { runExport } from '../cli/pkcs12/export.ts';
import { PKCS12_FLAGS, type Pkcs12Flags } from '../cli/pkcs12/flags.ts';
import { runInspect } from '../cli/pkcs12/inspect.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = defineCommand<Pkcs12Flags>({
  summary: 'Make and read PKCS#12 files (.p12, .pfx)',
  description:
    'Without -export, reads a PKCS#12 file of any program and prints its keys and certificates in PEM. The old algorithms (RC2, RC4, 3DES) are ' +
    'read without -legacy too; where OpenSSL 3 stops with an error there, this goes on. With -export, puts a private key, its certificate ' +
    'and others into one file, protected with AES-256 and a SHA-256 MAC; a key that fits none of the certificates is refused. ' +
    'Passwords that no option names are asked for.',
  examples: [
    {
      say: 'A key, its certificate and the CA in one file',
      line: 'pkcs12 -export -in server.crt -inkey server.key -certfile ca.crt -out server.p12',
    },
    { say: 'What is in a file, keys not encrypted', line: 'pkcs12 -in server.p12 -info -nodes' },
    { say: 'Only the certificates', line: 'pkcs12 -in server.p12 -nokeys -out certs.pem' },
  ],
  flags: PKCS12_FLAGS,
  algorithms: ['cipher'],
  run: (context) => (context.flags.export ? runExport(context) : runInspect(context)),
});

export default command;
