/** Whom a certificate is for: host names, addresses, mailboxes (RFC 9525, RFC 6125), by OpenSSL's rules. */
import { matchesEmail, matchesHost, matchesIp, parseIp } from '../x509/checks.ts';
import type { CertificateView } from './certificate.ts';

/**
 * Whether a certificate is for a host, as X509_check_host has it with its default flags: the commonName counts only where there is no dNSName.
 * A host is text here; ask for addresses with {@link matchIp}.
 */
export const matchHost = (view: CertificateView, host: string): boolean => matchesHost(view.certificate, host);

/** Whether a certificate is for a mailbox, as X509_check_email has it. */
export const matchEmail = (view: CertificateView, address: string): boolean => matchesEmail(view.certificate, address);

/** Whether a certificate is for an IPv4 or IPv6 address, as X509_check_ip has it; false for a text that is none. */
export function matchIp(view: CertificateView, address: string): boolean {
  const octets = parseIp(address);
  return octets !== undefined && matchesIp(view.certificate, octets);
}
