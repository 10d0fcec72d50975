/** Chains, good and broken in one way each, for the comparison with OpenSSL. */
import { corruptSignature, timeFromMs } from '../../../src/lib/x509/build.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { timeOf } from '../../../src/lib/x509/time.ts';
import { authority, CA_EXTENSIONS, issue, makeKey, NOW, type Party, type PartyOptions } from '../../support/chains.ts';
import type { ChainCase } from '../../support/verify.ts';

type Lines = readonly (readonly [string, string])[];

/** Extensions of a CA, some changed or (with an empty value) left out. */
const caWith = (...changes: Lines): Lines => {
  const names = new Set(changes.map(([name]) => name));
  return [...CA_EXTENSIONS.filter(([name]) => !names.has(name)), ...changes.filter(([, value]) => value !== '')];
};

const KEY_IDS: Lines = [
  ['subjectKeyIdentifier', 'hash'],
  ['authorityKeyIdentifier', 'keyid'],
];

const certificates = (...parties: readonly Party[]): Party['certificate'][] =>
  parties.map((party) => party.certificate);

/** Root, intermediate and end, with options for each. */
function three(options: { root?: PartyOptions; middle?: PartyOptions; leaf?: PartyOptions } = {}): {
  root: Party;
  middle: Party;
  leaf: Party;
} {
  const root = authority('/O=Test/CN=Root', undefined, options.root);
  const middle = authority('/O=Test/CN=Middle', root, options.middle);
  return { root, middle, leaf: issue('/CN=www.example.org', middle, options.leaf) };
}

const chain = (parts: ReturnType<typeof three>, more: Partial<ChainCase> = {}): ChainCase => ({
  leaf: parts.leaf.certificate,
  trusted: certificates(parts.root),
  untrusted: certificates(parts.middle),
  ...more,
});

const unknown = (critical: boolean): PartyOptions['extra'] => [
  { oid: '1.2.3.4.5', critical, value: Buffer.from('0500', 'hex') },
];

function validity(): Record<string, ChainCase> {
  const utc = (text: string): PartyOptions => ({ notAfter: timeOf(23, Buffer.from(text)) });
  const second = three({ leaf: { from: -1, to: 0 } });
  return {
    'good chain': chain(three()),
    'expired leaf': chain(three({ leaf: { from: -9, to: -1 } })),
    'expired intermediate': chain(three({ middle: { from: -9, to: -1 } })),
    'expired root': chain(three({ root: { from: -9, to: -1 } })),
    'all expired': chain(three({ root: { to: -1 }, middle: { to: -1 }, leaf: { to: -1 } })),
    'leaf not yet valid': chain(three({ leaf: { from: 1 } })),
    'root not yet valid': chain(three({ root: { from: 1 } })),
    'expired and not yet valid': chain(three({ leaf: { from: 2, to: -2 } })),
    'dates do not count': chain(three({ leaf: { from: 2, to: -2 } }), { time: null }),
    'last second': chain(second),
    'one second before the last': chain(second, { time: NOW - 1000 }),
    'a fraction before the last second': chain(second, { time: NOW - 1 }),
    'first second': chain(three({ leaf: { from: 0 } })),
    'notAfter without seconds': chain(three({ leaf: utc('3001010000Z') })),
    'notAfter with an offset': chain(three({ leaf: utc('300101000000+0100') })),
    'notAfter on no day': chain(three({ leaf: utc('300230000000Z') })),
    'notBefore in letters': chain(three({ leaf: { notBefore: timeOf(23, Buffer.from('abcdefghijklZ')) } })),
    'GeneralizedTime before 2050': chain(three({ leaf: { notAfter: timeOf(24, Buffer.from('20300101000000Z')) } })),
    'year 1949 in UTCTime': chain(three({ leaf: { notBefore: timeFromMs(Date.UTC(1950, 0, 1)) } })),
    'far future': chain(three({ leaf: { notAfter: timeFromMs(Date.UTC(9999, 11, 31)) } })),
  };
}

function ends(): Record<string, ChainCase> {
  const parts = three();
  const self = issue('/CN=self', undefined);
  const selfCa = authority('/CN=self CA');
  const expired = issue('/CN=old self', undefined, { to: -1 });
  const mimic = authority('/O=Test/CN=Root');
  const { leaf, middle, root } = parts;
  return {
    'self-signed leaf': { leaf: self.certificate },
    'self-signed leaf, expired': { leaf: expired.certificate },
    'self-signed leaf in the store': { leaf: self.certificate, trusted: certificates(self) },
    'self-signed CA as leaf in the store': { leaf: selfCa.certificate, trusted: certificates(selfCa) },
    'self-signed leaf sent with itself': { leaf: self.certificate, untrusted: certificates(self) },
    'root sent, not trusted': { leaf: leaf.certificate, untrusted: certificates(middle, root) },
    'root sent first, not trusted': { leaf: leaf.certificate, untrusted: certificates(root, middle) },
    'root sent and trusted': chain(parts, { untrusted: certificates(middle, root) }),
    'nothing known': { leaf: leaf.certificate },
    'missing intermediate': chain(parts, { untrusted: [] }),
    'missing root': chain(parts, { trusted: [] }),
    'another root of the same name': chain(parts, { trusted: certificates(mimic) }),
    'an imposter of the root sent': chain(parts, { untrusted: certificates(middle, mimic) }),
    'the root is sent, an imposter is trusted': chain(parts, {
      trusted: certificates(mimic),
      untrusted: certificates(middle, root),
    }),
    'imposter and root trusted': chain(parts, { trusted: certificates(mimic, root) }),
    'leaf issued by the root': { leaf: issue('/CN=direct', root).certificate, trusted: certificates(root) },
    'root as leaf': { leaf: root.certificate, trusted: certificates(root) },
    'unrelated certificates sent': chain(parts, { untrusted: certificates(mimic, selfCa, middle, self) }),
    'leaf sent again': chain(parts, { untrusted: certificates(leaf, middle) }),
    'intermediate trusted': chain(parts, { trusted: certificates(middle), untrusted: [] }),
    'intermediate trusted, root sent': chain(parts, { trusted: certificates(middle), untrusted: certificates(root) }),
    'intermediate trusted, partial chain': chain(parts, {
      trusted: certificates(middle),
      untrusted: [],
      partialChain: true,
    }),
    'intermediate and root trusted, partial chain': chain(parts, {
      trusted: certificates(root, middle),
      untrusted: [],
      partialChain: true,
    }),
    'leaf trusted': chain(parts, { trusted: certificates(leaf), untrusted: [] }),
    'leaf trusted, partial chain': chain(parts, { trusted: certificates(leaf), untrusted: [], partialChain: true }),
    'nothing trusted, partial chain': chain(parts, { trusted: [], partialChain: true }),
    'expired intermediate trusted, partial chain': chain(three({ middle: { to: -1 } }), { partialChain: true }),
  };
}

function depths(): Record<string, ChainCase> {
  const parts = three();
  const bottom = authority('/CN=Bottom', parts.middle);
  const long = { leaf: issue('/CN=end', bottom).certificate, untrusted: certificates(parts.middle, bottom) };
  const cases: Record<string, ChainCase> = {};
  for (const depth of [0, 1, 2, 3]) {
    cases[`depth ${depth} for two intermediates`] = { ...long, trusted: certificates(parts.root), depth };
    cases[`depth ${depth}, root missing`] = { ...long, depth };
    cases[`depth ${depth}, root sent`] = { ...long, untrusted: [...long.untrusted, parts.root.certificate], depth };
    cases[`depth ${depth}, partial chain`] = {
      ...long,
      trusted: certificates(parts.middle),
      partialChain: true,
      depth,
    };
  }
  return cases;
}

function signatures(): Record<string, ChainCase> {
  const parts = three();
  const badRoot = corruptSignature(parts.root.certificate);
  const other = { ...parts.middle, key: makeKey() };
  const idRoot = authority('/CN=Ids', undefined, { extensions: caWith(...KEY_IDS) });
  const ids = (name: string, options: PartyOptions = {}): Party =>
    authority(name, idRoot, { extensions: caWith(...KEY_IDS), ...options });
  const [one, two] = [ids('/CN=Twin'), ids('/CN=Twin')];
  const twinLeaf = issue('/CN=twin leaf', two, { extensions: KEY_IDS });
  const plain = [authority('/CN=Plain twin', parts.root), authority('/CN=Plain twin', parts.root)] as const;
  const plainLeaf = issue('/CN=plain leaf', plain[1]);
  const old = ids('/CN=Aged', { to: -1 });
  const renewed = ids('/CN=Aged', { key: old.key });
  const older = ids('/CN=Aged', { key: old.key, to: -3 });
  const agedLeaf = issue('/CN=aged leaf', old, { extensions: KEY_IDS });
  const serialLeaf = issue('/CN=serial leaf', one, { extensions: [['authorityKeyIdentifier', 'issuer:always']] });
  const rsa = authority('/O=Test/CN=Middle', parts.root, { key: makeKey('rsa2048') });
  const ed = authority('/CN=Ed', undefined, { key: makeKey('ed25519') });
  return {
    'wrong signature of the leaf': chain(parts, { leaf: corruptSignature(parts.leaf.certificate) }),
    'wrong signature of the intermediate': chain(parts, { untrusted: [corruptSignature(parts.middle.certificate)] }),
    'wrong signature of the root': chain(parts, { trusted: [badRoot] }),
    'wrong signature of the root, checked': chain(parts, { trusted: [badRoot], checkRootSignature: true }),
    'signed with another key of the same name': chain(parts, { leaf: issue('/CN=x', other).certificate }),
    'key identifiers choose': {
      leaf: twinLeaf.certificate,
      trusted: certificates(idRoot),
      untrusted: certificates(one, two),
    },
    'key identifiers do not fit': {
      leaf: twinLeaf.certificate,
      trusted: certificates(idRoot),
      untrusted: certificates(one),
    },
    'nothing tells twins apart': {
      leaf: plainLeaf.certificate,
      trusted: certificates(parts.root),
      untrusted: certificates(...plain),
    },
    'the valid one of two': {
      leaf: agedLeaf.certificate,
      trusted: certificates(idRoot),
      untrusted: certificates(old, renewed),
    },
    'the later one of two': {
      leaf: agedLeaf.certificate,
      trusted: certificates(idRoot),
      untrusted: certificates(older, old),
    },
    'the later one of two trusted': {
      leaf: agedLeaf.certificate,
      trusted: certificates(older, old, idRoot),
    },
    'issuer and serial number fit': {
      leaf: serialLeaf.certificate,
      trusted: certificates(idRoot),
      untrusted: certificates(two, one),
    },
    'issuer and serial number do not fit': {
      leaf: serialLeaf.certificate,
      trusted: certificates(idRoot),
      untrusted: certificates(two),
    },
    'the algorithm chooses': chain(parts, { untrusted: certificates(rsa, parts.middle) }),
    'the algorithm does not fit': chain(parts, { untrusted: certificates(rsa) }),
    Ed25519: { leaf: issue('/CN=ed leaf', ed).certificate, trusted: certificates(ed) },
    'RSA-PSS signature': {
      leaf: issue('/CN=pss', rsa, { sigopts: ['rsa_padding_mode:pss'] }).certificate,
      trusted: certificates(parts.root),
      untrusted: certificates(rsa),
    },
    'names in another case and spacing': chain(parts, {
      leaf: issue('/CN=spaced', parts.middle, { issuerName: '/O=TEST/CN=  middle ' }).certificate,
    }),
    'name of another type of string': chain(parts, {
      leaf: issue('/CN=y', parts.middle, { issuerName: '/O=Test/CN=Middl' }).certificate,
    }),
  };
}

function authorities(): Record<string, ChainCase> {
  const middle = (...changes: Lines): ChainCase => chain(three({ middle: { extensions: caWith(...changes) } }));
  const root = (...changes: Lines): ChainCase => chain(three({ root: { extensions: caWith(...changes) } }));
  const bare = three({ root: { extensions: [], version1: true } });
  const limited = (length: number, selfIssued = false): ChainCase => {
    const top = authority('/CN=Top', undefined, {
      extensions: caWith(['basicConstraints', `critical,CA:TRUE,pathlen:${length}`]),
    });
    const below = authority(selfIssued ? '/CN=Top' : '/CN=Below', top, { key: makeKey() });
    const bottom = authority('/CN=Bottom', below);
    return {
      leaf: issue('/CN=end', bottom).certificate,
      trusted: certificates(top),
      untrusted: certificates(below, bottom),
    };
  };
  return {
    'CA:FALSE': middle(['basicConstraints', 'CA:FALSE']),
    'no basicConstraints, but keyCertSign': middle(['basicConstraints', '']),
    'neither basicConstraints nor keyUsage': middle(['basicConstraints', ''], ['keyUsage', '']),
    'root without basicConstraints, but keyCertSign': root(['basicConstraints', '']),
    'root without basicConstraints and keyUsage': root(['basicConstraints', ''], ['keyUsage', '']),
    'root of version 1': chain(bare),
    'intermediate of version 1': chain(three({ middle: { extensions: [], version1: true } })),
    'Netscape CA': middle(['basicConstraints', ''], ['keyUsage', ''], ['nsCertType', 'sslCA']),
    'Netscape root': root(['basicConstraints', ''], ['keyUsage', ''], ['nsCertType', 'sslCA']),
    'no keyUsage': middle(['keyUsage', '']),
    'keyUsage without keyCertSign': middle(['keyUsage', 'critical,cRLSign']),
    'root: keyUsage without keyCertSign': root(['keyUsage', 'critical,cRLSign']),
    'root: CA:FALSE': root(['basicConstraints', 'CA:FALSE']),
    'pathlen 0': limited(0),
    'pathlen 1': limited(1),
    'pathlen 2': limited(2),
    'pathlen 0, self-issued': limited(0, true),
    'pathlen 1, self-issued': limited(1, true),
    'leaf is a CA': chain(three({ leaf: { extensions: CA_EXTENSIONS } })),
    'leaf issues': chain(three({ middle: { extensions: [] } })),
    'unknown critical extension in the leaf': chain(three({ leaf: { extra: unknown(true) } })),
    'unknown extension': chain(
      three({ leaf: { extra: unknown(false) }, middle: { extensions: CA_EXTENSIONS, extra: unknown(false) } }),
    ),
    'unknown critical extension in the intermediate': chain(three({ middle: { extra: unknown(true) } })),
    'unknown critical extension in the root': chain(three({ root: { extra: unknown(true) } })),
    'unknown critical extensions everywhere': chain(
      three({ root: { extra: unknown(true) }, middle: { extra: unknown(true) }, leaf: { extra: unknown(true) } }),
    ),
    'unknown critical extension, ignored': chain(three({ leaf: { extra: unknown(true) } }), { ignoreCritical: true }),
    'critical key identifiers': chain(three({ leaf: { extensions: [['subjectKeyIdentifier', 'critical,hash']] } })),
    'critical policies': chain(three({ leaf: { extensions: [['certificatePolicies', 'critical,1.2.3.4']] } })),
    'critical issuerAltName': chain(
      three({ leaf: { extensions: [['issuerAltName', 'critical,DNS:ca.example.org']] } }),
    ),
    'critical crlDistributionPoints': chain(
      three({ leaf: { extensions: [['crlDistributionPoints', 'critical,URI:http://c.example.org/x.crl']] } }),
    ),
    'proxy certificate': chain(
      three({ leaf: { extensions: [['proxyCertInfo', 'critical,language:id-ppl-inheritAll']] } }),
    ),
    'broken keyUsage': chain(
      three({
        middle: { extra: [{ oid: '2.5.29.15', critical: true, value: Buffer.from('0500', 'hex') }], extensions: [] },
      }),
    ),
    'empty keyUsage': chain(
      three({ leaf: { extra: [{ oid: '2.5.29.15', critical: true, value: Buffer.from('03020700', 'hex') }] } }),
    ),
    'doubled basicConstraints': chain(
      three({
        middle: { extra: [{ oid: '2.5.29.19', critical: true, value: Buffer.from('30030101ff', 'hex') }] },
      }),
    ),
    'broken subjectAltName in the leaf': chain(
      three({ leaf: { extra: [{ oid: '2.5.29.17', critical: false, value: Buffer.from('0500', 'hex') }] } }),
    ),
    'negative path length': chain(
      three({
        middle: {
          extensions: [],
          extra: [{ oid: '2.5.29.19', critical: true, value: Buffer.from('30060101ff0201ff', 'hex') }],
        },
      }),
    ),
  };
}

function purposes(): Record<string, ChainCase> {
  const cases: Record<string, ChainCase> = {};
  const server = three({ leaf: { extensions: [['extendedKeyUsage', 'serverAuth']] } });
  const client = three({ leaf: { extensions: [['extendedKeyUsage', 'clientAuth']] } });
  const clientCa = three({ middle: { extensions: caWith(['extendedKeyUsage', 'clientAuth']) } });
  const clientRoot = three({ root: { extensions: caWith(['extendedKeyUsage', 'clientAuth']) } });
  const notCa = three({ middle: { extensions: caWith(['basicConstraints', 'CA:FALSE']) } });
  const sets = {
    'for anything': three(),
    'for servers': server,
    'for clients': client,
    'CA for clients': clientCa,
    'root for clients': clientRoot,
    'CA that is none': notCa,
    'any use': three({ leaf: { extensions: [['extendedKeyUsage', 'anyExtendedKeyUsage']] } }),
    'unknown use': three({ leaf: { extensions: [['extendedKeyUsage', '1.2.3.4']] } }),
    'only certSign': three({ leaf: { extensions: [['keyUsage', 'keyCertSign']] } }),
    keyAgreement: three({ leaf: { extensions: [['keyUsage', 'keyAgreement']] } }),
    keyEncipherment: three({ leaf: { extensions: [['keyUsage', 'keyEncipherment']] } }),
    'Netscape client': three({ leaf: { extensions: [['nsCertType', 'client']] } }),
    'time stamps': three({ leaf: { extensions: [['extendedKeyUsage', 'critical,timeStamping']] } }),
    'old CA marks': three({ root: { extensions: caWith(['basicConstraints', '']) } }),
  };
  for (const [name, parts] of Object.entries(sets)) {
    for (const purpose of [
      'sslclient',
      'sslserver',
      'any',
      'nssslserver',
      'smimesign',
      'timestampsign',
      'crlsign',
      'ocsphelper',
    ] as const) {
      cases[`${name}: ${purpose}`] = chain(parts, { purpose });
    }
  }
  return cases;
}

function strengths(): Record<string, ChainCase> {
  const cases: Record<string, ChainCase> = {};
  const weakRoot = authority('/CN=Weak', undefined, { key: makeKey('rsa1024') });
  const strongRoot = authority('/CN=Strong', undefined, { key: makeKey('rsa2048') });
  const sets: Record<string, ChainCase> = {
    'RSA 512 leaf': {
      leaf: issue('/CN=a', strongRoot, { key: makeKey('rsa512') }).certificate,
      trusted: certificates(strongRoot),
    },
    'RSA 1024 leaf': {
      leaf: issue('/CN=a', strongRoot, { key: makeKey('rsa1024') }).certificate,
      trusted: certificates(strongRoot),
    },
    'RSA 1024 root': { leaf: issue('/CN=a', weakRoot).certificate, trusted: certificates(weakRoot) },
    'RSA 512, self-signed': { leaf: issue('/CN=a', undefined, { key: makeKey('rsa512') }).certificate },
    MD5: { leaf: issue('/CN=a', strongRoot, { digest: 'md5' }).certificate, trusted: certificates(strongRoot) },
    'SHA-1': { leaf: issue('/CN=a', strongRoot, { digest: 'sha1' }).certificate, trusted: certificates(strongRoot) },
    'SHA-1 PSS': {
      leaf: issue('/CN=a', strongRoot, { digest: 'sha1', sigopts: ['rsa_padding_mode:pss'] }).certificate,
      trusted: certificates(strongRoot),
    },
    'SHA-256 PSS': {
      leaf: issue('/CN=a', strongRoot, { sigopts: ['rsa_padding_mode:pss'] }).certificate,
      trusted: certificates(strongRoot),
    },
    'SHA-224': {
      leaf: issue('/CN=a', strongRoot, { digest: 'sha224' }).certificate,
      trusted: certificates(strongRoot),
    },
    'SHA-1 root': chain(three({ root: { digest: 'sha1' } })),
    'SHA-1 intermediate': chain(three({ middle: { digest: 'sha1' } })),
    'P-192 leaf': chain(three({ leaf: { key: makeKey('prime192v1') } })),
    'secp112r1 leaf': chain(three({ leaf: { key: makeKey('secp112r1') } })),
    'P-384 leaf': chain(three({ leaf: { key: makeKey('secp384r1') } })),
    'Ed448 leaf': chain(three({ leaf: { key: makeKey('ed448') } })),
  };
  for (const [name, one] of Object.entries(sets)) {
    for (const authLevel of [0, 1, 2, 3, 4]) cases[`${name}, level ${authLevel}`] = { ...one, authLevel };
    cases[`${name}, no level`] = one;
  }
  return cases;
}

function graphs(): Record<string, ChainCase> {
  const [a, b] = [authority('/CN=A'), authority('/CN=B')];
  const aByB = authority('/CN=A', b, { key: a.key });
  const bByA = authority('/CN=B', a, { key: b.key });
  const leaf = issue('/CN=leaf', a).certificate;
  const c = authority('/CN=C', aByB);
  const aByC = authority('/CN=A', c, { key: a.key });
  const old = authority('/CN=Old');
  const newRoot = authority('/CN=New');
  const cross = authority('/CN=New', old, { key: newRoot.key });
  const crossExpired = authority('/CN=New', old, { key: newRoot.key, to: -1 });
  const modern = authority('/CN=Modern', newRoot);
  const site = issue('/CN=site', modern).certificate;
  const selfIssued = authority('/CN=A', a);
  return {
    'a loop of two sent': { leaf, untrusted: certificates(aByB, bByA) },
    'a loop of two, one root trusted': { leaf, untrusted: certificates(aByB, bByA), trusted: certificates(b) },
    'a loop of two, the other root trusted': { leaf, untrusted: certificates(aByB, bByA), trusted: certificates(a) },
    'a loop of two trusted': { leaf, trusted: certificates(aByB, bByA), depth: 6 },
    'a loop of two trusted, partial chain': { leaf, trusted: certificates(aByB, bByA), partialChain: true },
    'a loop of three': { leaf, untrusted: certificates(aByC, c, aByB, bByA), trusted: certificates(b) },
    'cross-signed, new root trusted': {
      leaf: site,
      untrusted: certificates(modern, cross),
      trusted: certificates(newRoot),
    },
    'cross-signed, old root trusted': {
      leaf: site,
      untrusted: certificates(modern, cross),
      trusted: certificates(old),
    },
    'cross-signed, both trusted': {
      leaf: site,
      untrusted: certificates(modern, cross),
      trusted: certificates(old, newRoot),
    },
    'cross-signed and expired, new root trusted': {
      leaf: site,
      untrusted: certificates(modern, crossExpired),
      trusted: certificates(newRoot),
    },
    'cross-signed and expired, old root trusted': {
      leaf: site,
      untrusted: certificates(modern, crossExpired),
      trusted: certificates(old),
    },
    'cross-signed, nothing trusted': { leaf: site, untrusted: certificates(modern, cross, newRoot) },
    'self-issued, sent': { leaf, untrusted: certificates(selfIssued), trusted: certificates(a) },
    'self-issued as leaf': { leaf: selfIssued.certificate, trusted: certificates(a) },
    'self-issued as leaf, itself sent': { leaf: selfIssued.certificate, untrusted: certificates(selfIssued, a) },
  };
}

function identities(): Record<string, ChainCase> {
  const leafOf = (subject: string, san?: string): ChainCase => {
    const root = authority('/CN=Root');
    const extensions: Lines = san === undefined ? [] : [['subjectAltName', san]];
    return { leaf: issue(subject, root, { extensions }).certificate, trusted: certificates(root) };
  };
  const many = leafOf(
    '/CN=cn.example.org',
    'DNS:a.example.org,DNS:*.b.example.org,IP:127.0.0.1,IP:2001:db8::1,email:Me@Example.ORG',
  );
  const plain = leafOf('/CN=cn.example.org/emailAddress=me@example.org');
  const onlyIp = leafOf('/CN=cn.example.org', 'IP:127.0.0.1');
  const names = [
    'a.example.org',
    'A.EXAMPLE.org',
    'a.example.org.',
    'x.b.example.org',
    'b.example.org',
    'x.y.b.example.org',
    'cn.example.org',
    '.example.org',
    '127.0.0.1',
    'xn--a.b.example.org',
  ];
  const cases: Record<string, ChainCase> = {};
  for (const host of names) {
    cases[`host ${host}`] = { ...many, hosts: [host] };
    cases[`host ${host}, commonName only`] = { ...plain, hosts: [host] };
    cases[`host ${host}, an address only`] = { ...onlyIp, hosts: [host] };
  }
  for (const ip of ['127.0.0.1', '127.0.0.2', '2001:db8::1', '2001:DB8:0:0::1', '::1'])
    cases[`address ${ip}`] = { ...many, ip };
  for (const email of ['Me@example.org', 'me@example.org', 'me@example.com']) {
    cases[`mailbox ${email}`] = { ...many, email };
    cases[`mailbox ${email} of the subject`] = { ...plain, email };
  }
  cases['one host of two'] = { ...many, hosts: ['nobody.example.org', 'a.example.org'] };
  cases['nothing fits'] = { ...many, hosts: ['no.example.com'], ip: '10.0.0.1', email: 'no@example.com' };
  return cases;
}

function constraints(): Record<string, ChainCase> {
  const cases: Record<string, ChainCase> = {};
  const under = (rule: string, subject: string, san?: string): ChainCase => {
    const root = authority('/CN=Root');
    const middle = authority('/O=Test/CN=Middle', root, {
      extensions: caWith(['nameConstraints', `critical,${rule}`]),
    });
    const extensions: Lines = san === undefined ? [] : [['subjectAltName', san]];
    const leaf = issue(subject, middle, { extensions });
    return chain({ root, middle, leaf });
  };
  const rows: readonly (readonly [string, string, string?])[] = [
    ['permitted;DNS:example.org', '/CN=x', 'DNS:example.org'],
    ['permitted;DNS:example.org', '/CN=x', 'DNS:a.EXAMPLE.org'],
    ['permitted;DNS:example.org', '/CN=x', 'DNS:badexample.org'],
    ['permitted;DNS:example.org', '/CN=x', 'DNS:example.com'],
    ['permitted;DNS:.example.org', '/CN=x', 'DNS:example.org'],
    ['permitted;DNS:.example.org', '/CN=x', 'DNS:a.example.org'],
    ['permitted;DNS:example.org', '/CN=www.example.com'],
    ['permitted;DNS:example.org', '/CN=www.example.org'],
    ['permitted;DNS:example.org', '/CN=not a host'],
    ['permitted;DNS:example.org', '/CN=www.example.com', 'email:a@example.com'],
    ['permitted;DNS:example.org', '/CN=x', 'IP:127.0.0.1'],
    ['excluded;DNS:example.org', '/CN=x', 'DNS:a.example.org'],
    ['excluded;DNS:example.org', '/CN=x', 'DNS:a.example.com'],
    ['excluded;DNS:example.org', '/CN=a.example.org'],
    ['permitted;DNS:example.org,excluded;DNS:b.example.org', '/CN=x', 'DNS:b.example.org'],
    ['permitted;IP:10.0.0.0/255.0.0.0', '/CN=x', 'IP:10.1.2.3'],
    ['permitted;IP:10.0.0.0/255.0.0.0', '/CN=x', 'IP:11.1.2.3'],
    ['permitted;IP:10.0.0.0/255.0.0.0', '/CN=x', 'IP:2001:db8::1'],
    ['excluded;IP:2001:db8::/ffff:ffff::', '/CN=x', 'IP:2001:db8::1'],
    ['permitted;email:example.org', '/CN=x', 'email:a@example.org'],
    ['permitted;email:example.org', '/CN=x', 'email:a@b.example.org'],
    ['permitted;email:.example.org', '/CN=x', 'email:a@b.example.org'],
    ['permitted;email:.example.org', '/CN=x', 'email:a@example.org'],
    ['permitted;email:a@example.org', '/CN=x', 'email:a@example.org'],
    ['permitted;email:a@example.org', '/CN=x', 'email:b@example.org'],
    ['permitted;email:a@example.org', '/CN=x', 'email:aa@example.org'],
    ['permitted;email:example.org', '/CN=x', 'email:nobody'],
    ['excluded;email:example.org', '/CN=x/emailAddress=a@example.org'],
    ['permitted;email:example.org', '/CN=x/emailAddress=a@example.com'],
    ['permitted;URI:example.org', '/CN=x', 'URI:https://example.org/a'],
    ['permitted;URI:example.org', '/CN=x', 'URI:https://example.org:8443'],
    ['permitted;URI:example.org', '/CN=x', 'URI:https://a.example.org/a'],
    ['permitted;URI:.example.org', '/CN=x', 'URI:https://a.example.org/a'],
    ['permitted;URI:example.org', '/CN=x', 'URI:urn:x'],
    ['permitted;RID:1.2.3', '/CN=x', 'RID:1.2.3'],
    ['permitted;RID:1.2.3', '/CN=x', 'DNS:example.org'],
    ['excluded;otherName:1.2.3;UTF8:a', '/CN=x', 'otherName:1.2.3;UTF8:a'],
    ['excluded;otherName:1.2.3;UTF8:a', '/CN=x', 'otherName:1.2.4;UTF8:a'],
  ];
  for (const [rule, subject, san] of rows) cases[`${rule} | ${subject} ${san ?? ''}`] = under(rule, subject, san);
  return { ...cases, ...directories() };
}

/** GeneralSubtrees with a directory name, which the extension language takes from a section only. */
function directories(): Record<string, ChainCase> {
  const cases: Record<string, ChainCase> = {};
  for (const tag of ['a0', 'a1']) {
    for (const subject of ['/O=Test/CN=x', '/O=TEST/OU=y/CN=x', '/O=Other/CN=x', '/CN=x']) {
      const name = parseSubject('/O=test').der;
      const wrap = (head: string, body: Buffer): Buffer =>
        Buffer.concat([Buffer.from(head, 'hex'), Buffer.from([body.length]), body]);
      const value = wrap('30', wrap(tag, wrap('30', wrap('a4', name))));
      const root = authority('/O=Test/CN=Root');
      const middle = authority('/O=Test/CN=Middle', root, { extra: [{ oid: '2.5.29.30', critical: true, value }] });
      const leaf = issue(subject, middle);
      cases[`directory ${tag === 'a0' ? 'permitted' : 'excluded'}: ${subject}`] = chain({ root, middle, leaf });
    }
  }
  return cases;
}

/** All cases by name. */
export const cases = (): Record<string, ChainCase> => ({
  ...validity(),
  ...ends(),
  ...depths(),
  ...signatures(),
  ...authorities(),
  ...purposes(),
  ...strengths(),
  ...graphs(),
  ...identities(),
  ...constraints(),
});
