/** Certificates: the messages of both generations, their requests, proofs, compression and status. */
import { opaque, struct, u24, uint, vector, type Schema } from '../../codec/index.ts';
import { CERTIFICATE_COMPRESSIONS, CLIENT_CERTIFICATE_TYPES } from '../../registry/tls-codes.ts';
import { SIGNATURE_SCHEMES } from '../../registry/tls-signatures.ts';
import { extensionList, type Extension } from './extensions.ts';

/** A certificate with what belongs to it: OCSP response, timestamps. */
export interface CertificateEntry {
  /** DER of the certificate, or of a SubjectPublicKeyInfo (RFC 7250). */
  readonly data: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** Certificate of TLS 1.3. */
export interface Certificate {
  /** Empty inside of the handshake. */
  readonly context: Uint8Array;
  readonly entries: readonly CertificateEntry[];
}

/** RFC 8446 section 4.4.2. */
export const certificate: Schema<Certificate> = struct({
  context: opaque(1),
  entries: vector(3, struct({ data: opaque(3, 1), extensions: extensionList('CT') })),
});

/** Certificate before TLS 1.3: DER, the end entity first (RFC 5246 section 7.4.2). */
export const certificate12: Schema<readonly Uint8Array[]> = vector(3, opaque(3, 1));

/** Certificate of TLS 1.2 with a raw public key: a SubjectPublicKeyInfo (RFC 7250 section 3). */
export const rawKeyCertificate12: Schema<Uint8Array> = opaque(3, 1);

/** CompressedCertificate. */
export interface CompressedCertificate {
  readonly algorithm: number;
  /** Octets of the Certificate message, decompressed. */
  readonly length: number;
  readonly message: Uint8Array;
}

/** RFC 8879 section 4. */
export const compressedCertificate: Schema<CompressedCertificate> = struct({
  algorithm: uint(2, CERTIFICATE_COMPRESSIONS),
  length: u24,
  message: opaque(3, 1),
});

/** CertificateRequest of TLS 1.3. */
export interface CertificateRequest {
  /** Empty inside of the handshake; unique for each request after it. */
  readonly context: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** RFC 8446 section 4.3.2. */
export const certificateRequest: Schema<CertificateRequest> = struct({
  context: opaque(1),
  extensions: extensionList('CR', 2),
});

/** CertificateRequest before TLS 1.2. */
export interface CertificateRequest10 {
  readonly types: readonly number[];
  /** DER names; an empty list means any. */
  readonly authorities: readonly Uint8Array[];
}

/** CertificateRequest of TLS 1.2. */
export interface CertificateRequest12 extends CertificateRequest10 {
  readonly schemes: readonly number[];
}

const types = vector(1, uint(1, CLIENT_CERTIFICATE_TYPES), 1);
const authorities = vector(2, opaque(2, 1));

/** RFC 5246 section 7.4.4. */
export const certificateRequest12: Schema<CertificateRequest12> = struct({
  types,
  schemes: vector(2, uint(2, SIGNATURE_SCHEMES), 2, 2 ** 16 - 2),
  authorities,
});

/** RFC 4346 section 7.4.4; SSLv3 has the same. */
export const certificateRequest10: Schema<CertificateRequest10> = struct({ types, authorities });

/** A signature with its scheme. */
export interface SignedWith {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

/** CertificateVerify of TLS 1.2 and 1.3 (RFC 8446 section 4.4.3, RFC 5246 section 7.4.8). */
export const certificateVerify: Schema<SignedWith> = struct({
  scheme: uint(2, SIGNATURE_SCHEMES),
  signature: opaque(2),
});

/** CertificateVerify before TLS 1.2, whose scheme follows from the key (RFC 4346 section 7.4.8). */
export const certificateVerify10: Schema<Uint8Array> = opaque(2);

export { certificateStatus, type CertificateStatus } from './extension-bodies.ts';
