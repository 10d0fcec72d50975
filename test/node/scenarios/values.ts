/** Functions of the module that make values of values. */
import { scenario, scenarioAlone } from '../differential/scenario.ts';

const HOSTS = [
  'a.com',
  'A.COM',
  'b.com',
  'a.b.com',
  'foo.a.com',
  'a.com.',
  '127.0.0.1',
  '8.8.8.8',
  '::1',
  '0:0:0:0:0:0:0:1',
  '',
  '.',
  'localhost',
  'xn--bcher-kva.example',
  'bücher.example',
  'www.xn--bcher-kva.example',
  '*.a.com',
  'foo.bar.a.com',
  'a_b.com',
];

const CERTIFICATES: readonly Record<string, unknown>[] = [
  { subject: { CN: 'a.com' } },
  { subject: { CN: '*.a.com' } },
  { subject: { CN: ['a.com', 'b.com'] } },
  { subject: { CN: 'a.com' }, subjectaltname: 'DNS:b.com' },
  { subject: {}, subjectaltname: 'DNS:a.com, DNS:*.a.com' },
  { subject: {}, subjectaltname: 'DNS:*.com' },
  { subject: {}, subjectaltname: 'DNS:f*.a.com, DNS:*o.b.com' },
  { subject: {}, subjectaltname: 'DNS:**.a.com, DNS:a.*.com' },
  { subject: {}, subjectaltname: 'DNS:xn--*.a.com, DNS:xn--bcher-kva.example, DNS:*.xn--bcher-kva.example' },
  { subject: {}, subjectaltname: 'IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1' },
  { subject: { CN: '127.0.0.1' } },
  { subject: {}, subjectaltname: 'URI:http://a.com/' },
  { subject: { CN: 'a.com' }, subjectaltname: 'URI:http://b.com/' },
  { subject: { CN: 'a.com' }, subjectaltname: 'IP Address:8.8.8.8' },
  { subject: {}, subjectaltname: 'DNS:"a.com\\u002c DNS:b.com"' },
  { subject: {}, subjectaltname: 'DNS:a..com, DNS:.com, DNS:a.com' },
  { subject: {}, subjectaltname: 'DNS:a.com, email:x@a.com' },
  { subject: undefined },
  {},
  { subject: {}, subjectaltname: '' },
];

for (const [index, certificate] of CERTIFICATES.entries()) {
  scenario(`values/checkServerIdentity ${index + 1}`, (play) => {
    for (const host of HOSTS) {
      play.attempt(host || 'empty', 'checkServerIdentity', () => {
        const error = play.tls.checkServerIdentity(host, certificate as never);
        return error === undefined ? 'fine' : error;
      });
    }
  });
}

scenario('values/checkServerIdentity of other types', (play) => {
  const check = play.tls.checkServerIdentity as (...values: unknown[]) => unknown;
  for (const [index, host] of [undefined, null, 1, {}, ['a.com']].entries()) {
    play.attempt(`${index}`, 'checkServerIdentity', () => check(host, { subject: { CN: 'a.com' } }));
  }
  play.attempt('no certificate', 'checkServerIdentity', () => check('a.com'));
  play.attempt('malformed', 'checkServerIdentity', () => check('a.com', { subject: {}, subjectaltname: 'DNS:"a' }));
});

scenario('values/convertALPNProtocols', (play) => {
  const convert = play.tls as unknown as {
    convertALPNProtocols(protocols: unknown, out: Record<string, unknown>): void;
  };
  const given: readonly unknown[] = [
    ['h2', 'http/1.1'],
    [],
    ['é'],
    ['x'.repeat(255)],
    ['x'.repeat(256)],
    [''],
    Buffer.from('\x02h2'),
    new Uint8Array([2, 104, 50]),
    new Uint16Array([0x6802]),
    new DataView(new ArrayBuffer(2)),
    'h2',
    undefined,
    null,
    1,
    [1],
    [Buffer.from('h2')],
    {},
  ];
  for (const [index, protocols] of given.entries()) {
    const out: Record<string, unknown> = {};
    play.attempt(`${index}`, 'convertALPNProtocols', () => convert.convertALPNProtocols(protocols, out));
    const made = out['ALPNProtocols'];
    play.note(`${index}`, 'out', Object.keys(out), Buffer.isBuffer(made) ? made.toString('hex') : made);
  }
  play.attempt('none', 'convertALPNProtocols', () => convert.convertALPNProtocols(['h2'], undefined as never));
});

scenario('values/getCiphers', (play) => {
  const ciphers = play.tls.getCiphers();
  play.note(
    'module',
    'getCiphers',
    Array.isArray(ciphers),
    ciphers.every((name) => name === name.toLowerCase()),
  );
  for (const name of ciphers) play.note('names', name);
});

scenario('values/constants', (play) => {
  const {
    DEFAULT_CIPHERS,
    DEFAULT_ECDH_CURVE,
    DEFAULT_MIN_VERSION,
    DEFAULT_MAX_VERSION,
    CLIENT_RENEG_LIMIT,
    CLIENT_RENEG_WINDOW,
  } = play.tls;
  play.note(
    'module',
    'defaults',
    DEFAULT_CIPHERS,
    DEFAULT_ECDH_CURVE,
    DEFAULT_MIN_VERSION,
    DEFAULT_MAX_VERSION,
    CLIENT_RENEG_LIMIT,
    CLIENT_RENEG_WINDOW,
  );
  const { rootCertificates } = play.tls;
  play.note(
    'roots',
    'are',
    Array.isArray(rootCertificates),
    Object.isFrozen(rootCertificates),
    rootCertificates === play.tls.rootCertificates,
  );
  play.note('roots', 'begin', rootCertificates.length, rootCertificates[0]);
  play.attempt('roots', 'push', () => (rootCertificates as string[]).push('x'));
  play.attempt('roots', 'assign', () => ((play.tls as { rootCertificates: unknown }).rootCertificates = []));
});

scenario('values/getCACertificates', (play) => {
  const get = (play.tls as unknown as { getCACertificates?: (type?: unknown) => string[] }).getCACertificates;
  play.note('module', 'is', get);
  if (!get) return;
  for (const type of ['bundled', 'extra', 'default']) {
    play.attempt(type, 'getCACertificates', () => get(type).length);
    play.attempt(type, 'same array', () => [get(type) === get(type), Object.isFrozen(get(type))]);
  }
  for (const type of ['x', 1, null]) play.attempt(String(type), 'getCACertificates', () => get(type));
});

scenarioAlone('values/setDefaultCACertificates', (play) => {
  const { getCACertificates: get, setDefaultCACertificates: set } = play.tls as unknown as {
    getCACertificates: (type?: unknown) => string[];
    setDefaultCACertificates?: (certificates: unknown) => void;
  };
  play.note('module', 'is', set);
  if (!set) return;
  const before = get('default');
  for (const bad of [undefined, null, 'x', 1, [1], ['rubbish'], {}]) play.attempt('module', 'bad', () => set(bad));
  play.attempt('module', 'set', () => set([play.pki.ca]));
  play.note('module', 'default', get('default').length, get('default')[0] === play.pki.ca.trimEnd());
  play.attempt('module', 'set twice the same', () => set([play.pki.ca, play.pki.ca]));
  play.note('module', 'default', get('default').length);
  play.attempt('module', 'set nothing', () => set([]));
  play.note('module', 'default', get('default').length);
  set(before);
});
