/** Signatures and dates, from the trusted end of the chain down (RFC 5280 section 6.1.3 a 1 and 2, section 6.1.4 n). */
import { KU, refusesKey } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';
import { workingKey } from './inherited.ts';
import { mayHaveIssued } from './issued.ts';
import type { Verification } from './options.ts';
import { dateFaults } from './validity.ts';

/** Checks the chain as far as it goes: also one that ends at nothing trusted. */
export function checkSignatures(state: Verification): void {
  const { chain, report, options } = state;
  let depth = chain.length - 1;
  let issuer = chain[depth] as CertificateView;
  if (!mayHaveIssued(issuer, issuer) && !options.partialChain) {
    if (depth > 0) depth -= 1;
    else report.error('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 0, issuer);
  }
  for (; depth >= 0; depth -= 1) {
    const subject = chain[depth] as CertificateView;
    const own = subject === issuer;
    if (!own || (options.checkRootSignature && subject.traits.selfSigned)) checkSignature(state, depth, issuer, own);
    for (const fault of dateFaults(subject, options)) report.error(fault, depth, subject);
    report.checked(depth, subject);
    issuer = subject;
  }
}

function checkSignature({ chain, report }: Verification, depth: number, issuer: CertificateView, own: boolean): void {
  const subject = chain[depth] as CertificateView;
  const above = own ? depth : depth + 1;
  // the limits of RFC 5280 are for CAs, not for a certificate of one's own (RFC 6818 section 2)
  const exempt = own && !issuer.traits.marks?.ca;
  const fault = exempt ? undefined : signingFault(issuer, subject);
  if (fault) report.error(fault, above, issuer);
  const key = workingKey(chain, above);
  if (!key) report.error('UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', above, issuer);
  else if (!subject.signedBy(key)) report.error('CERT_SIGNATURE_FAILURE', depth, subject);
}

/** What keyUsage says against an issuer's signature (RFC 5280 section 4.2.1.3; RFC 3820 section 3.1 for proxy certificates). */
function signingFault({ traits: { marks } }: CertificateView, subject: CertificateView): string | undefined {
  if (!marks) return undefined;
  if (subject.traits.proxy) return refusesKey(marks, KU.signature) ? 'KEYUSAGE_NO_DIGITAL_SIGNATURE' : undefined;
  return refusesKey(marks, KU.certSign) ? 'KEYUSAGE_NO_CERTSIGN' : undefined;
}
