/** Revocation by CRLs (RFC 5280 section 6.3). */
import type { Verification } from './options.ts';

/** A CRL as a verification takes it: octets. */
export type CrlSource = Uint8Array;

/**
 * Looks up what `options.crlCheck` and its kin ask for, after names and strengths and before signatures, as OpenSSL does. Called for every
 * chain; `state.parent` is set in the verification of a CRL's own issuer.
 */
export function checkRevocation(state: Verification): void {
  if (!state.options.crlCheck) return;
  for (const [depth, view] of state.chain.entries()) {
    if (depth > 0 && !state.options.crlCheckAll) return;
    state.report.error('UNABLE_TO_GET_CRL', depth, view);
  }
}
