import { longName, shortName } from '../../registry/oids.ts';
import type { Extension } from '../../x509/schema.ts';
import { parseText } from '../asn1.ts';
import { hexDump } from '../dump.ts';
import { fromOctetText } from '../octets.ts';
import { printable } from '../string.ts';
import { admissions } from './admission.ts';
import {
  alternativeName,
  authorityKeyIdentifier,
  basicConstraints,
  crlReason,
  extendedKeyUsage,
  ia5Line,
  inhibitAnyPolicy,
  integerLine,
  invalidityDate,
  issuerSignTool,
  keyIdentifier,
  keyUsage,
  netscapeCertType,
  noCheck,
  objectLine,
  poison,
  strongNetIds,
  tlsFeature,
  usagePeriod,
  utf8Line,
} from './basic.ts';
import {
  distributionPoints,
  informationAccess,
  issuingDistributionPoint,
  nameConstraints,
  serviceLocator,
} from './locations.ts';
import { ocspCrlId, ocspNonce } from './ocsp.ts';
import { certificatePolicies, policyConstraints, policyMappings, proxyCertInfo } from './policies.ts';
import type { ExtensionPrinter, PrintedExtension } from './printer.ts';
import { addressBlocks, autonomousSystems } from './resources.ts';
import { signedTimestamps } from './transparency.ts';

/** The extensions that OpenSSL 3.0 knows how to print. */
const PRINTERS: ReadonlyMap<string, ExtensionPrinter> = new Map([
  ['2.16.840.1.113730.1.1', netscapeCertType],
  ['2.16.840.1.113730.1.2', ia5Line],
  ['2.16.840.1.113730.1.3', ia5Line],
  ['2.16.840.1.113730.1.4', ia5Line],
  ['2.16.840.1.113730.1.7', ia5Line],
  ['2.16.840.1.113730.1.8', ia5Line],
  ['2.16.840.1.113730.1.12', ia5Line],
  ['2.16.840.1.113730.1.13', ia5Line],
  ['2.5.29.14', keyIdentifier],
  ['2.5.29.15', keyUsage],
  ['2.5.29.16', usagePeriod],
  ['2.5.29.17', alternativeName],
  ['2.5.29.18', alternativeName],
  ['2.5.29.19', basicConstraints],
  ['2.5.29.20', integerLine],
  ['2.5.29.21', crlReason],
  ['2.5.29.23', objectLine],
  ['2.5.29.24', invalidityDate],
  ['2.5.29.27', integerLine],
  ['2.5.29.28', issuingDistributionPoint],
  ['2.5.29.29', alternativeName],
  ['2.5.29.30', nameConstraints],
  ['2.5.29.31', distributionPoints],
  ['2.5.29.32', certificatePolicies],
  ['2.5.29.33', policyMappings],
  ['2.5.29.35', authorityKeyIdentifier],
  ['2.5.29.36', policyConstraints],
  ['2.5.29.37', extendedKeyUsage],
  ['2.5.29.46', distributionPoints],
  ['2.5.29.54', inhibitAnyPolicy],
  ['1.3.101.1.4.1', strongNetIds],
  ['1.3.6.1.5.5.7.1.1', informationAccess],
  ['1.3.6.1.5.5.7.1.7', addressBlocks],
  ['1.3.6.1.5.5.7.1.8', autonomousSystems],
  ['1.3.6.1.5.5.7.1.11', informationAccess],
  ['1.3.6.1.5.5.7.1.14', proxyCertInfo],
  ['1.3.6.1.5.5.7.1.24', tlsFeature],
  ['1.3.6.1.5.5.7.48.1.2', ocspNonce],
  ['1.3.6.1.5.5.7.48.1.3', ocspCrlId],
  // a list of identifiers too: the acceptable response types
  ['1.3.6.1.5.5.7.48.1.4', extendedKeyUsage],
  ['1.3.6.1.5.5.7.48.1.5', noCheck],
  ['1.3.6.1.5.5.7.48.1.6', invalidityDate],
  ['1.3.6.1.5.5.7.48.1.7', serviceLocator],
  ['1.3.6.1.4.1.11129.2.4.2', signedTimestamps],
  ['1.3.6.1.4.1.11129.2.4.3', poison],
  ['1.3.6.1.4.1.11129.2.4.5', signedTimestamps],
  ['1.2.643.100.111', utf8Line],
  ['1.2.643.100.112', issuerSignTool],
  ['1.3.36.8.3.3', admissions],
]);

/** What to print for an extension that is unknown or does not parse: its raw characters, a remark, an ASN.1 listing or a hex dump. */
export type UnknownExtensions = 'default' | 'error' | 'parse' | 'dump';

const UNKNOWN: Readonly<
  Record<UnknownExtensions, (value: Buffer, indent: number, known: boolean) => PrintedExtension>
> = {
  default: () => ({ text: '', complete: false }),
  error: (_value, indent, known) => ({
    text: ' '.repeat(indent) + (known ? '<Parse Error>' : '<Not Supported>'),
    complete: true,
  }),
  parse: (value, indent) => parseText(value, { indent: indent !== 0, dump: Infinity }),
  // OpenSSL takes a dump of nothing for a failure
  dump: (value, indent) => ({ text: hexDump(value, indent), complete: value.length > 0 }),
};

/** An extension's value as octet text; raw characters follow what could not be printed to its end. */
export function extensionValue(extension: Extension, indent: number, unknown: UnknownExtensions = 'default'): string {
  const { oid, value } = extension;
  const printer = PRINTERS.get(oid);
  const { text, complete } = printer?.(value, indent) ?? UNKNOWN[unknown](value, indent, printer !== undefined);
  return complete ? text : text + ' '.repeat(indent) + printable(value);
}

/** Extensions with their names, as octet text: a title line where there is one, and everything under it moved to the right. */
export function extensionList(
  title: string | undefined,
  extensions: readonly Extension[],
  indent: number,
  unknown: UnknownExtensions = 'default',
): string {
  if (extensions.length === 0) return '';
  const inner = title === undefined ? indent : indent + 4;
  const head = title === undefined ? '' : `${' '.repeat(indent)}${title}:\n`;
  const texts = extensions.map((extension) => {
    const name = `${' '.repeat(inner)}${longName(extension.oid)}: ${extension.critical ? 'critical' : ''}\n`;
    return `${name}${extensionValue(extension, inner + 4, unknown)}\n`;
  });
  return head + texts.join('');
}

/**
 * What `openssl x509 -ext` prints: the extensions with these short names, e.g. `subjectAltName`.
 *
 * @returns undefined when none of the extensions is one of them
 */
export function extensionsText(
  holder: { readonly extensions: readonly Extension[] },
  names: readonly string[],
): string | undefined {
  const chosen = holder.extensions.flatMap((extension) =>
    names.filter((name) => name === shortName(extension.oid) && name !== extension.oid).map(() => extension),
  );
  return chosen.length > 0 ? fromOctetText(extensionList(undefined, chosen, 0)) : undefined;
}
