/** The text that OpenSSL's `pkcs12` prints about a file's structure. All of it is octet text (see octets.ts). */
import { CLASS, TAG, type DerNode } from '../der/index.ts';
import {
  PKCS12_OID as OID,
  pbmac1Info,
  schemeInfo,
  type BagAttribute,
  type MacData,
  type SchemeInfo,
} from '../pkcs12/index.ts';
import { longName, shortName } from '../registry/oids.ts';
import { octetText } from './octets.ts';

/** Two lines about the MAC: algorithm and iterations, lengths. */
export function macText(mac: MacData): string {
  return `MAC: ${macName(mac)}\nMAC length: ${mac.digest.length}, salt length: ${mac.salt.length}\n`;
}

/** PBMAC1 in the words of OpenSSL 3.4, the first to have it. */
function macName(mac: MacData): string {
  if (mac.oid !== OID.pbmac1) return `${longName(mac.oid)}, Iteration ${mac.iterations}`;
  return `PBMAC1 using PBKDF2, Iteration ${pbmac1Info(mac.algorithm).iterations}`;
}

/** The rest of the line about an encryption: `PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256`. */
export function schemeText(algorithm: DerNode): string {
  const info = schemeInfo(algorithm);
  return `${longName(info.oid)}${info.oid === OID.pbes2 ? pbes2Text(info) : iterationsText(info)}\n`;
}

const UNSUPPORTED = ', <unsupported parameters>';

const iterationsText = ({ iterations }: SchemeInfo): string =>
  iterations === undefined ? UNSUPPORTED : `, Iteration ${iterations}`;

function pbes2Text(info: SchemeInfo): string {
  if (info.kdf === undefined || info.cipher === undefined) return UNSUPPORTED;
  const names = `, ${longName(info.kdf)}, ${shortName(info.cipher)}`;
  if (info.kdf === OID.pbkdf2) {
    return `${names}${iterationsText(info)}${info.prf === undefined ? '' : `, PRF ${shortName(info.prf)}`}`;
  }
  if (info.kdf !== OID.scrypt) return names;
  if (!info.scrypt) return names + UNSUPPORTED;
  const { saltLength, N, r, p } = info.scrypt;
  return `${names}, Salt length: ${saltLength}, Cost(N): ${N}, Block size(r): ${r}, Parallelism(p): ${p}`;
}

/**
 * The attributes of a bag or key under their title.
 *
 * @param attributes undefined where the SET is absent, which reads differently from an empty one
 */
export function attributesText(attributes: readonly BagAttribute[] | undefined, title: string): string {
  if (!attributes) return `${title}: <No Attributes>\n`;
  if (attributes.length === 0) return `${title}: <Empty Attributes>\n`;
  const lines = attributes.map(({ oid, values }) => {
    const texts = values.map(valueText).join('');
    return `    ${longName(oid)}: ${texts === '' ? '<No Values>\n' : texts}`;
  });
  return `${title}\n${lines.join('')}`;
}

/** A value's line, as OpenSSL shows the types that occur in attributes; other types only by their number. */
export function valueText(value: DerNode): string {
  if (value.cls === CLASS.universal) {
    const print = PRINTERS[value.number];
    if (print) return `${print(value)}\n`;
  }
  return `<Unsupported tag ${value.cls === CLASS.universal ? value.number : OTHER}>\n`;
}

/** OpenSSL's number for all types that are not universal. */
const OTHER = -3;

const PRINTERS: Readonly<Record<number, (value: DerNode) => string>> = {
  [TAG.bmpString]: (value) => bmpOctets(value.content),
  [TAG.utf8String]: (value) => cut(octetText(value.content)),
  [TAG.octetString]: (value) => hex(value.octets('attribute')),
  [TAG.bitString]: (value) => hex(value.bitString('attribute').bytes),
};

/** OpenSSL keeps the low octet of each character, and ends at the first that is zero. */
function bmpOctets(content: Uint8Array): string {
  return cut(octetText(content.filter((_, i) => i % 2 === 1)));
}

const cut = (text: string): string => text.split('\0', 1)[0] as string;

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `${byte.toString(16).toUpperCase().padStart(2, '0')} `).join('');
