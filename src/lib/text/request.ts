import { TAG } from '../der/index.ts';
import { longName } from '../registry/oids.ts';
import { EXTENSION_REQUEST, MS_EXTENSION_REQUEST, type CertificateRequest } from '../x509/request.ts';
import type { RequestAttribute } from '../x509/schema.ts';
import {
  OFF,
  keySection,
  nameSection,
  printSections,
  unknownExtensions,
  versionText,
  type Section,
  type TextOptions,
} from './certificate.ts';
import { extensionList } from './extensions/index.ts';
import { ONELINE_DEFAULT, type NameOptions, type Printed } from './name.ts';
import { octetText } from './octets.ts';
import { signatureText } from './signature.ts';

export interface RequestTextOptions {
  readonly reqopt?: TextOptions;
  readonly nameopt?: NameOptions;
}

const SHOWN: ReadonlySet<number> = new Set([
  TAG.printableString,
  TAG.t61String,
  TAG.numericString,
  TAG.utf8String,
  TAG.ia5String,
]);

/** Names of attributes take this many columns. */
const NAME_WIDTH = 25;

function attributeText({ oid, values }: RequestAttribute): Printed {
  const name = longName(oid);
  let text = ' '.repeat(12) + name;
  // OpenSSL prints nothing more when a set of values is empty
  if (values.length === 0) return { text, complete: false };
  for (const [i, { tag, value }] of values.entries()) {
    const width = i === 0 ? NAME_WIDTH - name.length : NAME_WIDTH;
    text += `${' '.repeat(Math.max(0, width))}:${SHOWN.has(tag) ? octetText(value) : 'unable to print attribute'}\n`;
  }
  return { text, complete: true };
}

function attributesText({ attributes, hasAttributesField }: CertificateRequest): Printed {
  let text = '        Attributes:\n';
  if (attributes.length === 0 && hasAttributesField) text += `${' '.repeat(12)}(none)\n`;
  for (const attribute of attributes) {
    if (attribute.oid === EXTENSION_REQUEST || attribute.oid === MS_EXTENSION_REQUEST) continue;
    const printed = attributeText(attribute);
    text += printed.text;
    if (!printed.complete) return { text, complete: false };
  }
  return { text, complete: true };
}

const SECTIONS: readonly Section<CertificateRequest>[] = [
  { off: OFF.header, print: () => 'Certificate Request:\n    Data:\n' },
  { off: OFF.version, print: ({ versionField }) => versionText(versionField, 0n) },
  { off: OFF.subject, print: ({ subject }, { nameopt }) => nameSection('Subject', subject, nameopt) },
  { off: OFF.publicKey, print: ({ spki, keyAlgorithm }) => keySection(spki, keyAlgorithm.oid) },
  { off: OFF.attributes, print: attributesText },
  {
    off: OFF.extensions,
    print: ({ requestedExtensions }, { certopt }) =>
      requestedExtensions
        ? `${' '.repeat(12)}Requested Extensions:\n${extensionList(undefined, requestedExtensions, 16, unknownExtensions(certopt))}`
        : '',
  },
  { off: OFF.signature, print: ({ signatureAlgorithm, signature }) => signatureText(signatureAlgorithm, signature) },
];

/** The text that `openssl req -text -noout` prints, byte for byte (see octets.ts for octets that are no UTF-8). */
export const requestText = (request: CertificateRequest, options: RequestTextOptions = {}): string =>
  printSections(SECTIONS, request, {
    certopt: options.reqopt ?? 0,
    nameopt: options.nameopt ?? ONELINE_DEFAULT,
  });
