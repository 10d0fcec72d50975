import { Output, PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { pemOrDer } from '../cli/flags/form.ts';
import { bool, defineCommand, list, text, type CommandSpec } from '../cli/spec.ts';
import { carrierOf } from '../lib/cms/write.ts';
import { readCrls } from '../lib/crl/index.ts';
import { encodePem } from '../lib/der/index.ts';
import { readCertificates } from '../lib/x509/certificate.ts';

const command: CommandSpec = defineCommand({
  summary: 'Put a CRL and certificates into a PKCS#7 file (.p7b)',
  description: 'Makes a PKCS#7 object that carries certificates and a CRL, and neither content nor signatures.',
  examples: [
    { say: 'A chain as .p7b', line: 'crl2pkcs7 -nocrl -certfile server.pem -certfile ca.pem -out chain.p7b' },
    { say: 'A CRL with the certificates that belong to it', line: 'crl2pkcs7 -in ca.crl -certfile ca.pem -out ca.p7b' },
  ],
  flags: {
    in: text('file', 'Read the CRL from this file (default: standard input)'),
    inform: text('PEM|DER', 'Form of the CRL (found out by looking)'),
    out: text('file', 'Write to this file (default: standard output)'),
    outform: text('PEM|DER', 'Form of the output (default: PEM)'),
    certfile: list('file', 'Certificates to put in; repeat it for more files'),
    nocrl: bool('No CRL, certificates only'),
    ...PROVIDER_FLAGS,
  },
  run(context) {
    const { flags } = context;
    const form = pemOrDer('outform', flags.outform);
    pemOrDer('inform', flags.inform);
    const crls = flags.nocrl ? [] : readCrls(context.read(flags.in), context.inputName(flags.in)).slice(0, 1);
    const certificates = flags.certfile.flatMap((file) => readCertificates(context.read(file), file));
    const der = carrierOf(
      flags.certfile.length > 0 ? certificates.map((one) => one.der) : undefined,
      crls.map((crl) => crl.der),
    );
    const output = new Output();
    output.add(form === 'der' ? der : encodePem('PKCS7', der));
    output.writeTo(context, flags.out);
  },
});

export default command;
