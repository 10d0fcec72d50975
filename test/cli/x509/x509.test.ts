import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, openssl, run, type Finished } from '../../support/peers.ts';
import { tlskit } from '../../support/tlskit.ts';

const cwd = mkdtempSync(join(tmpdir(), 'tlskit-x509-'));
const call = (text: string, input = ''): Finished => tlskit(text.split(' '), { cwd, input });
const good = (text: string, input = ''): Finished => {
  const done = call(text, input);
  expect(done.status, `${text}: ${done.stderr}`).toBe(0);
  return done;
};
const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');
const certificate = (name: string): X509Certificate => new X509Certificate(readFileSync(join(cwd, name)));

beforeAll(() => {
  writeFileSync(join(cwd, 'leaf.ext'), 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:leaf.example.org,IP:127.0.0.1\n');
  writeFileSync(join(cwd, 'two.ext'), 'extensions=a\n[a]\nkeyUsage=digitalSignature\n[b]\nkeyUsage=keyAgreement\n');
  good('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=ca -days 30');
  good(
    'req -newkey ed25519 -nodes -keyout leaf.key -out leaf.csr -subj /C=DE/CN=leaf.example.org -addext keyUsage=keyAgreement',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('K3 self-signed', () => {
  it('makes a certificate of version 1 without extensions', () => {
    const { stderr } = good('x509 -req -in leaf.csr -signkey leaf.key -out self.pem');
    expect(stderr).toBe('Certificate request self-signature ok\nsubject=C = DE, CN = leaf.example.org\n');
    const made = certificate('self.pem');
    expect(made.subject).toBe(made.issuer);
    expect(made.verify(made.publicKey)).toBe(true);
    expect(good('x509 -in self.pem -noout -text').stdout).toContain('Version: 1 (0x0)');
  });

  it('makes one from nothing, with any validity and serial number', () => {
    good(
      'x509 -new -key leaf.key -subj /CN=x -set_serial -5 -not_before 20000101000000Z -not_after 20600101000000Z -out new.pem',
    );
    expect(good('x509 -in new.pem -noout -serial -dates').stdout).toBe(
      'serial=-05\nnotBefore=Jan  1 00:00:00 2000 GMT\nnotAfter=Jan  1 00:00:00 2060 GMT\n',
    );
    const past = good('x509 -new -key leaf.key -subj /CN=x -days -3').stdout;
    expect(Date.parse(new X509Certificate(past).validTo)).toBeLessThan(Date.now());
  });

  it('signs again, keeps dates, changes extensions', () => {
    good('x509 -in ca.pem -key leaf.key -preserve_dates -extfile two.ext -extensions b -out again.pem');
    const [before, after] = [certificate('ca.pem'), certificate('again.pem')];
    expect([after.validFrom, after.validTo, after.serialNumber]).toEqual([
      before.validFrom,
      before.validTo,
      before.serialNumber,
    ]);
    expect(good('x509 -in again.pem -noout -ext keyUsage').stdout).toBe('X509v3 Key Usage: \n    Key Agreement\n');
    good('x509 -in ca.pem -key ca.key -clrext -out bare.pem');
    expect(good('x509 -in bare.pem -noout -text').stdout).not.toContain('X509v3');
  });
});

describe('K4 signed by a CA', () => {
  it('counts serial numbers in a file', () => {
    good('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile leaf.ext -days 9 -out leaf.pem');
    const first = BigInt(`0x${text('ca.srl').trim()}`);
    good('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -out leaf2.pem');
    expect(BigInt(`0x${text('ca.srl').trim()}`)).toBe(first + 1n);
    expect(BigInt(`0x${certificate('leaf2.pem').serialNumber}`)).toBe(first + 1n);
    const made = certificate('leaf.pem');
    expect(made.checkIssued(certificate('ca.pem'))).toBe(true);
    expect(made.verify(certificate('ca.pem').publicKey)).toBe(true);
    expect(made.subjectAltName).toBe('DNS:leaf.example.org, IP Address:127.0.0.1');
    writeFileSync(join(cwd, 'own.srl'), '0FFF\n');
    good('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAserial own.srl -out leaf3.pem');
    expect(text('own.srl')).toBe('1000\n');
  });

  it('copies extensions, names sections, adds key identifiers', () => {
    const copied = good('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -copy_extensions copy').stdout;
    const shown = good('x509 -noout -text', copied).stdout;
    for (const part of [
      'Key Agreement',
      'X509v3 Subject Key Identifier',
      'X509v3 Authority Key Identifier',
      'Version: 3',
    ]) {
      expect(shown).toContain(part);
    }
    const section = good('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -extfile two.ext').stdout;
    expect(good('x509 -noout -ext keyUsage', section).stdout).toContain('Digital Signature');
  });

  it('puts another key into the certificate', () => {
    good('x509 -new -key ca.key -subj /CN=a -out a.pem');
    writeFileSync(join(cwd, 'pub.pem'), good('x509 -in self.pem -noout -pubkey').stdout);
    good('x509 -new -CA ca.pem -CAkey ca.key -force_pubkey pub.pem -subj /CN=forced -out forced.pem');
    expect(good('x509 -in forced.pem -noout -pubkey').stdout).toBe(text('pub.pem'));
  });
});

describe('refusals leave nothing behind', () => {
  const before = (): string => (existsSync(join(cwd, 'ca.srl')) ? text('ca.srl') : '');

  it.each([
    [
      'x509 -req -in leaf.csr -CA ca.pem -CAkey leaf.key -out never.pem',
      /CA certificate and CA private key do not match/,
    ],
    ['x509 -req -in bad.csr -CA ca.pem -CAkey ca.key -out never.pem', /self-signature does not match/],
    ['x509 -req -in leaf.csr -out never.pem', /private key is needed/],
    ['x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -signkey leaf.key -out never.pem', /both -key\/-signkey and -CA/],
    ['x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAserial no.srl -out never.pem', /-CAcreateserial/],
    [
      'x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -extfile two.ext -extensions c -out never.pem',
      /no section \[c\]/,
    ],
    ['x509 -in leaf.pem -CA ca.pem -CAkey ca.key -out never.pem', /should be self-signed/],
    ['x509 -new -key leaf.key -out never.pem', /subject to be set using -subj/],
    ['x509 -new -key leaf.key -subj CN=x -out never.pem', /should read \/type=value/],
    ['x509 -in ca.pem -x509toreq -out never.pem', /-key/],
    ['x509 -in leaf.csr -noout', /certificate request/i],
    ['x509 -in ca.pem -noout -checkip 1.2.3', /IPv4 or IPv6/],
    ['x509 -in ca.pem -noout -dates -dateopt iso', /rfc_822 or iso_8601/],
    ['x509 -in ca.pem -addtrust nobody -out never.pem', /purpose/],
    ['x509 -in ca.pem -preserve_dates -days 3 -key ca.key -out never.pem', /-preserve_dates/],
    ['x509 -inform DER -in ca.pem -noout', /DER was asked for/],
  ])('%s', (line, message) => {
    const pem = text('leaf.csr').split('\n');
    const last = pem.length - 3; // the signature's end
    const ending = pem[last] as string;
    pem[last] = `${ending.startsWith('A') ? 'B' : 'A'}${ending.slice(1)}`;
    writeFileSync(join(cwd, 'bad.csr'), pem.join('\n'));
    const serial = before();
    const { status, stderr, stdout } = call(line);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^tlskit x509: /);
    expect(stdout).toBe('');
    expect(existsSync(join(cwd, 'never.pem'))).toBe(false);
    expect(before()).toBe(serial);
  });
});

describe('checks and JSON', () => {
  it('say whether a certificate ends, by exit code too', () => {
    expect(call('x509 -in ca.pem -noout -checkend 60')).toMatchObject({
      status: 0,
      stdout: 'Certificate will not expire\n',
    });
    expect(call('x509 -in ca.pem -noout -checkend 99999999')).toMatchObject({
      status: 1,
      stdout: 'Certificate will expire\n',
    });
  });

  it('print one document', () => {
    const { stdout } = good('x509 -in leaf.pem --json -checkhost leaf.example.org -checkend 60');
    const made = certificate('leaf.pem');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 3,
      serial: made.serialNumber.toLowerCase(),
      subject: { text: 'CN=leaf.example.org,C=DE' },
      issuer: { attributes: [{ oid: '2.5.4.3', name: 'CN', value: 'ca', rdn: 0 }] },
      notAfter: new Date(made.validTo).toISOString().replace('.000Z', 'Z'),
      publicKey: { type: 'ed25519' },
      signatureAlgorithm: { name: 'ecdsa-with-SHA256' },
      fingerprints: { sha256: made.fingerprint256.replaceAll(':', '').toLowerCase() },
      checks: { host: true, ends: false },
      pem: text('leaf.pem'),
    });
  });
});

/** Lines whose output is the same octets as openssl's. */
const SAME = [
  'x509 -in leaf.pem -noout -subject -issuer -serial -dates -fingerprint',
  'x509 -in leaf.pem -noout -enddate -subject -serial -subject -hash -startdate',
  'x509 -in leaf.pem -noout -fingerprint -SHA3-512',
  'x509 -in leaf.pem -text -certopt no_pubkey,no_sigdump -nameopt multiline',
  'x509 -in leaf.pem -noout -subject -nameopt RFC2253 -nameopt esc_msb',
  'x509 -in leaf.pem -noout -dates -dateopt iso_8601 -next_serial',
  'x509 -in leaf.pem -noout -ext subjectAltName,basicConstraints -fingerprint -sha256 -purpose',
  'x509 -in leaf.pem -noout -checkhost leaf.example.org -checkip 127.0.0.2 -checkemail a@b.c',
  'x509 -in leaf.pem -noout -pubkey -modulus -ocspid -email -ocsp_uri -alias',
  'x509 -in leaf.pem -noout -subject_hash -issuer_hash -subject_hash_old -issuer_hash_old',
  'x509 -in leaf.pem -outform DER',
  'x509 -in leaf.pem -nocert -subject',
  'x509 -in ca.pem -badsig',
  'x509 -in ca.pem -set_serial 7 -subj /CN=other -fingerprint -serial -subject',
  'x509 -in ca.pem -clrext -noout -text',
  'x509 -in ca.pem -addtrust serverAuth -addreject emailProtection -setalias name -alias',
  'x509 -in ca.pem -trustout',
  'x509 -in ca.pem -clrtrust -clrreject',
  'x509 -req -in leaf.csr -key leaf.key -set_serial 5 -noout -serial -subject -issuer -modulus',
];

describeWith(['openssl'], 'as openssl prints it', () => {
  it.each(SAME)('%s', (line) => {
    const ours = call(line);
    const theirs = openssl(line.split(' '), { cwd });
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.status).toBe(theirs.status);
  });

  it('reads what we sign', () => {
    expect(openssl(['verify', '-CAfile', 'ca.pem', 'leaf.pem', 'leaf2.pem'], { cwd }).stdout).toBe(
      'leaf.pem: OK\nleaf2.pem: OK\n',
    );
    good('x509 -x509toreq -in leaf.pem -signkey leaf.key -copy_extensions copyall -out back.csr');
    const back = openssl(['req', '-in', 'back.csr', '-noout', '-text', '-verify'], { cwd });
    expect(back.stderr).toContain('verify OK');
    expect(back.stdout).toContain('DNS:leaf.example.org');
  });
});

describeWith(['certtool'], 'as GnuTLS reads it', () => {
  it('verifies what we sign', () => {
    const { stdout, status } = run(
      'certtool',
      ['--verify', '--load-ca-certificate', 'ca.pem', '--infile', 'leaf.pem'],
      { cwd },
    );
    expect(stdout).toContain('Verified');
    expect(status).toBe(0);
  });
});

describeWith(['openssl'], 'K9 -modulus', () => {
  it('shows no leading zero where the modulus has an odd number of digits', () => {
    good('genrsa -out odd.key 1035');
    good('req -x509 -new -key odd.key -subj /CN=odd -out odd.pem');
    good('req -new -key odd.key -subj /CN=odd -out odd.csr');
    for (const line of [
      'x509 -in odd.pem -noout -modulus',
      'req -in odd.csr -noout -modulus',
      'rsa -in odd.key -noout -modulus',
    ]) {
      expect(good(line).stdout, line).toBe(openssl(line.split(' '), { cwd }).stdout);
    }
  });
});
