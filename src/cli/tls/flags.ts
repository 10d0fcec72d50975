/** The options of TLS itself, which s_client and s_server share. */
import type { PROVIDER_FLAGS, RANDOM_FLAGS } from '../flags/keys.ts';
import type { CRL_FLAGS, TRUST_FLAGS, VERIFY_FLAGS } from '../flags/trust.ts';
import { bool, ignored, int, list, missing, text, type Flag } from '../spec.ts';

type Texts =
  | 'min_protocol'
  | 'max_protocol'
  | 'cipher'
  | 'ciphersuites'
  | 'groups'
  | 'sigalgs'
  | 'client_sigalgs'
  | 'alpn'
  | 'psk'
  | 'psk_identity'
  | 'psk_hash'
  | 'keylogfile'
  | 'keymatexport'
  | 'msgfile'
  | 'cert'
  | 'key'
  | 'pass'
  | 'certform'
  | 'keyform'
  | 'cert_chain';
type Numbers = 'keymatexportlen' | 'max_send_frag' | 'record_padding';
type Switches =
  | 'tls1'
  | 'tls1_1'
  | 'tls1_2'
  | 'tls1_3'
  | 'no_tls1'
  | 'no_tls1_1'
  | 'no_tls1_2'
  | 'no_tls1_3'
  | 'no_ticket'
  | 'no_etm'
  | 'no_ems'
  | 'no_middlebox'
  | 'allow_no_dhe_kex'
  | 'legacy_renegotiation'
  | 'client_renegotiation'
  | 'no_renegotiation'
  | 'legacy_server_connect'
  | 'no_legacy_server_connect'
  | 'ignore_unexpected_eof'
  | 'msg'
  | 'trace'
  | 'state'
  | 'tlsextdebug'
  | 'quiet'
  | 'brief'
  | 'crlf'
  | 'verify_return_error'
  | 'verify_quiet'
  | 'serverpref';
type Others =
  | 'ssl3'
  | 'no_ssl3'
  | 'no_ssl2'
  | 'named_curve'
  | 'comp'
  | 'no_comp'
  | 'bugs'
  | 'strict'
  | 'prioritize_chacha'
  | 'no_resumption_on_reneg'
  | 'debug_broken_protocol'
  | 'split_send_frag'
  | 'max_pipelines'
  | 'read_buf'
  | 'psk_session'
  | 'nextprotoneg'
  | 'debug'
  | 'security_debug'
  | 'security_debug_verbose'
  | 'nbio'
  | 'nbio_test'
  | 'async'
  | 'ssl_config'
  | 'use_srtp'
  | 'dtls'
  | 'dtls1'
  | 'dtls1_2'
  | 'timeout'
  | 'mtu'
  | 'sctp'
  | 'ktls'
  | 'tfo'
  | 'build_chain'
  | 'chainCAfile'
  | 'chainCApath'
  | 'chainCAstore'
  | 'verifyCAfile'
  | 'verifyCApath'
  | 'verifyCAstore'
  | 'xkey'
  | 'xcert'
  | 'xchain'
  | 'xchain_build'
  | 'xcertform'
  | 'xkeyform'
  | 'no_tx_cert_comp'
  | 'no_rx_cert_comp'
  | 'prefer_no_dhe_kex'
  | 'enable_server_rpk'
  | 'enable_client_rpk'
  | 'provparam';

/** Options by the type of their value; `Others` are those that are ignored or missing. */
export type OptionTable<
  Texts extends string,
  Numbers extends string,
  Switches extends string,
  Others extends string,
> = Readonly<
  Record<Texts, Flag<string | undefined>> &
    Record<Numbers, Flag<number | undefined>> &
    Record<Switches, Flag<boolean>> &
    Record<Others, Flag<string | boolean | undefined>>
>;

export type TlsFlags = OptionTable<Texts, Numbers, Switches, Others> &
  Readonly<Record<'nameopt', Flag<readonly string[]>>>;

/** What s_client and s_server share with each other and with other commands. */
export type SharedFlags = TlsFlags &
  typeof TRUST_FLAGS &
  typeof CRL_FLAGS &
  typeof VERIFY_FLAGS &
  typeof PROVIDER_FLAGS &
  typeof RANDOM_FLAGS;

const VERSIONS = { group: 'Versions' };
const CHOICE = { group: 'What is offered and taken' };
const SHOW = { group: 'What is shown' };
const IDENTITY = { group: 'Our certificate and key' };
const SESSIONS = { group: 'Sessions and early data' };
const PROTOCOL = { group: 'Renegotiation and details of the protocol' };

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'None'];

const SUPPORTED = {
  cert: text('file', 'Our certificate (PEM, DER or PKCS#12)', IDENTITY),
  key: text('file', 'Its private key (default: in the file of -cert)', IDENTITY),
  pass: text('source', 'Pass phrase of the key: pass:text, env:name, file:path, fd:number, stdin', IDENTITY),
  cert_chain: text('file', 'Further certificates to send', IDENTITY),
  certform: text('form', 'Form of -cert (found out by looking)', IDENTITY),
  keyform: text('form', 'Form of -key (found out by looking)', IDENTITY),
  tls1: bool('TLS 1.0 only', VERSIONS),
  tls1_1: bool('TLS 1.1 only', VERSIONS),
  tls1_2: bool('TLS 1.2 only', VERSIONS),
  tls1_3: bool('TLS 1.3 only', VERSIONS),
  no_tls1: bool('Without TLS 1.0', VERSIONS),
  no_tls1_1: bool('Without TLS 1.1', VERSIONS),
  no_tls1_2: bool('Without TLS 1.2', VERSIONS),
  no_tls1_3: bool('Without TLS 1.3', VERSIONS),
  min_protocol: text('version', 'The oldest version (default TLSv1.2)', { ...VERSIONS, values: versions }),
  max_protocol: text('version', 'The newest version', { ...VERSIONS, values: versions }),
  cipher: text(
    'list',
    'Cipher suites before TLS 1.3 as a cipher string, e.g. HIGH:!aNULL; "ciphers -v" shows what one means',
    CHOICE,
  ),
  ciphersuites: text('list', 'Cipher suites of TLS 1.3, colons between', CHOICE),
  groups: text('list', 'Groups of the key exchange: x25519, P-256, X25519MLKEM768, ffdhe2048, … with colons between', {
    ...CHOICE,
    aliases: ['curves'],
  }),
  sigalgs: text('list', 'Signature algorithms: ECDSA+SHA256, ed25519, rsa_pss_rsae_sha256, …', CHOICE),
  client_sigalgs: text('list', "The same for clients' certificates", CHOICE),
  alpn: text('list', 'Application protocols, commas between', CHOICE),
  serverpref: bool("The server's order of suites counts", CHOICE),
  psk: text('hex', 'A pre-shared key', CHOICE),
  psk_identity: text('text', 'Its identity (default Client_identity)', CHOICE),
  psk_hash: text('name', 'TLS 1.3: its hash (default sha256)', { ...CHOICE, values: ['sha256', 'sha384'] }),
  no_ticket: bool('No session tickets; a server then has no sessions of TLS 1.3', SESSIONS),
  allow_no_dhe_kex: bool('TLS 1.3: resumption without a new key exchange will do, too', SESSIONS),
  client_renegotiation: bool('Let the other side begin renegotiations', PROTOCOL),
  legacy_renegotiation: bool('Renegotiate without RFC 5746, too (dangerous)', PROTOCOL),
  no_renegotiation: bool('Refuse every renegotiation', PROTOCOL),
  legacy_server_connect: bool('Talk with peers that lack RFC 5746, too', PROTOCOL),
  no_legacy_server_connect: bool('Refuse peers that lack RFC 5746 (default for clients)', PROTOCOL),
  no_etm: bool('No encrypt-then-MAC', PROTOCOL),
  no_ems: bool('No extended master secret', PROTOCOL),
  no_middlebox: bool('TLS 1.3 without middlebox compatibility', PROTOCOL),
  max_send_frag: int('n', 'The most octets of a record, 512 to 16384', PROTOCOL),
  record_padding: int('n', 'Pad records of TLS 1.3 to multiples of so many octets', PROTOCOL),
  ignore_unexpected_eof: bool('An end without close_notify is no error', PROTOCOL),
  crlf: bool('Send LF of the input as CRLF', SHOW),
  quiet: bool('Show nothing but the data', SHOW),
  brief: bool('Show a short summary of the connection', SHOW),
  msg: bool('Show the messages of the protocol, in hex', SHOW),
  trace: bool('Show the messages of the protocol, field by field', SHOW),
  msgfile: text('file', 'Where -msg and -trace write to (default: standard output)', SHOW),
  state: bool('Show the steps of the handshake on stderr', SHOW),
  tlsextdebug: bool("Show the peer's extensions, in hex", SHOW),
  keylogfile: text('file', "Append the connections' secrets, in the form that Wireshark reads", SHOW),
  keymatexport: text('label', 'Show exported keying material with this label', SHOW),
  keymatexportlen: int('n', 'How many octets of it (default 20)', SHOW),
  nameopt: list('option', 'How names are shown: RFC2253, oneline, utf8, …', SHOW),
  verify_return_error: bool('End the connection at the first error of the verification', SHOW),
  verify_quiet: bool('Show only errors of the verification', SHOW),
};

/** Options whose absence changes the meaning of a command line: refused by name. */
const REFUSED = {
  ssl3: missing(),
  named_curve: missing('curve'),
  comp: missing(),
  debug_broken_protocol: missing(),
  psk_session: missing('file'),
  nextprotoneg: missing('list'),
  debug: missing(),
  security_debug: missing(),
  security_debug_verbose: missing(),
  ssl_config: missing('section'),
  use_srtp: missing('profiles'),
  dtls: missing(),
  dtls1: missing(),
  dtls1_2: missing(),
  timeout: missing(),
  mtu: missing('n'),
  sctp: missing(),
  build_chain: missing(),
  chainCAfile: missing('file'),
  chainCApath: missing('folder'),
  chainCAstore: missing('path'),
  verifyCAfile: missing('file'),
  verifyCApath: missing('folder'),
  verifyCAstore: missing('path'),
  xkey: missing('file'),
  xcert: missing('file'),
  xchain: missing('file'),
  xchain_build: missing(),
  xcertform: missing('form'),
  xkeyform: missing('form'),
  prefer_no_dhe_kex: missing(),
  enable_server_rpk: missing(),
  enable_client_rpk: missing(),
};

/** Options that change nothing here. */
const WITHOUT_EFFECT = {
  no_ssl3: ignored(),
  no_ssl2: ignored(),
  no_comp: ignored(),
  bugs: ignored(),
  strict: ignored(),
  prioritize_chacha: ignored(),
  no_resumption_on_reneg: ignored(),
  split_send_frag: ignored('n'),
  max_pipelines: ignored('n'),
  read_buf: ignored('n'),
  nbio: ignored(),
  nbio_test: ignored(),
  async: ignored(),
  ktls: ignored(),
  tfo: ignored(),
  no_tx_cert_comp: ignored(),
  no_rx_cert_comp: ignored(),
  provparam: ignored('value'),
};

/** All of them. */
export const TLS_FLAGS: TlsFlags = { ...SUPPORTED, ...REFUSED, ...WITHOUT_EFFECT };
