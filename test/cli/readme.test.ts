import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../src/cli/spec.ts';
import { Program, TLSKIT } from '../support/tls-programs.ts';
import { run } from '../support/peers.ts';
import { scratch } from '../support/tlskit.ts';

/** What a person would type: the lines of a subject and its attributes, or a password twice. */
const SUBJECT = 'DE\nBerlin\nBerlin\nExample\nTest\nwww.example.org\nwww@example.org\n\n\n';
const PASSWORD = 'secret\nsecret\n';

/** Answers for lines that ask, by the words they begin with. */
const ANSWERS: readonly (readonly [line: RegExp, input: string])[] = [
  [/^req -new -sha256 -key/, SUBJECT],
  [/^req -newkey ec -pkeyopt/, PASSWORD + SUBJECT],
  [/^pkcs12 (-export|export)/, PASSWORD],
  [/^pkcs12 -in/, 'secret\n'],
  [/^passwd/, PASSWORD],
  [/^enc /, PASSWORD],
];

// a safe prime of 2048 bits is a matter of luck
const PATIENCE = 600_000;

const inputFor = (line: string): string => ANSWERS.find(([pattern]) => pattern.test(line))?.[1] ?? '';

/** A folder whose `tlskit` is ours, for a shell's PATH. */
const shims = mkdtempSync(join(tmpdir(), 'tlskit-shim-'));
writeFileSync(join(shims, 'tlskit'), `#!/bin/sh\nexec "${process.execPath}" "${resolve('bin/run.js')}" "$@"\n`, {
  mode: 0o755,
});
afterAll(() => rmSync(shims, { recursive: true, force: true }));

/** Runs a line as a person would, in a shell: some have quotes, some go on with &&. */
function runs(line: string, cwd: string): void {
  const { status, stderr } = run('sh', ['-c', `tlskit ${line}`], {
    cwd,
    input: inputFor(line),
    env: {
      PATH: `${shims}${delimiter}${process.env['PATH']}`,
      PFX_PASSWORD: 'secret',
      CA_PASSPHRASE: 'secret',
      OPENSSL_CONF: '',
    },
    timeout: PATIENCE,
  });
  // findings are exit code 1
  const good = status === 0 || (status === 1 && /^lint (?!-list)/.test(line));
  expect(`${line}: ${good ? 0 : status}\n${good ? '' : stderr}`).toBe(`${line}: 0\n`);
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tlskit-readme-'));
  afterAll(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Lines that need what is not here, with what runs them instead. */
const ELSEWHERE: readonly (readonly [line: RegExp, why: string])[] = [
  [/example\.org(\/|$)|postgres:/, 'a host of the network'],
  [
    /^(ca ocsp-serve|fixtures watch|ocsp)( |$)/,
    'goes on until it is ended, or asks one that does; test/cli/ca-folder, test/cli/fixtures, test/cli/ocsp',
  ],
  [/4F2A91/, 'a serial number of one CA; test/cli/ca-folder'],
  [/^cms /, 'mail of others; test/cli/cms'],
  [/^sess_id /, 'a session of a connection; test/golden/sessions'],
  [/^test-client|^fixtures check -verify/, 'other programs; test/cli/fixtures'],
  [/^ca export .*openssl/, 'openssl; test/cli/ca-folder'],
  [/gendelta/, 'two CRLs of one CA; test/cli/crl'],
];

/** The section of a CA as openssl.cnf has it, for the folder demoCA. */
const CA_CONFIG = `[ca]
default_ca = demo
[demo]
dir = ./demoCA
database = $dir/index.txt
new_certs_dir = $dir/newcerts
serial = $dir/serial
crlnumber = $dir/crlnumber
certificate = $dir/cacert.pem
private_key = $dir/private/cakey.pem
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[v3_intermediate]
basicConstraints = critical,CA:TRUE,pathlen:0
`;
/** That folder, of a CA whose certificate is ca.pem and key ca-key.pem. */
const DEMO_CA =
  'version && mkdir -p demoCA/newcerts demoCA/private && : > demoCA/index.txt && echo 1000 > demoCA/serial && echo 01 > demoCA/crlnumber && cp ca.pem demoCA/cacert.pem && cp ca-key.pem demoCA/private/cakey.pem';
const CA_FILES =
  'req -x509 -newkey ec -nodes -keyout ca-key.pem -subj /CN=CA -addext keyUsage=critical,keyCertSign,cRLSign -out ca.pem';

/** What README's lines find: what they name and do not make. */
const README_FILES = [
  CA_FILES,
  DEMO_CA,
  'req -new -newkey ec -nodes -keyout server.key -subj /CN=www.example.org -out server.csr',
  'version && cp ca.pem root.pem && : > chain.pem',
  'x509 -req -in server.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 30 -out server.pem',
  'version && cat ca.pem >> chain.pem',
];

/** What the examples of a command find besides, by its name. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  ca: [
    CA_FILES,
    DEMO_CA,
    ...['a', 'b', 'sub'].map(
      (name) => `req -new -newkey ec -nodes -keyout ${name}.key -subj /CN=${name} -out ${name}.csr`,
    ),
  ],
  crl: [
    CA_FILES,
    'version && cp ca.cnf openssl.cnf',
    DEMO_CA,
    'ca -config ca.cnf -gencrl -out list.crl',
    'crl -in list.crl -outform DER -out list.der',
  ],
  crl2pkcs7: [CA_FILES, DEMO_CA, 'version && cp cert.pem server.pem', 'ca -config ca.cnf -gencrl -out ca.crl'],
  pkcs7: ['crl2pkcs7 -nocrl -certfile cert.pem -certfile ca.pem -out chain.p7b'],
  inspect: [
    'version && cp server.crt server.pem && cp sub.crt chain.pem && cat root.crt >> chain.pem',
    'pkcs12 -export -in server.crt -inkey server.key -passout pass:secret -out bundle.p12',
  ],
  storeutl: ['version && cat cert.pem ca.pem > bundle.pem'],
  verify: [
    CA_FILES,
    DEMO_CA,
    'version && cp ca.pem root.pem && : > intermediate.pem',
    'x509 -req -in csr.pem -CA ca.pem -CAkey ca-key.pem -set_serial 9 -days 30 -extfile server.cnf -out cert.pem',
    'version && cp ca.pem intermediate.pem',
    'ca -config ca.cnf -gencrl -out root.crl',
  ],
  rehash: ['version && mkdir certs && cp ca.pem cert.pem certs'],
  'ca/crl': ['ca init -yes', 'ca crl -out first.crl'],
  'ca/import': [CA_FILES, DEMO_CA, 'version && cp ca.pem ca.crt && cp ca-key.pem ca.key'],
  'ca/issue': ['ca init -yes', "version && printf 'a.example.org\\nb.example.org\\n' > hosts.txt"],
  'ca/list': ['ca init -yes', 'ca issue www.example.org'],
  'ca/renew': [
    'ca init -yes',
    'ca issue www.example.org -out www.pem',
    'version && mkdir certs',
    'ca issue a.example.org -days 10 -out certs/a.pem',
  ],
  'ca/revoke': ['ca init -yes', 'ca issue www.example.org -out www.pem'],
  'ca/show': ['ca init -yes', 'ca issue www.example.org'],
  'ca/sign': [
    'ca init -yes',
    'req -new -newkey ec -nodes -keyout s.key -subj /CN=www.example.org -addext subjectAltName=DNS:www.example.org -out server.csr',
    'req -new -newkey ec -nodes -keyout sub.key -subj /CN=sub -out sub.csr',
  ],
  'fixtures/check': ['fixtures init -yes'],
  'fixtures/clean': ['fixtures init -yes', 'fixtures generate'],
  'fixtures/explain': ['fixtures init -yes', 'fixtures generate'],
  'fixtures/generate': ['fixtures init -yes', 'version && mkdir test && cp tlskit.yml test/pki.yml'],
  'fixtures/list': ['fixtures init -yes', 'fixtures generate'],
  fixtures: ['fixtures init -yes', 'version && mkdir test && cp tlskit.yml test/pki.yml'],
};
/** Lines that would find the work of the one before. */
const ALONE: ReadonlySet<string> = new Set(['ca/init', 'ca/import', 'fixtures/init']);

describe("README's lines, in order", () => {
  const cwd = folder();
  const section = /## The day's work\n([^]*?)\n## /.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const lines = [...section.matchAll(/^ {4}(?:\$ )?tlskit (.*?)(?: +#.*)?$/gm)].map((match) => match[1] as string);

  it('are found', () => expect(lines.length).toBeGreaterThan(8));
  beforeAll(() => {
    writeFileSync(join(cwd, 'openssl.cnf'), CA_CONFIG);
    for (const line of README_FILES) runs(line, cwd);
  });
  it.each(lines.filter((line) => !ELSEWHERE.some(([pattern]) => pattern.test(line))))('%s', (line) => runs(line, cwd));
});

const files = readdirSync('src/commands', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort();
const commands: (readonly [name: string, lines: readonly string[]])[] = [];
for (const name of files) {
  const { default: spec } = (await import(pathToFileURL(join('src/commands', name)).href)) as { default: CommandSpec };
  commands.push([name.slice(0, -'.ts'.length), spec.examples.map(({ line }) => line)]);
}

/** Makes the files that examples read. */
const PREPARATION = [
  'genrsa -out key.pem 2048',
  'pkey -in key.pem -pubout -out key.pub',
  'pkey -in key.pem -aes256 -passout pass:secret -out locked.pem',
  'pkey -in key.pem -aes256 -passout pass:secret -out locked-key.pem',
  'ecparam -genkey -name prime256v1 -noout -out ec-key.pem',
  'dsaparam -out dsaparams.pem 1024',
  'gendsa -out dsa-key.pem dsaparams.pem',
  'ecparam -name prime256v1 -out params.pem',
  'dhparam -group ffdhe2048 -out dh2048.pem',
  'req -new -key key.pem -subj /CN=www.example.org -out csr.pem',
  'req -x509 -key key.pem -subj /CN=www.example.org -days 365 -out cert.pem',
  'req -x509 -newkey ec -nodes -keyout ca-key.pem -subj /CN=CA -out ca.pem',
  'req -x509 -newkey ec -nodes -keyout root.key -subj /CN=Root -out root.crt',
  'req -x509 -newkey ec -nodes -keyout sub.key -subj /CN=Sub -CA root.crt -CAkey root.key -out sub.crt',
  'req -x509 -newkey ec -nodes -keyout server.key -subj /CN=server -CA sub.crt -CAkey sub.key -out server.crt',
  'x509 -in root.crt -out ca.crt',
  'pkcs12 -export -in server.crt -inkey server.key -passout pass:secret -out server.p12',
  'ticketkey generate -size 80 -out ticket.key',
  'ticketkey generate -size 80 -format base64 -count 3 -out ticket.keys',
  'enc -aes-256-cbc -pbkdf2 -pass pass:secret -in file -out file.enc',
  'base64 -in file -out file.b64',
];

describe("the helps' examples", () => {
  const prepared = folder();
  // examples name places of real systems; here they are files of the scratch folder
  const local = (line: string): string => line.replace(/(\/etc\/\w+|\/tmp|\/var\/www)\//g, '');

  beforeAll(() => {
    writeFileSync(join(prepared, 'file'), 'content\n');
    writeFileSync(join(prepared, 'ext.cnf'), 'subjectAltName = DNS:www.example.org\n');
    writeFileSync(
      join(prepared, 'server.cnf'),
      'extendedKeyUsage = serverAuth\nsubjectAltName = DNS:www.example.org\n',
    );
    writeFileSync(join(prepared, 'ca.cnf'), CA_CONFIG);
    for (const line of PREPARATION) runs(line, prepared);
  });

  // these go on until they are ended; they are run below
  const ending = commands.filter(([name]) => name !== 's_client' && name !== 's_server');
  it.each(ending)(
    '%s',
    (name, lines) => {
      const here = lines.filter((line) => !ELSEWHERE.some(([pattern]) => pattern.test(line)));
      for (const some of ALONE.has(name) ? here.map((line) => [line]) : [here]) {
        const cwd = scratch();
        cpSync(prepared, cwd, { recursive: true });
        for (const line of MORE[name] ?? []) runs(line, cwd);
        for (const line of some) runs(local(line), cwd);
      }
    },
    PATIENCE,
  );
});

describe('the examples of s_server and s_client, with each other', () => {
  const prepared = folder();
  const linesOf = (name: string): readonly string[] => commands.find(([one]) => one === name)?.[1] ?? [];
  // fixtures have a trust anchor of their own; test/cli/fixtures has their clients
  const servers = linesOf('s_server').filter((line) => !line.includes('-fixtures'));

  beforeAll(() => {
    for (const line of [
      'req -x509 -newkey ec -nodes -keyout ca.key -subj /CN=CA -out ca.crt',
      'req -x509 -newkey ec -nodes -keyout server.key -subj /CN=localhost -CA ca.crt -CAkey ca.key -out server.crt',
      'req -x509 -newkey ec -nodes -keyout client.key -subj /CN=client -CA ca.crt -CAkey ca.key -out client.crt',
    ])
      runs(line, prepared);
  });

  it('are found', () => expect(servers.length * linesOf('s_client').length).toBeGreaterThan(0));
  it.each(servers)('%s', async (line) => {
    const words = line.replace(/-accept \S+/, '-accept 127.0.0.1:0').split(/\s+/);
    const server = new Program(TLSKIT, words, prepared);
    await server.sees(/^ACCEPT .*:\d+$/m);
    const port = /^ACCEPT .*:(\d+)$/m.exec(server.text)?.[1];
    // a server that insists on certificates is for those clients that have one
    const clients = linesOf('s_client').filter((one) => !line.includes('-Verify') || one.includes('-cert'));
    for (const client of clients) runs(client.replace(/-connect \S+/, `-connect 127.0.0.1:${port}`), prepared);
  });
});
