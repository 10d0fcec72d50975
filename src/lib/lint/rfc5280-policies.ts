/** RFC 5280 section 4.2: policies, their constraints, and constraints on names. */
import { CERTIFICATE_EXTENSION as EXT } from '../registry/certificate-extensions.ts';
import { TAG, type DerNode } from '../der/index.ts';
import { stringToUtf8 } from '../text/string.ts';
import { empty, uncritical } from './extension-checks.ts';
import { isHostName } from './names.ts';
import { rules, type LintRule } from './rule.ts';
import { attempt, type LintSubject } from './subject.ts';

const policyQualifiers = (subject: LintSubject): readonly DerNode[] =>
  subject.parts(EXT.certificatePolicies).flatMap((policy) => attempt(() => policy.children[1]?.children) ?? []);

const CPS = '1.3.6.1.5.5.7.2.1';
const USER_NOTICE = '1.3.6.1.5.5.7.2.2';

function explicitTexts(subject: LintSubject): readonly DerNode[] {
  return policyQualifiers(subject).flatMap((qualifier) => {
    const [id, notice] = attempt(() => qualifier.children) ?? [];
    if (attempt(() => id?.oid('qualifier')) !== USER_NOTICE) return [];
    return (attempt(() => notice?.children) ?? []).filter((part) => !part.constructed);
  });
}

const subtrees = (subject: LintSubject): readonly DerNode[] =>
  subject.parts(EXT.nameConstraints).flatMap((part) => attempt(() => part.children) ?? []);

const baseOf = (subtree: DerNode): DerNode | undefined => attempt(() => subtree.children[0]);

export const RFC5280_POLICIES: readonly LintRule[] = rules('rfc5280', 'RFC 5280', [
  [
    'rfc-policy-duplicate',
    'error',
    '4.2.1.4',
    'a policy stands once',
    'all',
    ({ policies }) => policies.find((policy, i) => policies.indexOf(policy) !== i),
  ],
  ['rfc-policies-empty', 'error', '4.2.1.4', 'policies are not an empty list', 'all', empty(EXT.certificatePolicies)],
  [
    'rfc-policy-qualifier',
    'error',
    '4.2.1.4',
    'policy qualifiers are CPS and user notice',
    'all',
    (subject) =>
      policyQualifiers(subject).some(
        (one) => ![CPS, USER_NOTICE].includes(attempt(() => one.children[0]?.oid('id')) ?? ''),
      ),
  ],
  [
    'rfc-explicit-text-length',
    'error',
    '4.2.1.4',
    "a user notice's text has 200 characters at the most",
    'all',
    (subject) =>
      explicitTexts(subject).some(
        (text) => (stringToUtf8({ tag: text.number, value: text.content })?.toString('utf8') ?? '').length > 200,
      ),
  ],
  [
    'rfc-explicit-text-type',
    'error',
    '4.2.1.4',
    "a user notice's text is no IA5String",
    'all',
    (subject) => explicitTexts(subject).some((text) => text.is(TAG.ia5String)),
  ],
  [
    'rfc-explicit-text-utf8',
    'warning',
    '4.2.1.4',
    "a user notice's text is a UTF8String",
    'all',
    (subject) => explicitTexts(subject).some((text) => !text.is(TAG.utf8String) && !text.is(TAG.ia5String)),
  ],
  [
    'rfc-explicit-text-nfc',
    'warning',
    '4.2.1.4',
    "a user notice's text is in Unicode's normal form C",
    'all',
    (subject) =>
      explicitTexts(subject).some(
        (text) =>
          text.is(TAG.utf8String) && text.content.toString('utf8').normalize('NFC') !== text.content.toString('utf8'),
      ),
  ],
  [
    'rfc-policy-mapping-any',
    'error',
    '4.2.1.5',
    'anyPolicy is not mapped',
    'all',
    (subject) =>
      subject
        .parts(EXT.policyMappings)
        .some((pair) =>
          (attempt(() => pair.children) ?? []).some((side) => attempt(() => side.oid('policy')) === '2.5.29.32.0'),
        ),
  ],
  [
    'rfc-policy-mapping-critical',
    'warning',
    '4.2.1.5',
    'policy mappings are critical',
    'all',
    uncritical(EXT.policyMappings),
  ],
  [
    'rfc-policy-mapping-issuer',
    'warning',
    '4.2.1.5',
    'a policy that is mapped is among the policies',
    'all',
    (subject) =>
      subject
        .parts(EXT.policyMappings)
        .map((pair) => attempt(() => pair.children[0]?.oid('policy')))
        .find((oid) => oid !== undefined && !subject.policies.includes(oid)),
  ],
  [
    'rfc-nc-ca',
    'error',
    '4.2.1.10',
    'name constraints are for CAs',
    'leaf',
    (subject) => subject.extension(EXT.nameConstraints) !== undefined,
  ],
  ['rfc-nc-critical', 'error', '4.2.1.10', 'name constraints are critical', 'all', uncritical(EXT.nameConstraints)],
  [
    'rfc-nc-empty',
    'error',
    '4.2.1.10',
    'name constraints have subtrees',
    'all',
    (subject) => subject.extension(EXT.nameConstraints) !== undefined && subtrees(subject).length === 0,
  ],
  [
    'rfc-nc-distance',
    'error',
    '4.2.1.10',
    'a subtree has minimum 0 and no maximum',
    'all',
    (subject) =>
      subtrees(subject).some((tree) =>
        (attempt(() => tree.children) ?? [])
          .slice(1)
          .some((part) => part.isContext(1) || part.content.some((octet) => octet !== 0)),
      ),
  ],
  [
    'rfc-nc-registered-id',
    'warning',
    '4.2.1.10',
    'constraints are not put on registered identifiers, EDI and X.400 names',
    'all',
    (subject) => subtrees(subject).some((tree) => [3, 5, 8].includes(baseOf(tree)?.number ?? -1)),
  ],
  [
    'rfc-nc-ip',
    'error',
    '4.2.1.10',
    'a constraint on addresses is an address and a mask',
    'all',
    (subject) =>
      subtrees(subject).some(
        (tree) => baseOf(tree)?.number === 7 && ![8, 32].includes(baseOf(tree)?.content.length ?? 0),
      ),
  ],
  [
    'rfc-nc-uri',
    'error',
    '4.2.1.10',
    'a constraint on URIs is a host or a domain',
    'all',
    (subject) =>
      subtrees(subject).some((tree) => {
        const base = baseOf(tree);
        return base?.number === 6 && !isHostName(base.content.toString('latin1').replace(/^\./, ''));
      }),
  ],
  ['rfc-pc-empty', 'error', '4.2.1.11', 'policy constraints are not empty', 'all', empty(EXT.policyConstraints)],
  ['rfc-pc-critical', 'error', '4.2.1.11', 'policy constraints are critical', 'all', uncritical(EXT.policyConstraints)],
  ['rfc-iap-critical', 'error', '4.2.1.14', 'inhibitAnyPolicy is critical', 'all', uncritical(EXT.inhibitAnyPolicy)],
]);
