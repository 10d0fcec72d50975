/** What a file holds, told from PEM labels and from the shape of DER: for finding keys, and for errors that say what was found instead. */
import { readDer, TAG, type DerNode } from '../der/reader.ts';

/** The kinds of things that key files hold. */
export type Shape =
  | 'pkcs8'
  | 'encrypted-pkcs8'
  | 'rsa-private'
  | 'ec-private'
  | 'dsa-private'
  | 'spki'
  | 'rsa-public'
  | 'ec-parameters'
  | 'dsa-parameters'
  | 'dh-parameters'
  | 'dhx-parameters'
  | 'pkcs12'
  | 'certificate'
  | 'request'
  | 'crl'
  | 'pkcs7'
  | 'openssh-private';

const LABELS: Readonly<Record<string, Shape>> = {
  'PRIVATE KEY': 'pkcs8',
  'ENCRYPTED PRIVATE KEY': 'encrypted-pkcs8',
  'RSA PRIVATE KEY': 'rsa-private',
  'EC PRIVATE KEY': 'ec-private',
  'DSA PRIVATE KEY': 'dsa-private',
  'PUBLIC KEY': 'spki',
  'RSA PUBLIC KEY': 'rsa-public',
  'EC PARAMETERS': 'ec-parameters',
  'DSA PARAMETERS': 'dsa-parameters',
  'DH PARAMETERS': 'dh-parameters',
  'X9.42 DH PARAMETERS': 'dhx-parameters',
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
  'TRUSTED CERTIFICATE': 'certificate',
  'CERTIFICATE REQUEST': 'request',
  'NEW CERTIFICATE REQUEST': 'request',
  'X509 CRL': 'crl',
  PKCS7: 'pkcs7',
  CMS: 'pkcs7',
  PKCS12: 'pkcs12',
  'OPENSSH PRIVATE KEY': 'openssh-private',
};

const NAMES: Readonly<Record<Shape, string>> = {
  pkcs8: 'a private key',
  'encrypted-pkcs8': 'an encrypted private key',
  'rsa-private': 'an RSA private key',
  'ec-private': 'an EC private key',
  'dsa-private': 'a DSA private key',
  spki: 'a public key',
  'rsa-public': 'an RSA public key',
  'ec-parameters': 'EC parameters',
  'dsa-parameters': 'DSA parameters',
  'dh-parameters': 'DH parameters',
  'dhx-parameters': 'X9.42 DH parameters',
  pkcs12: 'a PKCS#12 file',
  certificate: 'a certificate',
  request: 'a certificate request',
  crl: 'a CRL',
  pkcs7: 'a PKCS#7 or CMS message',
  'openssh-private': 'an OpenSSH private key',
};

/** The shape that a PEM label stands for. */
export const shapeOfLabel = (label: string): Shape | undefined =>
  Object.hasOwn(LABELS, label) ? LABELS[label] : undefined;

/** A shape in words, with its article. */
export const shapeName = (shape: Shape): string => NAMES[shape];

const isInteger = (node: DerNode | undefined): boolean => node?.is(TAG.integer) ?? false;
const isSequence = (node: DerNode | undefined): boolean => node?.is(TAG.sequence) ?? false;

/** The shape of a DER or BER element, or undefined when it is none of ours. Malformed elements inside count as no shape. */
export function shapeOfDer(bytes: Uint8Array): Shape | undefined {
  try {
    const node = readDer(bytes, 'ber');
    if (node.is(TAG.oid)) return 'ec-parameters';
    return node.is(TAG.sequence) ? shapeOfSequence(node.children) : undefined;
  } catch {
    return undefined;
  }
}

function shapeOfSequence(items: readonly DerNode[]): Shape | undefined {
  const [first, second, third] = items;
  if (isInteger(first)) return shapeWithNumber(items);
  if (first?.is(TAG.oid)) return 'pkcs7';
  if (!isSequence(first)) return undefined;
  const inner = (first as DerNode).children;
  if (second?.is(TAG.octetString)) return 'encrypted-pkcs8';
  if (second?.is(TAG.bitString)) return 'spki';
  if (!isSequence(second) || !third?.is(TAG.bitString)) return undefined;
  if (
    inner.some((item) => item.isContext(3) || item.isContext(0)) &&
    isInteger(inner[inner[0]?.isContext(0) ? 1 : 0])
  ) {
    return inner[0]?.isContext(0) ? 'certificate' : 'request';
  }
  if (inner.length >= 6 && isInteger(inner[0]) && isSequence(inner[1])) return 'certificate';
  return isInteger(inner[0]) && inner.length <= 4 ? 'request' : 'crl';
}

/** Structures that begin with a number: a version, or the first of the key's own numbers. */
function shapeWithNumber(items: readonly DerNode[]): Shape | undefined {
  const [first, second, third] = items as [DerNode, DerNode | undefined, DerNode | undefined];
  const integers = items.filter((item) => isInteger(item)).length;
  if (second?.is(TAG.octetString)) return 'ec-private';
  if (isSequence(second)) {
    if (third?.is(TAG.octetString))
      return second?.children[0]?.is(TAG.oid) && items.length < 6 ? explicitOr(items) : undefined;
    return first.content.equals(Buffer.from([3])) ? 'pkcs12' : explicitOr(items);
  }
  if (integers !== items.length) return integers >= 9 ? 'rsa-private' : integers >= 3 ? 'dhx-parameters' : undefined;
  if (integers >= 9) return 'rsa-private';
  if (integers === 6) return 'dsa-private';
  if (integers === 2) return 'rsa-public';
  return integers === 3 || integers === 4 ? 'dsa-parameters' : undefined;
}

/** ECParameters and PrivateKeyInfo both go number, SEQUENCE: the former has two SEQUENCEs. */
const explicitOr = (items: readonly DerNode[]): Shape | undefined =>
  isSequence(items[2]) ? 'ec-parameters' : items[2]?.is(TAG.octetString) ? 'pkcs8' : undefined;
