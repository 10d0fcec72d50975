/** Cryptographic Message Syntax (RFC 5652, 5083, 5084) as items. Names are OpenSSL's, whose text shows them. */
import {
  ANY,
  BITS,
  choiceItem,
  exp,
  expOpt,
  imp,
  impManyOpt,
  impOpt,
  INTEGER,
  many,
  OBJECT,
  OCTETS,
  one,
  opt,
  row,
  sequenceItem,
  type Item,
  type ItemField,
} from '../der/item.ts';
import { rawSequence } from '../der/template.ts';
import { TIME, X509, X509_ALGOR, X509_ATTRIBUTE, X509_CRL, X509_NAME } from '../x509/items.ts';
import type { ContentInfo } from './types.ts';

/** A SEQUENCE that is not looked into. */
const RAW: Item<Buffer> = { name: 'ASN1_SEQUENCE', type: rawSequence(), shape: { kind: 'raw' } };

/** Content types (RFC 5652 section 14), dotted. */
export const CONTENT = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  signedAndEnvelopedData: '1.2.840.113549.1.7.4',
  digestedData: '1.2.840.113549.1.7.5',
  encryptedData: '1.2.840.113549.1.7.6',
  authenticatedData: '1.2.840.113549.1.9.16.1.2',
  compressedData: '1.2.840.113549.1.9.16.1.9',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
} as const;

const IssuerAndSerial = sequenceItem('CMS_IssuerAndSerialNumber', {
  issuer: one(X509_NAME),
  serialNumber: one(INTEGER),
});
const OtherCertificate = sequenceItem('CMS_OtherCertificateFormat', {
  otherCertFormat: one(OBJECT),
  otherCert: opt(ANY),
});

/** CertificateChoices (section 10.2.2). */
const Certificates = choiceItem('CMS_CertificateChoices', {
  certificate: one(X509, 'd.certificate'),
  extendedCertificate: imp(0, RAW, 'd.extendedCertificate'),
  v1AttrCert: imp(1, RAW, 'd.v1AttrCert'),
  v2AttrCert: imp(2, RAW, 'd.v2AttrCert'),
  other: imp(3, OtherCertificate, 'd.other'),
});

/** SignerIdentifier and RecipientIdentifier: issuer and serial number, or key identifier. */
const SignerIdentifier = choiceItem('CMS_SignerIdentifier', {
  issuerAndSerialNumber: one(IssuerAndSerial, 'd.issuerAndSerialNumber'),
  subjectKeyIdentifier: imp(0, OCTETS, 'd.subjectKeyIdentifier'),
});

const EncapsulatedContent = sequenceItem('CMS_EncapsulatedContentInfo', {
  eContentType: one(OBJECT),
  eContent: expOpt(0, OCTETS),
});

/** SignerInfo (section 5.3). */
const SignerInfo = sequenceItem('CMS_SignerInfo', {
  version: one(INTEGER),
  sid: one(SignerIdentifier),
  digestAlgorithm: one(X509_ALGOR),
  signedAttrs: impManyOpt(0, X509_ATTRIBUTE),
  signatureAlgorithm: one(X509_ALGOR),
  signature: one(OCTETS),
  unsignedAttrs: impManyOpt(1, X509_ATTRIBUTE),
});

const OtherRevocation = sequenceItem('CMS_OtherRevocationInfoFormat', {
  otherRevInfoFormat: one(OBJECT),
  otherRevInfo: opt(ANY),
});
const RevocationChoice = choiceItem('CMS_RevocationInfoChoice', {
  crl: one(X509_CRL, 'd.crl'),
  other: imp(1, OtherRevocation, 'd.other'),
});

/** SignedData (section 5.1). */
const SignedData = sequenceItem('CMS_SignedData', {
  version: one(INTEGER),
  digestAlgorithms: many(X509_ALGOR),
  encapContentInfo: one(EncapsulatedContent),
  certificates: impManyOpt(0, Certificates),
  crls: impManyOpt(1, RevocationChoice),
  signerInfos: many(SignerInfo),
});

const OriginatorInfo = sequenceItem('CMS_OriginatorInfo', {
  certificates: impManyOpt(0, Certificates),
  crls: impManyOpt(1, RevocationChoice),
});

const EncryptedContent = sequenceItem('CMS_EncryptedContentInfo', {
  contentType: one(OBJECT),
  contentEncryptionAlgorithm: one(X509_ALGOR),
  encryptedContent: impOpt(0, OCTETS),
});

const KeyTransRecipient = sequenceItem('CMS_KeyTransRecipientInfo', {
  version: one(INTEGER),
  rid: one(SignerIdentifier),
  keyEncryptionAlgorithm: one(X509_ALGOR),
  encryptedKey: one(OCTETS),
});

const OtherKeyAttribute = sequenceItem('CMS_OtherKeyAttribute', { keyAttrId: one(OBJECT), keyAttr: opt(ANY) });
const RecipientKeyIdentifier = sequenceItem('CMS_RecipientKeyIdentifier', {
  subjectKeyIdentifier: one(OCTETS),
  date: opt(TIME),
  other: opt(OtherKeyAttribute),
});
const KeyAgreeRecipientIdentifier = choiceItem('CMS_KeyAgreeRecipientIdentifier', {
  issuerAndSerialNumber: one(IssuerAndSerial, 'd.issuerAndSerialNumber'),
  rKeyId: imp(0, RecipientKeyIdentifier, 'd.rKeyId'),
});
const RecipientEncryptedKey = sequenceItem('CMS_RecipientEncryptedKey', {
  rid: one(KeyAgreeRecipientIdentifier),
  encryptedKey: one(OCTETS),
});
const OriginatorPublicKey = sequenceItem('CMS_OriginatorPublicKey', {
  algorithm: one(X509_ALGOR),
  publicKey: one(BITS),
});
const Originator = choiceItem('CMS_OriginatorIdentifierOrKey', {
  issuerAndSerialNumber: one(IssuerAndSerial, 'd.issuerAndSerialNumber'),
  subjectKeyIdentifier: imp(0, OCTETS, 'd.subjectKeyIdentifier'),
  originatorKey: imp(1, OriginatorPublicKey, 'd.originatorKey'),
});
const KeyAgreeRecipient = sequenceItem('CMS_KeyAgreeRecipientInfo', {
  version: one(INTEGER),
  originator: exp(0, Originator),
  ukm: expOpt(1, OCTETS),
  keyEncryptionAlgorithm: one(X509_ALGOR),
  recipientEncryptedKeys: row(RecipientEncryptedKey),
});

const KekIdentifier = sequenceItem('CMS_KEKIdentifier', {
  keyIdentifier: one(OCTETS),
  date: opt(TIME),
  other: opt(OtherKeyAttribute),
});
const KekRecipient = sequenceItem('CMS_KEKRecipientInfo', {
  version: one(INTEGER),
  kekid: one(KekIdentifier),
  keyEncryptionAlgorithm: one(X509_ALGOR),
  encryptedKey: one(OCTETS),
});
const PasswordRecipient = sequenceItem('CMS_PasswordRecipientInfo', {
  version: one(INTEGER),
  keyDerivationAlgorithm: impOpt(0, X509_ALGOR),
  keyEncryptionAlgorithm: one(X509_ALGOR),
  encryptedKey: one(OCTETS),
});
const OtherRecipient = sequenceItem('CMS_OtherRecipientInfo', { oriType: one(OBJECT), oriValue: opt(ANY) });

/** RecipientInfo (section 6.2). */
const RecipientInfo = choiceItem('CMS_RecipientInfo', {
  ktri: one(KeyTransRecipient, 'd.ktri'),
  kari: imp(1, KeyAgreeRecipient, 'd.kari'),
  kekri: imp(2, KekRecipient, 'd.kekri'),
  pwri: imp(3, PasswordRecipient, 'd.pwri'),
  ori: imp(4, OtherRecipient, 'd.ori'),
});

/** EnvelopedData (section 6.1). */
const EnvelopedData = sequenceItem('CMS_EnvelopedData', {
  version: one(INTEGER),
  originatorInfo: impOpt(0, OriginatorInfo),
  recipientInfos: many(RecipientInfo),
  encryptedContentInfo: one(EncryptedContent),
  unprotectedAttrs: impManyOpt(1, X509_ATTRIBUTE),
});
const DigestedData = sequenceItem('CMS_DigestedData', {
  version: one(INTEGER),
  digestAlgorithm: one(X509_ALGOR),
  encapContentInfo: one(EncapsulatedContent),
  digest: one(OCTETS),
});
const EncryptedData = sequenceItem('CMS_EncryptedData', {
  version: one(INTEGER),
  encryptedContentInfo: one(EncryptedContent),
  unprotectedAttrs: impManyOpt(1, X509_ATTRIBUTE),
});
/** AuthEnvelopedData (RFC 5083 section 2.1). */
const AuthEnvelopedData = sequenceItem('CMS_AuthEnvelopedData', {
  version: one(INTEGER),
  originatorInfo: impOpt(0, OriginatorInfo),
  recipientInfos: many(RecipientInfo),
  authEncryptedContentInfo: one(EncryptedContent),
  authAttrs: impManyOpt(1, X509_ATTRIBUTE),
  mac: one(OCTETS),
  unauthAttrs: impManyOpt(2, X509_ATTRIBUTE),
});
const AuthenticatedData = sequenceItem('CMS_AuthenticatedData', {
  version: one(INTEGER),
  originatorInfo: impOpt(0, OriginatorInfo),
  recipientInfos: many(RecipientInfo),
  macAlgorithm: one(X509_ALGOR),
  digestAlgorithm: impOpt(1, X509_ALGOR),
  encapContentInfo: one(EncapsulatedContent),
  authAttrs: impManyOpt(2, X509_ATTRIBUTE),
  mac: one(OCTETS),
  unauthAttrs: impManyOpt(3, X509_ATTRIBUTE),
});
const CompressedData = sequenceItem('CMS_CompressedData', {
  version: one(INTEGER),
  compressionAlgorithm: one(X509_ALGOR),
  encapContentInfo: one(EncapsulatedContent),
});

const CONTENTS: ReadonlyMap<unknown, ItemField<unknown>> = new Map<unknown, ItemField<unknown>>([
  [CONTENT.data, exp(0, OCTETS, 'd.data')],
  [CONTENT.signedData, exp(0, SignedData, 'd.signedData')],
  [CONTENT.envelopedData, exp(0, EnvelopedData, 'd.envelopedData')],
  [CONTENT.digestedData, exp(0, DigestedData, 'd.digestedData')],
  [CONTENT.encryptedData, exp(0, EncryptedData, 'd.encryptedData')],
  [CONTENT.authEnvelopedData, exp(0, AuthEnvelopedData, 'd.authEnvelopedData')],
  [CONTENT.authenticatedData, exp(0, AuthenticatedData, 'd.authenticatedData')],
  [CONTENT.compressedData, exp(0, CompressedData, 'd.compressedData')],
]);
const OTHER = exp(0, ANY, 'd.other');

/** ContentInfo (section 3). */
export const CMS_ContentInfo: Item<ContentInfo> = sequenceItem<Omit<ContentInfo, 'der'>>('CMS_ContentInfo', {
  contentType: one(OBJECT),
  content: {
    of: ({ contentType }) => CONTENTS.get(contentType) ?? OTHER,
    optional: false,
  },
});
