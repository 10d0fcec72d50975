/** Enveloped data (RFC 5652 section 6, RFC 5083): opened with a recipient's private key, a key-encryption key or the content key itself. */
import { createDecipheriv, privateDecrypt, constants } from 'node:crypto';
import { cipherByOid } from '../crypto/ciphers.ts';
import { digestByOid } from '../crypto/digests.ts';
import { decryptWith } from '../crypto/run-cipher.ts';
import { CLASS, TAG, element, readDer } from '../der/index.ts';
import type { AnyValue } from '../der/template.ts';
import { fail } from '../errors.ts';
import type { PrivateKey } from '../keys/model.ts';
import { longName } from '../registry/oids.ts';
import type { Secret } from '../secret.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { AlgorithmItem } from '../x509/items.ts';
import { agreedKey } from './agree.ts';
import { CONTENT } from './items.ts';
import { derOf } from './normal.ts';
import { passwordKey } from './password.ts';
import { identifies } from './signed.ts';
import type {
  AuthEnvelopedData,
  ContentInfo,
  EncryptedContent,
  EncryptedData,
  EnvelopedData,
  KeyTransRecipient,
  RecipientInfo,
} from './types.ts';
import { unwrapKey } from './unwrap.ts';

/** What opens a message. */
export interface CmsKeys {
  /** A recipient's private key, and the certificate by which the recipient is found; without one every recipient is tried. */
  readonly privateKey?: PrivateKey | undefined;
  readonly certificate?: Certificate | undefined;
  /** A key-encryption key, or for encrypted data the content key; and the identifier of the key-encryption key. */
  readonly secretKey?: Buffer | undefined;
  readonly secretKeyId?: Buffer | undefined;
  readonly password?: Secret | undefined;
}

const RSA = '1.2.840.113549.1.1.1';
const RSA_OAEP = '1.2.840.113549.1.1.7';
const MGF1 = '1.2.840.113549.1.1.8';
const SHA1 = '1.3.14.3.2.26';
const WRONG = 'it cannot be decrypted: the key is another one, or the message was changed';

/**
 * The content of enveloped, authenticated-enveloped or encrypted data.
 *
 * @throws TlskitError ERR_FORMAT for another type, ERR_KEY when no key fits, ERR_UNSUPPORTED for an algorithm that is not there
 */
export function decryptCms(info: ContentInfo, keys: CmsKeys): Buffer {
  if (info.contentType === CONTENT.encryptedData) {
    const { encryptedContentInfo } = info.content as EncryptedData;
    if (!keys.secretKey) fail('ERR_KEY', 'encrypted data want -secretkey');
    return openContent(encryptedContentInfo, keys.secretKey);
  }
  if (info.contentType === CONTENT.envelopedData) {
    const { recipientInfos, encryptedContentInfo } = info.content as EnvelopedData;
    return openContent(encryptedContentInfo, contentKey(recipientInfos, keys));
  }
  if (info.contentType !== CONTENT.authEnvelopedData) return fail('ERR_FORMAT', 'content type not enveloped data');
  const { recipientInfos, authEncryptedContentInfo, authAttrs, mac } = info.content as AuthEnvelopedData;
  const attributes = authAttrs?.map(({ der }) => derOf(der));
  const aad = attributes && element(CLASS.universal, true, TAG.set, Buffer.concat(attributes));
  return openAuthenticated(authEncryptedContentInfo, contentKey(recipientInfos, keys), mac, aad);
}

function contentKey(recipients: readonly RecipientInfo[], keys: CmsKeys): Buffer {
  for (const recipient of recipients) {
    const key = keyFrom(recipient, keys);
    if (key) return key;
  }
  return fail('ERR_KEY', 'no recipient matches the key');
}

function keyFrom(recipient: RecipientInfo, keys: CmsKeys): Buffer | undefined {
  const { privateKey, certificate, secretKey, secretKeyId, password } = keys;
  if (recipient.kind === 'ktri' && (privateKey?.type === 'rsa' || privateKey?.type === 'rsa-pss')) {
    if (certificate && !identifies(recipient.value.rid, certificate)) return undefined;
    return transported(recipient.value, privateKey);
  }
  if (recipient.kind === 'kari' && privateKey) return agreedKey(recipient.value, privateKey, certificate);
  if (recipient.kind === 'pwri' && password) return passwordKey(recipient.value, password);
  if (recipient.kind !== 'kekri' || !secretKey) return undefined;
  const { kekid, keyEncryptionAlgorithm, encryptedKey } = recipient.value;
  if (secretKeyId && !secretKeyId.equals(kekid.keyIdentifier)) return undefined;
  return unwrapKey(keyEncryptionAlgorithm.algorithm, secretKey, encryptedKey);
}

/** Key transport with RSA (RFC 8017 sections 7.1.2 and 7.2.2). */
function transported({ keyEncryptionAlgorithm, encryptedKey }: KeyTransRecipient, key: PrivateKey): Buffer | undefined {
  const { algorithm, parameter } = keyEncryptionAlgorithm;
  if (algorithm === RSA_OAEP) {
    try {
      const oaepHash = oaepDigest(parameter);
      return privateDecrypt({ key: key.keyObject, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, encryptedKey);
    } catch {
      return undefined;
    }
  }
  if (algorithm !== RSA) return unsupported('key encryption', keyEncryptionAlgorithm);
  try {
    const block = privateDecrypt({ key: key.keyObject, padding: constants.RSA_NO_PADDING }, encryptedKey);
    const end = block.indexOf(0, 2);
    return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1) : undefined;
  } catch {
    return undefined;
  }
}

/** RSAES-OAEP-params (RFC 4055 section 4.1): the digest, which must be MGF1's, too. */
function oaepDigest(parameter: AnyValue | undefined): string {
  const fields = parameter?.tag === TAG.sequence ? readDer(parameter.der, 'ber').sequence('RSAES-OAEP-params') : [];
  const find = (tag: number) => fields.find((field) => field.isContext(tag))?.only('RSAES-OAEP-params').children;
  const hash = find(0)?.[0]?.oid('hash') ?? SHA1;
  const [mgf, mgfParameter] = find(1) ?? [];
  const mgfHash = mgfParameter?.sequence('MGF1')[0]?.oid('MGF1') ?? SHA1;
  const label = find(2) ?? fields.find((field) => field.isContext(2));
  const digest = digestByOid(hash);
  if (!digest || mgfHash !== hash || (mgf && mgf.oid('MGF') !== MGF1) || label)
    return fail('ERR_UNSUPPORTED', 'OAEP with a label, or with another digest for MGF1, is not supported');
  return digest.node;
}

const unsupported = (what: string, { algorithm }: AlgorithmItem): never =>
  fail('ERR_UNSUPPORTED', `${what} with ${longName(algorithm)} is not supported`);

function openContent(content: EncryptedContent, key: Buffer): Buffer {
  const { contentEncryptionAlgorithm, encryptedContent } = content;
  if (!encryptedContent) return fail('ERR_FORMAT', 'the encrypted content is not in the message');
  const cipher = cipherByOid(contentEncryptionAlgorithm.algorithm);
  if (!cipher) return unsupported('encryption', contentEncryptionAlgorithm);
  if (cipher.rc2Bits === undefined && cipher.keyLength !== key.length) fail('ERR_KEY', WRONG);
  const iv = contentEncryptionAlgorithm.parameter?.value ?? Buffer.alloc(0);
  if (iv.length !== cipher.ivLength) return fail('ERR_FORMAT', 'a wrong initialisation vector');
  return decryptWith(cipher, key, iv, encryptedContent) ?? fail('ERR_KEY', WRONG);
}

/** Identifiers of AES-GCM (RFC 5084 section 3.2) by name in node:crypto. */
const GCM: ReadonlyMap<string, 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'> = new Map([
  ['2.16.840.1.101.3.4.1.6', 'aes-128-gcm'],
  ['2.16.840.1.101.3.4.1.26', 'aes-192-gcm'],
  ['2.16.840.1.101.3.4.1.46', 'aes-256-gcm'],
]);

function openAuthenticated(content: EncryptedContent, key: Buffer, mac: Buffer, aad: Buffer | undefined): Buffer {
  const { contentEncryptionAlgorithm, encryptedContent } = content;
  const name = GCM.get(contentEncryptionAlgorithm.algorithm);
  if (!name) return unsupported('authenticated encryption', contentEncryptionAlgorithm);
  if (!encryptedContent) return fail('ERR_FORMAT', 'the encrypted content is not in the message');
  const { parameter } = contentEncryptionAlgorithm;
  const [nonce] = parameter ? readDer(parameter.der, 'ber').sequence('GCMParameters') : [];
  if (!nonce) return fail('ERR_FORMAT', 'AES-GCM without a nonce');
  try {
    const cipher = createDecipheriv(name, key, nonce.octets('nonce'), { authTagLength: mac.length });
    cipher.setAuthTag(mac);
    if (aad) cipher.setAAD(aad);
    return Buffer.concat([cipher.update(encryptedContent), cipher.final()]);
  } catch {
    return fail('ERR_KEY', WRONG);
  }
}
