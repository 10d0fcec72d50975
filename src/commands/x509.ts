import { copyMode, pemOrDer } from '../cli/flags/certificates.ts';
import { Output, PROVIDER_FLAGS, RANDOM_FLAGS, toFile } from '../cli/flags/keys.ts';
import { bool, defineCommand, int, list, text, type CommandSpec } from '../cli/spec.ts';
import { makeCertificate } from '../cli/x509/make.ts';
import { checkOptions } from '../cli/x509/options.ts';
import { show, showAll } from '../cli/x509/show.ts';
import { requestOf } from '../cli/x509/to-request.ts';
import { applyTrust, certificatePem, wantsTrust } from '../cli/x509/trust.ts';
import { encodePem } from '../lib/der/pem.ts';

const INPUT = { group: 'Input' };
const PRINT = { group: 'Print' };
const CHECK = { group: 'Check' };
const MAKE = { group: 'Make and sign' };
const CA = { group: 'Sign as a CA' };
const TRUST = { group: 'OpenSSL trust settings' };

const flags = {
  in: text('file', 'Certificate to read, or the request with -req (default: standard input)', INPUT),
  inform: text('PEM|DER', 'Form of the input (default: what it looks like)', INPUT),
  req: bool('The input is a certificate request; make a certificate of it', INPUT),
  new: bool('Make a certificate from nothing: needs -subj and a key', INPUT),
  multi: bool('Work on every certificate of the input', INPUT),
  passin: text('source', 'Passphrase of keys: pass:text, env:name, file:path, fd:number or stdin', INPUT),
  vfyopt: list('name:value', 'How to verify the request: distid, hexdistid', INPUT),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Form of the output (default PEM)'),
  noout: bool('Do not write the certificate, only what was asked for'),
  nocert: bool('The same as -noout for the certificate'),
  x509toreq: bool('Write a request for the same subject instead; needs -key'),
  text: bool('Print the certificate as text', PRINT),
  subject: bool('Print the subject', PRINT),
  issuer: bool('Print the issuer', PRINT),
  serial: bool('Print the serial number', PRINT),
  next_serial: bool('Print the number one above the serial number', PRINT),
  startdate: bool('Print when the certificate begins to hold', PRINT),
  enddate: bool('Print when it ends', PRINT),
  dates: bool('Print both dates', PRINT),
  fingerprint: bool('Print the digest of the certificate, SHA-1 unless -sha256 or another is given', PRINT),
  subject_hash: bool('Print the hash of the subject that names files in a CApath', { aliases: ['hash'], ...PRINT }),
  issuer_hash: bool('Print the hash of the issuer', PRINT),
  subject_hash_old: bool('Print the hash that OpenSSL before 1.0.0 used', PRINT),
  issuer_hash_old: bool('Print the same of the issuer', PRINT),
  pubkey: bool('Print the public key in PEM', PRINT),
  modulus: bool('Print the modulus of an RSA key', PRINT),
  ext: text('names', 'Print these extensions, e.g. subjectAltName,keyUsage; keep only them when signing', PRINT),
  email: bool('Print the email addresses', PRINT),
  ocsp_uri: bool('Print the URIs of OCSP responders', PRINT),
  ocspid: bool('Print the hashes that an OCSP request holds', PRINT),
  purpose: bool('Print what the certificate may be used for', PRINT),
  alias: bool('Print the alias of a trusted certificate', PRINT),
  nameopt: list('options', 'How names are printed, e.g. RFC2253 or multiline', PRINT),
  certopt: list('options', 'What -text leaves out, e.g. no_pubkey,no_sigdump', PRINT),
  dateopt: text('format', 'How dates are printed: rfc_822 or iso_8601', PRINT),
  checkend: int('seconds', 'Exit 1 if the certificate ends within so many seconds', CHECK),
  checkhost: text('host', 'Say whether the certificate is for this host', CHECK),
  checkemail: text('address', 'Say whether it is for this mailbox', CHECK),
  checkip: text('address', 'Say whether it is for this IP address', CHECK),
  key: text('file', 'Key to sign with, which becomes the key of the certificate', { aliases: ['signkey'], ...MAKE }),
  keyform: text('form', 'Form of the key (found out by looking)', MAKE),
  force_pubkey: text('file', 'Public key to put into the certificate', MAKE),
  subj: text('name', 'Subject: /C=DE/O=Example/CN=www.example.org', { aliases: ['set_subject'], ...MAKE }),
  set_issuer: text('name', 'Issuer, in the same form', MAKE),
  set_serial: text('number', 'Serial number: decimal, or hexadecimal after 0x', MAKE),
  days: int('n', 'How many days the certificate holds from now (default 30)', MAKE),
  not_before: text('time', 'Begin: YYMMDDHHMMSSZ, YYYYMMDDHHMMSSZ or today', MAKE),
  not_after: text('time', 'End, in the same form', MAKE),
  preserve_dates: bool('Keep the dates of the input', MAKE),
  extfile: text('file', 'Configuration file with the extensions to add', MAKE),
  extensions: text('section', 'Its section with the extensions', MAKE),
  copy_extensions: text('none|copy|copyall', 'Take over the extensions of the request, or of the certificate', MAKE),
  clrext: bool('Drop the extensions of the input', MAKE),
  sigopt: list('name:value', 'How to sign, e.g. rsa_padding_mode:pss', MAKE),
  badsig: bool('Break the signature, for tests', MAKE),
  CA: text('file', 'Certificate of the CA that signs', CA),
  CAform: text('form', 'Its form (found out by looking)', CA),
  CAkey: text('file', 'Key of the CA (default: in the file of -CA)', CA),
  CAkeyform: text('form', 'Its form (found out by looking)', CA),
  CAserial: text('file', "The CA's serial number file (default: name of the -CA file with .srl)", CA),
  CAcreateserial: bool('Create the serial number file if there is none', CA),
  trustout: bool('Write a TRUSTED CERTIFICATE', TRUST),
  setalias: text('name', 'Set the alias', TRUST),
  addtrust: list('purpose', 'Trust the certificate for a purpose', TRUST),
  addreject: list('purpose', 'Reject it for a purpose', TRUST),
  clrtrust: bool('Forget the purposes it is trusted for', TRUST),
  clrreject: bool('Forget the purposes it is rejected for', TRUST),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: 'Show, check, convert and sign certificates',
  description:
    'Reads a certificate and prints what was asked for, in the order of the options, or writes it in another form. With -req it makes a ' +
    'certificate of a request, signed by -key (self-signed) or by a CA (-CA, -CAkey).',
  examples: [
    { say: 'What does this certificate say?', line: 'x509 -in cert.pem -text -noout' },
    {
      say: 'Names, dates and fingerprint',
      line: 'x509 -in cert.pem -noout -subject -issuer -dates -fingerprint -sha256',
    },
    { say: 'Exit 1 if it ends within 30 days', line: 'x509 -in cert.pem -noout -checkend 2592000' },
    { say: 'Self-sign a request', line: 'x509 -req -in csr.pem -signkey key.pem -days 365 -out cert.pem' },
    {
      say: 'Sign a request as a CA',
      line: 'x509 -req -in csr.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile ext.cnf -out cert.pem',
    },
  ],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { flags } = context;
    checkOptions(flags, (line) => context.note(line));
    copyMode(flags.copy_extensions);
    const der = pemOrDer('outform', flags.outform) === 'der';
    if (flags.multi) return showAll(context, flags);
    const made = await makeCertificate(context, flags);
    const certificate = applyTrust(made.certificate, flags);
    const out = new Output();
    if (flags.x509toreq && made.key) {
      const request = requestOf(made, made.key, flags, context.digest);
      if (!flags.noout) out.add(der ? request.der : encodePem('CERTIFICATE REQUEST', request.der));
    }
    const written = applyTrust(made.written, flags);
    const code = show(context, flags, certificate, out, written);
    if (!flags.x509toreq && !flags.noout && !flags.nocert && code === 0 && flags.checkend === undefined) {
      const bytes = der ? written.der : certificatePem(written, wantsTrust(flags));
      if (!context.json || toFile(flags.out)) out.add(bytes);
    }
    out.writeTo(context, flags.out);
    return code;
  },
});

export default command;
