/** One request on its way to a certificate: looked at, its subject brought under the policy, shown, agreed to, signed, put into the database. */
import { applyPolicy } from '../../lib/ca/policy.ts';
import { entryName, type CertificateIndex, type IndexEntry } from '../../lib/ca/index-file.ts';
import { inspectSubject, withoutEmail, withoutOddTypes } from '../../lib/ca/subject.ts';
import type { Config, ConfigEntry } from '../../lib/conf/index.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { certificateText, parseTextOptions } from '../../lib/text/certificate.ts';
import { fromOctetText } from '../../lib/text/octets.ts';
import { BAD_TIME, timeText, type DateFormat } from '../../lib/text/time.ts';
import { buildCertificate, VERSION_1, VERSION_3, type CertificateFields } from '../../lib/x509/build.ts';
import type { Certificate, Extension } from '../../lib/x509/certificate.ts';
import { copyExtensions, type CopyExtensions } from '../../lib/x509/copy.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../../lib/x509/extensions/index.ts';
import type { Name } from '../../lib/x509/name.ts';
import { parseSubject } from '../../lib/x509/name-build.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import type { Signer } from '../../lib/x509/sign.ts';
import type { Time } from '../../lib/x509/time.ts';
import { keyOf } from '../flags/certificates.ts';
import type { CaConfig } from './config.ts';
import { refuse, type Io } from './options.ts';

/** What a request asks for, whatever form it had. */
export interface Wish {
  readonly subject: Name;
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
}

/** Where the extensions of new certificates stand. */
export interface ExtensionSource {
  readonly config: Config;
  readonly section: string;
  /** True for -extfile. */
  readonly ownFile: boolean;
}

/** How certificates are issued in this run. */
export interface Terms {
  readonly config: CaConfig;
  readonly index: CertificateIndex;
  readonly key: PrivateKey;
  readonly signer: Signer;
  /** The CA's certificate; absent with -selfsign. */
  readonly issuer: Certificate | undefined;
  readonly policy: readonly ConfigEntry[];
  readonly subj: string | undefined;
  readonly msieHack: boolean;
  readonly preserve: boolean;
  readonly emailInDn: boolean;
  readonly notBefore: Time;
  readonly notAfter: Time;
  /** What is said after the end of validity; 0: nothing. */
  readonly days: number;
  readonly extensions: ExtensionSource | undefined;
  readonly copy: CopyExtensions;
  readonly dateFormat: DateFormat;
  readonly batch: boolean;
  readonly verbose: boolean;
}

/** A certificate that stands in the database. */
export interface Issued {
  readonly certificate: Certificate;
  readonly serial: Buffer;
}

/**
 * Certifies, or gives undefined when the answer is no.
 *
 * @throws Refused in OpenSSL's words, which ends the whole run
 */
export async function certify(io: Io, terms: Terms, wish: Wish, serial: Buffer): Promise<Issued | undefined> {
  const { subj, config, verbose, index } = terms;
  const wanted = subj === undefined ? wish.subject : subjectOf(io, subj, config);
  const asked = terms.msieHack ? withoutOddTypes(wanted) : wanted;
  const subject = allowedSubject(io, terms, asked);
  if (verbose) io.note('Everything appears to be ok, creating and signing the certificate\n');
  const fields = fieldsOf(io, terms, { ...wish, subject }, serial);
  if (verbose) io.note('The subject name appears to be ok, checking database for clashes\n');
  const entry: IndexEntry = {
    type: 'V',
    expires: fields.notAfter,
    serial: serialHex(serial),
    file: 'unknown',
    name: entryName(fields.subject, serial),
  };
  refuseClash(io, index, entry);
  if (!(await isAgreed(io, terms, fields))) return undefined;
  const versionField = fields.extensions.length > 0 ? VERSION_3 : VERSION_1;
  const selfSigned = terms.key.publicKey.equals(keyOf(wish));
  const extensions = withKeyIds(fields.extensions, { ...fields.context, selfSigned });
  const certificate = buildCertificate({ ...fields, versionField, extensions }, terms.signer);
  index.add(entry);
  return { certificate, serial };
}

const subjectOf = (io: Io, text: string, { names }: CaConfig): Name =>
  parseSubject(text, { ...names, warn: (line) => io.note(`${line}\n`) });

/** The subject under the policy. */
function allowedSubject(io: Io, terms: Terms, asked: Name): Name {
  const list = terms.config.show === undefined;
  if (list) io.note("The Subject's Distinguished Name is as follows\n");
  const { lines, refusal } = inspectSubject(asked, { email: terms.emailInDn });
  if (list) io.note(lines);
  if (refusal !== undefined) refuse(io, refusal);
  const result = applyPolicy(terms.policy, asked, terms.issuer?.subject ?? asked, terms.config.names.objects);
  if ('refusal' in result) refuse(io, result.refusal);
  return terms.preserve ? asked : result.subject;
}

/** What the certificate says, and what its extensions were made in. */
type Draft = CertificateFields & { readonly context: ExtensionContext };

function fieldsOf(io: Io, terms: Terms, { subject, spki, extensions: requested }: Wish, serial: Buffer): Draft {
  const { issuer, extensions: source, notBefore, notAfter } = terms;
  const issuerName = issuer?.subject ?? subject;
  const { names } = terms.config;
  const context: ExtensionContext = {
    subject: { subject, spki, issuer: issuerName, serial },
    issuer: issuer ?? 'self',
    // without regard to the key, and without it as a source of identifiers: so does OpenSSL's ca, otherwise than its x509
    selfSigned: issuer === undefined,
    objects: names.objects,
    ...(names.stringMask === undefined ? {} : { stringMask: names.stringMask }),
  };
  let name = subject;
  const onSubjectChange = (changed: Name): void => {
    name = changed;
  };
  const made = source ? sectionExtensions(io, source, { ...context, onSubjectChange }, terms.verbose) : [];
  return {
    versionField: VERSION_1,
    serial,
    issuer: issuerName,
    subject: terms.emailInDn ? name : withoutEmail(subject),
    notBefore,
    notAfter,
    spki,
    extensions: copyExtensions(made, requested, terms.copy),
    context,
  };
}

function sectionExtensions(
  io: Io,
  { config, section, ownFile }: ExtensionSource,
  context: ExtensionContext,
  verbose: boolean,
): Extension[] {
  if (verbose && ownFile) io.note('Extra configuration file found\n');
  const where = `${config.source}: [${section}]`;
  const made = buildExtensions(config.section(section) ?? [], { ...context, config, where });
  if (verbose) io.note(`Successfully added extensions from ${ownFile ? 'file.' : 'config'}\n`);
  return made;
}

const STATES = { V: 'Valid', R: 'Revoked', E: 'Expired', S: '\ninvalid type, Database error\n' } as const;

function refuseClash(io: Io, index: CertificateIndex, entry: IndexEntry): void {
  const twin = index.uniqueSubject ? index.validByName(entry.name) : undefined;
  const found = twin ?? index.bySerial(entry.serial);
  if (!found) return;
  const head = twin
    ? `ERROR:There is already a certificate for ${entry.name}\n`
    : `ERROR:Serial number ${entry.serial} has already been issued,\n      check the database/serial_file for corruption\n`;
  const revoked = found.type === 'R' ? `Was revoked on:${found.expires.text}\n` : '';
  const words = fromOctetText(
    `${head}The matching entry has the following details\nType          :${STATES[found.type]}\n${revoked}` +
      `Expires on    :${found.expires.text}\nSerial Number :${found.serial}\nFile name     :${found.file}\nSubject Name  :${found.name}\n`,
  );
  refuse(io, words);
}

/** The certificate as it will be, without a signature, in OpenSSL's text. */
function details(terms: Terms, fields: CertificateFields): string {
  const { show } = terms.config;
  if (!show) return '';
  const unsigned = buildCertificate(fields, { algorithm: terms.signer.algorithm, sign: () => Buffer.alloc(0) });
  const certopt = parseTextOptions('no_sigdump,no_signame', show.certopt);
  return `Certificate Details:\n${certificateText(unsigned, { nameopt: show.nameopt, certopt })}`;
}

async function isAgreed(io: Io, terms: Terms, fields: CertificateFields): Promise<boolean> {
  io.note(details(terms, fields));
  const until = timeText(fields.notAfter, terms.dateFormat) ?? BAD_TIME;
  io.note(`Certificate is to be certified until ${until}${terms.days === 0 ? '' : ` (${terms.days} days)`}\n`);
  if (terms.batch) return true;
  const answer = await io.prompter.confirm('Sign the certificate? [y/n]:');
  if (answer === true) return true;
  io.note(`CERTIFICATE WILL NOT BE CERTIFIED${answer === undefined ? ': I/O error' : ''}\n`);
  return false;
}
