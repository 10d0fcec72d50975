import { TAG } from '../../der/index.ts';
import type { Asn1String } from '../../der/template.ts';
import { longName } from '../../registry/oids.ts';
import type { GeneralName, GeneralNameValues, OtherName } from '../../x509/general-names.ts';
import { nameOctets, onelineOctets } from '../name.ts';
import { cString, printable } from '../string.ts';
import { octetText } from '../octets.ts';
import type { Entry } from './printer.ts';

/** The kinds of otherName whose value OpenSSL shows, and the string type that each must have. */
const OTHER_NAMES: ReadonlyMap<string, readonly [label: string, tag: number]> = new Map([
  ['1.3.6.1.5.5.7.8.9', ['SmtpUTF8Mailbox', TAG.utf8String]],
  ['1.3.6.1.5.5.7.8.5', ['XmppAddr', TAG.utf8String]],
  ['1.3.6.1.5.5.7.8.7', ['SRVName', TAG.ia5String]],
  ['1.3.6.1.4.1.311.20.2.3', ['UPN', TAG.utf8String]],
  ['1.3.6.1.5.5.7.8.8', ['NAIRealm', TAG.utf8String]],
]);

const UNSUPPORTED = '<unsupported>';

/** `1.2.3.4`, or for 16 octets eight upper-case hex numbers. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return `<invalid length=${bytes.length}>`;
  return Array.from({ length: 8 }, (_, i) =>
    bytes
      .readUInt16BE(2 * i)
      .toString(16)
      .toUpperCase(),
  ).join(':');
}

/** A string as a list shows it; undefined with a NUL inside, which OpenSSL does not show. */
const listed = (value: Buffer): string | undefined => (value.includes(0) ? undefined : octetText(value));

function otherNameEntry({ id, value }: OtherName): Entry | undefined {
  const known = OTHER_NAMES.get(id);
  if (known) {
    const text = value.tag === known[1] ? listed(value.value) : undefined;
    return text === undefined ? undefined : [`othername: ${known[0]}:`, text];
  }
  const shown = value.tag === TAG.utf8String || value.tag === TAG.ia5String ? listed(value.value) : undefined;
  return [`othername: ${longName(id)}:`, shown ?? UNSUPPORTED];
}

const stringEntry =
  (name: string) =>
  ({ value }: Asn1String): Entry | undefined => {
    const text = listed(value);
    return text === undefined ? undefined : [name, text];
  };

/** How a list shows each kind. OpenSSL's buffer for a name or an identifier holds 255 characters. */
const ENTRIES: { readonly [K in keyof GeneralNameValues]: (value: GeneralNameValues[K]) => Entry | undefined } = {
  otherName: otherNameEntry,
  email: stringEntry('email'),
  dns: stringEntry('DNS'),
  x400: () => ['X400Name', UNSUPPORTED],
  directory: (name) => ['DirName', onelineOctets(name, 255)],
  ediParty: () => ['EdiPartyName', UNSUPPORTED],
  uri: stringEntry('URI'),
  ip: (bytes) => ['IP Address', addressText(bytes)],
  registeredId: (id) => ['Registered ID', longName(id).slice(0, 255)],
};

/** A GeneralName as an entry of a list; undefined when OpenSSL cannot show it. */
export function generalNameEntry(name: GeneralName): Entry | undefined {
  return (ENTRIES[name.kind] as (value: unknown) => Entry | undefined)(name.value);
}

/** All names as entries; undefined as soon as one cannot be shown. */
export function generalNameEntries(names: readonly GeneralName[]): Entry[] | undefined {
  const entries = names.map(generalNameEntry);
  return entries.includes(undefined) ? undefined : (entries as Entry[]);
}

function otherNameText({ id, value }: OtherName): string {
  const known = OTHER_NAMES.get(id);
  if (!known || value.tag !== known[1]) return `othername:${UNSUPPORTED}`;
  return `othername:${known[0]}:${cString(value.value)}`;
}

/** How blocks (distribution points, name constraints, …) show each kind. */
const TEXTS: { readonly [K in keyof GeneralNameValues]: (value: GeneralNameValues[K]) => string } = {
  otherName: otherNameText,
  email: ({ value }) => `email:${printable(value)}`,
  dns: ({ value }) => `DNS:${printable(value)}`,
  x400: () => `X400Name:${UNSUPPORTED}`,
  directory: (name) => `DirName:${nameOctets(name).text}`,
  ediParty: () => `EdiPartyName:${UNSUPPORTED}`,
  uri: ({ value }) => `URI:${printable(value)}`,
  ip: (bytes) => `IP Address:${addressText(bytes)}`,
  registeredId: (id) => `Registered ID:${longName(id)}`,
};

/** A GeneralName in a block. */
export function generalNameText(name: GeneralName): string {
  return (TEXTS[name.kind] as (value: unknown) => string)(name.value);
}
