import { existsSync } from 'node:fs';
import { PROVIDER_FLAGS, RANDOM_FLAGS } from '../cli/flags/keys.ts';
import { bool, defineCommand, ignored, int, list, text, type CommandSpec } from '../cli/spec.ts';
import { runCa } from '../cli/ca/run.ts';
import { TOPICS } from '../cli/topics.ts';
import { fail } from '../lib/errors.ts';
import { closest } from '../lib/closest.ts';

const CONFIG = { group: 'Configuration' };
const REQUESTS = { group: 'Requests' };
const CERTIFICATE = { group: 'Certificates' };
const SIGN = { group: 'Signing' };
const REVOKE = { group: 'Revocation' };
const CRL = { group: 'CRLs' };

const flags = {
  out: text('file', 'Write the certificates or the CRL to this file (default: standard output)'),
  outdir: text('dir', 'Folder for new certificates (default: new_certs_dir)'),
  notext: bool('Write certificates without their text'),
  batch: bool('Ask no questions'),
  dateopt: text('format', 'How dates are printed: rfc_822 or iso_8601'),
  verbose: bool('Say what is done'),
  quiet: bool('Say less'),
  config: text('file', 'Configuration file (default: the one that OPENSSL_CONF names)', CONFIG),
  name: text('section', 'Section of the CA (default: what default_ca names)', { aliases: ['section'], ...CONFIG }),
  policy: text('section', 'Section with the policy', CONFIG),
  in: text('file', 'Request to certify', REQUESTS),
  inform: text('PEM|DER', 'Form of the request (default: what it looks like)', REQUESTS),
  infiles: bool('The last option: what follows are requests', REQUESTS),
  ss_cert: text('file', 'Self-signed certificate to certify', REQUESTS),
  spkac: text('file', 'SPKAC to certify, and attributes of its subject', REQUESTS),
  vfyopt: list('name:value', 'How to verify requests: distid, hexdistid', REQUESTS),
  subj: text('name', "Subject in place of the request's: /C=DE/O=Example/CN=www.example.org", CERTIFICATE),
  utf8: bool('Values of -subj are UTF-8', CERTIFICATE),
  'multivalue-rdn': { ...ignored(), description: 'has no effect: "+" always joins values of -subj' },
  preserveDN: bool('Keep the order of the subject, not the policy’s', CERTIFICATE),
  noemailDN: bool('Leave email addresses out of the subject', CERTIFICATE),
  msie_hack: bool('Better string types in subjects from very old browsers', CERTIFICATE),
  startdate: text('time', 'Begin: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ', { aliases: ['not_before'], ...CERTIFICATE }),
  enddate: text('time', 'End, in the same form', { aliases: ['not_after'], ...CERTIFICATE }),
  days: int('n', 'How many days certificates hold', CERTIFICATE),
  extensions: text('section', 'Section with the extensions (default: x509_extensions)', CERTIFICATE),
  extfile: text('file', 'Other configuration file for the extensions', CERTIFICATE),
  create_serial: bool('Begin with a random number if there is no serial number file', CERTIFICATE),
  rand_serial: bool('Random serial numbers', CERTIFICATE),
  keyfile: text('file', "The CA's key (default: private_key)", SIGN),
  keyform: text('form', 'Its form (found out by looking)', SIGN),
  passin: text('source', 'Passphrase of the key: pass:text, env:name, file:path, fd:number or stdin', SIGN),
  key: text('passphrase', 'The passphrase itself, which others on the machine may see; better use -passin', SIGN),
  cert: text('file', "The CA's certificate (default: certificate)", SIGN),
  certform: text('form', 'Its form (found out by looking)', SIGN),
  selfsign: bool('Sign a request with the key that it holds: the certificate is its own issuer', SIGN),
  md: text('digest', 'Digest to sign with (default: default_md)', SIGN),
  sigopt: list('name:value', 'How to sign, e.g. rsa_padding_mode:pss', SIGN),
  revoke: text('file', 'Revoke this certificate', REVOKE),
  crl_reason: text('reason', 'Why: keyCompromise, superseded, …', REVOKE),
  crl_hold: text('oid', 'Put it on hold, with an instruction such as holdInstructionReject', REVOKE),
  crl_compromise: text('time', 'The key was compromised at YYYYMMDDHHMMSSZ', REVOKE),
  crl_CA_compromise: text('time', "The CA's key was compromised at YYYYMMDDHHMMSSZ", REVOKE),
  valid: text('file', 'Put a certificate into the database as valid', REVOKE),
  status: text('serial', 'Say what the database knows of a serial number (exit code 1, as in OpenSSL)', REVOKE),
  updatedb: bool('Mark expired certificates', REVOKE),
  gencrl: bool('Make a CRL', CRL),
  crldays: int('n', 'Days to the next CRL (default: default_crl_days)', CRL),
  crlhours: int('n', 'Hours to the next CRL', CRL),
  crlsec: int('n', 'Seconds to the next CRL', CRL),
  crl_lastupdate: text('time', 'When it is issued: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ', CRL),
  crl_nextupdate: text('time', 'When the next one is due, in the same form', CRL),
  crlexts: text('section', 'Section with its extensions (default: crl_extensions)', CRL),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: "Run a small CA in OpenSSL's files: sign requests, revoke, make CRLs",
  description:
    'Signs requests under the rules of a section of openssl.cnf, keeps what it issued in index.txt, revokes certificates, makes CRLs: the same ' +
    'files as openssl ca, so that both can work on one CA in turn. One tlskit at a time works on a CA; others wait. ' +
    '"ca init" and what goes with it keep a CA in a database instead, without a configuration file.',
  examples: [
    { say: 'Sign a request, without questions', line: 'ca -config ca.cnf -batch -notext -in csr.pem -out cert.pem' },
    { say: 'Sign several', line: 'ca -config ca.cnf -batch -infiles a.csr b.csr' },
    {
      say: 'Sign an intermediate CA',
      line: 'ca -config ca.cnf -batch -extensions v3_intermediate -days 1825 -in sub.csr -out sub.pem',
    },
    { say: 'Revoke a certificate', line: 'ca -config ca.cnf -revoke cert.pem -crl_reason keyCompromise' },
    { say: 'Make a CRL', line: 'ca -config ca.cnf -gencrl -out ca.crl' },
  ],
  flags,
  args: [{ name: 'request', description: 'requests to certify', many: true }],
  run(context) {
    checkWord(context.args, context.order);
    return runCa(context, context.flags, context.args, () => context.sink.commit(() => context.flushNotes()));
  },
});

/** OpenSSL takes words for requests: one that is no file and nearly one of our own commands is a slip of the pen. */
function checkWord([word]: readonly string[], given: readonly string[]): void {
  if (word === undefined || given.length > 0 || existsSync(word)) return;
  const own = TOPICS.flatMap(({ commands }) => commands).flatMap((name) =>
    name.startsWith('ca ') ? [name.slice('ca '.length)] : [],
  );
  const near = closest(word, own);
  if (near !== undefined)
    fail('ERR_USAGE', `there is no "ca ${word}", and no file of that name; did you mean "ca ${near}"?`);
}

export default command;
