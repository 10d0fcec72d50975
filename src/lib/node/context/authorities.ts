/** Certificates to trust, which may be many: they are found in a text at once, and read when somebody asks for one. */
import { X509Certificate } from 'node:crypto';
import { Certificate } from '../../x509/certificate.ts';
import { subjectOf } from '../peer/lookup.ts';
import { Kept } from './kept.ts';
import { certificatesOf, nameOf, octetsOf, type Material } from './material.ts';

const known = new Kept<readonly Buffer[]>(64);

/**
 * Certificates to trust, in DER, perhaps with OpenSSL's trust settings behind; the same octets for the same text. As in Node what cannot be read
 * ends the list without a word.
 */
export function authoritiesIn(material: Material): readonly Buffer[] {
  const octets = material instanceof X509Certificate ? material.raw : octetsOf(material as string);
  return known.get(
    nameOf(octets),
    () => plainBlocks(octets) ?? certificatesOf(octets).certificates.map(({ der }) => der),
  );
}

/** Certificates to trust, read. */
export const readAuthorities = (material: Material): readonly Certificate[] =>
  authoritiesIn(material).map((der) => Certificate.readTrusted(der));

const BEGIN = /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/gm;
const BLOCK =
  /^-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[ \t\r]*\n([A-Za-z0-9+/=\s]*?)^-----END \1-----[ \t\r]*$/gm;

/** The certificates of a text in which nothing is out of order; undefined for any other, which takes a closer look. */
function plainBlocks(octets: Buffer): readonly Buffer[] | undefined {
  const text = octets.toString('latin1');
  const blocks = [...text.matchAll(BLOCK)].map(([, , body = '']) => Buffer.from(body, 'base64'));
  if (blocks.length === 0 || text.match(BEGIN)?.length !== blocks.length) return undefined;
  return blocks.every(hasSubject) ? blocks : undefined;
}

function hasSubject(der: Buffer): boolean {
  try {
    return subjectOf(der) !== undefined;
  } catch {
    return false;
  }
}
