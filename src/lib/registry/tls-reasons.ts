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

/** Structures whose octets may fail to decode, as `decodeReason` names them. */
export type DecodedName = keyof typeof DECODED;

/** What is wrong with octets that do not decode: as codec's faults, with truncation and wrong lengths together. */
export type DecodeFault = 'malformed' | 'excess_data' | 'bad_value';

type Words<S extends string> = S extends `${infer First} ${infer Rest}`
  ? First | Words<Rest>
  : S extends ''
    ? never
    : S;
type DecodeReason = { [N in DecodedName]: `${N}_${Words<(typeof DECODED)[N]>}` }[DecodedName];

/** The name of a reason. */
export type Reason = keyof typeof REASON_ROWS | DecodeReason;

// Messages and extension bodies, with the faults that their schemas can find in octets: a body without fields has no wrong length, one
// that takes all octets has none too many. Finished is measured by a reason of its own.
const DECODED = {
  change_cipher_spec: 'malformed excess_data bad_value',
  heartbeat_message: 'malformed',
  client_hello: 'malformed excess_data',
  server_hello: 'malformed excess_data',
  hello_retry_request: 'malformed excess_data',
  encrypted_extensions: 'malformed excess_data',
  certificate: 'malformed excess_data',
  certificate_request: 'malformed excess_data',
  certificate_verify: 'malformed excess_data',
  certificate_status: 'malformed excess_data bad_value',
  finished: '',
  new_session_ticket: 'malformed excess_data',
  key_update: 'malformed excess_data bad_value',
  end_of_early_data: 'excess_data',
  server_key_exchange: 'malformed excess_data bad_value',
  client_key_exchange: 'malformed excess_data',
  server_hello_done: 'excess_data',
  hello_request: 'excess_data',
  compressed_certificate: 'malformed excess_data',
  next_protocol: 'malformed excess_data',
  server_name: 'malformed excess_data',
  max_fragment_length: 'malformed excess_data',
  status_request: 'malformed excess_data bad_value',
  supported_groups: 'malformed excess_data',
  ec_point_formats: 'malformed excess_data',
  signature_algorithms: 'malformed excess_data',
  signature_algorithms_cert: 'malformed excess_data',
  application_layer_protocol_negotiation: 'malformed excess_data',
  signed_certificate_timestamp: 'malformed excess_data',
  client_certificate_type: 'malformed excess_data',
  server_certificate_type: 'malformed excess_data',
  padding: '',
  encrypt_then_mac: 'excess_data',
  extended_master_secret: 'excess_data',
  compress_certificate: 'malformed excess_data',
  record_size_limit: 'malformed excess_data',
  session_ticket: 'excess_data',
  pre_shared_key: 'malformed excess_data',
  early_data: 'malformed excess_data',
  supported_versions: 'malformed excess_data',
  cookie: 'malformed excess_data',
  psk_key_exchange_modes: 'malformed excess_data',
  certificate_authorities: 'malformed excess_data',
  oid_filters: 'malformed excess_data',
  post_handshake_auth: 'excess_data',
  key_share: 'malformed excess_data',
  next_protocol_negotiation: 'malformed excess_data',
  renegotiation_info: 'malformed excess_data',
  use_srtp: 'malformed excess_data',
  heartbeat: 'malformed excess_data',
} as const;

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

/** The reason for octets of `name` that failed to decode with a fault of codec, one that its schemas can find. */
export function decodeReason(name: DecodedName, fault: 'truncated' | 'trailing' | 'length' | 'value'): Reason {
  const kind = fault === 'trailing' ? 'excess_data' : fault === 'value' ? 'bad_value' : 'malformed';
  return `${name}_${kind}` as Reason;
}

/** The names that `decodeReason` takes. */
export function decodedNames(): readonly DecodedName[] {
  return Object.keys(DECODED) as DecodedName[];
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
  return Object.entries(DECODED).flatMap(([name, faults]) =>
    words(faults)
      .flat()
      .map((one) => {
        const fault = one as DecodeFault;
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
