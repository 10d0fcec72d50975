import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateRequest, readRequest } from '../../../src/lib/x509/request.ts';
import { describeWith, openssl, run, type Finished, type RunOptions } from '../../support/peers.ts';
import { tlskit } from '../../support/tlskit.ts';

const cwd = mkdtempSync(join(tmpdir(), 'tlskit-req-'));
const call = (line: string | readonly string[], options: RunOptions = {}): Finished =>
  tlskit(typeof line === 'string' ? line.split(' ') : line, { cwd, ...options });
const good = (line: string | readonly string[], options: RunOptions = {}): Finished => {
  const done = call(line, options);
  expect(done.status, `${String(line)}: ${done.stderr}`).toBe(0);
  return done;
};
const file = (name: string): Buffer => readFileSync(join(cwd, name));
const request = (name: string): CertificateRequest => readRequest(file(name), name);
const subject = (pem: string): string => good('req -noout -subject', { input: pem }).stdout.trimEnd();

beforeAll(() => {
  writeFileSync(
    join(cwd, 'own.cnf'),
    `[req]
distinguished_name = dn
attributes = more
req_extensions = asked
x509_extensions = ca
default_md = sha384
prompt = no
oid_section = oids
output_password = frompconf
[oids]
myThing = 1.2.3.4.5
[dn]
C = DE
0.OU = a
1.OU = b
CN = \${ENV::WHO}
[more]
challengePassword = secret
[asked]
subjectAltName = @names
1.2.3.4.6 = ASN1:UTF8:x
[names]
DNS.1 = a.example.org
IP.1 = ::1
[ca]
basicConstraints = critical,CA:true
subjectKeyIdentifier = hash
`,
  );
  writeFileSync(
    join(cwd, 'ask.cnf'),
    '[req]\ndistinguished_name=dn\n[dn]\nCN=Your name\nCN_default=nobody\nCN_min=2\nCN_max=6\nOU=Unit\nOU_value=fixed\n',
  );
  writeFileSync(join(cwd, 'empty.cnf'), '');
  // sections that are not used in these lines, but have to be there
  writeFileSync(join(cwd, 'gaps.cnf'), '[req]\ndistinguished_name=dn\nx509_extensions=nosuch\n[dn]\n');
  writeFileSync(join(cwd, 'gaps2.cnf'), '[req]\ndistinguished_name=dn\nreq_extensions=nosuch\n[dn]\n');
  good('ecparam -genkey -name prime256v1 -noout -out ec.key');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('K2 the subject', () => {
  it('is asked for line by line, with the introduction on stderr', () => {
    const { stdout, stderr } = good('req -new -key ec.key', { input: 'DE\n.\nBerlin\n\nDev\nme\nme@x.org\nabcd\n\n' });
    expect(subject(stdout)).toBe(
      'subject=C = DE, L = Berlin, O = Internet Widgits Pty Ltd, OU = Dev, CN = me, emailAddress = me@x.org',
    );
    expect(stderr).toMatch(
      /^You are about to be asked[\s\S]*left blank\.\n-----\nCountry Name \(2 letter code\) \[AU\]:State/,
    );
    expect(good('req -noout -text', { input: stdout }).stdout).toMatch(/challengePassword\s+:abcd/);
  });

  it('is asked for again when too long or too short, and taken from _value', () => {
    const { stdout, stderr } = good('req -new -key ec.key -config ask.cnf', { input: 'x\nmuch too long\nme\n' });
    expect(subject(stdout)).toBe('subject=CN = me, OU = fixed');
    expect(stderr).toContain('String too short, must be at least 2 bytes long');
    expect(stderr).toContain('String too long, must be at most 6 bytes long');
    expect(stderr).toContain('Unit []:fixed');
  });

  it('gives up on a pipe that never gives a fitting answer', () => {
    const { status, stderr } = call('req -new -key ec.key', { input: 'DEU\n'.repeat(500) });
    expect(status).toBe(1);
    expect(stderr).toContain('no answer of 100');
  });

  it('knows the names of oid_section and oid_file', () => {
    writeFileSync(join(cwd, 'oids.txt'), '1.2.3.4.55 myOid My long name\n');
    writeFileSync(
      join(cwd, 'oid.cnf'),
      'oid_file=oids.txt\noid_section=o\n[o]\nother=1.2.3.4.56\n[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nmyOid=a\nother=b\n',
    );
    expect(subject(good('req -new -key ec.key -config oid.cnf').stdout)).toBe('subject=1.2.3.4.55 = a, 1.2.3.4.56 = b');
  });

  it('takes the defaults for empty lines and with -batch', () => {
    expect(subject(good('req -new -key ec.key', { input: '\n'.repeat(20) }).stdout)).toBe(
      'subject=C = AU, ST = Some-State, O = Internet Widgits Pty Ltd',
    );
    expect(subject(good('req -new -key ec.key -config ask.cnf -batch').stdout)).toBe('subject=CN = nobody, OU = fixed');
  });

  it('comes from -subj with several values and escapes', () => {
    const { stdout } = good(['req', '-new', '-key', 'ec.key', '-subj', '/O=a\\/b/OU=x+CN=y\\+z']);
    expect(subject(stdout)).toBe('subject=O = a/b, OU = x + CN = "y+z"');
  });

  it('comes from the configuration, with its environment, attributes, extensions and digest', () => {
    good('req -new -key ec.key -config own.cnf -out conf.csr', { env: { WHO: 'w.example.org' } });
    const made = request('conf.csr');
    expect(good('req -in conf.csr -noout -subject').stdout).toBe(
      'subject=C = DE, OU = a, OU = b, CN = w.example.org\n',
    );
    expect(made.attributes.map(({ oid }) => oid).sort()).toEqual(['1.2.840.113549.1.9.14', '1.2.840.113549.1.9.7']);
    expect(made.extensions.map(({ oid }) => oid)).toEqual(['2.5.29.17', '1.2.3.4.6']);
    expect(made.signatureAlgorithm.oid).toBe('1.2.840.10045.4.3.3');
    const ca = good('req -x509 -key ec.key -config own.cnf', { env: { WHO: 'w' } }).stdout;
    expect(new X509Certificate(ca).ca).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('reads a configuration from a pipe', () => {
    const line = `${process.execPath} ${join(process.cwd(), 'bin/run.js')} req -new -key ec.key -subj /CN=x -reqexts SAN -config <(cat ask.cnf; printf "[SAN]\\nsubjectAltName=DNS:cat") -out pipe.csr`;
    expect(run('bash', ['-c', line], { cwd }).status).toBe(0);
    expect(request('pipe.csr').extensions).toHaveLength(1);
  });
});

describe('K2 keys', () => {
  it.each([
    ['rsa:1024', 'rsa'],
    ['1024', 'rsa'],
    ['ed25519', 'ed25519'],
    ['ec -pkeyopt ec_paramgen_curve:secp384r1', 'ec'],
    ['ec:secp256k1', 'ec'],
    ['param:curve.pem', 'ec'],
    ['rsa-pss:1024', 'rsa-pss'],
  ])('-newkey %s', (spec, type) => {
    good('ecparam -name secp384r1 -out curve.pem');
    good(`req -newkey ${spec} -nodes -keyout new.key -out new.csr -subj /CN=x`);
    expect(createPrivateKey(file('new.key')).asymmetricKeyType).toBe(type);
    if (process.platform !== 'win32') expect(statSync(join(cwd, 'new.key')).mode & 0o777).toBe(0o600);
    expect(good('req -in new.csr -verify -noout').stderr).toBe('Certificate request self-signature verify OK\n');
  });

  it('goes to privkey.pem, encrypted, unless told otherwise', () => {
    good('req -newkey rsa:1024 -passout pass:secret -subj /CN=x -out k.csr');
    const pem = file('privkey.pem').toString();
    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(createPrivateKey({ key: pem, passphrase: 'secret' }).type).toBe('private');
    good('req -new -key privkey.pem -passin pass:secret -subj /CN=x');
    const conf = good('req -new -newkey rsa:1024 -config own.cnf -keyout conf.key', { env: { WHO: 'w' } });
    expect(conf.stdout).toContain('REQUEST');
    expect(createPrivateKey({ key: file('conf.key'), passphrase: 'frompconf' }).type).toBe('private');
  });

  it('-keyout takes the key of -key too, whatever -newkey and default_keyfile say', () => {
    good('req -new -key ec.key -nodes -keyout plain.key -subj /CN=x -out k.csr');
    expect(file('plain.key').toString()).toBe(good('pkey -in ec.key').stdout);
    good('req -in k.csr -noout -key ec.key -passout pass:secret -keyout locked.key');
    expect(createPrivateKey({ key: file('locked.key'), passphrase: 'secret' }).asymmetricKeyType).toBe('ec');
    rmSync(join(cwd, 'privkey.pem'), { force: true });
    good('req -new -key ec.key -newkey rsa:1024 -nodes -subj /CN=x -out k.csr');
    expect(existsSync(join(cwd, 'privkey.pem'))).toBe(false);
  });

  it('asks for the passphrase twice', () => {
    good('req -newkey rsa:1024 -keyout asked.key -subj /CN=x -out k.csr', { input: 'hello\nhello\n' });
    expect(createPrivateKey({ key: file('asked.key'), passphrase: 'hello' }).type).toBe('private');
    for (const input of ['hello\nhallo\n', 'abc\nabc\n', '']) {
      expect(call('req -newkey rsa:1024 -keyout never.key -subj /CN=x', { input }).status).toBe(1);
    }
    expect(existsSync(join(cwd, 'never.key'))).toBe(false);
  });

  it('shares a file with the request', () => {
    good('req -x509 -newkey ed25519 -nodes -keyout both.pem -out both.pem -subj /CN=x');
    expect(file('both.pem').toString()).toMatch(/BEGIN PRIVATE KEY[\s\S]*BEGIN CERTIFICATE/);
  });
});

describe('certificates', () => {
  it('for people: --san, one line', () => {
    good(
      'req -x509 -newkey ed25519 -nodes -keyout s.key -out s.pem -days 5 -subj /CN=localhost --san dns:localhost,127.0.0.1 --san email:a@b.c',
    );
    const made = new X509Certificate(file('s.pem'));
    expect(made.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, email:a@b.c');
    expect(made.verify(made.publicKey)).toBe(true);
    expect(Math.round((Date.parse(made.validTo) - Date.parse(made.validFrom)) / 864e5)).toBe(5);
  });

  it.each([
    ['ec', 'prime256v1'],
    ['P-384', 'secp384r1'],
    ['ec:P-384', 'secp384r1'],
    ['ec -pkeyopt ec_paramgen_curve:secp521r1', 'secp521r1'],
  ])('for people: -newkey %s needs no more', (newkey, curve) => {
    good(`req -x509 -newkey ${newkey} -nodes -keyout p.key -out p.pem -subj /CN=localhost --san localhost,127.0.0.1`);
    expect(new X509Certificate(file('p.pem')).publicKey.asymmetricKeyDetails?.namedCurve).toBe(curve);
  });

  it('K4: signed by a CA, from a request, with serial number and dates', () => {
    good(
      'req -x509 -key ec.key -subj /CN=ca -out ca.pem -set_serial 0x10 -not_before 20200101000000Z -not_after 20500101000000Z',
    );
    const ca = new X509Certificate(file('ca.pem'));
    expect([ca.serialNumber, ca.validFrom]).toEqual(['10', 'Jan  1 00:00:00 2020 GMT']);
    good('req -newkey ed25519 -nodes -keyout leaf.key -subj /CN=leaf -out leaf.csr -addext subjectAltName=DNS:leaf');
    good('req -in leaf.csr -CA ca.pem -CAkey ec.key -copy_extensions copy -out leaf.pem');
    const leaf = new X509Certificate(file('leaf.pem'));
    expect([leaf.issuer, leaf.subject, leaf.subjectAltName]).toEqual(['CN=ca', 'CN=leaf', 'DNS:leaf']);
    expect(leaf.verify(ca.publicKey)).toBe(true);
  });

  it('for pre-certificates and version 1', () => {
    const poisoned = good('req -new -x509 -precert -key ec.key -subj /CN=x').stdout;
    expect(good('x509 -noout -text', { input: poisoned }).stdout).toContain('CT Precertificate Poison: critical');
    const old = good('req -x509v1 -key ec.key -subj /CN=x').stdout;
    expect(good('x509 -noout -text', { input: old }).stdout).toContain('Version: 1 (0x0)');
  });
});

describe('refusals leave nothing behind', () => {
  it.each([
    ['req -new -key ec.key -addext keyUsage=keyCertSign -addext keyUsage=cRLSign', /duplicate extension: keyUsage/],
    ['req -new -key ec.key -addext keyUsage', /name=value/],
    ['req -new -key ec.key -subj CN=x', /should read \/type=value/],
    ['req -new -key ec.key -config empty.cnf', /distinguished_name/],
    ['req -new -key ec.key -subj /CN=x -reqexts nosuch', /\[nosuch\]/],
    ['req -x509 -key ec.key -subj /CN=x -extensions nosuch', /\[nosuch\]/],
    ['req -new -key ec.key -subj /CN=x -config gaps.cnf', /\[nosuch\]/],
    ['req -x509 -key ec.key -subj /CN=x -config gaps2.cnf', /\[nosuch\]/],
    ['req -new -key ec.key -subj /CN=x -extensions nosuch', /\[nosuch\]/],
    ['req -x509 -key ec.key -subj /CN=x -days -3', /positive/],
    ['req -x509 -key ec.key -subj /CN=x -set_serial x', /serial number/],
    ['req -new -key ec.key -md5 -subj /CN=x', /EC key with MD5/],
    ['req -newkey nosuch -nodes -keyout never.key -subj /CN=x', /nosuch/],
    ['req -newkey ec -pkeyopt ec_paramgen_curve:nosuch -nodes -keyout never.key -subj /CN=x', /nosuch/],
    ['req -newkey rsa:300 -nodes -keyout never.key -subj /CN=x', /512/],
    ['req -x509 -newkey rsa:1024 -nodes -keyout never.key -CA s.pem -CAkey ec.key -subj /CN=x', /do not match/],
    ['req -in ec.key', /certificate request/i],
    ['req -new -key ec.key', /input ended/],
  ])('%s', (line, message) => {
    const { status, stderr, stdout } = call(`${line} -out never.csr`);
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(stdout).toBe('');
    for (const name of ['never.csr', 'never.key']) expect(existsSync(join(cwd, name))).toBe(false);
  });
});

describe('JSON', () => {
  it('prints one document', () => {
    const { stdout } = good('req -in leaf.csr --json -verify');
    expect(JSON.parse(stdout)).toMatchObject({
      subject: { text: 'CN=leaf' },
      publicKey: { type: 'ed25519' },
      extensions: [{ oid: '2.5.29.17', name: 'subjectAltName', critical: false, text: 'DNS:leaf' }],
      verified: true,
      pem: file('leaf.csr').toString(),
    });
    expect(JSON.parse(good('req -x509 -key ec.key -subj /CN=x --json').stdout)).toMatchObject({
      issuer: { text: 'CN=x' },
    });
  });
});

const SAME = [
  'req -in conf.csr -noout -text -subject -pubkey -modulus -verify',
  'req -in conf.csr -newhdr',
  'req -in conf.csr -outform DER',
  'req -in conf.csr -noout -text -reqopt no_pubkey,no_sigdump -nameopt multiline',
  'req -in leaf.csr -subj /CN=other -noout -subject -verify',
];

describeWith(['openssl'], 'as openssl prints it', () => {
  it.each(SAME)('%s', (line) => {
    const [ours, theirs] = [call(line), openssl(line.split(' '), { cwd })];
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.status).toBe(theirs.status);
    if (line.includes('-verify')) expect(ours.stderr).toBe(theirs.stderr);
  });

  it('makes the same octets to be signed', () => {
    const line = ['req', '-new', '-key', 'ec.key', '-config', 'own.cnf', '-outform', 'DER'];
    const env = { WHO: 'w.example.org' };
    const [ours, theirs] = [call(line, { env }), openssl(line, { cwd, env })].map(({ stdout }) =>
      CertificateRequest.read(Buffer.from(stdout, 'latin1')),
    );
    expect(ours?.tbs.equals(theirs?.tbs as Buffer)).toBe(true);
  });
});

describeWith(['certtool'], 'as GnuTLS reads it', () => {
  it('takes our request', () => {
    const { stdout, status } = run('certtool', ['--crq-info', '--infile', 'leaf.csr'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain('Self signature: verified');
  });
});
