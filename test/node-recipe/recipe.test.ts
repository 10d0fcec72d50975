import { X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batch } from '../support/batch.ts';
import { describeWith, openssl, type Finished } from '../support/peers.ts';

const HERE = 'test/node-recipe';
const cwd = mkdtempSync(join(tmpdir(), 'tlskit-node-recipe-'));

/** A line's words; double quotes hold a word together. */
const wordsOf = (line: string): string[] =>
  (line.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map((word) => word.replaceAll('"', ''));

/** A quicker line of the same kind: small keys, and DH parameters without a safe prime. */
function quick(line: string): string {
  const small = line.replace(/(?<![_\w])2048\b|(?<=bits:)2048\b/g, '1024');
  return /^dhparam .* 1024$/.test(small) ? small.replace('dhparam', 'dhparam -dsaparam') : small;
}

const LINES = readFileSync(join(HERE, 'recipe.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const check = (line: string): Finished => openssl(wordsOf(line), { cwd });
const good = (line: string): string => {
  const { status, stdout, stderr } = check(line);
  expect(status, `openssl ${line}: ${stderr}`).toBe(0);
  return stdout + stderr;
};
const made = (pattern: RegExp): string[] => {
  const names = readdirSync(cwd).filter((name) => pattern.test(name));
  expect(names.length).toBeGreaterThan(0);
  return names;
};

beforeAll(() => {
  cpSync(join(HERE, 'cnf'), cwd, { recursive: true });
  const files = { 'ca2-database.txt': '', 'ca2-crlnumber.txt': '01\n', 'walrus.txt': 'I AM THE WALRUS' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describeWith(['openssl'], "K4 the recipe of Node's test certificates", () => {
  it('every line runs', () => {
    const results = batch(LINES.map((line) => ({ cwd, args: wordsOf(quick(line)) })));
    const failed = results.flatMap(({ status, stderr }, i) => (status === 0 ? [] : [`${LINES[i]}: ${stderr}`]));
    expect(failed).toEqual([]);
    expect(LINES.length).toBeGreaterThanOrEqual(134);
    expect(new Set(LINES.map((line) => line.split(' ')[0])).size).toBe(18);
  });

  it('openssl reads and checks all keys and parameters', () => {
    for (const name of made(/-key\.pem$|_private.*\.pem$|_pkcs8\.pem$|_traditional\.pem$/)) {
      good(`pkey -in ${name} -passin pass:password -noout -check`);
    }
    for (const name of made(/_public.*\.pem$/)) {
      good(name.includes('pkcs1') ? `rsa -RSAPublicKey_in -in ${name} -noout` : `pkey -pubin -in ${name} -noout`);
    }
    for (const name of made(/^dh.*\.pem$/)) good(`dhparam -in ${name} -noout`);
    for (const name of ['dsa_params.pem', 'dsa1025.pem']) good(`dsaparam -in ${name} -noout`);
    expect(readFileSync(join(cwd, 'ca1-key.pem'), 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
    expect(good('pkey -in rsa_pss_private_2048_sha512_sha256_20.pem -noout -text')).toContain(
      'Minimum Salt Length: 20',
    );
  });

  it('openssl verifies requests, certificates and their chains', () => {
    for (const name of made(/-csr\.pem$/)) expect(good(`req -in ${name} -noout -verify`)).toContain('verify OK');
    for (const name of made(/cert\.pem$/)) {
      expect(() => new X509Certificate(readFileSync(join(cwd, name)))).not.toThrow();
      good(`x509 -in ${name} -noout -text`);
    }
    for (const [trusted, between, ...names] of [
      ['ca1', '', 'ca1', 'ca3', 'agent1'],
      ['ca1', 'ca3', 'agent6-alone'],
      ['ca2', '', 'ca2', 'ca4', 'agent3', 'agent3-again', 'agent4'],
      ['ca2', 'ca4', 'agent10-alone'],
      ['ca5', '', 'ca6', 'agent5'],
      ['ca5', 'ca6', 'ec10-alone'],
      ['fake', '', 'agent7', 'agent9'],
      ['false', '', 'agent8'],
      ['agent2', '', 'agent2'],
      ['agent11', '', 'agent11'],
    ]) {
      const untrusted = between === '' ? '' : ` -untrusted ${between}-cert.pem`;
      const files = names.map((name) => `${name}-cert.pem`);
      expect(good(`verify -CAfile ${trusted}-cert.pem${untrusted} ${files.join(' ')}`)).toBe(
        files.map((name) => `${name}: OK\n`).join(''),
      );
    }
    expect(check('verify -CAfile ca1-cert.pem agent8-cert.pem').status).toBe(2);
  });

  it('certificates say what the recipe wants', () => {
    expect(good('x509 -in agent6-alone-cert.pem -noout -subject')).toContain('CN = \\C3\\81d\\C3\\A1m Lippai');
    expect(good('x509 -in agent4-cert.pem -noout -ext extendedKeyUsage')).toContain('TLS Web Client Authentication');
    expect(good('x509 -in agent1-cert.pem -noout -ocsp_uri')).toBe('http://ocsp.example.org/\n');
    expect(good('x509 -in agent8-cert.pem -noout -serial')).toBe('serial=1234\n');
    expect(good('asn1parse -in nul-cert.pem')).toContain('676F6F642E6578616D706C652E6F7267002E6576696C');
    expect(good('x509 -in odd-cert.pem -noout -ext subjectAltName')).toContain(
      'othername: XmppAddr::abc, DNS:good.example.org',
    );
  });

  it('openssl opens PKCS#12 files, the CRL, signatures and the SPKAC', () => {
    for (const name of made(/\.pfx$/)) {
      expect(good(`pkcs12 -in ${name} -passin pass:sample -nodes`)).toContain('-----BEGIN PRIVATE KEY-----');
    }
    const serial = /serial=(\w+)/.exec(good('x509 -in agent4-cert.pem -noout -serial'))?.[1] as string;
    for (const [name, number] of [
      ['ca2-crl.pem', '01'],
      ['ca2-crl-week.pem', '02'],
    ]) {
      expect(good(`crl -in ${name} -noout -CAfile ca2-cert.pem -crlnumber`)).toContain(`crlNumber=0x${number}`);
      expect(good(`crl -in ${name} -noout -text`)).toContain(`Serial Number: ${serial}`);
    }
    const revoked = check('verify -CAfile ca2-cert.pem -crl_check -CRLfile ca2-crl.pem agent4-cert.pem');
    expect(revoked.stderr).toContain('error 23 at 0 depth lookup: certificate revoked');
    expect(good('verify -CAfile ca2-cert.pem -crl_check -CRLfile ca2-crl.pem agent3-cert.pem')).toContain('OK');
    for (const [kind, key] of Object.entries({ rsa: 'rsa_public', ec: 'ec_p256_public', dsa: 'dsa_public' })) {
      expect(good(`dgst -sha256 -verify ${key}.pem -signature walrus.${kind}.sha256 walrus.txt`)).toBe('Verified OK\n');
    }
    expect(good('spkac -in rsa_spkac.spkac -noout -verify')).toBe('Signature OK\n');
  });
});
