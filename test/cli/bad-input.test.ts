import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tlskit } from '../support/tlskit.ts';

/**
 * Broken input over all commands: one clear line, a non-zero exit code, no stack, nothing written or lost, in bounded time and memory.
 */
const folder = mkdtempSync(join(tmpdir(), 'tlskit-bad-'));
const MAX_RSS_FILE = join(folder, 'max-rss');
const env = { MAX_RSS_FILE, NODE_OPTIONS: `--require ${resolve('test/support/max-rss.cjs')}` };

const good = (args: string[]): void => {
  const { status, stderr } = tlskit(args, { cwd: folder });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
};

/** How each kind of good file is made, and the command lines that read it (FILE is the broken one; OUT must stay as it was). */
const KINDS: Record<string, { make: string[][]; use: string[][] }> = {
  'rsa.pem': {
    make: [['genrsa', '-out', 'rsa.pem', '2048']],
    use: [
      ['rsa', '-in', 'FILE', '-out', 'OUT'],
      ['pkey', '-in', 'FILE', '-text'],
      ['req', '-new', '-key', 'FILE', '-subj', '/CN=a', '-out', 'OUT'],
      ['x509', '-req', '-in', 'ok.csr', '-signkey', 'FILE', '-out', 'OUT'],
      ['pkcs8', '-topk8', '-nocrypt', '-in', 'FILE', '-out', 'OUT'],
      ['pkcs12', '-export', '-in', 'ok.crt', '-inkey', 'FILE', '-passout', 'pass:x', '-out', 'OUT'],
    ],
  },
  'ec.der': {
    make: [
      ['genkey', '-type', 'ec', '-out', 'ec.pem'],
      ['ec', '-in', 'ec.pem', '-outform', 'DER', '-out', 'ec.der'],
    ],
    use: [
      ['ec', '-in', 'FILE', '-inform', 'DER', '-out', 'OUT'],
      ['pkey', '-in', 'FILE', '-inform', 'DER', '-pubout', '-out', 'OUT'],
    ],
  },
  'enc.pem': {
    make: [['genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', 'pass:secret', '-out', 'enc.pem']],
    use: [
      ['pkey', '-in', 'FILE', '-passin', 'pass:secret', '-out', 'OUT'],
      ['pkcs8', '-in', 'FILE', '-passin', 'pass:secret', '-out', 'OUT'],
    ],
  },
  'r.csr': {
    make: [['req', '-new', '-key', 'ok.key', '-subj', '/CN=a', '-out', 'r.csr']],
    use: [
      ['req', '-in', 'FILE', '-noout', '-text'],
      ['x509', '-req', '-in', 'FILE', '-signkey', 'ok.key', '-out', 'OUT'],
    ],
  },
  'c.crt': {
    make: [['req', '-x509', '-new', '-key', 'ok.key', '-subj', '/CN=a', '-out', 'c.crt']],
    use: [
      ['x509', '-in', 'FILE', '-text', '-out', 'OUT'],
      ['x509', '-req', '-in', 'ok.csr', '-CA', 'FILE', '-CAkey', 'ok.key', '-CAcreateserial', '-out', 'OUT'],
      ['pkcs12', '-export', '-in', 'FILE', '-inkey', 'ok.key', '-passout', 'pass:x', '-out', 'OUT'],
    ],
  },
  'b.p12': {
    make: [['pkcs12', '-export', '-in', 'ok.crt', '-inkey', 'ok.key', '-passout', 'pass:secret', '-out', 'b.p12']],
    use: [
      ['pkcs12', '-in', 'FILE', '-passin', 'pass:secret', '-nodes', '-out', 'OUT'],
      ['pkcs12', '-in', 'FILE', '-passin', 'pass:secret', '-info', '-noout'],
    ],
  },
  'dh.pem': {
    make: [['dhparam', '-group', 'ffdhe2048', '-out', 'dh.pem']],
    use: [
      ['dhparam', '-in', 'FILE', '-text', '-out', 'OUT'],
      ['dhparam', '-in', 'FILE', '-check', '-noout'],
    ],
  },
  'p.pem': {
    make: [['ecparam', '-name', 'prime256v1', '-out', 'p.pem']],
    use: [['ecparam', '-in', 'FILE', '-text', '-out', 'OUT']],
  },
  't.key': {
    make: [['ticketkey', 'generate', '-out', 't.key']],
    use: [
      ['ticketkey', 'inspect', 'FILE'],
      ['ticketkey', 'rotate', 'FILE', '-keep', '2'],
    ],
  },
};

/** Ways to break a file. Undefined: this way does not fit this kind. */
const DAMAGES: Record<string, (bytes: Buffer, name: string) => Buffer | undefined> = {
  'cut in half': (bytes, name) => (name === 't.key' ? bytes.subarray(0, 23) : bytes.subarray(0, bytes.length >> 1)),
  'cut before its end': (bytes) => bytes.subarray(0, bytes.length - 40),
  'with another first octet': (bytes, name) =>
    name === 't.key' ? undefined : damageDer(bytes, (der) => (der[0] = 0x31)),
  'with another length': (bytes, name) =>
    name === 't.key' ? undefined : damageDer(bytes, (der) => (der[der.length > 129 ? 2 : 1]! ^= 0x40)),
  'with another inner tag': (bytes, name) =>
    name === 't.key' ? undefined : damageDer(bytes, (der) => (der[der[1]! < 0x80 ? 2 : (der[1]! & 0x7f) + 2]! ^= 0x1b)),
  'that is empty': () => Buffer.alloc(0),
  'of text': () => Buffer.from('this is not what you are looking for\n'),
  'of deep nesting': () => Buffer.concat([Buffer.alloc(40_000, '3080', 'hex'), Buffer.alloc(40_000)]),
  'of another type': (_, name) =>
    readFileSync(
      join(folder, name === 'c.crt' || name === 'r.csr' ? 'ok.key' : name === 't.key' ? 'ok.crt' : 'ok.csr'),
    ),
};

function damageDer(file: Buffer, change: (der: Buffer) => unknown): Buffer {
  const text = file.toString('latin1');
  const match = /(-----BEGIN [^-]+-----\n)([^-]+)(-----END [^-]+-----\n)/.exec(text);
  const der = match ? Buffer.from(match[2]!, 'base64') : Buffer.from(file);
  change(der);
  return match ? Buffer.from(`${match[1]}${der.toString('base64').replace(/.{64}/g, '$&\n')}\n${match[3]}`) : der;
}

let attempts = 0;

/** Runs a line on a file and checks all that is promised. */
function refuses(line: readonly string[], file: string, what: string): void {
  attempts += 1;
  writeFileSync(join(folder, 'OUT'), 'as it was');
  const before =
    file === 'missing' || file === 'folder' || file === 'zeros' ? '' : readFileSync(join(folder, file), 'latin1');
  const names = readdirSync(folder).sort();
  const started = Date.now();
  const { status, stdout, stderr } = tlskit(
    line.map((word) => (word === 'FILE' ? file : word)),
    { cwd: folder, env },
  );
  const say = `${what}: tlskit ${line.join(' ')}\n${stderr.slice(0, 500)}`;
  expect(status, say).toBe(1);
  expect(stderr.split('\n').length, say).toBe(2);
  expect(stderr, say).toMatch(/^tlskit [a-z0-9 ]+: [^\n]{10,400}\n$/);
  expect(stderr, say).not.toMatch(/internal error|\bat .*:\d+|error:[0-9A-F]{8}|secret/);
  expect(stdout, say).toBe('');
  expect(readFileSync(join(folder, 'OUT'), 'utf8'), say).toBe('as it was');
  if (before !== '') expect(readFileSync(join(folder, file), 'latin1') === before, say).toBe(true);
  expect(
    readdirSync(folder)
      .filter((name) => name !== 'max-rss')
      .sort(),
    say,
  ).toEqual(names.filter((name) => name !== 'max-rss'));
  expect(Date.now() - started, say).toBeLessThan(5000);
  expect(Number(readFileSync(MAX_RSS_FILE, 'utf8')), say).toBeLessThan(300 * 1024);
}

beforeAll(() => {
  good(['genkey', '-type', 'ec', '-out', 'ok.key']);
  good(['req', '-new', '-key', 'ok.key', '-subj', '/CN=ok', '-out', 'ok.csr']);
  good(['x509', '-req', '-in', 'ok.csr', '-signkey', 'ok.key', '-out', 'ok.crt']);
  for (const { make } of Object.values(KINDS)) for (const line of make) good(line);
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'zeros'), '');
  truncateSync(join(folder, 'zeros'), 100_000_000);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(KINDS))('broken input in place of %s', (name, { use }) => {
  it.each(Object.keys(DAMAGES))('a file %s', (damage) => {
    const bytes = DAMAGES[damage]!(readFileSync(join(folder, name)), name);
    if (!bytes) return;
    writeFileSync(join(folder, 'broken'), bytes);
    for (const line of use) refuses(line, 'broken', `${name} ${damage}`);
  });
  it.each(['missing', 'folder', 'zeros'])('%s', (file) => {
    for (const line of use) refuses(line, file, `${name} -> ${file}`);
  });
});

describe('broken input of other kinds', () => {
  it.each([
    ['enc.pem', ['pkey', '-in', 'FILE', '-passin', 'pass:wrong', '-out', 'OUT']],
    ['enc.pem', ['pkcs8', '-in', 'FILE', '-passin', 'pass:', '-out', 'OUT']],
    ['enc.pem', ['pkey', '-in', 'FILE', '-passin', 'env:NOT_SET_AT_ALL', '-out', 'OUT']],
    ['enc.pem', ['pkey', '-in', 'FILE', '-passin', 'file:nowhere', '-out', 'OUT']],
    ['enc.pem', ['pkey', '-in', 'FILE', '-passin', 'nonsense', '-out', 'OUT']],
    ['enc.pem', ['pkey', '-in', 'FILE', '-out', 'OUT']],
    ['b.p12', ['pkcs12', '-in', 'FILE', '-passin', 'pass:wrong', '-nodes', '-out', 'OUT']],
    ['rsa.pem', ['pkcs12', '-export', '-in', 'ok.crt', '-inkey', 'FILE', '-passout', 'pass:x', '-out', 'OUT']],
    ['rsa.pem', ['x509', '-req', '-in', 'ok.csr', '-CA', 'ok.crt', '-CAkey', 'FILE', '-CAcreateserial', '-out', 'OUT']],
    ['rsa.pem', ['ec', '-in', 'FILE', '-out', 'OUT']],
    ['ok.key', ['rsa', '-in', 'FILE', '-out', 'OUT']],
    ['ok.key', ['req', '-new', '-key', 'FILE', '-subj', 'no slash', '-out', 'OUT']],
    ['ok.key', ['req', '-new', '-key', 'FILE', '-subj', '/CN=a', '-addext', 'subjectAltName=WHAT:x', '-out', 'OUT']],
    ['ok.key', ['req', '-new', '-key', 'FILE', '-subj', '/CN=a', '-addext', 'nonsense', '-out', 'OUT']],
    ['ok.key', ['req', '-new', '-key', 'FILE', '-subj', '/CN=a', '-config', 'ok.crt', '-out', 'OUT']],
    ['ok.csr', ['x509', '-req', '-in', 'FILE', '-signkey', 'ok.key', '-extfile', 'missing.cnf', '-out', 'OUT']],
    ['ok.csr', ['x509', '-req', '-in', 'FILE', '-signkey', 'ok.key', '-set_serial', 'zz', '-out', 'OUT']],
    ['ok.csr', ['x509', '-req', '-in', 'FILE', '-signkey', 'ok.key', '-not_before', 'tomorrow', '-out', 'OUT']],
    ['ok.crt', ['x509', '-in', 'FILE', '-out', 'no/such/folder/x.pem']],
    ['ok.crt', ['x509', '-in', 'FILE', '-out', 'folder']],
  ] as [string, string[]][])('%s: %j', (file, line) => refuses(line, file, 'other'));

  it('were at least 200 in all', () => expect(attempts).toBeGreaterThanOrEqual(200));
});
