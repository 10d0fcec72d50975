/** Signed data (RFC 5652 section 5): the certificates and CRLs in it, and whether its signatures are good. */
import { createHash } from 'node:crypto';
import { digestByOid, type Digest } from '../crypto/digests.ts';
import { CLASS, TAG, decodeOid, element } from '../der/index.ts';
import { readTemplate, type AnyValue } from '../der/template.ts';
import { verifyData } from '../dgst/sign.ts';
import { fail, TlskitError } from '../errors.ts';
import { PublicKey } from '../keys/model.ts';
import { Certificate } from '../x509/certificate.ts';
import type { AttributeItem } from '../x509/items.ts';
import { serialHex } from '../x509/serial.ts';
import { verifySignature } from '../x509/sign.ts';
import { timeOf, type Time } from '../x509/time.ts';
import { CertificateView } from '../verify/certificate.ts';
import { nameKey } from '../verify/name-key.ts';
import { CONTENT } from './items.ts';
import { derOf } from './normal.ts';
import { PKCS7 } from './pkcs7-items.ts';
import type { ContentInfo, Identifier, SignedData, SignerInfo } from './types.ts';

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';

/** The signed data of a ContentInfo. Throws ERR_FORMAT when it is something else. */
export function signedDataOf(info: ContentInfo): SignedData {
  if (info.contentType !== CONTENT.signedData) fail('ERR_FORMAT', 'content type not signed data');
  return info.content as SignedData;
}

/** Certificates and CRLs that come with a message, in their order; what is neither is left out. */
export interface Enclosed {
  readonly certificates: readonly Certificate[];
  /** In DER. */
  readonly crls: readonly Buffer[];
}

/** What comes along in signed data, and in PKCS#7's signed and enveloped data; nothing in other types. */
export function enclosedIn(info: ContentInfo): Enclosed {
  if (info.contentType === CONTENT.signedAndEnvelopedData) {
    const { d } = readTemplate(PKCS7.type, info.der, 'PKCS7').value;
    const { cert = [], crl = [] } = d as { cert?: readonly { der: Buffer }[]; crl?: readonly { der: Buffer }[] };
    return { certificates: cert.map(({ der }) => Certificate.read(der)), crls: crl.map(({ der }) => der) };
  }
  if (info.contentType !== CONTENT.signedData) return { certificates: [], crls: [] };
  const { certificates = [], crls = [] } = info.content as SignedData;
  return {
    certificates: certificates.flatMap((choice) =>
      choice.kind === 'certificate' ? [Certificate.read(choice.value.der)] : [],
    ),
    crls: crls.flatMap((choice) => (choice.kind === 'crl' ? [choice.value.der] : [])),
  };
}

/** What was found about one signer. */
export interface SignerVerdict {
  readonly signer: SignerInfo;
  /** The signer's certificate; undefined when none fits. */
  readonly certificate: Certificate | undefined;
  readonly digest: string | undefined;
  /** The signing-time attribute: the signer's word only. */
  readonly signingTime: Time | undefined;
  /** Why the signature is not good; undefined when it is. Whether the signer is to be trusted is another question. */
  readonly fault: string | undefined;
}

/** Checks that are left out: signatures over attributes, the content's digest or signature. */
export interface SkippedChecks {
  readonly attributes?: boolean;
  readonly content?: boolean;
}

/**
 * Checks every signature over a content.
 *
 * @param candidates certificates among which the signers are looked for
 * @throws TlskitError ERR_FORMAT when there is no signer
 */
export function verifySigners(
  signed: SignedData,
  content: Uint8Array,
  candidates: readonly Certificate[],
  skip: SkippedChecks = {},
): SignerVerdict[] {
  if (signed.signerInfos.length === 0) fail('ERR_FORMAT', 'no signers');
  return signed.signerInfos.map((signer) => {
    const certificate = candidates.find((one) => identifies(signer.sid, one));
    const digest = digestByOid(signer.digestAlgorithm.algorithm);
    const time = attribute(signer, SIGNING_TIME);
    return {
      signer,
      certificate,
      digest: digest?.name,
      signingTime: time && timeOf(time.tag, time.value),
      fault: certificate
        ? fault(signed, signer, certificate, { digest, content, skip })
        : 'signer certificate not found',
    };
  });
}

/** Whether an identifier means this certificate. */
export function identifies(sid: Identifier, certificate: Certificate): boolean {
  if (sid.kind === 'subjectKeyIdentifier')
    return new CertificateView(certificate).traits.subjectKeyId?.equals(sid.value) === true;
  const { issuer, serialNumber } = sid.value;
  return serialHex(serialNumber) === serialHex(certificate.serial) && nameKey(issuer) === nameKey(certificate.issuer);
}

interface Signed {
  readonly digest: Digest | undefined;
  readonly content: Uint8Array;
  readonly skip: SkippedChecks;
}

function fault(
  signed: SignedData,
  signer: SignerInfo,
  certificate: Certificate,
  { digest, content, skip }: Signed,
): string | undefined {
  if (!digest) return `unknown digest algorithm ${signer.digestAlgorithm.algorithm}`;
  if (!signer.signedAttrs)
    return skip.content || good(signer, certificate, content) ? undefined : 'verification failure';
  const type = attribute(signer, CONTENT_TYPE);
  const wanted = attribute(signer, MESSAGE_DIGEST);
  if (!type || !wanted) return 'the signed attributes lack a content type or a message digest';
  const known = readType(type);
  if (known !== signed.encapContentInfo.eContentType)
    return `the signed content type is ${known}, that of the content is ${signed.encapContentInfo.eContentType}`;
  const found = createHash(digest.node).update(content).digest();
  if (!skip.content && !found.equals(wanted.value))
    return 'content verify error: the content is not the one that was signed';
  return skip.attributes || good(signer, certificate, attributesToSign(signer.signedAttrs))
    ? undefined
    : 'verification failure';
}

const readType = (value: AnyValue): string | undefined => (value.tag === TAG.oid ? decodeOid(value.value) : undefined);

/** What is signed of the attributes: their SET in DER, in the order in which they came (section 5.4). */
const attributesToSign = (attributes: readonly AttributeItem[]): Buffer =>
  element(CLASS.universal, true, TAG.set, Buffer.concat(attributes.map(({ der }) => derOf(der))));

function attribute(signer: SignerInfo, oid: string): AnyValue | undefined {
  const found = signer.signedAttrs?.find(({ object }) => object === oid);
  return found?.set.length === 1 ? found.set[0] : undefined;
}

/** Signature algorithms that say the key only: the digest is the signer's (RFC 3370 section 3). */
const KEY_ALONE: ReadonlySet<string> = new Set(['1.2.840.113549.1.1.1', '1.2.840.10045.2.1', '1.2.840.10040.4.1']);

function good(signer: SignerInfo, certificate: Certificate, data: Uint8Array): boolean {
  const key = PublicKey.fromSpki(certificate.spki);
  const { algorithm: oid, parameter } = signer.signatureAlgorithm;
  try {
    if (!KEY_ALONE.has(oid)) return verifySignature({ oid, parameters: parameter }, data, signer.signature, key);
    return verifyData(key, data, signer.signature, { digest: digestByOid(signer.digestAlgorithm.algorithm) });
  } catch (error) {
    if (error instanceof TlskitError && error.code !== 'ERR_UNSUPPORTED') return false;
    throw error;
  }
}
