/** The Baseline Requirements for CA certificates (CA/Browser Forum), as far as a certificate alone shows them. */
import { CERTIFICATE_EXTENSION as EXT } from '../registry/certificate-extensions.ts';
import { rules, type LintRule } from './rule.ts';
import { ANY_USE, ATTR, USAGE, type LintSubject } from './subject.ts';

const isHttp = (text: string): boolean => /^http:\/\//i.test(text);
const unsigned =
  (bit: number) =>
  ({ usages }: LintSubject): boolean =>
    usages?.has(bit) !== true;

export const CA_RULES: readonly LintRule[] = rules('ca', 'CABF BR', [
  [
    'ca-bc-critical',
    'error',
    '7.1.2.10.4',
    'basic constraints are critical',
    'ca',
    (subject) => subject.extension(EXT.basicConstraints)?.critical !== true,
  ],
  [
    'ca-ku-critical',
    'error',
    '7.1.2.10.7',
    'key usages are critical',
    'ca',
    (subject) => subject.extension(EXT.keyUsage)?.critical === false,
  ],
  ['ca-ku-cert-sign', 'error', '7.1.2.10.7', 'the key signs certificates', 'ca', unsigned(USAGE.keyCertSign)],
  ['ca-ku-crl-sign', 'error', '7.1.2.10.7', 'the key signs CRLs', 'ca', unsigned(USAGE.cRLSign)],
  [
    'ca-common-name',
    'error',
    '7.1.2.10.2',
    'there is a commonName',
    'ca',
    (subject) => !subject.has(ATTR.commonName),
    '2012-07-01',
  ],
  ['ca-country', 'error', '7.1.2.10.2', 'there is a country', 'ca', (subject) => !subject.has(ATTR.country)],
  [
    'ca-country-single',
    'error',
    '7.1.4.2',
    'there is one country',
    'ca',
    (subject) => subject.subject(ATTR.country).length > 1,
  ],
  [
    'ca-organization',
    'error',
    '7.1.2.10.2',
    'there is an organizationName',
    'ca',
    (subject) => !subject.has(ATTR.organization),
  ],
  [
    'ca-ou',
    'warning',
    '7.1.2.10.2',
    'there is no organizationalUnitName',
    'ca',
    (subject) => subject.has(ATTR.unit),
    '2023-09-15',
  ],
  [
    'ca-root-path-length',
    'warning',
    '7.1.2.1.4',
    'a root has no path length',
    'root',
    (subject) => subject.pathLength !== undefined,
  ],
  [
    'ca-root-policies',
    'warning',
    '7.1.2.1.2',
    'a root has no policies',
    'root',
    (subject) => subject.extension(EXT.certificatePolicies) !== undefined,
  ],
  [
    'ca-root-eku',
    'error',
    '7.1.2.1.2',
    'a root has no extended key usages',
    'root',
    (subject) => subject.extension(EXT.extendedKeyUsage) !== undefined,
  ],
  [
    'ca-policies',
    'error',
    '7.1.2.10.5',
    'a subordinate CA has policies',
    'subca',
    (subject) => !subject.extension(EXT.certificatePolicies),
  ],
  [
    'ca-policies-critical',
    'warning',
    '7.1.2.10.5',
    'policies are not critical',
    'subca',
    (subject) => subject.extension(EXT.certificatePolicies)?.critical === true,
  ],
  [
    'ca-eku',
    'error',
    '7.1.2.10.6',
    'a subordinate CA has extended key usages',
    'subca',
    ({ uses }) => uses === undefined,
    '2019-01-01',
  ],
  [
    'ca-eku-any',
    'error',
    '7.1.2.10.6',
    'a subordinate CA for servers does not have anyExtendedKeyUsage',
    'subca',
    ({ uses }) => uses?.includes(ANY_USE) === true,
    '2023-09-15',
  ],
  [
    'ca-crldp',
    'error',
    '7.1.2.11.2',
    'a subordinate CA names its CRL',
    'subca',
    (subject) => !subject.extension(EXT.crlDistributionPoints),
  ],
  [
    'ca-crldp-http',
    'error',
    '7.1.2.11.2',
    'locations of CRLs are http URIs',
    'subca',
    ({ crlLocations }) => crlLocations.find(({ form, text }) => form !== 6 || !isHttp(text))?.text,
  ],
  [
    'ca-crldp-location',
    'error',
    '7.1.2.11.2',
    'there is an http URI of the CRL',
    'subca',
    (subject) =>
      subject.extension(EXT.crlDistributionPoints) !== undefined &&
      !subject.crlLocations.some(({ form, text }) => form === 6 && isHttp(text)),
  ],
  [
    'ca-aia-http',
    'error',
    '7.1.2.10.3',
    'locations in authority information access are http URIs',
    'subca',
    ({ accesses }) => accesses.find(({ location: { form, text } }) => form !== 6 || !isHttp(text))?.location.text,
  ],
  [
    'ca-aia',
    'warning',
    '7.1.2.10.3',
    'a subordinate CA has authority information access',
    'subca',
    (subject) => !subject.extension(EXT.authorityInfoAccess),
  ],
  [
    'ca-nc-critical',
    'warning',
    '7.1.2.10.8',
    'name constraints are critical',
    'subca',
    (subject) => subject.extension(EXT.nameConstraints)?.critical === false,
  ],
]);
