/** The rows of the reason table: `kind | alert | section | text`. The kind is the public code without `ERR_TLS_`; `-` sends no alert. */
export const REASON_ROWS = {
  // records
  record_type_unknown: 'ORDER | unexpected_message | RFC 8446 5.1 | a record of an unknown content type',
  record_type_unexpected: 'ORDER | unexpected_message | RFC 8446 5 | a record of a content type that may not come now',
  record_version_wrong: 'VERSION | protocol_version | RFC 5246 E.1 | a record of a version that was not negotiated',
  record_not_tls: 'VERSION | protocol_version | RFC 8446 5.1 | octets that are no TLS record',
  record_sslv2: 'VERSION | protocol_version | RFC 6176 3 | an SSLv2 record',
  record_http: 'VERSION | protocol_version | RFC 8446 5.1 | HTTP where a TLS record belongs',
  record_overflow_plaintext: 'LIMIT | record_overflow | RFC 8446 5.1 | a plaintext record of more than 2^14 octets',
  record_overflow_ciphertext:
    'LIMIT | record_overflow | RFC 8446 5.2 | a protected record of more octets than its version allows',
  record_overflow_inner:
    'LIMIT | record_overflow | RFC 8446 5.4 | a record whose decrypted content is above 2^14 octets',
  record_overflow_negotiated: 'LIMIT | record_overflow | RFC 8449 4 | a record above the size that was negotiated',
  record_empty_handshake: 'ORDER | unexpected_message | RFC 8446 5.1 | an empty handshake record',
  record_empty_alert: 'ORDER | unexpected_message | RFC 8446 5.1 | an empty alert record',
  record_too_many_empty: 'LIMIT | unexpected_message | RFC 8446 5.1 | too many empty records in a row',
  record_no_content_type: 'ORDER | unexpected_message | RFC 8446 5.4 | a protected record of padding alone',
  record_bad_mac: 'CRYPTO | bad_record_mac | RFC 8446 5.2 | a record that does not authenticate',
  record_unprotected:
    'ORDER | unexpected_message | RFC 8446 5 | a record without protection where protection has begun',
  record_sequence_exhausted: 'LIMIT | - | RFC 8446 5.3 | the sequence numbers of a key are used up',
  record_key_exhausted: 'LIMIT | - | RFC 8446 5.5 | a key has protected as many records as it may',
  alert_fragmented: 'ORDER | unexpected_message | RFC 8446 5.1 | an alert that does not fill its record',
  alert_too_many_warnings: 'LIMIT | unexpected_message | RFC 5246 7.2 | too many warning alerts',
  alert_level_unknown: 'PARAMETER | illegal_parameter | RFC 5246 7.2 | an alert of an unknown level',
  change_cipher_spec_unexpected: 'ORDER | unexpected_message | RFC 8446 5 | a change_cipher_spec that may not come now',
  change_cipher_spec_missing:
    'ORDER | unexpected_message | RFC 5246 7.1 | Finished without a change_cipher_spec before it',
  change_cipher_spec_inside_message:
    'ORDER | unexpected_message | RFC 5246 7.1 | a change_cipher_spec inside of a handshake message',
  change_cipher_spec_too_many: 'LIMIT | unexpected_message | RFC 8446 D.4 | too many change_cipher_specs',
  application_data_early: 'ORDER | unexpected_message | RFC 8446 5 | application data before the handshake is done',
  heartbeat_not_allowed: 'ORDER | unexpected_message | RFC 6520 2 | a heartbeat that was not negotiated',

  // handshake messages
  message_unexpected: 'ORDER | unexpected_message | RFC 8446 4 | a handshake message that may not come now',
  message_type_unknown: 'ORDER | unexpected_message | RFC 8446 4 | a handshake message of an unknown type',
  message_too_long: 'LIMIT | illegal_parameter | RFC 8446 4 | a handshake message longer than we accept',
  message_interleaved: 'ORDER | unexpected_message | RFC 8446 5.1 | another record inside of a handshake message',
  message_across_keys:
    'ORDER | unexpected_message | RFC 8446 5.1 | a handshake message that reaches over a change of keys',
  hello_request_in_tls13: 'ORDER | unexpected_message | RFC 8446 4 | a HelloRequest in TLS 1.3',
  key_updates_too_many: 'LIMIT | unexpected_message | RFC 8446 4.6.3 | too many KeyUpdates without data',
  tickets_too_many: 'LIMIT | unexpected_message | RFC 8446 4.6.1 | too many NewSessionTickets',

  // extensions
  extension_duplicate: 'PARAMETER | illegal_parameter | RFC 8446 4.2 | an extension that stands twice in a message',
  extension_unsolicited:
    'PARAMETER | unsupported_extension | RFC 8446 4.2 | an extension in an answer that was not asked for',
  extension_unknown_in_answer: 'PARAMETER | unsupported_extension | RFC 8446 4.2 | an unknown extension in an answer',
  extension_misplaced:
    'PARAMETER | illegal_parameter | RFC 8446 4.2 | an extension in a message that it may not stand in',
  extension_after_pre_shared_key:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.11 | pre_shared_key is not the last extension of the ClientHello',
  missing_supported_groups:
    'ORDER | missing_extension | RFC 8446 9.2 | a ClientHello with key_share and without supported_groups',
  missing_key_share: 'ORDER | missing_extension | RFC 8446 9.2 | a hello without key_share',
  missing_signature_algorithms:
    'ORDER | missing_extension | RFC 8446 9.2 | a hello or request without signature_algorithms',
  missing_psk_key_exchange_modes:
    'ORDER | missing_extension | RFC 8446 4.2.9 | a ClientHello with pre_shared_key and without psk_key_exchange_modes',
  missing_server_name: 'ORDER | missing_extension | RFC 8446 9.2 | a ClientHello without server_name',
  missing_extended_master_secret:
    'NEGOTIATION | handshake_failure | RFC 7627 5.2 | the peer lacks extended_master_secret',
  missing_renegotiation_info: 'NEGOTIATION | handshake_failure | RFC 5746 4.1 | the peer lacks secure renegotiation',
  missing_quic_parameters: 'ORDER | missing_extension | RFC 9001 8.2 | a hello without quic_transport_parameters',

  // versions
  version_none_shared: 'VERSION | protocol_version | RFC 8446 4.1.2 | no version in common',
  version_not_offered: 'VERSION | illegal_parameter | RFC 8446 4.2.1 | the server chose a version that was not offered',
  version_unknown: 'VERSION | protocol_version | RFC 5246 E.1 | the server chose an unknown version',
  version_too_old: 'VERSION | protocol_version | RFC 5246 E.1 | the server chose a version that we have switched off',
  version_below_tls13_by_extension:
    'VERSION | illegal_parameter | RFC 8446 4.2.1 | supported_versions of a ServerHello names a version before TLS 1.3',
  version_legacy_not_tls12:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.3 | the legacy_version of a TLS 1.3 hello is not 0x0303',
  version_legacy_ssl3: 'VERSION | protocol_version | RFC 8446 D.5 | a TLS 1.3 hello with the legacy_version of SSLv3',
  version_changed_after_retry:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.4 | another version after the HelloRetryRequest',
  version_changed_on_renegotiation: 'VERSION | protocol_version | RFC 5246 7.4.1.3 | another version on renegotiation',
  version_changed_on_resumption:
    'PARAMETER | illegal_parameter | RFC 5246 F.1.4 | another version for a resumed session',
  version_downgrade:
    'VERSION | illegal_parameter | RFC 8446 4.1.3 | the random of the ServerHello says that the version was forced down',
  version_fallback:
    'VERSION | inappropriate_fallback | RFC 7507 3 | the client fell back, though a better version is in common',

  // suites and compression
  suite_none_shared: 'NEGOTIATION | handshake_failure | RFC 8446 4.1.1 | no cipher suite in common',
  suite_not_offered:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.3 | the server chose a cipher suite that was not offered',
  suite_unknown: 'PARAMETER | illegal_parameter | RFC 8446 4.1.3 | the server chose an unknown cipher suite',
  suite_of_other_version:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.3 | the server chose a cipher suite of another version',
  suite_changed_after_retry:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.4 | another cipher suite after the HelloRetryRequest',
  suite_changed_on_resumption:
    'PARAMETER | illegal_parameter | RFC 5246 7.4.1.3 | another cipher suite for a resumed session',
  suite_hash_not_of_psk:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.11 | the hash of the suite is not that of the chosen PSK',
  suites_empty: 'DECODE | decode_error | RFC 8446 4.1.2 | a ClientHello without cipher suites',
  suite_lost_on_resumption:
    'PARAMETER | illegal_parameter | RFC 5246 7.4.1.2 | a ClientHello resumes a session without offering its cipher suite',
  scsv_on_renegotiation: 'NEGOTIATION | handshake_failure | RFC 5746 3.7 | the renegotiation SCSV in a renegotiation',
  scsv_chosen: 'PARAMETER | illegal_parameter | RFC 5746 3.3 | the server chose a signalling value as its cipher suite',
  compression_no_null: 'PARAMETER | illegal_parameter | RFC 8446 4.1.2 | a ClientHello without null compression',
  compression_in_tls13:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.2 | a TLS 1.3 ClientHello with more than null compression',
  compression_not_offered:
    'PARAMETER | illegal_parameter | RFC 5246 7.4.1.3 | the server chose a compression that was not offered',

  // groups and shares
  group_none_shared: 'NEGOTIATION | handshake_failure | RFC 8446 4.1.1 | no group in common',
  dh_group_none_shared: 'NEGOTIATION | insufficient_security | RFC 7919 4 | no finite-field group in common',
  group_not_offered: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | the peer chose a group that was not offered',
  group_unknown: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | the peer chose an unknown group',
  group_of_other_version: 'PARAMETER | illegal_parameter | RFC 8446 4.2.7 | the peer chose a group of another version',
  group_already_shared:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | the HelloRetryRequest asks for a share that was sent',
  group_not_retried:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | the share is not of the group that was asked for',
  group_changed_after_retry:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | the ServerHello is of another group than the HelloRetryRequest',
  share_not_in_groups:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | a share of a group that supported_groups lacks',
  share_duplicate: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | two shares of one group',
  share_order: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | shares in another order than supported_groups',
  share_of_other_group: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | a share of a group for which none was sent',
  share_length: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8 | a share of the wrong length',
  share_point_format: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8.2 | a point that is not uncompressed',
  share_not_on_curve: 'PARAMETER | illegal_parameter | RFC 8446 4.2.8.2 | a point that is not on its curve',
  share_low_order: 'PARAMETER | illegal_parameter | RFC 8446 7.4.2 | a share that makes the secret all zeros',
  share_out_of_range:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.8.1 | a finite-field share that is not from 2 to p-2',
  share_encapsulation_key:
    'PARAMETER | illegal_parameter | FIPS 203 7.2 | an ML-KEM encapsulation key with a coefficient not below q',
  curve_explicit: 'PARAMETER | handshake_failure | RFC 8422 5.4 | the server sent explicit curve parameters',
  point_format_no_uncompressed:
    'PARAMETER | illegal_parameter | RFC 8422 5.1.2 | ec_point_formats without uncompressed',
  dh_prime_too_small:
    'NEGOTIATION | insufficient_security | RFC 7919 4 | a Diffie-Hellman prime shorter than we accept',
  dh_prime_too_large: 'LIMIT | illegal_parameter | RFC 7919 4 | a Diffie-Hellman prime longer than we accept',
  dh_prime_even: 'PARAMETER | illegal_parameter | RFC 5246 7.4.3 | a Diffie-Hellman prime that is even',
  dh_generator_bad:
    'PARAMETER | illegal_parameter | RFC 5246 7.4.3 | a Diffie-Hellman generator that is not from 2 to p-2',
  dh_group_not_offered:
    'NEGOTIATION | insufficient_security | RFC 7919 4 | a Diffie-Hellman group that was not offered',

  // signatures
  signature_none_shared: 'NEGOTIATION | handshake_failure | RFC 8446 4.4.2.2 | no signature scheme in common',
  signature_scheme_not_offered:
    'PARAMETER | illegal_parameter | RFC 8446 4.4.3 | a signature with a scheme that was not offered',
  signature_scheme_unknown: 'PARAMETER | illegal_parameter | RFC 8446 4.4.3 | a signature with an unknown scheme',
  signature_scheme_of_other_version:
    'PARAMETER | illegal_parameter | RFC 8446 4.4.3 | a signature with a scheme that this version lacks',
  signature_scheme_wrong_key:
    'PARAMETER | illegal_parameter | RFC 8446 4.4.3 | a signature scheme that does not fit the key',
  signature_scheme_wrong_curve:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.3 | a signature scheme that does not fit the curve of the key',
  signature_wrong: 'CRYPTO | decrypt_error | RFC 8446 4.4.3 | the signature of CertificateVerify does not verify',
  signature_of_parameters_wrong:
    'CRYPTO | decrypt_error | RFC 5246 7.4.3 | the signature of ServerKeyExchange does not verify',
  signature_failed: 'INTERNAL | internal_error | RFC 8446 4.4.3 | our signature could not be made',

  // certificates
  certificate_empty: 'CERTIFICATE | decode_error | RFC 8446 4.4.2.4 | the server sent no certificate',
  certificate_required:
    'CERTIFICATE | certificate_required | RFC 8446 4.4.2.4 | the client sent no certificate, and one is required',
  certificate_required_legacy:
    'CERTIFICATE | handshake_failure | RFC 5246 7.4.6 | the client sent no certificate, and one is required',
  certificate_context_wrong:
    'PARAMETER | illegal_parameter | RFC 8446 4.4.2 | the request context of a Certificate is not the one asked',
  certificate_context_not_empty:
    'PARAMETER | illegal_parameter | RFC 8446 4.4.2 | a request context inside of the handshake',
  certificate_context_reused:
    'PARAMETER | illegal_parameter | RFC 8446 4.3.2 | a CertificateRequest with a context used before',
  certificate_undecodable: 'CERTIFICATE | bad_certificate | RFC 8446 6.2 | a certificate that does not decode',
  certificate_key_unusable:
    'CERTIFICATE | unsupported_certificate | RFC 8446 6.2 | a certificate with a key that we cannot use',
  certificate_key_wrong_type:
    'CERTIFICATE | illegal_parameter | RFC 5246 7.4.2 | a certificate whose key does not fit the cipher suite',
  certificate_key_too_small:
    'CERTIFICATE | insufficient_security | RFC 8446 6.2 | a certificate whose key is too small',
  certificate_key_usage:
    'CERTIFICATE | illegal_parameter | RFC 8446 4.4.2.2 | a certificate whose keyUsage lacks what the handshake needs',
  certificate_purpose: 'CERTIFICATE | unsupported_certificate | RFC 5280 4.2.1.12 | a certificate for another purpose',
  certificate_unknown_ca: 'CERTIFICATE | unknown_ca | RFC 8446 6.2 | a certificate of an unknown authority',
  certificate_self_signed: 'CERTIFICATE | unknown_ca | RFC 8446 6.2 | a self-signed certificate that is not trusted',
  certificate_expired: 'CERTIFICATE | certificate_expired | RFC 8446 6.2 | a certificate that is no longer valid',
  certificate_not_yet_valid: 'CERTIFICATE | certificate_expired | RFC 8446 6.2 | a certificate that is not yet valid',
  certificate_revoked: 'CERTIFICATE | certificate_revoked | RFC 8446 6.2 | a certificate that was revoked',
  certificate_hostname: 'CERTIFICATE | certificate_unknown | RFC 9525 6 | a certificate for another name',
  certificate_rejected: 'CERTIFICATE | certificate_unknown | RFC 8446 6.2 | a certificate that was refused',
  certificate_signature_bad:
    'CERTIFICATE | bad_certificate | RFC 8446 6.2 | a certificate whose signature does not verify',
  certificate_signature_weak:
    'CERTIFICATE | bad_certificate | RFC 8446 4.4.2.4 | a certificate signed with a hash that is not accepted',
  certificate_chain_too_long: 'LIMIT | bad_certificate | RFC 8446 6.2 | a chain of more certificates than we accept',
  certificate_changed_on_renegotiation:
    'CERTIFICATE | illegal_parameter | RFC 7627 1 | another certificate of the server on renegotiation',
  certificate_type_not_offered:
    'PARAMETER | illegal_parameter | RFC 7250 4.2 | a certificate type that was not offered',
  certificate_type_none_shared: 'NEGOTIATION | unsupported_certificate | RFC 7250 4.2 | no certificate type in common',
  certificate_none_for_suite:
    'NEGOTIATION | handshake_failure | RFC 8446 4.4.2.2 | no certificate that serves the client',
  certificate_request_anonymous:
    'ORDER | handshake_failure | RFC 5246 7.4.4 | an anonymous server asked for a certificate',
  certificate_request_with_psk:
    'ORDER | unexpected_message | RFC 8446 4.3.2 | a CertificateRequest in a handshake with a PSK',
  certificate_request_unasked:
    'ORDER | unexpected_message | RFC 8446 4.6.2 | a CertificateRequest after the handshake without post_handshake_auth',
  certificate_verify_missing: 'ORDER | unexpected_message | RFC 8446 4.4.3 | a certificate without CertificateVerify',
  certificate_verify_unexpected:
    'ORDER | unexpected_message | RFC 5246 7.4.8 | a CertificateVerify without a certificate',
  certificate_compression_not_offered:
    'PARAMETER | illegal_parameter | RFC 8879 4 | a certificate in a compression that was not offered',
  certificate_decompression:
    'PARAMETER | bad_certificate | RFC 8879 4 | a compressed certificate that does not decompress to its length',
  certificate_status_unexpected: 'ORDER | unexpected_message | RFC 6066 8 | a CertificateStatus that was not promised',
  certificate_status_bad:
    'CERTIFICATE | bad_certificate_status_response | RFC 6066 8 | an OCSP response that does not serve',
  certificate_status_required:
    'CERTIFICATE | bad_certificate_status_response | RFC 7633 4.2.3 | an OCSP response that must be there is not',
  certificate_timestamps_bad: 'CERTIFICATE | bad_certificate | RFC 6962 3.3 | certificate timestamps that do not serve',

  // keys and Finished
  finished_wrong: 'CRYPTO | decrypt_error | RFC 8446 4.4.4 | the verify_data of Finished is wrong',
  finished_length: 'DECODE | decode_error | RFC 8446 4.4.4 | a Finished of the wrong length',
  master_secret_mode_changed:
    'NEGOTIATION | handshake_failure | RFC 7627 5.3 | a resumption gains or loses extended_master_secret',
  encrypt_then_mac_without_cbc: 'PARAMETER | illegal_parameter | RFC 7366 3 | encrypt_then_mac for a suite without CBC',
  encrypt_then_mac_lost: 'PARAMETER | illegal_parameter | RFC 7366 3.1 | encrypt_then_mac lost on renegotiation',

  // hello and HelloRetryRequest
  hello_session_id_not_echoed:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.3 | the server did not echo the session id',
  hello_session_id_too_long: 'DECODE | decode_error | RFC 8446 4.1.2 | a session id of more than 32 octets',
  hello_extensions_missing: 'ORDER | missing_extension | RFC 8446 4.1.2 | a TLS 1.3 hello without extensions',
  retry_second: 'ORDER | unexpected_message | RFC 8446 4.1.4 | a second HelloRetryRequest',
  retry_without_change: 'PARAMETER | illegal_parameter | RFC 8446 4.1.4 | a HelloRetryRequest that changes nothing',
  retry_hello_changed:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.2 | the second ClientHello differs where it must not',
  retry_hello_order:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.2 | the second ClientHello has its extensions in another order',
  retry_shares_count:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.2 | the second ClientHello has not exactly the share asked for',
  retry_early_data: 'PARAMETER | illegal_parameter | RFC 8446 4.2.10 | early_data in the second ClientHello',
  cookie_too_long: 'LIMIT | illegal_parameter | RFC 8446 4.2.2 | a cookie that leaves no room in a ClientHello',
  cookie_missing: 'ORDER | missing_extension | RFC 8446 4.2.2 | the cookie was not returned',
  cookie_wrong: 'PARAMETER | illegal_parameter | RFC 8446 4.2.2 | a cookie that is not the one sent',
  cookie_unasked: 'PARAMETER | illegal_parameter | RFC 8446 4.2.2 | a cookie in the first ClientHello',

  // PSK, sessions, early data
  psk_binder_wrong: 'CRYPTO | decrypt_error | RFC 8446 4.2.11 | a PSK binder does not verify',
  psk_binders_count: 'PARAMETER | illegal_parameter | RFC 8446 4.2.11 | not as many binders as identities',
  psk_binder_length: 'PARAMETER | illegal_parameter | RFC 8446 4.2.11 | a binder that is not as long as its hash',
  psk_index_out_of_range:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.11 | the server chose a PSK that was not offered',
  psk_mode_not_offered:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.9 | the server chose a PSK mode that was not offered',
  psk_mode_none_shared: 'NEGOTIATION | handshake_failure | RFC 8446 4.2.9 | no PSK mode in common',
  psk_identity_unknown: 'NEGOTIATION | unknown_psk_identity | RFC 4279 2 | an unknown PSK identity',
  psk_identity_too_long: 'LIMIT | illegal_parameter | RFC 4279 5.3 | a PSK identity longer than we accept',
  psk_not_configured: 'NEGOTIATION | handshake_failure | RFC 4279 2 | the suite needs a PSK and there is none',
  psk_lost_after_retry:
    'PARAMETER | illegal_parameter | RFC 8446 4.1.2 | the second ClientHello offers PSKs that the first did not',
  session_not_offered:
    'PARAMETER | illegal_parameter | RFC 5246 7.4.1.3 | the server resumes a session that was not offered',
  ticket_lifetime: 'PARAMETER | illegal_parameter | RFC 8446 4.6.1 | a ticket that lives longer than seven days',
  ticket_unasked: 'ORDER | unexpected_message | RFC 5077 3.3 | a ticket that was not promised',
  ticket_missing: 'ORDER | unexpected_message | RFC 5077 3.3 | a ticket that was promised is missing',
  early_data_too_much: 'LIMIT | unexpected_message | RFC 8446 4.2.10 | more early data than the ticket allows',
  early_data_not_first_psk:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.10 | early data accepted with a PSK that is not the first',
  early_data_without_psk: 'PARAMETER | illegal_parameter | RFC 8446 4.2.10 | early_data without pre_shared_key',
  early_data_suite_changed:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.10 | early data accepted with another cipher suite',
  early_data_alpn_changed:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.10 | early data accepted with another protocol',
  early_data_alpn_missing:
    'PARAMETER | illegal_parameter | RFC 8446 4.2.10 | early data accepted without the protocol of the session',
  early_data_older_version:
    'VERSION | protocol_version | RFC 8446 D.3 | a version before TLS 1.3 in answer to early data',
  early_data_skipped_too_much: 'LIMIT | unexpected_message | RFC 8446 4.2.10 | more rejected early data than we skip',
  end_of_early_data_unexpected: 'ORDER | unexpected_message | RFC 8446 4.5 | an EndOfEarlyData without early data',
  end_of_early_data_missing:
    'ORDER | unexpected_message | RFC 8446 4.5 | early data that does not end with EndOfEarlyData',

  // renegotiation
  renegotiation_in_tls13: 'ORDER | unexpected_message | RFC 8446 4.1.2 | a ClientHello after the handshake of TLS 1.3',
  renegotiation_too_many: 'LIMIT | no_renegotiation | RFC 5246 7.4.1.1 | too many renegotiations',
  renegotiation_info_wrong: 'CRYPTO | handshake_failure | RFC 5746 3.5 | renegotiation_info does not hold what it must',
  renegotiation_info_not_empty:
    'CRYPTO | handshake_failure | RFC 5746 3.4 | renegotiation_info of a first handshake is not empty',
  renegotiation_info_lost:
    'NEGOTIATION | handshake_failure | RFC 5746 3.5 | renegotiation_info is missing on renegotiation',

  // extensions by what they say
  server_name_unrecognized: 'NEGOTIATION | unrecognized_name | RFC 6066 3 | no server of that name',
  server_name_duplicate: 'PARAMETER | illegal_parameter | RFC 6066 3 | two names of one type in server_name',
  server_name_bad: 'PARAMETER | illegal_parameter | RFC 6066 3 | a server name that is no host name',
  alpn_none_shared: 'NEGOTIATION | no_application_protocol | RFC 7301 3.2 | no application protocol in common',
  alpn_not_offered: 'PARAMETER | illegal_parameter | RFC 7301 3.1 | the server chose a protocol that was not offered',
  alpn_not_one: 'PARAMETER | illegal_parameter | RFC 7301 3.1 | the server chose not exactly one protocol',
  alpn_and_npn: 'PARAMETER | unsupported_extension | draft-agl-tls-nextprotoneg-04 3 | both ALPN and NPN in an answer',
  max_fragment_length_mismatch:
    'PARAMETER | illegal_parameter | RFC 6066 4 | max_fragment_length of the answer is not the one asked',
  max_fragment_length_unknown: 'PARAMETER | illegal_parameter | RFC 6066 4 | an unknown code in max_fragment_length',
  record_size_limit_too_small: 'PARAMETER | illegal_parameter | RFC 8449 4 | record_size_limit below 64',
  record_size_limit_too_large:
    'PARAMETER | illegal_parameter | RFC 8449 4 | record_size_limit above what the version allows',
  record_size_limit_with_max_fragment:
    'PARAMETER | unsupported_extension | RFC 8449 5 | both record_size_limit and max_fragment_length in an answer',
  padding_not_zero: 'PARAMETER | illegal_parameter | RFC 7685 3 | padding with octets that are not zero',
  heartbeat_mode_unknown: 'PARAMETER | illegal_parameter | RFC 6520 2 | an unknown mode of heartbeat',

  // the end, the peer, and ourselves
  closed_without_notify: 'CLOSED | - | RFC 8446 6.1 | the connection ended without close_notify',
  closed_in_handshake: 'CLOSED | - | RFC 8446 6.1 | the connection ended inside of the handshake',
  closed_notify_in_handshake: 'CLOSED | - | RFC 8446 6.1 | the peer closed inside of the handshake',
  closed_in_record: 'CLOSED | - | RFC 8446 6.1 | the connection ended inside of a record',
  data_after_close: 'CLOSED | - | RFC 8446 6.1 | data after close_notify',
  peer_alert: 'ALERT | - | RFC 8446 6.2 | the peer sent a fatal alert',
  peer_alert_unknown: 'ALERT | - | RFC 8446 6 | the peer sent an unknown alert',
  peer_canceled: 'ALERT | - | RFC 8446 6.1 | the peer cancelled the handshake',
  hook_refused: 'NEGOTIATION | access_denied | RFC 8446 6.2 | a hook of the application refused the connection',
  hook_failed: 'INTERNAL | internal_error | RFC 8446 6.2 | a hook of the application failed',
  handshake_timeout: 'LIMIT | - | RFC 8446 6.2 | the handshake took too long',
  random_failed: 'INTERNAL | internal_error | RFC 8446 6.2 | no random octets',
  internal: 'INTERNAL | internal_error | RFC 8446 6.2 | a defect of ours',
} as const;
