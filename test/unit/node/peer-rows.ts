/** Chains that a peer sends and what a context trusts, good and odd in one way each, valid today. */
import { buildCrl, revokedEntry, type Crl } from '../../../src/lib/crl/index.ts';
import type { PrivateKey } from '../../../src/lib/keys/model.ts';
import { corruptSignature, timeFromMs } from '../../../src/lib/x509/build.ts';
import type { Certificate } from '../../../src/lib/x509/certificate.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { timeOf } from '../../../src/lib/x509/time.ts';
import {
  authority as authorityThen,
  CA_EXTENSIONS,
  issue as issueThen,
  makeKey,
  NOW,
  type Party,
  type PartyOptions,
} from '../../support/chains.ts';
import { seeded } from '../../support/seeded.ts';

/** What a peer sends, and what the other end makes of it. */
export interface Row {
  readonly key: PrivateKey;
  /** The peer's own certificate first. */
  readonly chain: readonly Certificate[];
  /** Undefined: the default. */
  readonly trusted?: readonly Certificate[];
  readonly crls?: readonly Crl[];
  readonly partial?: boolean;
  /** Undefined: the default. */
  readonly level?: number;
  /** The peer is a client. */
  readonly client?: boolean;
}

type Lines = readonly (readonly [string, string])[];

const DAY = 86_400_000;
const TODAY = Math.floor((Date.now() - NOW) / DAY);

/** Days from today in place of those from NOW. */
const today = ({ from = -10, to = 10, ...rest }: PartyOptions = {}): PartyOptions => ({
  ...rest,
  from: TODAY + from,
  to: TODAY + to,
});
const issue = (name: string, issuer?: Party, options?: PartyOptions): Party => issueThen(name, issuer, today(options));
const authority = (name: string, issuer?: Party, options?: PartyOptions): Party =>
  authorityThen(name, issuer, today(options));

const of = (...parties: readonly Party[]): Certificate[] => parties.map(({ certificate }) => certificate);

const root = authority('/O=Test/CN=Root');
const middle = authority('/O=Test/CN=Middle', root);
const leaf = issue('/CN=www.example.org', middle, { extensions: [['subjectAltName', 'DNS:www.example.org']] });

/** A chain of three with another leaf, root or certificate between them. */
function three(
  options: { root?: PartyOptions; middle?: PartyOptions; leaf?: PartyOptions },
  more: Partial<Row> = {},
): Row {
  const top = options.root ? authority('/O=Test/CN=Root', undefined, options.root) : root;
  const between = options.root || options.middle ? authority('/O=Test/CN=Middle', top, options.middle) : middle;
  const end = issue('/CN=www.example.org', between, options.leaf);
  return { key: end.key, chain: of(end, between), trusted: of(top), ...more };
}

const good: Row = { key: leaf.key, chain: of(leaf, middle), trusted: of(root) };
const withLeaf = (...extensions: Lines): Row => three({ leaf: { extensions } });
const withMiddle = (...extensions: Lines): Row => three({ middle: { extensions } });

const unknown = [{ oid: '1.2.3.4.5', critical: true, value: Buffer.from('0500', 'hex') }];

function ends(): Record<string, Row> {
  const self = issue('/CN=self');
  const mimic = authority('/O=Test/CN=Root');
  const old = issue('/CN=old', undefined, { to: -1 });
  return {
    good,
    'root sent and trusted': { ...good, chain: of(leaf, middle, root) },
    'root sent, nothing trusted': { ...good, chain: of(leaf, middle, root), trusted: [] },
    'sent in another order, nothing trusted': { ...good, chain: of(leaf, root, middle), trusted: [] },
    'strangers sent': { ...good, chain: of(leaf, self, mimic, middle, leaf) },
    'leaf alone': { ...good, chain: of(leaf), trusted: [] },
    'leaf alone, all trusted': { ...good, chain: of(leaf), trusted: of(middle, root) },
    'no root': { ...good, trusted: [] },
    'an imposter trusted': { ...good, trusted: of(mimic) },
    'default trust': { key: leaf.key, chain: of(leaf, middle) },
    'self-signed': { key: self.key, chain: of(self), trusted: [] },
    'self-signed, trusted': { key: self.key, chain: of(self), trusted: of(self) },
    'self-signed, expired': { key: old.key, chain: of(old), trusted: of(old) },
    'intermediate trusted': { ...good, chain: of(leaf), trusted: of(middle) },
    'intermediate trusted, partial chain': { ...good, chain: of(leaf), trusted: of(middle), partial: true },
    'leaf trusted': { ...good, chain: of(leaf), trusted: of(leaf) },
    'leaf trusted, partial chain': { ...good, chain: of(leaf), trusted: of(leaf), partial: true },
    'nothing trusted, partial chain': { ...good, trusted: [], partial: true },
    'a root that may not sign': rootThatMayNotSign(),
    'roots that issued each other': circle(),
  };
}

function rootThatMayNotSign(): Row {
  const extensions: Lines = [
    ['basicConstraints', 'CA:TRUE'],
    ['keyUsage', 'cRLSign'],
  ];
  return three({ root: { extensions } });
}

/** Node would follow them for ever: the end of the chain alone is asked. */
function circle(): Row {
  const [a, b] = [makeKey(), makeKey()];
  const one = authority('/CN=A', authority('/CN=B', undefined, { key: b }), { key: a });
  const other = authority('/CN=B', one, { key: b });
  const end = issue('/CN=end', one);
  return { key: end.key, chain: of(end, one, other), trusted: of(root) };
}

function faults(): Record<string, Row> {
  const utc = (text: string): Row => three({ leaf: { notAfter: timeOf(23, Buffer.from(text)) } });
  const forged = { ...middle, key: makeKey() };
  const wrong = issue('/CN=forged', forged);
  return {
    expired: three({ leaf: { from: -9, to: -1 } }),
    'not yet valid': three({ leaf: { from: 2 } }),
    'intermediate expired': three({ middle: { from: -9, to: -1 } }),
    'root expired': three({ root: { from: -9, to: -1 } }),
    'a date without seconds': utc('3001010000Z'),
    'wrong signature': { ...good, chain: [corruptSignature(leaf.certificate), middle.certificate] },
    'signed with another key': { ...good, key: wrong.key, chain: of(wrong, middle) },
    'unknown critical extension': three({ leaf: { extra: unknown } }),
    'for clients alone': withLeaf(['extendedKeyUsage', 'clientAuth']),
    'for servers alone, a client': { ...withLeaf(['extendedKeyUsage', 'serverAuth']), client: true },
    'a client': { ...good, client: true },
    'a CA as leaf': withLeaf(...CA_EXTENSIONS),
    'issuer is no CA': withMiddle(['basicConstraints', 'CA:FALSE']),
    'issuer may not sign': withMiddle(['basicConstraints', 'critical,CA:TRUE'], ['keyUsage', 'cRLSign']),
    'issuer without marks': withMiddle(),
    'path too long': pathTooLong(),
    'names excluded': three({
      root: { extensions: [...CA_EXTENSIONS, ['nameConstraints', 'critical,excluded;DNS:example.org']] },
      leaf: { extensions: [['subjectAltName', 'DNS:www.example.org']] },
    }),
    'extension broken': three({
      leaf: { extra: [{ oid: '2.5.29.17', critical: false, value: Buffer.from('0500', 'hex') }] },
    }),
    'root of version 1': three({ root: { extensions: [], version1: true } }),
  };
}

function pathTooLong(): Row {
  const extensions: Lines = [
    ['basicConstraints', 'critical,CA:TRUE,pathlen:0'],
    ['keyUsage', 'keyCertSign'],
  ];
  const top = authority('/CN=Top', undefined, { extensions });
  const below = authority('/CN=Below', top);
  const end = issue('/CN=end', below);
  return { key: end.key, chain: of(end, below), trusted: of(top) };
}

function strengths(): Record<string, Row> {
  const small = makeKey('rsa1024');
  const cases: Record<string, Row> = {};
  for (const level of [undefined, 0, 1, 2]) {
    const at = level === undefined ? {} : { level };
    cases[`RSA of 1024 bits, level ${level}`] = three({ leaf: { key: small } }, at);
    cases[`issuer of 1024 bits, level ${level}`] = three({ middle: { key: small } }, at);
    cases[`SHA-1, level ${level}`] = three({ leaf: { digest: 'sha1' } }, at);
  }
  return cases;
}

function crls(): Record<string, Row> {
  const list = (issuer: Party, revoked: readonly Party[] = [], from = -5, to = 5): Crl =>
    buildCrl(
      {
        issuer: issuer.certificate.subject,
        thisUpdate: timeFromMs(Date.now() + from * DAY),
        nextUpdate: timeFromMs(Date.now() + to * DAY),
        revoked: revoked.map(({ certificate }) => revokedEntry(certificate.serial, timeFromMs(Date.now() - DAY))),
        extensions: [],
      },
      signatureFor(issuer.key),
    );
  const row = (...lists: readonly Crl[]): Row => ({ ...good, crls: lists });
  return {
    'nothing revoked': row(list(middle), list(root)),
    revoked: row(list(middle, [leaf]), list(root)),
    'intermediate revoked': row(list(middle), list(root, [middle])),
    'no CRL of the root': row(list(middle)),
    'no CRL that answers': row(list(authority('/CN=Other'))),
    'CRL expired': row(list(middle, [], -5, -1), list(root)),
    'CRL not yet valid': row(list(middle, [], 1), list(root)),
    'CRL signed by another': row(list({ ...middle, key: makeKey() }), list(root)),
  };
}

/** Certificates with what legacy objects show in many ways. */
function shapes(): Record<string, Row> {
  const kinds = ['rsa2048', 'secp384r1', 'secp521r1', 'ed25519'];
  const keys = kinds.map((kind) => [`a key of ${kind}`, three({ leaf: { key: makeKey(kind) } })] as const);
  const named = (subject: string, extensions: Lines = []): Row => {
    const end = issue(subject, middle, { extensions });
    return { key: end.key, chain: of(end, middle), trusted: of(root) };
  };
  return {
    ...Object.fromEntries(keys),
    'many names': named('/C=AT/O=A/OU=x/OU=y/OU=z/CN=a.example/CN=b.example/emailAddress=a@example.org'),
    'several attributes in one RDN': named('/O=A+OU=x+OU=y/CN=Ä "quoted", \\\\ and\\/or'),
    'no subject': named('/', [['subjectAltName', 'critical,DNS:a.example']]),
    'every kind of alternative name': named('/CN=x', [
      [
        'subjectAltName',
        'DNS:a.example,DNS:*.b.example,IP:192.0.2.1,IP:2001:db8::1,email:a@b.example,URI:http://a.example/?a=b,RID:1.2.3.4',
      ],
    ]),
    'names that must be quoted': named('/CN=x', [
      ['subjectAltName', 'URI:http://a.example/x\\,DNS:evil.example,email:"a b"@c.example'],
    ]),
    'places of information': named('/CN=x', [
      [
        'authorityInfoAccess',
        'OCSP;URI:http://o.example/,OCSP;URI:http://p.example/,caIssuers;URI:http://c.example/x.crt,caIssuers;DNS:d.example',
      ],
    ]),
    uses: named('/CN=x', [['extendedKeyUsage', 'serverAuth,clientAuth,1.2.3.4.5']]),
  };
}

const NAMES = ['/CN=A', '/CN=B', '/O=Test/CN=C'];
const CIRCLE_KEYS = [makeKey(), makeKey(), makeKey()];

/** A graph of three names and three keys. */
function graph(seed: string): Row {
  const octets = seeded(seed);
  const random = (below: number): number => (octets(1)[0] as number) % below;
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const parties: Party[] = [];
  for (let i = 0; i < 6; i += 1) {
    const issuer = random(4) > 0 && parties.length > 0 ? pick(parties) : undefined;
    const extensions = CA_EXTENSIONS.filter(() => random(10) > 0);
    const options = { key: pick(CIRCLE_KEYS), extensions, ...(random(8) > 0 ? {} : { to: -2 }) };
    parties.push(authority(pick(NAMES), issuer, options));
  }
  const end =
    random(4) > 0 ? issue('/CN=end', pick(parties), { key: CIRCLE_KEYS[0] as PrivateKey }) : (parties.at(-1) as Party);
  const some = (most: number): Certificate[] => of(...parties.filter(() => random(4) < most));
  const sent = some(3).sort(() => random(2) - 0.5);
  return {
    key: end.key,
    chain: [end.certificate, ...sent],
    trusted: some(1),
    partial: random(3) === 0,
    level: 0,
    client: random(3) === 0,
  };
}

const graphs = (count: number): Record<string, Row> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`random graph ${i}`, graph(`graph ${i}`)]));

/** All rows, by what is odd in them. */
export const peerRows = (): Record<string, Row> => ({
  ...ends(),
  ...faults(),
  ...strengths(),
  ...crls(),
  ...shapes(),
  ...graphs(Number(process.env['RUNS'] ?? 40)),
});
