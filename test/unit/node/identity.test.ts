import tls, { type PeerCertificate } from 'node:tls';
import { domainToASCII } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checkServerIdentity } from '../../../src/lib/node/peer/identity.ts';
import { seeded } from '../../support/seeded.ts';

type Check = (host: string, cert: PeerCertificate) => Error | undefined;

/** Everything that a program can see of an answer. */
function outcome(check: Check, host: unknown, cert: unknown): unknown {
  try {
    const error = check(host as string, cert as PeerCertificate);
    return error && { ...seen(error), ownCert: (error as Error & { cert?: unknown }).cert === cert };
  } catch (error) {
    return { thrown: seen(error as Error) };
  }
}

const seen = (error: Error): object => ({
  own: Object.entries(error).filter(([key]) => key !== 'cert'),
  keys: Object.keys(error),
  text: String(error),
  name: error.name,
  kinds: [Error, SyntaxError, TypeError].map((Kind) => error instanceof Kind),
});

const passes = (host: string, subjectaltname: string): boolean =>
  tls.checkServerIdentity(host, { subjectaltname } as PeerCertificate) === undefined;

/** Older Nodes compare a host as it was typed, some between them in ASCII even where it is an address: there what its ASCII form changes is no comparison. */
const NEWEST = passes('é.example', 'DNS:xn--9ca.example') && passes('::1', 'IP Address:0:0:0:0:0:0:0:1');

/** The pairs for which the two answers differ. */
function differences(pairs: Iterable<readonly [host: string, cert: object]>): unknown[] {
  const found: unknown[] = [];
  let compared = 0;
  for (const [host, cert] of pairs) {
    if (!NEWEST && domainToASCII(host) !== host.toLowerCase()) continue;
    compared += 1;
    const [ours, nodes] = [checkServerIdentity, tls.checkServerIdentity].map((check) => outcome(check, host, cert));
    if (!isDeepStrictEqual(ours, nodes)) found.push({ host, cert, ours, nodes });
  }
  expect(compared).toBeGreaterThan(100);
  return found;
}

const HOSTS = [
  'a.com',
  'A.COM',
  'a.com.',
  'a.com..',
  '.a.com',
  'b.a.com',
  'B.a.Com.',
  'c.b.a.com',
  'foo.a.com',
  'foobar.a.com',
  'com',
  'localhost',
  '',
  '.',
  '..',
  ' ',
  'a b.com',
  'a_b.a.com',
  '*.a.com',
  'xn--9ca.a.com',
  'xn--zz.a.com',
  'é.a.com',
  'bücher.example',
  'xn--bcher-kva.example',
  'ﬀ.example',
  'ff.example',
  'İ.example',
  'K.example',
  'k.example',
  'a\u0000.com',
  'a\u3002com',
  '1.2.3.4',
  '01.2.3.4',
  '1.2.3',
  '0x7f.1',
  '256.1.1.1',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::',
  '::ffff:1.2.3.4',
  '::FFFF:102:304',
  '2001:DB8::1',
  '2001:db8:0:0:0:0:0:1',
  'fe80::1%eth0',
  '[::1]',
  '1.2.3.4.',
  '1:2:3:4:5:6:7:8',
  '1:0:0:4:0:0:0:8',
  'undefined',
  'constructor',
  '__proto__',
];

const ALT_NAMES = [
  undefined,
  '',
  'DNS:a.com',
  'DNS:A.com',
  'DNS:a.com.',
  'DNS:*.a.com',
  'DNS:*.A.COM',
  'DNS:*.com',
  'DNS:*',
  'DNS:*.*.com',
  'DNS:b.*.com',
  'DNS:f*.a.com',
  'DNS:*r.a.com',
  'DNS:f*r.a.com',
  'DNS:fo*o.a.com',
  'DNS:foo*foo.a.com',
  'DNS:**.a.com',
  'DNS:f**r.a.com',
  'DNS:xn--*.a.com',
  'DNS:xn--9ca.a.com',
  'DNS:*xn--9ca.a.com',
  'DNS:é.a.com',
  'DNS:bücher.example',
  'DNS:xn--bcher-kva.example',
  'DNS:ff.example',
  'DNS:k.example',
  'DNS:.a.com',
  'DNS:a..com',
  'DNS:',
  'DNS: a.com',
  'DNS:a.com ',
  'DNS:a b.com',
  'DNS:a_b.a.com',
  'DNS:a.com, DNS:b.a.com',
  'DNS:a.com,DNS:b.a.com',
  'dns:a.com',
  'URI:http://a.com/',
  'URI:http://a.com/, DNS:b.a.com',
  'email:x@a.com',
  'IP Address:1.2.3.4',
  'IP Address:1.2.3.4, DNS:a.com',
  'IP Address:0:0:0:0:0:0:0:1',
  'IP Address:::1',
  'IP Address:2001:DB8:0:0:0:0:0:1',
  'IP Address:0:0:0:0:0:FFFF:102:304',
  'IP Address:<invalid>',
  'IP Address:1:0:0:4:0:0:0:8',
  'IP Address:<invalid>, IP Address:1.2.3.4',
  'IP Address:01.2.3.4',
  'DNS:1.2.3.4',
  'DNS:127.0.0.1',
  'DNS:undefined',
  'Registered ID:1.2.3',
  'DirName:"CN = a.com, DNS:b.a.com"',
  'DNS:"a.com"',
  'DNS:"b.a.com, DNS:a.com"',
  'DNS:"a.com\\u0000.evil.com"',
  'DNS:"evil.com", DNS:a.com',
  'DNS:"evil\\", DNS:a.com"',
  'othername:"x\\"y", DNS:a.com',
  'DNS:"a.com',
  'DNS:"a\\x.com"',
  'DNS:"a\u0001"',
  'DNS:a"b"c.com, DNS:a.com',
  'x"y"',
  '"DNS:a.com"',
  'DNS:"a"".com"',
  ',',
  ', ',
  ',,',
  'DNS:a.com,',
  'DNS:"x",',
  'DNS:"x",DNS:a.com',
  'DNS:"x"DNS:a.com',
];

const SUBJECTS = [
  undefined,
  null,
  {},
  { CN: '' },
  { CN: 'a.com' },
  { CN: '*.a.com' },
  { CN: ['b.a.com', '*.example'] },
  { CN: [] },
  { CN: 'é.a.com' },
  { CN: '1.2.3.4' },
];

describe('checkServerIdentity [A6]', () => {
  it('answers as node:tls does, for every host with every list of names', () => {
    const subject = { CN: 'a.com' };
    const pairs = HOSTS.flatMap((host) =>
      ALT_NAMES.map((subjectaltname) => [host, { subject, subjectaltname }] as const),
    );
    expect(differences(pairs)).toEqual([]);
  });

  it('answers as node:tls does for a subject without alternative names of hosts', () => {
    const others = [{}, { subjectaltname: 'URI:http://a.com/' }, { subjectaltname: 'IP Address:1.2.3.4' }];
    const certs = SUBJECTS.flatMap((subject) => others.map((other) => ({ subject, ...other })));
    expect(differences(HOSTS.flatMap((host) => certs.map((cert) => [host, cert] as const)))).toEqual([]);
  });

  it('answers as node:tls does for random names made of what matters in names', () => {
    const random = seeded('checkServerIdentity');
    const number = (below: number): number => (random(1)[0] as number) % below;
    const text = (words: readonly string[], most: number): string =>
      Array.from({ length: 1 + number(most) }, () => words[number(words.length)]).join('');
    const host = ['a', 'b', 'com', '.', '.', '*', 'xn--', '1', ':', '-', 'A'];
    const names = [...host, 'DNS:', ', ', ',', '"', '\\"', 'IP Address:', ' ', 'é', '\\u0041'];
    const pairs = Array.from({ length: 6000 }, (_, i) => {
      const subjectaltname = i % 2 === 0 ? text(names, 10) : `DNS:${text(host, 5)}`;
      return [text(host, 5), { subject: { CN: text(host, 6) }, subjectaltname }] as const;
    });
    expect(differences(pairs)).toEqual([]);
  });

  it('takes what is no string for one, and fails on what is no certificate', () => {
    for (const host of [undefined, null, true, { toString: () => 'a.com' }]) {
      const cert = { subject: { CN: 'undefined' }, subjectaltname: 'DNS:a.com' };
      expect(outcome(checkServerIdentity, host, cert)).toEqual(outcome(tls.checkServerIdentity, host, cert));
    }
    expect(() => checkServerIdentity('a.com', undefined as never)).toThrow(TypeError);
  });

  it('takes a U-label for its A-label on every Node', () => {
    const cert = { subject: {}, subjectaltname: 'DNS:xn--bcher-kva.example' } as unknown as PeerCertificate;
    expect(checkServerIdentity('bücher.example', cert)).toBeUndefined();
    expect(checkServerIdentity('bücher.example.', cert)).toBeUndefined();
    expect(checkServerIdentity('bücher.com', cert)?.message).toContain("is not in the cert's altnames");
  });
});
