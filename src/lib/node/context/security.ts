/** Security levels (SSL_CTX_set_security_level(3)) as they bear on what is our own. What they want of a peer is the verdict's. */
import { CertificateView } from '../../verify/certificate.ts';
import { keySecurity, signatureSecurity } from '../../verify/strength.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { opensslError } from '../errors/openssl.ts';
import { OPENSSL_32 } from '../platform.ts';

// from 3.2 on OpenSSL leaves the signatures of its own certificates to its peers
const CHECKS_DIGESTS = !OPENSSL_32;

/** Bits of security that a level wants. */
const LEVEL_BITS = [0, 80, 112, 128, 192, 256] as const;

export const bitsOf = (level: number): number => LEVEL_BITS[Math.min(level, 5)] as number;

/** Bits that a Diffie-Hellman prime must have: 1024 at the least, as in OpenSSL. */
const PRIME_BITS = [1024, 1024, 2048, 3072, 7680, 15_360] as const;

export const primeBitsOf = (level: number): number => PRIME_BITS[Math.min(level, 5)] as number;

const known = new WeakMap<Certificate, number>();

/** Bits of security of a certificate's key. */
export function securityOf(certificate: Certificate): number {
  let bits = known.get(certificate);
  if (bits === undefined) known.set(certificate, (bits = keySecurity(new CertificateView(certificate))));
  return bits;
}

/**
 * Refuses certificates of our own that are too weak for a level.
 *
 * @throws ERR_SSL_EE_KEY_TOO_SMALL, ERR_SSL_CA_KEY_TOO_SMALL, ERR_SSL_CA_MD_TOO_WEAK
 */
export function checkOwnChain(chain: readonly Certificate[], level: number): void {
  if (level <= 0) return;
  for (const [depth, certificate] of chain.entries()) {
    if (securityOf(certificate) < bitsOf(level)) {
      throw depth === 0 ? opensslError('ssl', 399, 'ee key too small') : opensslError('ssl', 397, 'ca key too small');
    }
    // what signed itself is trusted, or not, without its signature
    const selfSigned = certificate.issuer.der.equals(certificate.subject.der);
    if (CHECKS_DIGESTS && !selfSigned && signatureSecurity(certificate.signatureAlgorithm) < bitsOf(level)) {
      throw opensslError('ssl', 398, 'ca md too weak');
    }
  }
}
