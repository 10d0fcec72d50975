/**
 * PKCS#12's structure, read as leniently as OpenSSL reads it: BER with indefinite lengths and strings in pieces, whatever version number, anything
 * after the end. NSS and old Windows write such files.
 */
import { decodePem, readDer, readDerPrefix, TAG, type DerNode } from '../der/index.ts';
import { fail } from '../errors.ts';
import { OID, type Bag, type BagAttribute, type MacData, type Pfx, type Safe } from './model.ts';

/** More bags than this in one file are refused. */
const MAX_BAGS = 10_000;

const ARMOUR = '-----BEGIN PKCS12-----';

/**
 * Reads the outer structure of a PKCS#12 file (RFC 7292 section 4): which parts there are, and the MAC's parameters.
 *
 * @param bytes DER or BER; what follows the first element is left alone
 * @throws TlskitError ERR_DER or ERR_FORMAT; ERR_UNSUPPORTED for files that are signed with a key instead of a password
 */
export function readPfx(bytes: Uint8Array): Pfx {
  if (bytes.length === 0) fail('ERR_FORMAT', 'empty, where a PKCS#12 file should be');
  const [version, authSafe, macData] = readDerPrefix(unarmoured(bytes), 0, 'ber').sequence('PFX');
  if (!version || !authSafe) return fail('ERR_FORMAT', 'not a PKCS#12 file: the outer SEQUENCE is too short');
  const number = version.smallInteger('PKCS#12 version');
  const { oid, content } = contentInfo(authSafe, 'PKCS#12 authSafe');
  if (oid === OID.signedData) {
    fail(
      'ERR_UNSUPPORTED',
      'this PKCS#12 file is signed with a key, not protected by a password; that kind cannot be read',
    );
  }
  if (oid !== OID.data || !content) return fail('ERR_FORMAT', 'not a PKCS#12 file: its content is not of type data');
  const authenticated = content.octets('PKCS#12 authSafe');
  const safes = readDerPrefix(authenticated, 0, 'ber').sequence('AuthenticatedSafe').map(readSafe);
  return { version: number, authenticated, safes, mac: macData ? readMac(macData) : undefined };
}

/** DER as it is, or out of the PEM that GnuTLS's certtool writes. */
function unarmoured(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x30) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const [block] = text.includes(ARMOUR) ? decodePem(text, (label) => label === 'PKCS12') : [];
  return block?.der ?? fail('ERR_FORMAT', 'not a PKCS#12 file (it begins neither as DER does nor with BEGIN PKCS12)');
}

/**
 * Whether octets are likely to be a PKCS#12 file: its outer SEQUENCE begins with the version number 3, where a certificate has another SEQUENCE;
 * or PEM that says so.
 */
export function isPkcs12(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x30 && bytes[1] !== undefined) {
    const at = bytes[1] > 0x80 ? 2 + (bytes[1] & 0x7f) : 2;
    return bytes[at] === TAG.integer && bytes[at + 1] === 1 && bytes[at + 2] === 3;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(ARMOUR);
}

function contentInfo(node: DerNode, what: string): { oid: string; content: DerNode | undefined } {
  const [type, tagged] = node.sequence(what);
  if (!type) return fail('ERR_FORMAT', `${what} has no type`);
  return { oid: type.oid(what), content: tagged?.isContext(0) ? tagged.only(what) : undefined };
}

function readSafe(node: DerNode): Safe {
  const { oid, content } = contentInfo(node, 'ContentInfo');
  if (oid === OID.data) {
    if (!content) return fail('ERR_FORMAT', 'a part of the PKCS#12 file has no content');
    return { kind: 'data', content: content.octets('data') };
  }
  if (oid !== OID.encryptedData || !content) return { kind: 'other', oid };
  // EncryptedData (RFC 2315 section 13)
  const info = content.sequence('EncryptedData')[1];
  const [, algorithm, tagged] = info?.sequence('EncryptedContentInfo') ?? [];
  if (!algorithm) return fail('ERR_FORMAT', 'a malformed EncryptedData in the PKCS#12 file');
  const encrypted = tagged?.isContext(0) ? implicitOctets(tagged) : undefined;
  return { kind: 'encrypted', algorithm: algorithm.expect(TAG.sequence, 'AlgorithmIdentifier'), encrypted };
}

/** The octets under `[0] IMPLICIT OCTET STRING`, in one piece or (BER) in several. */
function implicitOctets(node: DerNode): Buffer {
  if (!node.constructed) return node.content;
  return Buffer.concat(node.children.map((child) => child.octets('encrypted content')));
}

function readMac(node: DerNode): MacData {
  const [info, salt, iterations] = node.sequence('MacData');
  const [algorithm, digest] = info?.sequence('DigestInfo') ?? [];
  const oid = algorithm?.sequence('DigestInfo')[0]?.oid('DigestInfo');
  if (!algorithm || !digest || !salt || oid === undefined)
    return fail('ERR_FORMAT', 'a malformed MacData in the PKCS#12 file');
  return {
    algorithm,
    oid,
    digest: digest.octets('MAC'),
    salt: salt.octets('MAC salt'),
    iterations: iterations ? iterations.smallInteger('MAC iterations') : 1,
  };
}

/**
 * Reads SafeContents (RFC 7292 section 4.2): the bags of one part, after decryption.
 *
 * @throws TlskitError ERR_DER or ERR_FORMAT
 */
export function readSafeContents(bytes: Uint8Array): Bag[] {
  const count = { left: MAX_BAGS };
  return readDerPrefix(bytes, 0, 'ber')
    .sequence('SafeContents')
    .map((node) => readBag(node, count));
}

function readBag(node: DerNode, count: { left: number }): Bag {
  count.left -= 1;
  if (count.left < 0) fail('ERR_LIMIT', `the PKCS#12 file has more than ${MAX_BAGS} bags`);
  const [type, tagged, set] = node.sequence('SafeBag');
  if (!type) return fail('ERR_FORMAT', 'a bag without a type in the PKCS#12 file');
  const oid = type.oid('SafeBag');
  const attributes = set?.set('bag attributes').map(readAttribute);
  const value = tagged?.isContext(0) ? tagged.only('SafeBag') : undefined;
  if (!value) return fail('ERR_FORMAT', 'a bag without a value in the PKCS#12 file');
  const reader = READERS[oid];
  if (!reader) return { kind: 'unknown', oid, attributes, value };
  return { ...reader(value, count), oid, attributes } as Bag;
}

type BagBody = Readonly<Record<string, unknown>>;

/** Readers of the bag types of RFC 7292 section 4.2. */
const READERS: Readonly<Record<string, (value: DerNode, count: { left: number }) => BagBody>> = {
  [OID.keyBag]: (value) => ({ kind: 'key', pkcs8: value.expect(TAG.sequence, 'KeyBag').bytes }),
  [OID.shroudedKeyBag]: (value) => ({ kind: 'shroudedKey', ...encryptedKeyInfo(value) }),
  [OID.certBag]: (value) => ({ kind: 'certificate', ...typedValue(value, 'CertBag') }),
  [OID.crlBag]: (value) => ({ kind: 'crl', ...typedValue(value, 'CRLBag') }),
  [OID.secretBag]: (value) => {
    const { oid, content } = contentInfo(value, 'SecretBag');
    return { kind: 'secret', type: oid, value: content ?? fail('ERR_FORMAT', 'a secret bag without a value') };
  },
  [OID.safeContentsBag]: (value, count) => ({
    kind: 'safeContents',
    bags: value.sequence('SafeContents').map((node) => readBag(node, count)),
  }),
};

/** EncryptedPrivateKeyInfo (RFC 5208 section 6). */
export function encryptedKeyInfo(value: DerNode): { algorithm: DerNode; encrypted: Buffer } {
  const [algorithm, encrypted] = value.sequence('EncryptedPrivateKeyInfo');
  if (!algorithm || !encrypted) return fail('ERR_FORMAT', 'a malformed EncryptedPrivateKeyInfo');
  return {
    algorithm: algorithm.expect(TAG.sequence, 'AlgorithmIdentifier'),
    encrypted: encrypted.octets('encrypted key'),
  };
}

/** CertBag and CRLBag: a type and `[0] EXPLICIT` its value, an OCTET STRING for X.509 and an IA5String for SDSI. */
function typedValue(node: DerNode, what: string): { type: string; value: Buffer } {
  const { oid, content } = contentInfo(node, what);
  if (!content) return fail('ERR_FORMAT', `a ${what} without a value in the PKCS#12 file`);
  const value = content.is(TAG.octetString)
    ? content.octets(what)
    : content.is(TAG.ia5String)
      ? content.content
      : content.bytes;
  return { type: oid, value };
}

function readAttribute(node: DerNode): BagAttribute {
  const [type, values] = node.sequence('attribute');
  if (!type || !values) return fail('ERR_FORMAT', 'a malformed attribute in the PKCS#12 file');
  const items = values.set('attribute');
  if (items.some((item) => item.is(TAG.bmpString) && item.content.length % 2 !== 0)) {
    fail('ERR_FORMAT', 'a BMPString of an odd number of octets in the PKCS#12 file');
  }
  return { oid: type.oid('attribute'), values: items };
}

/**
 * The attributes of a PrivateKeyInfo (`[0] IMPLICIT SET`, RFC 5208 section 5), undefined where there are none.
 *
 * @throws TlskitError ERR_DER or ERR_FORMAT
 */
export function keyAttributes(pkcs8: Uint8Array): BagAttribute[] | undefined {
  const node = readDer(pkcs8, 'ber')
    .sequence('PrivateKeyInfo')
    .slice(3)
    .find((child) => child.isContext(0));
  return node?.children.map(readAttribute);
}
