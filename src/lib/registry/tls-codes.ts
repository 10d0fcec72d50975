/** The small identifier spaces of TLS, as IANA registers them. */
import { plainTable, type CodeRow, type CodeTable } from './tls-table.ts';

/** Record content types (RFC 8446 section 5.1; heartbeat: RFC 6520). */
export const CONTENT_TYPE = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const;

export const CONTENT_TYPES: CodeTable<CodeRow> = plainTable(`
20 change_cipher_spec
21 alert
22 handshake
23 application_data
24 heartbeat`);

/** Handshake message types (RFC 8446 section 4, RFC 5246 section 7.4, RFC 5077, 6066, 8879). */
export const HANDSHAKE_TYPE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateUrl: 21,
  certificateStatus: 22,
  supplementalData: 23,
  keyUpdate: 24,
  compressedCertificate: 25,
  nextProtocol: 67,
  messageHash: 254,
} as const;

export const HANDSHAKE_TYPES: CodeTable<CodeRow> = plainTable(`
0 hello_request
1 client_hello
2 server_hello
3 hello_verify_request
4 new_session_ticket
5 end_of_early_data
8 encrypted_extensions
11 certificate
12 server_key_exchange
13 certificate_request
14 server_hello_done
15 certificate_verify
16 client_key_exchange
20 finished
21 certificate_url
22 certificate_status
23 supplemental_data
24 key_update
25 compressed_certificate
67 next_protocol
254 message_hash`);

/** Modes of PSK key exchange (RFC 8446 section 4.2.9). */
export const PSK_MODES: CodeTable<CodeRow> = plainTable(`
0 psk_ke
1 psk_dhe_ke`);

/** What a certificate message may carry (RFC 7250). */
export const CERTIFICATE_TYPES: CodeTable<CodeRow> = plainTable(`
0 X509
1 OpenPGP
2 RawPublicKey`);

/** Certificates that a CertificateRequest before TLS 1.3 asks for (RFC 5246 section 7.4.4, RFC 8422 section 5.5). */
export const CLIENT_CERTIFICATE_TYPES: CodeTable<CodeRow> = plainTable(`
1 rsa_sign
2 dss_sign
3 rsa_fixed_dh
4 dss_fixed_dh
5 rsa_ephemeral_dh
6 dss_ephemeral_dh
20 fortezza_dms
64 ecdsa_sign
65 rsa_fixed_ecdh
66 ecdsa_fixed_ecdh`);

/** Compression of records (RFC 3749); null is the only one that any of our versions uses. */
export const COMPRESSION_METHODS: CodeTable<CodeRow> = plainTable(`
0 null
1 DEFLATE
64 LZS`);

/** Compression of certificates (RFC 8879). */
export const CERTIFICATE_COMPRESSIONS: CodeTable<CodeRow> = plainTable(`
1 zlib
2 brotli
3 zstd`);

/** EC point formats (RFC 8422 section 5.1.2). */
export const POINT_FORMATS: CodeTable<CodeRow> = plainTable(`
0 uncompressed
1 ansiX962_compressed_prime
2 ansiX962_compressed_char2`);

/** Kinds of EC parameters in a ServerKeyExchange (RFC 8422 section 5.4). */
export const CURVE_TYPES: CodeTable<CodeRow> = plainTable(`
1 explicit_prime
2 explicit_char2
3 named_curve`);

/** Kinds of names in server_name (RFC 6066 section 3). */
export const NAME_TYPES: CodeTable<CodeRow> = plainTable(`0 host_name`);

/** Kinds of certificate status (RFC 6066 section 8, RFC 6961). */
export const STATUS_TYPES: CodeTable<CodeRow> = plainTable(`
1 ocsp
2 ocsp_multi`);

/** KeyUpdate's request (RFC 8446 section 4.6.3). */
export const KEY_UPDATE_REQUESTS: CodeTable<CodeRow> = plainTable(`
0 update_not_requested
1 update_requested`);

/** Octets of plaintext for each code of max_fragment_length (RFC 6066 section 4). */
export const MAX_FRAGMENT_LENGTHS: ReadonlyMap<number, number> = new Map([
  [1, 512],
  [2, 1024],
  [3, 2048],
  [4, 4096],
]);

/** Values that a client may offer and nobody may choose (RFC 8701): for suites, groups, extensions, versions and signature schemes. */
export const GREASE: readonly number[] = Array.from({ length: 16 }, (_, i) => 0x0a0a + i * 0x1010);

/** The same for PSK modes, one octet each. */
export const GREASE_PSK_MODES: readonly number[] = [0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4];

/** Whether a 16-bit code point is a GREASE value. */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >>> 8 === (code & 0xff);
}
