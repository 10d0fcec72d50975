/** The Baseline Requirements for TLS server certificates (CA/Browser Forum), as far as a certificate alone shows them. */
import { CERTIFICATE_EXTENSION as EXT } from '../registry/certificate-extensions.ts';
import { shortName } from '../registry/oids.ts';
import { parseIp } from '../x509/checks.ts';
import { isInternalName, isReservedAddress } from './names.ts';
import { rules, type LintRule } from './rule.ts';
import { ANY_USE, ATTR, CLIENT_AUTH, SERVER_AUTH, textOf, USAGE, type LintSubject } from './subject.ts';

const OCSP = '1.3.6.1.5.5.7.48.1';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';
const ANY_POLICY = '2.5.29.32.0';

/** The reserved policy identifiers of section 7.1.6.1. */
const POLICY = {
  domain: '2.23.140.1.2.1',
  organization: '2.23.140.1.2.2',
  individual: '2.23.140.1.2.3',
  extended: '2.23.140.1.1',
} as const;
const RESERVED: readonly string[] = Object.values(POLICY);

/** Steps of section 6.3.2: certificates issued from then on last so many days at the most. */
const LIFETIMES: readonly (readonly [from: string, days: number])[] = [
  ['2029-03-15', 47],
  ['2027-03-15', 100],
  ['2026-03-15', 200],
  ['2020-09-01', 398],
  ['2018-03-01', 825],
  ['2016-07-01', 39 * 31],
  ['2012-07-01', 60 * 31],
];

function tooLong({ days, issued }: LintSubject): string | undefined {
  const most = LIFETIMES.find(([from]) => issued >= Date.parse(from))?.[1];
  // from 398 days on both ends count (section 6.3.2)
  const counted = days === undefined ? 0 : days + (most !== undefined && most <= 398 ? 1 / 86_400 : 0);
  return most !== undefined && days !== undefined && counted > most
    ? `${Math.ceil(days * 100) / 100} days, ${most} are allowed`
    : undefined;
}

function dnsFault({ dnsNames }: LintSubject, wrong: (name: string) => boolean): string | undefined {
  const found = dnsNames.find(wrong);
  return found === undefined ? undefined : JSON.stringify(found.slice(0, 100));
}

const commonNames = (subject: LintSubject): readonly string[] =>
  subject.subject(ATTR.commonName).map((attribute) => textOf(attribute) ?? '');

/** Every commonName is an alternative name, character for character (section 7.1.4.3). */
function strayCommonName(subject: LintSubject): string | undefined {
  const { alternativeNames } = subject;
  return commonNames(subject).find(
    (name) =>
      !alternativeNames.some(
        ({ form, text, octets }) =>
          (form === 2 && text.toLowerCase() === name.toLowerCase()) ||
          (form === 7 && parseIp(name)?.equals(octets) === true),
      ),
  );
}

const MANY: ReadonlySet<string> = new Set([ATTR.street, ATTR.domainComponent]);

function duplicateAttribute({ certificate }: LintSubject): string | undefined {
  const oids = certificate.subject.attributes.map(({ oid }) => oid).filter((oid) => !MANY.has(oid));
  const twice = oids.find((oid, i) => oids.indexOf(oid) !== i);
  return twice && shortName(twice);
}

/** The order of section 7.1.4.2; other attributes stand where they like. */
const ORDER = [
  ATTR.domainComponent,
  ATTR.country,
  ATTR.province,
  ATTR.locality,
  ATTR.postalCode,
  ATTR.street,
  ATTR.organization,
  ATTR.surname,
  ATTR.givenName,
  ATTR.unit,
  ATTR.commonName,
] as readonly string[];

function wrongOrder({ certificate }: LintSubject): string | undefined {
  const places = certificate.subject.attributes.map(({ oid }) => ORDER.indexOf(oid)).filter((place) => place >= 0);
  const at = places.findIndex((place, i) => i > 0 && place < (places[i - 1] as number));
  return at < 0
    ? undefined
    : `${shortName(ORDER[places[at] as number] as string)} after ${shortName(ORDER[places[at - 1] as number] as string)}`;
}

const ALLOWED_SUBJECT: ReadonlySet<string> = new Set(Object.values(ATTR).filter((oid) => oid !== ATTR.email));

const organised = (subject: LintSubject): boolean =>
  [ATTR.organization, ATTR.givenName, ATTR.surname].some((oid) => subject.has(oid));

const PLACES = [ATTR.street, ATTR.locality, ATTR.province, ATTR.postalCode] as const;

const location = (method: string, wrong: (text: string, form: number) => boolean) => (subject: LintSubject) =>
  subject.accesses.find((access) => access.method === method && wrong(access.location.text, access.location.form))
    ?.location.text;

const isHttp = (text: string): boolean => /^http:\/\//i.test(text);

export const SERVER_RULES: readonly LintRule[] = rules('server', 'CABF BR', [
  [
    'server-validity',
    'error',
    '6.3.2',
    'a certificate does not last longer than its time of issuance allows',
    'leaf',
    tooLong,
  ],
  [
    'server-san',
    'error',
    '7.1.2.7.12',
    'there are alternative names',
    'leaf',
    (subject) => !subject.extension(EXT.subjectAltName),
  ],
  [
    'server-san-forms',
    'error',
    '7.1.2.7.12',
    'alternative names are DNS names and addresses',
    'leaf',
    ({ alternativeNames }) => alternativeNames.some(({ form }) => form !== 2 && form !== 7),
  ],
  ['server-cn-in-san', 'error', '7.1.4.3', 'a commonName is one of the alternative names', 'leaf', strayCommonName],
  [
    'server-cn-single',
    'warning',
    '7.1.4.2',
    'there is no more than one commonName',
    'leaf',
    (subject) => commonNames(subject).length > 1,
  ],
  [
    'server-internal-name',
    'error',
    '4.2.2',
    'names are public: no single labels, no reserved top-level domains',
    'leaf',
    (subject) => dnsFault(subject, isInternalName),
    '2015-11-01',
  ],
  [
    'server-reserved-ip',
    'error',
    '4.2.2',
    'addresses are not private or reserved',
    'leaf',
    ({ alternativeNames }) => alternativeNames.some(({ form, octets }) => form === 7 && isReservedAddress(octets)),
    '2015-11-01',
  ],
  [
    'server-reserved-ip-cn',
    'error',
    '4.2.2',
    'an address as commonName is not private or reserved',
    'leaf',
    (subject) => commonNames(subject).find((name) => isReservedAddress(parseIp(name) ?? Buffer.alloc(0))),
    '2015-11-01',
  ],
  [
    'server-wildcard',
    'error',
    '3.2.2.6',
    'a wildcard is the whole leftmost label',
    'leaf',
    (subject) => dnsFault(subject, (name) => name.replace(/^\*\./, '').includes('*') || name === '*'),
  ],
  [
    'server-underscore',
    'error',
    '7.1.4.2.1',
    'DNS names have no underscores',
    'leaf',
    (subject) => dnsFault(subject, (name) => name.includes('_')),
    '2019-04-01',
  ],
  [
    'server-dns-hyphens',
    'error',
    '7.1.4.2.1',
    'labels do not begin or end with a hyphen',
    'leaf',
    (subject) => dnsFault(subject, (name) => /(?:^|\.)-|-(?:\.|$)/.test(name)),
  ],
  [
    'server-dns-alabel',
    'error',
    '7.1.4.2.1',
    'a label with two hyphens after two letters is an A-label',
    'leaf',
    (subject) => dnsFault(subject, (name) => /(?:^|\.)(?!xn)[a-z0-9]{2}--/i.test(name)),
    '2021-10-01',
  ],
  [
    'server-eku',
    'error',
    '7.1.2.7.10',
    'the extended key usages have serverAuth',
    'leaf',
    ({ uses }) => uses !== undefined && !uses.includes(SERVER_AUTH),
  ],
  [
    'server-eku-missing',
    'error',
    '7.1.2.7.10',
    'there are extended key usages',
    'leaf',
    ({ uses }) => uses === undefined,
  ],
  [
    'server-eku-any',
    'error',
    '7.1.2.7.10',
    'anyExtendedKeyUsage is not there',
    'leaf',
    ({ uses }) => uses?.includes(ANY_USE) === true,
  ],
  [
    'server-eku-others',
    'warning',
    '7.1.2.7.10',
    'the extended key usages are serverAuth and clientAuth',
    'leaf',
    ({ uses }) => uses?.find((use) => ![SERVER_AUTH, CLIENT_AUTH, ANY_USE].includes(use)),
  ],
  [
    'server-ku-signs',
    'error',
    '7.1.2.7.11',
    'the key does not sign certificates and CRLs',
    'leaf',
    ({ usages }) => usages?.has(USAGE.keyCertSign) || usages?.has(USAGE.cRLSign),
  ],
  [
    'server-policy',
    'error',
    '7.1.2.7.9',
    'one of the policies is a reserved one',
    'leaf',
    (subject) =>
      subject.extension(EXT.certificatePolicies) !== undefined &&
      !subject.policies.some((policy) => RESERVED.includes(policy)),
    '2020-09-30',
  ],
  [
    'server-policies-missing',
    'error',
    '7.1.2.7.9',
    'there are policies',
    'leaf',
    (subject) => !subject.extension(EXT.certificatePolicies),
  ],
  [
    'server-policy-any',
    'error',
    '7.1.2.7.9',
    'anyPolicy is not among the policies',
    'leaf',
    ({ policies }) => policies.includes(ANY_POLICY),
  ],
  [
    'server-policy-critical',
    'warning',
    '7.1.2.7.6',
    'the policies are not critical',
    'leaf',
    (subject) => subject.extension(EXT.certificatePolicies)?.critical === true,
  ],
  [
    'server-aia-missing',
    'warning',
    '7.1.2.7.7',
    'authority information access names OCSP or the issuer',
    'leaf',
    (subject) => !subject.extension(EXT.authorityInfoAccess),
  ],
  [
    'server-aia-ocsp',
    'error',
    '7.1.2.7.7',
    'OCSP responders are http URIs',
    'leaf',
    location(OCSP, (text, form) => form !== 6 || !isHttp(text)),
  ],
  [
    'server-aia-issuer',
    'error',
    '7.1.2.7.7',
    "the issuer's certificate is at http URIs",
    'leaf',
    location(CA_ISSUERS, (text, form) => form !== 6 || !isHttp(text)),
  ],
  [
    'server-aia-issuer-missing',
    'notice',
    '7.1.2.7.7',
    "authority information access names the issuer's certificate",
    'leaf',
    (subject) =>
      subject.extension(EXT.authorityInfoAccess) !== undefined &&
      !subject.accesses.some(({ method }) => method === CA_ISSUERS),
  ],
  [
    'server-crldp-http',
    'error',
    '7.1.2.11.2',
    'locations of CRLs are http URIs',
    'leaf',
    ({ crlLocations }) => crlLocations.find(({ form, text }) => form !== 6 || !isHttp(text))?.text,
  ],
  [
    'server-revocation',
    'error',
    '7.1.2.7.6',
    'there is a CRL location or an OCSP responder',
    'leaf',
    (subject) =>
      (subject.days ?? 0) > 10 &&
      subject.crlLocations.length === 0 &&
      !subject.accesses.some(({ method }) => method === OCSP),
    '2023-07-15',
  ],
  [
    'server-ou',
    'error',
    '7.1.4.2.2',
    'there is no organizationalUnitName',
    'leaf',
    (subject) => subject.has(ATTR.unit),
    '2022-09-01',
  ],
  [
    'server-subject-place',
    'error',
    '7.1.2.7.2',
    'a place, street or postal code goes with an organization or a person',
    'leaf',
    (subject) => !organised(subject) && PLACES.some((oid) => subject.has(oid)),
  ],
  [
    'server-subject-country',
    'error',
    '7.1.2.7.4',
    'an organization or person has a country',
    'leaf',
    (subject) => organised(subject) && !subject.has(ATTR.country),
  ],
  [
    'server-organization-place',
    'error',
    '7.1.2.7.4',
    'an organization has a locality or a province',
    'leaf',
    (subject) => subject.has(ATTR.organization) && !subject.has(ATTR.locality) && !subject.has(ATTR.province),
  ],
  [
    'server-subject-attributes',
    'warning',
    '7.1.2.7',
    'the subject has only the attributes of the profile',
    'leaf',
    (subject) => subject.certificate.subject.attributes.find(({ oid }) => !ALLOWED_SUBJECT.has(oid))?.oid,
    '2023-09-15',
  ],
  [
    'server-subject-duplicate',
    'error',
    '7.1.4.2',
    'an attribute stands once in the subject, but for streets and domain components',
    'leaf',
    duplicateAttribute,
    '2023-09-15',
  ],
  [
    'server-subject-order',
    'error',
    '7.1.4.2',
    'the attributes of the subject go from country to commonName',
    'leaf',
    wrongOrder,
    '2023-09-15',
  ],
  [
    'server-country-case',
    'error',
    '7.1.4.2',
    'a country is two capital letters of ISO 3166-1',
    'leaf',
    (subject) =>
      subject
        .subject(ATTR.country)
        .map((one) => textOf(one) ?? '')
        .find((text) => !/^[A-Z]{2}$/.test(text)),
  ],
  [
    'server-cps',
    'error',
    '7.1.2.7.9',
    'the URI of a certification practice statement is http or https',
    'leaf',
    ({ cpsUris }) => cpsUris.find((uri) => !/^https?:\/\/[^\s/]+/i.test(uri)),
    '2023-09-15',
  ],
  [
    'server-dv-subject',
    'error',
    '7.1.2.7.2',
    'a domain-validated certificate names no organization, person or place',
    'leaf',
    (subject) =>
      subject.policies.includes(POLICY.domain) &&
      (organised(subject) || PLACES.some((oid) => subject.has(oid)) || subject.has(ATTR.unit)),
  ],
  [
    'server-ov-subject',
    'error',
    '7.1.2.7.4',
    'an organization-validated certificate names the organization',
    'leaf',
    (subject) => subject.policies.includes(POLICY.organization) && !subject.has(ATTR.organization),
  ],
  [
    'server-iv-subject',
    'error',
    '7.1.2.7.3',
    'an individual-validated certificate names the person',
    'leaf',
    (subject) => subject.policies.includes(POLICY.individual) && !organised(subject),
  ],
  [
    'server-ev-subject',
    'error',
    'EVG 7.1.4.2',
    'an extended-validation certificate names organization, country, kind of business, registration',
    'leaf',
    (subject) =>
      subject.policies.includes(POLICY.extended) &&
      [ATTR.organization, ATTR.country, ATTR.businessCategory, ATTR.serialNumber].some((oid) => !subject.has(oid)),
  ],
  [
    'server-aki',
    'error',
    '7.1.2.7.6',
    'there is an authority key identifier',
    'leaf',
    (subject) => !subject.extension(EXT.authorityKeyId),
    '2023-09-15',
  ],
  [
    'server-serial-entropy',
    'warning',
    '7.1',
    'the serial number has 64 bits from a random generator',
    'leaf',
    ({ certificate }) => certificate.serial.length < 8,
    '2016-09-30',
  ],
  [
    'server-bc-ca',
    'error',
    '7.1.2.7.8',
    'basic constraints have no path length',
    'leaf',
    (subject) => subject.pathLength !== undefined,
  ],
  ['server-version', 'error', '7.1.1', 'the version is 3', 'leaf', ({ certificate }) => certificate.version !== 3],
]);
