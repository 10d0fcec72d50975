import { Output, PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { pemOrDer } from '../cli/flags/form.ts';
import { certificatesText, pkcs7Json } from '../cli/cms/certificates.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { PKCS7 } from '../lib/cms/pkcs7-items.ts';
import { readCms } from '../lib/cms/read.ts';
import { enclosedIn } from '../lib/cms/signed.ts';
import { encodePem } from '../lib/der/index.ts';
import { readTemplate } from '../lib/der/template.ts';
import { itemText } from '../lib/text/item.ts';

const command: CommandSpec = defineCommand({
  summary: 'Show and convert PKCS#7 files (.p7b, .p7c, .p7s)',
  description:
    'Reads PKCS#7 and CMS objects. -print_certs takes the certificates and CRLs out, -print shows all fields.',
  examples: [
    { say: 'The certificates of a .p7b file', line: 'pkcs7 -in chain.p7b -print_certs -out chain.pem' },
    { say: 'All fields', line: 'pkcs7 -in chain.p7b -print -noout' },
  ],
  flags: {
    in: text('file', 'Read this file (default: standard input)'),
    inform: text('PEM|DER', 'Form of the input (found out by looking)'),
    out: text('file', 'Write to this file (default: standard output)'),
    outform: text('PEM|DER', 'Form of the output (default: PEM)'),
    print_certs: bool('Print certificates and CRLs'),
    text: bool('With -print_certs: as text too'),
    quiet: bool('With -print_certs: nothing but PEM'),
    print: bool('Print all fields'),
    noout: bool('Do not write the object, or the PEM of certificates'),
    ...PROVIDER_FLAGS,
  },
  run(context) {
    const { flags } = context;
    const file = readCms(context.read(flags.in), context.inputName(flags.in), pemOrDer('inform', flags.inform));
    const form = pemOrDer('outform', flags.outform);
    if (context.json) {
      context.printJson(pkcs7Json(file.info));
      return;
    }
    const output = new Output();
    if (flags.print) output.add(itemText(PKCS7, readTemplate(PKCS7.type, file.info.der, 'PKCS7').value));
    if (flags.print_certs) output.add(certificatesText(enclosedIn(file.info), flags));
    else if (!flags.noout) output.add(form === 'der' ? file.der : encodePem('PKCS7', file.der));
    output.writeTo(context, flags.out);
  },
});

export default command;
