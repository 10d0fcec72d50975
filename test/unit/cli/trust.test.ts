/** Where trusted certificates come from, and what the options make of a verification. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TRUST_FLAGS, VERIFY_FLAGS, verifyOptions } from '../../../src/cli/flags/trust.ts';
import { parse } from '../../../src/cli/parse.ts';
import { defineCommand } from '../../../src/cli/spec.ts';
import { openTrust, systemTrust, type TrustSources } from '../../../src/cli/trust.ts';
import { TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { certificatePem } from '../../../src/lib/x509/build.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { nameHash } from '../../../src/lib/x509/hash.ts';
import { authority, issue, NOW } from '../../support/chains.ts';
import { scratch } from '../../support/tlskit.ts';

const one = authority('/CN=One');
const two = authority('/CN=Two');
const leafOf = { one: issue('/CN=a', one).certificate, two: issue('/CN=b', two).certificate };

function environment(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    const before = process.env[name];
    process.env[name] = value;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}

const trusts = (sources: TrustSources, defaults: 'each' | 'alone' = 'alone'): string =>
  Object.entries(leafOf)
    .filter(([, leaf]) => verifyChain(leaf, { trusted: openTrust(sources, defaults), time: NOW }).ok)
    .map(([name]) => name)
    .join(' ');

function places(): { file: string; folder: string; both: string } {
  const base = scratch();
  const folder = join(base, 'hashed');
  mkdirSync(folder);
  const pem = certificatePem(two.certificate);
  const hash = nameHash(two.certificate.subject);
  // a file that is broken and a certificate of another name with the same hash do no harm
  writeFileSync(join(folder, `${hash}.0`), 'nothing');
  writeFileSync(join(folder, `${hash}.1`), certificatePem(one.certificate));
  writeFileSync(join(folder, `${hash}.2`), pem);
  const file = join(base, 'one.pem');
  writeFileSync(file, certificatePem(one.certificate));
  const both = join(base, 'both.pem');
  writeFileSync(both, `words\n${certificatePem(one.certificate)}more\n${pem}`);
  return { file, folder, both };
}

describe('K10: places of trusted certificates', () => {
  it('a file, a folder, a store', () => {
    const { file, folder, both } = places();
    expect(trusts({ CAfile: file })).toBe('one');
    expect(trusts({ CAfile: both })).toBe('one two');
    expect(trusts({ CApath: folder })).toBe('two');
    expect(trusts({ CAfile: file, CApath: folder })).toBe('one two');
    expect(trusts({ CAstore: both })).toBe('one two');
    expect(trusts({ CAstore: folder })).toBe('one two');
    expect(() => trusts({ CAfile: '/nowhere' })).toThrow('cannot read /nowhere');
    expect(() => trusts({ CApath: file })).toThrow('option -CApath');
  });

  it('the system: SSL_CERT_FILE and SSL_CERT_DIR', () => {
    const { file, folder } = places();
    environment({ SSL_CERT_FILE: file, SSL_CERT_DIR: folder });
    expect(trusts({})).toBe('one two');
    expect(trusts({ 'no-CAfile': true })).toBe('two');
    expect(trusts({ 'no-CApath': true })).toBe('one');
    expect(trusts({ 'no-CAfile': true, 'no-CApath': true })).toBe('');
    // s_client leaves the system's places aside where one is given; verify adds those whose own option is absent
    expect(trusts({ CAfile: file })).toBe('one');
    expect(trusts({ CAfile: file }, 'each')).toBe('one two');
    environment({ SSL_CERT_FILE: '/nowhere', SSL_CERT_DIR: '/nowhere' });
    expect(trusts({})).toBe('');
  });

  it('the system knows a root that Node ships', () => {
    const roots = rootCertificates.flatMap((pem) => readCertificates(Buffer.from(pem), 'root'));
    const trusted = systemTrust();
    const known = roots.filter((root: Certificate) => verifyChain(root, { trusted, time: undefined }).ok);
    expect(known.length).toBeGreaterThan(50);
  });
});

const bundle = '/etc/ssl/certs/ca-certificates.crt';

describe("K10: Debian's certificates", () => {
  it.skipIf(!existsSync(bundle))(
    'every certificate of the bundle is trusted, by the file and by the folder of hashes',
    () => {
      const file = openTrust({ CAfile: bundle }, 'alone');
      const folder = openTrust({ 'no-CAfile': true }, 'alone');
      const all = readCertificates(readFileSync(bundle), bundle);
      const refused = all.filter(
        (root) => ![file, folder].every((trusted) => verifyChain(root, { trusted, time: undefined }).ok),
      );
      // as in OpenSSL: the first root of a name and a key counts, and another one with both is no root
      const twins = (root: Certificate): number => file.named(root.subject).length;
      expect(refused.map(twins).filter((count) => count < 2)).toEqual([]);
      expect(refused.length).toBeLessThan(3);
      expect(all.length).toBeGreaterThan(100);
    },
  );
});

describe('K10: options of a verification', () => {
  const spec = defineCommand({
    summary: '',
    description: '',
    examples: [],
    flags: { ...TRUST_FLAGS, ...VERIFY_FLAGS },
    run: () => {},
  });
  const options = (line: string): ReturnType<typeof verifyOptions> =>
    verifyOptions(parse(spec, line.split(' ').filter(Boolean), () => undefined).flags as never, NOW, {
      purpose: 'sslserver',
      authLevel: 1,
    });

  it('defaults', () => {
    expect(options('')).toMatchObject({ time: NOW, purpose: 'sslserver', authLevel: 1, hosts: [] });
  });

  it.each([
    ['-attime 1000', { time: 1_000_000 }],
    ['-no_check_time', { time: undefined }],
    ['-no_check_time -attime 1', { time: 1000 }],
    ['-purpose any', { purpose: 'any' }],
    ['-verify_name smime_sign', { purpose: 'smimesign' }],
    ['-verify_depth 2 -auth_level 0 -partial_chain', { depth: 2, authLevel: 0, partialChain: true }],
    ['-verify_hostname a -verify_hostname b', { hosts: ['a', 'b'] }],
    ['-verify_ip ::1 -verify_email a@b', { ip: '::1', email: 'a@b' }],
    ['-crl_check_all -use_deltas', { crlCheck: true, crlCheckAll: true, useDeltas: true }],
    ['-policy 1.2.3 -policy anyPolicy -explicit_policy', { policies: ['1.2.3', '2.5.29.32.0'], explicitPolicy: true }],
    ['-x509_strict -allow_proxy_certs', { x509Strict: true, allowProxies: true }],
    ['-suiteB_128', { suiteB: '128' }],
    ['-suiteB_128_only -suiteB_192', { suiteB: '128' }],
    ['-suiteB_192', { suiteB: '192' }],
    ['-check_ss_sig -ignore_critical', { checkRootSignature: true, ignoreCritical: true }],
  ])('%s', (line, expected) => {
    expect(options(line)).toMatchObject(expected);
  });

  it.each([
    ['-verify_ip host', 'option -verify_ip takes an IP address'],
    ['-purpose nothing', 'option -purpose takes'],
    ['-policy nothing', 'option -policy takes an object identifier'],
  ])('%s is refused', (line, message) => {
    expect(() => options(line)).toThrow(message);
  });

  it('an empty store trusts nothing', () => {
    expect(verifyChain(leafOf.one, { trusted: new TrustStore(), time: NOW }).ok).toBe(false);
  });
});
