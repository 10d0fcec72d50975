import { deltaCrl, signatureFits, wantsCheck } from '../cli/crl/check.ts';
import { dateFormat, digestOf, printedRows } from '../cli/crl/print.ts';
import { checkKeyForm, Inputs, nameOptions, pemOrDer } from '../cli/flags/certificates.ts';
import { PROVIDER_FLAGS, toFile } from '../cli/flags/keys.ts';
import { TRUST_FLAGS } from '../cli/flags/trust.ts';
import { crlJson } from '../cli/json/crl.ts';
import { bool, defineCommand, list, text, type CommandSpec } from '../cli/spec.ts';
import { corruptCrlSignature, crlPem, recodeCrl } from '../lib/crl/index.ts';
import { fail } from '../lib/errors.ts';
import { crlText } from '../lib/text/crl.ts';

const INPUT = { group: 'Input' };
const PRINT = { group: 'Print' };
const DELTA = { group: 'Make a delta CRL' };

const flags = {
  in: text('file', 'CRL to read (default: standard input)', INPUT),
  inform: text('PEM|DER', 'Form of the input (default: what it looks like)', INPUT),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Form of the output (default PEM)'),
  noout: bool('Do not write the CRL, only what was asked for'),
  badsig: bool('Break the signature, for tests'),
  text: bool('Print the CRL as text', PRINT),
  issuer: bool('Print the issuer', PRINT),
  lastupdate: bool('Print when the CRL was made', PRINT),
  nextupdate: bool('Print when the next one comes', PRINT),
  crlnumber: bool('Print the number of the CRL', PRINT),
  fingerprint: bool('Print the digest of the CRL, SHA-1 unless -sha256 or another is given', PRINT),
  hash: bool('Print the hash of the issuer that names files in a CApath', PRINT),
  hash_old: bool('Print the hash that OpenSSL before 1.0.0 used', PRINT),
  nameopt: list('options', 'How names are printed, e.g. RFC2253 or multiline', PRINT),
  dateopt: text('format', 'How dates are printed: rfc_822 or iso_8601', PRINT),
  verify: bool('Say on stderr whether the signature is that of a trusted certificate; implied by -CAfile and its like'),
  gendelta: text('file', 'A newer CRL: make the delta CRL that leads to it; needs -key', DELTA),
  key: text('file', "The CRL issuer's key", DELTA),
  keyform: text('form', 'Form of the key (found out by looking)', DELTA),
  ...TRUST_FLAGS,
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: 'Show, check and convert certificate revocation lists',
  description:
    'Reads a CRL and prints what was asked for, or writes it in another form. -CAfile, -CApath, -CAstore and -verify check its signature; as in ' +
    'OpenSSL the exit code is 0 whether it fits or not. A digest such as -sha256 is for -fingerprint, and for the signature that -gendelta makes.',
  examples: [
    { say: 'What does this CRL say?', line: 'crl -in list.crl -text -noout' },
    { say: 'Number, dates and issuer', line: 'crl -in list.crl -noout -crlnumber -lastupdate -nextupdate -issuer' },
    { say: 'Is it signed by this CA?', line: 'crl -in list.crl -noout -CAfile ca.pem' },
    { say: 'From DER to PEM', line: 'crl -in list.der -inform DER -out list.pem' },
    {
      say: 'Make a delta CRL of an old and a new one',
      line: 'crl -in old.crl -gendelta new.crl -key ca-key.pem -sha256 -out delta.crl',
    },
  ],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { flags, json } = context;
    const style = { nameopt: nameOptions(flags.nameopt), dateopt: dateFormat(flags.dateopt) };
    const digest = digestOf(context.digest);
    const form = pemOrDer('inform', flags.inform);
    const der = pemOrDer('outform', flags.outform) === 'der';
    checkKeyForm('keyform', flags.keyform);
    const inputs = new Inputs(context, undefined);
    let crl = recodeCrl(inputs.crl(flags.in, form));
    const verified = wantsCheck(flags) ? signatureFits(crl, context.inputName(flags.in), flags) : undefined;
    if (verified !== undefined) context.note(`verify ${verified ? 'OK' : 'failure'}\n`);
    if (flags.gendelta !== undefined) {
      if (flags.key === undefined) return fail('ERR_USAGE', 'Missing CRL signing key: -gendelta needs -key');
      const newer = inputs.crl(flags.gendelta, form);
      crl = deltaCrl(crl, newer, await inputs.privateKey(flags.key), digest.name);
    }
    if (flags.badsig) crl = corruptCrlSignature(crl);
    if (json) context.printJson(crlJson(crl, verified));
    else context.print(printedRows(crl, context.order, { ...style, digest }));
    if (json && !toFile(flags.out)) return 0;
    context.write(flags.out, flags.text ? crlText(crl, style) : '');
    if (!flags.noout) context.write(flags.out, der ? crl.der : crlPem(crl));
    return 0;
  },
});

export default command;
