import { askNewCa, initText } from '../../cli/ca-folder/init-dialogue.ts';
import { adoptedCas, checkFree, newCas, readCaKey, writeCa, type PlannedCa } from '../../cli/ca-folder/init.ts';
import { caFlags, certificateFile, folderOf, keyFile } from '../../cli/ca-folder/folder.ts';
import { keyTypeFlag } from '../../cli/ca-folder/key-type.ts';
import { isPostgresUrl, withoutPassword } from '../../cli/ca-folder/postgres.ts';
import { instant } from '../../cli/ca-folder/render.ts';
import type { Context } from '../../cli/context.ts';
import { Inputs } from '../../cli/flags/certificates.ts';
import { MIN_PASSPHRASE, passinFlag, passoutFlag, passphrases } from '../../cli/flags/encryption.ts';
import { bool, defineCommand, int, list, text, type CommandSpec } from '../../cli/spec.ts';
import type { IssuerUrls } from '../../lib/ca/index.ts';
import { fail, within } from '../../lib/errors.ts';
import type { Secret } from '../../lib/secret.ts';
import { nameText } from '../../lib/text/name.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { serialHex } from '../../lib/x509/serial.ts';

const LIMITS = { group: 'What it may issue' };
const URLS = { group: 'What its certificates say' };
const ADOPT = { group: 'Taking over a CA' };

const flags = {
  name: text('name', 'Its name: a commonName, or a subject such as "O=Example, CN=Example root"'),
  intermediate: bool('Also make an intermediate CA, which then issues; the root key can be kept elsewhere'),
  'key-type': keyTypeFlag('Type of the keys'),
  days: int('number', 'Days that the root is good for (default 3650); an intermediate: half of them'),
  passout: passoutFlag(),
  yes: bool('Take the defaults; ask nothing on a terminal'),
  ...caFlags,
  pathlen: int('number', 'How many CAs may follow below the root', LIMITS),
  permit: list('name', 'Name constraint: only below example.org, 10.0.0.0/8, @example.org', LIMITS),
  exclude: list('name', 'Name constraint: nothing of this', LIMITS),
  'leaf-days': int('number', 'Days that its certificates are good for (default 365)', URLS),
  'crl-url': text('url', 'Where its CRL will be', URLS),
  'delta-url': text('url', 'Where its delta CRLs will be', URLS),
  'ocsp-url': text('url', 'Where its OCSP responder will be', URLS),
  'issuer-url': text('url', 'Where its own certificate will be', URLS),
  cert: text('file', 'Take over the CA with this certificate', ADOPT),
  key: text('file', 'Its key', ADOPT),
  chain: text('file', 'The certificates above it', ADOPT),
  passin: passinFlag(),
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Make a CA in a folder, with a database of what it issues',
  description:
    'A root, or a root with an intermediate, in ./tlskit-ca: keys (mode 0600, encrypted where a passphrase is given), certificates, and a database in a file or in PostgreSQL. On a terminal it ' +
    'asks for what no flag says. With -cert and -key it takes over a CA that is there already.',
  examples: [
    { say: 'A CA for this machine, then a certificate for a server', line: 'ca init && tlskit ca issue localhost' },
    {
      say: 'Root and intermediate, for one domain, with a passphrase',
      line: 'ca init -name "Example CA" -intermediate -permit example.org -passout env:CA_PASSPHRASE',
    },
    { say: 'Records that several machines share', line: 'ca init -db postgres://ca@db.example.org/ca' },
  ],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { flags } = context;
    const folder = folderOf(flags);
    checkFree(folder);
    checkUrlsAndDays(flags);
    const pass = passphrases(context, flags);
    if (pass.out && pass.out.length < MIN_PASSPHRASE)
      fail('ERR_PASSPHRASE', `the passphrase is shorter than ${MIN_PASSPHRASE} characters`);
    const urls = urlsOf(flags);
    let passphrase = pass.out;
    let cas: PlannedCa[];
    if (flags.cert === undefined) {
      const asked = await askNewCa(context, { ...flags, digest: context.digest, urls });
      passphrase ??= asked.passphrase;
      cas = await newCas(asked);
    } else {
      const old = await adopted(context, pass.in);
      passphrase ??= old.passphrase;
      ({ cas } = old);
    }
    await writeCa(context, {
      folder,
      database: flags.db,
      passphrase,
      cas,
      settings: { urls, days: flags['leaf-days'] },
    });
    if (context.json) printReport(context, folder, cas);
    else context.print(initText(folder, cas, { encrypted: passphrase !== undefined, database: flags.db }));
  },
});
export default command;

function urlsOf(flags: Run['flags']): IssuerUrls | undefined {
  const { 'crl-url': crl, 'delta-url': delta, 'ocsp-url': ocsp, 'issuer-url': issuer } = flags;
  return [crl, delta, ocsp, issuer].some((url) => url !== undefined) ? { crl, delta, ocsp, issuer } : undefined;
}

function checkUrlsAndDays(flags: Run['flags']): void {
  for (const name of ['crl-url', 'delta-url', 'ocsp-url', 'issuer-url'] as const) {
    const url = flags[name];
    if (url !== undefined && !/^(https?|ldap):\/\/[\u0021-\u007e]+$/i.test(url))
      fail('ERR_USAGE', `option -${name} takes a URL such as http://ca.example.org/ca.crl, not "${url}"`);
  }
  for (const name of ['days', 'leaf-days', 'pathlen'] as const) {
    const value = flags[name];
    if (value !== undefined && value < (name === 'pathlen' ? 0 : 1))
      fail('ERR_USAGE', `-${name} ${value} is too small`);
  }
  if ((flags.cert === undefined) !== (flags.key === undefined)) fail('ERR_USAGE', '-cert and -key go together');
}

async function adopted(
  context: Run,
  secret: Secret | undefined,
): Promise<{ readonly cas: PlannedCa[]; readonly passphrase: Secret | undefined }> {
  const { cert, key: keyPath, chain } = context.flags;
  const inputs = new Inputs(context, secret);
  const [certificate, ...more] = (await inputs.certificates(cert)) as [Certificate, ...Certificate[]];
  const above = chain === undefined ? [] : await inputs.certificates(chain);
  const { key, passphrase } = await readCaKey(context, keyPath as string, secret);
  const cas = within(cert as string, () => adoptedCas(certificate, key, [...more, ...above]));
  return { cas, passphrase };
}

function printReport(context: Run, folder: string, cas: readonly PlannedCa[]): void {
  const { db } = context.flags;
  context.printJson({
    folder,
    database: db === undefined ? 'ca.db' : isPostgresUrl(db) ? withoutPassword(db) : db,
    authorities: cas.map(({ name, certificate, key }) => ({
      name,
      subject: nameText(certificate.subject),
      serial: serialHex(certificate.serial),
      notAfter: instant(certificate.notAfter.ms ?? 0),
      certificate: certificateFile(folder, name),
      key: key ? keyFile(folder, name) : null,
    })),
  });
}
