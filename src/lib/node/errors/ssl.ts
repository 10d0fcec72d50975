/** What ended a connection, as node:tls tells it: OpenSSL's error of the same event. */
import { ALERT, type AlertName } from '../../registry/tls-alerts.ts';
import type { Reason } from '../../registry/tls-reasons.ts';
import type { TlsFailure } from '../../tls/failure.ts';
import { OPENSSL_32 } from '../context/platform.ts';
import { codeOf, libraryName, packed, type OpenSslError } from './openssl.ts';
import { sslReason } from './ssl-reasons.ts';

/** Alerts that are as old as SSLv3, which OpenSSL's reasons say; the others are of TLS. */
const SSL3_ALERTS: ReadonlySet<AlertName> = new Set<AlertName>([
  'unexpected_message',
  'bad_record_mac',
  'decompression_failure',
  'handshake_failure',
  'no_certificate',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'illegal_parameter',
]);

/** Alerts that came with TLS 1.3. */
const TLS13_ALERTS: ReadonlySet<AlertName> = new Set<AlertName>(['missing_extension', 'certificate_required']);

/** Alerts whose reasons OpenSSL has without the word. */
const WITHOUT_ALERT: ReadonlySet<AlertName> = new Set<AlertName>([
  'unsupported_extension',
  'certificate_unobtainable',
  'unrecognized_name',
  'bad_certificate_status_response',
  'bad_certificate_hash_value',
]);

/** OpenSSL's reason for a fatal alert that came: 1000 and the alert's number. */
function alertReason(name: AlertName): string {
  if (WITHOUT_ALERT.has(name)) return `tlsv1 ${name.replaceAll('_', ' ')}`;
  const family = SSL3_ALERTS.has(name)
    ? OPENSSL_32
      ? 'ssl/tls'
      : 'sslv3'
    : TLS13_ALERTS.has(name)
      ? 'tlsv13'
      : 'tlsv1';
  return `${family} alert ${name === 'user_canceled' ? 'user cancelled' : name.replaceAll('_', ' ')}`;
}

/** What OpenSSL 3's errors begin with where they are printed: a thread. Ours has no number that says anything. */
const THREAD = '0000000000000000';

/** An error as node:tls makes one of OpenSSL's queue. */
function printed(number: number, reason: string, place: string): OpenSslError {
  const library = libraryName('ssl');
  const error = new Error(`${THREAD}:error:${packed('ssl', number)}:${library}:${place}:${reason}:tlskit:0:\n`);
  return Object.assign(error, { library, reason, code: codeOf('ssl', reason) });
}

/**
 * The error that a program sees for a failure of the engine; the failure is its `cause`.
 *
 * @param version that of the connection; 0 before it is known
 */
export function sslError(failure: TlsFailure, _side: 'client' | 'server', _version: number): OpenSslError {
  const { reason, detail = '' } = failure;
  const error =
    Object.hasOwn(ALERT, detail) && reason === 'peer_alert' ? alertError(detail as AlertName) : ownError(reason);
  // as the constructor makes it: not among what a program enumerates
  return Object.defineProperty(error, 'cause', { value: failure, configurable: true, writable: true });
}

const alertError = (name: AlertName): OpenSslError => printed(1000 + ALERT[name], alertReason(name), 'ssl3_read_bytes');

function ownError(cause: Reason): OpenSslError {
  const { number, reason, place } = sslReason(cause);
  return printed(number, reason, place);
}
