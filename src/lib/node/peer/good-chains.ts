/** Chains that were found to be good, by what trusts them: a client sees those of its servers again and again. */
import type { CertificateView, TrustStore } from '../../verify/index.ts';
import type { PeerTrust } from './verdict.ts';

/** A time in which a chain is good, in milliseconds since 1970; its end does not count. */
interface Span {
  readonly from: number;
  readonly until: number;
}

const good = new WeakMap<TrustStore, Map<string, Span>>();

/** Chains that are kept for what trusts them, and octets of a chain that is kept. */
const MOST = 100;
const MOST_OCTETS = 16_384;

/** What a verdict hangs on, beside trust and time; undefined where it is not kept: CRLs have dates of their own. */
export function chainKey(chain: readonly Uint8Array[], context: PeerTrust, purpose: string): string | undefined {
  const { crls, allowPartialTrustChain, securityLevel } = context;
  if (crls.length > 0 || chain.reduce((sum, { length }) => sum + length, 0) > MOST_OCTETS) return undefined;
  const lengths = chain.map(({ length }) => length).join();
  const octets = chain.map((der) => Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1'));
  return `${purpose} ${allowPartialTrustChain} ${securityLevel} ${lengths} ${octets.join('')}`;
}

/** Whether a chain with this key was found to be good, and is so at this time. */
export function isKnownGood(trust: TrustStore, key: string, time: number): boolean {
  const span = good.get(trust)?.get(key);
  return span !== undefined && time >= span.from && time < span.until;
}

/** Keeps that `chain`, from the peer's certificate up to the trusted one, is good while its certificates are valid. */
export function keepGood(trust: TrustStore, key: string, chain: readonly CertificateView[]): void {
  let kept = good.get(trust);
  if (!kept) good.set(trust, (kept = new Map()));
  if (kept.size >= MOST) kept.clear();
  const from = Math.max(...chain.map(({ certificate }) => certificate.notBefore.ms ?? Infinity));
  const until = Math.min(...chain.map(({ certificate }) => certificate.notAfter.ms ?? -Infinity));
  kept.set(key, { from, until });
}
