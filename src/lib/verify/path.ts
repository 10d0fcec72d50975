/**
 * From a certificate to a trusted one (RFC 5280 section 6 leaves the way to us). OpenSSL's way, "trusted first": an issuer from the trust store
 * where it has one, else one that came along; the first that names, key identifiers, algorithms and dates allow. Nothing is tried twice, so the
 * work is bounded by depth times candidates, whatever graph cross-signing makes.
 */
import type { CertificateView } from './certificate.ts';
import { mayHaveIssued } from './issued.ts';
import { DEFAULT_DEPTH, type Verification, type VerifyOptions } from './options.ts';
import { trustSetting } from './purpose.ts';
import type { TrustStore } from './trust-store.ts';
import { dateFaults } from './validity.ts';

type Trust = 'trusted' | 'untrusted';

/** Extends the chain as far as it goes, and reports why it ends at nothing trusted. */
export function buildPath(state: Verification): void {
  const { chain, options } = state;
  const limit = (options.depth ?? DEFAULT_DEPTH) + 1;
  let trust = extend(state, [...state.pool], limit);
  const atLimit = chain.length > limit;
  if (trust === 'untrusted' && !atLimit && chain.length === state.untrusted) trust = leafTrust(state);
  if (trust === 'untrusted') reportEnd(state, atLimit);
}

function extend(state: Verification, pool: CertificateView[], limit: number): Trust {
  const { chain, options } = state;
  for (let fromPool = true; ;) {
    const top = chain.at(-1) as CertificateView;
    const full = chain.length > limit;
    const anchor = full ? undefined : pick(options.trusted.issuersOf(top), top, options);
    if (anchor && takeAnchor(state, top, anchor)) {
      fromPool = false;
      const trust = trustFrom(state, chain.length - 1);
      if (trust === 'trusted') return trust;
      if (!(chain.at(-1) as CertificateView).traits.selfSigned) continue;
    }
    if (!fromPool) return 'untrusted';
    const next = full || top.traits.selfSigned ? undefined : pickUntrusted(state, pool, top);
    if (!next) return 'untrusted';
    pool.splice(pool.indexOf(next), 1);
    chain.push(next);
    state.untrusted += 1;
  }
}

/** Puts a trusted issuer on top; a self-signed certificate is replaced by itself alone, as another one of the same name is an imposter. */
function takeAnchor(state: Verification, top: CertificateView, anchor: CertificateView): boolean {
  const { chain } = state;
  if (!top.traits.selfSigned) {
    chain.push(anchor);
    return true;
  }
  if (!top.equals(anchor)) return false;
  chain[chain.length - 1] = anchor;
  state.untrusted = Math.min(state.untrusted, chain.length - 1);
  return true;
}

/** The trusted certificate that a chain goes on with after `subject`, as OpenSSL's X509_STORE_CTX_get1_issuer chooses it. */
export const trustedIssuer = (
  trusted: TrustStore,
  subject: CertificateView,
  time: number | undefined,
): CertificateView | undefined => pick(trusted.issuersOf(subject), subject, { time });

/** The first candidate that may have issued `subject` and is valid, else the one that expires last. */
function pick(
  candidates: readonly CertificateView[],
  subject: CertificateView,
  options: Pick<VerifyOptions, 'time' | 'strict'>,
  free: (candidate: CertificateView) => boolean = () => true,
): CertificateView | undefined {
  let latest: CertificateView | undefined;
  const end = (view: CertificateView): number => view.certificate.notAfter.ms ?? 0;
  for (const candidate of candidates) {
    if (!mayHaveIssued(candidate, subject) || !free(candidate)) continue;
    if (dateFaults(candidate, options).length === 0) return candidate;
    if (!latest || end(candidate) > end(latest)) latest = candidate;
  }
  return latest;
}

/** As `pick`, of what came along and does not stand in the chain already. */
function pickUntrusted(
  { chain, options }: Verification,
  pool: readonly CertificateView[],
  subject: CertificateView,
): CertificateView | undefined {
  // as OpenSSL has it: the first certificate may be its own issuer
  const anew = subject.traits.selfIssued && chain.length === 1;
  return pick(pool, subject, options, (candidate) => anew || !chain.some((known) => known.equals(candidate)));
}

/** Whether the trusted certificates from `depth` on make the chain trusted. */
function trustFrom(state: Verification, depth: number): Trust {
  const { chain, report, options } = state;
  for (const [i, view] of chain.entries()) {
    if (i < depth) continue;
    const setting = trustSetting(view, options.purpose);
    if (setting === 'trusted' || (setting === undefined && view.traits.selfSigned)) return 'trusted';
    if (setting === 'rejected') {
      report.error('CERT_REJECTED', i, view);
      return 'untrusted';
    }
  }
  return options.partialChain ? 'trusted' : 'untrusted';
}

/** With partial chains the certificate itself may be a trusted one. */
function leafTrust(state: Verification): Trust {
  const { chain, report, options } = state;
  const [leaf] = chain as [CertificateView];
  const known = options.partialChain ? options.trusted.find(leaf) : undefined;
  if (!known) return 'untrusted';
  if (trustSetting(known, options.purpose) === 'rejected') {
    report.error('CERT_REJECTED', 0, leaf);
    return 'untrusted';
  }
  chain[0] = known;
  state.untrusted = 0;
  return 'trusted';
}

function reportEnd(state: Verification, atLimit: boolean): void {
  const { chain, report } = state;
  const depth = chain.length - 1;
  const top = chain[depth] as CertificateView;
  const before = report.errors.at(-1);
  // OpenSSL repeats what it has said already in place of the reason
  if (before) return report.error(before.name, depth, top);
  if (atLimit) report.error('CERT_CHAIN_TOO_LONG', depth, top);
  if (top.traits.selfSigned) {
    return report.error(depth === 0 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN', depth, top);
  }
  const trusted = state.untrusted <= depth;
  return report.error(trusted ? 'UNABLE_TO_GET_ISSUER_CERT' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', depth, top);
}
