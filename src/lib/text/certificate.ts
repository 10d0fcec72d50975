import { bigintOf } from '../der/index.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Extension } from '../x509/schema.ts';
import type { Name } from '../x509/name.ts';
import { longName } from '../registry/oids.ts';
import { extensionList, type UnknownExtensions } from './extensions/index.ts';
import { publicKeyText } from './key.ts';
import {
  NAME_COMPAT,
  ONELINE_DEFAULT,
  applyOptions,
  isMultiline,
  nameOctets,
  type NameOptions,
  type Printed,
} from './name.ts';
import { longOf, magnitude } from './number.ts';
import { cString } from './string.ts';
import { fromOctetText } from './octets.ts';
import { signatureDump, signatureText } from './signature.ts';
import type { Time } from '../x509/time.ts';
import { BAD_TIME, timeText } from './time.ts';
import { colonUpper } from './dump.ts';

/** Which parts of a text are left out, and how unknown extensions are shown: bits, set by `parseTextOptions`. */
export type TextOptions = number;

const NO = {
  header: 0x1,
  version: 0x2,
  serial: 0x4,
  signatureName: 0x8,
  issuer: 0x10,
  validity: 0x20,
  subject: 0x40,
  publicKey: 0x80,
  extensions: 0x100,
  signature: 0x200,
  trust: 0x400,
  attributes: 0x800,
  ids: 0x1000,
} as const;

const UNKNOWN_MASK = 0xf0000;
const UNKNOWN: readonly UnknownExtensions[] = ['default', 'error', 'parse', 'dump'];

/** Option name: the bits it sets, and the bits it clears first. */
const OPTIONS: ReadonlyMap<string, readonly [set: number, clear: number]> = new Map([
  ['compatible', [0, 0xffffffff]],
  ['ca_default', [NO.issuer | NO.publicKey | NO.header | NO.version, 0xffffffff]],
  ['no_header', [NO.header, 0]],
  ['no_version', [NO.version, 0]],
  ['no_serial', [NO.serial, 0]],
  ['no_signame', [NO.signatureName, 0]],
  ['no_validity', [NO.validity, 0]],
  ['no_subject', [NO.subject, 0]],
  ['no_issuer', [NO.issuer, 0]],
  ['no_pubkey', [NO.publicKey, 0]],
  ['no_extensions', [NO.extensions, 0]],
  ['no_sigdump', [NO.signature, 0]],
  ['no_aux', [NO.trust, 0]],
  ['no_attributes', [NO.attributes, 0]],
  ['ext_default', [0, UNKNOWN_MASK]],
  ['ext_error', [0x10000, UNKNOWN_MASK]],
  ['ext_parse', [0x20000, UNKNOWN_MASK]],
  ['ext_dump', [0x30000, UNKNOWN_MASK]],
] as const);

/**
 * The value of `-certopt` or `-reqopt`, e.g. `no_pubkey,ext_parse`.
 *
 * @param start bits from an earlier option; each adds to the one before
 * @throws TlskitError ERR_USAGE
 */
export const parseTextOptions = (text: string, start: TextOptions = 0, flag = '-certopt'): TextOptions =>
  applyOptions(OPTIONS, text, start, flag);

/** How an unknown extension is shown under these options. */
export const unknownExtensions = (options: TextOptions): UnknownExtensions =>
  UNKNOWN[(options & UNKNOWN_MASK) >> 16] ?? 'default';

export interface CertificateTextOptions {
  readonly certopt?: TextOptions;
  readonly nameopt?: NameOptions;
}

/** One part of a text: the bit that leaves it out, and the text. A part that is not complete is the last. */
export interface Section<T> {
  readonly off: number;
  readonly print: (holder: T, options: Required<CertificateTextOptions>) => string | Printed;
}

/** Prints the parts that are on, up to one that OpenSSL cannot print to its end. */
export function printSections<T>(
  sections: readonly Section<T>[],
  holder: T,
  options: Required<CertificateTextOptions>,
): string {
  let text = '';
  for (const { off, print } of sections) {
    if ((options.certopt & off) !== 0) continue;
    const part = print(holder, options);
    text += typeof part === 'string' ? part : part.text;
    if (typeof part !== 'string' && !part.complete) break;
  }
  return fromOctetText(text);
}

/** A name after its title: on the same line, or each RDN on an own one. */
export function nameSection(title: string, name: Name, nameopt: NameOptions): Printed {
  const multiline = nameopt !== NAME_COMPAT && isMultiline(nameopt);
  const { text, complete } = nameOctets(name, nameopt, multiline ? 12 : 0);
  return { text: `        ${title}:${multiline ? '\n' : ' '}${text}${complete ? '\n' : ''}`, complete };
}

/** The public key part, the same in certificates and requests. */
export function keySection(spki: Buffer, algorithm: string): string {
  const key = publicKeyText(spki, 16) ?? '            Unable to load Public Key\n';
  return `        Subject Public Key Info:\n            Public Key Algorithm: ${longName(algorithm)}\n${key}`;
}

function serialText(serial: Buffer): string {
  const head = '        Serial Number:';
  const value = bigintOf(serial);
  const bytes = magnitude(serial);
  const sign = value < 0n ? '-' : '';
  if (bytes.length <= 8 && longOf(serial) !== -1n) {
    const size = value < 0n ? -value : value;
    return `${head} ${sign}${size} (${sign}0x${size.toString(16)})\n`;
  }
  return `${head}\n${' '.repeat(12)}${value < 0n ? ' (Negative)' : ''}${colonUpper(bytes).toLowerCase()}\n`;
}

/** `known`: the field values that have a version's name. */
export function versionText(field: bigint, known: bigint): string {
  const long = field === BigInt.asIntN(64, field) ? field : -1n;
  return long >= 0n && long <= known
    ? `        Version: ${long + 1n} (0x${long.toString(16)})\n`
    : `        Version: Unknown (${long})\n`;
}

function validityText({ notBefore, notAfter }: Certificate): string {
  const when = (time: Time): string => timeText(time) ?? BAD_TIME;
  return `        Validity\n            Not Before: ${when(notBefore)}\n            Not After : ${when(notAfter)}\n`;
}

function uniqueIds({ issuerUniqueId, subjectUniqueId }: Certificate): string {
  const issuer = issuerUniqueId ? `        Issuer Unique ID: ${signatureDump(issuerUniqueId.bytes, 12)}` : '';
  const subject = subjectUniqueId ? `        Subject Unique ID: ${signatureDump(subjectUniqueId.bytes, 12)}` : '';
  return issuer + subject;
}

function usesText(kind: string, uses: readonly string[] | undefined): string {
  if (!uses) return `No ${kind} Uses.\n`;
  return `${kind} Uses:\n  ${uses.map((use) => longName(use).slice(0, 79)).join(', ')}\n`;
}

/** What OpenSSL's TRUSTED CERTIFICATE form adds. */
function trustText({ trust: data }: Certificate): string {
  if (!data) return '';
  const alias = data.alias ? `Alias: ${cString(data.alias)}\n` : '';
  const keyId = data.keyId ? `Key Id: ${colonUpper(data.keyId)}\n` : '';
  return usesText('Trusted', data.trust) + usesText('Rejected', data.reject) + alias + keyId;
}

/** Extensions under their title, as octet text. */
export const extensionSection = (title: string, extensions: readonly Extension[], certopt: TextOptions): string =>
  extensionList(title, extensions, 8, unknownExtensions(certopt));

const SECTIONS: readonly Section<Certificate>[] = [
  { off: NO.header, print: () => 'Certificate:\n    Data:\n' },
  { off: NO.version, print: ({ versionField }) => versionText(versionField, 2n) },
  { off: NO.serial, print: ({ serial }) => serialText(serial) },
  { off: NO.signatureName, print: ({ tbsSignatureAlgorithm }) => `    ${signatureText(tbsSignatureAlgorithm)}` },
  { off: NO.issuer, print: ({ issuer }, { nameopt }) => nameSection('Issuer', issuer, nameopt) },
  { off: NO.validity, print: validityText },
  { off: NO.subject, print: ({ subject }, { nameopt }) => nameSection('Subject', subject, nameopt) },
  { off: NO.publicKey, print: ({ spki, keyAlgorithm }) => keySection(spki, keyAlgorithm.oid) },
  { off: NO.ids, print: uniqueIds },
  {
    off: NO.extensions,
    print: ({ extensions }, { certopt }) => extensionSection('X509v3 extensions', extensions, certopt),
  },
  { off: NO.signature, print: ({ signatureAlgorithm, signature }) => signatureText(signatureAlgorithm, signature) },
  { off: NO.trust, print: trustText },
];

/** The bits that leave out a part, for the texts of other structures. */
export const OFF: typeof NO = NO;

/** The text that `openssl x509 -text -noout` prints, byte for byte (see octets.ts for octets that are no UTF-8). */
export const certificateText = (certificate: Certificate, options: CertificateTextOptions = {}): string =>
  printSections(SECTIONS, certificate, {
    certopt: options.certopt ?? 0,
    nameopt: options.nameopt ?? ONELINE_DEFAULT,
  });
