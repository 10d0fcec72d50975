/** Proxy certificates (RFC 3820): refused as OpenSSL refuses them by default; what else is wrong with one is said, too. */
import { Name } from '../x509/name.ts';
import type { CertificateView } from './certificate.ts';
import { nameKey } from './name-key.ts';

const COMMON_NAME = '2.5.4.3';

/** Whether a proxy certificate's subject is its issuer's name and one commonName more (RFC 3820 section 3.4). */
export function properProxyName(view: CertificateView): boolean {
  const { subject, issuer } = view.certificate;
  const [last, ...others] = [...subject.rdns].reverse();
  if (!last || others.length === 0 || last.length !== 1 || last[0]?.oid !== COMMON_NAME) return false;
  if (subject.attributes.length !== issuer.attributes.length + 1) return false;
  return nameKey(Name.of(others.reverse())) === view.issuerKey;
}
