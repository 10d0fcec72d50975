/** Alerts (RFC 8446 section 6, RFC 5246 section 7.2; later ones with their source). */
import { CodeTable, words, type CodeRow } from './tls-table.ts';

/** The names of alerts. */
export type AlertName = keyof typeof ALERT;

/** One alert. */
export interface Alert extends CodeRow {
  readonly name: AlertName;
  /** Whether it may be a warning before TLS 1.3; TLS 1.3 ignores the level and closes for all but `warning` ones of RFC 8446 section 6. */
  readonly warning: boolean;
  /** Whether TLS 1.3 still has it. */
  readonly tls13: boolean;
  /** Its name in words. */
  readonly text: string;
}

/** Numbers of alerts by name. */
export const ALERT = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  decryption_failed: 21,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  export_restriction: 60,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  certificate_unobtainable: 111,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  bad_certificate_hash_value: 114,
  unknown_psk_identity: 115,
  certificate_required: 116,
  no_application_protocol: 120,
  ech_required: 121,
} as const;

// alerts that may be warnings before TLS 1.3: RFC 5246 section 7.2.2 leaves the level of the certificate alerts to the sender
const WARNINGS = new Set(
  words(`close_notify no_certificate bad_certificate unsupported_certificate certificate_revoked certificate_expired
    certificate_unknown user_canceled no_renegotiation unrecognized_name certificate_unobtainable`).flat(),
);

// RFC 8446 section 6.2 and appendix B.2: these are of earlier versions
const BEFORE_TLS13 = new Set(
  words(`decryption_failed decompression_failure no_certificate export_restriction no_renegotiation
    certificate_unobtainable bad_certificate_hash_value`).flat(),
);

/** All alerts by number. */
export const ALERTS: CodeTable<Alert> = new CodeTable<Alert>(() =>
  Object.entries(ALERT).map(([name, code]) => ({
    code,
    name: name as AlertName,
    warning: WARNINGS.has(name),
    tls13: !BEFORE_TLS13.has(name),
    text: name.replaceAll('_', ' '),
  })),
);

/** Alert levels. */
export const ALERT_LEVEL = { warning: 1, fatal: 2 } as const;
