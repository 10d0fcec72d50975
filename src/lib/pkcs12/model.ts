/** What a PKCS#12 file holds (RFC 7292 section 4), as read. */
import type { DerNode } from '../der/index.ts';

/** Object identifiers of PKCS#12 and of what stands in it. */
export const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  crlBag: '1.2.840.113549.1.12.10.1.4',
  secretBag: '1.2.840.113549.1.12.10.1.5',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  sdsiCertificate: '1.2.840.113549.1.9.22.2',
  x509Crl: '1.2.840.113549.1.9.23.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  cspName: '1.3.6.1.4.1.311.17.1',
  localKeySet: '1.3.6.1.4.1.311.17.2',
  keyUsage: '2.5.29.15',
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  pbmac1: '1.2.840.113549.1.5.14',
  scrypt: '1.3.6.1.4.1.11591.4.11',
} as const;

/** An attribute of a bag or of a key. */
export interface BagAttribute {
  readonly oid: string;
  /** The elements of the SET of values; there may be none (Microsoft's local key set). */
  readonly values: readonly DerNode[];
}

interface BagBase {
  /** The bag's type in dotted form. */
  readonly oid: string;
  /** In the file's order; undefined where the SET itself is absent. */
  readonly attributes: readonly BagAttribute[] | undefined;
}

/** A private key in the clear. */
export interface KeyBag extends BagBase {
  readonly kind: 'key';
  /** PrivateKeyInfo (RFC 5208), exact octets. */
  readonly pkcs8: Buffer;
}

/** A private key encrypted on its own. */
export interface ShroudedKeyBag extends BagBase {
  readonly kind: 'shroudedKey';
  /** AlgorithmIdentifier of the encryption. */
  readonly algorithm: DerNode;
  readonly encrypted: Buffer;
}

export interface CertificateBag extends BagBase {
  readonly kind: 'certificate';
  /** x509Certificate or sdsiCertificate. */
  readonly type: string;
  /** X.509: the certificate's DER. SDSI: base64 text. Other types: the value as it stands. */
  readonly value: Buffer;
}

export interface CrlBag extends BagBase {
  readonly kind: 'crl';
  readonly type: string;
  readonly value: Buffer;
}

/** Whatever a program keeps under a type of its own; Java's keytool puts secret keys here. */
export interface SecretBag extends BagBase {
  readonly kind: 'secret';
  readonly type: string;
  readonly value: DerNode;
}

export interface NestedBag extends BagBase {
  readonly kind: 'safeContents';
  readonly bags: readonly Bag[];
}

/** A bag of a type that RFC 7292 does not have. */
export interface UnknownBag extends BagBase {
  readonly kind: 'unknown';
  readonly value: DerNode;
}

export type Bag = KeyBag | ShroudedKeyBag | CertificateBag | CrlBag | SecretBag | NestedBag | UnknownBag;

/** One part of the AuthenticatedSafe: bags in the clear, encrypted with the password, or something we cannot open. */
export type Safe =
  | { readonly kind: 'data'; readonly content: Buffer }
  | { readonly kind: 'encrypted'; readonly algorithm: DerNode; readonly encrypted: Buffer | undefined }
  | { readonly kind: 'other'; readonly oid: string };

/** MacData (RFC 7292 section 4). */
export interface MacData {
  /** AlgorithmIdentifier: a digest, or PBMAC1 (RFC 9579). */
  readonly algorithm: DerNode;
  /** The algorithm's identifier in dotted form. */
  readonly oid: string;
  readonly digest: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** The outer structure. Nothing has been verified or decrypted yet. */
export interface Pfx {
  readonly version: number;
  /** The octets that the MAC covers. */
  readonly authenticated: Buffer;
  readonly safes: readonly Safe[];
  readonly mac: MacData | undefined;
}
