/** Whom a certificate is for by RFC 9525: alternative names alone count, `*` stands for one whole label, addresses are found as addresses. */
import { domainToASCII } from 'node:url';
import { alternativeNames, matchesIp, parseIp } from '../x509/checks.ts';
import type { CertificateView } from './certificate.ts';
import { FORM } from './name-forms.ts';
import { isHostName } from './name-syntax.ts';

/**
 * Whether a certificate is for a host by RFC 9525: a dNSName that is the host's name, or that has `*` in place of its first label (section 6.3).
 * An address in text is looked for among the iPAddress names (section 6.4). The subject's commonName does not count.
 *
 * @param host a name, with A-labels or U-labels, or an address
 */
export function matchHostStrict(view: CertificateView, host: string): boolean {
  const address = parseIp(host.replace(/^\[(.*)\]$/, '$1'));
  if (address) return matchesIp(view.certificate, address);
  const wanted = domainToASCII(host).replace(/\.$/, '');
  if (!isHostName(wanted)) return false;
  const [, ...rest] = wanted.split('.');
  const parent = rest.join('.');
  return alternativeNames(view.certificate).some((name) => {
    if (!name.isContext(FORM.dns)) return false;
    const presented = name.content.toString('latin1').toLowerCase();
    if (presented === wanted) return true;
    // a top-level domain has no wildcard
    return rest.length >= 2 && presented === `*.${parent}`;
  });
}
