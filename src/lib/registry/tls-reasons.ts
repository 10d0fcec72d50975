/**
 * The one table of reasons for which the engine gives a connection up. One cause has one reason: the alert, the rule and the text follow
 * from it, and nothing else sends an alert. Names are stable.
 */
import type { AlertName } from './tls-alerts.ts';
import { REASON_ROWS } from './tls-reason-table.ts';
import { words } from './tls-table.ts';

/** The kind of a failure, for programs that do not want to know every reason. Stable. */
export type TlsErrorCode =
  | 'ERR_TLS_DECODE' // octets that do not decode
  | 'ERR_TLS_ORDER' // a message, record or extension where it must not be, or one that is missing
  | 'ERR_TLS_VERSION' // no common version, or one that may not be chosen
  | 'ERR_TLS_NEGOTIATION' // nothing in common
  | 'ERR_TLS_PARAMETER' // a value that the peer may not choose
  | 'ERR_TLS_CRYPTO' // a MAC, signature or verification that does not hold
  | 'ERR_TLS_CERTIFICATE' // a certificate that does not serve
  | 'ERR_TLS_LIMIT' // more than we accept
  | 'ERR_TLS_CLOSED' // the end of the connection, in an order that it should not have
  | 'ERR_TLS_ALERT' // the peer gave up
  | 'ERR_TLS_INTERNAL'; // our own fault, or that of a hook

/** A row of the table. */
export interface ReasonRow {
  readonly name: string;
  /** The alert that is sent; undefined where none is: the peer closed, or has sent a fatal alert itself. */
  readonly alert: AlertName | undefined;
  /** The rule: document and section. */
  readonly section: string;
  /** What went wrong, in a few words. */
  readonly text: string;
  readonly code: TlsErrorCode;
}

/** Structures whose octets may fail to decode, as `decodeReason` names them; each has three reasons. */
export type DecodedName = (typeof DECODED)[number];

/** What is wrong with octets that do not decode: as codec's faults, with truncation and wrong lengths together. */
export type DecodeFault = 'malformed' | 'excess_data' | 'bad_value';

/** The name of a reason. */
export type Reason = keyof typeof REASON_ROWS | `${DecodedName}_${DecodeFault}`;

// messages and extension bodies; the section is that of their structure
const DECODED = [
  'record_header',
  'alert',
  'change_cipher_spec',
  'heartbeat_message',
  'client_hello',
  'server_hello',
  'hello_retry_request',
  'encrypted_extensions',
  'certificate',
  'certificate_request',
  'certificate_verify',
  'certificate_status',
  'finished',
  'new_session_ticket',
  'key_update',
  'end_of_early_data',
  'server_key_exchange',
  'client_key_exchange',
  'server_hello_done',
  'hello_request',
  'compressed_certificate',
  'next_protocol',
  'server_name',
  'max_fragment_length',
  'status_request',
  'supported_groups',
  'ec_point_formats',
  'signature_algorithms',
  'signature_algorithms_cert',
  'application_layer_protocol_negotiation',
  'signed_certificate_timestamp',
  'client_certificate_type',
  'server_certificate_type',
  'padding',
  'encrypt_then_mac',
  'extended_master_secret',
  'compress_certificate',
  'record_size_limit',
  'session_ticket',
  'pre_shared_key',
  'early_data',
  'supported_versions',
  'cookie',
  'psk_key_exchange_modes',
  'certificate_authorities',
  'oid_filters',
  'post_handshake_auth',
  'key_share',
  'next_protocol_negotiation',
  'renegotiation_info',
  'use_srtp',
  'heartbeat',
] as const;

const FAULTS: Readonly<
  Record<DecodeFault, { readonly alert: AlertName; readonly text: string; readonly code: TlsErrorCode }>
> = {
  malformed: { alert: 'decode_error', text: 'does not decode: a length is wrong', code: 'ERR_TLS_DECODE' },
  excess_data: { alert: 'decode_error', text: 'has octets after its end', code: 'ERR_TLS_DECODE' },
  bad_value: { alert: 'illegal_parameter', text: 'has a value that its type lacks', code: 'ERR_TLS_PARAMETER' },
};

// a change_cipher_spec of another value and a KeyUpdate of an unknown request have rules of their own (RFC 8446 sections 5 and 4.6.3)
const EXCEPTIONS: Readonly<Record<string, AlertName>> = {
  change_cipher_spec_malformed: 'unexpected_message',
  change_cipher_spec_excess_data: 'unexpected_message',
  change_cipher_spec_bad_value: 'unexpected_message',
};

let table: ReadonlyMap<string, ReasonRow> | undefined;

/** All reasons by name. */
export function reasons(): ReadonlyMap<string, ReasonRow> {
  table ??= new Map([...writtenRows(), ...decodeRows()].map((row) => [row.name, row]));
  return table;
}

/** The row of a reason. */
export function reasonRow(reason: Reason): ReasonRow {
  return reasons().get(reason) as ReasonRow;
}

/** The reason for octets of `name` that failed to decode with a fault of codec. */
export function decodeReason(name: DecodedName, fault: 'truncated' | 'trailing' | 'length' | 'value'): Reason {
  const kind = fault === 'trailing' ? 'excess_data' : fault === 'value' ? 'bad_value' : 'malformed';
  return `${name}_${kind}`;
}

/** The names that `decodeReason` takes. */
export function decodedNames(): readonly DecodedName[] {
  return DECODED;
}

function writtenRows(): ReasonRow[] {
  return Object.entries(REASON_ROWS).map(([name, row]) => {
    const [kind, alert, section, text] = row.split(' | ') as [string, string, string, string];
    return {
      name,
      alert: alert === '-' ? undefined : (alert as AlertName),
      section: words(section).flat().join(' '),
      text,
      code: `ERR_TLS_${kind}` as TlsErrorCode,
    };
  });
}

function decodeRows(): ReasonRow[] {
  return DECODED.flatMap((name) =>
    (Object.keys(FAULTS) as DecodeFault[]).map((fault) => {
      const { alert, text, code } = FAULTS[fault];
      const reason = `${name}_${fault}`;
      const section = fault === 'bad_value' ? 'RFC 8446 6.2, illegal_parameter' : 'RFC 8446 6.2, decode_error';
      return {
        name: reason,
        alert: EXCEPTIONS[reason] ?? alert,
        section,
        text: `${name.replaceAll('_', ' ')} ${text}`,
        code,
      };
    }),
  );
}
