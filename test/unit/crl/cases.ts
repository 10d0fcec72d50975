/** Chains with CRLs: scopes, reasons, indirect and delta CRLs, and what can be wrong with them. */
import { parseConfig } from '../../../src/lib/conf/index.ts';
import {
  buildCrl,
  corruptCrlSignature,
  Crl,
  crlNumberExtension,
  deltaCrlIndicator,
  entryExtensions,
  type RevokedDetails,
  type RevokedFields,
} from '../../../src/lib/crl/index.ts';
import { bitString, boolean, integer, octetString, seq } from '../../../src/lib/der/index.ts';
import { timeFromMs } from '../../../src/lib/x509/build.ts';
import type { Extension } from '../../../src/lib/x509/certificate.ts';
import { buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { TAG } from '../../../src/lib/der/index.ts';
import { timeOf, type Time } from '../../../src/lib/x509/time.ts';
import { authority, CA_EXTENSIONS, issue, makeKey, NOW, type Party, type PartyOptions } from '../../support/chains.ts';
import type { ChainCase } from '../../support/verify.ts';

const DAY = 86_400_000;

/** A verdict of ours that differs from OpenSSL's. */
interface Difference {
  readonly found: readonly string[];
  readonly because: string;
}

/** A case. `rfc`: what RFC 5280 says (`strict`) where it is not what OpenSSL says, and why. */
export interface CrlCase extends ChainCase {
  readonly label: string;
  readonly rfc?: Difference;
  /** What we find in any case where it is not what OpenSSL finds. */
  readonly ours?: Difference;
}

/** Names of distribution points, as sections for the extension language. */
const CONFIG = parseConfig(
  `
[named]
fullname = URI:http://crl.example.org/a.crl
[other]
fullname = URI:http://crl.example.org/b.crl
[several]
fullname = DNS:x.example.org, URI:http://crl.example.org/c.crl, URI:http://crl.example.org/a.crl
[relative]
relativename = rdn
[directory]
fullname = dirName:full
[by_issuer]
fullname = URI:http://crl.example.org/a.crl
CRLissuer = dirName:indirect
[only_issuer]
CRLissuer = dirName:indirect
[only_itself]
CRLissuer = dirName:itself
[by_root]
CRLissuer = dirName:root
[key_reasons]
fullname = URI:http://crl.example.org/a.crl
reasons = keyCompromise, CACompromise
[other_reasons]
fullname = URI:http://crl.example.org/b.crl
reasons = affiliationChanged, superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, AACompromise
[rdn]
CN = list
[full]
1.CN = CA
2.CN = list
[indirect]
CN = CRL issuer
[itself]
CN = CA
[root]
CN = Root
`,
  { source: 'cases.ts', env: {} },
);

type Lines = readonly (readonly [string, string])[];

const SELF: Lines = [['subjectKeyIdentifier', 'hash']];
const TO_ISSUER: Lines = [['authorityKeyIdentifier', 'keyid']];
const IDS: Lines = [...SELF, ...TO_ISSUER];

const root = authority('/CN=Root', undefined, { extensions: [...CA_EXTENSIONS, ...SELF] });
const ca = authority('/CN=CA', root, { extensions: [...CA_EXTENSIONS, ...IDS] });
const leaf = issue('/CN=leaf', ca, { extensions: TO_ISSUER });

const extensionsOf = (lines: Lines): Extension[] => buildExtensions(lines, { config: CONFIG, issuer: ca.certificate });

/** A leaf with these extensions; its issuer is the CA, or another one. */
const leafWith = (lines: Lines, issuer: Party = ca, options: PartyOptions = {}): Party =>
  issue('/CN=leaf', issuer, { extensions: TO_ISSUER, extra: extensionsOf(lines), ...options });

const points = (value: string): Party => leafWith([['crlDistributionPoints', value]]);

interface ListOptions {
  /** Days from NOW. */
  readonly from?: number;
  readonly to?: number | undefined;
  readonly thisUpdate?: Time;
  readonly nextUpdate?: Time | undefined;
  readonly number?: bigint | undefined;
  readonly base?: bigint;
  readonly extensions?: Lines;
  readonly extra?: readonly Extension[];
  readonly signer?: Party;
}

type Entry = RevokedFields;

/** An entry about a certificate. */
const entry = (party: Party, details: RevokedDetails = {}, extra: readonly Extension[] = []): Entry => ({
  serial: party.certificate.serial,
  revocationDate: timeFromMs(NOW - DAY),
  extensions: [...entryExtensions(details), ...extra],
});

/** A CRL. */
function list(issuer: Party, entries: readonly Entry[] = [], options: ListOptions = {}): Crl {
  const { number = 1n, base, extensions = [], extra = [], signer = issuer } = options;
  const nextUpdate = 'nextUpdate' in options ? options.nextUpdate : timeFromMs(NOW + (options.to ?? 5) * DAY);
  return buildCrl(
    {
      issuer: issuer.certificate.subject,
      thisUpdate: options.thisUpdate ?? timeFromMs(NOW + (options.from ?? -5) * DAY),
      nextUpdate,
      revoked: entries,
      extensions: [
        ...buildExtensions(extensions, { config: CONFIG, issuer: signer.certificate }),
        ...(number < 0n ? [] : [crlNumberExtension(number)]),
        ...(base === undefined ? [] : [deltaCrlIndicator(base)]),
        ...extra,
      ],
    },
    signatureFor(signer.key),
  );
}

const idp = (value: string): Lines => [['issuingDistributionPoint', `critical,${value}`]];
const raw = (oid: string, value: Buffer, critical = false): Extension => ({ oid, critical, value });
const UNKNOWN = raw('1.2.3.4', octetString(Buffer.alloc(1)), true);

const base = { leaf: leaf.certificate, trusted: [root.certificate], untrusted: [ca.certificate], crlCheck: true };
const all = { ...base, crlCheckAll: true };
const extended = { ...base, extendedCrl: true };
const deltas = { ...extended, useDeltas: true };

const one = (label: string, crls: readonly Crl[], more: Partial<CrlCase> = {}): CrlCase => ({
  ...base,
  label,
  crls,
  ...more,
});

const good = list(ca);
const revoking = list(ca, [entry(leaf)]);
const rootList = list(root);

const BASICS: readonly CrlCase[] = [
  one('no CRL', []),
  one('nothing revoked', [good]),
  one('revoked', [revoking]),
  one('every certificate, no CRL of the root', [good], all),
  one('every certificate', [good, rootList], all),
  one('every certificate, the authority revoked', [good, list(root, [entry(ca)])], all),
  one('the first certificate alone, the authority revoked', [good, list(root, [entry(ca)])]),
  one('the root revokes itself', [good, list(root, [entry(root)])], all),
  one('in the file of trusted certificates', [], { trustedCrls: [revoking] }),
  one('in the file of trusted certificates, and a better one given', [good], { trustedCrls: [revoking] }),
  one('in the file of trusted certificates, and an expired one given', [list(ca, [], { to: -1 })], {
    trustedCrls: [revoking],
    rfc: { found: ['23@0'], because: 'section 6.3.3: any CRL that is good answers' },
  }),
  one('no check', [revoking], { crlCheck: false }),
  one('version 1', [
    Crl.read(
      buildCrl(
        {
          issuer: ca.certificate.subject,
          thisUpdate: timeFromMs(NOW - DAY),
          nextUpdate: timeFromMs(NOW + DAY),
          revoked: [entry(leaf)],
          extensions: [],
        },
        signatureFor(ca.key),
      ).der,
    ),
  ]),
  one('a root on its own', [list(root, [entry(root)])], { leaf: root.certificate, untrusted: [] }),
  one('a partial chain, all of it', [good], { ...all, trusted: [ca.certificate], untrusted: [], partialChain: true }),
  one('a partial chain, the first', [revoking], { trusted: [ca.certificate], untrusted: [], partialChain: true }),
  one('no chain to a root', [revoking], { trusted: [] }),
  one('Suite B', [good], { suiteB: '192' }),
];

const time = (text: string): Time => timeOf(TAG.utcTime, Buffer.from(text));

const DATES: readonly CrlCase[] = [
  one('expired', [list(ca, [], { to: -1 })]),
  one('expired, and revoked', [list(ca, [entry(leaf)], { to: -1 })]),
  one('expired, dates do not count', [list(ca, [], { to: -1 })], { time: null }),
  one('not yet valid', [list(ca, [], { from: 1 })]),
  one('no next update', [list(ca, [], { nextUpdate: undefined })]),
  one('next update now', [list(ca, [], { to: 0 })], {
    rfc: {
      found: [],
      because: 'section 5.1.2.5: the next CRL comes no later than the date, so the old one is good until then',
    },
  }),
  one('this update now', [list(ca, [], { from: 0 })]),
  one('this update without seconds', [list(ca, [], { thisUpdate: time('2601010000Z') })]),
  one('next update without seconds', [list(ca, [], { nextUpdate: time('3001010000Z') })]),
  one('this update that is none', [list(ca, [entry(leaf)], { thisUpdate: time('never') })]),
  one('the newer of two revokes', [list(ca, [], { from: -5 }), list(ca, [entry(leaf)], { from: -3 })]),
  one('the older of two revokes', [list(ca, [entry(leaf)], { from: -5 }), list(ca, [], { from: -3 })]),
  one('the newer of two is expired', [list(ca, [], { from: -5 }), list(ca, [entry(leaf)], { from: -3, to: -1 })]),
  one('two of one date', [list(ca), list(ca, [entry(leaf)])]),
];

const noSign = authority('/CN=CA', root, {
  extensions: [['basicConstraints', 'critical,CA:TRUE'], ['keyUsage', 'critical,keyCertSign'], ...IDS],
});
const noUsage = authority('/CN=CA', root, { extensions: [['basicConstraints', 'critical,CA:TRUE'], ...IDS] });
const stranger = authority('/CN=CA', root, { extensions: [...CA_EXTENSIONS, ...IDS] });
const under = (issuer: Party): Pick<CrlCase, 'leaf' | 'untrusted'> => ({
  leaf: issue('/CN=leaf', issuer, { extensions: TO_ISSUER }).certificate,
  untrusted: [issuer.certificate],
});

/** Another signature algorithm inside than outside. */
function mixed(): Crl {
  const signer = signatureFor(ca.key);
  const other = signatureFor(ca.key, { digest: 'sha384' });
  const tbs = Buffer.from(good.tbs);
  other.algorithm.copy(tbs, tbs.indexOf(signer.algorithm));
  return Crl.read(seq(tbs, signer.algorithm, bitString(signer.sign(tbs))));
}

const SIGNATURES: readonly CrlCase[] = [
  one('a broken signature', [corruptCrlSignature(good)]),
  one('a broken signature, and revoked', [corruptCrlSignature(revoking)]),
  one("another key's signature", [list(ca, [], { signer: stranger })]),
  one("another key's signature, and its key identifier", [
    list(ca, [], { signer: stranger, extensions: [['authorityKeyIdentifier', 'keyid']] }),
  ]),
  one('the right key identifier', [
    list(ca, [entry(leaf)], { extensions: [['authorityKeyIdentifier', 'keyid:always,issuer:always']] }),
  ]),
  one('the right key identifier, critical', [
    list(ca, [entry(leaf)], { extensions: [['authorityKeyIdentifier', 'critical,keyid']] }),
  ]),
  one('a broken one newer than a good one', [good, corruptCrlSignature(list(ca, [], { from: -3 }))]),
  one('two algorithms', [mixed()]),
  one("another issuer's", [rootList]),
  one('an authority that must not sign CRLs', [list(noSign)], under(noSign)),
  one('an authority without key usage', [list(noUsage)], {
    ...under(noUsage),
    rfc: { found: ['92@1'], because: 'section 4.2.1.3: an authority has a key usage' },
  }),
  one('unused bits in the signature', [
    Crl.read(seq(good.tbs, good.signatureAlgorithm.der, bitString(good.signature, 1))),
  ]),
];

const neighbour = issue('/CN=neighbour', ca, { extensions: TO_ISSUER });

const CRITICAL: readonly CrlCase[] = [
  one('an unknown critical extension', [list(ca, [], { extra: [UNKNOWN] })]),
  one('an unknown critical extension, and revoked', [list(ca, [entry(leaf)], { extra: [UNKNOWN] })]),
  one('an unknown critical extension that is passed over', [list(ca, [entry(leaf)], { extra: [UNKNOWN] })], {
    ignoreCritical: true,
  }),
  one('an unknown extension', [list(ca, [], { extra: [{ ...UNKNOWN, critical: false }] })]),
  one('a critical number', [list(ca, [], { number: -1n, extra: [{ ...crlNumberExtension(1n), critical: true }] })]),
  one('a critical freshestCRL', [list(ca, [], { extensions: [['freshestCRL', 'critical,URI:http://x/']] })]),
  one('an unknown critical extension in an entry', [list(ca, [entry(neighbour, {}, [UNKNOWN])])]),
  one('a critical reason', [list(ca, [entry(leaf, {}, [raw('2.5.29.21', Buffer.from('0a0101', 'hex'), true)])])]),
  one('one with and one without', [list(ca, [entry(leaf)], { extra: [UNKNOWN] }), good]),
  one('scope that cannot be read', [list(ca, [], { extra: [raw('2.5.29.28', integer(1n), true)] })], {
    rfc: { found: ['3@0'], because: 'section 5.2.5: nobody knows what the CRL is about' },
  }),
  one('scope twice', [list(ca, [], { extensions: idp('onlyuser:TRUE'), extra: [raw('2.5.29.28', seq(), true)] })], {
    rfc: { found: ['3@0'], because: 'section 4.2: an extension stands once' },
  }),
  one('a number that cannot be read', [list(ca, [], { number: -1n, extra: [raw('2.5.29.20', boolean(true))] })], {
    rfc: { found: ['3@0'], because: 'section 5.2.3: it is no number' },
  }),
  one('a key identifier that cannot be read', [list(ca, [], { extra: [raw('2.5.29.35', integer(1n))] })], {
    rfc: { found: ['3@0'], because: 'section 5.2.1: it is no key identifier' },
  }),
  one('a reason that cannot be read', [list(ca, [entry(leaf, {}, [raw('2.5.29.21', integer(1n))])])], {
    rfc: { found: ['3@0'], because: 'section 5.3.1: it is no reason' },
  }),
  one(
    'an issuer of an entry that cannot be read, before',
    [list(ca, [entry(neighbour, {}, [raw('2.5.29.29', integer(1n), true)]), entry(leaf)])],
    { rfc: { found: ['3@0'], because: 'section 5.3.3: nobody knows whose certificate it is' } },
  ),
];

const ENTRIES: readonly CrlCase[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 8, 9, 10].map((reason) => one(`reason ${reason}`, [list(ca, [entry(leaf, { reason })])])),
  one('a reason that does not exist', [list(ca, [entry(leaf, { reason: 99 })])]),
  one('removed, then revoked', [list(ca, [entry(leaf, { reason: 8 }), entry(leaf)])]),
  one('revoked, then removed', [list(ca, [entry(leaf), entry(leaf, { reason: 8 })])]),
  one('another certificate', [list(ca, [entry(neighbour)])]),
  one("another issuer's certificate, in a CRL that is not indirect", [
    list(ca, [entry(leaf, { certificateIssuer: parseSubject('/CN=Other') })]),
  ]),
  one('the number of another sign', [
    list(ca, [{ ...entry(leaf), serial: Buffer.from([...leaf.certificate.serial].map((b) => 256 - b)) }]),
  ]),
];

const named = points('named');

const SCOPES: readonly CrlCase[] = [
  one('users alone', [list(ca, [entry(leaf)], { extensions: idp('onlyuser:TRUE') })]),
  one('authorities alone', [list(ca, [], { extensions: idp('onlyCA:TRUE') })]),
  one('users alone, of an authority', [good, list(root, [], { extensions: idp('onlyuser:TRUE') })], all),
  one('authorities alone, of an authority', [good, list(root, [], { extensions: idp('onlyCA:TRUE') })], all),
  one('attribute certificates alone', [list(ca, [], { extensions: idp('onlyAA:TRUE') })]),
  one('users alone and authorities alone', [list(ca, [], { extensions: idp('onlyuser:TRUE,onlyCA:TRUE') })]),
  one(
    'users and authorities in two CRLs',
    [
      list(ca, [], { extensions: idp('onlyuser:TRUE') }),
      list(root, [], { extensions: idp('onlyCA:TRUE') }),
      list(root, [], { extensions: idp('onlyuser:TRUE') }),
    ],
    all,
  ),
  one('a point, and no scope', [revoking], { leaf: named.certificate }),
  one(
    'a point, and its CRL',
    [list(ca, [entry(named)], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') })],
    { leaf: named.certificate },
  ),
  one(
    "a point, and another's CRL",
    [list(ca, [entry(named)], { extensions: idp('fullname:URI:http://crl.example.org/b.crl') })],
    { leaf: named.certificate },
  ),
  one("a point's CRL, and no point", [list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') })]),
  one('a point in capitals', [list(ca, [], { extensions: idp('fullname:URI:http://CRL.example.org/a.crl') })], {
    leaf: named.certificate,
  }),
  one('a point of several names', [list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') })], {
    leaf: points('several').certificate,
  }),
  one('the second of two points', [list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') })], {
    leaf: points('other,named').certificate,
  }),
  one('a relative name on both sides', [list(ca, [], { extensions: idp('relativename:rdn') })], {
    leaf: points('relative').certificate,
  }),
  one(
    'a relative name, and the directory name that it stands for',
    [list(ca, [], { extensions: idp('fullname:dirName:full') })],
    { leaf: points('relative').certificate },
  ),
  one('a directory name, and the relative one for it', [list(ca, [], { extensions: idp('relativename:rdn') })], {
    leaf: points('directory').certificate,
  }),
  one(
    'a relative name, and another kind',
    [list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') })],
    { leaf: points('relative').certificate },
  ),
  one(
    'a point with a name, one CRL for it and one for all',
    [list(ca, [entry(named)], { extensions: idp('fullname:URI:http://crl.example.org/a.crl'), from: -3 }), good],
    { leaf: named.certificate },
  ),
  one('a point without name and issuer', [good], {
    leaf: leafWith([['2.5.29.31', 'DER:30043002810 0'.replace(' ', '')]]).certificate,
  }),
  one('a scope that says nothing', [list(ca, [entry(leaf)], { extra: [raw('2.5.29.28', seq(), true)] })]),
];

const KEY = 'onlysomereasons:keyCompromise';
const somes = idp(KEY);
/** All ReasonFlags. */
const ALL_REASONS = [raw('2.5.29.28', Buffer.from('3005830307ff80', 'hex'), true)];
/** ReasonFlags 2 to 8. */
const others = [raw('2.5.29.28', Buffer.from('30058303073f80', 'hex'), true)];

const REASONS: readonly CrlCase[] = [
  one('some reasons, not extended', [list(ca, [], { extensions: somes })]),
  one('some reasons', [list(ca, [], { extensions: somes })], extended),
  one('some reasons, and revoked', [list(ca, [entry(leaf)], { extensions: somes })], extended),
  one(
    'some reasons, twice',
    [list(ca, [], { extensions: somes }), list(ca, [], { extensions: somes, from: -3 })],
    extended,
  ),
  one('some reasons, and all', [list(ca, [], { extensions: somes, from: -3 }), good], extended),
  one(
    'all bits of reasons',
    [list(ca, [], { extra: [raw('2.5.29.28', Buffer.from('3005830307ff80', 'hex'), true)] })],
    extended,
  ),
  one(
    'all reasons but the unused bit, in two',
    [list(ca, [], { extensions: somes }), list(ca, [], { extra: others })],
    extended,
  ),
  one(
    'in two, the second revokes',
    [list(ca, [], { extensions: somes }), list(ca, [entry(leaf)], { extra: others })],
    extended,
  ),
  one(
    'points of some reasons, a CRL for each',
    [
      list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') }),
      list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/b.crl') }),
    ],
    { ...extended, leaf: points('key_reasons,other_reasons').certificate },
  ),
  one(
    'points of some reasons, a CRL for one',
    [list(ca, [], { extensions: idp('fullname:URI:http://crl.example.org/a.crl') })],
    { ...extended, leaf: points('key_reasons,other_reasons').certificate },
  ),
  one('a point of some reasons, and a CRL for all', [good], { leaf: points('key_reasons').certificate }),
];

const indirectIssuer = authority('/CN=CRL issuer', root, { extensions: [['keyUsage', 'critical,cRLSign'], ...IDS] });
const pointed = points('only_issuer');
const indirect = idp('indirectCRL:TRUE');
const whole = { ...extended, leaf: pointed.certificate, untrusted: [ca.certificate, indirectIssuer.certificate] };
const CA_NAME = ca.certificate.subject;
const by = (issuer: Party, entries: readonly Entry[] = [], options: ListOptions = {}): Crl =>
  list(issuer, entries, { extensions: indirect, ...options });
const variant = (options: PartyOptions, issuer: Party | undefined = root): Party =>
  authority('/CN=CRL issuer', issuer, { extensions: [['keyUsage', 'critical,cRLSign'], ...IDS], ...options });
const withIssuer = (issuer: Party): Partial<CrlCase> => ({ ...whole, untrusted: [ca.certificate, issuer.certificate] });
const noCrlSign = variant({ extensions: [['keyUsage', 'critical,digitalSignature'], ...IDS] });
const expired = variant({ from: -20, to: -5 });
const other = authority('/CN=Other root', undefined, { extensions: [...CA_EXTENSIONS, ...SELF] });
const elsewhere = variant({}, other);
const alone = authority('/CN=CRL issuer', undefined, { extensions: [...CA_EXTENSIONS, ...SELF] });
const rootPointed = points('by_root');
const itself = points('only_itself');

const INDIRECT: readonly CrlCase[] = [
  one('indirect, not extended', [by(indirectIssuer)], { ...whole, extendedCrl: false }),
  one('indirect', [by(indirectIssuer)], whole),
  one('indirect, revoked', [by(indirectIssuer, [entry(pointed, { certificateIssuer: CA_NAME })])], whole),
  one(
    'indirect, revoked by an entry before',
    [by(indirectIssuer, [entry(neighbour, { certificateIssuer: CA_NAME }), entry(pointed)])],
    whole,
  ),
  one("indirect, the number of the CRL issuer's own certificate", [by(indirectIssuer, [entry(pointed)])], whole),
  one(
    "indirect, another issuer's certificate",
    [by(indirectIssuer, [entry(pointed, { certificateIssuer: parseSubject('/CN=Other') })])],
    whole,
  ),
  one(
    "indirect, another issuer's and then the right one's",
    [
      by(indirectIssuer, [
        entry(pointed, { certificateIssuer: parseSubject('/CN=Other') }),
        entry(pointed, { certificateIssuer: CA_NAME, reason: 1 }),
      ]),
    ],
    whole,
  ),
  one('indirect, the issuer does not come along', [by(indirectIssuer)], { ...whole, untrusted: [ca.certificate] }),
  one('indirect, the point does not name the issuer', [by(indirectIssuer)], { ...whole, leaf: leaf.certificate }),
  one('indirect, the issuer must not sign CRLs', [by(noCrlSign)], {
    ...withIssuer(noCrlSign),
    ours: {
      found: ['35@0'],
      because: 'OpenSSL has not read the extensions of this certificate yet when it looks for the bit',
    },
  }),
  one('indirect, the issuer has expired', [by(expired)], withIssuer(expired)),
  one('indirect, the issuer is under another root', [by(elsewhere)], {
    ...withIssuer(elsewhere),
    trusted: [root.certificate, other.certificate],
  }),
  one('indirect, the issuer is under a root that is not trusted', [by(elsewhere)], withIssuer(elsewhere)),
  one('indirect, the issuer is self-signed', [by(alone)], withIssuer(alone)),
  one('indirect, every certificate', [by(indirectIssuer), rootList], { ...whole, crlCheckAll: true }),
  one('indirect, every certificate, the issuer revoked', [by(indirectIssuer), list(root, [entry(indirectIssuer)])], {
    ...whole,
    crlCheckAll: true,
  }),
  one('indirect, every certificate, no CRL about the issuer', [by(indirectIssuer)], { ...whole, crlCheckAll: true }),
  one('an issuer of its own, and the CRL is not indirect', [list(indirectIssuer)], whole),
  one(
    'indirect, and its own name for a point',
    [by(indirectIssuer, [], { extensions: idp('indirectCRL:TRUE,fullname:URI:http://crl.example.org/a.crl') })],
    { ...whole, leaf: points('by_issuer').certificate },
  ),
  one(
    "indirect, and another point's name",
    [by(indirectIssuer, [], { extensions: idp('indirectCRL:TRUE,fullname:URI:http://crl.example.org/b.crl') })],
    { ...whole, leaf: points('by_issuer').certificate },
  ),
  one(
    'indirect, a point without name, and a CRL with one',
    [by(indirectIssuer, [], { extensions: idp('indirectCRL:TRUE,fullname:URI:http://crl.example.org/a.crl') })],
    {
      ...whole,
      rfc: { found: ['44@0'], because: "section 6.3.3 b 2 i: without a name of its own a point has its CRL issuer's" },
    },
  ),
  one('the authority as CRL issuer, and the CRL is not indirect', [good], {
    ...extended,
    leaf: itself.certificate,
    // without a point that fits, the CRL is still about all certificates of its issuer
    rfc: { found: [], because: 'section 6.3.3 b 1' },
  }),
  one('the root as CRL issuer', [by(root)], { ...extended, leaf: rootPointed.certificate }),
  one('the root as CRL issuer, revoked', [by(root, [entry(rootPointed, { certificateIssuer: CA_NAME })])], {
    ...extended,
    leaf: rootPointed.certificate,
  }),
  one('indirect, hosts and purposes are for the certificate', [by(indirectIssuer)], {
    ...whole,
    leaf: leafWith([
      ['crlDistributionPoints', 'only_issuer'],
      ['subjectAltName', 'DNS:leaf.example.org'],
    ]).certificate,
    purpose: 'sslserver',
    hosts: ['leaf.example.org'],
    rfc: {
      found: [],
      because: "the host is the certificate's; OpenSSL looks for it in the certificate of the CRL's issuer, too",
    },
  }),
  one(
    'indirect, of some reasons',
    [by(indirectIssuer, [], { extensions: idp(`indirectCRL:TRUE,${KEY}`) }), good],
    whole,
  ),
];

const fresh = leafWith([['freshestCRL', 'URI:http://crl.example.org/delta.crl']]);
const freshCase = { ...deltas, leaf: fresh.certificate };
const FRESHEST: Lines = [['freshestCRL', 'URI:http://crl.example.org/delta.crl']];
const delta = (entries: readonly Entry[] = [], options: ListOptions = {}): Crl =>
  list(ca, entries, { number: 5n, base: 1n, from: -2, ...options });
const revokes = [entry(fresh)];

const DELTAS: readonly CrlCase[] = [
  one('a delta, not wanted', [list(ca), delta(revokes)], { ...extended, leaf: fresh.certificate }),
  one('a delta revokes', [list(ca), delta(revokes)], freshCase),
  one('a delta revokes, not extended', [list(ca), delta(revokes)], { ...freshCase, extendedCrl: false }),
  one('a delta, and nobody tells of it', [list(ca), delta([entry(leaf)])], deltas),
  one('a delta that the CRL tells of', [list(ca, [], { extensions: FRESHEST }), delta([entry(leaf)])], deltas),
  one('a delta takes off', [list(ca, [entry(fresh, { reason: 6 })]), delta([entry(fresh, { reason: 8 })])], freshCase),
  one('a delta says nothing of what is revoked', [list(ca, revokes), delta()], freshCase),
  one('a delta to a later CRL', [list(ca), delta(revokes, { base: 2n })], freshCase),
  one('a delta that is older than the CRL', [list(ca, [], { number: 9n }), delta(revokes)], freshCase),
  one('a delta of the same number', [list(ca, [], { number: 5n }), delta(revokes)], freshCase),
  one('a delta, and the CRL has no number', [list(ca, [], { number: -1n }), delta(revokes)], freshCase),
  one('a delta without number', [list(ca), delta(revokes, { number: -1n })], freshCase),
  one('a delta of another scope', [list(ca), delta(revokes, { extensions: idp('onlyuser:TRUE') })], freshCase),
  one(
    'a delta of the same scope',
    [list(ca, [], { extensions: idp('onlyuser:TRUE') }), delta(revokes, { extensions: idp('onlyuser:TRUE') })],
    freshCase,
  ),
  one(
    'a delta with a key identifier, and the CRL has none',
    [list(ca), delta(revokes, { extensions: [['authorityKeyIdentifier', 'keyid']] })],
    freshCase,
  ),
  one('a delta of another issuer', [list(ca), list(root, revokes, { number: 5n, base: 1n })], freshCase),
  one('an expired CRL with a delta', [list(ca, [], { to: -1 }), delta()], freshCase),
  one('an expired CRL with an expired delta', [list(ca, [], { to: -1 }), delta([], { to: -1 })], {
    ...freshCase,
    rfc: { found: ['12@0'], because: 'section 6.3.3 c: a delta has to be valid at the time' },
  }),
  one('an expired delta', [list(ca), delta(revokes, { to: -1 })], {
    ...freshCase,
    rfc: { found: [], because: 'section 6.3.3 c: a delta has to be valid at the time' },
  }),
  one('a delta with a broken signature', [list(ca), corruptCrlSignature(delta())], freshCase),
  one('a delta with an unknown critical extension', [list(ca), delta([], { extra: [UNKNOWN] })], freshCase),
  one('two deltas, the first counts', [list(ca), delta(), delta(revokes, { number: 6n, from: -1 })], freshCase),
  one('a delta alone', [delta()], {}),
  one('a delta alone, extended', [delta()], extended),
  one('a delta alone, of all reasons in words', [delta([], { extra: ALL_REASONS })], extended),
  one('a delta of some reasons, and all', [delta([], { extensions: somes }), good], extended),
  one('a delta alone, of some reasons', [delta([], { extensions: somes })], {
    ...extended,
  }),
];

const newKey = makeKey();
const rolled = authority('/CN=CA', root, { key: newKey, extensions: [...CA_EXTENSIONS, ...IDS] });
const crlKey = issue('/CN=CA', ca, { extensions: [['keyUsage', 'critical,cRLSign'], ...IDS] });
const keyId: Lines = [['authorityKeyIdentifier', 'keyid:always']];

const ISSUERS: readonly CrlCase[] = [
  one('the CRL has the new key of the authority', [list(rolled, [entry(leaf)], { extensions: keyId })], {
    ...extended,
    untrusted: [ca.certificate, rolled.certificate],
  }),
  one('the CRL has the new key, not extended', [list(rolled, [], { extensions: keyId })], {
    untrusted: [ca.certificate, rolled.certificate],
  }),
  one('the CRL has a key of its own', [list(crlKey, [entry(leaf)], { extensions: keyId })], {
    ...extended,
    untrusted: [ca.certificate, crlKey.certificate],
  }),
  one('the CRL has a key of its own, every certificate', [list(crlKey, [], { extensions: keyId }), rootList], {
    ...all,
    extendedCrl: true,
    untrusted: [ca.certificate, crlKey.certificate],
    ours: {
      found: [],
      because: 'the CRL is about the certificate of its own key, too, as in PKITS 4.14.30, where NIST accepts it',
    },
  }),
  one(
    'the CRL names a key that did not come along, and another certificate of the name did',
    [list(rolled, [], { extensions: keyId })],
    {
      ...extended,
      untrusted: [ca.certificate, crlKey.certificate],
      ours: {
        found: ['3@0'],
        because: 'OpenSSL has not read the extensions of this certificate yet when it compares key identifiers',
      },
    },
  ),
  one('the CRL has a key of its own, and says nothing of it', [list(crlKey)], {
    ...extended,
    untrusted: [ca.certificate, crlKey.certificate],
  }),
];

/** All cases. */
export const CRL_CASES: readonly CrlCase[] = [
  ...BASICS,
  ...DATES,
  ...SIGNATURES,
  ...CRITICAL,
  ...ENTRIES,
  ...SCOPES,
  ...REASONS,
  ...INDIRECT,
  ...DELTAS,
  ...ISSUERS,
];
