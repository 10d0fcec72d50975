/** Failures of connections as lines for people. */
import { ALERTS } from '../../lib/registry/tls-alerts.ts';
import { TlskitError } from '../../lib/errors.ts';
import type { AlertEvent, TlsFailure } from '../../lib/tls/index.ts';
import { reasonOf } from '../source.ts';
import { isVerdict } from './verify.ts';

/** What went wrong with a handshake or a connection; an alert of the peer with its number, as OpenSSL has it. */
export function failureText(failure: TlsFailure, alert?: Pick<AlertEvent, 'description'>): string {
  if (isVerdict(failure)) return `certificate verify failed: ${failure.message}`;
  if (!failure.reason.startsWith('peer_')) return failure.message;
  const words = alert && (ALERTS.get(alert.description) ?? 'unknown').replaceAll('_', ' ');
  return alert ? `${failure.message}: alert ${words}: SSL alert number ${alert.description}` : failure.message;
}

/** A failed system call about the network, in words. */
export function networkReason(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'the peer reset the connection',
    EPIPE: 'the peer has closed the connection',
    ETIMEDOUT: 'no answer in time',
    EHOSTUNREACH: 'no way to the host',
    ENETUNREACH: 'no way to the network',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'the name server does not answer',
    EADDRINUSE: 'the address is in use',
    EADDRNOTAVAIL: 'the address is not one of this machine',
  };
  return words[error.code ?? ''] ?? reasonOf(error);
}

/** The error that ends a command. */
export const tlsError = (text: string): TlskitError => new TlskitError('ERR_TLS', text);
