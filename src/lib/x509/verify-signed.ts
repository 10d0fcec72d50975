/** Signatures of certificates, requests and CRLs: all of what OpenSSL compares before it trusts the octets. */
import { readDer } from '../der/reader.ts';
import { fail } from '../errors.ts';
import { PublicKey } from '../keys/model.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateRequest } from './request.ts';
import type { AlgorithmIdentifier } from './schema.ts';
import { verifySignature } from './sign.ts';
import type { SignedData } from './signed.ts';

/**
 * Whether a key made a certificate's signature. False also where the algorithm inside is not the one outside (RFC 5280 section 4.1.1.2
 * wants them to be the same).
 *
 * @param options as for `verifySignature`
 * @throws TlskitError as `verifySignature`, and ERR_SIGNATURE for a signature that is not whole octets, or not
 *   DER where it has to be
 */
export function certificateSignedBy(
  certificate: Certificate,
  key: PublicKey,
  options: readonly string[] = [],
): boolean {
  return (
    sameAlgorithm(certificate.signatureAlgorithm, certificate.tbsSignatureAlgorithm) &&
    signedBy(certificate, key, options)
  );
}

/**
 * Whether a key made a request's signature.
 *
 * @param options as for `verifySignature`
 * @throws TlskitError as `verifySignature`, and ERR_SIGNATURE for a signature that is not whole octets, or not
 *   DER where it has to be
 */
export function requestSignedBy(request: CertificateRequest, key: PublicKey, options: readonly string[] = []): boolean {
  return signedBy(request, key, options);
}

/**
 * Whether a request is signed with the key that it holds (RFC 2986 section 4.2: proof of possession).
 *
 * @param options as for `verifySignature`
 * @throws TlskitError as `requestSignedBy`, and ERR_KEY for a key that cannot be read
 */
export function requestSignedByItself(request: CertificateRequest, options: readonly string[] = []): boolean {
  return requestSignedBy(request, PublicKey.fromSpki(request.spki), options);
}

/** A signature that its algorithm outside names alone; the structure that is signed may name another one inside. */
export function signedBy(
  signed: Pick<SignedData<never>, 'tbs' | 'signature' | 'signatureAlgorithm' | 'signatureUnusedBits'>,
  key: PublicKey,
  options: readonly string[],
): boolean {
  // neither is "false": OpenSSL tells a signature that cannot be checked from one that does not fit, and `req -verify` exits with 1 for it alone
  if (signed.signatureUnusedBits !== 0) {
    fail(
      'ERR_SIGNATURE',
      `the signature is not whole octets: ${signed.signatureUnusedBits} bits of the last are unused`,
    );
  }
  const good = verifySignature(signed.signatureAlgorithm, signed.tbs, signed.signature, key, options);
  if (!good && (key.type === 'ec' || key.type === 'dsa') && !isNumberPair(signed.signature)) {
    fail('ERR_SIGNATURE', `the signature is not two numbers in DER, as signatures of ${key.info.label} keys are`);
  }
  return good;
}

/** Whether octets are a SEQUENCE of two numbers: Ecdsa-Sig-Value, Dss-Sig-Value (RFC 3279 sections 2.2.2 and 2.2.3). */
function isNumberPair(signature: Uint8Array): boolean {
  try {
    const numbers = readDer(signature).sequence('signature');
    return numbers.length === 2 && numbers.every((number) => number.integer('signature') >= 0n);
  } catch {
    return false;
  }
}

/** Absent parameters are not NULL, as in OpenSSL; the encoding's form does not count. */
export function sameAlgorithm(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  if (a.oid !== b.oid) return false;
  if (!a.parameters || !b.parameters) return a.parameters === b.parameters;
  return a.parameters.tag === b.parameters.tag && a.parameters.value.equals(b.parameters.value);
}
