/** The peer's certificates as `node:tls` gives them: legacy objects, and `X509Certificate` with the issuers that were sent. */
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import { TlskitError } from '../../errors.ts';
import { parsedCertificate, trustedIssuer, type CertificateView, type TrustStore } from '../../verify/index.ts';
import type { PeerNames } from './identity.ts';
import { defaultTrust } from './roots.ts';

/** A legacy object in the making. */
type Legacy = PeerCertificate & { issuerCertificate?: Legacy };

/**
 * The legacy object of a chain's first certificate; `{}` for a chain without one.
 *
 * @param chain the certificates in the order in which they were sent, in DER
 * @param context the trusted certificates, which complete the chain; undefined: the default ones
 * @param detailed with its issuers as `issuerCertificate`, the last of which is its own where it is self-signed
 */
export function peerCertificate(
  chain: readonly Uint8Array[],
  context: { readonly trust: TrustStore | undefined },
  detailed = false,
): PeerCertificate | DetailedPeerCertificate | Record<string, never> {
  const [first, ...sent] = detailed ? chain : chain.slice(0, 1);
  const leaf = first && readable(first);
  if (!leaf) return {};
  const object: Legacy = leaf.x509.toLegacyObject();
  if (detailed) linkIssuers(object, leaf, sent.map(readable), () => context.trust ?? defaultTrust());
  return object;
}

const names = new WeakMap<CertificateView, PeerNames>();

/** The names of a chain's first certificate, as its legacy object has them. Each certificate is asked once: a client needs them for every handshake. */
export function peerNames([first]: readonly Uint8Array[]): PeerNames | undefined {
  const leaf = first && readable(first);
  if (!leaf) return undefined;
  let found = names.get(leaf.view);
  if (!found) {
    const { subject, subjectaltname } = leaf.x509.toLegacyObject();
    names.set(leaf.view, (found = { subject, subjectaltname }));
  }
  return found;
}

/**
 * The first certificate of a chain, with the next one as its `issuerCertificate`, and so on, as they were sent.
 */
export function x509(chain: readonly Uint8Array[]): X509Certificate | undefined {
  let issuer: X509Certificate | undefined;
  for (const der of [...chain].reverse()) {
    const certificate = attempt(() => new X509Certificate(der));
    // Node's own has it from its constructor, which programs cannot call
    if (certificate && issuer)
      Object.defineProperty(certificate, 'issuerCertificate', { value: issuer, configurable: true });
    issuer = certificate;
  }
  return issuer;
}

/** A certificate as both of us read it. */
interface Readable {
  readonly view: CertificateView;
  readonly x509: X509Certificate;
}

const kept = new WeakMap<CertificateView, X509Certificate>();

function of(view: CertificateView): Readable {
  let x509 = kept.get(view);
  if (!x509) kept.set(view, (x509 = new X509Certificate(view.der)));
  return { view, x509 };
}

/** Undefined for octets that are no certificate for one of us. One's own may be in BER. */
const readable = (der: Uint8Array): Readable | undefined =>
  attempt(() => of(parsedCertificate(der))) ?? attempt(() => of(parsedCertificate(der, 'ber')));

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof TlskitError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

/** Hangs the issuers on: first those that were sent, each once, in whatever order; then those that are trusted. */
function linkIssuers(
  object: Legacy,
  leaf: Readable,
  sent: readonly (Readable | undefined)[],
  trust: () => TrustStore,
): void {
  const pool = sent.filter((one) => one !== undefined);
  let [last, top] = [object, leaf];
  const climb = (issuer: Readable): void => {
    last = last.issuerCertificate = issuer.x509.toLegacyObject();
    top = issuer;
  };
  for (;;) {
    const at = pool.findIndex(({ x509 }) => top.x509.checkIssued(x509));
    if (at < 0) break;
    climb(...(pool.splice(at, 1) as [Readable]));
    // Node looks no further once it has taken the last one of those that are left
    if (at === pool.length) break;
  }
  // trusted certificates may have issued each other in a circle
  const seen = new Set<CertificateView>();
  while (!selfIssued(top) && !seen.has(top.view)) {
    seen.add(top.view);
    const issuer = trustedIssuer(trust(), top.view, Date.now());
    if (!issuer) break;
    climb(of(issuer));
  }
  if (selfIssued(top)) last.issuerCertificate = last;
}

const selfIssued = ({ x509 }: Readable): boolean => x509.checkIssued(x509);
