/** OpenSSL's reasons for what the engine gives connections up for, side by side. */
import { words } from '../../registry/tls-table.ts';
import type { Reason } from '../../registry/tls-reasons.ts';

/** A reason of OpenSSL's SSL library. */
export interface SslReason {
  readonly number: number;
  /** In words. */
  readonly reason: string;
  /** The function that raises it; empty where several do. */
  readonly place: string;
}

/** Numbers of sslerr.h by their names. */
const NUMBERS = `
bad_change_cipher_spec 103
bad_extension 110
bad_hrr_version 263
bad_key_share 108
bad_length 271
bad_packet 240
bad_psk_identity 114
bad_signature 123
binder_does_not_verify 253
callback_failed 234
certificate_verify_failed 134
dh_key_too_small 394
decryption_failed_or_bad_record_mac 281
digest_check_failed 149
encrypted_length_too_long 150
excessive_message_size 152
http_request 156
inappropriate_fallback 373
internal_error 68
length_mismatch 159
no_application_protocol 235
no_protocols_available 191
no_renegotiation 339
no_shared_cipher 193
no_suitable_key_share 101
no_suitable_signature_algorithm 118
not_on_record_boundary 182
peer_did_not_return_a_certificate 199
renegotiation_mismatch 337
unexpected_eof_while_reading 294
unexpected_message 244
unexpected_record 245
unknown_cipher_returned 248
unsafe_legacy_renegotiation_disabled 338
unsolicited_extension 217
unsupported_protocol 258
wrong_cipher_returned 261
wrong_curve 378
wrong_signature_type 370
wrong_version_number 267
`;

/** Reasons of the engine, the name of OpenSSL's reason, the function. */
const PAIRS = `
record_not_tls wrong_version_number
record_http http_request
record_version_wrong wrong_version_number
record_bad_mac decryption_failed_or_bad_record_mac
version_none_shared unsupported_protocol
version_too_old unsupported_protocol
suite_none_shared no_shared_cipher
certificate_none_for_suite no_shared_cipher
group_none_shared no_shared_cipher
alpn_none_shared no_application_protocol
certificate_required peer_did_not_return_a_certificate
certificate_required_legacy peer_did_not_return_a_certificate
closed_in_handshake unexpected_eof_while_reading
closed_in_record unexpected_eof_while_reading
closed_without_notify unexpected_eof_while_reading
missing_renegotiation_info unsafe_legacy_renegotiation_disabled
message_unexpected unexpected_message
version_fallback inappropriate_fallback
`;

let table: ReadonlyMap<string, SslReason> | undefined;

function made(): ReadonlyMap<string, SslReason> {
  const numbers = new Map(words(NUMBERS).map(([name, number]) => [name, Number(number)]));
  return new Map(
    words(PAIRS).map(([reason = '', name = '', place = '']) => [
      reason,
      { number: numbers.get(name) ?? 0, reason: name.replaceAll('_', ' '), place },
    ]),
  );
}

/** OpenSSL's reason for one of ours. */
export function sslReason(reason: Reason): SslReason {
  table ??= made();
  return table.get(reason) ?? { number: 244, reason: 'unexpected message', place: '' };
}
