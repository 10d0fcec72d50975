/** The public key of a certificate that a peer sent, made once and kept with the parsed certificate. */
import { CERTIFICATE_EXTENSION } from '../registry/certificate-extensions.ts';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readDer } from '../der/index.ts';
import { parsedCertificate, type CertificateView } from '../verify/certificate.ts';
import type { Certificate } from '../x509/certificate.ts';
import { fail } from './failure.ts';
import { traitsOf, type KeyTraits } from './signatures.ts';

/** A key with what its certificate allows. */
export interface PeerKey {
  readonly key: KeyObject;
  readonly traits: KeyTraits;
  /** Whether keyUsage lets it sign, and take part in RSA key exchange (RFC 5280 section 4.2.1.3); true where there is no keyUsage. */
  readonly maySign: boolean;
  readonly mayEncipher: boolean;
}

const KEY_USAGE = CERTIFICATE_EXTENSION.keyUsage;
const known = new WeakMap<CertificateView, PeerKey>();

/**
 * The key of a certificate.
 *
 * @throws TlsFailure `certificate_undecodable`, `certificate_key_unusable`
 */
export function peerKey(der: Uint8Array): PeerKey {
  const view = decodeCertificate(der);
  let found = known.get(view);
  if (!found) known.set(view, (found = read(view.certificate)));
  return found;
}

function read(certificate: Certificate): PeerKey {
  const usage = keyUsage(certificate);
  const key = keyOf(certificate.spki);
  const traits = key && traitsOf(key);
  if (!key || !traits) return fail('certificate_key_unusable', certificate.keyAlgorithm.oid);
  const { publicExponent = 3n } = key.asymmetricKeyDetails ?? {};
  // an exponent of 1 encrypts nothing, an even one has no private key (RFC 8017 section 3.1)
  if (publicExponent < 3n || publicExponent % 2n === 0n)
    fail('certificate_key_unusable', `an exponent of ${publicExponent}`);
  return {
    key,
    traits,
    maySign: usage === undefined || (usage & 0x80) !== 0,
    mayEncipher: usage === undefined || (usage & 0x20) !== 0,
  };
}

function decodeCertificate(der: Uint8Array): CertificateView {
  try {
    return parsedCertificate(der);
  } catch (error) {
    return fail('certificate_undecodable', error instanceof Error ? error.message : undefined);
  }
}

function keyOf(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** The first octet of the keyUsage bits; undefined where there is none. */
function keyUsage(certificate: Certificate): number | undefined {
  const extension = certificate.extension(KEY_USAGE);
  if (!extension) return undefined;
  try {
    // a BIT STRING: the number of unused bits, then the bits
    return readDer(extension.value).content[1] ?? 0;
  } catch {
    return fail('certificate_undecodable', 'keyUsage');
  }
}
