/** The certificate that `x509` works on: read, made from a request or from nothing, changed, signed. */
import type { Config } from '../../lib/conf/index.ts';
import { parseConfig } from '../../lib/conf/parse.ts';
import { fail } from '../../lib/errors.ts';
import type { PrivateKey, PublicKey } from '../../lib/keys/model.ts';
import { readPublicKey } from '../../lib/keys/read.ts';
import { nameLine } from '../../lib/text/name.ts';
import {
  buildCertificate,
  corruptSignature,
  fieldsOf,
  parseTime,
  replaceFields,
  timeFromMs,
  laterBy,
  VERSION_1,
  VERSION_3,
  type CertificateFields,
} from '../../lib/x509/build.ts';
import type { Certificate, Extension } from '../../lib/x509/certificate.ts';
import { copyExtensions, keepExtensions } from '../../lib/x509/copy.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../../lib/x509/extensions/index.ts';
import { Name } from '../../lib/x509/name.ts';
import { parseSubject } from '../../lib/x509/name-build.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import { parseSerial, randomSerial } from '../../lib/x509/serial.ts';
import { signatureFor } from '../../lib/x509/sign.ts';
import { certificateSignedBy, requestSignedByItself } from '../../lib/x509/verify-signed.ts';
import type { Time } from '../../lib/x509/time.ts';
import { checkKeyForm, copyMode, Inputs, keyOf, pemOrDer } from '../flags/certificates.ts';
import { passphrases } from '../flags/encryption.ts';
import type { Context } from '../context.ts';
import type { X509Options } from './options.ts';
import { takeSerial } from './serial-file.ts';

/** What the parts of `x509` need of the running command. */
export type Io = Pick<Context, 'read' | 'write' | 'inputName' | 'passphrase' | 'prompter' | 'note' | 'digest'>;

/** The certificate, and what was read on the way to it. */
export interface Made {
  /** What is printed. */
  readonly certificate: Certificate;
  /** What is written: without a signer the certificate as it was read, as OpenSSL does it. */
  readonly written: Certificate;
  /** The key of -key. */
  readonly key: PrivateKey | undefined;
  /** The extensions' file and the section that holds. */
  readonly extfile: ExtensionFile | undefined;
  /** What values of extensions refer to. */
  readonly context: ExtensionContext;
}

export interface ExtensionFile {
  readonly config: Config;
  readonly section: string;
}

interface Issuer {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

const DEFAULT_DAYS = 30;

/**
 * Reads, makes and signs as the options say. Nothing is written: a new serial file is queued.
 *
 * @throws TlskitError for input that cannot be read, a bad signature on the request, a CA certificate and key that do not match
 */
export async function makeCertificate(io: Io, options: X509Options): Promise<Made> {
  checkKeyForm('keyform', options.keyform);
  checkKeyForm('CAkeyform', options.CAkeyform);
  const inputs = new Inputs(io, passphrases(io, options).in);
  const key = options.key === undefined ? undefined : await inputs.privateKey(options.key);
  const forced = options.force_pubkey === undefined ? undefined : forcedKey(io, options.force_pubkey);
  const extfile = extensionFile(io, options);
  const request = options.req ? checkedRequest(io, inputs, options) : undefined;
  if ((request || options.new) && !key && options.CA === undefined) {
    fail('ERR_USAGE', 'a private key is needed to sign with: use -key, or -CA and -CAkey');
  }
  const source =
    request || options.new ? undefined : await inputs.certificate(options.in, pemOrDer('inform', options.inform));
  if (source && options.CA !== undefined) requireSelfSigned(source, io.inputName(options.in));
  const issuer = options.CA === undefined ? undefined : await loadIssuer(inputs, options, options.CA);
  const pubkey = forced ?? key?.publicKey;
  const fields = startingFields(io, options, source, request, pubkey, issuer?.certificate);
  const signed = key ?? issuer?.key;
  const context = contextOf(fields, issuer, key);
  const made = options.x509toreq ? fields : withExtensions(fields, extfile, context);
  const certificate = signed ? sign(io, options, made, signed, context) : source && replaced(io, options, source, made);
  if (!certificate) return fail('ERR_USAGE', 'there is nothing to sign with');
  const written = signed ? certificate.withTrust(source?.trust) : (source as Certificate);
  const finish = options.badsig ? corrupted : (same: Certificate): Certificate => same;
  return { certificate: finish(certificate.withTrust(source?.trust)), written: finish(written), key, extfile, context };
}

const corrupted = (certificate: Certificate): Certificate => corruptSignature(certificate).withTrust(certificate.trust);

/** The certificate to print: as it was read, or with the changes that would need a signer to be written. */
function replaced(io: Io, options: X509Options, source: Certificate, fields: CertificateFields): Certificate {
  const before = fieldsOf(source);
  const names = Object.keys(before) as (keyof CertificateFields)[];
  const noExtensions = before.extensions.length + fields.extensions.length === 0;
  const changed = names.some((name) => before[name] !== fields[name] && !(name === 'extensions' && noExtensions));
  if (!changed) return source;
  if (options.ext === undefined || options.extfile !== undefined) {
    io.note(
      'Warning: without -key or -CA nobody signs the changes: they are printed, and the certificate is written as it was\n',
    );
  }
  return replaceFields(source, fields);
}

/** A CA certifies a certificate as if it were a request: its own key must have signed it. */
function requireSelfSigned(certificate: Certificate, source: string): void {
  const { subject, issuer } = certificate;
  const own = subject.der.equals(issuer.der) && certificateSignedBy(certificate, keyOf(certificate));
  if (!own) fail('ERR_SIGNATURE', `${source}: the certificate to be certified should be self-signed`);
}

function forcedKey(io: Io, path: string): PublicKey {
  return readPublicKey(io.read(path), { source: io.inputName(path) });
}

function extensionFile(io: Io, { extfile, extensions }: X509Options): ExtensionFile | undefined {
  if (extfile === undefined) return undefined;
  const config = parseConfig(io.read(extfile), { source: io.inputName(extfile), env: process.env });
  const section = extensions ?? config.get('default', 'extensions') ?? 'default';
  if (!config.hasSection(section)) {
    fail(
      'ERR_CONFIG',
      `${config.source} has no section [${section}], which ${extensions === undefined ? 'its line "extensions"' : '-extensions'} names`,
    );
  }
  return { config, section };
}

function checkedRequest(io: Io, inputs: Inputs, options: X509Options): CertificateRequest {
  const request = inputs.request(options.in, pemOrDer('inform', options.inform));
  if (!requestSignedByItself(request, options.vfyopt)) {
    fail(
      'ERR_SIGNATURE',
      `${io.inputName(options.in)}: the certificate request's self-signature does not match its contents`,
    );
  }
  io.note(`Certificate request self-signature ok\n${nameLine('subject=', request.subject)}`);
  return request;
}

async function loadIssuer(inputs: Inputs, options: X509Options, path: string): Promise<Issuer> {
  const certificate = await inputs.certificate(path);
  const keyPath = options.CAkey ?? path;
  const key = await inputs.privateKey(keyPath);
  if (!key.publicKey.equals(keyOf(certificate))) {
    fail('ERR_KEY_MISMATCH', `CA certificate and CA private key do not match: ${path} and ${keyPath}`);
  }
  return { certificate, key };
}

/** All but the extensions of -extfile. */
function startingFields(
  io: Io,
  options: X509Options,
  source: Certificate | undefined,
  request: CertificateRequest | undefined,
  pubkey: PublicKey | undefined,
  ca: Certificate | undefined,
): CertificateFields {
  const signs = request !== undefined || options.new || options.key !== undefined || ca !== undefined;
  const subject = options.subj === undefined ? undefined : nameOf(io, options.subj, 'subject');
  const newSubject = subject ?? request?.subject ?? source?.subject ?? Name.empty;
  const issuer = options.set_issuer === undefined ? undefined : nameOf(io, options.set_issuer, 'issuer');
  const before = source ? fieldsOf(source) : undefined;
  const dates = signs && !(options.preserve_dates && source) ? validity(options) : changedDates(options, source);
  return {
    versionField: before?.versionField ?? VERSION_1,
    serial: serialOf(io, options, source, ca),
    issuer: issuer ?? (signs ? (ca?.subject ?? newSubject) : (source as Certificate).issuer),
    subject: newSubject,
    ...dates,
    spki: pubkey?.spki ?? request?.spki ?? (source as Certificate).spki,
    issuerUniqueId: before?.issuerUniqueId,
    subjectUniqueId: before?.subjectUniqueId,
    extensions: keepExtensions(takenExtensions(options, before, request), kept(options)),
  };
}

/** The extensions that may stay. OpenSSL takes those that -ext does not name out of the certificate, also where it only prints. */
const kept = ({ clrext, ext }: X509Options): readonly string[] | undefined =>
  clrext ? [] : ext?.split(',').map((name) => name.trim());

function takenExtensions(
  options: X509Options,
  before: CertificateFields | undefined,
  request: CertificateRequest | undefined,
): readonly Extension[] {
  const mode = copyMode(options.copy_extensions);
  if (!request) return before?.extensions ?? [];
  return mode === undefined ? [] : copyExtensions([], request.extensions, mode);
}

const nameOf = (io: Io, text: string, what: string): Name =>
  parseSubject(text, { what, warn: (line) => io.note(`${line}\n`) });

function serialOf(io: Io, options: X509Options, source: Certificate | undefined, ca: Certificate | undefined): Buffer {
  if (options.set_serial !== undefined) return parseSerial(options.set_serial);
  if (ca) return takeSerial(io, options);
  return source?.serial ?? randomSerial();
}

function validity(options: X509Options): { notBefore: Time; notAfter: Time } {
  const now = Date.now();
  const { not_before: from, not_after: to } = options;
  const notBefore = from === undefined ? timeFromMs(now) : parseTime(from, '-not_before', now);
  const notAfter =
    to === undefined ? timeFromMs(laterBy(now, options.days ?? DEFAULT_DAYS)) : parseTime(to, '-not_after', now);
  return { notBefore, notAfter };
}

function changedDates(options: X509Options, source: Certificate | undefined): { notBefore: Time; notAfter: Time } {
  const { notBefore, notAfter } = source as Certificate;
  const { not_before: from, not_after: to } = options;
  return {
    notBefore: from === undefined ? notBefore : parseTime(from, '-not_before'),
    notAfter: to === undefined ? notAfter : parseTime(to, '-not_after'),
  };
}

function contextOf(
  fields: CertificateFields,
  issuer: Issuer | undefined,
  key: PrivateKey | undefined,
): ExtensionContext {
  const { subject, spki, issuer: issuerName, serial } = fields;
  const signer = issuer?.key ?? key;
  return {
    subject: { subject, spki, issuer: issuerName, serial },
    issuer: issuer?.certificate ?? 'self',
    ...(key ? { issuerKey: key.publicKey.spki } : {}),
    ...(signer ? { selfSigned: signer.publicKey.equals(keyOf({ spki })) } : {}),
  };
}

function withExtensions(
  fields: CertificateFields,
  extfile: ExtensionFile | undefined,
  context: ExtensionContext,
): CertificateFields {
  if (!extfile) return fields;
  const { config, section } = extfile;
  let { subject } = fields;
  const extensions = buildExtensions(config.section(section) ?? [], {
    ...context,
    config,
    where: `${config.source}: [${section}]`,
    existing: fields.extensions,
    onSubjectChange: (changed) => {
      subject = changed;
    },
  });
  return { ...fields, subject, extensions };
}

function sign(
  io: Io,
  options: X509Options,
  fields: CertificateFields,
  key: PrivateKey,
  context: ExtensionContext,
): Certificate {
  const signer = signatureFor(key, { digest: io.digest, sigopts: options.sigopt });
  const versionField = fields.extensions.length > 0 ? VERSION_3 : fields.versionField;
  const extensions = withKeyIds(fields.extensions, context);
  return buildCertificate({ ...fields, versionField, extensions }, signer);
}
