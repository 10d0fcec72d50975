/** RFC 5280 section 4.2: extensions. */
import { CERTIFICATE_EXTENSION as EXT } from '../registry/certificate-extensions.ts';
import { readDer, TAG } from '../der/index.ts';
import { objectByOid, shortName } from '../registry/oids.ts';
import { critical, empty, uncritical } from './extension-checks.ts';
import { isHostName, isMailbox, uriFault } from './names.ts';
import { rules, type LintRule } from './rule.ts';
import { ANY_USE, attempt, USAGE, type LintName, type LintSubject } from './subject.ts';

function duplicate({ certificate }: LintSubject): string | undefined {
  const seen = new Set<string>();
  for (const { oid } of certificate.extensions) {
    if (seen.has(oid)) return shortName(oid);
    seen.add(oid);
  }
  return undefined;
}

/** cA FALSE and critical FALSE stand there in vain (X.690 section 11.5). */
function explicitDefault(subject: LintSubject): string | undefined {
  const [first] = subject.parts(EXT.basicConstraints);
  if (first?.is(TAG.boolean) && first.content.every((octet) => octet === 0)) return 'cA FALSE';
  const tbs = attempt(() => readDer(subject.certificate.tbs, 'ber').children) ?? [];
  const extensions = attempt(() => tbs.find((part) => part.isContext(3))?.children[0]?.children) ?? [];
  const vain = extensions.some((one) => one.children[1]?.is(TAG.boolean) && one.children[1].content[0] === 0);
  return vain ? 'critical FALSE' : undefined;
}

const names = (oid: string, wrong: (name: LintName) => Answerable) => (subject: LintSubject) => {
  for (const name of subject.names(oid)) {
    const answer = wrong(name);
    if (answer) return typeof answer === 'string' ? answer : shown(name.text);
  }
  return undefined;
};
type Answerable = string | boolean | undefined;

const shown = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The rules for alternative names hold for both sides (sections 4.2.1.6 and 4.2.1.7). */
const alternative = (id: string, oid: string, section: string): LintRule[] =>
  rules('rfc5280', 'RFC 5280', [
    [`${id}-empty`, 'error', section, 'alternative names are not an empty list', 'all', empty(oid)],
    [
      `${id}-name-empty`,
      'error',
      section,
      'an alternative name is not empty',
      'all',
      names(oid, ({ octets, form }) => octets.length === 0 && form !== 4),
    ],
    [
      `${id}-dns`,
      'error',
      section,
      'a DNS name is in the preferred name syntax',
      'all',
      names(oid, ({ form, text }) => form === 2 && text !== '' && !isHostName(text)),
    ],
    [
      `${id}-email`,
      'error',
      section,
      'a mailbox is local-part@host',
      'all',
      names(oid, ({ form, text }) => form === 1 && text !== '' && !isMailbox(text)),
    ],
    [
      `${id}-uri`,
      'error',
      section,
      'a URI is absolute, with a host name or an address',
      'all',
      names(oid, ({ form, text }) => form === 6 && text !== '' && uriFault(text)),
    ],
    [
      `${id}-ip`,
      'error',
      section,
      'an address has 4 or 16 octets',
      'all',
      names(
        oid,
        ({ form, octets }) => form === 7 && octets.length !== 4 && octets.length !== 16 && `${octets.length} octets`,
      ),
    ],
    [
      `${id}-ascii`,
      'error',
      section,
      'DNS names, mailboxes and URIs are IA5Strings',
      'all',
      names(oid, ({ form, octets }) => [1, 2, 6].includes(form) && octets.some((octet) => octet > 0x7f)),
    ],
  ]);

export const RFC5280_EXTENSIONS: readonly LintRule[] = [
  ...rules('rfc5280', 'RFC 5280', [
    ['rfc-extension-duplicate', 'error', '4.2', 'an extension stands once', 'all', duplicate],
    [
      'rfc-extension-unknown-critical',
      'notice',
      '4.2',
      'a critical extension that programs do not know makes them refuse',
      'all',
      ({ certificate }) => certificate.extensions.find(({ oid, critical }) => critical && !objectByOid(oid))?.oid,
    ],
    [
      'rfc-extension-empty',
      'error',
      '4.2',
      'an extension has a value',
      'all',
      ({ certificate }) => certificate.extensions.find(({ value }) => value.length === 0)?.oid,
    ],
    [
      'rfc-aki-missing',
      'error',
      '4.2.1.1',
      'a certificate that is not self-signed has an authority key identifier',
      'all',
      (subject) =>
        subject.certificate.version === 3 && !subject.view.traits.selfIssued && !subject.extension(EXT.authorityKeyId),
    ],
    [
      'rfc-aki-key-id',
      'error',
      '4.2.1.1',
      'the authority key identifier has a key identifier',
      'all',
      (subject) =>
        subject.extension(EXT.authorityKeyId) !== undefined &&
        !subject.view.traits.selfIssued &&
        !subject.parts(EXT.authorityKeyId).some((part) => part.isContext(0)),
    ],
    [
      'rfc-aki-critical',
      'error',
      '4.2.1.1',
      'the authority key identifier is not critical',
      'all',
      critical(EXT.authorityKeyId),
    ],
    [
      'rfc-ski-missing',
      'error',
      '4.2.1.2',
      'a CA has a subject key identifier',
      'ca',
      (subject) => !subject.extension(EXT.subjectKeyId),
    ],
    [
      'rfc-ski-critical',
      'error',
      '4.2.1.2',
      'the subject key identifier is not critical',
      'all',
      critical(EXT.subjectKeyId),
    ],
    ['rfc-ku-missing', 'error', '4.2.1.3', 'a CA has key usages', 'ca', (subject) => !subject.extension(EXT.keyUsage)],
    [
      'rfc-ku-empty',
      'error',
      '4.2.1.3',
      'at least one key usage is set',
      'all',
      (subject) => subject.usages?.size === 0,
    ],
    [
      'rfc-ku-length',
      'error',
      '4.2.1.3',
      'key usages are nine bits at the most',
      'all',
      (subject) => [...(subject.usages ?? [])].some((bit) => bit > 8),
    ],
    ['rfc-ku-critical', 'warning', '4.2.1.3', 'key usages are critical', 'all', uncritical(EXT.keyUsage)],
    [
      'rfc-ku-cert-sign',
      'error',
      '4.2.1.3',
      'keyCertSign is for CAs',
      'leaf',
      (subject) => subject.usages?.has(USAGE.keyCertSign) === true,
    ],
    [
      'rfc-ca-cert-sign',
      'error',
      '4.2.1.3',
      'a CA whose key usages do not have keyCertSign cannot issue',
      'ca',
      (subject) => subject.usages?.has(USAGE.keyCertSign) === false,
    ],
    [
      'rfc-san-critical',
      'error',
      '4.2.1.6',
      'without a subject name the alternative names are critical',
      'all',
      (subject) => subject.certificate.subject.isEmpty && uncritical(EXT.subjectAltName)(subject),
    ],
    [
      'rfc-san-not-critical',
      'warning',
      '4.2.1.6',
      'with a subject name the alternative names are not critical',
      'all',
      (subject) => !subject.certificate.subject.isEmpty && critical(EXT.subjectAltName)(subject),
    ],
    [
      'rfc-subject-or-san',
      'error',
      '4.1.2.6',
      'there is a subject name or an alternative name',
      'all',
      (subject) => subject.certificate.subject.isEmpty && !subject.extension(EXT.subjectAltName),
    ],
    [
      'rfc-ian-critical',
      'warning',
      '4.2.1.7',
      "the issuer's alternative names are not critical",
      'all',
      critical(EXT.issuerAltName),
    ],
    [
      'rfc-sda-critical',
      'error',
      '4.2.1.8',
      'subject directory attributes are not critical',
      'all',
      critical(EXT.subjectDirectoryAttributes),
    ],
    [
      'rfc-sda-empty',
      'error',
      '4.2.1.8',
      'subject directory attributes are not an empty list',
      'all',
      empty(EXT.subjectDirectoryAttributes),
    ],
    [
      'rfc-der-default',
      'error',
      '4.1',
      'values that are the default are left out, as DER wants',
      'all',
      explicitDefault,
    ],
    [
      'rfc-san-underscore',
      'warning',
      '4.2.1.6',
      'a DNS name has no underscores',
      'all',
      ({ dnsNames }) => dnsNames.find((name) => name.includes('_')),
    ],
    [
      'rfc-precertificate-scts',
      'error',
      'RFC 6962 3.1',
      'a precertificate has no list of timestamps',
      'all',
      (subject) => subject.extension(EXT.poison) !== undefined && subject.extension(EXT.sctList) !== undefined,
    ],
    [
      'rfc-sct-list-empty',
      'error',
      'RFC 6962 3.3',
      'a list of timestamps is not empty',
      'all',
      (subject) => subject.node(EXT.sctList)?.content.equals(Buffer.alloc(2)) === true,
    ],
    [
      'rfc-bc-critical',
      'error',
      '4.2.1.9',
      "a CA's basic constraints are critical",
      'ca',
      uncritical(EXT.basicConstraints),
    ],
    [
      'rfc-path-length',
      'error',
      '4.2.1.9',
      'a path length goes with cA and keyCertSign',
      'all',
      (subject) =>
        subject.pathLength !== undefined && (!subject.isCa || subject.usages?.has(USAGE.keyCertSign) === false),
    ],
    [
      'rfc-path-length-negative',
      'error',
      '4.2.1.9',
      'a path length is not negative',
      'all',
      (subject) => (subject.pathLength ?? 0n) < 0n,
    ],
    [
      'rfc-eku-empty',
      'error',
      '4.2.1.12',
      'extended key usages are not an empty list',
      'all',
      (subject) => subject.uses?.length === 0,
    ],
    [
      'rfc-eku-any-critical',
      'warning',
      '4.2.1.12',
      'with anyExtendedKeyUsage the extension is not critical',
      'all',
      (subject) => subject.uses?.includes(ANY_USE) === true && critical(EXT.extendedKeyUsage)(subject),
    ],
    [
      'rfc-crldp-critical',
      'warning',
      '4.2.1.13',
      'CRL distribution points are not critical',
      'all',
      critical(EXT.crlDistributionPoints),
    ],
    [
      'rfc-crldp-incomplete',
      'error',
      '4.2.1.13',
      'a distribution point has a name or an issuer',
      'all',
      (subject) =>
        subject
          .parts(EXT.crlDistributionPoints)
          .some((point) => (attempt(() => point.children) ?? []).every((part) => part.isContext(1))),
    ],
    [
      'rfc-crldp-location',
      'warning',
      '4.2.1.13',
      'one location of the CRL at least is an HTTP or LDAP URI',
      'all',
      ({ crlLocations }) =>
        crlLocations.length > 0 &&
        !crlLocations.some(({ form, text }) => form === 6 && /^(?:https?|ldaps?):/i.test(text)),
    ],
    [
      'rfc-freshest-critical',
      'error',
      '4.2.1.15',
      'the freshest CRL is not critical',
      'all',
      critical(EXT.freshestCrl),
    ],
    ['rfc-freshest-empty', 'error', '4.2.1.15', 'the freshest CRL is not an empty list', 'all', empty(EXT.freshestCrl)],
    [
      'rfc-aia-critical',
      'error',
      '4.2.2.1',
      'authority information access is not critical',
      'all',
      critical(EXT.authorityInfoAccess),
    ],
    [
      'rfc-aia-empty',
      'error',
      '4.2.2.1',
      'authority information access is not an empty list',
      'all',
      empty(EXT.authorityInfoAccess),
    ],
    [
      'rfc-sia-critical',
      'error',
      '4.2.2.2',
      'subject information access is not critical',
      'all',
      critical(EXT.subjectInfoAccess),
    ],
    [
      'rfc-sia-empty',
      'error',
      '4.2.2.2',
      'subject information access is not an empty list',
      'all',
      empty(EXT.subjectInfoAccess),
    ],
  ]),
  ...alternative('rfc-san', EXT.subjectAltName, '4.2.1.6'),
  ...alternative('rfc-ian', EXT.issuerAltName, '4.2.1.7'),
];
