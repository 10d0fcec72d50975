/** Failures of connections as lines for people. */
import { ALERTS } from '../../lib/registry/tls-alerts.ts';
import { TlskitError } from '../../lib/errors.ts';
import type { AlertEvent, TlsFailure } from '../../lib/tls/index.ts';
import { isVerdict } from './verify.ts';

/** What went wrong with a handshake or a connection; an alert of the peer with its number, as OpenSSL has it. */
export function failureText(failure: TlsFailure, alert?: Pick<AlertEvent, 'description'>): string {
  if (isVerdict(failure)) return `certificate verify failed: ${failure.message}`;
  if (!failure.reason.startsWith('peer_')) return failure.message;
  const words = alert && (ALERTS.get(alert.description) ?? 'unknown').replaceAll('_', ' ');
  return alert ? `${failure.message}: alert ${words}: SSL alert number ${alert.description}` : failure.message;
}

/** The error that ends a command. */
export const tlsError = (text: string): TlskitError => new TlskitError('ERR_TLS', text);
