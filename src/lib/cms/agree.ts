/** Key agreement with elliptic curves (RFC 5753 section 3.1; RFC 8418 for X25519 and X448): the recipient's side. */
import { createHash, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import { bitString, explicit, octetString, readDer, seq } from '../der/index.ts';
import { fail } from '../errors.ts';
import type { PrivateKey } from '../keys/model.ts';
import { longName } from '../registry/oids.ts';
import type { Certificate } from '../x509/certificate.ts';
import { identifies } from './signed.ts';
import type { KeyAgreeRecipient } from './types.ts';
import { keyWrap, unwrapKey } from './unwrap.ts';

/** Digest of the derivation, by the scheme's identifier (RFC 5753 section 7.1.4, RFC 8418 section 2). */
const X963: ReadonlyMap<string, string> = new Map([
  ['1.3.133.16.840.63.0.2', 'sha1'],
  ['1.3.132.1.11.0', 'sha224'],
  ['1.3.132.1.11.1', 'sha256'],
  ['1.3.132.1.11.2', 'sha384'],
  ['1.3.132.1.11.3', 'sha512'],
]);
const HKDF: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.9.16.3.19', 'sha256'],
  ['1.2.840.113549.1.9.16.3.20', 'sha384'],
  ['1.2.840.113549.1.9.16.3.21', 'sha512'],
]);

/** The content key that a recipient's private key opens; undefined when it is for somebody else. */
export function agreedKey(
  recipient: KeyAgreeRecipient,
  key: PrivateKey,
  certificate: Certificate | undefined,
): Buffer | undefined {
  const { originator, ukm, keyEncryptionAlgorithm, recipientEncryptedKeys } = recipient;
  if (originator.kind !== 'originatorKey')
    return fail('ERR_UNSUPPORTED', 'key agreement with a static key of the sender is not supported');
  const { algorithm, parameter } = keyEncryptionAlgorithm;
  const wrap = parameter && readDer(parameter.der, 'ber');
  const wrapOid = wrap?.sequence('key wrap')[0]?.oid('key wrap');
  if (!wrap || wrapOid === undefined) return fail('ERR_FORMAT', 'key agreement without a key wrap');
  const secret = sharedSecret(key, originator.value.publicKey.bytes);
  const length = keyWrap(wrapOid).keyLength;
  const info = sharedInfo(wrap.bytes, ukm, length);
  const kek = secret && derive(algorithm, secret, info, length);
  if (!kek) return undefined;
  for (const { rid, encryptedKey } of recipientEncryptedKeys) {
    const sid =
      rid.kind === 'rKeyId' ? { kind: 'subjectKeyIdentifier' as const, value: rid.value.subjectKeyIdentifier } : rid;
    if (certificate && !identifies(sid, certificate)) continue;
    const opened = unwrapKey(wrapOid, kek, encryptedKey);
    if (opened) return opened;
  }
  return undefined;
}

/** Undefined when the sender's point is none of our curve: the message is for another key. */
function sharedSecret(key: PrivateKey, point: Buffer): Buffer | undefined {
  const spki = readDer(key.publicKey.spki, 'ber').sequence('public key');
  const theirs = seq((spki[0] as { bytes: Buffer }).bytes, bitString(point));
  try {
    const publicKey = createPublicKey({ key: theirs, format: 'der', type: 'spki' });
    return diffieHellman({ privateKey: key.keyObject, publicKey });
  } catch {
    return undefined;
  }
}

/** ECC-CMS-SharedInfo (RFC 5753 section 7.2). */
function sharedInfo(wrap: Buffer, ukm: Buffer | undefined, length: number): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(8 * length);
  return seq(wrap, ...(ukm ? [explicit(0, octetString(ukm))] : []), explicit(2, octetString(bits)));
}

function derive(scheme: string, secret: Buffer, info: Buffer, length: number): Buffer {
  const hkdf = HKDF.get(scheme);
  if (hkdf !== undefined) return Buffer.from(hkdfSync(hkdf, secret, Buffer.alloc(0), info, length));
  const digest = X963.get(scheme);
  if (digest === undefined) return fail('ERR_UNSUPPORTED', `key agreement with ${longName(scheme)} is not supported`);
  const out: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let i = 1, size = 0; size < length; i += 1) {
    counter.writeUInt32BE(i);
    const block = createHash(digest).update(secret).update(counter).update(info).digest();
    out.push(block);
    size += block.length;
  }
  return Buffer.concat(out).subarray(0, length);
}
