/** Certificates from requests: `ca -in`, `-infiles`, `-ss_cert`, `-spkac`. */
import type { Config } from '../../lib/conf/index.ts';
import { parseConfig } from '../../lib/conf/parse.ts';
import { fail } from '../../lib/errors.ts';
import { encodePem } from '../../lib/der/pem.ts';
import type { CertificateIndex } from '../../lib/ca/index-file.ts';
import { timeFromText } from '../../lib/ca/revocation.ts';
import { certificateText } from '../../lib/text/certificate.ts';
import { NAME_COMPAT } from '../../lib/text/name.ts';
import type { DateFormat } from '../../lib/text/time.ts';
import { laterBy, parseTime, timeFromMs } from '../../lib/x509/build.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { nextSerial, randomSerial, serialHex } from '../../lib/x509/serial.ts';
import type { Time } from '../../lib/x509/time.ts';
import { certificateJson } from '../json/certificate.ts';
import { certify, type ExtensionSource, type Issued, type Terms, type Wish } from './certify.ts';
import type { CaConfig } from './config.ts';
import { certificateFile, commitIssued, readNumber } from './files.ts';
import { refuse, type CaOptions, type Io } from './options.ts';
import { digestName, signerOf, type Authority } from './signer.ts';
import { fromCertificate, fromRequest, fromSpkac, type WishReader } from './wishes.ts';

/** A run of `ca` with its configuration, key and database. */
export interface Run {
  readonly io: Io;
  readonly options: CaOptions;
  readonly config: CaConfig;
  readonly authority: Authority;
  readonly index: CertificateIndex;
  readonly verbose: boolean;
}

/** Issues what was asked for and records it; the certificates are queued for -out. */
export async function issue(run: Run, files: readonly string[], folder: string): Promise<void> {
  const { io, options, config, verbose, authority } = run;
  const batch = options.batch || (options.spkac !== undefined && options.out !== undefined);
  const extfile = extensionFile(run);
  if (verbose) io.note(`message digest is ${digestName(options, config, authority.key) ?? 'SHA256'}\n`);
  const policy = config.policy(options.policy);
  if (verbose) io.note(`policy is ${policy.name}\n`);
  const numbering = serialFile(options, config);
  const extensions = extensionSource(run, extfile);
  const validity = validityOf(io, options, config);
  const first = firstSerial(run, numbering);
  const terms: Terms = {
    config,
    index: run.index,
    key: authority.key,
    policy: policy.entries,
    batch,
    verbose,
    extensions,
    ...validity,
    signer: signerOf(options, config, authority.key),
    issuer: options.selfsign ? undefined : authority.certificate,
    subj: options.subj,
    msieHack: options.msie_hack || config.switch('msie_hack'),
    preserve: options.preserveDN || config.switch('preserve'),
    emailInDn: !options.noemailDN && config.get('email_in_dn') !== 'no',
    copy: config.copy,
    dateFormat: dateFormat(options.dateopt),
  };
  const { issued, total } = await certifyAll(run, terms, files, first);
  if (issued.length > 0 && !(await isCommitted(io, batch, issued.length, total))) return;
  if (issued.length > 0) {
    commit(run, folder, issued, numbering.file === undefined ? undefined : { path: numbering.file, first });
  }
  if (io.json) io.print(`${JSON.stringify({ issued: issued.map((one) => document(one, folder)) }, null, 2)}\n`);
}

function document({ certificate, serial }: Issued, folder: string): object {
  return {
    serial: serialHex(serial),
    file: certificateFile(folder, serial),
    certificate: certificateJson(certificate),
  };
}

/** Certifies one wish after the other; each that is certified takes a serial number. */
async function certifyAll(
  { io, options, config, verbose, authority }: Run,
  terms: Terms,
  files: readonly string[],
  first: Buffer,
): Promise<{ issued: Issued[]; total: number }> {
  const reader: WishReader = { io, options, config, inputs: authority.inputs, key: authority.key, verbose };
  // these two are signed by the CA's certificate also beside -selfsign, and an SPKAC is not asked about
  const byCa = { ...terms, issuer: authority.certificate };
  const { spkac, ss_cert: selfSigned } = options;
  const jobs: { readonly read: () => Wish | undefined | Promise<Wish | undefined>; readonly under: Terms }[] = [];
  if (spkac !== undefined) jobs.push({ read: () => fromSpkac(reader, spkac), under: { ...byCa, batch: true } });
  if (selfSigned !== undefined) jobs.push({ read: () => fromCertificate(reader, selfSigned), under: byCa });
  if (options.in !== undefined) jobs.push({ read: () => fromRequest(reader, options.in), under: terms });
  for (const file of files) jobs.push({ read: () => fromRequest(reader, file), under: terms });
  const issued: Issued[] = [];
  let serial = first;
  for (const { read, under } of jobs) {
    const wish = await read();
    const one = wish && (await certify(io, under, wish, serial));
    if (!one) continue;
    issued.push(one);
    io.note('\n');
    serial = nextSerial(serial);
  }
  return { issued, total: jobs.length };
}

async function isCommitted(io: Io, batch: boolean, done: number, total: number): Promise<boolean> {
  if (batch) return true;
  const question = `\n${done} out of ${total} certificate requests certified, commit? [y/n]`;
  const answer = await io.prompter.confirm(question);
  if (answer === true) return true;
  io.note(`CERTIFICATION CANCELED${answer === undefined ? ': I/O error' : ''}\n`);
  return false;
}

function commit(
  { io, options, index, verbose }: Run,
  folder: string,
  issued: readonly Issued[],
  numbering: { readonly path: string; readonly first: Buffer } | undefined,
): void {
  io.note(`Write out database with ${issued.length} new entries\n`);
  if (verbose) io.note('writing new certificates\n');
  const texts = issued.map(({ certificate }) => textOf(certificate, options.notext));
  const files = issued.map(({ serial }, i) => ({ serial, content: texts[i] as string }));
  const last = issued.at(-1) as Issued;
  const next = numbering && { path: numbering.path, serial: nextSerial(last.serial) };
  commitIssued(index, next, folder, files);
  if (verbose) {
    for (const { serial } of issued) io.note(`writing ${certificateFile(folder, serial)}\n`);
  }
  io.note('Database updated\n');
  if (io.json && options.out === undefined) return;
  if (options.spkac !== undefined && options.out !== undefined) return io.write(options.out, last.certificate.der);
  // a file holds the last certificate, as OpenSSL opens it anew for each
  const shown = options.out === undefined || options.out === '-' ? texts : texts.slice(-1);
  io.write(options.out, shown.join(''));
}

const textOf = (certificate: Certificate, notext: boolean): string =>
  `${notext ? '' : certificateText(certificate, { nameopt: NAME_COMPAT })}${encodePem('CERTIFICATE', certificate.der)}`;

/** `rand_serial` in the configuration leaves the file alone; beside -rand_serial OpenSSL 3.0 goes on counting in it, from the random number. */
function serialFile(
  options: CaOptions,
  config: CaConfig,
): { readonly random: boolean; readonly file: string | undefined } {
  if (config.get('rand_serial') !== undefined) return { random: true, file: undefined };
  const file = config.require('serial', 'rand_serial = yes makes random ones');
  return { random: options.rand_serial, file };
}

function firstSerial(
  { io, options, verbose }: Run,
  { random, file }: { random: boolean; file: string | undefined },
): Buffer {
  if (random || file === undefined) return randomSerial();
  const serial = readNumber(file, 'serial number', options.create_serial);
  if (verbose) io.note(`next serial number is ${serialHex(serial)}\n`);
  return serial;
}

function extensionFile({ io, options: { extfile }, verbose }: Run): Config | undefined {
  if (extfile === undefined) return undefined;
  const config = parseConfig(io.read(extfile), { source: extfile, env: process.env });
  if (verbose) io.note(`Successfully loaded extensions file ${extfile}\n`);
  return config;
}

function extensionSource({ options, config }: Run, extfile: Config | undefined): ExtensionSource | undefined {
  const from = extfile ?? config.config;
  const section = extfile
    ? (options.extensions ?? extfile.get('default', 'extensions') ?? 'default')
    : (options.extensions ?? config.get('x509_extensions'));
  if (section === undefined) return undefined;
  from.requireSection(section, options.extensions === undefined ? 'extensions' : '-extensions');
  return { config: from, section, ownFile: extfile !== undefined };
}

function dateFormat(value: string | undefined): DateFormat {
  if (value === undefined || value === 'rfc_822' || value === 'iso_8601') return value ?? 'rfc_822';
  return fail('ERR_USAGE', `option -dateopt takes rfc_822 or iso_8601, not "${value}"`);
}

/** When new certificates begin and end, and how many days are said to lie between. */
function validityOf(io: Io, options: CaOptions, config: CaConfig): Pick<Terms, 'notBefore' | 'notAfter' | 'days'> {
  const now = Date.now();
  const from = options.startdate ?? config.get('default_startdate');
  const to = options.enddate ?? config.get('default_enddate');
  const notBefore = from === undefined ? timeFromMs(now) : dateOf(io, from, 'start', now);
  if (to !== undefined) {
    const notAfter = dateOf(io, to, 'end', now);
    return {
      notBefore,
      notAfter,
      days: Math.trunc(((notAfter.ms as number) - Math.floor(now / 1000) * 1000) / 86_400_000),
    };
  }
  const days = options.days ?? config.number('default_days');
  if (days === 0) refuse(io, 'cannot lookup how many days to certify for\n');
  return { notBefore, notAfter: timeFromMs(laterBy(now, days)), days };
}

function dateOf(io: Io, text: string, which: 'start' | 'end', now: number): Time {
  if (!/^(\d{12}|\d{14})Z$/.test(text) || !timeFromText(text)) {
    if (text === 'today') return timeFromMs(now);
    refuse(io, `${which} date is invalid, it should be YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ\n`);
  }
  return parseTime(text, `the ${which} date`, now);
}
