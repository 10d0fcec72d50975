/** What `x509` prints about a certificate: one row a flag, in the order of the command line. */
import { digestByName } from '../../lib/crypto/digests.ts';
import { fail } from '../../lib/errors.ts';
import { certificateText, parseTextOptions, type TextOptions } from '../../lib/text/certificate.ts';
import { extensionsText } from '../../lib/text/extensions/index.ts';
import { nameLine, type NameOptions } from '../../lib/text/name.ts';
import { BAD_TIME, timeText, type DateFormat } from '../../lib/text/time.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { emailAddresses, matchesEmail, matchesHost, matchesIp, ocspUris, parseIp } from '../../lib/x509/checks.ts';
import { fingerprint, nameHash, nameHashOld, ocspIdText } from '../../lib/x509/hash.ts';
import { purposesOf, purposeWord } from '../../lib/x509/purpose.ts';
import { nextSerial, serialHex } from '../../lib/x509/serial.ts';
import type { Time } from '../../lib/x509/time.ts';
import { keyOf, nameOptions } from '../flags/certificates.ts';
import type { Context } from '../context.ts';
import { modulusLine, numberLine, publicKeyPem } from '../text/public.ts';

/** The flags that shape what is printed. */
export interface PrintOptions {
  readonly nameopt: readonly string[];
  readonly certopt: readonly string[];
  readonly dateopt: string | undefined;
  readonly ext: string | undefined;
  readonly checkend: number | undefined;
  readonly checkhost: string | undefined;
  readonly checkemail: string | undefined;
  readonly checkip: string | undefined;
}

/** What the rows print with. */
interface Style {
  readonly nameopt: NameOptions;
  readonly certopt: TextOptions;
  readonly dateopt: DateFormat;
  /** Of fingerprints: the octets, the digest, and its name as it was typed. */
  readonly der: Buffer;
  readonly digest: string;
  readonly digestName: string;
  readonly ext: readonly string[];
  readonly note: (line: string) => void;
}

type Row = (certificate: Certificate, style: Style) => string;

const time = (value: Time, { dateopt }: Style): string => `${timeText(value, dateopt) ?? BAD_TIME}\n`;
const startdate: Row = ({ notBefore }, style) => `notBefore=${time(notBefore, style)}`;
const enddate: Row = ({ notAfter }, style) => `notAfter=${time(notAfter, style)}`;
const lines = (items: readonly string[]): string => items.map((item) => `${item}\n`).join('');

const ROWS: Readonly<Record<string, Row>> = {
  subject: ({ subject }, { nameopt }) => nameLine('subject=', subject, nameopt),
  issuer: ({ issuer }, { nameopt }) => nameLine('issuer=', issuer, nameopt),
  serial: ({ serial }) => `serial=${serialHex(serial)}\n`,
  next_serial: ({ serial }) => `${serialHex(nextSerial(serial))}\n`,
  email: (certificate) => lines(emailAddresses(certificate)),
  ocsp_uri: (certificate) => lines(ocspUris(certificate)),
  alias: ({ trust }) => `${trust?.alias?.toString('utf8') ?? '<No Alias>'}\n`,
  subject_hash: ({ subject }) => `${nameHash(subject)}\n`,
  subject_hash_old: ({ subject }) => `${nameHashOld(subject)}\n`,
  issuer_hash: ({ issuer }) => `${nameHash(issuer)}\n`,
  issuer_hash_old: ({ issuer }) => `${nameHashOld(issuer)}\n`,
  purpose: purposeLines,
  modulus,
  pubkey: publicKeyPem,
  text: (certificate, { certopt, nameopt }) => certificateText(certificate, { certopt, nameopt }),
  startdate,
  enddate,
  fingerprint: (_certificate, { der, digest, digestName }) => `${digestName} Fingerprint=${fingerprint(der, digest)}\n`,
  ocspid: ocspIdText,
  ext: (certificate, { ext, note }) => {
    const text = extensionsText(certificate, ext);
    if (text !== undefined) return text;
    const none = certificate.extensions.length === 0;
    note(
      none ? 'No extensions in certificate\n' : `No extensions matching ${ext.join(',')} found in the certificate\n`,
    );
    return '';
  },
};

function purposeLines(certificate: Certificate): string {
  const answers = purposesOf(certificate).flatMap(({ name, leaf, ca }) => [
    `${name} : ${purposeWord(leaf)}`,
    `${name} CA : ${purposeWord(ca)}`,
  ]);
  return `Certificate purposes:\n${lines(answers)}`;
}

/** A DSA key has no modulus; OpenSSL prints its public number. */
function modulus(certificate: Certificate): string {
  const { components } = keyOf(certificate);
  if (components.kind === 'dsa') return numberLine(components.y);
  return modulusLine(certificate, 'No modulus for this public key type');
}

/** Flags that stand for others. */
const EXPANDED: Readonly<Record<string, readonly string[]>> = { dates: ['startdate', 'enddate'] };

/** Names of the rows to print. Each prints once, where its flag stood last, as in OpenSSL. */
export function printOrder(order: readonly string[]): readonly string[] {
  const asked = order.flatMap((flag) => EXPANDED[flag] ?? [flag]).filter((flag) => Object.hasOwn(ROWS, flag));
  return asked.filter((flag, i) => !asked.includes(flag, i + 1));
}

function styleOf(io: Pick<Context, 'digest' | 'digestFlag' | 'note'>, options: PrintOptions, der: Buffer): Style {
  const { dateopt = 'rfc_822' } = options;
  if (dateopt !== 'rfc_822' && dateopt !== 'iso_8601') {
    fail('ERR_USAGE', `option -dateopt takes rfc_822 or iso_8601, not "${dateopt}"`);
  }
  return {
    nameopt: nameOptions(options.nameopt),
    certopt: options.certopt.reduce((before, text) => parseTextOptions(text, before, '-certopt'), 0),
    dateopt,
    der,
    digest: (io.digest === undefined ? undefined : digestByName(io.digest)?.node) ?? 'sha1',
    digestName: io.digestFlag ?? 'SHA1',
    ext: (options.ext ?? '').split(',').filter((name) => name !== ''),
    note: (line) => io.note(line),
  };
}

/** The text of all rows that were asked for. */
export function printed(
  certificate: Certificate,
  written: Certificate,
  io: Pick<Context, 'digest' | 'digestFlag' | 'note' | 'order'>,
  options: PrintOptions,
): string {
  const style = styleOf(io, options, written.der);
  return printOrder(io.order)
    .map((flag) => (ROWS[flag] as Row)(certificate, style))
    .join('');
}

/** The verdict of -checkend: the line, and whether the certificate ends within these seconds from now. */
export function checkEnd(certificate: Certificate, seconds: number): { line: string; ends: boolean } {
  const { ms } = certificate.notAfter;
  const ends = ms === undefined || ms < Date.now() + seconds * 1000;
  return { line: `Certificate will ${ends ? '' : 'not '}expire\n`, ends };
}

/** The lines of -checkhost, -checkemail and -checkip. */
export function checkNames(certificate: Certificate, options: PrintOptions): string {
  const line = (what: string, value: string, fits: boolean): string =>
    `${what} ${value} does${fits ? '' : ' NOT'} match certificate\n`;
  const { checkhost, checkemail, checkip } = options;
  let text = '';
  if (checkhost !== undefined) text += line('Hostname', checkhost, matchesHost(certificate, checkhost));
  if (checkemail !== undefined) text += line('Email', checkemail, matchesEmail(certificate, checkemail));
  if (checkip !== undefined) text += line('IP', checkip, matchesIp(certificate, addressOf(checkip)));
  return text;
}

/** What the checks found, for the JSON document; empty when none was asked for. */
export function checks(certificate: Certificate, options: PrintOptions): Record<string, boolean> {
  const { checkend, checkhost, checkemail, checkip } = options;
  const address = checkip === undefined ? undefined : addressOf(checkip);
  return {
    ...(checkend === undefined ? {} : { ends: checkEnd(certificate, checkend).ends }),
    ...(checkhost === undefined ? {} : { host: matchesHost(certificate, checkhost) }),
    ...(checkemail === undefined ? {} : { email: matchesEmail(certificate, checkemail) }),
    ...(address === undefined ? {} : { ip: matchesIp(certificate, address) }),
  };
}

const addressOf = (text: string): Buffer =>
  parseIp(text) ?? fail('ERR_USAGE', `option -checkip takes an IPv4 or IPv6 address, not "${text}"`);
