/** Values of the structures of CMS (RFC 5652). Field names are OpenSSL's, which are the RFC's but for a few. */
import type { AnyValue, BitString, Choice } from '../der/template.ts';
import type { AlgorithmItem, AttributeItem, WithDer } from '../x509/items.ts';
import type { Name } from '../x509/name.ts';
import type { Time } from '../x509/time.ts';

export interface IssuerAndSerial {
  readonly issuer: Name;
  /** Content octets, two's complement. */
  readonly serialNumber: Buffer;
}

/** SignerIdentifier (section 5.3) and RecipientIdentifier (section 6.2.1). */
export type Identifier = Choice<{ issuerAndSerialNumber: IssuerAndSerial; subjectKeyIdentifier: Buffer }>;

/** CertificateChoices (section 10.2.2); those that are no certificates are not looked into. */
export type CertificateChoice = Choice<{
  certificate: WithDer;
  extendedCertificate: Buffer;
  v1AttrCert: Buffer;
  v2AttrCert: Buffer;
  other: unknown;
}>;
export type RevocationChoice = Choice<{ crl: WithDer; other: unknown }>;

/** EncapsulatedContentInfo (section 5.2). */
export interface EncapsulatedContent {
  readonly eContentType: string;
  /** Undefined in a detached signature. */
  readonly eContent: Buffer | undefined;
}

/** SignerInfo (section 5.3). */
export interface SignerInfo {
  readonly version: Buffer;
  readonly sid: Identifier;
  readonly digestAlgorithm: AlgorithmItem;
  readonly signedAttrs: readonly AttributeItem[] | undefined;
  readonly signatureAlgorithm: AlgorithmItem;
  readonly signature: Buffer;
  readonly unsignedAttrs: readonly AttributeItem[] | undefined;
}

/** SignedData (section 5.1). */
export interface SignedData {
  readonly version: Buffer;
  readonly digestAlgorithms: readonly AlgorithmItem[];
  readonly encapContentInfo: EncapsulatedContent;
  readonly certificates: readonly CertificateChoice[] | undefined;
  readonly crls: readonly RevocationChoice[] | undefined;
  readonly signerInfos: readonly SignerInfo[];
}

/** EncryptedContentInfo (section 6.1). */
export interface EncryptedContent {
  readonly contentType: string;
  readonly contentEncryptionAlgorithm: AlgorithmItem;
  readonly encryptedContent: Buffer | undefined;
}

export interface KeyTransRecipient {
  readonly rid: Identifier;
  readonly keyEncryptionAlgorithm: AlgorithmItem;
  readonly encryptedKey: Buffer;
}

/** KeyAgreeRecipientInfo (section 6.2.2). */
export interface KeyAgreeRecipient {
  readonly originator: Choice<{
    issuerAndSerialNumber: IssuerAndSerial;
    subjectKeyIdentifier: Buffer;
    originatorKey: { readonly algorithm: AlgorithmItem; readonly publicKey: BitString };
  }>;
  readonly ukm: Buffer | undefined;
  readonly keyEncryptionAlgorithm: AlgorithmItem;
  readonly recipientEncryptedKeys: readonly {
    readonly rid: Choice<{
      issuerAndSerialNumber: IssuerAndSerial;
      rKeyId: { readonly subjectKeyIdentifier: Buffer; readonly date: Time | undefined };
    }>;
    readonly encryptedKey: Buffer;
  }[];
}

export interface KekRecipient {
  readonly kekid: { readonly keyIdentifier: Buffer };
  readonly keyEncryptionAlgorithm: AlgorithmItem;
  readonly encryptedKey: Buffer;
}

/** PasswordRecipientInfo (section 6.2.4). */
export interface PasswordRecipient {
  readonly keyDerivationAlgorithm: AlgorithmItem | undefined;
  readonly keyEncryptionAlgorithm: AlgorithmItem;
  readonly encryptedKey: Buffer;
}

/** RecipientInfo (section 6.2). */
export type RecipientInfo = Choice<{
  ktri: KeyTransRecipient;
  kari: KeyAgreeRecipient;
  kekri: KekRecipient;
  pwri: PasswordRecipient;
  ori: { readonly oriType: string; readonly oriValue: AnyValue | undefined };
}>;

/** EnvelopedData (section 6.1). */
export interface EnvelopedData {
  readonly recipientInfos: readonly RecipientInfo[];
  readonly encryptedContentInfo: EncryptedContent;
}

/** AuthEnvelopedData (RFC 5083 section 2.1). */
export interface AuthEnvelopedData {
  readonly recipientInfos: readonly RecipientInfo[];
  readonly authEncryptedContentInfo: EncryptedContent;
  readonly authAttrs: readonly AttributeItem[] | undefined;
  readonly mac: Buffer;
}

export interface DigestedData {
  readonly digestAlgorithm: AlgorithmItem;
  readonly encapContentInfo: EncapsulatedContent;
  readonly digest: Buffer;
}

export interface EncryptedData {
  readonly encryptedContentInfo: EncryptedContent;
}

export interface CompressedData {
  readonly compressionAlgorithm: AlgorithmItem;
  readonly encapContentInfo: EncapsulatedContent;
}

/** ContentInfo (section 3): a type and what belongs to it. */
export interface ContentInfo extends WithDer {
  readonly contentType: string;
  readonly content: unknown;
}
