/** Admission of professions (Common PKI, 1.3.36.8.3.3). */
import { TAG } from '../../der/index.ts';
import {
  explicitly,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  string,
  type Asn1String,
} from '../../der/template.ts';
import { objectByOid } from '../../registry/oids.ts';
import { directoryString, generalNameType } from '../../x509/general-names.ts';
import { printable } from '../string.ts';
import { generalNameText } from './general-name.ts';
import { asBlock, type ExtensionPrinter, type PrintedExtension } from './printer.ts';

interface NamingAuthority {
  id: string | undefined;
  url: Asn1String | undefined;
  text: Asn1String | undefined;
}

const namingAuthority = sequence<NamingAuthority>({
  id: optional(oid()),
  url: optional(string(TAG.ia5String)),
  text: optional(directoryString),
});

interface Profession {
  authority: NamingAuthority | undefined;
  items: readonly Asn1String[];
  ids: readonly string[] | undefined;
  registration: Asn1String | undefined;
  more: Buffer | undefined;
}

const profession = sequence<Profession>({
  authority: optional(explicitly(0, namingAuthority)),
  items: sequenceOf(directoryString),
  ids: optional(sequenceOf(oid())),
  registration: optional(string(TAG.printableString)),
  more: optional(octetString()),
});

const syntax = sequence({
  authority: optional(generalNameType),
  contents: sequenceOf(
    sequence({
      admission: optional(explicitly(0, generalNameType)),
      naming: optional(explicitly(1, namingAuthority)),
      professions: sequenceOf(profession),
    }),
  ),
});

const identifier = (id: string): string => `${objectByOid(id)?.ln ?? 'undefined'} (${id})`;

/** OpenSSL stops at a naming authority without content. */
function namingText({ id, url, text }: NamingAuthority, indent: number): PrintedExtension {
  if (id === undefined && !url && !text) return { text: '', complete: false };
  const pad = ' '.repeat(indent);
  let out = `${pad}  namingAuthority:\n`;
  if (id !== undefined) out += `${pad}    namingAuthorityId: ${identifier(id)}\n`;
  if (text) out += `${pad}    namingAuthorityText: ${printable(text.value)}\n`;
  if (url) out += `${pad}    namingAuthorityUrl: ${printable(url.value)}\n`;
  return { text: out, complete: true };
}

function professionText(entry: Profession, number: number, indent: number): PrintedExtension {
  const pad = ' '.repeat(indent);
  let text = `${pad}  Profession Info Entry ${number}:\n`;
  if (entry.registration) text += `${pad}    registrationNumber: ${printable(entry.registration.value)}\n`;
  if (entry.authority) {
    const naming = namingText(entry.authority, indent + 2);
    text += naming.text;
    if (!naming.complete) return { text, complete: false };
  }
  text += `${pad}    Info Entries:\n`;
  for (const { value } of entry.items) text += `${pad}      ${printable(value)}\n`;
  if (entry.ids) {
    text += `${pad}    Profession OIDs:\n`;
    for (const id of entry.ids) text += `${pad}      ${identifier(id)}\n`;
  }
  return { text, complete: true };
}

export const admissions: ExtensionPrinter = asBlock(syntax, ({ authority, contents }, indent) => {
  const pad = ' '.repeat(indent);
  let text = authority ? `${pad}admissionAuthority:\n${pad}  ${generalNameText(authority)}\n` : '';
  for (const [i, { admission, naming, professions }] of contents.entries()) {
    text += `${pad}Entry ${i + 1}:\n`;
    if (admission) text += `${pad}  admissionAuthority:\n${pad}    ${generalNameText(admission)}\n`;
    const parts = [
      ...(naming ? [namingText(naming, indent)] : []),
      ...professions.map((entry, j) => professionText(entry, j + 1, indent)),
    ];
    for (const part of parts) {
      text += part.text;
      if (!part.complete) return { text, complete: false };
    }
  }
  return text;
});
