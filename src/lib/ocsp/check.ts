/** OCSP responses as an input of the verification of chains. */
import { TlskitError } from '../errors.ts';
import type { StatusCheck } from '../verify/index.ts';
import { OcspResponse } from './response.ts';
import { ocspVerdict, type OcspVerdict, type OcspVerdictOptions } from './verdict.ts';

/**
 * What some responses know of certificates, for `verifyChain`: those that a server stapled, that were asked for before, or that lie about. Of several
 * that speak of a certificate a good proof of revocation counts first, then one of goodness.
 *
 * @param responses in DER (strictly), or read already
 * @example
 * const ocsp = ocspCheck([stapled], { time: Date.now() });
 * verifyChain(leaf, { trusted, untrusted, time: Date.now(), purpose: 'sslserver', ocsp });
 */
export function ocspCheck(
  responses: Iterable<Uint8Array | OcspResponse>,
  options: Omit<OcspVerdictOptions, 'nonce'>,
): StatusCheck {
  const read = Array.from(responses, readable);
  return (certificate, issuer) => {
    const verdicts = read.map((response) =>
      response ? ocspVerdict(response, certificate.certificate, issuer.certificate, options) : UNREADABLE,
    );
    const of = (status: OcspVerdict['status']): boolean => verdicts.some((verdict) => verdict.status === status);
    if (of('revoked')) return 'CERT_REVOKED';
    if (of('good')) return undefined;
    if (of('unknown')) return 'OCSP_CERT_UNKNOWN';
    const errors = verdicts.flatMap((verdict) => (verdict.status === 'invalid' ? [verdict.error] : []));
    // responses about other certificates are no fault of this one's
    return errors.find((error) => error !== 'OCSP_NO_RESPONSE') ?? 'OCSP_NO_RESPONSE';
  };
}

const UNREADABLE: OcspVerdict = { status: 'invalid', text: 'no OCSP response', error: 'OCSP_RESP_INVALID' };

function readable(response: Uint8Array | OcspResponse): OcspResponse | undefined {
  if (response instanceof OcspResponse) return response;
  try {
    return OcspResponse.read(response, { strictness: 'der' });
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}
