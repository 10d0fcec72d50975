import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/lib/conf/index.ts';
import { Name } from '../../../src/lib/x509/name.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { buildExtension, buildExtensions, parseSanList } from '../../../src/lib/x509/extensions/index.ts';
import { cpuSeconds } from '../../support/cpu.ts';

const config = parseConfig('[names]\nDNS.1 = a\nfoo.1 = b\n[dn]\nC = DEU\n[pol]\nCPS = x\n', {
  source: 'a.cnf',
  env: {},
});
const build = (name: string, value: string): ReturnType<typeof buildExtension> =>
  buildExtension(name, value, { config, where: '[v3]' });

describe('errors of extensions name place, value and what is allowed', () => {
  it.each([
    [
      'keyUsage',
      'digitalSignatur',
      '[v3] keyUsage = digitalSignatur: "digitalSignatur" should be one of digitalSignature, nonRepudiation,',
    ],
    ['basicConstraints', 'CA:MAYBE', '[v3] basicConstraints = CA:MAYBE: "CA:MAYBE" should be CA:TRUE or FALSE'],
    [
      'subjectAltName',
      '@names',
      '[v3] subjectAltName = @names: "foo.1:b" should be email:, URI:, DNS:, RID:, IP:, dirName: or otherName: and a value',
    ],
    ['subjectAltName', '@other', '[v3] subjectAltName = @other: there is no section [other] in a.cnf'],
    ['subjectAltName', 'IP:1.2.3', '[v3] subjectAltName = IP:1.2.3: IP:1.2.3 should be an IPv4 or IPv6 address'],
    [
      'subjectAltName',
      'dirName:dn',
      '[v3] subjectAltName = dirName:dn: [dn] C (countryName) "DEU" has 3 characters; at most 2 are allowed',
    ],
    ['subjectAltName', '', '[v3] subjectAltName = : the value is empty'],
    [
      'extendedKeyUsage',
      'serverauth',
      '[v3] extendedKeyUsage = serverauth: "serverauth" is neither the name of an object nor a dotted identifier',
    ],
    ['certificatePolicies', '@pol', '[v3] certificatePolicies = @pol: the section [pol] has no policyIdentifier'],
    ['subjectKeyIdentifier', 'hash', '[v3] subjectKeyIdentifier = hash: there is no public key to hash'],
    [
      'authorityKeyIdentifier',
      'keyid',
      '[v3] authorityKeyIdentifier = keyid: there is no issuer certificate to point to',
    ],
    ['2.5.29.17', 'DNS:a', '[v3] 2.5.29.17 = DNS:a: write subjectAltName for "2.5.29.17"'],
    [
      'subjectAltname',
      'DNS:a',
      '"subjectAltname" is no extension with a language of its own; give its value as DER:… or ASN1:…',
    ],
    ['1.2.3', 'DER:0', '[v3] 1.2.3 = DER:0: DER: needs pairs of hexadecimal digits after it'],
    ['constructor', 'x', '"constructor" is no extension'],
  ])('%s = %s', (name, value, message) => {
    expect(() => build(name, value)).toThrow(message);
  });
});

describe('email:move', () => {
  it('tells the subject without its addresses', () => {
    const subject = parseSubject('/CN=a/emailAddress=x@y+OU=b/emailAddress=z@y');
    let changed = Name.empty;
    const [made] = buildExtensions([['subjectAltName', 'email:move']], {
      subject: { subject, spki: Buffer.alloc(0) },
      onSubjectChange: (name) => (changed = name),
    });
    expect(made?.value.toString('latin1')).toContain('x@y');
    expect(changed.der).toEqual(parseSubject('/CN=a/OU=b').der);
  });
});

describe('K3 --san for people', () => {
  it.each([
    [
      'dns:a.example,ip:127.0.0.1,email:x@y.z,uri:https://a/b',
      'DNS:a.example,IP:127.0.0.1,email:x@y.z,URI:https://a/b',
    ],
    [
      'localhost, *.example.org ,127.0.0.1,::1,[fe80::1],me@example.org,https://a/b,urn:x:y',
      'DNS:localhost,DNS:*.example.org,IP:127.0.0.1,IP:::1,IP:fe80::1,email:me@example.org,URI:https://a/b,URI:urn:x:y',
    ],
    ['IP:::1,DNS:A', 'IP:::1,DNS:A'],
    ['rid:1.2.3,spiffe://td/x', 'RID:1.2.3,URI:spiffe://td/x'],
    ['fd00::1', 'IP:fd00::1'],
    ['xn--mller-kva.example', 'DNS:xn--mller-kva.example'],
    ['müller.example', 'DNS:xn--mller-kva.example'],
    ['*.müller.example', 'DNS:*.xn--mller-kva.example'],
  ])('%s', (text, value) => {
    expect(parseSanList(text)).toBe(value);
    expect(build('subjectAltName', value).oid).toBe('2.5.29.17');
  });

  it.each(['', ',', 'ip:localhost', 'dns:', 'dns:a b', 'foo:bar', 'email:', 'a..b', '1.2.3.4/8'])(
    'refuses %j',
    (text) => {
      expect(() => parseSanList(text)).toThrow(/is no|nothing stands|no name in/);
    },
  );
});

describe('hostile values', () => {
  const many = (part: string, count: number): string => Array.from({ length: count }, () => part).join(',');

  it.each([
    ['keyUsage', many('digitalSignature', 200_000)],
    ['subjectAltName', many('DNS:a', 200_000)],
    ['certificatePolicies', many('1.2.3', 200_000)],
    ['noticeNumbers', 'x'],
    ['1.2.3', `ASN1:FORMAT:BITLIST,BITSTR:${many('300', 200_000)}`],
    ['inhibitAnyPolicy', '9'.repeat(1_000_000)],
    ['extendedKeyUsage', `1.2.${'9'.repeat(1_000_000)}`],
    ['1.2.3', `ASN1:${'OCTWRAP,'.repeat(100_000)}NULL`],
  ])('%s is refused in time', async (name, value) => {
    const seconds = await cpuSeconds(() =>
      expect(() => build(name, value)).toThrow(expect.objectContaining({ name: 'TlskitError' })),
    );
    expect(seconds).toBeLessThan(2);
  });
});
