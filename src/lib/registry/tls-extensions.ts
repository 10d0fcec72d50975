/** Extensions and the messages that each may stand in (RFC 8446 section 4.2; before TLS 1.3 a ServerHello answers a ClientHello). */
import { CodeTable, words, type CodeRow } from './tls-table.ts';

/**
 * Messages with extensions, as RFC 8446 section 4.2 shortens them: ClientHello, ServerHello, HelloRetryRequest, EncryptedExtensions,
 * Certificate, CertificateRequest, NewSessionTicket; and `SH12`, the ServerHello of TLS 1.2 and before.
 */
export type ExtensionPlace = 'CH' | 'SH' | 'HRR' | 'EE' | 'CT' | 'CR' | 'NST' | 'SH12';

/** One extension. */
export interface ExtensionType extends CodeRow {
  readonly places: ReadonlySet<ExtensionPlace>;
  /** The document that defines it. */
  readonly rfc: string;
}

// number, IANA's name, places, source
const ROWS = `
0     server_name                            CH,EE,SH12        6066
1     max_fragment_length                    CH,EE,SH12        6066
2     client_certificate_url                 CH,SH12           6066
3     trusted_ca_keys                        CH,SH12           6066
4     truncated_hmac                         CH,SH12           6066
5     status_request                         CH,CR,CT,SH12     6066
6     user_mapping                           CH,SH12           4681
7     client_authz                           CH,SH12           5878
8     server_authz                           CH,SH12           5878
9     cert_type                              CH,SH12           6091
10    supported_groups                       CH,EE             8446
11    ec_point_formats                       CH,SH12           8422
12    srp                                    CH                5054
13    signature_algorithms                   CH,CR             8446
14    use_srtp                               CH,EE,SH12        5764
15    heartbeat                              CH,EE,SH12        6520
16    application_layer_protocol_negotiation CH,EE,SH12        7301
17    status_request_v2                      CH,SH12           6961
18    signed_certificate_timestamp           CH,CR,CT,SH12     6962
19    client_certificate_type                CH,EE,SH12        7250
20    server_certificate_type                CH,EE,SH12        7250
21    padding                                CH                7685
22    encrypt_then_mac                       CH,SH12           7366
23    extended_master_secret                 CH,SH12           7627
24    token_binding                          CH,SH12           8472
25    cached_info                            CH,SH12           7924
27    compress_certificate                   CH,CR             8879
28    record_size_limit                      CH,EE,SH12        8449
34    delegated_credential                   CH,CR,CT          9345
35    session_ticket                         CH,SH12           5077
41    pre_shared_key                         CH,SH             8446
42    early_data                             CH,EE,NST         8446
43    supported_versions                     CH,SH,HRR         8446
44    cookie                                 CH,HRR            8446
45    psk_key_exchange_modes                 CH                8446
47    certificate_authorities                CH,CR             8446
48    oid_filters                            CR                8446
49    post_handshake_auth                    CH                8446
50    signature_algorithms_cert              CH,CR             8446
51    key_share                              CH,SH,HRR         8446
53    connection_id_deprecated               CH,SH12           9146
54    connection_id                          CH,SH             9146
55    external_id_hash                       CH,EE             8844
56    external_session_id                    CH,EE             8844
57    quic_transport_parameters              CH,EE             9001
58    ticket_request                         CH,EE             9149
13172 next_protocol_negotiation              CH,SH12           draft-agl-tls-nextprotoneg-04
17513 application_settings                   CH,EE             draft-vvv-tls-alps-01
64768 ech_outer_extensions                   -                 9849
65037 encrypted_client_hello                 CH,HRR,EE         9849
65281 renegotiation_info                     CH,SH12           5746
`;

/** All extensions. */
export const EXTENSIONS: CodeTable<ExtensionType> = new CodeTable<ExtensionType>(
  () =>
    words(ROWS).map(([code, name, places, rfc]) => ({
      code: Number(code),
      name: name as string,
      places: new Set(places === '-' ? [] : (places as string).split(',')) as ReadonlySet<ExtensionPlace>,
      rfc: /^\d/.test(rfc as string) ? `RFC ${rfc}` : (rfc as string),
    })),
  (row) => (row.code === 16 ? ['alpn'] : row.code === 18 ? ['sct'] : []),
);

/** Numbers of the extensions that the engine knows by name. */
export const EXTENSION = {
  serverName: 0,
  maxFragmentLength: 1,
  statusRequest: 5,
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  heartbeat: 15,
  alpn: 16,
  signedCertificateTimestamp: 18,
  clientCertificateType: 19,
  serverCertificateType: 20,
  padding: 21,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  compressCertificate: 27,
  recordSizeLimit: 28,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  pskKeyExchangeModes: 45,
  certificateAuthorities: 47,
  oidFilters: 48,
  postHandshakeAuth: 49,
  signatureAlgorithmsCert: 50,
  keyShare: 51,
  nextProtocolNegotiation: 13172,
  renegotiationInfo: 65281,
} as const;

/** Whether an extension may stand in a message. One that nobody knows may stand in every message that offers. */
export function mayStand(code: number, place: ExtensionPlace): boolean {
  const row = EXTENSIONS.row(code);
  return row ? row.places.has(place) : place === 'CH' || place === 'CR' || place === 'NST';
}
