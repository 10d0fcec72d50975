/**
 * The bodies of extensions: each knows its number, the messages that it stands in, and its schema. A body that differs from message to
 * message (key_share, say) is several.
 */
import {
  empty,
  opaque,
  rest,
  select,
  sequence,
  struct,
  u16,
  u32,
  u8,
  uint,
  vector,
  type AnySchema,
  type Nothing,
  type Schema,
  type SelectValue,
} from '../../codec/index.ts';
import {
  CERTIFICATE_COMPRESSIONS,
  CERTIFICATE_TYPES,
  NAME_TYPES,
  POINT_FORMATS,
  PSK_MODES,
  STATUS_TYPES,
} from '../../registry/tls-codes.ts';
import { EXTENSIONS, type ExtensionPlace } from '../../registry/tls-extensions.ts';
import { GROUPS } from '../../registry/tls-groups.ts';
import type { DecodedName } from '../../registry/tls-reasons.ts';
import { SIGNATURE_SCHEMES } from '../../registry/tls-signatures.ts';
import { VERSIONS } from '../../registry/tls-versions.ts';

/** A body of an extension. */
export interface ExtensionBody<T> {
  /** The number of the extension. */
  readonly code: number;
  /** Its name in the extension table and in the reason table. */
  readonly name: DecodedName;
  /** The messages in which the extension has this body. */
  readonly places: readonly ExtensionPlace[];
  readonly schema: Schema<T>;
}

/** One name of server_name. */
export interface ServerName {
  readonly type: number;
  readonly name: Uint8Array;
}

/** What a client asks of OCSP. */
export interface OcspRequest {
  /** DER ResponderIDs that the client trusts. */
  readonly responders: readonly Uint8Array[];
  /** DER Extensions of the request; empty for none. */
  readonly extensions: Uint8Array;
}

/** A PSK that a client offers. */
export interface PskIdentity {
  readonly identity: Uint8Array;
  /** Milliseconds since the ticket came, plus its age_add, modulo 2^32. */
  readonly obfuscatedAge: number;
}

/** The PSKs that a client offers, with one binder for each. */
export interface OfferedPsks {
  readonly identities: readonly PskIdentity[];
  readonly binders: readonly Uint8Array[];
}

/** A share of a group. */
export interface KeyShareEntry {
  readonly group: number;
  readonly share: Uint8Array;
}

/** A filter on certificate extensions. */
export interface OidFilter {
  /** DER object identifier. */
  readonly oid: Uint8Array;
  readonly values: Uint8Array;
}

/** DTLS-SRTP's profiles. */
export interface SrtpProfiles {
  readonly profiles: readonly number[];
  readonly mki: Uint8Array;
}

/** A certificate status: an OCSP response in DER, or one for each certificate of the chain. */
export type CertificateStatus = SelectValue<{ 1: Schema<Uint8Array>; 2: Schema<readonly Uint8Array[]> }>;

/** CertificateStatus (RFC 6066 section 8, RFC 6961 section 2.2). */
export const certificateStatus: Schema<CertificateStatus> = select(uint(1, STATUS_TYPES), {
  1: opaque(3, 1),
  2: vector(3, opaque(3), 1),
});

function body<T>(name: DecodedName, places: string, schema: Schema<T>): ExtensionBody<T> {
  const code = EXTENSIONS.named(name)?.code;
  if (code === undefined) throw new RangeError(`no extension ${name}`);
  return { code, name, places: places.split(' ') as ExtensionPlace[], schema };
}

const schemes = vector(2, uint(2, SIGNATURE_SCHEMES), 2, 2 ** 16 - 2);
const group = uint(2, GROUPS);
const version = uint(2, VERSIONS);
const entry: Schema<KeyShareEntry> = struct({ group, share: opaque(2, 1) });
const certificateType = uint(1, CERTIFICATE_TYPES);
const names: Schema<readonly Uint8Array[]> = vector(2, opaque(2, 1), 3);

/** server_name (RFC 6066 section 3); names of types to come begin with a 16-bit length too. */
export const SERVER_NAME: ExtensionBody<readonly ServerName[]> = body(
  'server_name',
  'CH',
  vector(2, struct({ type: uint(1, NAME_TYPES), name: opaque(2, 1) }), 1),
);
export const SERVER_NAME_ANSWER: ExtensionBody<Nothing> = body('server_name', 'EE SH12', empty);

/** max_fragment_length (RFC 6066 section 4): a code, not a length. */
export const MAX_FRAGMENT_LENGTH: ExtensionBody<number> = body('max_fragment_length', 'CH EE SH12', u8);

/** status_request (RFC 6066 section 8); requests of unknown types keep their octets. */
export const STATUS_REQUEST: ExtensionBody<
  SelectValue<{ 1: Schema<OcspRequest> }> | { readonly type: number; readonly body: Uint8Array }
> = body(
  'status_request',
  'CH',
  select(uint(1, STATUS_TYPES), { 1: struct({ responders: vector(2, opaque(2, 1)), extensions: opaque(2) }) }, rest()),
);
export const STATUS_REQUEST_ANSWER: ExtensionBody<Nothing> = body('status_request', 'CR SH12', empty);
export const STATUS_REQUEST_CERTIFICATE: ExtensionBody<CertificateStatus> = body(
  'status_request',
  'CT',
  certificateStatus,
);

/** supported_groups (RFC 8446 section 4.2.7). */
export const SUPPORTED_GROUPS: ExtensionBody<readonly number[]> = body(
  'supported_groups',
  'CH EE',
  vector(2, group, 2),
);

/** ec_point_formats (RFC 8422 section 5.1.2). */
export const EC_POINT_FORMATS: ExtensionBody<readonly number[]> = body(
  'ec_point_formats',
  'CH SH12',
  vector(1, uint(1, POINT_FORMATS), 1),
);

/** signature_algorithms and signature_algorithms_cert (RFC 8446 section 4.2.3). */
export const SIGNATURE_ALGORITHMS: ExtensionBody<readonly number[]> = body('signature_algorithms', 'CH CR', schemes);
export const SIGNATURE_ALGORITHMS_CERT: ExtensionBody<readonly number[]> = body(
  'signature_algorithms_cert',
  'CH CR',
  schemes,
);

/** use_srtp (RFC 5764 section 4.1.1). */
export const USE_SRTP: ExtensionBody<SrtpProfiles> = body(
  'use_srtp',
  'CH EE SH12',
  struct({ profiles: vector(2, u16, 2), mki: opaque(1) }),
);

/** heartbeat (RFC 6520 section 2): the mode. */
export const HEARTBEAT: ExtensionBody<number> = body('heartbeat', 'CH EE SH12', u8);

/** application_layer_protocol_negotiation (RFC 7301 section 3.1); an answer has exactly one name. */
export const ALPN: ExtensionBody<readonly Uint8Array[]> = body(
  'application_layer_protocol_negotiation',
  'CH EE SH12',
  vector(2, opaque(1, 1), 2),
);

/** signed_certificate_timestamp (RFC 6962 section 3.3.1): asked for by nothing, answered by a list. */
export const SCT_REQUEST: ExtensionBody<Nothing> = body('signed_certificate_timestamp', 'CH CR', empty);
export const SCT_LIST: ExtensionBody<readonly Uint8Array[]> = body(
  'signed_certificate_timestamp',
  'CT SH12',
  vector(2, opaque(2, 1), 1),
);

/** client_certificate_type and server_certificate_type (RFC 7250 section 3). */
export const CLIENT_CERTIFICATE_TYPE: ExtensionBody<readonly number[]> = body(
  'client_certificate_type',
  'CH',
  vector(1, certificateType, 1),
);
export const CLIENT_CERTIFICATE_TYPE_ANSWER: ExtensionBody<number> = body(
  'client_certificate_type',
  'EE SH12',
  certificateType,
);
export const SERVER_CERTIFICATE_TYPE: ExtensionBody<readonly number[]> = body(
  'server_certificate_type',
  'CH',
  vector(1, certificateType, 1),
);
export const SERVER_CERTIFICATE_TYPE_ANSWER: ExtensionBody<number> = body(
  'server_certificate_type',
  'EE SH12',
  certificateType,
);

/** padding (RFC 7685). */
export const PADDING: ExtensionBody<Uint8Array> = body('padding', 'CH', rest());

/** encrypt_then_mac (RFC 7366) and extended_master_secret (RFC 7627). */
export const ENCRYPT_THEN_MAC: ExtensionBody<Nothing> = body('encrypt_then_mac', 'CH SH12', empty);
export const EXTENDED_MASTER_SECRET: ExtensionBody<Nothing> = body('extended_master_secret', 'CH SH12', empty);

/** compress_certificate (RFC 8879 section 3). */
export const COMPRESS_CERTIFICATE: ExtensionBody<readonly number[]> = body(
  'compress_certificate',
  'CH CR',
  vector(1, uint(2, CERTIFICATE_COMPRESSIONS), 2, 2 ** 8 - 2),
);

/** record_size_limit (RFC 8449 section 4). */
export const RECORD_SIZE_LIMIT: ExtensionBody<number> = body('record_size_limit', 'CH EE SH12', u16);

/** session_ticket (RFC 5077 section 3.2): the ticket itself. */
export const SESSION_TICKET: ExtensionBody<Uint8Array> = body('session_ticket', 'CH', rest());
export const SESSION_TICKET_ANSWER: ExtensionBody<Nothing> = body('session_ticket', 'SH12', empty);

/** pre_shared_key (RFC 8446 section 4.2.11). */
export const PRE_SHARED_KEY: ExtensionBody<OfferedPsks> = body(
  'pre_shared_key',
  'CH',
  struct({
    identities: vector(2, struct({ identity: opaque(2, 1), obfuscatedAge: u32 }), 7),
    binders: vector(2, opaque(1, 32), 33),
  }),
);
export const PRE_SHARED_KEY_ANSWER: ExtensionBody<number> = body('pre_shared_key', 'SH', u16);

/** early_data (RFC 8446 section 4.2.10); in a ticket the most octets of early data. */
export const EARLY_DATA: ExtensionBody<Nothing> = body('early_data', 'CH EE', empty);
export const EARLY_DATA_TICKET: ExtensionBody<number> = body('early_data', 'NST', u32);

/** supported_versions (RFC 8446 section 4.2.1). */
export const SUPPORTED_VERSIONS: ExtensionBody<readonly number[]> = body(
  'supported_versions',
  'CH',
  vector(1, version, 2, 2 ** 8 - 2),
);
export const SUPPORTED_VERSIONS_ANSWER: ExtensionBody<number> = body('supported_versions', 'SH HRR', version);

/** cookie (RFC 8446 section 4.2.2). */
export const COOKIE: ExtensionBody<Uint8Array> = body('cookie', 'CH HRR', opaque(2, 1));

/** psk_key_exchange_modes (RFC 8446 section 4.2.9). */
export const PSK_KEY_EXCHANGE_MODES: ExtensionBody<readonly number[]> = body(
  'psk_key_exchange_modes',
  'CH',
  vector(1, uint(1, PSK_MODES), 1),
);

/** certificate_authorities (RFC 8446 section 4.2.4): DER names. */
export const CERTIFICATE_AUTHORITIES: ExtensionBody<readonly Uint8Array[]> = body(
  'certificate_authorities',
  'CH CR',
  names,
);

/** oid_filters (RFC 8446 section 4.2.5). */
export const OID_FILTERS: ExtensionBody<readonly OidFilter[]> = body(
  'oid_filters',
  'CR',
  vector(2, struct({ oid: opaque(1, 1), values: opaque(2) })),
);

/** post_handshake_auth (RFC 8446 section 4.2.6). */
export const POST_HANDSHAKE_AUTH: ExtensionBody<Nothing> = body('post_handshake_auth', 'CH', empty);

/** key_share (RFC 8446 section 4.2.8): what a client offers, the group that a server asks for, what it answers with. */
export const KEY_SHARE: ExtensionBody<readonly KeyShareEntry[]> = body('key_share', 'CH', vector(2, entry));
export const KEY_SHARE_RETRY: ExtensionBody<number> = body('key_share', 'HRR', group);
export const KEY_SHARE_ANSWER: ExtensionBody<KeyShareEntry> = body('key_share', 'SH', entry);

/** next_protocol_negotiation: asked for by nothing, answered by a list without a length of its own. */
export const NEXT_PROTOCOLS: ExtensionBody<Nothing> = body('next_protocol_negotiation', 'CH', empty);
export const NEXT_PROTOCOLS_ANSWER: ExtensionBody<readonly Uint8Array[]> = body(
  'next_protocol_negotiation',
  'SH12',
  sequence(opaque(1, 1)),
);

/** renegotiation_info (RFC 5746 section 3.2): the verify_data of the handshake before. */
export const RENEGOTIATION_INFO: ExtensionBody<Uint8Array> = body('renegotiation_info', 'CH SH12', opaque(1));

/** All bodies. */
export const EXTENSION_BODIES: readonly ExtensionBody<never>[] = [
  SERVER_NAME,
  SERVER_NAME_ANSWER,
  MAX_FRAGMENT_LENGTH,
  STATUS_REQUEST,
  STATUS_REQUEST_ANSWER,
  STATUS_REQUEST_CERTIFICATE,
  SUPPORTED_GROUPS,
  EC_POINT_FORMATS,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_ALGORITHMS_CERT,
  USE_SRTP,
  HEARTBEAT,
  ALPN,
  SCT_REQUEST,
  SCT_LIST,
  CLIENT_CERTIFICATE_TYPE,
  CLIENT_CERTIFICATE_TYPE_ANSWER,
  SERVER_CERTIFICATE_TYPE,
  SERVER_CERTIFICATE_TYPE_ANSWER,
  PADDING,
  ENCRYPT_THEN_MAC,
  EXTENDED_MASTER_SECRET,
  COMPRESS_CERTIFICATE,
  RECORD_SIZE_LIMIT,
  SESSION_TICKET,
  SESSION_TICKET_ANSWER,
  PRE_SHARED_KEY,
  PRE_SHARED_KEY_ANSWER,
  EARLY_DATA,
  EARLY_DATA_TICKET,
  SUPPORTED_VERSIONS,
  SUPPORTED_VERSIONS_ANSWER,
  COOKIE,
  PSK_KEY_EXCHANGE_MODES,
  CERTIFICATE_AUTHORITIES,
  OID_FILTERS,
  POST_HANDSHAKE_AUTH,
  KEY_SHARE,
  KEY_SHARE_RETRY,
  KEY_SHARE_ANSWER,
  NEXT_PROTOCOLS,
  NEXT_PROTOCOLS_ANSWER,
  RENEGOTIATION_INFO,
] as unknown as readonly ExtensionBody<never>[];

let table: ReadonlyMap<string, ExtensionBody<never>> | undefined;

/** The body of extension `code` in a message; undefined when the engine has none for it. */
export function bodyIn(
  place: ExtensionPlace,
  code: number,
): (ExtensionBody<never> & { readonly schema: AnySchema }) | undefined {
  table ??= new Map(
    EXTENSION_BODIES.flatMap((one) =>
      one.places.map((at): [string, ExtensionBody<never>] => [`${at} ${one.code}`, one]),
    ),
  );
  return table.get(`${place} ${code}`);
}
