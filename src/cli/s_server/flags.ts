/** The options of `s_server`. */
import type { Context } from '../context.ts';
import { PROVIDER_FLAGS, RANDOM_FLAGS } from '../flags/keys.ts';
import { CRL_FLAGS, TRUST_FLAGS, VERIFY_FLAGS } from '../flags/trust.ts';
import { bool, ignored, int, missing, text } from '../spec.ts';
import { TLS_FLAGS, type OptionTable, type SharedFlags } from '../tls/flags.ts';

type Texts =
  | 'accept'
  | 'unix'
  | 'cert2'
  | 'key2'
  | 'dcert'
  | 'dkey'
  | 'dcert_chain'
  | 'dcertform'
  | 'dkeyform'
  | 'dpass'
  | 'dhparam'
  | 'servername'
  | 'context'
  | 'ticket_keys'
  | 'psk_hint'
  | 'status_file'
  | 'status_url'
  | 'proxy'
  | 'no_proxy'
  | 'pha_path'
  | 'keyupdate_path'
  | 'fixtures'
  | 'fixtures_domain';
type Numbers =
  | 'status_timeout'
  | 'port'
  | 'naccept'
  | 'verify'
  | 'Verify'
  | 'num_tickets'
  | 'max_early_data'
  | 'recv_max_early_data';
type Switches =
  | '4'
  | '6'
  | 'unlink'
  | 'nocert'
  | 'no_dhe'
  | 'servername_fatal'
  | 'www'
  | 'WWW'
  | 'HTTP'
  | 'rev'
  | 'echo'
  | 'no_cache'
  | 'no_resume_ephemeral'
  | 'early_data'
  | 'no_anti_replay'
  | 'anti_replay'
  | 'stateless'
  | 'no_ca_names'
  | 'status'
  | 'status_verbose'
  | 'status_all'
  | 'ign_eof'
  | 'no_ign_eof';
type Others =
  | 'id_prefix'
  | 'ext_cache'
  | 'serverinfo'
  | 'http_server_binmode'
  | 'sendfile'
  | 'zerocopy_sendfile'
  | 'listen'
  | 'srpvfile'
  | 'srpuserseed'
  | 'cert_comp'
  | 'expected-rpks'
  | 'ech_key'
  | 'ech_dir'
  | 'ech_noretry_dir'
  | 'ech_trialdecrypt'
  | 'ech_greaseretries';

export type ServerFlags = OptionTable<Texts, Numbers, Switches, Others> & SharedFlags;

export type ServerContext = Context<ServerFlags>;

const WHERE = { group: 'Where to listen' };
const WHAT = { group: 'What to do with clients (default: print what they send)' };
const IDENTITY = { group: 'Our certificate and key' };
const STAPLE = { group: 'OCSP stapling' };
const SESSIONS = { group: 'Sessions and early data' };
const CHOICE = { group: 'What is offered and taken' };
const CLIENTS = { group: 'Verification of certificates' };

/** Every option of OpenSSL 3.0's `s_server`, -echo, -ticket_keys, and names of later versions. */
export const SERVER_FLAGS: ServerFlags = {
  accept: text('[host:]port', 'Where to listen (default 4433); port 0 takes a free one and prints it', WHERE),
  port: int('n', 'The port to listen on', WHERE),
  '4': bool('IPv4 only', WHERE),
  '6': bool('IPv6 only', WHERE),
  unix: text('path', 'Listen on a Unix domain socket', WHERE),
  unlink: bool('Remove the socket if it is there', WHERE),
  naccept: int('n', 'End after so many connections', WHERE),
  www: bool('Answer every HTTP request with a page about the connection', WHAT),
  WWW: bool('Answer HTTP requests with files of this folder', WHAT),
  HTTP: bool('The same; the files hold the header, too', WHAT),
  rev: bool('Send every line back reversed', WHAT),
  echo: bool('Send every record back', WHAT),
  pha_path: text('path', 'TLS 1.3: ask for a certificate when a request asks for this path', WHAT),
  keyupdate_path: text('path', 'TLS 1.3: make new keys when a request asks for this path', WHAT),
  fixtures: text(
    'file',
    'Serve every certificate of a fixture file, each under a name of its own, with an index page',
    WHAT,
  ),
  fixtures_domain: text('domain', 'What their names end in (default localhost)', WHAT),
  ...TLS_FLAGS,
  dcert: text('file', 'A second certificate, with another type of key', IDENTITY),
  dkey: text('file', 'Its private key', IDENTITY),
  dpass: text('source', 'Its pass phrase', IDENTITY),
  dcert_chain: text('file', 'Further certificates to send with it', IDENTITY),
  dcertform: text('form', 'Form of -dcert (found out by looking)', IDENTITY),
  dkeyform: text('form', 'Form of -dkey (found out by looking)', IDENTITY),
  nocert: bool('Have no certificate', IDENTITY),
  servername: text('name', 'The name for which -cert2 is taken', IDENTITY),
  cert2: text('file', 'The certificate for that name (default server2.pem)', IDENTITY),
  key2: text('file', 'Its private key (default: in the file of -cert2)', IDENTITY),
  servername_fatal: bool('Refuse clients that ask for another name', IDENTITY),
  status: bool('Staple an OCSP response: of the responder that the certificate names', STAPLE),
  status_file: text('file', 'The response to staple (DER or PEM), read for each client', STAPLE),
  status_url: text('url', 'The responder to ask where the certificate names none', STAPLE),
  status_timeout: int('seconds', 'How long a responder may take (default 10)', STAPLE),
  status_all: bool('TLS 1.3: staple responses for the other certificates of the chain, too', STAPLE),
  status_verbose: bool('Print the response that is sent on standard error', STAPLE),
  proxy: text('host[:port]', 'HTTP proxy (default: environment variable http_proxy or https_proxy)', STAPLE),
  no_proxy: text('hosts', 'Hosts to ask without a proxy (default: environment variable no_proxy)', STAPLE),
  dhparam: text('file', 'Diffie-Hellman parameters (default: ffdhe2048, or what the client names)', CHOICE),
  no_dhe: bool('No suites with ephemeral Diffie-Hellman', CHOICE),
  psk_hint: text('text', 'The hint about pre-shared keys, before TLS 1.3', CHOICE),
  stateless: bool('TLS 1.3: send a HelloRetryRequest with a cookie first', CHOICE),
  verify: int('depth', 'Ask clients for a certificate', CLIENTS),
  Verify: int('depth', 'Insist on one', CLIENTS),
  no_ca_names: bool('Name no authorities to clients', CLIENTS),
  ...TRUST_FLAGS,
  ...CRL_FLAGS,
  ...VERIFY_FLAGS,
  num_tickets: int('n', 'TLS 1.3: how many tickets to send (default 2)', SESSIONS),
  ticket_keys: text('file', 'Ticket keys, the first of which seals (default: a key of its own)', SESSIONS),
  no_cache: bool('Keep no sessions', SESSIONS),
  no_resume_ephemeral: bool('Keep no sessions and send no tickets', SESSIONS),
  context: text('text', 'Resume only sessions of the same context', SESSIONS),
  early_data: bool('Take early data', SESSIONS),
  max_early_data: int('n', 'How much of it (default 16384)', SESSIONS),
  recv_max_early_data: int('n', 'The same, as a limit', SESSIONS),
  anti_replay: bool('Take early data once (default)', SESSIONS),
  no_anti_replay: bool('Take early data as often as they come', SESSIONS),
  ign_eof: bool('The end of the input ends nothing (always so)', WHAT),
  no_ign_eof: bool('The end of the input ends the program', WHAT),
  id_prefix: missing('text'),
  ext_cache: missing(),
  serverinfo: missing('file'),
  http_server_binmode: ignored(),
  sendfile: ignored(),
  zerocopy_sendfile: ignored(),
  listen: missing(),
  srpvfile: missing('file'),
  srpuserseed: missing('text'),
  cert_comp: missing(),
  'expected-rpks': missing('file'),
  ech_key: missing('file'),
  ech_dir: missing('folder'),
  ech_noretry_dir: missing('folder'),
  ech_trialdecrypt: missing(),
  ech_greaseretries: missing(),
  ...PROVIDER_FLAGS,
  ...RANDOM_FLAGS,
};
