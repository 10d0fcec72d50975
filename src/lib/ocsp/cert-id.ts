/** CertIDs (RFC 6960 section 4.1.1): a certificate by hashes of its issuer's name and key, and its serial number. */
import { createHash } from 'node:crypto';
import { digestByName, digestByOid, type Digest } from '../crypto/digests.ts';
import { nul, octetString, oid, seq, universal } from '../der/writer.ts';
import { TAG } from '../der/index.ts';
import { readTemplate } from '../der/template.ts';
import { fail } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { certIdType, type CertId } from './schema.ts';

/** What a CertID needs of an issuer. */
export type IssuerOf = Pick<Certificate, 'subject' | 'keyBits'>;

const hash = (digest: Digest, octets: Uint8Array): Buffer => createHash(digest.node).update(octets).digest();

/** A CertID of its parts. `algorithm` is an AlgorithmIdentifier in DER, as it stood in a request where the CertID answers one. */
function makeId(algorithm: Buffer, nameHash: Buffer, keyHash: Buffer, serial: Uint8Array): CertId {
  const der = seq(algorithm, octetString(nameHash), octetString(keyHash), universal(TAG.integer, serial));
  return readTemplate(certIdType, der, 'certificate ID').value;
}

/**
 * The CertID of a certificate.
 *
 * @param serial content octets of the serial number, as `certificate.serial` has them
 * @param digest a digest's name; SHA-1 is what responders understand (RFC 5019 section 2.1.1), SHA-256 what many do (RFC 9654)
 * @throws TlskitError ERR_USAGE for an unknown digest
 */
export function certIdOf(serial: Uint8Array, issuer: IssuerOf, digest = 'sha1'): CertId {
  const row = digestByName(digest);
  if (row?.oid === undefined) return fail('ERR_USAGE', `"${digest}" is no digest that a certificate ID can name`);
  // the NULL is what OpenSSL and RFC 5019's example write
  const algorithm = seq(oid(row.oid), nul());
  return makeId(algorithm, hash(row, issuer.subject.der), hash(row, issuer.keyBits.bytes), serial);
}

/** The digest of a CertID, undefined for one that tlskit does not have. */
export const digestOfId = ({ algorithm }: CertId): Digest | undefined => digestByOid(algorithm.oid);

/** Whether this is the CertID of a certificate of this issuer; undefined where its digest is unknown. */
export function isIssuedBy(id: CertId, issuer: IssuerOf): boolean | undefined {
  const digest = digestOfId(id);
  if (!digest) return undefined;
  return id.nameHash.equals(hash(digest, issuer.subject.der)) && id.keyHash.equals(hash(digest, issuer.keyBits.bytes));
}

/** Whether two CertIDs have the same digest and the same hashes of an issuer. */
export const sameIssuer = (a: CertId, b: CertId): boolean =>
  a.algorithm.oid === b.algorithm.oid && a.nameHash.equals(b.nameHash) && a.keyHash.equals(b.keyHash);

/** Whether two CertIDs are of the same certificate. False also where they have different digests. */
export const sameCertId = (a: CertId, b: CertId): boolean => sameIssuer(a, b) && a.serial.equals(b.serial);

/** Whether this is the CertID of a certificate with this serial number and issuer, whatever its digest. */
export const identifies = (id: CertId, serial: Uint8Array, issuer: IssuerOf): boolean =>
  id.serial.equals(serial) && isIssuedBy(id, issuer) === true;
