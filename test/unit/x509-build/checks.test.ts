import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodePem } from '../../../src/lib/der/index.ts';
import { contextPrimitive, seq } from '../../../src/lib/der/writer.ts';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { buildCertificate, validityFromNow, VERSION_3 } from '../../../src/lib/x509/build.ts';
import type { Certificate } from '../../../src/lib/x509/certificate.ts';
import {
  emailAddresses,
  matchesEmail,
  matchesHost,
  matchesIp,
  ocspUris,
  parseIp,
} from '../../../src/lib/x509/checks.ts';
import { buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { parseSerial } from '../../../src/lib/x509/serial.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { describeWith, openssl } from '../../support/peers.ts';

const pair = generateKeyPairSync('ed25519');
const key = PrivateKey.fromPkcs8(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));

function certificate(subject: string, extensions: Record<string, string> = {}): Certificate {
  const name = parseSubject(subject);
  return buildCertificate(
    {
      versionField: VERSION_3,
      serial: parseSerial('1'),
      issuer: name,
      subject: name,
      ...validityFromNow(1),
      spki: key.publicKey.spki,
      extensions: buildExtensions(Object.entries(extensions)),
    },
    signatureFor(key),
  );
}

/** node:crypto asks OpenSSL the same questions. */
const node = (made: Certificate): X509Certificate => new X509Certificate(made.der);

const PATTERNS = [
  'www.example.org',
  '*.example.org',
  'w*.example.org',
  '*w.example.org',
  'w*w.example.org',
  '*.org',
  '*',
  'www.*.org',
  '*.*.example.org',
  'xn--a*.example.org',
  '*.xn--a.org',
  'WWW.Example.ORG',
  '-*.example.org',
  '*-.example.org',
  '*.example.org.',
  '.example.org',
  'a..example.org',
  '*.exa_mple.org',
];
const HOSTS = [
  'www.example.org',
  'WWW.EXAMPLE.org',
  'ww.example.org',
  'a.b.example.org',
  'example.org',
  'xn--abc.example.org',
  '*.example.org',
  '.example.org',
  'w.example.org',
  'www.example.org.',
  'a.xn--a.org',
  'foo-.example.org',
  '_x.example.org',
];

describe('host names', () => {
  it.each(PATTERNS)('%s matches what it matches in OpenSSL', (pattern) => {
    const made = certificate('/CN=nobody', { subjectAltName: `DNS:${pattern}` });
    const theirs = node(made);
    for (const host of HOSTS) {
      expect(matchesHost(made, host), `${pattern} ${host}`).toBe(
        theirs.checkHost(host, { subject: 'default' }) !== undefined,
      );
    }
  });

  it('the common name counts where no DNS name stands', () => {
    expect(matchesHost(certificate('/CN=www.example.org'), 'www.example.org')).toBe(true);
    expect(matchesHost(certificate('/CN=www.example.org', { subjectAltName: 'IP:1.2.3.4' }), 'www.example.org')).toBe(
      true,
    );
    expect(matchesHost(certificate('/CN=www.example.org', { subjectAltName: 'DNS:a.b' }), 'www.example.org')).toBe(
      false,
    );
  });
});

/** A subjectAltName of one name, which need not be a good one. */
function named(tag: number, value: string): Certificate {
  const hex = seq(contextPrimitive(tag, Buffer.from(value, 'latin1'))).toString('hex');
  return certificate('/CN=nobody', { subjectAltName: `DER:${hex}` });
}

describeWith(['openssl'], 'names that are none, and addresses as names', () => {
  const [email, dns, ip] = [1, 2, 7];
  it.each([
    ['host', dns, 'evil\0.example.org', '.example.org', false],
    ['host', dns, 'www.example.org\0', 'www.example.org', false],
    ['host', dns, 'www.example.org\0.evil.org', 'www.example.org', false],
    ['host', dns, '*.example.org\0', 'www.example.org', false],
    ['host', dns, '', '', false],
    ['host', dns, '', 'www.example.org', false],
    ['host', dns, '*.example.org', '', false],
    ['host', dns, '*.example.org', '.example.org', true],
    ['host', dns, '*.0.0.1', '127.0.0.1', true],
    ['host', dns, '127.0.0.1', '127.0.0.1', true],
    ['ip', dns, '127.0.0.1', '127.0.0.1', false],
    ['ip', dns, '*.0.0.1', '127.0.0.1', false],
    ['ip', ip, '', '127.0.0.1', false],
    ['email', email, '', '', false],
    ['email', email, 'a@example.org\0', 'a@example.org', false],
    ['email', email, '\0a@example.org', 'a@example.org', false],
  ])('%s: [%i] %j for "%s": %s', (what, tag, value, wanted, expected) => {
    const made = named(tag, value);
    const ask = {
      host: matchesHost,
      email: matchesEmail,
      ip: (c: Certificate) => matchesIp(c, parseIp(wanted) as Buffer),
    };
    expect(ask[what as keyof typeof ask](made, wanted)).toBe(expected);
    const { stdout } = openssl(['x509', '-noout', `-check${what}`, wanted], {
      input: encodePem('CERTIFICATE', made.der),
    });
    expect(stdout).toContain(expected ? 'does match' : 'does NOT match');
  });

  it('a wanted name that is empty or has a NUL matches nothing', () => {
    expect(matchesHost(named(2, 'a\0b'), 'a\0b')).toBe(false);
    expect(matchesEmail(named(1, 'a\0@b'), 'a\0@b')).toBe(false);
    expect(matchesEmail(named(1, ''), '')).toBe(false);
    expect(matchesIp(named(7, ''), Buffer.alloc(0))).toBe(false);
    expect(matchesHost(certificate('/CN='), '')).toBe(false);
  });
});

describe('mailboxes and addresses', () => {
  it.each(['a@example.org', 'A@example.org', 'a@EXAMPLE.org', 'example.org', 'b@example.org', '@example.org', ''])(
    '%s',
    (address) => {
      for (const made of [
        certificate('/CN=x/emailAddress=a@example.org'),
        certificate('/CN=x', { subjectAltName: 'email:a@example.org' }),
      ]) {
        if (address === '') expect(matchesEmail(made, address)).toBe(false);
        else
          expect(matchesEmail(made, address)).toBe(
            node(made).checkEmail(address, { subject: 'default' }) !== undefined,
          );
      }
    },
  );

  it('addresses are compared as octets', () => {
    const made = certificate('/CN=1.2.3.4', { subjectAltName: 'IP:127.0.0.1,IP:2001:db8::1' });
    const is = (text: string): boolean => matchesIp(made, parseIp(text) as Buffer);
    expect(is('127.0.0.1') && is('2001:DB8:0:0::1') && is('2001:db8::0.0.0.1')).toBe(true);
    expect(is('1.2.3.4') || is('127.0.0.2')).toBe(false);
    for (const bad of ['1.2.3', '1.2.3.256', 'a', '::1::', ':1', '1:2:3:4:5:6:7:8:9', '12345::', '::1.2.3']) {
      expect(parseIp(bad), bad).toBeUndefined();
    }
    expect(parseIp('::')?.toString('hex')).toBe('0'.repeat(32));
    expect(parseIp('::ffff:1.2.3.4')?.toString('hex')).toBe(`${'0'.repeat(20)}ffff01020304`);
  });

  it('are listed once', () => {
    const made = certificate('/CN=x/emailAddress=a@b.c', {
      subjectAltName: 'email:q@b.c,email:a@b.c',
      authorityInfoAccess: 'OCSP;URI:http://o/,caIssuers;URI:http://c/,OCSP;URI:http://o/',
    });
    expect(emailAddresses(made)).toEqual(['a@b.c', 'q@b.c']);
    expect(ocspUris(made)).toEqual(['http://o/']);
    expect(ocspUris(certificate('/CN=x'))).toEqual([]);
  });
});
