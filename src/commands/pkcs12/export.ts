import { runExport } from '../../cli/pkcs12/export.ts';
import { PKCS12_FLAGS, type Pkcs12Flags } from '../../cli/pkcs12/flags.ts';
import { defineCommand, type CommandSpec } from '../../cli/spec.ts';

const command: CommandSpec = defineCommand<Pkcs12Flags>({
  summary: 'Make a PKCS#12 file; the same as pkcs12 -export',
  description:
    'Puts a private key, its certificate and others into one file (.p12, .pfx), protected with AES-256 and a SHA-256 MAC. A key that fits none ' +
    'of the certificates is refused. Without -passout it asks for the password of the new file.',
  examples: [
    {
      say: 'A key, its certificate and the CA in one file',
      line: 'pkcs12 export -in server.crt -inkey server.key -certfile ca.crt -out server.p12',
    },
    {
      say: 'With the whole chain, for old Windows and Java',
      line: 'pkcs12 export -legacy -in server.crt -inkey server.key -chain -CAfile root.crt -untrusted sub.crt -out server.p12',
    },
  ],
  flags: PKCS12_FLAGS,
  algorithms: ['cipher'],
  run: (context) => runExport(context),
});

export default command;
