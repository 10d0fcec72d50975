import { baseName, checkNew, deliver, filesOf, placesFor, type Delivery } from '../../cli/ca-folder/files.ts';
import { authorityFlag, caFlags, caPassinFlag, withCa } from '../../cli/ca-folder/folder.ts';
import { deliveryJson, issuedText } from '../../cli/ca-folder/issue-text.ts';
import { contentFlags, orderFrom } from '../../cli/ca-folder/issue.ts';
import { Inputs, pemOrDer } from '../../cli/flags/certificates.ts';
import { bool, defineCommand, list, text, type CommandSpec } from '../../cli/spec.ts';
import { parseNames } from '../../lib/ca/index.ts';
import { fail, within } from '../../lib/errors.ts';

const flags = {
  ...contentFlags,
  copy: text(
    'names',
    'Extensions to take from the request, between commas: subjectAltName (default), keyUsage, …, all, none. What makes a CA is never taken',
  ),
  name: list('name', 'Put this name into the certificate in place of the names in the request'),
  inform: text('PEM|DER', 'Form of the request (default: looks for itself)'),
  out: text('file', "Where the certificate goes (default: the request's name with .pem; - is standard output)"),
  force: bool('Write over a file that is there'),
  ...caFlags,
  passin: caPassinFlag,
  authority: authorityFlag,
};

const command: CommandSpec = defineCommand({
  summary: 'Sign a certificate request',
  description:
    'The request has to be signed by its own key. Its subject and its alternative names go into the certificate; what it may be used for is what ' +
    '-template says, unless -copy takes that from the request, too.',
  examples: [
    { say: "A server's request", line: 'ca sign server.csr' },
    { say: 'With names of your own', line: 'ca sign server.csr -name www.example.org -name 10.0.0.1 -out www.pem' },
    { say: 'An intermediate CA of somebody else', line: 'ca sign sub.csr -template ca -days 1825' },
  ],
  args: [{ name: 'request', description: 'The request, PEM or DER; - or nothing reads standard input' }],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { flags, args, digest } = context;
    const [path] = args;
    const order = orderFrom(flags, digest);
    const request = new Inputs(context, undefined).request(path, pemOrDer('inform', flags.inform));
    const source = context.inputName(path);
    const piped = path === undefined || path === '-';
    const base = piped ? baseName([], undefined) : path.replace(/\.(csr|req|pem|der|p10)$/i, '');
    const out = flags.out ?? (piped ? '-' : `${base}.pem`);
    if (out === path) fail('ERR_USAGE', `the certificate would be written over the request; name a file with -out`);
    const places = placesFor(base, { out }, false);
    checkNew(places, flags.force);
    for (const file of filesOf(places)) context.sink.check(file);
    await withCa(context, flags, async (ca) => {
      const authority = await ca.withKey();
      const names = parseNames(flags.name);
      const options = { ...order, copy: copied(flags.copy), ...(names.length > 0 ? { names } : {}) };
      const sign = (): ReturnType<typeof authority.sign> => within(source, () => authority.sign(request, options));
      const issued = await sign();
      const delivery: Delivery = { issued, chain: ca.chain, key: undefined, places, passphrase: undefined };
      deliver(context, delivery);
      if (context.json) context.printJson(deliveryJson(delivery));
      else if (out !== '-') context.print(issuedText(ca, delivery, 'Signed'));
    });
  },
});
export default command;

function copied(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  return names.includes('none') ? [] : names;
}
