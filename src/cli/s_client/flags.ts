/** The options of `s_client`. */
import type { Context } from '../context.ts';
import { PROVIDER_FLAGS, RANDOM_FLAGS } from '../flags/keys.ts';
import { CRL_FLAGS, TRUST_FLAGS, VERIFY_FLAGS } from '../flags/trust.ts';
import { bool, ignored, int, missing, text } from '../spec.ts';
import { TLS_FLAGS, type OptionTable, type SharedFlags } from '../tls/flags.ts';

type Texts = 'connect' | 'host' | 'bind' | 'unix' | 'servername' | 'sess_out' | 'sess_in' | 'early_data';
type Numbers = 'port' | 'verify' | 'maxfraglen';
type Switches =
  | '4'
  | '6'
  | 'noservername'
  | 'reconnect'
  | 'ocsp_check_leaf'
  | 'ocsp_check_all'
  | 'status'
  | 'showcerts'
  | 'ladder'
  | 'ign_eof'
  | 'no_ign_eof'
  | 'nocommands'
  | 'prexit'
  | 'enable_pha'
  | 'fallback_scsv';
type Others =
  | 'proxy'
  | 'proxy_user'
  | 'proxy_pass'
  | 'starttls'
  | 'name'
  | 'xmpphost'
  | 'ct'
  | 'noct'
  | 'ctlogfile'
  | 'requestCAfile'
  | 'dane_tlsa_domain'
  | 'dane_tlsa_rrdata'
  | 'dane_ee_no_namechecks'
  | 'serverinfo'
  | 'srpuser'
  | 'srppass'
  | 'srp_lateuser'
  | 'srp_moregroups'
  | 'srp_strength'
  | 'ssl_client_engine'
  | 'sctp_label_bug'
  | 'wdebug'
  | 'quic'
  | 'adv'
  | 'ssl2'
  | 'expected-rpks'
  | 'ech_config_list'
  | 'ech_outer_sni'
  | 'ech_no_outer_sni'
  | 'ech_outer_alpn'
  | 'ech_select'
  | 'ech_ignore_cid'
  | 'ech_grease'
  | 'ech_grease_suite'
  | 'ech_grease_type';

export type ClientFlags = OptionTable<Texts, Numbers, Switches, Others> & SharedFlags;

export type ClientContext = Context<ClientFlags>;

const WHERE = { group: 'Where to connect' };
const SESSIONS = { group: 'Sessions and early data' };
const SHOW = { group: 'What is shown' };
const CHOICE = { group: 'What is offered and taken' };

/** Every option of OpenSSL 3.0's `s_client`, and names of later versions. */
export const CLIENT_FLAGS: ClientFlags = {
  connect: text('host:port', 'Where to connect', WHERE),
  host: text('name', 'The same in two options', WHERE),
  port: int('n', 'The port (default 4433)', WHERE),
  '4': bool('IPv4 only', WHERE),
  '6': bool('IPv6 only', WHERE),
  unix: text('path', 'Connect to a Unix domain socket', WHERE),
  bind: text('host:port', 'The local address to connect from', WHERE),
  servername: text('name', 'The name to ask for (default: the host of -connect)', CHOICE),
  noservername: bool('Ask for no name', CHOICE),
  status: bool('Ask for an OCSP response', CHOICE),
  ocsp_check_leaf: bool('The stapled response has to call the certificate good', CHOICE),
  ocsp_check_all: bool('TLS 1.3: stapled responses have to call all certificates but the root good', CHOICE),
  maxfraglen: int('n', 'Ask for records of at most 512, 1024, 2048 or 4096 octets', CHOICE),
  enable_pha: bool('Offer authentication after the handshake', CHOICE),
  fallback_scsv: bool('Say that this is a second try with an older version', CHOICE),
  verify: int('depth', 'Verify the server; errors are shown, and passed over up to this depth', {
    group: 'Verification of certificates',
  }),
  sess_out: text('file', 'Write the session to this file', SESSIONS),
  sess_in: text('file', 'Resume the session of this file', SESSIONS),
  reconnect: bool('Connect five times more with the same session', SESSIONS),
  early_data: text('file', 'Send this as early data', SESSIONS),
  ladder: bool('Show the handshake as a ladder of messages in place of the report', SHOW),
  showcerts: bool("Show all of the server's certificates", SHOW),
  ign_eof: bool('Stay connected when the input ends', SHOW),
  no_ign_eof: bool('End when the input ends, with -quiet too', SHOW),
  nocommands: bool('Q, R, K and k at the start of a line are data', { ...SHOW, aliases: ['no-interactive'] }),
  prexit: bool('Show the connection again at the end', SHOW),
  ...TLS_FLAGS,
  ...TRUST_FLAGS,
  ...CRL_FLAGS,
  ...VERIFY_FLAGS,
  proxy: missing('host:port'),
  proxy_user: missing('name'),
  proxy_pass: missing('source'),
  starttls: missing('protocol'),
  name: missing('host'),
  xmpphost: missing('host'),
  ct: missing(),
  noct: ignored(),
  ctlogfile: missing('file'),
  requestCAfile: missing('file'),
  dane_tlsa_domain: missing('name'),
  dane_tlsa_rrdata: missing('data'),
  dane_ee_no_namechecks: missing(),
  serverinfo: missing('types'),
  srpuser: missing('name'),
  srppass: missing('source'),
  srp_lateuser: missing(),
  srp_moregroups: missing(),
  srp_strength: missing('n'),
  ssl_client_engine: ignored('id'),
  sctp_label_bug: missing(),
  wdebug: ignored(),
  quic: missing(),
  adv: missing(),
  ssl2: missing(),
  'expected-rpks': missing('file'),
  ech_config_list: missing('list'),
  ech_outer_sni: missing('name'),
  ech_no_outer_sni: missing(),
  ech_outer_alpn: missing('list'),
  ech_select: missing('n'),
  ech_ignore_cid: missing(),
  ech_grease: missing(),
  ech_grease_suite: missing('suite'),
  ech_grease_type: missing('n'),
  ...PROVIDER_FLAGS,
  ...RANDOM_FLAGS,
};
