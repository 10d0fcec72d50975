/** The options of `ocsp`. */
import type { Context } from '../context.ts';
import { PROVIDER_FLAGS } from '../flags/keys.ts';
import { TRUST_FLAGS, VERIFY_FLAGS } from '../flags/trust.ts';
import { bool, ignored, int, list, text, type Flag, type FlagValues } from '../spec.ts';

type Texts =
  | 'url'
  | 'host'
  | 'port'
  | 'path'
  | 'proxy'
  | 'no_proxy'
  | 'reqin'
  | 'reqout'
  | 'respin'
  | 'respout'
  | 'out'
  | 'signer'
  | 'signkey'
  | 'sign_other'
  | 'VAfile'
  | 'verify_other'
  | 'index'
  | 'CA'
  | 'rsigner'
  | 'rkey'
  | 'rother'
  | 'rmd'
  | 'rcid'
  | 'passin';
type Numbers = 'timeout' | 'validity_period' | 'status_age' | 'ndays' | 'nmin' | 'nrequest';
type Switches =
  | 'nonce'
  | 'no_nonce'
  | 'no_certs'
  | 'req_text'
  | 'resp_text'
  | 'text'
  | 'noverify'
  | 'trust_other'
  | 'no_intern'
  | 'no_signature_verify'
  | 'no_cert_verify'
  | 'no_chain'
  | 'no_cert_checks'
  | 'no_explicit'
  | 'resp_no_certs'
  | 'resp_key_id'
  | 'badsig'
  | 'ignore_err';
type Lists = 'issuer' | 'cert' | 'serial' | 'header' | 'rsigopt';

type OcspFlags = Readonly<
  Record<Texts, Flag<string | undefined>> &
    Record<Numbers, Flag<number | undefined>> &
    Record<Switches, Flag<boolean>> &
    Record<Lists, Flag<readonly string[]>> &
    Record<'multi' | keyof typeof PROVIDER_FLAGS, Flag<string | boolean | undefined>>
> &
  typeof TRUST_FLAGS &
  typeof VERIFY_FLAGS;

export type OcspValues = FlagValues<OcspFlags>;
export type OcspContext = Context<OcspFlags>;

const ASK = { group: 'What to ask' };
const WHOM = { group: 'Whom to ask' };
const SHOW = { group: 'What to show and keep' };
const TRUST = { group: "Verification of the response's signer" };
const TIMES = { group: 'Times of the response' };
const ANSWER = { group: 'Answer requests' };

/** Every option of OpenSSL 3.0's `ocsp`. */
export const OCSP_FLAGS: OcspFlags = {
  issuer: list('file', 'Certificate of the CA that issued those of the -cert and -serial after it', ASK),
  cert: list('file', 'A certificate to ask about', ASK),
  serial: list('number', 'A serial number to ask about, decimal or hexadecimal after 0x', ASK),
  nonce: bool('Put a nonce into the request, also into one of -reqin', ASK),
  no_nonce: bool('Put no nonce into the request', ASK),
  signer: text('file', 'Certificate to sign the request with', ASK),
  signkey: text('file', 'Its private key (default: in the file of -signer)', ASK),
  sign_other: text('file', 'Further certificates to put into the request', ASK),
  no_certs: bool('Put no certificates into the request', ASK),
  reqin: text('file', 'Take the request from this file (DER or PEM)', ASK),
  url: text('url', 'Ask the responder at this URL: http://host[:port][/path] or https', WHOM),
  host: text('host[:port]', 'Ask the responder of this host', WHOM),
  port: text('port', 'The port; with -index the port to serve on', WHOM),
  path: text('path', 'The path at the host (default /)', WHOM),
  header: list('name=value', 'Add an HTTP header', WHOM),
  timeout: int('seconds', 'How long an exchange may take (default 60; for clients of a responder 30)', WHOM),
  proxy: text('host[:port]', 'HTTP proxy (default: environment variable http_proxy or https_proxy)', WHOM),
  no_proxy: text('hosts', 'Hosts to ask without a proxy (default: environment variable no_proxy)', WHOM),
  respin: text('file', 'Take the response from this file (DER or PEM) and ask nobody', WHOM),
  out: text('file', 'Write text to this file (default: standard output)', SHOW),
  reqout: text('file', 'Write the request to this file (DER)', SHOW),
  respout: text('file', 'Write the response to this file (DER)', SHOW),
  req_text: bool('Print the request as text', SHOW),
  resp_text: bool('Print the response as text', SHOW),
  text: bool('Print both as text', SHOW),
  ignore_err: bool('Go on where the responder answers with an error', SHOW),
  validity_period: int('seconds', 'By how much clocks may differ (default 300)', TIMES),
  status_age: int('seconds', 'How old an answer may be at most', TIMES),
  noverify: bool('Do not verify the response at all', TRUST),
  VAfile: text('file', 'Certificates of responders that are trusted as they are', TRUST),
  verify_other: text('file', 'Further certificates among which the signer may be', TRUST),
  trust_other: bool('Trust signers among those of -verify_other as they are', TRUST),
  no_intern: bool('The signer may not be among the certificates of the response', TRUST),
  no_signature_verify: bool('Do not check the signature', TRUST),
  no_cert_verify: bool("Do not verify the signer's certificate", TRUST),
  no_chain: bool("Certificates of the response may not complete the signer's chain", TRUST),
  no_cert_checks: bool('Do not check that the signer may answer for these certificates', TRUST),
  no_explicit: bool('Roots that are trusted for OCSP signing do not make responders', TRUST),
  ...TRUST_FLAGS,
  ...VERIFY_FLAGS,
  index: text('file', "Answer requests from this index.txt of a CA: -reqin's, or with -port those of clients", ANSWER),
  CA: text('file', 'Certificates of the CAs to answer for', ANSWER),
  rsigner: text('file', 'Certificate to sign responses with', ANSWER),
  rkey: text('file', 'Its private key (default: in the file of -rsigner)', ANSWER),
  passin: text('source', 'Pass phrase of -rkey: pass:text, env:name, file:path, fd:number or stdin', ANSWER),
  rother: text('file', 'Further certificates to put into responses', ANSWER),
  resp_no_certs: bool('Put no certificates into responses', ANSWER),
  resp_key_id: bool('Name the signer by its key instead of its subject', ANSWER),
  rmd: text('digest', 'Digest to sign responses with', ANSWER),
  rsigopt: list('name:value', 'How to sign responses, e.g. rsa_padding_mode:pss', ANSWER),
  rcid: text('digest', "Digest of the certificate IDs in responses (default: the request's)", ANSWER),
  ndays: int('n', 'Days until there will be a newer answer', ANSWER),
  nmin: int('n', 'Minutes until then', ANSWER),
  nrequest: int('n', 'End after so many requests', ANSWER),
  badsig: bool('Break the signatures of responses, for tests', ANSWER),
  multi: ignored('n'),
  ...PROVIDER_FLAGS,
};
