/** Distribution points, information access and name constraints (RFC 5280 sections 4.2.1.10, 4.2.1.13, 4.2.2, 5.2.5). */
import { implicitly, integer, oid, optional, sequence, sequenceOf, type BitString } from '../../der/template.ts';
import {
  distributionPointsType,
  issuingDistributionPointType,
  type PointName,
} from '../../x509/distribution-points.ts';
import { generalNameType, type GeneralName } from '../../x509/general-names.ts';
import { Name, nameType } from '../../x509/name.ts';
import { longName } from '../../registry/oids.ts';
import { nameOctets } from '../name.ts';
import { bitNames, listedOid } from './basic.ts';
import { addressText, generalNameEntry, generalNameText } from './general-name.ts';
import { asBlock, asList, type Entry, type ExtensionPrinter } from './printer.ts';

const REASONS = [
  'Unused',
  'Key Compromise',
  'CA Compromise',
  'Affiliation Changed',
  'Superseded',
  'Cessation Of Operation',
  'Certificate Hold',
  'Privilege Withdrawn',
  'AA Compromise',
];

function pointText(point: PointName, indent: number): string {
  const pad = ' '.repeat(indent);
  if (point.kind === 'full') return `${pad}Full Name:\n${namesText(point.value, indent + 2)}`;
  const name = Name.of([point.value.map(({ oid, value: { tag, value } }) => ({ oid, tag, value }))]);
  return `${pad}Relative Name:\n${pad}  ${nameOctets(name).text}\n`;
}

/** Names, one a line; OpenSSL puts no line end after the last, whatever follows. */
const namesText = (names: readonly GeneralName[], indent: number): string =>
  names.map((name) => `${' '.repeat(indent)}${generalNameText(name)}`).join('\n');

function reasonsText(title: string, reasons: BitString, indent: number): string {
  const names = bitNames(reasons, REASONS);
  const pad = ' '.repeat(indent);
  return `${pad}${title}:\n${pad}  ${names.length > 0 ? names.join(', ') : '<EMPTY>'}\n`;
}

export const distributionPoints: ExtensionPrinter = asBlock(distributionPointsType, (points, indent) =>
  points
    .map(({ name, reasons, issuer }) => {
      let text = name ? pointText(name, indent) : '';
      if (reasons) text += reasonsText('Reasons', reasons, indent);
      if (issuer) text += `${' '.repeat(indent)}CRL Issuer:\n${namesText(issuer, indent + 2)}`;
      return text;
    })
    .join('\n'),
);

export const issuingDistributionPoint: ExtensionPrinter = asBlock(
  issuingDistributionPointType,
  ({ name, onlyUser, onlyCa, reasons, indirect, onlyAttribute }, indent) => {
    const pad = ' '.repeat(indent);
    let text = name ? pointText(name, indent) : '';
    if (onlyUser) text += `${pad}Only User Certificates\n`;
    if (onlyCa) text += `${pad}Only CA Certificates\n`;
    if (indirect) text += `${pad}Indirect CRL\n`;
    if (reasons) text += reasonsText('Only Some Reasons', reasons, indent);
    if (onlyAttribute) text += `${pad}Only Attribute Certificates\n`;
    const any = name || reasons || [onlyUser, onlyCa, indirect, onlyAttribute].some(Boolean);
    return any ? text : `${pad}<EMPTY>\n`;
  },
);

export const informationAccess: ExtensionPrinter = asList(
  sequenceOf(sequence({ method: oid(), location: generalNameType })),
  (descriptions) => {
    const entries: Entry[] = [];
    for (const { method, location } of descriptions) {
      const entry = generalNameEntry(location);
      if (!entry) return undefined;
      entries.push([`${listedOid(method)} - ${entry[0] ?? ''}`, entry[1]]);
    }
    return entries;
  },
  { multiline: true },
);

const subtrees = sequenceOf(
  sequence({
    base: generalNameType,
    minimum: optional(implicitly(0, integer())),
    maximum: optional(implicitly(1, integer())),
  }),
);

type Subtrees = readonly { readonly base: GeneralName }[];

function subtreesText(title: string, trees: Subtrees, indent: number): string {
  if (trees.length === 0) return '';
  const pad = ' '.repeat(indent);
  return `${pad}${title}:\n${trees.map(({ base }) => `${pad}  ${subtreeText(base)}`).join('\n')}`;
}

/** Address constraints are an address and a mask of the same length. */
function subtreeText(base: GeneralName): string {
  if (base.kind !== 'ip') return generalNameText(base);
  const split = base.value.length >= 16 ? 16 : Math.min(base.value.length, 4);
  const parts = [base.value.subarray(0, split), base.value.subarray(split)];
  return `IP:${parts.map(addressText).join('/')}`;
}

export const nameConstraints: ExtensionPrinter = asBlock(
  sequence({ permitted: optional(implicitly(0, subtrees)), excluded: optional(implicitly(1, subtrees)) }),
  ({ permitted, excluded }, indent) =>
    subtreesText('Permitted', permitted ?? [], indent) +
    (permitted && excluded ? '\n' : '') +
    subtreesText('Excluded', excluded ?? [], indent),
);

export const serviceLocator: ExtensionPrinter = asBlock(
  sequence({
    issuer: nameType,
    locator: optional(sequenceOf(sequence({ method: oid(), location: generalNameType }))),
  }),
  ({ issuer, locator }, indent) => {
    const { text, complete } = nameOctets(issuer);
    const head = `${' '.repeat(indent)}Issuer: ${text}`;
    // OpenSSL takes a name without characters for a failure
    if (!complete || text === '') return { text: head, complete: false };
    const lines = (locator ?? []).map(
      ({ method, location }) => `\n${' '.repeat(2 * indent)}${longName(method)} - ${generalNameText(location)}`,
    );
    return head + lines.join('');
  },
);
