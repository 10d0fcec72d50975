import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLASS, element, explicit, integer, nul, octetString, oid, seq, TAG } from '../../src/lib/der/index.ts';
import { PKCS12_OID } from '../../src/lib/pkcs12/index.ts';
import { tlskit, tlskitUsage } from '../support/tlskit.ts';

/**
 * Broken input over all commands: one clear line, a non-zero exit code, no stack, nothing written or lost, in bounded time and memory.
 */
const folder = mkdtempSync(join(tmpdir(), 'tlskit-bad-'));

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

/** Ways to break a file. */
const DAMAGES: Record<string, (bytes: Buffer, name: string) => Buffer> = {
  'cut in half': (bytes, name) => (name === 't.key' ? bytes.subarray(0, 23) : bytes.subarray(0, bytes.length >> 1)),
  'cut before its end': (bytes) => bytes.subarray(0, bytes.length - 40),
  'with another first octet': (bytes) => damageDer(bytes, (der) => (der[0] = 0x31)),
  'with another length': (bytes) => damageDer(bytes, (der) => (der[der.length > 129 ? 2 : 1]! ^= 0x40)),
  'with another inner tag': (bytes) =>
    damageDer(bytes, (der) => (der[der[1]! < 0x80 ? 2 : (der[1]! & 0x7f) + 2]! ^= 0x1b)),
  'that is empty': () => Buffer.alloc(0),
  'of text': () => Buffer.from('this is not what you are looking for\n'),
  'of deep nesting': () => Buffer.concat([Buffer.alloc(40_000, '3080', 'hex'), Buffer.alloc(40_000)]),
  'of another type': (_, name) =>
    readFileSync(
      join(folder, name === 'c.crt' || name === 'r.csr' ? 'ok.key' : name === 't.key' ? 'ok.crt' : 'ok.csr'),
    ),
};

/** Ticket keys are octets without a structure, so three ways to break one do not apply to them. */
const NOT_FOR_TICKETS = ['with another first octet', 'with another length', 'with another inner tag'];
const damagesOf = (name: string): string[] =>
  Object.keys(DAMAGES).filter((damage) => name !== 't.key' || !NOT_FOR_TICKETS.includes(damage));

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
  const before = ['missing', 'folder', 'zeros', 'pipe', '/dev/zero'].includes(file)
    ? ''
    : readFileSync(join(folder, file), 'latin1');
  const names = readdirSync(folder).sort();
  const { status, stdout, stderr, usage } = tlskitUsage(
    line.map((word) => (word === 'FILE' ? file : word)),
    { cwd: folder },
  );
  const say = `${what}: tlskit ${line.join(' ')}\n${stderr.slice(0, 500)}`;
  expect(status, say).toBe(1);
  expect(stderr.split('\n').length, say).toBe(2);
  expect(stderr, say).toMatch(/^tlskit [a-z0-9 ]+: [^\n]{10,400}\n$/);
  expect(stderr, say).not.toMatch(/internal error|\bat .*:\d+|error:[0-9A-F]{8}|secret/);
  expect(stdout, say).toBe('');
  expect(readFileSync(join(folder, 'OUT'), 'utf8'), say).toBe('as it was');
  if (before !== '') expect(readFileSync(join(folder, file), 'latin1') === before, say).toBe(true);
  expect(readdirSync(folder).sort(), say).toEqual(names);
  expect(usage.cpu, say).toBeLessThan(5);
  expect(usage.maxRss, say).toBeLessThan(300 * 1024);
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
  it.each(damagesOf(name))('a file %s', (damage) => {
    const bytes = DAMAGES[damage]!(readFileSync(join(folder, name)), name);
    writeFileSync(join(folder, 'broken'), bytes);
    for (const line of use) refuses(line, 'broken', `${name} ${damage}`);
  });
  it.each(['missing', 'folder', 'zeros'])('%s', (file) => {
    for (const line of use) refuses(line, file, `${name} -> ${file}`);
  });
});

const unix = process.platform === 'win32' ? [] : ['/dev/zero', 'pipe'];

describe('input without an end or of a hostile size', () => {
  it.each(unix)('%s', (file) => {
    for (const line of [
      ['pkey', '-in', 'FILE', '-out', 'OUT'],
      ['x509', '-in', 'FILE', '-out', 'OUT'],
    ]) {
      if (file === 'pipe') {
        execFileSync('mkfifo', ['pipe'], { cwd: folder });
        execFileSync('sh', ['-c', 'head -c 100000000 /dev/zero > pipe 2>/dev/null &'], {
          cwd: folder,
          stdio: 'ignore',
        });
      }
      refuses(line, file, file);
      if (file === 'pipe') rmSync(join(folder, 'pipe'));
    }
  });

  it('a passphrase of 100 MB', () => {
    refuses(['pkey', '-in', 'FILE', '-passin', 'file:zeros', '-out', 'OUT'], 'enc.pem', 'a passphrase of 100 MB');
  });

  it.each(['pkey', 'x509'])('an object identifier of 100 KB for %s', (command) => {
    const id = element(CLASS.universal, false, TAG.oid, Buffer.concat([Buffer.alloc(100_000, 0xff), Buffer.of(1)]));
    const algorithm = seq(id, nul());
    const tbs = seq(integer(1), algorithm, seq(), seq(), seq(), seq(algorithm, Buffer.of(3, 1, 0)));
    const der =
      command === 'pkey'
        ? seq(integer(0), algorithm, octetString(Buffer.alloc(32)))
        : seq(tbs, algorithm, Buffer.of(3, 1, 0));
    writeFileSync(join(folder, 'broken'), der);
    refuses([command, '-in', 'FILE', '-inform', 'DER', '-text', '-out', 'OUT'], 'broken', 'an OID of 100 KB');
  });

  it('a configuration of 200,000 carriage returns', () => {
    writeFileSync(join(folder, 'broken'), `${'\r'.repeat(200_000)}x`);
    refuses(
      ['req', '-new', '-key', 'ok.key', '-subj', '/CN=a', '-config', 'FILE', '-out', 'OUT'],
      'broken',
      'carriage returns',
    );
  });

  it('a PBMAC1 of 2 million iterations for a key of 1024 octets', () => {
    const sha256 = seq(oid('1.2.840.113549.2.9'), nul());
    const salt = octetString(Buffer.alloc(8));
    const kdf = seq(oid(PKCS12_OID.pbkdf2), seq(salt, integer(2_000_000), integer(1024), sha256));
    const mac = seq(seq(oid(PKCS12_OID.pbmac1), seq(kdf, sha256)), octetString(Buffer.alloc(32)));
    const content = seq(oid(PKCS12_OID.data), explicit(0, octetString(seq())));
    writeFileSync(join(folder, 'broken'), seq(integer(3), content, seq(mac, salt, integer(1))));
    refuses(['pkcs12', '-in', 'FILE', '-passin', 'pass:x', '-nodes', '-out', 'OUT'], 'broken', 'PBMAC1');
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
