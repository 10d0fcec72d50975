/** Certificates, keys and CRLs as options hold them: PEM as Node wants it, and what else there is. */
import { createHash, createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { readCrls, type Crl } from '../../crl/index.ts';
import { pemBlocks } from '../../der/index.ts';
import { readPrivateKeySync } from '../../keys/read.ts';
import { Secret } from '../../secret.ts';
import { Certificate } from '../../x509/certificate.ts';
import { bindingError } from '../errors/node.ts';
import { Kept } from './kept.ts';
import { refusal } from './refusal.ts';

/** What Node takes: PEM in a string or a view, and the objects of node:crypto. */
export type Material = string | NodeJS.ArrayBufferView | KeyObject | X509Certificate;

/** The octets of a string or of a view. */
export function octetsOf(material: string | NodeJS.ArrayBufferView): Buffer {
  if (typeof material === 'string') return Buffer.from(material, 'utf8');
  return Buffer.from(material.buffer, material.byteOffset, material.byteLength);
}

/** What octets are kept under: their hash, so that no secret stays in memory for it. */
export const nameOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('base64');

const LABELS = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/** The certificates of a text up to the first that cannot be read. Octets that begin as DER are one certificate. */
export function certificatesOf(octets: Buffer): {
  readonly certificates: readonly Certificate[];
  readonly broken: boolean;
} {
  const certificates: Certificate[] = [];
  try {
    if (octets[0] === 0x30) return { certificates: [Certificate.readTrusted(octets)], broken: false };
    for (const block of pemBlocks(octets.toString('latin1'), (label) => LABELS.has(label))) {
      certificates.push(Certificate.readTrusted(block().der));
    }
  } catch {
    return { certificates, broken: true };
  }
  return { certificates, broken: false };
}

const chains = new Kept<readonly Certificate[]>(64);

/**
 * A certificate with those that stand after it.
 *
 * @throws the error of this Node's OpenSSL
 */
export function readChain(material: Material): readonly Certificate[] {
  if (material instanceof X509Certificate) return [Certificate.read(material.raw)];
  const octets = octetsOf(material as string);
  return chains.get(nameOf(octets), () => {
    const { certificates, broken } = certificatesOf(octets);
    if (certificates.length > 0 && !broken) return certificates;
    throw refusal({ cert: octets }) ?? unusable('the certificate cannot be read');
  });
}

/** An error for what Node takes and we do not. */
export function unusable(message: string, cause?: unknown): Error {
  const error = bindingError('ERR_CRYPTO_OPERATION_FAILED', message);
  if (cause !== undefined) error.cause = cause;
  return error;
}

// held only as long as a context has them
const keys = new Kept<WeakRef<KeyObject>>(256);

/**
 * A private key.
 *
 * @throws the error of this Node's OpenSSL
 */
export function readKey(material: Material, passphrase: string | NodeJS.ArrayBufferView | undefined): KeyObject {
  if (material instanceof KeyObject) return material;
  const octets = octetsOf(material as string);
  const secret = passphrase === undefined ? undefined : octetsOf(passphrase);
  const name = `${nameOf(octets)} ${secret ? nameOf(secret) : ''}`;
  const known = keys.get(name, () => new WeakRef(makeKey(octets, secret))).deref();
  if (known) return known;
  const made = makeKey(octets, secret);
  keys.set(name, new WeakRef(made));
  return made;
}

function makeKey(key: Buffer, passphrase: Buffer | undefined): KeyObject {
  try {
    return createPrivateKey({ key, format: 'pem', ...(passphrase && { passphrase }) });
  } catch {
    // another form, or nothing at all
  }
  try {
    const read = readPrivateKeySync(key, { source: 'the key', passphrase: passphrase && new Secret(passphrase) });
    return read.keyObject;
  } catch (error) {
    throw refusal({ key, passphrase: passphrase?.toString() }) ?? unusable('the key cannot be read', error);
  }
}

const lists = new Kept<readonly Crl[]>(32);

/**
 * The first CRL of a text, as Node reads no more.
 *
 * @throws ERR_CRYPTO_OPERATION_FAILED
 */
export function readCrl(material: Material): readonly Crl[] {
  const octets = octetsOf(material as string);
  return lists.get(nameOf(octets), () => {
    try {
      return readCrls(octets, 'crl').slice(0, 1);
    } catch (error) {
      throw refusal({ crl: octets }) ?? unusable('the CRL cannot be read', error);
    }
  });
}
