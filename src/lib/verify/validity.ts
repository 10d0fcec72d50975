import type { Time } from '../x509/time.ts';
import type { CertificateView } from './certificate.ts';
import type { VerifyOptions } from './options.ts';

/** The form that RFC 5280 section 4.1.2.5 wants; OpenSSL trusts no other. */
const FORM: Readonly<Record<Time['form'], RegExp>> = { utc: /^\d{12}Z$/, generalized: /^\d{14}Z$/ };

/** The instant of a time in its right form. */
export const instantOf = ({ form, text, ms }: Time): number | undefined => (FORM[form].test(text) ? ms : undefined);

/** What is wrong with a certificate's dates at a time, in OpenSSL's order; nothing without a time. */
export function dateFaults(view: CertificateView, { time, strict }: Pick<VerifyOptions, 'time' | 'strict'>): string[] {
  if (time === undefined) return [];
  const now = Math.floor(time / 1000) * 1000;
  const [start, end] = [instantOf(view.certificate.notBefore), instantOf(view.certificate.notAfter)];
  const faults: string[] = [];
  if (start === undefined) faults.push('ERROR_IN_CERT_NOT_BEFORE_FIELD');
  else if (start > now) faults.push('CERT_NOT_YET_VALID');
  if (end === undefined) faults.push('ERROR_IN_CERT_NOT_AFTER_FIELD');
  // the last second counts for RFC 5280 section 4.1.2.5, not for OpenSSL
  else if (strict ? end < now : end <= now) faults.push('CERT_HAS_EXPIRED');
  return faults;
}
