/** Verification of OCSP responses and requests: who signed, and whether they may (RFC 6960 section 4.2.2.2), in OpenSSL's steps and words. */
import { createHash } from 'node:crypto';
import { TlskitError } from '../errors.ts';
import {
  CertificateView,
  verifyChain,
  type CertificateSource,
  type TrustStore,
  type VerifyError,
  type VerifyOptions,
} from '../verify/index.ts';
import { nameKey } from '../verify/name-key.ts';
import { Certificate } from '../x509/certificate.ts';
import type { Name } from '../x509/name.ts';
import { verifySignature } from '../x509/sign.ts';
import { digestOfId, isIssuedBy, sameIssuer } from './cert-id.ts';
import { OCSP_EXTENSION } from './extensions.ts';
import type { OcspRequest } from './request.ts';
import type { BasicOcspResponse } from './response.ts';

/** Why a message is not trusted; the text of each is what OpenSSL says. */
export type OcspFault =
  | 'signer_not_found'
  | 'signer_key'
  | 'signature'
  | 'signer_chain'
  | 'no_answers'
  | 'unknown_digest'
  | 'signer_usage'
  | 'signer_not_responsible'
  | 'not_signed'
  | 'requestor_name';

const WORDS: Readonly<Record<OcspFault, string>> = {
  signer_not_found: 'signer certificate not found',
  signer_key: 'no signer key',
  signature: 'signature failure',
  signer_chain: 'certificate verify error',
  no_answers: 'response contains no revocation data',
  unknown_digest: 'unknown message digest',
  signer_usage: 'missing ocspsigning usage',
  signer_not_responsible: 'root ca not trusted',
  not_signed: 'request not signed',
  requestor_name: 'unsupported requestorname type',
};

/** How a message is verified. Names in brackets are options of `openssl ocsp`. */
export interface OcspVerifyOptions extends Omit<VerifyOptions, 'untrusted' | 'goOn' | 'trusted' | 'time'> {
  readonly trusted: TrustStore;
  /** The time at which the signer's certificates should be valid, in milliseconds since 1970; undefined: dates do not count. */
  readonly time: number | undefined;
  /** Certificates among which the signer may be, before those of the message. [verify_other, VAfile] */
  readonly certificates?: readonly CertificateSource[] | undefined;
  /** Signers among `certificates` are trusted as they are. [trust_other, VAfile] */
  readonly trustCertificates?: boolean | undefined;
  /** The signer may not be among the certificates of the message. [no_intern] */
  readonly noIntern?: boolean | undefined;
  /** Do not check the signature. [no_signature_verify] */
  readonly noSignature?: boolean | undefined;
  /** Do not look at the signer's certificate at all. [no_cert_verify] */
  readonly noSignerCheck?: boolean | undefined;
  /** The message's certificates may not complete the signer's chain. [no_chain] */
  readonly noChain?: boolean | undefined;
  /** Do not check that the signer may answer for these certificates. [no_cert_checks] */
  readonly noResponsibility?: boolean | undefined;
  /** A root that is trusted for OCSP signing explicitly does not make its certificates signers for all. [no_explicit] */
  readonly noExplicit?: boolean | undefined;
}

/** What a verification of a message found. */
export interface OcspVerification {
  readonly ok: boolean;
  readonly fault?: OcspFault;
  /** One line: OpenSSL's words, and those of the chain's error. */
  readonly text?: string;
  /** The first error of the signer's chain. */
  readonly chainError?: VerifyError;
  /** The certificate whose key signed, where it was found. */
  readonly signer?: Certificate;
}

class Refused extends Error {
  readonly fault: OcspFault;
  readonly chainError: VerifyError | undefined;

  constructor(fault: OcspFault, chainError?: VerifyError) {
    super(chainError ? `${WORDS[fault]}: Verify error: ${chainError.text}` : WORDS[fault]);
    this.fault = fault;
    this.chainError = chainError;
  }
}

interface Signed {
  signer?: CertificateView;
}

function outcome(check: (found: Signed) => void): OcspVerification {
  const found: Signed = {};
  const signer = (): Pick<OcspVerification, 'signer'> => (found.signer ? { signer: found.signer.certificate } : {});
  try {
    check(found);
    return { ok: true, ...signer() };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { fault, message, chainError } = error;
    return { ok: false, fault, text: message, ...(chainError ? { chainError } : {}), ...signer() };
  }
}

/**
 * Verifies a response: that its signer is the issuer of all the certificates it answers for, or was charged by that issuer with answering
 * (extendedKeyUsage OCSPSigning), or is trusted for it here; that the chain of the signer is good, and the signature. What the answers say and from
 * when to when they hold is not looked at: see `ocspVerdict`. Whether the responder's own certificate has been revoked is asked where
 * `crlCheck` says so and it has no id-pkix-ocsp-nocheck (section 4.2.2.2.1).
 *
 * @throws TlskitError ERR_DER for certificates of the response that cannot be read
 */
export const verifyOcspResponse = (response: BasicOcspResponse, options: OcspVerifyOptions): OcspVerification =>
  outcome((found) => {
    const given = (options.certificates ?? []).map(viewOf);
    const along = response.certificates.map((certificate) => new CertificateView(certificate));
    const known = findResponder(response, given);
    const signer = known ?? (options.noIntern ? undefined : findResponder(response, along));
    if (!signer) throw new Refused('signer_not_found');
    found.signer = signer;
    if (!options.noSignature) checkSignature(signer, response);
    if (options.noSignerCheck || (known && options.trustCertificates)) return;
    // RFC 6960 section 4.2.2.2.1: as long as it lives, nobody asks after it
    const unasked = signer.certificate.extension(OCSP_EXTENSION.noCheck) ? { crlCheck: false } : {};
    const chain = signerChain(signer, options.noChain ? [] : [...along, ...given], { ...options, ...unasked });
    if (!options.noResponsibility) checkResponsible(response, chain, options);
  });

/**
 * Verifies a signed request: the requestor's name has to be the subject of the signer, and the signer's chain has to be good.
 *
 * @throws TlskitError ERR_DER for certificates of the request that cannot be read
 */
export const verifyOcspRequest = (request: OcspRequest, options: OcspVerifyOptions): OcspVerification =>
  outcome((found) => {
    const { signatureAlgorithm, signature, requestor, tbs } = request;
    if (!signatureAlgorithm || !signature) throw new Refused('not_signed');
    if (requestor?.kind !== 'directory') throw new Refused('requestor_name');
    const given = (options.certificates ?? []).map(viewOf);
    const along = request.certificates.map((certificate) => new CertificateView(certificate));
    const inside = options.noIntern ? undefined : named(along, requestor.value);
    const signer = inside ?? named(given, requestor.value);
    if (!signer) throw new Refused('signer_not_found');
    found.signer = signer;
    if (!options.noSignature) checkSignature(signer, { signatureAlgorithm, signature, tbs, signatureUnusedBits: 0 });
    if (options.noSignerCheck || (!inside && options.trustCertificates)) return;
    signerChain(signer, options.noChain ? [] : along, options);
  });

const viewOf = (source: CertificateSource): CertificateView => {
  if (source instanceof CertificateView) return source;
  return new CertificateView(source instanceof Certificate ? source : Certificate.read(source));
};

const named = (views: readonly CertificateView[], name: Name): CertificateView | undefined => {
  const key = nameKey(name);
  return views.find((view) => view.subjectKey === key);
};

function findResponder(
  { responder }: BasicOcspResponse,
  views: readonly CertificateView[],
): CertificateView | undefined {
  if (responder.kind === 'name') return named(views, responder.value);
  return views.find(({ certificate }) =>
    createHash('sha1').update(certificate.keyBits.bytes).digest().equals(responder.value),
  );
}

type Signature = Pick<BasicOcspResponse, 'signatureAlgorithm' | 'signature' | 'signatureUnusedBits' | 'tbs'>;

function checkSignature(signer: CertificateView, signed: Signature): void {
  const key = attempt(() => signer.publicKey);
  if (!key) throw new Refused('signer_key');
  const { signatureAlgorithm, signature, signatureUnusedBits, tbs } = signed;
  const good = attempt(() => verifySignature(signatureAlgorithm, tbs, signature, key));
  if (!good || signatureUnusedBits !== 0) throw new Refused('signature');
}

function signerChain(
  signer: CertificateView,
  untrusted: readonly CertificateView[],
  options: OcspVerifyOptions,
): readonly CertificateView[] {
  const { purpose = 'ocsphelper' } = options;
  const { errors, chain } = verifyChain(signer, { ...options, purpose, untrusted, goOn: () => false });
  const [first] = errors;
  if (first) throw new Refused('signer_chain', first);
  return chain;
}

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** The answers' issuer has signed, or has charged the signer with signing, or the root is trusted for signing whatever it may be. */
function checkResponsible(
  { responses }: BasicOcspResponse,
  chain: readonly CertificateView[],
  options: OcspVerifyOptions,
): void {
  const [signer, above] = chain as [CertificateView, CertificateView | undefined];
  const [first, ...others] = responses.map(({ id }) => id);
  if (!first) throw new Refused('no_answers');
  let fault: OcspFault = 'signer_not_responsible';
  // several issuers with one digest: nobody can be all of them
  const mixed = others.some((id) => id.algorithm.oid === first.algorithm.oid && !sameIssuer(id, first));
  if (!mixed) {
    const ids = [first, ...others];
    if (ids.some((id) => !digestOfId(id))) throw new Refused('unknown_digest');
    const issuedBy = ({ certificate }: CertificateView): boolean => ids.every((id) => isIssuedBy(id, certificate));
    if (above && issuedBy(above)) {
      if (signer.traits.marks?.uses?.has(OCSP_SIGNING)) return;
      fault = 'signer_usage';
    } else if (issuedBy(signer)) return;
  }
  const { trust, reject } = (chain.at(-1) as CertificateView).certificate.trust ?? {};
  const explicit = trust?.includes(OCSP_SIGNING) && !reject?.includes(OCSP_SIGNING);
  if (!explicit || options.noExplicit) throw new Refused(fault);
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}
