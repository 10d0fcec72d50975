/** What is odd about certificates: a function a question. */
import { bigintOf } from '../der/index.ts';
import { objectByOid, shortName } from '../registry/oids.ts';
import { nameText } from '../text/name.ts';
import { stringToUtf8 } from '../text/string.ts';
import type { CertificateView } from '../verify/certificate.ts';
import { keySecurity } from '../verify/strength.ts';
import { matchesHost, matchesIp, parseIp } from '../x509/checks.ts';
import { signatureAlgorithm } from '../x509/sign.ts';
import type { Chains } from './chains.ts';
import { ago, type Finding, type FindingId, type InspectOptions, type Severity } from './finding.ts';

const DAY = 86_400_000;
const SOON_DAYS = 30;
/** Baseline Requirements section 6.3.2, until March 2026. */
const LONG_DAYS = 398;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SUBJECT_ALT_NAME = '2.5.29.17';
const COMMON_NAME = '2.5.4.3';

interface Listed {
  readonly object: number;
  readonly view: CertificateView;
}

/** A certificate with what stands around it. */
interface Subject {
  readonly view: CertificateView;
  readonly index: number;
  readonly all: readonly Listed[];
  readonly chains: Chains;
  readonly options: InspectOptions;
}

type Answer = readonly [id: FindingId, severity: Severity, text: string];
type Question = (subject: Subject) => Answer | undefined;

/** All findings about certificates, in the order of the certificates. */
export function certificateFindings(all: readonly Listed[], chains: Chains, options: InspectOptions): Finding[] {
  const each = all.flatMap(({ object, view }, index): Finding[] =>
    QUESTIONS.flatMap((ask) => {
      const answer = ask({ view, index, all, chains, options });
      return answer ? [{ id: answer[0], severity: answer[1], object, text: answer[2] }] : [];
    }),
  );
  const sent = options.served || (options.pem && all.some(({ view }) => isServerCertificate(view)));
  return [...each, ...(sent ? orderFinding(all, chains) : [])];
}

const isRoot = ({ traits }: CertificateView): boolean => traits.selfSigned;

/** A certificate for servers: no CA, and its key may serve (or nothing says what it may do). */
export function isServerCertificate({ certificate, traits }: CertificateView): boolean {
  if (traits.marks?.ca) return false;
  const uses = certificate.extension(EXTENDED_KEY_USAGE);
  return uses === undefined || traits.marks?.uses?.has(SERVER_AUTH) === true;
}

const validity: Question = ({ view: { certificate }, options: { now } }) => {
  const { notBefore, notAfter } = certificate;
  if (notAfter.ms !== undefined && notAfter.ms < now) return ['expired', 'error', `expired ${ago(now, notAfter.ms)}`];
  if (notBefore.ms !== undefined && notBefore.ms > now)
    return ['not-yet-valid', 'error', `not valid before ${new Date(notBefore.ms).toISOString().slice(0, 10)}`];
  const left = notAfter.ms === undefined ? Infinity : Math.floor((notAfter.ms - now) / DAY);
  return left < SOON_DAYS ? ['expires-soon', 'warning', `ends in ${left} days`] : undefined;
};

const key: Question = ({ view }) => {
  const bits = keySecurity(view);
  if (bits < 0) return ['unusable-key', 'warning', 'the public key cannot be used'];
  return bits < 112 ? ['weak-key', 'error', 'the key is too weak: it has less than 112 bits of security'] : undefined;
};

const signature: Question = ({ view, chains, index }) => {
  const digest = signatureAlgorithm(view.certificate.signatureAlgorithm.oid)?.digest;
  if ((digest === 'md5' || digest === 'sha1') && !isRoot(view))
    return ['weak-signature', 'error', `signed with ${digest === 'md5' ? 'MD5' : 'SHA-1'}, which nobody should trust`];
  if (chains.wrongIssuerOf[index] === undefined && !(isRoot(view) && !view.signedBy(view))) return undefined;
  return ['signature-wrong', 'error', 'the signature is wrong: the key of the issuer does not fit'];
};

/** A commonName that can only be a host's. */
const HOST = /^(?:localhost|[\w*-]+(?:\.[\w-]+)*\.[a-z]{2,})$/i;

const names: Question = ({ view, all }) => {
  const { certificate, traits } = view;
  if (!isServerCertificate(view)) {
    // what "req -x509" makes is a CA, and people serve with it
    const alone = all.length === 1 && isRoot(view) && HOST.test(commonName(view) ?? '');
    return alone && !certificate.extension(SUBJECT_ALT_NAME)
      ? ['no-san', 'warning', 'no subjectAltName: as a server certificate browsers, Node and Go would refuse it']
      : undefined;
  }
  if (!certificate.extension(SUBJECT_ALT_NAME))
    return ['no-san', 'error', 'no subjectAltName: browsers, Node and Go take no commonName for a name'];
  const text = commonName(view);
  if (text === undefined || !/^[\w*.-]+\.[\w.-]+$/.test(text)) return undefined;
  const listed = traits.names.some((name) => name.content.toString('latin1').toLowerCase() === text.toLowerCase());
  return listed || parseIp(text)
    ? undefined
    : ['cn-not-in-san', 'warning', `the commonName ${text} is not among the alternative names`];
};

function commonName({ certificate }: CertificateView): string | undefined {
  const common = certificate.subject.attributes.find(({ oid }) => oid === COMMON_NAME);
  return common && stringToUtf8(common)?.toString('utf8');
}

const length: Question = ({ view }) => {
  const { notBefore, notAfter } = view.certificate;
  if (!isServerCertificate(view) || isRoot(view) || notBefore.ms === undefined || notAfter.ms === undefined)
    return undefined;
  const days = Math.round((notAfter.ms - notBefore.ms) / DAY);
  return days > LONG_DAYS
    ? [
        'long-lived',
        'notice',
        `valid for ${days} days: browsers refuse that from public CAs, and Apple devices over 825 from any`,
      ]
    : undefined;
};

const host: Question = ({ view, index, options }) => {
  const { host: wanted } = options;
  if (wanted === undefined || index > 0) return undefined;
  const address = parseIp(wanted);
  const fits = address ? matchesIp(view.certificate, address) : matchesHost(view.certificate, wanted);
  return fits ? undefined : ['name-mismatch', 'error', `this certificate is not for ${wanted}`];
};

const form: Question = ({ view: { certificate } }) =>
  certificate.version === 3 ? undefined : ['old-version', 'notice', `a certificate of version ${certificate.version}`];

const serial: Question = ({ view: { certificate } }) => {
  const value = bigintOf(certificate.serial);
  if (value <= 0n) return ['odd-serial', 'warning', `the serial number is ${value < 0n ? 'negative' : 'zero'}`];
  return certificate.serial.length > 20
    ? ['odd-serial', 'warning', 'the serial number is longer than 20 octets']
    : undefined;
};

const extensions: Question = ({ view: { traits, certificate } }) => {
  if (!traits.marks) return ['broken-extension', 'error', 'an extension cannot be read, or stands there twice'];
  if (!traits.unknownCritical) return undefined;
  const unknown = certificate.extensions.find(({ oid, critical }) => critical && !objectByOid(oid));
  const what = unknown ? ` (${shortName(unknown.oid)})` : '';
  return ['unknown-critical', 'warning', `a critical extension${what} that not everybody knows: it will be refused`];
};

const authority: Question = ({ view, index, all, chains }) => {
  const issued = all.some((_, i) => chains.issuerOf[i] === index);
  const { marks } = view.traits;
  return issued && marks && !marks.ca && view.certificate.version === 3
    ? ['not-a-ca', 'error', 'it has issued another certificate here and is no CA (basicConstraints)']
    : undefined;
};

const issuer: Question = ({ view, index, chains, options }) => {
  if (chains.issuerOf[index] !== undefined || chains.wrongIssuerOf[index] !== undefined || isRoot(view))
    return undefined;
  if (view.signedBy(view) || options.trusts?.(view)) return undefined;
  return [
    'issuer-missing',
    'warning',
    `the certificate of its issuer is not there: ${nameText(view.certificate.issuer)}`,
  ];
};

const twice: Question = ({ view, index, all }) =>
  all.slice(0, index).some((other) => other.view.equals(view))
    ? ['duplicate', 'notice', 'the same certificate as one above']
    : undefined;

const served: Question = ({ view, index, options, all }) =>
  options.served && index > 0 && all.length > 1 && isRoot(view)
    ? ['root-included', 'notice', 'the server sends its root, which clients have or do not trust']
    : undefined;

const QUESTIONS: readonly Question[] = [
  validity,
  host,
  key,
  signature,
  names,
  length,
  form,
  serial,
  extensions,
  authority,
  issuer,
  twice,
  served,
];

/** One chain whose certificates do not stand as servers have to send them (RFC 8446 section 4.4.2). */
function orderFinding(all: readonly Listed[], { issuerOf, roots }: Chains): Finding[] {
  const single = roots.length === 1 && all.every((_, i) => issuerOf.filter((issuer) => issuer === i).length <= 1);
  if (!single || all.length < 2 || all.slice(1).every((_, i) => issuerOf[i] === i + 1)) return [];
  const text = 'the certificates are not in the order that servers send: each followed by its issuer';
  return [{ id: 'order', severity: 'notice', object: undefined, text }];
}
