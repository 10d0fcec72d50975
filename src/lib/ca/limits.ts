/** What a CA's own certificate, and those above it, allow it to issue (RFC 5280 sections 4.2.1.9 and 4.2.1.10): all else nobody would accept. */
import { fail } from '../errors.ts';
import { CertificateView, TrustStore, verifyChain } from '../verify/index.ts';
import type { Certificate } from '../x509/certificate.ts';
import { NAME_RFC2253, nameText } from '../text/name.ts';
import { namesOf } from './names.ts';

const BROKEN: readonly string[] = ['PERMITTED_VIOLATION', 'EXCLUDED_VIOLATION'];

/**
 * A check of what a CA is about to issue.
 *
 * @param chain the CA's certificate, and those above it as far as they are known, the nearest first
 * @returns throws TlskitError ERR_USAGE for a certificate that the limits of the chain forbid
 */
export function issuingLimits(chain: readonly Certificate[]): (certificate: Certificate) => void {
  const views = chain.map((certificate) => new CertificateView(certificate));
  const constrained = views.some(({ traits }) => traits.nameConstraints !== undefined);
  // a chain ends at the first certificate that is trusted: it has to be the last one
  const trusted = new TrustStore(chain.slice(-1));
  return (certificate) => {
    if (new CertificateView(certificate).traits.marks?.ca) checkPathLength(views);
    // verification is by far the greatest part of the work: only where there is something to find
    if (!constrained) return;
    const { errors } = verifyChain(certificate, { trusted, untrusted: views, time: undefined, partialChain: true });
    const fault = errors.find(({ name, depth }) => depth === 0 && BROKEN.includes(name));
    if (!fault) return;
    const names = namesOf(certificate)
      .map(({ value }) => value)
      .join(', ');
    const whom = names || nameText(certificate.subject, NAME_RFC2253);
    fail('ERR_USAGE', `the CA's name constraints do not allow a certificate for ${whom}: ${fault.text}`);
  };
}

function checkPathLength(views: readonly CertificateView[]): void {
  for (const [below, { traits }] of views.entries()) {
    if (traits.pathLength === undefined || traits.pathLength > below) continue;
    const whose = below === 0 ? 'the CA' : 'a CA above it';
    fail('ERR_USAGE', `no CA may follow below this one: ${whose} has the path length ${traits.pathLength}`);
  }
}
