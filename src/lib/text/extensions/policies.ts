/** Certificate policies, their mappings and constraints (RFC 5280 sections 4.2.1.4, 4.2.1.5, 4.2.1.11), proxy certificates (RFC 3820). */
import { TAG } from '../../der/index.ts';
import {
  any,
  anyString,
  implicitly,
  integer,
  octetString,
  oid,
  optional,
  readTemplate,
  sequence,
  sequenceOf,
  string,
  type AnyValue,
  type Asn1String,
  type Dependent,
  type Type,
} from '../../der/template.ts';
import { longName } from '../../registry/oids.ts';
import { integerHex, integerText } from '../number.ts';
import { cString } from '../string.ts';
import { listedOid, unlessEmpty } from './basic.ts';
import { asBlock, asList, type Entry, type ExtensionPrinter } from './printer.ts';

const displayText = anyString(new Set([TAG.ia5String, TAG.visibleString, TAG.bmpString, TAG.utf8String]));

interface UserNotice {
  reference: { organization: Asn1String; numbers: readonly Buffer[] } | undefined;
  text: Asn1String | undefined;
}

const userNotice = sequence<UserNotice>({
  reference: optional(sequence({ organization: displayText, numbers: sequenceOf(integer()) })),
  text: optional(displayText),
});

interface QualifierKind {
  readonly type: Type<object>;
  readonly print: (value: never, indent: number) => string;
}

const QUALIFIERS: ReadonlyMap<string, QualifierKind> = new Map<string, QualifierKind>([
  [
    '1.3.6.1.5.5.7.2.1',
    {
      type: string(TAG.ia5String),
      print: ({ value }: Asn1String, indent) => `${' '.repeat(indent)}CPS: ${cString(value)}`,
    },
  ],
  [
    '1.3.6.1.5.5.7.2.2',
    {
      type: userNotice,
      print: (notice: UserNotice, indent) =>
        `${' '.repeat(indent)}User Notice:\n${noticeText(notice, ' '.repeat(indent + 2))}`,
    },
  ],
]);

function noticeText({ reference, text }: UserNotice, pad: string): string {
  let out = '';
  if (reference) {
    const numbers = reference.numbers.map(integerText);
    out += `${pad}Organization: ${cString(reference.organization.value)}\n`;
    out += `${pad}Number${numbers.length > 1 ? 's' : ''}: ${numbers.join(', ')}${text ? '\n' : ''}`;
  }
  return text ? `${out}${pad}Explicit Text: ${cString(text.value)}` : out;
}

interface Qualifier {
  id: string;
  value: object | AnyValue;
}

const qualifierValue: Dependent<object> = {
  typeOf: ({ id }) => QUALIFIERS.get(id as string)?.type ?? any(),
};

function qualifierText({ id, value }: Qualifier, indent: number): string {
  const kind = QUALIFIERS.get(id);
  if (!kind) return `${' '.repeat(indent + 2)}Unknown Qualifier: ${longName(id)}`;
  return kind.print(value as never, indent);
}

const qualifierList = sequenceOf(sequence<Qualifier>({ id: oid(), value: qualifierValue }));

/**
 * The qualifiers of a policy, a line each, without a line end.
 *
 * @param der a SEQUENCE OF PolicyQualifierInfo
 * @throws TlskitError ERR_DER
 */
export const qualifiersText = (der: Uint8Array, indent: number): string =>
  readTemplate(qualifierList, der, 'policyQualifiers')
    .value.map((qualifier) => qualifierText(qualifier, indent))
    .join('\n');

export const certificatePolicies: ExtensionPrinter = asBlock(
  sequenceOf(
    sequence({
      id: oid(),
      qualifiers: optional(qualifierList),
    }),
  ),
  (policies, indent) =>
    policies
      .map(({ id, qualifiers }) => {
        const head = `${' '.repeat(indent)}Policy: ${longName(id)}`;
        if (!qualifiers) return head;
        return `${head}\n${qualifiers.map((qualifier) => qualifierText(qualifier, indent + 2)).join('\n')}`;
      })
      .join('\n'),
);

export const policyMappings: ExtensionPrinter = asList(
  sequenceOf(sequence({ issuer: oid(), subject: oid() })),
  (mappings) => unlessEmpty(mappings.map(({ issuer, subject }): Entry => [listedOid(issuer), listedOid(subject)])),
);

export const policyConstraints: ExtensionPrinter = asList(
  sequence({ explicit: optional(implicitly(0, integer())), mapping: optional(implicitly(1, integer())) }),
  ({ explicit, mapping }) => {
    const entries: Entry[] = [];
    if (explicit) entries.push(['Require Explicit Policy', integerText(explicit)]);
    if (mapping) entries.push(['Inhibit Policy Mapping', integerText(mapping)]);
    return unlessEmpty(entries);
  },
);

export const proxyCertInfo: ExtensionPrinter = asBlock(
  sequence({
    pathLength: optional(integer()),
    policy: sequence({ language: oid(), text: optional(octetString()) }),
  }),
  ({ pathLength, policy }, indent) => {
    const pad = ' '.repeat(indent);
    const limit = pathLength ? integerHex(pathLength) : 'infinite';
    const text = policy.text ? `\n${pad}Policy Text: ${cString(policy.text)}` : '';
    return `${pad}Path Length Constraint: ${limit}\n${pad}Policy Language: ${longName(policy.language)}${text}`;
  },
);
