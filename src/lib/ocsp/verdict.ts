/** What a response says of one certificate, when everything that has to be checked was checked. */
import { TlskitError } from '../errors.ts';
import { TrustStore, type CertificateSource } from '../verify/index.ts';
import type { Certificate } from '../x509/certificate.ts';
import { identifies } from './cert-id.ts';
import { ocspTimeFaults, type FreshnessOptions, type OcspTimeFault } from './freshness.ts';
import { OcspResponse, type SingleResponse } from './response.ts';
import { verifyOcspResponse, type OcspVerifyOptions } from './verify.ts';

/** How to judge a response. */
export interface OcspVerdictOptions extends FreshnessOptions, Omit<OcspVerifyOptions, 'trusted' | 'time'> {
  /** Trusted certificates. Without them the issuer alone may sign, or whom it charged with it. */
  readonly trusted?: TrustStore | undefined;
  /** The nonce that was sent; a response without it, or with another one, is refused. Undefined: none was sent, or none is asked for. */
  readonly nonce?: Uint8Array | undefined;
}

/** The verdict. `invalid`: the response proves nothing; `text` says why. */
export type OcspVerdict =
  | { readonly status: 'good' | 'unknown'; readonly single: SingleResponse }
  | {
      readonly status: 'revoked';
      readonly single: SingleResponse;
      /** When, in milliseconds since 1970. */
      readonly time: number | undefined;
      /** CRLReason's number (RFC 5280 section 5.3.1). */
      readonly reason: number | undefined;
    }
  | { readonly status: 'invalid'; readonly text: string; readonly error: OcspVerdictError };

/** OpenSSL 3.6's names for what is wrong with a response (see `verifyCodeByName`). */
export type OcspVerdictError =
  'OCSP_RESP_INVALID' | 'OCSP_SIGNATURE_FAILURE' | 'OCSP_NOT_YET_VALID' | 'OCSP_HAS_EXPIRED' | 'OCSP_NO_RESPONSE';

const invalid = (text: string, error: OcspVerdictError = 'OCSP_RESP_INVALID'): OcspVerdict => ({
  status: 'invalid',
  text,
  error,
});

/**
 * Judges a certificate by a response, be it stapled or asked for: right response, right signer, fresh, about this certificate. Octets are read as
 * strict DER. Nothing is thrown for a response that is no good: the verdict is then `invalid`.
 *
 * @example
 * const verdict = ocspVerdict(response, certificate, issuer, { time: Date.now() });
 * if (verdict.status === 'revoked') console.log('revoked', new Date(verdict.time ?? 0));
 */
export function ocspVerdict(
  response: Uint8Array | OcspResponse,
  certificate: Pick<Certificate, 'serial'>,
  issuer: Certificate,
  options: OcspVerdictOptions,
): OcspVerdict {
  try {
    const read = response instanceof OcspResponse ? response : OcspResponse.read(response, { strictness: 'der' });
    return judge(read, certificate, issuer, options);
  } catch (error) {
    if (error instanceof TlskitError) return invalid(error.message);
    throw error;
  }
}

function judge(
  response: OcspResponse,
  certificate: Pick<Certificate, 'serial'>,
  issuer: Certificate,
  options: OcspVerdictOptions,
): OcspVerdict {
  if (response.statusCode !== 0) return invalid(`the responder answers ${response.statusText}`);
  const { basic } = response;
  const { nonce } = options;
  if (nonce && !basic.nonce) return invalid('no nonce in the response');
  if (nonce && !basic.nonce?.equals(nonce)) return invalid('the nonce of the response is not the one that was sent');
  const matching = basic.responses.filter(({ id }) => identifies(id, certificate.serial, issuer));
  if (matching.length === 0) return invalid('the response says nothing of this certificate', 'OCSP_NO_RESPONSE');
  const verification = verifyOcspResponse(basic, verifyOptions(issuer, options));
  if (!verification.ok) return invalid(verification.text ?? 'not trusted', 'OCSP_SIGNATURE_FAILURE');
  const current = matching.filter((single) => ocspTimeFaults(single, options).length === 0);
  // of answers that contradict each other the worse one counts
  const fresh = current.find(({ status }) => status === 'revoked') ?? current[0];
  if (!fresh) return stale(ocspTimeFaults(matching[0] as SingleResponse, options));
  if (fresh.status !== 'revoked') return { status: fresh.status, single: fresh };
  return { status: 'revoked', single: fresh, time: fresh.revocationTime?.ms, reason: fresh.reason };
}

function stale(faults: readonly OcspTimeFault[]): OcspVerdict {
  const early = faults.includes('status not yet valid');
  const late = faults.includes('status expired') || faults.includes('status too old');
  return invalid(faults.join(', '), early ? 'OCSP_NOT_YET_VALID' : late ? 'OCSP_HAS_EXPIRED' : 'OCSP_RESP_INVALID');
}

/** The issuer may sign by itself, and may be the end of the signer's chain: who judges a certificate has judged its issuer before. */
function verifyOptions(issuer: Certificate, options: OcspVerdictOptions): OcspVerifyOptions {
  const certificates: CertificateSource[] = [...(options.certificates ?? []), issuer];
  if (options.trusted) return { ...options, trusted: options.trusted, certificates };
  return { ...options, trusted: new TrustStore([issuer]), certificates, partialChain: true };
}
