/** PKCS#7 1.5 (RFC 2315) as items, as OpenSSL's `pkcs7 -print` shows it. CMS reads the same files; see items.ts. */
import {
  ANY,
  exp,
  impManyOpt,
  impOpt,
  INTEGER,
  many,
  OBJECT,
  OCTETS,
  one,
  sequenceItem,
  type Item,
  type ItemField,
} from '../der/item.ts';
import { lazily } from '../der/template.ts';
import { X509, X509_ALGOR, X509_ATTRIBUTE, X509_CRL, X509_NAME } from '../x509/items.ts';
import { CONTENT } from './items.ts';

const IssuerAndSerial = sequenceItem('PKCS7_ISSUER_AND_SERIAL', { issuer: one(X509_NAME), serial: one(INTEGER) });

const SignerInfo = sequenceItem('PKCS7_SIGNER_INFO', {
  version: one(INTEGER),
  issuer_and_serial: one(IssuerAndSerial),
  digest_alg: one(X509_ALGOR),
  auth_attr: impManyOpt(0, X509_ATTRIBUTE),
  digest_enc_alg: one(X509_ALGOR),
  enc_digest: one(OCTETS),
  unauth_attr: impManyOpt(1, X509_ATTRIBUTE),
});

const RecipientInfo = sequenceItem('PKCS7_RECIP_INFO', {
  version: one(INTEGER),
  issuer_and_serial: one(IssuerAndSerial),
  key_enc_algor: one(X509_ALGOR),
  enc_key: one(OCTETS),
});

const EncryptedContent = sequenceItem('PKCS7_ENC_CONTENT', {
  content_type: one(OBJECT),
  algorithm: one(X509_ALGOR),
  enc_data: impOpt(0, OCTETS),
});

interface Pkcs7Value {
  readonly type: string;
  readonly d: unknown;
  readonly der: Buffer;
}

/** A PKCS#7 inside of another one. */
const Inner: Item<Pkcs7Value> = {
  name: 'PKCS7',
  type: lazily(() => PKCS7.type),
  get shape() {
    return PKCS7.shape;
  },
};

const Signed = sequenceItem('PKCS7_SIGNED', {
  version: one(INTEGER),
  md_algs: many(X509_ALGOR),
  contents: one(Inner),
  cert: impManyOpt(0, X509),
  crl: impManyOpt(1, X509_CRL),
  signer_info: many(SignerInfo),
});
const Enveloped = sequenceItem('PKCS7_ENVELOPE', {
  version: one(INTEGER),
  recipientinfo: many(RecipientInfo),
  enc_data: one(EncryptedContent),
});
const SignedAndEnveloped = sequenceItem('PKCS7_SIGN_ENVELOPE', {
  version: one(INTEGER),
  recipientinfo: many(RecipientInfo),
  md_algs: many(X509_ALGOR),
  enc_data: one(EncryptedContent),
  cert: impManyOpt(0, X509),
  crl: impManyOpt(1, X509_CRL),
  signer_info: many(SignerInfo),
});
const Digested = sequenceItem('PKCS7_DIGEST', {
  version: one(INTEGER),
  md: one(X509_ALGOR),
  contents: one(Inner),
  digest: one(OCTETS),
});
const Encrypted = sequenceItem('PKCS7_ENCRYPT', { version: one(INTEGER), enc_data: one(EncryptedContent) });

const CONTENTS: ReadonlyMap<unknown, ItemField<unknown>> = new Map<unknown, ItemField<unknown>>([
  [CONTENT.data, exp(0, OCTETS, 'd.data')],
  [CONTENT.signedData, exp(0, Signed, 'd.sign')],
  [CONTENT.envelopedData, exp(0, Enveloped, 'd.enveloped')],
  [CONTENT.signedAndEnvelopedData, exp(0, SignedAndEnveloped, 'd.signed_and_enveloped')],
  [CONTENT.digestedData, exp(0, Digested, 'd.digest')],
  [CONTENT.encryptedData, exp(0, Encrypted, 'd.encrypted')],
]);
const OTHER = exp(0, ANY, 'd.other');

/** ContentInfo of PKCS#7 (RFC 2315 section 7); the content may be absent. */
export const PKCS7: Item<Pkcs7Value> = sequenceItem<Omit<Pkcs7Value, 'der'>>('PKCS7', {
  type: one(OBJECT),
  d: { of: ({ type }) => CONTENTS.get(type) ?? OTHER, optional: true },
});
