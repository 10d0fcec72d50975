/** RFC 5280 section 4.1: the fields of a certificate. */
import { bigintOf, checkDer } from '../der/index.ts';
import { attempt, ATTR, textOf, type LintSubject } from './subject.ts';
import { rules, type LintRule } from './rule.ts';
import type { Attribute } from '../x509/name.ts';
import type { Time } from '../x509/certificate.ts';
import { TAG } from '../der/index.ts';

const times = ({ certificate }: LintSubject): readonly (readonly [string, Time])[] => [
  ['notBefore', certificate.notBefore],
  ['notAfter', certificate.notAfter],
];

const oneTime = (subject: LintSubject, wrong: (time: Time) => boolean): string | undefined => {
  const found = times(subject).find(([, time]) => wrong(time));
  return found && `${found[0]} ${found[1].text}`;
};

/** Upper bounds of RFC 5280 appendix A.1 and X.520, in characters. */
const BOUNDS: ReadonlyMap<string, readonly [name: string, most: number]> = new Map([
  [ATTR.commonName, ['commonName', 64]],
  [ATTR.serialNumber, ['serialNumber', 64]],
  [ATTR.organization, ['organizationName', 64]],
  [ATTR.unit, ['organizationalUnitName', 64]],
  [ATTR.locality, ['localityName', 128]],
  [ATTR.province, ['stateOrProvinceName', 128]],
  [ATTR.street, ['streetAddress', 128]],
  [ATTR.postalCode, ['postalCode', 16]],
  [ATTR.email, ['emailAddress', 255]],
  [ATTR.surname, ['surname', 64]],
  [ATTR.givenName, ['givenName', 64]],
]);

const length = (attribute: Attribute): number => Array.from(textOf(attribute) ?? '').length;

function tooLong({ certificate }: LintSubject): string | undefined {
  for (const attribute of [...certificate.subject.attributes, ...certificate.issuer.attributes]) {
    const bound = BOUNDS.get(attribute.oid);
    if (bound && length(attribute) > bound[1])
      return `${bound[0]} has ${length(attribute)} characters, ${bound[1]} are allowed`;
  }
  return undefined;
}

const everyName = ({ certificate }: LintSubject): readonly Attribute[] => [
  ...certificate.subject.attributes,
  ...certificate.issuer.attributes,
];

const badCountry = (attribute: Attribute): boolean =>
  (attribute.oid === ATTR.country || attribute.oid === ATTR.jurisdictionCountry) &&
  attribute.tag !== TAG.printableString;

const OLD_STRINGS: ReadonlySet<number> = new Set([TAG.t61String, TAG.universalString, TAG.bmpString]);

const PRINTABLE_ONLY: ReadonlySet<string> = new Set([ATTR.serialNumber]);

export const RFC5280_FIELDS: readonly LintRule[] = rules('rfc5280', 'RFC 5280', [
  [
    'rfc-der',
    'error',
    '4.1',
    'a certificate is encoded in DER',
    'all',
    ({ certificate }) => {
      try {
        checkDer(certificate.der);
        for (const { value } of certificate.extensions)
          if (attempt(() => (checkDer(value), true)) !== true) return 'in an extension';
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  ],
  [
    'rfc-version',
    'error',
    '4.1.2.1',
    'the version is 1, 2 or 3',
    'all',
    ({ certificate: { version } }) => (version < 1 || version > 3) && `version ${version}`,
  ],
  [
    'rfc-version-extensions',
    'error',
    '4.1.2.1',
    'extensions want version 3',
    'all',
    ({ certificate }) =>
      certificate.extensions.length > 0 && certificate.version !== 3 && `version ${certificate.version}`,
  ],
  [
    'rfc-serial-positive',
    'error',
    '4.1.2.2',
    'the serial number is positive',
    'all',
    ({ certificate }) => bigintOf(certificate.serial) <= 0n,
  ],
  [
    'rfc-serial-length',
    'error',
    '4.1.2.2',
    'the serial number has no more than 20 octets',
    'all',
    ({ certificate: { serial } }) => serial.length > 20 && `${serial.length} octets`,
  ],
  [
    'rfc-signature-algorithms',
    'error',
    '4.1.1.2',
    'the signature algorithm is the same inside and outside',
    'all',
    ({ certificate }) => !certificate.signatureAlgorithm.der.equals(certificate.tbsSignatureAlgorithm.der),
  ],
  [
    'rfc-issuer-name',
    'error',
    '4.1.2.4',
    'the issuer has a name',
    'all',
    ({ certificate }) => certificate.issuer.isEmpty,
  ],
  [
    'rfc-ca-subject',
    'error',
    '4.1.2.6',
    'a CA has a subject name',
    'ca',
    ({ certificate }) => certificate.subject.isEmpty,
  ],
  [
    'rfc-unique-ids',
    'error',
    '4.1.2.8',
    'unique identifiers are not used',
    'all',
    ({ certificate }) => certificate.issuerUniqueId !== undefined || certificate.subjectUniqueId !== undefined,
  ],
  [
    'rfc-time-valid',
    'error',
    '4.1.2.5',
    'the times are dates',
    'all',
    (subject) => oneTime(subject, ({ ms }) => ms === undefined),
  ],
  [
    'rfc-utc-time',
    'error',
    '4.1.2.5.1',
    'a UTCTime has seconds and ends in Z',
    'all',
    (subject) => oneTime(subject, ({ form, text }) => form === 'utc' && !/^\d{12}Z$/.test(text)),
  ],
  [
    'rfc-generalized-time',
    'error',
    '4.1.2.5.2',
    'a GeneralizedTime has seconds without a fraction and ends in Z',
    'all',
    (subject) => oneTime(subject, ({ form, text }) => form === 'generalized' && !/^\d{14}Z$/.test(text)),
  ],
  [
    'rfc-time-form',
    'error',
    '4.1.2.5',
    'dates up to 2049 are UTCTime',
    'all',
    (subject) =>
      oneTime(subject, ({ form, ms }) => form === 'generalized' && ms !== undefined && ms < Date.UTC(2050, 0, 1)),
  ],
  [
    'rfc-validity',
    'error',
    '4.1.2.5',
    'validity ends after it begins',
    'all',
    ({ certificate: { notBefore, notAfter } }) =>
      notBefore.ms !== undefined && notAfter.ms !== undefined && notAfter.ms < notBefore.ms,
  ],
  ['rfc-name-length', 'error', 'appendix A.1', 'attributes of names keep to their upper bounds', 'all', tooLong],
  [
    'rfc-country-encoding',
    'error',
    'appendix A.1',
    'a country is a PrintableString',
    'all',
    (subject) => everyName(subject).some(badCountry),
  ],
  [
    'rfc-country-length',
    'error',
    'appendix A.1',
    'a country has two letters',
    'all',
    (subject) => everyName(subject).find((one) => one.oid === ATTR.country && length(one) !== 2) !== undefined,
  ],
  [
    'rfc-serial-number-encoding',
    'error',
    'appendix A.1',
    'a serialNumber attribute is a PrintableString',
    'all',
    (subject) => everyName(subject).some(({ oid, tag }) => PRINTABLE_ONLY.has(oid) && tag !== TAG.printableString),
  ],
  [
    'rfc-dc-encoding',
    'error',
    '4.1.2.4',
    'a domainComponent is an IA5String',
    'all',
    (subject) => everyName(subject).some(({ oid, tag }) => oid === ATTR.domainComponent && tag !== TAG.ia5String),
  ],
  [
    'rfc-email-encoding',
    'error',
    '4.1.2.6',
    'an emailAddress is an IA5String',
    'all',
    (subject) => everyName(subject).some(({ oid, tag }) => oid === ATTR.email && tag !== TAG.ia5String),
  ],
  [
    'rfc-name-string-type',
    'warning',
    '4.1.2.4',
    'names are PrintableString or UTF8String; TeletexString, BMPString and UniversalString are of old',
    'all',
    ({ certificate }) => certificate.subject.attributes.some(({ tag }) => OLD_STRINGS.has(tag)),
  ],
  [
    'rfc-email-in-subject',
    'notice',
    '4.1.2.6',
    'a mailbox stands in subjectAltName and not in the subject',
    'all',
    (subject) => subject.has(ATTR.email),
  ],
  [
    'rfc-name-space',
    'notice',
    '4.1.2.4',
    'attributes of names do not begin or end with blanks',
    'all',
    (subject) => everyName(subject).some((one) => /^\s|\s$/.test(textOf(one) ?? '')),
  ],
  [
    'rfc-name-control',
    'warning',
    '4.1.2.4',
    'attributes of names have no control characters',
    'all',
    (subject) => everyName(subject).some((one) => /[\u0000-\u001f\u007f-\u009f]/.test(textOf(one) ?? '')),
  ],
  [
    'rfc-name-html',
    'notice',
    '4.1.2.4',
    'attributes of names are text, not HTML',
    'all',
    (subject) =>
      everyName(subject)
        .map((one) => textOf(one))
        .find(
          (text) =>
            text !== undefined &&
            /&(?:#\d+|#x[\da-f]+|amp|lt|gt|quot|apos|nbsp|[aeioucns](?:uml|acute|grave|circ|tilde|cedil|ring));/i.test(
              text,
            ),
        ),
  ],
  [
    'rfc-name-mojibake',
    'notice',
    '4.1.2.4',
    'UTF-8 was not taken for Latin-1 and encoded again',
    'all',
    (subject) =>
      everyName(subject)
        .map((one) => textOf(one))
        .find((text) => text !== undefined && /[\u00c2\u00c3][\u0080-\u00bf]/.test(text)),
  ],
  [
    'rfc-empty-attribute',
    'error',
    '4.1.2.4',
    'attributes of names are not empty',
    'all',
    (subject) => everyName(subject).some(({ value }) => value.length === 0),
  ],
]);
