import { existsSync } from 'node:fs';
import { authorityFlag, caFlags, caPassinFlag, withCa, type OpenCa } from '../../cli/ca-folder/folder.ts';
import { contentFlags, issueAll, orderFrom, wantedList, wantedOne, type Wanted } from '../../cli/ca-folder/issue.ts';
import type { Delivery } from '../../cli/ca-folder/files.ts';
import { batchText, deliveryJson, issuedText } from '../../cli/ca-folder/issue-text.ts';
import { keyTypeFlag, readKeyType } from '../../cli/ca-folder/key-type.ts';
import type { Context } from '../../cli/context.ts';
import { Inputs } from '../../cli/flags/certificates.ts';
import { makeFolder } from '../../cli/folders.ts';
import { withLiveLine } from '../../cli/progress.ts';
import { bool, defineCommand, text, type CommandSpec } from '../../cli/spec.ts';
import { parseNames } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';

const FILES = { group: 'Files' };

const flags = {
  ...contentFlags,
  template: text(
    'name',
    'What it is for: server, client, both, email, code, ocsp, ca (default: server; of mailboxes alone email)',
  ),
  'key-type': keyTypeFlag('Type of the new key'),
  key: text('file', 'Use this key instead of a new one'),
  batch: text('file', 'A list of certificates: a line each, its names between spaces; - reads standard input'),
  out: text('file', 'Where the certificate goes (default: a name made of its names, such as localhost+1.pem)', FILES),
  keyout: text(
    'file',
    'Where the key goes (default: the same with -key.pem); the name of -out puts both in one',
    FILES,
  ),
  outdir: text('folder', 'Folder for the files (default: this one)', FILES),
  pkcs12: bool('Also write a PKCS#12 file (.p12) with key, certificate and chain', FILES),
  passout: text('source', 'Encrypt the new key with this passphrase: pass:text, env:name, file:path, …', FILES),
  force: bool('Write over files that are there', FILES),
  ...caFlags,
  passin: caPassinFlag,
  authority: authorityFlag,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Issue a certificate for names, with a new key',
  description:
    'Names are hosts (also *.example.org), IP addresses, mailboxes and URIs, in any mix. The certificate and what it stands for is recorded in the ' +
    "CA's database before its files appear. Many at once, by -batch, take a millisecond or two each.",
  examples: [
    { say: 'For a server on this machine', line: 'ca issue localhost 127.0.0.1 ::1' },
    { say: 'For a client', line: 'ca issue -template client -subj "O=Example, CN=Jo Doe" jo@example.org' },
    { say: 'For each line of a list', line: 'ca issue -batch hosts.txt -outdir certs' },
  ],
  args: [{ name: 'name', description: 'A host, an IP address, a mailbox or a URI', many: true }],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { flags } = context;
    const order = orderFrom(flags, context.digest);
    const keyParams = readKeyType(flags['key-type']);
    await withCa(context, flags, async (ca) => {
      const wanted = await whatIsWanted(context, order.template.named);
      const passphrase = flags.passout === undefined ? undefined : context.passphrase(flags.passout);
      const key = flags.key === undefined ? undefined : await new Inputs(context, undefined).privateKey(flags.key);
      const authority = await ca.withKey();
      if (flags.outdir !== undefined && !existsSync(flags.outdir)) makeFolder(flags.outdir);
      await run(context, ca, wanted, (each) =>
        issueAll(
          context,
          { ca, authority, order, byNames: flags.template === undefined, keyParams, key, passphrase },
          wanted,
          each,
        ),
      );
    });
  },
});
export default command;

async function whatIsWanted(context: Run, needsName: boolean): Promise<Wanted[]> {
  const { flags, args } = context;
  const { batch, out, keyout, key, subj } = flags;
  if (batch !== undefined) {
    if (args.length > 0 || [out, keyout, key, subj].some((value) => value !== undefined))
      fail(
        'ERR_USAGE',
        'with -batch the list has the names, and files are named after them: no names, -out, -keyout, -key, -subj',
      );
    const wanted = wantedList(context.read(batch).toString('utf8'), context.inputName(batch), flags);
    return wanted.length > 0 ? wanted : fail('ERR_USAGE', `${context.inputName(batch)}: there are no names in it`);
  }
  let names = parseNames(args);
  if (names.length === 0 && context.prompter.interactive && (needsName || subj === undefined)) {
    const answer = await context.prompter.ask({
      message: 'Names: hosts, IP addresses, mailboxes',
      initial: 'localhost',
    });
    names = parseNames((answer ?? '').split(/[\s,]+/).filter((word) => word !== ''));
  }
  if (names.length === 0 && needsName)
    fail('ERR_USAGE', 'name what the certificate is for: tlskit ca issue localhost 127.0.0.1');
  if (names.length === 0 && subj === undefined)
    fail('ERR_USAGE', 'name whom the certificate is for: a name, or a subject with -subj "CN=…"');
  const common = /CN\s*=\s*([^,/+]+)/i.exec(subj ?? '')?.[1]?.trim();
  return [wantedOne(names, common ?? subj, flags, key === undefined)];
}

/** Issues and tells. One certificate is told of at length, many by their number. */
async function run(
  context: Run,
  ca: OpenCa,
  wanted: readonly Wanted[],
  issue: (each: (done: readonly Delivery[]) => void) => Promise<void>,
): Promise<void> {
  const documents: unknown[] = [];
  let count = 0;
  let first: Delivery | undefined;
  const began = Date.now();
  const work = (show: (text: () => string) => void): Promise<void> =>
    issue((done) => {
      count += done.length;
      first ??= done[0];
      show(() => `Issuing: ${count} of ${wanted.length}`);
      if (context.json) documents.push(...done.map(deliveryJson));
    });
  if (wanted.length > 1 && process.stderr.isTTY === true)
    await withLiveLine('Issuing', (line) => work((text) => line.show(text)));
  else await work(() => undefined);
  const { batch, out } = context.flags;
  if (context.json) context.printJson(batch === undefined ? documents[0] : { certificates: documents });
  else if (out !== '-' && first)
    context.print(batch === undefined ? issuedText(ca, first) : batchText(ca, count, Date.now() - began));
}
