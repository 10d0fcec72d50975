import { describe, expect, test } from 'vitest';
import { createCA, issueCertificate, parseName, parseNames, type TemplateName } from '../../../src/lib/ca/index.ts';
import { generateKey } from '../../../src/lib/keys/generate.ts';
import { TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { buildRequest } from '../../../src/lib/x509/build.ts';
import { buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { certificateText } from '../../../src/lib/text/certificate.ts';
import type { Certificate } from '../../../src/lib/x509/certificate.ts';
import { nameText } from '../../../src/lib/text/name.ts';

const NOW = Date.UTC(2026, 0, 1);

const textOf = (certificate: Certificate): string => certificateText(certificate);

describe('CA: names', () => {
  test.each([
    ['localhost', 'DNS', 'localhost'],
    ['Bücher.Example', 'DNS', 'xn--bcher-kva.example'],
    ['*.Example.org', 'DNS', '*.example.org'],
    ['my_service', 'DNS', 'my_service'],
    ['127.0.0.1', 'IP', '127.0.0.1'],
    ['[::1]', 'IP', '::1'],
    ['2001:0db8:0:0:1:0:0:1', 'IP', '2001:db8::1:0:0:1'],
    ['::', 'IP', '::'],
    ['fe80::1:2:3:4', 'IP', 'fe80::1:2:3:4'],
    ['Jo.Doe@Example.ORG', 'email', 'Jo.Doe@example.org'],
    ['spiffe://td/ns/a', 'URI', 'spiffe://td/ns/a'],
  ])('K4: %s is %s %s', (word, kind, value) => {
    expect(parseName(word)).toEqual({ kind, value });
  });

  test.each([
    '',
    'a b',
    'a,DNS:evil.example',
    '*',
    'a.*.b',
    '*x.example',
    '1.2.3',
    '256.1.1.1',
    '-a.example',
    'a..b',
    'x'.repeat(64),
    'a@b@c d',
    'a\nb',
  ])('K4: %j is refused', (word) => {
    expect(() => parseName(word)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });

  test('a name is there once', () => {
    expect(parseNames(['a.example', 'A.example', '::1', '0:0:0:0:0:0:0:1'])).toHaveLength(2);
  });
});

describe('CA in memory', () => {
  const root = createCA({ name: 'Test root', permitted: ['example.org', '10.0.0.0/8', '@example.org'] }, NOW);
  const ca = root.then((above) => above.intermediate({ name: 'O=Test, CN=Test CA' }));

  test('K4: a leaf of an intermediate verifies for its use, and for no other; name constraints hold', async () => {
    const [above, issuer] = [await root, await ca];
    const trusted = new TrustStore([above.certificate]);
    const check = async (
      template: TemplateName,
      names: string[],
      purpose: 'sslserver' | 'sslclient',
    ): Promise<string[]> => {
      const { certificate, chain } = await issuer.issue({ names, template });
      return verifyChain(certificate, { trusted, untrusted: chain, time: Date.now(), purpose }).errors.map(
        ({ name }) => name,
      );
    };
    expect(await check('server', ['www.example.org', '10.1.2.3', 'a@example.org'], 'sslserver')).toEqual([]);
    expect(await check('client', [], 'sslclient')).toEqual([]);
    expect(await check('both', ['a.example.org'], 'sslclient')).toEqual([]);
    expect(await check('server', ['a.example.org'], 'sslclient')).toEqual(['INVALID_PURPOSE']);
    expect(await check('server', ['example.com'], 'sslserver')).toEqual(['PERMITTED_VIOLATION']);
    expect(await check('server', ['11.0.0.1'], 'sslserver')).toEqual(['PERMITTED_VIOLATION']);
  });

  test('K4: templates say what RFC 5280 asks of each use', async () => {
    const issuer = await ca;
    const key = await generateKey({ type: 'rsa', bits: 1024 });
    const of = (template: TemplateName, names = ['a@example.org']): string =>
      textOf(issueCertificate(issuer, key.publicKey, { template, names }));
    expect(of('server', ['a.example.org'])).toMatch(
      /Digital Signature, Key Encipherment\n[^]*TLS Web Server Authentication\n/,
    );
    expect(of('client')).toMatch(/Key Usage: critical\n\s+Digital Signature\n[^]*TLS Web Client Authentication\n/);
    expect(of('code')).toContain('Code Signing');
    const kem = await generateKey({ type: 'ml-kem-768' });
    expect(textOf(issueCertificate(issuer, kem.publicKey, { names: ['a.example.org'] }))).toMatch(
      /Key Usage: critical\n\s+Key Encipherment\n/,
    );
    expect(of('ocsp')).toMatch(/OCSP Signing[^]*OCSP No Check/);
    expect(of('ca')).toMatch(/CA:TRUE, pathlen:0[^]*Certificate Sign, CRL Sign/);
    for (const template of ['server', 'client', 'code', 'ocsp', 'ca'] as const)
      expect(of(template)).toMatch(/Subject Key Identifier[^]*Authority Key Identifier/);
  });

  test('the subject is the first name that fits; an empty one makes the names critical', async () => {
    const issuer = await ca;
    const { key } = await issuer.issue({ names: ['a.example.org'] });
    const long = `${'a'.repeat(60)}.example.org`;
    const one = issueCertificate(issuer, key.publicKey, { names: [long, 'b.example.org'] });
    expect(nameText(one.subject)).toBe('CN = b.example.org');
    const none = issueCertificate(issuer, key.publicKey, { names: [long] });
    expect([none.subject.isEmpty, none.extension('2.5.29.17')?.critical]).toEqual([true, true]);
  });

  test('a leaf never outlives its CA, and starts a minute early', async () => {
    const issuer = await createCA({ name: 'Short', days: 10 }, NOW);
    const { key } = issuer;
    const certificate = issueCertificate(issuer, key.publicKey, { names: ['a.example'], days: 90 }, NOW);
    expect(certificate.notAfter.ms).toBe(issuer.certificate.notAfter.ms);
    expect(certificate.notBefore.ms).toBe(NOW - 60_000);
    expect(() => issueCertificate(issuer, key.publicKey, { names: ['a.example'] }, NOW + 20 * 86_400_000)).toThrow(
      /CA itself has expired/,
    );
  });

  test.each([{ days: 0 }, { days: 1.5 }, { days: 1e9 }, { names: [] }, { template: 'x' as TemplateName }])(
    '%j is refused',
    async (order) => {
      const issuer = await ca;
      expect(() => issueCertificate(issuer, issuer.key.publicKey, { names: ['a.example'], ...order })).toThrow(
        expect.objectContaining({ code: 'ERR_USAGE' }),
      );
    },
  );

  test('K4: a request gives its names, and makes no CA', async () => {
    const issuer = await ca;
    const key = await generateKey({ type: 'ec', curve: 'P-384' });
    const request = (lines: readonly (readonly [string, string])[]): ReturnType<typeof buildRequest> =>
      buildRequest(
        {
          subject: parseSubject('/CN=x'),
          spki: key.publicKey.spki,
          attributes: [],
          extensions: buildExtensions(lines),
        },
        signatureFor(key),
      );
    const asks = request([
      ['subjectAltName', 'DNS:a.example.org'],
      ['extendedKeyUsage', 'codeSigning'],
      ['basicConstraints', 'CA:TRUE'],
    ]);
    expect(textOf(issuer.sign(asks))).toMatch(/^(?!.*Code Signing)[^]*CA:FALSE[^]*DNS:a.example.org/);
    expect(textOf(issuer.sign(asks, { copy: ['subjectAltName', 'extendedKeyUsage'] }))).toContain('Code Signing');
    expect(() => issuer.sign(asks, { copy: ['all'] })).toThrow(/asks for a CA certificate/);
    expect(textOf(issuer.sign(asks, { copy: ['all'], template: 'ca' }))).toContain('CA:TRUE, pathlen:0');
    expect(textOf(issuer.sign(asks, { names: ['b.example.org'] }))).not.toContain('a.example.org');
    const broken = Buffer.from(asks.der);
    broken[broken.length - 1]! ^= 1;
    const { CertificateRequest } = await import('../../../src/lib/x509/request.ts');
    expect(() => issuer.sign(CertificateRequest.read(broken))).toThrow(
      expect.objectContaining({ code: 'ERR_SIGNATURE' }),
    );
  });

  test('a P-256 leaf with its key takes less than 10 ms', async () => {
    const issuer = await createCA({ name: 'Quick' });
    await issuer.issue({ names: ['warm.example'] });
    const from = process.cpuUsage();
    for (let i = 0; i < 50; i += 1) await issuer.issue({ names: [`h${i}.example`] });
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1000 / 50).toBeLessThan(10);
  });
});
