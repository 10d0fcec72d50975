/** What ended a connection, as node:tls tells it: OpenSSL's error of the same event. */
import { ALERT, type AlertName } from '../../registry/tls-alerts.ts';
import type { Reason } from '../../registry/tls-reasons.ts';
import type { TlsFailure } from '../../tls/failure.ts';
import { OPENSSL_32 } from '../platform.ts';
import { codeOf, libraryName, packed, type OpenSslError } from './openssl.ts';
import { namedReason, sslReason, type SslReason, type Standing } from './ssl-reasons.ts';

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

/** An error as node:tls makes one of OpenSSL's queue: one line a printed error, `data` at its end. */
function printed({ number, reason, place }: SslReason, data = ''): OpenSslError {
  const library = libraryName('ssl');
  const text = `error:${packed('ssl', number)}:${library}:${place}:${reason}:tlskit:0:${data}`;
  return Object.assign(new Error(`${THREAD}:${text}\n`), { library, reason, code: codeOf('ssl', reason) });
}

/** An error of the handshake before there is an engine, by OpenSSL's name of its reason and the function that raises it. */
export const handshakeError = (name: string, place: string, data?: string): OpenSslError =>
  printed(namedReason(name, place), data);

/**
 * The error that a program sees for a failure of the engine; the failure is its `cause`.
 *
 * @param version that of the connection; 0 before it is known
 */
export function sslError(failure: TlsFailure, side: 'client' | 'server', version: number): OpenSslError {
  const error = isAlert(failure.reason)
    ? alertError(failure, { side, version })
    : printed(httpReason(failure) ?? sslReason(failure.reason, { side, version }));
  // as the constructor makes it: not among what a program enumerates
  return Object.defineProperty(error, 'cause', { value: failure, configurable: true, writable: true });
}

const isAlert = (reason: Reason): boolean =>
  reason === 'peer_alert' || reason === 'peer_alert_unknown' || reason === 'peer_canceled';

function alertError({ reason, detail = '' }: TlsFailure, standing: Standing): OpenSslError {
  // before a ClientHello OpenSSL's servers expect no alert
  if (standing.side === 'server' && standing.version === 0) {
    return printed(namedReason('unexpected_message', 'ssl3_read_bytes'));
  }
  const name = reason === 'peer_canceled' ? 'user_canceled' : detail;
  const known = Object.hasOwn(ALERT, name) ? (name as AlertName) : undefined;
  const number = known === undefined ? Number(detail) : ALERT[known];
  const words = known === undefined ? `reason(${1000 + number})` : alertReason(known);
  return printed({ number: 1000 + number, reason: words, place: 'ssl3_read_bytes' }, `SSL alert number ${number}`);
}

/** The peer does not want to renegotiate. */
export const noRenegotiation = (): OpenSslError => printed(namedReason('no_renegotiation', 'ssl3_read_bytes'));

/** OpenSSL knows some methods of HTTP; what else is no TLS is of a wrong version. */
function httpReason({ reason, detail = '' }: TlsFailure): SslReason | undefined {
  if (reason !== 'record_http') return undefined;
  const place = OPENSSL_32 ? 'tls_validate_record_header' : 'ssl3_get_record';
  if (/"(?:GET |POST |HEAD |PUT )/.test(detail)) return namedReason('http_request', place);
  return namedReason(detail.includes('"CONNE"') ? 'https_proxy_request' : 'wrong_version_number', place);
}

/**
 * A context that leaves nothing to speak, as OpenSSL finds out when it begins to shake hands: the error, and the record that it sends.
 *
 * @throws `thrown` where it is another error
 */
export function nothingToSpeak(
  thrown: Error,
  side: 'client' | 'server',
): { readonly error: OpenSslError; readonly alert?: Uint8Array } {
  const { code } = thrown as OpenSslError;
  const none = code === undefined ? undefined : NOTHING[code];
  if (!none) throw thrown;
  const { number, reason, alert, place, data } = none;
  const error = printed({ number, reason, place: typeof place === 'string' ? place : place[side] }, data);
  if (!alert) return { error };
  return { error, alert: Uint8Array.of(21, 3, 1, 0, 2, 2, ALERT[typeof alert === 'string' ? alert : alert[side]]) };
}

type BySide<T> = T | Readonly<Record<'client' | 'server', T>>;

/** By the code of what the context throws. */
const NOTHING: Readonly<
  Record<string, { number: number; reason: string; place: BySide<string>; alert?: BySide<AlertName>; data?: string }>
> = {
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: {
    number: 191,
    reason: 'no protocols available',
    place: 'tls_setup_handshake',
    alert: 'protocol_version',
  },
  ERR_SSL_NO_CIPHERS_AVAILABLE: {
    number: 181,
    reason: 'no ciphers available',
    place: { client: 'ssl_cipher_list_to_bytes', server: 'tls_setup_handshake' },
    alert: { client: 'internal_error', server: 'handshake_failure' },
    data: 'No ciphers enabled for max supported SSL/TLS version',
  },
  ERR_SSL_CALLED_A_FUNCTION_YOU_SHOULD_NOT_CALL: {
    // one of those that all libraries have
    number: 0xc0101,
    reason: 'called a function you should not call',
    place: 'ssl_undefined_function',
  },
};
