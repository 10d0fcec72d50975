import { createHash } from 'node:crypto';
import { CLASS, TAG, element, encodeOid, seq, setOf } from '../der/index.ts';
import { encodeString, stringToUtf8 } from '../text/string.ts';
import type { Certificate } from './certificate.ts';
import type { Attribute, Name } from './name.ts';

/** The string types whose values are compared without regard to case and space (RFC 5280 section 7.1, as OpenSSL applies it). */
const FOLDED: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.bmpString,
  TAG.universalString,
  TAG.printableString,
  TAG.t61String,
  TAG.ia5String,
  TAG.visibleString,
]);

/** UTF-8, ASCII letters in lower case, no blanks at the ends and one where there are several. */
function folded(attribute: Attribute): Buffer {
  const text = stringToUtf8(attribute)?.toString('latin1') ?? '';
  const trimmed = text.replace(/[\t-\r ]+/g, ' ').replace(/^ | $/g, '');
  const lower = trimmed.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return element(CLASS.universal, false, TAG.utf8String, Buffer.from(lower, 'latin1'));
}

/**
 * A name in the form in which OpenSSL compares and hashes names: the RDNs without the SEQUENCE around them, values folded. Two names are
 * the same when these octets are.
 */
export function canonicalName(name: Name): Buffer {
  const rdns = name.rdns.filter((rdn) => rdn.length > 0);
  return Buffer.concat(
    rdns.map((rdn) =>
      setOf(
        ...rdn.map((attribute) =>
          seq(
            element(CLASS.universal, false, TAG.oid, encodeOid(attribute.oid)),
            FOLDED.has(attribute.tag) ? folded(attribute) : encodeString(attribute),
          ),
        ),
      ),
    ),
  );
}

const hashText = (digest: Buffer): string => digest.readUInt32LE(0).toString(16).padStart(8, '0');

/** What `-subject_hash` prints, and certificate folders use as file name: 8 hex digits of the canonical form's SHA-1. */
export const nameHash = (name: Name): string => hashText(createHash('sha1').update(canonicalName(name)).digest());

/** What `-subject_hash_old` prints: 8 hex digits of the encoding's MD5, as OpenSSL before 1.0.0 had it. */
export const nameHashOld = (name: Name): string => hashText(createHash('md5').update(name.der).digest());

/** A digest of a whole certificate, e.g. `7A:97:…`. `digest` is a name that node:crypto knows. */
export const fingerprint = (der: Uint8Array, digest: string): string =>
  createHash(digest)
    .update(der)
    .digest('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:');

/** The two lines that `-ocspid` prints: SHA-1 of the subject's encoding and of the public key's octets (RFC 6960 section 4.1.1). */
export function ocspIdText(certificate: Certificate): string {
  const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex').toUpperCase();
  return (
    `        Subject OCSP hash: ${sha1(certificate.subject.der)}\n` +
    `        Public key OCSP hash: ${sha1(certificate.keyBits.bytes)}\n`
  );
}
