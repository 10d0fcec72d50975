/** Extensions with flags, numbers, identifiers and plain strings. */
import { TAG, bigintOf } from '../../der/index.ts';
import {
  bitString,
  boolean,
  enumerated,
  implicitly,
  integer,
  nothing,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  string,
  type BitString,
} from '../../der/template.ts';
import { crlReasonByCode } from '../../registry/crl-reasons.ts';
import { longName } from '../../registry/oids.ts';
import { generalNamesType } from '../../x509/general-names.ts';
import { timeOf } from '../../x509/time.ts';
import { colonUpper } from '../dump.ts';
import { integerText, longOf, magnitude } from '../number.ts';
import { cString, printable } from '../string.ts';
import { BAD_TIME, timeText } from '../time.ts';
import { generalNameEntries } from './general-name.ts';
import { asBlock, asLine, asList, type Entry, type ExtensionPrinter } from './printer.ts';

const KEY_USAGES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
  'Decipher Only',
];

const NETSCAPE_TYPES = [
  'SSL Client',
  'SSL Server',
  'S/MIME',
  'Object Signing',
  'Unused',
  'SSL CA',
  'S/MIME CA',
  'Object Signing CA',
];

/** The names of the bits that are set. */
export function bitNames({ bytes }: BitString, names: readonly string[]): string[] {
  return names.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** Entries without names. */
export const plain = (texts: readonly string[]): Entry[] => texts.map((text) => [undefined, text]);

/** OpenSSL makes no list of nothing for some types; the value is then shown raw. */
export const unlessEmpty = <T>(entries: readonly T[]): readonly T[] | undefined =>
  entries.length > 0 ? entries : undefined;

const bits = (names: readonly string[]): ExtensionPrinter =>
  asList(bitString(), (value) => unlessEmpty(plain(bitNames(value, names))));

export const keyUsage: ExtensionPrinter = bits(KEY_USAGES);
export const netscapeCertType: ExtensionPrinter = bits(NETSCAPE_TYPES);

/** Identifiers in lists stand in a buffer of 80. */
export const listedOid = (id: string): string => longName(id).slice(0, 79);

export const extendedKeyUsage: ExtensionPrinter = asList(sequenceOf(oid()), (ids) =>
  unlessEmpty(plain(ids.map(listedOid))),
);

export const basicConstraints: ExtensionPrinter = asList(
  sequence({ ca: optional(boolean()), pathLength: optional(integer()) }),
  ({ ca, pathLength }) => {
    const entries: Entry[] = [['CA', ca ? 'TRUE' : 'FALSE']];
    if (pathLength) entries.push(['pathlen', integerText(pathLength)]);
    return entries;
  },
);

export const keyIdentifier: ExtensionPrinter = asLine(octetString(), colonUpper);

export const authorityKeyIdentifier: ExtensionPrinter = asList(
  sequence({
    keyId: optional(implicitly(0, octetString())),
    issuer: optional(implicitly(1, generalNamesType)),
    serial: optional(implicitly(2, integer())),
  }),
  ({ keyId, issuer, serial }) => {
    const entries: Entry[] = [];
    if (keyId) entries.push([issuer || serial ? 'keyid' : undefined, colonUpper(keyId)]);
    const names = generalNameEntries(issuer ?? []);
    if (!names) return undefined;
    entries.push(...names);
    if (serial) entries.push(['serial', colonUpper(magnitude(serial))]);
    return issuer ? entries : unlessEmpty(entries);
  },
  { multiline: true },
);

export const alternativeName: ExtensionPrinter = asList(generalNamesType, generalNameEntries);

export const integerLine: ExtensionPrinter = asLine(integer(), integerText);

/** IA5String: what stands before a NUL, as it stands; nothing to print when it is empty. */
export const ia5Line: ExtensionPrinter = asLine(string(TAG.ia5String), ({ value }) =>
  value.length > 0 ? cString(value) : undefined,
);

export const utf8Line: ExtensionPrinter = asLine(string(TAG.utf8String), ({ value }) =>
  value.length > 0 ? cString(value) : undefined,
);

export const crlReason: ExtensionPrinter = asLine(
  enumerated(),
  (value) => crlReasonByCode(Number(bigintOf(value)))?.title ?? integerText(value),
);

export const usagePeriod: ExtensionPrinter = asBlock(
  sequence({
    from: optional(implicitly(0, string(TAG.generalizedTime))),
    to: optional(implicitly(1, string(TAG.generalizedTime))),
  }),
  ({ from, to }, indent) => {
    const when = ({ value }: { value: Buffer }): string => timeText(timeOf(TAG.generalizedTime, value)) ?? BAD_TIME;
    const parts = [from && `Not Before: ${when(from)}`, to && `Not After: ${when(to)}`];
    return ' '.repeat(indent) + parts.filter((part) => part !== undefined).join(', ');
  },
);

export const inhibitAnyPolicy: ExtensionPrinter = integerLine;

const FEATURES: ReadonlyMap<bigint, string> = new Map([
  [5n, 'status_request'],
  [17n, 'status_request_v2'],
]);

export const tlsFeature: ExtensionPrinter = asList(sequenceOf(integer()), (ids) =>
  unlessEmpty(plain(ids.map((id) => FEATURES.get(bigintOf(id)) ?? integerText(id)))),
);

/** An extension of type NULL that prints nothing. */
export const noCheck: ExtensionPrinter = asBlock(nothing(), () => '');

/** The precertificate poison. */
export const poison: ExtensionPrinter = asLine(nothing(), () => 'NULL');

export const invalidityDate: ExtensionPrinter = asBlock(string(TAG.generalizedTime), ({ value }, indent) => {
  const text = timeText(timeOf(TAG.generalizedTime, value));
  return { text: ' '.repeat(indent) + (text ?? BAD_TIME), complete: text !== undefined };
});

export const objectLine: ExtensionPrinter = asLine(oid(), longName);

export const strongNetIds: ExtensionPrinter = asBlock(
  sequence({ version: integer(), ids: sequenceOf(sequence({ zone: integer(), user: octetString() })) }),
  ({ version, ids }, indent) => {
    const pad = ' '.repeat(indent);
    const number = longOf(version);
    const lines = ids.map(({ zone, user }) => `\n${pad}Zone: ${integerText(zone)}, User: ${printable(user)}`);
    return `${pad}Version: ${number + 1n} (0x${BigInt.asUintN(64, number).toString(16).toUpperCase()})${lines.join('')}`;
  },
);

const signingToolString = string(TAG.utf8String);

export const issuerSignTool: ExtensionPrinter = asBlock(
  sequence({
    signTool: signingToolString,
    cATool: signingToolString,
    signToolCert: signingToolString,
    cAToolCert: signingToolString,
  }),
  (tool, indent) =>
    Object.entries(tool)
      .map(([name, { value }]) => `${' '.repeat(indent)}${name.padEnd(12)}: ${value.toString('latin1')}`)
      .join('\n'),
);
