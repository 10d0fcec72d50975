import { checkKeyForm, Inputs, pemOrDer } from '../cli/flags/certificates.ts';
import { passinFlag, passoutFlag } from '../cli/flags/encryption.ts';
import { Output, PROVIDER_FLAGS, RANDOM_FLAGS, toFile } from '../cli/flags/keys.ts';
import { readReqConfig, reqPassphrases } from '../cli/req/config.ts';
import { ExtensionSources, makeCertificate, makeRequest, readIssuer } from '../cli/req/make.ts';
import { newKey, writeKey } from '../cli/req/new-key.ts';
import { aimOf, noteUnused } from '../cli/req/options.ts';
import { show } from '../cli/req/show.ts';
import { identityOf } from '../cli/req/subject.ts';
import { replaceSubject, verifyRequest } from '../cli/req/request.ts';
import { fail } from '../lib/errors.ts';
import { bool, defineCommand, ignored, int, list, text, type CommandSpec } from '../cli/spec.ts';

const INPUT = { group: 'Input' };
const MAKE = { group: 'Make' };
const KEY = { group: 'Key' };
const CERT = { group: 'Certificate instead of a request' };
const PRINT = { group: 'Print' };

const flags = {
  in: text('file', 'Request to read (default: standard input)', INPUT),
  inform: text('PEM|DER', 'Form of the input (default: what it looks like)', INPUT),
  verify: bool("Check the request's signature", INPUT),
  vfyopt: list('name:value', 'How to check it: distid, hexdistid', INPUT),
  new: bool('Make a new request', MAKE),
  subj: text('name', 'Subject: /C=DE/O=Example/CN=www.example.org; without it you are asked', MAKE),
  san: list('names', 'Alternative names: dns:example.org,ip:127.0.0.1,email:me@example.org', MAKE),
  addext: list('name=value', 'Add an extension, e.g. subjectAltName=DNS:example.org', MAKE),
  config: text('file', 'Configuration with a [req] section (default: OPENSSL_CONF, else built in)', MAKE),
  section: text('name', 'Another section than [req]', MAKE),
  reqexts: text('section', 'Section with the extensions of the request', MAKE),
  utf8: bool('Texts are UTF-8 (default: Latin-1, as OpenSSL takes them)', MAKE),
  batch: bool('Ask nothing: defaults are taken', MAKE),
  sigopt: list('name:value', 'How to sign, e.g. rsa_padding_mode:pss', MAKE),
  'multivalue-rdn': bool('"+" joins attributes in -subj, which it does anyway', MAKE),
  key: text('file', 'Key to use', KEY),
  keyform: text('form', 'Form of the key (found out by looking)', KEY),
  newkey: text('type', 'Make a key: rsa:2048, rsa:3072, ec, ed25519, ec:file, dsa:file, param:file', KEY),
  pkeyopt: list('name:value', 'What the new key is like, e.g. ec_paramgen_curve:P-256', KEY),
  keyout: text('file', 'Where the key goes: a new one (default: privkey.pem), or that of -key', KEY),
  nodes: bool('Do not encrypt the key that is written', { aliases: ['noenc'], ...KEY }),
  cipher: text('name', 'Encrypt it with this cipher (default des-ede3-cbc, as OpenSSL 3.0)', KEY),
  passin: { ...passinFlag(), ...KEY },
  passout: { ...passoutFlag(), ...KEY },
  x509: bool('Make a self-signed certificate', CERT),
  x509v1: bool('Make one of version 1, without extensions', CERT),
  days: int('n', 'How many days it holds from now (default 30)', CERT),
  not_before: text('time', 'Begin: YYMMDDHHMMSSZ, YYYYMMDDHHMMSSZ or today', CERT),
  not_after: text('time', 'End, in the same form', CERT),
  set_serial: text('number', 'Serial number: decimal, or hexadecimal after 0x', CERT),
  extensions: text('section', 'Section with its extensions', CERT),
  copy_extensions: text('none|copy|copyall', 'Take over extensions of the request', CERT),
  CA: text('file', 'Have it signed by this CA certificate', CERT),
  CAkey: text('file', 'Key of the CA (default: in the file of -CA)', CERT),
  precert: bool('Add the poison extension of a precertificate', CERT),
  text: bool('Print as text', PRINT),
  subject: bool('Print the subject', PRINT),
  pubkey: bool('Print the public key in PEM', PRINT),
  modulus: bool('Print the modulus of an RSA key', PRINT),
  nameopt: list('options', 'How names are printed, e.g. RFC2253 or multiline', PRINT),
  reqopt: list('options', 'What -text leaves out, e.g. no_pubkey,no_sigdump', PRINT),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Form of the output (default PEM)'),
  noout: bool('Do not write the request, only what was asked for'),
  newhdr: bool('Write NEW CERTIFICATE REQUEST in the PEM lines'),
  verbose: bool('Say more on stderr'),
  quiet: bool('Say less on stderr'),
  keygen_engine: ignored('id'),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: 'Make, show and check certificate requests; make self-signed certificates',
  description:
    'With -new or -newkey it makes a request, with -x509 a self-signed certificate at once. Without -subj it asks for the subject, line by ' +
    'line. With -in it reads a request, prints what was asked for and writes it again.',
  examples: [
    { say: 'A request for a key that you have', line: 'req -new -key key.pem -subj /CN=www.example.org -out csr.pem' },
    {
      say: 'Key and self-signed certificate for local use, in one go',
      line: 'req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN=localhost --san dns:localhost,ip:127.0.0.1',
    },
    {
      say: 'A key on P-256 and a request',
      line: 'req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout key.pem -out csr.pem',
    },
    { say: 'What does this request say, and is its signature good?', line: 'req -in csr.pem -noout -text -verify' },
  ],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { flags } = context;
    const aim = aimOf(flags);
    noteUnused(flags, aim, (line) => context.note(line));
    checkKeyForm('keyform', flags.keyform);
    if (context.json && flags.keyout !== undefined && !toFile(flags.keyout)) {
      fail('ERR_USAGE', '--json wants standard output for itself: name a file with -keyout');
    }
    const config = readReqConfig(context, flags);
    const sources = new ExtensionSources(config, flags, aim.certificate);
    const pass = reqPassphrases(context, flags, config);
    const inputs = new Inputs(context, pass.in);
    let key = flags.key === undefined ? undefined : await inputs.privateKey(flags.key);
    if (key && flags.keyout !== undefined) await writeKey(context, flags, config, key, pass.out);
    else if (aim.fresh) key ??= await newKey(context, flags, config, pass.out);
    let request = aim.fresh ? undefined : inputs.request(flags.in, pemOrDer('inform', flags.inform));
    const issuer = await readIssuer(inputs, flags);
    const out = new Output();
    if (aim.certificate) {
      const identity = request
        ? { subject: request.subject, attributes: [] }
        : await identityOf(context, flags, config, false);
      const certificate = makeCertificate(context, flags, config, { identity, request, key, issuer, sources });
      if (flags.verify && request) verifyRequest(context, flags, request, key);
      return show(context, flags, certificate, out);
    }
    if (aim.fresh && key) {
      request = makeRequest(context, flags, config, key, await identityOf(context, flags, config, true), sources);
    } else if (request && flags.subj !== undefined) {
      request = replaceSubject(context, flags, config, request);
    }
    const verified = flags.verify && request ? verifyRequest(context, flags, request, key) : undefined;
    if (request) show(context, flags, request, out, verified);
    return 0;
  },
});

export default command;
