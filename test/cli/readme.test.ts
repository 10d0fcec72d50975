import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../src/cli/spec.ts';
import { Program, TLSKIT } from '../support/tls-programs.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

/** What a person would type: the lines of a subject and its attributes, or a password twice. */
const SUBJECT = 'DE\nBerlin\nBerlin\nExample\nTest\nwww.example.org\nwww@example.org\n\n\n';
const PASSWORD = 'secret\nsecret\n';

/** Answers for lines that ask, by the words they begin with. */
const ANSWERS: readonly (readonly [line: RegExp, input: string])[] = [
  [/^req -new -sha256 -key/, SUBJECT],
  [/^req -newkey ec -pkeyopt/, PASSWORD + SUBJECT],
  [/^pkcs12 (-export|export)/, PASSWORD],
  [/^pkcs12 -in/, 'secret\n'],
  [/^enc /, PASSWORD],
];

// a safe prime of 2048 bits is a matter of luck
const PATIENCE = 600_000;

const inputFor = (line: string): string => ANSWERS.find(([pattern]) => pattern.test(line))?.[1] ?? '';

function runs(line: string, cwd: string): void {
  const { status, stderr } = tlskit(line.split(/\s+/), {
    cwd,
    input: inputFor(line),
    env: { PFX_PASSWORD: 'secret', OPENSSL_CONF: '' },
    timeout: PATIENCE,
  });
  expect(`${line}: ${status}\n${status === 0 ? '' : stderr}`).toBe(`${line}: 0\n`);
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tlskit-readme-'));
  afterAll(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe("README's lines, in order", () => {
  const cwd = folder();
  const section = /## The day's work\n([^]*?)\n## /.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const lines = [...section.matchAll(/^ {4}(?:\$ )?tlskit (.*?)(?: +#.*)?$/gm)].map((match) => match[1] as string);

  it('are found', () => expect(lines.length).toBeGreaterThan(8));
  it.each(lines)('%s', (line) => runs(line, cwd));
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
  const local = (line: string): string => line.replace(/(\/etc\/\w+|\/tmp)\//g, '');

  beforeAll(() => {
    writeFileSync(join(prepared, 'file'), 'content\n');
    writeFileSync(join(prepared, 'ext.cnf'), 'subjectAltName = DNS:www.example.org\n');
    for (const line of PREPARATION) runs(line, prepared);
  });

  // these go on until they are ended; they are run below
  const ending = commands.filter(([name]) => name !== 's_client' && name !== 's_server');
  it.each(ending)(
    '%s',
    (_, lines) => {
      const cwd = scratch();
      cpSync(prepared, cwd, { recursive: true });
      for (const line of lines) runs(local(line), cwd);
    },
    PATIENCE,
  );
});

describe('the examples of s_server and s_client, with each other', () => {
  const prepared = folder();
  const linesOf = (name: string): readonly string[] => commands.find(([one]) => one === name)?.[1] ?? [];
  const servers = linesOf('s_server');

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
