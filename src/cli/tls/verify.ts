/** The verification of a peer as s_client and s_server have it: OpenSSL's lines on stderr, its number kept, the connection ended only where that is asked for. */
import type { AlertName } from '../../lib/registry/tls-alerts.ts';
import type { Crl } from '../../lib/crl/index.ts';
import { verifyCode } from '../../lib/registry/verify-errors.ts';
import { ocspCheck } from '../../lib/ocsp/index.ts';
import { nameText, type NameOptions } from '../../lib/text/name.ts';
import { policiesText } from '../../lib/text/policies.ts';
import { timeText } from '../../lib/text/time.ts';
import type { PeerIdentity, Rejection, RejectionReason } from '../../lib/tls/index.ts';
import {
  parsedCertificate,
  verifyChain,
  type CertificateView,
  type StatusCheck,
  type TrustStore,
  type VerifyResult,
  type VerifyStep,
} from '../../lib/verify/index.ts';
import type { Name } from '../../lib/x509/name.ts';
import { downloadCrls } from '../crl-download.ts';
import type { VerifySettings } from '../flags/trust.ts';

export interface PeerVerifierOptions {
  readonly trusted: TrustStore;
  readonly settings: VerifySettings;
  readonly nameOptions: NameOptions;
  /** -verify: errors at greater depths count as a chain that is too long. Undefined: every error is passed over. */
  readonly depth: number | undefined;
  /** -verify_return_error */
  readonly returnError: boolean;
  /** Show errors alone. */
  readonly quiet: boolean;
  /** Whether a failed verification ends the connection. */
  readonly enforced: boolean;
  /** Whether stapled OCSP responses have to call the first certificate good, or all but the root. */
  readonly ocsp?: 'leaf' | 'all' | undefined;
  /** Whether CRLs are fetched from where the certificates say they are. */
  readonly crlDownload: boolean;
  /** Takes the lines. */
  readonly say: (text: string) => void;
}

/** Judges the peer of one connection. */
export class PeerVerifier {
  /** OpenSSL's number: 0, or the last error's. */
  code = 0;
  /** The name of -verify_hostname that matched. */
  peerName: string | undefined;
  readonly #options: PeerVerifierOptions;

  constructor(options: PeerVerifierOptions) {
    this.#options = options;
  }

  readonly hook = (peer: PeerIdentity): Rejection | undefined | Promise<Rejection | undefined> => {
    const { crlDownload, settings } = this.#options;
    return crlDownload && settings.crlCheck ? this.#judgeWithCrls(peer) : this.#judge(peer);
  };

  /** The chain as it is without CRLs says where they are. */
  async #judgeWithCrls(peer: PeerIdentity): Promise<Rejection | undefined> {
    const { trusted, settings, say } = this.#options;
    const [leaf, ...untrusted] = peer.chain.map((der) => parsedCertificate(der, 'ber'));
    if (!leaf) return undefined;
    const { chain } = verifyChain(leaf, { ...settings, trusted, untrusted, alternatives: false, crlCheck: false });
    return this.#judge(peer, await downloadCrls(settings.crlCheckAll ? chain : chain.slice(0, 1), say));
  }

  #judge(peer: PeerIdentity, crls: readonly Crl[] = []): Rejection | undefined {
    const { trusted, settings, depth, returnError, enforced, ocsp } = this.#options;
    const chain = peer.chain.map((der) => parsedCertificate(der, 'ber'));
    const [leaf, ...untrusted] = chain;
    if (!leaf) return undefined;
    let stopped = false;
    const result = verifyChain(leaf, {
      ...settings,
      trusted,
      untrusted,
      alternatives: false,
      crls: [...(settings.crls ?? []), ...crls],
      ...(ocsp && { ocsp: statusCheck(peer), ocspAll: ocsp === 'all' }),
      goOn: (error) => {
        stopped = returnError || (depth !== undefined && error.depth > depth);
        return !stopped;
      },
    });
    this.code = result.code;
    this.peerName = result.ok ? settings.hosts?.[0] : undefined;
    const last = result.steps.length - 1;
    for (const [i, step] of result.steps.entries()) this.#show(step, stopped && i === last, result);
    if (!stopped || !enforced) return undefined;
    const { name, text } = verifyCode(result.code);
    return { reason: REASONS[name], alert: ALERTS[name] ?? 'certificate_unknown', detail: text };
  }

  #show({ ok, depth, code, certificate, policies }: VerifyStep, end: boolean, result: VerifyResult): void {
    const { say, quiet } = this.#options;
    const { name, text } = verifyCode(code);
    if (!quiet || !ok) say(`depth=${depth} ${this.#name(certificate?.certificate.subject) ?? '<no cert>'}\n`);
    if (!ok) say(`verify error:num=${code}:${text}\n`);
    if (certificate) this.#more(name, certificate);
    const known = result.policies && ((policies && code === 0) || name === 'NO_EXPLICIT_POLICY');
    if (known && !quiet) say(policiesText(result.policies));
    if (!end && !quiet) say(`verify return:${policies ? 2 : 1}\n`);
  }

  /** What goes with the last error: the issuer that is not there, dates that are not right. */
  #more(name: string, { certificate }: CertificateView): void {
    const { say } = this.#options;
    const { issuer, notBefore, notAfter } = certificate;
    if (name === 'UNABLE_TO_GET_ISSUER_CERT') say(`issuer= ${this.#name(issuer)}\n`);
    if (BEFORE.has(name)) say(`notBefore=${timeText(notBefore) ?? 'Bad time value'}\n`);
    if (AFTER.has(name)) say(`notAfter=${timeText(notAfter) ?? 'Bad time value'}\n`);
  }

  #name(name: Name | undefined): string | undefined {
    return name && nameText(name, this.#options.nameOptions);
  }
}

const BEFORE = new Set(['CERT_NOT_YET_VALID', 'ERROR_IN_CERT_NOT_BEFORE_FIELD']);
const AFTER = new Set(['CERT_HAS_EXPIRED', 'ERROR_IN_CERT_NOT_AFTER_FIELD']);

/** What the stapled responses say. */
function statusCheck({ ocsp, issuerOcsp }: PeerIdentity): StatusCheck {
  const responses = [ocsp, ...issuerOcsp].filter((response) => response !== undefined);
  return ocspCheck(responses, { time: Date.now() });
}

/** Errors of the verification as the engine's reasons; for others certificate_rejected. */
const REASONS: Readonly<Record<string, RejectionReason>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'certificate_unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate_unknown_ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate_unknown_ca',
  INVALID_CA: 'certificate_unknown_ca',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate_self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate_self_signed',
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_not_yet_valid',
  CERT_REVOKED: 'certificate_revoked',
  CERT_SIGNATURE_FAILURE: 'certificate_signature_bad',
  CA_MD_TOO_WEAK: 'certificate_signature_weak',
  INVALID_PURPOSE: 'certificate_purpose',
  HOSTNAME_MISMATCH: 'certificate_hostname',
  EMAIL_MISMATCH: 'certificate_hostname',
  IP_ADDRESS_MISMATCH: 'certificate_hostname',
  OCSP_CERT_UNKNOWN: 'certificate_status_bad',
  OCSP_RESP_INVALID: 'certificate_status_bad',
  OCSP_SIGNATURE_FAILURE: 'certificate_status_bad',
  OCSP_NOT_YET_VALID: 'certificate_status_bad',
  OCSP_HAS_EXPIRED: 'certificate_status_bad',
  OCSP_NO_RESPONSE: 'certificate_status_required',
};

/** The engine's reasons that are verdicts of a verify hook: it gives none of them by itself. */
const VERDICTS: ReadonlySet<string> = new Set<RejectionReason>(['certificate_rejected', ...Object.values(REASONS)]);

/** Whether a connection ended because the peer's certificates were refused here. */
export const isVerdict = ({ reason }: { readonly reason: string }): boolean => VERDICTS.has(reason);

/** The alerts that OpenSSL sends for errors of the verification. */
const ALERTS: Readonly<Record<string, AlertName>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown_ca',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown_ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown_ca',
  CERT_CHAIN_TOO_LONG: 'unknown_ca',
  PATH_LENGTH_EXCEEDED: 'unknown_ca',
  INVALID_CA: 'unknown_ca',
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_REVOKED: 'certificate_revoked',
  CERT_SIGNATURE_FAILURE: 'decrypt_error',
  INVALID_PURPOSE: 'unsupported_certificate',
  CERT_NOT_YET_VALID: 'bad_certificate',
  CERT_UNTRUSTED: 'bad_certificate',
  CERT_REJECTED: 'bad_certificate',
  HOSTNAME_MISMATCH: 'bad_certificate',
  EMAIL_MISMATCH: 'bad_certificate',
  IP_ADDRESS_MISMATCH: 'bad_certificate',
  EE_KEY_TOO_SMALL: 'bad_certificate',
  CA_KEY_TOO_SMALL: 'bad_certificate',
  CA_MD_TOO_WEAK: 'bad_certificate',
  OCSP_CERT_UNKNOWN: 'bad_certificate_status_response',
  OCSP_RESP_INVALID: 'bad_certificate_status_response',
  OCSP_SIGNATURE_FAILURE: 'bad_certificate_status_response',
  OCSP_NOT_YET_VALID: 'bad_certificate_status_response',
  OCSP_HAS_EXPIRED: 'bad_certificate_status_response',
  OCSP_NO_RESPONSE: 'bad_certificate_status_response',
};
